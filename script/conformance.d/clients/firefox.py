"""Opens pages in Firefox by Marionette: firefox.py FIREFOX PROFILE OUT URL…

Writes what each page holds into OUT/0, OUT/1 …, and prints each page's status.
"""

import json
import os
import socket
import subprocess
import sys
import time

STARTS_S = 90  # on a machine that compiles beside it
SOURCE = """
const [done] = arguments;
fetch(location.href).then((answer) => answer.text()).then(done, () => done(document.documentElement.outerHTML));
"""
STATUS = "return performance.getEntriesByType('navigation')[0].responseStatus"


class Marionette:
    """Commands and answers as JSON, each with its length before it."""

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=STARTS_S)
        self.number = 0
        self.read()  # it says who it is

    def read(self):
        length = b""
        while (byte := self.connection.recv(1)) != b":":
            if not byte:
                raise EOFError("Firefox went away")
            length += byte
        text = b""
        while len(text) < int(length):
            text += self.connection.recv(int(length) - len(text))
        return json.loads(text)

    def ask(self, command, **parameters):
        self.number += 1
        text = json.dumps([0, self.number, command, parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(text), text))
        _, _, fault, answer = self.read()
        if fault:
            raise RuntimeError(f"{command}: {fault['message']}")
        return answer


def port_of(profile, firefox):
    file = os.path.join(profile, "MarionetteActivePort")
    until = time.monotonic() + STARTS_S
    while time.monotonic() < until and firefox.poll() is None:
        if os.path.exists(file) and (text := open(file).read().strip()):
            return int(text)
        time.sleep(0.1)
    sys.exit("Firefox did not start")


def visit(marionette, url, file):
    marionette.ask("WebDriver:Navigate", url=url)
    status = marionette.ask("WebDriver:ExecuteScript", script=STATUS, args=[])["value"]
    text = marionette.ask("WebDriver:ExecuteAsyncScript", script=SOURCE, args=[])["value"]
    with open(file, "w", newline="") as out:
        out.write(text)
    print(status, flush=True)


def run(program, profile, out, *urls):
    command = [program, "--headless", "--no-remote", "--marionette", "--profile", profile]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet) as firefox:
        try:
            marionette = Marionette(port_of(profile, firefox))
            marionette.ask("WebDriver:NewSession", capabilities={})
            for number, url in enumerate(urls):
                visit(marionette, url, os.path.join(out, str(number)))
        finally:
            firefox.kill()


run(*sys.argv[1:])
