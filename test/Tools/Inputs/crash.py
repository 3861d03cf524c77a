# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Crashes a command while it waits for a pipe, and prints what it says: crash.py PIPE COMMAND...
import os
import signal
import subprocess
import sys
import time

pipe, command = sys.argv[1], sys.argv[2:]
os.mkfifo(pipe)
process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
deadline = time.monotonic() + 60
# Waiting for the other end of the pipe is the last thing that it does.
while time.monotonic() < deadline and process.poll() is None:
    with open(f"/proc/{process.pid}/wchan") as f:
        place = f.read()
    with open(f"/proc/{process.pid}/stat") as f:
        state = f.read().rsplit(")", 1)[1].split()[0]
    if state == "S" and (place in ("0", "") or "fifo" in place or "pipe" in place):
        break
    time.sleep(0.02)
time.sleep(0.3)
process.send_signal(signal.SIGSEGV)
print(process.communicate(timeout=60)[1], end="")
print("ended by signal:", process.returncode == -signal.SIGSEGV)
