# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Families of ONNX nodes with random shapes, attributes and inputs, for tools/dev/fuzz-shapes.
import numpy as np
import onnx
from onnx import helper, numpy_helper

from shape_chains import Chain

OPSET = 21
SIZES = [0, 1, 1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 32, 33, 67]
# Ops whose inputs past the first are lists, and those whose indices are tuples: their lengths decide ranks.
LISTS = {"Expand", "Pad", "Resize", "Slice", "Split", "Tile", "OneHot", "TopK", "Reshape"}
TUPLES = {"GatherND", "ScatterND"}
# Ops whose filters must have known dims.
FILTERED = {"Conv", "ConvTranspose"}
FAMILIES = {}


def family(function):
    FAMILIES[function.__name__] = function
    return function


class Node:
    """One node: its op, inputs (arrays; `fixed` ones are part of the model), attributes and number of outputs."""

    def __init__(self, number):
        self.number = number
        self.steps = None

    def set(self, op, inputs, fixed=(), outputs=1, domain="", **attributes):
        self.op, self.inputs, self.fixed, self.outputs, self.domain = op, inputs, set(fixed), outputs, domain
        self.attributes = {key: value for key, value in attributes.items() if value is not None}
        return self

    def chain(self, inputs, steps, results):
        """Several ops instead of one: (op, operands, attributes); an operand is an input's number or a step's, from 'a0' on."""
        self.set("chain", inputs, outputs=len(results))
        self.steps, self.results = steps, results
        return self

    @property
    def name(self):
        return f"{self.number}-{self.op}"

    def describe(self):
        shapes = " ".join("-" if x is None else x.dtype.name + str(list(x.shape)) for x in self.inputs)
        fixed = "".join(f" {i}={self.inputs[i].ravel()[:8].tolist()}" for i in sorted(self.fixed) if self.inputs[i] is not None)
        steps = " ".join(f"{op}({', '.join(map(str, operands))}) {attributes or ''}" for op, operands, attributes in self.steps or [])
        return f"{self.op} {shapes}{fixed} {self.attributes or ''}{steps}"


class Random:
    """Draws shapes and arrays."""

    def __init__(self, rng):
        self.rng = rng

    def pick(self, items):
        return items[int(self.rng.integers(len(items)))]

    def flip(self, chance=0.5):
        return bool(self.rng.random() < chance)

    def size(self, least=0, most=67):
        return self.pick([n for n in SIZES if least <= n <= most])

    def shape(self, rank, least=0, limit=40000):
        while True:
            shape = [self.size(least) for _ in range(rank)]
            if np.prod(shape) <= limit:
                return shape

    def rank(self, least=0, most=4):
        return int(self.rng.integers(least, most + 1))

    def floats(self, shape, dtype=np.float32):
        return np.asarray(self.rng.standard_normal(shape)).astype(dtype)

    def positive(self, shape, dtype=np.float32):
        return (np.abs(self.floats(shape)) + 0.1).astype(dtype)

    def ints(self, shape, low, high, dtype=np.int64):
        return np.asarray(self.rng.integers(low, max(high, low + 1), shape)).astype(dtype)

    def array(self, shape):
        """An array of any common type."""
        dtype = self.pick([np.float32, np.float32, np.float32, np.float16, np.float64, np.int64, np.int32, np.uint8, np.int8])
        return self.floats(shape, dtype) if np.dtype(dtype).kind == "f" else self.ints(shape, 0, 100, dtype)

    def some(self, rank, least=0):
        """Distinct axes, in any order and sign."""
        count = int(self.rng.integers(least, rank + 1))
        axes = self.rng.permutation(rank)[:count]
        return [int(a) - (rank if self.flip(0.3) else 0) for a in axes]


def make_node(rng, number, wanted=None):
    names = [name for name in FAMILIES if not wanted or wanted in name]
    r = Random(rng)
    return FAMILIES[r.pick(names)](r, Node(number))


def build_model(nodes, dynamic):
    """A model of all nodes and the arrays that it takes; with `dynamic`, equal sizes of a node share one symbol."""
    made, inputs, outputs, constants, arrays = [], [], [], [], []
    for node in nodes:
        names = []
        for i, array in enumerate(node.inputs):
            name = f"n{node.number}_{i}"
            if array is None:
                names.append("")
                continue
            names.append(name)
            if i in node.fixed:
                constants.append(numpy_helper.from_array(array, name))
                continue
            shape = [f"n{node.number}_s{n}" if dynamic and n != 1 else n for n in array.shape]
            if node.op in LISTS and i > 0 and array.ndim == 1:
                shape = list(array.shape)
            elif node.op in FILTERED and i == 1:
                shape = list(array.shape)
            elif node.op in TUPLES | {"RoiAlign"} and i == 1:
                shape[-1] = array.shape[-1]
            inputs.append(helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), shape))
            arrays.append(array)
        results = [f"o{node.number}_{i}" for i in range(node.outputs)]
        if node.steps:
            name_of = {key: name for key, name in enumerate(names)}
            name_of.update({key: name for key, name in zip(node.results, results)})
            for i, (op, operands, attributes) in enumerate(node.steps):
                inner = [name_of.setdefault(key, f"t{node.number}_{key}") for key in [*operands, f"a{i}"]]
                made.append(helper.make_node(op, inner[:-1], inner[-1:], name=f"{op}_{node.number}_{i}", **attributes))
            outputs += [onnx.ValueInfoProto(name=name) for name in results]
            continue
        made.append(helper.make_node(node.op, names, results, name=f"{node.op}_{node.number}", domain=node.domain, **node.attributes))
        outputs += [onnx.ValueInfoProto(name=name) for name in results]
    graph = helper.make_graph(made, "shapes", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10), arrays


def broadcastable(r, rank, count):
    """Shapes that broadcast with each other."""
    full = r.shape(rank)
    shapes = []
    for _ in range(count):
        shape = [1 if r.flip(0.25) else n for n in full]
        shapes.append(shape[r.rank(0, rank):] if r.flip(0.3) else shape)
    return shapes


@family
def unary(r, n):
    op = r.pick(["Exp", "Tanh", "Erf", "Sigmoid", "Sin", "Sqrt", "Log", "Neg", "Abs", "Floor", "Relu", "Elu", "HardSwish", "Softplus", "Gelu"])
    return n.set(op, [r.positive(r.shape(r.rank()), r.pick([np.float32, np.float32, np.float16, np.float64]) if op != "Gelu" else np.float32)])


@family
def binary(r, n):
    a, b = broadcastable(r, r.rank(), 2)
    op = r.pick(["Add", "Mul", "Sub", "Div", "Pow", "Less", "Equal", "Max", "Mod"])
    if op == "Mod":
        return n.set(op, [r.ints(a, 0, 100), r.ints(b, 1, 9)])
    return n.set(op, [r.positive(a), r.positive(b)])


@family
def where(r, n):
    a, b, c = broadcastable(r, r.rank(), 3)
    return n.set("Where", [r.floats(a) > 0, r.floats(b), r.floats(c)])


@family
def reduction(r, n):
    op = r.pick(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSumExp",
                 "ReduceSumSquare", "ReduceLogSum"])
    rank = r.rank(1)
    shape, axes = r.shape(rank), r.some(rank)
    dtype = r.pick([np.float32, np.float16, np.int32, np.int64])
    if op in ("ReduceProd", "ReduceSumSquare"):
        dtype = np.float32
    if op == "ReduceMean" or op.startswith("ReduceL"):
        dtype = r.pick([np.float32, np.float64])
    x = r.floats(shape, dtype) if np.dtype(dtype).kind == "f" else r.ints(shape, -9, 9, dtype)
    if op == "ReduceLogSum":
        x = r.positive(shape, np.float32)
    if op == "ReduceProd":
        x = (1 + 0.1 * r.floats(shape)).astype(np.float32)
    return n.set(op, [x, np.array(axes, np.int64)], {1}, keepdims=int(r.flip()), noop_with_empty_axes=int(r.flip(0.2)))


@family
def arg_reduction(r, n):
    rank = r.rank(1)
    return n.set(r.pick(["ArgMax", "ArgMin"]), [r.floats(r.shape(rank, 1))], axis=r.rank(-rank, rank - 1), keepdims=int(r.flip()),
                 select_last_index=int(r.flip()))


@family
def matmul(r, n):
    m, k, c = r.size(), r.size(), r.size()
    batch = r.shape(r.rank(0, 2), limit=30)
    lhs, rhs = batch + [m, k], ([] if r.flip() else batch) + [k, c]
    if r.flip(0.1):
        lhs = [k]
    fixed = {1} if r.flip() else set()
    dtype = r.pick([np.float32, np.float32, np.float32, np.float64, np.float16])
    return n.set("MatMul", [r.floats(lhs, dtype), r.floats(rhs, dtype)], fixed)


@family
def gemm(r, n):
    m, k, c = r.size(), r.size(), r.size()
    ta, tb = int(r.flip()), int(r.flip())
    bias = r.pick([None, [c], [m, c], [1, c], [m, 1], []])
    inputs = [r.floats([k, m] if ta else [m, k]), r.floats([c, k] if tb else [k, c])]
    if bias is not None:
        inputs.append(r.floats(bias))
    fixed = {1} | ({2} if bias is not None and r.flip() else set()) if r.flip() else set()
    return n.set("Gemm", inputs, fixed, transA=ta, transB=tb, alpha=r.pick([1.0, 0.5]), beta=r.pick([1.0, 2.0]))


def window(r, rank, image):
    kernel = [r.pick([1, 2, 3, 5]) for _ in range(rank)]
    strides = [r.pick([1, 1, 2, 3]) for _ in range(rank)]
    dilations = [r.pick([1, 1, 1, 2]) for _ in range(rank)]
    pads = [int(r.rng.integers(0, k)) for k in kernel] + [int(r.rng.integers(0, k)) for k in kernel]
    for i in range(rank):
        image[i] = max(image[i], (kernel[i] - 1) * dilations[i] + 1)
    return kernel, strides, dilations, pads


@family
def conv(r, n):
    rank = r.pick([1, 2, 2, 2, 3])
    batch, image = r.size(0, 4), [r.size(1, 17 if rank > 1 else 67) for _ in range(rank)]
    kernel, strides, dilations, pads = window(r, rank, image)
    group = r.pick([1, 1, 1, 2, 3, 8])
    per_in, per_out = r.size(1, 17), r.size(1, 17)
    if r.flip(0.3):
        per_in = 1
    inputs = [r.floats([batch, group * per_in] + image), r.floats([group * per_out, per_in] + kernel)]
    fixed = {1} if r.flip(0.8) else set()
    if r.flip():
        inputs.append(r.floats([group * per_out]))
        fixed |= {2} if fixed else set()
    return n.set("Conv", inputs, fixed, kernel_shape=kernel, strides=strides, dilations=dilations, pads=pads,
                 group=group)


@family
def conv_transpose(r, n):
    rank = r.pick([1, 2, 2])
    batch, image = r.size(0, 3), [r.size(1, 8) for _ in range(rank)]
    kernel, strides, dilations, _ = window(r, rank, image)
    group = r.pick([1, 1, 2])
    per_in, per_out = r.size(1, 8), r.size(1, 8)
    inputs = [r.floats([batch, group * per_in] + image), r.floats([group * per_in, per_out] + kernel)]
    pads = [int(r.flip(0.3) and k > 1) for k in kernel] * 2
    return n.set("ConvTranspose", inputs, {1} if r.flip() else set(), kernel_shape=kernel, strides=strides, dilations=dilations, pads=pads,
                 group=group)


@family
def pool(r, n):
    rank = r.pick([1, 2, 2, 3])
    image = [r.size(1, 17) for _ in range(rank)]
    kernel, strides, dilations, pads = window(r, rank, image)
    op = r.pick(["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool"])
    x = r.floats([r.size(0, 4), r.size(0, 17)] + image)
    if op.startswith("Global"):
        return n.set(op, [x])
    more = {"count_include_pad": int(r.flip())} if op == "AveragePool" else {}
    outputs = 2 if op == "MaxPool" and r.flip(0.3) else 1
    return n.set(op, [x], outputs=outputs, kernel_shape=kernel, strides=strides, dilations=dilations, pads=pads, ceil_mode=int(r.flip(0.3)), **more)


@family
def softmax(r, n):
    rank = r.rank(1)
    op = r.pick(["Softmax", "LogSoftmax", "Hardmax"])
    return n.set(op, [r.floats(r.shape(rank, int(op == "Hardmax")))], axis=r.rank(-rank, rank - 1))


@family
def normalization(r, n):
    kind = r.pick(["LayerNormalization", "BatchNormalization", "InstanceNormalization", "GroupNormalization", "LpNormalization",
                   "MeanVarianceNormalization"])
    if kind == "LayerNormalization":
        rank = r.rank(1)
        shape, axis = r.shape(rank), r.rank(0, rank - 1)
        return n.set(kind, [r.floats(shape), r.floats(shape[axis:]), r.floats(shape[axis:])], axis=axis)
    if kind == "LpNormalization":
        rank = r.rank(1)
        return n.set(kind, [r.floats(r.shape(rank))], axis=r.rank(-rank, rank - 1), p=r.pick([1, 2]))
    group = r.pick([1, 2, 4])
    shape = r.shape(2 + r.rank(1, 2), 0 if kind != "InstanceNormalization" else 1)
    if kind == "GroupNormalization":
        shape[1] = group * r.size(1, 8)
    channels = shape[1]
    if kind == "MeanVarianceNormalization":
        return n.set(kind, [r.floats(shape)], axes=[0] + list(range(2, len(shape))))
    inputs = [r.floats(shape), r.floats([channels]), r.floats([channels])]
    if kind == "BatchNormalization":
        inputs += [r.floats([channels]), r.positive([channels])]
    fixed = set(range(1, len(inputs))) if r.flip() else set()
    return n.set(kind, inputs, fixed, num_groups=group if kind == "GroupNormalization" else None)


@family
def transpose(r, n):
    rank = r.rank(1, 5)
    return n.set("Transpose", [r.array(r.shape(rank))], perm=[int(i) for i in r.rng.permutation(rank)])


@family
def concat(r, n):
    rank = r.rank(1)
    axis, shape, inputs = r.rank(0, rank - 1), r.shape(rank, limit=4000), []
    for _ in range(r.rank(1, 4)):
        shape[axis] = r.size()
        inputs.append(r.floats(shape))
    return n.set("Concat", inputs, axis=axis)


@family
def split(r, n):
    rank = r.rank(1)
    axis, parts = r.rank(0, rank - 1), [r.size(0, 8) for _ in range(r.rank(1, 4))]
    shape = r.shape(rank, limit=4000)
    shape[axis] = sum(parts)
    return n.set("Split", [r.array(shape), np.array(parts, np.int64)], {1}, outputs=len(parts), axis=axis)


@family
def slices(r, n):
    rank = r.rank(1)
    shape, axes = r.shape(rank), r.some(rank, 1)
    starts = [int(r.rng.integers(-70, 70)) for _ in axes]
    ends = [int(r.rng.integers(-70, 70)) for _ in axes]
    steps = [r.pick([1, 1, 2, 3, -1, -2]) for _ in axes]
    lists = [np.array(v, np.int64) for v in (starts, ends, axes, steps)]
    return n.set("Slice", [r.array(shape), *lists], {1, 2, 3, 4} if r.flip(0.7) else {3, 4})


@family
def pad(r, n):
    rank, mode = r.rank(1), r.pick(["constant", "constant", "edge", "reflect", "wrap"])
    shape = r.shape(rank, 0 if mode == "constant" else 1, 4000)
    most = [3 if mode in ("constant", "edge") else max(0, s - 1) for s in shape]
    pads = [int(r.rng.integers(0, min(m, 5) + 1)) for m in most + most]
    if mode == "constant" and r.flip(0.3):
        pads = [-min(1, s) if r.flip(0.3) and s > 1 else p for p, s in zip(pads, shape + shape)]
    return n.set("Pad", [r.floats(shape), np.array(pads, np.int64)], {1} if r.flip(0.7) else set(), mode=mode)


@family
def gather(r, n):
    rank = r.rank(1)
    shape = r.shape(rank, 1, 4000)
    axis = r.rank(0, rank - 1)
    kind = r.pick(["Gather", "GatherElements", "GatherND"])
    if kind == "Gather":
        indices = r.ints(r.shape(r.rank(0, 2), limit=100), -shape[axis], shape[axis], r.pick([np.int64, np.int32]))
        return n.set(kind, [r.array(shape), indices], axis=axis)
    if kind == "GatherElements":
        picked = [r.size(0, s) for s in shape]
        return n.set(kind, [r.array(shape), r.ints(picked, -shape[axis], shape[axis])], axis=axis)
    depth = r.rank(1, rank)
    lead = r.shape(r.rank(0, 2), limit=100)
    return n.set(kind, [r.array(shape), np.stack([r.ints(lead, 0, s) for s in shape[:depth]], -1)])


@family
def scatter(r, n):
    rank = r.rank(1, 3)
    shape = r.shape(rank, 1, 4000)
    axis, reduce = r.rank(0, rank - 1), r.pick([None, "add", "mul", "max", "min"])
    if r.flip():
        places = r.rng.permutation(shape[axis])[: r.size(0, shape[axis])]
        picked = [len(places) if a == axis else r.size(0, s) for a, s in enumerate(shape)]
        indices = np.broadcast_to(places.reshape([-1 if a == axis else 1 for a in range(rank)]), picked).astype(np.int64)
        return n.set("ScatterElements", [r.floats(shape), indices.copy(), r.floats(picked)], axis=axis, reduction=reduce)
    depth = r.rank(1, rank)
    count = r.size(0, int(np.prod(shape[:depth])))
    flat = r.rng.permutation(int(np.prod(shape[:depth])))[:count]
    indices = np.stack(np.unravel_index(flat, shape[:depth]), -1).astype(np.int64)
    return n.set("ScatterND", [r.floats(shape), indices, r.floats([count] + shape[depth:])], reduction=reduce)


@family
def resize(r, n):
    spatial = r.rank(1, 2)
    shape = [r.size(0, 3), r.size(0, 7)] + [r.size(1, 17) for _ in range(spatial)]
    mode = r.pick(["nearest", "linear", "cubic"])
    coord = r.pick(["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"])
    attributes = dict(mode=mode, coordinate_transformation_mode=coord, antialias=int(mode != "nearest" and r.flip(0.4)),
                      exclude_outside=int(mode == "cubic" and r.flip(0.3)))
    sizes = np.array(shape[:2] + [r.size(1, 33) for _ in range(spatial)], np.int64)
    fixed = {3} if r.flip() else set()
    if r.flip():
        return n.set("Resize", [r.floats(shape), None, None, sizes], fixed, **attributes)
    scales = np.array([1, 1] + [float(r.pick([0.5, 0.75, 1.0, 1.5, 2.0, 3.0])) for _ in range(spatial)], np.float32)
    return n.set("Resize", [r.floats(shape), None, scales], {2} if fixed else set(), **attributes)


@family
def cumulate(r, n):
    rank = r.rank(1)
    return n.set("CumSum", [r.floats(r.shape(rank)), np.array(r.rank(-rank, rank - 1), np.int64)], {1}, exclusive=int(r.flip()),
                 reverse=int(r.flip()))


@family
def top_k(r, n):
    rank = r.rank(1)
    shape = r.shape(rank, limit=4000)
    axis = r.rank(0, rank - 1)
    count = np.array([r.size(0, shape[axis])], np.int64)
    return n.set("TopK", [r.floats(shape), count], {1} if r.flip() else set(), outputs=2, axis=axis, largest=int(r.flip()))


@family
def expand(r, n):
    full, = broadcastable(r, r.rank(), 1)
    target = [r.size(0, 8) if s == 1 else s for s in full]
    return n.set("Expand", [r.floats(full), np.array(target, np.int64)], {1} if r.flip(0.7) else set())


@family
def tile(r, n):
    rank = r.rank(1, 3)
    return n.set("Tile", [r.array(r.shape(rank, limit=400)), np.array([r.pick([0, 1, 2, 3]) for _ in range(rank)], np.int64)],
                 {1} if r.flip(0.7) else set())


@family
def cast(r, n):
    x = r.array(r.shape(r.rank()))
    x = x * (7 if x.dtype.kind == "f" else 1)
    to = r.pick(["FLOAT", "FLOAT16", "DOUBLE", "INT32", "INT64", "BOOL"])
    return n.set("Cast", [x.astype(x.dtype)], to=getattr(onnx.TensorProto, to))


@family
def quantization(r, n):
    rank = r.rank(1)
    shape = r.shape(rank)
    axis = r.rank(0, rank - 1)
    scale = r.positive([shape[axis]] if r.flip() else [])
    zero = r.ints(scale.shape, 0, 9, r.pick([np.uint8, np.int8]))
    if r.flip():
        return n.set("QuantizeLinear", [r.floats(shape), scale, zero], {1, 2} if r.flip() else set(), axis=axis)
    return n.set("DequantizeLinear", [r.ints(shape, 0, 100, zero.dtype), scale, zero], {1, 2} if r.flip() else set(), axis=axis)


@family
def one_hot(r, n):
    rank, depth = r.rank(0, 3), r.size(1, 17)
    return n.set("OneHot", [r.ints(r.shape(rank, limit=1000), -depth, depth), np.array([depth], np.int64), np.array([0, 1], np.float32)],
                 {1} if r.flip() else set(), axis=r.rank(-rank - 1, rank))


@family
def triangle(r, n):
    return n.set("Trilu", [r.floats(r.shape(r.rank(2))), np.array(r.rank(-3, 3), np.int64)], {1} if r.flip() else set(), upper=int(r.flip()))


@family
def blocks(r, n):
    size = r.pick([1, 2, 3])
    if r.flip():
        return n.set("SpaceToDepth", [r.floats([r.size(0, 3), r.size(0, 7), size * r.size(0, 7), size * r.size(0, 7)])], blocksize=size)
    return n.set("DepthToSpace", [r.floats([r.size(0, 3), size * size * r.size(0, 7), r.size(0, 7), r.size(0, 7)])], blocksize=size,
                 mode=r.pick(["DCR", "CRD"]))


@family
def data_dependent(r, n):
    kind, rank = r.pick(["NonZero", "Compress", "Unique"]), r.rank(1, 3)
    shape = r.shape(rank, limit=1000)
    if kind == "NonZero":
        return n.set(kind, [r.ints(shape, 0, 2)])
    if kind == "Unique":
        return n.set(kind, [r.ints(shape, 0, 9)], outputs=4)
    axis = r.rank(0, rank - 1)
    return n.set(kind, [r.floats(shape), r.floats([shape[axis]]) > 0], axis=axis)


@family
def recurrent(r, n):
    kind = r.pick(["LSTM", "GRU", "RNN"])
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[kind]
    steps, batch, width, hidden = r.size(0, 7), r.size(0, 5), r.size(1, 17), r.size(1, 17)
    direction = r.pick(["forward", "reverse", "bidirectional"])
    ways = 2 if direction == "bidirectional" else 1
    inputs = [r.floats([steps, batch, width]), r.floats([ways, gates * hidden, width]), r.floats([ways, gates * hidden, hidden])]
    if r.flip():
        inputs.append(r.floats([ways, 2 * gates * hidden]))
    fixed = set(range(1, len(inputs))) if r.flip() else set()
    return n.set(kind, inputs, fixed, outputs=3 if kind == "LSTM" else 2, hidden_size=hidden, direction=direction)


@family
def einsum(r, n):
    equation = r.pick(["bij,bjk->bik", "bhid,bhjd->bhij", "ij,kj->ik", "i,j->ij", "bij->bji", "ii->i", "bij,bij->b", "abc,cd->abd"])
    sizes = {}
    operands = equation.split("->")[0].split(",")
    for letter in "".join(operands):
        sizes.setdefault(letter, r.size(0, 17))
    return n.set("Einsum", [r.floats([sizes[c] for c in operand]) for operand in operands], equation=equation)


@family
def reshape(r, n):
    shape = r.shape(r.rank(1), 1)
    target = [-1] if r.flip() else [shape[0], -1]
    return n.set("Reshape", [r.array(shape), np.array(target, np.int64)], {1} if r.flip(0.7) else set())


@family
def chain(r, n):
    c = Chain(r)
    x = c.take(r.floats(r.shape(r.rank(1, 3), limit=4000)))
    for _ in range(r.rank(2, 9)):
        x = c.grow(x)
    if not c.steps:
        x = c.add("Neg", [x], c.shapes[x])
    names = [f"a{i}" for i in range(len(c.steps))]
    results = sorted({names[-1], *(name for name in names if r.flip(0.15))})
    node = n.chain(c.inputs, c.steps, results)
    node.fixed = {i for i, array in enumerate(c.inputs) if array.dtype == np.int64 or (i > 0 and r.flip())}
    return node


@family
def integer_products(r, n):
    m, k, c = r.size(), r.size(1), r.size()
    u8, i8 = np.uint8, np.int8
    if r.flip():
        inputs = [r.ints([m, k], 0, 255, u8), r.ints([k, c], -127, 127, i8), r.ints([], 0, 9, u8), r.ints([], 0, 9, i8)]
        return n.set("MatMulInteger", inputs, {1, 2, 3} if r.flip() else set())
    inputs = [r.ints([m, k], 0, 255, u8), np.float32(0.02), u8(120), r.ints([k, c], 0, 255, u8), np.float32(0.03), u8(128), np.float32(0.7), u8(110)]
    return n.set("QLinearMatMul", [np.asarray(x) for x in inputs], {1, 2, 4, 5, 6, 7} | ({3} if r.flip() else set()))


@family
def sampling(r, n):
    batch, channels = r.size(0, 3), r.size(1, 5)
    height, width = r.size(1, 13), r.size(1, 13)
    kind = r.pick(["GridSample", "RoiAlign", "Col2Im", "LRN", "ReverseSequence"])
    x = r.floats([batch, channels, height, width])
    if kind == "GridSample":
        grid = r.floats([batch, r.size(0, 8), r.size(0, 8), 2])
        return n.set(kind, [x, grid], mode=r.pick(["linear", "nearest", "cubic"]), padding_mode=r.pick(["zeros", "border", "reflection"]),
                     align_corners=int(r.flip()))
    if kind == "RoiAlign":
        batch = max(batch, 1)
        count = r.size(0, 5)
        corners = np.sort(r.positive([count, 2, 2]) * 5, axis=1).reshape(count, 4).astype(np.float32)
        return n.set(kind, [r.floats([batch, channels, height, width]), corners, r.ints([count], 0, batch)], output_height=r.pick([1, 2, 3]),
                     output_width=r.pick([1, 2, 3]), sampling_ratio=2)
    if kind == "LRN":
        return n.set(kind, [x], size=r.pick([1, 3, 5]))
    if kind == "Col2Im":
        kernel = [r.pick([1, 2, 3]) for _ in range(2)]
        image = [n_ + k - 1 for n_, k in zip((height, width), kernel)]
        columns = r.floats([batch, channels * kernel[0] * kernel[1], height * width])
        return n.set(kind, [columns, np.array(image, np.int64), np.array(kernel, np.int64)], {1, 2})
    steps, count = r.size(1, 13), r.size(1, 7)
    return n.set(kind, [r.floats([steps, count, r.size(0, 5)]), r.ints([count], 1, steps + 1)], time_axis=0, batch_axis=1)
