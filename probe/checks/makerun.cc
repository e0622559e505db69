// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <stdexcept>
#include "dnscheck.hh"
#include "execcheck.hh"
#include "httpcheck.hh"
#include "ldapcheck.hh"
#include "mailcheck.hh"
#include "makerun.hh"
#include "pingcheck.hh"
#include "tcpcheck.hh"
#include "tlscheck.hh"

namespace failover
{
std::unique_ptr<Run> makeRun(const CheckSpec& spec, const ProgramHost& programs)
{
  switch (spec.kind) {
  case CheckKind::Http:
    return std::make_unique<HttpCheck>(spec);
  case CheckKind::Tcp:
    return std::make_unique<TcpCheck>(spec);
  case CheckKind::Tls:
    return std::make_unique<TlsCheck>(spec);
  case CheckKind::Mail:
    return std::make_unique<MailCheck>(spec);
  case CheckKind::Ldap:
    return std::make_unique<LdapCheck>(spec);
  case CheckKind::Ping:
    return std::make_unique<PingCheck>(spec);
  case CheckKind::Dns:
    return std::make_unique<DnsCheck>(spec);
  case CheckKind::Exec:
    return std::make_unique<ExecCheck>(spec, programs.folder, programs.reaper);
  case CheckKind::Push:
    break;
  }
  throw std::logic_error("a check of this kind asks nobody");
}
}
