# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The face of packaging/quickstart: what it prints, and when it ends."""

import os
import select
import shlex
import signal
import sys

import story
from stage import DNS_ADDRESS, DNS_PORT, DemoError, Stage

LOOK_SECONDS = 0.2  # between two looks at nodes and log while serving


def paint(code, text):
    """Colour, on a terminal only."""
    return f"\033[{code}m{text}\033[0m" if sys.stdout.isatty() else text


def say(text=""):
    """Prints at once, also into a pipe."""
    print(text, flush=True)


def introduce(stage):
    """What is being served, and how the nodes are checked."""
    if stage.port_taken:
        say(f"Port {DNS_PORT} is taken, so this is port {stage.port}.")
    say(f"Serving demo.example on {DNS_ADDRESS}:{stage.port}, from two nodes:\n")
    row = "  {:<6} {:<11} {:<16} {:<34} {}".format
    say(paint("1", row("node", "A", "AAAA", "checked by HTTP at", "process")))
    for node in stage.nodes:
        places = " ".join(f"[{a}]:{node.port}" if ":" in a else f"{a}:{node.port}" for a in node.addresses)
        say(row(node.name, node.ipv4, node.ipv6, places, node.process.pid))
    if stage.has_ipv6:
        say("\n  (The AAAA addresses are from documentation: [::1] is the only IPv6 loopback address there is.)")
    else:
        say("\n  (This machine has no [::1]: the nodes are checked over IPv4 only.)")


def show_what_to_try(stage):
    """Lines to copy into another terminal."""
    dig = f"dig @{DNS_ADDRESS} -p {stage.port} +short"
    control = shlex.join(stage.control_command())
    database = shlex.quote(str(stage.database))
    east = stage.nodes[0]
    say("\nTry, in another terminal:\n")
    for title, *lines in [
        ("ask", f"{dig} www.demo.example A", f"{dig} api.demo.example AAAA", f"{dig} demo.example MX",
         f"{dig} _imaps._tcp.demo.example SRV"),
        ("kill a node", f"kill {east.process.pid}"),
        ("silence one", f"kill -STOP {east.process.pid}", f"kill -CONT {east.process.pid}"),
        ("look", f"{control} failover-status"),
        ("drain", f"{control} failover-drain west maintenance", f"{control} failover-resume west"),
        ("edit", f"sqlite3 {database} \"UPDATE records SET content = '192.0.2.81' "
                 "WHERE name = 'static.demo.example'\"", f"{dig} static.demo.example A"),
    ]:
        for line in lines:
            say(f"  {paint('1', f'{title:<12}')} {line}")
            title = ""
    say("\nA killed node returns when you press Enter here. Ctrl-C ends it all and leaves nothing behind.\n")


def read_enter(wait_seconds, inputs):
    """Whether a line came from the terminal within that time. Empties `inputs` at the end of input."""
    ready, _, _ = select.select(inputs, [], [], wait_seconds)
    if not ready:
        return False
    if os.read(sys.stdin.fileno(), 4096):
        return True
    inputs.clear()
    return False


def serve(stage):
    """Tells what happens, until a signal ends it. Raises DemoError when the server ends."""
    story.wait_for(stage, stage.nodes, 20)
    show_what_to_try(stage)
    inputs = [sys.stdin] if sys.stdin and sys.stdin.isatty() else []
    known_dead = set()
    while True:
        enter = read_enter(LOOK_SECONDS, inputs)
        stage.check_server()
        for line in stage.new_log_lines():
            say(paint("2", line))
        for node in stage.nodes:
            if not node.is_alive() and node.name not in known_dead:
                known_dead.add(node.name)
                say(f"{node.name} is dead." + (" Enter brings it back." if inputs else ""))
            elif not node.is_alive() and enter:
                known_dead.discard(node.name)
                node.start(stage.node_log)
                say(f"{node.name} is back, as process {node.process.pid}.")


def demo(stage):
    """Plays the story. Raises DemoError at the first thing that is not seen."""
    say()

    def show(text, seconds):
        for line in stage.new_log_lines():
            say(paint("2", f"    {line}"))
        say(f"{paint('32', '✓')} {text:<46} {seconds:5.1f} s")

    story.play(stage, show)
    say(f"\nEach time: A and AAAA of {', '.join(story.NAMES)}, MX, SRV, and static, which belongs to no node and stayed.\n"
        "The server's caches were on, at their defaults.")


def main():
    """Status 0 when all went well or Ctrl-C ended it, 1 with a reason where it did not."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    try:
        with Stage() as stage:
            stage.set_up()
            introduce(stage)
            (demo if "--demo" in sys.argv else serve)(stage)
    except DemoError as error:
        say(f"{paint('31', '✗')} {error}")
        return 1
    except KeyboardInterrupt:
        say("\nended; nothing is left behind")
        return 130 if "--demo" in sys.argv else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
