# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Models of one operator each, at sizes that real networks have, for the operator benchmark.
import itertools

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 21
_KINDS = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.float16): TensorProto.FLOAT16, np.dtype(np.int64): TensorProto.INT64,
          np.dtype(np.int32): TensorProto.INT32, np.dtype(np.int8): TensorProto.INT8, np.dtype(np.uint8): TensorProto.UINT8,
          np.dtype(bool): TensorProto.BOOL}


class Case:
    """One model and its inputs.

    inputs: arrays that the caller passes; weights: arrays that the model holds; both by name, in the node's order as `order` says
    (default: inputs, then weights; '' is an operand that is left out).
    """

    def __init__(self, name, op, inputs, weights=None, order=None, outputs=("y",), kind=None, rtol=None, **attributes):
        self.name, self.op, self.inputs, self.weights = name, op, inputs, weights or {}
        self.order = order if order is not None else [*self.inputs, *self.weights]
        self.outputs, self.attributes = list(outputs), attributes
        first = next(iter(inputs.values()))
        self.kind = _KINDS[first.dtype] if kind is None else kind
        half = any(array.dtype == np.float16 for array in (*inputs.values(), *self.weights.values()))
        self.rtol = rtol or (2e-2 if half or self.kind == TensorProto.FLOAT16 else 1e-3)

    def model(self):
        node = helper.make_node(self.op, self.order, self.outputs, **self.attributes)
        values = [helper.make_tensor_value_info(n, _KINDS[a.dtype], a.shape) for n, a in self.inputs.items()]
        kinds = self.kind if isinstance(self.kind, (list, tuple)) else [self.kind] * len(self.outputs)
        results = [helper.make_tensor_value_info(n, k, None) for n, k in zip(self.outputs, kinds) if n]
        weights = [numpy_helper.from_array(a, n) for n, a in self.weights.items()]
        graph = helper.make_graph([node], self.name, values, results, weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        return onnx.shape_inference.infer_shapes(model)


class _Draw:
    """Seeded arrays."""

    def __init__(self):
        self.random = np.random.default_rng(7)

    def floats(self, *shape, dtype=np.float32, scale=1.0):
        return (self.random.standard_normal(shape) * scale).astype(dtype)

    def positive(self, *shape):
        return (self.random.random(shape) + 0.5).astype(np.float32)

    def ints(self, low, high, *shape, dtype=np.int64):
        return self.random.integers(low, high, shape).astype(dtype)

    def weights(self, *shape, dtype=np.float32):
        """Scaled so that products stay of size 1."""
        return self.floats(*shape, dtype=dtype, scale=float(np.prod(shape[1:])) ** -0.5)


def _i64(*values):
    return np.array(values, np.int64)


def elementwise(d):
    image, channel = (1, 64, 112, 112), (1, 64, 1, 1)
    tokens = (8, 128, 768)
    for op in ("Add", "Mul", "Div"):
        yield Case(f"{op}/channel", op, {"x": d.floats(*image), "b": d.positive(*channel)})
    yield Case("Add/same", "Add", {"x": d.floats(*tokens), "b": d.floats(*tokens)})
    yield Case("Mul/row", "Mul", {"x": d.floats(*tokens), "b": d.floats(768)})
    yield Case("Sub/column", "Sub", {"x": d.floats(*tokens), "b": d.floats(8, 128, 1)})
    yield Case("Add/outer", "Add", {"x": d.floats(1, 1024, 1), "b": d.floats(1, 1, 768)})
    yield Case("Pow/square", "Pow", {"x": d.positive(*tokens)}, {"e": np.array(2.0, np.float32)})
    yield Case("Pow/any", "Pow", {"x": d.positive(8, 128, 64), "e": d.floats(8, 128, 64)})
    for op in ("Relu", "Sigmoid", "Tanh", "Gelu", "Erf", "Exp", "HardSwish", "LeakyRelu", "Elu", "Softplus", "Floor", "Neg", "Mish"):
        yield Case(f"{op}/tokens", op, {"x": d.floats(*tokens)})
    for op in ("Sqrt", "Log", "Reciprocal"):
        yield Case(f"{op}/tokens", op, {"x": d.positive(*tokens)})
    for op in ("Sin", "Cos"):
        yield Case(f"{op}/rope", op, {"x": d.floats(128, 2048, scale=10)})
    yield Case("Clip/image", "Clip", {"x": d.floats(*image)}, {"low": np.array(0, np.float32), "high": np.array(6, np.float32)})
    yield Case("Where/mask", "Where", {"c": d.ints(0, 2, 1, 1, 128, 128, dtype=bool), "x": d.floats(8, 12, 128, 128)},
               {"low": np.array(-1e4, np.float32)}, kind=TensorProto.FLOAT)
    yield Case("Greater/same", "Greater", {"x": d.floats(*tokens), "b": d.floats(*tokens)}, kind=TensorProto.BOOL)
    yield Case("Equal/int64", "Equal", {"x": d.ints(0, 9, 128, 2048), "b": d.ints(0, 9, 128, 2048)}, kind=TensorProto.BOOL)
    yield Case("Add/float16", "Add", {"x": d.floats(*tokens, dtype=np.float16), "b": d.floats(*tokens, dtype=np.float16)})
    yield Case("Max/same", "Max", {"x": d.floats(*tokens), "b": d.floats(*tokens)})


def transpose(d):
    for perm in itertools.permutations(range(4)):
        yield Case("Transpose/" + "".join(map(str, perm)), "Transpose", {"x": d.floats(8, 128, 12, 64)}, perm=perm)
    yield Case("Transpose/10", "Transpose", {"x": d.floats(768, 1024)}, perm=(1, 0))
    yield Case("Transpose/nchw_nhwc", "Transpose", {"x": d.floats(1, 64, 112, 112)}, perm=(0, 2, 3, 1))
    yield Case("Transpose/float16", "Transpose", {"x": d.floats(8, 128, 12, 64, dtype=np.float16)}, perm=(0, 2, 1, 3))
    yield Case("DepthToSpace/4", "DepthToSpace", {"x": d.floats(1, 64, 120, 120)}, blocksize=2)
    yield Case("SpaceToDepth/2", "SpaceToDepth", {"x": d.floats(1, 16, 240, 240)}, blocksize=2)


def indexing(d):
    table, tokens = d.floats(30522, 384), d.ints(0, 30522, 8, 128)
    yield Case("Gather/embedding", "Gather", {"i": tokens}, {"t": table}, order=["t", "i"], kind=TensorProto.FLOAT)
    yield Case("Gather/axis1", "Gather", {"x": d.floats(8, 512, 256), "i": d.ints(0, 512, 128)}, axis=1)
    yield Case("Gather/axis2", "Gather", {"x": d.floats(8, 128, 768), "i": d.ints(0, 768, 384)}, axis=2)
    yield Case("GatherElements/axis1", "GatherElements", {"x": d.floats(8, 8400, 4), "i": d.ints(0, 8400, 8, 1000, 4)}, axis=1)
    yield Case("GatherElements/last", "GatherElements", {"x": d.floats(256, 2048), "i": d.ints(0, 2048, 256, 512)}, axis=1)
    yield Case("GatherND/rows", "GatherND", {"x": d.floats(512, 64, 32), "i": d.ints(0, 64, 4096, 2)})
    yield Case("GatherND/elements", "GatherND", {"x": d.floats(256, 256), "i": d.ints(0, 256, 100000, 2)})
    yield Case("ScatterND/rows", "ScatterND", {"x": d.floats(2048, 256), "i": d.random.permutation(2048)[:512].reshape(512, 1), "u": d.floats(512,
               256)})
    yield Case("ScatterND/elements", "ScatterND", {"x": d.floats(1 << 18), "i": d.random.permutation(1 << 18)[:65536].reshape(-1, 1),
                                                   "u": d.floats(65536)})
    rows = np.stack([d.random.permutation(2048)[:512] for _ in range(128)])
    yield Case("ScatterElements/last", "ScatterElements", {"x": d.floats(128, 2048), "i": rows, "u": d.floats(128, 512)}, axis=1)
    yield Case("OneHot/last", "OneHot", {"i": d.ints(0, 256, 4096)}, {"n": _i64(256), "v": np.array([0, 1], np.float32)}, kind=TensorProto.FLOAT)
    yield Case("NonZero/half", "NonZero", {"x": d.ints(0, 2, 512, 512, dtype=np.int32)}, kind=TensorProto.INT64)
    yield Case("TopK/classes", "TopK", {"x": d.floats(32, 1000)}, {"k": _i64(5)}, outputs=("v", "i"), kind=(TensorProto.FLOAT, TensorProto.INT64))
    yield Case("TopK/boxes", "TopK", {"x": d.floats(8, 8400)}, {"k": _i64(300)}, outputs=("v", "i"), kind=(TensorProto.FLOAT, TensorProto.INT64))
    yield Case("TopK/axis1", "TopK", {"x": d.floats(4, 500, 64)}, {"k": _i64(10)}, outputs=("v", "i"), kind=(TensorProto.FLOAT, TensorProto.INT64),
               axis=1)
    for axis in (0, 1):
        yield Case(f"CumSum/axis{axis}", "CumSum", {"x": d.floats(512, 512)}, {"a": np.array(axis, np.int64)})
    corners = d.random.random((1, 2000, 4)).astype(np.float32) * 0.9
    corners[..., 2:] = corners[..., :2] + 0.1
    yield Case("NonMaxSuppression/boxes", "NonMaxSuppression", {"boxes": corners, "scores": d.random.random((1, 10, 2000)).astype(np.float32)},
               {"k": _i64(100), "iou": np.array([0.5], np.float32), "score": np.array([0.2], np.float32)}, kind=TensorProto.INT64)


def reductions(d):
    shape = (32, 128, 384)
    for op in ("ReduceSum", "ReduceMean", "ReduceMax"):
        for axis in range(3):
            yield Case(f"{op}/axis{axis}", op, {"x": d.floats(*shape)}, {"a": _i64(axis)}, keepdims=1)
    yield Case("ReduceMean/image", "ReduceMean", {"x": d.floats(1, 512, 28, 28)}, {"a": _i64(2, 3)}, keepdims=1)
    yield Case("ReduceSum/all", "ReduceSum", {"x": d.floats(*shape)}, keepdims=0)
    for op in ("ReduceL2", "ReduceLogSumExp", "ReduceProd", "ReduceSumSquare"):
        yield Case(f"{op}/last", op, {"x": d.floats(4096, 256) if op != "ReduceProd" else d.positive(4096, 64)}, {"a": _i64(1)}, keepdims=1)
    for axis in range(3):
        yield Case(f"ArgMax/axis{axis}", "ArgMax", {"x": d.floats(*shape)}, axis=axis, kind=TensorProto.INT64)
    yield Case("ArgMin/classes", "ArgMin", {"x": d.floats(1, 19, 128, 128)}, axis=1, kind=TensorProto.INT64)
    for axis in range(3):
        yield Case(f"Softmax/axis{axis}", "Softmax", {"x": d.floats(32, 128, 256)}, axis=axis)
    yield Case("Softmax/classes", "Softmax", {"x": d.floats(32, 1000)})
    yield Case("LogSoftmax/last", "LogSoftmax", {"x": d.floats(512, 1000)})
    yield Case("LayerNormalization/tokens", "LayerNormalization", {"x": d.floats(8, 128, 768)}, {"s": d.positive(768), "b": d.floats(768)})
    yield Case("InstanceNormalization/image", "InstanceNormalization", {"x": d.floats(1, 64, 128, 128)}, {"s": d.positive(64), "b": d.floats(64)})
    yield Case("GroupNormalization/image", "GroupNormalization", {"x": d.floats(1, 320, 64, 64)}, {"s": d.positive(320), "b": d.floats(320)},
               num_groups=32)
    yield Case("BatchNormalization/image", "BatchNormalization", {"x": d.floats(1, 64, 112, 112)},
               {"s": d.positive(64), "b": d.floats(64), "m": d.floats(64), "v": d.positive(64)})
    yield Case("LRN/image", "LRN", {"x": d.floats(1, 96, 55, 55)}, size=5)
    yield Case("LpNormalization/last", "LpNormalization", {"x": d.floats(1024, 768)}, axis=1, p=2)


def recurrent(d):
    sizes = (("speech", 100, 1, 128, 128, "forward"), ("batch", 50, 8, 256, 256, "forward"), ("both", 64, 1, 64, 128, "bidirectional"),
             ("step", 1, 1, 64, 128, "forward"), ("wide", 20, 1, 512, 512, "forward"))
    for op, gates, outputs in (("LSTM", 4, ("y", "h", "c")), ("GRU", 3, ("y", "h")), ("RNN", 1, ("y", "h"))):
        for label, steps, batch, width, hidden, direction in sizes:
            n = 2 if direction == "bidirectional" else 1
            yield Case(f"{op}/{label}", op, {"x": d.floats(steps, batch, width)},
                       {"w": d.weights(n, gates * hidden, width), "r": d.weights(n, gates * hidden, hidden), "b": d.floats(n, 2 * gates * hidden,
                        scale=0.1)},
                       outputs=outputs, hidden_size=hidden, direction=direction, **({"linear_before_reset": 1} if op == "GRU" else {}))
    yield Case("GRU/reset_first", "GRU", {"x": d.floats(50, 1, 128)}, {"w": d.weights(1, 384, 128), "r": d.weights(1, 384, 128), "b": d.floats(1,
               768, scale=0.1)},
               outputs=("y", "h"), hidden_size=128)


def movement(d):
    for axis, (first, second) in enumerate((((8, 128, 384), (4, 128, 384)), ((8, 128, 384), (8, 64, 384)), ((8, 128, 384), (8, 128, 384)))):
        yield Case(f"Concat/axis{axis}", "Concat", {"x": d.floats(*first), "z": d.floats(*second)}, axis=axis)
    yield Case("Concat/channels", "Concat", {f"x{i}": d.floats(1, 64, 56, 56) for i in range(4)}, axis=1)
    yield Case("Split/last", "Split", {"x": d.floats(8, 128, 2304)}, outputs=("a", "b", "c"), axis=2, num_outputs=3)
    yield Case("Slice/rows", "Slice", {"x": d.floats(8, 256, 512)}, {"b": _i64(64), "e": _i64(192), "a": _i64(1)})
    yield Case("Slice/columns", "Slice", {"x": d.floats(8, 256, 512)}, {"b": _i64(100), "e": _i64(400), "a": _i64(2)})
    yield Case("Slice/strided", "Slice", {"x": d.floats(1, 3, 640, 640)}, {"b": _i64(0, 0), "e": _i64(640, 640), "a": _i64(2, 3), "s": _i64(2, 2)})
    yield Case("Pad/constant", "Pad", {"x": d.floats(1, 64, 112, 112)}, {"p": _i64(0, 0, 1, 1, 0, 0, 1, 1)})
    yield Case("Pad/reflect", "Pad", {"x": d.floats(1, 64, 112, 112)}, {"p": _i64(0, 0, 3, 3, 0, 0, 3, 3)}, mode="reflect")
    yield Case("Pad/edge", "Pad", {"x": d.floats(1, 64, 112, 112)}, {"p": _i64(0, 0, 2, 2, 0, 0, 2, 2)}, mode="edge")
    yield Case("Tile/rows", "Tile", {"x": d.floats(1, 128, 256)}, {"r": _i64(8, 2, 1)})
    yield Case("Expand/heads", "Expand", {"x": d.floats(1, 8, 1, 128, 64)}, {"s": _i64(1, 8, 4, 128, 64)})
    for source, target, label in ((np.float32, TensorProto.FLOAT16, "float_float16"), (np.float16, TensorProto.FLOAT, "float16_float"),
                                  (np.float32, TensorProto.INT32, "float_int32"), (np.int64, TensorProto.FLOAT, "int64_float"),
                                  (np.uint8, TensorProto.FLOAT, "uint8_float"), (np.float32, TensorProto.INT64, "float_int64"),
                                  (np.int64, TensorProto.INT32, "int64_int32"), (bool, TensorProto.FLOAT, "bool_float"),
                                  (np.float32, TensorProto.UINT8, "float_uint8")):
        x = (d.random.random((1, 64, 112, 112)) * 100).astype(source) if source is not bool else d.ints(0, 2, 1, 64, 112, 112, dtype=bool)
        yield Case(f"Cast/{label}", "Cast", {"x": x}, to=target, kind=target)
    size, roi = _i64(1, 64, 112, 112), np.zeros(0, np.float32)
    none = np.zeros(0, np.float32)
    for mode, transform in (("nearest", "asymmetric"), ("linear", "half_pixel"), ("linear", "align_corners"), ("cubic", "half_pixel")):
        yield Case(f"Resize/{mode}_{transform}", "Resize", {"x": d.floats(1, 64, 56, 56)}, {"roi": roi, "scales": none, "sizes": size},
                   mode=mode, coordinate_transformation_mode=transform, **({"nearest_mode": "floor"} if mode == "nearest" else {}))
    yield Case("Resize/linear_down", "Resize", {"x": d.floats(1, 3, 480, 640)}, {"roi": roi, "scales": none, "sizes": _i64(1, 3, 224, 224)},
               mode="linear")
    yield Case("GridSample/linear", "GridSample", {"x": d.floats(1, 32, 64, 64), "g": (d.random.random((1, 64, 64, 2)) * 2 - 1).astype(np.float32)})
    yield Case("Trilu/lower", "Trilu", {"x": d.floats(12, 256, 256)}, upper=0)


def convolution(d):
    def conv(name, shape, features, kernel, dtype=np.float32, op="Conv", **attributes):
        group = attributes.get("group", 1)
        filters = (features, shape[1] // group, *kernel) if op == "Conv" else (shape[1], features // group, *kernel)
        return Case(f"{op}/{name}", op, {"x": d.floats(*shape, dtype=dtype)},
                    {"w": d.weights(*filters, dtype=dtype), "b": d.floats(features, dtype=dtype)}, kernel_shape=kernel, **attributes)

    yield conv("1d_k3", (1, 80, 1500), 384, (3,), pads=(1, 1))
    yield conv("1d_k31_depthwise", (1, 256, 512), 256, (31,), pads=(15, 15), group=256)
    yield conv("2d_3x3", (1, 64, 56, 56), 64, (3, 3), pads=(1,) * 4)
    yield conv("2d_3x3_deep", (1, 512, 7, 7), 512, (3, 3), pads=(1,) * 4)
    yield conv("2d_3x3_stride2", (1, 128, 56, 56), 128, (3, 3), pads=(1,) * 4, strides=(2, 2))
    yield conv("2d_1x1", (1, 256, 28, 28), 512, (1, 1))
    yield conv("2d_7x7_first", (1, 3, 224, 224), 64, (7, 7), pads=(3,) * 4, strides=(2, 2))
    yield conv("2d_depthwise", (1, 96, 112, 112), 96, (3, 3), pads=(1,) * 4, group=96)
    yield conv("2d_depthwise_5x5", (1, 240, 28, 28), 240, (5, 5), pads=(2,) * 4, group=240)
    yield conv("2d_grouped", (1, 128, 56, 56), 128, (3, 3), pads=(1,) * 4, group=32)
    yield conv("2d_dilated", (1, 128, 28, 28), 128, (3, 3), pads=(2,) * 4, dilations=(2, 2))
    yield conv("2d_batch8", (8, 64, 28, 28), 64, (3, 3), pads=(1,) * 4)
    yield conv("2d_float16", (1, 64, 56, 56), 64, (3, 3), dtype=np.float16, pads=(1,) * 4)
    yield conv("3d_3x3x3", (1, 32, 8, 28, 28), 64, (3, 3, 3), pads=(1,) * 6)
    yield conv("3d_first", (1, 3, 8, 112, 112), 32, (3, 7, 7), pads=(1, 3, 3, 1, 3, 3), strides=(1, 2, 2))
    yield conv("3d_1x1x1", (1, 64, 8, 28, 28), 128, (1, 1, 1))
    yield conv("3d_depthwise", (1, 64, 8, 28, 28), 64, (3, 3, 3), pads=(1,) * 6, group=64)
    yield conv("1d_k16_stride8", (1, 64, 512), 32, (16,), op="ConvTranspose", strides=(8,), pads=(4, 4))
    yield conv("2d_2x2_stride2", (1, 128, 28, 28), 64, (2, 2), op="ConvTranspose", strides=(2, 2))
    yield conv("2d_3x3_stride2", (1, 64, 28, 28), 32, (3, 3), op="ConvTranspose", strides=(2, 2), pads=(1,) * 4, output_padding=(1, 1))
    yield conv("2d_4x4_stride2", (1, 64, 28, 28), 32, (4, 4), op="ConvTranspose", strides=(2, 2), pads=(1,) * 4)
    yield conv("2d_3x3_stride1", (1, 64, 28, 28), 64, (3, 3), op="ConvTranspose", pads=(1,) * 4)
    yield conv("3d_2x2x2_stride2", (1, 64, 4, 14, 14), 32, (2, 2, 2), op="ConvTranspose", strides=(2, 2, 2))

    image = d.floats(1, 64, 112, 112)
    yield Case("MaxPool/3x3_stride2", "MaxPool", {"x": image}, kernel_shape=(3, 3), strides=(2, 2), pads=(1,) * 4)
    yield Case("MaxPool/2x2_stride2", "MaxPool", {"x": image}, kernel_shape=(2, 2), strides=(2, 2))
    yield Case("MaxPool/5x5", "MaxPool", {"x": d.floats(1, 256, 20, 20)}, kernel_shape=(5, 5), pads=(2,) * 4)
    yield Case("AveragePool/3x3", "AveragePool", {"x": d.floats(1, 192, 28, 28)}, kernel_shape=(3, 3), pads=(1,) * 4)
    yield Case("AveragePool/2x2_stride2", "AveragePool", {"x": image}, kernel_shape=(2, 2), strides=(2, 2))
    yield Case("GlobalAveragePool/7x7", "GlobalAveragePool", {"x": d.floats(8, 2048, 7, 7)})
    yield Case("GlobalMaxPool/28x28", "GlobalMaxPool", {"x": d.floats(1, 512, 28, 28)})
    yield Case("MaxPool/1d", "MaxPool", {"x": d.floats(1, 128, 4096)}, kernel_shape=(3,), strides=(2,))
    yield Case("MaxPool/3d", "MaxPool", {"x": d.floats(1, 32, 8, 56, 56)}, kernel_shape=(2, 2, 2), strides=(2, 2, 2))


def products(d):
    for m in (1, 8, 128):
        yield Case(f"MatMul/float32_m{m}", "MatMul", {"x": d.floats(m, 768)}, {"w": d.weights(768, 1536)})
        yield Case(f"MatMul/float16_m{m}", "MatMul", {"x": d.floats(m, 768, dtype=np.float16)}, {"w": d.weights(768, 1536, dtype=np.float16)})
        yield Case(f"MatMulInteger/int8_m{m}", "MatMulInteger", {"x": d.ints(0, 256, m, 768, dtype=np.uint8)},
                   {"w": d.ints(-127, 128, 768, 1536, dtype=np.int8)}, kind=TensorProto.INT32)
    yield Case("MatMul/heads_qk", "MatMul", {"q": d.floats(12, 128, 64), "k": d.floats(12, 64, 128)})
    yield Case("MatMul/heads_av", "MatMul", {"p": d.floats(12, 128, 128), "v": d.floats(12, 128, 64)})
    yield Case("MatMul/heads_float16", "MatMul", {"q": d.floats(12, 128, 64, dtype=np.float16), "k": d.floats(12, 64, 128, dtype=np.float16)})
    yield Case("Gemm/transB", "Gemm", {"x": d.floats(16, 1024)}, {"w": d.weights(1000, 1024), "b": d.floats(1000)}, transB=1)
    yield Case("Gemm/transA", "Gemm", {"x": d.floats(256, 64), "w": d.floats(256, 128)}, transA=1)
    yield Case("Einsum/bhid_bhjd", "Einsum", {"q": d.floats(2, 12, 128, 64), "k": d.floats(2, 12, 128, 64)}, equation="bhid,bhjd->bhij")
    yield Case("Einsum/bhij_bhjd", "Einsum", {"q": d.floats(2, 12, 128, 128), "k": d.floats(2, 12, 128, 64)}, equation="bhij,bhjd->bhid")
    yield Case("Einsum/bnd_dhe", "Einsum", {"x": d.floats(2, 128, 256)}, {"w": d.weights(256, 8, 32)}, equation="bnd,dhe->bhne")
    yield Case("Einsum/bhwc_hkc", "Einsum", {"x": d.floats(4, 14, 14, 64), "w": d.floats(14, 14, 64)}, equation="bhwc,hkc->bhwk")
    yield Case("Einsum/ij_kj", "Einsum", {"x": d.floats(128, 256), "w": d.floats(192, 256)}, equation="ij,kj->ik")


FAMILIES = (elementwise, transpose, indexing, reductions, recurrent, movement, convolution, products)


def all_cases():
    """Every case; its arrays do not depend on which others are drawn."""
    for family in FAMILIES:
        yield from family(_Draw())
