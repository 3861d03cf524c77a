# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Models that look into strings and make new ones, compiled and compared with Python's own functions.
import pathlib
import re
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnx.helper import make_node as node
from onnx.helper import make_tensor_value_info as info

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
MS, ML = "com.microsoft", "ai.onnx.ml"
S, B, I, F = TensorProto.STRING, TensorProto.BOOL, TensorProto.INT64, TensorProto.FLOAT
TEXTS = np.array(["", "a", "Grüße, Ωμέγα", "a,b,,c", "  white \t space\n", "日本語 12", "x" * 300, "12.x", "a"])
NONE = np.zeros((0,), "U1")


def write(name, nodes, inputs, outputs):
    """Compiles a model of nodes; inputs and outputs are (name, type, dims)."""
    graph = helper.make_graph(nodes, name, [info(*value) for value in inputs], [info(*value) for value in outputs])
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(MS, 1), helper.make_opsetid(ML, 4)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=9), WORK / f"{name}.onnx")
    subprocess.run([BIN / "weftc", WORK / f"{name}.onnx", "-o", WORK / f"{name}.weft", "-q"], check=True)


def run(model, inputs, outputs):
    command = [BIN / "weft", "run", WORK / f"{model}.weft", "--threads", "1"]
    for name, value in inputs.items():
        np.save(WORK / f"{name}.npy", value)
        command += ["-i", f"{name}={WORK / name}.npy"]
    for name in outputs:
        command += ["-o", f"{name}={WORK / name}.npy"]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        return ran.stderr
    return [np.load(WORK / f"{name}.npy") for name in outputs]


def check(title, model, inputs, expected):
    found = run(model, inputs, list(expected))
    pairs = [] if isinstance(found, str) else list(zip(found, expected.values()))
    same = pairs and all(got.shape == wanted.shape and np.array_equal(got, wanted, equal_nan=got.dtype.kind == "f") for got, wanted in pairs)
    print(f"{title}: {'equal' if same else (found, expected)}")


def padded(rows, width):
    return np.array([row + [""] * (width - len(row)) for row in rows], dtype=str).reshape(len(rows), width)


WORK.mkdir(exist_ok=True)
X = [("x", S, ["n"])]
PIECES = [("p", S, ["n", "k"]), ("c", I, ["n"])]
write("concat", [node("StringConcat", ["x", "y"], ["z"])], [("x", S, ["n", 1]), ("y", S, ["m"])], [("z", S, ["n", "m"])])
write("split", [node("StringSplit", ["x"], ["p", "c"], delimiter=",")], X, PIECES)
write("words", [node("StringSplit", ["x"], ["p", "c"])], X, PIECES)
normalizer = node("StringNormalizer", ["x"], ["z"], case_change_action="UPPER", stopwords=["A", "12.X"])
write("upper", [normalizer], X, [("z", S, ["k"])])
write("match", [node("RegexFullMatch", ["x"], ["z"], pattern="(?i)[A-Z,]*|\\pL+ \\d+")], X, [("z", B, ["n"])])
casts = [node("Cast", ["x"], ["t"], to=S), node("Cast", ["t"], ["z"], to=F)]
write("numbers", casts, [("x", F, ["n"])], [("t", S, ["n"]), ("z", F, ["n"])])
write("parse", [node("Cast", ["x"], ["z"], to=I, name="parse")], X, [("z", I, ["n"])])
unique = [("y", S, ["k"]), ("at", I, ["k"]), ("back", I, ["n"]), ("c", I, ["k"])]
write("unique", [node("Unique", ["x"], ["y", "at", "back", "c"])], X, unique)
tokens = node("Tokenizer", ["x"], ["z"], domain=MS, tokenexp="\\w+", mincharnum=2, mark=1, pad_value="#")
write("tokens", [tokens], X, [("z", S, ["n", "k"])])
letters = node("Tokenizer", ["x"], ["z"], domain=MS, separators=[""], mincharnum=1, mark=0, pad_value="")
write("letters", [letters], X, [("z", S, ["n", "k"])])
pool = {"ngram_counts": [0, 2], "ngram_indexes": [2, 0, 1], "pool_strings": ["a", "b", "a", "b"]}
grams = node("TfIdfVectorizer", ["x"], ["z"], mode="TF", min_gram_length=1, max_gram_length=2, max_skip_count=0, **pool)
write("grams", [grams], [("x", S, ["n", "m"])], [("z", F, ["n", 3])])
weights = {"coefficients": [1.0, 0.0, 0.0, 1.0, -1.0, -1.0], "intercepts": [0.0] * 3}
labels = node("LinearClassifier", ["x"], ["z", "s"], domain=ML, classlabels_strings=["first", "zweite", "\u00e9"], **weights)
write("labels", [labels], [("x", F, ["n", 2])], [("z", S, ["n"]), ("s", F, ["n", 3])])
table = {
    "keys_tensor": helper.make_tensor("k", S, [2], [b"a", b""]),
    "values_tensor": helper.make_tensor("v", I, [2], [5, 7]),
    "default_tensor": helper.make_tensor("d", I, [1], [-1]),
}
write("codes", [node("LabelEncoder", ["x"], ["z"], domain=ML, **table)], X, [("z", I, ["n"])])

ends = np.array(["", "é", "end"])
check("concat", "concat", {"x": TEXTS[:, None], "y": ends}, {"z": np.char.add(TEXTS[:, None], ends)})
check("concat of none", "concat", {"x": NONE[:, None], "y": ends}, {"z": np.zeros((0, 3), "U1")})
parts = [text.split(",") for text in TEXTS]
check("split", "split", {"x": TEXTS}, {"p": padded(parts, 4), "c": np.array([len(row) for row in parts])})
check("split of none", "split", {"x": NONE}, {"p": np.zeros((0, 0), "U1"), "c": np.zeros((0,), np.int64)})
words = [text.split() for text in TEXTS]
check("words", "words", {"x": TEXTS}, {"p": padded(words, 2), "c": np.array([len(row) for row in words])})
check("no words", "words", {"x": np.array(["", " "])}, {"p": np.zeros((2, 0), "U1"), "c": np.zeros((2,), np.int64)})
check("upper", "upper", {"x": TEXTS}, {"z": np.array([text.upper().replace("SS", "ß") for text in TEXTS if text.lower() not in ("a", "12.x")])})
check("all dropped", "upper", {"x": np.array(["a", "A"])}, {"z": np.array([""])})
check("none to drop", "upper", {"x": NONE}, {"z": np.array([""])})
check("match", "match", {"x": TEXTS}, {"z": np.array([re.fullmatch(r"[A-Za-z,]*|[^\W\d_]+ [0-9]+", text) is not None for text in TEXTS])})
x = np.array([0.3, -0.0, 1e-5, 123456.0, 3e38, 1e-40, np.inf, -np.inf, np.nan, 1e16], np.float32)
# Kernels take denormals for 0, texts do not.
printed = np.array(["0.3", "-0.0", "1e-05", "123456.0", "3e+38", "1e-40", "INF", "-INF", "NaN", "1e+16"])
check("numbers", "numbers", {"x": x}, {"t": printed, "z": np.where(np.abs(x) < 1e-38, np.float32(0), x)})
check("parse", "parse", {"x": np.array(["12", " -3 ", "2.9", "1e3", "+0"])}, {"z": np.array([12, -3, 2, 1000, 0])})
print("bad number:", run("parse", {"x": np.array(["1", "one"])}, ["z"]).strip().splitlines()[0])
y, at, back, count = np.unique(TEXTS, return_index=True, return_inverse=True, return_counts=True)
check("unique", "unique", {"x": TEXTS}, {"y": y, "at": at, "back": back, "c": count})
marked = [["\x02", "ab", "de", "\x03"], ["\x02", "\x03", "#", "#"], ["\x02", "ab", "\x03", "#"]]
check("tokens", "tokens", {"x": np.array(["ab c de", "", "é ab"])}, {"z": np.array(marked)})
check("letters", "letters", {"x": np.array(["aé", "日", ""])}, {"z": np.array([["a", "é"], ["日", ""], ["", ""]])})
check("grams", "grams", {"x": np.array([["a", "b", "b"], ["", "a", "a"]])}, {"z": np.array([[2, 1, 1], [0, 0, 2]], np.float32)})
check("labels", "labels", {"x": np.array([[1, 0], [0, 1], [-1, -1]], np.float32)},
      {"z": np.array(["first", "zweite", "\u00e9"]), "s": np.array([[1, 0, -1], [0, 1, -1], [-1, -1, 2]], np.float32)})
check("codes", "codes", {"x": np.array(["a", "", "b"])}, {"z": np.array([5, 7, -1])})
