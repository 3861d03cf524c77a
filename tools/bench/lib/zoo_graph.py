# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds ONNX networks with seeded random weights, in the operators that exporters write.
import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
F32, I64 = TensorProto.FLOAT, TensorProto.INT64


class Net:
    """A graph that grows: every method that adds nodes returns the name of its result.

    Weights keep the scale of the signal (deviation sqrt(gain / inputs of a product)), so that values neither vanish nor overflow.
    """

    def __init__(self, name, seed=0):
        self.name, self.random = name, np.random.default_rng(seed)
        self.nodes, self.weights, self.inputs, self.outputs, self.count = [], [], [], [], 0
        self._shared = {}

    def input(self, name, shape, kind=F32):
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, value, name, shape, kind=F32):
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def node(self, op, inputs, outputs=1, **attributes):
        """The result's name, or a list of names when there are several."""
        self.count += 1
        names = [f"v{self.count}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, name=f"{op}_{self.count}", **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, array):
        """A stored tensor; equal small ones are stored once."""
        array = np.asarray(array)
        key = (array.dtype.str, array.shape, array.tobytes()) if array.size <= 16 else None
        if key in self._shared:
            return self._shared[key]
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        if key:
            self._shared[key] = name
        return name

    def floats(self, *shape, deviation=1.0, mean=0.0):
        array = self.random.standard_normal(shape, np.float32)
        array *= np.float32(deviation)
        array += np.float32(mean)
        return self.constant(array)

    def scalar(self, value):
        return self.constant(np.float32(value))

    # Layers

    def conv(self, x, channels, out, kernel, stride=1, group=1, pad=None, gain=2.0, bias=True, rank=2):
        """A convolution over `rank` axes; padded to keep the size at stride 1 unless `pad` is given."""
        inputs = channels // group
        pad = (kernel - 1) // 2 if pad is None else pad
        weights = [self.floats(out, inputs, *[kernel] * rank, deviation=math.sqrt(gain / (inputs * kernel**rank)))]
        if bias:
            weights.append(self.floats(out, deviation=0.1))
        return self.node("Conv", [x, *weights], kernel_shape=[kernel] * rank, strides=[stride] * rank, group=group, pads=[pad] * 2 * rank)

    def batch_norm(self, x, channels):
        scale, variance = self.floats(channels, deviation=0.1, mean=1.0), np.float32(self.random.uniform(0.5, 1.5, channels))
        return self.node("BatchNormalization", [x, scale, self.floats(channels, deviation=0.1), self.floats(channels, deviation=0.1),
                                                self.constant(variance)], epsilon=1e-5)

    def relu(self, x):
        return self.node("Relu", [x])

    def silu(self, x):
        return self.node("Mul", [x, self.node("Sigmoid", [x])])

    def gelu(self, x):
        """As exporters write it before opset 20: x / 2 * (1 + erf(x / sqrt(2)))."""
        inner = self.node("Add", [self.node("Erf", [self.node("Div", [x, self.scalar(math.sqrt(2))])]), self.scalar(1)])
        return self.node("Mul", [self.node("Mul", [x, inner]), self.scalar(0.5)])

    def gelu_tanh(self, x):
        """GPT-2's: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))."""
        cube = self.node("Mul", [self.node("Pow", [x, self.scalar(3)]), self.scalar(0.044715)])
        inner = self.node("Tanh", [self.node("Mul", [self.node("Add", [x, cube]), self.scalar(math.sqrt(2 / math.pi))])])
        return self.node("Mul", [self.node("Mul", [x, self.scalar(0.5)]), self.node("Add", [inner, self.scalar(1)])])

    def linear(self, x, inputs, out, gain=1.0):
        product = self.node("MatMul", [x, self.floats(inputs, out, deviation=math.sqrt(gain / inputs))])
        return self.node("Add", [self.floats(out, deviation=0.02), product])

    def layer_norm(self, x, size, epsilon=1e-5):
        return self.node("LayerNormalization", [x, self.floats(size, deviation=0.1, mean=1.0), self.floats(size, deviation=0.1)],
                         axis=-1, epsilon=epsilon)

    def reshape(self, x, *shape):
        return self.node("Reshape", [x, self.constant(np.array(shape, np.int64))])

    def transpose(self, x, *order):
        return self.node("Transpose", [x], perm=order)

    def heads(self, x, heads, size, order=(0, 2, 1, 3)):
        """[batch, length, heads * size] as [batch, heads, length, size]."""
        return self.transpose(self.reshape(x, 0, -1, heads, size), *order)

    def attend(self, query, key, value, size, mask=None):
        """[batch, heads, length, size]; key is given transposed, [batch, heads, size, length]."""
        scores = self.node("Div", [self.node("MatMul", [query, key]), self.scalar(math.sqrt(size))])
        if mask:
            scores = self.node("Add", [scores, mask])
        return self.node("MatMul", [self.node("Softmax", [scores], axis=-1), value])

    def self_attention(self, x, width, heads, mask=None):
        size = width // heads
        query = self.heads(self.linear(x, width, width), heads, size)
        key = self.heads(self.linear(x, width, width), heads, size, (0, 2, 3, 1))
        value = self.heads(self.linear(x, width, width), heads, size)
        context = self.transpose(self.attend(query, key, value, size, mask), 0, 2, 1, 3)
        return self.linear(self.reshape(context, 0, -1, width), width, width)

    def model(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9, producer_name="weft-bench")

    def save(self, path):
        onnx.save(self.model(), str(path))
