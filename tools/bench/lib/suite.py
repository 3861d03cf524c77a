# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The models of the benchmark suite: how each is made, for which batches, and what it is fed.
import dataclasses
import pathlib
import subprocess
import sys
from typing import Callable

import numpy as np
import onnx
from onnx import helper, numpy_helper

import light_models
import weftenv
import zoo_sequence
import zoo_vision

BATCHES = (1, 8, 32)
# Sizes of symbolic dims of real models, (label, name -> size); the batch is a dim of this name, or stays as it is.
SIZES = {"minilm": (("1x16", {"batch": 1, "seq": 16}), ("1x128", {"batch": 1, "seq": 128}), ("8x64", {"batch": 8, "seq": 64}),
                    ("32x128", {"batch": 32, "seq": 128}))}
# Real models that stay as they are, with symbolic dims, since an input says which of two networks runs and sizes fit only one:
# (part of the model's name, input) -> shape, and the inputs that are not random.
SHAPES = {("silero", "input"): (1, 576), ("silero", "state"): (2, 1, 128), ("silero", "sr"): ()}
FEEDS = {("silero", "sr"): 16000}
# Largest difference from ONNX Runtime as a share of the largest value. Integer networks: a rounding that falls the other way is one step.
EXACT, INTEGER = 1e-3, 5e-2


class Unbuildable(Exception):
    """The model cannot be made here; the text says why."""


@dataclasses.dataclass
class Model:
    """One row's model. `make(path)` writes it; `batch` is what the batch is, 0 when the model decides."""
    name: str
    batch: int
    make: Callable[[pathlib.Path], None]
    kind: str = "float"

    def file(self, folder):
        """The model's path in `folder`, made when it is not there from an earlier run. Errors: Unbuildable."""
        path = folder / f"{self.name}-b{self.batch}.onnx"
        if not path.exists():
            part = path.with_suffix(".part")
            self.make(part)
            part.rename(path)
        return path

    @property
    def tolerance(self):
        return INTEGER if self.kind == "int8" else EXACT


def listed(table, name, value):
    """What SHAPES or FEEDS has for an input of the model `name`; None when it has nothing."""
    return next((found for (part, feed), found in table.items() if part in name and feed == value), None)


def fix_sizes(model, sizes):
    """Gives symbolic dims of inputs a number: sizes by name, else 1; forgets what was inferred from them."""
    for value in model.graph.input:
        for dim in value.type.tensor_type.shape.dim:
            if not dim.HasField("dim_value") or dim.dim_value <= 0:
                dim.dim_value = sizes.get(dim.dim_param, 1)
    del model.graph.value_info[:]
    for value in model.graph.output:
        for dim in value.type.tensor_type.shape.dim:
            if not dim.HasField("dim_value"):
                dim.dim_param = ""


def set_batch(model, batch):
    """Rewrites a network whose first dims are a batch of 1: inputs, and the shapes that Reshape nodes write out.

    Only valid where axis 0 is the batch throughout; the suite checks the outputs against single runs.
    """
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    for value in graph.input:
        if value.name not in stored:
            value.type.tensor_type.shape.dim[0].dim_value = batch
    for value in (*graph.output, *graph.value_info):
        if value.type.tensor_type.shape.dim:
            value.type.tensor_type.shape.dim[0].dim_value = batch
    for node in graph.node:
        if node.op_type != "Reshape" or node.input[1] not in stored or node.input[0] in stored:
            continue
        shape = numpy_helper.to_array(stored[node.input[1]]).copy()
        if len(shape) > 1 and shape[0] == 1:
            shape[0] = batch
            name = f"{node.input[1]}_of_{node.output[0]}"
            graph.initializer.append(numpy_helper.from_array(shape, name))
            node.input[1] = name


def _light(name, batch):
    def make(path):
        light_models.write_seeded(name, path)
        if batch != 1:
            model = onnx.load(path)
            set_batch(model, batch)
            onnx.save(model, path)

    return Model(name, batch, make)


def _zoo(name, build, batch, *arguments):
    return Model(name, batch, lambda path: build(batch, *arguments).save(path))


def _digits(batch):
    def make(path):
        model = onnx.load(weftenv.ROOT / "test" / "Inputs" / "digits" / "digits.onnx")
        fix_sizes(model, {model.graph.input[0].type.tensor_type.shape.dim[0].dim_param: batch})
        onnx.save(model, path)

    return Model("digits", batch, make)


def built_in():
    """The models that need no folder, every batch."""
    models = []
    for batch in BATCHES:
        models += [_light(name, batch) for name in light_models.NAMES]
        models += [_zoo("mobilenet_v3", zoo_vision.mobilenet_v3, batch), _zoo("efficientnet_b0", zoo_vision.efficientnet_b0, batch),
                   _zoo("unet", zoo_vision.unet, batch), _zoo("vit_b16", zoo_vision.vit_b16, batch),
                   _zoo("bert_base_128", zoo_sequence.bert_base, batch, 128), _zoo("bert_base_384", zoo_sequence.bert_base, batch, 384),
                   _zoo("gpt2_prefill_128", zoo_sequence.gpt2, batch, 128, 0), _zoo("gpt2_decode_512", zoo_sequence.gpt2, batch, 1, 511),
                   _zoo("wav2vec", zoo_sequence.wav2vec, batch), _digits(batch)]
    return models


def _uses_integers(path):
    return any(node.op_type in ("QuantizeLinear", "QLinearConv", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear")
               for node in onnx.load(path, load_external_data=False).graph.node)


def _sized(name, path, batch, sizes, kind):
    def make(out):
        source = path() if callable(path) else path
        model = onnx.load(source)
        if not any(part in name for part, _ in SHAPES):
            fix_sizes(model, sizes)
        onnx.save(model, out)

    return Model(name, batch, make, kind)


def from_folder(folder, work):
    """Every .onnx below `folder`, symbolic dims 1 or as SIZES says; and MiniLM when a script make_minilm.py lies there."""
    models = []
    for path in sorted(folder.rglob("*.onnx")):
        name = path.stem if path.stem not in ("model", "model_1") else path.parent.name
        models += _sizes_of(name, path, "int8" if _uses_integers(path) else "float")
    script = folder / "make_minilm.py"
    if script.exists() and not any(model.name.startswith("minilm") for model in models):
        models += _sizes_of("minilm", lambda: _made_by(script, work / "minilm.onnx"), "float")
    return models


def _sizes_of(name, path, kind):
    for key, sizes in SIZES.items():
        if name.lower().startswith(key):
            return [_sized(f"{name}_{label}", path, chosen.get("batch", 1), chosen, kind) for label, chosen in sizes]
    return [_sized(name, path, 1, {}, kind)]


def _made_by(script, out):
    if not out.exists():
        part = out.with_suffix(".part.onnx")
        done = subprocess.run([sys.executable, str(script), str(part)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unbuildable(f"{script.name}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
        part.rename(out)
    return out


def feeds(model, path, seed=1):
    """Input name -> array. Floats are normal, masks and kinds of tokens plausible, other integers small; the same every time."""
    graph = onnx.load(path, load_external_data=False).graph
    stored, random, arrays = {tensor.name for tensor in graph.initializer}, np.random.default_rng(seed), {}
    for value in graph.input:
        if value.name in stored:
            continue
        kind = helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
        shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        shape = listed(SHAPES, model.name, value.name) or shape
        if (given := listed(FEEDS, model.name, value.name)) is not None:
            array = np.full(shape, given, kind)
        elif np.issubdtype(kind, np.floating):
            array = random.standard_normal(shape, np.float32).astype(kind)
        elif "mask" in value.name:
            array = np.ones(shape, kind)
        elif value.name == "input_ids":
            array = random.integers(0, 30000, shape).astype(kind)
        else:
            array = random.integers(0, 2, shape).astype(kind)
        arrays[value.name] = np.array(array, order="C")
    return arrays
