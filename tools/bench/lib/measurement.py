# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Measures one model in rounds in which Weft and the peers take turns.
import contextlib
import os
import statistics
import tempfile
import time

import numpy as np

import comparison
from participants import Peer, Weft
from peers import Failed
import suite

COMPILE_LIMIT = 900  # seconds
RUN_LIMIT = 300  # seconds of one run
HOPELESS = 25  # a peer that is so many times slower than the fastest one is timed by two runs, not in every round
CALIBRATION = 192  # rows of the square matrices that the calibration loop multiplies
CALIBRATION_RUNS = 40


def processors(threads):
    """The last `threads` processors of those that this process may use: the first ones serve interrupts. Errors: Failed."""
    allowed = sorted(os.sched_getaffinity(0))
    if threads > len(allowed):
        raise Failed(f"{threads} threads need {threads} processors; this process may use {len(allowed)}")
    return set(allowed[-threads:])


class Calibration:
    """A fixed piece of arithmetic: what it takes tells how fast the machine is now."""

    def __init__(self):
        self.a = np.random.default_rng(0).random((CALIBRATION, CALIBRATION), np.float32)
        self.out = np.empty_like(self.a)

    def time(self):
        """Median seconds of a product, on the processor that the caller is pinned to."""
        samples = []
        for _ in range(CALIBRATION_RUNS):
            start = time.perf_counter()
            np.matmul(self.a, self.a, out=self.out)
            samples.append(time.perf_counter() - start)
        return statistics.median(samples)


class Options:
    """rounds: turns of each; seconds: length of a turn; slack: how much slower than in its best round the calibration loop may be."""

    def __init__(self, rounds=15, seconds=0.2, slack=1.1, budget=240.0):
        self.rounds, self.seconds, self.slack, self.budget = rounds, seconds, slack, budget


def measure(model, folder, threads, names, options, flags=(), say=print):
    """Rows, peer's name -> row, and Weft's own row under 'weft'.

    Each row has "ms" or "note" (why there is no figure); a peer's also "ratio", its time / Weft's: above 1 Weft is faster. A peer's
    outputs are compared with ONNX Runtime's first, Weft's too.
    """
    rows = {}
    with contextlib.ExitStack() as stack:
        work = stack.enter_context(tempfile.TemporaryDirectory(dir=folder))
        cores = processors(threads)
        before = os.sched_getaffinity(0)
        stack.callback(os.sched_setaffinity, 0, before)
        path = model.file(folder)
        inputs = suite.feeds(model, path)
        ready, wanted = {}, None
        oracle = Peer("onnxruntime", cores)
        stack.callback(oracle.stop)
        try:
            oracle_seconds = oracle.load(path, inputs, work, COMPILE_LIMIT)
            wanted = oracle.outputs(work, RUN_LIMIT)
        except Failed as failure:
            rows["onnxruntime"] = {"note": str(failure)}
        for name in names:
            if name == "onnxruntime":
                if wanted is not None:
                    ready[name], rows[name] = oracle, {"load_s": oracle_seconds}
                continue
            peer = Peer(name, cores)
            stack.callback(peer.stop)
            try:
                rows[name] = {"load_s": peer.load(path, inputs, folder, COMPILE_LIMIT)}
                if wanted is not None:
                    if text := comparison.differences(peer.outputs(work, RUN_LIMIT), wanted, model.tolerance):
                        raise Failed(f"not equal to ONNX Runtime: {text}")
                ready[name] = peer
            except Failed as failure:
                rows[name] = {"note": str(failure)}
                peer.stop()
        weft = Weft(cores, flags)
        try:
            rows["weft"] = {"compile_s": weft.load(path, inputs, work, COMPILE_LIMIT)}
            if wanted is not None:
                if text := comparison.differences(weft.outputs(list(wanted), work, RUN_LIMIT), wanted, model.tolerance):
                    rows["weft"]["note"] = f"not equal to ONNX Runtime: {text}"
                    return rows
        except Failed as failure:
            rows["weft"] = {"note": str(failure)}
            return rows
        os.sched_setaffinity(0, cores)
        _rounds(weft, ready, rows, options, say)
    return rows


def _rounds(weft, ready, rows, options, say):
    calibration, calibrations = Calibration(), []
    single = {"weft": weft.time(0.01, RUN_LIMIT)}
    for name in list(ready):
        try:
            single[name] = ready[name].time(0.01, RUN_LIMIT)
        except Failed as failure:
            rows[name]["note"] = str(failure)
            ready.pop(name).stop()
    fastest = min(single.values())
    for name in [name for name in ready if single[name] > HOPELESS * fastest]:
        rows[name].update(ms=single[name] * 1e3, ratio=single[name] / single["weft"], rounds=1)
        ready.pop(name).stop()
    turn = sum(max(options.seconds, 4 * single[name]) for name in ("weft", *ready))
    rounds = max(min(options.rounds, int(options.budget / turn)), 3)
    times = {name: [] for name in ("weft", *ready)}
    for number in range(rounds):
        order = ["weft", *ready]
        order = order[number % len(order):] + order[:number % len(order)]
        seconds = [calibration.time()]
        for name in order:
            who = weft if name == "weft" else ready[name]
            times[name].append(who.time(options.seconds, RUN_LIMIT))
        calibrations.append(max(*seconds, calibration.time()))
    quiet = comparison.quiet_rounds(calibrations, options.slack)
    common = {"rounds": len(quiet), "calibration_spread": max(calibrations) / min(calibrations)}
    for name, samples in times.items():
        rows[name].update(common, ms=statistics.median(samples[n] for n in quiet) * 1e3)
        if name != "weft":
            ratios = [samples[n] / times["weft"][n] for n in quiet]
            rows[name].update(ratio=statistics.median(ratios), ratios=[round(value, 4) for value in ratios],
                              weft_ms=rows["weft"]["ms"] if "ms" in rows["weft"] else None)
