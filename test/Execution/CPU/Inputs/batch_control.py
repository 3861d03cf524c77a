# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles a model for one sample, with a loop and a branch in it, for a batch, and compares each sample with ONNX Runtime.
"""batch_control.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER: fails when a sample of the batch differs."""
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
from model_cases import compare  # noqa: E402

STEPS, SIZE, BATCH = 6, 8, 3
# f32: a recurrence of 6 steps of sums of 8 products.
TOLERANCE = {"rtol": 1e-5, "atol_of_largest": 1e-5}


def value(name, kind, *shape):
    return helper.make_tensor_value_info(name, kind, shape)


def build(rng):
    """h <- tanh(h w + x_t) over the steps of x [1, STEPS, SIZE]; then another function of the last h, by a flag."""
    step = helper.make_graph(
        [helper.make_node("MatMul", ["h_in", "w"], ["turned"]), helper.make_node("Add", ["turned", "x_t"], ["sum"]),
         helper.make_node("Tanh", ["sum"], ["h_out"]), helper.make_node("Identity", ["h_out"], ["y_t"])],
        "step", [value("h_in", TensorProto.FLOAT, 1, SIZE), value("x_t", TensorProto.FLOAT, 1, SIZE)],
        [value("h_out", TensorProto.FLOAT, 1, SIZE), value("y_t", TensorProto.FLOAT, 1, SIZE)])
    branches = [helper.make_graph([helper.make_node(op, ["h"], [f"{op}_out"])], op, [], [value(f"{op}_out", TensorProto.FLOAT, 1, SIZE)])
                for op in ("Exp", "Neg")]
    nodes = [helper.make_node("Scan", ["zero", "x"], ["h", "y"], body=step, num_scan_inputs=1, scan_input_axes=[1], scan_output_axes=[1]),
             helper.make_node("If", ["flag"], ["z"], then_branch=branches[0], else_branch=branches[1])]
    weights = [numpy_helper.from_array(rng.normal(0, 0.5, (SIZE, SIZE)).astype(np.float32), "w"),
               numpy_helper.from_array(np.zeros((1, SIZE), np.float32), "zero")]
    graph = helper.make_graph(nodes, "control", [value("x", TensorProto.FLOAT, 1, STEPS, SIZE), value("flag", TensorProto.BOOL)],
                              [value("y", TensorProto.FLOAT, 1, STEPS, SIZE), value("z", TensorProto.FLOAT, 1, SIZE)], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def main():
    work = pathlib.Path(WORK)
    work.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(5)
    model, artifact = work / "control.onnx", work / "control.weft"
    onnx.save(build(rng), model)
    peers.compile_model(model, artifact, f"--batch={BATCH}")
    session = peers.ort_session(model, threads=1)
    for flag in (False, True):
        x = rng.normal(0, 1, (BATCH, STEPS, SIZE)).astype(np.float32)
        found = peers.run_artifact(artifact, {"x": x, "flag": np.array(flag)}, ["y", "z"], work)
        for sample in range(BATCH):
            wanted = peers.ort_run(session, {"x": x[sample:sample + 1], "flag": np.array(flag)})
            for name in wanted:
                compare(found[name][sample:sample + 1], wanted[name], what=f"flag {flag}, sample {sample}, {name}", **TOLERANCE)
    print("batch of a loop and a branch: equal")


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"batch: {failure}")
