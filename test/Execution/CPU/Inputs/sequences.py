# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Models whose sequences, optionals and shapes only the run knows, compiled and compared with numpy.
import json
import pathlib
import re
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnx.helper import make_node as node
from onnx.helper import make_tensor_sequence_value_info as sequence_info
from onnx.helper import make_tensor_value_info as info

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
F, I, B = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def const(name, value):
    return onnx.numpy_helper.from_array(np.asarray(value), name)


def write(name, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, WORK / f"{name}.onnx")
    subprocess.run([BIN / "weftc", WORK / f"{name}.onnx", "-o", WORK / f"{name}.weft", "-q"], check=True)


def save(name, value):
    if value is None:
        return "none"
    if isinstance(value, list):
        folder = WORK / name
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for i, element in enumerate(value):
            np.save(folder / f"{i}.npy", element)
        return folder
    np.save(WORK / f"{name}.npy", value)
    return WORK / f"{name}.npy"


def run(model, inputs, output):
    """The output, or the message of a run that failed."""
    place = WORK / f"{model}-{output}{'' if output.startswith('seq') else '.npy'}"
    command = [BIN / "weft", "run", WORK / f"{model}.weft", "--threads", "1", "-o", f"{output}={place}"]
    for name, value in inputs.items():
        command += ["-i", f"{name}={save(model + '-' + name, value)}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return done.stderr.strip().removeprefix("weft: error: ")
    if output.startswith("seq"):
        return [np.load(place / f"{i}.npy") for i in range(len(list(place.iterdir())))]
    return np.load(place)


def same(found, expected):
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(same, found, expected))
    return isinstance(found, np.ndarray) and found.shape == expected.shape and np.allclose(found, expected)


def report(title, pairs):
    print(f"{title}: {'equal' if all(same(a, b) for a, b in pairs) else pairs}")


def body(name, nodes, inputs, outputs, constants=()):
    return helper.make_graph(nodes, name, inputs, outputs, list(constants))


def detections():
    """Per image, the boxes with a positive score: a list of tensors of sizes that depend on data, joined behind the loop."""
    image = body(
        "image",
        [
            node("Gather", ["boxes", "i"], ["b"]),
            node("Gather", ["scores", "i"], ["s"]),
            node("Greater", ["s", "zero"], ["keep"]),
            node("Compress", ["b", "keep"], ["kept"], axis=0),
            node("SequenceInsert", ["list", "kept"], ["longer"], name="append"),
            node("Identity", ["go"], ["on"]),
        ],
        [info("i", I, []), info("go", B, []), sequence_info("list", F, ["k", 4])],
        [info("on", B, []), sequence_info("longer", F, ["k", 4])],
        [const("zero", np.float32(0))],
    )
    write(
        "detections",
        [
            node("Shape", ["scores"], ["shape"]),
            node("Gather", ["shape", "first"], ["n"]),
            node("SequenceEmpty", [], ["empty"], dtype=F, name="empty"),
            node("Loop", ["n", "", "empty"], ["seq"], body=image, name="images"),
            node("ConcatFromSequence", ["seq"], ["all"], axis=0, name="join"),
        ],
        [info("boxes", F, ["n", "m", 4]), info("scores", F, ["n", "m"])],
        [info("all", F, ["t", 4]), sequence_info("seq", F, ["k", 4])],
        [const("first", np.int64(0))],
    )
    rng, pairs = np.random.default_rng(1), []
    for n, m in ((3, 5), (1, 1), (200, 7), (4, 0)):
        boxes, scores = rng.normal(size=(n, m, 4)).astype(np.float32), rng.normal(size=(n, m)).astype(np.float32)
        expected = [b[s > 0] for b, s in zip(boxes, scores)]
        given = {"boxes": boxes, "scores": scores}
        pairs += [(run("detections", given, "seq"), expected), (run("detections", given, "all"), np.concatenate(expected))]
    report("detections", pairs)


def growing():
    """Carries a tensor that grows, and stacks nothing; its last value is 0, 0 1, 0 1 2 .. joined."""
    grow = body(
        "grow",
        [
            node("Add", ["i", "one"], ["limit"]),
            node("Range", ["zero", "limit", "one"], ["row"]),
            node("Cast", ["row"], ["floats"], to=F),
            node("Concat", ["x", "floats"], ["longer"], axis=0),
            node("Identity", ["go"], ["on"]),
        ],
        [info("i", I, []), info("go", B, []), info("x", F, ["k"])],
        [info("on", B, []), info("longer", F, ["l"])],
        [const("one", np.int64(1)), const("zero", np.int64(0))],
    )
    write("growing", [node("Loop", ["n", "", "x"], ["y"], body=grow)], [info("n", I, []), info("x", F, ["k"])], [info("y", F, ["l"])])
    pairs = []
    for n in (0, 1, 5):
        x = np.arange(3, dtype=np.float32)
        expected = np.concatenate([x] + [np.arange(i + 1, dtype=np.float32) for i in range(n)])
        pairs.append((run("growing", {"n": np.int64(n), "x": x}, "y"), expected))
    report("rows of growing length", pairs)


def unbounded():
    """Doubles until a limit; the trip count says nothing."""
    double = body(
        "double",
        [node("Add", ["x", "x"], ["twice"]), node("ReduceMax", ["twice"], ["most"], keepdims=0), node("Less", ["most", "limit"], ["on"])],
        [info("i", I, []), info("go", B, []), info("x", F, ["k"])],
        [info("on", B, []), info("twice", F, ["k"]), info("twice", F, ["k"])],
    )
    write(
        "unbounded",
        [node("Loop", ["many", "", "x"], ["last", "all"], body=double)],
        [info("x", F, ["k"]), info("limit", F, []), info("many", I, [])],
        [info("all", F, ["n", "k"])],
    )
    pairs = []
    for limit in (1, 3, 1000):
        x = np.array([0.5, 1], np.float32)
        expected = [2 * x]
        while expected[-1].max() < limit:
            expected.append(2 * expected[-1])
        given = {"x": x, "limit": np.float32(limit), "many": np.int64(2**63 - 1)}
        pairs.append((run("unbounded", given, "all"), np.stack(expected)))
    report("unbounded loop", pairs)


def changing():
    """Slices that do not have one shape cannot be stacked."""
    step = body(
        "step",
        [node("Range", ["zero", "i", "one"], ["row"]), node("Identity", ["go"], ["on"])],
        [info("i", I, []), info("go", B, [])],
        [info("on", B, []), info("row", I, ["k"])],
        [const("one", np.int64(1)), const("zero", np.int64(0))],
    )
    write("changing", [node("Loop", ["n", ""], ["y"], body=step, name="stack")], [info("n", I, [])], [info("y", I, ["n", "k"])])
    found = run("changing", {"n": np.int64(3)}, "y")
    print("stack of changing sizes:", re.sub(r".*(expected elements of one shape).*", r"\1", str(found)))


def queue():
    """Splits, erases from the front, inserts at a computed place, reads from the end."""
    write(
        "queue",
        [
            node("SplitToSequence", ["x", "lengths"], ["parts"], axis=1, name="cut"),
            node("SequenceErase", ["parts", "front"], ["less"]),
            node("SequenceAt", ["less", "end"], ["last"]),
            node("SequenceInsert", ["less", "last", "front"], ["seq"]),
            node("SequenceLength", ["seq"], ["count"]),
        ],
        [info("x", F, [2, "n"]), info("lengths", I, ["k"])],
        [sequence_info("seq", F, [2, "m"]), info("count", I, [])],
        [const("front", np.int64(0)), const("end", np.int64(-1))],
    )
    x, lengths = np.arange(10, dtype=np.float32).reshape(2, 5), np.array([1, 2, 2])
    parts = np.split(x, [1, 3], axis=1)
    given = {"x": x, "lengths": lengths}
    report("queue", [(run("queue", given, "seq"), [parts[2], parts[1], parts[2]]), (run("queue", given, "count"), np.array(3))])
    return {"x": x, "lengths": np.array([3, 3])}


def branches():
    """Branches that give sequences of other lengths."""
    then = body("then", [node("SequenceConstruct", ["x", "x"], ["a"])], [], [sequence_info("a", F, ["n"])])
    other = body("other", [node("SequenceEmpty", [], ["e"], dtype=F)], [], [sequence_info("e", F, ["n"])])
    write("branches", [node("If", ["c"], ["seq"], then_branch=then, else_branch=other)],
          [info("c", B, []), info("x", F, ["n"])], [sequence_info("seq", F, ["n"])])
    x = np.ones(3, np.float32)
    report("branches", [(run("branches", {"c": np.array(True), "x": x}, "seq"), [x, x]),
                        (run("branches", {"c": np.array(False), "x": x}, "seq"), [])])


def failures(wrong):
    write("pick", [node("SequenceAt", ["s", "at"], ["y"], name="pick")], [sequence_info("s", F, ["n"]), info("at", I, [])], [info("y", F, ["n"])])
    elements = [np.ones(i, np.float32) for i in range(3)]
    for at in (7, -4):
        print(f"position {at}:", run("pick", {"s": elements, "at": np.int64(at)}, "y"))
    print("lengths 3 and 3:", run("queue", wrong, "count"))
    write("join", [node("ConcatFromSequence", ["s"], ["y"], axis=0, name="join")], [sequence_info("s", F, ["n"])], [info("y", F, ["n"])])
    print("nothing to join:", run("join", {"s": []}, "y"))
    optional = helper.make_value_info("o", helper.make_optional_type_proto(helper.make_tensor_type_proto(F, ["n"])))
    write("open", [node("OptionalGetElement", ["o"], ["v"], name="open"), node("Neg", ["v"], ["y"])], [optional], [info("y", F, ["n"])])
    print("absent:", run("open", {"o": None}, "y"))
    report("present", [(run("open", {"o": np.ones(2, np.float32)}, "y"), -np.ones(2, np.float32))])


WORK.mkdir(exist_ok=True)
detections()
growing()
unbounded()
changing()
wrong = queue()
branches()
failures(wrong)
inspected = subprocess.run([BIN / "weft", "inspect", WORK / "detections.weft", "--json"], capture_output=True, text=True, check=True)
print("runtime nodes:", json.loads(inspected.stdout)["runtime_nodes"])
embedded = subprocess.run([BIN / "weftc", WORK / "detections.onnx", "--emit=obj", "-o", WORK / "detections.o", "-q"], capture_output=True, text=True)
print("object:", re.sub(r".*error: ", "", embedded.stderr.strip().splitlines()[0]) if embedded.returncode else "made")
