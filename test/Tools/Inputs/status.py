# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs a command and fails unless it ends with the given exit status; its output, errors included, is printed.
"""status.py STATUS COMMAND..."""
import subprocess
import sys

done = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
print(done.stdout, end="")
if done.returncode != int(sys.argv[1]):
    sys.exit(f"expected exit status {sys.argv[1]}, but got {done.returncode}")
