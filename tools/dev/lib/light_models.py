# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The nine classic convolution networks inside the onnx package, as they come and with seeded weights.
import math
import pathlib

import numpy as np
import onnx
from onnx import numpy_helper

import peers

FOLDER = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
NAMES = ("bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet", "squeezenet", "vgg19", "zfnet512")


def original(name):
    """The file in the package: every weight tensor is one value repeated, made by a ConstantOfShape node."""
    return FOLDER / f"light_{name}.onnx"


def published_output(name):
    return FOLDER / f"light_{name}_output_0.pb"


def first_input(path):
    """(name, shape) of the first input that is not a weight."""
    graph = onnx.load(path, load_external_data=False).graph
    stored = {tensor.name for tensor in graph.initializer}
    value = next(v for v in graph.input if v.name not in stored)
    return value.name, [d.dim_value for d in value.type.tensor_type.shape.dim]


def ramp_input(path):
    """The input that the published outputs belong to: arange(n) / n."""
    name, shape = first_input(path)
    count = math.prod(shape)
    return name, (np.arange(count).reshape(shape) / count).astype(np.float32)


def _draw(rng, shape, user, slot):
    """Weights that keep the scale of the signal: `user` is the operator that reads them at position `slot`."""
    if user in ("Conv", "Gemm") and slot == 1:
        return rng.normal(0.0, math.sqrt(2.0 / math.prod(shape[1:])), shape)
    if user == "Unsqueeze" or (user == "BatchNormalization" and slot in (1, 4)):  # scales and variances
        return rng.uniform(0.5, 1.5, shape)
    return rng.normal(0.0, 0.1, shape)


def write_seeded(name, out, seed=0):
    """Writes the topology with stored random weights; the last layer is scaled so that the logits have deviation 2."""
    model = onnx.load(original(name))
    graph, rng = model.graph, np.random.default_rng(seed)
    shapes = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    made = [n for n in graph.node if n.op_type == "ConstantOfShape" and n.input[0] in shapes]
    kept = [n for n in graph.node if n not in made]
    readers = {}
    for node in kept:
        for slot, value in enumerate(node.input):
            readers.setdefault(value, (node.op_type, slot))
    drawn = {n.output[0]: _draw(rng, tuple(map(int, shapes[n.input[0]])), *readers[n.output[0]]) for n in made}

    used = {value for node in kept for value in node.input}
    constants = {key: array for key, array in shapes.items() if key in used}
    constants.update({key: array.astype(np.float32) for key, array in drawn.items()})
    gone = set(shapes) | set(drawn)

    def fill():
        del graph.node[:], graph.initializer[:]
        graph.node.extend(kept)
        graph.initializer.extend(numpy_helper.from_array(array, key) for key, array in constants.items())

    fill()
    inputs = [v for v in graph.input if v.name not in gone]
    del graph.input[:]
    graph.input.extend(inputs)
    model.ir_version = max(model.ir_version, 4)  # from IR 4 on, stored weights need not be graph inputs

    onnx.save(model, out)
    softmax = [n for n in kept if n.op_type == "Softmax"]
    logits = softmax[-1].input[0] if softmax else graph.output[0].name
    if softmax:
        graph.output.append(onnx.helper.make_empty_tensor_value_info(logits))
    feed, image = ramp_input(out)
    spread = peers.ort_session(model.SerializeToString(), threads=1).run([logits], {feed: image})[0].std()
    if softmax:
        del graph.output[-1]
    makers = {value: node for node in kept for value in node.output}
    for key in [n for n in kept if n.op_type in ("Conv", "Gemm")][-1].input[1:]:
        while key not in constants:  # a reshaped constant
            key = makers[key].input[0]
        constants[key] = (constants[key] * (2.0 / spread)).astype(np.float32)
    fill()
    onnx.save(model, out)
