"""leaks.py TRUTH DIR: no planted secret may stand in any file below DIR."""
import os
import sys

values = set()
for line in open(sys.argv[1], encoding="utf-8"):
    if not line.startswith("#"):
        _, _, classes, value, _ = line.rstrip("\n").split("\t")
        # Dates and short codes occur by themselves, and a key's first line says nothing.
        if classes != "none" and len(value) >= 10 and "date_of_birth" not in classes and "BEGIN" not in value:
            values.add(value)
bad = 0
for folder, _, names in os.walk(sys.argv[2]):
    for name in names:
        data = open(os.path.join(folder, name), "rb").read()
        for value in values:
            for form in (value.encode(), value.replace(" ", "").encode(), value.encode("utf-16-le")):
                if form in data:
                    print("%s holds %s" % (os.path.join(folder, name), value))
                    bad = 1
sys.exit(bad or (0 if values else 1))
