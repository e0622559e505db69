// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <csignal>
#include <stdexcept>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>
#include "probe/printable.hh"
#include "spawn.hh"

namespace failover
{
namespace
{
  // What posix_spawn(3) is to do between fork and exec.
  class Plan
  {
  public:
    Plan()
    {
      check(::posix_spawn_file_actions_init(&d_actions));
      const int error = ::posix_spawnattr_init(&d_attributes);
      if (error != 0) {
        ::posix_spawn_file_actions_destroy(&d_actions);
        check(error);
      }
    }
    ~Plan()
    {
      ::posix_spawnattr_destroy(&d_attributes);
      ::posix_spawn_file_actions_destroy(&d_actions);
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    void arrangeDescriptors(int input, int output)
    {
      if (input >= 0) {
        check(::posix_spawn_file_actions_adddup2(&d_actions, input, STDIN_FILENO));
      }
      else {
        check(::posix_spawn_file_actions_addopen(&d_actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
      }
      check(::posix_spawn_file_actions_adddup2(&d_actions, output, STDOUT_FILENO));
      check(::posix_spawn_file_actions_addopen(&d_actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0));
      check(::posix_spawn_file_actions_addclosefrom_np(&d_actions, STDERR_FILENO + 1));
      check(::posix_spawn_file_actions_addchdir_np(&d_actions, "/"));
    }

    void arrangeSignals()
    {
      sigset_t signals;
      ::sigemptyset(&signals);
      check(::posix_spawnattr_setsigmask(&d_attributes, &signals));
      ::sigfillset(&signals);
      check(::posix_spawnattr_setsigdefault(&d_attributes, &signals));
      check(::posix_spawnattr_setpgroup(&d_attributes, 0));
      check(::posix_spawnattr_setflags(&d_attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP));
    }

    // 0, or an errno value.
    int start(const std::string& path, char* const* arguments, pid_t& child) const noexcept
    {
      char* const noEnvironment[] = {nullptr};
      return ::posix_spawn(&child, path.c_str(), &d_actions, &d_attributes, arguments, noEnvironment);
    }

  private:
    static void check(int error)
    {
      if (error != 0) {
        throw std::runtime_error("cannot prepare a program: " + errnoText(error));
      }
    }

    posix_spawn_file_actions_t d_actions{};
    posix_spawnattr_t d_attributes{};
  };
}

pid_t spawn(const std::string& path, const std::vector<std::string>& arguments, int input, int output)
{
  Plan plan;
  plan.arrangeDescriptors(input, output);
  plan.arrangeSignals();
  std::vector<char*> words; // posix_spawn leaves them as they are, whatever its types say
  words.reserve(arguments.size() + 2);
  words.push_back(const_cast<char*>(path.c_str()));
  for (const auto& argument : arguments) {
    words.push_back(const_cast<char*>(argument.c_str()));
  }
  words.push_back(nullptr);
  pid_t child = -1;
  const int error = plan.start(path, words.data(), child);
  if (error != 0) {
    throw std::runtime_error(printable(path) + ": " + errnoText(error));
  }
  return child;
}
}
