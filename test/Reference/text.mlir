// RUN: weft-interp %s | FileCheck %s
//
// What ops on texts compute.

// CHECK: @text_join_and_case 0: tensor<3x!weft.string> = ["ab", "\303\251", ""]
// CHECK: @text_join_and_case 1: tensor<2x!weft.string> = ["\303\200SS\316\251", "\305\270\303\237I\303\205"]
// CHECK: @text_join_and_case 2: tensor<2x!weft.string> = ["\303\240SS\317\211", "\303\277\303\237\304\261\303\245"]
// CHECK: @text_join_and_case 3: tensor<2x!weft.string> = ["\303\240ss\317\211", "\303\277\303\237\304\261\303\245"]
func.func @text_join_and_case() -> (tensor<3x!weft.string>, tensor<2x!weft.string>, tensor<2x!weft.string>, tensor<2x!weft.string>) {
  %a = weft.constant dense<["a", "", ""]> : tensor<3x!weft.string>
  %b = weft.constant dense<["b", "é", ""]> : tensor<3x!weft.string>
  %x = weft.constant dense<["àSSω", "ÿßıå"]> : tensor<2x!weft.string>
  %0 = weft.text_concat %a, %b : (tensor<3x!weft.string>, tensor<3x!weft.string>) -> tensor<3x!weft.string>
  %1 = weft.text_case %x {upper = true} : (tensor<2x!weft.string>) -> tensor<2x!weft.string>
  %2 = weft.text_case %x {upper = true, ascii = true} : (tensor<2x!weft.string>) -> tensor<2x!weft.string>
  %3 = weft.text_case %x {upper = false} : (tensor<2x!weft.string>) -> tensor<2x!weft.string>
  return %0, %1, %2, %3 : tensor<3x!weft.string>, tensor<2x!weft.string>, tensor<2x!weft.string>, tensor<2x!weft.string>
}

// Empty parts count; the rest behind the last cut is a part; of white space any run is one cut.
// CHECK: @text_split_forms 0: tensor<3x4x!weft.string> = {{\[\[}}"a", "b", "#", "#"], ["", "", "c", ""], ["", "#", "#", "#"]]
// CHECK: @text_split_forms 1: tensor<3xi64> = [2, 4, 1]
// CHECK: @text_split_forms 2: tensor<3x2x!weft.string> = {{\[\[}}"a", "b"], ["", ",c,"], ["", "#"]]
// CHECK: @text_split_forms 3: tensor<2x3x!weft.string> = {{\[\[}}"a", "b", "c"], ["#", "#", "#"]]
// CHECK: @text_split_forms 4: tensor<2x2x!weft.string> = {{\[\[}}"a", "b  c "], ["#", "#"]]
func.func @text_split_forms() -> (tensor<3x?x!weft.string>, tensor<3xi64>, tensor<3x?x!weft.string>, tensor<2x?x!weft.string>, tensor<2x?x!weft.string>) {
  %x = weft.constant dense<["a,b", ",,c,", ""]> : tensor<3x!weft.string>
  %y = weft.constant dense<["  a\09b  c ", "   "]> : tensor<2x!weft.string>
  %comma = weft.constant dense<","> : tensor<!weft.string>
  %space = weft.constant dense<""> : tensor<!weft.string>
  %fill = weft.constant dense<"#"> : tensor<!weft.string>
  %p, %n = weft.text_split %x, %comma, %fill {limit = -1 : i64} : (tensor<3x!weft.string>, tensor<!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
  %q, %m = weft.text_split %x, %comma, %fill {limit = 1 : i64} : (tensor<3x!weft.string>, tensor<!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
  %r, %k = weft.text_split %y, %space, %fill {limit = -1 : i64} : (tensor<2x!weft.string>, tensor<!weft.string>, tensor<!weft.string>) -> (tensor<2x?x!weft.string>, tensor<2xi64>)
  %s, %l = weft.text_split %y, %space, %fill {limit = 1 : i64} : (tensor<2x!weft.string>, tensor<!weft.string>, tensor<!weft.string>) -> (tensor<2x?x!weft.string>, tensor<2xi64>)
  return %p, %n, %q, %r, %s : tensor<3x?x!weft.string>, tensor<3xi64>, tensor<3x?x!weft.string>, tensor<2x?x!weft.string>, tensor<2x?x!weft.string>
}

// CHECK: @text_patterns 0: tensor<3xi1> = [true, false, false]
// CHECK: @text_patterns 1: tensor<3x2x!weft.string> = {{\[\[}}"abc1", "#"], ["ab", "c"], ["#", "#"]]
// CHECK: @text_patterns 2: tensor<3xi64> = [1, 2, 0]
// CHECK: @text_patterns 3: tensor<3x1x!weft.string> = {{\[\[}}"#"], [" \303\251"], ["#"]]
func.func @text_patterns() -> (tensor<3xi1>, tensor<3x?x!weft.string>, tensor<3xi64>, tensor<3x?x!weft.string>) {
  %x = weft.constant dense<["abc1", "ab éc", ""]> : tensor<3x!weft.string>
  %fill = weft.constant dense<"#"> : tensor<!weft.string>
  %0 = weft.text_match %x {pattern = "(?i)A.*\\d$"} : (tensor<3x!weft.string>) -> tensor<3xi1>
  %p, %n = weft.text_find %x, %fill {pattern = "a|\\w+", least = 1 : i64} : (tensor<3x!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
  %q, %m = weft.text_find %x, %fill {pattern = "\\w+", least = 2 : i64, gaps = true} : (tensor<3x!weft.string>, tensor<!weft.string>) -> (tensor<3x?x!weft.string>, tensor<3xi64>)
  return %0, %p, %n, %q : tensor<3xi1>, tensor<3x?x!weft.string>, tensor<3xi64>, tensor<3x?x!weft.string>
}

// CHECK: @text_numbers 0: tensor<4x!weft.string> = ["0.3", "-0.0", "1e-05", "1e+16"]
// CHECK: @text_numbers 1: tensor<2x!weft.string> = ["0.1", "6e-08"]
// CHECK: @text_numbers 2: tensor<2x!weft.string> = ["-1", "7"]
// CHECK: @text_numbers 3: tensor<4xf64> = [1.5, -inf, 1e+03, 16.0]
// CHECK: @text_numbers 4: tensor<4xi64> = [-1, 2, -1, 9223372036854775807]
// CHECK: @text_numbers 5: tensor<5xi64> = [2, 1, 2, 0, 3]
func.func @text_numbers() -> (tensor<4x!weft.string>, tensor<2x!weft.string>, tensor<2x!weft.string>, tensor<4xf64>, tensor<4xi64>, tensor<5xi64>) {
  %f = weft.constant dense<[0.3, -0.0, 1.0e-5, 1.0e16]> : tensor<4xf32>
  %h = weft.constant dense<[0.1, 6.0e-8]> : tensor<2xf16>
  %i = weft.constant dense<[-1, 7]> : tensor<2xi64>
  %x = weft.constant dense<["1.5", " -inf ", "1E3", "0x10"]> : tensor<4x!weft.string>
  %y = weft.constant dense<["-1", "2.9", "18446744073709551615", "1e30"]> : tensor<4x!weft.string>
  %z = weft.constant dense<["b", "ab", "b", "", "é"]> : tensor<5x!weft.string>
  %0 = weft.text_format %f {to = !weft.string} : (tensor<4xf32>) -> tensor<4x!weft.string>
  %1 = weft.text_format %h {to = !weft.string} : (tensor<2xf16>) -> tensor<2x!weft.string>
  %2 = weft.text_format %i {to = !weft.string} : (tensor<2xi64>) -> tensor<2x!weft.string>
  %3 = weft.text_parse %x {to = f64} : (tensor<4x!weft.string>) -> tensor<4xf64>
  %4 = weft.text_parse %y {to = i64} : (tensor<4x!weft.string>) -> tensor<4xi64>
  %5 = weft.text_rank %z : (tensor<5x!weft.string>) -> tensor<5xi64>
  return %0, %1, %2, %3, %4, %5 : tensor<4x!weft.string>, tensor<2x!weft.string>, tensor<2x!weft.string>, tensor<4xf64>, tensor<4xi64>, tensor<5xi64>
}
