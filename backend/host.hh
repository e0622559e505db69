// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>
#include "probe/log.hh"
#include "target.hh"
#include "wirename.hh"

// Host: what the core asks of the name server that it lives in. The adapter implements it; unit tests have
// one of their own. Everything here may be called from any thread.

namespace failover
{
// A row of `records` that cannot be served. what(): the reason, without the row.
class RecordError : public std::runtime_error
{
  using std::runtime_error::runtime_error;
};

// A row of `records` as stored; views are valid during the call only, NULL is empty.
struct RecordRow
{
  int64_t id{0};
  std::string_view name;
  std::string_view type; // empty: an empty non-terminal
  std::string_view content;
  std::string_view prio;
};

// A record in the form that the host puts into answers. The core never looks inside `content`.
struct CompiledRecord
{
  std::shared_ptr<void> content;
  uint16_t type{0};
  bool filtered{false};         // a type that leaves the answers with its node (filteredtypes.hh)
  bool volatileContent{false};  // its content depends on other answers, so no cache may keep it (SVCB hints "auto")
  std::optional<Target> target; // where it leads, for types that lead somewhere
  std::vector<Target> hints;    // addresses of the target that it names itself (RFC 9460 §7.3)
  bool redirects{false};        // CNAME, DNAME: answers continue at the target
  bool ownName{false};          // it depends on the row's name too, so that of another name is another
};

class Host
{
public:
  virtual ~Host() = default;

  virtual void log(LogLevel level, const std::string& message) noexcept = 0;

  // Presentation form (RFC 1035 §5.1, final dot optional) to wire name. Throws RecordError.
  [[nodiscard]] virtual WireName wireName(std::string_view text) const = 0;
  // Throws RecordError.
  [[nodiscard]] virtual CompiledRecord compile(const RecordRow& row) const = 0;

  // Its mnemonic, or TYPE and its number (RFC 3597 §5). Throws only std::bad_alloc.
  [[nodiscard]] virtual std::string typeName(uint16_t type) const = 0;
  // Its content in presentation form. Throws only std::bad_alloc.
  [[nodiscard]] virtual std::string contentText(uint16_t type, const std::shared_ptr<void>& content) const = 0;
  // The same record content without these hints. Throws only std::bad_alloc.
  [[nodiscard]] virtual std::shared_ptr<void> withoutHints(uint16_t type, const std::shared_ptr<void>& content, const std::vector<Target>& hints) const = 0;

  // Whether a row of cryptokeys holds a private key that the host can sign with. Throws RecordError.
  virtual void checkKey(std::string_view content) const = 0;

  // For records without a TTL of their own; seconds.
  [[nodiscard]] virtual uint32_t defaultTtl() const noexcept = 0;

  // Forget cached packets and lookups: of this question exactly; of everything at and below; of all.
  virtual void purgeName(std::string_view name) noexcept = 0;
  virtual void purgeSuffix(std::string_view apex) noexcept = 0;
  virtual void purgeEverything() noexcept = 0;

  // A zone exists from now on, or no more.
  virtual void zoneAdded(std::string_view apex, int64_t id) noexcept = 0;
  virtual void zoneRemoved(std::string_view apex) noexcept = 0;
  // Forget DNSSEC keys and metadata of a zone.
  virtual void zoneChanged(std::string_view apex) noexcept = 0;
};
}
