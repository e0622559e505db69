// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "fuzz.hh"
#include "probe/checkspec.hh"

using namespace failover;
using namespace failover::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
  constexpr size_t refusalLimit = 300;
  try {
    const StatusSet set(textOf(data, size));
    bool any = false;
    for (long status = 100; status <= 599; ++status) {
      any = any || set.contains(status);
    }
    must(any);
    for (const long status : {-1L, 0L, 99L, 600L, 4294967496L}) {
      must(!set.contains(status));
    }
    must(StatusSet(set.text()) == set);
  }
  catch (const CheckSpecError& e) {
    mustBeShowable(e.what(), refusalLimit);
  }
  return 0;
}
