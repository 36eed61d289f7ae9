# make-letters.py FILE N: an mbox of N letters of four kilobytes between an organisation of the sample's directory and one of the sample's
# mailboxes, a password in each 250th: the same bytes on every machine.
import random
import sys
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

r = random.Random(1)
words = ("the crane gate berth tariff slot trailer customs manifest pallet driver schedule delay invoice weight dock permit yard check release cargo vessel "
         "loading agent booking transit document window seal").split()
n, at = int(sys.argv[2]), datetime(2025, 1, 2, 8, 0, tzinfo=timezone.utc)
with open(sys.argv[1], "w") as out:
    for i in range(n):
        at += timedelta(minutes=r.randint(1, 9))
        people = ["Harriet Voss <harriet.voss%d@ridgewayfreight.example>" % (i % 300), "tomasz.wrona@kestrelgate.example"]
        a, b = people if i % 2 == 0 else people[::-1]
        text = ""
        while len(text) < 3500:
            text += " ".join(r.choice(words) for _ in range(11)) + "\n"
        if i % 250 == 0:
            text += "The password for sftp.ridgewayfreight.example is Kx%dwq!%dZu\n" % (r.randint(1000, 9999), i)
        out.write("From x@x Thu Jan  2 08:00:00 2025\nFrom: %s\nTo: %s\nSubject: Slot %d %s\nDate: %s\nMessage-ID: <m%d@ridgewayfreight.example>\nMIME-Version: 1.0\n"
                  "Content-Type: text/plain; charset=utf-8\n\n%s\n" % (a, b, i, r.choice(words), format_datetime(at), i, text))
