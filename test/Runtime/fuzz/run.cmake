# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs a fuzzer for a while over a corpus that starts with its seeds. Run as: cmake -D FUZZER=... -D WORK=... -D SECONDS=... -P
file(MAKE_DIRECTORY ${WORK})
execute_process(COMMAND ${FUZZER} -max_total_time=${SECONDS} -max_len=65536 -timeout=10 -rss_limit_mb=2048
  -verbosity=0 ${WORK} WORKING_DIRECTORY ${WORK}/.. RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${FUZZER} found a fault (status ${status}); the input lies in ${WORK}/..")
endif()
