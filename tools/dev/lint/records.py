# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Completeness of pass and op records.
"""each pass has its full record and a test of its name; each op a summary and an example; each status code its line in docs"""
import pathlib
import re

from lint.tree import Finding, line_of

PASS = re.compile(r'^def (\w+)\s*:\s*(?:Pass|InterfacePass)<"([^"]+)"', re.M)
# Ops of a family class (unary, binary ...) are told by its rule and their summary; the others show an example.
OP = re.compile(r"^def (?:Weft|Kernel)_(\w+Op)\s*:\s*(\w+)", re.M)
TERMINATORS = ("YieldOp", "ReturnOp")  # shown in the examples of the ops that they end
BASES = ("Weft_Op", "Weft_InferredOp", "Kernel_Op")
FIELDS = ("What:", "Before this:", "After this:", "Does not:", "Cost:")


def record(text, start):
    """The text of the record that starts at `start`: up to the line `}`."""
    end = text.find("\n}", start)
    return text[start:end if end >= 0 else len(text)]


def is_tested(tree, argument):
    """Whether a lit file is named like the pass (without the project's prefix), or runs it by its flag."""
    stem = re.sub(r"^weft-", "", argument)
    for name in tree.matching(".mlir", under="test/"):
        if re.sub(r"-(invalid|options)$", "", pathlib.PurePosixPath(name).stem) in (stem, argument):
            return True
        if any("RUN:" in line and re.search(rf"(?<![\w-]){re.escape(argument)}(?![\w-])", line) for line in tree.lines(name)[:12]):
            return True
    return False


def undocumented_codes(tree):
    header, page = "runtime/include/weft_runtime.h", tree.text("docs/errors.md")
    codes = re.findall(r"\b(WEFT_[A-Z]+(?:_[A-Z]+)?) = 0x[0-9a-f]+", tree.text(header))
    return [Finding(header, 0, f"{code} is not in docs/errors.md") for code in codes if f"`{code}`" not in page]


def check(tree):
    findings = undocumented_codes(tree)
    for name in tree.matching("Passes.td"):
        text = tree.text(name)
        for match in PASS.finditer(text):
            body, line = record(text, match.start()), line_of(text, match.start())
            missing = [field for field in FIELDS if field not in body]
            if missing:
                findings.append(Finding(name, line, f"pass {match[2]} does not say: {' '.join(missing)}"))
            if "(* example " not in body:
                findings.append(Finding(name, line, f"pass {match[2]} has no (* example test/...#function *) line"))
            summary = re.search(r'let summary = "([^"]*)"', body)
            if not summary or not summary[1][:1].isupper() or summary[1].endswith("."):
                findings.append(Finding(name, line, f"pass {match[2]}: expected a summary with a capital and no period"))
            if not is_tested(tree, match[2]):
                findings.append(Finding(name, line, f"pass {match[2]} has no test"))
    for name in tree.matching(".td", under="dialects/"):
        text = tree.text(name)
        for match in OP.finditer(text):
            body, line = record(text, match.start()), line_of(text, match.start())
            if "let summary" not in body:
                findings.append(Finding(name, line, f"{match[1]} has no summary"))
            if match[2] in BASES and match[1] not in TERMINATORS and "```mlir" not in body:
                findings.append(Finding(name, line, f"{match[1]} has no example (a ```mlir block in its description)"))
    return findings
