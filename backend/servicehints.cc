// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "servicehints.hh"
#include <algorithm>
#include <array>
#include <set>

namespace failover::servicehints
{
namespace
{
  using Words = std::vector<std::string>;

  constexpr std::array<std::string_view, 2> s_keys{"ipv4hint", "ipv6hint"};

  // Between blanks that are not within quotes.
  Words parameters(std::string_view content)
  {
    Words words(1);
    bool quoted = false;
    for (size_t i = 0; i < content.size(); ++i) {
      if (content[i] == ' ' && !quoted) {
        words.emplace_back();
        continue;
      }
      words.back() += content[i];
      if (content[i] == '\\' && i + 1 < content.size()) {
        words.back() += content[++i];
      }
      else if (content[i] == '"') {
        quoted = !quoted;
      }
    }
    return words;
  }

  // The elements of KEY=LIST; nothing for another parameter.
  Words elements(const std::string& parameter, std::string_view key)
  {
    Words found;
    if (!parameter.starts_with(key) || parameter.size() <= key.size() || parameter[key.size()] != '=') {
      return found;
    }
    std::string element;
    for (const char byte : parameter.substr(key.size() + 1) + ',') {
      if (byte != ',') {
        element += byte;
      }
      else if (!element.empty()) {
        found.push_back(std::exchange(element, {}));
      }
    }
    return found;
  }

  std::string joined(std::string_view key, const Words& words)
  {
    std::string text(key);
    for (const auto& word : words) {
      text += (text.size() == key.size() ? '=' : ',') + word;
    }
    return text;
  }
}

std::vector<Target> of(std::string_view content)
{
  std::vector<Target> hints;
  for (const auto& parameter : parameters(content)) {
    for (const auto key : s_keys) {
      for (const auto& element : elements(parameter, key)) {
        if (const auto address = addressTarget(element)) {
          hints.push_back(*address);
        }
      }
    }
  }
  return hints;
}

std::string without(std::string_view content, const std::vector<Target>& hints)
{
  const auto isUnwanted = [&hints](const std::string& element) {
    const auto address = addressTarget(element);
    return address && std::find(hints.begin(), hints.end(), *address) != hints.end();
  };
  auto words = parameters(content);
  std::set<std::string, std::less<>> gone; // keys
  for (auto& word : words) {
    for (const auto key : s_keys) {
      auto addresses = elements(word, key);
      if (!addresses.empty() && std::erase_if(addresses, isUnwanted) > 0) {
        word = addresses.empty() ? std::string() : joined(key, addresses);
        if (addresses.empty()) {
          gone.emplace(key);
        }
      }
    }
  }
  for (auto& word : words) {
    auto mandatory = elements(word, "mandatory");
    if (std::erase_if(mandatory, [&gone](const std::string& key) { return gone.contains(key); }) > 0) {
      word = mandatory.empty() ? std::string() : joined("mandatory", mandatory);
    }
  }
  std::string text;
  for (const auto& word : words) {
    text += word.empty() ? "" : (text.empty() ? "" : " ") + word;
  }
  return text;
}
}
