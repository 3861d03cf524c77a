// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates functions of weft IR with the reference semantics; inputs and outputs are .npy files.
#include "dialects/Weft/IR/OptionProblem.h"
#include "dialects/Weft/IR/WeftOps.h"
#include "tools/StandardStreams.h"
#include "weft/Artifact/OutputFile.h"
#include "weft/Artifact/Recognize.h"
#include "weft/Import/ExternalData.h"
#include "weft/Import/ONNX.h"
#include "weft/Reference/Interpreter.h"
#include "weft/Reference/Npy.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/ToolUtilities.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
namespace cl = llvm::cl;
namespace ref = ::weft::reference;

static cl::OptionCategory category("weft-interp options");
static cl::opt<std::string> modelPath(cl::Positional, cl::desc("<model.mlir | model.onnx>"), cl::init("-"),
                                      cl::cat(category));
static cl::list<std::string> inputs("i",
                                    cl::desc("An input: its name or position, and its file; several files, "
                                             "with commas, for a sequence, none for an absent optional"),
                                    cl::value_desc("name=file.npy"), cl::cat(category));
static cl::list<std::string>
    outputs("o",
            cl::desc("Where outputs go: one of them, or a folder for all (as <name>.npy); "
                     "they are printed when absent"),
            cl::value_desc("name=file.npy | folder"), cl::cat(category));
static cl::opt<std::string> entry("entry",
                                  cl::desc("The function to run; default: main, else all without arguments"),
                                  cl::value_desc("name"), cl::cat(category));
static cl::opt<int64_t> printLimit("print-limit", cl::desc("Elements printed of each output (default 1000)"),
                                   cl::init(1000), cl::cat(category));
static cl::opt<std::string> dumpDir("dump-dir",
                                    cl::desc("Write every op's results there, named by location or number"),
                                    cl::value_desc("folder"), cl::cat(category));
static cl::opt<bool> noCheckDims("no-check-dims",
                                 cl::desc("Do not compare shapes with declared and named dims"),
                                 cl::cat(category));
static cl::opt<bool> splitFile("split-input-file",
                               cl::desc("Evaluate the parts between // ----- lines one by one"),
                               cl::cat(category));

static cl::list<std::string> shapes("shape", cl::desc("Dims of an input of an ONNX model"),
                                    cl::value_desc("name=1x3x224x224"), cl::cat(category));
static cl::list<std::string> dims("dim", cl::desc("Size of a symbolic dim of an ONNX model, or its bounds"),
                                  cl::value_desc("name=8 | name=1..8"), cl::cat(category));
static cl::list<std::string> bindings("bind", cl::desc("An input of an ONNX model that becomes a constant"),
                                      cl::value_desc("name=1,2"), cl::cat(category));

/// Whether an error was about the command line, not about the work.
static bool isCommandWrong = false;

static LogicalResult wrong(const Twine &message) {
  llvm::errs() << "weft-interp: " << message << '\n';
  isCommandWrong = true;
  return failure();
}

/// "'x', 'mask'", or "none".
static std::string quoteList(ArrayRef<std::string> names) {
  return names.empty() ? "none" : "'" + llvm::join(names, "', '") + "'";
}

/// Name of argument or result `index`: its `weft.name`, else its number.
static std::string nameOf(DictionaryAttr attributes, unsigned index) {
  if (attributes)
    if (auto name = attributes.getAs<StringAttr>("weft.name"))
      return name.str();
  return std::to_string(index);
}

/// Reads what a type asks for: one file for a tensor or scalar, none or one for an optional, any number for a
/// sequence.
static FailureOr<ref::Value> readValue(func::FuncOp function, Type type, StringRef name, StringRef paths) {
  if (auto optional = dyn_cast<mlir::weft::OptType>(type)) {
    if (paths.empty())
      return ref::Value::optional(type);
    FailureOr<ref::Value> value = readValue(function, optional.getElement(), name, paths);
    if (failed(value))
      return failure();
    return ref::Value::optional(*value, type);
  }
  if (auto sequence = dyn_cast<mlir::weft::SeqType>(type)) {
    SmallVector<StringRef> files;
    paths.split(files, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    std::vector<ref::Value> elements;
    for (StringRef file : files) {
      FailureOr<ref::Value> value = readValue(function, sequence.getElement(), name, file);
      if (failed(value))
        return failure();
      elements.push_back(*value);
    }
    return ref::Value::sequence(std::move(elements), type);
  }
  auto tensor = dyn_cast<TensorType>(type);
  Type element = tensor ? tensor.getElementType() : type;
  std::string error;
  FailureOr<ref::Tensor> value = ref::readNpy(function.getContext(), paths, element, error);
  if (failed(value))
    return function.emitError("cannot read input '") << name << "' from " << paths << ": " << error;
  if (!tensor && value->size() == 1)
    return ref::Value(ref::Tensor::fromInts(element, {}, value->toInts()));
  return ref::Value(std::move(*value));
}

/// The files that `-i` gives for each argument, by its name or position.
static FailureOr<std::vector<std::optional<std::string>>> matchInputs(func::FuncOp function) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    names.push_back(nameOf(function.getArgAttrDict(i), i));
  std::vector<std::optional<std::string>> files(names.size());
  for (StringRef text : inputs) {
    auto [key, file] = text.rsplit('=');
    size_t index = llvm::find(names, key) - names.begin();
    if (index == names.size() && key.getAsInteger(10, index))
      index = names.size();
    if (!text.contains('=') || index >= names.size())
      return wrong("expected -i NAME=FILE.npy of an input of the function (" + quoteList(names) +
                   "), but got '" + text + "'");
    if (files[index])
      return wrong("input '" + names[index] + "' is given twice");
    files[index] = file.str();
  }
  return files;
}

/// The file of an output in the folder that `-o` gives.
static std::string pathInFolder(StringRef folder, StringRef name) {
  std::string file = name.str() + ".npy";
  std::replace(file.begin(), file.end(), '/', '_');
  SmallString<128> path(folder);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

/// Whether each `-o` names an output of the functions, or a folder, and destroys no input.
static LogicalResult checkOutputs(ArrayRef<func::FuncOp> functions) {
  if (llvm::sys::fs::exists(dumpDir) && !llvm::sys::fs::is_directory(dumpDir))
    return wrong("cannot write into '" + dumpDir + "': it is no folder");
  std::vector<std::string> names;
  for (func::FuncOp function : functions)
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      names.push_back(nameOf(function.getResultAttrDict(i), i));
  SmallVector<std::pair<std::string, StringRef>> read = {{modelPath, "the model"}};
  if (StringRef(modelPath).ends_with(".onnx"))
    for (std::string &file : ::weft::listExternalFiles(modelPath))
      read.emplace_back(std::move(file), "external data of the model");
  for (StringRef input : inputs) {
    StringRef list = input.rsplit('=').second;
    SmallVector<StringRef> files = {list};
    list.split(files, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    for (StringRef file : files)
      read.emplace_back(file, "an input");
  }
  llvm::StringSet<> seen;
  for (StringRef text : outputs) {
    bool isNamed = text.contains('=');
    auto [name, path] = isNamed ? text.rsplit('=') : std::pair<StringRef, StringRef>("", text);
    if (path.empty() || (isNamed && !llvm::is_contained(names, name)))
      return wrong("expected -o NAME=FILE.npy of an output of the function (" + quoteList(names) +
                   ") or -o FOLDER, but got '" + text + "'");
    if (!seen.insert(name).second)
      return wrong(isNamed ? "output '" + name + "' is given twice" : "expected one folder in -o");
    bool isFolder = llvm::sys::fs::is_directory(path);
    if (isNamed ? isFolder : llvm::sys::fs::exists(path) && !isFolder)
      return wrong("cannot write '" + path + "': it is " + (isNamed ? "a" : "no") + " folder");
    SmallVector<std::string> targets;
    if (isNamed)
      targets.push_back(path.str());
    else
      for (StringRef output : names)
        targets.push_back(pathInFolder(path, output));
    for (StringRef target : targets)
      for (auto &[file, role] : read) {
        bool isSame = false;
        if (!llvm::sys::fs::equivalent(target, file, isSame) && isSame)
          return wrong("cannot write '" + target + "': it is " + role);
      }
  }
  return success();
}

static LogicalResult readArguments(func::FuncOp function, std::vector<ref::Value> &arguments) {
  FailureOr<std::vector<std::optional<std::string>>> files = matchInputs(function);
  if (failed(files))
    return failure();
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
    std::string name = nameOf(function.getArgAttrDict(index), index);
    const std::optional<std::string> &paths = (*files)[index];
    if (!paths)
      return function.emitError("expected input '")
             << name << "', but got none (pass -i " << name << "=file.npy)";
    FailureOr<ref::Value> value = readValue(function, type, name, *paths);
    if (failed(value))
      return failure();
    arguments.push_back(*value);
  }
  return success();
}

static void printValue(llvm::raw_ostream &os, const ref::Value &value) {
  if (value.isTensor()) {
    if (value.getTensor().getElementType().isIndex())
      os << "index = " << value.getIndex();
    else
      os << value.getTensor().getType() << " = " << value.getTensor().str(printLimit);
    return;
  }
  os << value.getType() << " = ";
  if (value.isOptional()) {
    if (value.hasValue())
      printValue(os, value.getOptional());
    else
      os << "none";
    return;
  }
  os << '{';
  llvm::interleave(
      value.getElements(), os, [&](const ref::Value &element) { printValue(os, element); }, "; ");
  os << '}';
}

/// The file that `-o` gives for an output; empty when it is printed.
static std::string outputPath(StringRef name) {
  for (StringRef text : outputs)
    if (text.contains('=') && text.rsplit('=').first == name)
      return text.rsplit('=').second.str();
  for (StringRef text : outputs) {
    if (text.contains('='))
      continue;
    llvm::sys::fs::create_directories(text);
    return pathInFolder(text, name);
  }
  return {};
}

static llvm::Error writeTensor(const ref::Tensor &tensor, StringRef path) {
  return ::weft::writeOutputFile(path, [&](llvm::raw_ostream &os) { ref::writeNpy(tensor, os); });
}

/// Writes a tensor to `<stem>.npy`, the elements of a sequence to `<stem>.<i>.npy`; an absent optional writes
/// nothing.
static LogicalResult writeValue(func::FuncOp function, const ref::Value &value, StringRef path) {
  if (value.isOptional())
    return value.hasValue() ? writeValue(function, value.getOptional(), path) : success();
  if (value.isSequence()) {
    StringRef stem = path;
    stem.consume_back(".npy");
    for (auto [i, element] : llvm::enumerate(value.getElements()))
      if (failed(writeValue(function, element, (stem + "." + Twine(i) + ".npy").str())))
        return failure();
    return success();
  }
  llvm::Error error = writeTensor(value.getTensor(), path);
  return error ? function.emitError(llvm::toString(std::move(error))) : success();
}

static LogicalResult writeResults(func::FuncOp function, ArrayRef<ref::Value> results,
                                  llvm::raw_ostream &os) {
  for (auto [index, value] : llvm::enumerate(results)) {
    std::string name = nameOf(function.getResultAttrDict(index), index), path = outputPath(name);
    if (!path.empty()) {
      if (failed(writeValue(function, value, path)))
        return failure();
      continue;
    }
    os << '@' << function.getName() << ' ' << name << ": ";
    printValue(os, value);
    os << '\n';
  }
  return success();
}

/// Writes the results of each op, for comparison node by node.
static void dumpResults(Operation *op, ArrayRef<ref::Value> results, int64_t &count) {
  llvm::sys::fs::create_directories(dumpDir);
  std::string stem = std::to_string(count++);
  if (auto name = dyn_cast<NameLoc>(op->getLoc()))
    stem += "-" + name.getName().str();
  std::replace(stem.begin(), stem.end(), '/', '_');
  for (auto [index, value] : llvm::enumerate(results)) {
    std::string file = stem + "." + std::to_string(index) + ".npy";
    SmallString<128> path(dumpDir);
    llvm::sys::path::append(path, file);
    if (!value.isTensor())
      continue;
    if (llvm::Error error = writeTensor(value.getTensor(), path))
      op->emitWarning(llvm::toString(std::move(error)));
  }
}

static LogicalResult runFunction(func::FuncOp function, llvm::raw_ostream &os) {
  std::vector<ref::Value> arguments;
  if (failed(readArguments(function, arguments)))
    return failure();
  ref::InterpreterOptions options;
  options.checkDims = !noCheckDims;
  int64_t count = 0;
  if (!dumpDir.empty())
    options.onResult = [&](Operation *op, ArrayRef<ref::Value> results) { dumpResults(op, results, count); };
  FailureOr<std::vector<ref::Value>> results = ref::Interpreter(options).run(function, arguments);
  return failed(results) ? failure() : writeResults(function, *results, os);
}

static LogicalResult runModule(ModuleOp module, llvm::raw_ostream &os) {
  std::string name = entry.empty() ? "main" : entry.getValue();
  SmallVector<func::FuncOp> functions;
  if (auto function = module.lookupSymbol<func::FuncOp>(name)) {
    functions.push_back(function);
  } else if (!entry.empty()) {
    std::vector<std::string> names;
    for (auto known : module.getOps<func::FuncOp>())
      names.push_back(known.getName().str());
    return wrong("expected --entry of a function (" + quoteList(names) + "), but got '" + name + "'");
  } else {
    for (auto function : module.getOps<func::FuncOp>())
      if (function.getNumArguments() == 0)
        functions.push_back(function);
  }
  if (!functions.empty() && !splitFile && failed(checkOutputs(functions)))
    return failure();
  bool isOk = true;
  for (func::FuncOp function : functions)
    isOk &= succeeded(runFunction(function, os));
  if (functions.empty())
    return module.emitError("expected a function to run ('main', or one without arguments), but got none; "
                            "name one with --entry");
  return success(isOk);
}

/// What the command line decides about an ONNX model.
static FailureOr<::weft::ImportOptions> importOptions() {
  ::weft::ImportOptions options;
  std::string error;
  using Adder = LogicalResult (*)(::weft::ImportOptions &, StringRef, std::string &);
  std::tuple<StringRef, std::vector<std::string> *, Adder> lists[] = {
      {"shape", &shapes, ::weft::addShapeOption},
      {"dim", &dims, ::weft::addDimOption},
      {"bind", &bindings, ::weft::addBindOption}};
  for (auto [name, texts, add] : lists)
    for (StringRef text : *texts)
      if (failed(add(options, text, error))) {
        llvm::errs() << "weft-interp: --" << name << ": " << error << '\n';
        return failure();
      }
  return options;
}

/// Exit status of a command line that cannot be meant.
constexpr int kWrongCommandLine = 2;

/// Exit status of the command; failure when what it printed has not arrived (a full disk).
static int finish(LogicalResult result) {
  llvm::outs().flush();
  std::error_code error = llvm::outs().error();
  llvm::outs().clear_error(); // or the stream's destructor ends the program
  if (error)
    llvm::errs() << "weft-interp: cannot write the output: " << error.message() << '\n';
  return isCommandWrong ? kWrongCommandLine : succeeded(result) && !error ? 0 : 1;
}

/// Reports as weftc does: the problems of a model have no line.
static void describeProblemsOfModel(MLIRContext &context) {
  context.getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
    isCommandWrong |= mlir::weft::isOfOption(diagnostic);
    llvm::errs() << (diagnostic.getSeverity() == DiagnosticSeverity::Error ? "error: " : "warning: ");
    if (auto file = dyn_cast<FileLineColLoc>(diagnostic.getLocation()))
      llvm::errs() << '\'' << file.getFilename().getValue() << "': ";
    else if (auto node = dyn_cast<NameLoc>(diagnostic.getLocation()))
      llvm::errs() << "node '" << node.getName().getValue() << "': ";
    llvm::errs() << diagnostic.str() << '\n';
    return success();
  });
}

int main(int argc, char **argv) {
  ::weft::tool::settleStandardStreams();
  llvm::InitLLVM init(argc, argv);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << "weft-interp " WEFT_VERSION "\n"; });
  cl::HideUnrelatedOptions(category);
  if (!cl::ParseCommandLineOptions(argc, argv,
                                   "Evaluates weft IR with the reference semantics.\n\n"
                                   "  weft-interp model.mlir -i x=x.npy -o results/\n"
                                   "  weft-interp model.onnx -i x=x.npy\n",
                                   &llvm::errs()))
    return kWrongCommandLine;
  DialectRegistry registry;
  registry.insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, math::MathDialect,
                  quant::QuantDialect, mlir::weft::WeftDialect>();
  MLIRContext context(registry);
  if (StringRef(modelPath).ends_with(".onnx")) {
    FailureOr<::weft::ImportOptions> options = importOptions();
    if (failed(options))
      return kWrongCommandLine;
    describeProblemsOfModel(context);
    FailureOr<OwningOpRef<ModuleOp>> module = ::weft::importONNX(modelPath, context, *options);
    return finish(failed(module) ? failure() : runModule(**module, llvm::outs()));
  }
  if (!shapes.empty() || !dims.empty() || !bindings.empty()) {
    (void)wrong("--shape, --dim and --bind are about the import of ONNX models, but '" + modelPath +
                "' is IR");
    return kWrongCommandLine;
  }
  if (::weft::isArtifact(modelPath)) {
    (void)wrong("'" + modelPath + "' is an artifact: it is compiled already; weft run takes it");
    return kWrongCommandLine;
  }
  if (modelPath != "-" && !llvm::sys::fs::is_directory(modelPath) && !::weft::hasEnd(modelPath)) {
    llvm::errs() << "weft-interp: cannot read " << modelPath << ": expected a file or a pipe\n";
    return 1;
  }
  auto file = llvm::MemoryBuffer::getFileOrSTDIN(modelPath);
  if (!file) {
    llvm::errs() << "weft-interp: cannot read " << modelPath << ": " << file.getError().message() << '\n';
    return 1;
  }
  if ((*file)->getBuffer().trim().empty()) {
    llvm::errs() << "weft-interp: expected IR with a function to run, but '" << modelPath << "' is empty\n";
    return 1;
  }
  auto run = [&](std::unique_ptr<llvm::MemoryBuffer> buffer, llvm::raw_ostream &os) {
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(std::move(buffer), SMLoc());
    SourceMgrDiagnosticHandler handler(sources, &context);
    OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
    return module ? runModule(*module, os) : failure();
  };
  LogicalResult result = splitFile ? splitAndProcessBuffer(std::move(*file), run, llvm::outs())
                                   : run(std::move(*file), llvm::outs());
  return finish(result);
}
