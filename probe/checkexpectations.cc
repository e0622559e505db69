// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <charconv>
#include "checkparts.hh"
#include "dnswords.hh"
#include "specparts.hh"

namespace failover
{
namespace
{
  constexpr std::array<std::string_view, 4> s_methods{"GET", "HEAD", "OPTIONS", "POST"};
  constexpr size_t s_sendLimit = 8192; // bytes; 2000 characters of SQL, whatever they are

  void readMethod(const CheckRow& row, CheckSpec& spec)
  {
    spec.method = row.method.empty() ? "GET" : row.method;
    if (std::find(s_methods.begin(), s_methods.end(), spec.method) == s_methods.end()) {
      refuseColumn("method", row.method, "is not one of GET, HEAD, OPTIONS, POST");
    }
  }

  // RFC 9110 section 5.1: a field name is a token.
  bool isFieldName(std::string_view text) noexcept
  {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    for (const char c : text) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && marks.find(c) == std::string_view::npos) {
        return false;
      }
    }
    return !text.empty();
  }

  // The message has the line's number, not its text: headers hold passwords.
  void readHeaders(const CheckRow& row, CheckSpec& spec)
  {
    const std::string_view text = row.headers;
    unsigned number = 0;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      auto line = text.substr(begin, end - begin);
      begin = end + 1;
      ++number;
      if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
      }
      if (line.empty()) {
        continue;
      }
      const auto colon = line.find(':');
      if (colon == std::string_view::npos || !isFieldName(line.substr(0, colon)) || hasControls(line)) {
        throw CheckSpecError("headers: line " + std::to_string(number) + " is not 'Name: value'");
      }
      spec.headers.emplace_back(line);
    }
  }

  // The byte that an escape at the beginning of `text` stands for, and how many characters it has; 0 when it is none.
  size_t readEscape(std::string_view text, char& byte) noexcept
  {
    constexpr std::string_view letters = "rnt\\";
    constexpr std::string_view meanings = "\r\n\t\\";
    if (text.size() > 1) {
      if (const auto letter = letters.find(text[1]); letter != std::string_view::npos) {
        byte = meanings[letter];
        return 2;
      }
    }
    uint8_t number = 0;
    if (text.size() > 3 && text[1] == 'x' && std::from_chars(text.data() + 2, text.data() + 4, number, 16).ptr == text.data() + 4) {
      byte = static_cast<char>(number);
      return 4;
    }
    return 0;
  }

  // The message has the place, not the text: what is sent may be a login.
  void readSend(const CheckRow& row, CheckSpec& spec)
  {
    const std::string_view text = row.send;
    if (text.size() > s_sendLimit) {
      throw CheckSpecError("send: is longer than " + std::to_string(s_sendLimit) + " bytes");
    }
    for (size_t i = 0; i < text.size();) {
      char byte = text[i];
      const auto length = byte == '\\' ? readEscape(text.substr(i), byte) : 1;
      if (length == 0) {
        throw CheckSpecError("send: the backslash at character " + std::to_string(i + 1) + " begins none of \\r \\n \\t \\\\ \\xHH");
      }
      spec.send += byte;
      i += length;
    }
  }

  void readRcode(const CheckRow& row, CheckSpec& spec)
  {
    spec.expectRcodeText = row.expectRcode.empty() ? "NOERROR" : row.expectRcode;
    const auto code = responseCodeOf(spec.expectRcodeText);
    if (!code) {
      refuseColumn("expect_rcode", row.expectRcode, "is not one of NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED, YXDOMAIN, YXRRSET, NXRRSET, NOTAUTH, NOTZONE");
    }
    spec.expectRcode = *code;
  }

  // What a kind of check has no use for is refused, lest somebody count on it. A column that has always been taken with any
  // kind (method, headers, expect_status) is taken still.
  void requireUse(const CheckRow& row, const CheckSpec& spec)
  {
    const auto only = [](std::string_view column, std::string_view value, bool isUsed, const char* kinds) {
      if (!isUsed) {
        refuseColumn(column, value, std::string("is only for ") + kinds);
      }
    };
    const bool isHttp = spec.kind == CheckKind::Http;
    only("expect_body", row.expectBody, row.expectBody.empty() || isHttp || spec.kind == CheckKind::Tcp || spec.kind == CheckKind::Dns, "http://, https://, tcp:// and dns://");
    only("expect_json", row.expectJson, row.expectJson.empty() || isHttp, "http:// and https://");
    if (!row.send.empty() && spec.kind != CheckKind::Tcp) {
      throw CheckSpecError("send: is only for tcp://");
    }
    only("expect_rcode", spec.expectRcodeText, spec.expectRcode == 0 || spec.kind == CheckKind::Dns, "dns://");
    for (const auto& [column, text] : {std::pair("expect_body", &row.expectBody), std::pair("expect_json", &row.expectJson)}) {
      if (!text->empty() && isHttp && spec.method == "HEAD") {
        refuseColumn(column, *text, "needs a body, which method HEAD never brings");
      }
    }
  }
}

void readExpectations(const CheckRow& row, CheckSpec& spec)
{
  readMethod(row, spec);
  readHeaders(row, spec);
  spec.expectStatus = StatusSet(row.expectStatus.empty() ? "200-399" : row.expectStatus);
  spec.expectBody = row.expectBody;
  if (!row.expectJson.empty()) {
    spec.expectJson.emplace(row.expectJson);
  }
  readSend(row, spec);
  readRcode(row, spec);
  requireUse(row, spec);
}
}
