"""leaks.py TRUTH PATH...: no planted secret may stand in any file there, as it is, in UTF-16, base64 or hexadecimal. TRUTH is a table like
samples/truth.tsv, or has a value a line."""
import base64
import os
import sys

values = set()
for line in open(sys.argv[1], encoding="utf-8"):
    if not line.startswith("#"):
        fields = line.rstrip("\n").split("\t")
        if len(fields) == 1:
            values.add(fields[0])
            continue
        _, _, classes, value, _ = fields
        # Dates and short codes occur by themselves, and a key's first line says nothing.
        if classes != "none" and len(value) >= 10 and "date_of_birth" not in classes and "BEGIN" not in value:
            values.add(value)
values.discard("")


def in_base64(raw):
    """As it stands in the middle of some text: at each of three places, without the letters that neighbours have a part in."""
    for shift in range(3):
        s = base64.b64encode(b"\0" * shift + raw).decode()
        first, last = (0, 2, 3)[shift], (len(raw) + shift) // 3 * 4
        if last - first >= 10:
            yield s[first:last].encode()


forms = {}
for value in values:
    raw = value.encode()
    for form in (raw, value.replace(" ", "").encode(), value.encode("utf-16-le"), raw.hex().encode(), *in_base64(raw)):
        forms[form] = value


def files(path):
    if os.path.isfile(path):
        yield path
    for folder, _, names in os.walk(path):
        for name in names:
            if os.path.isfile(os.path.join(folder, name)):
                yield os.path.join(folder, name)


bad = n = 0
for path in (p for given in sys.argv[2:] for p in files(given)):
    n += 1
    data = open(path, "rb").read()
    whole = data.replace(b"\r\n", b"\n")
    joined = whole.replace(b"\n", b"") if b"base64" in data else b""
    for form, value in forms.items():
        if form in data or form in joined:
            print("%s holds %s" % (path, value))
            bad = 1
if not n or not values:
    print("looked for %d values in %d files" % (len(values), n))
    bad = 1
sys.exit(bad)
