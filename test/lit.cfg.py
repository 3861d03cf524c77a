# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# How lit finds Weft's tests, the tools they run and the features they may require.
import os
import platform
import subprocess

import lit.formats

config.name = "Weft"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "lib", "CMakeLists.txt", "README.md"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.weft_binary_dir, "test")

bin_dir = os.path.join(config.weft_binary_dir, "bin")
config.environment["PATH"] = os.pathsep.join([bin_dir, config.llvm_tools_dir, os.environ.get("PATH", "")])
for variable in ("HOME", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if variable in os.environ:
        config.environment[variable] = os.environ[variable]

python = os.path.join(config.weft_source_dir, ".venv", "bin", "python")
if not os.path.exists(python):
    python = "python3"
config.substitutions.append(("%python", python))
config.substitutions.append(("%inputs", os.path.join(config.test_source_root, "Inputs")))
config.substitutions.append(("%weft_source", config.weft_source_dir))
config.substitutions.append(("%weft_bin", bin_dir))
config.substitutions.append(("%cxx", config.cxx))
config.substitutions.append(("%cc", config.cc))
# `%status N command`: the command must end with exactly this exit status, not by a signal.
config.substitutions.append(("%status", f"{python} {config.test_source_root}/Tools/Inputs/ends_with.py"))
# Tests of the dialect always check that what they print parses to the same.
config.substitutions.append((r"\bweft-opt\b", "weft-opt --verify-roundtrip"))


def cpu_levels():
    """The x86-64 levels that this processor runs, as the kernel lists its flags."""
    if platform.machine() != "x86_64" or not os.path.exists("/proc/cpuinfo"):
        return []
    with open("/proc/cpuinfo") as f:
        line = next((row for row in f if row.startswith("flags")), "")
    flags = set(line.split(":")[-1].split())
    levels = []
    for name, needs in (
        ("host-x86-64-v2", {"sse4_2", "ssse3", "popcnt", "cx16"}),
        ("host-x86-64-v3", {"avx2", "fma", "f16c", "bmi1", "bmi2", "movbe"}),
        ("host-x86-64-v4", {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}),
        ("host-x86-64-v4-vnni", {"avx512_vnni"}),
        ("host-x86-64-v4-amx", {"amx_tile", "amx_int8"}),
    ):
        if not needs <= flags:
            break
        levels.append(name)
    return levels


def has_module(name):
    """Whether the Python that tests use can import a module."""
    return subprocess.run([python, "-c", f"import {name}"], capture_output=True).returncode == 0


def has_small_disk():
    """Whether tests may mount a file system of their own, to fill it."""
    command = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=64k none "$0" && : >"$0/x"', config.test_exec_root]
    try:
        return subprocess.run(command, capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


config.available_features.update(cpu_levels())
# Measured sizes and allocations of a build with sanitizers are theirs, not Weft's.
if config.sanitizer:
    config.available_features.add("sanitizer")
if has_small_disk():
    config.available_features.add("small-disk")
if os.path.exists("/dev/full"):
    config.available_features.add("dev-full")
for module in ("numpy", "onnx", "onnxruntime"):
    if has_module(module):
        config.available_features.add(module)
for tool in ("weft", "weft-interp", "weft-lsp-server", "weft-opt", "weft-reduce", "weftc"):
    if os.path.exists(os.path.join(bin_dir, tool)):
        config.available_features.add(tool)
