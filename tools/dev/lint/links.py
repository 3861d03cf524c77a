# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Links between markdown pages.
"""relative links and anchors in markdown lead somewhere"""
import pathlib
import posixpath
import re

from lint.tree import Finding

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.S)


def blank_code(text):
    return CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def anchors(text):
    """The anchors that a markdown page offers: headings as GitHub names them, and explicit ones."""
    found = set(re.findall(r'<a (?:id|name)="([^"]+)"', text))
    for heading in re.findall(r"^#+\s+(.+?)\s*$", re.sub(r"```.*?```", "", text, flags=re.S), re.M):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
        slug, number = words.strip().replace(" ", "-"), 0
        while f"{slug}-{number}" in found or (number == 0 and slug in found):
            number += 1
        found.add(slug if number == 0 else f"{slug}-{number}")
    return found


def check(tree):
    findings, files = [], set(tree.files)
    folders = {str(parent) for name in tree.files for parent in pathlib.PurePosixPath(name).parents}
    for name in tree.matching(".md"):
        text = blank_code(tree.text(name))
        for match in LINK.finditer(text):
            target = match[1] or match[2]
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            place = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            line = text.count("\n", 0, match.start()) + 1
            if place not in files and place not in folders:
                findings.append(Finding(name, line, f"link to {target}: no such file"))
            elif anchor and place.endswith(".md") and anchor not in anchors(tree.text(place)):
                findings.append(Finding(name, line, f"link to {target}: no such heading"))
    return findings
