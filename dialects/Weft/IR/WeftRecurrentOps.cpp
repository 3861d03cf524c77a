// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type inference, verifiers and dimension maps of LSTM, GRU and RNN.
#include "dialects/Weft/IR/WeftInferSupport.h"
#include "dialects/Weft/IR/WeftOps.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::weft;

/// Infers y `[S B H]` and `states` tensors `[B H]` for gates `[S B gates*H]`, r `[gates*H H]`, h0 `[B H]`.
static LogicalResult inferRecurrent(std::optional<Location> loc, StringRef op, RankedTensorType gates,
                                    RankedTensorType r, RankedTensorType h0, int64_t gateCount,
                                    int64_t states, SmallVectorImpl<Type> &types) {
  if (gates.getRank() != 3 || r.getRank() != 2 || h0.getRank() != 2)
    return inferError(loc, op, 1, "expected gates, r and initial state of rank 3, 2 and 2, but got ", gates,
                      ", ", r, " and ", h0);
  DimExpr hidden = joinDims(getDim(r, 1), getDim(h0, 1)), all = hidden * DimExpr::constant(gateCount);
  if (certainlyDiffer(getDim(r, 0), all) || certainlyDiffer(getDim(gates, 2), all) ||
      certainlyDiffer(getDim(h0, 1), getDim(r, 1)))
    return inferError(loc, op, 2, "expected gates [S B ", gateCount, "*H], r [", gateCount,
                      "*H H] and states [B H], but got ", gates, ", ", r, " and ", h0);
  if (certainlyDiffer(getDim(gates, 1), getDim(h0, 0)))
    return inferError(loc, op, 3, "expected gates dim 1 (", getDim(gates, 1).str(),
                      ") to equal initial state dim 0 (", getDim(h0, 0).str(), ")");
  if (!isa<FloatType>(gates.getElementType()))
    return inferError(loc, op, 4, "expected gates of a float type, but got ", gates.getElementType());
  DimExpr batch = joinDims(getDim(gates, 1), getDim(h0, 0));
  types.push_back(makeTensorType({getDim(gates, 0), batch, hidden}, gates.getElementType()));
  for (int64_t state = 0; state < states; ++state)
    types.push_back(makeTensorType({batch, hidden}, gates.getElementType()));
  return success();
}

static bool isActivation(StringRef name) {
  static constexpr StringLiteral kNames[] = {
      "Relu",       "Tanh",        "Sigmoid", "Affine",   "LeakyRelu", "ThresholdedRelu",
      "ScaledTanh", "HardSigmoid", "Elu",     "Softsign", "Softplus"};
  return llvm::is_contained(kNames, name);
}

/// The checks that inference does not need: activations, their parameters, len. Wrong ranks are reported by
/// inference, which is checked later.
static LogicalResult verifyRecurrent(Operation *op, ArrayAttr activations, ArrayRef<double> alpha,
                                     ArrayRef<double> beta, size_t wanted, Value len, const DimExpr &batch) {
  StringRef name = op->getName().stripDialect();
  if (activations.size() != wanted)
    return op->emitOpError("expected ")
           << wanted << " activations, but got " << activations.size() << " [" << name << "-C5]";
  for (auto activation : activations.getAsRange<StringAttr>())
    if (!isActivation(activation.getValue()))
      return op->emitOpError("expected an activation of ONNX, but got '")
             << activation.getValue() << "' [" << name << "-C5]";
  if ((!alpha.empty() && alpha.size() != wanted) || (!beta.empty() && beta.size() != wanted))
    return op->emitOpError("expected no act_alpha and act_beta or one per activation [") << name << "-C6]";
  if (len && (tensorType(len).getRank() != 1 || certainlyDiffer(getDim(tensorType(len), 0), batch)))
    return op->emitOpError("expected len [B], but got ") << len.getType() << " [" << name << "-C7]";
  return success();
}

/// Factors: time (whole), batch, hidden (whole: r mixes it), gates.
static DimMap recurrentDimMap(int64_t states, ArrayRef<SmallVector<int64_t>> behindR) {
  DimMap map;
  map.kinds = {FactorKind::Whole, FactorKind::Parallel, FactorKind::Whole, FactorKind::Whole};
  map.operands = {{0, 1, 3}, {3, 2}};
  map.operands.append(behindR.begin(), behindR.end());
  map.results = {{0, 1, 2}};
  map.results.append(states, {1, 2});
  return map;
}

// Constraints: lstm-C1, lstm-C2, lstm-C3, lstm-C4, lstm-C5, lstm-C6, lstm-C7, lstm-C8, lstm-C9.
LogicalResult LstmOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  return inferRecurrent(loc, "lstm", tensorType(adaptor.getGates()), tensorType(adaptor.getR()),
                        tensorType(adaptor.getH0()), /*gateCount=*/4, /*states=*/2, types);
}

LogicalResult LstmOp::verify() {
  if (failed(verifyCompatibleShape(getC0().getType(), getH0().getType())))
    return emitOpError("expected c0 of the shape of h0, but got ") << getC0().getType() << " [lstm-C8]";
  RankedTensorType y = getY().getType();
  if (y.getRank() != 3)
    return success();
  if (Value p = getP(); p && (tensorType(p).getRank() != 1 ||
                              certainlyDiffer(getDim(tensorType(p), 0), getDim(y, 2) * DimExpr::constant(3))))
    return emitOpError("expected a peephole [3*H], but got ") << p.getType() << " [lstm-C9]";
  return verifyRecurrent(*this, getActs(), getActAlpha(), getActBeta(), 3, getLen(), getDim(y, 1));
}

FailureOr<DimMap> LstmOp::getDimMap() {
  SmallVector<SmallVector<int64_t>> behind = {{1, 2}, {1, 2}};
  if (getP())
    behind.push_back({kNoFactor});
  if (getLen())
    behind.push_back({1});
  return recurrentDimMap(2, behind);
}

// Constraints: gru-C1, gru-C2, gru-C3, gru-C4, gru-C5, gru-C6, gru-C7, gru-C8.
LogicalResult GruOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferRecurrent(loc, "gru", tensorType(adaptor.getGates()), tensorType(adaptor.getR()),
                        tensorType(adaptor.getH0()), /*gateCount=*/3, /*states=*/1, types);
}

LogicalResult GruOp::verify() {
  RankedTensorType rb = getRb().getType(), y = getY().getType();
  if (y.getRank() != 3)
    return success();
  if (rb.getRank() != 1 || certainlyDiffer(getDim(rb, 0), getDim(y, 2) * DimExpr::constant(3)))
    return emitOpError("expected rb [3*H], but got ") << rb << " [gru-C8]";
  return verifyRecurrent(*this, getActs(), getActAlpha(), getActBeta(), 2, getLen(), getDim(y, 1));
}

FailureOr<DimMap> GruOp::getDimMap() {
  SmallVector<SmallVector<int64_t>> behind = {{3}, {1, 2}};
  if (getLen())
    behind.push_back({1});
  return recurrentDimMap(1, behind);
}

// Constraints: rnn-C1, rnn-C2, rnn-C3, rnn-C4, rnn-C5, rnn-C6, rnn-C7.
LogicalResult RnnOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferRecurrent(loc, "rnn", tensorType(adaptor.getGates()), tensorType(adaptor.getR()),
                        tensorType(adaptor.getH0()), /*gateCount=*/1, /*states=*/1, types);
}

LogicalResult RnnOp::verify() {
  if (getY().getType().getRank() != 3)
    return success();
  return verifyRecurrent(*this, getActs(), getActAlpha(), getActBeta(), 1, getLen(),
                         getDim(getY().getType(), 1));
}

FailureOr<DimMap> RnnOp::getDimMap() {
  SmallVector<SmallVector<int64_t>> behind = {{1, 2}};
  if (getLen())
    behind.push_back({1});
  return recurrentDimMap(1, behind);
}
