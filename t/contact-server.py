"""contact-server.py DIR: security.txt and RDAP over HTTP, MX over DNS, all of invented organisations, on ports that DIR/ports names. DIR/asked has each
request a line. What is answered lies in DIR/www/HOST/PATH (a file; 302 URL as its first line redirects), DIR/mx/DOMAIN (its mail host is mx.DOMAIN) and
DIR/a/HOST (an address). While DIR/together is there, the first pages are held back until as many are asked for at once as it says, or for
ten seconds; DIR/most has how many were asked for at once, in all and of one host. Types of content are odd: nobody rests on them."""
import http.server, os, socket, struct, sys, threading

top = sys.argv[1]
asked = open(f"{top}/asked", "a", buffering=1)


now, most, change = [], [0, 0], threading.Condition()


def together(host):
    with change:
        now.append(host)
        most[0] = max(most[0], len(now))
        most[1] = max(most[1], now.count(host))
        change.notify_all()
        change.wait_for(lambda: most[0] >= int(open(f"{top}/together").read()), 10)
        with open(f"{top}/most", "w") as f:
            f.write(f"{most[0]} {most[1]}\n")
        now.remove(host)  # before it is answered: who has an answer may ask for more


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.headers.get("Host", "").split(":")[0]
        if os.path.exists(f"{top}/together"):
            together(host)
        asked.write(f"GET {host} {self.path}\n")
        path = os.path.normpath(f"{top}/www/{host}/{self.path}")
        if not path.startswith(f"{top}/www/") or not os.path.isfile(path):
            self.send_error(404)
            return
        body = open(path, "rb").read()
        if body.startswith(b"302 "):
            self.send_response(302)
            self.send_header("Location", body.split()[1].decode())
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; x=" + 200 * "\u00fc")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def dns(sock):
    while True:
        q, peer = sock.recvfrom(2048)
        at, labels = 12, []
        while q[at]:
            labels.append(q[at + 1:at + 1 + q[at]].decode().lower())
            at += q[at] + 1
        name, kind = ".".join(labels), struct.unpack("!H", q[at + 1:at + 3])[0]
        asked.write(f"DNS {name} {kind}\n")
        mx = kind == 15 and os.path.exists(f"{top}/mx/{name}")
        a = kind == 1 and os.path.exists(f"{top}/a/{name}")
        answer = q[:2] + struct.pack("!HHHHH", 0x8180, 1, 1 if mx or a else 0, 0, 0) + q[12:at + 5]
        if mx:
            answer += b"\xc0\x0c" + struct.pack("!HHIHH", 15, 1, 60, 2 + 5, 10) + b"\x02mx\xc0\x0c"
        if a:
            answer += b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(open(f"{top}/a/{name}").read().strip())
        sock.sendto(answer, peer)


web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", 0))
threading.Thread(target=dns, args=(names,), daemon=True).start()
with open(f"{top}/ports.new", "w") as f:
    f.write(f"{web.server_address[1]} {names.getsockname()[1]}\n")
os.rename(f"{top}/ports.new", f"{top}/ports")
web.serve_forever()
