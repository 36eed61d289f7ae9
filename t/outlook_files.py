"""Writers of Outlook's files for tests: compound files with a .msg in them (MS-CFB, MS-OXMSG), and PST files (MS-PST; Unicode and ANSI,
encoded or not). As little as readers need; of invented mail alone."""
import base64
import collections
import struct
import zlib

STRING8, UNICODE, BINARY, INT32, TIME, BOOLEAN, OBJECT, STRINGS, BINARIES = 0x1E, 0x1F, 0x102, 3, 0x40, 0x0B, 0x0D, 0x101F, 0x1102
# Numbers of properties (MS-OXPROPS).
CLASS, SUBJECT, SUBMITTED, HEADERS, BODY, HTML, PAGE, MESSAGE_ID = 0x1A, 0x37, 0x39, 0x7D, 0x1000, 0x1013, 0x3FDE, 0x1035
FROM_NAME, FROM_SMTP, SENDER_NAME, SENDER_SMTP = 0x42, 0x5D02, 0xC1A, 0x5D01
KIND, NAME, SMTP = 0xC15, 0x3001, 0x39FE
DATA, METHOD, LONG_NAME, MIME_TAG, PATH = 0x3701, 0x3705, 0x3707, 0x370E, 0x370D
RTF, DISPLAY_TO, CONTENT_ID, PASSWORD = 0x1009, 0x0E04, 0x3712, 0x67FF

# A property that is known by a set and a number or name in it (MS-OXPROPS 1.3.2), in place of its number.
Named = collections.namedtuple("Named", "set id")
SETS = {"public": 0x00020329, "appointment": 0x00062002, "task": 0x00062003, "address": 0x00062004, "common": 0x00062008,
        "log": 0x0006200A, "note": 0x0006200E}


def filetime(seconds):
    return (seconds + 11644473600) * 10000000


class Item:
    """
    Properties as {(number, type): value}; recipients and attachments likewise. An attachment holds its bytes in DATA, or has
    an Item in (DATA, OBJECT), or {name: bytes}, the streams of an OLE object.
    """
    def __init__(self, properties, recipients=(), attachments=()):
        self.properties, self.recipients, self.attachments = properties, list(recipients), list(attachments)


class Names:
    """Numbers of named properties, given out as they are met, and the streams that say so (MS-OXMSG 2.2.3, MS-PST 2.4.7)."""
    def __init__(self):
        self.met = []

    def numbers(self, properties):
        """The properties with numbers alone, in their order."""
        out = {}
        for (number, kind), value in properties.items():
            if isinstance(number, Named):
                if number not in self.met:
                    self.met.append(number)
                number = 0x8000 + self.met.index(number)
            out[number, kind] = value
        return sorted(out.items(), key=lambda row: row[0])

    def streams(self):
        sets, entries, strings = [], b"", b""
        for at, (of, which) in enumerate(self.met):
            guid = struct.pack("<IHH8B", SETS[of], 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)
            if of != "public" and guid not in sets:
                sets.append(guid)
            index = 2 if of == "public" else 3 + sets.index(guid)
            if isinstance(which, str):
                text = which.encode("utf-16-le")
                entries += struct.pack("<IHH", len(strings), index << 1 | 1, at)
                strings += struct.pack("<I", len(text)) + text + bytes(-len(text) % 4)
            else:
                entries += struct.pack("<IHH", which, index << 1, at)
        return b"".join(sets), entries, strings


def raw(kind, value):
    if kind == UNICODE:
        return value.encode("utf-16-le")
    if kind == STRING8:
        return value if isinstance(value, bytes) else value.encode("cp1252")
    if kind == BINARY:
        return value
    if kind == TIME:
        return struct.pack("<Q", filetime(value))
    return struct.pack("<i", int(value))


def one_off(name, address):
    """Somebody who is in no directory, as an entry of a distribution list (MS-OXCDATA 2.2.5.1)."""
    head = bytes(4) + bytes.fromhex("812b1fa4bea310199d6e00dd010f5402") + bytes([0, 0, 1, 0x80])
    return head + b"".join(text.encode("utf-16-le") + b"\0\0" for text in (name, "SMTP", address))


def rtf_compressed(text):
    """LZFu (MS-OXRTFCP) without a repetition: eight letters at a time, and a reference to where it stands as the end."""
    body, at = b"", 207
    for i in range(0, len(text) - len(text) % 8, 8):
        body += b"\0" + text[i:i + 8]
    rest = text[len(text) - len(text) % 8:]
    body += bytes([1 << len(rest)]) + rest + struct.pack(">H", (at + len(text)) % 4096 << 4)
    return struct.pack("<II4sI", len(body) + 12, len(text), b"LZFu", crc(body)) + body


def rtf_stored(text):
    return struct.pack("<II4sI", len(text) + 12, len(text), b"MELA", 0) + text


# ---- compound files ----

class Storage(dict):
    """Names to bytes (streams) or to further storages."""


def compound(root):
    entries, mini, big = [], bytearray(), []

    def add(name, kind, node):
        at = len(entries)
        entries.append([name, kind, node, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0])  # right, child, start, size
        if kind != 2:
            last = None
            for child in sorted(node, key=lambda n: (len(n), n.upper())):
                index = add(child, 1 if isinstance(node[child], Storage) else 2, node[child])
                if last is None:
                    entries[at][4] = index
                else:
                    entries[last][3] = index
                last = index
        return at

    add("Root Entry", 5, root)
    for e in entries:
        if e[1] != 2:
            continue
        data = e[2]
        e[6] = len(data)
        if len(data) >= 4096:
            big.append(e)
        elif data:
            e[5] = len(mini) // 64
            mini += data + bytes(-len(data) % 64)
    sectors, fat = bytearray(), []

    def chain(data):
        first, n = len(fat), (len(data) + 511) // 512
        for i in range(n):
            fat.append(first + i + 1 if i + 1 < n else 0xFFFFFFFE)
        sectors.extend(data + bytes(-len(data) % 512))
        return first if n else 0xFFFFFFFE

    minifat = bytearray()
    for e in entries:
        if e[1] == 2 and 0 < e[6] < 4096:
            n = (e[6] + 63) // 64
            for i in range(n):
                minifat += struct.pack("<I", e[5] + i + 1 if i + 1 < n else 0xFFFFFFFE)
    entries[0][5], entries[0][6] = chain(bytes(mini)), len(mini)
    for e in big:
        e[5] = chain(e[2])
    minifat_at = chain(bytes(minifat) + b"\xff" * (-len(minifat) % 512))
    directory = bytearray()
    for name, kind, _, right, child, start, size in entries:
        text = name.encode("utf-16-le") + b"\0\0"
        directory += text + bytes(64 - len(text)) + struct.pack("<HBB", len(text), kind, 1)
        directory += struct.pack("<III", 0xFFFFFFFF, right, child) + bytes(36) + struct.pack("<IQ", start, size)
    directory_at = chain(bytes(directory))
    n_fat = 1
    while (len(fat) + n_fat) > n_fat * 128:
        n_fat += 1
    fat_at = len(fat)
    fat += [0xFFFFFFFD] * n_fat
    table = b"".join(struct.pack("<I", f) for f in fat)
    sectors += table + b"\xff" * (n_fat * 512 - len(table))
    assert n_fat <= 109
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, n_fat, directory_at, 0, 4096, minifat_at, (len(minifat) + 511) // 512, 0xFFFFFFFE, 0)
    head += b"".join(struct.pack("<I", fat_at + i if i < n_fat else 0xFFFFFFFF) for i in range(109))
    return head + bytes(sectors)


def properties_storage(names, properties, head):
    s, rows = Storage(), bytearray(head)
    for (number, kind), value in names.numbers(properties):
        if kind in (STRINGS, BINARIES):
            several = [raw(UNICODE, one) + b"\0\0" if kind == STRINGS else one for one in value]
            for i, one in enumerate(several):
                s["__substg1.0_%04X%04X-%08X" % (number, kind, i)] = one
            v = b"".join(struct.pack("<I" if kind == STRINGS else "<II", *((len(one),) if kind == STRINGS else (len(one), 0))) for one in several)
        elif kind == OBJECT:
            s["__substg1.0_%04X%04X" % (number, kind)] = item_storage(names, value, 24) if isinstance(value, Item) else Storage(value)
            v = b""
        else:
            v = raw(kind, value)
        rows += struct.pack("<HHI", kind, number, 6)
        if kind in (STRING8, UNICODE, BINARY, STRINGS, BINARIES):
            s["__substg1.0_%04X%04X" % (number, kind)] = v
        if kind in (STRING8, UNICODE, BINARY, STRINGS, BINARIES, OBJECT):
            rows += struct.pack("<II", len(v) + {UNICODE: 2, STRING8: 1}.get(kind, 0), 0)
        else:
            rows += v + bytes(8 - len(v))
    s["__properties_version1.0"] = bytes(rows)
    return s


def item_storage(names, item, head):
    counts = struct.pack("<IIII", len(item.recipients), len(item.attachments), len(item.recipients), len(item.attachments))
    root = properties_storage(names, item.properties, bytes(8) + counts + bytes(head - 24))
    for i, r in enumerate(item.recipients):
        root["__recip_version1.0_#%08X" % i] = properties_storage(names, r, bytes(8))
    for i, a in enumerate(item.attachments):
        root["__attach_version1.0_#%08X" % i] = properties_storage(names, a, bytes(8))
    return root


def msg(item):
    names = Names()
    root = item_storage(names, item, 32)
    root["__nameid_version1.0"] = Storage({"__substg1.0_000%d0102" % (2 + i): stream for i, stream in enumerate(names.streams())})
    return compound(root)


# ---- PST files ----

def crc(data):
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def signature(at, bid):
    v = at ^ bid
    return (v >> 16 ^ v) & 0xFFFF


# MS-PST 5.1: two permutations of bytes; the third is the first backwards.
FORTH, MIDDLE = (base64.b64decode(t) for t in (
    "QTYTYqghbrv0FswEf2ToXR7yyyp0xV410pVHnpYtmohMfYQ/26wxtkhf9sTYOYvnIzs4jsjB3yWxIKVGYE6c+6rTVlFFfFUAB8krnYWbCaCPrbMPY6uJS9en"
    "FVpxZkK/JkprmPrqd1OycAUs/Vk6hn7OBuuCeFfHjUOvtBzUW83i6SdPwwhygM+w7/Uobb4wTTSS1Q48IjLl5PmfwtEKgRLh7pGDduOX5mGKF3mkt9yQelyM"
    "AqbKad5QGhGTuVKHWPztHTdJG2rgKTOZvWzZlPNAVG/wxnO41j5lGEQf3WcQ8QwZ7K4DoRR7qQv/+KPAogH3LrwkaHUN/rovtdDaPQ==",
    "FFMPVrPIepzrZUgXFhWfAsxUfIMADQwLomKodtvZ7cfFpNyshXTW0KebrpqWcWbDY5m43XOSjoR9pV7RXZOxV1FQgIlSlE9OCmu8jX9uR0ZBQEQBEcsDP/f0"
    "4amPPDr5+/AZMIIJLsmdoIZJ7m9NbcQtgTQlhxuIqvwGoRI4/UxCcmQTNyRqdXdD/+a0SzZc5Ng1PUW5LOy3MSspB2ijDml7GJ4hOb4oGlt49SPKKrCvPv4E"
    "jOflmDKV0/ZK6Kbq6fPVL3Ag8h8FZ61VEM7N4yc72rrXwibUkR3SHCIz+PrxWu/PkLaLtb3AvwiXHmziYeDGwVmru1jeX99geX6yig=="))
BACK = bytes(FORTH.index(i) for i in range(256))
PLAIN, COMPRESSIBLE, HIGH = 0, 1, 2
MAP_AT, MAP_STEP = 0x4400, 496 * 8 * 64


def encoded(data, how, bid):
    if how == PLAIN:
        return data
    if how == COMPRESSIBLE:
        return data.translate(FORTH)
    w, out = (bid ^ bid >> 16) & 0xFFFF, bytearray()
    for b in data:
        b = MIDDLE[FORTH[b + w & 0xFF] + (w >> 8) & 0xFF]
        out.append(BACK[b - (w >> 8) & 0xFF] - w & 0xFF)
        w = w + 1 & 0xFFFF
    return bytes(out)


class Pst:
    """Of ANSI files: what was a string is in windows-1252, numbers of blocks and places take four bytes."""
    def __init__(self, ansi=False, how=PLAIN):
        self.out, self.bbt, self.nbt, self.next_bid = bytearray(MAP_AT), [], [], 4
        self.ansi, self.how, self.names = ansi, how, Names()
        self.word = "I" if ansi else "Q"

    def place(self, size, align):
        """Where so many bytes fit: never over a page of the map of what is free, each of which stands before what it tells of."""
        while True:
            self.out += bytes(-len(self.out) % align)
            at, next_map = len(self.out), MAP_AT + -(-(len(self.out) - MAP_AT) // MAP_STEP) * MAP_STEP
            if at != next_map and at + size <= next_map:
                return at
            self.out += bytes(next_map - at) + bytes(1024 if (next_map - MAP_AT) // MAP_STEP % 8 == 0 else 512)

    def maps(self, pages):
        """A bit for each 64 bytes; every eighth page is followed by a map of pages, which nobody looks at any more (MS-PST 2.2.2.7)."""
        live = bytearray(len(self.out) // 64 + 1)
        for at, n in [(at, n + (12 if self.ansi else 16)) for _, at, n in self.bbt] + [(at, 512) for at in pages]:
            for i in range(at // 64, (at + n + 63) // 64):
                live[i] = 1
        for k, at in enumerate(range(MAP_AT, len(self.out), MAP_STEP)):
            if k % 8 == 0:
                self.put_map(at + 512, 0x83, b"\xff" * 496)
            own = 16 if k % 8 == 0 else 8
            bits = [1] * own + [live[i] if i < len(live) else 0 for i in range(at // 64 + own, at // 64 + 496 * 8)]
            self.put_map(at, 0x84, bytes(sum(bits[i + j] << (7 - j) for j in range(8)) for i in range(0, 496 * 8, 8)))

    def put_map(self, at, kind, bits):
        bits = bytes(4) + bits if self.ansi else bits
        tail = struct.pack("<II", at, crc(bits)) if self.ansi else struct.pack("<IQ", crc(bits), at)
        self.out[at:at + 512] = bits + struct.pack("<BBH", kind, kind, 0) + tail

    def block(self, data, internal=False):
        if len(data) > 8176:
            parts = [self.block(data[i:i + 8176]) for i in range(0, len(data), 8176)]
            return self.block(struct.pack("<BBHI", 1, 1, len(parts), len(data)) + struct.pack("<%d%s" % (len(parts), self.word), *parts), True)
        bid = self.next_bid | (2 if internal else 0)
        self.next_bid += 4
        data = data if internal else encoded(data, self.how, bid)
        tail = 12 if self.ansi else 16
        size = (len(data) + tail + 63) // 64 * 64
        at = self.place(size, 64)
        self.out += data + bytes(size - tail - len(data))
        self.out += struct.pack("<HHII" if self.ansi else "<HHIQ", len(data), signature(at, bid), *((bid, crc(data)) if self.ansi else (crc(data), bid)))
        self.bbt.append((bid, at, len(data)))
        return bid

    def subnodes(self, nodes):
        if not nodes:
            return 0
        return self.block(struct.pack("<BBH", 2, 0, len(nodes)) + (b"" if self.ansi else bytes(4)) +
                          b"".join(struct.pack("<3" + self.word, n, d, s) for n, d, s in sorted(nodes)), True)

    def node(self, nid, data, nodes=(), parent=0):
        self.nbt.append((nid, self.block(data) if data else 0, self.subnodes(nodes), parent))

    def kept(self, properties):
        """With numbers, and strings as this kind of file has them."""
        return [((n, STRING8 if k == UNICODE and self.ansi else k), v) for (n, k), v in self.names.numbers(properties)]

    @staticmethod
    def heap(client, allocations, root):
        """allocations: bytes, the first of which is number 1."""
        body, places = bytearray(12), []
        for a in allocations:
            places.append(len(body))
            body += a
        places.append(len(body))
        body += bytes(-len(body) % 2)
        head = struct.pack("<HBBI4x", len(body), 0xEC, client, root)
        return head + bytes(body[12:]) + struct.pack("<HH", len(allocations), 0) + b"".join(struct.pack("<H", p) for p in places)

    def bag(self, properties, nodes, next_nid):
        """A property context. What does not fit into the heap goes to nodes of its own, so do messages within and OLE objects."""
        values, rows = [], b""
        for (number, kind), value in self.kept(properties):
            if kind == OBJECT:
                inner = []
                data = self.contents(value, inner) if isinstance(value, Item) else compound(Storage(value))
                nodes.append((next_nid, self.block(data), self.subnodes(inner)))
                v = struct.pack("<II", next_nid, len(data))
                next_nid += 0x20
            elif kind in (STRINGS, BINARIES):
                texts = [raw(UNICODE, one) if kind == STRINGS else one for one in value]
                at, v = 4 + 4 * len(value), struct.pack("<I", len(value))
                for t in texts:
                    v += struct.pack("<I", at)
                    at += len(t)
                v += b"".join(texts)
            else:
                v = raw(kind, value)
            if kind in (INT32, BOOLEAN):
                hnid = struct.unpack("<I", v)[0]
            elif len(v) > 1500:
                hnid = next_nid
                next_nid += 0x20
                nodes.append((hnid, self.block(v), 0))
            elif v:
                values.append(v)
                hnid = (len(values) + 2) << 5
            else:
                hnid = 0
            rows += struct.pack("<HHI", number, kind, hnid)
        return self.heap(0xBC, [struct.pack("<BBBBI", 0xB5, 2, 6, 0, 2 << 5), rows] + values, 1 << 5)

    def table(self, columns, rows):
        """A table context. columns: (number, type); rows: (row id, values), all values in the heap or the row."""
        columns = [(n, STRING8 if k == UNICODE and self.ansi else k) for n, k in columns]
        tags = [(0x67F2, INT32), (0x67F3, INT32)] + columns
        size, values, data, index = 4 * len(tags), [], b"", b""
        bits = (len(tags) + 7) // 8
        for at, (rid, row) in enumerate(rows):
            cells = [struct.pack("<I", rid), struct.pack("<I", at)]
            row = dict(self.kept(row))
            for number, kind in columns:
                v = raw(kind, row.get((number, kind), 0 if kind == INT32 else ""))
                if kind == INT32:
                    cells.append(v)
                elif v:
                    values.append(v)
                    cells.append(struct.pack("<I", (len(values) + 4) << 5))
                else:
                    cells.append(bytes(4))
            data += b"".join(cells) + b"\xff" * bits
            index += struct.pack("<II", rid, at)
        info = struct.pack("<BBHHHHIII", 0x7C, len(tags), size, size, size, size + bits, 2 << 5, 4 << 5 if rows else 0, 0)
        for i, (number, kind) in enumerate(sorted(tags)):
            place = tags.index((number, kind))
            info += struct.pack("<HHHBB", kind, number, 4 * place, 4, place)
        heap = [info, struct.pack("<BBBBI", 0xB5, 4, 4, 0, 3 << 5 if rows else 0), index, data] + values
        return self.heap(0x7C, heap, 1 << 5)

    def contents(self, item, nodes):
        """The property context of a message; what belongs to it is added to nodes."""
        table, sub = [], 0x10025
        columns = [(KIND, INT32), (NAME, UNICODE), (SMTP, UNICODE)]
        nodes.append((0x692, self.block(self.table(columns, [(i, r) for i, r in enumerate(item.recipients)])), 0))
        for a in item.attachments:
            inner = []
            data = self.bag(a, inner, 0x10001F)
            nodes.append((sub, self.block(data), self.subnodes(inner)))
            table.append((sub, {(METHOD, INT32): a.get((METHOD, INT32), 1)}))
            sub += 0x20
        if table:
            nodes.append((0x671, self.block(self.table([(METHOD, INT32)], table)), 0))
        return self.bag(item.properties, nodes, 0x20001F)

    def message(self, nid, parent, item):
        nodes = []
        self.node(nid, self.contents(item, nodes), nodes, parent)

    def folder(self, nid, parent, name, folders, messages):
        self.node(nid, self.bag({(NAME, UNICODE): name, (0x3602, INT32): len(messages), (0x360A, BOOLEAN): bool(folders)}, [], 0), (), parent)
        self.node(nid & ~0x1F | 0x0D, self.table([(NAME, UNICODE)], [(f, {(NAME, UNICODE): n}) for f, n in folders]))
        self.node(nid & ~0x1F | 0x0E, self.table([(SUBJECT, UNICODE)], [(m, {}) for m in messages]))
        self.node(nid & ~0x1F | 0x0F, self.table([(SUBJECT, UNICODE)], []))

    def page(self, kind, entries, size, level):
        room = 496 if self.ansi else 488
        at = self.place(512, 512)
        self.pages.append(at)
        bid = self.next_bid
        self.next_bid += 4
        body = b"".join(entries)
        body += bytes(room - len(body)) + struct.pack("<BBBB", len(entries), room // size, size, level) + (b"" if self.ansi else bytes(4))
        self.out += body + struct.pack("<BBH", kind, kind, signature(at, bid))
        self.out += struct.pack("<II", bid, crc(body)) if self.ansi else struct.pack("<IQ", crc(body), bid)
        return bid, at

    def tree(self, kind, rows, size):
        """rows: (key, packed), sorted."""
        level, room, step = 0, 496 if self.ansi else 488, 12 if self.ansi else 24
        most = room // size
        while True:
            pages = []
            for i in range(0, max(1, len(rows)), most):
                bid, at = self.page(kind, [r for _, r in rows[i:i + most]], size, level)
                pages.append((rows[i][0], struct.pack("<3" + self.word, rows[i][0], bid, at)))
            if len(pages) == 1:
                return bid, at
            rows, size, most, level = pages, step, room // step, level + 1

    def trees(self):
        self.pages = []
        block, node = ("<IIHH", "<IIII") if self.ansi else ("<QQHHI", "<QQQII")
        more = () if self.ansi else (0,)
        bbt = self.tree(0x80, [(b, struct.pack(block, b, at, n, 2, *more)) for b, at, n in sorted(self.bbt)], 12 if self.ansi else 24)
        nbt = self.tree(0x81, [(n, struct.pack(node, n, d, s, p, *more)) for n, d, s, p in sorted(self.nbt)], 16 if self.ansi else 32)
        return nbt, bbt

    def done(self):
        guids, entries, strings = self.names.streams()
        self.node(0x61, self.bag({(1, INT32): 1, (2, BINARY): guids or bytes(16), (3, BINARY): entries or struct.pack("<IHH", 0x8501, 6, 0),
                                  (4, BINARY): strings or bytes(4)}, [], 0))
        nbt, bbt = self.trees()
        self.maps(self.pages)
        w = self.word
        root = struct.pack("<I8%sBBH" % w, 0, len(self.out), 0x4400, 0, 0, *nbt, *bbt, 1, 0, 0)
        head = struct.pack("<2sHHBBII", b"SM", 15 if self.ansi else 23, 19, 1, 1, 0, 0)
        head += struct.pack("<III" if self.ansi else "<QQI", *((self.next_bid, self.next_bid) if self.ansi else (0, self.next_bid)), 1) + bytes(128)
        head += (b"" if self.ansi else bytes(8)) + root + (b"" if self.ansi else bytes(4))
        head += b"\xff" * 256 + struct.pack("<BBHQ", 0x80, self.how, 0, 0 if self.ansi else self.next_bid)
        head += bytes(504 - len(head)) if self.ansi else b""
        head = b"!BDN" + struct.pack("<I", crc(head[:471])) + head
        head += b"" if self.ansi else struct.pack("<I", crc(head[8:524])) + bytes(36)
        self.out[:len(head)] = head
        return bytes(self.out)


def pst(items, folder="Inbox", most=100, ansi=False, how=PLAIN, password=0, orphans=(), unlisted=(), deleted=()):
    """
    Folders of at most so many items: a table here is one block. orphans are of a folder that is not there; unlisted are in no table,
    every other one of the first folder or of none; deleted are known to no tree but an older one, whose pages lie about.
    """
    p, key, top = Pst(ansi, how), b"tocsin test pst!", 0x8042
    ids = [0x200024 + 0x20 * i for i in range(len(items))]
    boxes = [(0x8062 + 0x20 * k, folder + (" %d" % (k + 1) if k else ""), ids[i:i + most]) for k, i in enumerate(range(0, max(1, len(ids)), most))]
    store = {(NAME, UNICODE): "Mail", (0x0FF9, BINARY): key, (0x35E0, BINARY): bytes(4) + key + struct.pack("<I", top)}
    if password:
        store[PASSWORD, INT32] = password
    p.node(0x21, p.bag(store, [], 0))
    p.folder(0x122, 0x122, "", [(top, "Top")], [])
    p.folder(top, 0x122, "Top", [(nid, name) for nid, name, _ in boxes], [])
    parents = {}
    for nid, name, held in boxes:
        p.folder(nid, top, name, [], held)
        parents.update({m: nid for m in held})
    for nid, item in zip(ids, items):
        p.message(nid, parents[nid], item)
    for i, item in enumerate(orphans):
        p.message(0x300024 + 0x20 * i, 0x9042, item)
    for i, item in enumerate(unlisted):
        p.message(0x500024 + 0x20 * i, (boxes[0][0], 0)[i % 2], item)
    if deleted:
        kept = list(p.bbt), list(p.nbt)
        for i, item in enumerate(deleted):
            p.message(0x400024 + 0x20 * i, boxes[0][0], item)
        p.trees()
        p.bbt, p.nbt = kept
    return p.done()
