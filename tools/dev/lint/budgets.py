# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Sizes at which a file or a pass body has become two.
"""files, pass bodies and options stay within their budgets"""
import re

from lint.tree import Finding, line_of

LIMITS = ((".cpp", 600), (".c", 600), (".h", 250), (".td", 400), (".py", 600))  # lines
TEST_LIMIT = 250  # lines of a lit file
PASS_BODY = 20  # lines between the braces of runOnOperation


def body_lines(text, start):
    """Lines inside of the first brace block at or after `start`."""
    at = text.find("{", start)
    depth = 0
    for i in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return text.count("\n", at, i) - 1
    return 0


def check(tree):
    findings = []
    for name in tree.files:
        count = len(tree.lines(name))
        limit = next((limit for suffix, limit in LIMITS if name.endswith(suffix)), None)
        if name.startswith("test/") and name.endswith((".mlir", ".test", ".ll")):
            limit = TEST_LIMIT
        if limit and count > limit:
            findings.append(Finding(name, 0, f"{count} lines, at most {limit}"))
    for name in tree.matching(".cpp", under="lib/") + tree.matching(".cpp", under="dialects/"):
        text = tree.without_comments(name)
        for match in re.finditer(r"\brunOnOperation\(\)[^;{]*\{", text):
            count = body_lines(text, match.start())
            if count > PASS_BODY:
                findings.append(Finding(name, line_of(text, match.start()), f"pass body has {count} lines, at most {PASS_BODY}"))
        for match in re.finditer(r"\bcl::opt\b", text):
            findings.append(Finding(name, line_of(text, match.start()), "no cl::opt in libraries: make it a pass or function option"))
    return findings
