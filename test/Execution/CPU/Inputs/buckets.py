# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles the demo's network with shape buckets and runs it at sizes in and between them.
"""buckets.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER"""
import json
import os
import pathlib
import subprocess
import sys

BIN, SOURCE, WORK = sys.argv[1:4]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

import peers  # noqa: E402
from model_cases import compare  # noqa: E402


def stderr_of(*command):
    """Runs a tool of Weft; its exit status and what it wrote on stderr."""
    done = subprocess.run([peers.program(command[0]), *map(str, command[1:])], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stderr


def inspect(artifact):
    return json.loads(peers.call([peers.program("weft"), "inspect", "--json", artifact]))


def check_digits(work, data):
    model, artifact, again = data / "digits.onnx", work / "digits.weft", work / "again.weft"
    plain, single = work / "plain.weft", work / "single.weft"
    flags = ["--dim", "batch=1,4,16", "--cpu=v2,v3"]
    peers.compile_model(model, artifact, *flags)
    peers.compile_model(model, again, *flags, "-j", "1")
    print("same bytes from two compiles:", artifact.read_bytes() == again.read_bytes())
    peers.compile_model(model, plain, "--cpu=v2,v3")
    peers.compile_model(model, single, "--dim", "batch=16", "--cpu=v2,v3")
    told = inspect(artifact)
    print("entries:", [entry["name"] for entry in told["entries"]])
    print("sizes:", [entry["sizes"] for entry in told["entries"]])
    print("kernels add up:", sum(entry["kernel_count"] for entry in told["entries"]) == len(told["kernels"]))
    # Known sizes may prefer another form of the filters (Winograd's); each form is stored once, however many entries read it.
    forms = inspect(plain)["weights_bytes"] + inspect(single)["weights_bytes"]
    print("one copy of the weights in each form:", told["weights_bytes"] < 1.02 * forms)
    images, session = np.load(data / "digits-images.npy"), peers.ort_session(model, threads=1)
    for count in (1, 3, 4, 16, 17):
        for extra in ([], ["--entry", "main"]):
            found = peers.run_artifact(artifact, {"image": images[:count]}, ["logits"], work, *extra)["logits"]
            compare(found, session.run(None, {"image": images[:count]})[0], rtol=1e-4, atol_of_largest=1e-5, what=f"{count} images")
        np.save(work / "x.npy", images[:count])
        print(f"{count}:", stderr_of("weft", "run", artifact, "-i", f"image={work / 'x.npy'}")[1].strip())


def open_filter():
    """A model that has no code with an open dim: a convolution by taps that are an input."""
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["c"], name="conv"), helper.make_node("ReduceSum", ["c"], ["y"], keepdims=0)], "open_filter",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 4, 4]),
         helper.make_tensor_value_info("w", TensorProto.FLOAT, [1, 1, "n", "n"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [])])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def check_without_general(work):
    model, artifact = work / "filter.onnx", work / "filter.weft"
    onnx.save(open_filter(), model)
    status, text = stderr_of("weftc", model, "-o", artifact, "--dim", "n=1,3")
    print("without a general entry:", status, text.strip())
    image = np.ones((1, 1, 4, 4), np.float32)
    for taps, wanted in ((1, 16), (3, 36)):
        found = peers.run_artifact(artifact, {"x": image, "w": np.ones((1, 1, taps, taps), np.float32)}, ["y"], work)["y"]
        print(f"{taps}:", float(found) == wanted)
    np.save(work / "x.npy", image)
    np.save(work / "w.npy", np.ones((1, 1, 2, 2), np.float32))
    print(*stderr_of("weft", "run", artifact, "-i", f"x={work / 'x.npy'}", "-i", f"w={work / 'w.npy'}"))


def main():
    work, data = pathlib.Path(WORK), pathlib.Path(SOURCE) / "test" / "Inputs" / "digits"
    work.mkdir(parents=True, exist_ok=True)
    check_digits(work, data)
    check_without_general(work)


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"buckets: {failure}")
