// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <string>
#include "fuzz.hh"
#include "probe/checkspec.hh"

// A row of `checks`: a line for each of these columns, then the headers.

using namespace failover;
using namespace failover::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
  constexpr size_t shownLimit = 2200;   // the longest url, and an address
  constexpr size_t refusalLimit = 2500; // the longest url, and the rule
  CheckRow row;
  auto rest = textOf(data, size);
  for (auto* column : {&row.url, &row.address, &row.method, &row.expectStatus, &row.expectBody, &row.expectJson, &row.source,
         &row.caFile, &row.send, &row.expectRcode, &row.role, &row.connection}) {
    if (const auto line = takeLine(rest); !line.empty()) { // else its default
      *column = line;
    }
  }
  row.headers = rest;
  try {
    const auto spec = parseCheck(row);
    mustBeShowable(spec.displayUrl, shownLimit);
    mustBeShowable(spec.label, shownLimit);
    must(spec.url == row.url);
    for (const auto* text : {&spec.url, &spec.host, &spec.address, &spec.method, &spec.source, &spec.caFile}) {
      must(text->find_first_of(std::string_view("\0\r\n", 3)) == std::string::npos); // they become C strings and lines
    }
    for (const auto& header : spec.headers) {
      must(header.find_first_of(std::string_view("\0\r\n", 3)) == std::string::npos);
    }
    must(spec == parseCheck(row));
  }
  catch (const CheckSpecError& e) {
    mustBeShowable(e.what(), refusalLimit);
  }
  return 0;
}
