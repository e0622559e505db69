// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/noticespec.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
NoticeRow row(const std::string& url = "https://hooks.example/x?token=s3cret")
{
  NoticeRow made;
  made.id = 4;
  made.url = url;
  return made;
}

std::string complaint(const NoticeRow& bad)
{
  try {
    (void)parseNotice(bad);
  }
  catch (const CheckSpecError& error) {
    return error.what();
  }
  return {};
}

template <typename Value>
std::string complaintWith(Value NoticeRow::*column, const Value& value, const std::string& url = "https://hooks.example/")
{
  auto bad = row(url);
  bad.*column = value;
  return complaint(bad);
}
}

TEST_SUITE("noticespec")
{
  TEST_CASE("a webhook is told of falls and recoveries, once and at once")
  {
    const auto spec = parseNotice(row());
    CHECK(spec.id == 4);
    CHECK(spec.url == "https://hooks.example/x?token=s3cret");
    CHECK(spec.displayUrl == "https://hooks.example/x?...");
    CHECK(spec.node.empty());
    CHECK(spec.onDown);
    CHECK(spec.onUp);
    CHECK_FALSE(spec.onFreeze);
    CHECK(spec.delay == 0s);
    CHECK(spec.repeat == 0s);
    CHECK(spec.tlsVerify);
    CHECK(spec.program.empty());
  }

  TEST_CASE("every column arrives")
  {
    auto full = row();
    full.token = "s3cret";
    full.node = "east";
    full.events = "freeze";
    full.delaySeconds = 86400;
    full.repeatSeconds = 10;
    full.tlsVerify = false;
    full.caFile = "/ca.pem";
    const auto spec = parseNotice(full);
    CHECK(spec.token == "s3cret");
    CHECK(spec.node == "east");
    CHECK_FALSE(spec.onDown);
    CHECK_FALSE(spec.onUp);
    CHECK(spec.onFreeze);
    CHECK(spec.delay == 86400s);
    CHECK(spec.repeat == 10s);
    CHECK_FALSE(spec.tlsVerify);
    CHECK(spec.caFile == "/ca.pem");
  }

  TEST_CASE("a command has a program and arguments, and no token")
  {
    const auto spec = parseNotice(row("exec://page/on%20call"));
    CHECK(spec.program == "page");
    CHECK(spec.arguments == std::vector<std::string>{"on call"});
    CHECK(complaintWith(&NoticeRow::token, std::string("s3cret"), "exec://page") == "token: is only for http:// and https://");
    CHECK(complaint(row("exec://../page")).find("does not name a program") != std::string::npos);
  }

  TEST_CASE("wrong columns are refused, and no secret is said")
  {
    CHECK(complaint(row("ftp://u:s3cret@h/")) == "url: 'ftp://h/' is not a URL that begins with http://, https:// or exec://");
    CHECK(complaint(row("http://h:0/")) == "url: 'http://h:0/' lacks a port in 1..65535");
    CHECK(complaint(row("http://h/\n")) == "url: 'http://h/' is longer than 2048 bytes or has a control character");
    CHECK(complaintWith(&NoticeRow::token, std::string("s3cret word")) == "token: is not 1 to 1000 printable characters without blanks");
    for (const auto* bad : {"", "down,", ",up", "down up", "Down", "down,,up"}) {
      CHECK(complaintWith(&NoticeRow::events, std::string(bad)) == "events: '" + std::string(bad) + "' is not a list of down, up and freeze");
    }
    CHECK(complaintWith(&NoticeRow::delaySeconds, int64_t{-1}) == "delay_s: '-1' is not in 0..86400");
    CHECK(complaintWith(&NoticeRow::delaySeconds, int64_t{86401}) == "delay_s: '86401' is not in 0..86400");
    CHECK(complaintWith(&NoticeRow::repeatSeconds, int64_t{9}) == "repeat_s: '9' is not in 10..2592000");
    CHECK(complaintWith(&NoticeRow::repeatSeconds, int64_t{2592001}) == "repeat_s: '2592001' is not in 10..2592000");
    CHECK(complaintWith(&NoticeRow::caFile, std::string("a\x01")) == "ca_file: 'a?' has a control character");
  }
}
