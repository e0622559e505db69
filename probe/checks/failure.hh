// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <string>
#include <curl/curl.h>
#include "checkresult.hh"

// Failure: what a transfer that libcurl gave up on says about the node, or about ourselves. Pure. Thread: any.

namespace failover
{
struct FailedTransfer
{
  CURLcode code{CURLE_OK}; // not CURLE_OK
  int connectErrno{0};     // of the last failed connect, read or write; 0: none known
  int socketErrno{0};      // of a socket that could not be made; 0: all were made
  bool resolved{false};    // an address was known and a connection begun
  bool refusedHere{false}; // refusedHere() of every address that was tried
  bool memoryLeft{true};   // this machine still gives memory
  std::string host;        // of the URL
  std::string curlText;    // libcurl's own words, perhaps empty
  std::chrono::milliseconds timeout{0};
};

// Never Outcome::Passed; latency is left at 0. Throws only std::bad_alloc.
[[nodiscard]] CheckResult explain(const FailedTransfer& failed);
}
