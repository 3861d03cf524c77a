// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host form of control flow: weft.if as scf.if, weft.loop as scf.for or scf.while.
//
// A scan output is a buffer of all slices along dim 0 that the loop carries; each iteration writes its slice
// with tensor.insert_slice, which the host program does in place. The buffer has room for the trip count;
// when a condition may end the loop earlier, the result is a prefix of it (tensor.extract_slice). Where the
// trip count or the size of a slice is not known before, the loop carries a list that is joined behind it.
#include "HostBuilder.h"
#include "Support.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

/// The host type of a value that control flow carries; null when the host cannot hold it.
static Type getCarriedType(Type type) {
  if (isa<RankedTensorType, w::SeqType, w::OptType>(type))
    return getHostType(type);
  return type.isIndex() ? type : Type();
}

//===----------------------------------------------------------------------===//
// if
//===----------------------------------------------------------------------===//

LogicalResult HostBuilder::convertIf(w::IfOp op) {
  Location loc = op.getLoc();
  SmallVector<Type> types;
  for (Type type : op.getResultTypes()) {
    types.push_back(getCarriedType(type));
    if (!types.back())
      return op.emitOpError("has a result of type ") << type << ", which the host program cannot hold";
  }
  Value condition = getCondition(loc, op.getCond());
  auto branch = scf::IfOp::create(b, loc, types, condition, /*addThenBlock=*/true, /*addElseBlock=*/true);
  auto result = success();
  for (auto [from, into] : {std::pair(&op.getThenRegion(), &branch.getThenRegion()),
                            std::pair(&op.getElseRegion(), &branch.getElseRegion())}) {
    OpBuilder::InsertionGuard guard(b);
    Block &block = into->front();
    if (block.mightHaveTerminator())
      block.getTerminator()->erase();
    b.setInsertionPointToStart(&block);
    dims.pushScope();
    if (failed(convertBlock(from->front())))
      result = failure();
    SmallVector<Value> yielded;
    for (auto [value, type] :
         llvm::zip_equal(from->front().getTerminator()->getOperands(), op.getResultTypes()))
      yielded.push_back(succeeded(result) ? castTo(loc, lookup(value), type) : Value());
    if (succeeded(result))
      scf::YieldOp::create(b, loc, yielded);
    dims.popScope();
  }
  if (failed(result))
    return failure();
  for (auto [old, value] : llvm::zip_equal(op.getResults(), branch.getResults())) {
    values.map(old, value);
    bindDims(old.getType(), value);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// loop: scanned operands and axes, as weft ops
//===----------------------------------------------------------------------===//

/// Slice number `place` of a tensor along an axis, without that axis, as type `type`.
static Value createSlice(OpBuilder &b, Location loc, Value tensor, int64_t axis, Value place, Type type) {
  RankedTensorType whole = typeOf(tensor);
  SmallVector<w::DimExpr> dims = w::getDims(whole);
  dims[axis] = w::DimExpr::constant(1);
  SmallVector<int64_t> staticOffsets(whole.getRank(), 0), staticSizes(whole.getShape()),
      strides(whole.getRank(), 1);
  staticOffsets[axis] = ShapedType::kDynamic;
  staticSizes[axis] = 1;
  SmallVector<Value> sizes, reshapeSizes;
  SmallVector<int64_t> reshapeStatic;
  for (int64_t dim = 0; dim < whole.getRank(); ++dim) {
    if (dim != axis)
      reshapeStatic.push_back(whole.getDimSize(dim));
    if (dim == axis || !whole.isDynamicDim(dim))
      continue;
    sizes.push_back(w::DimOp::create(b, loc, b.getIndexType(), tensor, dim));
    reshapeSizes.push_back(sizes.back());
  }
  Value slice = w::SliceOp::create(b, loc, w::makeTensorType(dims, whole.getElementType()), tensor,
                                   ValueRange{place}, sizes, staticOffsets, staticSizes, strides);
  return w::ReshapeOp::create(b, loc, type, slice, reshapeSizes, reshapeStatic);
}

/// Position of iteration `iteration` of `count`, from the other end when `reverse`.
static Value getPlace(OpBuilder &b, Location loc, Value iteration, Value count, bool reverse) {
  if (!reverse)
    return iteration;
  Value last = arith::SubIOp::create(b, loc, count, arith::ConstantIndexOp::create(b, loc, 1));
  return arith::SubIOp::create(b, loc, last, iteration);
}

void expandScans(w::LoopOp op) {
  Block &body = op.getBody().front();
  OpBuilder b = OpBuilder::atBlockBegin(&body);
  Location loc = op.getLoc();
  for (auto [i, scanned] : llvm::enumerate(op.getScanned())) {
    int64_t axis = op.getScanInAxes()[i];
    Value argument = body.getArgument(1 + op.getCarried().size() + i);
    Value count = w::DimOp::create(b, loc, b.getIndexType(), scanned, axis);
    Value place = getPlace(b, loc, body.getArgument(0), count, op.getScanInReverse()[i]);
    argument.replaceAllUsesWith(createSlice(b, loc, scanned, axis, place, argument.getType()));
  }
  // Scan outputs are stacked along dim 0; another axis is reached by a transpose behind the loop.
  b.setInsertionPointAfter(op);
  SmallVector<int64_t> axes(op.getScanOutAxes());
  for (auto [i, axis] : llvm::enumerate(axes)) {
    if (axis == 0)
      continue;
    Value result = op.getResult(op.getCarried().size() + i);
    RankedTensorType type = typeOf(result);
    SmallVector<w::DimExpr> dims = w::getDims(type);
    w::DimExpr count = dims[axis];
    dims.erase(dims.begin() + axis);
    dims.insert(dims.begin(), count);
    SmallVector<int64_t> perm;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      perm.push_back(dim < axis ? dim + 1 : dim == axis ? 0 : dim);
    auto transpose = w::TransposeOp::create(b, loc, type, result, perm);
    result.replaceAllUsesExcept(transpose.getResult(), transpose);
    result.setType(w::makeTensorType(dims, type.getElementType()));
    axes[i] = 0;
  }
  op.setScanOutAxes(axes);
}

//===----------------------------------------------------------------------===//
// loop: the host form
//===----------------------------------------------------------------------===//

Value HostBuilder::createBuffer(Location loc, RankedTensorType type, ValueRange sizes, TypedAttr value) {
  std::string name = "k" + std::to_string(nextKernel++);
  SmallVector<Type> inputs(sizes.size(), b.getIndexType());
  OpBuilder inner(host);
  auto function =
      kernel::FuncOp::create(inner, loc, name, FunctionType::get(b.getContext(), inputs, type), "buffer");
  Block *entry =
      function.getBody().empty() ? &function.getBody().emplaceBlock() : &function.getBody().front();
  if (entry->getNumArguments() == 0)
    entry->addArguments(inputs, SmallVector<Location>(inputs.size(), loc));
  inner.setInsertionPointToStart(entry);
  SmallVector<OpFoldResult> shape;
  unsigned next = 0;
  for (int64_t size : type.getShape())
    shape.push_back(ShapedType::isDynamic(size) ? OpFoldResult(entry->getArgument(next++))
                                                : b.getIndexAttr(size));
  Value element = value ? Value(arith::ConstantOp::create(inner, loc, value))
                        : createScalar(inner, loc, type.getElementType(), 0.0);
  kernel::ReturnOp::create(inner, loc, createFilled(inner, loc, shape, element));
  if (!sizes.empty())
    function.setResultAttr(0, kernel::FuncOp::getDimsAttrName(),
                           b.getDenseI64ArrayAttr(llvm::to_vector(llvm::seq<int64_t>(0, sizes.size()))));
  return kernel::LaunchOp::create(b, loc, TypeRange{type}, FlatSymbolRefAttr::get(b.getContext(), name),
                                  ValueRange{}, sizes, sizes, ArrayAttr())
      .getResult(0);
}

/// Whether a one-element boolean tensor is known to be true.
static bool isKnownTrue(Value condition) {
  auto splat = dyn_cast_or_null<IntegerAttr>(getSplatValue(condition));
  return splat && !splat.getValue().isZero();
}

LogicalResult HostBuilder::createScanBuffers(w::LoopOp op, Value count, bool isCounted,
                                             SmallVectorImpl<Value> &buffers) {
  Location loc = op.getLoc();
  // Of a loop that may end earlier, only so many slices are worth a buffer before anybody asks for them.
  constexpr int64_t kMaxReserved = 1024;
  std::optional<int64_t> known = count ? getConstantIntValue(count) : std::nullopt;
  bool hasRoom = count && (isCounted || (known && *known <= kMaxReserved));
  for (Value result : op.getResults().drop_front(op.getCarried().size())) {
    RankedTensorType type = typeOf(result), storage = getStorageType(type);
    if (!storage)
      return op.emitOpError("has a result of type ") << type << ", which the host program cannot hold";
    SmallVector<int64_t> shape(storage.getShape());
    shape[0] = ShapedType::kDynamic;
    SmallVector<Value> sizes{count};
    for (int64_t axis = 1; axis < type.getRank(); ++axis)
      if (type.isDynamicDim(axis))
        sizes.push_back(dims.materialize(b, loc, w::getDim(type, axis)));
    if (!hasRoom || llvm::is_contained(sizes, Value())) {
      buffers.push_back(createCall(op, "list_make", kernel::ListType::get(b.getContext()), {}));
      continue;
    }
    buffers.push_back(createBuffer(loc, RankedTensorType::get(shape, storage.getElementType()), sizes));
  }
  return success();
}

/// Writes a slice into a buffer at `place` along dim 0.
static Value writeSlice(OpBuilder &b, Location loc, Value slice, Value buffer, Value place) {
  auto type = cast<RankedTensorType>(slice.getType());
  SmallVector<OpFoldResult> offsets{place}, sizes{b.getIndexAttr(1)};
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    offsets.push_back(b.getIndexAttr(0));
    sizes.push_back(type.isDynamicDim(axis)
                        ? OpFoldResult(tensor::DimOp::create(b, loc, slice, axis).getResult())
                        : b.getIndexAttr(type.getDimSize(axis)));
  }
  SmallVector<OpFoldResult> strides(offsets.size(), b.getIndexAttr(1));
  return tensor::InsertSliceOp::create(b, loc, slice, buffer, offsets, sizes, strides);
}

LogicalResult HostBuilder::convertLoopBody(w::LoopOp op, Value iteration, Value count, ValueRange carried,
                                           SmallVectorImpl<Value> &next, Value *condition) {
  Location loc = op.getLoc();
  Block &body = op.getBody().front();
  int64_t numCarried = op.getCarried().size();
  values.map(body.getArgument(0), iteration);
  for (int64_t i = 0; i < numCarried; ++i) {
    values.map(body.getArgument(1 + i), carried[i]);
    bindDims(body.getArgument(1 + i).getType(), carried[i]);
  }
  if (failed(convertBlock(body)))
    return failure();
  ValueRange yielded = body.getTerminator()->getOperands();
  if (condition)
    *condition = getCondition(loc, yielded[0]);
  for (int64_t i = 0; i < numCarried; ++i)
    next.push_back(castTo(loc, lookup(yielded[1 + i]), body.getArgument(1 + i).getType()));
  for (auto [i, slice] : llvm::enumerate(yielded.drop_front(1 + numCarried))) {
    Value list = carried[numCarried + i];
    if (isa<kernel::ListType>(list.getType())) {
      Value position = op.getScanOutReverse()[i] ? createIndex(b, loc, 0)
                                                 : createCall(op, "list_length", b.getIndexType(), list);
      next.push_back(createCall(op, "list_insert", list.getType(), {list, lookup(slice), position}));
      continue;
    }
    Value place = getPlace(b, loc, iteration, count, op.getScanOutReverse()[i]);
    next.push_back(writeSlice(b, loc, lookup(slice), carried[numCarried + i], place));
  }
  return success();
}

LogicalResult HostBuilder::bindLoopResults(w::LoopOp op, ValueRange results, Value ran, Value count) {
  Location loc = op.getLoc();
  int64_t numCarried = op.getCarried().size();
  for (auto [i, old] : llvm::enumerate(op.getResults())) {
    Value value = results[i];
    if (static_cast<int64_t>(i) >= numCarried) {
      RankedTensorType type = typeOf(old);
      if (type.isDynamicDim(0))
        dims.bind(w::getDim(type, 0), ran);
      if (isa<kernel::ListType>(value.getType())) {
        value = createCall(op, "list_join", getHostType(type), value, {0, 1, 1});
      } else if (ran != count) {
        auto bufferType = cast<RankedTensorType>(value.getType());
        SmallVector<OpFoldResult> offsets(type.getRank(), b.getIndexAttr(0)),
            strides(type.getRank(), b.getIndexAttr(1));
        SmallVector<OpFoldResult> sizes{ran};
        if (op.getScanOutReverse()[i - numCarried])
          offsets[0] = arith::SubIOp::create(b, loc, count, ran).getResult();
        for (int64_t axis = 1; axis < type.getRank(); ++axis)
          sizes.push_back(bufferType.isDynamicDim(axis)
                              ? OpFoldResult(tensor::DimOp::create(b, loc, value, axis).getResult())
                              : b.getIndexAttr(bufferType.getDimSize(axis)));
        value = tensor::ExtractSliceOp::create(b, loc, bufferType, value, offsets, sizes, strides);
      }
    }
    value = isa<RankedTensorType>(old.getType()) ? castTo(loc, value, old.getType()) : value;
    values.map(old, value);
    bindDims(old.getType(), value);
  }
  return success();
}

LogicalResult HostBuilder::convertCountedLoop(w::LoopOp op, Value count, ValueRange initial) {
  Location loc = op.getLoc();
  Value zero = createIndex(b, loc, 0), one = createIndex(b, loc, 1);
  auto loop = scf::ForOp::create(b, loc, zero, count, one, initial);
  {
    OpBuilder::InsertionGuard guard(b);
    Block *body = loop.getBody();
    if (!body->empty() && body->back().hasTrait<OpTrait::IsTerminator>())
      body->back().erase();
    b.setInsertionPointToStart(body);
    dims.pushScope();
    SmallVector<Value> next;
    LogicalResult converted = convertLoopBody(op, loop.getInductionVar(), count, loop.getRegionIterArgs(),
                                              next, /*condition=*/nullptr);
    dims.popScope();
    if (failed(converted))
      return failure();
    scf::YieldOp::create(b, loc, next);
  }
  return bindLoopResults(op, loop.getResults(), count, count);
}

LogicalResult HostBuilder::convertWhileLoop(w::LoopOp op, Value count, ValueRange initial) {
  Location loc = op.getLoc();
  Value start = op.getCond() ? getCondition(loc, op.getCond())
                             : Value(arith::ConstantOp::create(b, loc, b.getBoolAttr(true)));
  // State: iteration, condition, then what the loop carries.
  SmallVector<Value> state{createIndex(b, loc, 0), start};
  llvm::append_range(state, initial);
  TypeRange types = ValueRange(state).getTypes();
  SmallVector<Type> stateTypes(types.begin(), types.end());
  SmallVector<Location> locations(state.size(), loc);
  auto loop = scf::WhileOp::create(b, loc, stateTypes, state);
  {
    OpBuilder::InsertionGuard guard(b);
    Block *before = b.createBlock(&loop.getBefore(), {}, stateTypes, locations);
    Value goesOn = before->getArgument(1);
    if (count) {
      Value isLeft = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, before->getArgument(0), count);
      goesOn = arith::AndIOp::create(b, loc, goesOn, isLeft);
    }
    scf::ConditionOp::create(b, loc, goesOn, before->getArguments());
    Block *after = b.createBlock(&loop.getAfter(), {}, stateTypes, locations);
    dims.pushScope();
    SmallVector<Value> next;
    Value condition;
    LogicalResult converted = convertLoopBody(
        op, after->getArgument(0), count, ValueRange(after->getArguments()).drop_front(2), next, &condition);
    dims.popScope();
    if (failed(converted))
      return failure();
    Value following = arith::AddIOp::create(b, loc, after->getArgument(0), createIndex(b, loc, 1));
    SmallVector<Value> yielded{following, condition};
    llvm::append_range(yielded, next);
    scf::YieldOp::create(b, loc, yielded);
  }
  return bindLoopResults(op, loop.getResults().drop_front(2), loop.getResult(0), count);
}

LogicalResult HostBuilder::convertLoop(w::LoopOp op) {
  Location loc = op.getLoc();
  Block &body = op.getBody().front();
  Value count;
  if (op.getTrip()) {
    // A negative trip count is none.
    count = b.createOrFold<arith::MaxSIOp>(loc, lookup(op.getTrip()), createIndex(b, loc, 0));
  } else if (!op.getScanned().empty()) {
    RankedTensorType type = typeOf(op.getScanned().front());
    int64_t axis = op.getScanInAxes().front();
    count = type.isDynamicDim(axis) ? dims.materialize(b, loc, w::getDim(type, axis))
                                    : createIndex(b, loc, type.getDimSize(axis));
  }
  SmallVector<Value> initial;
  for (auto [i, value] : llvm::enumerate(op.getCarried())) {
    Type type = body.getArgument(1 + i).getType();
    if (!getCarriedType(type))
      return op.emitOpError("carries a value of type ") << type << ", which the host program cannot hold";
    initial.push_back(isa<RankedTensorType>(type) ? castTo(loc, lookup(value), type) : lookup(value));
  }
  bool isCounted = count && (!op.getCond() || isKnownTrue(op.getCond())) &&
                   isKnownTrue(body.getTerminator()->getOperand(0));
  if (failed(createScanBuffers(op, count, isCounted, initial)))
    return failure();
  return isCounted ? convertCountedLoop(op, count, initial) : convertWhileLoop(op, count, initial);
}

} // namespace weft::conversion
