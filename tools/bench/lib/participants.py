# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Who takes part in a measurement: Weft and the peers, each in processes of its own on the same processors.
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import time

import array_files
import peers
import weftenv
from peers import Failed

NAMES = ("onnxruntime", "openvino", "iree", "tvm", "ncnn")
TITLES = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "iree": "IREE", "tvm": "TVM", "ncnn": "ncnn"}
ENVIRONMENT = weftenv.ROOT / ".venv-bench"
REQUIREMENTS = pathlib.Path(__file__).resolve().parents[1] / "requirements.txt"
SERVER = pathlib.Path(__file__).resolve().parent / "peer_server.py"


def install():
    """Makes .venv-bench as requirements.txt says; nothing to do when that was done. Every package is listed, so none comes along."""
    stamp = ENVIRONMENT / ".requirements.txt"
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return
    print(f"bench: installing the peers into {ENVIRONMENT.name}", flush=True)
    subprocess.run([os.path.realpath(sys.executable), "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
    subprocess.run([str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", "--no-deps",
                    "-r", str(REQUIREMENTS)], check=True)
    shutil.copyfile(REQUIREMENTS, stamp)


def environment(threads):
    """Variables that keep libraries from starting more threads than the row has."""
    return {**os.environ, **{name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}}


class Peer:
    """A peer's process. Requests are answered in time, or the process ends and Failed says so."""

    def __init__(self, name, processors):
        self.name, self.processors, self.process = name, processors, None

    def start(self):
        command = [str(ENVIRONMENT / "bin" / "python"), str(SERVER), self.name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        env=environment(len(self.processors)), preexec_fn=lambda: os.sched_setaffinity(0, self.processors))

    def ask(self, limit, **request):
        """The answer, within `limit` seconds. Errors: Failed."""
        if self.process is None:
            self.start()
        end, data = time.monotonic() + limit, b""
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            while not data.endswith(b"\n"):
                if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                    self.stop()
                    raise Failed(f"{request['do']}: not done after {limit:.0f} s")
                part = os.read(self.process.stdout.fileno(), 1 << 16)
                if not part:
                    raise BrokenPipeError
                data += part
        except BrokenPipeError:
            status = self.process.wait()
            self.process = None
            raise Failed(f"{request['do']}: the process ended by " + (f"signal {-status}" if status < 0 else f"status {status}")) from None
        reply = json.loads(data)
        if "error" in reply:
            raise Failed(reply["error"])
        return reply

    def version(self):
        return self.ask(120, do="version")

    def load(self, model, inputs, work, limit):
        """Seconds that compiling and loading took. inputs: name -> array."""
        path = pathlib.Path(work) / f"{self.name}-inputs.npz"
        array_files.save(path, inputs)
        request = {"do": "load", "model": str(model), "inputs": str(path), "threads": len(self.processors), "work": str(work)}
        return self.ask(limit, **request)["seconds"]

    def outputs(self, work, limit):
        path = pathlib.Path(work) / f"{self.name}-outputs.npz"
        self.ask(limit, do="outputs", file=str(path))
        arrays = array_files.load(path)
        path.unlink()
        return arrays

    def time(self, seconds, limit):
        return self.ask(limit, do="time", seconds=seconds)["median"]

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Weft:
    """weftc and weft, in the same turns."""

    def __init__(self, processors, flags=()):
        self.processors, self.flags = processors, tuple(flags)
        self.artifact, self.inputs = None, []

    def load(self, model, inputs, work, limit):
        """Seconds of weftc."""
        import numpy as np

        work = pathlib.Path(work)
        self.artifact, self.inputs, self.fed = work / "model.weft", [], inputs
        seconds = peers.compile_model(model, self.artifact, "-q", *self.flags, timeout=limit)
        for number, (name, array) in enumerate(inputs.items()):
            path = work / f"bench{number}.npy"
            np.save(path, array)
            self.inputs += ["-i", f"{name}={path}"]
        return seconds

    def outputs(self, names, work, limit):
        """name -> array."""
        return peers.run_artifact(self.artifact, self.fed, names, work, "--threads", len(self.processors), timeout=limit)

    def time(self, seconds, limit):
        command = [peers.program("weft"), "bench", self.artifact, "--json", "--trust-weights", "--threads", len(self.processors),
                   "--seconds", seconds, *self.inputs]
        text = peers.call(command, limit, preexec_fn=lambda: os.sched_setaffinity(0, self.processors))
        return json.loads(text)["median_ms"] / 1e3
