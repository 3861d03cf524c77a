// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of com.microsoft operators whose weights are quantised in blocks: products and look-ups.
#include "ModelImporter.h"
#include "Quant.h"

#include "mlir/IR/DialectResourceBlobManager.h"

#include <cmath>

namespace weft::importer {

/// A constant of packed bytes as a matrix of `bits`-bit elements with rows of `columns` (padded to whole
/// bytes); null after a report.
static Value unpackRows(NodeBuilder &n, Value packed, int64_t rows, int64_t columns, int64_t bits,
                        StringRef what) {
  auto constant = packed.getDefiningOp<w::ConstantOp>();
  if (!constant || !n.elem(packed).isUnsignedInteger(8))
    return n.failValue("expected " + what + " to be constant bytes");
  int64_t perByte = 8 / bits, padded = llvm::divideCeil(columns, perByte) * perByte;
  Type element = IntegerType::get(n.b.getContext(), static_cast<unsigned>(bits), IntegerType::Unsigned);
  auto type = RankedTensorType::get({rows, padded}, element);
  if (n.type(packed).getNumElements() != rows * (padded / perByte))
    return n.failValue("expected " + llvm::Twine(rows * (padded / perByte)) + " bytes in " + what +
                       ", but got " + llvm::Twine(n.type(packed).getNumElements()));
  ElementsAttr value;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue())) {
    value = DenseResourceElementsAttr::get(type, resource.getRawHandle());
  } else {
    std::optional<std::vector<char>> bytes = unpackBytes(constant.getValue());
    if (!bytes)
      return n.failValue("expected the bytes of " + what + " to be known");
    auto keep = std::make_shared<std::vector<char>>(std::move(*bytes));
    value = makeConstant(type, *keep, n.importer.constantName(constant.getLoc()), keep);
  }
  return n.sliceAxis(n.importer.constant(value, constant.getLoc()), 1, n.sizes.of(0), n.sizes.of(columns));
}

/// Whether the attributes say sizes that can be.
static LogicalResult checkBlocks(NodeBuilder &n, int64_t columns, int64_t k, int64_t block) {
  constexpr int64_t kMax = 1 << 28;
  if (columns < 1 || k < 1 || columns > kMax || k > kMax || block < 1 || block > kMax)
    return n.fail("expected N, K and block_size from 1 to " + llvm::Twine(kMax) + ", but got " +
                  llvm::Twine(columns) + ", " + llvm::Twine(k) + " and " + llvm::Twine(block));
  return success();
}

/// A [.., K] times block-wise quantised B [N, K] transposed.
LogicalResult buildMatMulNBits(NodeBuilder &n) {
  int64_t columns = n.intAttr("N", 0), k = n.intAttr("K", 0), bits = n.intAttr("bits", 4),
          block = n.intAttr("block_size", 0);
  (void)n.intAttr("accuracy_level", 0);
  if (failed(checkBlocks(n, columns, k, block)))
    return failure();
  if (bits != 2 && bits != 4 && bits != 8)
    return n.fail("expected bits 2, 4 or 8, but got " + llvm::Twine(bits));
  if (n.intAttr("weight_prepacked", 0) != 0)
    return n.fail("weights that were packed for one machine are not supported; export without prepacking");
  int64_t blocks = llvm::divideCeil(k, block);
  Value q = unpackRows(n, n.in(1), columns, blocks * block, bits, "B");
  Value scale = n.reshape(n.in(2), ArrayRef<int64_t>{columns, blocks}), zero;
  if (!q || !scale)
    return failure();
  if (!n.has(3))
    zero = n.broadcast(n.reshape(n.intScalar(n.elem(q), int64_t(1) << (bits - 1)), ArrayRef<int64_t>{1, 1}),
                       n.sizes.of(ArrayRef<int64_t>{columns, blocks}));
  else if (n.isFloat(n.in(3)))
    zero = n.reshape(n.in(3), ArrayRef<int64_t>{columns, blocks});
  else
    zero = unpackRows(n, n.in(3), columns, blocks, bits, "zero_points");
  if (!zero)
    return failure();
  QuantPlace place;
  place.axis = 1;
  place.block = block;
  Value weights;
  if (n.has(4)) {
    // Each column names its block.
    Value group = n.sliceAxis(n.in(4), 0, n.sizes.of(0), n.sizes.of(k));
    Type real = n.elem(scale);
    Value steps = n.sub(n.cast(n.sliceAxis(q, 1, n.sizes.of(0), n.sizes.of(k)), real),
                        n.gather(n.cast(zero, real), group, 1));
    weights = n.cast(n.mul(steps, n.gather(scale, group, 1)), n.elem(n.in(0)));
  } else {
    weights =
        n.sliceAxis(dequantize(n, q, scale, zero, n.elem(n.in(0)), place), 1, n.sizes.of(0), n.sizes.of(k));
  }
  if (!weights || n.rank(n.in(0)) < 2)
    return n.fail("expected A of rank 2 or more");
  Value y = n.cast(n.matmul(n.in(0), weights, false, /*transposeRhs=*/true), n.elem(n.in(0)));
  return n.result(n.has(5) ? n.add(y, n.in(5)) : y);
}

/// The 16 values of a 4-bit code: FP4 or NF4 of the bitsandbytes library.
static Value codeTable(NodeBuilder &n, bool isNormal) {
  // Quantiles of the normal distribution (Dettmers et al., QLoRA, 2023).
  static const float kNormal[16] = {-1.0f,
                                    -0.6961928009986877f,
                                    -0.5250730514526367f,
                                    -0.39491748809814453f,
                                    -0.28444138169288635f,
                                    -0.18477343022823334f,
                                    -0.09105003625154495f,
                                    0.0f,
                                    0.07958029955625534f,
                                    0.16093020141124725f,
                                    0.24611230194568634f,
                                    0.33791524171829224f,
                                    0.44070982933044434f,
                                    0.5626170039176941f,
                                    0.7229568362236023f,
                                    1.0f};
  // Magnitudes in twelfths; bit 3 is the sign.
  static const float kFloat[8] = {0.0f, 0.0625f, 8.0f, 12.0f, 4.0f, 6.0f, 2.0f, 3.0f};
  SmallVector<float> values(kNormal, kNormal + 16);
  if (!isNormal)
    for (int i = 0; i < 16; ++i)
      values[i] = (i < 8 ? 1.0f : -1.0f) * (kFloat[i % 8] / 12.0f);
  auto type = RankedTensorType::get({16}, n.b.getF32Type());
  return n.constant(cast<ElementsAttr>(DenseElementsAttr::get(type, ArrayRef<float>(values))));
}

/// A [.., K] times B [N, K] transposed, whose elements are codes in flat blocks with a greatest magnitude
/// each.
LogicalResult buildMatMulBnb4(NodeBuilder &n) {
  int64_t columns = n.intAttr("N", 0), k = n.intAttr("K", 0), block = n.intAttr("block_size", 0),
          kind = n.intAttr("quant_type", 0);
  (void)n.intAttr("training_mode", 0);
  if (failed(checkBlocks(n, columns, k, block)))
    return failure();
  if (kind != 0 && kind != 1)
    return n.fail("expected quant_type 0 (FP4) or 1 (NF4), but got " + llvm::Twine(kind));
  bool isTransposed = n.flagAttr("transB", true);
  int64_t count = columns * k, pairs = llvm::divideCeil(count, int64_t(2));
  if (n.rank(n.in(0)) < 2)
    return n.fail("expected A of rank 2 or more");
  // The first of two codes lies in the high bits.
  Value codes = n.make<w::ReverseOp>(unpackRows(n, n.in(1), pairs, 2, 4, "B"), n.list("axes", 1));
  codes =
      codes ? n.sliceAxis(n.reshape(codes, ArrayRef<int64_t>{2 * pairs}), 0, n.sizes.of(0), n.sizes.of(count))
            : Value();
  Value scale = n.reshape(n.in(2), ArrayRef<int64_t>{static_cast<int64_t>(llvm::divideCeil(count, block))});
  if (!codes || !scale)
    return failure();
  Value weights = n.make<w::DequantizeOp>({codes, scale, codeTable(n, kind == 1)},
                                          {n.i64("axis", 0), n.i64("block_size", block),
                                           n.ofType("to", n.elem(n.in(0))), n.segments({1, 1, 0, 1})});
  // The file's matrix has a row per column of the product either way.
  weights = n.reshape(weights, ArrayRef<int64_t>{columns, k});
  return n.result(n.cast(n.matmul(n.in(0), weights, false, isTransposed), n.elem(n.in(0))));
}

/// Numbers of `bits` bits in bytes: gives `data` and `zero` an entry for each, and `zero` the middle where it
/// is null.
static LogicalResult unpackTable(NodeBuilder &n, int64_t bits, Value &data, Value scale, Value &zero) {
  if (bits != 2 && bits != 4 && bits != 8)
    return n.fail("expected bits 2, 4 or 8, but got " + llvm::Twine(bits));
  std::optional<SmallVector<int64_t>> dims = known(n.dims(data)), scaleDims = known(n.dims(scale));
  if (!dims || !scaleDims || scaleDims->size() != dims->size())
    return n.fail("expected data and scales of one rank and of static shape");
  auto unpack = [&](Value packed, SmallVector<int64_t> shape, StringRef what) -> Value {
    int64_t last = shape.pop_back_val(), rows = 1;
    for (int64_t size : shape)
      rows *= size;
    shape.push_back(last);
    Value unpacked = unpackRows(n, packed, rows, last, bits, what);
    return unpacked ? n.reshape(unpacked, shape) : Value();
  };
  if (bits < 8) {
    dims->back() *= 8 / bits;
    data = unpack(data, *dims, "data");
    if (zero)
      zero = unpack(zero, *scaleDims, "zero_points");
  }
  if (data && !zero)
    zero = n.broadcast(n.withRank(n.intScalar(n.elem(data), int64_t(1) << (bits - 1)), dims->size()),
                       n.sizes.of(*scaleDims));
  return success(data && zero);
}

/// Rows of a block-wise quantised table; zeros where an index is out of range.
LogicalResult buildGatherBlockQuantized(NodeBuilder &n) {
  Value data = n.in(0), ids = n.in(1), scale = n.in(2), zero = n.in(3);
  int64_t bits = n.intAttr("bits", 4), block = n.intAttr("block_size", 128);
  int64_t rank = n.rank(data);
  FailureOr<int64_t> gatherAxis = n.axisAttr("gather_axis", 0, rank),
                     quantAxis = n.axisAttr("quantize_axis", 1, rank);
  if (failed(gatherAxis) || failed(quantAxis))
    return failure();
  if (n.elem(data).isUnsignedInteger(8) && failed(unpackTable(n, bits, data, scale, zero)))
    return failure();
  if (block == 0) {
    std::optional<int64_t> all = known(n.dim(data, *quantAxis));
    if (!all)
      return n.fail("expected a known size of the quantised axis");
    block = *all;
  }
  if (block < 1)
    return n.fail("expected block_size of at least 1, but got " + llvm::Twine(block));
  Type i64 = n.b.getI64Type(), to = n.elem(scale);
  Value index = n.cast(ids, i64), size = n.reshape(n.tensorOf(n.dim(data, *gatherAxis)), ArrayRef<int64_t>());
  Value wrapped =
      n.select(n.compare(w::ComparePredicate::lt, index, n.intScalar(i64, 0)), n.add(index, size), index);
  Value isInside = n.binary<w::AndOp>(n.compare(w::ComparePredicate::ge, wrapped, n.intScalar(i64, 0)),
                                      n.compare(w::ComparePredicate::lt, wrapped, size));
  Value place = n.select(isInside, wrapped, n.intScalar(i64, 0));
  Value taken = n.gather(data, place, *gatherAxis), y;
  if (!taken)
    return failure();
  auto params = [&](Value v) -> Value {
    if (!v || isKnown(n.dim(v, *gatherAxis), 1))
      return v && n.rank(ids) != 1 ? n.gather(v,
                                              n.broadcast(n.withRank(n.intScalar(i64, 0), n.rank(ids)),
                                                          SmallVector<Size>(n.rank(ids), n.sizes.of(1))),
                                              *gatherAxis)
                                   : v;
    Value at = *gatherAxis == *quantAxis ? n.binary<w::DivOp>(place, n.intScalar(i64, block)) : place;
    return n.gather(v, at, *gatherAxis);
  };
  int64_t axis = *quantAxis <= *gatherAxis ? *quantAxis : *quantAxis + n.rank(ids) - 1;
  Value takenScale = params(scale), takenZero = params(zero);
  if (!takenScale || (zero && !takenZero))
    return failure();
  bool isBlocked = *gatherAxis != *quantAxis && known(n.dims(takenScale)) && known(n.dims(taken));
  for (int64_t i = 0; isBlocked && i < n.rank(taken); ++i)
    isBlocked = i == axis || known(n.dim(takenScale, i)) == known(n.dim(taken, i));
  if (isBlocked && isa<IntegerType>(n.elem(taken))) {
    QuantPlace where;
    where.axis = axis;
    where.block = block;
    y = dequantize(n, taken, takenScale, takenZero, to, where);
  } else {
    // Scales of one entry along the gathered axes: one by one along the quantised axis.
    if (*gatherAxis != *quantAxis) {
      Value entry = n.binary<w::DivOp>(n.iota(n.dim(taken, axis), 0, i64), n.intScalar(i64, block));
      takenScale = n.gather(takenScale, entry, axis);
      takenZero = takenZero ? n.gather(takenZero, entry, axis) : Value();
    }
    y = n.cast(taken, to);
    if (takenZero)
      y = n.sub(y, n.cast(takenZero, to));
    y = n.mul(y, takenScale);
  }
  // [ids.., rest..] with the ids where the gathered axis was.
  SmallVector<int64_t> inner = sequence(n.rank(ids), n.rank(ids) + rank - 1 - *gatherAxis);
  Value mask = isInside;
  if (!inner.empty() && mask)
    mask = n.unsqueeze(mask, inner);
  return n.result(n.select(mask, y, n.scalar(to, 0.0)));
}

} // namespace weft::importer
