// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <vector>
#include "fuzz.hh"
#include "probe/checks/dnsmessage.hh"

// A reply from its third byte on: the id, which every stranger has to guess, is put in front. The first byte of the input
// says which type is asked for, so that data of each type is looked into.

using namespace failover;
using namespace failover::fuzz;

namespace
{
constexpr size_t s_textLimit = 300; // an excerpt of 200 bytes, and the words around it

void ask(const CheckSpec& spec, const std::vector<uint8_t>& reply)
{
  const DnsQuestion question(spec, 0x1234);
  if (!question.isAnsweredBy(reply)) {
    return;
  }
  (void)question.needsMoreThan(reply);
  const auto result = question.judge(reply);
  must(!result.isLocal() && !result.text.empty());
  mustBeShowable(result.text, s_textLimit);
}
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
  if (size == 0) {
    return 0;
  }
  CheckSpec spec;
  spec.kind = CheckKind::Dns;
  spec.queryName = "a.b";
  spec.queryType = data[0];
  std::vector<uint8_t> reply{0x12, 0x34};
  reply.insert(reply.end(), data + 1, data + size);
  reply.shrink_to_fit(); // a sanitizer sees a byte that is read beyond it
  ask(spec, reply);
  spec.expectBody = "192.0.2.1";
  ask(spec, reply);
  return 0;
}
