// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small float formats through LLVM's soft floats, decoded by table.
#include "lib/Reference/FloatFormat.h"

#include "llvm/ADT/APFloat.h"

#include <array>
#include <map>
#include <mutex>

using namespace mlir;

namespace weft::reference {

using DecodeTable = std::array<double, 256>;

static DecodeTable makeTable(const llvm::fltSemantics &semantics) {
  DecodeTable table;
  unsigned width = llvm::APFloat::getSizeInBits(semantics);
  for (unsigned bits = 0; bits < table.size(); ++bits) {
    llvm::APFloat value(semantics, llvm::APInt(width, bits & ((1u << width) - 1)));
    bool losesInfo;
    value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    table[bits] = value.convertToDouble();
  }
  return table;
}

double decodeSmallFloat(Type type, uint8_t bits) {
  static std::mutex mutex;
  static std::map<const llvm::fltSemantics *, DecodeTable> tables;
  const llvm::fltSemantics &semantics = cast<FloatType>(type).getFloatSemantics();
  std::lock_guard<std::mutex> lock(mutex);
  auto it = tables.find(&semantics);
  if (it == tables.end())
    it = tables.emplace(&semantics, makeTable(semantics)).first;
  return it->second[bits];
}

uint8_t encodeSmallFloat(Type type, double value) {
  llvm::APFloat number(value);
  bool losesInfo;
  number.convert(cast<FloatType>(type).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return static_cast<uint8_t>(number.bitcastToAPInt().getZExtValue());
}

} // namespace weft::reference
