# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Running the programs that an administrator runs."""
import os
import re
import subprocess


class CommandFailed(AssertionError):
    """A program ended with an error; `output` is all that it said."""

    def __init__(self, arguments, status: int, output: str):
        super().__init__(f"{' '.join(map(str, arguments))}: exit status {status}\n{output}")
        self.status, self.output = status, output


def run(*arguments, text: str | None = None, timeout: float = 30.0) -> str:
    """Standard output and errors, together; raises CommandFailed when the exit status is not 0."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"  # pdns_server is no ordinary user's command
    done = subprocess.run([str(argument) for argument in arguments], input=text if text is not None else "",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=timeout, env={**os.environ, "PATH": path}, check=False)
    if done.returncode != 0:
        raise CommandFailed(arguments, done.returncode, done.stdout)
    return done.stdout


def without_log(said: str) -> str:
    """What a program of PowerDNS's said, without the lines of its log, which begin anywhere and have times in them."""
    return re.sub(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d .*\n", "", said)
