// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the C header of a model that is linked into a program.
#include "weft/Driver/Embed.h"

#include "dialects/Weft/IR/DimExpr.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

#include "lib/Driver/EmbedTexts.h"

using namespace weft;
using mlir::weft::DimExpr;

namespace {

struct ElementType {
  const char *cType;
  unsigned bytes;
};

/// An element type by its number in ONNX's TensorProto.DataType.
ElementType getElementType(uint8_t dataType) {
  switch (dataType) {
  case 1:
    return {"float", 4};
  case 2:
    return {"uint8_t", 1};
  case 3:
    return {"int8_t", 1};
  case 4:
    return {"uint16_t", 2};
  case 5:
    return {"int16_t", 2};
  case 6:
    return {"int32_t", 4};
  case 7:
    return {"int64_t", 8};
  case 9:
    return {"uint8_t", 1};
  case 10:
    return {"uint16_t", 2};
  case 11:
    return {"double", 8};
  case 12:
    return {"uint32_t", 4};
  case 13:
    return {"uint64_t", 8};
  case 14:
    return {"float[2]", 8};
  case 15:
    return {"double[2]", 16};
  case 16:
    return {"uint16_t", 2};
  default:
    return {"uint8_t", 1};
  }
}

/// A C string literal.
std::string quote(llvm::StringRef text) {
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\' || c == '?') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c >= 32 && c < 127) {
      out += static_cast<char>(c);
    } else {
      out += '\\';
      for (int shift : {6, 3, 0})
        out += static_cast<char>('0' + ((c >> shift) & 7));
    }
  }
  return out + "\"";
}

/// Text that cannot end the comment it stands in.
std::string comment(llvm::StringRef text) {
  std::string out;
  for (char c : text) {
    bool endsComment = c == '/' && !out.empty() && out.back() == '*';
    out += endsComment ? "\\/" : std::string(1, static_cast<unsigned char>(c) < 32 ? ' ' : c);
  }
  return out;
}

class HeaderWriter {
public:
  HeaderWriter(const ArtifactDescription &artifact, const TargetLevel &level, const EmbedOptions &options)
      : artifact(artifact), level(level), options(options), name(options.prefix),
        capitals(llvm::StringRef(options.prefix).upper()), os(text) {
    for (const ArtifactValue &input : artifact.mainEntry().inputs)
      for (const ArtifactDim &dim : input.dims)
        if (dim.size < 0 && !dim.symbol.empty() && findSymbol(dim.symbol) < 0)
          symbols.push_back(dim.symbol);
  }

  std::string run() {
    writeBanner();
    // The runtime's interface comes first, so that it is not needed to compile the program.
    llvm::StringRef embed(kEmbedText);
    auto [before, after] = embed.split("#include \"weft_abi.h\"\n");
    os << "\n" << kAbiText << "\n" << before << after << "\n";
    std::string guard = "WEFT_MODEL_" + capitals + "_H";
    os << "#ifndef " << guard << "\n#define " << guard
       << "\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    writeSymbols();
    writeTables();
    writeFunctions();
    os << "#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
    return std::move(text);
  }

private:
  void writeBanner();
  void writeSymbols();
  void writeTables();
  void writeValues(const std::vector<ArtifactValue> &values, llvm::StringRef role, size_t &offset);
  void writeFunctions();
  void writeEvaluate();
  std::string describe(const ArtifactValue &value);
  std::optional<std::string> translate(const DimExpr &expr);
  /// Position among the distinct expressions of the inputs' dims; -1 when it is none.
  int findSymbol(llvm::StringRef expr) const {
    auto found = llvm::find(symbols, expr);
    return found == symbols.end() ? -1 : static_cast<int>(found - symbols.begin());
  }

  const ArtifactDescription &artifact;
  const TargetLevel &level;
  const EmbedOptions &options;
  const std::string name, capitals;
  std::vector<std::string> symbols;
  bool hasExpressions = false;
  std::string text;
  llvm::raw_string_ostream os;
};

std::string HeaderWriter::describe(const ArtifactValue &value) {
  std::string out = "'" + value.name + "' " + getDataTypeName(value.dataType).str() + " [";
  for (auto [i, dim] : llvm::enumerate(value.dims))
    out += (i ? ", " : "") + (dim.size >= 0        ? std::to_string(dim.size)
                              : dim.symbol.empty() ? std::string("?")
                                                   : dim.symbol);
  return comment(out + "]") + ", elements " + getElementType(value.dataType).cType;
}

void HeaderWriter::writeBanner() {
  os << "/* " << comment(artifact.model) << ": a compiled model to link into a program. Made by "
     << comment(artifact.compiler) << "; do not edit.\n *\n";
  for (auto [i, input] : llvm::enumerate(artifact.mainEntry().inputs))
    os << " * input  " << i << " " << describe(input) << "\n";
  for (auto [i, output] : llvm::enumerate(artifact.mainEntry().outputs))
    os << " * output " << i << " " << describe(output) << "\n";
  os << " *\n * Code and weights are in " << comment(options.fileName) << ", made for " << level.name;
  if (!level.required.empty())
    os << ", which needs " << llvm::join(level.required, ", ");
  os << ".\n * The program needs no library but C's:\n *\n *   cc program.c " << comment(options.fileName)
     << "\n *\n"
     << " *   " << name << "_state state = {0};                       one per thread\n"
     << " *   " << name << "_tensor in[" << capitals << "_INPUT_COUNT] = {{0}}, out[" << capitals
     << "_OUTPUT_COUNT] = {{0}};\n"
     << " *   in[0].data = ...; in[0].dims[0] = ...;\n"
     << " *   if (" << name << "_run(&state, in, out))\n"
     << " *     fprintf(stderr, \"%s\\n\", state.message);\n"
     << " *   ... out[0].data, out[0].dims ...\n"
     << " *   " << name << "_free(&state);\n *\n"
     << " * Symbols: " << name << "_entry is the program, to which the weights are passed";
  if (artifact.constantBytes > 0)
    os << "; " << name << "_weights are they, read-only";
  os << ".\n * The kernels are local. " << name
     << "_run calls the entry on the calling thread; to use several, pass the entry a\n"
     << " * weft_abi whose dispatch splits [0, count) among them.\n */\n";
}

void HeaderWriter::writeSymbols() {
  os << "/* What the object defines. */\nextern int32_t " << name
     << "_entry(const weft_abi *abi, void *ctx, const weft_frame *frame);\n";
  if (artifact.constantBytes > 0)
    os << "extern const unsigned char " << name << "_weights[" << artifact.constantBytes << "];\n";
  os << "\n#define " << capitals << "_INPUT_COUNT " << artifact.mainEntry().inputs.size() << "\n#define "
     << capitals << "_OUTPUT_COUNT " << artifact.mainEntry().outputs.size() << "\n#define " << capitals
     << "_ARENA_BYTES " << artifact.arenaBytes() << "\n#define " << capitals << "_WEIGHTS_BYTES "
     << artifact.constantBytes << "\n";
  llvm::StringSet<> used = {"COUNT"};
  auto number = [&](const std::vector<ArtifactValue> &values, llvm::StringRef role) {
    for (auto [i, value] : llvm::enumerate(values)) {
      std::string macro = (role + "_" + llvm::StringRef(makeIdentifier(value.name)).upper()).str();
      if (macro != (role + "_COUNT").str() && used.insert(macro).second)
        os << "#define " << capitals << "_" << macro << " " << i << "\n";
    }
  };
  number(artifact.mainEntry().inputs, "INPUT");
  number(artifact.mainEntry().outputs, "OUTPUT");
  os << "\ntypedef weft_embed_state " << name << "_state;\ntypedef weft_embed_tensor " << name
     << "_tensor;\n\n";
}

void HeaderWriter::writeValues(const std::vector<ArtifactValue> &values, llvm::StringRef role,
                               size_t &offset) {
  if (values.empty())
    return;
  os << "static const weft_embed_value " << name << "_" << role << "s[] = {\n";
  for (const ArtifactValue &value : values) {
    os << "    {" << quote(value.name) << ", " << unsigned(value.dataType) << ", "
       << getElementType(value.dataType).bytes << ", " << value.dims.size() << ", " << name << "_dims + "
       << offset << ", " << name << "_dim_symbols + " << offset << ", " << name << "_bounds + " << 2 * offset
       << "},\n";
    offset += value.dims.size();
  }
  os << "};\n";
}

void HeaderWriter::writeTables() {
  std::string dims, numbers, bounds;
  for (const std::vector<ArtifactValue> *values :
       {&artifact.mainEntry().inputs, &artifact.mainEntry().outputs})
    for (const ArtifactValue &value : *values)
      for (const ArtifactDim &dim : value.dims) {
        dims += std::to_string(dim.size) + ", ";
        numbers += std::to_string(dim.size < 0 ? findSymbol(dim.symbol) : -1) + ", ";
        bounds += std::to_string(dim.size < 0 ? dim.min : 0) + ", " +
                  std::to_string(dim.size < 0 ? dim.max : -1) + ", ";
      }
  // One element more than needed: C has no empty arrays.
  os << "/* The signature, for " << name << "_run. */\nstatic const int64_t " << name << "_dims[] = {" << dims
     << "0};\nstatic const int32_t " << name << "_dim_symbols[] = {" << numbers
     << "0};\nstatic const int64_t " << name << "_bounds[] = {" << bounds << "0};\n";
  size_t offset = 0;
  writeValues(artifact.mainEntry().inputs, "input", offset);
  writeValues(artifact.mainEntry().outputs, "output", offset);
  auto writeTexts = [&](llvm::StringRef what, llvm::ArrayRef<std::string> texts) {
    os << "static const char *const " << name << "_" << what << "[] = {";
    for (const std::string &one : texts)
      os << quote(one) << ", ";
    os << "NULL};\n";
  };
  writeTexts("symbols", symbols);
  writeTexts("messages", artifact.messages);
  os << "\n";
}

/// `expr` in C over `symbols[i]`; nothing when it has a symbol that no dim is.
std::optional<std::string> HeaderWriter::translate(const DimExpr &expr) {
  std::string sum;
  for (const auto &[product, factor] : expr.getTerms()) {
    std::string term = "INT64_C(" + std::to_string(factor) + ")";
    for (const std::string &atom : product) {
      if (std::optional<DimExpr::Call> call = DimExpr::parseCall(atom)) {
        std::string arguments;
        for (const DimExpr &argument : call->args) {
          std::optional<std::string> inner = translate(argument);
          if (!inner)
            return std::nullopt;
          arguments += (arguments.empty() ? "" : ", ") + *inner;
        }
        term += " * weft_embed_" + call->name + "(" + arguments + ")";
        continue;
      }
      int symbol = findSymbol(atom);
      if (symbol < 0)
        return std::nullopt;
      term += " * symbols[" + std::to_string(symbol) + "]";
    }
    sum += (sum.empty() ? "" : " + ") + term;
  }
  return "(" + (sum.empty() ? "0" : sum) + ")";
}

void HeaderWriter::writeEvaluate() {
  std::string cases;
  for (const auto &[number, symbol] : llvm::enumerate(symbols)) {
    std::optional<DimExpr> expr = DimExpr::parse(symbol);
    if (!expr || expr->isUnknown() || !expr->getSymbol().empty())
      continue;
    if (std::optional<std::string> value = translate(*expr))
      cases += "  case " + std::to_string(number) + ": /* " + comment(symbol) + " */\n    return " + *value +
               ";\n";
  }
  hasExpressions = !cases.empty();
  if (hasExpressions)
    os << "static inline int64_t " << name
       << "_evaluate(uint32_t number, const int64_t *symbols) {\n  switch (number) {\n"
       << cases << "  default:\n    return -1;\n  }\n}\n\n";
}

void HeaderWriter::writeFunctions() {
  // Names that compilers know in __builtin_cpu_supports; the others come along with these.
  constexpr llvm::StringLiteral known[] = {"sse4.2",   "ssse3",    "popcnt",     "avx2",       "fma",
                                           "bmi",      "bmi2",     "avx512f",    "avx512bw",   "avx512cd",
                                           "avx512dq", "avx512vl", "avx512vnni", "avx512bf16", "avx512vbmi"};
  writeEvaluate();
  std::string checks;
  for (const std::string &feature : level.required)
    if (llvm::is_contained(known, feature))
      checks += "\n         __builtin_cpu_supports(\"" + feature + "\") &&";
  bool isX86 = llvm::StringRef(level.triple).starts_with("x86_64") && !checks.empty();
  os << "/* Whether this processor has the instruction sets that the code was compiled for. */\n"
     << "static inline int32_t " << name << "_is_supported(void) {\n";
  if (isX86)
    os << "#if defined(__GNUC__) && defined(__x86_64__)\n  return" << checks
       << " 1;\n#else\n  return 1;\n#endif\n";
  else
    os << "  return 1;\n";
  os << "}\n\n";
  auto table = [&](bool isThere, llvm::StringRef what) { return isThere ? name + "_" + what.str() : "NULL"; };
  os << "static const weft_embed_model " << name << "_model = {" << name << "_entry,\n    "
     << table(artifact.constantBytes > 0, "weights") << ",\n    " << artifact.arenaBytes() << ",\n    "
     << artifact.mainEntry().inputs.size() << ", " << artifact.mainEntry().outputs.size() << ", "
     << symbols.size() << ", " << artifact.messages.size() << ",\n    "
     << table(!artifact.mainEntry().inputs.empty(), "inputs") << ", "
     << table(!artifact.mainEntry().outputs.empty(), "outputs") << ", " << name << "_symbols, " << name
     << "_messages,\n    " << table(hasExpressions, "evaluate") << ", " << name << "_is_supported,\n    "
     << (artifact.keepDenormals ? 1 : 0) << "};\n\n";
  os << "/* Runs the model once on the calling thread. See weft_embed_run above for memory and errors.\n *\n"
     << " * Returns: 0, or what WEFT_EMBED_SHAPE and the others stand for, with a sentence in "
        "state->message. */\n"
     << "static inline int32_t " << name << "_run(" << name << "_state *state, const " << name
     << "_tensor *inputs,\n    " << name << "_tensor *outputs) {\n  return weft_embed_run(&" << name
     << "_model, state, inputs, outputs);\n}\n\n/* Frees the memory of a state. */\nstatic inline void "
     << name << "_free(" << name << "_state *state) { weft_embed_free(state); }\n\n";
}

} // namespace

std::string weft::makeIdentifier(llvm::StringRef text) {
  std::string out;
  for (char c : text)
    out += llvm::isAlnum(c) ? c : '_';
  if (out.empty() || llvm::isDigit(out.front()))
    out.insert(out.begin(), '_');
  return out;
}

std::string weft::makeEmbedHeader(const ArtifactDescription &artifact, const TargetLevel &level,
                                  const EmbedOptions &options) {
  return HeaderWriter(artifact, level, options).run();
}
