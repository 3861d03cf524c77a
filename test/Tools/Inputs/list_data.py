# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes published ONNX cases with sequences and optionals as a model and a folder of data; expected values may be bent.
"""list_data.py FOLDER CASE..."""
import pathlib
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def message_of(value, kind):
    """A value as the message that its declared type asks for."""
    if kind.HasField("optional_type"):
        return numpy_helper.from_optional(value)
    return numpy_helper.from_list(value) if kind.HasField("sequence_type") else numpy_helper.from_array(np.asarray(value))


def write(folder, model, inputs, outputs):
    folder.mkdir(parents=True)
    for side, values, infos in (("input", inputs, model.graph.input), ("output", outputs, model.graph.output)):
        for i, (value, info) in enumerate(zip(values, infos)):
            (folder / f"{side}_{i}.pb").write_bytes(message_of(value, info.type).SerializeToString())


wanted = set(sys.argv[2:])
for case in collect_testcases(None):
    if case.name not in wanted:
        continue
    inputs, outputs = case.data_sets[0]
    root = pathlib.Path(sys.argv[1]) / case.name
    write(root / "right", case.model, inputs, outputs)
    write(root / "wrong", case.model, inputs, [[item + 1 for item in value] if isinstance(value, list) else value for value in outputs])
    onnx.save(case.model, root / "m.onnx")
    for i, value in enumerate(inputs):
        if isinstance(value, list):
            (root / f"in{i}").mkdir()
            for k, item in enumerate(value):
                np.save(root / f"in{i}" / f"{k}.npy", item)
