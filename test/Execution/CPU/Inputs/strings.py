# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Models that move and compare strings, compiled and compared with numpy.
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnx.helper import make_node as node
from onnx.helper import make_tensor_sequence_value_info as sequence_info
from onnx.helper import make_tensor_value_info as info

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
S, B, I = TensorProto.STRING, TensorProto.BOOL, TensorProto.INT64


def write(name, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9), WORK / f"{name}.onnx")
    return subprocess.run([BIN / "weftc", WORK / f"{name}.onnx", "-o", WORK / f"{name}.weft", "-q"], capture_output=True, text=True)


def run(model, inputs, *outputs):
    command = [BIN / "weft", "run", WORK / f"{model}.weft", "--threads", "1"]
    for name, value in inputs.items():
        np.save(WORK / f"{name}.npy", value)
        command += ["-i", f"{name}={WORK / name}.npy"]
    for name in outputs:
        command += ["-o", f"{name}={WORK / name}" + ("" if name == "seq" else ".npy")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def text_constant(name, values):
    return helper.make_tensor(name, S, [len(values)], [value.encode() for value in values])


WORK.mkdir(exist_ok=True)
made = write(
    "moved",
    [
        node("Equal", ["x", "labels"], ["e"]),
        node("Where", ["e", "x", "other"], ["y"]),
        node("Transpose", ["y"], ["t"], perm=[1, 0]),
        node("Reshape", ["t", "shape"], ["z"]),
        node("Gather", ["x", "last"], ["g"], axis=0),
        node("Concat", ["g", "labels"], ["c"], axis=0),
    ],
    [info("x", S, ["n", 2]), info("last", I, [])],
    [info("e", B, ["n", 2]), info("z", S, ["n", 2]), info("c", S, [4])],
    [text_constant("labels", ["", "Gr\u00fc\u00dfe"]), text_constant("other", ["other"]), onnx.numpy_helper.from_array(np.array([-1, 2]), "shape")],
)
sys.stderr.write(made.stderr)


def check(title, x):
    run("moved", {"x": x, "last": np.int64(-1)}, "e", "z", "c")
    labels = np.array(["", "Gr\u00fc\u00dfe"])
    equal = x == labels
    z = np.where(equal, x, "other").T.reshape(-1, 2)
    expected = {"e": equal, "z": z, "c": np.concatenate([x[-1], labels])}
    found = {name: np.load(WORK / f"{name}.npy") for name in expected}
    same = all(found[name].shape == value.shape and np.array_equal(found[name], value) for name, value in expected.items())
    print(f"{title}: {'equal' if same else found}")


x = np.array([["", "b"], ["a", "Gr\u00fc\u00dfe"], ["longer than the others, much longer \U0001f600", "Gr"]])
check("moved", x)
check("empty", np.array([["", ""]]))
write("sequence", [node("SplitToSequence", ["x"], ["seq"], axis=0, keepdims=0)], [info("x", S, ["n", 2])], [sequence_info("seq", S, [2])])
run("sequence", {"x": x}, "seq")
same = all(np.array_equal(np.load(WORK / "seq" / f"{i}.npy"), row) for i, row in enumerate(x))
print("sequence:", "equal" if same else "different")
write("printed", [node("Where", ["c", "x", "other"], ["z"])], [info("x", S, ["n", 2]), info("c", B, ["n", 2])], [info("z", S, ["n", 2])],
      [text_constant("other", ["other"])])
print("printed:", run("printed", {"x": x, "c": np.array([[True, False], [False, True], [False, False]])}).strip().replace("\n  ", "\n"))
