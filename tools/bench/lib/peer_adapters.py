# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One class per peer: loads a model as its documentation recommends for the fastest float32, runs it, and says why it cannot.
"""Runs inside the peers' own environment (tools/bench/requirements.txt); see peer_server.py for the protocol.

An adapter has `version()`, `settings` (for the report), `load(model, inputs, threads, work)` and, after it, `run()` which does not copy
more than the peer must and `outputs()`, name -> array. Whatever an adapter raises is the reason that the report prints.
"""
import contextlib
import importlib.metadata
import os
import pathlib
import subprocess
import sys
import time

import numpy as np


class Cannot(Exception):
    """The peer does not run this model; the text says why, in a few words."""


def _tool(name, *arguments, limit=900):
    """Runs a program of the environment that this interpreter belongs to."""
    command = [str(pathlib.Path(sys.executable).parent / name), *map(str, arguments)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise Cannot(f"{name}: not done after {limit} s") from None
    if done.returncode:
        lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        wrong = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else f"status {done.returncode}")
        raise Cannot(f"{name}: {wrong.strip()[:300]}")


def _upgraded(model, work, opset):
    """The model's path, converted to `opset` when it is older: importers know old forms of operators less well."""
    import onnx

    proto = onnx.load(model)
    version = next(entry.version for entry in proto.opset_import if entry.domain in ("", "ai.onnx"))
    if version >= opset:
        return model
    path = pathlib.Path(work) / f"{pathlib.Path(model).stem}-opset{opset}.onnx"
    if not path.exists():
        onnx.save(onnx.shape_inference.infer_shapes(onnx.version_converter.convert_version(proto, opset)), str(path))
    return path


class OnnxRuntime:
    settings = "CPU provider, all optimisations, inputs and outputs bound"

    def version(self):
        return importlib.metadata.version("onnxruntime")

    def load(self, model, inputs, threads, work):
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = threads, 4
        self.session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.binding, self.kept = self.session.io_binding(), []
        for name, array in inputs.items():
            self.kept.append(ort.OrtValue.ortvalue_from_numpy(array))
            self.binding.bind_ortvalue_input(name, self.kept[-1])
        self.names = [output.name for output in self.session.get_outputs()]
        for name in self.names:
            self.binding.bind_output(name)
        self.run()
        values = self.binding.get_outputs()  # from the second run on results go where those of the first one went
        self.binding.clear_binding_outputs()
        for name, value in zip(self.names, values):
            self.kept.append(value)
            self.binding.bind_ortvalue_output(name, value)

    def run(self):
        self.session.run_with_iobinding(self.binding)

    def outputs(self):
        return dict(zip(self.names, self.binding.copy_outputs_to_cpu()))


class OpenVino:
    settings = "CPU plugin, inference precision f32, latency hint, inputs shared"

    def version(self):
        return importlib.metadata.version("openvino")

    def load(self, model, inputs, threads, work):
        import openvino as ov

        core = ov.Core()
        read = core.read_model(str(model))
        settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1,
                    "EXECUTION_MODE_HINT": "ACCURACY", "ENABLE_CPU_PINNING": False}
        self.compiled = core.compile_model(read, "CPU", settings)
        self.request = self.compiled.create_infer_request()
        self.kept = []
        for port in self.compiled.inputs:
            array = next(inputs[name] for name in port.get_names() if name in inputs)
            self.kept.append(ov.Tensor(array, shared_memory=True))
            self.request.set_tensor(port, self.kept[-1])
        self.run()

    def run(self):
        self.request.infer()

    def outputs(self):
        return {name: np.array(self.request.get_tensor(port).data) for port in self.compiled.outputs for name in port.get_names()}


class Iree:
    settings = "llvm-cpu for the host's processor, O3 with data tiling, local-sync (one thread) or local-task, model at opset 17 or newer"

    def version(self):
        return importlib.metadata.version("iree-base-runtime")

    def load(self, model, inputs, threads, work):
        compiled = pathlib.Path(work) / (pathlib.Path(model).stem + ".vmfb")
        if not compiled.exists():
            text = compiled.with_suffix(".mlir")
            _tool("iree-import-onnx", _upgraded(model, work, 17), "-o", text)
            _tool("iree-compile", text, "-o", compiled, "--iree-hal-target-device=local", "--iree-hal-local-target-device-backends=llvm-cpu",
                  "--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3")
            text.unlink()
        import iree.runtime as rt
        import onnx

        if threads == 1:
            device = rt.get_device("local-sync")
        else:
            rt.flags.parse_flags(f"--task_topology_group_count={threads}")
            device = rt.get_device("local-task")
        config = rt.Config(device=device)
        self.module = rt.load_vm_module(rt.VmModule.mmap(config.vm_instance, str(compiled)), config)
        graph = onnx.load(str(model), load_external_data=False).graph
        self.names = [value.name for value in graph.output]
        functions = [name for name in self.module.vm_module.function_names if not name.startswith("__") and not name.endswith("$async")]
        self.function = self.module[functions[0]]
        self.arguments = [rt.asdevicearray(device, inputs[value.name]) for value in graph.input if value.name in inputs]
        self.run()

    def run(self):
        self.results = self.function(*self.arguments)

    def outputs(self):
        results = self.results if isinstance(self.results, (tuple, list)) else [self.results]
        return dict(zip(self.names, (np.asarray(result.to_host()) for result in results)))


class Tvm:
    settings = "Relax, LLVM for the host's processor, default pipeline: not tuned, which takes hours per model"

    def version(self):
        return importlib.metadata.version("apache-tvm")

    def load(self, model, inputs, threads, work):
        os.environ["TVM_NUM_THREADS"] = str(threads)
        import onnx
        import tvm
        from tvm import relax
        from tvm.relax.frontend.onnx import from_onnx

        proto = onnx.load(str(model))
        module = from_onnx(proto, keep_params_in_input=False)
        target = tvm.target.Target({"kind": "llvm", "mcpu": tvm.target.codegen.llvm_get_system_cpu(), "opt-level": 3})
        library = tvm.compile(module, target=target)
        machine = relax.VirtualMachine(library, tvm.cpu())
        arguments = [tvm.runtime.tensor(inputs[value.name]) for value in proto.graph.input if value.name in inputs]
        self.function, self.arguments = machine["main"], arguments
        self.names = [value.name for value in proto.graph.output]
        self.run()

    def run(self):
        self.results = self.function(*self.arguments)

    def outputs(self):
        results = [self.results] if hasattr(self.results, "numpy") else list(self.results)
        return dict(zip(self.names, (result.numpy() for result in results)))


class Ncnn:
    settings = "converted by pnnx, f32 storage and arithmetic (no fp16, no bf16), Winograd and packing on, light mode"

    def version(self):
        return importlib.metadata.version("ncnn")

    def load(self, model, inputs, threads, work):
        import onnx

        graph = onnx.load(str(model), load_external_data=False).graph
        values = [value for value in graph.input if value.name in inputs]
        batched = [inputs[value.name] for value in values if inputs[value.name].ndim]
        if any(array.shape[0] != 1 for array in batched):
            raise Cannot("no batch dimension: one image at a time only")
        folder = pathlib.Path(work) / (pathlib.Path(model).stem + "-ncnn")
        parameters, weights = folder / "model.ncnn.param", folder / "model.ncnn.bin"
        if not weights.exists():
            folder.mkdir(exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.link(model, folder / "model.onnx")
            kinds = {"float32": "f32", "int64": "i64", "int32": "i32", "float16": "f16", "bool": "u8"}
            shapes = ",".join(f"[{','.join(map(str, inputs[v.name].shape))}]{kinds[str(inputs[v.name].dtype)]}" for v in values)
            package = importlib.metadata.distribution("pnnx").locate_file("pnnx") / "pnnx"
            done = subprocess.run([str(package), str(folder / "model.onnx"), f"inputshape={shapes}", "fp16=0"], cwd=folder, check=False,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900)
            (folder / "model.onnx").unlink()
            if done.returncode or not weights.exists():
                lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
                raise Cannot(f"pnnx: status {done.returncode}: {lines[-1][:200] if lines else 'no message'}")
        import ncnn

        self.net = ncnn.Net()
        options = self.net.opt
        options.num_threads, options.lightmode, options.use_vulkan_compute = threads, True, False
        for name in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage", "use_bf16_packed"):
            if hasattr(options, name):
                setattr(options, name, False)
        if self.net.load_param(str(parameters)) or self.net.load_model(str(weights)):
            raise Cannot("the converted network holds layers that the library does not have")
        self.feeds = [(f"in{number}", ncnn.Mat(self._plain(inputs[v.name])).clone()) for number, v in enumerate(values)]
        self.names, self.shapes = [value.name for value in graph.output], None
        self.expected = [[dim.dim_value for dim in value.type.tensor_type.shape.dim] for value in graph.output]
        self.run()

    @staticmethod
    def _plain(array):
        """Without the batch; integers of 32 bits."""
        return np.ascontiguousarray(array.astype(np.int32) if array.dtype == np.int64 else array).reshape(array.shape[1:] or (1,))

    def run(self):
        extractor = self.net.create_extractor()
        for name, value in self.feeds:
            if extractor.input(name, value):
                raise Cannot(f"no input '{name}' in the converted network")
        self.results = []
        for number in range(len(self.names)):
            status, value = extractor.extract(f"out{number}")
            if status:
                raise Cannot(f"running gives status {status}")
            self.results.append(value)

    def outputs(self):
        found = {}
        for name, value, shape in zip(self.names, self.results, self.expected):
            array = np.array(value)
            found[name] = array.reshape(shape) if shape and all(shape) and array.size == int(np.prod(shape)) else array[np.newaxis]
        return found


ADAPTERS = {"onnxruntime": OnnxRuntime, "openvino": OpenVino, "iree": Iree, "tvm": Tvm, "ncnn": Ncnn}


def time_runs(run, seconds):
    """Median seconds of a run over about `seconds`, at least three, and how many there were."""
    samples, clock = [], time.perf_counter
    end = clock() + seconds
    while clock() < end or len(samples) < 3:
        start = clock()
        run()
        samples.append(clock() - start)
    samples.sort()
    half = len(samples) // 2
    return samples[half] if len(samples) % 2 else (samples[half - 1] + samples[half]) / 2, len(samples)
