// SPDX-License-Identifier: Apache-2.0
#include "kernel/decode_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>

#include "abi.h"

namespace wedged {
namespace {

template <std::size_t size>
std::string text_of(const char (&field)[size]) {
  return {field, strnlen(field, size)};
}

// The packed names, leaf first, as a path.
std::string path_of(const wedged_packed_path& packed) {
  std::string path;
  const std::size_t used = std::min<std::size_t>(packed.used, sizeof(packed.names));
  for (std::size_t at = 0; at < used;) {
    const std::size_t length = strnlen(packed.names + at, used - at);
    path.insert(0, "/" + std::string(packed.names + at, length));
    at += length + 1;
  }
  if (packed.complete == 0) return path.empty() ? "" : "..." + path;
  return path.empty() ? "/" : path;
}

std::string joined(const std::string& mount_point, const std::string& path) {
  if (mount_point == "/" || mount_point.empty()) return path;
  if (path == "/") return mount_point;
  return mount_point + (path.empty() || path.front() == '/' ? "" : "/") + path;
}

// What lives in no mounted tree: pipes, sockets, anonymous inodes.
std::string pseudo_path(const std::string& fs_type, const std::string& name, std::uint64_t inode) {
  if (fs_type == "pipefs") return "pipe:[" + std::to_string(inode) + "]";
  if (fs_type == "sockfs") return "socket:[" + std::to_string(inode) + "]";
  if (fs_type == "anon_inodefs") return "anon_inode:" + (name.rfind('/', 0) == 0 ? name.substr(1) : name);
  return {};
}

}  // namespace

std::optional<FileFacts> file_of(const wedged_file_record& record) {
  if (record.present == 0) return std::nullopt;
  FileFacts file;
  file.fs_type = text_of(record.fs_type);
  file.mount_source = text_of(record.mount_source);
  file.mount_point = path_of(record.mount_point);
  file.inode = record.inode;
  const auto path = path_of(record.path);
  const auto pseudo = pseudo_path(file.fs_type, path, record.inode);
  file.path = pseudo.empty() ? joined(file.mount_point, path) : pseudo;
  file.is_block_device = S_ISBLK(record.mode);
  const auto device = file.is_block_device ? record.node_device : record.device;
  file.device_major = device >> 20;  // MKDEV, include/linux/kdev_t.h
  file.device_minor = device & 0xfffff;
  file.fs_frozen = record.frozen != 0;
  if (file.fs_type == "fuse" || file.fs_type == "fuseblk" || file.fs_type == "virtiofs")
    file.connection = record.connection;
  return file;
}

std::string whole_path(const wedged_packed_path& packed) {
  return packed.used == 0 && packed.complete == 0 ? std::string{} : path_of(packed);
}

}  // namespace wedged
