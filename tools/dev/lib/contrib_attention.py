# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Random nodes of the attention operators of com.microsoft, for tools/dev/fuzz-contrib.
import numpy as np

from contrib_families import Case, family


def masked(d, b, s, t, forms):
    """A mask in one of the forms; no row is masked as a whole."""
    form = d.pick(*forms)
    if form == "none":
        return None
    if form == "lengths":
        return d.ints(1, t + 1, (b,), np.int32)
    if form == "ends and starts":
        ends = d.ints(1, t + 1, (b,), np.int32)
        return np.concatenate([ends, (ends * d.rng.random(b)).astype(np.int32)]).astype(np.int32)
    shape = {"keys": (b, t), "rows": (b, s, t)}[form]
    mask = d.ints(0, 2, shape, np.int32)
    mask[..., 0] = 1
    return mask


@family
def Attention(d):
    b, s, heads, depth, past = d.size(1, 3), d.size(1, 6), d.pick(1, 2, 4), d.pick(4, 8), d.pick(0, 0, 3)
    width, inner = heads * depth, d.size(3, 10)
    value = heads * d.pick(4, 8) if past == 0 else width
    total = 2 * width + value
    inputs = [d.floats(b, s, inner), d.floats(inner, total, scale=0.3), d.floats(total),
              masked(d, b, s, s + past, ["none", "keys", "rows"] + (["lengths", "ends and starts"] if past == 0 else [])),
              d.floats(2, b, heads, past, depth) if past else None, d.floats(1, heads, s, s) if past == 0 and d.flip(0.3) else None]
    return Case("Attention", inputs, outputs=2 if past else 1, num_heads=heads, scale=d.pick(None, 0.2),
                unidirectional=d.pick(0, 1), qkv_hidden_sizes=[width, width, value] if value != width else None)


@family
def QAttention(d):
    b, s, heads, depth = d.size(1, 3), d.size(1, 6), d.pick(1, 2, 4), d.pick(4, 8)
    width, inner = heads * depth, d.size(3, 10)
    columns, signed = d.flip(), d.flip()
    shape = (3 * width,) if columns else ()
    inputs = [d.bytes(b, s, inner), d.bytes(inner, 3 * width, signed=signed), d.floats(3 * width), d.positive() / 10, d.positive(*shape),
              masked(d, b, s, s, ["none", "keys", "lengths"]), d.bytes(), d.bytes(*shape, signed=signed)]
    return Case("QAttention", inputs, fixed=[1, 4, 7], num_heads=heads, unidirectional=d.pick(0, 1))


@family
def MultiHeadAttention(d):
    b, s, heads, depth = d.size(1, 3), d.size(1, 6), d.pick(1, 2, 4), d.pick(4, 8)
    t, width, past = d.size(1, 6), heads * depth, 0
    form = d.pick("apart", "packed", "packed keys", "cross", "past")
    q, bias, names = d.floats(b, s, width), d.floats(3 * width) if d.flip() else None, 1
    k = v = None
    if form == "apart":
        k, v = d.floats(b, t, width), d.floats(b, t, width)
    elif form == "packed":
        q, t, bias = d.floats(b, s, heads, 3, depth), s, None
    elif form == "packed keys":
        k, bias = d.floats(b, t, heads, 2, depth), None
    elif form == "cross":
        k, v, bias = d.floats(b, heads, t, depth), d.floats(b, heads, t, depth), None
    else:
        k, v, past, t = d.floats(b, s, width), d.floats(b, s, width), 3, s + 3
        names = 3
    mask = masked(d, b, s, t, ["none", "keys"] + (["lengths"] if past == 0 else [])) if form != "packed" else None
    scores = d.floats(1, heads, s, t) if d.flip(0.4) else None
    pasts = [d.floats(b, heads, past, depth), d.floats(b, heads, past, depth)] if past else []
    oracle = None
    if form.startswith("packed"):
        parts = [x for packed in (q, k) if packed is not None and packed.ndim == 5 for x in np.moveaxis(packed, 3, 0)]
        apart = [np.ascontiguousarray(x.reshape(b, -1, width)) for x in parts]
        oracle = [*([] if form == "packed" else [q]), *apart, None, mask, scores]
    return Case("MultiHeadAttention", [q, k, v, bias, mask, scores, *pasts], outputs=names, oracle=oracle, num_heads=heads, scale=d.pick(None, 0.3),
                unidirectional=d.pick(0, 1) if form in ("apart", "past") and t - past == s else None)


@family
def DecoderMaskedMultiHeadAttention(d):
    b, heads, depth, past = d.size(1, 3), d.pick(1, 2, 4), d.pick(4, 8), d.size(1, 5)
    width, room = heads * depth, past + d.size(1, 4)
    bias = d.floats(3 * width) if d.flip() else None
    inputs = [d.floats(b, 1, width), d.floats(b, 1, width), d.floats(b, 1, width), masked(d, b, 1, past + 1, ["none", "keys"]), None,
              d.floats(b, heads, room, depth), d.floats(b, heads, room, depth), np.asarray([past], np.int32), None, None, bias]
    return Case("DecoderMaskedMultiHeadAttention", inputs, outputs=3, num_heads=heads, past_present_share_buffer=1, scale=d.pick(None, 0.3))


@family
def GroupQueryAttention(d):
    b, groups, keys, depth = d.size(1, 2), d.pick(1, 2, 3), d.pick(1, 2), 16
    heads, past = groups * keys, d.pick(0, 4)
    s = d.size(1, 6) if past == 0 else 1
    q, k, v = d.floats(b, s, heads * depth), d.floats(b, s, keys * depth), d.floats(b, s, keys * depth)
    packed, rotary = d.flip(), d.flip()
    qkv = [np.concatenate([q, k, v], axis=2), None, None] if packed else [q, k, v]
    total = past + s
    caches = [d.floats(b, keys, past, depth), d.floats(b, keys, past, depth)]
    rows = [d.floats(16, depth // 2), d.floats(16, depth // 2)] if rotary else [None, None]
    sink = d.floats(heads) if d.flip(0.3) else None
    inputs = [*qkv, *caches, np.full((b,), total - 1, np.int32), np.asarray(total, np.int32), *rows, None,
              d.floats(1, heads, s, total) if d.flip(0.3) else None, sink]
    return Case("GroupQueryAttention", inputs, outputs=3, num_heads=heads, kv_num_heads=keys, do_rotary=int(rotary),
                rotary_interleaved=d.pick(0, 1) if rotary else None, local_window_size=d.pick(None, 3), softcap=d.pick(None, 5.0),
                smooth_softmax=d.pick(None, 1) if sink is None else None, scale=d.pick(None, 0.3))


@family
def RotaryEmbedding(d):
    b, s, heads, depth, four = d.size(1, 3), d.size(1, 6), d.pick(1, 2, 4), d.pick(8, 16), d.flip()
    x = d.floats(b, heads, s, depth) if four else d.floats(b, s, heads * depth)
    ids = d.ints(0, 10, (b, s), np.int64) if d.flip() else np.asarray([d.size(0, 4)], np.int64)
    return Case("RotaryEmbedding", [x, ids, d.floats(16, depth // 2), d.floats(16, depth // 2)], interleaved=d.pick(0, 1))


def places(counts, rows):
    """Places of tokens first, then those of the padding."""
    isPad = (np.arange(rows)[None] >= counts[:, None]).ravel()
    return np.argsort(isPad, kind="stable").reshape(len(counts), rows).astype(np.int32)


@family
def RemovePadding(d):
    b, s, width = d.size(1, 4), d.size(1, 6), d.size()
    x, counts = d.floats(b, s, width), d.ints(1, s + 1, (b,), np.int32)
    offsets, total = places(counts, s), int(counts.sum())
    sums = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return Case("RemovePadding", [x, counts], outputs=4,
                expected=[x.reshape(-1, width)[offsets.ravel()[:total]], offsets, sums, counts.max(keepdims=True)])


@family
def RestorePadding(d):
    b, s, width = d.size(1, 4), d.size(1, 6), d.size()
    counts = d.ints(1, s + 1, (b,), np.int32)
    offsets, total = places(counts, s), int(counts.sum())
    x, y = d.floats(total, width), np.zeros((b * s, width), np.float32)
    y[offsets.ravel()[:total]] = x
    return Case("RestorePadding", [x, offsets], expected=[y.reshape(b, s, width)])


@family
def PackedAttention(d):
    b, s, heads, depth, inner = d.size(1, 3), d.size(1, 5), d.pick(1, 2), 4, d.size(3, 8)
    width = heads * depth
    counts = d.ints(1, s + 1, (b,), np.int32)
    offsets, total = places(counts, s), int(counts.sum())
    sums = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    x, weights, bias = d.floats(total, inner), d.floats(inner, 3 * width, scale=0.4), d.floats(3 * width)
    added = d.floats(1, heads, s, s) if d.flip() else None
    y = np.zeros((total, width), np.float64)
    for i in range(b):
        rows = slice(sums[i], sums[i + 1])
        q, k, v = (np.moveaxis(part.reshape(-1, heads, depth), 1, 0) for part in np.split(x[rows] @ weights + bias, 3, axis=1))
        scores = q @ k.swapaxes(1, 2) / np.sqrt(depth)
        scores = scores + (added[0, :, :counts[i], :counts[i]] if added is not None else 0)
        probabilities = np.exp(scores - scores.max(-1, keepdims=True))
        probabilities /= probabilities.sum(-1, keepdims=True)
        y[rows] = np.moveaxis(probabilities @ v, 0, 1).reshape(-1, width)
    inputs = [x, weights, bias, offsets, sums] + ([added] if added is not None else [])
    return Case("PackedAttention", inputs, num_heads=heads, expected=[y.astype(np.float32)])
