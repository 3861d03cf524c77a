# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Usage: resize_symmetric.py BIN_DIR OUT. Halves axes of all sizes from 2 to 40 by a nearest Resize with coordinates
# half_pixel_symmetric, whose places are whole numbers then, and compares the artifact and the interpreter with
# the places in exact arithmetic.
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BIN, OUT = Path(sys.argv[1]), Path(sys.argv[2])
SIZES = range(2, 41)
SCALE = Fraction(1, 2)
ROUNDINGS = {"ceil": math.ceil, "floor": math.floor}


def places(size, rounding):
    out = math.floor(size * SCALE)
    centre = Fraction(size, 2) * (1 - out / (SCALE * size))
    exact = [centre + (x + Fraction(1, 2)) / SCALE - Fraction(1, 2) for x in range(out)]
    return [min(max(ROUNDINGS[rounding](x), 0), size - 1) for x in exact]


def make(is_open):
    nodes, inputs, outputs, expected = [], [], [], []
    scale = numpy_helper.from_array(np.array([float(SCALE)], np.float32), "scale")
    for size in SIZES:
        inputs.append(helper.make_tensor_value_info(f"x{size}", TensorProto.FLOAT, [f"n{size}" if is_open else size]))
        for rounding in ROUNDINGS:
            name = f"y{size}_{rounding}"
            nodes.append(
                helper.make_node(
                    "Resize",
                    [f"x{size}", "", "scale"],
                    [name],
                    coordinate_transformation_mode="half_pixel_symmetric",
                    mode="nearest",
                    nearest_mode=rounding,
                )
            )
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
            expected.append((name, np.array(places(size, rounding), np.float32)))
    graph = helper.make_graph(nodes, "g", inputs, outputs, [scale])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9), expected


OUT.mkdir(parents=True, exist_ok=True)
given = []
for size in SIZES:
    np.save(OUT / f"x{size}.npy", np.arange(size, dtype=np.float32))
    given += ["-i", f"x{size}={OUT}/x{size}.npy"]
for is_open in (False, True):
    model, expected = make(is_open)
    onnx.save(model, OUT / "m.onnx")
    subprocess.run([BIN / "weftc", OUT / "m.onnx", "-o", OUT / "m.weft", "-q"], check=True)
    wanted = [word for name, _ in expected for word in ("-o", f"{name}={OUT}/{name}.npy")]
    subprocess.run([BIN / "weft", "run", OUT / "m.weft", *given, *wanted], check=True)
    wrong = [name for name, value in expected if not np.array_equal(np.load(OUT / f"{name}.npy"), value)]
    verify = subprocess.run([BIN / "weftc", "verify", OUT / "m.onnx", *given, "--rtol=0", "--atol=0"])
    print("open" if is_open else "known", "sizes:", wrong or "as exact arithmetic says", verify.returncode)
