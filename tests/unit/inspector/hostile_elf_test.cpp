// SPDX-License-Identifier: Apache-2.0
// ELF files with flipped bytes, mapped by this process, which is looked at itself: each is answered, and the
// parent's end stays as it is. What a file makes of the child is its own affair.
#include <fcntl.h>
#include <gelf.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "inspected.h"
#include "inspector/registers.h"
#include "program.h"

namespace wedged::test {
namespace {

constexpr int variants = 200;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Range {
  std::size_t begin = 0, size = 0;
};

// Where the bytes lie that are worth flipping.
std::vector<Range> tempting(const std::string& path) {
  const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  elf_version(EV_CURRENT);
  Elf* const elf = elf_begin(file.get(), ELF_C_READ, nullptr);
  std::vector<Range> ranges = {{0, 64}, {64, 728}};  // the file's header and those of its segments
  std::size_t names = 0;
  elf_getshdrstrndx(elf, &names);
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header{};
    gelf_getshdr(section, &header);
    const std::string name = elf_strptr(elf, names, header.sh_name);
    for (const char* wanted :
         {".eh_frame", ".eh_frame_hdr", ".symtab", ".dynsym", ".dynamic", ".note.gnu.build-id"})
      if (name == wanted) ranges.push_back({header.sh_offset, header.sh_size});
  }
  GElf_Ehdr header{};
  gelf_getehdr(elf, &header);
  ranges.push_back({header.e_shoff, static_cast<std::size_t>(header.e_shnum) * header.e_shentsize});
  elf_end(elf);
  return ranges;
}

class MappedFile {
 public:
  explicit MappedFile(const std::string& bytes) : size_(bytes.size()) {
    std::string name = "/tmp/wedged-elf-XXXXXX";
    const Fd file{::mkstemp(name.data())};
    EXPECT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    at_ = ::mmap(nullptr, size_, PROT_READ | PROT_EXEC, MAP_PRIVATE, file.get(), 0);
    EXPECT_NE(at_, MAP_FAILED);
    path_ = name;
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    ::munmap(at_, size_);
    ::unlink(path_.c_str());
  }
  [[nodiscard]] std::uint64_t begin() const { return reinterpret_cast<std::uint64_t>(at_); }

 private:
  std::size_t size_;
  void* at_ = nullptr;
  std::string path_;
};

// As if a thread of this process stood in the file's code, with return addresses all over its stack.
InspectRequest standing_in(const MappedFile& file, const std::vector<std::uint64_t>& stack,
                           std::mt19937& random) {
  const int self = getpid();
  InspectRequest request{process_of(self), {}};
  for (int thread = 0; thread < 8; ++thread) {
    AllRegisters registers{};
    registers.fill(reinterpret_cast<std::uint64_t>(stack.data()));
    registers[pc_register] = file.begin() + random() % 0x3000;
    request.threads.push_back({{self, self, request.process.start_boottime_ns}, registers, 0, std::nullopt});
  }
  return request;
}

TEST(HostileElf, is_answered_for_and_harms_nobody_but_the_child) {
  const std::string whole = contents(path_of("plain"));
  const auto ranges = tempting(path_of("plain"));
  std::mt19937 random(20240229);
  Inspector inspector(INSPECTOR_CHILD, {.deadline = std::chrono::seconds(20)});
  int answered = 0, frames = 0;
  for (int variant = 0; variant < variants; ++variant) {
    std::string bytes = whole;
    for (auto flips = random() % 20; flips > 0; --flips) {
      const Range& range = ranges[random() % ranges.size()];
      const std::size_t at = range.begin + random() % range.size;
      if (at < bytes.size()) bytes[at] = static_cast<char>(random());
    }
    const MappedFile file(bytes);
    std::vector<std::uint64_t> stack(512);
    for (auto& word : stack) word = file.begin() + random() % 0x3000;
    inspector.request(standing_in(file, stack, random));
    for (const InspectReply& reply : inspector.wait_for_all(std::chrono::seconds(60))) {
      ++answered;
      for (const InspectedThread& thread : reply.threads)
        frames += static_cast<int>(thread.side.stack.size());
    }
  }
  std::cout << frames << " frames, " << inspector.stats().crashes << " crashes and "
            << inspector.stats().deadlines_missed << " missed deadlines of " << variants << " variants\n";
  EXPECT_EQ(answered, variants);
  EXPECT_GT(frames, variants);
  EXPECT_EQ(inspector.stats().unkillable, 0U);
}

}  // namespace
}  // namespace wedged::test
