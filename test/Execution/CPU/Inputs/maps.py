# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles models of ai.onnx.ml that take or give maps, and compares them with ONNX Runtime, which has maps.
"""maps.py TOOLS_FOLDER WORK_FOLDER"""
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
WORK.mkdir(parents=True, exist_ok=True)
RNG = np.random.default_rng(2)
F, I64, TEXT = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING


def ml(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, name=op, domain="ai.onnx.ml", **attributes)


def map_type(key, value):
    """The type of a map, for which onnx.helper has no maker."""
    kind = onnx.TypeProto()
    kind.map_type.key_type = key
    kind.map_type.value_type.tensor_type.elem_type = value
    kind.map_type.value_type.tensor_type.shape.SetInParent()
    return kind


def list_of_maps(name, key):
    info = onnx.ValueInfoProto(name=name)
    info.type.sequence_type.elem_type.CopyFrom(map_type(key, F))
    return info


def run(nodes, inputs, outputs, feeds):
    """ONNX Runtime's results, and those of the compiled model by name. A map is fed as values and keys."""
    graph = helper.make_graph(nodes, "g", inputs, outputs)
    path = WORK / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=9), path)
    wanted = onnxruntime.InferenceSession(path).run(None, feeds)
    subprocess.run([BIN / "weftc", path, "-o", WORK / "model.weft", "-q"], check=True)
    command = [BIN / "weft", "run", WORK / "model.weft"]
    arrays = {}
    for name, value in feeds.items():
        if isinstance(value, dict):
            kind = np.str_ if isinstance(next(iter(value)), str) else np.int64
            arrays[name], arrays[name + ".keys"] = np.array(list(value.values()), np.float32), np.array(list(value), kind)
        else:
            arrays[name] = value
    for i, (name, array) in enumerate(arrays.items()):
        np.save(WORK / f"i{i}.npy", array)
        command += ["-i", f"{name}={WORK}/i{i}.npy"]
    names = [info.name for info in outputs] + [info.name + ".keys" for info in outputs if info.type.HasField("sequence_type")]
    for i, name in enumerate(names):
        command += ["-o", f"{name}={WORK}/o{i}.npy"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return wanted, {name: np.load(WORK / f"o{i}.npy") for i, name in enumerate(names)}


def check_classifier(labels, key):
    """Labels and a list of maps, as exporters of classifiers write them."""
    side = "classlabels_strings" if key == TEXT else "classlabels_int64s"
    nodes = [ml("LinearClassifier", ["x"], ["label", "scores"], coefficients=RNG.standard_normal(12).tolist(), intercepts=[0.1, 0.2, 0.3],
                **{"classlabels_strings" if key == TEXT else "classlabels_ints": labels}),
             ml("Normalizer", ["scores"], ["p"], norm="L1"), ml("ZipMap", ["p"], ["maps"], **{side: labels})]
    x = RNG.standard_normal((5, 4)).astype(np.float32)
    outputs = [helper.make_tensor_value_info("label", key, [None]), list_of_maps("maps", key)]
    wanted, got = run(nodes, [helper.make_tensor_value_info("x", F, ["n", 4])], outputs, {"x": x})
    assert got["label"].tolist() == np.asarray(wanted[0]).tolist()
    assert got["maps.keys"].tolist() == labels
    found = [dict(zip(got["maps.keys"].tolist(), row.tolist())) for row in got["maps"]]
    for one, other in zip(found, wanted[1], strict=True):
        assert one.keys() == other.keys()
        np.testing.assert_allclose([one[name] for name in one], [other[name] for name in one], 1e-5, 1e-6)


def check_map(op, key, entries, kind, **attributes):
    """An operator on a map that is an input of the model."""
    info = onnx.ValueInfoProto(name="m")
    info.type.CopyFrom(map_type(key, F))
    wanted, got = run([ml(op, ["m"], ["y"], **attributes)], [info], [helper.make_tensor_value_info("y", kind, None)], {"m": entries})
    assert got["y"].shape == wanted[0].shape, (op, got["y"].shape, wanted[0].shape)
    np.testing.assert_array_equal(got["y"], wanted[0], op)


check_classifier(["yes", "no", "perhaps"], TEXT)
check_classifier([7, 2, 5], I64)
check_map("DictVectorizer", TEXT, {"b": 2.0, "zz": 5.0, "a": 1.0}, F, string_vocabulary=["a", "b", "c"])
check_map("DictVectorizer", I64, {4: 2.0, 9: 5.0}, F, int64_vocabulary=[9, 1, 4])
check_map("CastMap", I64, {4: 2.5, 9: 5.0, 1: 7.0}, F, cast_to="TO_FLOAT", map_form="DENSE")
check_map("CastMap", I64, {4: 2.5, 0: 5.0, 1: 7.0}, F, cast_to="TO_FLOAT", map_form="SPARSE", max_map=6)
check_map("CastMap", I64, {4: 2.5, 0: 5.0, 1: 7.0}, I64, cast_to="TO_INT64", map_form="SPARSE", max_map=6)
print("maps equal")
