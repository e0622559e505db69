# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A folder of programs that the server may run (failover-exec-dir)."""
from pathlib import Path


class Programs:
    """Shell scripts."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.folder.mkdir(mode=0o755)

    def add(self, name: str, script: str, mode: int = 0o755) -> Path:
        """Another script of that name is replaced at once: none that is half written is ever run."""
        path, new = self.folder / name, self.folder / f".{name}"
        new.write_text(f"#!/bin/sh\n{script}\n")
        new.chmod(mode)
        return new.rename(path)
