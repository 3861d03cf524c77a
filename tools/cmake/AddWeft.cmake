# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# How Weft's libraries, dialects and tools are declared; every user of MLIR shares one precompiled header.

# Settings of every target that includes LLVM or MLIR headers.
add_library(weft_mlir_settings INTERFACE)
target_include_directories(weft_mlir_settings INTERFACE
  ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR} ${CMAKE_BINARY_DIR}/include)
target_include_directories(weft_mlir_settings SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
separate_arguments(weft_llvm_definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_options(weft_mlir_settings INTERFACE ${weft_llvm_definitions} -fno-exceptions -Wall -Wextra
  -Wno-unused-parameter -Wno-deprecated-declarations $<$<BOOL:${WEFT_WERROR}>:-Werror>)
if(WEFT_SANITIZER)
  target_compile_options(weft_mlir_settings INTERFACE -fsanitize=${WEFT_SANITIZER} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(weft_mlir_settings INTERFACE -fsanitize=${WEFT_SANITIZER})
endif()

# The precompiled header: what nearly every compiler source includes.
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/weft_pch.cpp CONTENT "// Carries the precompiled header.\n")
add_library(weft_pch OBJECT ${CMAKE_BINARY_DIR}/weft_pch.cpp)
target_link_libraries(weft_pch PRIVATE weft_mlir_settings)
target_precompile_headers(weft_pch PRIVATE ${CMAKE_SOURCE_DIR}/tools/cmake/weft_pch.h)

# weft_present_sources(OUT sources...): the listed sources that exist, with a warning for the others, so that one missing
# file does not stop the build of the rest; a file that appears is noticed by the next build.
function(weft_present_sources out)
  file(GLOB present CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cpp)
  set(sources)
  foreach(source IN LISTS ARGN)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${source} OR IS_ABSOLUTE ${source})
      list(APPEND sources ${source})
    else()
      message(WARNING "${CMAKE_CURRENT_SOURCE_DIR}/${source} is listed, but does not exist")
    endif()
  endforeach()
  if(NOT sources)
    set(sources ${CMAKE_BINARY_DIR}/weft_pch.cpp)
  endif()
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

# add_weft_library(NAME sources... [DEPENDS targets...] [LINK_LIBS targets...])
function(add_weft_library name)
  cmake_parse_arguments(ARG "NO_PCH" "" "DEPENDS;LINK_LIBS" ${ARGN})
  weft_present_sources(sources ${ARG_UNPARSED_ARGUMENTS})
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC weft_mlir_settings ${ARG_LINK_LIBS} MLIR LLVM)
  if(NOT ARG_NO_PCH)
    target_precompile_headers(${name} REUSE_FROM weft_pch)
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# add_weft_tablegen(TARGET td-file generator output ...): outputs lie in the binary folder that mirrors the source folder.
function(add_weft_tablegen target td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(args ${ARGN})
  while(args)
    list(POP_FRONT args generator output)
    separate_arguments(generator)
    mlir_tablegen(${output} ${generator} EXTRA_INCLUDES ${CMAKE_SOURCE_DIR} ${MLIR_INCLUDE_DIRS})
  endwhile()
  add_public_tablegen_target(${target})
endfunction()

# add_weft_tool(NAME sources... LINK_LIBS targets...)
function(add_weft_tool name)
  cmake_parse_arguments(ARG "EXCEPTIONS" "" "LINK_LIBS" ${ARGN})
  weft_present_sources(sources ${ARG_UNPARSED_ARGUMENTS})
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE weft_mlir_settings ${ARG_LINK_LIBS} MLIR LLVM)
  target_link_options(${name} PRIVATE -fuse-ld=lld)
  if(NOT ARG_EXCEPTIONS)
    # The precompiled header is position-independent as libraries are, not as executables are.
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${name} PRIVATE -fPIC)
    target_precompile_headers(${name} REUSE_FROM weft_pch)
  endif()
endfunction()

# weft_add_subdirectories(folders...): those that have a CMakeLists.txt; a new one is noticed by the next build.
function(weft_add_subdirectories)
  file(GLOB present CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} */CMakeLists.txt */*/CMakeLists.txt)
  foreach(folder IN LISTS ARGN)
    if("${folder}/CMakeLists.txt" IN_LIST present)
      add_subdirectory(${folder})
    endif()
  endforeach()
endfunction()
