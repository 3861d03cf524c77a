# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs models whose indices are in range, or just out of it.
"""indices.py TOOLS_FOLDER WORK_FOLDER"""
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
WORK.mkdir(parents=True, exist_ok=True)
KINDS = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int64): TensorProto.INT64, np.dtype(np.int32): TensorProto.INT32,
         np.dtype(bool): TensorProto.BOOL}
LEAST = -2**63


def floats(*shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def ints(*values, dtype=np.int64):
    return np.array(values, dtype)


def graph(name, nodes, inputs, outputs, constants=()):
    return helper.make_graph(nodes, name, [helper.make_tensor_value_info(*value) for value in inputs],
                             [helper.make_tensor_value_info(output, kind, None) for output, kind in outputs],
                             [numpy_helper.from_array(array, key) for key, array in constants])


def check(name, nodes, runs, constants=(), opset=20, is_dynamic=True, options=(), reference=None, output="y"):
    """Compiles nodes; each of `runs` is the inputs by name and what the message says behind `expected`, or None."""
    arrays = runs[0][0]
    inputs = [(key, KINDS[array.dtype], [f"{key}{d}" for d in range(array.ndim)] if is_dynamic else array.shape)
              for key, array in arrays.items()]
    if isinstance(nodes, str):
        nodes = [helper.make_node(nodes, list(arrays), ["y"], name="node")]
    model, artifact = WORK / f"{name}.onnx", WORK / f"{name}.weft"
    made = graph("g", nodes, inputs, [(output, TensorProto.FLOAT)], constants)
    onnx.save(helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=10), model)
    subprocess.run([BIN / "weftc", model, "-o", artifact, "-q", *options], check=True)
    for number, (feeds, wanted) in enumerate(runs):
        command = [BIN / "weft", "run", artifact]
        for key, array in feeds.items():
            np.save(WORK / f"{name}-{key}.npy", array)
            command += ["-i", f"{key}={WORK}/{name}-{key}.npy"]
        command += ["-o", f"{output}={WORK}/{name}-out.npy"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == (1 if wanted else 0), (name, number, done)
        if wanted:
            assert f"node 'node': expected {wanted}" in done.stderr, (name, number, done.stderr)
        elif reference:
            np.testing.assert_array_equal(np.load(WORK / f"{name}-out.npy"), reference(**feeds))


def node(op, inputs, **attributes):
    return [helper.make_node(op, inputs, ["y"], name="node", **attributes)]


X = floats(10, 4)
RANGE = "an index on dim 0 in [-10, 10), but got "
take = lambda x, i: x[i]

# One index, a few that the host reads, and more, which a kernel reads; signs, types, sizes that are known or not.
for is_dynamic in (False, True):
    kind = "open" if is_dynamic else "fixed"
    check(f"scalar-{kind}", "Gather", [({"x": X, "i": np.int64(9).reshape(())}, None), ({"x": X, "i": np.int64(-10).reshape(())}, None),
                                       ({"x": X, "i": np.int64(10).reshape(())}, RANGE + "10"),
                                       ({"x": X, "i": np.int64(-11).reshape(())}, RANGE + "-11")], is_dynamic=is_dynamic, reference=take)
    check(f"few-{kind}", "Gather", [({"x": X, "i": ints(0, -10, 9)}, None), ({"x": X, "i": ints(0, 1, -11)}, RANGE + "-11")],
          is_dynamic=is_dynamic, reference=take)
    many = np.arange(-10, 10).repeat(99)
    wrong = [(1979, 10), (0, -11), (1000, LEAST), (1001, 2**63 - 1)]
    check(f"many-{kind}", "Gather", [({"x": X, "i": many}, None)] + [
        ({"x": X, "i": np.where(np.arange(many.size) == place, value, many)}, RANGE + str(value)) for place, value in wrong],
        is_dynamic=is_dynamic, options=["--cpu=portable"], reference=take)
check("int32", "Gather", [({"x": X, "i": ints(*range(-10, 10), dtype=np.int32)}, None),
                          ({"x": X, "i": ints(*range(-10, 9), -2**31, dtype=np.int32)}, RANGE + str(-2**31))], reference=take)
check("none", "Gather", [({"x": X, "i": ints(3)}, None), ({"x": X[:0], "i": ints()}, None), ({"x": X[:0], "i": ints(0)}, "an index on dim 0 in")])

# Every op that takes indices.
check("elements", node("GatherElements", ["x", "i"], axis=1), [
    ({"x": X, "i": many.reshape(10, -1) % 4 - 4}, None), ({"x": X, "i": many.reshape(10, -1) % 4 + 1}, "an index on dim 1 in [-4, 4), but got 4")])
pairs = np.stack([many, many % 4], 1)
for place, value, wanted in [(0, 10, RANGE + "10"), (1, 4, "an index on dim 1 in [-4, 4), but got 4"),
                             (1, LEAST, f"an index on dim 1 in [-4, 4), but got {LEAST}")]:
    bad = pairs.copy()
    bad[777, place] = value
    check(f"pairs{place}", "GatherND", [({"x": X, "i": pairs}, None), ({"x": X, "i": bad}, wanted)], is_dynamic=False,
          reference=lambda x, i: x[i[:, 0], i[:, 1]])
check("scatter-elements", "ScatterElements", [
    ({"x": X, "i": np.zeros((10, 4), np.int64), "u": X}, None), ({"x": X, "i": np.full((10, 4), -11), "u": X}, RANGE + "-11")])
check("scatter-nd", "ScatterND", [({"x": X, "i": ints(*range(10)).reshape(10, 1), "u": X}, None),
                                  ({"x": X, "i": ints(*range(1, 11)).reshape(10, 1), "u": X}, RANGE + "10")], is_dynamic=False)
image, boxes = floats(2, 1, 8, 8), np.tile(np.array([0, 0, 4, 4], np.float32), (2, 1))
check("roi-align", node("RoiAlign", ["x", "r", "b"], output_height=2, output_width=2), [
    ({"x": image, "r": boxes, "b": ints(0, 1)}, None), ({"x": image, "r": boxes, "b": ints(0, 2)}, "an index on dim 0 in [0, 2), but got 2"),
    ({"x": image, "r": boxes, "b": ints(0, -1)}, "an index on dim 0 in [0, 2), but got -1")], opset=16, is_dynamic=False)
with_batch = lambda b: np.concatenate([np.full((2, 1), b, np.float32), boxes], 1)
check("max-roi-pool", node("MaxRoiPool", ["x", "r"], pooled_shape=[2, 2]), [
    ({"x": image, "r": with_batch(1)}, None), ({"x": image, "r": with_batch(2)}, "an index on dim 0 in [0, 2), but got 2")], is_dynamic=False)
cache = {"x": np.zeros((2, 8, 4), np.float32), "u": np.ones((2, 3, 4), np.float32)}
check("tensor-scatter", node("TensorScatter", ["x", "u", "w"], axis=1), [
    (cache | {"w": ints(0, 5)}, None), (cache | {"w": ints(0, 6)}, "a start on dim 1 in [0, 6), but got 6"),
    (cache | {"w": ints(-1, 0)}, "a start on dim 1 in [0, 6), but got -1")], opset=24, is_dynamic=False)
check("compress", node("Compress", ["x", "c"], axis=0), [
    ({"x": X[:5], "c": np.array([1, 0, 1, 0, 0, 0], bool)}, None),
    ({"x": X[:5], "c": np.array([1, 0, 1, 0, 0, 1], bool)}, "an index on dim 0 in [-5, 5), but got 5")])
# Out of range, all of a row are off: no error.
check("one-hot", node("OneHot", ["i", "depth", "values"]), [({"i": ints(-9, 3, 9)}, None)],
      [("depth", ints(4)), ("values", np.array([0, 1], np.float32))])

# Indices that the model holds, where the size is not known, and where it is.
for name, is_dynamic in (("constant", True), ("constant-bad", False)):
    runs = [({"x": X}, None)] * is_dynamic + [({"x": X[:5]}, "an index on dim 0 in [-5, 5), but got 5")]
    check(name, node("Gather", ["x", "k"], axis=0), runs, [("k", ints(1, 5))], is_dynamic=is_dynamic)
check("last", node("Gather", ["x", "k"], axis=0), [({"x": X}, None), ({"x": X[:0]}, "an index on dim 0 in")], [("k", ints(-1))])

# Indices that a kernel computes, and more ops behind.
check("computed", [helper.make_node("Add", ["i", "one"], ["j"])] + node("Gather", ["x", "j"]) + [helper.make_node("Relu", ["y"], ["z"])],
      [({"x": X, "i": ints(*range(9))}, None), ({"x": X, "i": ints(*range(10))}, RANGE + "10")], [("one", ints(1))], output="z")

# In a branch, and in the body of a loop.
slice_ends = [("zero", ints(0)), ("six", ints(6))]
then_branch = graph("t", node("Gather", ["x", "i"]), [], [("y", TensorProto.FLOAT)])
else_branch = graph("e", [helper.make_node("Slice", ["x", "zero", "six"], ["y"])], [], [("y", TensorProto.FLOAT)])
good, bad, yes, no = ints(*range(6)), ints(*range(5), 10), np.array(True), np.array(False)
check("branch", [helper.make_node("If", ["c"], ["y"], then_branch=then_branch, else_branch=else_branch)], [
    ({"x": X, "i": good, "c": yes}, None), ({"x": X, "i": bad, "c": yes}, RANGE + "10"), ({"x": X, "i": bad, "c": no}, None)],
    slice_ends, is_dynamic=False)
body = graph("b", [*node("Gather", ["x", "ids"]), helper.make_node("Identity", ["go"], ["goes"]),
                   helper.make_node("Add", ["ids", "one"], ["next"])],
             [("it", TensorProto.INT64, []), ("go", TensorProto.BOOL, []), ("ids", TensorProto.INT64, [6])],
             [("goes", TensorProto.BOOL), ("next", TensorProto.INT64), ("y", TensorProto.FLOAT)])
times = lambda n: np.int64(n).reshape(())
check("loop", [helper.make_node("Loop", ["n", "", "i"], ["f", "y"], body=body)], [
    ({"x": X, "i": good, "n": times(5)}, None), ({"x": X, "i": good, "n": times(6)}, RANGE + "10"), ({"x": X, "i": bad, "n": times(0)}, None)],
    [("one", ints(1))], is_dynamic=False)
print("all indices checked")
