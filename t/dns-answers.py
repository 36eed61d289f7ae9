"""dns-answers.py PORT: waits until a name server at that port of loopback answers, for a minute at most."""
import socket
import sys
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("127.0.0.1", int(sys.argv[1])))
s.settimeout(0.1)
end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        s.send(b"\0\1\1\0\0\1\0\0\0\0\0\0\13kestrelgate\7example\0\0\6\0\1")
        s.recv(4096)
        sys.exit(0)
    except OSError:  # it is not there yet
        time.sleep(0.05)
sys.exit("nothing answers at port %s" % sys.argv[1])
