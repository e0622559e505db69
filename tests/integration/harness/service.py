# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Real servers that are no name servers: as these, with a folder, ports, a log and a life of their own."""
import os
import pwd
import shutil
import socket
from pathlib import Path

from harness.command import run
from harness.nameserver import LOOPBACK, NameServer, free_port


class Service(NameServer):
    """One server on 127.0.0.1, with a port for each of `ports`. It is ready when it accepts connections on all of them."""

    ports: tuple = ()

    def __init__(self, folder: Path, certificate: Path, key: Path):
        super().__init__(folder)
        self.certificate, self.key = certificate, key
        self.at: dict[str, int] = {}  # port by name

    def configure(self):
        super().configure()
        self.at = {}
        for name in self.ports:
            port = free_port()
            while port in self.at.values():
                port = free_port()
            self.at[name] = port

    def answers(self) -> bool:
        return all(self._accepts(port) for port in self.at.values())

    @staticmethod
    def _accepts(port: int) -> bool:
        try:
            with socket.create_connection((LOOPBACK, port), 1):
                return True
        except OSError:
            return False


NGINX = """
daemon off;
worker_processes 1;
{user}
pid {folder}/pid;
error_log {folder}/log info;
events {{ worker_connections 64; }}
http {{
  log_format short '$server_protocol $connection $status';
  access_log {folder}/access.log short;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{plain};
    listen 127.0.0.1:{tls} ssl http2;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location / {{ return 200 "all is well\\n"; }}
    location /gone {{ return 410; }}
  }}
}}
"""


class Nginx(Service):
    """HTTP on the port `plain`, HTTPS with HTTP/2 on `tls`."""

    program = "nginx"
    ports = ("plain", "tls")

    def configure(self):
        super().configure()
        user = "user root;" if os.geteuid() == 0 else ""  # the folder is nobody else's
        text = NGINX.format(folder=self.folder, user=user, certificate=self.certificate, key=self.key, **self.at)
        (self.folder / "nginx.conf").write_text(text)

    def command(self) -> list[str]:
        return ["nginx", "-p", str(self.folder), "-e", str(self.log_path), "-c", str(self.folder / "nginx.conf")]

    def accesses(self) -> list[list[str]]:
        """Protocol, number of the connection and status of each request."""
        return [line.split() for line in (self.folder / "access.log").read_text().splitlines()]


DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = /dev/stderr
listen = 127.0.0.1
hostname = mail.example
submission_relay_host = 127.0.0.1
{users}
service anvil {{
  chroot =
}}
"""

# Nobody logs in, but without a password database nobody is greeted either.
DOVECOT_23 = """
protocols = imap pop3 submission
ssl_cert = <{certificate}
ssl_key = <{key}
passdb {{
  driver = static
  args = password=x
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}}
"""

DOVECOT_24 = """
protocols {{
  imap = yes
  pop3 = yes
  submission = yes
}}
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
passdb static {{
  passdb_static_password = x
}}
"""

DOVECOT_LOGIN = """
service {protocol}-login {{
  chroot =
  inet_listener {protocol} {{
    port = {plain}
  }}
  inet_listener {protocol}s {{
    port = {tls}
    ssl = yes
  }}
}}
"""


class Dovecot(Service):
    """IMAP, POP3 and SMTP (submission), each on a plain port and on one with TLS."""

    program = "dovecot"
    ports = ("imap", "imaps", "pop3", "pop3s", "submission", "submissions")

    def configure(self):
        super().configure()
        users = ""
        if os.geteuid() != 0:
            name = pwd.getpwuid(os.geteuid()).pw_name
            users = f"default_internal_user = {name}\ndefault_login_user = {name}\ndefault_internal_group = {os.getegid()}"
        else:  # its login processes are another user's, and go by path
            for folder in (self.folder, self.folder.parent):
                folder.chmod(0o711)
        is_old = run("dovecot", "--version").startswith("2.3.")
        versions = "" if is_old else "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n"
        text = versions + DOVECOT.format(folder=self.folder, users=users)
        text += (DOVECOT_23 if is_old else DOVECOT_24).format(certificate=self.certificate, key=self.key)
        text += "".join(DOVECOT_LOGIN.format(protocol=name, plain=self.at[name], tls=self.at[name + "s"])
                        for name in ("imap", "pop3", "submission"))
        (self.folder / "dovecot.conf").write_text(text)

    def command(self) -> list[str]:
        return ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]


SLAPD = """
include /etc/ldap/schema/core.schema
pidfile {folder}/pid
argsfile {folder}/args
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
"""


class Slapd(Service):
    """A directory without entries but its root, on the ports `ldap` and `ldaps`."""

    program = "slapd"
    ports = ("ldap", "ldaps")

    def configure(self):
        super().configure()
        (self.folder / "slapd.conf").write_text(SLAPD.format(folder=self.folder, certificate=self.certificate, key=self.key))

    def command(self) -> list[str]:
        # A copy: where AppArmor is on, its profile for /usr/sbin/slapd keeps that one out of our folder.
        program = self.folder / "slapd"
        if not program.exists():
            shutil.copy(shutil.which("slapd", path="/usr/sbin:/usr/local/sbin"), program)
        return [str(program), "-d", "0", "-f", str(self.folder / "slapd.conf"),
                "-h", f"ldap://127.0.0.1:{self.at['ldap']} ldaps://127.0.0.1:{self.at['ldaps']}"]
