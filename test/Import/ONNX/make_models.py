# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes the tiny models that the import tests read: make_models.py NAME FILE, or all of them: make_models.py all FOLDER.
"""Each function below makes one model; its name is what a test asks for."""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

F, I64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
MODELS = {}


def model_of(function):
    MODELS[function.__name__] = function
    return function


def value(name, shape, kind=F):
    return helper.make_tensor_value_info(name, kind, shape)


def const(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def model(nodes, inputs, outputs, initializers=(), opset=17, name="g", ir=8, **kwargs):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    opsets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(d, v) for d, v in kwargs.pop("domains", [])]
    return helper.make_model(graph, opset_imports=opsets, ir_version=ir, **kwargs)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, **attributes)


@model_of
def names():
    """Node names that are empty, doubled or hold any character; dims with and without usable names."""
    return model([node("Relu", ["x"], ["a"], name="same"), node("Relu", ["a"], ["b"], name="same"), node("Abs", ["b"], ["c"]),
                  node("Neg", ["c"], ["d"], name="/layer.0: é")],
                 [value("x", ["batch", "past + seq", None, 3])], [value("d", ["batch", None, None, 3])])


@model_of
def symbols():
    """`past + seq` is an expression where both are dims of inputs; `n/a` is only a name."""
    return model([node("Add", ["x", "y"], ["s"]), node("Neg", ["z"], ["t"])],
                 [value("x", ["past", "seq"]), value("y", ["past", "seq"]), value("z", ["past + seq", "n/a"])],
                 [value("s", None), value("t", None)])


@model_of
def squeeze_all():
    """Squeeze without axes where the run decides a dim."""
    return model([node("Squeeze", ["x"], ["y"], name="thin")], [value("x", ["n", 1, 3])], [value("y", ["n", 3])])


@model_of
def constants():
    """A splat, a small and a large constant; a boolean and a packed one."""
    large = np.arange(600, dtype=np.float32)
    int4 = helper.make_tensor("q", TensorProto.INT4, [3], [1, -2, 7])
    return model([node("Add", ["x", "large"], ["y"]), node("Mul", ["y", "half"], ["z"]), node("Where", ["mask", "z", "half"], ["w"]),
                  node("Identity", ["q"], ["p"])],
                 [value("x", [600])], [value("w", [600]), value("p", [3], TensorProto.INT4)],
                 [const("large", large), const("half", np.float32(0.5)), const("mask", np.array([True] * 300 + [False] * 300)), int4],
                 opset=21, ir=10)


@model_of
def initializer_inputs():
    """IR version 3 lists initialisers as inputs."""
    return model([node("Add", ["x", "w"], ["y"])], [value("x", [2]), value("w", [2])], [value("y", [2])],
                 [const("w", np.float32([1, 2]))], opset=8, ir=3)


@model_of
def default_inputs():
    """Inputs with defaults that a caller may replace."""
    return model([node("Mul", ["x", "w"], ["p"]), node("Add", ["p", "b"], ["y"])], [value("x", [2]), value("w", [2]), value("b", [1])],
                 [value("y", [2])], [const("w", np.float32([1, 2])), const("b", np.float32([3]))])


@model_of
def short_signal():
    """Frames of a signal whose length the run decides."""
    return model([node("STFT", ["x", "step", "window"], ["y"], name="frames")], [value("x", [1, "time", 1])], [value("y", [1, "n", 65, 2])],
                 [const("step", np.int64(64)), const("window", np.ones(128, np.float32))], opset=17)


@model_of
def reshape_chain():
    """Shape -> Gather -> Concat -> Reshape on a dim that the run decides."""
    return model([node("Shape", ["x"], ["s"]), node("Gather", ["s", "zero"], ["n"], axis=0), node("Unsqueeze", ["n", "axes"], ["n1"]),
                  node("Concat", ["n1", "rest"], ["shape"], axis=0), node("Reshape", ["x", "shape"], ["y"])],
                 [value("x", ["batch", 4, 6])], [value("y", ["batch", 24])],
                 [const("zero", np.int64(0)), const("axes", np.int64([0])), const("rest", np.int64([-1]))])


@model_of
def slice_forms():
    """Open ends, negative steps and a start from behind."""
    return model([node("Slice", ["x", "s0", "e0", "a0"], ["tail"]), node("Slice", ["x", "s1", "e1", "a1", "t1"], ["back"]),
                  node("Slice", ["x", "s2", "e2", "a0"], ["last"])],
                 [value("x", ["n", 10])], [value("tail", None), value("back", None), value("last", None)],
                 [const("s0", np.int64([0])), const("e0", np.int64([2**63 - 1])), const("a0", np.int64([0])),
                  const("s1", np.int64([-1])), const("e1", np.int64([-2**63])), const("a1", np.int64([1])), const("t1", np.int64([-3])),
                  const("s2", np.int64([-1])), const("e2", np.int64([2**31 - 1]))])


@model_of
def conv_same():
    return model([node("Conv", ["x", "w", "b"], ["y"], auto_pad="SAME_UPPER", strides=[2, 2]),
                  node("Conv", ["z", "w"], ["v"], auto_pad="SAME_LOWER")],
                 [value("x", [1, 2, 7, 8]), value("z", [1, 2, "h", "w"])], [value("y", [1, 3, 4, 4]), value("v", None)],
                 [const("w", np.ones((3, 2, 4, 4), np.float32)), const("b", np.float32([1, 2, 3]))])


@model_of
def pool_ceil():
    """13 elements, windows of 3 by 2: ceil_mode adds one pad; 12 by window 1 stride 5 adds none."""
    return model([node("MaxPool", ["x"], ["y"], kernel_shape=[3], strides=[2], ceil_mode=1),
                  node("AveragePool", ["x"], ["z"], kernel_shape=[3], strides=[2], pads=[1, 1], ceil_mode=1, count_include_pad=1)],
                 [value("x", [1, 1, 12])], [value("y", [1, 1, 6]), value("z", [1, 1, 7])])


@model_of
def legacy_broadcast():
    return model([node("Add", ["x", "y"], ["z"], broadcast=1, axis=1)], [value("x", [2, 3, 4]), value("y", [3])], [value("z", [2, 3, 4])],
                 opset=6, ir=3)


@model_of
def legacy_softmax():
    return model([node("Softmax", ["x"], ["y"], axis=1)], [value("x", [2, 3, 4])], [value("y", [2, 3, 4])], opset=11)


@model_of
def lstm():
    weights = [const("w", np.ones((2, 8, 3), np.float32)), const("r", np.ones((2, 8, 2), np.float32)), const("b", np.ones((2, 16), np.float32))]
    return model([node("LSTM", ["x", "w", "r", "b"], ["y", "h", "c"], hidden_size=2, direction="bidirectional")],
                 [value("x", ["steps", 1, 3])], [value("y", ["steps", 2, 1, 2]), value("h", [2, 1, 2]), value("c", [2, 1, 2])], weights)


def branch(name, op, source, out):
    return helper.make_graph([node(op, [source], [out])], name, [], [value(out, None)])


@model_of
def if_open():
    return model([node("If", ["c"], ["y"], then_branch=branch("t", "Neg", "x", "a"), else_branch=branch("e", "Abs", "x", "b"))],
                 [value("c", [], BOOL), value("x", ["n"])], [value("y", ["n"])])


@model_of
def if_rank():
    """Branches of other ranks, of which the declared output fits the first alone."""
    then = helper.make_graph([node("ReduceSum", ["x", "zero"], ["a"], keepdims=0)], "t", [], [value("a", None)])
    return model([node("If", ["c"], ["y"], name="choose", then_branch=then, else_branch=branch("e", "Abs", "x", "b"))],
                 [value("c", [], BOOL), value("x", ["n", 4])], [value("y", [4])], [const("zero", np.array([0]))])


@model_of
def if_wide():
    """Branches of other ranks under a condition of several elements."""
    wide = if_rank()
    wide.graph.input[0].type.tensor_type.shape.dim.add().dim_value = 64
    return wide


@model_of
def if_both_ways():
    """Branches of other ranks, and nodes behind them that take either."""
    then = helper.make_graph([node("ReduceSum", ["x", "zero"], ["a"], keepdims=0)], "t", [], [value("a", None)])
    return model([node("If", ["c"], ["r"], name="choose", then_branch=then, else_branch=branch("e", "Abs", "x", "b")),
                  node("ReduceSum", ["r"], ["s"], keepdims=0), node("Mul", ["s", "x"], ["y"])],
                 [value("c", [], BOOL), value("x", ["n", 4])], [value("y", ["n", 4])], [const("zero", np.array([0]))])


@model_of
def if_known():
    """The condition follows from a bound input."""
    return model([node("Equal", ["rate", "k"], ["c"]),
                  node("If", ["c"], ["y"], then_branch=branch("t", "Neg", "x", "a"), else_branch=branch("e", "Abs", "x", "b"))],
                 [value("rate", [], I64), value("x", [2])], [value("y", [2])], [const("k", np.int64(16000))])


@model_of
def loop_growing():
    """A carried value whose dim changes, and a scan output."""
    body = helper.make_graph([node("Concat", ["v", "x"], ["v2"], axis=0), node("Identity", ["c"], ["c2"]), node("Cast", ["i"], ["s"], to=F)], "body",
                             [value("i", [], I64), value("c", [], BOOL), value("v", [2])],
                             [value("c2", [], BOOL), value("v2", None), value("s", [])])
    return model([node("Loop", ["m", "", "x"], ["y", "s"], body=body)], [value("x", [2])], [value("y", [None]), value("s", [3])],
                 [const("m", np.int64(3))])


@model_of
def functions():
    """A model-local function with an attribute, called twice, once from another function."""
    leaky = helper.make_function("my", "Leak", ["x"], ["y"], [helper.make_node("LeakyRelu", ["x"], ["y"], name="inner")],
                                 [helper.make_opsetid("", 17)], ["alpha"])
    leaky.node[0].attribute.add(name="alpha", ref_attr_name="alpha", type=onnx.AttributeProto.FLOAT)
    twice = helper.make_function("my", "Twice", ["x"], ["y"],
                                 [helper.make_node("Leak", ["x"], ["t"], domain="my", alpha=0.25), helper.make_node("Neg", ["t"], ["y"])],
                                 [helper.make_opsetid("", 17), helper.make_opsetid("my", 1)])
    return model([node("Leak", ["x"], ["a"], domain="my", alpha=0.5, name="first"), node("Twice", ["a"], ["y"], domain="my", name="second")],
                 [value("x", [2])], [value("y", [2])], domains=[("my", 1)], functions=[leaky, twice])


@model_of
def sequences():
    """A sequence that is known never becomes one."""
    return model([node("SequenceConstruct", ["x", "y"], ["s"]), node("SequenceAt", ["s", "one"], ["e"]), node("SequenceLength", ["s"], ["n"])],
                 [value("x", [2]), value("y", [3])], [value("e", [3]), value("n", [], I64)], [const("one", np.int64(1))])


@model_of
def qlinear_conv():
    u8 = np.uint8
    return model([node("QLinearConv", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"], ["y"])],
                 [value("x", [1, 1, 4, 4], TensorProto.UINT8)], [value("y", [1, 2, 4, 4], TensorProto.UINT8)],
                 [const("xs", np.float32(0.5)), const("xz", u8(3)), const("w", np.ones((2, 1, 1, 1), u8)), const("ws", np.float32([1, 2])),
                  const("wz", u8([0, 0])), const("ys", np.float32(2)), const("yz", u8(7)), const("b", np.int32([1, 2]))], opset=13)


@model_of
def qlinear_matmul():
    """Scales of 16 bits: the product of integers must not be rounded to them."""
    u8, f16 = np.uint8, np.float16
    return model([node("QLinearMatMul", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz"], ["y"])],
                 [value("x", [2, 4], TensorProto.UINT8)], [value("y", [2, 3], TensorProto.UINT8)],
                 [const("xs", f16([0.5])), const("xz", u8([3])), const("w", np.ones((4, 3), u8)), const("ws", f16([2])),
                  const("wz", u8([0])), const("ys", f16([2])), const("yz", u8([7]))], opset=21)


@model_of
def attention():
    return model([node("Attention", ["q", "k", "v", "", "pk", "pv"], ["y", "nk", "nv"], q_num_heads=4, kv_num_heads=2, is_causal=1)],
                 [value("q", [1, "s", 32]), value("k", [1, "s", 16]), value("v", [1, "s", 16]), value("pk", [1, 2, "past", 8]),
                  value("pv", [1, 2, "past", 8])],
                 [value("y", [1, "s", 32]), value("nk", None), value("nv", None)], opset=23, ir=11)


@model_of
def unsorted():
    return model([node("Neg", ["a"], ["y"]), node("Abs", ["x"], ["a"])], [value("x", [2])], [value("y", [2])])


@model_of
def external():
    return model([node("Add", ["x", "w"], ["y"])], [value("x", [300])], [value("y", [300])],
                 [const("w", np.arange(300, dtype=np.float32))])


# ---- broken models -------------------------------------------------------------------------------------------------------------


@model_of
def many_problems():
    """Everything that is wrong comes at once."""
    bad = const("w", np.float32([1, 2, 3]))
    bad.dims[0] = 1 << 40
    return model([node("Frobnicate", ["x"], ["a"], name="n0"), node("Add", ["x", "ghost"], ["b"], name="n1"),
                  node("Gelu", ["x"], ["c"], name="n2"), node("Relu", ["x", "x"], ["d"], name="n3"), node("Neg", ["x"], ["d"], name="n4"),
                  node("Custom", ["x"], ["e"], name="n5", domain="my.domain"), node("Add", ["x", "w"], ["f"], name="n6")],
                 [value("x", [2])], [value("a", [2]), value("nowhere", [2])], [bad])


@model_of
def unknown_types():
    """Element types that no version of the standard has, beside an operator that it does not have."""
    bad = const("w", np.float32([1, 2]))
    bad.data_type = 99
    return model([node("Frobnicate", ["x"], ["a"], name="n0"), node("Add", ["x", "w"], ["b"], name="n1"),
                  node("Cast", ["x"], ["c"], name="n2", to=77), node("Neg", ["y"], ["d"], name="n3")],
                 [value("x", [2]), value("y", [2], 55)], [value("a", [2]), value("b", [2]), value("c", None), value("d", None)], [bad])


@model_of
def not_yet():
    """Operators of the standard that Weft lacks."""
    return model([node("ImageDecoder", ["x"], ["y"], name="decode")], [value("x", [2], TensorProto.UINT8)], [value("y", None)], opset=20)


@model_of
def wide_splat():
    """A product with weights of one value, more than 2^24 of them."""
    half = helper.make_tensor("value", TensorProto.FLOAT, [1], [0.5])
    return model([node("ConstantOfShape", ["shape"], ["w"], value=half), node("MatMul", ["x", "w"], ["y"], name="dense")],
                 [value("x", [1, 4224])], [value("y", [1, 4224])], [const("shape", np.int64([4224, 4224]))])


@model_of
def one_sample():
    """Made for one sample: a dense layer, normalised over its features."""
    w = np.random.default_rng(3).normal(size=(40, 24)).astype(np.float32)
    return model([node("MatMul", ["x", "w"], ["a"]), node("Softmax", ["a"], ["y"], axis=-1)],
                 [value("x", [1, 40])], [value("y", [1, 24])], [const("w", w)])


@model_of
def ignored():
    """An attribute that no one knows, of an operator without a published schema."""
    return model([node("Gelu", ["x"], ["y"], name="bend", domain="com.microsoft", speed=3)], [value("x", [2])], [value("y", [2])],
                 domains=[("com.microsoft", 1)])


@model_of
def approximate():
    """Sums, functions, float16, quantisation, random numbers, a convolution for Winograd's algorithm, and a dropout."""
    rng = np.random.default_rng(1)
    nodes = [node("Conv", ["x", "w"], ["a"], name="wide", pads=[1, 1, 1, 1]), node("Exp", ["a"], ["b"], name="power"),
             node("QuantizeLinear", ["b", "scale", "zero"], ["c"], name="code"),
             node("DequantizeLinear", ["c", "scale", "zero"], ["d"], name="decode"), node("Dropout", ["d", "ratio", "yes"], ["e"], name="drop"),
             node("Cast", ["e"], ["f"], name="narrow", to=TensorProto.FLOAT16), node("ReduceSum", ["f"], ["y"], name="sum", keepdims=0),
             node("RandomNormal", [], ["z"], name="noise", shape=[2], seed=3.0)]
    weights = [const("w", rng.standard_normal((64, 64, 3, 3)).astype(np.float32)), const("scale", np.float32(0.1)), const("zero", np.uint8(3)),
               const("ratio", np.float32(0.5)), const("yes", np.array(True))]
    return model(nodes, [value("x", [1, 64, 28, 28])], [value("y", [], TensorProto.FLOAT16), value("z", [2])], weights)


@model_of
def build_problems():
    """Problems that only shapes show, in nodes that do not depend on each other."""
    return model([node("MatMul", ["x", "x"], ["a"], name="product"), node("Relu", ["a"], ["b"], name="after"),
                  node("Concat", ["x", "x"], ["c"], axis=5, name="join"), node("Transpose", ["x"], ["d"], perm=[0, 0], name="turn"),
                  node("LeakyRelu", ["x"], ["e"], alpha="much", name="leak"), node("Range", ["zero", "two", "zero"], ["f"], name="stand"),
                  node("Expand", ["x", "five"], ["g"], name="stretch"), node("Split", ["x", "parts"], ["h", "i"], axis=1, name="cut"),
                  node("Col2Im", ["z", "image", "block"], ["j"], name="place"),
                  node("ConvTranspose", ["z", "z"], ["k"], output_padding=[-1], name="shrink"),
                  node("Einsum", ["x"], ["l"], equation="ii->i", name="trace"),
                  node("STFT", ["x", "five", "", "two"], ["m"], name="frames")],
                 [value("x", [2, 3]), value("z", [4, 4, 9])], [value(name, None) for name in "bcdefghijklm"],
                 [const("zero", np.int64(0)), const("two", np.int64(2)), const("five", np.int64([1, 5])), const("parts", np.int64([1, 1])),
                  const("image", np.int64([4, 4])), const("block", np.int64([0, 2]))], opset=18)


@model_of
def wrong_attributes():
    """What an operator had in another opset, and what it never had."""
    return model([node("ReduceMax", ["x"], ["a"], axes=[1], name="moved"), node("Relu", ["x"], ["b"], alpha=0.5, name="never"),
                  node("Elu", ["x"], ["c"], beta=0.5, name="other"), node("Neg", ["x"], ["d"], consumed_inputs=[0], name="old")],
                 [value("x", [2, 3])], [value("a", None), value("b", None), value("c", None), value("d", None)], opset=18)


@model_of
def absurd_opset():
    """A wrong attribute beside an opset that no table reaches."""
    return model([node("Neg", ["x"], ["y"], exas=1, name="flip")], [value("x", [2, 3])], [value("y", None)], opset=2**62)


@model_of
def absurd_axis():
    """Second operands of old opsets at places that no sum of sizes reaches."""
    return model([node("Add", ["x", "y"], ["a"], broadcast=1, axis=2**63 - 1, name="far"),
                  node("Add", ["x", "y"], ["b"], broadcast=1, axis=-2**63, name="before")],
                 [value("x", [2, 3]), value("y", [3])], [value("a", None), value("b", None)], opset=6, ir=3)


@model_of
def open_filter():
    """Filters of which only the run knows the channels."""
    return model([node("Conv", ["x", "w"], ["a"], kernel_shape=[3, 3], name="conv"), node("ConvTranspose", ["x", "w"], ["b"], kernel_shape=[3, 3],
                  name="back")], [value("x", [1, 3, 8, 8]), value("w", ["o", "i", "kh", "kw"])], [value("a", None), value("b", None)])


@model_of
def valid_conv():
    """A window that an image may be too small for."""
    return model([node("Conv", ["x", "w"], ["y"], name="conv")], [value("x", [1, 2, "h", 8])], [value("y", None)],
                 [const("w", np.ones((1, 2, 3, 3), np.float32))])


@model_of
def huge_splat():
    """As many zeros as no machine holds, and their sum."""
    return model([node("ConstantOfShape", ["n"], ["y"], name="zeros"), node("ReduceSum", ["y"], ["z"], name="sum")], [],
                 [value("y", None), value("z", None)], [const("n", np.array([1 << 20, 1 << 20]))])


@model_of
def cycle():
    return model([node("Add", ["x", "b"], ["a"], name="first"), node("Neg", ["a"], ["b"], name="second")], [value("x", [2])], [value("b", [2])])


@model_of
def huge_tensor():
    """10 GB that the file does not have."""
    tensor = TensorProto(name="w", data_type=F, dims=[2500000000], raw_data=b"1234")
    return model([node("Add", ["x", "w"], ["y"])], [value("x", [1])], [value("y", None)], [tensor])


@model_of
def overflowing_dims():
    tensor = TensorProto(name="w", data_type=F, dims=[2**62, 2**62, 4], raw_data=b"")
    negative = TensorProto(name="v", data_type=F, dims=[-1], raw_data=b"")
    return model([node("Add", ["x", "w"], ["y"]), node("Add", ["x", "v"], ["z"])], [value("x", [1])], [value("y", None), value("z", None)],
                 [tensor, negative])


@model_of
def recursive_function():
    loop = helper.make_function("my", "Again", ["x"], ["y"], [helper.make_node("Again", ["x"], ["y"], domain="my")], [helper.make_opsetid("my", 1)])
    return model([node("Again", ["x"], ["y"], domain="my")], [value("x", [1])], [value("y", [1])], domains=[("my", 1)], functions=[loop])


@model_of
def no_shape():
    return model([node("Relu", ["x"], ["y"])], [value("x", None)], [value("y", None)])


@model_of
def wrong_output():
    """Dims that the node does not make are told; a rank that it does not make is refused."""
    return model([node("Relu", ["x"], ["y"]), node("Neg", ["x"], ["z"])], [value("x", [2, 3])], [value("y", [2, 4]), value("z", [6])])


@model_of
def future_opset():
    return model([node("Relu", ["x"], ["y"])], [value("x", [2])], [value("y", [2])], opset=99, ir=10)


def external_variants(path):
    """The `external` model with its data in w.bin, and variants whose paths or sizes are refused."""
    base = external()
    tensor = base.graph.initializer[0]
    data = tensor.raw_data
    (path / "w.bin").write_bytes(data)
    size = str(len(data))
    variants = (("good", "w.bin", "0", size), ("parent", "../w.bin", "0", size), ("absolute", str(path / "w.bin"), "0", size),
                ("missing", "none.bin", "0", size), ("long", "w.bin", "0", str(len(data) + 4)), ("link", "link.bin", "0", size),
                ("behind", "w.bin", "1201", size), ("overflow", "w.bin", str((1 << 64) - 4), size), ("negative", "w.bin", "-4", size),
                ("short", "w.bin", "4", "1196"), ("folder", ".", "0", size), ("empty", "", "0", size))
    for name, location, offset, length in variants:
        copy = onnx.ModelProto()
        copy.CopyFrom(base)
        target = copy.graph.initializer[0]
        target.ClearField("raw_data")
        target.data_location = TensorProto.EXTERNAL
        for key, text in (("location", location), ("offset", offset), ("length", length)):
            target.external_data.add(key=key, value=text)
        (path / f"{name}.onnx").write_bytes(copy.SerializeToString())
        if name in ("missing", "long"):
            for i in range(3):
                copy.graph.initializer.add().CopyFrom(target)
                copy.graph.initializer[-1].name = f"w{i}"
            (path / f"{name}-four.onnx").write_bytes(copy.SerializeToString())


@model_of
def learning_problems():
    """A tree that leads back to its root, a leaf that is missing, lists of two lengths, coefficients for other features."""
    def trees(name, **changes):
        lists = {"treeids": [0, 0], "nodeids": [0, 1], "featureids": [0, 0], "modes": ["BRANCH_LEQ", "BRANCH_LEQ"], "values": [0.0, 1.0],
                 "truenodeids": [1, 0], "falsenodeids": [1, 0], **changes}
        return node("TreeEnsembleRegressor", ["x"], [name], name=name, domain="ai.onnx.ml", **{"nodes_" + k: v for k, v in lists.items()})

    return model([trees("cycle"), trees("gone", truenodeids=[1, 7]), trees("short", values=[0.0]),
                  node("LinearClassifier", ["x"], ["words"], name="words", domain="ai.onnx.ml", coefficients=[1.0, 2.0], classlabels_strings=["a"]),
                  node("LabelEncoder", ["x"], ["codes"], name="codes", domain="ai.onnx.ml", keys_strings=["a"], values_int64s=[1])],
                 [value("x", [2, 3])],
                 [value(name, None) for name in ("cycle", "gone", "short")] + [value(name, None, I64) for name in ("words", "codes")],
                 domains=[("ai.onnx.ml", 3)])


@model_of
def text_problems():
    """Patterns, locales and types that no operator on strings takes."""
    text = TensorProto.STRING
    return model([node("RegexFullMatch", ["s"], ["open"], name="open", pattern="(a"),
                  node("StringConcat", ["s", "x"], ["mixed"], name="mixed"),
                  node("StringNormalizer", ["s"], ["turkish"], name="turkish", locale="tr_TR", case_change_action="UPPER"),
                  node("StringNormalizer", ["s"], ["title"], name="title", case_change_action="TITLE"),
                  node("Tokenizer", ["s"], ["both"], name="both", domain="com.microsoft", tokenexp="a", separators=[" "]),
                  node("TfIdfVectorizer", ["x"], ["grams"], name="grams", mode="TF", min_gram_length=1, max_gram_length=1, max_skip_count=0,
                       ngram_counts=[0], ngram_indexes=[0], pool_strings=["a"])],
                 [value("x", [2], I64), value("s", [2], text)],
                 [value("open", None, TensorProto.BOOL), value("grams", None)] +
                 [value(name, None, text) for name in ("mixed", "turkish", "title", "both")],
                 opset=20, domains=[("com.microsoft", 1)])


def main():
    import pathlib

    if sys.argv[1] == "external_variants":
        external_variants(pathlib.Path(sys.argv[2]))
        return
    if sys.argv[1] == "all":
        folder = pathlib.Path(sys.argv[2])
        folder.mkdir(parents=True, exist_ok=True)
        for name, make in MODELS.items():
            (folder / f"{name}.onnx").write_bytes(make().SerializeToString())
        return
    pathlib.Path(sys.argv[2]).write_bytes(MODELS[sys.argv[1]]().SerializeToString())


if __name__ == "__main__":
    main()
