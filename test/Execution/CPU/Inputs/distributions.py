# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Draws many numbers from every random operator of ONNX and tests their distribution; seeds are fixed, so the outcome is, too.
"""distributions.py TOOLS_FOLDER WORK_FOLDER"""
import pathlib
import subprocess
import sys

sys.path.remove(str(pathlib.Path(__file__).parent))  # this file must not stand in for the module of its name

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from scipy import stats  # noqa: E402

BIN, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
WORK.mkdir(parents=True, exist_ok=True)
COUNT = 100000
# Chance of a right generator to fail one test; the seeds are fixed, so a pass stays a pass.
LEVEL = 1e-3
F, D = TensorProto.FLOAT, TensorProto.DOUBLE
fitting = 0


def draw(name, op, inputs=(), constants=(), outputs=1, **attributes):
    """Outputs of one node, the same with one thread and two, and others for another seed."""
    results = []
    for seed in (attributes.pop("seed"), 77.0):
        seed = int(seed) if op == "Dropout" else float(seed)
        declared = [helper.make_tensor_value_info(f"x{i}", helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for i, x in enumerate(inputs)]
        weights = [numpy_helper.from_array(array, f"w{i}") for i, array in enumerate(constants)]
        names = [value.name for value in declared] + [weight.name for weight in weights]
        node = helper.make_node(op, names, [f"y{i}" for i in range(outputs)], name=name, seed=seed, **attributes)
        graph = helper.make_graph([node], "g", declared, [onnx.ValueInfoProto(name=f"y{i}") for i in range(outputs)], weights)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10), WORK / "model.onnx")
        subprocess.run([BIN / "weftc", WORK / "model.onnx", "-o", WORK / "model.weft", "-q"], check=True)
        for threads in ("1", "2"):
            command = [BIN / "weft", "run", WORK / "model.weft", "--threads", threads]
            for i, array in enumerate(inputs):
                np.save(WORK / f"x{i}.npy", array)
                command += ["-i", f"@{i}={WORK}/x{i}.npy"]
            for i in range(outputs):
                command += ["-o", f"@{i}={WORK}/y{i}.npy"]
            subprocess.run(command, check=True)
            results.append([np.load(WORK / f"y{i}.npy") for i in range(outputs)])
    for one, two in zip(results[0], results[1]):
        assert np.array_equal(one, two), f"{name}: other numbers with two threads"
    assert not np.array_equal(results[0][0], results[2][0]), f"{name}: the same numbers for another seed"
    return results[0]


def fits(name, chance):
    global fitting
    assert chance > LEVEL, f"{name}: chance {chance:.3g}"
    fitting += 1


def independent(name, x):
    """Numbers that follow each other are not alike."""
    x = x.ravel().astype(np.float64)
    for lag in (1, 2, 7, 64):
        correlation = np.corrcoef(x[:-lag], x[lag:])[0, 1]
        assert abs(correlation) < 4.5 / np.sqrt(x.size), f"{name}: correlation {correlation:.3g} at distance {lag}"


for name, op, dtype, seed in (("u", "RandomUniform", F, 1.0), ("ud", "RandomUniform", D, 2.5)):
    (x,) = draw(name, op, shape=[100, COUNT // 100], low=-2.0, high=3.0, dtype=dtype, seed=seed)
    assert x.min() >= -2 and x.max() <= 3 and x.dtype == (np.float32 if dtype == F else np.float64)
    independent(name, x)
    fits(name, stats.kstest(x.ravel(), "uniform", (-2, 5)).pvalue)
for name, op, dtype, seed in (("n", "RandomNormal", F, 3.0), ("nd", "RandomNormal", D, 4.0)):
    (x,) = draw(name, op, shape=[COUNT], mean=1.0, scale=2.0, dtype=dtype, seed=seed)
    independent(name, x)
    fits(name, stats.kstest(x, "norm", (1, 2)).pvalue)
like = np.zeros((10, COUNT // 10), np.float32)
(x,) = draw("ul", "RandomUniformLike", [like], seed=5.0)
fits("ul", stats.kstest(x.ravel(), "uniform").pvalue)
(x,) = draw("nl", "RandomNormalLike", [like], mean=-1.0, scale=0.5, seed=6.0)
assert x.shape == like.shape
fits("nl", stats.kstest(x.ravel(), "norm", (-1, 0.5)).pvalue)
for p in (0.1, 0.5, 0.9):
    (x,) = draw("b", "Bernoulli", [np.full(COUNT, p, np.float32)], seed=7.0 + p)
    assert set(np.unique(x)) == {0, 1}
    independent("b", x)
    fits(f"Bernoulli {p}", stats.binomtest(int(x.sum()), COUNT, p).pvalue)
# Unnormalised logarithms of probabilities.
chances = np.array([0.1, 0.2, 0.3, 0.4])
(x,) = draw("m", "Multinomial", [np.log(chances * 5)[None].astype(np.float32)], sample_size=COUNT, dtype=TensorProto.INT64, seed=9.0)
fits("Multinomial", stats.chisquare(np.bincount(x.ravel(), minlength=4), chances * COUNT).pvalue)
for ratio in (0.25, 0.75):
    x = np.linspace(1, 2, COUNT, dtype=np.float32)
    y, mask = draw("d", "Dropout", [x], [np.float32(ratio), np.array(True)], outputs=2, seed=11)
    assert np.allclose(y, np.where(mask, x / (1 - ratio), 0), rtol=1e-6)
    independent("d", mask)
    fits(f"Dropout {ratio}", stats.binomtest(int(mask.sum()), COUNT, 1 - ratio).pvalue)
print(f"{fitting} distributions fit")
