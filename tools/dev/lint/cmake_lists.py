# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Source lists are explicit, complete and sorted.
"""each .cpp, .c and .td is named in the nearest CMakeLists.txt; lists of sources are sorted"""
import pathlib
import re

from lint.tree import Finding

# TableGen files that only others include need no line of their own.
INCLUDED = re.compile(r'include "([^"]+\.td)"')


def nearest_list(tree, name, lists):
    # The records of include/weft/X belong to the library in lib/X.
    for folder in pathlib.PurePosixPath(name.replace("include/weft/", "lib/")).parents:
        candidate = str(folder / "CMakeLists.txt")
        if candidate in lists:
            return candidate
    return None


def check(tree):
    findings = []
    lists = set(tree.matching("CMakeLists.txt"))
    included = {match for name in tree.matching(".td") for match in INCLUDED.findall(tree.text(name))}
    for name in tree.matching(".cpp", ".c", ".td"):
        if name.startswith("docs/") or name in included or any(name.endswith("/" + path) for path in included):
            continue
        owner = nearest_list(tree, name, lists)
        if owner is None:
            findings.append(Finding(name, 0, "no CMakeLists.txt in this folder or above"))
            continue
        folder = str(pathlib.PurePosixPath(owner).parent)
        mirrored = name.replace("include/weft/", "lib/")
        stem = str(pathlib.PurePosixPath(mirrored).relative_to(folder).with_suffix(""))
        if mirrored != name:
            stem = str(pathlib.PurePosixPath(name).with_suffix(""))
        text = tree.text(owner)
        if not re.search(rf"(?<!\w){re.escape(stem)}(\.(cpp|c|td))?(?![\w.])", text):
            findings.append(Finding(name, 0, f"not listed in {owner}"))
    for owner in lists:
        previous = None
        for number, line in enumerate(tree.lines(owner), 1):
            match = re.fullmatch(r"\s+([\w/]+\.cpp)\)?", line)
            if match and previous and match[1].lower() < previous.lower() and match[1] < previous:
                findings.append(Finding(owner, number, f"{match[1]} comes after {previous}; sort the list"))
            previous = match[1] if match else None
    return findings
