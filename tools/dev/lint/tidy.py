# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# clang-tidy where it is affordable: on what is being changed.
"""clang-tidy on sources that differ from the last commit (nothing to do on a clean tree)"""
import re
import shutil
import subprocess

from lint.tree import Finding

MOST = 4  # files; a larger change is tidied in parts, by naming them on the command line of clang-tidy


def check(tree):
    files = [name for name in tree.changed() if name.endswith(".cpp")][:MOST]
    tool = shutil.which("clang-tidy-22")
    if not files or not tool or not (tree.build / "compile_commands.json").exists():
        return []
    fix = ["--fix"] if tree.fix else []
    command = [tool, "--quiet", "-p", str(tree.build), *fix, *files]
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    findings = []
    for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:warning|error): (.+)$", done.stdout, re.M):
        name = match[1].removeprefix(str(tree.root) + "/")
        if name in files:
            findings.append(Finding(name, int(match[2]), match[3]))
    return findings
