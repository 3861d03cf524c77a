# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Shows each check a tree with one fault, and one without, and looks at what it finds.
import importlib.machinery
import importlib.util
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lint import banners, budgets, cmake_lists, includes, labels, links, messages, paths, records, test_names, todo  # noqa: E402
from lint.tree import Tree  # noqa: E402

BANNER = "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n//\n// Folds things.\n"


def load_script(name):
    """The module of a script of tools/dev, whose name has no suffix."""
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(pathlib.Path(__file__).resolve().parents[1] / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


class FakeTree(Tree):
    """A tree of the given name -> text."""

    def __init__(self, **files):
        self.contents = {name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()}
        self.contents.update(files.get("files", {}) if isinstance(files.get("files"), dict) else {})
        self.contents.pop("files", None)
        self.files, self.root, self.fix = sorted(self.contents), pathlib.Path("/nonexistent"), False

    def text(self, name):
        return self.contents.get(name, "")

    def without_comments(self, name):
        return re.sub(r"//[^\n]*", "", self.text(name))


def found(module, files):
    return [str(finding) for finding in module.check(FakeTree(files=files))]


class Checks(unittest.TestCase):
    def expect(self, module, bad, good, words):
        findings = found(module, bad)
        self.assertEqual(len(findings), 1, findings)
        self.assertIn(words, findings[0])
        self.assertEqual(found(module, good), [])

    def test_banner_missing(self):
        self.expect(banners, {"lib/A.cpp": "int x;\n"}, {"lib/A.cpp": BANNER}, "expected the banner's first line")

    def test_banner_purpose_missing(self):
        self.expect(banners, {"lib/A.cpp": BANNER.splitlines()[0] + "\n//\n//\n"}, {"lib/A.cpp": BANNER}, "says what this file is for")

    def test_guard_missing(self):
        self.expect(banners, {"lib/A.h": BANNER}, {"lib/A.h": BANNER + "#ifndef WEFT_A_H\n#define WEFT_A_H\n#endif\n"}, "include guard")

    def test_source_not_listed(self):
        self.expect(cmake_lists, {"lib/A.cpp": "", "lib/CMakeLists.txt": "add_weft_library(W\n  BA.cpp)"},
                    {"lib/A.cpp": "", "lib/CMakeLists.txt": "add_weft_library(W\n  A.cpp)"}, "not listed")

    def test_sources_not_sorted(self):
        self.expect(cmake_lists, {"lib/CMakeLists.txt": "add_weft_library(W\n  B.cpp\n  A.cpp\n)"},
                    {"lib/CMakeLists.txt": "add_weft_library(W\n  A.cpp\n  B.cpp\n)"}, "sort the list")

    def test_arrow_between_layers(self):
        self.expect(includes, {"lib/Codegen/A.cpp": '#include "dialects/Weft/IR/WeftOps.h"\n'},
                    {"lib/Codegen/A.cpp": '#include "dialects/Kernel/IR/KernelOps.h"\n'}, "layer Codegen must not include")

    def test_arrow_to_outside(self):
        self.expect(includes, {"runtime/src/a.cpp": "#include <iostream>\n"}, {"runtime/src/a.cpp": "#include <cstring>\n"}, "iostream")

    def test_single_header_of_a_layer(self):
        self.expect(includes, {"tools/weft-opt/a.cpp": '#include "test/Unit/tensors.h"\n'},
                    {"tools/weft-opt/a.cpp": '#include "test/lib/TestPasses.h"\n'}, "layer Tools must not include")

    def test_long_file(self):
        self.expect(budgets, {"lib/A.cpp": "\n" * 601}, {"lib/A.cpp": "\n" * 600}, "601 lines")

    def test_long_pass_body(self):
        body = "struct P {{\n  void runOnOperation() override {{\n{}  }}\n}};\n"
        self.expect(budgets, {"lib/A.cpp": body.format("    f();\n" * 21)}, {"lib/A.cpp": body.format("    f();\n" * 20)}, "21 lines")

    def test_option_in_library(self):
        self.expect(budgets, {"lib/A.cpp": "static cl::opt<bool> x;\n"}, {"lib/A.cpp": "// cl::opt is bad\n"}, "no cl::opt")

    def test_message_with_period(self):
        self.expect(messages, {"lib/A.cpp": 'return op.emitOpError("expected more.");\n'},
                    {"lib/A.cpp": 'return op.emitOpError("expected more");\n'}, "ends with a period")

    def test_message_with_capital(self):
        self.expect(messages, {"lib/A.cpp": 'return op.emitOpError("Expected more");\n'},
                    {"lib/A.cpp": 'return op.emitOpError("ONNX node is odd");\n'}, "begins with a capital")

    def test_match_failure_without_reason(self):
        self.expect(messages, {"lib/A.cpp": "return rewriter.notifyMatchFailure(op);\n"},
                    {"lib/A.cpp": 'return rewriter.notifyMatchFailure(op, "has two uses");\n'}, "without a reason")

    def test_label_without_test(self):
        spec, code = {"docs/spec/a.md": "(matmul-C1)"}, {"dialects/Weft/IR/A.cpp": '"... [matmul-C1]"'}
        test = {"test/Dialect/Weft/a.mlir": "func.func @matmul_c1_rank(%x: i32)"}
        self.expect(labels, {**spec, **code}, {**spec, **code, **test}, "not in a test")

    def test_pass_without_test(self):
        body = "\n".join(records.FIELDS) + "\n(* example test/a.mlir#b *)"
        record = {"include/weft/Passes.td": f'def P : Pass<"weft-fold"> {{\n  let summary = "Fold";\n{body}\n}}\n'}
        self.expect(records, record, {**record, "test/fold.mlir": ""}, "has no test")

    def test_op_without_example(self):
        op = 'def Weft_AOp : Weft_Op<"a"> {{\n  let summary = "A";\n  {}\n}}\n'
        self.expect(records, {"dialects/Weft/IR/A.td": op.format("")}, {"dialects/Weft/IR/A.td": op.format("```mlir")}, "no example")

    def test_todo_without_issue(self):
        self.expect(todo, {"lib/A.cpp": "// TO" "DO: later\n"}, {"lib/A.cpp": "// TO" "DO(#12): later\n"}, "expected")

    def test_function_twice(self):
        prose = "// Protects the claim of this file.\n"
        self.expect(test_names, {"test/a.mlir": prose + "func.func @f(\n// -----\nfunc.func @f(\n"},
                    {"test/a.mlir": prose + "func.func @f(\nfunc.func @g(\n"}, "second function @f")

    def test_broken_link(self):
        self.expect(links, {"docs/a.md": "[b](b.md)\n"}, {"docs/a.md": "[b](b.md#x-y)\n", "docs/b.md": "# X y\n"}, "no such file")

    def test_broken_anchor(self):
        self.expect(links, {"a.md": "[b](#c)\n# B\n"}, {"a.md": "[b](#b)\n# B\n"}, "no such heading")

    def test_machine_path(self):
        self.expect(paths, {"a.md": "see /ho" "me/me/x\n"}, {"a.md": "see /usr/lib/x and a/home/b\n"}, "absolute path")


class Reasons(unittest.TestCase):
    def bare(self, body, parameters="Op op, PatternRewriter &rewriter"):
        return len(messages.reasons(f"LogicalResult f({parameters}) {{\n{body}\n}}\n")[1])

    def test_failure_without_reason(self):
        self.assertEqual(self.bare("if (!op.isFine())\n  return failure();"), 1)
        self.assertEqual(self.bare("if (!sum)\n  return failure();", "Value root, const char **why"), 1)

    def test_failure_behind_a_callee_that_reported(self):
        self.assertEqual(self.bare("if (failed(check(op, {1, 2})))\n  return failure();"), 0)
        self.assertEqual(self.bare("auto made = buildChecked<Op>(rewriter);\nif (!made)\n  return failure();"), 0)

    def test_failure_of_a_function_that_is_no_match(self):
        self.assertEqual(self.bare("if (!x)\n  return failure();", "Op op"), 0)


class GeneratedPages(unittest.TestCase):
    def setUp(self):
        self.gen_docs = load_script("gen-docs")

    def test_fields_become_a_list(self):
        text = "What:           moves a\n                transpose.\nCost:           none.\nProse.\n"
        self.assertEqual(self.gen_docs.field_lists(text), "- **What:** moves a\n  transpose.\n- **Cost:** none.\n\nProse.")

    def test_fields_in_code_stay(self):
        self.assertEqual(self.gen_docs.field_lists("```\nCost:   1\n```"), "```\nCost:   1\n```")

    def test_no_markup_of_tests_in_prose(self):
        page = self.gen_docs.example("test/Transforms/batch.mlir", "conv_nchw_f32_flatten")
        self.assertNotIn("SYMBOL", page)
        self.assertIn("weft.reshape", page.split("demands of the result")[1])

    def test_errors_are_shown_without_markup(self):
        page = self.gen_docs.example("test/Transforms/verify-shapes.mlir", "unnamed")
        self.assertNotIn("expected-error", page)
        self.assertIn("It is refused:\n\n```\ninternal: expected dim 0", page)


if __name__ == "__main__":
    unittest.main()
