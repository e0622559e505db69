// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <cerrno>
#include <doctest/doctest.h>
#include "probe/checks/failure.hh"

using namespace failover;

namespace
{
FailedTransfer failed(CURLcode code, int connectErrno = 0)
{
  FailedTransfer made;
  made.code = code;
  made.connectErrno = connectErrno;
  made.resolved = true;
  made.host = "east.example";
  made.curlText = "Words of libcurl";
  made.timeout = std::chrono::milliseconds(2000);
  return made;
}

void check(const FailedTransfer& what, Outcome outcome, const std::string& text)
{
  const auto result = explain(what);
  CHECK(result.outcome == outcome);
  CHECK(result.text == text);
  CHECK_FALSE(result.passed());
}
}

TEST_SUITE("failure")
{
  TEST_CASE("what the node did")
  {
    check(failed(CURLE_COULDNT_CONNECT, ECONNREFUSED), Outcome::Refused, "connection refused");
    check(failed(CURLE_COULDNT_CONNECT, EHOSTUNREACH), Outcome::Network, "no route to host");
    check(failed(CURLE_COULDNT_CONNECT, ENETUNREACH), Outcome::Network, "network is unreachable");
    check(failed(CURLE_COULDNT_CONNECT), Outcome::Network, "words of libcurl");
    check(failed(CURLE_OPERATION_TIMEDOUT), Outcome::Timeout, "timeout after 2000 ms");
    check(failed(CURLE_PEER_FAILED_VERIFICATION), Outcome::Tls, "TLS: Words of libcurl");
    check(failed(CURLE_SSL_CONNECT_ERROR), Outcome::Tls, "TLS: Words of libcurl");
    check(failed(CURLE_RECV_ERROR, ECONNRESET), Outcome::Network, "connection reset by peer");
    check(failed(CURLE_GOT_NOTHING), Outcome::Network, "words of libcurl");
    check(failed(CURLE_UNSUPPORTED_PROTOCOL), Outcome::Protocol, "words of libcurl");
    check(failed(CURLE_OUT_OF_MEMORY), Outcome::Protocol, "a header line that is too long");
  }

  TEST_CASE("what this machine ran out of leaves the verdict alone")
  {
    for (const int error : {EMFILE, ENFILE, ENOMEM, ENOBUFS}) {
      CHECK(explain(failed(CURLE_COULDNT_CONNECT, error)).isLocal());
    }
    auto noSocket = failed(CURLE_COULDNT_CONNECT);
    noSocket.socketErrno = EMFILE;
    noSocket.resolved = false;
    check(noSocket, Outcome::LocalProblem, "too many open files");
    auto noMemory = failed(CURLE_OUT_OF_MEMORY);
    noMemory.memoryLeft = false;
    check(noMemory, Outcome::LocalProblem, "out of memory");
    check(failed(CURLE_INTERFACE_FAILED), Outcome::LocalProblem, "words of libcurl");
    check(failed(CURLE_SSL_CACERT_BADFILE), Outcome::LocalProblem, "words of libcurl");
  }

  TEST_CASE("no route counts against the node only when it is not our own table that lacks it")
  {
    auto ours = failed(CURLE_COULDNT_CONNECT, ENETUNREACH);
    ours.refusedHere = true;
    check(ours, Outcome::LocalProblem, "network is unreachable (this machine's own network)");
  }

  TEST_CASE("our resolver is not the node")
  {
    check(failed(CURLE_COULDNT_RESOLVE_HOST), Outcome::LocalProblem, "cannot resolve east.example (our resolver, not the node)");
    auto slow = failed(CURLE_OPERATION_TIMEDOUT);
    slow.resolved = false;
    check(slow, Outcome::LocalProblem, "cannot resolve east.example within 2000 ms (our resolver, not the node)");
  }

  TEST_CASE("an errno left over from another address does not explain a timeout")
  {
    check(failed(CURLE_OPERATION_TIMEDOUT, ENOBUFS), Outcome::Timeout, "timeout after 2000 ms");
  }
}
