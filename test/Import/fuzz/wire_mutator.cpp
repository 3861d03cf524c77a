// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A protobuf message as a tree of fields, changed at one place and written again.
#include "wire_mutator.h"

#include <random>
#include <utility>
#include <vector>

namespace {

enum WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
constexpr int maxDepth = 24;

/// A field: a number, or bytes, which are also a list of fields where they parse as one.
struct Field {
  uint32_t number = 0;
  WireType type = kVarint;
  uint64_t value = 0;
  std::string bytes;
  std::vector<Field> children;
};

bool readVarint(const std::string &in, size_t &at, uint64_t &out) {
  out = 0;
  for (unsigned shift = 0; at < in.size() && shift < 64; shift += 7) {
    auto byte = static_cast<uint8_t>(in[at++]);
    out |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80)
      return true;
  }
  return false;
}

bool readFixed(const std::string &in, size_t &at, size_t width, uint64_t &out) {
  if (in.size() - at < width)
    return false;
  out = 0;
  for (size_t i = 0; i < width; ++i)
    out |= static_cast<uint64_t>(static_cast<uint8_t>(in[at++])) << (8 * i);
  return true;
}

/// Whether `in` is a message; texts sometimes look like one, which only makes the changes wilder.
bool parse(const std::string &in, std::vector<Field> &out, int depth) {
  for (size_t at = 0; at < in.size();) {
    uint64_t key = 0, length = 0;
    Field field;
    if (!readVarint(in, at, key) || key >> 3 == 0 || key >> 3 > 10000)
      return false;
    field.number = static_cast<uint32_t>(key >> 3);
    field.type = static_cast<WireType>(key & 7);
    switch (field.type) {
    case kVarint:
      if (!readVarint(in, at, field.value))
        return false;
      break;
    case kFixed64:
    case kFixed32:
      if (!readFixed(in, at, field.type == kFixed64 ? 8 : 4, field.value))
        return false;
      break;
    case kBytes:
      if (!readVarint(in, at, length) || length > in.size() - at)
        return false;
      field.bytes = in.substr(at, length);
      at += length;
      if (depth < maxDepth && !parse(field.bytes, field.children, depth + 1))
        field.children.clear();
      break;
    default:
      return false;
    }
    out.push_back(std::move(field));
  }
  return true;
}

void writeVarint(uint64_t value, std::string &out) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

std::string print(const std::vector<Field> &fields) {
  std::string out;
  for (const Field &field : fields) {
    writeVarint(uint64_t(field.number) << 3 | field.type, out);
    if (field.type == kVarint)
      writeVarint(field.value, out);
    for (unsigned i = 0; i < (field.type == kFixed64 ? 8u : field.type == kFixed32 ? 4u : 0u); ++i)
      out.push_back(static_cast<char>(field.value >> (8 * i)));
    if (field.type != kBytes)
      continue;
    std::string bytes = field.children.empty() ? field.bytes : print(field.children);
    writeVarint(bytes.size(), out);
    out += bytes;
  }
  return out;
}

class Mutator {
public:
  Mutator(std::vector<Field> &root, uint64_t seed,
          const std::function<size_t(uint8_t *, size_t, size_t)> &mutateBytes)
      : random(seed), mutateBytes(mutateBytes) {
    collect(root);
  }

  void run() {
    if (lists.empty())
      return;
    std::vector<Field> &list = *lists[pick(lists.size())];
    size_t at = pick(list.size());
    switch (pick(8)) {
    case 0:
      list.erase(list.begin() + static_cast<ptrdiff_t>(at));
      return;
    case 1: {
      Field copy = list[at];
      list.insert(list.begin() + static_cast<ptrdiff_t>(pick(list.size() + 1)), std::move(copy));
      return;
    }
    case 2:
      std::swap(list[at], list[pick(list.size())]);
      return;
    case 3: { // a field of the same number from elsewhere: another name, another type, another graph
      Field other = anyLike(list[at]);
      list[at] = std::move(other);
      return;
    }
    default:
      changeValue(list[at]);
    }
  }

private:
  void collect(std::vector<Field> &list) {
    if (list.empty())
      return;
    lists.push_back(&list);
    for (Field &field : list)
      collect(field.children);
  }

  size_t pick(size_t count) { return count ? random() % count : 0; }

  Field anyLike(const Field &field) {
    std::vector<const Field *> found;
    for (std::vector<Field> *list : lists)
      for (const Field &other : *list)
        if (other.number == field.number && other.type == field.type)
          found.push_back(&other);
    return *found[pick(found.size())];
  }

  void changeValue(Field &field) {
    if (field.type != kBytes) {
      constexpr uint64_t odd[] = {0,
                                  1,
                                  2,
                                  3,
                                  7,
                                  8,
                                  16,
                                  23,
                                  64,
                                  1000,
                                  1 << 16,
                                  (1ull << 31) - 1,
                                  1 << 30,
                                  1ull << 31,
                                  1ull << 32,
                                  ~0ull,
                                  ~0ull - 1,
                                  1ull << 40,
                                  (1ull << 63) - 1,
                                  1ull << 63};
      constexpr size_t count = sizeof(odd) / sizeof(odd[0]);
      size_t at = pick(count + 4);
      field.value = at < count        ? odd[at]
                    : at == count     ? field.value + 1
                    : at == count + 1 ? field.value - 1
                                      : random();
      return;
    }
    if (pick(3) == 0)
      field.bytes = anyBytes();
    field.children.clear(); // not before: `lists` reaches into them
    size_t size = field.bytes.size(), most = size + 16;
    field.bytes.resize(most);
    field.bytes.resize(mutateBytes(reinterpret_cast<uint8_t *>(field.bytes.data()), size, most));
  }

  std::string anyBytes() {
    std::vector<const std::string *> found;
    for (std::vector<Field> *list : lists)
      for (const Field &other : *list)
        if (other.type == kBytes && other.children.empty())
          found.push_back(&other.bytes);
    return found.empty() ? std::string() : *found[pick(found.size())];
  }

  std::minstd_rand random;
  const std::function<size_t(uint8_t *, size_t, size_t)> &mutateBytes;
  std::vector<std::vector<Field> *> lists;
};

} // namespace

std::string weft::test::mutateMessage(const std::string &message, uint64_t seed,
                                      const std::function<size_t(uint8_t *, size_t, size_t)> &mutateBytes) {
  std::vector<Field> fields;
  if (!parse(message, fields, 0))
    return message;
  Mutator(fields, seed, mutateBytes).run();
  return print(fields);
}
