# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# C++ and C look as clang-format writes them.
"""clang-format of the pinned version has nothing to change"""
import re
import shutil
import subprocess

from lint.tree import Finding


def check(tree):
    tool = shutil.which("clang-format-22")
    if not tool:
        return [Finding(".clang-format", 0, "clang-format-22 was not found; run `make setup`")]
    files = tree.matching(".cpp", ".h", ".c")
    if not files:
        return []
    if tree.fix:
        subprocess.run([tool, "-i", *files], cwd=tree.root, check=True)
    done = subprocess.run([tool, "--dry-run", *files], cwd=tree.root, capture_output=True, text=True, check=False)
    found = {}
    for match in re.finditer(r"^(.+?):(\d+):\d+: warning: code should be clang-formatted", done.stderr, re.M):
        found.setdefault(match[1], int(match[2]))
    return [Finding(name, line, "not formatted; `tools/dev/check --fix format` does it") for name, line in found.items()]
