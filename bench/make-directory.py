#!/usr/bin/env python3
"""make-directory.py N OUT: a directory of N invented organisations as CSV, always the same bytes."""

import sys

from invented import organisation

COUNTRIES = ("GB", "US", "DE", "FR", "ES", "NL", "IE", "CH")


def main():
    n, out = int(sys.argv[1]), sys.argv[2]
    with open(out, "w", encoding="utf-8", newline="") as f:
        f.write("name,domains,aliases,country,language,contacts,tenant,notes\r\n")
        for i in range(n):
            name, domain = organisation(i)
            short = " ".join(name.split()[:-1])
            f.write(f"{name},{domain},{short},{COUNTRIES[i % 8]},{'fr' if i % 8 == 3 else 'en'},security@{domain} (security),,\r\n")


if __name__ == "__main__":
    main()
