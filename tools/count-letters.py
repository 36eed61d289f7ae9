#!/usr/bin/env python3
"""count-letters.py NAME KIND FILE...: what src/stream/letters.h says of a language, counted in texts of it (UTF-8).

KIND is "pairs" (how likely a letter is behind another one, where at least one of them is not ASCII; "_" is what is no
letter) or "signs" (how likely a character that is not ASCII is, for the East Asian languages). The rows are the bits
that it costs to say it, from [1] on; what costs more than MOST is not said.
"""
import math
import sys
from collections import Counter

MOST = {"pairs": 9, "signs": 12}


def folded(text):
    return "".join(c.lower() if len(c.lower()) == 1 else "i" for c in text)


def pairs(text):
    marked = "".join(c if c.isalpha() or is_mark(c) else "_" for c in folded(text))
    both = Counter(a + b for a, b in zip(marked, marked[1:]))
    first = Counter(marked)
    return {p: -math.log2(n / first[p[0]]) for p, n in both.items() if max(p) > "\x7f" and n > 2}


def is_mark(c):
    return "\u0e30" <= c <= "\u0e4e"  # vowels and tones of Thai


def signs(text):
    foreign = [c for c in text if c > "\xff"]
    return {c: -math.log2(n / len(foreign)) for c, n in Counter(foreign).items() if n > 1}


def main():
    name, kind, *files = sys.argv[1:]
    text = "\n".join(open(f, encoding="utf-8").read() for f in files)
    costs = {"pairs": pairs, "signs": signs}[kind](text)
    rows = {}
    for what in sorted(costs, key=lambda p: (costs[p], p)):
        rows.setdefault(max(1, round(costs[what])), []).append(what)
    print(f'\t[{name}] = {{')
    for bits in sorted(rows):
        if bits > MOST[kind]:
            break
        row = "".join(rows[bits])
        width = 100 if max(row) < "\u1100" else 50
        lines = [row[i:i + width] for i in range(0, len(row), width)]
        print(f'\t\t[{bits}] = ' + '\n\t\t\t'.join(f'"{line}"' for line in lines) + ",")
    print("\t},")


main()
