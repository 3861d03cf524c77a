# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compares TopK and pooling with plain numpy at sizes that take each path of the generated code.
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

BIN, FOLDER = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
random = np.random.default_rng(11)


def run(node, x, outputs, weights=(), level="native"):
    """The outputs of a model of one node."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    element = helper.np_dtype_to_tensor_dtype(x.dtype)
    values = [helper.make_tensor_value_info(n, k, None) for n, k in outputs]
    graph = helper.make_graph([node], "g", [helper.make_tensor_value_info("x", element, x.shape)], values, list(weights))
    model = onnx.shape_inference.infer_shapes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10))
    onnx.save(model, str(FOLDER / "m.onnx"))
    np.save(FOLDER / "x.npy", x)
    subprocess.run([BIN / "weftc", FOLDER / "m.onnx", "-o", FOLDER / "m.weft", "-q", f"--cpu={level}"], check=True)
    command = [BIN / "weft", "run", FOLDER / "m.weft", "-i", f"x={FOLDER / 'x.npy'}"]
    for name, _ in outputs:
        command += ["-o", f"{name}={FOLDER / (name + '.npy')}"]
    subprocess.run(command, check=True)
    return [np.load(FOLDER / f"{name}.npy") for name, _ in outputs]


def order(row, largest):
    """Positions in order: NaN above everything, of equal elements the first one first."""
    keys = [(1, 0) if v != v else (0, v) for v in row.tolist()]
    return sorted(range(len(keys)), key=lambda i: ((-keys[i][0], -keys[i][1]) if largest else keys[i]) + (i,))


def top_k():
    wrong = count = 0
    for kind in (np.float32, np.float16, np.int8, np.uint32, np.int64, np.float64):
        for shape, axis, k in (((3, 200), 1, 7), ((2, 50, 3), 1, 50), ((1, 37), 1, 1)):
            for largest in (0, 1):
                if np.issubdtype(kind, np.floating):
                    x = random.integers(-40, 40, shape).astype(kind) / kind(4)
                    x.flat[::11], x.flat[5::23] = -0.0, np.nan
                    x.flat[7], x.flat[9] = np.inf, -np.inf
                else:
                    limits = np.iinfo(kind)
                    x = random.integers(limits.min, limits.max, shape, dtype=kind, endpoint=True)
                    x.flat[::5] = limits.max
                    x.flat[1::5] = limits.min
                node = helper.make_node("TopK", ["x", "k"], ["v", "i"], axis=axis, largest=largest)
                element = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
                v, i = run(node, x, (("v", element), ("i", onnx.TensorProto.INT64)), [numpy_helper.from_array(np.array([k]), "k")])
                expected = np.apply_along_axis(lambda row, largest=largest, k=k: np.array(order(row, largest)[:k]), axis, x)
                count += 1
                wrong += not (np.array_equal(i, expected) and np.array_equal(v, np.take_along_axis(x, expected, axis), equal_nan=x.dtype.kind == "f"))
    print(f"top_k: {wrong} of {count} differ")


def pool(x, kernel, strides, pads, reduce):
    """Windows of the last two dims; `reduce` takes those elements that are inside."""
    n, c, h, w = x.shape
    rows, columns = ((size + 2 * pads - kernel) // strides + 1 for size in (h, w))
    result = np.empty((n, c, rows, columns), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * strides - pads, j * strides - pads
            part = x[:, :, max(top, 0):max(top + kernel, 0), max(left, 0):max(left + kernel, 0)]
            result[:, :, i, j] = reduce(part.reshape(n, c, -1), axis=2)
    return result


def pools():
    wrong = count = 0
    for level in ("v2", "native"):
        for kernel, strides, pads, size in ((5, 1, 2, 20), (3, 2, 1, 37), (3, 1, 0, 18), (2, 2, 0, 40), (3, 1, 1, 3)):
            x = random.standard_normal((1, 3, size, size)).astype(np.float32)
            x[0, 1, 2, 1] = np.nan
            for op, reduce in (("MaxPool", np.max), ("AveragePool", np.mean)):
                node = helper.make_node(op, ["x"], ["y"], kernel_shape=[kernel] * 2, strides=[strides] * 2, pads=[pads] * 4)
                (y,) = run(node, x, (("y", onnx.TensorProto.FLOAT),), level=level)
                count += 1
                wrong += not np.allclose(y, pool(x, kernel, strides, pads, reduce), rtol=1e-5, atol=1e-6, equal_nan=True)
    print(f"pool: {wrong} of {count} differ")


top_k()
pools()
