# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What two results differ by, and the statistics of ratios.
import math
import pathlib
import platform
import statistics

import numpy as np


def difference(mine, theirs, tolerance):
    """Why two results differ; empty if they agree. tolerance: of floats, as a share of the largest value of `theirs`."""
    if mine.shape != theirs.shape or mine.dtype != theirs.dtype:
        return f"{mine.dtype}{list(mine.shape)} instead of {theirs.dtype}{list(theirs.shape)}"
    if mine.size == 0 or not np.issubdtype(theirs.dtype, np.floating):
        count = int(np.sum(mine != theirs))
        return f"{count} of {mine.size} elements differ" if count else ""
    mine, theirs = mine.astype(np.float64), theirs.astype(np.float64)
    finite = np.isfinite(mine) & np.isfinite(theirs)
    odd = ~finite & ~((mine == theirs) | (np.isnan(mine) & np.isnan(theirs)))
    if odd.any():
        return f"{int(odd.sum())} values are NaN or infinite on one side only"
    if not finite.any():
        return ""
    error, largest = np.max(np.abs(mine - theirs)[finite]), np.max(np.abs(theirs[finite]))
    return "" if error <= tolerance * largest else f"error {error:.3g} where the largest is {largest:.3g}"


def differences(mine, theirs, tolerance):
    """The same for name -> array; the text names the output that differs."""
    for name, wanted in theirs.items():
        if name not in mine:
            return f"no output '{name}'"
        if text := difference(np.asarray(mine[name]), wanted, tolerance):
            return f"output '{name}': {text}"
    return ""


def geometric_mean(values):
    values = list(values)
    return math.exp(statistics.fmean(math.log(value) for value in values)) if values else math.nan


def processor():
    """The name of the machine's processor."""
    try:
        for text in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if text.startswith("model name"):
                return text.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def quiet_rounds(calibrations, slack):
    """Numbers of the rounds in which the machine was about as fast as in its best one.

    calibrations: seconds of the calibration loop beside each round. A machine that other programs slowed in most rounds has no better
    ones to choose from: with fewer than half quiet, all count.
    """
    best = min(calibrations, default=0)
    quiet = [number for number, seconds in enumerate(calibrations) if seconds <= best * slack]
    return quiet if 2 * len(quiet) >= len(calibrations) else list(range(len(calibrations)))


def median_ratio(mine, theirs, rounds):
    """Median over `rounds` of theirs / mine of the same round: above 1 mine is faster."""
    return statistics.median(theirs[number] / mine[number] for number in rounds)
