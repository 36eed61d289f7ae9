"""access-codes.py CASE: the access code of each written notice, derived again as doc/sealed-bundle.md says, with other code:
notice, code, organisation, apart by tabs."""
import hashlib, hmac, sqlite3, sys


def hkdf(key, salt, info, n):
    prk = hmac.new(salt or bytes(32), key, hashlib.sha256).digest()
    out = t = b""
    i = 1
    while len(out) < n:
        t = hmac.new(prk, t + info + bytes([i]), hashlib.sha256).digest()
        out += t
        i += 1
    return out[:n]


DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code(key, notice, generation):
    bits = int.from_bytes(hkdf(key, notice.encode(), b"tocsin access code v1" + generation.to_bytes(4, "big"), 17), "big") >> 6
    text = "".join(DIGITS[bits >> (125 - 5 * i) & 31] for i in range(26))
    p = 32
    for c in notice[3:].replace("-", "") + text:
        p = 2 * ((p + DIGITS.index(c)) % 32 or 32) % 33
    text += DIGITS[(33 - p) % 32]
    return "-".join(text[i:i + 5] for i in range(0, 27, 5))


case = sys.argv[1]
key = bytes.fromhex(open(case + "/case.key").read().strip())
for notice, org, generation in sqlite3.connect(case + "/case.db").execute(
        "SELECT n.id, o.key, coalesce(g.generation, 1) FROM notice n JOIN org o ON o.id = n.org_id"
        " LEFT JOIN seal_generation g ON g.org_id = o.id WHERE n.state = 2 ORDER BY o.key, n.id"):
    print(notice, code(key, notice, generation), org, sep="\t")
