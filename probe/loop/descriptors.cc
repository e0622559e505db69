// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <memory>
#include <dirent.h>
#include <sys/resource.h>
#include "descriptors.hh"

namespace failover
{
namespace
{
  // 0 where it cannot be told.
  size_t countOpen() noexcept
  {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), &::closedir);
    size_t count = 0;
    while (folder && ::readdir(folder.get()) != nullptr) { // NOLINT(concurrency-mt-unsafe): a folder of its own
      ++count;
    }
    return count;
  }
}

DescriptorRoom makeDescriptorRoom(size_t more) noexcept
{
  DescriptorRoom room{countOpen(), 0};
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return room;
  }
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, room.open + more);
  if (wanted > limit.rlim_cur) {
    const rlimit raised{wanted, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) {
      limit.rlim_cur = wanted;
    }
  }
  room.limit = limit.rlim_cur;
  return room;
}
}
