"""world_parts.py: what worlds.py makes its incidents of: records of logs that show the intruder, and secrets."""
import datetime

from wave_case import record


def june(day, hour=8):
    return datetime.datetime(2025, 6, day, hour, tzinfo=datetime.timezone.utc)


def accessed(box, when, kind, **fields):
    return record('MailItemsAccessed', **{'CreationTime': f'{when:%Y-%m-%dT%H:%M:%S}', 'UserId': f'{box}@us.example', 'MailboxOwnerUPN': f'{box}@us.example',
                  'OperationProperties': [{'Name': 'MailAccessType', 'Value': kind}, {'Name': 'IsThrottled', 'Value': 'False'}], **fields})


def bind(box, names, when, **fields):
    return accessed(box, when, 'Bind', OperationCount=len(names), Folders=[{'Id': 'LgA', 'Path': '\\Inbox', 'FolderItems': [{'InternetMessageId': f'<{n}@them.example>'} for n in names]}], **fields)


def sync(box, folder, when):
    return accessed(box, when, 'Sync', Item={'Id': 'Lg' + folder, 'ParentFolder': {'Id': 'Lg' + folder, 'Name': folder, 'Path': '\\' + folder}})


def google(box, name, when, number):
    def of(name, field, **value):
        return {'name': name, 'messageValue': {'parameter': [{'name': field, **value}]}}
    return {'kind': 'admin#reports#activity', 'id': {'time': f'{when:%Y-%m-%dT%H:%M:%S}.000Z', 'uniqueQualifier': str(number), 'applicationName': 'gmail', 'customerId': 'C0'},
            'actor': {'email': f'{box}@us.example'}, 'ipAddress': '203.0.113.9', 'events': [{'type': 'gmail', 'name': 'view', 'parameters': [
                of('event_info', 'mail_event_type', intValue='7'), of('message_info', 'rfc2822_message_id', value=f'<{name}@them.example>')]}]}


def dovecot(box, names, when, number):
    begin, of = f'{when:%Y-%m-%dT%H:%M:%S}.000000+00:00 mx dovecot: imap', f'({box}@us.example)<77><S{number}>: '
    return [f'{begin}-login: Login: user=<{box}@us.example>, method=PLAIN, rip=203.0.113.9, lip=10.0.0.1, mpid=77, TLS, session=<S{number}>',
            *[f'{begin}{of}expunge: box=INBOX, uid=5, msgid=<{n}@them.example>, size=12' for n in names],
            f'{begin}{of}Logged out in=512 out=800 deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0']


def iban(n):
    return 'NL%02dABNA%010d' % (98 - int(''.join(str(int(c, 36)) for c in f'ABNA{n:010d}NL00')) % 97, n)


def card(n):
    digits = f'4{n:014d}'
    return digits + str(-sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(digits))) % 10)


SAYS = {'password': 'The password for the portal is: {}', 'key': 'The access key of the bucket is {} and it is live.', 'iban': 'Please pay to IBAN {} before Friday.',
        'card': 'Please charge the credit card {} as agreed.', 'host': 'Please log in at https://vpn.{host}/ with user ann and password: {}'}
