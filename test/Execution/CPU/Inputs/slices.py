# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compares slices with every kind of start, end and step, of known and unknown sizes, with numpy's.
"""slices.py TOOLS_FOLDER WORK_FOLDER"""
import itertools
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
SIZE = 7
PLACES = (-SIZE - 1, -SIZE, -2, -1, 0, 1, 3, SIZE - 1, SIZE, SIZE + 1)
CASES = list(itertools.product(PLACES, PLACES, (1, 3, -1, -2)))


def make(dim):
    nodes, constants = [], [onnx.numpy_helper.from_array(np.int64([0]), "axis")]
    for i, case in enumerate(CASES):
        names = [f"{part}{i}" for part in ("start", "end", "step")]
        constants += [onnx.numpy_helper.from_array(np.int64([number]), name) for number, name in zip(case, names)]
        nodes.append(helper.make_node("Slice", ["x", names[0], names[1], "axis", names[2]], [f"part{i}"]))
    nodes.append(helper.make_node("Concat", [f"part{i}" for i in range(len(CASES))], ["y"], axis=0))
    graph = helper.make_graph(nodes, "slices", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [dim])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None])], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), WORK / "slices.onnx")


WORK.mkdir(exist_ok=True)
for dim in (SIZE, "n"):
    make(dim)
    for size in (SIZE,) if dim == SIZE else (SIZE, 1, 2):
        x = np.arange(size, dtype=np.float32)
        np.save(WORK / "x.npy", x)
        subprocess.run([BIN / "weft-interp", WORK / "slices.onnx", "-i", f"x={WORK / 'x.npy'}", "-o", f"y={WORK / 'y.npy'}"], check=True,
                       stdout=subprocess.DEVNULL)
        expected = np.concatenate([x[start:end:step] for start, end, step in CASES])
        print(f"{dim} of {size}:", "equal" if np.array_equal(np.load(WORK / "y.npy"), expected) else "differs")
