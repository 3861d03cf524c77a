// One model through every phase: what each one promises to the next.
// REQUIRES: weftc
// RUN: weftc %s -o - --cpu=v3 -q --stop-after=import | FileCheck %s --check-prefix=IMPORT
// RUN: weftc %s -o - --cpu=v3 -q --stop-after=graph | FileCheck %s --check-prefix=GRAPH
// RUN: weftc %s -o - --cpu=v3 -q --stop-after=structured | FileCheck %s --check-prefix=STRUCTURED
// RUN: weftc %s -o - --cpu=v3 -q --stop-after=scheduled | FileCheck %s --check-prefix=SCHEDULED
// RUN: weftc %s -o - --cpu=v3 -q --stop-after=loops | FileCheck %s --check-prefix=LOOPS
// RUN: weftc %s -o - --cpu=v3 -q --stop-after=llvm | FileCheck %s --check-prefix=LLVM

// A layer of a network: product, bias, activation; the batch is a symbol.

// import: the model as it is.
// IMPORT: func.func @main(%[[X:.*]]: tensor<?x64xf32, #weft.dims<batch, 64>>
// IMPORT-NOT: weft.kernel
// IMPORT: weft.matmul %[[X]]
// IMPORT: weft.add
// IMPORT: weft.max

// graph: one kernel holds all three, and its work is stated.
// GRAPH: weft.kernel "matmul"({{.*}}flops = "4160 * batch"
// GRAPH: %[[P:.*]] = weft.matmul
// GRAPH: %[[B:.*]] = weft.add %[[P]]
// GRAPH: %[[R:.*]] = weft.max %[[B]]
// GRAPH: weft.yield %[[R]]

// structured: a function per kernel on tensors without names of dims, bias and activation behind the sum; packed weights; a host.
// STRUCTURED-NOT: #sched
// STRUCTURED-NOT: weft.matmul
// STRUCTURED: kernel.func @[[K:[^(]+]](
// STRUCTURED: kernel.contract {{.*}}panel = 32
// STRUCTURED: ^bb0(%[[ACC:.*]]: f32):
// STRUCTURED: %[[SUM:.*]] = arith.addf %[[ACC]]
// STRUCTURED: arith.maximumf %[[SUM]]
// STRUCTURED: func.func @main(
// STRUCTURED: kernel.constant {{.*}} tensor<1x64x32xf32>
// STRUCTURED: kernel.launch @[[K]](

// scheduled: the same with a decision.
// SCHEDULED: kernel.contract {{.*}}sched.cpu = #sched.cpu<kernel = gemm, {{.*}}vector = 8,
// SCHEDULED: kernel.launch

// loops: memory instead of tensors, one parallel range at the top, vectors of the level; nothing left to decide.
// LOOPS-NOT: #sched
// LOOPS-NOT: kernel.contract
// LOOPS: kernel.func @{{.*}}(%{{.*}}: memref<?x64xf32>
// LOOPS: scf.forall
// LOOPS: vector.fma {{.*}} vector<8xf32>
// LOOPS-NOT: scf.forall
// LOOPS: {{^ *}}kernel.return

// llvm: the kernel's two functions with the ABI, and the host's entry.
// LLVM-NOT: memref
// LLVM-DAG: llvm.func @k0_count(%{{.*}}: !llvm.ptr) -> i64
// LLVM-DAG: llvm.func {{.*}}@k0(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr)
// LLVM-DAG: llvm.func @weft_entry(
func.func @main(%x: tensor<?x64xf32, #weft.dims<batch, 64>> {weft.name = "x"}) -> (tensor<?x32xf32, #weft.dims<batch, 32>> {weft.name = "y"}) {
  %w = weft.constant dense<0.5> : tensor<64x32xf32>
  %b = weft.constant dense<0.25> : tensor<1x32xf32>
  %z = weft.constant dense<0.0> : tensor<1x1xf32>
  %0 = weft.matmul %x, %w : (tensor<?x64xf32, #weft.dims<batch, 64>>, tensor<64x32xf32>) -> tensor<?x32xf32, #weft.dims<batch, 32>>
  %1 = weft.add %0, %b : (tensor<?x32xf32, #weft.dims<batch, 32>>, tensor<1x32xf32>) -> tensor<?x32xf32, #weft.dims<batch, 32>>
  %2 = weft.max %1, %z : (tensor<?x32xf32, #weft.dims<batch, 32>>, tensor<1x1xf32>) -> tensor<?x32xf32, #weft.dims<batch, 32>>
  return %2 : tensor<?x32xf32, #weft.dims<batch, 32>>
}
