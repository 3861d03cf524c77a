# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs a command that must end with one exit status: ends_with.py N [--limit BYTES] COMMAND...
"""Whatever the command prints goes through. --limit bounds the size of the files that it may write."""
import resource
import subprocess
import sys


def main():
    expected, command = int(sys.argv[1]), sys.argv[2:]
    prepare = None
    if command[0] == "--limit":
        limit = int(command[1])
        command = command[2:]

        def prepare():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    status = subprocess.run(command, preexec_fn=prepare, check=False).returncode
    if status == expected:
        return 0
    what = f"signal {-status}" if status < 0 else f"exit status {status}"
    print(f"expected exit status {expected}, but got {what} from: {' '.join(command)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
