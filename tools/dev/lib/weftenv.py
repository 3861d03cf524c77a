# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Restarts a script in the project's Python environment, so that it may be typed directly.
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]


def enter():
    """Continues in .venv when that exists and is not the interpreter already running."""
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        sys.exit("no .venv yet: run `make setup`")
    if pathlib.Path(sys.prefix).resolve() != python.parent.parent.resolve():
        os.execv(str(python), [str(python)] + sys.argv)
