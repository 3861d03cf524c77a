# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes .npy files, right and wrong ones, of a 2x2 array: bad_npy.py FOLDER
import pathlib
import struct
import sys

import numpy as np


def raw(dict_text, data=b"\0" * 16, length=None):
    text = dict_text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) if length is None else length) + text + data


def header(descr, shape):
    return f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"


def main():
    folder = pathlib.Path(sys.argv[1])
    array = np.array([[1, 2], [3, 4]], "<f4")
    np.save(folder / "fortran.npy", np.asfortranarray(array))
    np.save(folder / "big-endian.npy", array.astype(">f4"))
    np.save(folder / "big-fortran.npy", np.asfortranarray(array.astype(">f4")))
    np.save(folder / "doubles.npy", array.astype("<f8"))
    good = (folder / "fortran.npy").read_bytes()
    for name, data in (("empty", b""), ("text", b"1 2 3 4, which is no array\n"), ("half-header", good[:40]),
                       ("no-shape", raw("{'descr': '<f4', 'fortran_order': False}")), ("negative", raw(header("<f4", "(-2, 2)"))),
                       ("long-header", raw(header("<f4", "(2, 2)"), length=60000)), ("short", raw(header("<f4", "(2, 3)"))),
                       ("huge", raw(header("<f4", "(2500000000,)"))), ("overflow", raw(header("<f4", "(4611686018427387904, 4)"))),
                       ("huge-text", raw(header("<U4", "(4611686018427387904,)"))), ("object", raw(header("|O", "(2, 2)")))):
        (folder / f"{name}.npy").write_bytes(data)


if __name__ == "__main__":
    main()
