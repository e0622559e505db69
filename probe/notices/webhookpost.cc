// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <stdexcept>
#include "probe/url.hh"
#include "webhookpost.hh"

namespace failover
{
CheckSpec webhookSpec(const NoticeSpec& target)
{
  const auto parts = splitUrl(target.url);
  if (!parts) {
    throw std::runtime_error("not a URL with a scheme and a host");
  }
  CheckSpec spec;
  spec.id = target.id;
  spec.kind = CheckKind::Http;
  spec.url = target.url;
  spec.displayUrl = target.displayUrl;
  spec.label = target.displayUrl;
  spec.host = parts->host;
  spec.port = parts->port;
  spec.method = "POST";
  spec.headers.emplace_back("Content-Type: application/json");
  if (!target.token.empty()) { // characters that end no header: whoever read the row has seen to that
    spec.headers.push_back("Authorization: Bearer " + target.token);
  }
  spec.expectStatus = StatusSet("200-299");
  spec.timeout = s_deliveryLimit;
  spec.tlsVerify = target.tlsVerify;
  spec.caFile = target.caFile;
  return spec;
}

WebhookPost::WebhookPost(const NoticeSpec& target, std::string body) :
  WebhookSpec{webhookSpec(target)}, HttpCheck(d_webhook), d_body(std::move(body))
{
  easy().set(CURLOPT_POSTFIELDS, d_body.c_str());
  easy().set(CURLOPT_POSTFIELDSIZE, static_cast<long>(d_body.size()));
}
}
