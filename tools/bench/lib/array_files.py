# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Named arrays in one file, whatever the names are.
import numpy as np


def save(path, arrays):
    """arrays: name -> array."""
    np.savez(path, np.array(list(arrays), dtype=str), *arrays.values())


def load(path):
    """name -> array, in the order they were saved."""
    with np.load(path) as stored:
        return {str(name): stored[f"arr_{number + 1}"] for number, name in enumerate(stored["arr_0"])}
