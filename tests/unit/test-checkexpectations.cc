// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "checkrow.hh"

using namespace failover;
using namespace failover::test;

TEST_SUITE("checkexpectations")
{
  TEST_CASE("methods and headers")
  {
    checkTable(&CheckRow::method,
      {{"", ""}, {"GET", ""}, {"HEAD", ""}, {"OPTIONS", ""}, {"POST", ""}, {"get", "method: 'get' is not one of GET, HEAD, OPTIONS, POST"}, {"GET / HTTP/1.1\r\nX: y", "method: 'GET / HTTP/1.1 X: y' is not one of GET, HEAD, OPTIONS, POST"}});
    checkTable(&CheckRow::headers,
      {{"", ""}, {"X-Probe: 1", ""}, {"X-Probe: 1\r\nHost: other.example\n", ""}, {"X-Empty:", ""}, {"novalue", "headers: line 1 is not 'Name: value'"}, {"a b: c", "headers: line 1 is not 'Name: value'"}, {": c", "headers: line 1 is not 'Name: value'"}, {"A: 1\nB: \x01", "headers: line 2 is not 'Name: value'"}});
    auto many = row();
    many.headers = "A: 1\r\n\nB: 2";
    CHECK(parseCheck(many).headers == std::vector<std::string>{"A: 1", "B: 2"});
  }

  TEST_CASE("status lists")
  {
    const std::string rule = "' is not a list of codes and ranges such as 200-399,401";
    checkTable(&CheckRow::expectStatus,
      {{"", ""}, {"200", ""}, {"200-399", ""}, {"200, 204 ,300-399", ""}, {"100-599", ""}, {"x", "expect_status: 'x" + rule}, {"200-", "expect_status: '200-" + rule}, {"-200", "expect_status: '-200" + rule}, {"200,", "expect_status: '200," + rule}, {",", "expect_status: '," + rule}, {"200-300-400", "expect_status: '200-300-400" + rule}, {"2e2", "expect_status: '2e2" + rule}, {"99", "expect_status: '99' has a code outside 100..599"}, {"200-600", "expect_status: '200-600' has a code outside 100..599"}, {"99999999999", "expect_status: '99999999999" + rule}, {"399-200", "expect_status: '399-200' has a range that runs backwards"}});
    const StatusSet set("204,300-399");
    CHECK(set.contains(204));
    CHECK(set.contains(300));
    CHECK(set.contains(399));
    CHECK_FALSE(set.contains(200));
    CHECK_FALSE(set.contains(205));
    CHECK_FALSE(set.contains(400));
    CHECK_FALSE(set.contains(0));
  }

  TEST_CASE("expectations need a body")
  {
    const std::string url = "smtp://east.example";
    CHECK(complaintWith(&CheckRow::expectBody, std::string("ok"), url) == "expect_body: 'ok' is only for http://, https://, tcp:// and dns://");
    auto head = row();
    head.method = "HEAD";
    head.expectJson = "/a=1";
    CHECK(complaint(head) == "expect_json: '/a=1' needs a body, which method HEAD never brings");
    CHECK(complaintWith(&CheckRow::expectBody, std::string("any \x01 bytes")).empty());
  }

  TEST_CASE("each expectation is for the kinds that can meet it")
  {
    for (const auto* url : {"http://h", "tcp://h:1", "dns://192.0.2.1/x"}) {
      CHECK(complaintWith(&CheckRow::expectBody, std::string("ok"), url).empty());
    }
    for (const auto* url : {"tls://h:1", "icmp://192.0.2.1", "ldap://h", "push://x", "exec://x"}) {
      CHECK(complaintWith(&CheckRow::expectBody, std::string("ok"), url) == "expect_body: 'ok' is only for http://, https://, tcp:// and dns://");
    }
    CHECK(complaintWith(&CheckRow::expectJson, std::string("/a=1"), "tcp://h:1") == "expect_json: '/a=1' is only for http:// and https://");
    CHECK(complaintWith(&CheckRow::send, std::string("s3cret"), "http://h") == "send: is only for tcp://");
    CHECK(complaintWith(&CheckRow::expectRcode, std::string("REFUSED"), "http://h") == "expect_rcode: 'REFUSED' is only for dns://");
  }

  TEST_CASE("what is sent may have any byte")
  {
    auto sender = row("tcp://h:1");
    sender.send = "QUIT\\r\\n\\t\\\\x41\\x00\\xfF\xc3";
    const char bytes[] = "QUIT\r\n\t\\x41\0\xff\xc3";
    CHECK(parseCheck(sender).send == std::string(bytes, sizeof bytes - 1));
    const auto none = [](int place) { return "send: the backslash at character " + std::to_string(place) + " begins none of \\r \\n \\t \\\\ \\xHH"; };
    checkTable(&CheckRow::send, {{"", ""}, {"s3cret\\", none(7)}, {"\\q", none(1)}, {"a\\x4", none(2)}, {"\\x4g", none(1)}, {"\\x+1", none(1)}, {"\\x\\\\41", none(1)}, {"\\R", none(1)}}, "tcp://h:1");
    CHECK(complaintWith(&CheckRow::send, std::string(8192, 'x'), "tcp://h:1").empty());
    CHECK(complaintWith(&CheckRow::send, std::string(8193, 'x'), "tcp://h:1") == "send: is longer than 8192 bytes");
  }

  TEST_CASE("response codes by name")
  {
    const std::string dns = "dns://192.0.2.1/x";
    CHECK(parseCheck(row(dns)).expectRcode == 0);
    auto other = row(dns);
    other.expectRcode = "REFUSED";
    CHECK(parseCheck(other).expectRcode == 5);
    CHECK(parseCheck(other).expectRcodeText == "REFUSED");
    CHECK(complaintWith(&CheckRow::expectRcode, std::string("refused"), dns).starts_with("expect_rcode: 'refused' is not one of NOERROR, "));
  }
}
