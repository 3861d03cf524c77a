# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Kills weftc and weft while they write large files into a folder: killed.py FOLDER
"""A writer is caught by its open files: one of them, below the folder, has grown."""
import os
import pathlib
import subprocess
import sys
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

COUNT = 1 << 23  # floats: 32 MiB of weights, and of output


def make_model(path):
    weights = numpy_helper.from_array(np.arange(COUNT, dtype=np.float32), "w")
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [COUNT])], [weights])
    path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString())


def bytes_written(pid, folder):
    """The size of the largest file below `folder` that the process has open for writing."""
    most = 0
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            if not os.readlink(f"/proc/{pid}/fd/{fd}").startswith(str(folder)):
                continue
            flags = next(line for line in pathlib.Path(f"/proc/{pid}/fdinfo/{fd}").read_text().splitlines() if line.startswith("flags"))
            if int(flags.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY:
                most = max(most, os.stat(f"/proc/{pid}/fd/{fd}").st_size)
    except (OSError, StopIteration):
        pass  # it ended, or closed the file meanwhile
    return most


def kill_while_writing(command, folder):
    """Kills the command once it has written something; returns how much, or None where it was faster."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        written = bytes_written(process.pid, folder)
        if written:
            process.kill()
            process.wait()
            return written if process.returncode < 0 else None
        time.sleep(0.0005)
    return None


def check(name, command, output, folder, whole):
    attempts = 40
    for _ in range(attempts):
        output.write_bytes(b"previous")
        before = sorted(os.listdir(folder))
        written = kill_while_writing(command, folder)
        if written is None or written >= whole:
            continue
        assert output.read_bytes() == b"previous", "the previous output was touched"
        assert sorted(os.listdir(folder)) == before, f"left behind: {sorted(os.listdir(folder))}"
        print(f"{name} killed after {written} of {whole} bytes: previous output whole, no other files", flush=True)
        return
    print(f"{name} was never caught while writing in {attempts} attempts", flush=True)


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    model, artifact = folder / "model.onnx", folder / "model.weft"
    make_model(model)
    output = folder / "out"
    output.mkdir()
    subprocess.run(["weftc", str(model), "-o", str(artifact), "-q"], check=True)
    check("weftc", ["weftc", str(model), "-o", str(output / "o.weft"), "-q"], output / "o.weft", output, artifact.stat().st_size)
    run = ["weft", "run", str(artifact), "--random", "1", "-o"]
    check("weft", run + [f"y={output / 'o.npy'}"], output / "o.npy", output, 4 * COUNT)


if __name__ == "__main__":
    main()
