"""A web server of files over TLS, for clients that bring protocols of their own: git, apt, pip, npm.

    origin.py FOLDER CERTIFICATE KEY READY

Takes an address of the demonstration's own network that nobody uses, always at port 8443, and writes it to READY.
"""

import http.server
import os
import random
import ssl
import sys

PORT = 8443  # one of the ports the starter policy opens
ADDRESSES = [f"127.0.77.{last}" for last in range(100, 250)]  # the sites of the demonstration are below


class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = {
        "": "application/octet-stream",
        ".html": "text/html; charset=utf-8",
        ".json": "application/json",
        ".whl": "application/zip",
        ".tgz": "application/gzip",
        ".deb": "application/vnd.debian.binary-package",
    }

    def guess_type(self, path):
        # What npm asks a registry for has no ending.
        if "/npm/" in path and "." not in os.path.basename(path):
            return "application/json"
        return super().guess_type(path)

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass  # whoever asked went away


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, address, handler, context):
        self.context = context
        super().__init__(address, handler)

    def get_request(self):
        connection, address = super().get_request()
        # The handshake is left to the thread of the connection.
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request, client_address):
        print("broken off:", sys.exc_info()[1], flush=True)


def serve(folder, certificate, key, ready):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    random.shuffle(ADDRESSES)
    for address in ADDRESSES:
        try:
            server = Server((address, PORT), lambda *one: Files(*one, directory=folder), context)
        except OSError:
            continue
        with open(ready + ".part", "w") as file:
            file.write(address)
        os.rename(ready + ".part", ready)
        server.serve_forever()
    sys.exit("no address is free")


serve(*sys.argv[1:])
