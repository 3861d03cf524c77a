// RUN: weft-opt %s --split-input-file --verify-diagnostics
//
// Dim names that are malformed or contradict the shape are refused.

// expected-error @+1 {{expected a dim expression, but got 'a b'}}
func.func @dims_two_names(%x: tensor<?xf32, #weft.dims<a b>>) { return }

// -----

// expected-error @+1 {{expected a dim expression, but got 'foo(n, 2)'}}
func.func @dims_unknown_function(%x: tensor<?xf32, #weft.dims<foo(n, 2)>>) { return }

// -----

// expected-error @+1 {{expected one dim expression for each of 2 dims, but got 1}}
func.func @dims_too_few(%x: tensor<?x?xf32, #weft.dims<n>>) { return }

// -----

// expected-error @+1 {{expected the expression of dim 0 to be 4, but got '5'}}
func.func @dims_other_size(%x: tensor<4x?xf32, #weft.dims<5, n>>) { return }

// -----

// expected-error @+1 {{expected the expression of dim 0 to be no constant, for the dim is dynamic, but got '4'}}
func.func @dims_constant_of_dynamic(%x: tensor<?x?xf32, #weft.dims<4, n>>) { return }
