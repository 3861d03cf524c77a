# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Nothing names a machine that only its author has.
"""no absolute paths of one machine, no addresses of private hosts"""
import re

from lint.tree import Finding

PATH = re.compile(r"(?<![\w.$)}/-])/(?:home/\w+|root|work|tmp|Users/\w+|mnt|opt/wheels)(?:/|\b)")
HOST = re.compile(r"\b(?:localhost|127\.0\.0\.1|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+)\b")


def check(tree):
    findings = []
    for name in tree.files:
        if name == "tools/dev/lint/paths.py":
            continue
        for number, line in enumerate(tree.lines(name), 1):
            for pattern, what in ((PATH, "absolute path of one machine"), (HOST, "address of a private host")):
                match = pattern.search(line)
                if match:
                    findings.append(Finding(name, number, f"{what}: {match.group()}"))
    return findings
