// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weftc verify MODEL`: the artifact against test data and against the reference interpreter, node by node.
#include "BatchOracle.h"
#include "Samples.h"
#include "Session.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "weft/Driver/Pipelines.h"
#include "weft/Measure/Artifact.h"
#include "weft/Measure/Bisect.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using ::weft::Comparison;

namespace {

// What --math=f32 promises of a kernel: an error of at most 1e-4 of the largest output.
constexpr double kOfLargest = 1e-4;

/// What a value is called, and how far it was off at worst over all samples.
struct Row {
  std::string name;
  std::string against;
  Comparison worst;
};

/// Makes every value that a node of `main` computes an output. Returns their names, in program order.
std::vector<std::string> exposeNodes(func::FuncOp main) {
  return ::weft::exposeResults(main, [](Operation *op) {
    return isa<mlir::weft::WeftDialect>(op->getDialect()) && !isa<mlir::weft::ConstantOp>(op);
  });
}

/// What makes results wrong.
struct Blame {
  std::string phase;
  std::string culprit; ///< pass or kernel; empty when the phase is all that is known
  std::string why;
  Comparison worst;
};

class Verification {
public:
  Verification(Session &session, const CommandLine &command, ::weft::CompileOptions options)
      : session(session), command(command), options(std::move(options)) {}
  int run();

private:
  Session &session;
  const CommandLine &command;
  ::weft::CompileOptions options;
  std::vector<Row> rows;
  std::vector<Sample> samples;
  std::optional<Blame> blame;

  Comparison &row(const std::string &name, const std::string &against) {
    for (Row &row : rows)
      if (row.name == name && row.against == against)
        return row.worst;
    rows.push_back({name, against, {}});
    return rows.back().worst;
  }
  bool keepsDenormals() const { return options.math == ::weft::MathMode::Strict; }
  /// The command line's; what --math promises unless it says something.
  ::weft::Tolerance getTolerance() const {
    bool isGiven = command.rtol || command.atol;
    return {command.rtol.value_or(1e-3), command.atol.value_or(1e-7),
            command.ofLargest.value_or(isGiven ? 0 : kOfLargest), keepsDenormals()};
  }
  /// For published data, whose own rule has no share of the largest.
  ::weft::Tolerance getDataTolerance() const {
    ::weft::Tolerance tolerance = getTolerance();
    tolerance.ofLargest = command.ofLargest.value_or(0);
    return tolerance;
  }
  /// Of `batched`, which is null without --batch, only the signature counts.
  FailureOr<::weft::Values> interpret(func::FuncOp main, func::FuncOp batched, const Sample &sample) const {
    return batched ? interpretSamples(main, batched, *options.batch, sample.inputs, keepsDenormals())
                   : ::weft::interpretMain(main, sample.inputs, keepsDenormals());
  }
  bool isWithin() const {
    return llvm::all_of(rows, [](const Row &row) { return row.worst.isWithin; });
  }
  int compareAll(ModuleOp module, ArrayRef<std::string> nodes);
  FailureOr<Blame> findBlame(ModuleOp module);
  int bisect(ModuleOp module);
  int report();
};

/// After a run that failed: sizes that do not fit may be none that the user asked for.
void noteSizes(const Sample &sample) {
  if (!sample.chosenSizes.empty())
    llvm::errs() << "weftc verify: note: sizes that were not given: " << sample.chosenSizes
                 << ". Set them by --dim or give inputs by -i.\n";
}

std::string describe(const Comparison &comparison) {
  return llvm::formatv("worst error {0:e2} ({1:e2} of the largest): {2}", comparison.worstError,
                       comparison.worstRelative, comparison.detail)
      .str();
}

/// Walks the way from the model to the artifact until something is over tolerance.
FailureOr<Blame> Verification::findBlame(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  std::vector<::weft::Values> inputs, expected;
  for (const Sample &sample : samples) {
    FailureOr<::weft::Values> results = ::weft::interpretMain(main, sample.inputs, keepsDenormals());
    if (failed(results))
      return failure();
    for (auto [i, result] : llvm::enumerate(*results)) {
      if (!sample.expected[i])
        continue;
      Comparison comparison = ::weft::compareValues(result, *sample.expected[i], getDataTolerance());
      if (!comparison.isWithin)
        return Blame{"import", "", "the imported model differs from the data of " + sample.name, comparison};
    }
    inputs.push_back(sample.inputs);
    expected.push_back(std::move(*results));
  }
  OwningOpRef<ModuleOp> graph(module.clone());
  ::weft::PipelineOptions pipeline{options.batch, options.math, /*hasRemarks=*/false};
  FailureOr<std::optional<::weft::BadPass>> pass = ::weft::findBadPass(
      *graph, [&](OpPassManager &pm) { ::weft::buildGraphPipeline(pm, pipeline); }, inputs, expected,
      getTolerance());
  if (failed(pass))
    return failure();
  if (*pass)
    return Blame{
        "graph", (*pass)->pass,
        llvm::formatv("output '{0}' is over tolerance after it, pass {1} of {2} that change the program",
                      (*pass)->output, (*pass)->number, (*pass)->numPasses)
            .str(),
        (*pass)->worst};
  ::weft::CompileOptions compile = options;
  compile.isGraphDone = true;
  FailureOr<std::optional<::weft::BadKernel>> kernel = ::weft::findBadKernel(
      *graph,
      [&](OwningOpRef<ModuleOp> exposed) {
        auto compiled = ::weft::compileModule(std::move(exposed), compile, session.getProgress());
        session.endProgress();
        return compiled;
      },
      inputs, getTolerance());
  if (failed(kernel))
    return failure();
  if (*kernel)
    return Blame{"code generation", (*kernel)->name,
                 "its results are over tolerance, those before it are not", (*kernel)->worst};
  return Blame{
      "host program",
      "",
      "no pass and no kernel alone is over tolerance: buffers, views or control flow between kernels",
      {}};
}

int Verification::bisect(ModuleOp module) {
  if (isWithin()) {
    if (int status = report())
      return status;
    if (!command.json)
      llvm::outs() << "nothing to bisect\n";
    return kDone;
  }
  FailureOr<Blame> found = findBlame(module);
  if (failed(found))
    return kFailed;
  blame = std::move(*found);
  return report();
}

/// Compiles `module`, runs artifact and oracle on every sample; results past the model's own outputs are
/// `nodes`.
int Verification::compareAll(ModuleOp module, ArrayRef<std::string> nodes) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  FailureOr<::weft::CompileResult> compiled =
      ::weft::compileModule(OwningOpRef<ModuleOp>(module.clone()), options, session.getProgress());
  session.endProgress();
  if (failed(compiled))
    return kFailed;
  llvm::Expected<std::unique_ptr<::weft::LoadedArtifact>> artifact =
      ::weft::LoadedArtifact::load(compiled->artifact);
  if (!artifact) {
    llvm::errs() << "weftc verify: " << llvm::toString(artifact.takeError()) << "\n";
    return kFailed;
  }
  size_t numOutputs = main.getNumResults() - nodes.size();
  FailureOr<OwningOpRef<ModuleOp>> batched = OwningOpRef<ModuleOp>();
  if (options.batch && failed(batched = makeBatched(module, *options.batch)))
    return kFailed;
  auto batchedMain = *batched ? (*batched)->lookupSymbol<func::FuncOp>("main") : func::FuncOp();
  for (const Sample &sample : samples) {
    llvm::Expected<::weft::Values> actual = (*artifact)->run(sample.inputs, session.getContext());
    if (!actual) {
      llvm::errs() << "weftc verify: running on " << sample.name << ": " << llvm::toString(actual.takeError())
                   << "\n";
      noteSizes(sample);
      return kFailed;
    }
    FailureOr<::weft::Values> oracle = interpret(main, batchedMain, sample);
    if (failed(oracle)) {
      noteSizes(sample);
      return kFailed;
    }
    for (size_t i = 0; i < actual->size(); ++i) {
      bool isNode = i >= numOutputs;
      std::string name = isNode ? nodes[i - numOutputs]
                         : main.getResultAttrOfType<StringAttr>(i, "weft.name")
                             ? main.getResultAttrOfType<StringAttr>(i, "weft.name").str()
                             : "output" + std::to_string(i);
      if (!isNode && !nodes.empty())
        continue; // outputs were compared with the artifact as it ships
      ::weft::keepWorse(row(name, isNode ? "node" : "oracle"),
                        ::weft::compareValues((*actual)[i], (*oracle)[i], getTolerance()));
      if (!isNode && sample.expected[i])
        ::weft::keepWorse(row(name, "data"),
                          ::weft::compareValues((*actual)[i], *sample.expected[i], getDataTolerance()));
    }
  }
  return kDone;
}

int Verification::report() {
  bool isWithin = true;
  const Row *firstBadNode = nullptr;
  llvm::json::Array json;
  for (const Row &row : rows) {
    isWithin &= row.worst.isWithin;
    if (!row.worst.isWithin && row.against == "node" && !firstBadNode)
      firstBadNode = &row;
    if (command.json) {
      json.push_back(llvm::json::Object{{"name", row.name},
                                        {"against", row.against},
                                        {"within", row.worst.isWithin},
                                        {"worst_error", row.worst.worstError},
                                        {"worst_relative", row.worst.worstRelative},
                                        {"outside", row.worst.numOutside},
                                        {"detail", row.worst.detail}});
      continue;
    }
    llvm::outs() << llvm::formatv("{0} {1,-7} worst error {2:e2} ({3:e2} of the largest)  {4}{5}{6}\n",
                                  row.worst.isWithin ? "ok  " : "FAIL", row.against, row.worst.worstError,
                                  row.worst.worstRelative, row.name, row.worst.isWithin ? "" : ": ",
                                  row.worst.isWithin ? "" : row.worst.detail);
  }
  if (command.json) {
    llvm::json::Object object{{"model", command.model},
                              {"within", isWithin},
                              {"samples", int64_t(samples.size())},
                              {"first_bad_node", firstBadNode ? firstBadNode->name : ""},
                              {"values", std::move(json)}};
    if (blame)
      object["blame"] = llvm::json::Object{{"phase", blame->phase},
                                           {"culprit", blame->culprit},
                                           {"why", blame->why},
                                           {"detail", blame->worst.detail}};
    llvm::outs() << llvm::json::Value(std::move(object)) << "\n";
  } else if (blame) {
    llvm::outs() << "to blame: " << blame->phase << (blame->culprit.empty() ? "" : ", ") << blame->culprit
                 << "\n  " << blame->why << "\n";
    if (!blame->worst.isWithin)
      llvm::outs() << "  " << describe(blame->worst) << "\n";
  } else if (firstBadNode) {
    llvm::outs() << "first node over tolerance: " << firstBadNode->name << "\n";
  } else {
    llvm::outs() << (isWithin ? "all values are within tolerance"
                              : "outputs are over tolerance, single nodes are not")
                 << " (" << samples.size() << (samples.size() == 1 ? " sample)\n" : " samples)\n");
  }
  return isWithin ? kDone : kFailed;
}

int Verification::run() {
  FailureOr<OwningOpRef<ModuleOp>> module =
      ::weft::loadModel(command.model, session.getContext(), options.import);
  if (failed(module))
    return session.getFailure();
  auto main = (*module)->lookupSymbol<func::FuncOp>("main");
  if (!main) {
    llvm::errs() << "weftc verify: '" << command.model << "' has no function 'main'\n";
    return kFailed;
  }
  FailureOr<OwningOpRef<ModuleOp>> batched = OwningOpRef<ModuleOp>();
  if (options.batch && failed(batched = makeBatched(**module, *options.batch)))
    return kFailed;
  auto signature = *batched ? (*batched)->lookupSymbol<func::FuncOp>("main") : main;
  if (int status = loadSamples(command, signature, samples))
    return status;
  if (int status = compareAll(**module, {}))
    return status;
  if (command.bisect)
    return bisect(**module);
  std::vector<std::string> nodes = exposeNodes(main);
  if (int status = compareAll(**module, nodes))
    return status;
  return report();
}

} // namespace

int runVerify(const CommandLine &command) {
  if (command.bisect && command.batch) {
    llvm::errs() << "weftc verify: --bisect compares with the model as it is, and does not go with --batch\n";
    return kWrongCommandLine;
  }
  Session session(command);
  ::weft::CompileOptions options;
  if (int status = session.fillOptions(options))
    return status;
  std::vector<::weft::ShapeBucket> buckets = ::weft::expandBuckets(options.import);
  if (buckets.empty())
    return Verification(session, command, std::move(options)).run();
  int worst = kDone;
  for (::weft::ShapeBucket &bucket : buckets) {
    if (!command.json)
      llvm::outs() << bucket.name << ":\n";
    options.import = std::move(bucket.import);
    worst = std::max(worst, Verification(session, command, options).run());
  }
  return worst;
}
