// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include "host.hh"

// PdnsHost: what the core asks of PowerDNS. Thread: any.

namespace failover
{
class PdnsHost : public Host
{
public:
  // subsystem: what log lines begin with; "failover", or with the launch suffix.
  explicit PdnsHost(std::string subsystem);

  void log(LogLevel level, const std::string& message) noexcept override;
  [[nodiscard]] WireName wireName(std::string_view text) const override;
  [[nodiscard]] CompiledRecord compile(const RecordRow& row) const override;
  [[nodiscard]] std::string typeName(uint16_t type) const override;
  [[nodiscard]] std::string contentText(uint16_t type, const std::shared_ptr<void>& content) const override;
  [[nodiscard]] std::shared_ptr<void> withoutHints(uint16_t type, const std::shared_ptr<void>& content, const std::vector<Target>& hints) const override;
  void checkKey(std::string_view content) const override;
  [[nodiscard]] uint32_t defaultTtl() const noexcept override { return d_defaultTtl; }
  void purgeName(std::string_view name) noexcept override;
  void purgeSuffix(std::string_view apex) noexcept override;
  void purgeEverything() noexcept override;
  void zoneAdded(std::string_view apex, int64_t id) noexcept override;
  void zoneRemoved(std::string_view apex) noexcept override;
  void zoneChanged(std::string_view apex) noexcept override;

private:
  const std::string d_subsystem;
  const uint32_t d_defaultTtl;
  const bool d_upgradeTypes; // upgrade-unknown-types
};
}
