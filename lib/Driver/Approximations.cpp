// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the ops of a model whose compiled results may differ from the letter of the model.
#include "weft/Driver/Approximations.h"

#include "dialects/Kernel/IR/KernelOps.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace ::weft;

namespace {

namespace w = ::mlir::weft;

/// Element type of the first result; of `op`'s first operand where that is no tensor.
Type getElement(Operation *op) {
  for (ValueRange values : {ValueRange(op->getResults()), ValueRange(op->getOperands())})
    for (Value value : values)
      if (auto tensor = dyn_cast<RankedTensorType>(value.getType()))
        return tensor.getElementType();
  return {};
}

bool isFloat(Operation *op) { return isa_and_present<FloatType>(getElement(op)); }

/// Ops whose results are sums of products.
bool isContraction(Operation *op) {
  return isa<w::MatmulOp, w::GroupedMatmulOp, w::ConvOp, w::ConvTransposeOp, w::DeformConvOp, w::AttentionOp,
             w::LinearAttentionOp, w::LstmOp, w::GruOp, w::RnnOp>(op);
}

/// Ops that pick one of their inputs: the result is exact but for NaN.
bool isExtremum(Operation *op) {
  if (auto pool = dyn_cast<w::PoolOp>(op))
    return pool.getKind() == w::PoolKind::max;
  if (auto reduce = dyn_cast<w::ReduceOp>(op))
    return reduce.getKind() == w::ReduceKind::max || reduce.getKind() == w::ReduceKind::min;
  return isa<w::MaxOp, w::MinOp>(op);
}

/// Ops that add or multiply up a run of elements.
bool isReduction(Operation *op) {
  return isa<w::ReduceOp, w::SoftmaxOp, w::NormalizeOp, w::PoolOp, w::CumulateOp>(op) && !isExtremum(op);
}

bool isSum(Operation *op, MathMode math) {
  return math != MathMode::Strict && isFloat(op) && (isContraction(op) || isReduction(op));
}

bool losesNan(Operation *op, MathMode math) {
  return math == MathMode::Fast && isFloat(op) && isExtremum(op);
}

bool isFunction(Operation *op, MathMode) {
  return isFloat(op) &&
         isa<w::ExpOp, w::Expm1Op, w::LogOp, w::Log1pOp, w::SinOp, w::CosOp, w::TanOp, w::AsinOp, w::AcosOp,
             w::AtanOp, w::SinhOp, w::CoshOp, w::TanhOp, w::AsinhOp, w::AcoshOp, w::AtanhOp, w::ErfOp,
             w::SigmoidOp, w::GeluOp, w::PowOp, w::SoftmaxOp, w::LstmOp, w::GruOp, w::RnnOp>(op);
}

bool isHalfSum(Operation *op, MathMode) {
  Type element = getElement(op);
  return element && (element.isF16() || element.isBF16()) && (isContraction(op) || isReduction(op));
}

bool isRescaled(Operation *op, MathMode math) {
  return math != MathMode::Strict && isa<w::QuantizeOp, w::DequantizeOp, w::RequantizeOp>(op);
}

bool isRandom(Operation *op, MathMode) { return isa<w::RandomOp>(op); }

struct Row {
  llvm::StringLiteral kind;
  bool (*isMeant)(Operation *op, MathMode math);
  llvm::StringLiteral text;
};

constexpr Row kRows[] = {
    {"order", isSum,
     "sums of floats are added in another order than one by one, and denormal numbers count as zero; "
     "--math=strict keeps both as they are"},
    {"nan", losesNan, "NaN may be lost in minima, maxima and pooling; every other --math than fast keeps it"},
    {"function", isFunction, "functions are within 4 units in the last place of the exact value"},
    {"half", isHalfSum, "sums of float16 and bfloat16 are accumulated in float32 and rounded once"},
    {"rescale", isRescaled,
     "quantised sums are rescaled by one float32 factor and rounded once: at most one step from dividing and "
     "multiplying as the model says; --math=strict does as it says"},
    {"random", isRandom,
     "random numbers are of a generator of Weft's own (Philox 4x32-10): a seed gives other numbers than in "
     "other "
     "programs"},
};

constexpr llvm::StringLiteral kWinogradLarge =
    "3x3 convolutions by Winograd's algorithm in tiles of up to 4: about 5 times the error of chained "
    "multiply-adds, and infinite inputs make their neighbours NaN; --math=f32-fma is as exact as such "
    "chains, "
    "--math=strict multiplies directly";
constexpr llvm::StringLiteral kWinogradSmall =
    "3x3 convolutions by Winograd's algorithm in tiles of 2: about the error of chained multiply-adds, but "
    "infinite "
    "inputs make their neighbours NaN; --math=strict multiplies directly";

/// The nodes that an op stands for.
void addNodes(Location location, llvm::SetVector<StringAttr> &nodes) {
  if (auto name = dyn_cast<NameLoc>(location))
    nodes.insert(name.getName());
  else if (auto call = dyn_cast<CallSiteLoc>(location))
    addNodes(call.getCallee(), nodes);
  else if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      addNodes(part, nodes);
}

void addRow(StringRef kind, StringRef text, const llvm::SetVector<StringAttr> &nodes,
            std::vector<Approximation> &found) {
  Approximation &row = found.emplace_back();
  row.kind = kind.str();
  row.text = text.str();
  for (StringAttr node : nodes)
    row.nodes.push_back(node.str());
}

/// The convolutions among the nodes of launches whose kernels use Winograd's algorithm.
llvm::SetVector<StringAttr> findWinograd(ModuleOp imported, ModuleOp structured) {
  llvm::SetVector<StringAttr> convolutions, nodes;
  imported.walk([&](w::ConvOp op) { addNodes(op.getLoc(), convolutions); });
  SymbolTable symbols(structured);
  structured.walk([&](kernel::LaunchOp launch) {
    auto function = symbols.lookup<kernel::FuncOp>(launch.getKernel());
    if (!function ||
        !function.walk([](kernel::WinogradOp) { return WalkResult::interrupt(); }).wasInterrupted())
      return;
    if (auto names = launch->getAttrOfType<ArrayAttr>("nodes"))
      for (auto name : names.getAsRange<StringAttr>())
        if (convolutions.contains(name))
          nodes.insert(name);
  });
  return nodes;
}

} // namespace

std::vector<Approximation>(::weft::findApproximations)(ModuleOp imported, ModuleOp structured,
                                                       MathMode math) {
  std::vector<Approximation> found;
  for (const Row &row : kRows) {
    llvm::SetVector<StringAttr> nodes;
    bool hasAny = false;
    imported.walk([&](Operation *op) {
      if (!isa<w::WeftDialect>(op->getDialect()) || !row.isMeant(op, math))
        return;
      hasAny = true;
      addNodes(op->getLoc(), nodes);
    });
    if (hasAny)
      addRow(row.kind, row.text, nodes, found);
  }
  if (structured)
    if (llvm::SetVector<StringAttr> nodes = findWinograd(imported, structured); !nodes.empty())
      addRow("winograd", math == MathMode::F32FMA ? kWinogradSmall : kWinogradLarge, nodes, found);
  return found;
}
