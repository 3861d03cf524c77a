// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weft inspect`: what an artifact holds, for people, for programs and for FileCheck.

#include "model.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace weft::tool {

namespace {

using Json = nlohmann::ordered_json;

Json valueJson(const weft_value_info &value) {
  constexpr const char *kinds[] = {"tensor", "sequence", "optional"};
  Json shape = Json::array(), dims = Json::array();
  for (uint32_t d = 0; d < value.rank; ++d) {
    const weft_dim_info &dim = value.dims[d];
    Json size = dim.size >= 0 ? Json(dim.size) : Json(dim.symbol ? dim.symbol : "?");
    shape.push_back(size);
    Json detail = {{"size", size}};
    if (dim.size < 0)
      detail.update({{"min", dim.min}, {"max", dim.max >= 0 ? Json(dim.max) : Json()}});
    dims.push_back(detail);
  }
  return {{"name", value.name},
          {"kind", kinds[value.kind]},
          {"item", value.kind == WEFT_OPTIONAL ? Json(kinds[value.item]) : Json()},
          {"dtype", weft_dtype_name(value.dtype)},
          {"shape", value.any_rank ? Json() : shape},
          {"dims", dims}};
}

Json valuesJson(const weft_value_info *values, size_t count) {
  Json out = Json::array();
  for (size_t i = 0; i < count; ++i)
    out.push_back(valueJson(values[i]));
  return out;
}

Json textsJson(const char *const *texts, size_t count) {
  Json out = Json::array();
  for (size_t i = 0; i < count; ++i)
    out.push_back(texts[i]);
  return out;
}

/// Operations or bytes: a number, an expression of the dims' symbols, or null.
Json workJson(int64_t number, const char *expression) {
  return number ? Json(number) : *expression ? Json(expression) : Json();
}

Json kernelJson(const weft_kernel_info &kernel) {
  return {{"name", kernel.name},
          {"kind", kernel.kind},
          {"flops", workJson(kernel.flops, kernel.flops_expr)},
          {"bytes", workJson(kernel.bytes, kernel.bytes_expr)},
          {"schedule", kernel.schedule},
          {"notes", textsJson(kernel.notes, kernel.note_count)},
          {"nodes", textsJson(kernel.nodes, kernel.node_count)}};
}

Json entryJson(const weft_entry_info &entry) {
  Json aliases = Json::array(), sizes = Json::object();
  for (size_t k = 0; k < entry.output_count; ++k)
    aliases.push_back(entry.aliases[k]);
  for (size_t k = 0; k < entry.size_count; ++k)
    sizes[entry.sizes[k].name] = entry.sizes[k].size;
  return {{"name", entry.name},
          {"sizes", sizes},
          {"kernel_begin", entry.kernel_begin},
          {"kernel_count", entry.kernel_count},
          {"inputs", valuesJson(entry.inputs, entry.input_count)},
          {"outputs", valuesJson(entry.outputs, entry.output_count)},
          {"aliases", aliases},
          {"arena_bytes", entry.arena_bytes}};
}

Json levelJson(const weft_level_info &level) {
  return {{"level", level.level},
          {"arch", level.arch},
          {"features", textsJson(level.features, level.feature_count)},
          {"bytes", level.bytes},
          {"missing_here", level.missing ? Json(level.missing) : Json()}};
}

/// Nodes that kernels compute; several kernels, and those of all entries, may compute one.
size_t countKernelNodes(const weft_module_info &info) {
  std::set<std::string> nodes;
  for (size_t i = 0; i < info.kernel_count; ++i)
    nodes.insert(info.kernels[i].nodes, info.kernels[i].nodes + info.kernels[i].node_count);
  return nodes.size();
}

Json moduleJson(const weft_module_info &info) {
  const weft_entry_info &main = info.entries[0];
  Json json = {{"model", info.model},
               {"compiler", info.compiler},
               {"format_version", info.format_version},
               {"abi_version", info.abi_version},
               {"inputs", valuesJson(main.inputs, main.input_count)},
               {"outputs", valuesJson(main.outputs, main.output_count)},
               {"arena_bytes", main.arena_bytes},
               {"weights_bytes", info.weights_bytes},
               {"code_bytes", info.code_bytes},
               {"file_bytes", info.file_bytes},
               {"devices", {"cpu"}},
               {"keeps_denormals", info.keeps_denormals != 0},
               {"kernel_nodes", countKernelNodes(info)},
               {"host_nodes", info.host_nodes},
               {"runtime_nodes", info.runtime_nodes},
               {"entries", Json::array()},
               {"levels", Json::array()},
               {"kernels", Json::array()},
               {"segments", Json::array()},
               {"messages", textsJson(info.messages, info.message_count)},
               {"libraries", textsJson(info.libraries, info.library_count)},
               {"metadata", Json::object()}};
  for (size_t i = 0; i < info.kernel_count; ++i)
    json["kernels"].push_back(kernelJson(info.kernels[i]));
  for (size_t i = 0; i < info.entry_count; ++i)
    json["entries"].push_back(entryJson(info.entries[i]));
  for (size_t i = 0; i < info.level_count; ++i)
    json["levels"].push_back(levelJson(info.levels[i]));
  for (size_t i = 0; i < info.segment_count; ++i)
    json["segments"].push_back({{"offset", info.segments[i].offset}, {"bytes", info.segments[i].bytes}});
  for (size_t i = 0; i < info.metadata_count; ++i)
    json["metadata"][info.metadata[i].key] = info.metadata[i].value;
  return json;
}

void printForPeople(const char *file, const weft_module_info &info) {
  printf("%s: %s\n", file, *info.model ? info.model : "(no model name)");
  printf("  compiled by %s\n", *info.compiler ? info.compiler : "(unknown)");
  for (size_t i = 0; i < info.entry_count; ++i) {
    if (info.entry_count > 1)
      printf("  entry '%s': %zu kernels from number %zu\n", info.entries[i].name,
             info.entries[i].kernel_count, info.entries[i].kernel_begin);
    printf("%s", describeSignature(info.entries[i]).c_str());
    printf("  arena %s\n", describeBytes(static_cast<uint64_t>(info.entries[i].arena_bytes)).c_str());
  }
  printf("  file %s: weights %s in %zu segment%s, code %s\n", describeBytes(info.file_bytes).c_str(),
         describeBytes(info.weights_bytes).c_str(), info.segment_count, info.segment_count == 1 ? "" : "s",
         describeBytes(info.code_bytes).c_str());
  for (size_t i = 0; i < info.level_count; ++i) {
    const weft_level_info &level = info.levels[i];
    printf("  level %s for %s, %s%s%s\n", level.level, level.arch, describeBytes(level.bytes).c_str(),
           level.missing ? ", cannot run here: needs " : ", runs here", level.missing ? level.missing : "");
  }
  size_t nodes = countKernelNodes(info);
  printf("  %zu kernel%s for %zu node%s, %d node%s in host code, %d with runtime calls\n", info.kernel_count,
         info.kernel_count == 1 ? "" : "s", nodes, nodes == 1 ? "" : "s", info.host_nodes,
         info.host_nodes == 1 ? "" : "s", info.runtime_nodes);
  for (size_t i = 0; i < info.kernel_count; ++i) {
    const weft_kernel_info &kernel = info.kernels[i];
    printf("    %-4zu %-14s ", i, *kernel.kind ? kernel.kind : "-");
    for (size_t k = 0; k < kernel.node_count; ++k)
      printf("%s%s", k ? ", " : "", kernel.nodes[k]);
    printf("%s\n", kernel.node_count ? "" : kernel.name);
  }
  for (size_t i = 0; i < info.metadata_count; ++i)
    printf("  %s: %s\n", info.metadata[i].key, info.metadata[i].value);
}

std::string workText(int64_t number, const char *expression) {
  return number || !*expression ? std::to_string(number) : "\"" + std::string(expression) + "\"";
}

void dumpValues(const char *role, const weft_value_info *values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    printf("  %s %zu \"%s\" %s", role, i, values[i].name, describeValue(values[i]).c_str());
    for (uint32_t d = 0; d < values[i].rank; ++d) {
      const weft_dim_info &dim = values[i].dims[d];
      if (dim.size < 0 && (dim.min > 0 || dim.max >= 0))
        printf(" dim%u=%lld..%s", d, static_cast<long long>(dim.min),
               dim.max >= 0 ? std::to_string(dim.max).c_str() : "");
    }
    printf("\n");
  }
}

/// One fact per line, in file order, without sizes that depend on the machine or the compiler's version.
void printDump(const weft_module_info &info) {
  printf("artifact \"%s\" format %u abi %u\n", info.model, info.format_version, info.abi_version);
  for (size_t i = 0; i < info.entry_count; ++i) {
    const weft_entry_info &entry = info.entries[i];
    printf("entry \"%s\" arena %lld", entry.name, static_cast<long long>(entry.arena_bytes));
    if (info.entry_count > 1)
      printf(" kernels %zu..%zu", entry.kernel_begin, entry.kernel_begin + entry.kernel_count);
    for (size_t k = 0; k < entry.size_count; ++k)
      printf(" \"%s\"=%lld", entry.sizes[k].name, static_cast<long long>(entry.sizes[k].size));
    printf("\n");
    dumpValues("input", entry.inputs, entry.input_count);
    dumpValues("output", entry.outputs, entry.output_count);
    for (size_t k = 0; k < entry.output_count; ++k)
      if (entry.aliases[k] >= 0)
        printf("  alias output %zu input %d\n", k, entry.aliases[k]);
  }
  for (size_t i = 0; i < info.level_count; ++i) {
    const weft_level_info &level = info.levels[i];
    printf("code \"%s\" %s", level.level, level.arch);
    for (size_t k = 0; k < level.feature_count; ++k)
      printf(" +%s", level.features[k]);
    printf("\n");
  }
  for (size_t i = 0; i < info.segment_count; ++i)
    printf("constants %zu bytes %llu\n", i, static_cast<unsigned long long>(info.segments[i].bytes));
  for (size_t i = 0; i < info.kernel_count; ++i) {
    const weft_kernel_info &kernel = info.kernels[i];
    printf("kernel %zu \"%s\" kind \"%s\" flops %s bytes %s nodes", i, kernel.name, kernel.kind,
           workText(kernel.flops, kernel.flops_expr).c_str(),
           workText(kernel.bytes, kernel.bytes_expr).c_str());
    for (size_t k = 0; k < kernel.node_count; ++k)
      printf(" \"%s\"", kernel.nodes[k]);
    printf("\n");
  }
  printf("nodes host %d runtime %d\n", info.host_nodes, info.runtime_nodes);
  for (size_t i = 0; i < info.message_count; ++i)
    printf("message %zu \"%s\"\n", i, info.messages[i]);
  for (size_t i = 0; i < info.library_count; ++i)
    printf("library \"%s\"\n", info.libraries[i]);
  for (size_t i = 0; i < info.metadata_count; ++i)
    printf("metadata \"%s\" \"%s\"\n", info.metadata[i].key, info.metadata[i].value);
}

} // namespace

ExitStatus inspectCommand(const InspectOptions &options) {
  weft_module_options open;
  weft_module_options_init(&open);
  open.inspect_only = 1;
  open.verify = options.isHeaderOnly ? WEFT_VERIFY_HEADER : WEFT_VERIFY_ALL;
  weft_status status;
  weft_module *opened = nullptr;
  if (weft_module_open(options.artifact.c_str(), &open, &opened, &status))
    return report(Failed, status.message);
  ModulePtr module(opened);
  weft_module_info info{};
  info.struct_size = sizeof(info);
  weft_module_get_info(module.get(), &info);
  if (options.isJson)
    printf("%s\n", moduleJson(info).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  else if (options.isDump)
    printDump(info);
  else
    printForPeople(options.artifact.c_str(), info);
  return fflush(stdout) == 0 ? Done : report(Failed, "The output cannot be written.");
}

} // namespace weft::tool
