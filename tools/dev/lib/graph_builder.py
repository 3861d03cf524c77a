# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Random ONNX graphs for tools/dev/fuzz-graphs: values with named dims, and steps that make one from others.
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZES = [1, 2, 3, 4, 5, 7, 8, 16, 17, 33]
F32, I64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


class Value:
    """A tensor of the graph; dims are names of dims (dynamic) or numbers."""

    def __init__(self, name, dims, kind=F32):
        self.name, self.dims, self.kind = name, tuple(dims), kind


class Graph:
    """Nodes and initialisers that grow; `sizes` says what the named dims are in this run."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.sizes = {f"d{i}": self.pick(SIZES) for i in range(3)}
        self.nodes, self.weights, self.values, self.inputs = [], [], [], []
        for _ in range(self.count(1, 3)):
            value = Value(f"x{len(self.inputs)}", [self.dim() for _ in range(self.count(1, 4))])
            self.inputs.append(value)
            self.values.append(value)

    # Draws

    def pick(self, items):
        return items[int(self.rng.integers(len(items)))]

    def flip(self, chance=0.5):
        return bool(self.rng.random() < chance)

    def count(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def dim(self):
        return self.pick(list(self.sizes)) if self.flip(0.4) else self.pick(SIZES)

    def size(self, dim):
        return self.sizes.get(dim, dim)

    def shape(self, value):
        return [self.size(dim) for dim in value.dims]

    def value(self, rank=None, kind=F32, least=0):
        """Some value, recent ones more often; None when there is none."""
        fitting = [v for v in self.values if v.kind == kind and (rank is None or len(v.dims) == rank) and len(v.dims) >= least]
        if not fitting:
            return None
        return fitting[-1 - min(int(self.rng.exponential(3)), len(fitting) - 1)]

    # Building

    def name(self):
        return f"v{len(self.nodes)}"

    def node(self, op, inputs, dims, kind=F32, **attributes):
        names = [x.name if isinstance(x, Value) else x for x in inputs]
        result = Value(self.name(), dims, kind)
        self.nodes.append(helper.make_node(op, names, [result.name], name=f"n{len(self.nodes)}", **attributes))
        self.values.append(result)
        return result

    def constant(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def floats(self, *shape, scale=1.0):
        return self.constant((self.rng.standard_normal(shape) * scale).astype(np.float32))

    def model(self, outputs):
        def declare(value, known):
            return helper.make_tensor_value_info(value.name, value.kind, list(value.dims) if known else None)

        graph = helper.make_graph(self.nodes, "random", [declare(v, True) for v in self.inputs], [declare(v, False) for v in outputs],
                                  self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def feeds(self):
        return {v.name: self.rng.standard_normal(self.shape(v)).astype(np.float32) for v in self.inputs}


STEPS = []


def step(function):
    STEPS.append(function)
    return function


@step
def unary(g):
    x = g.value()
    op = g.pick(["Relu", "Sigmoid", "Tanh", "Erf", "Abs", "Neg", "Softplus", "HardSwish", "Identity", "LeakyRelu", "Elu", "Sin", "Exp"])
    if op == "Exp":
        x = g.node("Tanh", [x], x.dims)
    return g.node(op, [x], x.dims)


@step
def binary(g):
    """With an equal shape, a scalar, a vector along the last dim, or a dim of size 1."""
    x = g.value()
    op = g.pick(["Add", "Sub", "Mul", "Max", "Min"])
    others = [v for v in g.values if v.kind == F32 and v.dims == x.dims]
    way = g.pick(["value", "scalar", "row", "column"])
    if way == "value":
        y = g.pick(others)
    elif way == "row" and x.dims and not isinstance(x.dims[-1], str):
        y = g.floats(x.dims[-1])
    elif way == "column" and len(x.dims) >= 2:
        y = g.node("ReduceMean", [x], [*x.dims[:-1], 1], axes=[-1], keepdims=1)
    else:
        y = g.floats(*g.pick([(), (1,)]))
    return g.node(op, [x, y] if g.flip(0.7) else [y, x], x.dims)


@step
def product(g):
    x = g.value(least=2)
    if x is None or isinstance(x.dims[-1], str):
        return None
    width = g.pick(SIZES)
    y = g.node("MatMul", [x, g.floats(x.dims[-1], width, scale=0.3)], [*x.dims[:-1], width])
    if g.flip():
        y = g.node("Add", [y, g.floats(width)], y.dims)
    return g.node(g.pick(["Relu", "Sigmoid", "Gelu?", "Tanh"]).replace("Gelu?", "Softplus"), [y], y.dims) if g.flip() else y


@step
def reduce(g):
    x = g.value(least=1)
    axis = g.count(0, len(x.dims) - 1) if x else 0
    if x is None:
        return None
    keep = g.flip()
    dims = [1 if i == axis else d for i, d in enumerate(x.dims)] if keep else [d for i, d in enumerate(x.dims) if i != axis]
    return g.node(g.pick(["ReduceMax", "ReduceMean", "ReduceMin", "ReduceL2"]), [x], dims, axes=[axis], keepdims=int(keep))


@step
def softmax(g):
    x = g.value(least=1)
    if x is None:
        return None
    axis = g.count(0, len(x.dims) - 1)
    if g.flip():
        return g.node(g.pick(["Softmax", "LogSoftmax"]), [x], x.dims, axis=axis)
    # In parts; sometimes the shift is missing or the sum runs along another axis, which is no softmax.
    kept = [1 if i == axis else d for i, d in enumerate(x.dims)]
    small = g.node("Tanh", [x], x.dims)
    shifted = g.node("Sub", [small, g.node("ReduceMax", [small], kept, axes=[axis], keepdims=1)], x.dims) if g.flip(0.8) else small
    exp = g.node("Exp", [shifted], x.dims)
    other = axis if g.flip(0.8) else (axis + 1) % len(x.dims)
    total = g.node("ReduceSum", [exp, g.constant(np.array([other]))], [1 if i == other else d for i, d in enumerate(x.dims)], keepdims=1)
    return g.node("Div", [exp, total], x.dims)


@step
def normalise(g):
    """A layer normalisation in parts, or almost one: another axis, a missing square, a second use of the difference."""
    x = g.value(least=2)
    if x is None or isinstance(x.dims[-1], str):
        return None
    kept = [*x.dims[:-1], 1]
    difference = g.node("Sub", [x, g.node("ReduceMean", [x], kept, axes=[-1], keepdims=1)], x.dims)
    square = g.node("Pow", [difference, g.constant(np.float32(2 if g.flip(0.8) else 4))], x.dims)
    variance = g.node("ReduceMean", [square], kept, axes=[-1], keepdims=1)
    root = g.node("Sqrt", [g.node("Add", [variance, g.constant(np.float32(1e-2))], kept)], kept)
    y = g.node("Div", [difference, root], x.dims)
    if g.flip(0.3):
        y = g.node("Add", [y, difference], x.dims)
    return g.node("Mul", [y, g.floats(x.dims[-1])], x.dims)


@step
def gelu(g):
    x = g.value()
    y = g.node("Erf", [g.node("Div", [x, g.constant(np.float32(1.41421356 if g.flip(0.8) else 1.3))], x.dims)], x.dims)
    y = g.node("Add", [y, g.constant(np.float32(1))], x.dims)
    return g.node("Mul", [g.node("Mul", [x, y], x.dims), g.constant(np.float32(0.5))], x.dims)


@step
def gate(g):
    x = g.value()
    return g.node("Mul", [x, g.node("Sigmoid", [x if g.flip(0.8) else g.node("Neg", [x], x.dims)], x.dims)], x.dims)


@step
def move(g):
    x = g.value(least=2)
    if x is None:
        return None
    way = g.pick(["transpose", "flatten", "unsqueeze", "slice", "concat", "gather", "pad"])
    if way == "transpose":
        perm = [int(i) for i in g.rng.permutation(len(x.dims))]
        return g.node("Transpose", [x], [x.dims[i] for i in perm], perm=perm)
    if way == "unsqueeze" and len(x.dims) < 5:
        return g.node("Unsqueeze", [x, g.constant(np.array([1]))], [x.dims[0], 1, *x.dims[1:]])
    if way == "flatten" and not any(isinstance(d, str) for d in x.dims[1:]):
        return g.node("Reshape", [x, g.constant(np.array([0, -1]))], [x.dims[0], int(np.prod(x.dims[1:]))])
    axis = g.count(0, len(x.dims) - 1)
    if isinstance(x.dims[axis], str):
        return None
    if way == "slice":
        start = g.count(0, x.dims[axis] - 1)
        end, pace = g.count(start + 1, x.dims[axis]), g.pick([1, 1, 2])
        lists = [g.constant(np.array([i])) for i in (start, end, axis, pace)]
        return g.node("Slice", [x, *lists], [-(-(end - start) // pace) if i == axis else d for i, d in enumerate(x.dims)])
    if way == "gather":
        count = g.count(1, 5)
        index = g.constant(g.rng.integers(-x.dims[axis], x.dims[axis], count))
        return g.node("Gather", [x, index], [count if i == axis else d for i, d in enumerate(x.dims)], axis=axis)
    if way == "pad":
        pads = [0] * (2 * len(x.dims))
        pads[axis], pads[axis + len(x.dims)] = g.count(0, 2), g.count(0, 2)
        total = x.dims[axis] + pads[axis] + pads[axis + len(x.dims)]
        return g.node("Pad", [x, g.constant(np.array(pads))], [total if i == axis else d for i, d in enumerate(x.dims)], mode="constant")
    other = g.pick([v for v in g.values if v.kind == F32 and v.dims == x.dims])
    return g.node("Concat", [x, other], [2 * d if i == axis else d for i, d in enumerate(x.dims)], axis=axis)


@step
def choose(g):
    x = g.value()
    condition = g.node(g.pick(["Greater", "Less"]), [x, g.constant(np.float32(0.1))], x.dims, kind=BOOL)
    return g.node("Where", [condition, x, g.pick([v for v in g.values if v.kind == F32 and v.dims == x.dims])], x.dims)


@step
def attention(g):
    """Scores of a product with itself, scaled, softmax, product; sometimes the scale comes too late."""
    x = g.value(rank=3)
    if x is None or isinstance(x.dims[-1], str):
        return None
    b, s, d = x.dims
    k = g.node("Transpose", [x], [b, d, s], perm=[0, 2, 1])
    scores = g.node("MatMul", [g.node("Tanh", [x], x.dims), k], [b, s, s])
    scores = g.node("Mul", [scores, g.constant(np.float32(0.2))], scores.dims)
    weights = g.node("Softmax", [scores], scores.dims, axis=-1)
    return g.node("MatMul", [weights, x], x.dims)


def subgraph(g, name, nodes, results):
    outputs = [helper.make_tensor_value_info(v.name, v.kind, None) for v in results]
    return helper.make_graph(nodes, name, [], outputs)


@step
def branch(g):
    """An If whose branches use the values around it."""
    x = g.value()
    mean = g.node("ReduceMax", [x], [], keepdims=0)
    condition = g.node("Greater", [mean, g.constant(np.float32(0.5))], [], kind=BOOL)
    tag = g.name()
    one, two = Value(f"{tag}then", x.dims), Value(f"{tag}else", x.dims)
    graphs = [subgraph(g, "then", [helper.make_node(g.pick(["Relu", "Neg"]), [x.name], [one.name])], [one]),
              subgraph(g, "else", [helper.make_node("Mul", [x.name, x.name], [two.name])], [two])]
    return g.node("If", [condition], x.dims, then_branch=graphs[0], else_branch=graphs[1])


@step
def loop(g):
    """A value carried through a few iterations."""
    x = g.value()
    tag = g.name()
    body = helper.make_graph(
        [helper.make_node("Identity", [f"{tag}c"], [f"{tag}go"]), helper.make_node("Mul", [f"{tag}s", g.constant(np.float32(0.5))], [f"{tag}h"]),
         helper.make_node("Add", [f"{tag}h", x.name], [f"{tag}n"])], "body",
        [helper.make_tensor_value_info(f"{tag}i", I64, []), helper.make_tensor_value_info(f"{tag}c", BOOL, []),
         helper.make_tensor_value_info(f"{tag}s", F32, None)],
        [helper.make_tensor_value_info(f"{tag}go", BOOL, None), helper.make_tensor_value_info(f"{tag}n", F32, None)])
    return g.node("Loop", [g.constant(np.array(g.count(0, 12))), g.constant(np.array(True)), x], x.dims, body=body)


def make_graph(seed, steps):
    g = Graph(seed)
    while len(g.nodes) < steps:
        before = len(g.nodes)
        g.pick(STEPS)(g)
        # A step may make an input alone, of any size.
        if len(g.nodes) > before and np.prod(g.shape(g.values[-1])) > 50000:
            g.nodes.pop()
            g.values.pop()
    return g
