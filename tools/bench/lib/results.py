# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The measured rows on disk: any part can be measured, is kept, and joins what is there.
import json
import pathlib

VERSION = 1


def key(model, batch, threads):
    return f"{model} batch {batch} threads {threads}"


class Results:
    """Rows by model, batch and threads; each holds Weft's row and one per peer, of possibly different days."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.machine, self.peers, self.rows = {}, {}, {}
        if self.path.exists():
            stored = json.loads(self.path.read_text())
            if stored.get("version") != VERSION:
                raise ValueError(f"{path}: expected version {VERSION}, but got {stored.get('version')}; move it away to measure anew")
            self.machine, self.peers, self.rows = stored["machine"], stored["peers"], stored["rows"]

    def missing(self, model, batch, threads, names):
        """The peers of `names` that have no row yet, in their order; none when Weft itself does not run the model."""
        row = self.rows.get(key(model, batch, threads))
        if row is None:
            return list(names)
        return [] if "note" in row["weft"] else [name for name in names if name not in row["peers"]]

    def add(self, model, batch, threads, measured, date, build, kind):
        """measured: as measurement.measure returns it."""
        measured = dict(measured)
        weft = measured.pop("weft", {"note": "not measured"})
        row = self.rows.setdefault(key(model, batch, threads), {"model": model, "batch": batch, "threads": threads, "peers": {}})
        row["kind"] = kind
        row["weft"] = {**weft, "date": date, "build": build}
        for name, found in measured.items() if "note" not in weft else ():
            row["peers"][name] = {**found, "date": date, "build": build}

    def save(self):
        """Written whole or not at all."""
        part = self.path.with_suffix(".part")
        text = {"version": VERSION, "machine": self.machine, "peers": self.peers, "rows": self.rows}
        part.write_text(json.dumps(text, indent=1) + "\n")
        part.rename(self.path)


def best(row):
    """(name, ratio) of the fastest peer that ran the row's model exactly; None when none did, or Weft did not."""
    measured = [(found["ratio"], name) for name, found in row["peers"].items() if "ratio" in found]
    return (min(measured)[1], min(measured)[0]) if measured else None
