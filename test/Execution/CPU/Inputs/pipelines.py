# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles pipelines in the form in which scikit-learn's are exported, ZipMap included, and compares them with ONNX Runtime.
"""pipelines.py TOOLS_FOLDER WORK_FOLDER"""
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
WORK.mkdir(parents=True, exist_ok=True)
RNG = np.random.default_rng(3)
LABELS, ROWS, FEATURES = ["hi", "lo", "mid"], 11, 4
F, I64, TEXT = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
# Sums of at most 12 products, in another order.
RTOL = ATOL = 1e-5


def learned(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, domain="ai.onnx.ml", **attributes)


def some(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


def prepared():
    """Gaps are filled, numbers scaled, words become columns: `features` [N 7]."""
    return [learned("Imputer", ["x"], ["full"], imputed_value_floats=some(FEATURES).tolist(), replaced_value_float=float("nan")),
            learned("Scaler", ["full"], ["scaled"], offset=some(FEATURES).tolist(), scale=(some(FEATURES) ** 2 + 0.1).tolist()),
            learned("OneHotEncoder", ["word"], ["hot"], cats_strings=["a", "b", "c"], zeros=1),
            helper.make_node("Reshape", ["hot", "columns"], ["flat"]),
            helper.make_node("Concat", ["scaled", "flat"], ["features"], axis=1)]


def ended(label, scores):
    """How each classifier ends: labels, and a list of maps from labels to probabilities."""
    return [helper.make_node("Identity", [label], ["output_label"]),
            learned("ZipMap", [scores], ["output_probability"], classlabels_strings=LABELS)]


def logistic():
    """One score per class, made to sum to 1."""
    return prepared() + [
        learned("LinearClassifier", ["features"], ["label", "raw"], classlabels_strings=LABELS, coefficients=some(3 * 7).tolist(),
                intercepts=some(3).tolist(), post_transform="LOGISTIC", multi_class=1),
        learned("Normalizer", ["raw"], ["scores"], norm="L1")] + ended("label", "scores")


def machine():
    counts, pairs = [2, 3, 2], 3
    return prepared() + [
        learned("SVMClassifier", ["features"], ["label", "raw"], classlabels_strings=LABELS, kernel_type="RBF", kernel_params=[0.2, 0.0, 3.0],
                vectors_per_class=counts, support_vectors=some(sum(counts) * 7).tolist(), coefficients=some(sum(counts) * 2).tolist(),
                rho=some(pairs).tolist(), prob_a=(-1 - RNG.random(pairs)).tolist(), prob_b=some(pairs).tolist(), post_transform="NONE"),
        helper.make_node("Cast", ["raw"], ["scores"], to=F)] + ended("label", "scores")


def forest():
    """Stumps whose leaves hold the shares of all classes."""
    trees, nodes = 9, {"treeids": [], "nodeids": [], "featureids": [], "modes": [], "values": [], "truenodeids": [], "falsenodeids": []}
    votes = {"treeids": [], "nodeids": [], "ids": [], "weights": []}
    for tree in range(trees):
        for node in range(3):
            inner = node == 0
            row = (tree, node, int(RNG.integers(7)) if inner else 0, "BRANCH_LEQ" if inner else "LEAF", float(some(1)[0]), 1 if inner else 0,
                   2 if inner else 0)
            for column, entry in zip(nodes.values(), row):
                column.append(entry)
            for target, share in enumerate(RNG.dirichlet(np.ones(3)) / trees if not inner else []):
                for column, entry in zip(votes.values(), (tree, node, target, float(share))):
                    column.append(entry)
    lists = {**{f"nodes_{key}": value for key, value in nodes.items()}, **{f"class_{key}": value for key, value in votes.items()}}
    return prepared() + [learned("TreeEnsembleClassifier", ["features"], ["label", "scores"], classlabels_strings=LABELS, **lists)] + \
        ended("label", "scores")


def neighbours():
    """Distances in a Scan, the nearest three by TopK, their classes counted."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["all_in"], ["all_out"]), helper.make_node("Sub", ["all_in", "point"], ["away"]),
         helper.make_node("ReduceSumSquare", ["away"], ["squares"], axes=[1], keepdims=0)],
        "distance", [helper.make_tensor_value_info("all_in", F, [None, 7]), helper.make_tensor_value_info("point", F, [None])],
        [helper.make_tensor_value_info("all_out", F, [None, 7]), helper.make_tensor_value_info("squares", F, [None])])
    counted = [node for k in range(3) for node in (
        helper.make_node("Equal", ["classes", f"is{k}"], [f"eq{k}"]), helper.make_node("Cast", [f"eq{k}"], [f"one{k}"], to=F),
        helper.make_node("ReduceSum", [f"one{k}", "last"], [f"count{k}"], keepdims=1))]
    return prepared() + [
        helper.make_node("Scan", ["features", "points"], ["unused", "away"], body=body, num_scan_inputs=1),
        helper.make_node("Transpose", ["away"], ["table"], perm=[1, 0]), helper.make_node("Sqrt", ["table"], ["distances"]),
        helper.make_node("TopK", ["distances", "three"], ["values", "places"], largest=0, sorted=1),
        helper.make_node("Flatten", ["places"], ["list"]), learned("ArrayFeatureExtractor", ["known", "list"], ["found"]),
        helper.make_node("Reshape", ["found", "by_three"], ["classes"]), *counted,
        helper.make_node("Concat", ["count0", "count1", "count2"], ["counts"], axis=1),
        helper.make_node("ReduceSum", ["counts", "last"], ["total"], keepdims=1), helper.make_node("Div", ["counts", "total"], ["scores"]),
        helper.make_node("ArgMax", ["counts"], ["best"], axis=1, keepdims=0), learned("ArrayFeatureExtractor", ["names", "best"], ["row"]),
        helper.make_node("Reshape", ["row", "rest"], ["label"])] + ended("label", "scores")


WEIGHTS = {"columns": np.array([-1, 3]), "points": some(20, 7), "three": np.array([3]), "known": RNG.integers(0, 3, (1, 20)),
           "by_three": np.array([-1, 3]), "last": np.array([1]), "names": np.array([LABELS], object), "rest": np.array([-1]),
           **{f"is{k}": np.array([k]) for k in range(3)}}


def check(name, nodes):
    used = {text for node in nodes for text in node.input}
    weights = [numpy_helper.from_array(array, key) for key, array in WEIGHTS.items() if key in used]
    probabilities = helper.make_sequence_type_proto(helper.make_map_type_proto(TEXT, helper.make_tensor_type_proto(F, [])))
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", F, [None, FEATURES]), helper.make_tensor_value_info("word", TEXT, [None, 1])],
        [helper.make_tensor_value_info("output_label", TEXT, [None]), helper.make_value_info("output_probability", probabilities)], weights)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 1)]
    path = WORK / f"{name}.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    x = some(ROWS, FEATURES)
    x[2, 1] = np.nan
    words = np.array(["a", "b", "c", "none"])[RNG.integers(0, 4, (ROWS, 1))]
    labels, maps = onnxruntime.InferenceSession(path).run(None, {"x": x, "word": words.astype(object)})
    subprocess.run([BIN / "weftc", path, "-o", WORK / "model.weft", "-q"], check=True)
    np.save(WORK / "x.npy", x)
    np.save(WORK / "word.npy", words)
    outputs = ("output_label", "output_probability", "output_probability.keys")
    command = [BIN / "weft", "run", WORK / "model.weft", "-i", f"x={WORK}/x.npy", "-i", f"word={WORK}/word.npy"]
    subprocess.run(command + [text for output in outputs for text in ("-o", f"{output}={WORK}/{output}.npy")], check=True, stdout=subprocess.DEVNULL)
    got_labels, scores, keys = (np.load(WORK / f"{output}.npy") for output in outputs)
    assert got_labels.tolist() == labels.tolist(), (got_labels, labels)
    assert keys.tolist() == list(maps[0]), (keys, list(maps[0]))
    np.testing.assert_allclose(scores, [[row[key] for key in keys] for row in maps], RTOL, ATOL)
    print(name, "equal")


for pipeline in (logistic, machine, forest, neighbours):
    check(pipeline.__name__, pipeline())
