// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What weft and weftc say alike about command lines: CLI11's errors in words, and checks of values.
#ifndef WEFT_TOOLS_COMMANDLINETEXT_H
#define WEFT_TOOLS_COMMANDLINETEXT_H

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <string>

namespace weft::tool {

/// An error of CLI11's for people: "--output is given 2 times; give it once".
inline std::string describeParseError(const CLI::ParseError &error) {
  std::string text = error.what();
  for (const char *known : {": At Most 1 required but received ", ": 1 required "})
    if (size_t at = text.find(known); at != std::string::npos && error.get_name() == "ArgumentMismatch") {
      std::string option = text.substr(0, at), rest = text.substr(at + std::string(known).size());
      return known[2] == 'A' ? option + " is given " + rest + " times; give it once"
                             : option + " needs a value";
    }
  return text;
}

/// Seeds are what fits 64 bits.
inline std::string checkSeed(const std::string &text) {
  errno = 0;
  bool isNumber = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (isNumber)
    strtoull(text.c_str(), nullptr, 10);
  return isNumber && errno == 0 ? "" : "'" + text + "' is not an integer from 0 to 18446744073709551615";
}

/// Names of files, folders and entries that are given are not empty.
inline std::string checkName(const std::string &text) {
  return text.empty() ? "expected a name, but got an empty text" : "";
}

/// A finite number; "nan" is none. Returns: whether `text` is one, in `out`.
inline bool parseFinite(const std::string &text, double &out) {
  char *end = nullptr;
  out = strtod(text.c_str(), &end);
  return !text.empty() && !*end && std::isfinite(out);
}

} // namespace weft::tool

#endif // WEFT_TOOLS_COMMANDLINETEXT_H
