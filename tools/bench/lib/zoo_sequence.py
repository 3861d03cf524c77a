# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Text and speech networks of the benchmark suite: BERT-base, GPT-2 (prefill and decode) and an encoder of speech.
import numpy as np

from zoo_graph import F32, I64, Net

GPT2 = {"layers": 12, "width": 768, "heads": 12, "vocabulary": 50257, "positions": 1024}
# Kernel and stride of the seven layers of wav2vec 2.0's feature encoder, 512 channels each.
WAV2VEC_LAYERS = ((10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2))


def bert_base(batch, length, layers=12, width=768, heads=12, vocabulary=30522):
    """The encoder as exported from PyTorch: post-norm, mask as (1 - mask) times the lowest float32."""
    net = Net("bert_base")
    ids, mask, types = (net.input(name, [batch, length], I64) for name in ("input_ids", "attention_mask", "token_type_ids"))
    words = net.node("Gather", [net.floats(vocabulary, width, deviation=0.5), ids])
    kinds = net.node("Gather", [net.floats(2, width, deviation=0.2), types])
    x = net.node("Add", [net.node("Add", [words, kinds]), net.floats(1, length, width, deviation=0.2)])
    x = net.layer_norm(x, width, 1e-12)
    wide = net.node("Cast", [net.node("Unsqueeze", [mask, net.constant(np.array([1, 2], np.int64))])], to=F32)
    lowest = net.scalar(np.finfo(np.float32).min)
    added = net.node("Mul", [net.node("Sub", [net.scalar(1), wide]), lowest])
    for _ in range(layers):
        x = net.layer_norm(net.node("Add", [net.self_attention(x, width, heads, added), x]), width, 1e-12)
        inner = net.gelu(net.linear(x, width, 4 * width))
        x = net.layer_norm(net.node("Add", [net.linear(inner, 4 * width, width), x]), width, 1e-12)
    first = net.node("Gather", [x, net.constant(np.int64(0))], axis=1)
    pooled = net.node("Tanh", [net.linear(first, width, width)])
    net.output(x, "last_hidden_state", [batch, length, width])
    net.output(pooled, "pooler_output", [batch, width])
    return net


def gpt2(batch, length, past):
    """`length` new tokens after `past` cached ones; logits of the last token, and the caches with the new tokens."""
    net, layers, width, heads = Net("gpt2"), GPT2["layers"], GPT2["width"], GPT2["heads"]
    size, total = width // heads, past + length
    ids = net.input("input_ids", [batch, length], I64)
    caches = [[net.input(f"past_{kind}_{layer}", [batch, heads, past, size]) for kind in ("key", "value")] for layer in range(layers) if past]
    table = net.floats(GPT2["vocabulary"], width, deviation=0.1)
    places = net.constant(net.random.standard_normal((1, length, width), np.float32) * np.float32(0.1))
    x = net.node("Add", [net.node("Gather", [table, ids]), places])
    hidden = np.triu(np.ones((length, total), bool), 1 + past)
    mask = net.constant(np.where(hidden, np.finfo(np.float32).min, np.float32(0)).reshape(1, 1, length, total)) if length > 1 else None
    present = []
    for layer in range(layers):
        joint = net.linear(net.layer_norm(x, width), width, 3 * width)
        query, key, value = net.node("Split", [joint, net.constant(np.array([width] * 3, np.int64))], outputs=3, axis=-1)
        query, key, value = (net.heads(part, heads, size) for part in (query, key, value))
        if past:
            key = net.node("Concat", [caches[layer][0], key], axis=2)
            value = net.node("Concat", [caches[layer][1], value], axis=2)
        present.append((key, value))
        context = net.attend(query, net.transpose(key, 0, 1, 3, 2), value, size, mask)
        context = net.reshape(net.transpose(context, 0, 2, 1, 3), 0, -1, width)
        x = net.node("Add", [net.linear(context, width, width), x])
        inner = net.gelu_tanh(net.linear(net.layer_norm(x, width), width, 4 * width))
        x = net.node("Add", [net.linear(inner, 4 * width, width), x])
    last = net.node("Gather", [net.layer_norm(x, width), net.constant(np.int64(length - 1))], axis=1)
    net.output(net.node("MatMul", [last, net.transpose(table, 1, 0)]), "logits", [batch, GPT2["vocabulary"]])
    for layer, (key, value) in enumerate(present):
        net.output(key, f"present_key_{layer}", [batch, heads, total, size])
        net.output(value, f"present_value_{layer}", [batch, heads, total, size])
    return net


def wav2vec(batch, samples=16000, channels=512, width=768):
    """wav2vec 2.0's convolutions over one second of speech: features, projection, grouped positional convolution."""
    net = Net("wav2vec")
    x, inputs, length = net.input("speech", [batch, 1, samples]), 1, samples
    for number, (kernel, stride) in enumerate(WAV2VEC_LAYERS):
        x = net.conv(x, inputs, channels, kernel, stride, pad=0, bias=False, rank=1)
        if number == 0:  # group normalisation with one group per channel
            scale, shift = net.floats(channels, deviation=0.1, mean=1.0), net.floats(channels, deviation=0.1)
            x = net.node("InstanceNormalization", [x, scale, shift], epsilon=1e-5)
        x, inputs, length = net.gelu(x), channels, (length - kernel) // stride + 1
    x = net.linear(net.layer_norm(net.transpose(x, 0, 2, 1), channels), channels, width)
    near = net.conv(net.transpose(x, 0, 2, 1), width, width, 128, group=16, pad=64, rank=1)
    near = net.node("Slice", [near] + [net.constant(np.array([v], np.int64)) for v in (0, -1, 2)])  # an even kernel gives one more
    x = net.layer_norm(net.node("Add", [x, net.transpose(net.gelu(near), 0, 2, 1)]), width)
    net.output(x, "features", [batch, length, width])
    return net
