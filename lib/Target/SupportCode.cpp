// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Defines memcpy, memmove and memset for code objects, which must not import anything.
#include "SupportCode.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/SourceMgr.h"

// Blocks of 64 bytes, then single bytes. "no-builtins" keeps LLVM from turning the loops back into calls of
// themselves.
static constexpr char supportText[] = R"(
define hidden ptr @memcpy(ptr noalias %dst, ptr noalias %src, i64 %n) #0 {
entry:
  %blocks = and i64 %n, -64
  br label %wide
wide:
  %i = phi i64 [ 0, %entry ], [ %i.next, %wide.body ]
  %more = icmp ult i64 %i, %blocks
  br i1 %more, label %wide.body, label %tail
wide.body:
  %s = getelementptr i8, ptr %src, i64 %i
  %d = getelementptr i8, ptr %dst, i64 %i
  %v = load <64 x i8>, ptr %s, align 1
  store <64 x i8> %v, ptr %d, align 1
  %i.next = add i64 %i, 64
  br label %wide
tail:
  %j = phi i64 [ %blocks, %wide ], [ %j.next, %tail.body ]
  %rest = icmp ult i64 %j, %n
  br i1 %rest, label %tail.body, label %done
tail.body:
  %ts = getelementptr i8, ptr %src, i64 %j
  %td = getelementptr i8, ptr %dst, i64 %j
  %b = load i8, ptr %ts, align 1
  store i8 %b, ptr %td, align 1
  %j.next = add i64 %j, 1
  br label %tail
done:
  ret ptr %dst
}

define hidden ptr @memmove(ptr %dst, ptr %src, i64 %n) #0 {
entry:
  %di = ptrtoint ptr %dst to i64
  %si = ptrtoint ptr %src to i64
  %delta = sub i64 %di, %si
  %forward = icmp uge i64 %delta, %n
  br i1 %forward, label %up, label %down
up:
  %i = phi i64 [ 0, %entry ], [ %i.next, %up.body ]
  %more = icmp ult i64 %i, %n
  br i1 %more, label %up.body, label %done
up.body:
  %us = getelementptr i8, ptr %src, i64 %i
  %ud = getelementptr i8, ptr %dst, i64 %i
  %ub = load i8, ptr %us, align 1
  store i8 %ub, ptr %ud, align 1
  %i.next = add i64 %i, 1
  br label %up
down:
  %j = phi i64 [ %n, %entry ], [ %j.next, %down.body ]
  %left = icmp ne i64 %j, 0
  br i1 %left, label %down.body, label %done
down.body:
  %j.next = sub i64 %j, 1
  %ds = getelementptr i8, ptr %src, i64 %j.next
  %dd = getelementptr i8, ptr %dst, i64 %j.next
  %db = load i8, ptr %ds, align 1
  store i8 %db, ptr %dd, align 1
  br label %down
done:
  ret ptr %dst
}

define hidden ptr @memset(ptr %dst, i32 %value, i64 %n) #0 {
entry:
  %byte = trunc i32 %value to i8
  %first = insertelement <64 x i8> poison, i8 %byte, i64 0
  %wide.value = shufflevector <64 x i8> %first, <64 x i8> poison, <64 x i32> zeroinitializer
  %blocks = and i64 %n, -64
  br label %wide
wide:
  %i = phi i64 [ 0, %entry ], [ %i.next, %wide.body ]
  %more = icmp ult i64 %i, %blocks
  br i1 %more, label %wide.body, label %tail
wide.body:
  %d = getelementptr i8, ptr %dst, i64 %i
  store <64 x i8> %wide.value, ptr %d, align 1
  %i.next = add i64 %i, 64
  br label %wide
tail:
  %j = phi i64 [ %blocks, %wide ], [ %j.next, %tail.body ]
  %rest = icmp ult i64 %j, %n
  br i1 %rest, label %tail.body, label %done
tail.body:
  %td = getelementptr i8, ptr %dst, i64 %j
  store i8 %byte, ptr %td, align 1
  %j.next = add i64 %j, 1
  br label %tail
done:
  ret ptr %dst
}

attributes #0 = { nounwind "no-builtins" }
)";

std::unique_ptr<llvm::Module> weft::createSupportModule(llvm::LLVMContext &context) {
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(supportText, diagnostic, context);
  if (!module)
    llvm::report_fatal_error("internal: support code does not parse: " + diagnostic.getMessage());
  return module;
}
