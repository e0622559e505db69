// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <json/value.h>

// CheckSpec: what to ask of a node, what counts as well, how often. A row of `checks` or `references` becomes one
// by parseCheck(), which knows every bound; nothing is parsed again when the check runs.

namespace failover
{
// Thrown by parseCheck, parsePeer and parseNotice. what(): "<column>: '<value>' <rule>", lower case, no full stop.
class CheckSpecError : public std::runtime_error
{
  using std::runtime_error::runtime_error;
};

// A list of HTTP status codes and ranges: "200-399", "200,204,300-399".
class StatusSet
{
public:
  // Throws CheckSpecError when `text` is no such list, a code is outside 100…599, or a range runs backwards.
  explicit StatusSet(std::string_view text);
  [[nodiscard]] bool contains(long status) const noexcept;
  [[nodiscard]] const std::string& text() const noexcept { return d_text; }
  bool operator==(const StatusSet&) const = default;

private:
  std::vector<std::pair<int, int>> d_ranges; // inclusive
  std::string d_text;
};

// "POINTER=VALUE": an RFC 6901 JSON pointer and the JSON value that must stand there,
// as in  /database/status="ok"  or  /ready=true . The first '=' divides; blanks around it do not count.
class JsonExpectation
{
public:
  // Throws CheckSpecError: no '=', a pointer that does not begin with '/', a bad ~ escape,
  // or a value that is not JSON.
  explicit JsonExpectation(std::string_view text);
  // True when `body` is JSON and has an equal value at the pointer. Else false, and `why` says what was seen
  // (body excerpts bounded and printable; none unless mayQuote). Never throws on strangers' input.
  [[nodiscard]] bool matches(const std::string& body, std::string& why, bool mayQuote = true) const;
  [[nodiscard]] const std::string& text() const noexcept { return d_text; }
  bool operator==(const JsonExpectation& other) const noexcept { return d_text == other.d_text; }

private:
  std::vector<std::string> d_path;
  Json::Value d_value;
  std::string d_text;
};

enum class CheckKind : uint8_t
{
  Http, // http:// and https://
  Tcp,  // tcp://host:port
  Tls,  // tls://host:port: handshake, name, days until the certificate expires
  Ping, // icmp://address and icmpv6://address
  Mail, // smtp://, smtps://, imap://, imaps://, pop3://, pop3s://: greeting and capabilities, no more
  Ldap, // ldap:// and ldaps://: libcurl's own
  Dns,  // dns://address[:port]/name?type=TYPE (RFC 4501)
  Push, // push://name: nothing is asked; an outside job reports
  Exec  // exec://program/argument/…: a program of failover-exec-dir
};

// A row of `checks` or `references`, as stored: text stays text, NULL is an empty string.
struct CheckRow
{
  int64_t id{0};
  std::string url;
  std::string address;
  std::string method{"GET"};
  std::string headers; // "Name: value" lines
  std::string expectStatus{"200-399"};
  std::string expectBody;
  std::string expectJson;
  int64_t intervalMs{3000};
  int64_t timeoutMs{2000};
  int64_t retryMs{500};
  int64_t fall{3};
  int64_t rise{2};
  std::string source;
  bool tlsVerify{true};
  std::string caFile;
  std::string send;                   // tcp: what to send, with \r \n \t \\ \xHH
  std::string expectRcode{"NOERROR"}; // dns: RFC 6895 section 2.3
  std::string role{"decide"};         // or "warn"
  bool inverted{false};
  std::string connection{"fresh"}; // or "reuse"
  bool startTls{false};
  int64_t certWarnDays{14};
};

struct CheckSpec
{
  int64_t id{0};
  CheckKind kind{CheckKind::Http};
  std::string url;        // as written; never logged with credentials, see displayUrl
  std::string displayUrl; // without user:password@ and without what a query says
  std::string label;      // displayUrl, and where `address` has it connect: what logs and reasons call the check
  std::string host;       // of the URL, without brackets
  uint16_t port{0};
  std::string address; // where to connect instead of host; empty: resolve host
  std::string method;
  std::vector<std::string> headers;
  StatusSet expectStatus{"200-399"};
  std::string expectBody;
  std::optional<JsonExpectation> expectJson;
  std::chrono::milliseconds interval{3000};
  std::chrono::milliseconds timeout{2000};
  std::chrono::milliseconds retry{500};
  unsigned fall{3};
  unsigned rise{2};
  std::string source; // local address to connect from; empty: the kernel's choice
  bool tlsVerify{true};
  std::string caFile; // empty: the system's

  std::string send;      // Tcp: the bytes to send once connected; empty: none
  std::string queryName; // Dns: what to ask for, as written, without the final dot; "." for the root
  uint16_t queryType{1}; // Dns
  int expectRcode{0};    // Dns
  std::string expectRcodeText{"NOERROR"};
  bool warningOnly{false};            // shown and logged, decides nothing
  bool inverted{false};               // passes where it would fail and the other way round; a local problem stays one
  bool reuseConnection{false};        // Http: asks on the connection of the run before, if that is still open
  bool startTls{false};               // Mail, Ldap: TLS on the plain port, and nothing without it
  int certWarnDays{14};               // Tls: a certificate that expires within so many days passes with a warning
  std::string program;                // Exec: a file name within failover-exec-dir
  std::vector<std::string> arguments; // Exec
  std::string pushName;               // Push: the name to report by

  bool operator==(const CheckSpec&) const = default;
};

// Bounds: interval 100…86400000 ms, timeout 10 ms … below interval, retry 10 ms … interval,
// fall and rise 1…100 (a push check has 1 and 1: a report decides by itself). Throws CheckSpecError naming the column, the
// value and the rule.
[[nodiscard]] CheckSpec parseCheck(const CheckRow& row);
}
