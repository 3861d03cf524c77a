// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builders of LSTM, GRU and RNN: one matmul over all steps per direction, then the recurrent op.
#include "NodeBuilder.h"

#include "llvm/ADT/StringExtras.h"

namespace weft::importer {

namespace {

/// What the three operators have in common, read from one node.
struct Recurrent {
  int64_t gates;
  int64_t directions = 1;
  bool isReverse = false, isBatchFirst = false;
  double clip = 0;
  Value x;
  Size steps, batch, hidden;
  SmallVector<std::string> activations;
  SmallVector<double> alpha, beta;
  bool hasParameters = false;
};

struct ActivationDefaults {
  StringRef name;
  bool hasAlpha, hasBeta;
  double alpha, beta;
};
constexpr ActivationDefaults kActivations[] = {
    {"Relu", false, false, 0, 0},           {"Tanh", false, false, 0, 0},
    {"Sigmoid", false, false, 0, 0},        {"Softsign", false, false, 0, 0},
    {"Softplus", false, false, 0, 0},       {"Affine", true, true, 1, 0},
    {"LeakyRelu", true, false, 0.01, 0},    {"Elu", true, false, 1, 0},
    {"ThresholdedRelu", true, false, 1, 0}, {"ScaledTanh", true, true, 1, 1},
    {"HardSigmoid", true, true, 0.2, 0.5}};

} // namespace

/// Activations of all directions with their parameters; lists of the node are used up in order.
static LogicalResult readActivations(NodeBuilder &n, Recurrent &r, ArrayRef<StringRef> defaults) {
  SmallVector<std::string> names = n.stringsAttr("activations").value_or(SmallVector<std::string>());
  size_t wanted = defaults.size() * r.directions;
  if (names.empty())
    for (int64_t d = 0; d < r.directions; ++d)
      for (StringRef name : defaults)
        names.push_back(name.str());
  // The schema's default of RNN lists both directions.
  if (names.size() == 2 * wanted)
    names.resize(wanted);
  if (names.size() != wanted)
    return n.fail("expected " + llvm::Twine(wanted) + " activations, but got " + llvm::Twine(names.size()));
  SmallVector<double> alphas = n.floatsAttr("activation_alpha").value_or(SmallVector<double>());
  SmallVector<double> betas = n.floatsAttr("activation_beta").value_or(SmallVector<double>());
  size_t nextAlpha = 0, nextBeta = 0;
  for (const std::string &name : names) {
    auto *known = llvm::find_if(kActivations,
                                [&](const ActivationDefaults &a) { return a.name.equals_insensitive(name); });
    if (known == std::end(kActivations))
      return n.fail("expected an activation of ONNX, but got '" + name + "'");
    r.activations.push_back(known->name.str());
    r.alpha.push_back(known->hasAlpha && nextAlpha < alphas.size() ? alphas[nextAlpha++] : known->alpha);
    r.beta.push_back(known->hasBeta && nextBeta < betas.size() ? betas[nextBeta++] : known->beta);
    r.hasParameters |= known->hasAlpha;
  }
  return success();
}

static FailureOr<Recurrent> readRecurrent(NodeBuilder &n, int64_t gates, ArrayRef<StringRef> defaults) {
  Recurrent r;
  r.gates = gates;
  if (failed(n.checkRank(0, 3, 3)) || failed(n.checkRank(1, 3, 3)) || failed(n.checkRank(2, 3, 3)))
    return failure();
  std::string direction = n.stringAttr("direction", "forward");
  r.isReverse = direction == "reverse";
  r.directions = direction == "bidirectional" ? 2 : 1;
  // "foward" is the default that the first schema of GRU spells.
  if (!r.isReverse && r.directions == 1 && direction != "forward" && direction != "foward")
    return n.fail("expected direction forward, reverse or bidirectional, but got '" + direction + "'");
  r.isBatchFirst = n.version >= 14 && n.flagAttr("layout", false);
  r.clip = n.floatAttr("clip", 0.0);
  (void)n.intAttr("hidden_size", 0);
  (void)n.intAttr("output_sequence", 0);
  r.x = r.isBatchFirst ? n.transpose(n.in(0), {1, 0, 2}) : n.in(0);
  if (!r.x)
    return failure();
  for (unsigned i : {1u, 2u}) {
    int64_t size = n.type(n.in(i)).getDimSize(0);
    if (!ShapedType::isDynamic(size) && size != r.directions)
      return n.fail("expected " + llvm::Twine(r.directions) + " directions in input " + llvm::Twine(i) +
                    ", but got " + llvm::Twine(size));
  }
  r.steps = n.dim(r.x, 0);
  r.batch = n.dim(r.x, 1);
  r.hidden = n.dim(n.in(2), 2);
  if (failed(readActivations(n, r, defaults)))
    return failure();
  return r;
}

/// Row `d` of a stacked parameter, without its first dim; null when it is absent.
static Value directionOf(NodeBuilder &n, Value stacked, int64_t d) {
  if (!stacked)
    return {};
  return n.squeeze(n.sliceAxis(stacked, 0, n.sizes.of(d), n.sizes.of(1)), 0);
}

/// Entry `part` of a bias that lies as [parts * gates * H].
static Value biasPart(NodeBuilder &n, const Recurrent &r, Value bias, int64_t part) {
  Size length = n.sizes.mul(n.sizes.of(r.gates), r.hidden);
  return n.sliceAxis(bias, 0, n.sizes.mul(n.sizes.of(part), length), length);
}

/// x W^T + bias for all steps: [S B gates*H].
static Value gatesOf(NodeBuilder &n, const Recurrent &r, Value filter, Value bias) {
  const SizeMath &m = n.sizes;
  Value flat = n.reshape(r.x, {m.mul(r.steps, r.batch), n.dim(r.x, 2)});
  Value product = n.cast(n.matmul(flat, filter, false, /*transposeRhs=*/true), n.elem(r.x));
  if (bias)
    product = n.add(product, bias);
  return n.reshape(product, {r.steps, r.batch, m.mul(m.of(r.gates), r.hidden)});
}

/// The initial state of direction `d` as [B H]; zeros when the node gives none.
static Value initialState(NodeBuilder &n, const Recurrent &r, unsigned input, int64_t d) {
  Value state = n.in(input);
  if (state && r.isBatchFirst)
    state = n.transpose(state, {1, 0, 2});
  if (state)
    return directionOf(n, state, d);
  return n.broadcast(n.splat({1, 1}, n.elem(r.x), 0.0), {r.batch, r.hidden});
}

static SmallVector<NamedAttribute> commonAttributes(NodeBuilder &n, const Recurrent &r, int64_t d) {
  size_t count = r.activations.size() / r.directions, first = d * count;
  SmallVector<StringRef> names;
  for (size_t i = 0; i < count; ++i)
    names.push_back(r.activations[first + i]);
  auto slice = [&](ArrayRef<double> list) {
    return r.hasParameters ? list.slice(first, count) : ArrayRef<double>();
  };
  return {n.b.getNamedAttr("acts", n.b.getStrArrayAttr(names)),
          n.b.getNamedAttr("act_alpha", n.b.getDenseF64ArrayAttr(slice(r.alpha))),
          n.b.getNamedAttr("act_beta", n.b.getDenseF64ArrayAttr(slice(r.beta))), n.f64("clip", r.clip),
          n.flag("reverse", d == 1 || r.isReverse)};
}

/// Outputs from those of each direction: y [S D B H], states [D B H]; batch first as [B S D H] and [B D H].
static LogicalResult finish(NodeBuilder &n, const Recurrent &r, ArrayRef<SmallVector<Value>> perDirection) {
  for (unsigned i = 0, e = perDirection.front().size(); i < e; ++i) {
    if (!n.wants(i))
      continue;
    SmallVector<Value> parts;
    for (const SmallVector<Value> &results : perDirection)
      parts.push_back(n.unsqueeze(results[i], i == 0 ? 1 : 0));
    Value y = n.concat(parts, i == 0 ? 1 : 0);
    if (r.isBatchFirst)
      y = i == 0 ? n.transpose(y, {2, 0, 1, 3}) : n.transpose(y, {1, 0, 2});
    if (failed(n.result(i, y)))
      return failure();
  }
  return success();
}

/// The bias of direction `d`; null when there is none.
static Value biasOf(NodeBuilder &n, int64_t d) { return directionOf(n, n.in(3), d); }

LogicalResult buildLSTM(NodeBuilder &n) {
  FailureOr<Recurrent> r = readRecurrent(n, 4, {"Sigmoid", "Tanh", "Tanh"});
  if (failed(r))
    return failure();
  SmallVector<SmallVector<Value>> results;
  for (int64_t d = 0; d < r->directions; ++d) {
    Value bias = biasOf(n, d);
    if (bias)
      bias = n.add(biasPart(n, *r, bias, 0), biasPart(n, *r, bias, 1));
    SmallVector<Value> operands = {gatesOf(n, *r, directionOf(n, n.in(1), d), bias),
                                   directionOf(n, n.in(2), d), initialState(n, *r, 5, d),
                                   initialState(n, *r, 6, d)};
    bool hasPeephole = n.has(7), hasLength = n.has(4);
    if (hasPeephole)
      operands.push_back(directionOf(n, n.in(7), d));
    if (hasLength)
      operands.push_back(n.in(4));
    SmallVector<NamedAttribute> attributes = commonAttributes(n, *r, d);
    attributes.push_back(n.flag("input_forget", n.flagAttr("input_forget", false)));
    attributes.push_back(n.segments({1, 1, 1, 1, hasPeephole ? 1 : 0, hasLength ? 1 : 0}));
    auto op = n.makeOp<w::LstmOp>(operands, attributes);
    if (!op)
      return failure();
    results.push_back({op.getY(), op.getH(), op.getC()});
  }
  return finish(n, *r, results);
}

LogicalResult buildGRU(NodeBuilder &n) {
  FailureOr<Recurrent> r = readRecurrent(n, 3, {"Sigmoid", "Tanh"});
  if (failed(r))
    return failure();
  bool linear = n.version >= 3 && n.flagAttr("linear_before_reset", false);
  SmallVector<SmallVector<Value>> results;
  for (int64_t d = 0; d < r->directions; ++d) {
    Value bias = biasOf(n, d), inner;
    if (bias) {
      inner = biasPart(n, *r, bias, 1);
      bias = biasPart(n, *r, bias, 0);
    } else {
      inner = n.broadcast(n.splat({1}, n.elem(r->x), 0.0), n.sizes.mul(n.sizes.of(3), r->hidden));
    }
    SmallVector<Value> operands = {gatesOf(n, *r, directionOf(n, n.in(1), d), bias),
                                   directionOf(n, n.in(2), d), inner, initialState(n, *r, 5, d)};
    if (n.has(4))
      operands.push_back(n.in(4));
    SmallVector<NamedAttribute> attributes = commonAttributes(n, *r, d);
    attributes.push_back(n.flag("linear_before_reset", linear));
    auto op = n.makeOp<w::GruOp>(operands, attributes);
    if (!op)
      return failure();
    results.push_back({op.getY(), op.getH()});
  }
  return finish(n, *r, results);
}

LogicalResult buildRNN(NodeBuilder &n) {
  FailureOr<Recurrent> r = readRecurrent(n, 1, {"Tanh"});
  if (failed(r))
    return failure();
  SmallVector<SmallVector<Value>> results;
  for (int64_t d = 0; d < r->directions; ++d) {
    Value bias = biasOf(n, d);
    if (bias)
      bias = n.add(biasPart(n, *r, bias, 0), biasPart(n, *r, bias, 1));
    SmallVector<Value> operands = {gatesOf(n, *r, directionOf(n, n.in(1), d), bias),
                                   directionOf(n, n.in(2), d), initialState(n, *r, 5, d)};
    if (n.has(4))
      operands.push_back(n.in(4));
    auto op = n.makeOp<w::RnnOp>(operands, commonAttributes(n, *r, d));
    if (!op)
      return failure();
    results.push_back({op.getY(), op.getH()});
  }
  return finish(n, *r, results);
}

} // namespace weft::importer
