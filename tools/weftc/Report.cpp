// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weftc MODEL --report=FILE.html`: one page about a compilation, for a browser and without anything from
// elsewhere.
#include "Report.h"
#include "Session.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace weft;

namespace {

// Colours and widths of the page; nothing else decides how it looks.
constexpr llvm::StringLiteral kStyle = R"(
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: 12.5px ui-monospace, monospace; overflow-wrap: anywhere; }
.bar { background: #3b82c4; height: .7rem; border-radius: 2px; min-width: 1px; }
.quiet { opacity: .7; } ul { margin: .2rem 0; padding-left: 1.1rem; }
)";

/// Text in which nothing is markup.
std::string escape(llvm::StringRef text) {
  std::string out;
  for (char c : text) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += static_cast<unsigned char>(c) < 32 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return out;
}

/// Operations or bytes: for people when a number, the expression else.
std::string describeWork(const std::string &text, bool isBytes) {
  uint64_t number = 0;
  if (text.empty())
    return "unknown";
  if (!llvm::to_integer(text, number, 10))
    return "<code>" + escape(text) + "</code>";
  return isBytes ? formatBytes(number) : formatCount(static_cast<double>(number));
}

class Page {
public:
  Page(const CommandLine &command, const CompileResult &result, uint64_t fileBytes, double seconds)
      : command(command), result(result), artifact(result.artifact), fileBytes(fileBytes), seconds(seconds),
        os(text) {}

  std::string write() {
    std::string title =
        escape(artifact.model.empty() ? llvm::sys::path::filename(command.model).str() : artifact.model);
    os << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" << title
       << "</title>\n<style>" << kStyle << "</style>\n</head>\n<body>\n<h1>" << title
       << "</h1>\n<p class=\"quiet\">" << escape(artifact.compiler) << "</p>\n";
    writeModel();
    writeSizes();
    writePhases();
    writeKernels();
    os << "</body>\n</html>\n";
    return std::move(text);
  }

private:
  void row(llvm::StringRef name, const llvm::Twine &value) {
    os << "<tr><td>" << escape(name) << "</td><td>" << value << "</td></tr>\n";
  }
  void writeValues(llvm::StringRef role, const std::vector<ArtifactValue> &values) {
    for (const ArtifactValue &value : values)
      row(role, "<b>" + escape(value.name) + "</b> <code>" + escape(describeType(value)) + "</code>");
  }
  void writeModel();
  void writeSizes();
  void writePhases();
  void writeKernels();

  const CommandLine &command;
  const CompileResult &result;
  const ArtifactDescription &artifact;
  uint64_t fileBytes;
  double seconds;
  std::string text;
  llvm::raw_string_ostream os;
};

void Page::writeModel() {
  os << "<h2>Model</h2>\n<table>\n";
  row("file", "<code>" + escape(llvm::sys::path::filename(command.model)) + "</code>");
  writeValues("input", artifact.mainEntry().inputs);
  writeValues("output", artifact.mainEntry().outputs);
  for (size_t i = 0; i + 1 < artifact.metadata.size(); i += 2)
    row(artifact.metadata[i], escape(artifact.metadata[i + 1]));
  std::string ops;
  for (const auto &[name, count] : result.ops)
    ops += (ops.empty() ? "" : ", ") + std::to_string(count) + " " + escape(name);
  row("ops as imported", ops);
  os << "</table>\n";
}

void Page::writeSizes() {
  os << "<h2>Artifact</h2>\n<table>\n";
  row("file",
      "<code>" + escape(llvm::sys::path::filename(command.output)) + "</code>, " + formatBytes(fileBytes));
  row("weights", formatBytes(artifact.constantBytes));
  for (const ArtifactCode &code : artifact.codes)
    row("code for " + code.level,
        formatBytes(code.object.size()) +
            (code.features.empty() ? "" : ", needs " + escape(llvm::join(code.features, ", "))));
  row("static arena", formatBytes(artifact.arenaBytes()) + " (no plan can be smaller than " +
                          formatBytes(result.arenaLowerBound) + ")");
  row("kernels", std::to_string(artifact.kernels.size()));
  row("nodes in host code", std::to_string(artifact.hostNodes));
  os << "</table>\n";
}

void Page::writePhases() {
  double longest = 0;
  for (const PhaseTime &time : result.times)
    longest = std::max(longest, time.seconds);
  os << "<h2>Phases</h2>\n<table>\n";
  for (const PhaseTime &time : result.times)
    os << llvm::formatv(
        "<tr><td>{0}</td><td class=\"n\">{1:f1} ms</td><td style=\"width:60%\"><div class=\"bar\" "
        "style=\"width:{2:f1}%\"></div></td></tr>\n",
        escape(time.phase), time.seconds * 1e3, longest > 0 ? 100 * time.seconds / longest : 0);
  os << llvm::formatv(
      "<tr><td>all, with writing</td><td class=\"n\">{0:f1} ms</td><td></td></tr>\n</table>\n",
      seconds * 1e3);
}

void Page::writeKernels() {
  os << "<h2>Kernels</h2>\n<p class=\"quiet\">In the order in which they run. Work is that of one call; a "
        "multiply-add is two "
        "operations.</p>\n<table>\n<tr><th class=\"n\">#</th><th>kind</th><th>ONNX nodes</th><th "
        "class=\"n\">operations</th><th class=\"n\">bytes</th><th>code</th></tr>\n";
  for (auto [i, kernel] : llvm::enumerate(artifact.kernels)) {
    os << "<tr><td class=\"n\">" << i << "</td><td>" << escape(kernel.kind) << "</td><td>"
       << escape(llvm::join(kernel.nodes, ", "));
    if (!kernel.notes.empty()) {
      os << "<ul class=\"quiet\">";
      for (const std::string &note : kernel.notes)
        os << "<li>" << escape(note) << "</li>";
      os << "</ul>";
    }
    os << "</td><td class=\"n\">" << describeWork(kernel.flops, /*isBytes=*/false) << "</td><td class=\"n\">"
       << describeWork(kernel.bytes, /*isBytes=*/true) << "</td><td>" << escape(kernel.name);
    if (!kernel.schedule.empty())
      os << "<br><code>" << escape(kernel.schedule) << "</code>";
    os << "</td></tr>\n";
  }
  os << "</table>\n";
}

} // namespace

std::string describeType(const ArtifactValue &value) {
  std::string text = getDataTypeName(value.dataType).str() + " [";
  for (auto [i, dim] : llvm::enumerate(value.dims)) {
    text += i ? ", " : "";
    text += dim.size >= 0 ? std::to_string(dim.size) : dim.symbol.empty() ? "?" : dim.symbol;
  }
  return text + "]";
}

std::string makeReport(const CommandLine &command, const CompileResult &result, uint64_t fileBytes,
                       double seconds) {
  return Page(command, result, fileBytes, seconds).write();
}
