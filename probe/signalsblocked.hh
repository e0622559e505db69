// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <csignal>
#include <pthread.h>

namespace failover
{
// Blocks all signals of the calling thread while it lives. Signals belong to the host's threads; a thread that is made
// meanwhile inherits the mask, so that there is no moment without it.
class SignalsBlocked
{
public:
  SignalsBlocked() noexcept
  {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &d_before);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &d_before, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
  sigset_t d_before{};
};
}
