# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles the operators of ai.onnx.ml with seeded random parameters and compares them with ONNX Runtime.
"""learning.py TOOLS_FOLDER WORK_FOLDER"""
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
WORK.mkdir(parents=True, exist_ok=True)
RNG = np.random.default_rng(1)
# Sums of at most 7 trees or 24 products, in another order: a few ulp of the largest term.
RTOL = ATOL = 1e-5


class Model:
    """One graph of independent nodes, each with inputs and outputs of its own."""

    def __init__(self):
        self.nodes, self.inputs, self.outputs, self.feeds = [], [], [], {}

    def add(self, op, arrays, kinds, **attributes):
        """`kinds` are the element types of the outputs; the first dim of each input stays dynamic."""
        i = len(self.nodes)
        names = [f"x{i}_{k}" for k in range(len(arrays))]
        for name, array in zip(names, arrays):
            dims = [None] + list(array.shape[1:])
            self.inputs.append(helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), dims))
            self.feeds[name] = array
        outputs = [f"y{i}_{k}" for k in range(len(kinds))]
        self.outputs += [helper.make_tensor_value_info(name, kind, None) for name, kind in zip(outputs, kinds)]
        self.nodes.append(helper.make_node(op, names, outputs, name=f"{op}_{i}", domain="ai.onnx.ml", **attributes))

    def check(self):
        graph = helper.make_graph(self.nodes, "g", self.inputs, self.outputs)
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)]
        path = WORK / "model.onnx"
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=9), path)
        wanted = onnxruntime.InferenceSession(path).run(None, self.feeds)
        subprocess.run([BIN / "weftc", path, "-o", WORK / "model.weft", "-q"], check=True)
        command = [BIN / "weft", "run", WORK / "model.weft"]
        for i, (name, array) in enumerate(self.feeds.items()):
            np.save(WORK / f"i{i}.npy", array)
            command += ["-i", f"{name}={WORK}/i{i}.npy"]
        for i in range(len(wanted)):
            command += ["-o", f"@{i}={WORK}/o{i}.npy"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for i, (info, array) in enumerate(zip(self.outputs, wanted)):
            got = np.load(WORK / f"o{i}.npy")
            assert got.shape == array.shape, (info.name, got.shape, array.shape)
            if array.dtype.kind == "O":
                assert got.tolist() == array.tolist(), (info.name, got, array)
                continue
            np.testing.assert_allclose(got, array, RTOL, ATOL, equal_nan=True, err_msg=info.name)
        print(len(wanted), "outputs equal")


def forest(kind, targets, modes, trees=7, depth=4, features=6, only=None, positive=False):
    """Random trees as the lists of version 3; leaves lie at any level, `only` is the one target that they vote for."""
    keys = ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids", "missing_value_tracks_true")
    nodes = {"nodes_" + key: [] for key in keys}
    ids, node_ids, tree_ids, weights = [], [], [], []

    def grow(tree, level, count):
        number, place = count[0], len(nodes["nodes_treeids"])
        count[0] += 1
        is_leaf = level == depth or (level > 0 and RNG.random() < 0.15)
        mode = "LEAF" if is_leaf else modes[RNG.integers(len(modes))]
        row = (tree, number, 0 if is_leaf else int(RNG.integers(features)), mode, float(np.float32(RNG.standard_normal())), 0, 0,
               int(RNG.integers(2)))
        for column, entry in zip(nodes.values(), row):
            column.append(entry)
        if not is_leaf:
            nodes["nodes_truenodeids"][place] = grow(tree, level + 1, count)
            nodes["nodes_falsenodeids"][place] = grow(tree, level + 1, count)
            return number
        for target in range(targets) if only is None else [only]:
            if only is None and RNG.random() < 0.3:
                continue
            weight = float(RNG.standard_normal())
            ids.append(target)
            node_ids.append(number)
            tree_ids.append(tree)
            weights.append(abs(weight) / trees if positive else weight)
        return number

    for tree in range(trees):
        grow(tree, 0, [0])
    return {**nodes, kind + "_ids": ids, kind + "_nodeids": node_ids, kind + "_treeids": tree_ids, kind + "_weights": weights}


def numbers(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


def machine(classes, kernel, probabilities=False, features=4):
    """Random support vectors, one class without any."""
    counts = [3, 0, 2, 4][:classes] if classes > 2 else [3, 2]
    pairs = classes * (classes - 1) // 2
    result = {"kernel_type": kernel, "kernel_params": [0.5, 0.2, 2.0], "vectors_per_class": counts,
              "support_vectors": RNG.standard_normal(sum(counts) * features).tolist(),
              "coefficients": RNG.standard_normal(sum(counts) * (classes - 1)).tolist(), "rho": RNG.standard_normal(pairs).tolist()}
    if probabilities:
        result.update(prob_a=(-1 - RNG.random(pairs)).tolist(), prob_b=(RNG.standard_normal(pairs) * 0.2).tolist())
    return result


F, I64, TEXT = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
ALL_MODES = ["BRANCH_" + mode for mode in ("LEQ", "LT", "GT", "GTE", "EQ", "NEQ")]
model = Model()
x = numbers(5, 4)
gaps = x.copy()
gaps[1, 2] = np.nan
model.add("Scaler", [x], [F], offset=[0.1, 0.2, 0.3, 0.4], scale=[1.0, 2.0, 3.0, 4.0])
for norm in ("MAX", "L1", "L2"):
    model.add("Normalizer", [x], [F], norm=norm)
model.add("Binarizer", [x], [F], threshold=0.2)
model.add("Imputer", [gaps], [F], imputed_value_floats=[1.0, 2.0, 3.0, 4.0], replaced_value_float=float("nan"))
model.add("Imputer", [np.arange(8).reshape(2, 4)], [I64], imputed_value_int64s=[7], replaced_value_int64=3)
model.add("ArrayFeatureExtractor", [x, np.array([2, 0])], [F])
model.add("FeatureVectorizer", [x, x[:, :2]], [F], inputdimensions=[4, 2])
model.add("OneHotEncoder", [np.array([[1, 5], [7, 1], [2, 2]])], [F], cats_int64s=[1, 5, 7])
# Of two equal keys the first counts; 2 is no key.
model.add("LabelEncoder", [RNG.integers(0, 9, (4, 3))], [I64], keys_int64s=[3, 1, 7, 5, 5], values_int64s=[30, 10, 70, 50, 51], default_int64=-7)
for transform in ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"):
    # PROBIT is defined on probabilities.
    near, small = np.abs(x) * 0.05 + 0.1, np.abs(RNG.standard_normal(12)) * 0.2
    linear = {"coefficients": small.tolist(), "intercepts": [0.1, 0.2, 0.3], "post_transform": transform}
    model.add("LinearRegressor", [near], [F], targets=3, **linear)
    model.add("LinearClassifier", [near], [I64, F], classlabels_ints=[3, 5, 9], **linear)
for kernel in ("LINEAR", "POLY", "RBF", "SIGMOID"):
    for one_class in (0, 1):
        model.add("SVMRegressor", [x], [F], coefficients=RNG.standard_normal(6).tolist(), support_vectors=RNG.standard_normal(24).tolist(),
                  n_supports=6, rho=[0.3], kernel_type=kernel, kernel_params=[0.5, 0.2, 2.0], one_class=one_class)
many = numbers(40, 4)
for kernel in ("LINEAR", "POLY", "RBF", "SIGMOID"):
    for classes in (2, 3, 4):
        for probabilities in (False, True):
            model.add("SVMClassifier", [many], [I64, F], classlabels_ints=[7, 2, 5, 9][:classes], **machine(classes, kernel, probabilities))
for transform in ("SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"):
    model.add("SVMClassifier", [many], [I64, F], classlabels_ints=[7, 2, 5], post_transform=transform, **machine(3, "RBF"))
for transform in ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"):
    for probabilities in (False, True):
        model.add("SVMClassifier", [many], [I64, F], classlabels_ints=[7, 2], post_transform=transform, **machine(2, "RBF", probabilities))
model.add("SVMClassifier", [many], [TEXT, F], classlabels_strings=["low", "", "high"], **machine(3, "RBF", True))
model.add("SVMClassifier", [many], [I64, F], classlabels_ints=[7, 2, 5], coefficients=RNG.standard_normal(12).tolist(), rho=[0.3],
          kernel_params=[0.5, 0.2, 2.0])
for weights in (RNG.standard_normal(8), RNG.random(8) * 0.4):
    model.add("SVMClassifier", [many], [I64, F], classlabels_ints=[7, 2], coefficients=weights.tolist(), rho=[0.1], kernel_params=[0.5, 0.2, 2.0])
model.add("LinearClassifier", [many], [TEXT, F], classlabels_strings=["a", "b", "ccc"], coefficients=RNG.standard_normal(12).tolist(),
          intercepts=[0.1, 0.2, 0.3])
samples = numbers(17, 6)
samples[3, 2] = np.nan
for aggregate in ("SUM", "AVERAGE", "MIN", "MAX"):
    model.add("TreeEnsembleRegressor", [samples], [F], n_targets=1, aggregate_function=aggregate, **forest("target", 1, ALL_MODES[:1], only=0))
    model.add("TreeEnsembleRegressor", [samples], [F], n_targets=3, aggregate_function=aggregate, base_values=[0.1, 0.2, 0.3],
              **forest("target", 3, ALL_MODES))
for transform in ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"):
    model.add("LinearClassifier", [x], [I64, F], coefficients=RNG.standard_normal(4).tolist(), intercepts=[0.1], classlabels_ints=[3, 5],
              post_transform=transform)
    model.add("TreeEnsembleClassifier", [samples], [I64, F], classlabels_int64s=[4, 5, 8], post_transform=transform,
              **forest("class", 3, ALL_MODES[:1]))
    # With one tree some samples get no vote.
    for only, positive, base, trees in ((0, False, [], 7), (1, False, [], 7), (1, True, [], 7), (1, False, [0.4], 7), (0, True, [0.4], 3),
                                        (0, False, [0.3, -0.6], 3), (None, False, [], 1), (None, True, [], 7), (None, False, [0.3, -0.6], 1)):
        model.add("TreeEnsembleClassifier", [samples], [I64, F], classlabels_int64s=[4, 5], post_transform=transform,
                  **({"base_values": base} if base else {}), **forest("class", 2, ALL_MODES[:1], trees, only=only, positive=positive))
# One base value, of whose second score ONNX Runtime says nothing where a sample has no votes for the second class.
for transform in ("NONE", "SOFTMAX", "LOGISTIC"):
    model.add("TreeEnsembleClassifier", [samples], [I64, F], classlabels_int64s=[4, 5], post_transform=transform, base_values=[0.4],
              **forest("class", 2, ALL_MODES[:1], trees=12))
model.add("TreeEnsembleClassifier", [samples], [TEXT, F], classlabels_strings=["no", "yes"], **forest("class", 2, ALL_MODES[:1]))
model.check()
