// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes lists: the runtime's side of sequences and optionals.

#include "lists.h"

#include "session.h"
#include "status.h"

#include <cstring>

namespace weft::rt {

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void *ListMemory::take(Memory &memory, size_t bytes) {
  size_t rounded = alignUp(bytes ? bytes : 1, tensorAlignment);
  if (rounded < bytes)
    return nullptr;
  if (!chunks || chunks->capacity - chunks->used < rounded) {
    constexpr size_t leastBytes = 16 << 10;
    size_t capacity = chunks ? 2 * chunks->capacity : leastBytes;
    capacity = capacity < wanted ? wanted : capacity;
    capacity = capacity < rounded ? rounded : capacity;
    auto *chunk = static_cast<Chunk *>(memory.allocate(capacity + tensorAlignment));
    if (!chunk && capacity > rounded) {
      capacity = rounded;
      chunk = static_cast<Chunk *>(memory.allocate(capacity + tensorAlignment));
    }
    if (!chunk)
      return nullptr;
    *chunk = {chunks, capacity, 0};
    chunks = chunk;
    wanted = 0;
  }
  void *data = chunks->data() + chunks->used;
  chunks->used += rounded;
  return data;
}

bool ListMemory::owns(const void *data) const {
  auto place = reinterpret_cast<uintptr_t>(data);
  for (Chunk *chunk = chunks; chunk; chunk = chunk->next) {
    auto start = reinterpret_cast<uintptr_t>(chunk->data());
    if (place >= start && place < start + chunk->used)
      return true;
  }
  return false;
}

void ListMemory::reset(Memory &memory) {
  if (!chunks)
    return;
  if (!chunks->next) {
    chunks->used = 0;
    return;
  }
  size_t sum = 0;
  for (Chunk *chunk = chunks; chunk; chunk = chunk->next)
    sum += chunk->used;
  free(memory);
  wanted = sum;
}

void ListMemory::free(Memory &memory) {
  while (Chunk *chunk = chunks) {
    chunks = chunk->next;
    memory.release(chunk, chunk->capacity + tensorAlignment);
  }
}

//===----------------------------------------------------------------------===//
// Lists
//===----------------------------------------------------------------------===//

List *makeList(ListMemory &lists, Memory &memory, int64_t count, int64_t capacity, weft_item *&outItems) {
  size_t bytes;
  if (!checkedMul(static_cast<size_t>(capacity), sizeof(weft_item), bytes))
    return nullptr;
  auto *list = static_cast<List *>(lists.take(memory, sizeof(List) + sizeof(ListStorage)));
  outItems = static_cast<weft_item *>(lists.take(memory, bytes));
  if (!list || !outItems)
    return nullptr;
  auto *storage = reinterpret_cast<ListStorage *>(list + 1);
  *storage = {outItems, count, capacity};
  *list = {{count, outItems}, storage};
  return list;
}

bool keepItem(ListMemory &lists, Memory &memory, const weft_item &from, weft_item &to) {
  to = from;
  if (from.bytes < 0)
    return true;
  size_t dimBytes = static_cast<size_t>(from.rank) * sizeof(int64_t);
  if (!lists.owns(from.dims)) {
    auto *dims = static_cast<int64_t *>(lists.take(memory, dimBytes));
    if (!dims)
      return false;
    if (dimBytes)
      memcpy(dims, from.dims, dimBytes);
    to.dims = dims;
  }
  if (!lists.owns(from.data)) {
    void *data = lists.take(memory, static_cast<size_t>(from.bytes));
    if (!data)
      return false;
    if (from.bytes)
      memcpy(data, from.data, static_cast<size_t>(from.bytes));
    to.data = data;
  }
  return true;
}

namespace {

weft_session &sessionOf(void *ctx) { return *static_cast<weft_session *>(ctx); }

int32_t reportNoMemory(weft_session &session) {
  return remember(session, fail(session.status, WEFT_RESOURCE_MEMORY, "There is no memory for a sequence."));
}

const List &listOf(const weft_list *list) { return *reinterpret_cast<const List *>(list); }

} // namespace

int32_t listMake(void *ctx, const weft_item *items, int64_t count, const weft_list **outList) {
  weft_session &session = sessionOf(ctx);
  ListMemory &lists = session.lists[session.listTurn];
  weft_item *kept = nullptr;
  List *list = makeList(lists, session.memory, count, count < 4 ? 4 : count, kept);
  for (int64_t i = 0; list && i < count; ++i)
    if (!keepItem(lists, session.memory, items[i], kept[i]))
      list = nullptr;
  if (!list)
    return reportNoMemory(session);
  *outList = &list->base;
  return WEFT_OK;
}

int32_t listInsert(void *ctx, const weft_list *from, const weft_item *item, int64_t position,
                   const weft_list **outList) {
  weft_session &session = sessionOf(ctx);
  ListMemory &lists = session.lists[session.listTurn];
  weft_item kept;
  if (!keepItem(lists, session.memory, *item, kept))
    return reportNoMemory(session);
  int64_t count = from->count;
  ListStorage *storage = listOf(from).storage;
  if (position == count && storage->used == count && count < storage->capacity) {
    auto *list = static_cast<List *>(lists.take(session.memory, sizeof(List)));
    if (!list)
      return reportNoMemory(session);
    storage->items[storage->used++] = kept;
    *list = {{count + 1, storage->items}, storage};
    *outList = &list->base;
    return WEFT_OK;
  }
  weft_item *items = nullptr;
  List *list = makeList(lists, session.memory, count + 1, 2 * count + 4, items);
  if (!list)
    return reportNoMemory(session);
  for (int64_t i = 0; i < position; ++i)
    items[i] = from->items[i];
  items[position] = kept;
  for (int64_t i = position; i < count; ++i)
    items[i + 1] = from->items[i];
  *outList = &list->base;
  return WEFT_OK;
}

int32_t listErase(void *ctx, const weft_list *from, int64_t position, const weft_list **outList) {
  weft_session &session = sessionOf(ctx);
  ListMemory &lists = session.lists[session.listTurn];
  int64_t count = from->count - 1;
  // The first elements are a list of the same storage.
  if (position == count) {
    auto *list = static_cast<List *>(lists.take(session.memory, sizeof(List)));
    if (!list)
      return reportNoMemory(session);
    *list = {{count, from->items}, listOf(from).storage};
    *outList = &list->base;
    return WEFT_OK;
  }
  weft_item *items = nullptr;
  List *list = makeList(lists, session.memory, count, count + 4, items);
  if (!list)
    return reportNoMemory(session);
  for (int64_t i = 0; i < count; ++i)
    items[i] = from->items[i < position ? i : i + 1];
  *outList = &list->base;
  return WEFT_OK;
}

//===----------------------------------------------------------------------===//
// Joining and splitting
//===----------------------------------------------------------------------===//

namespace {

/// A tensor seen as [outer, size, inner] bytes around an axis.
struct AxisBytes {
  int64_t outer = 1, inner;
};

AxisBytes viewAround(const int64_t *dims, int64_t rank, int64_t axis, int64_t elementBytes) {
  AxisBytes view;
  view.inner = elementBytes;
  for (int64_t d = 0; d < rank; ++d)
    (d < axis ? view.outer : view.inner) *= d == axis ? 1 : dims[d];
  return view;
}

/// Copies `length` of the axis of a tensor of `fromSize` at `fromStart` into one of `toSize` at `toStart`.
void copyAlong(const AxisBytes &view, char *to, int64_t toSize, int64_t toStart, const char *from,
               int64_t fromSize, int64_t fromStart, int64_t length) {
  auto bytes = static_cast<size_t>(length * view.inner);
  if (bytes == 0)
    return;
  for (int64_t o = 0; o < view.outer; ++o)
    memcpy(to + (o * toSize + toStart) * view.inner, from + (o * fromSize + fromStart) * view.inner, bytes);
}

} // namespace

int32_t listJoin(void *ctx, const weft_list *list, int64_t rank, int64_t axis, int32_t isNewAxis,
                 int64_t elementBytes, uint32_t message, int64_t *outDims, void **outData) {
  weft_session &session = sessionOf(ctx);
  int64_t outRank = rank + (isNewAxis ? 1 : 0), length = 0;
  for (int64_t i = 0; i < list->count; ++i) {
    const weft_item &item = list->items[i];
    if (item.rank != rank)
      return session.abi.fail(ctx, message, i, -1);
    for (int64_t d = 0; d < outRank; ++d) {
      if (d == axis) {
        if (__builtin_add_overflow(length, isNewAxis ? 1 : item.dims[d], &length))
          return session.abi.fail(ctx, message, i, d);
        continue;
      }
      int64_t size = item.dims[isNewAxis && d > axis ? d - 1 : d];
      if (i > 0 && size != outDims[d])
        return session.abi.fail(ctx, message, i, d);
      outDims[d] = size;
    }
  }
  for (int64_t d = 0; list->count == 0 && d < outRank; ++d)
    outDims[d] = outDims[d] < 0 ? 0 : outDims[d];
  outDims[axis] = length;
  int64_t bytes = elementBytes;
  bool isEmpty = false, isTooLarge = false;
  for (int64_t d = 0; d < outRank; ++d) {
    isEmpty |= outDims[d] == 0;
    isTooLarge |= __builtin_mul_overflow(bytes, outDims[d], &bytes);
  }
  bytes = isEmpty ? 0 : bytes;
  if (int32_t code = session.abi.alloc(ctx, !isEmpty && isTooLarge ? -1 : bytes, outData))
    return code;
  if (isEmpty)
    return WEFT_OK;
  AxisBytes view = viewAround(outDims, outRank, axis, elementBytes);
  int64_t start = 0;
  for (int64_t i = 0; i < list->count; ++i) {
    int64_t part = isNewAxis ? 1 : list->items[i].dims[axis];
    copyAlong(view, static_cast<char *>(*outData), length, start,
              static_cast<const char *>(list->items[i].data), part, 0, part);
    start += part;
  }
  return WEFT_OK;
}

int32_t listSplit(void *ctx, const weft_item *tensor, int64_t axis, int32_t keepsAxis, const int64_t *lengths,
                  int64_t count, uint32_t message, const weft_list **outList) {
  weft_session &session = sessionOf(ctx);
  ListMemory &lists = session.lists[session.listTurn];
  int64_t size = tensor->dims[axis], chunk = lengths ? lengths[0] : 1;
  bool isEven = count < 0;
  if (isEven) {
    if (chunk < 1)
      return session.abi.fail(ctx, message, chunk, size);
    count = size / chunk + (size % chunk != 0);
  } else {
    int64_t sum = 0;
    for (int64_t i = 0; i < count; ++i)
      if (lengths[i] < 0 || __builtin_add_overflow(sum, lengths[i], &sum))
        return session.abi.fail(ctx, message, lengths[i], size);
    if (sum != size)
      return session.abi.fail(ctx, message, sum, size);
  }
  int64_t elements = 1;
  for (int64_t d = 0; d < tensor->rank; ++d)
    elements *= tensor->dims[d];
  AxisBytes view = viewAround(tensor->dims, tensor->rank, axis, elements ? tensor->bytes / elements : 0);
  int64_t rank = tensor->rank - (keepsAxis ? 0 : 1), start = 0;
  weft_item *items = nullptr;
  List *list = makeList(lists, session.memory, count, count, items);
  for (int64_t i = 0; list && i < count; ++i) {
    int64_t left = size - start, length = isEven ? (chunk < left ? chunk : left) : lengths[i];
    int64_t bytes = view.outer * length * view.inner;
    auto *dims =
        static_cast<int64_t *>(lists.take(session.memory, static_cast<size_t>(rank) * sizeof(int64_t)));
    auto *data = static_cast<char *>(lists.take(session.memory, static_cast<size_t>(bytes)));
    if (!dims || !data)
      return reportNoMemory(session);
    for (int64_t d = 0, to = 0; d < tensor->rank; ++d)
      if (d != axis || keepsAxis)
        dims[to++] = d == axis ? length : tensor->dims[d];
    copyAlong(view, data, length, 0, static_cast<const char *>(tensor->data), size, start, length);
    items[i] = {data, bytes, rank, dims};
    start += length;
  }
  if (!list)
    return reportNoMemory(session);
  *outList = &list->base;
  return WEFT_OK;
}

} // namespace weft::rt
