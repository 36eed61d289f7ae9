"""What tests in Python share: check prints a line of TAP, plan ends it."""
n = 0


def check(good, what, more=""):
    global n
    n += 1
    print("%sok %d - %s" % ("" if good else "not ", n, what))
    if not good and more:
        print("\n".join("# " + line for line in str(more)[:20000].split("\n")))


def plan():
    print("1..%d" % n)
