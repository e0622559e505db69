// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <cerrno>
#include "failure.hh"
#include "probe/printable.hh"

namespace failover
{
namespace
{
  // No descriptors, memory or buffers: what this machine ran out of.
  bool isShortage(int error) noexcept
  {
    switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
      return true;
    default:
      return false;
    }
  }

  // Where connectErrno is the reason; elsewhere it may be left over from an address that was given up for the next one.
  bool isErrnoReason(CURLcode code) noexcept
  {
    return code == CURLE_COULDNT_CONNECT || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR;
  }

  std::string words(const FailedTransfer& failed)
  {
    if (failed.connectErrno != 0 && isErrnoReason(failed.code)) {
      return errnoText(failed.connectErrno);
    }
    return lowerFirst(printable(failed.curlText.empty() ? curl_easy_strerror(failed.code) : failed.curlText));
  }

  // Nothing but what happened on this machine, or an empty text when the fault is not ours.
  std::string localProblem(const FailedTransfer& failed)
  {
    if (failed.socketErrno != 0) {
      return errnoText(failed.socketErrno);
    }
    if (isErrnoReason(failed.code) && isShortage(failed.connectErrno)) {
      return errnoText(failed.connectErrno);
    }
    if (failed.refusedHere) {
      return errnoText(failed.connectErrno) + " (this machine's own network)";
    }
    switch (failed.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "cannot resolve " + printable(failed.host) + " (our resolver, not the node)";
    case CURLE_OPERATION_TIMEDOUT:
      return failed.resolved ? "" : "cannot resolve " + printable(failed.host) + " within " + std::to_string(failed.timeout.count()) + " ms (our resolver, not the node)";
    case CURLE_OUT_OF_MEMORY:
      // libcurl says the same of a header line above its own limit, which is the node's doing.
      return failed.memoryLeft ? "" : "out of memory";
    case CURLE_INTERFACE_FAILED:   // cannot bind `source`
    case CURLE_SSL_CACERT_BADFILE: // cannot read ca_file
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_FAILED_INIT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_READ_ERROR: // our own callbacks
    case CURLE_ABORTED_BY_CALLBACK:
      return words(failed);
    default:
      return {};
    }
  }

  Outcome kindOf(const FailedTransfer& failed) noexcept
  {
    switch (failed.code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Outcome::Timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_USE_SSL_FAILED: // STARTTLS was asked for and not had
      return Outcome::Tls;
    case CURLE_COULDNT_CONNECT:
      return failed.connectErrno == ECONNREFUSED ? Outcome::Refused : Outcome::Network;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return Outcome::Network;
    default:
      return Outcome::Protocol;
    }
  }
}

CheckResult explain(const FailedTransfer& failed)
{
  CheckResult result;
  result.text = localProblem(failed);
  if (!result.text.empty()) {
    return result;
  }
  result.outcome = kindOf(failed);
  if (result.outcome == Outcome::Timeout) {
    result.text = "timeout after " + std::to_string(failed.timeout.count()) + " ms";
  }
  else if (result.outcome == Outcome::Tls) {
    result.text = "TLS: " + printable(failed.curlText.empty() ? curl_easy_strerror(failed.code) : failed.curlText);
  }
  else if (failed.code == CURLE_OUT_OF_MEMORY) {
    result.text = "a header line that is too long";
  }
  else {
    result.text = words(failed);
  }
  return result;
}
}
