// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "allocations.hh"
#include <cstdlib>
#include <new>

namespace
{
thread_local size_t t_allocations = 0;
}

namespace failover::test
{
size_t allocations() noexcept
{
  return t_allocations;
}
}

// Not inlined: GCC would take malloc and operator delete for a mismatched pair.
[[gnu::noinline]] void* operator new(size_t size)
{
  ++t_allocations;
  if (auto* memory = std::malloc(size == 0 ? 1 : size)) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(size_t size, const std::nothrow_t& /* nothrow */) noexcept
{
  ++t_allocations;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept
{
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t /* size */) noexcept
{
  std::free(memory);
}
