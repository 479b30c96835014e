// SPDX-License-Identifier: Apache-2.0
#include "fuse_world.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "fuse_server.h"
#include "proc_task.h"

namespace wedged::test {

FuseWorld::FuseWorld()
    : folder_(std::filesystem::canonical(std::filesystem::temp_directory_path()) / "wedged-fuse-XXXXXX") {
  if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder_);
  server_.emplace([this](const Line& line) {
    must(unshare(CLONE_NEWNS), "unshare");
    must(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
    return serve_but_reads(folder_, [&] { line.say(); });
  });
  server_->hear();
}

FuseWorld::~FuseWorld() {
  kill_server();
  clients_.clear();
  rmdir(folder_.c_str());
}

void FuseWorld::kill_server() {
  server_.reset();
}

Child& FuseWorld::client(const std::function<void(int root)>& work) {
  clients_.emplace_back([&](const Line& line) {
    const auto space = "/proc/" + std::to_string(server()) + "/ns/mnt";
    must(setns(must(open(space.c_str(), O_RDONLY | O_CLOEXEC), "open the mount namespace"), CLONE_NEWNS),
         "setns");
    const int root = must(open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open the mount");
    line.say();
    work(root);
    return 0;
  });
  clients_.back().hear();
  return clients_.back();
}

Child& FuseWorld::reader() {
  auto& child = client([](int root) {
    char byte = 0;
    syscall(SYS_read, must(openat(root, fuse_file, O_RDONLY), "open the file"), &byte, 1);
  });
  await_call(child.pid(), child.pid(), SYS_read);
  return child;
}

Child& FuseWorld::opener_in_exec() {
  auto& child = client([](int root) {
    std::thread([root] { syscall(SYS_openat, root, fuse_file, O_RDONLY); }).detach();
    const auto other = [] {
      for (const int tid : threads_of(getpid()))
        if (tid != getpid()) return tid;
      return getpid();
    };
    await_state(getpid(), other(), 'D');
    execl("/bin/sleep", "sleep", "1000", nullptr);
  });
  await_call(child.pid(), child.pid(), SYS_execve);
  return child;
}

Child& FuseWorld::opener() {
  auto& child = client([](int root) { syscall(SYS_openat, root, fuse_file, O_RDONLY); });
  await_call(child.pid(), child.pid(), SYS_openat);
  return child;
}

}  // namespace wedged::test
