# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Vision networks of the benchmark suite: MobileNetV3, EfficientNet-B0, U-Net and ViT-B/16.
import numpy as np

from zoo_graph import Net

# Kernel, width inside, width after, squeeze and excite, hard swish (else ReLU), stride; Howard et al. 2019, table 1.
MOBILENET_V3_LARGE = (
    (3, 16, 16, False, False, 1), (3, 64, 24, False, False, 2), (3, 72, 24, False, False, 1), (5, 72, 40, True, False, 2),
    (5, 120, 40, True, False, 1), (5, 120, 40, True, False, 1), (3, 240, 80, False, True, 2), (3, 200, 80, False, True, 1),
    (3, 184, 80, False, True, 1), (3, 184, 80, False, True, 1), (3, 480, 112, True, True, 1), (3, 672, 112, True, True, 1),
    (5, 672, 160, True, True, 2), (5, 960, 160, True, True, 1), (5, 960, 160, True, True, 1))
# Expansion, width after, repeats, stride of the first, kernel; Tan and Le 2019, table 1.
EFFICIENTNET_B0 = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5),
                   (6, 320, 1, 1, 3))


def _round8(value):
    """The multiple of 8 that is nearest, but not less than 9/10 of the value."""
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * value else rounded


def _squeeze(net, x, width, inner, activation, gate):
    pooled = net.node("GlobalAveragePool", [x])
    inside = activation(net.conv(pooled, width, inner, 1))
    return net.node("Mul", [x, gate(net.conv(inside, inner, width, 1, gain=1.0))])


def mobilenet_v3(batch):
    """MobileNetV3-Large, batch normalisation folded into the convolutions as exporters do."""
    net = Net("mobilenet_v3")

    def hard_swish(x):
        return net.node("HardSwish", [x])

    def hard_sigmoid(x):
        return net.node("HardSigmoid", [x], alpha=1 / 6, beta=0.5)

    x, width = hard_swish(net.conv(net.input("image", [batch, 3, 224, 224]), 3, 16, 3, 2)), 16
    for kernel, inner, out, squeezed, swish, stride in MOBILENET_V3_LARGE:
        activation, start = hard_swish if swish else net.relu, x
        if inner != width:
            x = activation(net.conv(x, width, inner, 1))
        x = net.conv(x, inner, inner, kernel, stride, group=inner)
        x = activation(x) if not squeezed else _squeeze(net, activation(x), inner, _round8(inner / 4), net.relu, hard_sigmoid)
        x = net.conv(x, inner, out, 1, gain=1.0)
        if stride == 1 and out == width:
            x = net.node("Add", [x, start])
        width = out
    x = net.node("GlobalAveragePool", [hard_swish(net.conv(x, width, 960, 1))])
    x = hard_swish(net.linear(net.node("Flatten", [x]), 960, 1280, gain=2.0))
    net.output(net.linear(x, 1280, 1000), "logits", [batch, 1000])
    return net


def efficientnet_b0(batch):
    net = Net("efficientnet_b0")
    x, width = net.silu(net.conv(net.input("image", [batch, 3, 224, 224]), 3, 32, 3, 2)), 32
    for expansion, out, repeats, first, kernel in EFFICIENTNET_B0:
        for number in range(repeats):
            start, stride, inner = x, first if number == 0 else 1, width * expansion
            if expansion != 1:
                x = net.silu(net.conv(x, width, inner, 1))
            x = net.silu(net.conv(x, inner, inner, kernel, stride, group=inner))
            x = _squeeze(net, x, inner, max(1, width // 4), net.silu, lambda v: net.node("Sigmoid", [v]))
            x = net.conv(x, inner, out, 1, gain=2.0)
            if stride == 1 and out == width:
                x = net.node("Add", [x, start])
            width = out
    x = net.node("GlobalAveragePool", [net.silu(net.conv(x, width, 1280, 1))])
    net.output(net.linear(net.node("Flatten", [x]), 1280, 1000), "logits", [batch, 1000])
    return net


def unet(batch, size=256, base=32, levels=4):
    """Ronneberger et al. 2015 with padded convolutions and batch normalisation; `base` channels at full size."""
    net = Net("unet")

    def double(x, channels, out):
        for inputs in (channels, out):
            x = net.relu(net.batch_norm(net.conv(x, inputs, out, 3, bias=False), out))
        return x

    x, kept = double(net.input("image", [batch, 3, size, size]), 3, base), []
    for level in range(levels):
        kept.append(x)
        x = net.node("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])
        x = double(x, base << level, base << (level + 1))
    for level in reversed(range(levels)):
        width = base << level
        weights = net.floats(2 * width, width, 2, 2, deviation=(1 / (2 * width))**0.5)
        x = net.node("ConvTranspose", [x, weights, net.floats(width, deviation=0.1)], kernel_shape=[2, 2], strides=[2, 2])
        x = double(net.node("Concat", [kept[level], x], axis=1), 2 * width, width)
    net.output(net.conv(x, base, 2, 1, gain=1.0), "mask", [batch, 2, size, size])
    return net


def vit_b16(batch, layers=12, width=768, heads=12):
    net = Net("vit_b16")
    x = net.conv(net.input("image", [batch, 3, 224, 224]), 3, width, 16, 16, pad=0, gain=1.0)
    x = net.transpose(net.reshape(x, 0, width, -1), 0, 2, 1)
    first = net.node("Expand", [net.floats(1, 1, width, deviation=0.5), net.constant(np.array([batch, 1, width], np.int64))])
    x = net.node("Add", [net.node("Concat", [first, x], axis=1), net.floats(1, 197, width, deviation=0.5)])
    for _ in range(layers):
        x = net.node("Add", [net.self_attention(net.layer_norm(x, width, 1e-6), width, heads), x])
        inner = net.gelu(net.linear(net.layer_norm(x, width, 1e-6), width, 4 * width))
        x = net.node("Add", [net.linear(inner, 4 * width, width), x])
    x = net.node("Gather", [net.layer_norm(x, width, 1e-6), net.constant(np.int64(0))], axis=1)
    net.output(net.linear(x, width, 1000), "logits", [batch, 1000])
    return net
