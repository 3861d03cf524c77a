# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs weftc, weft and ONNX Runtime for the demo, the model checks and the benchmarks.
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np

from weftenv import ROOT

BIN = pathlib.Path(os.environ.get("WEFT_BIN", ROOT / "build" / "bin"))

# Process start to exit with ONNX Runtime: argv is model, input name=file ..., threads. Prints seconds of creating the session
# and of the first run.
ORT_FIRST = """
import sys, time
import numpy as np, onnxruntime as ort
options = ort.SessionOptions(); options.intra_op_num_threads = int(sys.argv[2])
inputs = {a.split("=", 1)[0]: np.load(a.split("=", 1)[1]) for a in sys.argv[3:]}
start = time.perf_counter()
session = ort.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
created = time.perf_counter()
session.run(None, inputs)
print(created - start, time.perf_counter() - created)
"""


class Failed(Exception):
    """A program failed; the text says which, how, and what it wrote."""


def program(name):
    path = BIN / name
    if not path.exists():
        raise Failed(f"{path} does not exist: run `make build`")
    return str(path)


def call(command, timeout=1800, **keywords):
    """Runs a command without input; returns its stdout. Errors: Failed with the last lines of stderr."""
    command = [str(part) for part in command]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False,
                              **keywords)
    except subprocess.TimeoutExpired:
        raise Failed(f"{pathlib.Path(command[0]).name}: not done after {timeout} s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        cause = "signal %d" % -done.returncode if done.returncode < 0 else "status %d" % done.returncode
        raise Failed(f"{pathlib.Path(command[0]).name}: {cause}: " + " | ".join(lines[-3:]))
    return done.stdout


def compile_model(model, out, *flags, timeout=300):
    """Compiles; returns seconds of wall time."""
    start = time.perf_counter()
    call([program("weftc"), model, "-o", out, *flags], timeout)
    return time.perf_counter() - start


def run_artifact(artifact, inputs, outputs, folder, *flags, timeout=600):
    """Runs once. inputs: name -> array. outputs: names. Files go through `folder`. Returns name -> array."""
    folder = pathlib.Path(folder)
    command = [program("weft"), "run", artifact, *flags]
    for number, (name, array) in enumerate(inputs.items()):
        path = folder / f"in{number}.npy"
        np.save(path, np.array(array, order="C"))  # ascontiguousarray would give scalars a dim
        command += ["-i", f"{name}={path}"]
    files = {name: folder / f"out{number}.npy" for number, name in enumerate(outputs)}
    for name, path in files.items():
        path.unlink(missing_ok=True)
        command += ["-o", f"{name}={path}"]
    call(command, timeout)
    return {name: np.load(path) for name, path in files.items()}


def bench(artifact, *flags, timeout=600):
    """The JSON object of `weft bench`."""
    return json.loads(call([program("weft"), "bench", artifact, "--json", *flags], timeout))


def ort_session(model, threads=0, optimise=True):
    """An ONNX Runtime session on the CPU; model is a path or bytes."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    if not optimise:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"])


def ort_run(session, inputs):
    """All outputs, name -> array."""
    names = [o.name for o in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def time_process(command):
    """Seconds from starting a process to its exit, and its stdout."""
    start = time.perf_counter()
    out = call(command)
    return time.perf_counter() - start, out


def first_result(artifact, model, files, threads=1, repeat=7):
    """Process start to exit with one result, alternating the two programs.

    files: input name -> .npy path. Returns medians in seconds: weft, ort, and of the latter the session's creation and the
    first run alone.
    """
    inputs = [f"{name}={path}" for name, path in files.items()]
    weft = [program("weft"), "run", artifact, "--threads", str(threads)]
    for text in inputs:
        weft += ["-i", text]
    ort = [sys.executable, "-c", ORT_FIRST, str(model), str(threads)] + inputs
    times = {"weft": [], "ort": [], "ort_create": [], "ort_run": []}
    for _ in range(repeat):
        times["weft"].append(time_process(weft)[0])
        seconds, out = time_process(ort)
        create, run = map(float, out.split())
        times["ort"].append(seconds)
        times["ort_create"].append(create)
        times["ort_run"].append(run)
    return {key: statistics.median(values) for key, values in times.items()}


def time_ort_rate(session, inputs, seconds):
    """Median seconds of session.run over about `seconds`, after three runs to warm up, and runs per second of the same runs.

    The rate is runs / time spent in them: slow runs count, the loop around them does not (`weft bench` counts Weft's).
    """
    for _ in range(3):
        session.run(None, inputs)
    samples, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(samples) < 5:
        start = time.perf_counter()
        session.run(None, inputs)
        samples.append(time.perf_counter() - start)
    return statistics.median(samples), len(samples) / sum(samples)


def time_ort(session, inputs, seconds):
    """Median seconds of session.run over about `seconds`."""
    return time_ort_rate(session, inputs, seconds)[0]


def size_text(count):
    """Bytes for people: 104 KB, 97.6 MB."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}" if count < 100 * size else f"{count / size:.0f} {unit}"
    return f"{count} B"


def time_text(seconds):
    """Seconds for people: 41 us, 3.2 ms, 1.9 s."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            value = seconds / size
            return f"{value:.3g} {unit}" if value < 100 else f"{value:.0f} {unit}"
    return f"{seconds * 1e9:.0f} ns"
