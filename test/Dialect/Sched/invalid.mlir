// What schedules refuse.
// RUN: weft-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected sched.cpu, but got "sched.gpu" [sched-C1]}}
func.func private @sched_c1_name() attributes {sched.gpu = 1 : i64}

// -----

// expected-error @+1 {{expected sched.cpu to be a #sched.cpu attribute, but got 1 : i64 [sched-C2]}}
func.func private @sched_c2_type() attributes {sched.cpu = 1 : i64}

// -----

// expected-error @+1 {{expected vector to be 4, 8 or 16, but got 12 [cpu-C1]}}
func.func private @cpu_c1_lanes() attributes {sched.cpu = #sched.cpu<kernel = loops, parallel = [], vector = 12, registers = [], depth = 0, unroll = 1, fma = true>}

// -----

// expected-error @+1 {{expected no registers, depth or unroll for loops [cpu-C2]}}
func.func private @cpu_c2_loops() attributes {sched.cpu = #sched.cpu<kernel = loops, parallel = [], vector = 16, registers = [8, 32], depth = 0, unroll = 1, fma = true>}

// -----

// expected-error @+1 {{expected registers to be positive rows and columns [cpu-C2]}}
func.func private @cpu_c2_missing() attributes {sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [8], depth = 0, unroll = 1, fma = true>}

// -----

// expected-error @+1 {{expected columns (24) to be whole vectors of 16 [cpu-C3]}}
func.func private @cpu_c3_columns() attributes {sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [8, 24], depth = 0, unroll = 1, fma = true>}

// -----

// expected-error @+1 {{expected a 7x64 tile with unroll 1 to fit 32 registers of 16 lanes [cpu-C3]}}
func.func private @cpu_c3_too_large() attributes {sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [7, 64], depth = 0, unroll = 1, fma = true>}

// -----

// expected-error @+1 {{expected a 8x16 tile with unroll 1 to fit 16 registers of 8 lanes [cpu-C3]}}
func.func private @cpu_c3_fewer_registers() attributes {sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 8, registers = [8, 16], depth = 0, unroll = 1, fma = true>}

// -----

// expected-error @+1 {{expected parallel tile sizes of at least 0, but got -1 [cpu-C4]}}
func.func private @cpu_c4_negative() attributes {sched.cpu = #sched.cpu<kernel = loops, parallel = [-1], vector = 16, registers = [], depth = 0, unroll = 1, fma = true>}

// -----

// expected-error @+1 {{expected parallel tiles of multiples of 8x32, but got 50x64 [cpu-C4]}}
func.func private @cpu_c4_multiple() attributes {sched.cpu = #sched.cpu<kernel = gemm, parallel = [50, 64], vector = 16, registers = [8, 32], depth = 0, unroll = 1, fma = true>}

// -----

// expected-error @+1 {{expected unroll to be at least 1, but got 0 [cpu-C5]}}
func.func private @cpu_c5_zero() attributes {sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [8, 32], depth = 0, unroll = 0, fma = true>}

// -----

// expected-error @+1 {{expected depth of at least 0, and unroll 1 if it is not 0, but got 64 and 2 [cpu-C6]}}
func.func private @cpu_c6_both() attributes {sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [4, 32], depth = 64, unroll = 2, fma = true>}

// -----

// expected-error @+1 {{expected sched.winograd to be 2 or 4, but got 3 : i64 [sched-C3]}}
func.func private @sched_c3_tile() attributes {sched.winograd = 3 : i64}

// -----

// expected-error @+1 {{expected no dot instruction for loops, but got vpdpbusd [cpu-C2]}}
func.func private @cpu_c2_dot_of_loops() attributes {sched.cpu = #sched.cpu<kernel = loops, parallel = [], vector = 16, registers = [], depth = 0, unroll = 1, fma = true, dot = vpdpbusd>}

// -----

// expected-error @+1 {{expected one or two tiles of at most 16 rows and of 16 columns, vectors of 16 and unroll 1 for tdpbusd, but got 17x32, 16 and 1 [cpu-C7]}}
func.func private @cpu_c7_rows() attributes {sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [17, 32], depth = 0, unroll = 1, fma = true, dot = tdpbusd>}

// -----

// expected-error @+1 {{expected one or two tiles of at most 16 rows and of 16 columns, vectors of 16 and unroll 1 for tdpbusd, but got 32x48, 16 and 1 [cpu-C7]}}
func.func private @cpu_c7_columns() attributes {sched.cpu = #sched.cpu<kernel = gemm, parallel = [], vector = 16, registers = [32, 48], depth = 0, unroll = 1, fma = true, dot = tdpbusd>}
