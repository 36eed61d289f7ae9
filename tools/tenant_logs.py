"""How make-tenant's records (Microsoft 365 AuditData, as dictionaries) are wrapped: each envelope in which audit logs reach
an investigator, with what exports do to them: rows twice, rows out of order, several files, some compressed."""
import csv, gzip, io, json, os, zipfile

TYPE_NAMES = {8: 'AzureActiveDirectory', 1: 'ExchangeAdmin', 2: 'ExchangeItem', 3: 'ExchangeItemGroup', 15: 'AzureActiveDirectoryStsLogon', 50: 'ExchangeItemAggregated'}


def compact(r):
    return json.dumps(r, separators=(',', ':'), ensure_ascii=False)


def table(head, rows):
    out = io.StringIO()
    w = csv.writer(out, lineterminator='\r\n')
    w.writerow(head)
    w.writerows(rows)
    return out.getvalue()


def american(r):
    y, mo, d, h, mi, s = (int(r['CreationTime'][a:b]) for a, b in ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19)))
    return f'{mo}/{d}/{y} {(h + 11) % 12 + 1}:{mi:02}:{s:02} {"AM" if h < 12 else "PM"}'


def lines(records):
    return 'jsonl', ''.join(compact(r) + '\n' for r in records)


def array(records):
    return 'json', json.dumps(records, indent=1)


def blob(records):  # Management Activity API: an array on one line
    return 'json', compact(records)


def portal_csv(records):
    return 'csv', '\ufeff' + table(['RecordId', 'CreationDate', 'RecordType', 'Operation', 'UserId', 'AuditData', 'AssociatedAdminUnits',
                                    'AssociatedAdminUnitsNames'],
                                   [[r['Id'], r['CreationTime'] + '.0000000Z', r['RecordType'], r['Operation'], r['UserId'], compact(r), '', ''] for r in records])


def search_csv(records):  # Search-UnifiedAuditLog | Export-Csv, loaded into another tool and out of it again
    return 'csv', table(['PSComputerName', 'RunspaceId', 'PSShowComputerName', 'RecordType', 'CreationDate', 'UserIds', 'Operations', 'AuditData',
                         'ResultIndex', 'ResultCount', 'Identity', 'IsValid', 'ObjectState', 'source'],
                        [['outlook.office365.com', 'a', 'False', TYPE_NAMES[r['RecordType']], american(r), r['UserId'], r['Operation'], compact(r), i + 1,
                          len(records), r['Id'], 'True', 'Unchanged', 'AuditRecords.csv'] for i, r in enumerate(records)])


def search_json(records):
    return 'json', json.dumps([{'RecordType': TYPE_NAMES[r['RecordType']], 'CreationDate': r['CreationTime'] + 'Z', 'UserIds': r['UserId'],
                                'Operations': r['Operation'], 'AuditData': compact(r), 'Identity': r['Id']} for r in records])


def graph(records):
    return 'json', json.dumps({'@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#security/auditLog/queries/records', 'value': [
        {'id': r['Id'], 'createdDateTime': r['CreationTime'] + 'Z', 'auditLogRecordType': TYPE_NAMES[r['RecordType']], 'operation': r['Operation'],
         'organizationId': r['OrganizationId'], 'userType': 'regular', 'userId': r['UserId'], 'service': 'Exchange', 'userPrincipalName': r['UserId'],
         'clientIp': r.get('ClientIPAddress'), 'auditData': {'@odata.type': '#microsoft.graph.security.auditData', **r}} for r in records]})


def flat(r):
    renamed = {'Id': 'OfficeId', 'CreationTime': 'TimeGenerated', 'Workload': 'OfficeWorkload', 'ClientIPAddress': 'Client_IPAddress',
               'ObjectId': 'OfficeObjectId', 'OrganizationName': 'OrganizationName'}
    row = {}
    for k, v in r.items():
        row[renamed.get(k, k)] = compact(v) if isinstance(v, (dict, list)) else v
    row['RecordType'], row['TimeGenerated'] = TYPE_NAMES[r['RecordType']], r['CreationTime'] + 'Z'
    return {'TenantId': '0', 'Type': 'OfficeActivity', 'SourceSystem': 'OfficeActivityManager', **row}


def sentinel_json(records):
    return 'json', json.dumps([flat(r) for r in records])


def sentinel_csv(records):
    rows = [flat(r) for r in records]
    head = sorted({k for r in rows for k in r})
    return 'csv', table(head, [[r.get(k, '') for k in head] for r in rows])


def defender(records):
    return 'jsonl', ''.join(compact({'Timestamp': r['CreationTime'] + 'Z', 'ActionType': r['Operation'], 'Application': 'Microsoft Exchange Online',
                                     'AccountDisplayName': r['UserId'], 'IPAddress': r.get('ClientIPAddress'), 'ReportId': r['Id'], 'RawEventData': r}) + '\n' for r in records)


def defender_csv(records):
    return 'csv', table(['Timestamp', 'ActionType', 'Application', 'AccountObjectId', 'IPAddress', 'RawEventData', 'ReportId'],
                        [[r['CreationTime'] + 'Z', r['Operation'], 'Microsoft Exchange Online', '', r.get('ClientIPAddress', ''), compact(r), r['Id']] for r in records])


def elastic(records):
    return 'jsonl', ''.join(compact({'_index': 'logs-o365', '_id': r['Id'], '_source': {'@timestamp': r['CreationTime'] + 'Z', 'event': {'action': r['Operation'],
                            'dataset': 'o365.audit', 'module': 'o365'}, 'o365': {'audit': r}}}) + '\n' for r in records)


def splunk(records):
    return 'jsonl', ''.join(compact({'preview': False, 'result': {'_time': r['CreationTime'], 'sourcetype': 'o365:management:activity', '_raw': compact(r)}}) + '\n' for r in records)


def accesses(records):
    """A list that somebody made from the log: binds and syncs alone, a row an item. It says nothing of throttling."""
    for r in records:
        who = [r['CreationTime'] + 'Z', r['MailboxOwnerUPN']]
        context = [r.get('ClientInfoString', ''), r.get('ClientIPAddress', ''), r['UserId'], r.get('AppId', ''),
                   r.get('SessionId') or r.get('AppAccessContext', {}).get('AADSessionId', '')]
        if r['Operation'] != 'MailItemsAccessed':
            continue
        for f in r.get('Folders', [r.get('Item', {}).get('ParentFolder')]):
            path = f['Path'] if f['Path'] != 'Not Available' else f['Name']
            for item in f.get('FolderItems', [None]):
                yield who + [(item or {}).get('InternetMessageId', ''), path] + context


def plain_list(records):
    return 'csv', table(['time', 'mailbox', 'message_id', 'folder', 'client', 'ip', 'actor', 'app_id', 'session_id'], accesses(records))


def google(records):
    """As if the mail were Gmail's: the first opening of a message alone is logged, whoever opened it, and by address alone."""
    out, opened = [], set()

    def activity(r, app, name, parameters):
        out.append({'kind': 'admin#reports#activity', 'id': {'time': r['CreationTime'] + '.000Z', 'uniqueQualifier': str(len(out) + 1),
                    'applicationName': app, 'customerId': 'C0'}, 'actor': {'email': r['UserId'] if '@' in r['UserId'] else r['MailboxOwnerUPN'], 'profileId': '1'},
                    'ipAddress': r.get('ClientIPAddress', r.get('ClientIP')), 'events': [{'type': app, 'name': name, 'parameters': parameters}]})

    for r in sorted({r['Id']: r for r in records}.values(), key=lambda r: r['CreationTime']):
        if r['Operation'] == 'UserLoggedIn':
            activity(r, 'login', 'login_success', [{'name': 'login_type', 'value': 'google_password'}])
        elif r['Operation'] == 'New-InboxRule':
            activity(r, 'user_accounts', 'email_forwarding_out_of_domain', [{'name': 'email_forwarding_destination_address', 'value': 'drop@mailrelay.test'}])
        for item in (i for f in r.get('Folders', []) for i in f.get('FolderItems', [])):
            key = r['MailboxOwnerUPN'], item['InternetMessageId']
            if key not in opened and item['InternetMessageId']:
                opened.add(key)
                activity(r | {'UserId': r['MailboxOwnerUPN']}, 'gmail', 'delivery', [
                    {'name': 'event_info', 'messageValue': {'parameter': [{'name': 'mail_event_type', 'intValue': '7'}]}},
                    {'name': 'message_info', 'messageValue': {'parameter': [{'name': 'rfc2822_message_id', 'value': item['InternetMessageId']}]}}])
    return 'json', json.dumps({'kind': 'admin#reports#activities', 'items': out})


ENVELOPES = {f.__name__: f for f in (lines, array, blob, portal_csv, search_csv, search_json, graph, sentinel_json, sentinel_csv, defender, defender_csv,
                                     elastic, splunk, plain_list, google)}
ENVELOPES['mixed'] = None  # each mailbox's records in one of the others, Gmail's apart


def sign_ins(t):
    """Entra's sign-ins, as Graph gives them: of the owners every day, of the intruder before each mailbox."""
    rows = []
    for when, r in t.records:
        if r['Operation'] == 'UserLoggedIn':
            rows.append({'id': r['Id'][::-1], 'createdDateTime': r['CreationTime'] + 'Z', 'userPrincipalName': r['UserId'], 'appDisplayName': 'One Outlook Web',
                         'appId': r['ApplicationId'], 'ipAddress': r['ClientIP'], 'clientAppUsed': 'Browser', 'status': {'errorCode': 0},
                         'uniqueTokenIdentifier': t.evil['token'], 'sessionId': t.evil['session'], 'userAgent': 'Mozilla/5.0 (X11)'})
    return json.dumps({'value': rows})


def padding(t, n):
    """Records of no interest: other services, other people."""
    for i in range(n):
        yield {'CreationTime': '2025-06-01T00:00:00', 'Id': f'00000000-0000-4000-8000-{i:012x}', 'Operation': 'FileAccessed', 'OrganizationId': t.id,
               'RecordType': 6, 'UserKey': 'k', 'UserType': 0, 'Version': 1, 'Workload': 'SharePoint', 'UserId': f'nobody{i % 97}@{t.domain}',
               'ObjectId': f'https://share.{t.domain}/sites/a/{i}.docx', 'ClientIP': '192.0.2.99'}


def put(rng, top, name, data):
    """A file, as it is or packed."""
    how = rng.randrange(4)
    if how == 0:
        with gzip.GzipFile(os.path.join(top, name + '.gz'), 'wb', mtime=0) as f:
            f.write(data)
    elif how == 1:
        with zipfile.ZipFile(os.path.join(top, name.rsplit('.', 1)[0] + '.zip'), 'w', zipfile.ZIP_DEFLATED) as z:
            z.writestr(zipfile.ZipInfo(name), data)
    else:
        with open(os.path.join(top, name), 'wb') as f:
            f.write(data)


def write(t, envelope, top, log_bytes=0):
    rng = t.rng
    os.makedirs(top, exist_ok=True)
    records = [r for _, r in t.records]
    records += [r for r in records if rng.random() < 0.2]  # exports overlap
    rng.shuffle(records)
    if envelope == 'mixed':
        whose = {}
        for r in records:
            whose.setdefault(r.get('MailboxOwnerUPN', r['UserId']), []).append(r)
        others = sorted(set(ENVELOPES) - {'mixed', 'google', 'plain_list'})
        files = [(ENVELOPES[rng.choice(others)], mine) for mine in whose.values()]
    else:
        n_files = rng.randrange(1, 4) if envelope != 'google' else 1  # first openings are those of the whole log
        files = [(ENVELOPES[envelope], records[i::n_files]) for i in range(n_files)]
    for i, (wrap, mine) in enumerate(files):
        if mine:
            ending, text = wrap(mine)
            put(rng, top, f'export-{i}.{ending}', text.encode())
    with open(os.path.join(top, 'signins.json'), 'w') as f:
        f.write(sign_ins(t))
    if log_bytes:
        with open(os.path.join(top, 'padding.jsonl'), 'w') as f:
            n = 0
            for r in padding(t, log_bytes):
                n += f.write(compact(r) + '\n')
                if n >= log_bytes:
                    break
