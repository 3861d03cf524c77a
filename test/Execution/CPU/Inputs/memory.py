# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Asserts the memory that `weft run` needs: weights, planned arena, a tenth of both, and 8 MiB.
"""memory.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER"""
import json
import os
import pathlib
import re
import subprocess
import sys

BIN, SOURCE, WORK = sys.argv[1:4]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import peers  # noqa: E402

MIB = 1 << 20


def wide_network():
    """Two dense layers of 16 MiB of weights each over a batch of 512: 32 MiB of weights, some 8 MiB of intermediate results."""
    rng = np.random.default_rng(5)
    weights = [rng.standard_normal((2048, 2048), np.float32) / 64 for _ in range(2)]
    nodes = [helper.make_node("MatMul", ["x", "w0"], ["a"]), helper.make_node("Relu", ["a"], ["b"]),
             helper.make_node("MatMul", ["b", "w1"], ["c"]), helper.make_node("ReduceMean", ["c"], ["y"], axes=[1], keepdims=0)]
    graph = helper.make_graph(nodes, "wide", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2048])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch"])],
                              [numpy_helper.from_array(w, f"w{i}") for i, w in enumerate(weights)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def inspect(artifact):
    return json.loads(peers.call([peers.program("weft"), "inspect", "--json", artifact]))


def planned_arena(model, work, batch):
    """Bytes of intermediate results that the compiler plans for a model whose batch is fixed."""
    fixed = work / "fixed.weft"
    peers.compile_model(model, fixed, "--dim", f"batch={batch}")
    return max(entry["arena_bytes"] for entry in inspect(fixed)["entries"])


def check(name, artifact, arena, *flags):
    """arena: bytes that were planned for these sizes, from elsewhere than the run itself."""
    told = inspect(artifact)
    done = subprocess.run([peers.program("weft"), "run", artifact, "--random", "1", "--stats", *flags], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=True)
    found = re.search(r"peak memory (\d+) bytes \(weights (\d+), session (\d+)\)", done.stderr)
    if not found:
        raise peers.Failed(f"no peak memory in: {done.stderr}")
    peak, weights, session = map(int, found.groups())
    static = max(entry["arena_bytes"] for entry in told["entries"])
    if weights != told["weights_bytes"] or session < static:
        raise peers.Failed(f"{name}: the numbers of `weft run` and `weft inspect` do not agree")
    bar = 1.1 * (weights + arena) + 8 * MIB
    if peak > bar:
        raise peers.Failed(f"{name}: {peak / MIB:.1f} MiB, above the bar of {bar / MIB:.1f} MiB "
                           f"(weights {weights / MIB:.1f}, arena {arena / MIB:.1f}, session {session / MIB:.1f})")
    print(f"{name}: within the bar")


def main():
    work, digits = pathlib.Path(WORK), pathlib.Path(SOURCE) / "test" / "Inputs" / "digits" / "digits.onnx"
    work.mkdir(parents=True, exist_ok=True)
    onnx.save(wide_network(), work / "wide.onnx")
    for name, model in (("digits", digits), ("wide", work / "wide.onnx")):
        artifact = work / f"{name}.weft"
        peers.compile_model(model, artifact)
        for batch, threads in ((1, 1), (512, 2)):
            arena = planned_arena(model, work, batch)
            check(f"{name} at batch {batch}", artifact, arena, "--dim", f"batch={batch}", "--threads", str(threads))
            check(f"{name} for batch {batch}", work / "fixed.weft", arena, "--threads", str(threads))
    # The plan itself: nothing is live beside the results of the two products, rows of 8 KiB, and the sums.
    arena, live = planned_arena(work / "wide.onnx", work, 512), 512 * (2 * 2048 + 1) * 4
    if arena > 1.01 * live:
        raise peers.Failed(f"wide: an arena of {arena / MIB:.1f} MiB is planned for values of {live / MIB:.1f} MiB")


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"memory: {failure}")
