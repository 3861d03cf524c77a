# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs the runtime to a fresh folder and builds a program against it by find_package and by pkg-config.
# Run as: cmake -D BUILD=... -D WORK=... -D SOURCE=... -D CC=... -P install_test.cmake
file(REMOVE_RECURSE ${WORK})
function(check)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nfailed with ${status}:\n${text}")
  endif()
endfunction()
check(${CMAKE_COMMAND} --install ${BUILD} --component runtime --prefix ${WORK}/prefix)
file(WRITE ${WORK}/source/CMakeLists.txt "cmake_minimum_required(VERSION 3.25)
project(embed LANGUAGES C)
find_package(weft_runtime CONFIG REQUIRED)
foreach(kind weft_runtime weft_runtime_static)
  add_executable(embed_\${kind} ${SOURCE}/docs/embedding.c)
  target_link_libraries(embed_\${kind} PRIVATE weft::\${kind})
endforeach()
")
check(${CMAKE_COMMAND} -S ${WORK}/source -B ${WORK}/build -G Ninja -DCMAKE_PREFIX_PATH=${WORK}/prefix
  -DCMAKE_C_COMPILER=${CC})
check(${CMAKE_COMMAND} --build ${WORK}/build -j1)
find_program(pkg_config pkg-config)
if(pkg_config)
  file(GLOB_RECURSE pc ${WORK}/prefix/*.pc)
  get_filename_component(pc_dir ${pc} DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} ${pc_dir})
  execute_process(COMMAND ${pkg_config} --define-variable=prefix=${WORK}/prefix --cflags --libs weft_runtime
    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  check(${CC} -std=c17 -Wall -Wextra -Wpedantic -Werror ${SOURCE}/docs/embedding.c -o ${WORK}/by_pkg_config ${flags})
  # As docs/guides/embed.md has it: the program finds the library where it was installed.
  check(sh -e -c "'${CC}' '${SOURCE}/docs/embedding.c' -o app $(pkg-config --cflags --libs weft_runtime) \
    -Wl,-rpath,\"$(pkg-config --variable=libdir weft_runtime)\" && ldd ./app | grep 'libweft_runtime.*=> .*prefix'"
    WORKING_DIRECTORY ${WORK})
endif()
