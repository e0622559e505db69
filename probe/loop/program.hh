// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <stdexcept>
#include <string>

// Which programs may be run: those that lie in the folder that failover-exec-dir names, and nothing else.
// Asks the file system anew each time. Thread: any.

namespace failover
{
// Why a program is not run. what(): what is wrong and, where it is not plain, what would be right.
class ProgramError : public std::runtime_error
{
  using std::runtime_error::runtime_error;
};

// The file behind folder/name, as an absolute path without symbolic links. The name is one file name that does not begin
// with '.'; a symbolic link may not lead out of the folder; the file is a regular one; neither it nor the folder may be
// written by everybody, or anybody on this machine could run what he likes as this server's user.
// folder: absolute; empty: nothing is run. Throws ProgramError, std::bad_alloc.
[[nodiscard]] std::string findProgram(const std::string& folder, const std::string& name);
}
