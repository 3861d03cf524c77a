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
BASES = ("Weft_Op", "Weft_InferredOp", "Kernel_Op")
FIELDS = ("What:", "Before this:", "After this:", "Does not:", "Cost:")


def record(text, start):
    """The text of the record that starts at `start`: up to the line `}`."""
    end = text.find("\n}", start)
    return text[start:end if end >= 0 else len(text)]


def test_names(argument):
    """A pass's test is named like its argument, without the project's prefix."""
    return {argument, re.sub(r"^weft-", "", argument)}


def undocumented_codes(tree):
    header, page = "runtime/include/weft_runtime.h", tree.text("docs/errors.md")
    codes = re.findall(r"\b(WEFT_[A-Z]+(?:_[A-Z]+)?) = 0x[0-9a-f]+", tree.text(header))
    return [Finding(header, 0, f"{code} is not in docs/errors.md") for code in codes if f"`{code}`" not in page]


def check(tree):
    findings = undocumented_codes(tree)
    stems = {pathlib.PurePosixPath(name).stem for name in tree.matching(".mlir", under="test/")}
    tests = {re.sub(r"-(invalid|options)$", "", stem) for stem in stems}
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
            if not test_names(match[2]) & tests:
                findings.append(Finding(name, line, f"pass {match[2]} has no test named after it"))
    for name in tree.matching(".td", under="dialects/"):
        text = tree.text(name)
        for match in OP.finditer(text):
            body, line = record(text, match.start()), line_of(text, match.start())
            if "let summary" not in body:
                findings.append(Finding(name, line, f"{match[1]} has no summary"))
            if match[2] in BASES and "```mlir" not in body:
                findings.append(Finding(name, line, f"{match[1]} has no example (a ```mlir block in its description)"))
    return findings
