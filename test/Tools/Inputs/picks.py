# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes a model that gathers rows, with inputs of which an index is out of range: picks.py FOLDER
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper

folder = pathlib.Path(sys.argv[1])
inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 3]),
          helper.make_tensor_value_info("i", TensorProto.INT64, ["picks"])]
graph = helper.make_graph([helper.make_node("Gather", ["x", "i"], ["y"])], "g", inputs,
                          [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["picks", 3])])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "m.onnx")
np.save(folder / "x.npy", np.ones((2, 3), np.float32))
np.save(folder / "i.npy", np.full(8, 5))
