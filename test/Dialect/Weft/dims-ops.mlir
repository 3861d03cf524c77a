// RUN: weft-opt %s | FileCheck %s
//
// Dim names print in canonical form: equal sizes have equal text.

// CHECK-LABEL: func.func @sums_are_sorted(
// CHECK-SAME: #weft.dims<a + b, 4, 2 * a * b + -1>
func.func @sums_are_sorted(%x: tensor<?x4x?xf32, #weft.dims<b + a, 4, b * 2 * a - 1>>) { return }

// CHECK-LABEL: func.func @terms_combine(
// CHECK-SAME: #weft.dims<3 * n, n + 4>
func.func @terms_combine(%x: tensor<?x?xf32, #weft.dims<n + 2 * n, (n + 1) + 3>>) { return }

// (n + 3) / 2 is 1 + (n + 1) / 2; a ceiling is a floor.
// CHECK-LABEL: func.func @divisions(
// CHECK-SAME: #weft.dims<floordiv(n + 1, 2) + 1, floordiv(n + 3, 4), n, b>
func.func @divisions(%x: tensor<?x?x?x?xf32, #weft.dims<floordiv(n + 3, 2), ceildiv(n, 4), floordiv(4 * n, 4), floordiv(b * s + b * p, p + s)>>) { return }

// CHECK-LABEL: func.func @remainders(
// CHECK-SAME: #weft.dims<mod(n + 1, 4), mod(n, m)>
func.func @remainders(%x: tensor<?x?xf32, #weft.dims<mod(5 * n + 9, 4), mod(n, m)>>) { return }

// A known difference decides; else the arguments are sorted.
// CHECK-LABEL: func.func @extremes(
// CHECK-SAME: #weft.dims<n, n + 1, max(m, n), min(7, n)>
func.func @extremes(%x: tensor<?x?x?x?xf32, #weft.dims<min(n, n + 1), max(n, n + 1), max(n, m), min(n, 7)>>) { return }

// CHECK-LABEL: func.func @unknown_dims(
// CHECK-SAME: #weft.dims<?, n>
func.func @unknown_dims(%x: tensor<?x?xf32, #weft.dims<?, n>>) { return }

// A size that no model has is unknown rather than endless.
// CHECK-LABEL: func.func @too_many_terms(
// CHECK-SAME: #weft.dims<?, n>
func.func @too_many_terms(%x: tensor<?x?xf32, #weft.dims<(a + b + c + d + e) * (a + b + c + d + e) * (a + b + c + d + e) * (a + b + c + d + e) * (a + b + c + d + e) * (a + b + c + d + e) * (a + b + c + d + e), n>>) { return }
