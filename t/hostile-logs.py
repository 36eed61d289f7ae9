"""hostile-logs.py DIR: audit logs that were made to hurt. Each holds two good records, with Ids good-NAME-1 and -2, around
what is bad; prints the names."""
import gzip, json, os, sys

top = sys.argv[1]
os.makedirs(top, exist_ok=True)


def good(name, n, **more):
    return json.dumps({'CreationTime': '2025-08-01T10:00:00', 'Id': f'good-{name}-{n}', 'Operation': 'MailItemsAccessed', 'OrganizationId': 'o', 'RecordType': 50,
                       'UserId': 'ada@t.example', 'Workload': 'Exchange', 'MailboxOwnerUPN': 'ada@t.example', 'ClientIPAddress': '203.0.113.9',
                       'OperationProperties': [{'Name': 'MailAccessType', 'Value': 'Bind'}, {'Name': 'IsThrottled', 'Value': 'False'}],
                       'Folders': [{'Path': '\\Inbox', 'FolderItems': [{'InternetMessageId': f'<{name}{n}@t.example>'}]}], 'OperationCount': 1, **more}).encode()


def bad(name, text):
    return good(name, 'bad').replace(b'"Version"', b'').replace(b'"UserId": "ada@t.example"', text)


hurts = {
    'long': (lambda f: [f.write(b'{"CreationTime":"2025-08-01T10:00:00","Id":"x","Operation":"Send","RecordType":2,"Workload":"Exchange","UserId":"')] +
             [f.write(b'A' * (1 << 20)) for _ in range(200)] + [f.write(b'"}')]),
    'deep': lambda f: f.write(b'{"Operation":"Send","RecordType":2,"Workload":"Exchange","x":' + b'[' * 10000 + b']' * 10000 + b'}'),
    'open': lambda f: f.write(b'{"Operation":"Send","RecordType":2,"Workload":"Exchange","x":' + b'[{"a":' * 10000),
    'utf8': lambda f: f.write(bad('utf8', b'"UserId": "a\xff\xfe\xc0\x80b\xed\xa0\x80"')),
    'keys': lambda f: f.write(bad('keys', b'"UserId": "a", "UserId": "b", "UserId": "c"')),
    'nan': lambda f: f.write(bad('nan', b'"UserType": NaN, "Size": -Infinity, "UserId": 1e999999')),
    'year': lambda f: f.write(good('year', 'bad').replace(b'2025-08-01T10:00:00', b'99999-12-31T25:61:61')),
    'types': lambda f: f.write(b'{"Operation":["Send"],"RecordType":{"a":1},"Workload":7,"CreationTime":false,"Folders":"x","Id":null}'),
    'none': lambda f: f.write(b'\x00\x01\x02' * 1000),
    'many': lambda f: f.write(bad('many', b'"UserId": "a", ' + b', '.join(b'"k%d": %d' % (i, i) for i in range(200000)))),
}
for name, hurt in hurts.items():
    with open(f'{top}/{name}.jsonl', 'wb') as f:
        f.write(good(name, 1) + b'\n')
        hurt(f)
        f.write(b'\n' + good(name, 2) + b'\n')
    print(name)
# What cannot hold a second good record.
whole = gzip.compress(b'\n'.join(good('cut', n) for n in range(2000)))
with open(f'{top}/cut.jsonl.gz', 'wb') as f:
    f.write(whole[:len(whole) // 2])
with open(f'{top}/quote.csv', 'wb') as f:
    f.write(b'RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\n1,2025-08-01,50,MailItemsAccessed,a,"{""Operation"": ""Send"", never closed\r\n' * 3)
open(f'{top}/empty.json', 'wb').close()
with open(f'{top}/bomb.json.gz', 'wb') as f:
    f.write(gzip.compress(b'[' * (300 << 20), 9))
# A string of 2 GB, in a folder of its own: the file is sparse, and mapped, so that it would count as memory.
os.makedirs(f'{top}-2g', exist_ok=True)
with open(f'{top}-2g/sparse.jsonl', 'wb') as f:
    f.write(good('sparse', 1) + b'\n{"CreationTime":"2025-08-01T10:00:00","Id":"x","Operation":"Send","RecordType":2,"Workload":"Exchange","UserId":"')
    f.seek(2 << 30, 1)
    f.write(b'"}\n' + good('sparse', 2) + b'\n')
