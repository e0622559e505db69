// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <strings.h>
#include <sys/socket.h>
#include "checkparts.hh"
#include "dnswords.hh"
#include "printable.hh"
#include "specparts.hh"
#include "url.hh"

namespace failover
{
namespace
{
  constexpr size_t s_pushNameLimit = 63;
  constexpr std::string_view s_push = "push://";

  struct Scheme
  {
    std::string_view name;
    CheckKind kind;
    uint16_t port; // 0: none is usual
  };

  constexpr std::array<Scheme, 17> s_schemes{{
    {"http", CheckKind::Http, 80},
    {"https", CheckKind::Http, 443},
    {"tcp", CheckKind::Tcp, 0},
    {"tls", CheckKind::Tls, 0},
    {"icmp", CheckKind::Ping, 0},
    {"icmpv6", CheckKind::Ping, 0},
    {"smtp", CheckKind::Mail, 25},
    {"smtps", CheckKind::Mail, 465},
    {"imap", CheckKind::Mail, 143},
    {"imaps", CheckKind::Mail, 993},
    {"pop3", CheckKind::Mail, 110},
    {"pop3s", CheckKind::Mail, 995},
    {"ldap", CheckKind::Ldap, 389},
    {"ldaps", CheckKind::Ldap, 636},
    {"dns", CheckKind::Dns, 53},
    {"push", CheckKind::Push, 0},
    {"exec", CheckKind::Exec, 0},
  }};

  class UrlReader
  {
  public:
    UrlReader(const CheckRow& row, CheckSpec& spec) :
      d_row(row), d_spec(spec) { }

    void read()
    {
      d_spec.url = d_row.url;
      d_spec.displayUrl = printable(withoutSecrets(d_row.url), s_urlLimit);
      if (d_row.url.size() > s_urlLimit) {
        refuse("is longer than " + std::to_string(s_urlLimit) + " bytes");
      }
      if (hasControls(d_row.url)) {
        refuse("is not a URL with a scheme and a host");
      }
      if (d_row.url.starts_with(s_push)) {
        readPush();
      }
      else if (isCommand(d_row.url)) {
        readCommand();
      }
      else {
        readNetwork();
      }
    }

  private:
    [[noreturn]] void refuse(const std::string& rule) const { refuseColumn("url", d_spec.displayUrl, rule); }

    // Not by splitUrl(): to libcurl a host of digits is an address.
    void readPush()
    {
      d_spec.kind = CheckKind::Push;
      d_spec.pushName = d_row.url.substr(s_push.size());
      if (!isPlainName(d_spec.pushName, s_pushNameLimit)) {
        refuse("is not push:// and a name of 1 to " + std::to_string(s_pushNameLimit) + " letters, digits, '.', '_' or '-', not beginning with '.'");
      }
    }

    void readCommand()
    {
      auto command = parseCommand(d_row.url);
      d_spec.kind = CheckKind::Exec;
      d_spec.program = std::move(command.program);
      d_spec.arguments = std::move(command.arguments);
    }

    void readNetwork()
    {
      const auto parts = splitUrl(d_row.url);
      if (!parts) {
        refuse("is not a URL with a scheme and a host");
      }
      const auto* const scheme = std::find_if(s_schemes.begin(), s_schemes.end(), [&](const Scheme& known) { return known.name == parts->scheme; });
      if (scheme == s_schemes.end() || scheme->kind == CheckKind::Push || scheme->kind == CheckKind::Exec) {
        refuse("does not begin with " + schemeNames());
      }
      d_spec.kind = scheme->kind;
      const bool canStartTls = (scheme->kind == CheckKind::Mail || scheme->kind == CheckKind::Ldap) && !scheme->name.ends_with('s');
      d_spec.startTls = d_row.startTls && canStartTls;
      d_spec.host = parts->host;
      d_spec.port = parts->port != 0 || parts->hasPort ? parts->port : scheme->port;
      if (d_spec.kind == CheckKind::Ping) {
        requireFamily(scheme->name == "icmp" ? AF_INET : AF_INET6);
        if (parts->hasPort) {
          refuse("has a port, which a ping has not");
        }
      }
      else if (d_spec.port == 0) {
        refuse("lacks a port in 1..65535");
      }
      if (d_spec.kind == CheckKind::Ldap && parts->hasUser) { // libcurl refuses one in an LDAP URL (RFC 4516 has none)
        refuse("has a user, which no LDAP check has");
      }
      if (d_spec.kind != CheckKind::Http && d_spec.kind != CheckKind::Ldap) {
        readRest(*scheme, parts->hasUser);
      }
    }

    static std::string schemeNames()
    {
      std::string names;
      for (const auto& scheme : s_schemes) {
        names += (names.empty() ? "" : &scheme == &s_schemes.back() ? " or "
                                                                    : ", ")
          + std::string(scheme.name) + "://";
      }
      return names;
    }

    // What stands between :// and the next '/', '?' or '#'; and all from there on.
    [[nodiscard]] std::string_view authority() const
    {
      const std::string_view url = d_row.url;
      const auto begin = std::min(url.find("://"), url.size() - 3) + 3;
      return url.substr(begin, std::min(url.find_first_of("/?#", begin), url.size()) - begin);
    }
    [[nodiscard]] std::string_view rest() const
    {
      const auto before = authority();
      return std::string_view(d_row.url).substr(static_cast<size_t>(before.data() - d_row.url.data()) + before.size());
    }
    void requireFamily(int family) const
    {
      if (familyOf(d_row.address.empty() ? d_spec.host : d_row.address) != family) {
        refuse(std::string("needs an ") + (family == AF_INET ? "IPv4" : "IPv6") + " address, here or in the column address");
      }
    }

    void readRest(const Scheme& scheme, bool hasUser)
    {
      if (d_spec.kind == CheckKind::Dns && !hasUser) {
        readQuestion();
        return;
      }
      if (hasUser || (!rest().empty() && rest() != "/")) {
        const auto* const form = d_spec.kind == CheckKind::Ping ? "://address" : scheme.port != 0 ? "://host[:port]"
                                                                                                  : "://host:port";
        refuse("is more than " + std::string(scheme.name) + (d_spec.kind == CheckKind::Dns ? "://address[:port]/name?type=TYPE" : form));
      }
    }

    // RFC 4501, with '?type=' alone behind the name.
    void readQuestion()
    {
      if (d_row.address.empty() && familyOf(d_spec.host) == 0) {
        refuse("needs the server's address, here or in the column address");
      }
      const auto question = rest();
      const auto mark = std::min(question.find('?'), question.size());
      readName(question.substr(std::min<size_t>(1, mark), mark - std::min<size_t>(1, mark)));
      if (mark != question.size()) {
        readType(question.substr(mark + 1));
      }
      d_spec.displayUrl = printable(d_row.url, s_urlLimit); // a type is no secret
    }

    // RFC 1035 section 2.3.4: 63 octets in a label, and at most 253 characters without the final dot.
    void readName(std::string_view name)
    {
      constexpr size_t longest = 253;
      const bool isRoot = name == ".";
      if (!isRoot && name.ends_with('.')) {
        name.remove_suffix(1);
      }
      d_spec.queryName = name;
      bool isGood = !name.empty() && name.size() <= longest;
      for (size_t begin = 0; !isRoot && begin <= name.size();) {
        const auto end = std::min(name.find('.', begin), name.size());
        const auto label = name.substr(begin, end - begin);
        isGood = isGood && (label == "*" || isPlainName(label, 63));
        begin = end + 1;
      }
      if (!isGood) {
        refuse("lacks a domain name to ask for, as in dns://192.0.2.53/example.org");
      }
    }

    void readType(std::string_view query)
    {
      constexpr std::string_view key = "type="; // RFC 4501 section 3: in any case
      const auto type = query.size() > key.size() && strncasecmp(query.data(), key.data(), key.size()) == 0 ? recordTypeOf(query.substr(key.size())) : std::nullopt;
      if (!type) {
        refuse("has more behind the name than ?type= and a record type");
      }
      d_spec.queryType = *type;
    }

    const CheckRow& d_row;
    CheckSpec& d_spec;
  };
}

void readCheckUrl(const CheckRow& row, CheckSpec& spec)
{
  UrlReader(row, spec).read();
}
}
