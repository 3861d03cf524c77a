# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes m.onnx (y = x + w) with w in the external file w.bin, and y.npy for x: external_model.py FOLDER
"""The protobuf is written by hand, so that nothing but Python is needed."""
import pathlib
import struct
import sys


def number(value):
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def field(tag, value):
    if isinstance(value, int):
        return number(tag << 3) + number(value)
    value = value.encode() if isinstance(value, str) else value
    return number(tag << 3 | 2) + number(len(value)) + value


def tensor_value(name):
    shape = field(2, field(1, field(1, 4)))
    return field(1, name) + field(2, field(1, field(1, 1) + shape))


def main():
    folder = pathlib.Path(sys.argv[1])
    data = struct.pack("<4f", 1, 2, 3, 4)
    (folder / "w.bin").write_bytes(data)
    place = field(13, field(1, "location") + field(2, "w.bin"))
    weight = field(1, 4) + field(2, 1) + field(8, "w") + place + field(14, 1)
    node = field(1, "x") + field(1, "w") + field(2, "y") + field(3, "add") + field(4, "Add")
    graph = (field(1, node) + field(2, "g") + field(5, weight) + field(11, tensor_value("x")) +
             field(12, tensor_value("y")))
    (folder / "m.onnx").write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 17)))
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }"
    header += " " * (117 - len(header)) + "\n"
    (folder / "y.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


main()
