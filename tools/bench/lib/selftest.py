#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Tests of the benchmark's own logic: statistics, what is kept and resumed, the page. Nothing here measures time.
import json
import math
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "dev" / "lib")]

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import array_files  # noqa: E402
import comparison  # noqa: E402
import peer_adapters  # noqa: E402
import plots  # noqa: E402
import report  # noqa: E402
import results  # noqa: E402
import suite  # noqa: E402
from zoo_graph import Net  # noqa: E402


def measured(ratio, name="onnxruntime"):
    return {"weft": {"ms": 10.0, "calibration_spread": 1.02}, name: {"ms": 10.0 * ratio, "ratio": ratio}}


class Comparison(unittest.TestCase):
    def test_equal_within_tolerance(self):
        a = np.array([1.0, 100.0], np.float32)
        self.assertEqual(comparison.difference(a + np.float32(0.05), a, 1e-3), "")
        self.assertIn("error", comparison.difference(a + np.float32(0.5), a, 1e-3))

    def test_shape_and_type(self):
        self.assertIn("instead of", comparison.difference(np.zeros((2, 1), np.float32), np.zeros(2, np.float32), 1))
        self.assertIn("instead of", comparison.difference(np.zeros(2, np.int64), np.zeros(2, np.float32), 1))

    def test_integers_are_equal_or_not(self):
        self.assertEqual(comparison.difference(np.array([1, 2]), np.array([1, 3]), 1.0), "1 of 2 elements differ")

    def test_nan_on_one_side(self):
        a, b = np.array([1.0, np.nan]), np.array([1.0, 2.0])
        self.assertIn("NaN", comparison.difference(a, b, 1.0))
        self.assertEqual(comparison.difference(a, a, 1e-3), "")

    def test_missing_output(self):
        self.assertEqual(comparison.differences({}, {"y": np.zeros(1)}, 1), "no output 'y'")

    def test_rounds_that_others_slowed_do_not_count(self):
        self.assertEqual(comparison.quiet_rounds([1.0, 1.05, 2.0, 1.01], 1.1), [0, 1, 3])
        self.assertEqual(comparison.quiet_rounds([1.0, 2.0, 2.0, 2.0], 1.1), [0, 1, 2, 3])

    def test_median_is_of_ratios(self):
        self.assertEqual(comparison.median_ratio([1.0, 2.0, 4.0], [2.0, 4.0, 4.0], [0, 1, 2]), 2.0)

    def test_geometric_mean(self):
        self.assertAlmostEqual(comparison.geometric_mean([0.5, 2.0]), 1.0)
        self.assertTrue(math.isnan(comparison.geometric_mean([])))


class Kept(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "cpu.json"

    def test_resumes_with_what_is_missing(self):
        stored = results.Results(self.path)
        self.assertEqual(stored.missing("m", 1, 1, ["onnxruntime", "openvino"]), ["onnxruntime", "openvino"])
        stored.add("m", 1, 1, measured(1.5), "2026-01-01", "abc", "float")
        stored.save()
        again = results.Results(self.path)
        self.assertEqual(again.missing("m", 1, 1, ["onnxruntime", "openvino"]), ["openvino"])
        self.assertEqual(again.missing("m", 8, 1, ["onnxruntime"]), ["onnxruntime"])
        again.add("m", 1, 1, measured(1.2, "openvino"), "2026-01-02", "def", "float")
        self.assertEqual(results.best(again.rows[results.key("m", 1, 1)]), ("openvino", 1.2))

    def test_a_model_that_weft_cannot_run_is_a_row(self):
        stored = results.Results(self.path)
        stored.add("m", 1, 1, {"weft": {"note": "no such operator"}, "onnxruntime": {"load_s": 1.0}}, "2026-01-01", "abc", "float")
        self.assertEqual(stored.missing("m", 1, 1, ["onnxruntime"]), [])
        self.assertIsNone(results.best(stored.rows[results.key("m", 1, 1)]))

    def test_another_version_is_refused(self):
        self.path.write_text(json.dumps({"version": 0}))
        with self.assertRaisesRegex(ValueError, "expected version 1, but got 0"):
            results.Results(self.path)

    def test_page(self):
        stored = results.Results(self.path)
        stored.machine, stored.peers = {"text": "a machine"}, {"onnxruntime": {"version": "9.9", "settings": "fast"}}
        stored.add("quick", 1, 1, measured(2.0), "2026-01-01", "abc", "float")
        stored.add("slow", 1, 1, measured(0.5), "2026-01-01", "abc", "float")
        stored.add("slow", 1, 2, measured(0.8), "2026-01-01", "abc", "float")
        stored.add("quick", 1, 2, measured(0.9), "2026-01-01", "abc", "float")
        stored.add("odd", 1, 1, {"weft": {"note": "weftc: a | b"}}, "2026-01-01", "abc", "float")
        stored.rows[results.key("quick", 1, 1)]["peers"]["openvino"] = {"note": "no such operator"}
        report.write(stored, self.path.parent, "make bench", {"slow": "a copy", results.key("quick", 1, 2): "a barrier",
                                                                 "notes": ["a busy machine"]})
        text = (self.path.parent / "cpu.md").read_text()
        self.assertIn("| slow | 1 | 1 | 0.50x | ONNX Runtime | a copy |", text)
        self.assertIn("- a busy machine", text)
        self.assertIn("| quick | 1 | 2 | 0.90x | ONNX Runtime | a barrier |", text)
        self.assertIn("| quick | 10 ms | 20 ms, **2.00x** | cannot | **2.00x** (ONNX Runtime) |", text)
        self.assertIn("| odd | Weft | 1 x 1 | weftc: a / b |", text)
        self.assertIn("| quick | OpenVINO | 1 x 1 | no such operator |", text)
        self.assertIn("| 1 | 1 | 2 | 1.00x | 1 of 2 | 1.00x of 2 |", text)
        self.assertTrue((self.path.parent / "cpu-batch1-threads1.svg").exists())
        self.assertTrue((self.path.parent / "cpu-threads.svg").exists())

    def test_arrays_keep_any_name(self):
        arrays = {"gpu_0/data_0": np.ones((1, 2), np.float32), "file": np.array(3)}
        array_files.save(self.path.with_suffix(".npz"), arrays)
        found = array_files.load(self.path.with_suffix(".npz"))
        self.assertEqual(list(found), list(arrays))
        self.assertEqual(found["gpu_0/data_0"].shape, (1, 2))


class Drawing(unittest.TestCase):
    def test_bars_are_well_formed(self):
        import xml.etree.ElementTree as tree

        text = plots.bars("a < b", "note", [("m", {"ONNX Runtime": 2.0, "OpenVINO": 0.5}), ("n", {})], ["ONNX Runtime", "OpenVINO"])
        root = tree.fromstring(text)
        self.assertTrue(root.tag.endswith("svg"))
        self.assertIn(">2.00<", text)


class Models(unittest.TestCase):
    def test_batch_is_written_into_reshapes(self):
        shape = numpy_helper.from_array(np.array([1, 4], np.int64), "shape")
        graph = helper.make_graph([helper.make_node("Reshape", ["x", "shape"], ["y"])], "g",
                                  [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 2])],
                                  [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])], [shape])
        model = helper.make_model(graph)
        suite.set_batch(model, 8)
        onnx.checker.check_model(model, full_check=True)
        self.assertEqual(model.graph.output[0].type.tensor_type.shape.dim[0].dim_value, 8)

    def test_symbolic_sizes_become_numbers(self):
        graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g",
                                  [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", "other", 3])],
                                  [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", "other", 3])])
        model = helper.make_model(graph)
        suite.fix_sizes(model, {"batch": 4})
        self.assertEqual([d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim], [4, 1, 3])

    def test_feeds_of_models_that_keep_symbolic_dims(self):
        inputs = [helper.make_tensor_value_info("state", TensorProto.FLOAT, [2, "batch", 128]),
                  helper.make_tensor_value_info("sr", TensorProto.INT64, [])]
        graph = helper.make_graph([helper.make_node("Relu", ["state"], ["y"])], "g", inputs,
                                  [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.onnx"
            onnx.save(helper.make_model(graph), str(path))
            feeds = suite.feeds(suite.Model("silero_vad", 1, None), path)
        self.assertEqual(feeds["state"].shape, (2, 1, 128))
        self.assertEqual((feeds["sr"].shape, int(feeds["sr"])), ((), 16000))

    def test_names_and_batches_are_one_row_each(self):
        names = [(model.name, model.batch) for model in suite.built_in()]
        self.assertEqual(len(names), len(set(names)))

    def test_built_layers_are_valid(self):
        net = Net("test")
        x = net.input("x", [1, 6, 16])
        x = net.layer_norm(net.node("Add", [net.self_attention(x, 16, 2), x]), 16)
        net.output(net.gelu_tanh(net.gelu(net.linear(x, 16, 8))), "y", [1, 6, 8])
        onnx.checker.check_model(net.model(), full_check=True)

    def test_timing_counts_runs(self):
        median, runs = peer_adapters.time_runs(lambda: None, 0.0)
        self.assertGreaterEqual(runs, 3)
        self.assertGreaterEqual(median, 0.0)


if __name__ == "__main__":
    unittest.main()
