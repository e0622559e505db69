// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <chrono>
#include "backend/client.hh"
#include "controlcommands.hh"
#include "explainreport.hh"
#include "backend/runtime.hh"

namespace failover::control
{
namespace
{
  constexpr const char* s_usage = "error: usage: failover-explain NAME [TYPE] [CLIENT-ADDRESS] [json]\n";

  std::string upper(std::string text)
  {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) { return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : static_cast<char>(letter); });
    return text;
  }

  // The words after the name. False where they are none.
  bool parse(const Words& words, ExplainQuestion& question)
  {
    for (auto word = words.begin() + 1; word != words.end(); ++word) {
      if (const auto network = clientNetwork(*word); network && question.client == 0) {
        question.client = clientKey(*network);
      }
      else if (question.type.empty() && question.client == 0 && std::all_of(word->begin(), word->end(), [](unsigned char letter) { return std::isalnum(letter) != 0; })) {
        question.type = upper(*word);
      }
      else {
        return false;
      }
    }
    return true;
  }
}

std::string explain(Runtimes runtimes, const Words& words)
{
  auto arguments = Words(words.begin() + 1, words.end());
  const bool json = takeJson(arguments);
  ExplainQuestion question;
  if (arguments.empty() || !parse(arguments, question)) {
    return s_usage;
  }
  if (runtimes.empty()) {
    return s_notServing;
  }
  try {
    question.name = runtimes.front()->host().wireName(arguments.front());
  }
  catch (const RecordError& error) {
    return "error: '" + arguments.front() + "': " + error.what() + "\n";
  }
  const auto now = std::chrono::system_clock::now();
  Reports reports(runtimes, json);
  for (auto* runtime : runtimes) {
    const auto contents = runtime->contents();
    const auto* zone = contents.snapshot->zoneOf(question.name);
    if (zone == nullptr) {
      continue;
    }
    const auto explanation = failover::explain(*zone, question, NodeStates(contents.nodes->nodes, toMilliseconds(now)), runtime->host());
    reports.add(
      *runtime, [&] { return explanationText(explanation, runtime->nodes(), now); }, [&] { return explanationJson(explanation, runtime->nodes()); });
  }
  if (reports.empty()) {
    return "error: no zone here has '" + arguments.front() + "'\n";
  }
  return reports.text();
}
}
