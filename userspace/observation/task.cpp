// SPDX-License-Identifier: Apache-2.0
#include "observation/task.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace wedged {
namespace {

// Of the kernel, in a page fault or in what stands in for one (get_user_pages).
constexpr std::array<std::string_view, 9> faulting_functions{
    "handle_mm_fault",    "__handle_mm_fault", "filemap_fault", "do_user_addr_fault", "exc_page_fault",
    "asm_exc_page_fault", "do_page_fault",     "faultin_page",  "do_swap_page"};

bool takes_page_fault(const TaskDetails& details) {
  return std::any_of(details.kernel_stack.begin(), details.kernel_stack.end(), [](const std::string& frame) {
    const auto function = std::string_view(frame).substr(0, frame.find('+'));
    return std::find(faulting_functions.begin(), faulting_functions.end(), function) !=
           faulting_functions.end();
  });
}

}  // namespace

const FileFacts* file_waited_for(const TaskDetails& details) {
  if (details.mapped_file && takes_page_fault(details)) return &*details.mapped_file;
  if (details.path_walk) return &details.path_walk->place;
  return details.file ? &*details.file : nullptr;
}

bool SystemCall::same_as(const SystemCall& other) const {
  if (number != other.number || compat != other.compat) return false;
  if (entered && other.entered && *entered != *other.entered) return false;
  return !sequence || !other.sequence || *sequence == *other.sequence;
}

}  // namespace wedged
