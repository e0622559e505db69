// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "runtimes.hh"
#include <cstdlib>
#include <memory>
#include <mutex>
#include "pdnshost.hh"
#include "pdnsstatistics.hh"
#include "runtime.hh"
#include "pdns/arguments.hh"
#include "pdns/pdnsexception.hh"

namespace failover
{
namespace
{
  struct Registry
  {
    std::mutex mutex;
    std::vector<Runtime*> runtimes; // protected by mutex; never deleted
  };

  Registry& registry()
  {
    static auto* const theOne = new Registry; // outlives every thread of the host
    return *theOne;
  }

  void stopAll()
  {
    for (auto* runtime : allRuntimes()) {
      runtime->stop();
    }
  }

  // pdns_server declares this setting, pdnsutil does not.
  bool isServer()
  {
    return ::arg().parmIsset("distributor-threads");
  }
}

Runtime* runtimeFor(const std::string& suffix, const Settings& settings)
{
  if (!isServer()) {
    return nullptr;
  }
  auto& known = registry();
  std::lock_guard lock(known.mutex);
  const auto name = suffix.empty() ? suffix : suffix.substr(1);
  for (auto* runtime : known.runtimes) {
    if (runtime->suffix() == name) {
      return runtime;
    }
  }
  auto host = std::make_unique<PdnsHost>(name.empty() ? "failover" : "failover:" + name);
  auto runtime = std::make_unique<Runtime>(name, settings, std::move(host));
  try {
    declareStatistics(suffix, *runtime, runtime->start());
  }
  catch (const std::exception& error) {
    throw PDNSException("failover" + suffix + "-database: " + error.what());
  }
  if (known.runtimes.empty()) {
    // After the libraries' own exit handlers were registered, so before they run: our threads use them.
    std::atexit(stopAll);
  }
  known.runtimes.push_back(runtime.release());
  return known.runtimes.back();
}

std::vector<Runtime*> allRuntimes()
{
  auto& known = registry();
  std::lock_guard lock(known.mutex);
  return known.runtimes;
}
}
