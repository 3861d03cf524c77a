# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The checks of tools/dev/check, one module each.
