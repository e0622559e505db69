// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <utility>
#include <unistd.h>

namespace failover
{
// Owns a descriptor, or none (-1). Thread: one at a time.
class Descriptor
{
public:
  Descriptor() noexcept = default;
  explicit Descriptor(int fd) noexcept :
    d_fd(fd) { }
  Descriptor(Descriptor&& other) noexcept :
    d_fd(std::exchange(other.d_fd, -1)) { }
  Descriptor& operator=(Descriptor&& other) noexcept
  {
    std::swap(d_fd, other.d_fd);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  [[nodiscard]] int get() const noexcept { return d_fd; }
  [[nodiscard]] bool isOpen() const noexcept { return d_fd >= 0; }
  void close() noexcept
  {
    if (d_fd >= 0) {
      ::close(std::exchange(d_fd, -1));
    }
  }

private:
  int d_fd{-1};
};
}
