// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowers LSTM, GRU and plain recurrent networks: a loop over time around one product and elementwise passes.
#include "HotPath.h"
#include "Loops.h"
#include "Patterns.h"
#include "Scalar.h"
#include "dialects/Kernel/IR/KernelOps.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
namespace w = mlir::weft;

namespace weft::conversion {

namespace {

/// An activation by its ONNX name, with its parameters.
struct Activation {
  StringRef name;
  double alpha, beta;

  Value emit(ScalarBuilder s, Value x) const;
};

Value Activation::emit(ScalarBuilder s, Value x) const {
  Type type = x.getType();
  OpBuilder &b = s.b;
  Location loc = s.loc;
  Value zero = s.real(type, 0.0), one = s.real(type, 1.0), a = s.real(type, alpha), c = s.real(type, beta);
  using F = arith::CmpFPredicate;
  auto clampUnit = [&](Value value) -> Value {
    return arith::MaximumFOp::create(b, loc, arith::MinimumFOp::create(b, loc, value, one), zero);
  };
  if (name == "Relu")
    return arith::MaximumFOp::create(b, loc, x, zero);
  if (name == "Tanh")
    return math::TanhOp::create(b, loc, x);
  if (name == "Sigmoid")
    return arith::DivFOp::create(b, loc, one,
                                 s.add(one, math::ExpOp::create(b, loc, arith::NegFOp::create(b, loc, x))));
  if (name == "Affine")
    return s.add(s.mul(a, x), c);
  if (name == "LeakyRelu")
    return s.select(s.cmp(F::OLT, x, zero), s.mul(a, x), x);
  if (name == "ThresholdedRelu")
    return s.select(s.cmp(F::OGT, x, a), x, zero);
  if (name == "ScaledTanh")
    return s.mul(a, math::TanhOp::create(b, loc, s.mul(c, x)));
  if (name == "HardSigmoid")
    return clampUnit(s.add(s.mul(a, x), c));
  if (name == "Elu")
    return s.select(s.cmp(F::OLT, x, zero), s.mul(a, math::ExpM1Op::create(b, loc, x)), x);
  if (name == "Softsign")
    return arith::DivFOp::create(b, loc, x, s.add(one, math::AbsFOp::create(b, loc, x)));
  assert(name == "Softplus" && "internal: the verifier knows all activations");
  Value tail = math::Log1pOp::create(
      b, loc, math::ExpOp::create(b, loc, arith::NegFOp::create(b, loc, math::AbsFOp::create(b, loc, x))));
  return s.add(arith::MaximumFOp::create(b, loc, x, zero), tail);
}

/// Parameters that the op does not give take ONNX's defaults.
SmallVector<Activation> getActivations(ArrayAttr names, ArrayRef<double> alpha, ArrayRef<double> beta) {
  SmallVector<Activation> result;
  for (auto [i, attr] : llvm::enumerate(names.getAsRange<StringAttr>())) {
    StringRef name = attr.getValue();
    double defaultAlpha =
        llvm::StringSwitch<double>(name).Case("LeakyRelu", 0.01).Case("HardSigmoid", 0.2).Default(1.0);
    double defaultBeta =
        llvm::StringSwitch<double>(name).Case("HardSigmoid", 0.5).Case("ScaledTanh", 1.0).Default(0.0);
    result.push_back({name, alpha.empty() ? defaultAlpha : alpha[i], beta.empty() ? defaultBeta : beta[i]});
  }
  return result;
}

/// What the three cells share: sizes, the loop over time, the product with the recurrence weights, and
/// lengths.
class TimeLoop {
public:
  TimeLoop(OpBuilder &b, Location loc, const LoweringContext &sizes, RankedTensorType yType, Value gates,
           Type gateElement, bool isReverse, double clip)
      : b(b), loc(loc), gates(gates), gateElement(gateElement), isReverse(isReverse), clip(clip) {
    compute = getComputeFloatType(gateElement);
    SmallVector<OpFoldResult> shape = sizes.getSizes(b, yType);
    steps = shape[0];
    batch = shape[1];
    hidden = shape[2];
  }

  void setLengths(Value value, Type element) {
    lengths = value;
    lengthElement = element;
  }

  /// An initial state in the compute type, in memory of its own.
  Value startState(Value state, Type element) {
    return createElementwise(b, loc, state, compute, {batch, hidden},
                             [&](OpBuilder &body, Location nested, ValueRange args) {
                               return emitToFloat(body, nested, args[0], element, compute);
                             });
  }

  /// Runs `step` for each time step on the carried states; it returns their next values, the first one being
  /// the output. Returns y and the final states in the compute type.
  SmallVector<Value> run(ArrayRef<Value> states,
                         function_ref<SmallVector<Value>(OpBuilder &, Location, Value, ValueRange)> step) {
    SmallVector<OpFoldResult> yShape{steps, batch, hidden};
    Value zero = createScalar(b, loc, compute, 0.0);
    SmallVector<Value> initial{lengths ? createFilled(b, loc, yShape, zero)
                                       : createEmpty(b, loc, yShape, compute)};
    llvm::append_range(initial, states);
    return createSequentialLoops(
        b, loc, steps, initial,
        [&](OpBuilder &nested, Location nestedLoc, ValueRange at, ValueRange carried) {
          SmallVector<Value> next = step(nested, nestedLoc, at[0], carried.drop_front());
          SmallVector<Value> result{store(nested, nestedLoc, at[0], next[0], carried[0])};
          llvm::append_range(result, next);
          return result;
        });
  }

  /// Where in time sample `sample` is at step `step`, clamped into the sequence, and whether it still runs
  /// (null: always).
  std::pair<Value, Value> getTime(OpBuilder &nested, Location at, Value step, Value sample) {
    Value end = toValue(nested, at, steps), runs;
    if (lengths) {
      Value raw = tensor::ExtractOp::create(nested, at, lengths, sample);
      end = emitAsIndex(nested, at, raw, lengthElement);
      runs = arith::CmpIOp::create(nested, at, arith::CmpIPredicate::slt, step, end);
    }
    Value time = step;
    if (isReverse)
      time = arith::SubIOp::create(nested, at,
                                   arith::SubIOp::create(nested, at, end, createIndex(nested, at, 1)), step);
    if (lengths)
      time = clampIndex(nested, at, time, toValue(nested, at, steps));
    return {time, runs};
  }

  /// Columns [first, first + count) of the gates at a step, in the compute type.
  Value readGates(OpBuilder &nested, Location at, Value step, OpFoldResult first, OpFoldResult count) {
    return createMap(
        nested, at, compute, {batch, count}, [&](OpBuilder &body, Location bodyLoc, ValueRange place) {
          Value time = getTime(body, bodyLoc, step, place[0]).first;
          Value column = arith::AddIOp::create(body, bodyLoc, place[1], toValue(body, bodyLoc, first));
          Value raw = tensor::ExtractOp::create(body, bodyLoc, gates, ValueRange{time, place[0], column});
          return emitToFloat(body, bodyLoc, raw, gateElement, compute);
        });
  }

  /// sum + state * weights^T, with weights [N, H], or panels of them if `packed`.
  Value addProduct(OpBuilder &nested, Location at, Value sum, Value state, Value weights, Type weightElement,
                   OpFoldResult count, bool packed) {
    MLIRContext *context = nested.getContext();
    if (compute.isF32() && weightElement.isF32()) {
      AffineMap map = AffineMap::getMultiDimIdentityMap(2, context);
      Value init = createEmpty(nested, at, {batch, count}, compute);
      return kernel::ContractOp::create(nested, at, state, weights, ValueRange{sum}, init, {map},
                                        packed ? std::optional<int64_t>(kPanelWidth) : std::nullopt,
                                        /*rhsTransposed=*/!packed,
                                        [](OpBuilder &body, Location bodyLoc, ValueRange args) -> Value {
                                          return arith::AddFOp::create(body, bodyLoc, args[0], args[1]);
                                        })
          .getResult();
    }
    AffineExpr m = nested.getAffineDimExpr(0), n = nested.getAffineDimExpr(1), k = nested.getAffineDimExpr(2);
    AffineMap maps[] = {AffineMap::get(3, 0, {m, k}, context), AffineMap::get(3, 0, {n, k}, context),
                        AffineMap::get(3, 0, {m, n}, context)};
    IteratorType iterators[] = {IteratorType::parallel, IteratorType::parallel, IteratorType::reduction};
    return createGeneric(
        nested, at, {state, weights}, sum, maps, iterators,
        [&](OpBuilder &body, Location bodyLoc, ValueRange args) {
          ScalarBuilder s{body, bodyLoc};
          return s.add(args[2], s.mul(args[0], emitToFloat(body, bodyLoc, args[1], weightElement, compute)));
        });
  }

  /// Columns of gate number `gate` of a [B, n * H] tensor.
  Value takeGate(OpBuilder &nested, Location at, Value tensor, int64_t gate) {
    OpFoldResult zero = nested.getIndexAttr(0), one = nested.getIndexAttr(1);
    OpFoldResult offset = mulSizes(nested, at, nested.getIndexAttr(gate), hidden);
    return tensor::ExtractSliceOp::create(nested, at, tensor, ArrayRef<OpFoldResult>{zero, offset},
                                          ArrayRef<OpFoldResult>{batch, hidden},
                                          ArrayRef<OpFoldResult>{one, one});
  }

  Value emitClipped(ScalarBuilder s, Value x) const {
    if (clip <= 0)
      return x;
    Value high = s.real(x.getType(), clip), low = s.real(x.getType(), -clip);
    return arith::MaximumFOp::create(s.b, s.loc, arith::MinimumFOp::create(s.b, s.loc, x, high), low);
  }

  /// A state updated in place: samples whose sequence has ended keep theirs. `body` gets one scalar per
  /// input, then the old state.
  Value updateState(OpBuilder &nested, Location at, Value step, ValueRange inputs,
                    ArrayRef<AffineMap> inputMaps, Value state, BodyFn body) {
    SmallVector<AffineMap> maps(inputMaps);
    maps.push_back(AffineMap::getMultiDimIdentityMap(2, nested.getContext()));
    SmallVector<IteratorType> iterators(2, IteratorType::parallel);
    return createGeneric(
        nested, at, inputs, state, maps, iterators,
        [&](OpBuilder &inner, Location innerLoc, ValueRange args) {
          Value next = body(inner, innerLoc, args);
          if (!lengths)
            return next;
          Value sample = linalg::IndexOp::create(inner, innerLoc, 0);
          Value runs = getTime(inner, innerLoc, step, sample).second;
          return arith::SelectOp::create(inner, innerLoc, runs, next, args.back()).getResult();
        });
  }

  /// Compute-type results as the op's element type.
  Value finish(Value value, ArrayRef<OpFoldResult> shape) {
    if (compute == gateElement)
      return value;
    return createElementwise(b, loc, value, gateElement, shape,
                             [&](OpBuilder &body, Location nested, ValueRange args) {
                               return emitFromFloat(body, nested, args[0], gateElement);
                             });
  }

  OpBuilder &b;
  Location loc;
  OpFoldResult steps, batch, hidden;
  Type compute;

private:
  /// y with the output of a step at its time; samples that have ended leave y, which is 0 there.
  Value store(OpBuilder &nested, Location at, Value step, Value output, Value y) {
    OpFoldResult zero = nested.getIndexAttr(0), one = nested.getIndexAttr(1);
    if (!lengths) {
      OpFoldResult time = getTime(nested, at, step, Value()).first;
      return tensor::InsertSliceOp::create(nested, at, output, y, ArrayRef<OpFoldResult>{time, zero, zero},
                                           ArrayRef<OpFoldResult>{one, batch, hidden},
                                           ArrayRef<OpFoldResult>{one, one, one});
    }
    return createSequentialLoops(
        nested, at, {batch, hidden}, y,
        [&](OpBuilder &body, Location bodyLoc, ValueRange place, ValueRange state) -> SmallVector<Value> {
          auto [time, runs] = getTime(body, bodyLoc, step, place[0]);
          Value target[] = {time, place[0], place[1]};
          Value fresh = tensor::ExtractOp::create(body, bodyLoc, output, place);
          Value old = tensor::ExtractOp::create(body, bodyLoc, state[0], target);
          Value value = arith::SelectOp::create(body, bodyLoc, runs, fresh, old);
          return {tensor::InsertOp::create(body, bodyLoc, value, state[0], target)};
        })[0];
  }

  Value gates;
  Type gateElement;
  bool isReverse;
  double clip;
  Value lengths;
  Type lengthElement;
};

/// The loop of a cell op.
template <typename OpTy>
TimeLoop makeLoop(OpBuilder &b, const LoweringContext &sizes, OpTy op, typename OpTy::Adaptor adaptor) {
  TimeLoop loop(b, op.getLoc(), sizes, typeOf(op.getY()), adaptor.getGates(),
                typeOf(op.getGates()).getElementType(), op.getReverse(), op.getClip().convertToDouble());
  if (op.getLen())
    loop.setLengths(adaptor.getLen(), typeOf(op.getLen()).getElementType());
  return loop;
}

/// The map of a vector over the hidden dim, and that of a state.
AffineMap hiddenMap(OpBuilder &b) { return AffineMap::get(2, 0, b.getAffineDimExpr(1), b.getContext()); }
AffineMap stateMap(OpBuilder &b) { return b.getMultiDimIdentityMap(2); }

/// One step of an LSTM: gate order i o f c, peephole order i o f.
struct LstmCell {
  LstmCell(w::LstmOp op, w::LstmOp::Adaptor adaptor, TimeLoop &loop)
      : loop(loop), acts(getActivations(op.getActs(), op.getActAlpha(), op.getActBeta())),
        weights(adaptor.getR()), packed(getPacked(op.getR())), peepholes(adaptor.getP()),
        weightElement(typeOf(op.getR()).getElementType()),
        peepElement(op.getP() ? typeOf(op.getP()).getElementType() : Type()),
        joinsForget(op.getInputForget()) {}

  /// Output and cell state behind the step, from those before it.
  std::pair<Value, Value> emit(OpBuilder &b, Location loc, Value step, Value h, Value c) const;

private:
  Value peepOf(OpBuilder &b, Location loc, int64_t gate) const {
    OpFoldResult offset = mulSizes(b, loc, b.getIndexAttr(gate), loop.hidden);
    return tensor::ExtractSliceOp::create(b, loc, peepholes, offset, loop.hidden,
                                          OpFoldResult(b.getIndexAttr(1)));
  }
  /// The gate's activation of x, and of the cell state through the peephole where there is one.
  Value emitGate(ScalarBuilder s, Value x, Value peep, Value cell) const {
    if (peep)
      x = s.add(x, s.mul(emitToFloat(s.b, s.loc, peep, peepElement, loop.compute), cell));
    return acts[0].emit(s, loop.emitClipped(s, x));
  }
  Value emitCell(OpBuilder &b, Location loc, Value step, ArrayRef<Value> gate, Value c) const;
  Value emitOutput(OpBuilder &b, Location loc, Value step, Value gate, Value cell, Value h) const;

  TimeLoop &loop;
  SmallVector<Activation> acts;
  Value weights, packed, peepholes;
  Type weightElement, peepElement;
  bool joinsForget;
};

Value LstmCell::emitCell(OpBuilder &b, Location loc, Value step, ArrayRef<Value> gate, Value c) const {
  SmallVector<Value> inputs{gate[0], gate[2], gate[3]};
  SmallVector<AffineMap> maps(3, stateMap(b));
  if (peepholes) {
    inputs.append({peepOf(b, loc, 0), peepOf(b, loc, 2)});
    maps.append(2, hiddenMap(b));
  }
  return loop.updateState(
      b, loc, step, inputs, maps, c, [&](OpBuilder &body, Location bodyLoc, ValueRange args) {
        ScalarBuilder s{body, bodyLoc};
        Value old = args.back(), one = s.real(loop.compute, 1.0);
        Value i = emitGate(s, args[0], peepholes ? args[3] : Value(), old);
        Value f = joinsForget ? s.sub(one, i) : emitGate(s, args[1], peepholes ? args[4] : Value(), old);
        Value candidate = acts[1].emit(s, loop.emitClipped(s, args[2]));
        return s.add(s.mul(f, old), s.mul(i, candidate));
      });
}

Value LstmCell::emitOutput(OpBuilder &b, Location loc, Value step, Value gate, Value cell, Value h) const {
  SmallVector<Value> inputs{gate};
  SmallVector<AffineMap> maps{stateMap(b)};
  if (peepholes) {
    inputs.push_back(peepOf(b, loc, 1));
    maps.push_back(hiddenMap(b));
  }
  inputs.push_back(cell);
  maps.push_back(stateMap(b));
  return loop.updateState(b, loc, step, inputs, maps, h,
                          [&](OpBuilder &body, Location bodyLoc, ValueRange args) {
                            ScalarBuilder s{body, bodyLoc};
                            Value state = args[args.size() - 2];
                            Value o = emitGate(s, args[0], peepholes ? args[1] : Value(), state);
                            return s.mul(o, acts[2].emit(s, state));
                          });
}

std::pair<Value, Value> LstmCell::emit(OpBuilder &b, Location loc, Value step, Value h, Value c) const {
  OpFoldResult width = mulSizes(b, loc, b.getIndexAttr(4), loop.hidden);
  Value sum = loop.readGates(b, loc, step, b.getIndexAttr(0), width);
  sum = loop.addProduct(b, loc, sum, h, packed ? packed : weights, weightElement, width, packed != nullptr);
  Value gate[4];
  for (int64_t i = 0; i < 4; ++i)
    gate[i] = loop.takeGate(b, loc, sum, i);
  Value cell = emitCell(b, loc, step, gate, c);
  return {emitOutput(b, loc, step, gate[1], cell, h), cell};
}

class LowerLstm : public LoweringPattern<w::LstmOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::LstmOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    TimeLoop loop = makeLoop(rewriter, sizes, op, adaptor);
    LstmCell cell(op, adaptor, loop);
    Value h0 = loop.startState(adaptor.getH0(), typeOf(op.getH0()).getElementType());
    Value c0 = loop.startState(adaptor.getC0(), typeOf(op.getC0()).getElementType());
    SmallVector<Value> results =
        loop.run({h0, c0}, [&](OpBuilder &b, Location at, Value step, ValueRange states) {
          auto [h, c] = cell.emit(b, at, step, states[0], states[1]);
          return SmallVector<Value>{h, c};
        });
    SmallVector<OpFoldResult> yShape{loop.steps, loop.batch, loop.hidden},
        stateShape{loop.batch, loop.hidden};
    Location loc = op.getLoc();
    rewriter.replaceOp(
        op, {castToType(rewriter, loc, loop.finish(results[0], yShape), storageTypeOf(op.getY())),
             castToType(rewriter, loc, loop.finish(results[1], stateShape), storageTypeOf(op.getH())),
             castToType(rewriter, loc, loop.finish(results[2], stateShape), storageTypeOf(op.getC()))});
    return success();
  }
};

/// One step of a GRU.
struct GruCell {
  GruCell(w::GruOp op, w::GruOp::Adaptor adaptor, TimeLoop &loop)
      : loop(loop), acts(getActivations(op.getActs(), op.getActAlpha(), op.getActBeta())),
        weights(adaptor.getR()), packed(getPacked(op.getR())), biases(adaptor.getRb()),
        weightElement(typeOf(op.getR()).getElementType()), biasElement(typeOf(op.getRb()).getElementType()),
        isLinear(op.getLinearBeforeReset()) {}

  /// The state behind the step, from that before it.
  Value emit(OpBuilder &b, Location loc, Value step, Value h) const;

private:
  Value rowsOf(OpBuilder &b, Location loc, OpFoldResult first, OpFoldResult count) const;
  Value biasOf(OpBuilder &b, Location loc, int64_t gate) const;
  /// What the last third of the weights multiplies: the state, or the part of it that the reset gate lets
  /// through.
  Value emitMultiplied(OpBuilder &b, Location loc, Value reset, Value h) const;

  Value emitProduct(OpBuilder &b, Location loc, Value start, Value state, OpFoldResult first,
                    OpFoldResult count) const {
    return loop.addProduct(b, loc, start, state, rowsOf(b, loc, first, count), weightElement, count,
                           packed != nullptr);
  }
  Value widen(ScalarBuilder s, Value bias) const {
    return emitToFloat(s.b, s.loc, bias, biasElement, loop.compute);
  }
  Value emitGate(ScalarBuilder s, Value x, Value bias) const {
    return acts[0].emit(s, loop.emitClipped(s, s.add(x, widen(s, bias))));
  }

  TimeLoop &loop;
  SmallVector<Activation> acts;
  Value weights, packed, biases;
  Type weightElement, biasElement;
  bool isLinear;
};

Value GruCell::rowsOf(OpBuilder &b, Location loc, OpFoldResult first, OpFoldResult count) const {
  OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
  if (!packed)
    return tensor::ExtractSliceOp::create(b, loc, weights, ArrayRef<OpFoldResult>{first, zero},
                                          ArrayRef<OpFoldResult>{count, loop.hidden},
                                          ArrayRef<OpFoldResult>{one, one});
  // Whole panels: H is a multiple of their width.
  auto panels = [&](OpFoldResult columns) -> OpFoldResult {
    return b.getIndexAttr(*getConstantIntValue(columns) / kPanelWidth);
  };
  return tensor::ExtractSliceOp::create(
      b, loc, packed, ArrayRef<OpFoldResult>{panels(first), zero, zero},
      ArrayRef<OpFoldResult>{panels(count), loop.hidden, b.getIndexAttr(kPanelWidth)},
      ArrayRef<OpFoldResult>{one, one, one});
}

Value GruCell::biasOf(OpBuilder &b, Location loc, int64_t gate) const {
  OpFoldResult offset = mulSizes(b, loc, b.getIndexAttr(gate), loop.hidden);
  return tensor::ExtractSliceOp::create(b, loc, biases, offset, loop.hidden, OpFoldResult(b.getIndexAttr(1)));
}

Value GruCell::emitMultiplied(OpBuilder &b, Location loc, Value reset, Value h) const {
  if (isLinear)
    return h;
  SmallVector<OpFoldResult> shape{loop.batch, loop.hidden};
  AffineMap whole = stateMap(b), column = hiddenMap(b);
  SmallVector<IteratorType> parallel(2, IteratorType::parallel);
  return createGeneric(b, loc, {reset, biasOf(b, loc, 1), h}, createEmpty(b, loc, shape, loop.compute),
                       {whole, column, whole, whole}, parallel,
                       [&](OpBuilder &body, Location bodyLoc, ValueRange args) {
                         ScalarBuilder s{body, bodyLoc};
                         return s.mul(emitGate(s, args[0], args[1]), args[2]);
                       });
}

Value GruCell::emit(OpBuilder &b, Location loc, Value step, Value h) const {
  OpFoldResult two = mulSizes(b, loc, b.getIndexAttr(2), loop.hidden);
  Value sum = loop.readGates(b, loc, step, b.getIndexAttr(0), two);
  sum = emitProduct(b, loc, sum, h, b.getIndexAttr(0), two);
  Value z = loop.takeGate(b, loc, sum, 0), r = loop.takeGate(b, loc, sum, 1);
  Value multiplied = emitMultiplied(b, loc, r, h);
  SmallVector<OpFoldResult> shape{loop.batch, loop.hidden};
  Value start = isLinear ? createFilled(b, loc, shape, createScalar(b, loc, loop.compute, 0.0))
                         : loop.readGates(b, loc, step, two, loop.hidden);
  Value third = emitProduct(b, loc, start, multiplied, two, loop.hidden);
  AffineMap whole = stateMap(b), column = hiddenMap(b);
  SmallVector<Value> inputs{z, biasOf(b, loc, 0), third, biasOf(b, loc, 2)};
  SmallVector<AffineMap> maps{whole, column, whole, column};
  if (isLinear) {
    inputs.append({r, biasOf(b, loc, 1), loop.readGates(b, loc, step, two, loop.hidden)});
    maps.append({whole, column, whole});
  }
  return loop.updateState(b, loc, step, inputs, maps, h,
                          [&](OpBuilder &body, Location bodyLoc, ValueRange args) {
                            ScalarBuilder s{body, bodyLoc};
                            Value update = emitGate(s, args[0], args[1]);
                            Value inner = s.add(args[2], widen(s, args[3]));
                            if (isLinear)
                              inner = s.add(args[6], s.mul(emitGate(s, args[4], args[5]), inner));
                            Value candidate = acts[1].emit(s, loop.emitClipped(s, inner));
                            Value keep = s.sub(s.real(loop.compute, 1.0), update);
                            return s.add(s.mul(keep, candidate), s.mul(update, args.back()));
                          });
}

class LowerGru : public LoweringPattern<w::GruOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::GruOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    TimeLoop loop = makeLoop(rewriter, sizes, op, adaptor);
    GruCell cell(op, adaptor, loop);
    Value h0 = loop.startState(adaptor.getH0(), typeOf(op.getH0()).getElementType());
    SmallVector<Value> results =
        loop.run({h0}, [&](OpBuilder &b, Location at, Value step, ValueRange states) {
          return SmallVector<Value>{cell.emit(b, at, step, states[0])};
        });
    SmallVector<OpFoldResult> yShape{loop.steps, loop.batch, loop.hidden},
        stateShape{loop.batch, loop.hidden};
    rewriter.replaceOp(
        op, {castToType(rewriter, loc, loop.finish(results[0], yShape), storageTypeOf(op.getY())),
             castToType(rewriter, loc, loop.finish(results[1], stateShape), storageTypeOf(op.getH()))});
    return success();
  }
};

class LowerRnn : public LoweringPattern<w::RnnOp> {
public:
  using LoweringPattern::LoweringPattern;
  LogicalResult matchAndRewrite(w::RnnOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    TimeLoop loop = makeLoop(rewriter, sizes, op, adaptor);
    SmallVector<Activation> acts = getActivations(op.getActs(), op.getActAlpha(), op.getActBeta());
    Value packed = getPacked(op.getR());
    Value h0 = loop.startState(adaptor.getH0(), typeOf(op.getH0()).getElementType());
    SmallVector<Value> results =
        loop.run({h0}, [&](OpBuilder &b, Location at, Value step, ValueRange states) {
          Value sum = loop.readGates(b, at, step, b.getIndexAttr(0), loop.hidden);
          sum = loop.addProduct(b, at, sum, states[0], packed ? packed : adaptor.getR(),
                                typeOf(op.getR()).getElementType(), loop.hidden, packed != nullptr);
          Value hidden = loop.updateState(b, at, step, sum, stateMap(b), states[0],
                                          [&](OpBuilder &body, Location bodyLoc, ValueRange args) {
                                            ScalarBuilder s{body, bodyLoc};
                                            return acts[0].emit(s, loop.emitClipped(s, args[0]));
                                          });
          return SmallVector<Value>{hidden};
        });
    SmallVector<OpFoldResult> yShape{loop.steps, loop.batch, loop.hidden},
        stateShape{loop.batch, loop.hidden};
    rewriter.replaceOp(
        op, {castToType(rewriter, loc, loop.finish(results[0], yShape), storageTypeOf(op.getY())),
             castToType(rewriter, loc, loop.finish(results[1], stateShape), storageTypeOf(op.getH()))});
    return success();
  }
};

} // namespace

void populateRecurrentLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                const LoweringContext &sizes) {
  patterns.add<LowerGru, LowerLstm, LowerRnn>(converter, patterns.getContext(), sizes);
}

} // namespace weft::conversion
