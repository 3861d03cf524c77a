// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type inference, verifiers and dimension maps of attention, rotary embedding and caches.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::weft;

//===----------------------------------------------------------------------===//
// attention
//===----------------------------------------------------------------------===//

// Constraints: attention-C1, attention-C2, attention-C3, attention-C4, attention-C5, attention-C6,
// attention-C7, attention-C8.
LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType q = tensorType(adaptor.getQ()), k = tensorType(adaptor.getK()),
                   v = tensorType(adaptor.getV());
  if (q.getRank() != 4 || k.getRank() != 4 || v.getRank() != 4)
    return inferError(loc, "attention", 1, "expected q, k and v of rank 4, but got ", q, ", ", k, " and ", v);
  int64_t heads = adaptor.getLayout() == HeadLayout::bhsd ? 1 : 2, rows = 3 - heads;
  if (certainlyDiffer(getDim(q, 3), getDim(k, 3)))
    return inferError(loc, "attention", 2, "expected q dim 3 (", getDim(q, 3).str(), ") to equal k dim 3 (",
                      getDim(k, 3).str(), ")");
  for (int64_t dim : {int64_t(0), heads, rows})
    if (certainlyDiffer(getDim(k, dim), getDim(v, dim)))
      return inferError(loc, "attention", 3, "expected k dim ", dim, " (", getDim(k, dim).str(),
                        ") to equal that of v (", getDim(v, dim).str(), ")");
  if (certainlyDiffer(getDim(q, 0), getDim(k, 0)))
    return inferError(loc, "attention", 3, "expected q dim 0 (", getDim(q, 0).str(), ") to equal that of k (",
                      getDim(k, 0).str(), ")");
  std::optional<int64_t> queryHeads = getDim(q, heads).getConstant(),
                         keyHeads = getDim(k, heads).getConstant();
  if (queryHeads && keyHeads && (*keyHeads == 0 || *queryHeads % *keyHeads != 0))
    return inferError(loc, "attention", 4, "expected the query heads (", *queryHeads,
                      ") to be a multiple of the key heads (", *keyHeads, ")");
  SmallVector<DimExpr> dims = getDims(q);
  dims[0] = joinDims(dims[0], getDim(k, 0));
  dims[3] = getDim(v, 3);
  types.push_back(makeTensorType(dims, q.getElementType()));
  return success();
}

/// Whether `type` is `[size]` or has one element.
static bool isPerEntry(RankedTensorType type, const DimExpr &size) {
  return mayBeOneElement(type) || (type.getRank() == 1 && !certainlyDiffer(getDim(type, 0), size));
}

LogicalResult AttentionOp::verify() {
  RankedTensorType q = getQ().getType(), k = getK().getType();
  if (q.getRank() != 4 || k.getRank() != 4)
    return success();
  int64_t heads = getLayout() == HeadLayout::bhsd ? 1 : 2, rows = 3 - heads;
  if (Value mask = getMask()) {
    RankedTensorType type = tensorType(mask);
    if (type.getRank() != 4)
      return emitOpError("expected a mask of rank 4, but got ") << type << " [attention-C5]";
    DimExpr wanted[4] = {getDim(q, 0), getDim(q, heads), getDim(q, rows), getDim(k, rows)};
    for (int64_t dim = 0; dim < 4; ++dim)
      if (type.getDimSize(dim) != 1 && certainlyDiffer(getDim(type, dim), wanted[dim]))
        return emitOpError("expected mask dim ") << dim << " (" << getDim(type, dim).str() << ") to be 1 or "
                                                 << wanted[dim].str() << " [attention-C5]";
  }
  for (auto [value, name] : {std::pair<Value, StringRef>(getKvLen(), "kv_len"), {getQStart(), "q_start"}})
    if (value && !isPerEntry(tensorType(value), getDim(q, 0)))
      return emitOpError("expected ")
             << name << " of one element or one per sample, but got " << value.getType() << " [attention-C6]";
  if (Value sink = getSink(); sink && !isPerEntry(tensorType(sink), getDim(q, heads)))
    return emitOpError("expected sink of one element per query head, but got ")
           << sink.getType() << " [attention-C7]";
  if (static_cast<int64_t>(getWindowLeft()) < -1 || static_cast<int64_t>(getWindowRight()) < -1 ||
      getSoftcap().convertToDouble() < 0)
    return emitOpError("expected windows of at least -1 and a softcap of at least 0 [attention-C8]");
  return success();
}

FailureOr<DimMap> AttentionOp::getDimMap() {
  // Factors: batch, query heads, rows, head dim (reduced), value dim, keys (reduced), key heads.
  DimMap map;
  RankedTensorType q = getQ().getType(), k = getK().getType();
  int64_t heads = getLayout() == HeadLayout::bhsd ? 1 : 2, rows = 3 - heads;
  bool grouped = q.getDimSize(heads) != k.getDimSize(heads) || q.isDynamicDim(heads);
  map.kinds = {FactorKind::Parallel, FactorKind::Parallel, FactorKind::Parallel,
               FactorKind::Reduce,   FactorKind::Parallel, FactorKind::Reduce};
  SmallVector<int64_t> query(4), key(4), value(4), result(4);
  query[0] = key[0] = value[0] = result[0] = 0;
  query[heads] = result[heads] = 1;
  key[heads] = value[heads] = grouped ? kNoFactor : 1;
  query[rows] = result[rows] = 2;
  query[3] = key[3] = 3;
  value[3] = result[3] = 4;
  key[rows] = value[rows] = 5;
  map.operands = {query, key, value};
  map.results = {result};
  if (Value mask = getMask()) {
    SmallVector<int64_t> factors = {0, 1, 2, 5};
    for (int64_t dim = 0; dim < 4; ++dim)
      if (tensorType(mask).getDimSize(dim) == 1)
        factors[dim] = kNoFactor;
    map.operands.push_back(factors);
  }
  auto perEntry = [&](Value value, int64_t factor) {
    if (!value)
      return;
    RankedTensorType type = tensorType(value);
    SmallVector<int64_t> factors(type.getRank(), kNoFactor);
    if (type.getRank() == 1 && (type.getDimSize(0) != 1 || (factor == 0 && q.getDimSize(0) == 1)))
      factors[0] = factor;
    map.operands.push_back(factors);
  };
  perEntry(getKvLen(), 0);
  perEntry(getQStart(), 0);
  perEntry(getSink(), 1);
  return map;
}

//===----------------------------------------------------------------------===//
// linear_attention
//===----------------------------------------------------------------------===//

// Constraints: linear_attention-C1, linear_attention-C2, linear_attention-C3, linear_attention-C4,
// linear_attention-C5, linear_attention-C6, linear_attention-C7.
LogicalResult LinearAttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                  SmallVectorImpl<Type> &types) {
  RankedTensorType q = tensorType(adaptor.getQ()), k = tensorType(adaptor.getK()),
                   v = tensorType(adaptor.getV());
  if (q.getRank() != 4 || k.getRank() != 4 || v.getRank() != 4)
    return inferError(loc, "linear_attention", 1, "expected q, k and v of rank 4, but got ", q, ", ", k,
                      " and ", v);
  if (certainlyDiffer(getDim(q, 3), getDim(k, 3)) || certainlyDiffer(getDim(k, 2), getDim(v, 2)))
    return inferError(loc, "linear_attention", 2,
                      "expected q and k of equal dim 3, k and v of equal dim 2, but got ", q, ", ", k,
                      " and ", v);
  for (int64_t dim : {0, 1})
    if (certainlyDiffer(getDim(q, dim), getDim(k, dim)) || certainlyDiffer(getDim(k, dim), getDim(v, dim)))
      return inferError(loc, "linear_attention", 2, "expected q, k and v of equal dim ", dim, ", but got ", q,
                        ", ", k, " and ", v);
  std::optional<int64_t> queryHeads = getDim(q, 2).getConstant(), keyHeads = getDim(k, 2).getConstant();
  if (queryHeads && keyHeads && (*keyHeads == 0 || *queryHeads % *keyHeads != 0))
    return inferError(loc, "linear_attention", 3, "expected the query heads (", *queryHeads,
                      ") to be a multiple of the key heads (", *keyHeads, ")");
  DimExpr batch = joinDims(getDim(q, 0), getDim(k, 0));
  types.push_back(makeTensorType({batch, getDim(q, 1), getDim(q, 2), getDim(v, 3)}, q.getElementType()));
  SmallVector<DimExpr> state = {batch, getDim(k, 2), getDim(k, 3), getDim(v, 3)};
  Type stateElement =
      adaptor.getState() ? tensorType(adaptor.getState()).getElementType() : q.getElementType();
  types.push_back(makeTensorType(state, stateElement));
  return success();
}

LogicalResult LinearAttentionOp::verify() {
  bool gated = getRule() == RecurrentRule::gated || getRule() == RecurrentRule::gated_delta;
  bool delta = getRule() == RecurrentRule::delta || getRule() == RecurrentRule::gated_delta;
  if (gated != static_cast<bool>(getDecay()))
    return emitOpError("expected a decay exactly for the gated rules [linear_attention-C4]");
  if (delta != static_cast<bool>(getBeta()))
    return emitOpError("expected a beta exactly for the delta rules [linear_attention-C4]");
  RankedTensorType k = getK().getType();
  if (k.getRank() != 4)
    return success();
  if (Value state = getState();
      state && failed(verifyCompatibleShape(state.getType(), getNewState().getType())))
    return emitOpError("expected state [B Hkv Dk Dv], but got ")
           << state.getType() << " [linear_attention-C5]";
  auto fits = [&](RankedTensorType type, int64_t dim) {
    return type.getDimSize(dim) == 1 || !certainlyDiffer(getDim(type, dim), getDim(k, dim));
  };
  if (Value decay = getDecay()) {
    RankedTensorType type = tensorType(decay);
    if (type.getRank() != 4 || certainlyDiffer(getDim(type, 2), getDim(k, 2)) || !fits(type, 3))
      return emitOpError("expected decay [B T Hkv Dk|1], but got ") << type << " [linear_attention-C6]";
  }
  if (Value beta = getBeta()) {
    RankedTensorType type = tensorType(beta);
    if (type.getRank() != 3 || !fits(type, 2))
      return emitOpError("expected beta [B T Hkv|1], but got ") << type << " [linear_attention-C7]";
  }
  return success();
}

FailureOr<DimMap> LinearAttentionOp::getDimMap() {
  // Factors: batch, time (whole), heads, key dim, value dim.
  DimMap map;
  RankedTensorType q = getQ().getType(), k = getK().getType();
  map.kinds = {FactorKind::Parallel, FactorKind::Whole, FactorKind::Parallel, FactorKind::Whole,
               FactorKind::Parallel};
  bool grouped = q.getDimSize(2) != k.getDimSize(2) || q.isDynamicDim(2);
  int64_t keyHeads = grouped ? kNoFactor : 2;
  map.operands = {{0, 1, 2, 3}, {0, 1, keyHeads, 3}, {0, 1, keyHeads, 4}};
  if (getState())
    map.operands.push_back({0, keyHeads, 3, 4});
  if (Value decay = getDecay())
    map.operands.push_back({0, 1, keyHeads, tensorType(decay).getDimSize(3) == 1 ? kNoFactor : 3});
  if (Value beta = getBeta())
    map.operands.push_back({0, 1, tensorType(beta).getDimSize(2) == 1 ? kNoFactor : keyHeads});
  map.results = {{0, 1, 2, 4}, {0, keyHeads, 3, 4}};
  return map;
}

//===----------------------------------------------------------------------===//
// rope
//===----------------------------------------------------------------------===//

// Constraints: rope-C1, rope-C2, rope-C3.
LogicalResult RopeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX()), cos = tensorType(adaptor.getCos()),
                   sin = tensorType(adaptor.getSin());
  if (x.getRank() != 4 || cos.getRank() != 3 || sin.getRank() != 3)
    return inferError(loc, "rope", 1, "expected x, cos and sin of rank 4, 3 and 3, but got ", x, ", ", cos,
                      " and ", sin);
  int64_t dims = adaptor.getDims();
  std::optional<int64_t> head = getDim(x, 3).getConstant();
  if (dims < 2 || dims % 2 != 0 || (head && dims > *head))
    return inferError(loc, "rope", 2, "expected an even number of dims of at most ", getDim(x, 3).str(),
                      ", but got ", dims);
  int64_t rows = adaptor.getLayout() == HeadLayout::bhsd ? 2 : 1;
  for (RankedTensorType table : {cos, sin}) {
    if (certainlyDiffer(getDim(table, 2), DimExpr::constant(dims / 2)) ||
        certainlyDiffer(getDim(table, 1), getDim(x, rows)) ||
        (table.getDimSize(0) != 1 && certainlyDiffer(getDim(table, 0), getDim(x, 0))))
      return inferError(loc, "rope", 3, "expected cos and sin [B|1 S dims/2], but got ", table, " for x ", x);
  }
  types.push_back(makeTensorType(mlir::weft::getDims(x), x.getElementType()));
  return success();
}

LogicalResult RopeOp::verify() { return success(); }

FailureOr<DimMap> RopeOp::getDimMap() {
  // Factors: batch, heads, rows, head dim (pairs stay together).
  DimMap map;
  map.kinds = {FactorKind::Parallel, FactorKind::Parallel, FactorKind::Parallel, FactorKind::Whole};
  SmallVector<int64_t> x = {0, 1, 2, 3};
  if (getLayout() == HeadLayout::bshd)
    std::swap(x[1], x[2]);
  auto table = [](RankedTensorType type) {
    return SmallVector<int64_t>{type.getDimSize(0) == 1 ? kNoFactor : 0, 2, kNoFactor};
  };
  map.operands = {x, table(getCos().getType()), table(getSin().getType())};
  map.results = {x};
  return map;
}

//===----------------------------------------------------------------------===//
// cache_update
//===----------------------------------------------------------------------===//

// Constraints: cache_update-C1, cache_update-C2, cache_update-C3, cache_update-C4, cache_update-C5.
LogicalResult CacheUpdateOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  RankedTensorType cache = tensorType(adaptor.getCache()), update = tensorType(adaptor.getUpdate());
  int64_t rank = cache.getRank(), axis = adaptor.getAxis();
  if (update.getRank() != rank || update.getElementType() != cache.getElementType())
    return inferError(loc, "cache_update", 1,
                      "expected cache and update of equal rank and element type, but got ", cache, " and ",
                      update);
  if (axis < 0 || axis >= rank)
    return inferError(loc, "cache_update", 2, "expected an axis in [0, ", rank, "), but got ", axis);
  SmallVector<DimExpr> dims = getDims(cache);
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (dim == axis)
      continue;
    if (certainlyDiffer(dims[dim], getDim(update, dim)))
      return inferError(loc, "cache_update", 3, "expected dim ", dim, " of cache (", dims[dim].str(),
                        ") to equal that of update (", getDim(update, dim).str(), ")");
    dims[dim] = joinDims(dims[dim], getDim(update, dim));
  }
  types.push_back(makeTensorType(dims, cache.getElementType()));
  return success();
}

LogicalResult CacheUpdateOp::verify() {
  int64_t axis = getAxis(), rank = getCache().getType().getRank();
  if (axis < 0 || axis >= rank || getUpdate().getType().getRank() != rank)
    return success();
  std::optional<int64_t> size = getDim(getCache().getType(), getAxis()).getConstant(),
                         length = getDim(getUpdate().getType(), getAxis()).getConstant();
  if (size && length && *length > *size)
    return emitOpError("expected an update of at most ")
           << *size << " entries along axis " << getAxis() << ", but got " << *length << " [cache_update-C4]";
  RankedTensorType start = getStart().getType();
  if (!isPerEntry(start, getDim(getCache().getType(), 0)))
    return emitOpError("expected start of one element or one per sample, but got ")
           << start << " [cache_update-C5]";
  return success();
}

FailureOr<DimMap> CacheUpdateOp::getDimMap() {
  DimMap map;
  int64_t rank = getCache().getType().getRank(), axis = getAxis();
  SmallVector<int64_t> cache(rank), update(rank);
  for (int64_t dim = 0; dim < rank; ++dim) {
    map.kinds.push_back(dim == axis ? FactorKind::Whole : FactorKind::Parallel);
    cache[dim] = dim;
    update[dim] = dim == axis ? kNoFactor : dim;
  }
  RankedTensorType start = getStart().getType();
  SmallVector<int64_t> starts(start.getRank(), kNoFactor);
  if (start.getRank() == 1 && axis != 0 &&
      (start.getDimSize(0) != 1 || getCache().getType().getDimSize(0) == 1))
    starts[0] = 0;
  map.operands = {cache, update, starts};
  map.results = {cache};
  return map;
}
