// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include "backend/storeloader.hh"
#include "teststore.hh"
#include "zonemaker.hh"

// A store and the StoreLoader that follows it. Thread: one at a time.

namespace failover::test
{
struct StoreLoading
{
  TestStore store;
  Settings settings{store.settings()};
  FakeHost host;
  Published<Snapshot> published;
  StoreLoader loader{settings, host, published};

  // Throws as StoreLoader::poll().
  StoreLoader::Report poll(bool everything = false) { return loader.poll(everything, std::chrono::system_clock::now()); }

  // What poll() throws; empty when it does not.
  std::string pollFault()
  {
    try {
      poll();
      return "";
    }
    catch (const std::exception& error) {
      return error.what();
    }
  }

  // Null when the store has no such zone.
  std::shared_ptr<const Snapshot> snapshot() const { return published.current(); }
  const Zone* zone(std::string_view apex) const { return snapshot()->zoneByApex(wire(apex)); }
  // Contents of the A records of a name; empty without its zone.
  std::multiset<std::string> addresses(std::string_view apex, std::string_view name) const
  {
    const auto* found = zone(apex);
    return found != nullptr ? contents(*found, name, type::a) : std::multiset<std::string>{};
  }
};
}
