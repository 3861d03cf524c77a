# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Committed reference pages against their sources.
"""docs/dialects and docs/passes.md are what tools/dev/gen-docs writes now"""
import subprocess
import sys

from lint.tree import Finding


def check(tree):
    command = [sys.executable, str(tree.root / "tools/dev/gen-docs")] + ([] if tree.fix else ["--check"])
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    lines = [line for line in done.stderr.splitlines() if line.strip()] or ["gen-docs failed without a message"]
    return [Finding("docs", 0, line) for line in lines]
