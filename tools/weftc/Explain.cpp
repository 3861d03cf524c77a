// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weftc explain MODEL`: which ONNX nodes each kernel computes, how, how much work that is, and why.
#include "Session.h"
#include "dialects/Weft/IR/DimExpr.h"
#include "weft/Artifact/Recognize.h"
#include "weft/Measure/Profile.h"
#include "weft/Measure/Roofline.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using mlir::weft::DimExpr;

namespace {

/// Sizes of symbols that the command line gives.
using Sizes = llvm::StringMap<int64_t>;

/// Operations or bytes of a kernel, as far as they are known at the given sizes.
struct Work {
  std::optional<int64_t> number;
  std::string text; ///< empty: not known

  Work(const std::string &expression, const Sizes &sizes) : text(expression) {
    std::optional<DimExpr> expr = DimExpr::parse(expression);
    if (expr)
      number = expr->evaluate([&](StringRef symbol) -> std::optional<int64_t> {
        auto found = sizes.find(symbol);
        return found == sizes.end() ? std::nullopt : std::optional<int64_t>(found->second);
      });
  }
  llvm::json::Value toJson() const {
    return number         ? llvm::json::Value(*number)
           : text.empty() ? llvm::json::Value(nullptr)
                          : llvm::json::Value(text);
  }
};

std::string describeWork(const Work &flops, const Work &bytes) {
  auto describe = [](const Work &work, const char *unit, bool isBytes) -> std::string {
    if (work.number)
      return isBytes
                 ? formatBytes(*work.number)
                 : formatCount(static_cast<double>(*work.number)) + (*work.number >= 1000 ? "" : " ") + unit;
    return work.text.empty() ? "unknown " + std::string(unit) : work.text + " " + unit;
  };
  std::string text =
      describe(flops, "flop", /*isBytes=*/false) + ", " + describe(bytes, "bytes", /*isBytes=*/true);
  if (flops.number && bytes.number && *bytes.number > 0)
    text += llvm::formatv(", {0:f2} flop/byte", static_cast<double>(*flops.number) / *bytes.number).str();
  return text;
}

/// A kernel's measured time beside what the machine could do.
struct Share {
  double microseconds = 0, gflops = 0, percent = 0;
  bool isMemoryBound = false;
};

Share compare(const ::weft::KernelTime &time, const ::weft::MachinePeaks &peaks) {
  Share share;
  share.microseconds = time.nsPerCall / 1e3;
  double flops = static_cast<double>(std::max<int64_t>(0, time.flops));
  share.gflops = flops / time.nsPerCall;
  double least = peaks.getLeastSeconds(flops, static_cast<double>(std::max<int64_t>(0, time.bytes)),
                                       share.isMemoryBound);
  share.percent = 100 * least * 1e9 / time.nsPerCall;
  return share;
}

class Explanation {
public:
  Explanation(const CommandLine &command, ::weft::ArtifactDescription artifact, Sizes sizes)
      : command(command), artifact(std::move(artifact)), sizes(std::move(sizes)) {}

  int measure();
  void print();

private:
  void printForPeople(size_t index, const ::weft::ArtifactKernel &kernel, const Work &flops,
                      const Work &bytes);
  llvm::json::Object toJson(size_t index, const ::weft::ArtifactKernel &kernel, const Work &flops,
                            const Work &bytes);

  const CommandLine &command;
  ::weft::ArtifactDescription artifact;
  Sizes sizes;
  std::vector<::weft::KernelTime> times; // empty when nothing was measured
  ::weft::MachinePeaks peaks;
};

int Explanation::measure() {
  // Sizes that nobody gave are 1 for the measurement.
  for (const ::weft::ArtifactValue &input : artifact.mainEntry().inputs)
    for (const ::weft::ArtifactDim &dim : input.dims)
      if (dim.size < 0 && !dim.symbol.empty())
        sizes.try_emplace(dim.symbol, std::max<int64_t>(1, dim.min));
  llvm::Expected<std::vector<::weft::KernelTime>> profile =
      ::weft::profileArtifact(command.model, sizes, command.seconds);
  if (!profile) {
    llvm::errs() << "weftc explain: " << llvm::toString(profile.takeError()) << "\n";
    return kFailed;
  }
  times = std::move(*profile);
  peaks = ::weft::measurePeaks();
  return kDone;
}

void Explanation::printForPeople(size_t index, const ::weft::ArtifactKernel &kernel, const Work &flops,
                                 const Work &bytes) {
  llvm::outs() << llvm::formatv("#{0,-4} {1,-14} {2}\n", index, kernel.kind.empty() ? "-" : kernel.kind,
                                kernel.nodes.empty() ? kernel.name : llvm::join(kernel.nodes, " + "));
  auto line = [](const char *what, const llvm::Twine &text) {
    llvm::outs() << llvm::formatv("      {0,-9} {1}\n", what, text.str());
  };
  line("code", kernel.name + (kernel.schedule.empty() ? ": loops as they are" : ": " + kernel.schedule));
  line("work", describeWork(flops, bytes));
  if (index < times.size() && times[index].nsPerCall > 0) {
    Share share = compare(times[index], peaks);
    line("measured",
         llvm::formatv("{0:f2} us a call, {1:f0} calls a run, {2:f2} GFLOP/s, {3:f0} % of the roofline ({4})",
                       share.microseconds, times[index].calls, share.gflops, share.percent,
                       share.isMemoryBound ? "memory" : "arithmetic")
             .str());
  }
  for (const std::string &note : kernel.notes)
    line("note", note);
}

llvm::json::Object Explanation::toJson(size_t index, const ::weft::ArtifactKernel &kernel, const Work &flops,
                                       const Work &bytes) {
  llvm::json::Object row{{"kernel", ::toJson(kernel.name)},
                         {"kind", ::toJson(kernel.kind)},
                         {"nodes", ::toJson(kernel.nodes)},
                         {"flops", flops.toJson()},
                         {"bytes", bytes.toJson()},
                         {"schedule", ::toJson(kernel.schedule.empty() ? "none" : kernel.schedule)},
                         {"notes", ::toJson(kernel.notes)}};
  if (index < times.size() && times[index].nsPerCall > 0) {
    Share share = compare(times[index], peaks);
    row["us_per_call"] = share.microseconds;
    row["calls_per_run"] = times[index].calls;
    row["gflops"] = share.gflops;
    row["roofline_share"] = share.percent / 100;
    row["bound"] = share.isMemoryBound ? "memory" : "arithmetic";
  }
  return row;
}

void Explanation::print() {
  llvm::json::Array rows;
  for (auto [index, kernel] : llvm::enumerate(artifact.kernels)) {
    Work flops(kernel.flops, sizes), bytes(kernel.bytes, sizes);
    if (command.json)
      rows.push_back(toJson(index, kernel, flops, bytes));
    else
      printForPeople(index, kernel, flops, bytes);
  }
  if (command.json)
    llvm::outs() << llvm::json::Value(std::move(rows)) << "\n";
  else if (!times.empty())
    llvm::outs() << llvm::formatv(
        "one thread of this machine: {0:f1} GFLOP/s (f32), {1:f1} GB/s from memory\n", peaks.flops / 1e9,
        peaks.bandwidths.back().bytesPerSecond / 1e9);
}

int wrong(const llvm::Twine &message) {
  llvm::errs() << "weftc explain: " << message << "\n";
  return kWrongCommandLine;
}

/// Options that an artifact obeys no more.
int checkLateOptions(const CommandLine &command) {
  if (!command.shapes.empty() || !command.bindings.empty() || command.batch || command.keepInputs)
    return wrong("'" + command.model +
                 "' is compiled: --shape, --bind, --batch and --keep-inputs come too late; --dim "
                 "NAME=SIZE says at which size its work is stated");
  if (!command.codeOption.empty())
    return wrong("'" + command.model + "' is compiled: " + command.codeOption +
                 " comes too late; give it to weftc, or explain the model");
  return kDone;
}

/// Names of the sizes that are open in an artifact: dims of its inputs, and sizes that follow from data.
std::vector<std::string> listSymbols(const ::weft::ArtifactDescription &artifact) {
  std::vector<std::string> names;
  auto note = [&](StringRef name) {
    if (!llvm::is_contained(names, name))
      names.push_back(name.str());
  };
  auto noteAll = [&](StringRef expression) {
    if (std::optional<DimExpr> expr = DimExpr::parse(expression))
      expr->forEachSymbol(note);
  };
  for (const ::weft::ArtifactEntry &entry : artifact.entries)
    for (const ::weft::ArtifactValue &input : entry.inputs)
      for (const ::weft::ArtifactDim &dim : input.dims)
        if (dim.size < 0)
          noteAll(dim.symbol);
  for (const ::weft::ArtifactKernel &kernel : artifact.kernels) {
    noteAll(kernel.flops);
    noteAll(kernel.bytes);
  }
  return names;
}

/// `--dim NAME=SIZE` of an artifact: the sizes at which work is stated.
int readSizes(const CommandLine &command, const ::weft::ArtifactDescription &artifact, Sizes &sizes) {
  std::vector<std::string> known = listSymbols(artifact);
  for (const std::string &text : command.dims) {
    auto [name, size] = StringRef(text).rsplit('=');
    int64_t value = 0;
    if (name.empty() || !llvm::to_integer(size, value, 10) || value < 0)
      return wrong("expected --dim NAME=SIZE, but got '" + text + "'");
    if (!llvm::is_contained(known, name))
      return wrong("expected --dim of an open size of the artifact (" +
                   (known.empty() ? "it has none" : "'" + llvm::join(known, "', '") + "'") + "), but got '" +
                   name + "'");
    if (!sizes.try_emplace(name, value).second)
      return wrong("expected one --dim for " + name + ", but got several");
  }
  return kDone;
}

} // namespace

int runExplain(const CommandLine &command) {
  Sizes sizes;
  if (StringRef(command.model).ends_with(".weft") || ::weft::isArtifact(command.model)) {
    if (int status = checkLateOptions(command))
      return status;
    llvm::Expected<::weft::ArtifactDescription> artifact = ::weft::readArtifact(command.model);
    if (!artifact) {
      llvm::errs() << "weftc explain: " << llvm::toString(artifact.takeError()) << "\n";
      return kFailed;
    }
    if (int status = readSizes(command, *artifact, sizes))
      return status;
    Explanation explanation(command, std::move(*artifact), std::move(sizes));
    if (command.measure)
      if (int status = explanation.measure())
        return status;
    explanation.print();
    return kDone;
  }
  if (command.measure)
    return wrong("--measure runs an artifact; compile '" + command.model + "' and explain the .weft file");
  Session session(command);
  ::weft::CompileOptions options;
  if (int status = session.fillOptions(options))
    return status;
  // Loops say which kernels stay sequential.
  options.stopAfter = ::weft::Phase::Loops;
  options.levels.resize(1);
  FailureOr<::weft::CompileResult> result =
      ::weft::compileModel(command.model, session.getContext(), options, session.getProgress());
  session.endProgress();
  if (failed(result))
    return session.getFailure();
  Explanation(command, std::move(result->artifact), std::move(sizes)).print();
  return kDone;
}
