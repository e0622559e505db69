// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <vector>
#include <sys/types.h>

namespace failover
{
// Starts a program as the head of childprocess.hh describes, and returns its process number. path: absolute.
// input, output: what it has as 0 and 1, above 2; input -1: /dev/null.
// No shell and no search for the name. Throws std::runtime_error: it cannot be started, and why; std::bad_alloc. Thread: any.
[[nodiscard]] pid_t spawn(const std::string& path, const std::vector<std::string>& arguments, int input, int output);
}
