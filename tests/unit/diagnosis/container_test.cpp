// SPDX-License-Identifier: Apache-2.0
// Paths as the runtimes make them: libpod/container_internal_common.go and `podman run --cgroups=split`
// (podman), internal/config/cgmgr (CRI-O), pkg/cri/server/helpers.go: getCgroupsPath (containerd),
// pkg/kubelet/cm/cgroup_manager_linux.go (Kubernetes).
#include "diagnosis/container.h"

#include <gtest/gtest.h>

#include "diagnosis/container_pattern.h"
#include "diagnosis/describe.h"

namespace wedged {
namespace {

const std::string id(64, 'a');
const std::string other_id(64, '7');
const std::string uid = "2c48913c-b29f-11e7-9350-020968147796";
const std::string uid_of_slice = "2c48913c_b29f_11e7_9350_020968147796";
const std::string static_uid = "0f904f2d1c3ae6a5b1c29f6e2a2a5d11";
const std::string user = "/user.slice/user-1000.slice/user@1000.service";
const std::string slice =
    "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uid_of_slice + ".slice";

struct PathCase {
  std::string cgroup;
  Container container;
  std::string unit;
};

const PathCase paths[] = {
    {"/system.slice/docker-" + id + ".scope", {"docker", id, ""}, "docker-" + id + ".scope"},
    {"/docker/" + id, {"docker", id, ""}, "docker:" + id},
    {"/docker/" + id + "/init", {"docker", id, ""}, "docker:" + id},
    {user + "/user.slice/docker-" + id + ".scope", {"docker", id, ""}, "docker-" + id + ".scope"},
    {"/machine.slice/libpod-" + id + ".scope", {"podman", id, ""}, "libpod-" + id + ".scope"},
    {"/machine.slice/libpod-" + id + ".scope/container", {"podman", id, ""}, "libpod-" + id + ".scope"},
    {"/machine.slice/machine-libpod_pod_" + other_id + ".slice/libpod-" + id + ".scope",
     {"podman", id, ""},
     "libpod-" + id + ".scope"},
    {"/libpod_parent/libpod-" + id, {"podman", id, ""}, "podman:" + id},
    {"/libpod_parent/" + other_id + "/libpod-" + id, {"podman", id, ""}, "podman:" + id},
    {"/system.slice/web.service/libpod-payload-" + id, {"podman", id, ""}, "web.service"},
    {user + "/app.slice/web.service/libpod-payload-" + id, {"podman", id, ""}, "web.service"},
    {"/system.slice/nerdctl-" + id + ".scope", {"containerd", id, ""}, "nerdctl-" + id + ".scope"},
    {slice + "/cri-containerd-" + id + ".scope", {"containerd", id, uid}, "cri-containerd-" + id + ".scope"},
    {slice + "/crio-" + id + ".scope", {"crio", id, uid}, "crio-" + id + ".scope"},
    {slice + "/crio-" + id + ".scope/container", {"crio", id, uid}, "crio-" + id + ".scope"},
    {slice + "/docker-" + id + ".scope", {"docker", id, uid}, "docker-" + id + ".scope"},
    {"/kubepods.slice/kubepods-pod" + uid_of_slice + ".slice/cri-containerd-" + id + ".scope",
     {"containerd", id, uid},
     "cri-containerd-" + id + ".scope"},
    {"/kubepods/pod" + uid + "/" + id, {"", id, uid}, "unknown:" + id},
    {"/kubepods/besteffort/pod" + uid + "/" + id, {"", id, uid}, "unknown:" + id},
    {"/kubepods/burstable/pod" + static_uid + "/" + id, {"", id, static_uid}, "unknown:" + id},
    {"/kubepods/burstable/pod" + uid + "/crio-" + id, {"crio", id, uid}, "crio:" + id},
    // containerd with cgroupfs below a kubelet with systemd
    {"/system.slice/containerd.service/kubepods-besteffort-pod" + uid_of_slice +
         ".slice:cri-containerd:" + id,
     {"containerd", id, uid},
     "containerd:" + id},
    // a node of kind
    {"/docker/" + other_id + "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" + uid_of_slice +
         ".slice/cri-containerd-" + id + ".scope",
     {"containerd", id, uid},
     "containerd:" + id},
    // Docker in Docker
    {"/docker/" + other_id + "/docker/" + id, {"docker", id, ""}, "docker:" + id},
    // a systemd in the container: its units are none of the host's
    {"/docker/" + id + "/system.slice/ssh.service", {"docker", id, ""}, "docker:" + id},
    {"/system.slice/docker-" + id + ".scope/system.slice/ssh.service",
     {"docker", id, ""},
     "docker-" + id + ".scope"},
};

TEST(Container, is_read_from_the_path_that_its_runtime_makes) {
  for (const auto& one : paths) EXPECT_EQ(container_of(one.cgroup), one.container) << one.cgroup;
}

TEST(Container, is_the_unit_where_systemd_does_not_know_it) {
  for (const auto& one : paths) EXPECT_EQ(unit_of(one.cgroup), one.unit) << one.cgroup;
}

TEST(Container, of_a_pod_alone_has_no_id) {
  for (const auto& cgroup : {slice, "/kubepods/burstable/pod" + uid})
    EXPECT_EQ(container_of(cgroup), (Container{"", "", uid})) << cgroup;
}

TEST(Container, is_not_seen_in_what_only_looks_like_one) {
  const std::string upper(64, 'A');
  for (const std::string& cgroup : std::initializer_list<std::string>{
           "", "/", "/system.slice/docker.service", "/system.slice/containerd.service",
           "/system.slice/docker-0123456789ab.scope", "/system.slice/docker-" + upper + ".scope",
           "/system.slice/docker-" + id + "0.scope", "/system.slice/docker-" + id + ".mount",
           "/machine.slice/libpod-conmon-" + id + ".scope", "/system.slice/crio-conmon-" + id + ".scope",
           "/libpod_parent/conmon",
           "/libpod_parent/" + id + "/conmon",  // a pod of podman
           "/app/" + id, "/" + id, "/system.slice/pod" + uid + ".slice",
           "/kubepods.slice/kubepods-burstable.slice",
           "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uid_of_slice.substr(1) +
               ".slice",
           user + "/app.slice/app-docker.scope"})
    EXPECT_EQ(container_of(cgroup), std::nullopt) << cgroup;
}

TEST(Container, has_its_runtime_in_its_name) {
  EXPECT_EQ((Container{"docker", id, ""}).name(), "docker:" + id);
  EXPECT_EQ((Container{"", id, ""}).name(), "unknown:" + id);
}

TEST(ContainerPattern, is_the_beginning_of_an_id_with_or_without_a_runtime) {
  const std::string start = id.substr(0, 12);
  const auto same = [&](const std::string& text, const std::string& runtime, const std::string& wanted) {
    const auto pattern = parse_container_pattern(text);
    ASSERT_TRUE(pattern.ok()) << text;
    EXPECT_EQ(*pattern, (ContainerPattern{runtime, wanted})) << text;
  };
  same(start, "", start);
  same(id, "", id);
  same("docker:" + start, "docker", start);
  same("containerd://" + id, "containerd", id);
  same("cri-o://" + id, "crio", id);
}

TEST(ContainerPattern, is_not_just_any_text) {
  const std::string start = id.substr(0, 11);
  for (const std::string& text : {std::string(), start, "docker:" + start, "rkt:" + id, ":" + id, id + "0",
                                  std::string("aaaaaaaaaaag"), "docker:" + std::string(12, 'A')})
    EXPECT_FALSE(parse_container_pattern(text).ok()) << text;
}

TEST(ContainerPattern, fits_by_the_id_alone_where_the_runtime_is_not_known) {
  const ContainerPattern pattern{"docker", id.substr(0, 12)};
  EXPECT_TRUE(pattern.fits({"docker", id, ""}));
  EXPECT_TRUE(pattern.fits({"", id, uid}));
  EXPECT_FALSE(pattern.fits({"podman", id, ""}));
  EXPECT_FALSE(pattern.fits({"docker", other_id, ""}));
  EXPECT_FALSE(pattern.fits({"", "", uid}));
}

}  // namespace
}  // namespace wedged
