# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Finds LLVM, MLIR and lld of the one version that Weft is written for.
set(WEFT_LLVM_MAJOR 22)
if(NOT MLIR_DIR AND EXISTS /usr/lib/llvm-${WEFT_LLVM_MAJOR}/lib/cmake/mlir)
  set(MLIR_DIR /usr/lib/llvm-${WEFT_LLVM_MAJOR}/lib/cmake/mlir)
endif()
find_package(MLIR REQUIRED CONFIG)
if(NOT LLVM_VERSION_MAJOR EQUAL WEFT_LLVM_MAJOR)
  message(FATAL_ERROR
    "Weft needs LLVM and MLIR ${WEFT_LLVM_MAJOR}, but found ${LLVM_VERSION}. Run `make setup`, or set -DMLIR_DIR=<prefix>/lib/cmake/mlir.")
endif()
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
set(WEFT_LLVM_TOOLS_DIR ${LLVM_TOOLS_BINARY_DIR})
find_path(WEFT_LLD_INCLUDE lld/Common/Driver.h HINTS ${LLVM_INCLUDE_DIRS})
find_library(WEFT_LLD_ELF lldELF HINTS ${LLVM_LIBRARY_DIRS})
find_library(WEFT_LLD_COMMON lldCommon HINTS ${LLVM_LIBRARY_DIRS})
