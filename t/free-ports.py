"""free-ports.py N: as many ports of loopback that nobody has, by UDP or TCP, and that the kernel gives to nobody by itself."""
import random
import socket
import sys

try:
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        first, last = map(int, f.read().split())
except OSError:
    first, last = 32768, 60999
ports = [p for p in range(10000, 65536) if not first <= p <= last] or list(range(10000, 65536))
random.shuffle(ports)


def free(port):
    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
        with socket.socket(socket.AF_INET, kind) as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


found = []
while len(found) < int(sys.argv[1]):
    port = ports.pop()
    if free(port):
        found.append(port)
print(*found)
