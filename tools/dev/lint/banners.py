# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Licence line, purpose and include guards.
"""every source file begins with the licence and one sentence of purpose; headers have guards"""
import re

from lint.tree import Finding

LICENCE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
SLASHES = (".cpp", ".h", ".c", ".td", ".inc", ".fbs", ".def")
HASHES = (".py", ".cmake", ".sh", ".test", "CMakeLists.txt", "Makefile", ".cfg.py", ".cfg.py.in")


def is_script(tree, name):
    return tree.text(name).startswith("#!")


def banner_findings(tree, name, lines):
    comment = "#" if name.endswith(HASHES) or is_script(tree, name) else ("//", "/*")
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
    head = [re.sub(r"^(//+|#|/\*+|\*+/?| \*/?)\s?", "", line).strip() for line in lines[:3]]
    if not lines or not lines[0].startswith(comment) or head[0] != LICENCE:
        return [Finding(name, 1, f"expected the banner's first line to be `{LICENCE}`")]
    if len(head) < 3 or head[1] or not head[2]:
        return [Finding(name, 2, "expected an empty comment line, then one sentence that says what this file is for")]
    return []


def guard_findings(tree, name, lines):
    wanted = r"#ifndef (WEFT_\w+)"
    text = tree.without_comments(name) if name.endswith(".h") else tree.text(name)
    match = re.search(wanted, text)
    if not match or f"#define {match[1]}" not in text:
        return [Finding(name, 0, "expected an include guard `#ifndef WEFT_...` made from the path")]
    return []


def check(tree):
    findings = []
    for name in tree.files:
        if name.startswith("test/") and not name.endswith(HASHES + (".cpp", ".h", ".c")):
            continue
        if name.endswith(SLASHES + HASHES) or is_script(tree, name):
            lines = tree.lines(name)
            findings += banner_findings(tree, name, lines)
            if name.endswith(".h") and not name.endswith("_pch.h"):
                findings += guard_findings(tree, name, lines)
    return findings
