# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes a model of texts (lower case, equal to "cat", with "!" behind) with ONNX test data, right in one folder
# and wrong in another: text_data.py FOLDER
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = pathlib.Path(sys.argv[1])
text = TensorProto.STRING
nodes = [
    helper.make_node("StringNormalizer", ["s"], ["low"], case_change_action="LOWER", is_case_sensitive=1),
    helper.make_node("Equal", ["s", "cat"], ["same"]),
    helper.make_node("StringConcat", ["s", "mark"], ["loud"])
]
constants = [numpy_helper.from_array(np.array([value], object), name) for name, value in (("cat", "cat"), ("mark", "!"))]
graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("s", text, ["n"])], [
    helper.make_tensor_value_info("low", text, ["n"]),
    helper.make_tensor_value_info("same", TensorProto.BOOL, ["n"]),
    helper.make_tensor_value_info("loud", text, ["n"])
], constants)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9), folder / "m.onnx")
s = np.array(["cat", "Ca", "", "\u00c9t\u00e9"])
np.save(folder / "s.npy", s)
right = [np.array(["cat", "ca", "", "\u00e9t\u00e9"], object), s == "cat", np.array(["cat!", "Ca!", "!", "\u00c9t\u00e9!"], object)]
for name, loud in (("right", right[2]), ("wrong", np.array(["cat!", "Ca?", "!", "e"], object))):
    (folder / name).mkdir()
    (folder / name / "input_0.pb").write_bytes(numpy_helper.from_array(s.astype(object), "s").SerializeToString())
    for i, value in enumerate([right[0], right[1], loud]):
        (folder / name / f"output_{i}.pb").write_bytes(numpy_helper.from_array(value, "y").SerializeToString())
