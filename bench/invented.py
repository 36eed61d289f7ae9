"""What the generators share: bytes that are always the same, and organisations that do not exist."""

import hashlib

SYLLABLES = "ba bel bor bre cal car cor dan del dor el fen fol gar gil hal han il jor kal kel lan lor mar mel mor nar " \
    "nel or pal pel ran rel ros sal sel sor tal tel tor ul val vel vor wel wes yar zan".split()
FIRST = "North South East West Summit Harbor Valley Pacific Atlantic Central United General First Blue Green Silver " \
    "Stone River Lake Forest Golden Capital Metro National Pioneer Liberty Crown Bridge Beacon Anchor".split()
KINDS = ("Energy", "Trading", "Systems", "Partners", "Logistics", "Pharma", "Bank", "Foods", "Textiles", "Marine",
         "Consulting", "Insurance", "Steel", "Paper", "Electric", "Water", "Aviation", "Media", "Software", "Clinic")
FORMS = ("Ltd", "Inc", "GmbH", "SA", "LLC", "BV", "AG", "plc")


class Draw:
    """Numbers and bytes from a name: SHAKE-128, so the same with every Python on every machine."""

    def __init__(self, name):
        self.name, self.block, self.pool, self.at = name, 0, b"", 0

    def bytes(self, n):
        """For large runs: a stream of its own."""
        self.block += 1
        return hashlib.shake_128(f"{self.name} {self.block}".encode()).digest(n)

    def below(self, n):
        if self.at + 4 > len(self.pool):
            self.pool, self.at = self.bytes(65536), 0
        self.at += 4
        return int.from_bytes(self.pool[self.at - 4:self.at], "little") % n

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def one(self, of):
        return of[self.below(len(of))]


def organisation(i):
    """The i-th: its name and its domain. Up to some ten millions, no two alike."""
    n = len(SYLLABLES)
    own = SYLLABLES[i % n] + SYLLABLES[i // n % n] + SYLLABLES[i // n // n % n] + SYLLABLES[(i * 7 + i // n // n // n) % n]
    kind, form = KINDS[i * 13 % len(KINDS)], FORMS[i * 5 % len(FORMS)]
    first = FIRST[i * 11 % len(FIRST)] + " " if i % 3 == 0 else ""
    # The number keeps the domains apart; the names may meet, as they do in life.
    return f"{first}{own.capitalize()} {kind} {form}", f"{own}-{kind.lower()}{i}.example"
