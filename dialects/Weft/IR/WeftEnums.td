// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Enums of the dialect's ops.
#ifndef WEFT_ENUMS_TD
#define WEFT_ENUMS_TD

include "dialects/Weft/IR/WeftBase.td"

// An enum attribute that prints as its bare keyword.
class Weft_Enum<string name, string summary, list<string> cases>
    : I32Enum<name, summary, !foreach(i, !range(!size(cases)), I32EnumCase<cases[i], i>)> {
  let cppNamespace = "::mlir::weft";
}
class Weft_EnumAttr<EnumInfo info, string mnemonic> : EnumAttr<Weft_Dialect, info, mnemonic> {
  let assemblyFormat = "`<` $value `>`";
}

def Weft_GeluApprox : Weft_Enum<"GeluApprox", "How gelu is computed", ["none", "tanh", "quick"]>;
def Weft_GeluApproxAttr : Weft_EnumAttr<Weft_GeluApprox, "gelu_approx">;

def Weft_ComparePredicate : Weft_Enum<"ComparePredicate", "Comparison", ["eq", "ne", "lt", "le", "gt", "ge"]>;
def Weft_ComparePredicateAttr : Weft_EnumAttr<Weft_ComparePredicate, "predicate">;

def Weft_ShiftDirection : Weft_Enum<"ShiftDirection", "Direction of a shift", ["left", "right"]>;
def Weft_ShiftDirectionAttr : Weft_EnumAttr<Weft_ShiftDirection, "direction">;

def Weft_CastRound : Weft_Enum<"CastRound", "Rounding of a cast to float8 E8M0", ["up", "down", "nearest"]>;
def Weft_CastRoundAttr : Weft_EnumAttr<Weft_CastRound, "cast_round">;

def Weft_Layout : Weft_Enum<"Layout", "Order of the dims of an image tensor", ["nchw", "nhwc"]>;
def Weft_LayoutAttr : Weft_EnumAttr<Weft_Layout, "layout">;

def Weft_HeadLayout : Weft_Enum<"HeadLayout", "Order of the dims of an attention tensor", ["bhsd", "bshd"]>;
def Weft_HeadLayoutAttr : Weft_EnumAttr<Weft_HeadLayout, "head_layout">;

def Weft_ReduceKind : Weft_Enum<"ReduceKind", "What a reduction computes", ["sum", "prod", "max", "min", "mean"]>;
def Weft_ReduceKindAttr : Weft_EnumAttr<Weft_ReduceKind, "reduce_kind">;

def Weft_ArgKind : Weft_Enum<"ArgKind", "Which element an arg reduction finds", ["max", "min"]>;
def Weft_ArgKindAttr : Weft_EnumAttr<Weft_ArgKind, "arg_kind">;

def Weft_CumulateKind : Weft_Enum<"CumulateKind", "What a prefix operation computes", ["sum", "prod"]>;
def Weft_CumulateKindAttr : Weft_EnumAttr<Weft_CumulateKind, "cumulate_kind">;

def Weft_PoolKind : Weft_Enum<"PoolKind", "What a pooling window computes", ["max", "sum", "avg", "avg_pad"]>;
def Weft_PoolKindAttr : Weft_EnumAttr<Weft_PoolKind, "pool_kind">;

def Weft_PadMode : Weft_Enum<"PadMode", "What a padded element holds", ["constant", "edge", "reflect", "wrap"]>;
def Weft_PadModeAttr : Weft_EnumAttr<Weft_PadMode, "pad_mode">;

def Weft_ScatterMode : Weft_Enum<"ScatterMode", "How an update meets the element", ["set", "add", "mul", "min", "max"]>;
def Weft_ScatterModeAttr : Weft_EnumAttr<Weft_ScatterMode, "scatter_mode">;

def Weft_ResizeMode : Weft_Enum<"ResizeMode", "Interpolation of a resize", ["nearest", "linear", "cubic"]>;
def Weft_ResizeModeAttr : Weft_EnumAttr<Weft_ResizeMode, "resize_mode">;

def Weft_ResizeCoord : Weft_Enum<"ResizeCoord", "Map from output to input coordinates", ["half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "align_corners", "asymmetric", "tf_crop_and_resize", "tf_half_pixel_for_nn"]>;
def Weft_ResizeCoordAttr : Weft_EnumAttr<Weft_ResizeCoord, "resize_coord">;

def Weft_ResizeNearest : Weft_Enum<"ResizeNearest", "Which neighbour nearest takes", ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]>;
def Weft_ResizeNearestAttr : Weft_EnumAttr<Weft_ResizeNearest, "resize_nearest">;

def Weft_GridMode : Weft_Enum<"GridMode", "Interpolation of a grid sample", ["nearest", "linear", "cubic"]>;
def Weft_GridModeAttr : Weft_EnumAttr<Weft_GridMode, "grid_mode">;

def Weft_GridPadding : Weft_Enum<"GridPadding", "What lies outside of a sampled image", ["zeros", "border", "reflection"]>;
def Weft_GridPaddingAttr : Weft_EnumAttr<Weft_GridPadding, "grid_padding">;

def Weft_RoiKind : Weft_Enum<"RoiKind", "What a region-of-interest pooling computes", ["align_avg", "align_max", "quantised_max"]>;
def Weft_RoiKindAttr : Weft_EnumAttr<Weft_RoiKind, "roi_kind">;

def Weft_RandomDist : Weft_Enum<"RandomDist", "Distribution", ["uniform", "normal"]>;
def Weft_RandomDistAttr : Weft_EnumAttr<Weft_RandomDist, "random_dist">;

def Weft_RecurrentRule : Weft_Enum<"RecurrentRule", "State update of linear attention", ["linear", "gated", "delta", "gated_delta"]>;
def Weft_RecurrentRuleAttr : Weft_EnumAttr<Weft_RecurrentRule, "recurrent_rule">;

def Weft_ScalarFn : Weft_Enum<"ScalarFn", "The scalar function of an elementwise op", ["abs", "neg", "sign", "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "sigmoid", "gelu", "ceil", "floor", "round", "not_", "is_nan", "is_inf", "add", "sub", "mul", "div", "pow", "mod", "max", "min", "and_", "or_", "xor_", "shift", "compare", "select", "cast", "bitcast"]>;
def Weft_ScalarFnAttr : Weft_EnumAttr<Weft_ScalarFn, "scalar_fn">;

def Weft_FusionKind : Weft_Enum<"FusionKind", "How an op takes part in a fused kernel", ["elementwise", "host", "row", "view", "opaque"]>;
def Weft_FusionKindAttr : Weft_EnumAttr<Weft_FusionKind, "fusion_kind">;

#endif // WEFT_ENUMS_TD
