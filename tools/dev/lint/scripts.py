# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Scripts that at least parse.
"""Python and shell scripts parse, are executable, and Python lines have at most 150 columns"""
import os
import subprocess

from lint.tree import Finding

COLUMNS = 150


def check(tree):
    findings = []
    for name in tree.files:
        text = tree.text(name)
        first = text.split("\n", 1)[0]
        if name.endswith(".py") or (first.startswith("#!") and "python" in first):
            try:
                compile(text, name, "exec")
            except SyntaxError as error:
                findings.append(Finding(name, error.lineno or 0, f"does not parse: {error.msg}"))
            for number, line in enumerate(text.splitlines(), 1):
                if len(line) > COLUMNS:
                    findings.append(Finding(name, number, f"{len(line)} columns, at most {COLUMNS}"))
        elif first.startswith("#!") and first.endswith(("bash", "/sh")):
            done = subprocess.run(["bash", "-n", name], cwd=tree.root, capture_output=True, text=True, check=False)
            if done.returncode:
                findings.append(Finding(name, 0, f"does not parse: {done.stderr.strip().splitlines()[0]}"))
        if first.startswith("#!") and not os.access(tree.root / name, os.X_OK):
            findings.append(Finding(name, 0, "starts with #! but is not executable"))
    return findings
