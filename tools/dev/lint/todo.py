# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Open work is tracked, not scattered.
"""a TODO names its issue; no FIXME, XXX or HACK"""
import re

from lint.tree import Finding

WORD = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(\(#\d+\):)?")
SOURCES = (".cpp", ".h", ".c", ".td", ".inc", ".py", ".cmake", "CMakeLists.txt", ".mlir", ".fbs")


def check(tree):
    findings = []
    for name in tree.matching(*SOURCES):
        if name == "tools/dev/lint/todo.py":
            continue
        for number, line in enumerate(tree.lines(name), 1):
            for match in WORD.finditer(line):
                if match[1] != "TODO" or not match[2]:
                    findings.append(Finding(name, number, f"{match[1]}: expected `TODO(#issue): what`"))
    return findings
