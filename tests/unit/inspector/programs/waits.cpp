// SPDX-License-Identifier: Apache-2.0
// Waits for ever inside a template's member function of a namespace. Says one byte when it is about to.
#include <unistd.h>

#include <string>
#include <vector>

namespace warehouse {

template <typename Item>
class Shelf {
 public:
  [[gnu::noinline]] int take(const std::string& name) {
    if (write(1, "!", 1) != 1) return 1;
    while (items_.empty()) pause();
    return static_cast<int>(name.size());
  }

 private:
  std::vector<Item> items_;
};

}  // namespace warehouse

int main(int, char** argv) {
  warehouse::Shelf<std::pair<int, std::string>> shelf;
  return shelf.take(argv[0]) + 1;
}
