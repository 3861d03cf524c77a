# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Constraint labels, from the specification to the test.
"""each constraint label (matmul-C3) is in the spec, in the definition or its verifier, and in a test"""
import re

from lint.tree import Finding, line_of

LABEL = re.compile(r"(?<![\w-])([a-z][a-z0-9_.]*)-C(\d+)(?![\w])")
CASE = re.compile(r"@([a-z][a-z0-9_]*?)_c(\d+)(?=[_(])")  # verifier cases name their constraint: @matmul_c3_...

# Where the constraints of a dialect are specified: pages of docs/spec, or the records themselves (its generated reference).
SPECIFIED = {"Weft": "pages", "Kernel": "records", "Sched": "records"}


def labels(tree, names, pattern=LABEL):
    """label -> (file, line) of its first mention."""
    found = {}
    for name in names:
        text = tree.text(name)
        for match in pattern.finditer(text):
            found.setdefault(f"{match[1]}-C{match[2]}", (name, line_of(text, match.start())))
    return found


def check_dialect(tree, dialect):
    """The labels of one dialect; names of ops repeat between dialects, so each is looked at by itself."""
    folder, own = f"dialects/{dialect}/", f"test/Dialect/{dialect}/"
    others = tuple(f"test/Dialect/{name}/" for name in SPECIFIED if name != dialect)
    spec_names, spec_place = tree.matching(".md", under="docs/spec/"), "docs/spec"
    if SPECIFIED[dialect] == "records":
        spec_names, spec_place = tree.matching(".td", under=folder), f"the records of {folder}"
    test_names = [name for name in tree.matching(".mlir", under="test/") if not name.startswith(others)]
    if dialect != "Weft":
        test_names = tree.matching(".mlir", under=own)
    spec, code = labels(tree, spec_names), labels(tree, tree.matching(".td", ".cpp", ".h", under=folder))
    tests = {**labels(tree, test_names, CASE), **labels(tree, test_names)}
    own_tests = labels(tree, tree.matching(".mlir", under=own))  # elsewhere, labels may be those of passes
    findings = []
    for have, where, lack, what in ((code, folder, spec, spec_place), (spec, spec_place, code, folder),
                                    (spec, spec_place, tests, "a test"), (own_tests, own, spec, spec_place)):
        for label in sorted(set(have) - set(lack)):
            findings.append(Finding(*have[label], f"label {label} is in {where} but not in {what}"))
    return findings


def check(tree):
    return [finding for dialect in SPECIFIED for finding in check_dialect(tree, dialect)]
