# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes docs/conformance.md: what passed, per data set and per operator and range of opsets, and why the rest did not.
import collections
import dataclasses
import functools
import re

HEAD = """# Conformance

Written by `make conformance`; do not edit. Data are the cases of the pinned onnx package (`wheel`), those of Debian's package
libonnx-testdata, and those given with `DATA=PATH`, by their archives' names. Every case is compiled into an artifact, run by the
runtime and compared with the published outputs (relative tolerance 1e-3, absolute 1e-7, or the case's own). Cases with
initialisers run a second time with all of them as run-time inputs, so that folding of constants cannot stand in for code. Outputs
of random operators are compared by shape, type and range; their distribution is tested elsewhere
(`test/Execution/CPU/distributions.test`).
"""


@dataclasses.dataclass
class Row:
    """What is known about one operator in one range of opsets."""

    types: set = dataclasses.field(default_factory=set)
    cases: set = dataclasses.field(default_factory=set)
    missed: set = dataclasses.field(default_factory=set)


def opset_of(model, domain):
    return next((entry.version for entry in model.opset_import if entry.domain in (domain, domain or "ai.onnx")), 1)


def operator_of(case, model, singles):
    """(domain, name) of the operator that a case tests: its only node's, or that of the case whose expanded form it is."""
    if len(model.graph.node) == 1:
        node = model.graph.node[0]
        return ("" if node.domain == "ai.onnx" else node.domain, node.op_type)
    base = re.sub(r"_expanded.*$", "", case.name)
    if base in singles:
        return singles[base]
    return None


@functools.cache
def version_range(domain, name, opset):
    """The opsets over which the form of an operator that `opset` means is valid."""
    import onnx

    versions = sorted({schema.since_version for schema in onnx.defs.get_all_schemas_with_history()
                       if schema.name == name and schema.domain == domain})
    since = max((version for version in versions if version <= opset), default=opset)
    later = [version for version in versions if version > since]
    newest = onnx.defs.onnx_opset_version() if domain == "" else max(versions, default=since)
    until = later[0] - 1 if later else newest
    return (since, max(until, since))


def type_names(model):
    """Element types of a model's inputs, or of its outputs when it has none."""
    import onnx

    def leaf(type_proto):
        while not type_proto.HasField("tensor_type"):
            if type_proto.HasField("sequence_type"):
                type_proto = type_proto.sequence_type.elem_type
            elif type_proto.HasField("optional_type"):
                type_proto = type_proto.optional_type.elem_type
            else:
                return None
        return onnx.TensorProto.DataType.Name(type_proto.tensor_type.elem_type).lower()

    values = list(model.graph.input) or list(model.graph.output)
    return {name for value in values if (name := leaf(value.type))}


def collect(verdicts):
    """Rows by (domain, name, range)."""
    singles = {}
    for verdict in verdicts:
        if len(verdict.model.graph.node) == 1 and "_expanded" not in verdict.case.name:
            node = verdict.model.graph.node[0]
            singles[verdict.case.name] = ("" if node.domain == "ai.onnx" else node.domain, node.op_type)
    rows = collections.defaultdict(Row)
    for verdict in verdicts:
        operator = operator_of(verdict.case, verdict.model, singles) if verdict.case.kind == "node" else None
        if operator is None:
            key = ("", "(several operators)", None)
        else:
            key = (*operator, version_range(*operator, opset_of(verdict.model, operator[0])))
        row = rows[key]
        row.types |= type_names(verdict.model)
        row.cases.add(verdict.case.label())
        if verdict.reason:
            row.missed.add(verdict.case.label())
    return rows


def data_set_table(verdicts):
    counts = collections.defaultdict(lambda: [0, 0])
    for verdict in verdicts:
        count = counts[(verdict.case.source, verdict.case.kind, verdict.mode)]
        count[0] += not verdict.reason
        count[1] += 1
    yield "| data | cases | mode | passed | of |"
    yield "| --- | --- | --- | --- | --- |"
    for (source, kind, mode), (passed, total) in counts.items():
        yield f"| {source} | {kind} | {mode} | {passed:,} | {total:,} |"


def operator_table(rows):
    yield "| operator | opsets | types of inputs | passed | of |"
    yield "| --- | --- | --- | --- | --- |"
    for (domain, name, span), row in sorted(rows.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or (0, 0))):
        label = f"{domain}.{name}" if domain else name
        opsets = "" if span is None else str(span[0]) if span[0] == span[1] else f"{span[0]}-{span[1]}"
        yield f"| {label} | {opsets} | {', '.join(sorted(row.types))} | {len(row.cases) - len(row.missed)} | {len(row.cases)} |"


def miss_table(verdicts):
    """Cases with one reason share a row."""
    groups = collections.defaultdict(list)
    for verdict in verdicts:
        if verdict.reason:
            groups[(verdict.known or verdict.reason, verdict.mode)].append(verdict.case)
    yield "| cases | mode | reason |"
    yield "| --- | --- | --- |"
    for (reason, mode), cases in sorted(groups.items(), key=lambda item: item[1][0].name):
        names = sorted({case.name.removeprefix("test_") for case in cases})
        sources = sorted({case.source for case in cases})
        yield f"| {', '.join(names)} ({', '.join(sources)}) | {mode} | {reason.replace('|', '/')} |"


def write(path, verdicts):
    """Writes the page; verdicts of several modes of one case count as one case in the table of operators."""
    random = sorted({verdict.case.name for verdict in verdicts if verdict.random})
    parts = [HEAD, "## Data sets\n", "\n".join(data_set_table(verdicts)), ""]
    parts += ["## Misses\n", "\n".join(miss_table(verdicts)) if any(v.reason for v in verdicts) else "None.", ""]
    parts += ["## Operators\n", "\n".join(operator_table(collect(verdicts))), ""]
    parts += [f"{len(random)} cases hold random operators.", ""]
    path.write_text("\n".join(parts))
