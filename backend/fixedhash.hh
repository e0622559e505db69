// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <string_view>

// Hashes that are the same on every machine and in every run (std::hash promises neither). Pure. Thread: any.

namespace failover
{
// Spreads every bit of `value` over all others (the finalizer of splitmix64).
[[nodiscard]] constexpr uint64_t mixed(uint64_t value) noexcept
{
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// Of bytes (FNV-1a), mixed.
[[nodiscard]] constexpr uint64_t fixedHash(std::string_view bytes) noexcept
{
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return mixed(hash);
}
}
