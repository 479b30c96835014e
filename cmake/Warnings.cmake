# SPDX-License-Identifier: Apache-2.0
# The one place that says how strictly our own code is compiled; `wedged_flags` is linked by every target of ours.
# GCC 12 sees overlapping copies in "literal" + std::string where there are none (GCC bug 105651).
add_library(wedged_flags INTERFACE)
target_compile_options(wedged_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  -fstack-protector-strong -D_GNU_SOURCE $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
if(WEDGED_SANITIZE)
  target_compile_options(wedged_flags INTERFACE -fsanitize=${WEDGED_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(wedged_flags INTERFACE -fsanitize=${WEDGED_SANITIZE})
endif()
