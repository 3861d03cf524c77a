// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Row-major reshapes as expand and collapse.
#include "Support.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

Value insertUnitDims(OpBuilder &b, Location loc, Value tensor, ArrayRef<int64_t> axes) {
  if (axes.empty())
    return tensor;
  auto type = cast<RankedTensorType>(tensor.getType());
  int64_t rank = type.getRank() + axes.size();
  SmallVector<int64_t> shape;
  SmallVector<OpFoldResult> sizes;
  SmallVector<ReassociationIndices> groups(type.getRank());
  int64_t source = 0;
  for (int64_t axis = 0; axis < rank; ++axis) {
    bool isNew = llvm::is_contained(axes, axis);
    shape.push_back(isNew ? 1 : type.getDimSize(source));
    if (isNew || !type.isDynamicDim(source))
      sizes.push_back(b.getIndexAttr(shape.back()));
    else
      sizes.push_back(tensor::DimOp::create(b, loc, tensor, source).getResult());
    // A new dim joins the group of the dim before it; leading new dims join the first group.
    if (type.getRank() != 0)
      groups[isNew ? std::max<int64_t>(source - 1, 0) : source].push_back(axis);
    source += !isNew;
  }
  auto result = RankedTensorType::get(shape, type.getElementType());
  return tensor::ExpandShapeOp::create(b, loc, result, tensor, groups, sizes);
}

Value dropUnitDims(OpBuilder &b, Location loc, Value tensor, ArrayRef<int64_t> axes) {
  if (axes.empty())
    return tensor;
  if (auto expand = tensor.getDefiningOp<tensor::ExpandShapeOp>()) {
    // Undo an insertion of the very same dims.
    RankedTensorType type = expand.getResultType();
    if (type.getRank() == expand.getSrcType().getRank() + static_cast<int64_t>(axes.size())) {
      SmallVector<int64_t> kept;
      for (int64_t axis = 0; axis < type.getRank(); ++axis)
        if (!llvm::is_contained(axes, axis))
          kept.push_back(type.getDimSize(axis));
      if (ArrayRef<int64_t>(kept) == expand.getSrcType().getShape())
        return expand.getSrc();
    }
  }
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<ReassociationIndices> groups;
  SmallVector<int64_t> shape, leading;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    if (!llvm::is_contained(axes, axis)) {
      groups.push_back(ReassociationIndices(leading.begin(), leading.end()));
      groups.back().push_back(axis);
      leading.clear();
      shape.push_back(type.getDimSize(axis));
    } else if (groups.empty()) {
      leading.push_back(axis);
    } else {
      groups.back().push_back(axis);
    }
  }
  auto result = RankedTensorType::get(shape, type.getElementType());
  return tensor::CollapseShapeOp::create(b, loc, result, tensor, groups);
}

/// One run of dims on each side with equal products.
struct ReshapeGroup {
  ReassociationIndices from, to;
};

static w::DimExpr productOf(RankedTensorType type, ArrayRef<int64_t> axes) {
  w::DimExpr product = w::DimExpr::constant(1);
  for (int64_t axis : axes)
    product = product * w::getDim(type, axis);
  return product;
}

/// Splits a reshape into the finest runs of dims whose products are provably equal.
static SmallVector<ReshapeGroup> splitReshape(RankedTensorType from, RankedTensorType to) {
  SmallVector<ReshapeGroup> groups;
  int64_t i = 0, j = 0, fromRank = from.getRank(), toRank = to.getRank();
  while (i < fromRank && j < toRank) {
    bool found = false;
    // The shortest pair of runs that starts here.
    for (int64_t length = 2; length <= (fromRank - i) + (toRank - j) && !found; ++length)
      for (int64_t a = 1; a < length && !found; ++a) {
        int64_t c = length - a;
        if (i + a > fromRank || j + c > toRank || (a > 1 && c > 1))
          continue;
        ReshapeGroup group;
        for (int64_t k = 0; k < a; ++k)
          group.from.push_back(i + k);
        for (int64_t k = 0; k < c; ++k)
          group.to.push_back(j + k);
        if (!w::DimExpr::provablyEqual(productOf(from, group.from), productOf(to, group.to)))
          continue;
        groups.push_back(group);
        i += a;
        j += c;
        found = true;
      }
    if (!found)
      break;
  }
  // Dims of size 1 at the end join the last run; whatever is left over becomes one run through a flat tensor.
  bool restIsUnit = !groups.empty();
  for (int64_t k = i; k < fromRank; ++k)
    restIsUnit &= from.getDimSize(k) == 1;
  for (int64_t k = j; k < toRank; ++k)
    restIsUnit &= to.getDimSize(k) == 1;
  if (i < fromRank || j < toRank) {
    if (!restIsUnit)
      groups.emplace_back();
    for (int64_t k = i; k < fromRank; ++k)
      groups.back().from.push_back(k);
    for (int64_t k = j; k < toRank; ++k)
      groups.back().to.push_back(k);
    // A run without dims on one side is joined to the one before it.
    if (groups.size() > 1 && (groups.back().from.empty() || groups.back().to.empty())) {
      ReshapeGroup last = groups.pop_back_val();
      llvm::append_range(groups.back().from, last.from);
      llvm::append_range(groups.back().to, last.to);
    }
  }
  return groups;
}

Value createReshape(OpBuilder &b, Location loc, const LoweringContext &sizes, Value tensor,
                    RankedTensorType from, RankedTensorType to) {
  RankedTensorType target = getStorageType(to);
  if (tensor.getType() == target && from.getShape() == to.getShape())
    return tensor;
  Type element = target.getElementType();
  if (to.getRank() == 0 || from.getRank() == 0) {
    RankedTensorType scalar = RankedTensorType::get({}, element);
    if (from.getRank() != 0) {
      RankedTensorType ones = RankedTensorType::get(SmallVector<int64_t>(from.getRank(), 1), element);
      tensor = tensor::CollapseShapeOp::create(b, loc, scalar, castToType(b, loc, tensor, ones),
                                               ArrayRef<ReassociationIndices>());
    }
    if (to.getRank() == 0)
      return tensor;
    RankedTensorType ones = RankedTensorType::get(SmallVector<int64_t>(to.getRank(), 1), element);
    tensor = tensor::ExpandShapeOp::create(b, loc, ones, tensor, ArrayRef<ReassociationIndices>());
    return castToType(b, loc, tensor, target);
  }

  // Collapse the runs of `from` to one dim each, then expand each to the run of `to`.
  SmallVector<ReshapeGroup> groups = splitReshape(from, to);
  SmallVector<ReassociationIndices> fromGroups, toGroups;
  SmallVector<int64_t> middle;
  for (const ReshapeGroup &group : groups) {
    fromGroups.push_back(group.from);
    toGroups.push_back(group.to);
    auto productIn = [](RankedTensorType type, ArrayRef<int64_t> axes) {
      int64_t product = 1;
      for (int64_t axis : axes) {
        if (type.isDynamicDim(axis))
          return ShapedType::kDynamic;
        product *= type.getDimSize(axis);
      }
      return product;
    };
    middle.push_back(productIn(from, group.from));
  }
  if (llvm::any_of(groups, [](const ReshapeGroup &group) { return group.from.size() > 1; })) {
    auto collapsed = RankedTensorType::get(middle, element);
    tensor = tensor::CollapseShapeOp::create(b, loc, collapsed, tensor, fromGroups);
  }
  // What the other side knows better.
  SmallVector<int64_t> known;
  for (auto [group, size] : llvm::zip_equal(groups, middle)) {
    int64_t product = 1;
    for (int64_t axis : group.to)
      product = product == ShapedType::kDynamic || to.isDynamicDim(axis) ? ShapedType::kDynamic
                                                                         : product * to.getDimSize(axis);
    known.push_back(product);
  }
  tensor = castToType(b, loc, tensor, RankedTensorType::get(known, element));
  if (llvm::any_of(groups, [](const ReshapeGroup &group) { return group.to.size() > 1; }))
    tensor = tensor::ExpandShapeOp::create(b, loc, target, tensor, toGroups, sizes.getSizes(b, to));
  return castToType(b, loc, tensor, target);
}

} // namespace weft::conversion
