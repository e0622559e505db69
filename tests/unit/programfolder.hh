// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

// A folder of programs for tests. Thread: any.

namespace failover::test
{
class ProgramFolder
{
public:
  // Throws std::runtime_error.
  ProgramFolder()
  {
    std::string name = "/tmp/failover-programs-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("no folder for programs");
    }
    d_path = name;
  }
  ~ProgramFolder() { std::filesystem::remove_all(d_path); }
  ProgramFolder(const ProgramFolder&) = delete;
  ProgramFolder& operator=(const ProgramFolder&) = delete;

  // A shell script; returns where it is. noexcept but for std::bad_alloc and std::filesystem_error.
  std::string add(const std::string& name, const std::string& script, mode_t mode = 0755) const
  {
    const auto path = d_path + "/" + name;
    std::ofstream(path) << "#!/bin/sh\n"
                        << script << "\n";
    ::chmod(path.c_str(), mode);
    return path;
  }
  [[nodiscard]] const std::string& path() const noexcept { return d_path; }

private:
  std::string d_path;
};
}
