// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <new>
#include <utility>
#include <sys/epoll.h>
#include "curl.hh"

namespace failover::curl
{
namespace
{
  constexpr long s_mostIdle = 10000; // connections kept open for checks that reuse theirs

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
    initialise();
    CURLM* const handle = curl_multi_init();
    if (handle == nullptr) {
      throw std::bad_alloc();
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

Share::Share() :
  d_handle((initialise(), curl_share_init()))
{
  if (d_handle == nullptr) {
    throw std::bad_alloc();
  }
  curl_share_setopt(d_handle, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(d_handle, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
}

Share::~Share()
{
  curl_share_cleanup(d_handle);
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

Multi::Multi(Poller& poller) :
  d_poller(poller), d_handle(makeMulti())
{
  curl_multi_setopt(d_handle, CURLMOPT_SOCKETFUNCTION, &Multi::watchSocket);
  curl_multi_setopt(d_handle, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(d_handle, CURLMOPT_TIMERFUNCTION, &Multi::setTimer);
  curl_multi_setopt(d_handle, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(d_handle, CURLMOPT_PIPELINING, CURLPIPE_NOTHING); // a check's answer must not wait for another's
  curl_multi_setopt(d_handle, CURLMOPT_MAXCONNECTS, s_mostIdle);
}

Multi::~Multi()
{
  curl_multi_cleanup(d_handle);
}

int Multi::watchSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* /* ofSocket */) noexcept
{
  auto& multi = *static_cast<Multi*>(self);
  if (what == CURL_POLL_REMOVE) {
    multi.d_poller.forget(socket);
    return 0;
  }
  const uint32_t events = ((what & CURL_POLL_IN) != 0 ? uint32_t{EPOLLIN} : 0) | ((what & CURL_POLL_OUT) != 0 ? uint32_t{EPOLLOUT} : 0);
  try {
    multi.d_poller.watch(socket, events, multi);
  }
  catch (const std::exception&) {
    // Telling libcurl would end every transfer for good; only this one has to.
    try {
      multi.d_unwatched.push_back(easy);
    }
    catch (const std::bad_alloc&) { // then its time runs out
      return 0;
    }
  }
  return 0;
}

int Multi::setTimer(CURLM* /* multi */, long milliseconds, void* self) noexcept
{
  auto& timer = static_cast<Multi*>(self)->d_timer;
  timer = milliseconds < 0 ? std::nullopt : std::optional(Clock::now() + std::chrono::milliseconds(milliseconds));
  return 0;
}

void Multi::ready(int fd, uint32_t events) noexcept
{
  const int what = ((events & (EPOLLIN | EPOLLHUP)) != 0 ? CURL_CSELECT_IN : 0) | ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0)
    | ((events & EPOLLERR) != 0 ? CURL_CSELECT_ERR : 0);
  act(fd, what);
}

void Multi::act(curl_socket_t socket, int events) noexcept
{
  int running = 0;
  if (const auto code = curl_multi_socket_action(d_handle, socket, events, &running); code != CURLM_OK) {
    d_failed = code;
  }
}

void Multi::turn(Clock::time_point now)
{
  if (d_timer && *d_timer <= now) {
    d_timer.reset(); // libcurl sets the next one, if any
    act(CURL_SOCKET_TIMEOUT, 0);
  }
  tellEnded();
  check(std::exchange(d_failed, CURLM_OK));
}

void Multi::tellEnded()
{
  const auto tell = [](CURL* easy, CURLcode code) {
    char* owner = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
    reinterpret_cast<Completion*>(owner)->completed(code);
  };
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(d_handle, &left)) {
    if (message->msg == CURLMSG_DONE) {
      tell(message->easy_handle, message->data.result);
    }
  }
  for (CURL* const easy : std::exchange(d_unwatched, {})) {
    tell(easy, CURLE_FAILED_INIT);
  }
}

std::chrono::milliseconds Multi::untilTurn(Clock::time_point now, std::chrono::milliseconds limit) const noexcept
{
  if (!d_unwatched.empty()) {
    return std::chrono::milliseconds(0);
  }
  return d_timer ? std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*d_timer - now), std::chrono::milliseconds(0), limit) : limit;
}

Attached::Attached(Multi& multi, Easy& easy, Completion& completion) :
  d_multi(multi), d_easy(easy)
{
  easy.set(CURLOPT_PRIVATE, &completion);
  check(curl_multi_add_handle(multi.d_handle, easy.get()));
}

Attached::~Attached()
{
  std::erase(d_multi.d_unwatched, d_easy.get());
  curl_multi_remove_handle(d_multi.d_handle, d_easy.get());
}
}
