// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/mount_text.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace wedged {
namespace {

struct NetworkFs {
  std::string_view fs_type;
  std::string_view server;   // who answers
  std::string_view part;     // what it gives
  std::string_view begin;    // in front of the server in the source
  std::string_view between;  // server and part; empty: the source names the part alone
};

// nfs(5), mount.cifs(8), mount.ceph(8); a path begins with its slash where that is not only a separator.
constexpr auto network_file_systems = std::to_array<NetworkFs>({
    {"nfs", "NFS server", "export", "", ":/"},
    {"nfs4", "NFS server", "export", "", ":/"},
    {"cifs", "SMB server", "share", "//", "/"},
    {"smb3", "SMB server", "share", "//", "/"},
    {"ceph", "Ceph monitors", "path", "", ":/"},
    {"9p", "9p server", "share", "", ""},
    {"virtiofs", "virtiofs server on the virtual machine's host", "tag", "", ""},
});

// "10.0.0.1:/data" -> "10.0.0.1, export /data". What does not look like that is told as it is.
std::string server_and_part(const NetworkFs& kind, std::string_view source) {
  const std::string part(kind.part);
  if (kind.between.empty()) return ", " + part + " " + std::string(source);
  if (source.substr(0, kind.begin.size()) == kind.begin) source.remove_prefix(kind.begin.size());
  const auto end = source.find(kind.between);
  if (end == std::string_view::npos) return " of " + std::string(source);
  const auto separator = kind.between.size() - (kind.between == ":/" ? 1 : 0);
  return " " + std::string(source.substr(0, end)) + ", " + part + " " +
         std::string(source.substr(end + separator));
}

}  // namespace

std::string describe_mount_server(const FileFacts& file) {
  const auto* kind = std::find_if(network_file_systems.begin(), network_file_systems.end(),
                                  [&](const NetworkFs& one) { return one.fs_type == file.fs_type; });
  if (kind == network_file_systems.end()) return {};
  std::string text(kind->server);
  if (!file.mount_source.empty() && file.mount_source != "none")
    text += server_and_part(*kind, file.mount_source);
  return file.mount_point.empty() ? text : text + " (mounted on " + file.mount_point + ")";
}

}  // namespace wedged
