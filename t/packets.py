"""packets.py DEVICE FILE: each IPv4 packet that comes out there, as "address port", a line each; port 0 where there is none."""
import socket, sys

s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
s.bind((sys.argv[1], 0))
with open(sys.argv[2], "w", buffering=1) as out:
    while True:
        p = s.recv(65535)[14:]
        at = (p[0] & 15) * 4
        port = int.from_bytes(p[at + 2:at + 4], "big") if p[9] in (6, 17) else 0
        out.write("%s %d\n" % (socket.inet_ntoa(p[16:20]), port))
