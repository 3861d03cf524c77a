# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs a command whose error output is a terminal, and prints what it wrote there with control characters spelled: terminal.py COMMAND...
import os
import pty
import subprocess
import sys

master, slave = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=slave)
os.close(slave)
data = b""
while True:
    try:
        part = os.read(master, 4096)
    except OSError:  # the other end is closed
        break
    if not part:
        break
    data += part
print(data.decode().replace("\r\033[K", "<clear>").replace("<clear>", "\n<clear>"))
sys.exit(process.wait())
