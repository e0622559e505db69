// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <array>
#include <optional>
#include <arpa/inet.h>
#include <sys/socket.h>
#include "dnsdata.hh"

namespace failover
{
namespace
{
  // What a type's data consists of, a letter each: a address, A IPv6 address, n name, 2 and 4 numbers of so many bytes,
  // t texts up to the end.
  const char* layoutOf(unsigned type) noexcept
  {
    switch (type) {
    case ns_t_a:
      return "a";
    case ns_t_aaaa:
      return "A";
    case ns_t_ns:
    case ns_t_cname:
    case ns_t_ptr:
    case ns_t_dname:
      return "n";
    case ns_t_mx:
      return "2n";
    case ns_t_srv:
      return "222n";
    case ns_t_soa:
      return "nn44444";
    case ns_t_txt:
      return "t";
    default:
      return "";
    }
  }

  void appendHex(std::string& out, uint8_t byte)
  {
    constexpr std::string_view digits = "0123456789abcdef";
    out += digits[byte >> 4];
    out += digits[byte & 0xf];
  }

  // Takes a record's data apart, from the front. Each read is empty where there is too little of it.
  class Reader
  {
  public:
    Reader(const ns_msg& message, const ns_rr& record) noexcept :
      d_message(message), d_at(ns_rr_rdata(record)), d_end(d_at + ns_rr_rdlen(record)) { }

    [[nodiscard]] bool atEnd() const noexcept { return d_at == d_end; }

    std::optional<std::string> read(char letter)
    {
      switch (letter) {
      case 'a':
        return address(AF_INET, NS_INADDRSZ);
      case 'A':
        return address(AF_INET6, NS_IN6ADDRSZ);
      case 'n':
        return name();
      case '2':
        return number(NS_INT16SZ);
      case '4':
        return number(NS_INT32SZ);
      default:
        return texts();
      }
    }

  private:
    [[nodiscard]] bool has(size_t size) const noexcept { return static_cast<size_t>(d_end - d_at) >= size; }

    std::optional<std::string> address(int family, size_t size)
    {
      std::array<char, INET6_ADDRSTRLEN> text{};
      if (!has(size) || inet_ntop(family, d_at, text.data(), text.size()) == nullptr) {
        return std::nullopt;
      }
      d_at += size;
      return text.data();
    }

    // A compressed name points elsewhere in the message, never beyond it.
    std::optional<std::string> name()
    {
      std::array<char, NS_MAXDNAME> text{};
      const int length = ns_name_uncompress(ns_msg_base(d_message), ns_msg_end(d_message), d_at, text.data(), text.size());
      if (length < 0 || !has(static_cast<size_t>(length))) {
        return std::nullopt;
      }
      d_at += length;
      const std::string whole = text.data();
      return whole == "." ? whole : whole + '.';
    }

    std::optional<std::string> number(size_t size)
    {
      if (!has(size)) {
        return std::nullopt;
      }
      uint32_t value = 0;
      for (size_t i = 0; i < size; ++i) {
        value = value * 256 + *d_at++;
      }
      return std::to_string(value);
    }

    std::optional<std::string> texts()
    {
      std::string out;
      while (!atEnd()) {
        const size_t length = *d_at++;
        if (!has(length)) {
          return std::nullopt;
        }
        out += out.empty() ? "\"" : " \"";
        for (const auto* const end = d_at + length; d_at != end; ++d_at) {
          appendQuoted(out, *d_at);
        }
        out += '"';
      }
      return out;
    }

    static void appendQuoted(std::string& out, uint8_t byte)
    {
      if (byte == '"' || byte == '\\') {
        out += '\\';
      }
      if (byte >= ' ' && byte < 0x7f) {
        out += static_cast<char>(byte);
        return;
      }
      const auto decimal = std::to_string(byte);
      out += '\\' + std::string(3 - decimal.size(), '0') + decimal;
    }

    const ns_msg& d_message;
    const uint8_t* d_at;
    const uint8_t* const d_end;
  };

  std::string generic(const ns_rr& record)
  {
    auto out = "\\# " + std::to_string(ns_rr_rdlen(record));
    for (size_t i = 0; i < ns_rr_rdlen(record); ++i) {
      out += i == 0 ? " " : "";
      appendHex(out, ns_rr_rdata(record)[i]);
    }
    return out;
  }
}

std::string presentData(const ns_msg& message, const ns_rr& record)
{
  std::string out;
  Reader reader(message, record);
  const std::string_view layout = layoutOf(ns_rr_type(record));
  for (const char letter : layout) {
    const auto part = reader.read(letter);
    if (!part) {
      return generic(record);
    }
    out += (out.empty() ? "" : " ") + *part;
  }
  return layout.empty() || !reader.atEnd() ? generic(record) : out;
}
}
