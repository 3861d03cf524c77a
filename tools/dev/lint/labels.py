# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Constraint labels, from the specification to the test.
"""each constraint label (matmul-C3) is in the spec, in the definition or its verifier, and in a test"""
import re

from lint.tree import Finding, line_of

LABEL = re.compile(r"(?<![\w-])([a-z][a-z0-9_.]*)-C(\d+)(?![\w])")
CASE = re.compile(r"@([a-z][a-z0-9_]*?)_c(\d+)(?=[_(])")  # verifier cases name their constraint: @matmul_c3_...


def labels(tree, names, pattern=LABEL):
    """label -> (file, line) of its first mention."""
    found = {}
    for name in names:
        text = tree.text(name)
        for match in pattern.finditer(text):
            found.setdefault(f"{match[1]}-C{match[2]}", (name, line_of(text, match.start())))
    return found


def check(tree):
    spec = labels(tree, tree.matching(".md", under="docs/spec/"))
    code = labels(tree, tree.matching(".td", ".cpp", ".h", under="dialects/"))
    tests = labels(tree, tree.matching(".mlir", under="test/"))
    tests.update({key: place for key, place in labels(tree, tree.matching(".mlir", under="test/"), CASE).items() if key not in tests})
    findings = []
    for have, where, lack, what in ((code, "dialects", spec, "docs/spec"), (spec, "docs/spec", code, "dialects"),
                                    (spec, "docs/spec", tests, "test"), (tests, "test", spec, "docs/spec")):
        for label in sorted(set(have) - set(lack)):
            findings.append(Finding(*have[label], f"label {label} is in {where} but not in {what}"))
    return findings
