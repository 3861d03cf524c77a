// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of the reference interpreter: dense tensors of any element type, sequences, optionals.
#ifndef WEFT_REFERENCE_TENSOR_H
#define WEFT_REFERENCE_TENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"

#include <complex>
#include <memory>
#include <string>
#include <vector>

namespace weft::reference {

using Shape = llvm::SmallVector<int64_t, 6>;

/// Number of elements of a shape.
int64_t countElements(llvm::ArrayRef<int64_t> shape);

/// Row-major strides of a shape, in elements.
Shape rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// A dense row-major tensor. Copies share their elements; only a tensor that was just made may be written.
///
/// Storage: one element per 1, 2, 4, 8 or 16 bytes, narrow integers and floats unpacked: i4 in an int8_t, ui2
/// in an uint8_t, float8 and narrower as their bits in an uint8_t, f16 and bf16 as their bits in an uint16_t,
/// i1 as 0 or 1 in an uint8_t, index as an int64_t. Quantised types are stored as their storage type. Strings
/// are std::string.
class Tensor {
public:
  Tensor() = default;
  /// Zeros (empty strings). The element type is an integer, index, float, complex, quantised type or
  /// !weft.string.
  Tensor(mlir::Type elementType, llvm::ArrayRef<int64_t> shape);
  /// Rank 0.
  static Tensor scalar(mlir::Type elementType, double value);
  static Tensor scalarInt(mlir::Type elementType, int64_t value);

  mlir::Type getElementType() const { return elementType; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getRank() const { return shape.size(); }
  int64_t getDim(int64_t axis) const { return shape[axis]; }
  int64_t size() const { return count; }
  mlir::RankedTensorType getType() const;

  /// float8..f64, and quantised types do not count.
  bool isFloat() const;
  /// Integers, index and booleans.
  bool isInteger() const;
  bool isUnsigned() const;
  bool isBool() const;
  bool isString() const;
  bool isComplex() const;

  /// Element i in row-major order as a double: any float or integer type (of ui64 the nearest).
  double getFloat(int64_t i) const;
  /// Element i of an integer type, sign- or zero-extended; of ui64 the bits.
  int64_t getInt(int64_t i) const;
  std::complex<double> getComplex(int64_t i) const;
  const std::string &getString(int64_t i) const;

  /// Rounds to the element type, half to even; beyond the greatest finite value: infinity where the type has
  /// one, else NaN. Float types only.
  void setFloat(int64_t i, double value);
  /// Keeps the low bits. Integer types only.
  void setInt(int64_t i, int64_t value);
  void setComplex(int64_t i, std::complex<double> value);
  void setString(int64_t i, std::string value);
  /// setFloat, setInt or setComplex, whichever fits the type; a float into an integer type is truncated.
  void setNumber(int64_t i, double value);
  /// Copies element j of a tensor of the same element type.
  void copyElement(int64_t i, const Tensor &from, int64_t j);

  /// All elements, converted. For tight loops.
  std::vector<double> toDoubles() const;
  std::vector<int64_t> toInts() const;
  /// A tensor of these elements, rounded to the type; for integer types the values must be exact.
  static Tensor fromDoubles(mlir::Type elementType, llvm::ArrayRef<int64_t> shape,
                            llvm::ArrayRef<double> values);
  static Tensor fromInts(mlir::Type elementType, llvm::ArrayRef<int64_t> shape,
                         llvm::ArrayRef<int64_t> values);

  /// The same elements under another shape of the same size.
  Tensor reshaped(llvm::ArrayRef<int64_t> newShape) const;
  /// The same bits as another type of the same storage width.
  Tensor bitcast(mlir::Type newElementType) const;

  /// Raw storage (see above); not for strings.
  const char *bytes() const;
  char *mutableBytes();
  /// Bytes of one element.
  int64_t elementBytes() const;

  /// From and to constants; failure for attributes that hold no elements (an elided resource).
  static llvm::FailureOr<Tensor> fromAttribute(mlir::ElementsAttr attribute);
  /// Splats and small constants are dense, others a resource.
  mlir::ElementsAttr toAttribute() const;

  /// "[[1.0, 2.0], [3.0, 4.0]]", shortest text that reads back equal; at most `limit` elements, then "...".
  std::string str(int64_t limit = 1000) const;

private:
  /// How elements are stored; narrow integers lie in the next wider word.
  enum class Code : uint8_t {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    Small,
    F16,
    BF16,
    F32,
    F64,
    C64,
    C128,
    String
  };
  struct Storage {
    std::vector<char> owned;
    std::vector<std::string> strings;
    const char *data = nullptr; ///< owned, or a constant's bytes, which live as long as the context
  };
  /// Sets type, code and width; no elements yet.
  void setType(mlir::Type type);
  template <typename T> const T &at(int64_t i) const { return reinterpret_cast<const T *>(storage->data)[i]; }
  template <typename T> T &at(int64_t i) { return reinterpret_cast<T *>(storage->owned.data())[i]; }
  template <typename T> void convertTo(std::vector<T> &out) const;

  mlir::Type elementType;
  Code code = Code::F32;
  uint8_t width = 32; ///< bits of an integer type
  Shape shape;
  int64_t count = 0;
  std::shared_ptr<Storage> storage;
};

/// Anything that an SSA value can hold. Scalars (index, i1, i64, f32 ...) are tensors of rank 0.
class Value {
public:
  Value() = default;
  Value(Tensor tensor) : kind(Kind::Tensor), tensor(std::move(tensor)) {}
  static Value sequence(std::vector<Value> elements, mlir::Type type);
  static Value optional(mlir::Type type);
  static Value optional(Value value, mlir::Type type);
  static Value index(mlir::MLIRContext *context, int64_t value);

  bool isNull() const { return kind == Kind::None; }
  bool isTensor() const { return kind == Kind::Tensor; }
  bool isSequence() const { return kind == Kind::Sequence; }
  bool isOptional() const { return kind == Kind::Optional; }

  const Tensor &getTensor() const;
  /// The only element of an integer tensor.
  int64_t getIndex() const;
  const std::vector<Value> &getElements() const;
  /// Whether an optional is present, and its value.
  bool hasValue() const;
  const Value &getOptional() const;
  /// Type of a sequence or optional.
  mlir::Type getType() const;

private:
  enum class Kind { None, Tensor, Sequence, Optional };
  Kind kind = Kind::None;
  Tensor tensor;
  std::shared_ptr<std::vector<Value>> elements;
  mlir::Type type;
};

/// Rounds a double to a float type and back: what storing it would do.
double roundToType(double value, mlir::Type type);

} // namespace weft::reference

#endif // WEFT_REFERENCE_TENSOR_H
