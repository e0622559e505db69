// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <memory>
#include <mutex>
#include <vector>

// Leases<T>: objects that backend instances write, one instance each at a time, and somebody else reads all together.
// Instances come and go; what one leaves behind the next one goes on with, so that nothing in it is lost.
// Thread: any.

namespace failover
{
template <typename T>
class Leases
{
public:
  // Gives the object back.
  struct Return
  {
    Leases* leases;
    void operator()(T* object) const noexcept { leases->giveBack(object); }
  };
  using Lease = std::unique_ptr<T, Return>;
  // An object that nobody else writes while the lease lasts. The lease must not outlive this. Throws only std::bad_alloc.
  [[nodiscard]] Lease lease()
  {
    const std::lock_guard lock(d_mutex);
    if (d_free.empty()) {
      d_all.push_back(std::make_unique<T>());
      d_free.reserve(d_all.size());
      return {d_all.back().get(), Return{this}};
    }
    Lease lease(d_free.back(), Return{this});
    d_free.pop_back();
    return lease;
  }

  // Every object, leased or not. One call at a time: whoever visits is the only one who does.
  template <typename Visit>
  void forEach(Visit visit) const
  {
    const std::lock_guard lock(d_mutex);
    for (const auto& object : d_all) {
      visit(*object);
    }
  }

private:
  void giveBack(T* object) noexcept
  {
    const std::lock_guard lock(d_mutex);
    d_free.push_back(object);
  }

  mutable std::mutex d_mutex;
  // Protected by d_mutex.
  std::vector<std::unique_ptr<T>> d_all;
  std::vector<T*> d_free; // has room for all
};
}
