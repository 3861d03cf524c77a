# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes the tiny models of contrib.test: operators of com.microsoft, FlexAttention, TfIdfVectorizer.
import numpy as np
from onnx import TensorProto, helper

from make_models import I64, const, main, model, model_of, node, value

I32, U8 = TensorProto.INT32, TensorProto.UINT8
MICROSOFT = [("com.microsoft", 1)]


def contrib(nodes, inputs, outputs, initializers=()):
    for each in nodes:
        each.domain = each.domain or "com.microsoft"
    return model(nodes, inputs, [value(name, None, kind) for name, kind in outputs], initializers, domains=MICROSOFT)


def graph(nodes, constants, result="out"):
    return helper.make_graph(nodes, "mod", [value("s", ["b", "h", "q", "k"])], [value(result, None)], constants)


def flex(score_mod, name="flex"):
    return node("FlexAttention", ["q", "k", "v"], [name], name=name, domain="ai.onnx.preview", score_mod=score_mod)


def flex_model(nodes):
    return model(nodes, [value("q", [1, 4, 3, 8]), value("k", [1, 2, 5, 8]), value("v", [1, 2, 5, 6])],
                 [value(each.output[0], None) for each in nodes], opset=26, ir=13, domains=[("ai.onnx.preview", 1)])


@model_of
def flex_attention():
    """Two query heads for each key head; scores are capped by a graph."""
    cap = [node("Div", ["s", "cap"], ["a"]), node("Tanh", ["a"], ["t"]), node("Mul", ["t", "cap"], ["out"])]
    return flex_model([flex(graph(cap, [const("cap", np.float32(5))])), node("FlexAttention", ["q", "k", "v"], ["plain"],
                                                                             domain="ai.onnx.preview")])


@model_of
def flex_problems():
    """Graphs that change the rank, or make two values."""
    return flex_model([flex(graph([node("ReduceSum", ["s", "axis"], ["out"], keepdims=0)], [const("axis", np.array([3]))]), "rank"),
                       flex(graph([node("Cast", ["s"], ["out"], to=I64)], []), "kind")])


def tfidf(name, **changes):
    attributes = dict(mode="IDF", min_gram_length=1, max_gram_length=2, max_skip_count=1, ngram_counts=[0, 2], ngram_indexes=[0, 1, 2],
                      pool_int64s=[2, 3, 5, 4])
    return node("TfIdfVectorizer", ["x"], [name], name=name, **(attributes | changes))


@model_of
def ngrams():
    """Two single items and one pair, whose items may be one apart."""
    return model([tfidf("y", weights=[1.0, 2.0, 3.0])], [value("x", ["n", "words"], I64)], [value("y", None)])


@model_of
def ngram_problems():
    return model([tfidf("mode", mode="COUNT"), tfidf("cuts", ngram_counts=[0, 1]), tfidf("far", ngram_indexes=[0, -1, 2]),
                  tfidf("few", ngram_indexes=[0]), tfidf("order", min_gram_length=3), tfidf("skip", max_skip_count=-1),
                  tfidf("weights", weights=[1.0])],
                 [value("x", [2, 8], I64)], [value(name, None) for name in ("mode", "cuts", "far", "few", "order", "skip", "weights")])


@model_of
def contrib_attention():
    """A projection whose columns are queries, keys and values; a past of the keys; lengths as a mask."""
    return contrib([node("Attention", ["x", "w", "b", "mask", "past"], ["y", "present"], num_heads=2, unidirectional=1)],
                   [value("x", ["n", "s", 6]), value("mask", ["n", "total"], I32), value("past", [2, "n", 2, "p", 4])],
                   [("y", 1), ("present", 1)], [const("w", np.ones((6, 24), np.float32)), const("b", np.ones(24, np.float32))])


@model_of
def contrib_heads():
    """Packed queries, keys and values; a shared cache; a sink and a bias of the scores."""
    packed = node("MultiHeadAttention", ["packed"], ["a"], num_heads=2)
    shared = node("DecoderMaskedMultiHeadAttention", ["q", "k", "v", "mask", "", "pk", "pv", "length"], ["b", "k2", "v2"], num_heads=2,
                  past_present_share_buffer=1)
    grouped = node("GroupQueryAttention", ["q3", "k3", "v3", "", "", "seq", "total", "", "", "", "scores", "sink"], ["c"], num_heads=4,
                   kv_num_heads=2)
    return contrib([packed, shared, grouped],
                   [value("packed", [1, 3, 2, 3, 4]), value("q", [1, 1, 8]), value("k", [1, 1, 8]), value("v", [1, 1, 8]),
                    value("mask", [1, 3], I32), value("pk", [1, 2, 6, 4]), value("pv", [1, 2, 6, 4]), value("length", [1], I32),
                    value("q3", [1, 3, 32]), value("k3", [1, 3, 16]), value("v3", [1, 3, 16]), value("seq", [1], I32),
                    value("total", [1], I32), value("scores", [1, 4, 3, 3]), value("sink", [4])],
                   [("a", 1), ("b", 1), ("k2", 1), ("v2", 1), ("c", 1)])


@model_of
def contrib_blocks():
    """Codes in blocks: a product with a table of values, rows of a packed table."""
    return contrib([node("MatMulBnb4", ["x", "codes", "absmax"], ["y"], K=16, N=4, block_size=16, quant_type=1),
                    node("GatherBlockQuantized", ["table", "ids", "scales"], ["z"], bits=4, block_size=16, gather_axis=0, quantize_axis=1)],
                   [value("x", ["n", 16]), value("ids", ["m"], I64)], [("y", 1), ("z", 1)],
                   [const("codes", np.zeros(32, np.uint8)), const("absmax", np.ones(4, np.float32)), const("table", np.zeros((5, 8), np.uint8)),
                    const("scales", np.ones((5, 1), np.float32))])


@model_of
def contrib_padding():
    """Without padding the number of rows depends on the data."""
    return contrib([node("RemovePadding", ["x", "counts"], ["y", "offsets", "sums", "most"])],
                   [value("x", ["n", "s", 4]), value("counts", ["n"], I32)], [("y", 1), ("offsets", I32), ("sums", I32), ("most", I32)])


@model_of
def contrib_problems():
    """One mistake per node, named by it."""
    bad = [node("GroupNorm", ["image", "g", "g"], ["groups"], name="groups", groups=0, activation=0),
           node("GroupNorm", ["image", "g", "g"], ["act"], name="act", groups=1, activation=7),
           node("MatMulBnb4", ["x", "codes", "g"], ["kind"], name="kind", K=4, N=4, block_size=16, quant_type=5),
           node("MatMulBnb4", ["x", "codes", "g"], ["bytes"], name="bytes", K=4, N=4, block_size=16, quant_type=1),
           node("MultiHeadAttention", ["q", "", ""], ["heads"], name="heads", num_heads=0),
           node("MultiHeadAttention", ["q", "q", "q", "", "", "", "", "", "", "image"], ["beams"], name="beams", num_heads=1),
           node("Attention", ["q", "w"], ["rotary"], name="rotary", num_heads=1, do_rotary=1),
           node("Attention", ["q", "w"], ["sizes"], name="sizes", num_heads=1, qkv_hidden_sizes=[4, -4, 4]),
           node("Attention", ["q", "w", "", "lengths"], ["lens"], name="lens", num_heads=1),
           node("QLinearSoftmax", ["u8", "s", "", "s", "u0"], ["axis"], name="axis", axis=9, opset=13)]
    return contrib(bad, [value("image", [1, 2, 2, 4]), value("x", [2, 4]), value("q", [2, 3, 4]), value("w", [4, 12]), value("g", [4]),
                         value("lengths", [5], I32), value("u8", [2, 3], U8), value("s", []), value("u0", [], U8)],
                   [(each.output[0], U8 if each.name == "axis" else 1) for each in bad], [const("codes", np.zeros(3, np.uint8))])


if __name__ == "__main__":
    main()
