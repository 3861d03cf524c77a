# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs contractions of bytes of awkward and random sizes and compares them, bit for bit, with sums of integers.
"""integers.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER LEVEL"""
import os
import pathlib
import sys

BIN, SOURCE, WORK, LEVEL = sys.argv[1:5]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import peers  # noqa: E402

TYPES = {"u8": np.uint8, "s8": np.int8}


def convolve(x, w, strides, pads, groups):
    """The convolution of ONNX in 64-bit integers."""
    rank, taps = x.ndim - 2, w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0)] + [(pads[i], pads[i + rank]) for i in range(rank)])
    sizes = [(padded.shape[i + 2] - taps[i]) // strides[i] + 1 for i in range(rank)]
    out = np.zeros((x.shape[0], w.shape[0], *sizes), np.int64)
    features, channels = w.shape[0] // groups, w.shape[1]
    for tap in np.ndindex(*taps):
        window = tuple(slice(tap[i], tap[i] + (sizes[i] - 1) * strides[i] + 1, strides[i]) for i in range(rank))
        part = padded[(slice(None), slice(None)) + window]
        for g in range(groups):
            f, c = slice(g * features, (g + 1) * features), slice(g * channels, (g + 1) * channels)
            out[:, f] += np.einsum("nc...,fc->nf...", part[:, c], w[f][(slice(None), slice(None)) + tap])
    return out


class Cases:
    """Nodes of one model, each with an input of its own, and what they must give."""

    def __init__(self, rng):
        self.rng, self.nodes, self.weights, self.inputs, self.outputs = rng, [], [], [], []
        self.feeds, self.wanted = {}, {}

    def bytes(self, kind, shape):
        info = np.iinfo(TYPES[kind])
        return self.rng.integers(info.min, info.max + 1, shape).astype(TYPES[kind])

    def weight(self, name, value):
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def source(self, name, value, dims=None):
        self.inputs.append(helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), dims or value.shape))
        self.feeds[name] = value
        return name

    def result(self, name, value, kind):
        self.outputs.append(helper.make_tensor_value_info(name, kind, [None] * value.ndim))
        self.wanted[name] = value

    def operands(self, name, types, left, right, dims, zeros, is_run_time):
        """Names and values of both sides and their zero points; those of the right side lie along its channels."""
        x, w = self.bytes(types[0], left), self.bytes(types[1], right)
        xz, wz = self.bytes(types[0], ()), self.bytes(types[1], ())
        xz, wz = (xz if zeros[0] else xz * 0).astype(x.dtype), (wz if zeros[1] else wz * 0).astype(w.dtype)
        store = self.source if is_run_time else self.weight
        names = [self.source(name + "_x", x, dims), self.weight(name + "_w", w), store(name + "_xz", np.asarray(xz)),
                 self.weight(name + "_wz", wz)]
        return names, x.astype(np.int64) - int(xz), w.astype(np.int64) - int(wz)

    def conv(self, types, shape, features, taps, strides=None, pads=None, groups=1, dims=None, zeros=(True, False), is_run_time=False):
        rank, name = len(taps), f"conv{len(self.nodes)}"
        strides, pads = strides or [1] * rank, pads or [0] * 2 * rank
        names, x, w = self.operands(name, types, shape, (features, shape[1] // groups, *taps), dims, zeros, is_run_time)
        self.nodes.append(helper.make_node("ConvInteger", names, [name], strides=strides, pads=pads, group=groups, kernel_shape=taps))
        self.result(name, convolve(x, w, strides, pads, groups).astype(np.int32), TensorProto.INT32)

    def matmul(self, types, left, right, dims=None, zeros=(True, False), is_run_time=False):
        name = f"matmul{len(self.nodes)}"
        names, x, w = self.operands(name, types, left, right, dims, zeros, is_run_time)
        self.nodes.append(helper.make_node("MatMulInteger", names, [name]))
        self.result(name, (x @ w).astype(np.int32), TensorProto.INT32)

    def quantized_conv(self, types, shape, features, taps, pads, groups=1, is_relu=False):
        """Dequantise, convolve, add the bias, perhaps clip, quantise: the factor of a channel is sx * sw / sy in f32."""
        name, x = f"quantized{len(self.nodes)}", self.bytes(types[0], shape)
        w, xz, yz = self.bytes(types[1], (features, shape[1] // groups, *taps)), self.bytes(types[0], ()), self.bytes("u8", ())
        if types[1] == "s8":
            w = np.maximum(w, -127)
        sx, sy = np.float32(0.043), np.float32(w[0].size * 1.7)
        sw = self.rng.uniform(0.5, 2, features).astype(np.float32)
        bias = self.rng.integers(-3000, 3000, features).astype(np.int32)
        wz = np.zeros(features, w.dtype)
        names = {k: self.weight(f"{name}_{k}", v) for k, v in
                 dict(w=w, sw=sw, wz=wz, b=bias, sb=sx * sw, zb=np.zeros(features, np.int32), sx=sx, xz=xz, sy=sy, yz=yz,
                      lo=np.float32(0), hi=np.float32(6)).items()}

        def node(kind, inputs, output, **attributes):
            self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
            return output

        dx = node("DequantizeLinear", [self.source(name + "_x", x), names["sx"], names["xz"]], name + "_dx")
        dw = node("DequantizeLinear", [names["w"], names["sw"], names["wz"]], name + "_dw", axis=0)
        db = node("DequantizeLinear", [names["b"], names["sb"], names["zb"]], name + "_db", axis=0)
        y = node("Conv", [dx, dw, db], name + "_y", pads=pads, group=groups, kernel_shape=taps)
        if is_relu:
            y = node("Clip", [y, names["lo"], names["hi"]], name + "_r")
        node("QuantizeLinear", [y, names["sy"], names["yz"]], name)
        total = convolve(x.astype(np.int64) - int(xz), w.astype(np.int64), [1, 1], pads, groups) + bias.reshape(1, -1, 1, 1)
        factor = ((sw * sx).astype(np.float32) / sy).astype(np.float32).reshape(1, -1, 1, 1)
        value = total.astype(np.float32) * factor
        if is_relu:
            value = np.clip(value, np.float32(0), np.float32(6) / sy)
        self.result(name, np.clip(np.rint(value) + int(yz), 0, 255).astype(np.uint8), TensorProto.UINT8)


def make_cases():
    rng = np.random.default_rng(11)
    cases = Cases(rng)
    for types in (("u8", "s8"), ("s8", "s8"), ("u8", "u8"), ("s8", "u8")):
        # Borders with a zero point around the input, remainders of pixels and channels, channels that are no whole groups of 4.
        cases.conv(types, (2, 8, 9, 10), 40, (3, 3), pads=[1, 1, 1, 1])
        cases.conv(types, (1, 3, 15, 16), 33, (3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
        cases.conv(types, (1, 16, 11, 13), 20, (1, 1))
        cases.conv(types, (1, 16, 5, 6), 20, (1, 1), pads=[0, 0, 2, 1], zeros=(True, True))
        cases.conv(types, (1, 4, 5, 5), 17, (3, 3), pads=[4, 4, 4, 4], zeros=(True, True))
        cases.conv(types, (1, 8, 6, 21), 16, (3, 3), pads=[1, 1, 1, 1], dims=("n", 8, "h", "w") if types[0] == "u8" else None)
        cases.conv(types, (1, 37, 9, 18), 37, (3, 3), pads=[1, 1, 1, 1], groups=37)
        cases.matmul(types, (5, 64), (64, 130))
        cases.matmul(types, (7, 33), (33, 50), zeros=(True, True))
        cases.matmul(types, (2, 3, 68), (68, 48), is_run_time=True)
    cases.conv(("u8", "s8"), (1, 16, 7, 7), 24, (3, 3), strides=[2, 1], pads=[1, 0, 1, 1], groups=2)
    cases.conv(("u8", "s8"), (1, 8, 40), 20, (5,), pads=[2, 2])
    cases.conv(("u8", "s8"), (1, 36, 9, 21), 36, (5, 5), strides=[2, 2], pads=[2, 2, 2, 2], groups=36, dims=("n1", 36, "h1", "w1"))
    cases.conv(("s8", "s8"), (1, 8, 9, 9), 8, (3, 3), pads=[1, 1, 1, 1], is_run_time=True)
    # No rows, one row, one step, one column; just more than a tile.
    cases.matmul(("u8", "s8"), (0, 16), (16, 32), dims=("m0", 16))
    cases.matmul(("s8", "s8"), (1, 1), (1, 1))
    for rows in (1, 2, 3, 6, 7, 9, 13, 15):
        cases.matmul(("u8", "s8"), (rows, 36), (36, 65), dims=(f"m{rows}", 36))
    for _ in range(6):
        m, k, n = (int(size) for size in rng.integers(1, 150, 3))
        cases.matmul(("u8" if rng.integers(2) else "s8", "s8"), (m, k), (k, n))
    for types in (("u8", "s8"), ("s8", "s8")):
        cases.quantized_conv(types, (1, 12, 9, 10), 35, (3, 3), [1, 1, 1, 1])
        cases.quantized_conv(types, (1, 20, 7, 9), 16, (1, 1), [0, 0, 0, 0], is_relu=True)
        cases.quantized_conv(types, (1, 19, 8, 17), 19, (3, 3), [1, 1, 1, 1], groups=19, is_relu=True)
    return cases


def main():
    work = pathlib.Path(WORK)
    work.mkdir(parents=True, exist_ok=True)
    cases = make_cases()
    graph = helper.make_graph(cases.nodes, "integers", cases.inputs, cases.outputs, cases.weights)
    model, artifact = work / "integers.onnx", work / "integers.weft"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), model)
    peers.compile_model(model, artifact, f"--cpu={LEVEL}")
    for threads in (1, 3):
        found = peers.run_artifact(artifact, cases.feeds, list(cases.wanted), work, "--threads", threads)
        for name, wanted in cases.wanted.items():
            if found[name].shape != wanted.shape:
                raise peers.Failed(f"{name}: expected shape {wanted.shape}, but got {found[name].shape}")
            if not np.array_equal(found[name], wanted):
                wrong = np.argwhere(found[name] != wanted)
                at = tuple(wrong[0])
                raise peers.Failed(f"{name}: {len(wrong)} of {wanted.size} wrong, first at {at}: {found[name][at]}, not {wanted[at]}")
    print(f"{len(cases.wanted)} contractions of bytes right")


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"integers: {failure}")
