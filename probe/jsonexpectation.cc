// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <charconv>
#include <memory>
#include <json/reader.h>
#include <json/writer.h>
#include "checkspec.hh"
#include "printable.hh"

namespace failover
{
namespace
{
  constexpr size_t s_valueLimit = 80; // bytes of a value that a reason quotes

  [[noreturn]] void refuse(std::string_view whole, const std::string& rule)
  {
    throw CheckSpecError("expect_json: '" + printable(whole) + "' " + rule);
  }

  std::string_view trim(std::string_view text) noexcept
  {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) {
      return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
  }

  // False, and `why` says where, when `text` is not one JSON value. jsoncpp throws for text that is nested too deep.
  bool parse(std::string_view text, Json::Value& out, std::string& why)
  {
    Json::CharReaderBuilder builder;
    Json::CharReaderBuilder::strictMode(&builder.settings_);
    builder["strictRoot"] = false;    // RFC 8259 allows any value at the root
    builder["rejectDupKeys"] = false; // many servers send them; the last one counts
    builder["stackLimit"] = 100;
    const std::unique_ptr<Json::CharReader> reader(builder.newCharReader());
    try {
      return reader->parse(text.data(), text.data() + text.size(), &out, &why);
    }
    catch (const Json::Exception& e) {
      why = e.what();
      return false;
    }
  }

  // RFC 6901 section 4: ~1 is '/', ~0 is '~', decoded once and from left to right.
  std::string unescape(std::string_view token, std::string_view whole)
  {
    std::string out;
    for (size_t i = 0; i < token.size(); ++i) {
      if (token[i] != '~') {
        out += token[i];
        continue;
      }
      ++i;
      if (i == token.size() || (token[i] != '0' && token[i] != '1')) {
        refuse(whole, "has a '~' that is neither ~0 nor ~1");
      }
      out += token[i] == '0' ? '~' : '/';
    }
    return out;
  }

  std::string shown(const Json::Value& value)
  {
    Json::StreamWriterBuilder builder;
    builder["indentation"] = "";
    return printable(Json::writeString(builder, value), s_valueLimit);
  }

  const Json::Value* element(const Json::Value& array, const std::string& token) noexcept
  {
    Json::ArrayIndex index = 0;
    const auto* const end = token.data() + token.size();
    const auto [stop, error] = std::from_chars(token.data(), end, index);
    const bool leadingZero = token.size() > 1 && token[0] == '0';
    if (token.empty() || stop != end || error != std::errc() || leadingZero || index >= array.size()) {
      return nullptr;
    }
    return &array[index];
  }

  const Json::Value* at(const Json::Value& root, const std::vector<std::string>& path)
  {
    const Json::Value* value = &root;
    for (const auto& token : path) {
      if (value->isObject()) {
        value = value->find(token.data(), token.data() + token.size());
      }
      else {
        value = value->isArray() ? element(*value, token) : nullptr;
      }
      if (value == nullptr) {
        return nullptr;
      }
    }
    return value;
  }

  // 1 and 1.0 are the same number to whoever wrote the expectation, but not to jsoncpp.
  bool equal(const Json::Value& seen, const Json::Value& wanted)
  {
    if (seen.type() != wanted.type() && seen.isNumeric() && wanted.isNumeric()) {
      return seen.asDouble() == wanted.asDouble();
    }
    return seen == wanted;
  }
}

JsonExpectation::JsonExpectation(std::string_view text) :
  d_text(text)
{
  const auto divider = text.find('=');
  if (divider == std::string_view::npos) {
    refuse(text, "has no '=' between pointer and value");
  }
  const auto pointer = trim(text.substr(0, divider));
  if (pointer.empty() || pointer.front() != '/') {
    refuse(text, "has a pointer that does not begin with '/'");
  }
  for (size_t begin = 1; begin <= pointer.size();) {
    const size_t end = std::min(pointer.find('/', begin), pointer.size());
    d_path.push_back(unescape(pointer.substr(begin, end - begin), text));
    begin = end + 1;
  }
  std::string why;
  if (!parse(trim(text.substr(divider + 1)), d_value, why)) {
    refuse(text, "has a value that is not JSON");
  }
}

bool JsonExpectation::matches(const std::string& body, std::string& why, bool mayQuote) const
{
  Json::Value root;
  std::string error;
  if (!parse(body, root, error)) {
    why = "body is not JSON: " + printable(error, s_valueLimit);
    return false;
  }
  const Json::Value* const seen = at(root, d_path);
  if (seen != nullptr && equal(*seen, d_value)) {
    return true;
  }
  const auto pointer = printable(d_text.substr(0, d_text.find('=')), s_valueLimit);
  why = pointer + (seen == nullptr ? " is missing" : " is " + (mayQuote ? shown(*seen) : "something else")) + " (expected " + shown(d_value) + ")";
  return false;
}
}
