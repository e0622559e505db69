# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""TLS certificates of an authority of our own, made by the openssl program."""
import ssl
from pathlib import Path

from harness.command import run

CA_CONFIG = """
[ca]
default_ca = here
[here]
dir = {folder}
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
unique_subject = no
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


class Authority:
    """A certificate authority in a folder; `certificate` is what clients trust."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        (self.folder / "index.txt").touch()
        (self.folder / "ca.cnf").write_text(CA_CONFIG.format(folder=self.folder))
        self.key, self.certificate = self.folder / "ca.key", self.folder / "ca.crt"
        self._self_signed("Test Authority", self.key, self.certificate, "basicConstraints=critical,CA:TRUE")

    @staticmethod
    def _self_signed(name: str, key: Path, certificate: Path, extension: str):
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-addext", extension, "-keyout", key, "-out", certificate)

    def issue(self, name: str, expired: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate for this host name."""
        return self._context(*self.files(name, 0 if expired else 2))

    def files(self, name: str, days: int = 2) -> tuple[Path, Path]:
        """A certificate for this host name that is good for so many days from now, 0: no longer; and its key."""
        base = self.folder / f"{name}-{days}"
        key, request, certificate = (base.with_name(base.name + suffix) for suffix in (".key", ".csr", ".crt"))
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", request)
        period = ["-days", days] if days else ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"]
        run("openssl", "ca", "-batch", "-notext", "-config", self.folder / "ca.cnf", "-keyfile", self.key,
            "-cert", self.certificate, "-in", request, "-out", certificate, *period)
        return certificate, key

    def self_signed(self, name: str) -> ssl.SSLContext:
        """A certificate that nobody vouches for."""
        key, certificate = self.folder / f"{name}-self.key", self.folder / f"{name}-self.crt"
        self._self_signed(name, key, certificate, f"subjectAltName=DNS:{name}")
        return self._context(certificate, key)

    @staticmethod
    def _context(certificate: Path, key: Path) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context
