// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of the arithmetic modes.
#include "weft/Driver/MathMode.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"

using namespace weft;

static constexpr std::pair<llvm::StringLiteral, MathMode> kModes[] = {{"f32", MathMode::F32},
                                                                      {"f32-fma", MathMode::F32FMA},
                                                                      {"strict", MathMode::Strict},
                                                                      {"fast", MathMode::Fast}};
// Modes of the command contract that this version has no code for.
static constexpr llvm::StringLiteral kPlanned[] = {"f32x3", "bf16", "f16"};

llvm::StringRef weft::getMathModeName(MathMode mode) {
  for (const auto &[name, known] : kModes)
    if (known == mode)
      return name;
  llvm_unreachable("internal: unknown math mode");
}

std::optional<MathMode> weft::parseMathMode(llvm::StringRef name, std::string &error) {
  for (const auto &[known, mode] : kModes)
    if (known == name)
      return mode;
  llvm::SmallVector<llvm::StringRef> names;
  for (const auto &[known, mode] : kModes)
    names.push_back(known);
  bool isPlanned = llvm::is_contained(kPlanned, name);
  error = (isPlanned ? "--math=" + name + " is not in this version"
                     : "unknown arithmetic '" + name + "' in --math")
              .str() +
          "; possible are " + llvm::join(names, ", ");
  return std::nullopt;
}
