// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <vector>
#include "fuzz.hh"

// Calls an entry point with every file of the folders that are named, and with what the file becomes when it is cut off
// after any of its bytes, or has any of them changed. The same inputs each time. Needs no libFuzzer.

namespace
{
using Bytes = std::vector<uint8_t>;

constexpr size_t s_positions = 2048; // of a file that are cut at and changed, evenly spread

// From memory of exactly that size, so that a sanitizer sees a byte that is read beyond it.
void feed(const uint8_t* data, size_t size)
{
  const auto copy = std::make_unique<uint8_t[]>(size);
  std::copy_n(data, size, copy.get());
  LLVMFuzzerTestOneInput(copy.get(), size);
}

void feedAll(Bytes bytes)
{
  feed(bytes.data(), bytes.size());
  std::mt19937 random(1); // NOLINT: the same each time
  const size_t step = bytes.size() / s_positions + 1;
  for (size_t at = 0; at < bytes.size(); at += step) {
    feed(bytes.data(), at);
    const auto before = bytes[at];
    bytes[at] ^= static_cast<uint8_t>(1 + random() % 255); // never the same byte
    feed(bytes.data(), bytes.size());
    bytes[at] = before;
  }
}
}

int main(int argc, char** argv)
{
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::cout << path.string() << std::endl; // before it is tried: the last one named is to blame
    std::ifstream file(path, std::ios::binary);
    feedAll(Bytes(std::istreambuf_iterator<char>(file), {}));
  }
  std::cout << files.size() << " files replayed" << std::endl;
  return files.empty() ? EXIT_FAILURE : EXIT_SUCCESS;
}
