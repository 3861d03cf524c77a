# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles the published ONNX schema with protoc at build time, as the library WeftOnnxSchema.

# The schema lies inside the pinned `onnx` Python wheel, which `make setup` installs into .venv.
if(NOT WEFT_ONNX_PROTO)
  file(GLOB weft_onnx_protos ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/onnx/onnx-ml.proto)
  if(weft_onnx_protos)
    list(GET weft_onnx_protos 0 WEFT_ONNX_PROTO)
  endif()
endif()
if(NOT WEFT_ONNX_PROTO OR NOT EXISTS "${WEFT_ONNX_PROTO}")
  message(FATAL_ERROR
    "Weft needs onnx-ml.proto of the onnx Python wheel, but found none in .venv. "
    "Run `make setup`, or set -DWEFT_ONNX_PROTO=<site-packages>/onnx/onnx-ml.proto.")
endif()
find_package(Protobuf REQUIRED)

set(weft_onnx_dir ${CMAKE_BINARY_DIR}/onnx-schema)
file(MAKE_DIRECTORY ${weft_onnx_dir}/onnx)
add_custom_command(
  OUTPUT ${weft_onnx_dir}/onnx/onnx-ml.pb.cc ${weft_onnx_dir}/onnx/onnx-ml.pb.h
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${WEFT_ONNX_PROTO} ${weft_onnx_dir}/onnx/onnx-ml.proto
  COMMAND protobuf::protoc --cpp_out=${weft_onnx_dir} -I ${weft_onnx_dir} ${weft_onnx_dir}/onnx/onnx-ml.proto
  DEPENDS ${WEFT_ONNX_PROTO}
  COMMENT "Compiling the ONNX schema"
  VERBATIM)

add_library(WeftOnnxSchema STATIC ${weft_onnx_dir}/onnx/onnx-ml.pb.cc)
target_include_directories(WeftOnnxSchema SYSTEM PUBLIC ${weft_onnx_dir} ${Protobuf_INCLUDE_DIRS})
target_link_libraries(WeftOnnxSchema PUBLIC protobuf::libprotobuf-lite)
# Generated code: its warnings are not ours.
target_compile_options(WeftOnnxSchema PRIVATE -w)
if(WEFT_SANITIZER)
  target_compile_options(WeftOnnxSchema PRIVATE -fsanitize=${WEFT_SANITIZER})
endif()
