// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <memory>
#include <mutex>
#include <string>
#include <strings.h>
#include <vector>
#include "control/control.hh"
#include "failoverbackend.hh"
#include "gsqlstatements.hh"
#include "pdnscompat.hh"
#include "pdnsstatistics.hh"
#include "runtimes.hh"
#include "settings.hh"
#include "pdns/logger.hh"

// What PowerDNS finds when it loads libfailoverbackend.so: a factory that declares settings and makes backends, and the
// pdns_control commands.

namespace failover
{
namespace
{
  // PowerDNS's command functions are plain pointers and get their own name as the first word.
  std::string runCommand(const std::vector<std::string>& words)
  {
    for (const auto& command : commands()) {
      if (!words.empty() && strcasecmp(words.front().c_str(), command.name) == 0) {
        const auto runtimes = allRuntimes();
        auto text = command.run(runtimes, words);
        if (text.ends_with('\n')) { // pdns_control adds one
          text.pop_back();
        }
        return text;
      }
    }
    return "error: no such command\n";
  }

  // Only in the process that serves: a guardian (guardian=yes) passes on what it does not know itself.
  void registerCommands()
  {
    for (const auto& command : commands()) {
      pdns_compat::registerCommand<runCommand>(toUpper(command.name), command.help, command.arguments);
    }
  }

  class FailoverFactory : public BackendFactory
  {
  public:
    FailoverFactory() :
      BackendFactory("failover") { }

    void declareArguments(const std::string& suffix) override
    {
      for (const auto& setting : settingDeclarations()) {
        declare(suffix, setting.key, setting.help, setting.defaultValue);
      }
      declareStatistics(suffix);
      for (const auto& statement : gsqlStatements()) {
        declare(suffix, statement.setting, "SQL statement, not to be changed", statement.sql);
      }
    }

    DNSBackend* make(const std::string& suffix) override
    {
      auto backend = std::make_unique<FailoverBackend>(suffix);
      static std::once_flag once;
      if (backend->serving()) {
        std::call_once(once, registerCommands);
      }
      return backend.release(); // PowerDNS owns it
    }
  };

  // Its constructor runs when the module is loaded, before any fork: it starts nothing.
  class FailoverLoader
  {
  public:
    FailoverLoader()
    {
      pdns_compat::report(std::make_unique<FailoverFactory>());
      g_log << Logger::Info << "[failover] This is the failover backend version " FAILOVER_VERSION ", built for PowerDNS " PDNS_BUILD_VERSION << std::endl;
    }
  };

  const FailoverLoader s_loader;
}
}
