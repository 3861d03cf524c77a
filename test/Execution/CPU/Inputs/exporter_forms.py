# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs what exporters take apart, compiled, interpreted before and after recognition, and in ONNX Runtime.
"""exporter_forms.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER: prints what was recognised; fails on the first result that differs."""
import os
import pathlib
import re
import sys

BIN, SOURCE, WORK = sys.argv[1:4]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import peers  # noqa: E402
from model_cases import compare  # noqa: E402

B, H, S, D = 2, 4, 8, 16  # batch, heads, positions, size of a head
LOWEST = float(np.finfo(np.float32).min)
# f32: constants of few digits (1.702, 0.797885, 0.16667) and sums of at most 64 products in another order.
TOLERANCE = {"rtol": 1e-4, "atol_of_largest": 3e-5}
PASSES = ("weft-infer-shapes,canonicalize,cse,weft-fold-constants,weft-infer-shapes,canonicalize,cse", "weft-recognize-ops,canonicalize,cse")


class Graph:
    """Nodes of one model; every input is a random tensor of f32."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.weights, self.inputs, self.outputs, self.feeds = [], [], [], [], {}

    def source(self, *shape):
        name = f"x{len(self.inputs)}"
        self.feeds[name] = self.rng.normal(0, 2, shape).astype(np.float32)
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def constant(self, array, dtype=np.float32):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array, dtype), name))
        return name

    def ints(self, *values):
        return self.constant(values, np.int64)

    def __getattr__(self, op):
        """g.Add(a, b): a node; numbers become constants."""
        def node(*operands, **attributes):
            names = [x if isinstance(x, str) else self.constant(x) for x in operands]
            out = f"n{len(self.nodes)}"
            self.nodes.append(helper.make_node(op, names, [out], **attributes))
            return out
        return node

    def result(self, name, value):
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))

    def model(self):
        graph = helper.make_graph(self.nodes, "forms", self.inputs, self.outputs, self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def mean(g, x):
    return g.ReduceMean(x, axes=[-1], keepdims=1)


def normalisations(g):
    x, gain, shift = g.source(B, S, 64), g.constant(g.rng.uniform(0.5, 1.5, 64)), g.constant(g.rng.normal(0, 1, 64))
    d = g.Sub(x, mean(g, x))
    y = g.Div(d, g.Sqrt(g.Add(mean(g, g.Pow(d, 2.0)), 1e-5)))
    g.result("layer_norm_torch", g.Add(g.Mul(y, gain), shift))
    x = g.source(B, S, 64)
    m = mean(g, x)
    again, square = g.Sub(x, m), g.Sub(m, x)
    g.result("layer_norm_two_differences", g.Mul(again, g.Reciprocal(g.Sqrt(g.Add(mean(g, g.Mul(square, square)), 1e-6)))))
    x = g.source(B, S, 64)
    m = mean(g, x)
    d = g.Sub(x, m)
    a = g.Mul(g.Reciprocal(g.Sqrt(g.Add(mean(g, g.Mul(d, d)), 1e-3))), gain)
    g.result("layer_norm_tensorflow", g.Add(g.Mul(x, a), g.Sub(shift, g.Mul(m, a))))
    x = g.source(B, S, 64)
    g.result("rms_norm_pow", g.Mul(gain, g.Mul(x, g.Pow(g.Add(mean(g, g.Pow(x, 2.0)), 1e-6), -0.5))))
    x = g.source(B, S, 64)
    total = g.Div(g.ReduceSum(g.Mul(x, x), g.ints(-1), keepdims=1), 64.0)
    g.result("rms_norm_sum", g.Div(x, g.Sqrt(g.Add(total, 1e-6))))


def activations(g):
    x = g.source(B, 64)
    g.result("gelu_erf", g.Mul(g.Mul(x, g.Add(g.Erf(g.Div(x, 1.4142135)), 1.0)), 0.5))
    x = g.source(B, 64)
    g.result("gelu_erf_half_first", g.Mul(g.Mul(0.5, x), g.Add(1.0, g.Erf(g.Mul(x, 0.70710677)))))
    x = g.source(B, 64)
    g.result("gelu_new", g.Mul(g.Mul(0.5, x), g.Add(1.0, g.Tanh(g.Mul(0.79788456, g.Add(x, g.Mul(0.044715, g.Pow(x, 3.0))))))))
    x = g.source(B, 64)
    line = g.Add(1.0, g.Mul(g.Mul(x, 0.044715), x))
    g.result("gelu_fast", g.Mul(g.Mul(x, 0.5), g.Add(g.Tanh(g.Mul(g.Mul(x, 0.79788456), line)), 1.0)))
    x = g.source(B, 64)
    g.result("gelu_quick", g.Mul(x, g.Sigmoid(g.Mul(x, 1.702))))
    x = g.source(B, 64)
    g.result("silu_quotient", g.Div(x, g.Add(1.0, g.Exp(g.Neg(x)))))
    x = g.source(B, 64)
    g.result("hard_swish_divided", g.Div(g.Mul(x, g.Clip(g.Add(x, 3.0), 0.0, 6.0)), 6.0))
    x = g.source(B, 64)
    g.result("hard_swish_multiplied", g.Mul(x, g.Mul(g.Clip(g.Add(x, 3.0), 0.0, 6.0), 0.16666667)))
    x = g.source(B, 64)
    g.result("hard_sigmoid", g.Div(g.Min(g.Max(g.Add(x, 3.0), 0.0), 6.0), 6.0))
    x = g.source(B, 64)
    g.result("mish", g.Mul(x, g.Tanh(g.Log(g.Add(g.Exp(x), 1.0)))))
    x = g.source(B, 64)
    g.result("softplus_threshold", g.Where(g.Greater(x, 20.0), x, g.Log(g.Add(1.0, g.Exp(x)))))
    x = g.source(B, 64)
    e = g.Exp(g.Sub(x, g.ReduceMax(x, axes=[1], keepdims=1)))
    g.result("softmax", g.Mul(e, g.Reciprocal(g.ReduceSum(e, g.ints(1), keepdims=1))))


def heads(g, count=H):
    """[B count S D] from [B S count*D], as exporters split them."""
    return g.Transpose(g.Reshape(g.source(B, S, count * D), g.ints(0, 0, count, D)), perm=[0, 2, 1, 3])


def turned(g, x):
    return g.Transpose(x, perm=[0, 1, 3, 2])


def slices(g, x, begin, end):
    return g.Slice(x, g.ints(begin), g.ints(end), g.ints(3))


def rotate(g, x, cos, sin, size=D):
    crossed = g.Concat(g.Neg(slices(g, x, size // 2, 2**62)), slices(g, x, 0, size // 2), axis=3)
    return g.Add(g.Mul(x, cos), g.Mul(crossed, sin))


def angles(g, size=D):
    """cos and sin [1 1 S size] of positions times rates, each twice, as PyTorch computes them."""
    rates = g.constant(10000.0 ** -(np.arange(0, size, 2) / size)[None])
    once = g.MatMul(g.constant(np.arange(S)[:, None]), rates)
    both = g.Concat(once, once, axis=-1)
    return [g.Unsqueeze(f(both), g.ints(0, 1)) for f in (g.Cos, g.Sin)]


def rotations(g):
    cos, sin = angles(g)
    g.result("rope_halves", rotate(g, heads(g), cos, sin))
    # A table of more positions, of which some are gathered.
    table = np.outer(np.arange(32), 10000.0 ** -(np.arange(0, D, 2) / D))
    table = np.concatenate([table, table], axis=1)
    places = g.constant(g.rng.integers(0, 32, (B, S)), np.int64)
    cos, sin = [g.Unsqueeze(g.Gather(g.constant(f(table)), places, axis=0), g.ints(1)) for f in (np.cos, np.sin)]
    g.result("rope_gathered", rotate(g, heads(g), cos, sin))
    cos, sin = angles(g, D // 2)
    x = heads(g)
    g.result("rope_partial", g.Concat(rotate(g, slices(g, x, 0, D // 2), cos, sin, D // 2), slices(g, x, D // 2, D), axis=3))


def attention(g, name, scores, v):
    g.result(name, g.MatMul(g.Softmax(scores, axis=-1), v))


def attentions(g):
    root = D ** -0.25
    keys = g.Transpose(g.Reshape(g.source(B, S, H * D), g.ints(0, 0, H, D)), perm=[0, 2, 3, 1])
    attention(g, "attention_scale_on_both", g.MatMul(g.Mul(heads(g), root), g.Mul(keys, root)), heads(g))
    seen = g.constant(np.arange(S)[None, None, None] < np.array([5, 8])[:, None, None, None], np.bool_)
    scores = g.Where(seen, g.Div(g.MatMul(heads(g), turned(g, heads(g))), 4.0), -np.inf)
    p = g.Softmax(scores, axis=-1)
    g.result("attention_safe_softmax", g.MatMul(g.Where(g.IsNaN(p), 0.0, p), heads(g)))
    mask = g.Mul(g.Sub(1.0, g.Cast(g.constant(np.arange(S)[None, None, None] < np.array([6, 3])[:, None, None, None], np.int64), to=1)), -10000.0)
    attention(g, "attention_bert_mask", g.Add(g.Div(g.MatMul(heads(g), turned(g, heads(g))), 4.0), mask), heads(g))
    later = np.triu(np.full((S, S), LOWEST, np.float32), 1)
    scores = g.MatMul(g.Mul(heads(g), 0.25), turned(g, heads(g)))
    attention(g, "attention_causal_constant", g.Add(scores, g.constant(later[None, None])), heads(g))
    lower = g.Slice(g.constant(np.tril(np.ones((1, 1, 32, 32))), np.bool_), g.ints(0, 0), g.ints(S, S), g.ints(2, 3))
    scores = g.Where(lower, g.Div(g.MatMul(heads(g), turned(g, heads(g))), 4.0), -10000.0)
    attention(g, "attention_causal_slice", g.Add(scores, g.constant(g.rng.normal(0, 1, (B, 1, 1, S)))), heads(g))
    def repeated(x):
        return g.Reshape(g.Expand(g.Unsqueeze(x, g.ints(2)), g.ints(B, 2, H // 2, S, D)), g.ints(B, H, S, D))
    capped = g.Mul(g.Tanh(g.Div(g.Mul(g.MatMul(heads(g), turned(g, repeated(heads(g, 2)))), 0.25), 5.0)), 5.0)
    attention(g, "attention_grouped_softcap", capped, repeated(heads(g, 2)))
    q, k, v = (g.source(B * H, S, D) for _ in range(3))
    attention(g, "attention_rank_3", g.MatMul(g.Mul(q, 0.25), g.Transpose(k, perm=[0, 2, 1])), v)
    one = heads(g, 1)
    attention(g, "attention_one_key_head", g.Mul(g.MatMul(heads(g), turned(g, one)), 0.25), heads(g, 1))


def count_ops(text):
    names = ("normalize", "gelu", "sigmoid", "erf", "softmax", "log1p", "rope", "attention")
    return " ".join(f"{name}={len(re.findall(f'= weft.{name} ', text))}" for name in names)


def interpret(module, inputs, outputs, work):
    command = [peers.program("weft-interp"), module]
    for name, array in inputs.items():
        np.save(work / f"{name}.npy", array)
        command += ["-i", f"{name}={work / name}.npy"]
    for name in outputs:
        command += ["-o", f"{name}={work / name}.out.npy"]
    peers.call(command)
    return {name: np.load(work / f"{name}.out.npy") for name in outputs}


def main():
    work = pathlib.Path(WORK)
    work.mkdir(parents=True, exist_ok=True)
    for number, family in enumerate((normalisations, activations, rotations, attentions)):
        g = Graph(20 + number)
        family(g)
        name = family.__name__
        model, artifact = work / f"{name}.onnx", work / f"{name}.weft"
        onnx.save(g.model(), model)
        wanted = peers.ort_run(peers.ort_session(model, threads=1, optimise=False), g.feeds)
        module = work / f"{name}.import.mlir"
        module.write_text(peers.call([peers.program("weftc"), model, "-o", "-", "--stop-after=import", "-q"]))
        for step, passes in enumerate(PASSES):
            following = work / f"{name}.{step}.mlir"
            following.write_text(peers.call([peers.program("weft-opt"), f"--pass-pipeline=builtin.module(func.func({passes}))", module]))
            module = following
            for output, array in interpret(module, g.feeds, wanted, work).items():
                compare(array, wanted[output], what=f"{output}, interpreted after {passes}", **TOLERANCE)
        print(name + ":", count_ops(module.read_text()))
        peers.compile_model(model, artifact)
        for output, array in peers.run_artifact(artifact, g.feeds, list(wanted), work).items():
            compare(array, wanted[output], what=f"{output}, compiled", **TOLERANCE)
    print("exporter forms: equal")


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"exporter forms: {failure}")
