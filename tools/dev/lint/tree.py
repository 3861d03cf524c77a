# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The work tree as the checks see it: files under version control or about to be, their text, and the allowed exceptions.
import dataclasses
import fnmatch
import functools
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
ALLOW = pathlib.Path(__file__).with_name("allow.txt")


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str  # relative to the root
    line: int  # from 1; 0 for the whole file
    text: str

    def __str__(self):
        return f"{self.path}{f':{self.line}' if self.line else ''}: {self.text}"


class Tree:
    def __init__(self, fix=False, build="build"):
        self.root, self.fix, self.build = ROOT, fix, ROOT / build
        command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        self.files = sorted(name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file())

    def matching(self, *suffixes, under=""):
        """Paths, relative to the root, that end with one of `suffixes` and start with `under`."""
        return [name for name in self.files if name.endswith(suffixes) and name.startswith(under)]

    @functools.lru_cache(maxsize=None)
    def text(self, name):
        """The file's text; empty for a file that is not text."""
        try:
            return (self.root / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            return ""

    def lines(self, name):
        return self.text(name).splitlines()

    @functools.lru_cache(maxsize=None)
    def without_comments(self, name):
        """C++ or TableGen text with comments blanked, line numbers kept; string literals stay."""
        pattern = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S)

        def blank(match):
            part = match.group()
            return part if part.startswith('"') else re.sub(r"[^\n]", " ", part)

        return pattern.sub(blank, self.text(name))

    def changed(self):
        """Files that differ from the last commit."""
        out = subprocess.run(["git", "diff", "--name-only", "HEAD"], cwd=self.root, capture_output=True, text=True, check=True).stdout
        return [name for name in out.splitlines() if name in set(self.files)]

    def without_allowed(self, check, findings):
        """The findings that allow.txt does not except, plus one for each exception that is not needed any more."""
        used, left = set(), []
        entries = [entry for entry in allowed() if entry[0] == check]
        for finding in findings:
            for entry in entries:
                if fnmatch.fnmatch(finding.path, entry[1]) and entry[2] in finding.text:
                    used.add(entry)
                    break
            else:
                left.append(finding)
        for entry in entries:
            if entry not in used:
                left.append(Finding(str(ALLOW.relative_to(ROOT)), entry[4], f"exception for {entry[1]} is not needed any more; delete it"))
        return left


@functools.lru_cache(maxsize=None)
def allowed():
    """(check, path pattern, part of the finding's text, reason, line) of each line of allow.txt."""
    entries = []
    for number, line in enumerate(ALLOW.read_text().splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            fields = [field.strip() for field in line.split("|")]
            if len(fields) != 4 or not all((fields[0], fields[1], fields[3])):
                raise SystemExit(f"{ALLOW}:{number}: expected `check | path | text or nothing | reason`")
            entries.append((*fields, number))
    return entries


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
