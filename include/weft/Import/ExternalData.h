// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files beside an ONNX model that hold its tensors.
#ifndef WEFT_IMPORT_EXTERNALDATA_H
#define WEFT_IMPORT_EXTERNALDATA_H

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace weft {

/// The paths of the external data files that the tensors of an ONNX model name, from where the model is; each
/// once. They need not exist.
///
/// Returns: none for a file that is no ONNX model (importing it says what is wrong), and for a pipe, which is
/// left unread.
std::vector<std::string> listExternalFiles(llvm::StringRef model);

} // namespace weft

#endif // WEFT_IMPORT_EXTERNALDATA_H
