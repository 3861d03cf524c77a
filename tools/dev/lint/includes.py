# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The dependency arrows between layers, checked on #include lines.
"""every #include follows an arrow of tools/dev/lint/arrows.txt"""
import pathlib
import re

from lint.tree import Finding

TABLE = pathlib.Path(__file__).with_name("arrows.txt")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
TABLEGEN = re.compile(r'^include "([^"]+)"', re.M)


def read_table():
    """Returns (layer -> prefixes, layer -> allowed layers or (layer, header), layer -> forbidden prefixes)."""
    layers, allow, forbid = {}, {}, {}
    for line in TABLE.read_text().splitlines():
        fields = line.split("#")[0].split()
        if fields:
            kind, name, *values = fields
            {"layer": layers, "allow": allow, "forbid": forbid}[kind].setdefault(name, []).extend(values)
    return layers, allow, forbid


def layer_of(layers, path):
    """The layer with the longest prefix of `path`, or None."""
    best, length = None, 0
    for name, prefixes in layers.items():
        for prefix in prefixes:
            if path.startswith(prefix) and len(prefix) > length:
                best, length = name, len(prefix)
    return best


def check(tree):
    layers, allow, forbid = read_table()
    findings = []
    for name in tree.matching(".cpp", ".h", ".c", ".td", ".inc"):
        layer = layer_of(layers, name)
        if layer is None:
            continue
        text = tree.text(name)
        included = [(m.start(2), m[1] == '"', m[2]) for m in INCLUDE.finditer(text)]
        if name.endswith(".td"):
            included = [(m.start(1), True, m[1]) for m in TABLEGEN.finditer(text)]
        for offset, quoted, header in included:
            line = text.count("\n", 0, offset) + 1
            beside = str(pathlib.PurePosixPath(name).parent / header)
            target = layer if quoted and (tree.root / beside).exists() else layer_of(layers, header)
            if target is not None and target != layer:
                permitted = allow.get(layer, [])
                if target not in permitted and f"{target}:{header}" not in permitted:
                    findings.append(Finding(name, line, f"layer {layer} must not include {header} of layer {target}"))
            elif target is None:
                for prefix in forbid.get(layer, []):
                    if header.startswith(prefix):
                        findings.append(Finding(name, line, f"layer {layer} must not include {header}"))
    return findings
