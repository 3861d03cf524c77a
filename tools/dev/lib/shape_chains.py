# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Random programs of several ops, for the families of tools/dev/fuzz-shapes.
import numpy as np


class Chain:
    """Grows a random program of several ops; `shapes` are those of the values so far."""

    def __init__(self, r):
        self.r, self.inputs, self.steps, self.shapes = r, [], [], {}

    def take(self, array):
        self.inputs.append(array)
        if array.dtype == np.float32:
            self.shapes[len(self.inputs) - 1] = list(array.shape)
        return len(self.inputs) - 1

    def add(self, op, operands, shape, **attributes):
        self.steps.append((op, operands, attributes))
        name = f"a{len(self.steps) - 1}"
        self.shapes[name] = list(shape)
        return name

    def grow(self, x):
        """One more op on value x."""
        r, shape = self.r, self.shapes[x]
        rank = len(shape)
        kind = r.pick(["unary", "unary", "binary", "binary", "binary", "reduce", "center", "softmax", "transpose", "matmul", "slice",
                       "concat", "reshape", "expand"])
        if kind == "unary" or rank == 0:
            return self.add(r.pick(["Tanh", "Sigmoid", "Relu", "Abs", "Neg", "Erf", "Floor"]), [x], shape)
        if kind == "binary":
            other = r.pick([v for v, s in self.shapes.items() if s == shape]) if r.flip() else None
            if other is None:
                other = self.take(r.floats([1 if r.flip(0.4) else n for n in shape]))
            return self.add(r.pick(["Add", "Mul", "Sub", "Max"]), [x, other] if r.flip() else [other, x], shape)
        axis = r.rank(0, rank - 1)
        if kind in ("reduce", "center"):
            axes = self.take(np.array([axis], np.int64))
            small = [1 if a == axis else n for a, n in enumerate(shape)]
            mean = self.add(r.pick(["ReduceSum", "ReduceMean"]) if shape[axis] else "ReduceSum", [x, axes], small, keepdims=1)
            return mean if kind == "reduce" else self.add("Sub", [x, mean], shape)
        if kind == "softmax":
            return self.add("Softmax", [x], shape, axis=axis)
        if kind == "transpose":
            perm = [int(i) for i in r.rng.permutation(rank)]
            return self.add("Transpose", [x], [shape[i] for i in perm], perm=perm)
        if kind == "matmul" and rank >= 2:
            width = r.size(0, 33)
            product = self.add("MatMul", [x, self.take(r.floats([shape[-1], width]))], shape[:-1] + [width])
            return self.add("Tanh", [product], shape[:-1] + [width])
        if kind == "slice" and shape[axis] > 1:
            begin = int(r.rng.integers(0, shape[axis]))
            lists = [self.take(np.array([v], np.int64)) for v in (begin, shape[axis], axis)]
            return self.add("Slice", [x, *lists], [shape[axis] - begin if a == axis else n for a, n in enumerate(shape)])
        if kind == "concat" and shape[axis] * 2 <= 67:
            return self.add("Concat", [x, x], [2 * n if a == axis else n for a, n in enumerate(shape)], axis=axis)
        if kind == "reshape" and rank >= 2:
            target = shape[:-2] + [shape[-2] * shape[-1]]
            return self.add("Reshape", [x, self.take(np.array(target, np.int64))], target, allowzero=1)
        return self.add("Unsqueeze", [x, self.take(np.array([axis], np.int64))], shape[:axis] + [1] + shape[axis:]) if rank < 4 else x
