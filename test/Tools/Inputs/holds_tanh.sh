#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The problem of weft-reduce's test: IR that is valid and holds a tanh.
weft-opt "$1" 2>/dev/null | grep -q weft.tanh
