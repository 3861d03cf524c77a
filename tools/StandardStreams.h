// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every program does first: closed standard streams get a place of their own.
#ifndef WEFT_TOOLS_STANDARDSTREAMS_H
#define WEFT_TOOLS_STANDARDSTREAMS_H

#include <cerrno>
#include <csignal>
#include <fcntl.h>

namespace weft::tool {

/// Keeps files that the program opens from becoming its standard streams where those are closed (`>&-`),
/// which would put messages into them. Writing to standard output then fails, as it would have; messages are
/// lost. A file that grows over a limit becomes an error to report, not the end of the program.
inline void settleStandardStreams() {
  for (int stream : {0, 1, 2})
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF && // the lowest free number is taken
        open("/dev/null", stream == 2 ? O_WRONLY : O_RDONLY) != stream)
      return;
  signal(SIGXFSZ, SIG_IGN);
}

} // namespace weft::tool

#endif // WEFT_TOOLS_STANDARDSTREAMS_H
