# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A llama2.c checkpoint as an ONNX model with a key-value cache, its tokenizer, and greedy decoding.
import dataclasses
import struct

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BEGIN = 1  # token that begins every text
EPSILON = 1e-5  # of RMSNorm, as in llama2.c


@dataclasses.dataclass
class Config:
    dim: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    vocab: int
    length: int

    @property
    def head_size(self):
        return self.dim // self.heads


def read_checkpoint(path):
    """Returns (Config, name -> array). Errors: ValueError when the sizes in the header do not add up to the file's size."""
    data = path.read_bytes()
    header = struct.unpack("7i", data[:28])
    config = Config(*header)
    shared = config.vocab > 0  # a negative vocabulary says that the classifier has weights of its own
    config.vocab = abs(config.vocab)
    d, h, n, v = config.dim, config.hidden, config.layers, config.vocab
    kv = config.kv_heads * config.head_size
    half = config.head_size // 2
    layout = [("embedding", (v, d)), ("attention_norm", (n, d)), ("wq", (n, d, d)), ("wk", (n, kv, d)), ("wv", (n, kv, d)),
              ("wo", (n, d, d)), ("ffn_norm", (n, d)), ("w1", (n, h, d)), ("w2", (n, d, h)), ("w3", (n, h, d)),
              ("final_norm", (d,)), ("cos", (config.length, half)), ("sin", (config.length, half))]
    if not shared:
        layout.append(("classifier", (v, d)))
    values = np.frombuffer(data, np.float32, offset=28)
    expected = sum(int(np.prod(shape)) for _, shape in layout)
    if min(header[:5]) <= 0 or expected != len(values):
        raise ValueError(f"expected {expected} weights for {config}, but the file holds {len(values)}")
    weights, at = {}, 0
    for name, shape in layout:
        count = int(np.prod(shape))
        weights[name] = values[at:at + count].reshape(shape)
        at += count
    if shared:
        weights["classifier"] = weights["embedding"]
    return config, weights


class Graph:
    """Nodes and initializers in the order they are made; equal small constants are made once."""

    def __init__(self):
        self.nodes, self.initializers, self.small = [], [], {}

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def ints(self, *values):
        key = ("ints",) + values
        if key not in self.small:
            self.small[key] = self.constant("int_" + "_".join(map(str, values)).replace("-", "m"), np.array(values, np.int64))
        return self.small[key]

    def number(self, value, dtype=np.float32):
        key = (value, dtype)
        if key not in self.small:
            self.small[key] = self.constant(f"const_{len(self.small)}", np.array(value, dtype))
        return self.small[key]

    def node(self, op, inputs, name, output=None, **attributes):
        output = output or name + "_out"
        self.nodes.append(helper.make_node(op, inputs, [output], name, **attributes))
        return output


def rms_norm(g, x, weight, name):
    square = g.node("Pow", [x, g.number(2.0)], f"{name}/pow")
    mean = g.node("ReduceMean", [square], f"{name}/mean", axes=[-1], keepdims=1)
    root = g.node("Sqrt", [g.node("Add", [mean, g.number(EPSILON)], f"{name}/eps")], f"{name}/sqrt")
    normal = g.node("Div", [x, root], f"{name}/div")
    return g.node("Mul", [normal, g.constant(f"{name}.weight", weight)], f"{name}/scale")


def linear(g, x, weight, name):
    """x [..., I] times weight [O, I] transposed."""
    return g.node("MatMul", [x, g.constant(f"{name}.weight", weight.T)], f"{name}/matmul")


def split_heads(g, x, heads, size, name):
    """[batch, seq, heads * size] -> [batch, heads, seq, size]."""
    shaped = g.node("Reshape", [x, g.ints(0, 0, heads, size)], f"{name}/split")
    return g.node("Transpose", [shaped], f"{name}/heads", perm=[0, 2, 1, 3])


def rotate(g, x, cos, sin, heads, size, name):
    """Rotary embedding of adjacent pairs. x [batch, heads, seq, size]; cos, sin [seq, size / 2]."""
    pairs = g.node("Reshape", [x, g.ints(0, heads, -1, size // 2, 2)], f"{name}/pairs")
    even = g.node("Gather", [pairs, g.number(0, np.int64)], f"{name}/even", axis=4)
    odd = g.node("Gather", [pairs, g.number(1, np.int64)], f"{name}/odd", axis=4)
    first = g.node("Sub", [g.node("Mul", [even, cos], f"{name}/ec"), g.node("Mul", [odd, sin], f"{name}/os")], f"{name}/first")
    second = g.node("Add", [g.node("Mul", [even, sin], f"{name}/es"), g.node("Mul", [odd, cos], f"{name}/oc")], f"{name}/second")
    parts = [g.node("Unsqueeze", [part, g.ints(-1)], f"{name}/stack{i}") for i, part in enumerate((first, second))]
    stacked = g.node("Concat", parts, f"{name}/interleave", axis=-1)
    return g.node("Reshape", [stacked, g.ints(0, heads, -1, size)], f"{name}/join")


def repeat_heads(g, x, kv_heads, times, size, name):
    """[batch, kv_heads, total, size] -> [batch, kv_heads * times, total, size], each head `times` in a row."""
    if times == 1:
        return x
    apart = g.node("Unsqueeze", [x, g.ints(2)], f"{name}/apart")
    wide = g.node("Expand", [apart, g.ints(1, 1, times, 1, 1)], f"{name}/expand")
    return g.node("Reshape", [wide, g.ints(0, kv_heads * times, -1, size)], f"{name}/repeat")


def positions_and_mask(g, config):
    """Angles of the new positions as (cos, sin) [seq, size / 2], and the causal mask [seq, past + seq] to be added."""
    seq = g.node("Gather", [g.node("Shape", ["input_ids"], "ids/shape"), g.number(1, np.int64)], "seq", axis=0)
    past = g.node("Gather", [g.node("Shape", ["past_key.0"], "past/shape"), g.number(2, np.int64)], "past", axis=0)
    total = g.node("Add", [past, seq], "total")
    one = g.number(1, np.int64)
    rows = g.node("Range", [past, total, one], "rows")
    columns = g.node("Range", [g.number(0, np.int64), total, one], "columns")
    later = g.node("Greater", [columns, g.node("Unsqueeze", [rows, g.ints(1)], "rows/column")], "later")
    mask = g.node("Where", [later, g.number(-1e9), g.number(0.0)], "mask")
    size = config.head_size
    rates = (1.0 / 10000.0 ** (np.arange(0, size, 2, dtype=np.float64) / size)).astype(np.float32)
    times = g.node("Unsqueeze", [g.node("Cast", [rows], "rows/float", to=TensorProto.FLOAT), g.ints(1)], "rows/float_column")
    angles = g.node("Mul", [times, g.constant("rotary_rates", rates[None])], "angles")
    return g.node("Cos", [angles], "cos"), g.node("Sin", [angles], "sin"), mask


def attention(g, x, config, weights, layer, angles, mask):
    name, size, times = f"layer{layer}/attention", config.head_size, config.heads // config.kv_heads
    q = split_heads(g, linear(g, x, weights["wq"][layer], f"{name}/q"), config.heads, size, f"{name}/q")
    k = split_heads(g, linear(g, x, weights["wk"][layer], f"{name}/k"), config.kv_heads, size, f"{name}/k")
    v = split_heads(g, linear(g, x, weights["wv"][layer], f"{name}/v"), config.kv_heads, size, f"{name}/v")
    q = rotate(g, q, *angles, config.heads, size, f"{name}/q_rope")
    k = rotate(g, k, *angles, config.kv_heads, size, f"{name}/k_rope")
    k = g.node("Concat", [f"past_key.{layer}", k], f"{name}/cache_key", f"present_key.{layer}", axis=2)
    v = g.node("Concat", [f"past_value.{layer}", v], f"{name}/cache_value", f"present_value.{layer}", axis=2)
    k = repeat_heads(g, k, config.kv_heads, times, size, f"{name}/k_all")
    v = repeat_heads(g, v, config.kv_heads, times, size, f"{name}/v_all")
    turned = g.node("Transpose", [k], f"{name}/k_turned", perm=[0, 1, 3, 2])
    scores = g.node("MatMul", [q, turned], f"{name}/scores")
    scaled = g.node("Div", [scores, g.number(float(np.sqrt(size)))], f"{name}/scaled")
    shares = g.node("Softmax", [g.node("Add", [scaled, mask], f"{name}/masked")], f"{name}/softmax", axis=-1)
    mixed = g.node("Transpose", [g.node("MatMul", [shares, v], f"{name}/mix")], f"{name}/back", perm=[0, 2, 1, 3])
    merged = g.node("Reshape", [mixed, g.ints(0, 0, config.dim)], f"{name}/merge")
    return linear(g, merged, weights["wo"][layer], f"{name}/out")


def feed_forward(g, x, weights, layer):
    name = f"layer{layer}/ffn"
    gate = linear(g, x, weights["w1"][layer], f"{name}/gate")
    silu = g.node("Mul", [gate, g.node("Sigmoid", [gate], f"{name}/sigmoid")], f"{name}/silu")
    product = g.node("Mul", [silu, linear(g, x, weights["w3"][layer], f"{name}/up")], f"{name}/product")
    return linear(g, product, weights["w2"][layer], f"{name}/down")


def build(config, weights):
    """The ONNX model; see make-stories for its signature."""
    g = Graph()
    cos, sin, mask = positions_and_mask(g, config)
    x = g.node("Gather", [g.constant("embedding.weight", weights["embedding"]), "input_ids"], "embedding", axis=0)
    for layer in range(config.layers):
        normal = rms_norm(g, x, weights["attention_norm"][layer], f"layer{layer}/attention_norm")
        x = g.node("Add", [x, attention(g, normal, config, weights, layer, (cos, sin), mask)], f"layer{layer}/attention_add")
        normal = rms_norm(g, x, weights["ffn_norm"][layer], f"layer{layer}/ffn_norm")
        x = g.node("Add", [x, feed_forward(g, normal, weights, layer)], f"layer{layer}/ffn_add")
    x = rms_norm(g, x, weights["final_norm"], "final_norm")
    g.node("MatMul", [x, g.constant("classifier.weight", weights["classifier"].T)], "classifier", "logits")

    def value(name, shape, kind=TensorProto.FLOAT):
        return helper.make_tensor_value_info(name, kind, shape)

    caches = [f"{kind}.{layer}" for layer in range(config.layers) for kind in ("key", "value")]
    inputs = [value("input_ids", ["batch", "seq"], TensorProto.INT64)]
    inputs += [value("past_" + name, ["batch", config.kv_heads, "past", config.head_size]) for name in caches]
    outputs = [value("logits", ["batch", "seq", config.vocab])]
    outputs += [value("present_" + name, ["batch", config.kv_heads, "past + seq", config.head_size]) for name in caches]
    graph = helper.make_graph(g.nodes, "stories", inputs, outputs, g.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="make-stories")
    onnx.checker.check_model(model, full_check=True)
    return model


def empty_caches(config, batch=1):
    shape = (batch, config.kv_heads, 0, config.head_size)
    return {f"past_{kind}.{layer}": np.zeros(shape, np.float32) for layer in range(config.layers) for kind in ("key", "value")}


def decode_greedily(run, config, count):
    """`count` tokens after BEGIN, each the likeliest. run: inputs -> outputs, both name -> array."""
    caches, tokens = empty_caches(config), [BEGIN]
    for _ in range(count):
        outputs = run({"input_ids": np.array([[tokens[-1]]], np.int64), **caches})
        tokens.append(int(outputs["logits"][0, -1].argmax()))
        caches = {"past_" + name[len("present_"):]: array for name, array in outputs.items() if name.startswith("present_")}
    return tokens[1:]


def read_tokenizer(path, vocab):
    """Byte strings of the tokens."""
    data, at, pieces = path.read_bytes(), 4, []
    for _ in range(vocab):
        _, length = struct.unpack_from("fi", data, at)
        pieces.append(data[at + 8:at + 8 + length])
        at += 8 + length
    return pieces


def text(pieces, tokens):
    """The tokens as text; <0xNN> pieces are single bytes."""
    parts = []
    for token in tokens:
        piece = pieces[token]
        parts.append(bytes([int(piece[3:5], 16)]) if piece.startswith(b"<0x") and len(piece) == 6 else piece)
    return b"".join(parts).decode("utf-8", "replace").strip()
