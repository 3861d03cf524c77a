// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of operators that change shapes or read them: reshape, transpose, concat, expand, tile, shape.
#include "NodeBuilder.h"

#include "ModelImporter.h"
#include "RunTimeAxes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

namespace weft::importer {

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

static w::DimExpr exprOf(Size size) {
  if (std::optional<int64_t> number = known(size))
    return w::DimExpr::constant(*number);
  return w::getIndexExpr(cast<Value>(size));
}

/// The product of `all` divided by that of `some`: sizes that occur in both cancel before anything is
/// computed.
static Size quotient(NodeBuilder &n, ArrayRef<Size> all, ArrayRef<Size> some) {
  SmallVector<Size> left(all), divisors;
  for (Size size : some) {
    auto same = llvm::find_if(left, [&](Size other) {
      return size == other || w::DimExpr::provablyEqual(exprOf(size), exprOf(other));
    });
    // Zeros do not cancel: what is left of 0 / 0 would be made up.
    if (same != left.end() && !isKnown(size, 0))
      left.erase(same);
    else
      divisors.push_back(size);
  }
  return n.sizes.floorDiv(n.sizes.product(left), n.sizes.product(divisors));
}

/// What a requested shape means for x: 0 copies a dim (unless allowZero), -1 takes what is left.
static FailureOr<SmallVector<Size>> resolveShape(NodeBuilder &n, Value x, ArrayRef<Size> wanted,
                                                 bool allowZero) {
  SmallVector<Size> from = n.dims(x), shape(wanted);
  std::optional<size_t> inferred;
  SmallVector<bool> isOpen(shape.size(), false);
  for (auto [i, size] : llvm::enumerate(shape)) {
    std::optional<int64_t> number = known(size);
    if (number && (*number < -1 || (*number == -1 && inferred)))
      return n.fail("expected a shape of sizes with one -1 at most, but got " + llvm::Twine(*number) +
                    " at place " + llvm::Twine(i));
    if (number == -1)
      inferred = i;
    if (number == 0 && !allowZero) {
      if (i >= from.size())
        return n.fail("expected a 0 to copy a dim of the input, but it has no dim " + llvm::Twine(i));
      size = from[i];
    }
    // A number that only the run knows may be 0 or -1 as well, unless it is made of dims.
    if (!number && exprOf(size).isUnknown()) {
      isOpen[i] = true;
      if (!allowZero && i < from.size()) {
        OpBuilder &b = n.b;
        Value zero = n.sizes.value(n.sizes.of(0)), value = cast<Value>(size);
        Value isZero = arith::CmpIOp::create(b, n.loc, arith::CmpIPredicate::eq, value, zero);
        size = arith::SelectOp::create(b, n.loc, isZero, n.sizes.value(from[i]), value).getResult();
      }
    }
  }
  if (inferred && allowZero && llvm::any_of(wanted, [](Size size) { return isKnown(size, 0); }))
    return n.fail("expected no -1 beside a 0 with allowzero=1");
  bool anyOpen = llvm::is_contained(isOpen, true);
  if (!inferred && !anyOpen)
    return shape;
  SmallVector<Size> others;
  for (auto [i, size] : llvm::enumerate(shape))
    if (i != inferred)
      others.push_back(isOpen[i] && !inferred ? n.sizes.ifNegative(size, n.sizes.of(1)) : size);
  std::optional<SmallVector<int64_t>> numbers = known(others);
  if (inferred && numbers && llvm::is_contained(*numbers, 0))
    return n.fail("expected no -1 beside a dim of size 0: any size would do");
  // Without a -1 the quotient is not used, but it is computed: never by 0.
  Size rest =
      inferred ? quotient(n, from, others)
               : n.sizes.floorDiv(n.sizes.product(from), n.sizes.max(n.sizes.product(others), n.sizes.of(1)));
  for (auto [i, size] : llvm::enumerate(shape))
    if (i == inferred)
      size = rest;
    else if (isOpen[i] && !inferred)
      size = n.sizes.ifNegative(size, rest);
  return shape;
}

LogicalResult buildReshape(NodeBuilder &n) {
  FailureOr<std::optional<SmallVector<Size>>> given = n.intsArg("shape", 1);
  if (failed(given))
    return failure();
  if (!*given)
    return n.fail("expected a shape, but got none");
  FailureOr<SmallVector<Size>> shape = resolveShape(n, n.in(0), **given, n.flagAttr("allowzero", false));
  if (failed(shape))
    return failure();
  return n.result(n.reshape(n.in(0), *shape));
}

LogicalResult buildFlatten(NodeBuilder &n) {
  Value x = n.in(0);
  int64_t rank = n.rank(x), axis = n.intAttr("axis", 1);
  if (axis < -rank || axis > rank)
    return n.fail("expected axis in [" + llvm::Twine(-rank) + ", " + llvm::Twine(rank) + "], but got " +
                  llvm::Twine(axis));
  if (axis < 0)
    axis += rank;
  SmallVector<Size> dims = n.dims(x);
  ArrayRef<Size> all(dims);
  return n.result(
      n.reshape(x, {n.sizes.product(all.take_front(axis)), n.sizes.product(all.drop_front(axis))}));
}

/// Without axes, dims that the run decides stay: makes runs fail where one of them is 1.
static void checkNotOne(NodeBuilder &n, Value x) {
  n.warn("without axes, dims that the run decides are taken to be other than 1; runs check that");
  Value one = arith::ConstantIndexOp::create(n.b, n.loc, 1);
  for (int64_t axis = 0; axis < n.rank(x); ++axis) {
    if (!n.type(x).isDynamicDim(axis))
      continue;
    Value holds =
        arith::CmpIOp::create(n.b, n.loc, arith::CmpIPredicate::ne, n.sizes.value(n.dim(x, axis)), one);
    cf::AssertOp::create(
        n.b, n.loc, holds,
        "node '" + n.node.name() + "': expected dim " + std::to_string(axis) +
            " to be other than 1, as the node names no axes to squeeze, but it is 1; compile the "
            "model for these shapes (--shape, --bind)");
  }
}

LogicalResult buildSqueeze(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<std::optional<SmallVector<Size>>> given = n.intsArg("axes", 1);
  if (failed(given))
    return failure();
  SmallVector<int64_t> axes;
  if (*given) {
    std::optional<SmallVector<int64_t>> numbers = known(**given);
    if (!numbers)
      return n.result(squeezeAtRunTime(n, x, **given));
    FailureOr<SmallVector<int64_t>> sorted = n.axes(*numbers, n.rank(x));
    if (failed(sorted))
      return failure();
    axes = *sorted;
    for (int64_t axis : axes)
      if (!n.type(x).isDynamicDim(axis) && n.type(x).getDimSize(axis) != 1)
        return n.fail("expected dim " + llvm::Twine(axis) + " of size 1, but got " +
                      llvm::Twine(n.type(x).getDimSize(axis)));
  } else {
    auto declared = dyn_cast_if_present<RankedTensorType>(n.declaredType(0));
    int64_t ones = llvm::count(n.type(x).getShape(), 1);
    if (declared && !n.type(x).hasStaticShape() && declared.getRank() != n.rank(x) - ones)
      return n.fail("expected axes, or static dims to tell those of size 1, but got " +
                    n.importer.typeText(x.getType()) + "; fix the dims (--shape, --dim)");
    if (!n.type(x).hasStaticShape())
      checkNotOne(n, x);
    for (int64_t axis = 0; axis < n.rank(x); ++axis)
      if (n.type(x).getDimSize(axis) == 1)
        axes.push_back(axis);
  }
  return n.result(n.squeeze(x, axes));
}

LogicalResult buildUnsqueeze(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<std::optional<SmallVector<Size>>> given = n.intsArg("axes", 1);
  if (failed(given))
    return failure();
  if (!*given)
    return n.fail("expected axes, but got none");
  std::optional<SmallVector<int64_t>> numbers = known(**given);
  if (!numbers)
    return n.result(unsqueezeAtRunTime(n, x, **given));
  FailureOr<SmallVector<int64_t>> axes = n.axes(*numbers, n.rank(x) + static_cast<int64_t>(numbers->size()));
  if (failed(axes))
    return failure();
  return n.result(n.unsqueeze(x, *axes));
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

LogicalResult buildTranspose(NodeBuilder &n) {
  Value x = n.in(0);
  int64_t rank = n.rank(x);
  SmallVector<int64_t> perm =
      n.intsAttr("perm").value_or(llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank))));
  SmallVector<bool> seen(rank, false);
  for (int64_t &axis : perm) {
    FailureOr<int64_t> wrapped = n.axis(axis, rank, "perm");
    if (failed(wrapped))
      return failure();
    axis = *wrapped;
    seen[axis] = true;
  }
  if (static_cast<int64_t>(perm.size()) != rank || llvm::is_contained(seen, false))
    return n.fail("expected perm to hold each of " + llvm::Twine(rank) + " axes once");
  return n.result(n.transpose(x, perm));
}

LogicalResult buildConcat(NodeBuilder &n) {
  SmallVector<Value> xs;
  for (unsigned i = 0; i < n.numInputs(); ++i) {
    if (!n.has(i))
      return n.fail("expected every input of Concat, but input " + llvm::Twine(i) + " is missing");
    xs.push_back(n.in(i));
  }
  if (n.version >= 4 && !n.hasAttr("axis"))
    return n.fail("expected attribute 'axis', but got none");
  FailureOr<int64_t> axis = n.axisAttr("axis", 1, n.rank(xs[0]));
  if (failed(axis))
    return failure();
  return n.result(n.concat(xs, *axis));
}

/// The size of a dim that broadcasts with a requested one.
static Size broadcastSize(NodeBuilder &n, Size x, Size wanted) {
  if (isKnown(x, 1) || w::DimExpr::provablyEqual(exprOf(x), exprOf(wanted)))
    return wanted;
  if (isKnown(wanted, 1) || known(x))
    return x;
  // A known size that is not 1 decides; else the one of the two that is not 1.
  return known(wanted) ? wanted : n.sizes.max(x, wanted);
}

LogicalResult buildExpand(NodeBuilder &n) {
  FailureOr<SmallVector<Size>> wanted = n.sizesOf(n.in(1), "shape");
  if (failed(wanted))
    return failure();
  Value x = n.withRank(n.in(0), wanted->size());
  if (!x)
    return failure();
  SmallVector<Size> shape = n.dims(x);
  size_t lead = shape.size() - wanted->size();
  for (auto [i, size] : llvm::enumerate(*wanted)) {
    std::optional<int64_t> from = known(shape[lead + i]), to = known(size);
    if (from && to && *from != *to && *from != 1 && *to != 1)
      return n.fail("expected a shape that dim " + llvm::Twine(lead + i) + " (" + llvm::Twine(*from) +
                    ") broadcasts to, but got " + llvm::Twine(*to));
    shape[lead + i] = broadcastSize(n, shape[lead + i], size);
  }
  return n.result(n.broadcast(x, shape));
}

LogicalResult buildTile(NodeBuilder &n) {
  Value x = n.in(0);
  int64_t rank = n.rank(x);
  SmallVector<Size> repeats;
  if (n.version < 6) {
    FailureOr<Size> tiles = n.sizeOf(n.in(1), "tiles"), axis = n.sizeOf(n.in(2), "axis");
    if (failed(tiles) || failed(axis))
      return failure();
    std::optional<int64_t> number = known(*axis);
    if (!number || *number < 0 || *number >= rank)
      return n.fail("expected a constant axis in [0, " + llvm::Twine(rank) + ")");
    repeats.assign(rank, n.sizes.of(1));
    repeats[*number] = *tiles;
  } else {
    FailureOr<SmallVector<Size>> given = n.sizesOf(n.in(1), "repeats");
    if (failed(given))
      return failure();
    if (static_cast<int64_t>(given->size()) != rank)
      return n.fail("expected " + llvm::Twine(rank) + " repeats, but got " + llvm::Twine(given->size()));
    repeats = *given;
  }
  // [1 d0 1 d1 ..] widened to [r0 d0 r1 d1 ..]; dims repeated once need no partner.
  SmallVector<Size> narrow, wide, shape;
  for (int64_t axis = 0; axis < rank; ++axis) {
    Size size = n.dim(x, axis);
    if (!isKnown(repeats[axis], 1)) {
      narrow.push_back(n.sizes.of(1));
      wide.push_back(repeats[axis]);
    }
    narrow.push_back(size);
    wide.push_back(size);
    shape.push_back(n.sizes.mul(repeats[axis], size));
  }
  return n.result(n.reshape(n.broadcast(n.reshape(x, narrow), wide), shape));
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

LogicalResult buildShape(NodeBuilder &n) {
  Value x = n.in(0);
  int64_t rank = n.rank(x), start = n.intAttr("start", 0), end = n.intAttr("end", rank);
  auto clamp = [&](int64_t v) { return std::clamp<int64_t>(v < 0 ? v + rank : v, 0, rank); };
  SmallVector<Size> sizes;
  for (int64_t axis = clamp(start); axis < clamp(end); ++axis)
    sizes.push_back(n.dim(x, axis));
  return n.result(n.tensorOf(sizes));
}

LogicalResult buildSize(NodeBuilder &n) {
  Size product = n.sizes.product(n.dims(n.in(0)));
  return n.result(n.reshape(n.tensorOf(product), ArrayRef<int64_t>()));
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

/// Whether blocks come before (DCR) or behind (CRD) the channels; true for DCR.
static FailureOr<bool> isDepthFirst(NodeBuilder &n) {
  std::string mode = n.stringAttr("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return n.fail("expected mode DCR or CRD, but got '" + mode + "'");
  return mode == "DCR";
}

static FailureOr<int64_t> blockSize(NodeBuilder &n) {
  int64_t block = n.intAttr("blocksize", 0);
  if (block < 1 || block > (1 << 20))
    return n.fail("expected a blocksize of at least 1, but got " + llvm::Twine(block));
  return block;
}

LogicalResult buildDepthToSpace(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<bool> depthFirst = isDepthFirst(n);
  FailureOr<int64_t> block = blockSize(n);
  if (failed(n.checkRank(0, 4, 4)) || failed(depthFirst) || failed(block))
    return failure();
  const SizeMath &m = n.sizes;
  SmallVector<Size> d = n.dims(x);
  Size b = m.of(*block), channels = m.floorDiv(d[1], m.of(*block * *block));
  Value y;
  if (*depthFirst)
    y = n.transpose(n.reshape(x, {d[0], b, b, channels, d[2], d[3]}), {0, 3, 4, 1, 5, 2});
  else
    y = n.transpose(n.reshape(x, {d[0], channels, b, b, d[2], d[3]}), {0, 1, 4, 2, 5, 3});
  return n.result(n.reshape(y, {d[0], channels, m.mul(d[2], b), m.mul(d[3], b)}));
}

LogicalResult buildSpaceToDepth(NodeBuilder &n) {
  Value x = n.in(0);
  FailureOr<bool> depthFirst = isDepthFirst(n);
  FailureOr<int64_t> block = blockSize(n);
  if (failed(n.checkRank(0, 4, 4)) || failed(depthFirst) || failed(block))
    return failure();
  const SizeMath &m = n.sizes;
  SmallVector<Size> d = n.dims(x);
  Size b = m.of(*block), height = m.floorDiv(d[2], b), width = m.floorDiv(d[3], b);
  Value y = n.reshape(x, {d[0], d[1], height, b, width, b});
  y = n.transpose(y, *depthFirst ? ArrayRef<int64_t>{0, 3, 5, 1, 2, 4} : ArrayRef<int64_t>{0, 1, 3, 5, 2, 4});
  return n.result(n.reshape(y, {d[0], m.mul(d[1], m.of(*block * *block)), height, width}));
}

} // namespace weft::importer
