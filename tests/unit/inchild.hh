// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdio>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

// A child process in which a test may break what its parent needs: descriptors, network.
// Thread: the only one. fork() copies the locks that other threads hold, malloc's among them, and nobody releases the copies.

namespace failover::test
{
// What `story` returns in a child process. Its exceptions' text, where it throws. noexcept but for std::bad_alloc.
inline std::string inChild(const std::function<std::string()>& story)
{
  int ends[2];
  if (::pipe(ends) != 0) {
    return "no pipe";
  }
  (void)std::fflush(nullptr); // or the child would have, and perhaps write, what is buffered here
  const pid_t child = ::fork();
  if (child == 0) {
    std::string said;
    try {
      said = story();
    }
    catch (const std::exception& e) {
      said = e.what();
    }
    const bool written = ::write(ends[1], said.data(), said.size()) >= 0;
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[512];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof(buffer))) > 0;) {
    said.append(buffer, static_cast<size_t>(got));
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}
}
