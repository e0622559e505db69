// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include "probe/checks/httpcheck.hh"
#include "probe/orders.hh"

// WebhookPost: one message to a webhook: a POST of JSON, with the target's bearer token if it has one (RFC 6750 section 2.1).
// It passes with a status of 200 to 299; a redirect is not followed, and the answer's body is not read. Thread: as Run.

namespace failover
{
// How long a delivery may take, whatever its kind.
constexpr std::chrono::seconds s_deliveryLimit{10};

// The POST as what it nearly is, a check. Throws std::runtime_error: the url is none; std::bad_alloc.
[[nodiscard]] CheckSpec webhookSpec(const NoticeSpec& target);

namespace detail
{
  struct WebhookSpec
  {
    const CheckSpec d_webhook;
  };
}

// Its specification comes before HttpCheck, which borrows it.
class WebhookPost final : private detail::WebhookSpec, public HttpCheck
{
public:
  // Throws as webhookSpec() and HttpCheck do.
  WebhookPost(const NoticeSpec& target, std::string body);

private:
  const std::string d_body;
};
}
