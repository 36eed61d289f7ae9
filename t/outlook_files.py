"""Writers of Outlook's files for tests: compound files with a .msg in them (MS-CFB, MS-OXMSG), and PST files (MS-PST, Unicode, not
encoded). As little as readers need; of invented mail alone."""
import struct
import zlib

UNICODE, BINARY, INT32, TIME, BOOLEAN, OBJECT = 0x1F, 0x102, 3, 0x40, 0x0B, 0x0D
# Numbers of properties (MS-OXPROPS).
CLASS, SUBJECT, SUBMITTED, HEADERS, BODY, HTML, PAGE, MESSAGE_ID = 0x1A, 0x37, 0x39, 0x7D, 0x1000, 0x1013, 0x3FDE, 0x1035
FROM_NAME, FROM_SMTP, SENDER_NAME, SENDER_SMTP = 0x42, 0x5D02, 0xC1A, 0x5D01
KIND, NAME, SMTP = 0xC15, 0x3001, 0x39FE
DATA, METHOD, LONG_NAME, MIME_TAG = 0x3701, 0x3705, 0x3707, 0x370E


def filetime(seconds):
    return (seconds + 11644473600) * 10000000


class Item:
    """Properties as {(number, type): value}; recipients and attachments likewise."""
    def __init__(self, properties, recipients=(), attachments=()):
        self.properties, self.recipients, self.attachments = properties, list(recipients), list(attachments)


def raw(kind, value):
    if kind == UNICODE:
        return value.encode("utf-16-le")
    if kind == BINARY:
        return value
    if kind == TIME:
        return struct.pack("<Q", filetime(value))
    return struct.pack("<i", int(value))


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


def properties_storage(properties, head):
    s, rows = Storage(), bytearray(head)
    for (number, kind), value in sorted(properties.items()):
        v = raw(kind, value)
        rows += struct.pack("<HHI", kind, number, 6)
        if kind in (UNICODE, BINARY):
            s["__substg1.0_%04X%04X" % (number, kind)] = v
            rows += struct.pack("<II", len(v) + (2 if kind == UNICODE else 0), 0)
        else:
            rows += v + bytes(8 - len(v))
    s["__properties_version1.0"] = bytes(rows)
    return s


def msg(item):
    root = properties_storage(item.properties, bytes(8) + struct.pack(
        "<IIII", len(item.recipients), len(item.attachments), len(item.recipients), len(item.attachments)) + bytes(8))
    root["__nameid_version1.0"] = Storage({"__substg1.0_00020102": b"", "__substg1.0_00030102": b"", "__substg1.0_00040102": b""})
    for i, r in enumerate(item.recipients):
        root["__recip_version1.0_#%08X" % i] = properties_storage(r, bytes(8))
    for i, a in enumerate(item.attachments):
        root["__attach_version1.0_#%08X" % i] = properties_storage(a, bytes(8))
    return compound(root)


# ---- PST files ----

def crc(data):
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def signature(at, bid):
    v = at ^ bid
    return (v >> 16 ^ v) & 0xFFFF


class Pst:
    def __init__(self):
        self.out, self.bbt, self.nbt, self.next_bid = bytearray(0x4600), [], [], 4

    def block(self, data, internal=False):
        if len(data) > 8176:
            parts = [self.block(data[i:i + 8176]) for i in range(0, len(data), 8176)]
            return self.block(struct.pack("<BBHI", 1, 1, len(parts), len(data)) + b"".join(struct.pack("<Q", b) for b in parts), True)
        bid = self.next_bid | (2 if internal else 0)
        self.next_bid += 4
        at, size = len(self.out), (len(data) + 16 + 63) // 64 * 64
        self.out += data + bytes(size - 16 - len(data)) + struct.pack("<HHIQ", len(data), signature(at, bid), crc(data), bid)
        self.bbt.append((bid, at, len(data)))
        return bid

    def subnodes(self, nodes):
        if not nodes:
            return 0
        return self.block(struct.pack("<BBHI", 2, 0, len(nodes), 0) +
                          b"".join(struct.pack("<QQQ", n, d, s) for n, d, s in sorted(nodes)), True)

    def node(self, nid, data, nodes=(), parent=0):
        self.nbt.append((nid, self.block(data) if data else 0, self.subnodes(nodes), parent))

    @staticmethod
    def heap(client, allocations, root):
        """allocations: bytes, the first of which is number 1."""
        body, places = bytearray(12), []
        for a in allocations:
            places.append(len(body))
            body += a + bytes(-len(a) % 2)
        places.append(len(body))
        head = struct.pack("<HBBI4x", len(body), 0xEC, client, root)
        return head + bytes(body[12:]) + struct.pack("<HH", len(allocations), 0) + b"".join(struct.pack("<H", p) for p in places)

    def bag(self, properties, nodes, next_nid):
        """A property context. What does not fit into the heap goes to nodes of its own."""
        values, rows = [], b""
        for (number, kind), value in sorted(properties.items()):
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
        tags = [(0x67F2, INT32), (0x67F3, INT32)] + [c for c in columns]
        size, values, data, index = 4 * len(tags), [], b"", b""
        bits = (len(tags) + 7) // 8
        for at, (rid, row) in enumerate(rows):
            cells = [struct.pack("<I", rid), struct.pack("<I", at)]
            for number, kind in columns:
                v = raw(kind, row.get((number, kind), "" if kind == UNICODE else 0))
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

    def message(self, nid, parent, item):
        nodes, table, sub = [], [], 0x10025
        columns = [(KIND, INT32), (NAME, UNICODE), (SMTP, UNICODE)]
        nodes.append((0x692, self.block(self.table(columns, [(i, r) for i, r in enumerate(item.recipients)])), 0))
        for a in item.attachments:
            inner = []
            data = self.bag(a, inner, 0x10001F)
            nodes.append((sub, self.block(data), self.subnodes(inner)))
            table.append((sub, {(METHOD, INT32): 1}))
            sub += 0x20
        if table:
            nodes.append((0x671, self.block(self.table([(METHOD, INT32)], table)), 0))
        bag = self.bag(item.properties, nodes, 0x20001F)
        self.node(nid, bag, nodes, parent)

    def folder(self, nid, parent, name, folders, messages):
        self.node(nid, self.bag({(NAME, UNICODE): name, (0x3602, INT32): len(messages), (0x360A, BOOLEAN): bool(folders)}, [], 0), (), parent)
        self.node(nid & ~0x1F | 0x0D, self.table([(NAME, UNICODE)], [(f, {(NAME, UNICODE): n}) for f, n in folders]))
        self.node(nid & ~0x1F | 0x0E, self.table([(SUBJECT, UNICODE)], [(m, {}) for m in messages]))
        self.node(nid & ~0x1F | 0x0F, self.table([(SUBJECT, UNICODE)], []))

    def page(self, kind, entries, size, level):
        at = len(self.out)
        at += -at % 512
        self.out += bytes(at - len(self.out))
        bid = self.next_bid
        self.next_bid += 4
        body = b"".join(entries)
        body += bytes(488 - len(body)) + struct.pack("<BBBB4x", len(entries), 488 // size, size, level)
        self.out += body + struct.pack("<BBHIQ", kind, kind, signature(at, bid), crc(body), bid)
        return bid, at

    def tree(self, kind, rows, size):
        """rows: (key, packed), sorted."""
        level, most = 0, 488 // size
        while True:
            pages = []
            for i in range(0, max(1, len(rows)), most):
                bid, at = self.page(kind, [r for _, r in rows[i:i + most]], size, level)
                pages.append((rows[i][0], struct.pack("<QQQ", rows[i][0], bid, at)))
            if len(pages) == 1:
                return bid, at
            rows, size, most, level = pages, 24, 488 // 24, level + 1

    def done(self):
        bbt = self.tree(0x80, [(b, struct.pack("<QQHHI", b, at, n, 2, 0)) for b, at, n in sorted(self.bbt)], 24)
        nbt = self.tree(0x81, [(n, struct.pack("<QQQII", n, d, s, p, 0)) for n, d, s, p in sorted(self.nbt)], 32)
        root = struct.pack("<IQQQQQQQQBBH", 0, len(self.out), 0x4400, 0, 0, *nbt, *bbt, 1, 0, 0)
        head = struct.pack("<2sHHBBIIQQI", b"SM", 23, 19, 1, 1, 0, 0, 0, self.next_bid, 1) + bytes(128) + bytes(8) + root + bytes(4)
        head += b"\xff" * 256 + struct.pack("<BBHQ", 0x80, 0, 0, self.next_bid)
        head = b"!BDN" + struct.pack("<I", crc(head[:471])) + head + struct.pack("<I", crc(head[:516])) + bytes(36)
        self.out[:len(head)] = head
        return bytes(self.out)


def pst(items, folder="Inbox", most=100):
    """Folders of at most so many items: a table here is one block."""
    p, key, top = Pst(), b"tocsin test pst!", 0x8042
    ids = [0x200024 + 0x20 * i for i in range(len(items))]
    boxes = [(0x8062 + 0x20 * k, folder + (" %d" % (k + 1) if k else ""), ids[i:i + most]) for k, i in enumerate(range(0, max(1, len(ids)), most))]
    p.node(0x21, p.bag({(NAME, UNICODE): "Mail", (0x0FF9, BINARY): key, (0x35E0, BINARY): bytes(4) + key + struct.pack("<I", top)}, [], 0))
    p.node(0x61, p.bag({(1, INT32): 1, (2, BINARY): bytes(16), (3, BINARY): struct.pack("<IHH", 0x8501, 6, 0), (4, BINARY): bytes(4)}, [], 0))
    p.folder(0x122, 0x122, "", [(top, "Top")], [])
    p.folder(top, 0x122, "Top", [(nid, name) for nid, name, _ in boxes], [])
    parents = {}
    for nid, name, held in boxes:
        p.folder(nid, top, name, [], held)
        parents.update({m: nid for m in held})
    for nid, item in zip(ids, items):
        p.message(nid, parents[nid], item)
    return p.done()
