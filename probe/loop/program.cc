// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <sys/stat.h>
#include "probe/printable.hh"
#include "program.hh"

namespace failover
{
namespace
{
  struct Free
  {
    void operator()(char* text) const noexcept { std::free(text); }
  };

  // Without symbolic links, '.' and '..'.
  std::string resolved(const std::string& path)
  {
    const std::unique_ptr<char, Free> real(::realpath(path.c_str(), nullptr));
    if (!real) {
      throw ProgramError(printable(path) + ": " + errnoText(errno));
    }
    return real.get();
  }

  struct stat described(const std::string& path)
  {
    struct stat found
    {
    };
    if (::stat(path.c_str(), &found) != 0) {
      throw ProgramError(printable(path) + ": " + errnoText(errno));
    }
    if ((found.st_mode & S_IWOTH) != 0) {
      throw ProgramError(printable(path) + ": everybody may write it (chmod o-w)");
    }
    return found;
  }
}

std::string findProgram(const std::string& folder, const std::string& name)
{
  if (folder.empty()) {
    throw ProgramError("failover-exec-dir is not set");
  }
  if (folder.front() != '/') {
    throw ProgramError("failover-exec-dir '" + printable(folder) + "' is not an absolute path");
  }
  if (name.empty() || name.front() == '.' || name.find_first_of(std::string("/\0", 2)) != std::string::npos) {
    throw ProgramError("'" + printable(name) + "' is not the name of a program in " + printable(folder));
  }
  const auto within = resolved(folder);
  const auto path = resolved(folder + '/' + name);
  if (path.compare(0, within.size() + 1, within + '/') != 0 && within != "/") {
    throw ProgramError(printable(folder + '/' + name) + ": leads out of the folder");
  }
  (void)described(within);
  if (!S_ISREG(described(path).st_mode)) {
    throw ProgramError(printable(path) + ": not a regular file");
  }
  return path;
}
}
