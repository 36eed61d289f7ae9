#!/usr/bin/env python3
"""https-server.py CERT KEY ROOT PORT_FILE: HTTPS on a port of loopback's own choice, which it writes into PORT_FILE. What host H shows at
/a/b is the file ROOT/H/a/b; one that holds "-> URL" leads there; what is not there is a 404."""
import http.server
import os
import pathlib
import ssl
import sys

cert, key, root, port_file = sys.argv[1:]


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.headers.get("Host", "").split(":")[0]
        path = pathlib.Path(root, host, self.path.lstrip("/"))
        body = path.read_bytes() if path.is_file() else None
        if body is not None and body.startswith(b"-> "):
            self.send_response(302)
            self.send_header("Location", body[3:].decode().strip())
            body = b""
        else:
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(port_file + ".new", "w") as f:
    f.write(str(server.server_address[1]))
os.rename(port_file + ".new", port_file)
server.serve_forever()
