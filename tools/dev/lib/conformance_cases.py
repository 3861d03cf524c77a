# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The published test cases of the ONNX standard: where they come from, their values as arrays, and the same case with run-time weights.
import dataclasses
import json
import pathlib
import re
import tarfile
import tempfile

import numpy as np

# Where Debian's package libonnx-testdata puts its cases.
DEBIAN = pathlib.Path("/usr/share/libonnx-testdata/data")
WHEEL = "wheel"
RANDOM = {"Bernoulli", "Dropout", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"}
# What the standard's runner takes when a case says nothing.
RTOL, ATOL = 1e-3, 1e-7


@dataclasses.dataclass
class Case:
    """One model with data; `load` gives the model and a list of (inputs, outputs)."""

    source: str
    kind: str
    name: str
    load: object
    rtol: float = RTOL
    atol: float = ATOL

    def label(self):
        return f"{self.source}/{self.kind}/{self.name}" if self.kind != "node" else f"{self.source}/{self.name}"


def wheel_cases():
    """The node cases that the pinned onnx package makes."""
    from onnx.backend.test.case.node import collect_testcases

    return [Case(WHEEL, "node", case.name, lambda case=case: (case.model, case.data_sets), case.rtol or RTOL, case.atol or ATOL)
            for case in collect_testcases(None) if case.model is not None]


def read_value(path, type_proto):
    """A value of a .pb file, whose message depends on the type that the model declares."""
    import onnx

    data = path.read_bytes()
    if type_proto.HasField("sequence_type"):
        return onnx.numpy_helper.to_list(onnx.SequenceProto.FromString(data))
    if type_proto.HasField("optional_type"):
        return onnx.numpy_helper.to_optional(onnx.OptionalProto.FromString(data))
    tensor, declared = onnx.TensorProto.FromString(data), type_proto.tensor_type.elem_type
    if declared == onnx.TensorProto.BFLOAT16 and tensor.data_type == onnx.TensorProto.UINT16:
        tensor.data_type = declared  # how older data holds its bits
    return onnx.numpy_helper.to_array(tensor)


def real_inputs(model):
    """Inputs that are not also initialisers."""
    weights = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in weights]


def load_folder(folder):
    import onnx

    model = onnx.load(folder / "model.onnx")
    inputs, sets = real_inputs(model), []
    for data in sorted(folder.glob("test_data_set_*")):
        count = len(list(data.glob("input_*.pb")))
        names = inputs if count <= len(inputs) else model.graph.input
        sets.append(([read_value(data / f"input_{i}.pb", names[i].type) for i in range(count)],
                     [read_value(data / f"output_{i}.pb", value.type) for i, value in enumerate(model.graph.output)]))
    return model, sets


def folder_cases(root, source):
    """Cases below a folder that holds node/, simple/ ... with a folder per case."""
    cases = []
    for path in sorted(root.glob("*/*/model.onnx")):
        folder, told = path.parent, {}
        if (folder / "data.json").exists():
            told = json.loads((folder / "data.json").read_text())
        cases.append(Case(source, folder.parent.name, folder.name, lambda folder=folder: load_folder(folder),
                          told.get("rtol", RTOL), told.get("atol", ATOL)))
    return cases


def debian_cases():
    return folder_cases(DEBIAN, "libonnx-testdata") if DEBIAN.exists() else []


def unpack(archive, folder):
    """Extracts plain files and folders that stay inside of the folder: what the filter "data" of newer Pythons does."""
    if hasattr(tarfile, "data_filter"):
        archive.extractall(folder, filter="data")
        return
    for member in archive:
        inside = not pathlib.PurePosixPath(member.name).is_absolute() and ".." not in pathlib.PurePosixPath(member.name).parts
        if inside and (member.isfile() or member.isdir()):
            archive.extract(member, folder)


def extra_cases(path, keep):
    """Cases of a folder or an archive; `keep` gets what must live as long as the cases."""
    path = pathlib.Path(path)
    source = re.sub(r"\.tar.*$", "", path.name)
    if path.is_file():
        unpacked = tempfile.TemporaryDirectory(prefix="weft-conformance-")
        keep.append(unpacked)
        with tarfile.open(path) as archive:
            unpack(archive, unpacked.name)
        path = pathlib.Path(unpacked.name)
    roots = sorted({folder.parents[2] for folder in path.glob("**/model.onnx")})
    return [case for root in roots for case in folder_cases(root, source)]


def graphs_of(graph):
    """A graph and those in its nodes."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                if inner.node or inner.output:
                    yield from graphs_of(inner)


def nodes_of(model):
    for graph in graphs_of(model.graph):
        yield from graph.node
    for function in model.functions:
        yield from function.node


def is_random(model):
    return any(node.op_type in RANDOM for node in nodes_of(model))


def with_runtime_weights(model, data_sets):
    """The model with its initialisers as inputs, and the data with their values; None when it has none."""
    import onnx

    weights = list(model.graph.initializer)
    if not weights or model.graph.sparse_initializer:
        return None
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    del changed.graph.initializer[:]
    free = [value for value in real_inputs(model)]
    del changed.graph.input[:]
    changed.graph.input.extend(free)
    for tensor in weights:
        changed.graph.input.append(onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims)))
    values = [onnx.numpy_helper.to_array(tensor) for tensor in weights]
    return changed, [(list(inputs[:len(free)]) + values, outputs) for inputs, outputs in data_sets]


def as_value(value):
    """A value of a case as an array, a list of such, or None."""
    import onnx

    if isinstance(value, onnx.TensorProto):
        value = onnx.numpy_helper.to_array(value)
    elif isinstance(value, onnx.SequenceProto):
        value = onnx.numpy_helper.to_list(value)
    elif isinstance(value, onnx.OptionalProto):
        value = onnx.numpy_helper.to_optional(value)
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return [as_value(item) for item in value]
    value = np.asarray(value)
    return value.astype(str) if value.dtype.kind in "OS" else value
