// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include "curl.hh"

namespace failover::curl
{
namespace
{
  void check(CURLMcode code)
  {
    if (code != CURLM_OK) {
      throw Error(curl_multi_strerror(code));
    }
  }

  // Never undone: other parts of the process may use libcurl too, and its threads may outlive us.
  void initialise()
  {
    static const CURLcode s_code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (s_code != CURLE_OK) {
      throw Error(curl_easy_strerror(s_code));
    }
  }

  CURL* makeEasy()
  {
    initialise();
    CURL* const handle = curl_easy_init();
    if (handle == nullptr) {
      throw Error("cannot make a transfer: out of memory");
    }
    return handle;
  }

  CURLM* makeMulti()
  {
    try {
      initialise();
    }
    catch (const Error& e) {
      throw std::system_error(ENOMEM, std::generic_category(), e.what());
    }
    CURLM* const handle = curl_multi_init();
    if (handle == nullptr) {
      throw std::system_error(ENOMEM, std::generic_category(), "cannot make libcurl's event loop");
    }
    return handle;
  }
}

Slist::~Slist()
{
  curl_slist_free_all(d_head);
}

void Slist::append(const std::string& text)
{
  curl_slist* const head = curl_slist_append(d_head, text.c_str());
  if (head == nullptr) {
    throw std::bad_alloc();
  }
  d_head = head;
}

Easy::Easy() :
  d_handle(makeEasy())
{
}

Easy::~Easy()
{
  curl_easy_cleanup(d_handle);
}

void Easy::check(CURLcode code)
{
  if (code != CURLE_OK) {
    throw Error(curl_easy_strerror(code));
  }
}

Multi::Multi() :
  d_handle(makeMulti())
{
  // libcurl goes on without a wakeup when it finds no descriptors for it; then nobody could stop the loop.
  if (curl_multi_wakeup(d_handle) != CURLM_OK) {
    curl_multi_cleanup(d_handle);
    throw std::system_error(EMFILE, std::generic_category(), "cannot make the wakeup of libcurl's event loop");
  }
}

Multi::~Multi()
{
  curl_multi_cleanup(d_handle);
}

void Multi::perform()
{
  int running = 0;
  check(curl_multi_perform(d_handle, &running));
}

void Multi::wait(std::chrono::milliseconds limit)
{
  constexpr std::chrono::milliseconds longest(60000); // an int of milliseconds with room to spare
  const auto bounded = std::clamp(limit, std::chrono::milliseconds(0), longest);
  check(curl_multi_poll(d_handle, nullptr, 0, static_cast<int>(bounded.count()), nullptr));
}

Attached::Attached(Multi& multi, Easy& easy) :
  d_multi(multi), d_easy(easy)
{
  check(curl_multi_add_handle(multi.d_handle, easy.get()));
}

Attached::~Attached()
{
  curl_multi_remove_handle(d_multi.d_handle, d_easy.get());
}
}
