# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes a model y = -x with ONNX test data, right in one folder and wrong in another: test_data.py FOLDER
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = pathlib.Path(sys.argv[1])
negate = helper.make_node("Neg", ["x"], ["y"], name="negate")
graph = helper.make_graph([negate], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 3])],
                          [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 3])])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "m.onnx")
x = np.arange(6, dtype=np.float32).reshape(2, 3)
wrong = -x
wrong[1, 2] = 7
for name, y in (("right/test_data_set_0", -x), ("right/test_data_set_1", -x), ("wrong", wrong), ("shape", -x[0])):
    (folder / name).mkdir(parents=True)
    (folder / name / "input_0.pb").write_bytes(numpy_helper.from_array(x, "x").SerializeToString())
    (folder / name / "output_0.pb").write_bytes(numpy_helper.from_array(y, "y").SerializeToString())
(folder / "broken").mkdir()
(folder / "broken" / "input_0.pb").write_bytes(b"no tensor")
