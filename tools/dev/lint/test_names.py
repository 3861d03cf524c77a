# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Names of lit cases and files.
"""no two functions of a lit file share a name; file names are kebab-case; each file says what it protects"""
import pathlib
import re

from lint.tree import Finding

FUNCTION = re.compile(r"^\s*(?:func\.func|kernel\.func|llvm\.func)\s+(?:private\s+)?@([\w.$-]+)", re.M)
DIRECTIVE = re.compile(r"// *(RUN|REQUIRES|UNSUPPORTED|XFAIL|DEFINE|SPDX|CHECK)")


def check(tree):
    findings = []
    for name in tree.matching(".mlir", under="test/"):
        if name.startswith("test/Inputs/") or "/Inputs/" in name:
            continue
        stem = pathlib.PurePosixPath(name).stem
        if not re.fullmatch(r"[a-z0-9]+([-_.][a-z0-9]+)*", stem):
            findings.append(Finding(name, 0, "expected a kebab-case file name"))
        text, seen = tree.text(name), {}
        for match in FUNCTION.finditer(text):
            number = text.count("\n", 0, match.start(1)) + 1
            # Entry points must be called main, in every part of a file.
            if match[1] in seen and match[1] != "main":
                findings.append(Finding(name, number, f"second function @{match[1]}; the first is in line {seen[match[1]]}"))
            seen.setdefault(match[1], number)
        prose = [line for line in text.splitlines()[:20] if line.startswith("//") and not DIRECTIVE.match(line)]
        if not any(len(line.strip("/ ")) > 10 for line in prose):
            findings.append(Finding(name, 1, "expected a first comment that says what claim the file protects"))
    return findings
