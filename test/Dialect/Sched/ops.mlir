// Schedules parse and print.
// RUN: weft-opt %s | FileCheck %s

// CHECK-LABEL: func.func @schedules
func.func @schedules(%x: f32) {
  // CHECK: sched.cpu = #sched.cpu<kernel = gemm, parallel = [48, 64], vector = 16, registers = [8, 32], depth = 0, unroll = 1, fma = true>
  arith.negf %x {sched.cpu = #sched.cpu<kernel = gemm, parallel = [48, 64], vector = 16, registers = [8, 32], depth = 0, unroll = 1, fma = true>} : f32
  // CHECK: sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 4, 0, 32], vector = 8, registers = [6, 16], depth = 192, unroll = 1, fma = true>
  arith.negf %x {sched.cpu = #sched.cpu<kernel = conv, parallel = [1, 4, 0, 32], vector = 8, registers = [6, 16], depth = 192, unroll = 1, fma = true>} : f32
  // An op that is not split over threads.
  // CHECK: sched.cpu = #sched.cpu<kernel = loops, parallel = [], vector = 4, registers = [], depth = 0, unroll = 1, fma = false>
  arith.negf %x {sched.cpu = #sched.cpu<kernel = loops, parallel = [], vector = 4, registers = [], depth = 0, unroll = 1, fma = false>} : f32
  return
}
