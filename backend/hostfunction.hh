// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <dlfcn.h>

// Functions that pdns_server exports and pdnsutil, in some version, does not. Linking to such a symbol would keep pdnsutil
// from loading the module (it uses RTLD_NOW), so they are looked up at run time; test_symbols compares the names with those
// of the installed server. Thread: any.

namespace failover
{
// Null where it is missing. name: mangled.
template <typename Function>
Function* hostFunction(const char* name) noexcept
{
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}
}
