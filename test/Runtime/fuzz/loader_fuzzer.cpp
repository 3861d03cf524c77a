// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libFuzzer target of the artifact loader: opens arbitrary bytes for inspection, with and without right
// checksums, and reads everything that the module then says.
//
// Code objects of mutated files are never loaded: they would be executed.

#include "artifact_builder.h"
#include "weft_runtime.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace {

size_t lengthOf(const char *text) { return text ? strlen(text) : 0; }

size_t readValues(const weft_value_info *values, size_t count) {
  size_t sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += lengthOf(values[i].name);
    for (uint32_t d = 0; d < values[i].rank; ++d)
      sum += lengthOf(values[i].dims[d].symbol);
  }
  return sum;
}

/// Touches every string and array, so that sanitizers see a wrong one.
size_t readAll(weft_module *module) {
  weft_module_info info{};
  info.struct_size = sizeof(info);
  weft_module_get_info(module, &info);
  size_t sum = lengthOf(info.model) + lengthOf(info.compiler);
  for (size_t i = 0; i < info.entry_count; ++i) {
    const weft_entry_info &entry = info.entries[i];
    sum += lengthOf(entry.name) + readValues(entry.inputs, entry.input_count) +
           readValues(entry.outputs, entry.output_count);
    std::vector<std::vector<int64_t>> dims(entry.input_count);
    std::vector<int64_t *> pointers;
    for (size_t k = 0; k < entry.input_count; ++k) {
      dims[k].assign(entry.inputs[k].rank, k % 2 ? 3 : -1);
      pointers.push_back(dims[k].data());
    }
    weft_module_complete_dims(module, static_cast<uint32_t>(i), pointers.data(), nullptr);
  }
  for (size_t i = 0; i < info.kernel_count; ++i)
    for (size_t k = 0; k < info.kernels[i].node_count; ++k)
      sum += lengthOf(info.kernels[i].nodes[k]);
  for (size_t i = 0; i < info.level_count; ++i)
    for (size_t k = 0; k < info.levels[i].feature_count; ++k)
      sum += lengthOf(info.levels[i].features[k]);
  for (size_t i = 0; i < info.message_count; ++i)
    sum += lengthOf(info.messages[i]);
  for (size_t i = 0; i < info.metadata_count; ++i)
    sum += lengthOf(info.metadata[i].key) + lengthOf(info.metadata[i].value);
  return sum;
}

volatile size_t sink;

void openOnce(const uint8_t *data, size_t size, weft_verify verify) {
  weft_module_options options;
  weft_module_options_init(&options);
  options.inspect_only = 1;
  options.verify = verify;
  options.verify_threads = 1;
  weft_module *module = nullptr;
  weft_status status;
  weft_code code = weft_module_open_memory(data, size, &options, &module, &status);
  if (code != WEFT_OK) {
    if (status.code != code || !memchr(status.message, 0, sizeof(status.message)) || !status.message[0])
      abort();
    return;
  }
  sink = readAll(module);
  weft_module_release(module);
}

/// Wraps the input as the metadata of a file whose header is right, so that the fuzzer gets past the
/// checksums.
void openAsMetadata(const uint8_t *data, size_t size) {
  namespace file = weft::file;
  std::vector<uint8_t> bytes(sizeof(file::Header) + size);
  file::Header header = file::makeHeader(bytes.size(), sizeof(file::Header), data, size);
  memcpy(bytes.data(), &header, sizeof(header));
  if (size)
    memcpy(bytes.data() + sizeof(header), data, size);
  openOnce(bytes.data(), bytes.size(), WEFT_VERIFY_HEADER);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  if (data[0] == 'M') { // metadata alone: what the mutations reach most with
    openAsMetadata(data + 1, size - 1);
    return 0;
  }
  openOnce(data, size, WEFT_VERIFY_ALL);
  return 0;
}

/// Writes the seeds, a whole artifact and its metadata alone, to the corpus folder on the command line.
extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv) {
  std::string folder;
  for (int i = 1; i < *argc; ++i)
    if ((*argv)[i][0] != '-')
      folder = (*argv)[i];
  if (folder.empty() || !std::filesystem::is_directory(folder))
    return 0;
  weft::test::ArtifactSpec spec;
  spec.codeBytes = "x";
  std::vector<uint8_t> bytes = weft::test::build(spec);
  weft::file::Header header;
  memcpy(&header, bytes.data(), sizeof(header));
  std::vector<uint8_t> metadata(1, 'M');
  metadata.insert(metadata.end(), bytes.begin() + static_cast<ptrdiff_t>(header.rootOffset),
                  bytes.begin() + static_cast<ptrdiff_t>(header.rootOffset + header.rootBytes));
  for (auto [name, contents] : {std::pair("whole", &bytes), std::pair("metadata", &metadata)})
    std::ofstream(folder + "/" + name, std::ios::binary)
        .write(reinterpret_cast<const char *>(contents->data()),
               static_cast<std::streamsize>(contents->size()));
  return 0;
}
