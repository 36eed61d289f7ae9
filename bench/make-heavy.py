#!/usr/bin/env python3
"""make-heavy.py OUT [BYTES]: an attachment-heavy mbox of about 1 GB, always the same bytes.

Mail text of 0.6 to 6 kB; four in ten messages carry one to three attachments in base64: PDF, JPEG and DOCX (their
first bytes, then bytes that look random, as the compressed insides of the real ones do) of 30 kB to 1.5 MB, tables as
CSV, and logs of up to 800 kB. Everybody in it is invented; one message in fifty gives something away.
"""

import base64
import sys

from invented import Draw, organisation

WORDS = ("the of and to in we is for that it on you this be with are have will not as our from at by please if can your "
         "all has or would contract delivery invoice meeting price gas power schedule attached agreement payment account "
         "review forward call tomorrow friday project team office market report draft comments signed counterparty "
         "deal volume point confirm system access server file list update changes question answer need send know let "
         "me they which been more week month thanks regards any time new some about only next working order number "
         "issue transport storage capacity credit legal trading desk term letter version copy final sent received").split()
FIRST_NAMES = "Ana Ben Cora Dan Elif Finn Gro Hans Ines Jan Kaja Leo Mira Nils Olga Pia Raul Sven Tove Uma".split()
LAST_NAMES = "Abbot Brandt Castel Dorn Eklund Faber Grau Holm Ivers Jansen Kolb Lund Moreau Nagy Orsini Petit".split()
SECRETS = ("The password for the portal is {0}, please change it after the first login.",
           "user: {1}\nPassword: {0}",
           "postgres://{1}:{0}@db.own.example:5432/billing",
           "Please transfer to IBAN GB82 WEST 1234 5698 7654 32 by Friday.",
           "Card 4111 1111 1111 1111, valid until 11/27.")
ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
HEADS = {"pdf": (b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
         "jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "image/jpeg"),
         "docx": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00",
                  "application/vnd.openxmlformats-officedocument.wordprocessingml.document")}


def prose(d, n):
    lines, line, size = [], [], 0
    while size < n:
        word = d.one(WORDS)
        size += len(word) + 1
        line.append(word.capitalize() if not line else word)
        if sum(map(len, line)) + len(line) > 68:
            lines.append(" ".join(line) + ("." if d.below(3) == 0 else ""))
            line = []
        if d.below(90) == 0:
            lines.append("")
    lines.append(" ".join(line))
    return "\n".join(lines) + "\n"


def person(d, org):
    first, last = d.one(FIRST_NAMES), d.one(LAST_NAMES)
    domain = organisation(org)[1] if org >= 0 else "own.example"
    return f"{first} {last}", f"{first}.{last}@{domain}".lower()


def table(d, n):
    rows = ["date,customer,amount,reference"]
    size = 0
    while size < n:
        name, domain = organisation(d.below(1000))
        row = f"2024-{d.between(1, 12):02}-{d.between(1, 28):02},{name},{d.below(10000000) / 100:.2f},{domain}/{d.below(1 << 30):08x}"
        rows.append(row)
        size += len(row) + 1
    return "\n".join(rows).encode()


def log(d, n):
    rows, size = [], 0
    while size < n:
        row = (f"2024-05-{d.between(1, 28):02}T{d.below(24):02}:{d.below(60):02}:{d.below(60):02}Z {d.one(('INFO', 'WARN', 'DEBUG'))} "
               f"10.{d.below(256)}.{d.below(256)}.{d.below(256)} GET /{d.one(WORDS)}/{d.one(WORDS)}?id={d.below(1 << 30):x} 200 {d.below(90000)}")
        rows.append(row)
        size += len(row) + 1
    return "\n".join(rows).encode()


def attachment(d):
    kind = d.one(("pdf", "pdf", "jpg", "docx", "csv", "log"))
    name = f"{d.one(WORDS)}-{d.below(10000)}.{kind}"
    if kind == "csv":
        content, type_ = table(d, d.between(2000, 300000)), "text/csv"
    elif kind == "log":
        content, type_ = log(d, d.between(2000, 800000)), "text/plain"
    else:
        head, type_ = HEADS[kind]
        content = head + d.bytes(d.between(30000, 1500000))
    return (f"Content-Type: {type_}; name=\"{name}\"\nContent-Disposition: attachment; filename=\"{name}\"\n"
            "Content-Transfer-Encoding: base64\n\n").encode() + base64.encodebytes(content)


def message(d, k):
    inward = d.below(2) == 0
    other = d.below(1000)
    from_name, from_address = person(d, other if inward else -1)
    to_name, to_address = person(d, -1 if inward else other)
    text = prose(d, d.between(600, 6000))
    if k % 50 == 0:
        secret = "".join(d.one(ALPHABET) for _ in range(11)) + "!7"
        text += "\n" + d.one(SECRETS).format(secret, to_address.split("@")[0]) + "\n"
    text += f"\n-- \n{from_name}\n{organisation(other)[0]}\n"
    day, clock = d.between(1, 28), f"{d.below(24):02}:{d.below(60):02}:{d.below(60):02}"
    head = (f"From {from_address} Mon May {day:2} {clock} 2024\n"
            f"Received: from mail.{from_address.split('@')[1]} by mx.own.example; {day} May 2024 {clock} +0000\n"
            f"From: {from_name} <{from_address}>\nTo: {to_name} <{to_address}>\nSubject: {prose(d, 30).splitlines()[0] if d.below(4) else 'Re: invoice'}\n"
            f"Date: {day} May 2024 {clock} +0000\nMessage-ID: <{k}.{d.below(1 << 30):x}@{from_address.split('@')[1]}>\nMIME-Version: 1.0\n").encode()
    if d.below(10) >= 4:
        return head + b"Content-Type: text/plain; charset=us-ascii\n\n" + text.encode() + b"\n"
    mark = f"=_{k}_{d.below(1 << 30):x}"
    out = [head, f"Content-Type: multipart/mixed; boundary=\"{mark}\"\n\n--{mark}\nContent-Type: text/plain; charset=us-ascii\n\n{text}".encode()]
    for _ in range(d.between(1, 3)):
        out += [f"\n--{mark}\n".encode(), attachment(d)]
    out.append(f"\n--{mark}--\n\n".encode())
    return b"".join(out)


def main():
    size, d, k, done = int(sys.argv[2]) if len(sys.argv) > 2 else 1000000000, Draw("heavy 1"), 0, 0
    with open(sys.argv[1], "wb") as f:
        while done < size:
            done += f.write(message(d, k))
            k += 1


if __name__ == "__main__":
    main()
