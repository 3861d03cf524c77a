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
