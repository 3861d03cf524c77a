# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs models on inputs whose sizes cannot fit together, which only the run can know.
"""sizes.py TOOLS_FOLDER WORK_FOLDER"""
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
WORK.mkdir(parents=True, exist_ok=True)
F, I64 = TensorProto.FLOAT, TensorProto.INT64


def numbers(*shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def sizes(*values):
    return np.array(values, np.int64)


def check(name, op, ranks, runs, constants=(), **attributes):
    """Compiles one node whose inputs have free dims; each of `runs` is its inputs and a part of the message, or None."""
    inputs = [helper.make_tensor_value_info(f"x{i}", kind, [f"d{i}_{k}" for k in range(rank)] if kind == F else [rank])
              for i, (kind, rank) in enumerate(ranks)]
    weights = [numpy_helper.from_array(array, f"w{i}") for i, array in enumerate(constants)]
    names = [value.name for value in inputs] + [weight.name for weight in weights]
    outputs = [f"y{i}" for i in range(2 if op == "Split" else 1)]
    node = helper.make_node(op, names, outputs, name=name, **attributes)
    results = [helper.make_tensor_value_info(output, F, None) for output in outputs]
    graph = helper.make_graph([node], "g", inputs, results, weights)
    model, artifact = WORK / f"{name}.onnx", WORK / f"{name}.weft"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), model)
    subprocess.run([BIN / "weftc", model, "-o", artifact, "-q"], check=True)
    for arrays, wanted in runs:
        command = [BIN / "weft", "run", artifact]
        for i, array in enumerate(arrays):
            np.save(WORK / f"{name}{i}.npy", array)
            command += ["-i", f"@{i}={WORK}/{name}{i}.npy"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == (1 if wanted else 0), (name, done)
        if wanted:
            assert f"node '{name}': expected" in done.stderr and wanted in done.stderr, (name, done.stderr)


check("sum", "Add", [(F, 2), (F, 2)], [([numbers(2, 3), numbers(1, 3)], None), ([numbers(2, 3), numbers(2, 2)], "3 and 2"),
                                       ([numbers(2000, 3000), numbers(2, 2)], "2000 and 2")])
check("product", "MatMul", [(F, 3), (F, 3)], [([numbers(1, 2, 3), numbers(4, 3, 2)], None), ([numbers(1, 2, 3), numbers(1, 4, 2)], "3 and 4"),
                                              ([numbers(2, 2, 3), numbers(3, 3, 2)], "2 and 3")])
check("squeeze", "Squeeze", [(F, 2)], [([numbers(2, 3)], None), ([numbers(2, 1)], "dim 1 to be other than 1")])
check("join", "Concat", [(F, 2), (F, 2)], [([numbers(2, 3), numbers(4, 3)], None), ([numbers(2, 2), numbers(20000, 2000)], "2 and 2000")], axis=0)
check("shape", "Reshape", [(F, 2), (I64, 2)],
      [([numbers(2, 3), sizes(3, -1)], None), ([numbers(2, 3), sizes(100000, 10000)], "6, but got 1000000000"),
       ([numbers(2, 3), sizes(-1, -1)], "but got 36")])
check("widen", "Expand", [(F, 1), (I64, 2)],
      [([numbers(3), sizes(2, 1)], None), ([numbers(3), sizes(2, 4)], "3 and 4"), ([numbers(3), sizes(2, 100000000)], "3 and 100000000"),
       ([numbers(3), sizes(-1, 3)], "at least 0, but got -1")])
check("drop", "Squeeze", [(F, 2)], [([numbers(1, 3)], None), ([numbers(2, 3)], "6, but got 3")], [sizes(0)])
check("part", "Split", [(F, 1)], [([numbers(8)], None), ([numbers(4)], "at most 4")], [sizes(3, 5)])
check("window", "MaxPool", [(F, 3)], [([numbers(1, 2, 5)], None), ([numbers(1, 2, 3)], "at least 0, but got -1")], kernel_shape=[5])
check("huge", "Expand", [(F, 2), (I64, 2)],
      [([numbers(1, 1), sizes(2, 3)], None), ([numbers(1, 1), sizes(2**31, 2**31)], "but got 4611686018427387904")])
check("border", "Pad", [(F, 1)], [([numbers(2)], None), ([numbers(0)], "at least 1 element to pad with, but got 0")], [sizes(1, 1)], mode="edge")
print("all sizes checked")
