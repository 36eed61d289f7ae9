"""make-mail.py N DIR: N messages as two mbox files and a folder, the same on every machine: for the tests that need more mail
than samples/ has."""
import os
import random
import sys

n, folder = int(sys.argv[1]), sys.argv[2]
rnd = random.Random(20250918)
words = ("berth crane gate slot vessel manifest release tide pilot quay reefer booking driver truck yard lane invoice "
         "schedule meeting Tuesday thanks please see attached regards update window storm delay").split()
domains = ["quaylight.example", "havretransit.example", "nordwall.example", "unknown%d.example", "gmail.com"]
os.makedirs(os.path.join(folder, "inbox"), exist_ok=True)
boxes = [open(os.path.join(folder, name), "w", newline="") for name in ("one.mbox", "two.mbox")]
for i in range(n):
    domain = rnd.choice(domains)
    if "%d" in domain:
        domain %= rnd.randrange(40)
    text = "\n".join(" ".join(rnd.choice(words) for _ in range(rnd.randrange(4, 14))) for _ in range(rnd.randrange(3, 60)))
    if i % 7 == 0:
        text += "\n\nusername: user%d\npassword: Quay-%d-Winch%d\n" % (i, rnd.randrange(10**4), i)
    if i % 11 == 0:
        text += "\nplease ask Havre-Transit SA about this\n"
    message = ("From: Person %d <p%d@%s>\nTo: tomasz.wrona@kestrelgate.example\nSubject: %s %d\n"
               "Date: %s, %02d Mar 2025 %02d:%02d:00 +0000\nMessage-ID: <%d@%s>\n\n%s\n" %
               (i, i % 50, domain, rnd.choice(words), i, "Mon", 3 + i % 20, i % 24, i % 60, i, domain, text))
    if i % 5 == 4:
        with open(os.path.join(folder, "inbox", "%d." % i), "w", newline="") as f:
            f.write(message)
    else:
        boxes[i % 2].write("From p%d@%s Mon Mar  3 10:00:00 2025\n%s\n" % (i % 50, domain, message))
for box in boxes:
    box.close()
