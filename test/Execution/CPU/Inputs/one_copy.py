# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compares the weights that artifacts of several levels and shapes hold with those of an artifact for one.
"""one_copy.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER: a line of flags and byte counts per artifact, then whether they are as they must be."""
import json
import os
import pathlib
import sys

BIN, SOURCE, WORK = sys.argv[1:4]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import peers  # noqa: E402


def dense():
    """A dense layer of int8 weights behind one of floats, and a table that is looked up: three kinds of packing."""
    rng = np.random.default_rng(1)
    floats = [("w0", rng.standard_normal((48, 80)).astype(np.float32)), ("b0", rng.standard_normal(80).astype(np.float32)),
              ("scale", np.float32(0.1)), ("w1", rng.integers(-127, 127, (80, 56)).astype(np.int8)),
              ("table", rng.standard_normal((100, 48)).astype(np.float32)), ("zero", np.int8(0))]
    nodes = [helper.make_node("Gather", ["table", "ids"], ["x"]), helper.make_node("Gemm", ["x", "w0", "b0"], ["h"]),
             helper.make_node("DequantizeLinear", ["w1", "scale", "zero"], ["f1"]), helper.make_node("MatMul", ["h", "f1"], ["y"])]
    graph = helper.make_graph(nodes, "dense", [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 56])],
                              [numpy_helper.from_array(np.array(array), name) for name, array in floats])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def weights_of(model, work, *flags):
    """Bytes of the constant segments, as the table of segments and the summary say it."""
    artifact = work / "a.weft"
    peers.compile_model(model, artifact, *flags)
    told = json.loads(peers.call([peers.program("weft"), "inspect", "--json", artifact]))
    segments = sum(segment["bytes"] for segment in told["segments"])
    if segments != told["weights_bytes"]:
        raise peers.Failed(f"{flags}: segments of {segments} bytes, but weights of {told['weights_bytes']}")
    print(model.stem, *flags, f"levels {len(told['levels'])} entries {len(told['entries'])} weights {segments}")
    return segments


def check(model, work, dim):
    one = weights_of(model, work, "--cpu=v4")
    print(f"{model.stem}: the levels share the weights:", weights_of(model, work, "--cpu=portable") == one)
    # Sizes that are known may prefer Winograd's form of a filter, which strict arithmetic excludes: then no form but one is left.
    one = weights_of(model, work, "--cpu=v3", "--math=strict")
    buckets = weights_of(model, work, "--cpu=v3", "--math=strict", "--dim", f"{dim}=1,2,8")
    print(f"{model.stem}: the buckets share the weights:", buckets == one)
    both = weights_of(model, work, "--cpu=portable", "--math=strict", "--dim", f"{dim}=1,2,8")
    print(f"{model.stem}: levels and buckets share the weights:", both == one)


def main():
    work, data = pathlib.Path(WORK), pathlib.Path(SOURCE) / "test" / "Inputs" / "digits"
    work.mkdir(parents=True, exist_ok=True)
    onnx.save(dense(), work / "dense.onnx")
    check(data / "digits.onnx", work, "batch")
    check(work / "dense.onnx", work, "n")


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"one_copy: {failure}")
