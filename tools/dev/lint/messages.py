# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Style of diagnostics.
"""diagnostics begin in lower case, have no final period; every failed match says why"""
import re

from lint.tree import Finding, line_of

EMIT = re.compile(r"\b(?:emitOpError|emitError|emitRemark|emitWarning|notifyMatchFailure|notifyFailure)\s*\(")
LITERAL = re.compile(r'"((?:\\.|[^"\\\n])*)"')
# Names keep their case: types, operators and formats that people know by it.
PROPER = re.compile(r"[A-Z][A-Z0-9]|[A-Z][a-z]+[A-Z]|ONNX|ISA|CPUID|[A-Z] \b")


# Functions that may decline: they are given a rewriter, which takes the reason, or a place for it.
DECLINING = re.compile(r"\b(?:LogicalResult|FailureOr<[^;{}()]*>)\s+[\w:<>]+\(([^;{}]*)\)\s*(?:const\s*)?(?:override\s*)?\{")
BARE = re.compile(r"return failure\(\);")
GIVEN = re.compile(r"\b(?:notifyMatchFailure|decline)\(")
# `if (failed(f(..)))`: f has reported. `if (!made)` behind buildChecked likewise: it says what is wrong with the op.
REPORTED = re.compile(r"\bif \([^;]*\bfailed\([^;]*\)$")
BUILT = re.compile(r"\bif \(!(\w+)\)$")


def reasons(text):
    """(places of reasons given, places of failures without one) in the functions that may decline."""
    given, bare = [], []
    starts = [(match.start(), match[1]) for match in DECLINING.finditer(text)]
    for number, (start, parameters) in enumerate(starts):
        if "Rewriter" not in parameters and "**why" not in parameters:
            continue
        end = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        given += [match.start() for match in GIVEN.finditer(text, start, end)]
        for match in BARE.finditer(text, start, end):
            before = text[start:match.start()].rstrip()
            if REPORTED.search(before[max(before.rfind("if ("), 0):]):
                continue
            built = BUILT.search(before)
            if built and re.search(rf"\b{built[1]} =\s*(?:buildChecked|create\w+)\b", before):
                continue
            bare.append(match.start())
    return given, bare


def statement(text, start):
    """The text from `start` to the semicolon that ends the statement, strings respected."""
    at, quoted = start, False
    while at < len(text):
        c = text[at]
        if c == "\\" and quoted:
            at += 1
        elif c == '"':
            quoted = not quoted
        elif c in ";{" and not quoted:
            break
        at += 1
    return text[start:at]


def check(tree):
    findings = []
    for name in tree.matching(".cpp", ".h", under="lib/") + tree.matching(".cpp", ".h", under="dialects/"):
        text = tree.without_comments(name)
        for place in reasons(text)[1]:
            findings.append(Finding(name, line_of(text, place), "a match that fails without a reason: say it by notifyMatchFailure"))
        for match in EMIT.finditer(text):
            part = statement(text, match.start())
            words = [m[1] for m in LITERAL.finditer(part)]
            line = line_of(text, match.start())
            called = match.group().rstrip("( ")
            if not words:
                if called == "notifyMatchFailure" and "," not in part:
                    findings.append(Finding(name, line, "notifyMatchFailure without a reason"))
                continue
            first, last = words[0].lstrip(), words[-1].rstrip()
            if first[:1].isupper() and not PROPER.match(first):
                findings.append(Finding(name, line, f'message begins with a capital: "{first[:50]}"'))
            if last.endswith(".") and not last.endswith("..."):
                findings.append(Finding(name, line, f'message ends with a period: "{last[-50:]}"'))
    return findings
