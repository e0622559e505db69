// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "cachepurge.hh"
#include <algorithm>
#include <set>

namespace failover
{
namespace
{
  // Beyond this many zones one purge of everything is cheaper than one by one.
  constexpr size_t s_manyZones = 1000;

  void purgeOwner(Host& host, const WireName& name, bool below)
  {
    if (isWildcard(name)) {
      host.purgeSuffix(parent(name));
    }
    else if (below) {
      host.purgeSuffix(name);
    }
    else {
      host.purgeName(name);
    }
  }

  // Purges names of other zones that lead into `touched`, and what leads to those in turn.
  void purgeRedirects(Host& host, const Snapshot& snapshot, std::set<WireName> touched)
  {
    std::vector<const Zone*> candidates;
    snapshot.forEachRedirecting([&](const Zone& zone) {
      if (!touched.contains(zone.apex())) {
        candidates.push_back(&zone);
      }
    });
    const auto leadsIntoTouched = [&](const Zone::Redirect& redirect) {
      return std::any_of(touched.begin(), touched.end(), [&](const WireName& apex) {
        return isWithin(redirect.target, apex) || (redirect.below && isWithin(apex, redirect.target));
      });
    };
    for (bool found = true; found;) {
      found = false;
      for (auto& zone : candidates) {
        if (zone == nullptr) {
          continue;
        }
        bool leads = false;
        for (const auto& redirect : zone->redirects()) {
          if (leadsIntoTouched(redirect)) {
            purgeOwner(host, redirect.name, redirect.below);
            leads = true;
          }
        }
        if (leads) {
          touched.insert(zone->apex());
          zone = nullptr; // done with
          found = true;
        }
      }
    }
  }

  // Purges these zones, and what leads into them.
  void purgeWhole(Host& host, const Snapshot& snapshot, std::set<WireName> apexes)
  {
    if (apexes.size() > s_manyZones) {
      host.purgeEverything();
      return;
    }
    for (const auto& apex : apexes) {
      host.purgeSuffix(apex);
    }
    if (!apexes.empty()) {
      purgeRedirects(host, snapshot, std::move(apexes));
    }
  }
}

void purgeNode(Host& host, const Snapshot& snapshot, std::string_view node)
{
  std::set<WireName> varying;
  snapshot.forEachZone([&](const Zone& zone) {
    zone.forEachNameOf(node, [&](const WireName& name) {
      if (zone.typesVary()) {
        varying.insert(zone.apex());
      }
      else {
        purgeOwner(host, name, false);
      }
    });
  });
  purgeWhole(host, snapshot, std::move(varying));
}

void announceZones(Host& host, const Snapshot* before, const Snapshot& after, const std::vector<int64_t>& ids)
{
  for (const auto id : ids) {
    const auto* was = before != nullptr ? before->zoneById(id) : nullptr;
    const auto* is = after.zoneById(id);
    if (was != nullptr && after.zoneByApex(was->apex()) == nullptr) {
      host.zoneRemoved(was->apex());
    }
    if (is != nullptr && (was == nullptr || was->apex() != is->apex())) {
      host.zoneAdded(is->apex(), id);
    }
  }
}

void purgeZones(Host& host, const Snapshot& before, const Snapshot& after, const std::vector<int64_t>& ids)
{
  std::set<WireName> touched;
  for (const auto id : ids) {
    for (const auto* snapshot : {&before, &after}) {
      if (const auto* zone = snapshot->zoneById(id)) {
        touched.insert(zone->apex());
      }
    }
  }
  for (const auto& apex : touched) { // first: answers are made of these
    host.zoneChanged(apex);
  }
  purgeWhole(host, after, std::move(touched));
}
}
