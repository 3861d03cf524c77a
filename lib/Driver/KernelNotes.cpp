// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects schedules and remarks by kernel.
#include "KernelNotes.h"

#include "dialects/Kernel/IR/KernelOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace weft;

// How passes begin the remarks that are about one op and its neighbours; others are about a kernel as a
// whole.
static constexpr llvm::StringLiteral kNotFused = "not fused: ";

RemarkCollector::RemarkCollector(MLIRContext &context) : engine(context.getDiagEngine()) {
  handler = engine.registerHandler([this](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != DiagnosticSeverity::Remark)
      return failure();
    Remark remark;
    remark.text = diagnostic.str();
    remark.isAboutFusion = StringRef(remark.text).starts_with(kNotFused);
    remark.isNote = isActive;
    diagnostic.getLocation()->walk([&](Location location) {
      if (auto name = dyn_cast<NameLoc>(location))
        remark.nodes.push_back(name.getName().str());
      if (auto fused = dyn_cast<FusedLoc>(location))
        if (auto kernel = dyn_cast_or_null<StringAttr>(fused.getMetadata()))
          remark.kernel = kernel.str();
      return WalkResult::advance();
    });
    remarks.push_back(std::move(remark));
    return failure();
  });
}

RemarkCollector::~RemarkCollector() { engine.eraseHandler(handler); }

void RemarkCollector::describe(ModuleOp module, std::vector<ArtifactKernel> &kernels) const {
  SymbolTable symbols(module);
  for (ArtifactKernel &kernel : kernels) {
    // Launches of equal kernels share a function, which remembers the nodes of the first.
    llvm::StringSet<> own, shared, seen;
    for (const std::string &node : kernel.nodes)
      own.insert(node);
    if (auto function = symbols.lookup<kernel::FuncOp>(kernel.name))
      if (ArrayAttr nodes = function.getNodesAttr())
        for (auto node : nodes.getAsRange<StringAttr>())
          shared.insert(node.getValue());
    for (const Remark &remark : remarks)
      for (const std::string &node : remark.nodes) {
        if (!remark.kernel.empty() && remark.kernel != kernel.name)
          break;
        if (!remark.isNote || !(remark.isAboutFusion ? own : shared).contains(node))
          continue;
        std::string note = (remark.isAboutFusion ? node + ": " : "") + remark.text;
        if (seen.insert(note).second)
          kernel.notes.push_back(std::move(note));
        break;
      }
  }
}

std::vector<std::string> RemarkCollector::getRemarks(size_t first, llvm::StringRef name) const {
  std::vector<std::string> texts;
  for (const Remark &remark : llvm::drop_begin(remarks, first))
    if (remark.kernel == name)
      texts.push_back(remark.text);
  return texts;
}

void weft::nameKernel(kernel::FuncOp function) {
  SmallVector<Location> nodes;
  if (ArrayAttr names = function.getNodesAttr())
    for (auto name : names.getAsRange<StringAttr>())
      nodes.push_back(NameLoc::get(name));
  if (nodes.empty())
    nodes.push_back(function.getLoc());
  function->setLoc(FusedLoc::get(nodes, function.getSymNameAttr(), function.getContext()));
}

void weft::describeSchedules(ModuleOp module, std::vector<ArtifactKernel> &kernels) {
  llvm::StringMap<std::string> schedules;
  module.walk([&](kernel::FuncOp function) {
    std::string &text = schedules[function.getSymName()];
    llvm::raw_string_ostream os(text);
    function.walk([&](Operation *op) {
      for (NamedAttribute attribute : op->getAttrs())
        if (attribute.getValue().getDialect().getNamespace() == "sched")
          os << (text.empty() ? "" : "; ") << op->getName() << " " << attribute.getValue();
    });
  });
  for (ArtifactKernel &kernel : kernels)
    kernel.schedule = schedules.lookup(kernel.name);
}
