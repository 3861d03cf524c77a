# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Random nodes of com.microsoft operators, for tools/dev/fuzz-contrib: plain, quantised and block-quantised ones.
import numpy as np

FAMILIES = {}


def family(function):
    FAMILIES[function.__name__] = function
    return function


class Case:
    """One node. Inputs are arrays, None where absent; `fixed` numbers are initialisers; `expected` replaces ONNX Runtime where it has no
    kernel for the CPU, `oracle` are inputs of an equal node where it has one for those only; `quantum` is how far integers may be apart."""

    def __init__(self, op, inputs, fixed=(), outputs=1, expected=None, oracle=None, quantum=0, opset=21, domain="com.microsoft",
                 **attributes):
        self.op, self.fixed, self.outputs, self.expected = op, set(fixed), outputs, expected
        self.inputs = [x if x is None else np.asarray(x) for x in inputs]
        self.oracle, self.quantum, self.opset, self.domain = oracle, quantum, opset, domain
        self.attributes = {key: value for key, value in attributes.items() if value is not None}

    def describe(self):
        shapes = " ".join("-" if x is None else x.dtype.name + str(list(x.shape)) for x in self.inputs)
        return f"{self.op} {shapes} {self.attributes or ''}"


class Draw:
    """Random sizes and arrays."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def pick(self, *items):
        return items[int(self.rng.integers(len(items)))]

    def flip(self, chance=0.5):
        return bool(self.rng.random() < chance)

    def size(self, least=1, most=9):
        return int(self.rng.integers(least, most + 1))

    def floats(self, *shape, scale=1.0):
        return (self.rng.standard_normal(shape) * scale).astype(np.float32)

    def positive(self, *shape):
        return self.rng.uniform(0.01, 0.1, shape).astype(np.float32)

    def ints(self, low, high, shape, dtype):
        return self.rng.integers(low, high, shape).astype(dtype)

    def bytes(self, *shape, signed=False):
        return self.ints(-128, 128, shape, np.int8) if signed else self.ints(0, 256, shape, np.uint8)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# Activations and normalisation


@family
def BiasGelu(d):
    width = d.size(1, 20)
    return Case("BiasGelu", [d.floats(d.size(), d.size(), width), d.floats(width)])


@family
def Gelu(d):
    return Case("Gelu", [d.floats(d.size(), d.size(1, 30))])


@family
def FastGelu(d):
    width = d.size(1, 20)
    return Case("FastGelu", [d.floats(d.size(), width)] + ([d.floats(width)] if d.flip() else []))


@family
def QuickGelu(d):
    return Case("QuickGelu", [d.floats(d.size(), d.size(1, 30))], alpha=d.pick(None, 1.0, 1.5))


@family
def BiasSplitGelu(d):
    from math import erf

    x, bias = d.floats(2, d.size(), 2 * (half := d.size())), d.floats(2 * half)
    left, right = np.split(x + bias, 2, axis=-1)
    gelu = 0.5 * right * (1 + np.vectorize(erf)(right / np.sqrt(2)))
    return Case("BiasSplitGelu", [x, bias], expected=[(left * gelu).astype(np.float32)])


@family
def BiasAdd(d):
    x, skip = d.floats(2, 3, 5), d.floats(2, 3, 5)
    bias = d.floats(5)
    return Case("BiasAdd", [x, bias, skip], expected=[x + bias + skip])


@family
def BiasSoftmax(d):
    b, s, t = d.size(1, 3), d.size(1, 5), d.size(1, 9)
    inner = d.flip()
    x, bias = d.floats(b, 2, s, t), d.floats(b, 1, 1, t) if inner else d.floats(1, 1, s, t)
    exp = np.exp(x + bias - (x + bias).max(3, keepdims=True))
    return Case("BiasSoftmax", [x, bias], axis=3, is_inner_broadcast=int(inner), expected=[exp / exp.sum(3, keepdims=True)])


def group_norm(x, gamma, beta, groups, epsilon, last, activation):
    channels = np.moveaxis(x, -1, 1) if last else x
    split = channels.reshape(x.shape[0], groups, -1).astype(np.float64)
    split = (split - split.mean(2, keepdims=True)) / np.sqrt(split.var(2, keepdims=True) + epsilon)
    shape = (1, -1) + (1,) * (x.ndim - 2)
    y = split.reshape(channels.shape) * gamma.reshape(shape) + beta.reshape(shape)
    y = y * sigmoid(y) if activation else y
    return (np.moveaxis(y, 1, -1) if last else y).astype(np.float32)


@family
def GroupNorm(d):
    groups, last, activation = d.pick(1, 2, 4), d.flip(), d.pick(0, 1)
    channels, h, w = groups * d.size(1, 4), d.size(), d.size()
    x = d.floats(*((2, h, w, channels) if last else (2, channels, h, w)))
    gamma, beta = d.floats(channels), d.floats(channels)
    return Case("GroupNorm", [x, gamma, beta], groups=groups, activation=activation, channels_last=int(last), epsilon=1e-5,
                expected=[group_norm(x, gamma, beta, groups, 1e-5, last, activation)])


@family
def SkipGroupNorm(d):
    groups, activation = d.pick(1, 2), d.pick(0, 1)
    channels, h, w = groups * d.size(1, 4), d.size(), d.size()
    x, gamma, beta, bias = d.floats(2, h, w, channels), d.floats(channels), d.floats(channels), d.floats(channels)
    skip = d.floats(*d.pick((2, h, w, channels), (2, 1, 1, channels), (2, channels)))
    total = x + (skip[:, None, None] if skip.ndim == 2 else skip) + bias
    return Case("SkipGroupNorm", [x, gamma, beta, skip, bias], groups=groups, activation=activation, outputs=2,
                expected=[group_norm(total, gamma, beta, groups, 1e-5, True, activation), total])


@family
def SkipLayerNormalization(d):
    width = d.size(2, 20)
    x = d.floats(2, d.size(), width)
    inputs = [x, d.floats(*x.shape), d.floats(width), d.floats(width) if d.flip() else None, d.floats(width) if d.flip() else None]
    return Case("SkipLayerNormalization", inputs, outputs=d.pick(1, (0, 3)), epsilon=1e-5)


@family
def SkipSimplifiedLayerNormalization(d):
    width = d.size(2, 20)
    x = d.floats(2, d.size(), width)
    return Case("SkipSimplifiedLayerNormalization", [x, d.floats(*x.shape), d.floats(width), d.floats(width) if d.flip() else None],
                outputs=d.pick(1, (0, 3)), epsilon=1e-5)


@family
def SimplifiedLayerNormalization(d):
    width = d.size(2, 20)
    return Case("SimplifiedLayerNormalization", [d.floats(2, d.size(), width), d.floats(width)], domain="", axis=-1, epsilon=1e-5)


@family
def EmbedLayerNormalization(d):
    width, words, b, s = d.size(2, 16), 11, d.size(1, 3), d.size(1, 7)
    ids, segments = d.ints(0, words, (b, s), np.int32), d.ints(0, 2, (b, s), np.int32)
    use = d.flip()
    mask = d.ints(0, 2, (b, s), np.int32) if d.flip() else None
    inputs = [ids, segments if use else None, d.floats(words, width), d.floats(9, width), d.floats(2, width) if use else None,
              d.floats(width), d.floats(width), mask]
    return Case("EmbedLayerNormalization", inputs, outputs=2, epsilon=1e-5)


# Products


@family
def FusedMatMul(d):
    m, k, n = d.size(), d.size(), d.size()
    a, b = d.floats(2, 3, m, k), d.floats(2, 3, k, n)
    flags = {"transA": d.pick(0, 1), "transB": d.pick(0, 1)}
    if flags["transA"]:
        a = a.swapaxes(2, 3).copy()
    if flags["transB"]:
        b = b.swapaxes(2, 3).copy()
    if d.flip():
        # [rows, batch.., columns]
        flags |= {"transBatchA": 1, "transBatchB": 1}
        a, b = np.moveaxis(a, 2, 0).copy(), np.moveaxis(b, 2, 0).copy()
    return Case("FusedMatMul", [a, b], alpha=d.pick(None, 0.5), **flags)


@family
def TransposeMatMul(d):
    m, k, n = d.size(), d.size(), d.size()
    return Case("TransposeMatMul", [d.floats(k, m), d.floats(k, n)], transA=1, alpha=d.pick(None, 2.0))


@family
def FusedGemm(d):
    m, k, n = d.size(), d.size(), d.size()
    name = d.pick("Relu", "Tanh", "Sigmoid", "LeakyRelu")
    return Case("FusedGemm", [d.floats(m, k), d.floats(n, k), d.floats(*d.pick((n,), (m, 1), (m, n)))], transB=1, alpha=0.5, beta=2.0,
                activation=name, activation_alpha=0.1 if name == "LeakyRelu" else None)


@family
def FusedConv(d):
    c, f, k = d.size(1, 5), d.size(1, 5), d.pick(1, 3)
    x, size = d.floats(1, c, 7, 6), (1, f, 7, 6)
    name = d.pick("Relu", "Tanh", "Sigmoid", "LeakyRelu", "Clip")
    params = {"LeakyRelu": [0.2], "Clip": [-0.5, 0.5]}.get(name)
    inputs = [x, d.floats(f, c, k, k), d.floats(f)] + ([d.floats(*size)] if d.flip() else [])
    return Case("FusedConv", inputs, fixed=[1, 2], pads=[k // 2] * 4, activation=name, activation_params=params)


@family
def MatMulIntegerToFloat(d):
    m, k, n = d.size(), d.size(1, 20), d.size()
    signed, columns = d.flip(), d.flip()
    shape = (n,) if columns else ()
    inputs = [d.bytes(m, k), d.bytes(k, n, signed=signed), d.positive(), d.positive(*shape), d.bytes() if d.flip() else None,
              d.bytes(*shape, signed=signed) if d.flip() else None, d.floats(n) if d.flip() else None]
    return Case("MatMulIntegerToFloat", inputs)


@family
def DynamicQuantizeMatMul(d):
    m, k, n = d.size(), d.size(1, 20), d.size()
    signed, columns = d.flip(), d.flip()
    shape = (n,) if columns else ()
    inputs = [d.floats(m, k), d.bytes(k, n, signed=signed), d.positive(*shape), d.bytes(*shape, signed=signed) if d.flip() else None,
              d.floats(n) if d.flip() else None]
    return Case("DynamicQuantizeMatMul", inputs)


@family
def QGemm(d):
    m, k, n = d.size(), d.size(1, 20), d.size()
    ta, tb, columns, signed = d.pick(0, 1), d.pick(0, 1), d.flip(), d.flip()
    shape = (n,) if columns else ()
    inputs = [d.bytes(*((k, m) if ta else (m, k))), d.positive(), d.bytes(), d.bytes(*((n, k) if tb else (k, n)), signed=signed),
              d.positive(*shape), d.bytes(*shape, signed=signed), d.ints(-900, 900, (n,), np.int32) if d.flip() else None]
    if d.flip():
        inputs += [d.positive() * 30, d.bytes()]
    return Case("QGemm", inputs, transA=ta, transB=tb, alpha=d.pick(None, 0.5), quantum=1)


# Quantised elementwise, pooling


def quantized(d, *shape, signed=False):
    return [d.bytes(*shape, signed=signed), d.positive(), d.bytes(signed=signed)]


def binary(op):
    def make(d):
        signed = d.flip()
        x, y = d.pick(((3, 4, 5), (3, 4, 5)), ((3, 4, 5), (5,)), ((3, 1, 5), (4, 1)))
        return Case(op, quantized(d, *x, signed=signed) + quantized(d, *y, signed=signed) + [d.positive() * 2, d.bytes(signed=signed)],
                    quantum=1)

    make.__name__ = op
    return family(make)


binary("QLinearAdd")
binary("QLinearMul")


def unary(op, **attributes):
    def make(d):
        signed = d.flip()
        scale = np.float32(1 / 256) if op != "QLinearLeakyRelu" else d.positive()
        return Case(op, quantized(d, 3, d.size(), d.size(), signed=signed) + [np.asarray(scale), d.bytes(signed=signed)], quantum=1,
                    **attributes)

    make.__name__ = op
    return family(make)


unary("QLinearSigmoid")
unary("QLinearLeakyRelu", alpha=0.1)


@family
def QLinearSoftmax(d):
    signed = d.flip()
    zero = np.asarray(-128, np.int8) if signed else np.asarray(0, np.uint8)
    return Case("QLinearSoftmax", [*quantized(d, 3, 4, d.size(2, 12), signed=signed), np.asarray(np.float32(1 / 256)), zero],
                opset=13, quantum=1, axis=d.pick(-1, 1, 2), **{"opset_": d.pick(11, 13)})


@family
def QLinearWhere(d):
    signed = d.flip()
    cond = d.ints(0, 2, (3, 4, 5), bool)
    return Case("QLinearWhere", [cond, *quantized(d, 3, 4, 5, signed=signed), *quantized(d, 4, 1, signed=signed), d.positive(),
                                 d.bytes(signed=signed)], quantum=1)


@family
def QLinearConcat(d):
    parts = [quantized(d, 2, d.size(), 3) for _ in range(d.size(2, 4))]
    return Case("QLinearConcat", [d.positive(), d.bytes(), *[x for part in parts for x in part]], axis=1, quantum=1)


@family
def QLinearGlobalAveragePool(d):
    last = d.pick(0, 1)
    return Case("QLinearGlobalAveragePool", [*quantized(d, 2, d.size(), d.size(), d.size()), d.positive(), d.bytes()], channels_last=last,
                quantum=1)


@family
def QLinearAveragePool(d):
    last = d.pick(0, 1)
    shape = (1, 7, 8, 3) if last else (1, 3, 7, 8)
    return Case("QLinearAveragePool", [*quantized(d, *shape), d.positive(), d.bytes()], kernel_shape=[d.size(1, 3), d.size(2, 3)],
                strides=[d.size(1, 2), 1], pads=[0, d.size(0, 1), 0, 1], channels_last=last, ceil_mode=d.pick(0, 1),
                count_include_pad=d.pick(0, 1), quantum=1)


@family
def NhwcMaxPool(d):
    return Case("NhwcMaxPool", [d.bytes(1, 7, 8, d.size(1, 20), signed=d.flip())], kernel_shape=[3, 2], strides=[d.size(1, 2), 1],
                pads=[1, 0, d.size(0, 1), 0], ceil_mode=d.pick(0, 1))


@family
def QLinearConv(d):
    c, f, last, signed = d.size(1, 5), d.size(1, 5), d.pick(0, 1), d.flip()
    shape = (1, 6, 7, c) if last else (1, c, 6, 7)
    columns = d.flip()
    scale = d.positive(f) if columns else d.positive()
    zero = np.zeros(f, np.int8) if columns else d.bytes(signed=True)
    inputs = [*quantized(d, *shape), d.bytes(f, c, 3, 3, signed=True), scale, zero, d.positive() * 10, d.bytes()]
    if d.flip():
        inputs.append(d.ints(-500, 500, (f,), np.int32))
    return Case("QLinearConv", inputs, fixed=range(3, 9), pads=[1, 1, 1, 1], strides=[d.size(1, 2)] * 2, channels_last=last, quantum=1)


def convert(op):
    def make(d):
        dtype = d.pick(np.uint8, np.int8, np.uint16, np.int16)
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        axis = d.pick(None, 0, 1)
        shape = () if axis is None else (4,) if axis == 0 else (5,)
        scale, zero = d.positive(*shape), d.ints(low, high, shape, dtype)
        x = d.floats(4, 5, scale=3) if op == "QuantizeLinear" else d.ints(low, high, (4, 5), dtype)
        return Case(op, [x, scale, zero], axis=axis)

    make.__name__ = op
    return family(make)


convert("QuantizeLinear")
convert("DequantizeLinear")


# Blocks


@family
def MatMulNBits(d):
    bits, block, m, n = d.pick(2, 4, 8), d.pick(16, 32, 64), d.size(1, 5), d.size(1, 20)
    k = d.size(1, 130)
    if bits == 2:
        # ONNX Runtime takes 2 bits only in whole blocks.
        k = block * d.size(1, 3)
    blocks = -(-k // block)
    zero = None
    if d.flip():
        zero = d.ints(0, 256, (n, -(-blocks * bits // 8)), np.uint8)
    inputs = [d.floats(m, k), d.ints(0, 256, (n, blocks, block * bits // 8), np.uint8), d.positive(n, blocks), zero]
    if bits == 4 and d.flip(0.3):
        inputs.append((d.rng.permutation(blocks * block) // block).astype(np.int32))
        inputs[3] = None if inputs[3] is None else inputs[3]
    return Case("MatMulNBits", inputs, fixed=range(1, 5), K=k, N=n, bits=bits, block_size=block)


@family
def MatMulBnb4(d):
    block, m = d.pick(16, 32, 64), d.size(1, 5)
    n, k = d.size(1, 8) * 2, d.size(1, 60)
    return Case("MatMulBnb4", [d.floats(m, k), d.ints(0, 256, ((n * k + 1) // 2,), np.uint8), d.positive(-(-n * k // block))], fixed=[1, 2],
                K=k, N=n, block_size=block, quant_type=d.pick(0, 1))


@family
def GatherBlockQuantized(d):
    bits, block, rows, width = d.pick(4, 8), 16, d.size(2, 9), 16 * d.size(1, 4)
    data = d.ints(0, 256, (rows, width * bits // 8), np.uint8)
    zero = d.ints(0, 256, (rows, -(-(width // block) * bits // 8)), np.uint8) if d.flip() else None
    ids = d.ints(-rows, rows, d.pick((3,), (2, 3), (1,)), d.pick(np.int32, np.int64))
    return Case("GatherBlockQuantized", [data, ids, d.positive(rows, width // block), zero], fixed=[0, 2, 3], bits=bits, block_size=block,
                gather_axis=0, quantize_axis=1)


@family
def Trilu(d):
    return Case("Trilu", [d.floats(2, d.size(), d.size())] + ([np.asarray(d.size(0, 3) - 1, np.int64)] if d.flip() else []),
                upper=d.pick(0, 1))
