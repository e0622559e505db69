// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "runcheck.hh"
#include "talkserver.hh"

using namespace failover;
using namespace failover::test;

namespace
{
CheckSpec specTo(const std::string& scheme, const TalkServer& server)
{
  CheckSpec spec;
  spec.kind = CheckKind::Mail;
  spec.url = scheme + "://" + server.authority();
  spec.host = "127.0.0.1";
  spec.port = server.port();
  spec.timeout = std::chrono::milliseconds(1000);
  return spec;
}

std::string smtp(TalkServer& /* server */, const std::string& said)
{
  return said.starts_with("EHLO") ? "250-mail.example\r\n250 SIZE 1000\r\n" : said == "QUIT\r\n" ? "221 bye\r\n"
                                                                                                 : "500 what?\r\n";
}

// imap: "A001 CAPABILITY\r\n".
std::string imap(TalkServer& /* server */, const std::string& said)
{
  return said.find("CAPABILITY") != std::string::npos ? "* CAPABILITY IMAP4rev1\r\n" + said.substr(0, said.find(' ')) + " OK done\r\n" : "";
}

std::string pop3(TalkServer& /* server */, const std::string& said)
{
  return said.starts_with("CAPA") ? "+OK\r\nUIDL\r\n.\r\n" : "";
}
}

// TLS needs a certificate: that is tried with real servers, in integration/test_check_kinds_mail.py.
TEST_SUITE("mailcheck")
{
  TEST_CASE("a server that greets and says what it can do is ready, and hears a farewell")
  {
    TalkServer submission("220 mail.example ready\r\n", smtp);
    const auto first = runCheck(specTo("SMTP", submission));
    CHECK(first.outcome == Outcome::Passed);
    CHECK(first.text == "SMTP ready");
    CHECK(submission.heard().starts_with("EHLO "));
    CHECK(submission.hears("QUIT\r\n"));

    TalkServer mailbox("* OK ready\r\n", imap);
    const auto second = runCheck(specTo("imap", mailbox));
    CHECK(second.outcome == Outcome::Passed);
    CHECK(second.text == "IMAP ready");
    CHECK(mailbox.hears("\r\nZ LOGOUT\r\n"));

    TalkServer post("+OK ready\r\n", pop3);
    const auto third = runCheck(specTo("pop3", post));
    CHECK(third.outcome == Outcome::Passed);
    CHECK(third.text == "POP3 ready");
    CHECK(post.hears("CAPA\r\nQUIT\r\n"));
  }

  TEST_CASE("a server that is not ready fails, in its own words where libcurl passes them on")
  {
    TalkServer busy("421 too many connections\r\n", smtp);
    const auto result = runCheck(specTo("smtp", busy));
    CHECK(result.outcome == Outcome::Protocol);
    CHECK(result.text == "got unexpected smtp-server response: 421");
    TalkServer other("HTTP/1.1 400 Bad Request\r\n\r\n", [](TalkServer& server, const auto& /* said */) { server.hangUp(); return ""; });
    CHECK_FALSE(runCheck(specTo("imap", other)).passed());
    TalkServer silent("", [](TalkServer& /* server */, const auto& /* said */) { return ""; });
    auto spec = specTo("pop3", silent);
    spec.timeout = std::chrono::milliseconds(100);
    const auto timeout = runCheck(spec);
    CHECK(timeout.outcome == Outcome::Timeout);
    CHECK(timeout.text == "timeout after 100 ms");
  }

  TEST_CASE("STARTTLS is wanted and not had")
  {
    TalkServer server("220 mail.example ready\r\n", smtp);
    auto spec = specTo("smtp", server);
    spec.startTls = true;
    const auto result = runCheck(spec);
    CHECK(result.outcome == Outcome::Tls);
    CHECK(result.text == "TLS: STARTTLS not supported.");
  }

  TEST_CASE("replies without end are cut off")
  {
    const std::string line = "* and another thing\r\n";
    std::string many;
    while (many.size() < 1000000) {
      many += line;
    }
    TalkServer server("220 mail.example ready\r\n", [&many](TalkServer& /* server */, const auto& /* said */) { return many; });
    CHECK_FALSE(runCheck(specTo("smtp", server)).passed());
    TalkServer mailbox("* OK ready\r\n", [&many](TalkServer& /* server */, const auto& /* said */) { return many; });
    const auto result = runCheck(specTo("imap", mailbox));
    CHECK(result.outcome == Outcome::Protocol);
    CHECK(result.text == "more than 65536 bytes of replies");
    TalkServer oneLine("220 mail.example ready\r\n", [](TalkServer& /* server */, const auto& /* said */) { return std::string(10000000, 'a'); });
    CHECK_FALSE(runCheck(specTo("smtp", oneLine)).passed());
  }
}
