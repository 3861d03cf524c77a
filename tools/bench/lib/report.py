# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes the measured rows as a page with tables and plots.
import pathlib

import plots
import results
from comparison import geometric_mean
from participants import NAMES, TITLES
from peers import time_text

EQUAL = 0.98  # a ratio that counts as "not slower"
PLACE = "docs/performance"


def _plural(count, what):
    return f"{count} {what}" + ("" if count == 1 else "s")


def _cell(found):
    if found is None:
        return ""
    if "ratio" in found:
        once = " (one run)" if found.get("rounds") == 1 else ""
        return f"{time_text(found['ms'] / 1e3)}, **{found['ratio']:.2f}x**{once}"
    return "cannot"


def _order(row):
    return (row["threads"], row["batch"], row["model"])


def _table(rows, peers):
    text = ["| model | Weft | " + " | ".join(TITLES[name] for name in peers) + " | fastest peer / Weft |",
            "| --- | --- |" + " --- |" * len(peers) + " --- |"]
    for row in rows:
        weft = row["weft"]
        if "note" in weft:
            text.append(f"| {row['model']} | cannot |" + " |" * len(peers) + " |")
            continue
        fastest = results.best(row)
        last = "" if fastest is None else f"**{fastest[1]:.2f}x** ({TITLES[fastest[0]]})"
        cells = [_cell(row["peers"].get(name)) for name in peers]
        text.append(f"| {row['model']} | {time_text(weft['ms'] / 1e3)} | " + " | ".join(cells) + f" | {last} |")
    return text


def _summary(rows, peers):
    text = ["| threads | batch | models | fastest peer / Weft, geometric mean | not slower than the fastest peer | "
            + " | ".join(f"{TITLES[name]} / Weft" for name in peers) + " |", "| --- | --- | --- | --- | --- |" + " --- |" * len(peers)]
    for threads, batch in sorted({(row["threads"], row["batch"]) for row in rows}):
        chosen = [row for row in rows if (row["threads"], row["batch"]) == (threads, batch) and "note" not in row["weft"]]
        ratios = [found[1] for row in chosen if (found := results.best(row))]
        if not ratios:
            continue
        cells = []
        for name in peers:
            own = [row["peers"][name]["ratio"] for row in chosen if "ratio" in row["peers"].get(name, {})]
            cells.append(f"{geometric_mean(own):.2f}x of {len(own)}" if own else "")
        text.append(f"| {threads} | {batch} | {len(chosen)} | {geometric_mean(ratios):.2f}x | "
                    f"{sum(ratio >= EQUAL for ratio in ratios)} of {len(ratios)} | " + " | ".join(cells) + " |")
    return text


def _slower(rows, causes):
    slow = [(found[1], found[0], row) for row in rows if "note" not in row["weft"] and (found := results.best(row)) and found[1] < EQUAL]
    if not slow:
        return ["None."]
    text = ["| model | batch | threads | fastest peer / Weft | peer | cause |", "| --- | --- | --- | --- | --- | --- |"]
    for ratio, name, row in sorted(slow, key=lambda entry: entry[0]):
        cause = causes.get(results.key(row["model"], row["batch"], row["threads"]), causes.get(row["model"], "not known yet"))
        text.append(f"| {row['model']} | {row['batch']} | {row['threads']} | {ratio:.2f}x | {TITLES[name]} | {cause} |")
    return text


def _refusals(rows):
    """What does not run, with the reasons, equal reasons of one model joined."""
    found = {}
    for row in rows:
        if "note" in row["weft"]:
            found.setdefault((row["model"], "Weft", row["weft"]["note"]), []).append(row)
        for name, peer in row["peers"].items():
            if "note" in peer:
                found.setdefault((row["model"], TITLES[name], peer["note"]), []).append(row)
    if not found:
        return ["None."]
    text = ["| model | who | rows (batch x threads) | reason |", "| --- | --- | --- | --- |"]
    for (model, who, note), where in sorted(found.items(), key=lambda entry: entry[0]):
        places = ", ".join(sorted({f"{row['batch']} x {row['threads']}" for row in where}))
        text.append(f"| {model} | {who} | {places} | {_plain(note)} |")
    return text


def _plain(note):
    """A reason for a table's cell: no bars, no tags, no paths, not long."""
    note = " ".join(part if part.count("/") < 2 else part.rsplit("/", 1)[-1] for part in note.split())
    return note.replace("|", "/").replace("<", "&lt;").replace("`", "'")[:220]


def _drawings(rows, folder, peers):
    """Writes the SVG files; returns the lines that show them."""
    text = []
    for threads, batch in sorted({(row["threads"], row["batch"]) for row in rows}):
        chosen = [row for row in rows if (row["threads"], row["batch"]) == (threads, batch)]
        groups = [(row["model"], {TITLES[n]: row["peers"][n]["ratio"] for n in peers if "ratio" in row["peers"].get(n, {})}) for row in chosen]
        groups = [group for group in groups if group[1]]
        if len(groups) < 2:
            continue
        name = f"cpu-batch{batch}-threads{threads}.svg"
        title = f"Times as fast as peers: batch {batch}, {_plural(threads, 'thread')}"
        series = [TITLES[n] for n in peers if any(TITLES[n] in found for _, found in groups)]
        (folder / name).write_text(plots.bars(title, "peer's time / Weft's, right of 1x Weft is faster", groups, series))
        text.append(f"![{title}]({name})")
    text += _scaling(rows, folder, peers, "threads", "cpu-threads.svg", "Two threads", lambda one, other: one / other)
    text += _scaling(rows, folder, peers, "batch", "cpu-batches.svg", "A batch", None)
    return text


def _scaling(rows, folder, peers, axis, name, label, ratio):
    """The gain of the largest value of `axis` over 1, Weft's and the peers'."""
    values = sorted({row[axis] for row in rows})
    if len(values) < 2 or values[0] != 1:
        return []
    most, other = values[-1], "batch" if axis == "threads" else "threads"
    table = {(row["model"], row[axis], row[other]): row for row in rows}
    groups = []
    for row in rows:
        if row[axis] != 1 or row[other] != 1 or (row["model"], most, 1) not in table:
            continue
        many, found = table[(row["model"], most, 1)], {}
        for who in ("weft", *peers):
            one, more = (r["weft"] if who == "weft" else r["peers"].get(who, {}) for r in (row, many))
            if "ms" in one and "ms" in more:
                gain = one["ms"] / more["ms"]
                found["Weft" if who == "weft" else TITLES[who]] = gain if ratio else gain * most
        if found:
            groups.append((row["model"], found))
    if len(groups) < 2:
        return []
    title = f"{label} against one: {axis} {most} over 1"
    note = "time of one thread / time of both" if ratio else f"throughput at batch {most} / throughput at batch 1"
    series = [who for who in ("Weft", *(TITLES[n] for n in peers)) if any(who in found for _, found in groups)]
    (folder / name).write_text(plots.bars(title, note, groups, series))
    return [f"![{title}]({name})"]


def _versions(stored, peers):
    text = ["| peer | version | how it runs |", "| --- | --- | --- |"]
    for name in peers:
        about = stored.peers.get(name, {})
        text.append(f"| {TITLES[name]} | {about.get('version', '-')} | {about.get('settings', '-')} |")
    return text


def write(stored, folder, command, causes):
    """Writes cpu.md and its plots into `folder`. causes: text by row's key or model; under 'notes', what to know of all."""
    folder = pathlib.Path(folder)
    rows = sorted(stored.rows.values(), key=_order)
    peers = [name for name in NAMES if any(name in row["peers"] for row in rows)]
    dates = sorted({row["weft"]["date"] for row in rows})
    builds = sorted({row["weft"]["build"] for row in rows})
    spread = [row["weft"]["calibration_spread"] for row in rows if "calibration_spread" in row["weft"]]
    rounds = [row["weft"]["rounds"] for row in rows if "rounds" in row["weft"]]
    counted = f"; {min(rounds)} to {max(rounds)} rounds each" if rounds else ""
    text = ["# The CPU engine beside its peers", "", "| | |", "| --- | --- |", f"| machine | {stored.machine.get('text', '-')} |",
            f"| date | {dates[0] if dates else '-'}{' to ' + dates[-1] if len(dates) > 1 else ''} |", f"| command | `{command}` |",
            f"| Weft | {', '.join(builds)}; `--cpu=native --math=f32` |",
            "| rows | " + str(len(rows)) + counted + (f"; calibration loop, slowest round / fastest: median {sorted(spread)[len(spread) // 2]:.2f}, "
                                            f"largest {max(spread):.2f} (alone on the machine: 1.0) |" if spread else " |"), ""]
    text += ["Each row is one model at one batch and number of threads. Weft and the peers take turns on the same processors; a figure is the",
             "median of the rounds' ratios, peer's time / Weft's: **above 1x Weft is faster**; a peer more than 25 times slower",
             "is timed once. A commit with a '+' had changes that were not committed yet. Before anything is timed the outputs are compared",
             "with ONNX Runtime's; who differs, or cannot run the model, is in the last table with the reason and not compared. ONNX Runtime,",
             "OpenVINO, IREE, TVM and ncnn are called through their Python packages with inputs (and where possible outputs) bound; for a",
             "network of a few microseconds the call itself is part of their figure. [JSON](cpu.json).", ""]
    if causes.get("notes"):
        text += ["## Read this first", "", *(f"- {note}" for note in causes["notes"]), ""]
    text += ["## Summary", "", *_summary(rows, peers), "", *_versions(stored, peers), ""]
    drawn = _drawings(rows, folder, peers)
    text += ["## Slower than a peer", "", *_slower(rows, causes), ""]
    for threads, batch in sorted({(row["threads"], row["batch"]) for row in rows}):
        chosen = [row for row in rows if (row["threads"], row["batch"]) == (threads, batch)]
        text += [f"## Batch {batch}, {_plural(threads, 'thread')}", "", *_table(chosen, peers), ""]
    text += ["## What does not run", "", *_refusals(rows), ""]
    if drawn:
        text += ["## Plots", "", *(line for drawing in drawn for line in (drawing, "")),]
    (folder / "cpu.md").write_text("\n".join(text).rstrip() + "\n")
