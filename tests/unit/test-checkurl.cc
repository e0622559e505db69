// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "checkrow.hh"

using namespace failover;
using namespace failover::test;

namespace
{
const std::string s_schemes = "http://, https://, tcp://, tls://, icmp://, icmpv6://, smtp://, smtps://, imap://, imaps://, pop3://, pop3s://, ldap://, ldaps://, dns://, push:// or exec://";
const std::string s_noName = "' lacks a domain name to ask for, as in dns://192.0.2.53/example.org";
const std::string s_noType = "' has more behind the name than ?type= and a record type";

CheckSpec parsed(const std::string& url)
{
  return parseCheck(row(url));
}
}

TEST_SUITE("checkurl")
{
  TEST_CASE("urls")
  {
    checkTable(&CheckRow::url,
      {{"http://east.example", ""},
        {"HTTPS://east.example:8443/x?y=1#z", ""},
        {"http://[2001:db8::1]:8080/", ""},
        {"tcp://east.example:25", ""},
        {"tcp://[::1]:25", ""},
        {"", "url: '' is not a URL with a scheme and a host"},
        {"east.example/health", "url: 'east.example/health' is not a URL with a scheme and a host"},
        {"http://", "url: 'http://' is not a URL with a scheme and a host"},
        {"http://a b/", "url: 'http://a b/' is not a URL with a scheme and a host"},
        {"http://a/\n", "url: 'http://a/' is not a URL with a scheme and a host"},
        {"ftp://east.example/", "url: 'ftp://east.example/' does not begin with " + s_schemes},
        {"file:///etc/passwd", "url: 'file:///etc/passwd' is not a URL with a scheme and a host"},
        {"http://east.example:0/", "url: 'http://east.example:0/' lacks a port in 1..65535"},
        {"http://east.example:65536/", "url: 'http://east.example:65536/' is not a URL with a scheme and a host"},
        {"tcp://east.example", "url: 'tcp://east.example' lacks a port in 1..65535"},
        {"tcp://east.example:25/x", "url: 'tcp://east.example:25/x' is more than tcp://host:port"},
        {"tcp://u@east.example:25", "url: 'tcp://east.example:25' is more than tcp://host:port"}});
  }

  TEST_CASE("an address in brackets loses them, a scheme's port is known")
  {
    const auto spec = parseCheck(row("http://[2001:db8::1]/"));
    CHECK(spec.host == "2001:db8::1");
    CHECK(spec.port == 80);
    const auto tcp = parseCheck(row("tcp://[::1]:25"));
    CHECK(tcp.kind == CheckKind::Tcp);
    CHECK(tcp.host == "::1");
    CHECK(tcp.port == 25);
  }

  TEST_CASE("every kind that connects has its port, or must be given one")
  {
    struct Kind
    {
      const char* url;
      CheckKind kind;
      uint16_t port;
    };
    const Kind kinds[] = {{"http://h", CheckKind::Http, 80}, {"https://h", CheckKind::Http, 443}, {"smtp://h", CheckKind::Mail, 25}, {"smtps://h/", CheckKind::Mail, 465}, {"imap://h", CheckKind::Mail, 143}, {"imaps://h", CheckKind::Mail, 993}, {"pop3://h", CheckKind::Mail, 110}, {"pop3s://h:1", CheckKind::Mail, 1}, {"pop3s://h", CheckKind::Mail, 995}, {"ldap://h", CheckKind::Ldap, 389}, {"ldaps://h/dc=x?cn?base", CheckKind::Ldap, 636}, {"dns://192.0.2.1/x", CheckKind::Dns, 53}, {"dns://192.0.2.1:5353/x", CheckKind::Dns, 5353}, {"tcp://h:1", CheckKind::Tcp, 1}, {"tls://h:65535", CheckKind::Tls, 65535}};
    for (const auto& [url, kind, port] : kinds) {
      CAPTURE(url);
      const auto spec = parsed(url);
      CHECK((spec.kind == kind));
      CHECK(spec.port == port);
    }
    checkTable(&CheckRow::url,
      {{"tls://h", "url: 'tls://h' lacks a port in 1..65535"},
        {"smtp://h:0", "url: 'smtp://h:0' lacks a port in 1..65535"},
        {"dns://192.0.2.1:0/x", "url: 'dns://192.0.2.1:0/x' lacks a port in 1..65535"}});
  }

  TEST_CASE("what a kind has no use for is no part of its url")
  {
    checkTable(&CheckRow::url,
      {{"tls://h:1/x", "url: 'tls://h:1/x' is more than tls://host:port"},
        {"tcp://h:1#x", "url: 'tcp://h:1#x' is more than tcp://host:port"},
        {"smtp://h/x", "url: 'smtp://h/x' is more than smtp://host[:port]"},
        {"imaps://u@h", "url: 'imaps://h' is more than imaps://host[:port]"},
        {"pop3://h?x", "url: 'pop3://h?...' is more than pop3://host[:port]"},
        {"icmp://192.0.2.1/x", "url: 'icmp://192.0.2.1/x' is more than icmp://address"},
        {"dns://u@192.0.2.1/x", "url: 'dns://192.0.2.1/x' is more than dns://address[:port]/name?type=TYPE"}});
  }

  TEST_CASE("a ping needs an address of its family, in the url or beside it")
  {
    CHECK((parsed("icmp://192.0.2.1").kind == CheckKind::Ping));
    CHECK(parsed("icmp://192.0.2.1").host == "192.0.2.1");
    CHECK(parsed("icmpv6://[2001:db8::1]/").host == "2001:db8::1");
    const std::string four = "needs an IPv4 address, here or in the column address";
    const std::string six = "needs an IPv6 address, here or in the column address";
    checkTable(&CheckRow::url,
      {{"icmp://east.example", "url: 'icmp://east.example' " + four},
        {"icmp://[::1]", "url: 'icmp://[::1]' " + four},
        {"icmpv6://192.0.2.1", "url: 'icmpv6://192.0.2.1' " + six},
        {"icmp://192.0.2.1:7", "url: 'icmp://192.0.2.1:7' has a port, which a ping has not"},
        {"icmpv6://[::1]:0", "url: 'icmpv6://[::1]:0' has a port, which a ping has not"}});
    CHECK(complaintWith(&CheckRow::address, std::string("192.0.2.1"), "icmp://east.example").empty());
    CHECK(complaintWith(&CheckRow::address, std::string("::1"), "icmpv6://east.example").empty());
    CHECK(complaintWith(&CheckRow::address, std::string("::1"), "icmp://192.0.2.1") == "url: 'icmp://192.0.2.1' " + four);
  }

  TEST_CASE("a question has a server's address, a name, and a type or A")
  {
    const auto plain = parsed("dns://192.0.2.1/www.example.org.");
    CHECK((plain.kind == CheckKind::Dns));
    CHECK(plain.queryName == "www.example.org");
    CHECK(plain.queryType == 1);
    const auto typed = parsed("dns://[2001:db8::1]:5353/_443._tcp.Example.ORG?TYPE=type52");
    CHECK(typed.host == "2001:db8::1");
    CHECK(typed.queryName == "_443._tcp.Example.ORG");
    CHECK(typed.queryType == 52);
    CHECK(typed.displayUrl == "dns://[2001:db8::1]:5353/_443._tcp.Example.ORG?TYPE=type52");
    CHECK(parsed("dns://192.0.2.1/.?type=NS").queryName == ".");
    CHECK(parsed("dns://192.0.2.1/*.example").queryName == "*.example");
    const auto longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(61, 'd');
    CHECK(parsed("dns://192.0.2.1/" + longest).queryName == longest);
    const auto with = [](const std::string& rest, const std::string& message) { return Case{"dns://192.0.2.1" + rest, "url: 'dns://192.0.2.1" + rest + message}; };
    checkTable(&CheckRow::url,
      {with("", s_noName), with("/", s_noName), with("/..", s_noName), with("/a..b", s_noName), with("/.a", s_noName), with("/a/b", s_noName), with("/a%20b", s_noName), with("/a*", s_noName), with("/a#b", s_noName),
        with("/" + std::string(64, 'a'), s_noName),
        {"dns://192.0.2.1/a?", "url: 'dns://192.0.2.1/a?..." + s_noType},
        {"dns://192.0.2.1/a?type", "url: 'dns://192.0.2.1/a?..." + s_noType},
        {"dns://192.0.2.1/a?type=", "url: 'dns://192.0.2.1/a?..." + s_noType},
        {"dns://192.0.2.1/a?type=FOO", "url: 'dns://192.0.2.1/a?..." + s_noType},
        {"dns://192.0.2.1/a?type=A&x", "url: 'dns://192.0.2.1/a?..." + s_noType},
        {"dns://ns.example/a", "url: 'dns://ns.example/a' needs the server's address, here or in the column address"}});
    CHECK(complaint(row("dns://192.0.2.1/" + longest + "d")).ends_with(s_noName));
    CHECK(complaintWith(&CheckRow::address, std::string("192.0.2.1"), "dns://ns.example/a").empty());
  }

  TEST_CASE("a push check has a name, be it a number, and nothing else")
  {
    for (const std::string name : {"backup", "42", "a.b-c_D", "-x"}) {
      const auto spec = parsed("push://" + name);
      CHECK((spec.kind == CheckKind::Push));
      CHECK(spec.pushName == name);
      CHECK(spec.label == "push://" + name);
    }
    const std::string rule = "' is not push:// and a name of 1 to 63 letters, digits, '.', '_' or '-', not beginning with '.'";
    checkTable(&CheckRow::url,
      {{"push://" + std::string(63, 'a'), ""}, {"push://" + std::string(64, 'a'), "url: 'push://" + std::string(64, 'a') + rule}, {"push://", "url: 'push://" + rule}, {"push://.a", "url: 'push://.a" + rule}, {"push://a/b", "url: 'push://a/b" + rule}, {"push://a:1", "url: 'push://a:1" + rule}, {"PUSH://a", "url: 'PUSH://a' does not begin with " + s_schemes}});
  }

  TEST_CASE("a program has a name and decoded arguments")
  {
    const auto spec = parsed("exec://backup-age.sh/two%20words//%3Fx%2Fy/");
    CHECK((spec.kind == CheckKind::Exec));
    CHECK(spec.program == "backup-age.sh");
    CHECK(spec.arguments == std::vector<std::string>{"two words", "", "?x/y", ""});
    CHECK(parsed("exec://10").program == "10");
    CHECK(parsed("exec://10").arguments.empty());
    CHECK(complaint(row("exec://../sh")) == "url: 'exec://..' does not name a program by letters, digits, '.', '_' and '-', not beginning with '.'");
  }

  TEST_CASE("no url is longer than 2048 bytes")
  {
    const std::string start = "http://h/";
    CHECK(complaint(row(start + std::string(2048 - start.size(), 'x'))).empty());
    CHECK(complaint(row(start + std::string(2049 - start.size(), 'x'))).ends_with("is longer than 2048 bytes"));
  }
}
