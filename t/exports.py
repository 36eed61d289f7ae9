"""exports.py TOCSIN DIR: logs in the forms in which people export them, whole and damaged, and the verdicts that follow. judged.py says
which mail there is."""
import csv, gzip, io, json, tarfile
from xml.sax import saxutils

from judged import *


def table(rows, columns, sep=',', charset='utf-8'):
    out = io.StringIO()
    w = csv.writer(out, delimiter=sep, lineterminator='\r\n')
    w.writerow(columns)
    for r in rows:
        w.writerow([r.get(c, '') for c in columns])
    return {'export.csv': out.getvalue().encode(charset)}


def ids(names):
    return ';'.join(f'<{n}@them.example>' for n in names.split())


# ---- Search-MailboxAuditLog -ShowDetails ---------------------------------------------------------------------------

COLUMNS = '''RunspaceId Operation OperationResult LogonType ExternalAccess DestFolderId DestFolderPathName FolderId FolderPathName FolderName ClientInfoString
ClientIPAddress ClientIP MailboxOwnerUPN LogonUserDisplayName LogonUserSid SourceItems SourceItemIdsList SourceItemSubjectsList
SourceItemInternetMessageIdsList ItemId ItemSubject ItemInternetMessageId SessionId OperationProperties AuditOperationsCountInAggregatedRecord
AggregatedRecordFoldersData MailboxGuid MailboxResolvedOwnerName LastAccessed Identity IsValid'''.split()


def audited(operation, **fields):
    return {'Operation': operation, 'OperationResult': 'Succeeded', 'LogonType': 'Delegate', 'ExternalAccess': 'False', 'FolderPathName': '\\Inbox',
            'ClientInfoString': 'Client=OWA', 'ClientIPAddress': '203.0.113.9', 'MailboxOwnerUPN': 'ada@us.example', 'LogonUserDisplayName': 'Ada Example',
            'LastAccessed': '2025-06-11T10:00:00+00:00', **fields}


def mailbox_audit_log():
    def row(sentence, fields, want=None, columns=COLUMNS, **form):
        is_('mailbox audit log: ' + sentence, table(fields if isinstance(fields, list) else [fields], columns, **form), want)
    inbox = {'one two': PERHAPS, 'three': 'unknown elsewhere'}
    opened = audited('MessageBind', ItemInternetMessageId=ids('one'))
    row('what was opened', opened, {'one': NAMED})
    row('in columns that somebody chose', opened, {'one': NAMED}, 'LastAccessed Operation LogonType FolderPathName ItemInternetMessageId ClientIPAddress MailboxOwnerUPN'.split())
    row('from Excel of a land that parts by semicolons', opened, {'one': NAMED}, sep=';', charset='utf-16')
    row('with a name instead of an address', {**opened, 'MailboxOwnerUPN': '', 'MailboxResolvedOwnerName': 'ada'}, {'one': NAMED})
    row('what somebody else opened', {**opened, 'ClientIPAddress': '198.51.100.7', 'SessionId': 'good'})
    row('an account known by its SID may be the intruder', {**opened, 'ClientIPAddress': '198.51.100.7', 'LogonUserSid': 'S-1-5-21-7-7-7-1107'}, {'one': 'unknown may_be_actor'})
    row('one that names its subject only', audited('MessageBind', ItemSubject='one'), {ADAS: UNTOLD})
    for operation in ('SoftDelete', 'HardDelete', 'MoveToDeletedItems', 'Move', 'Copy'):
        row(f'{operation} lists what was there', audited(operation, SourceItemIdsList='RgA;RgB', SourceItemInternetMessageIdsList=ids('one two')), {'one two': DESTROYED})
        row(f'{operation} lists subjects only', audited(operation, SourceItemSubjectsList='one;two'), {ADAS: PERHAPS})
    is_('mailbox audit log: as JSON, with lists', {'log.json': json.dumps([audited('HardDelete', SourceItemInternetMessageIdsList=ids('one two').split(';'),
        LastAccessed='/Date(1749636000000)/')])}, {'one two': DESTROYED})
    row('more items than names', audited('HardDelete', SourceItemIdsList='RgA;RgB', SourceItemInternetMessageIdsList=ids('one')), {'one': DESTROYED, 'two three': PERHAPS})
    row('SendAs', audited('SendAs', ItemInternetMessageId=ids('one')), {'one': SENT})
    row('a folder that was opened', audited('FolderBind'), inbox)
    folders = json.dumps([{'Id': 'LgA', 'Path': '\\Inbox', 'FolderItems': [{'InternetMessageId': ids('one')}, {'InternetMessageId': ids('two')}]}])
    bound = audited('MailItemsAccessed', FolderPathName='', OperationProperties='[MailAccessType, Bind];[IsThrottled, False]', AggregatedRecordFoldersData=folders)
    row('a bind', {**bound, 'AuditOperationsCountInAggregatedRecord': '2'}, {'one two': NAMED})
    row('a bind that counts more than it names', {**bound, 'AuditOperationsCountInAggregatedRecord': '4'}, {'one two': NAMED, 'three': UNTOLD})
    row('a bind that a spreadsheet cut', {**bound, 'AggregatedRecordFoldersData': folders[:-30]}, {'one': NAMED, 'two three': UNTOLD})
    row('a sync', audited('MailItemsAccessed', OperationProperties='MailAccessType: Sync; IsThrottled: False'), {'one two': 'presumed folder_sync', 'three': 'unknown elsewhere'})
    row('a throttled mailbox', {**bound, 'OperationProperties': 'MailAccessType:Bind;IsThrottled:True', 'SessionId': 'good', 'ClientIPAddress': '198.51.100.7'},
        {ADAS + ' seven': 'presumed throttled'})
    row('without a date', audited('FolderBind', LastAccessed=''), {**inbox, 'four seven': PERHAPS})


def xml():
    def event(inner='', **fields):
        return '<Event ' + ' '.join(f'{k}={saxutils.quoteattr(v)}' for k, v in fields.items()) + (f'>{inner}</Event>' if inner else ' />')

    def sent(sentence, events, want=None):
        """As New-MailboxAuditLogSearch and New-AdminAuditLogSearch send it."""
        is_('XML: ' + sentence, {'log.xml': '<?xml version="1.0" encoding="utf-8"?>\n<SearchResults>\n' + events + '\n</SearchResults>\n'}, want)
    sent('what was opened', event(**audited('MessageBind', LastAccessed='2025-06-11T03:00:00-07:00', ItemInternetMessageId=ids('one'))), {'one': NAMED})
    sent('items by their subjects', event('<SourceItems><Item Id="RgA" Subject="one" FolderPathName="\\Inbox" /></SourceItems>', **audited('HardDelete')), {ADAS: PERHAPS})

    def command(cmdlet, ok='true', **parameters):
        return event('<CmdletParameters>' + ''.join(f'<Parameter Name="{k}" Value="{v}" />' for k, v in parameters.items()) + '</CmdletParameters>',
                     Caller='us.example/Users/Mallory', Cmdlet=cmdlet, ObjectModified='us.example/Users/ada', RunDate='2025-06-11T10:00:00Z', Succeeded=ok, ClientIP='203.0.113.9')
    sent('a command forwards', command('Set-Mailbox', ForwardingSmtpAddress='drop@evil.test'), {'four seven': 'presumed forwarded'})
    sent('one that failed does not', command('Set-Mailbox', 'false', ForwardingSmtpAddress='drop@evil.test'))
    sent('a command gives permission', command('Add-MailboxPermission', User='m', AccessRights='FullAccess'), {ADAS + ' four seven': 'presumed delegated'})

    def named(sentence, cmdlet, parameters, want=None, ok='True'):
        """As Export-Csv writes what Search-AdminAuditLog gives: names without values."""
        is_('administrator audit log as CSV: ' + sentence, table([{'ObjectModified': 'us.example/Users/ada', 'CmdletName': cmdlet, 'CmdletParameters': parameters,
            'Caller': 'mallory@evil.example', 'Succeeded': ok, 'RunDate': '2025-06-11T10:00:00Z'}], ['ObjectModified', 'CmdletName', 'CmdletParameters', 'Caller', 'Succeeded', 'RunDate']), want)
    named('a setting may forward', 'Set-Mailbox', '{Identity, ForwardingSmtpAddress}', {'four seven': 'presumed forwarded'})
    named('a rule may forward what comes, on whatever condition', 'New-InboxRule', '{Mailbox, Name, ForwardTo, SubjectContainsWords}', {'four seven': 'presumed forwarded'})
    named('one that failed does not', 'Set-Mailbox', '{Identity, ForwardingSmtpAddress}', ok='False')
    named('a quota', 'Set-Mailbox', '{Identity, ProhibitSendQuota}')

    def exported(sentence, members, want):
        """As Export-Clixml writes it."""
        inner = ''.join(f'<S N="{k}">{saxutils.escape(v)}</S>' if isinstance(v, str) else
                        f'<Obj N="{k}" RefId="7"><TN RefId="3"><T>List</T></TN><LST>' + ''.join(f'<S>{x}</S>' for x in v) + '</LST></Obj>' for k, v in members.items())
        text = f'<Objs Version="1.1.0.1"><Obj RefId="0"><TN RefId="0"><T>Event</T></TN><Props>{inner}</Props><MS><B N="Shown">true</B></MS></Obj></Objs>'
        is_('PowerShell\'s XML: ' + sentence, {'log.xml': text.encode('utf-16')}, want)
    exported('a sync', audited('MailItemsAccessed', OperationProperties=['MailAccessType=Sync', 'IsThrottled=False']), {'one two': 'presumed folder_sync', 'three': 'unknown elsewhere'})
    exported('the unified log', {'Operations': 'MailItemsAccessed', 'AuditData': json.dumps(bind('one'))}, {'one': NAMED})


def dates():
    def opened(sentence, first, others, want):
        rows = [audited('FolderBind', LastAccessed=first)] + [audited('FolderBind', LastAccessed=w, ClientIPAddress='198.51.100.7', SessionId='good') for w in others]
        is_('dates: ' + sentence, table(rows, COLUMNS), want)
    inbox = {'one two': PERHAPS, 'three': 'unknown elsewhere'}
    late = {**inbox, 'four seven': PERHAPS}
    opened('6/11 is of June or November', '6/11/2025 1:00:00 AM', [], late)
    opened('6/11 is of June where others have the month first', '6/11/2025 1:00:00 AM', ['6/13/2025 10:00:00 AM'], inbox)
    opened('11/06 is of June where others have the day first', '11/06/2025 01:00', ['13/06/2025 10:00'], inbox)
    opened('where others have this and that, it is of either', '6/11/2025 01:00', ['13/06/2025 10:00', '6/13/2025 10:00'], late)
    opened('06.11. is of either where a spreadsheet turned around what it could of an American list', '06.11.2025 01:00', ['6/13/2025 10:00:00 AM'], late)
    opened('and so is 2025-11-06', '2025-11-06 01:00', ['6/13/2025 10:00:00 AM'], late)
    opened('11.06. is of June', '11.06.2025 01:00', ['13.06.2025 10:00'], inbox)
    opened('a year of two digits', '11.06.25 01:00', [], inbox)


def damage():
    columns = 'RecordType CreationDate UserIds Operations AuditData ResultIndex Identity'.split()

    def rows(*names, **fields):
        made = [bind(n) for n in names]
        return [{'RecordType': '50', 'CreationDate': '2025-06-11T10:00:00.0000000Z', 'UserIds': r['UserId'], 'Operations': r['Operation'], 'AuditData': json.dumps(r),
                 'Identity': r['Id'], **fields} for r in made]

    def export(*names, columns=columns, **form):
        return table(rows(*names), columns, **form)['export.csv'].decode(form.get('charset', 'utf-8'))

    def reads(sentence, text, want={'one two three': NAMED}):
        is_('damage: ' + sentence, {'export.csv': text.encode()}, want)
    plain = export('one two', 'three')
    reads('quotes that were not doubled', plain.replace('""', '"'))
    reads('quotes that were doubled twice', plain.replace('""', '""""'))
    reads('quotes that were escaped with backslashes', plain.replace('""', '\\"'))
    reads('JSON without quotes around it', plain.replace('"{', '{').replace('}"', '}').replace('""', '"'))
    reads('JSON that has lost its quotes', plain.replace('"', ''))
    reads('and is in a table that semicolons part', export('one two', 'three', sep=';').replace('"', ''))
    gone = {'one two three five seven': 'unknown unreadable_records'}
    bare = json.dumps(bind('one')).replace('"', '')
    for sentence, text, want in (
            ('counts more than it names', bare.replace('OperationCount: 1', 'OperationCount: 2'), {'one': NAMED, 'two three': UNTOLD}),
            ('does not count', bare.replace('OperationCount: 1, ', ''), {'one': NAMED, 'two three': UNTOLD}),
            ('says of an item what is no item\'s', bare.replace('<one@them.example>', '<one@them.example>,SessionId:good'), {'one': NAMED}),
            ('says so in a Message-ID', bare.replace('<one@them.example>', '<one@them.example>}]}],SessionId:good,Folders:[{Id:x,FolderItems:[{InternetMessageId:<x@y>'), None),
            ('has a subject', json.dumps({**bind('one'), 'Subject': 'x, SessionId: good'}).replace('"', ''), None),
            ('does not close', bare[:-9], None),
            ('is of an operation whose texts are free', bare.replace('MailItemsAccessed', 'SoftDelete'), None)):
        is_('damage: JSON that has lost its quotes and ' + sentence, {**table(rows('one', AuditData=text), columns, sep=';'), **lines([bind('zero', **GOOD)])}, want or gone)
    reads('rows in quotes as a whole', '\r\n'.join('"' + line.replace('"', '""') + '"' for line in plain.split('\r\n')))
    reads('a title above the names', 'Audit log of June;;\r\n\r\n' + plain)
    reads('names again, in another order', export('one two') + export('three', columns=columns[::-1]))
    reads('names again, behind a byte order mark, and further ones', export('one two') + '\ufeff' + export('three', columns=['PSComputerName', *columns[::-1], 'IsValid']))
    reads('the mailbox audit log behind the unified one',
          export('one two') + table([audited('MessageBind', ItemInternetMessageId=ids('three'))], COLUMNS)['export.csv'].decode())
    is_('damage: an export without AuditData does not say what was done, and proves nothing', {**table(rows('one'), 'CreationDate UserIds Operations'.split()),
        **lines([bind('zero', **GOOD)])}, {'one two three five seven': 'unknown unreadable_records'})
    reads('line ends in quotes above the names', '"\r\n\r\n"\r\n' + plain)
    reads('empty rows', plain + ',,,,,,\r\n')
    whole = json.dumps(bind('one ' + ' '.join(f'x{i}' for i in range(900)) + ' two'))
    cut = table(rows('one', AuditData=whole[:32767]), columns)
    said = judged(cut)
    ok(said['one'] == NAMED and said['x1'] == NAMED and said['two'] == UNTOLD, 'damage: a cell that Excel cut at 32,767 characters names what stood before that, and may be of any', [str(said['two'])])
    ok([r['problems'] for r in listed('log_problems')] and 'cut short' in listed('log_problems')[0]['problems'], 'damage: which its row says')
    early = json.dumps(bind('one'))
    is_('damage: cut before its operation, which the column beside it has', table(rows('one', AuditData=early[:early.index('"Operation"')]), columns),
        {ADAS + ' five': 'unknown may_be_actor'})
    is_('damage: cells that spreadsheets are kept from calculating', table([audited('MessageBind', ItemInternetMessageId='="<one@them.example>"'),
        audited('MessageBind', ItemInternetMessageId="'<two@them.example>", LastAccessed='2025-06-11T11:00:00Z')], COLUMNS), {'one two': NAMED})
    is_('damage: a date as Excel counts it', table([audited('FolderBind', LastAccessed='45819,0416666667')], COLUMNS, sep=';'), {'one two': PERHAPS, 'three': 'unknown elsewhere'})
    is_('damage: a date of which nothing is left', table([audited('FolderBind', LastAccessed='########')], COLUMNS), {'one two four seven': PERHAPS, 'three': 'unknown elsewhere'})


def copies():
    """One record in several exports, some of which have lost a part of it."""
    names = 'RecordType CreationDate UserIds Operations AuditData Identity'.split()
    flat = 'CreationTime Id Operation RecordType Workload UserId ClientIPAddress LogonType MailboxOwnerUPN OperationProperties SessionId Folders OperationCount'.split()

    def row(r, text=None):
        return table([{'CreationDate': '2025-06-11T10:00:00Z', 'UserIds': r['UserId'], 'Operations': r['Operation'], 'AuditData': text or json.dumps(r), 'Identity': r['Id']}], names)['export.csv']

    def both(sentence, lesser, whole, want):
        is_(f'copies: {sentence}', {'a.csv': lesser, 'b.csv': whole}, want)
        is_('and the other way round', {'a.csv': whole, 'b.csv': lesser}, want)
    one, long = bind('one'), bind('one ' + ' '.join(f'x{i}' for i in range(300)))
    flattened = table([{**one, 'OperationProperties': 'System.Object[]', 'Folders': 'System.Object[]'}], flat)['export.csv']
    is_('copies: what PowerShell flattened does not say which messages', {'a.csv': flattened}, {ADAS: UNTOLD})
    both('what PowerShell flattened is as in the export that has it whole', flattened, row(one), {'one': NAMED})
    rest = {f'x{i}': NAMED for i in range(300)}
    both('what a spreadsheet cut is as in the export that has it whole', row(long, json.dumps(long)[:9000]), row(long), {'one': NAMED, **rest})
    both('one that names what the whole one does not stays', row(bind('two one'), json.dumps({**bind('two one'), 'Id': one['Id']})[:-40]), row(one), {'one two': NAMED, 'three': UNTOLD})


def python():
    """What programs wrote that show what they have read."""
    one = {'one two': NAMED}
    r = bind('one two', ClientInfoString='Client=OWA;it\'s "x"\\ \u00e4\U0001f600', ExternalAccess=False, AppAccessContext=None)
    is_('records as Python shows them, a line each', {'a.log': repr(r) + '\n' + repr(bind('three', **GOOD)) + '\n'}, one)
    is_('as a list', {'a.log': repr([r, bind('three', **GOOD)])}, one)
    is_('in letters that are all ASCII', {'a.log': ascii([r])}, one)
    is_('as AuditData', table([{'CreationDate': r['CreationTime'], 'UserIds': r['UserId'], 'Operations': r['Operation'], 'AuditData': repr(r)}], ['CreationDate', 'UserIds', 'Operations', 'AuditData']), one)
    cells = {k: repr(v) if isinstance(v, (list, dict)) else v for k, v in r.items()}
    is_('in cells', table([cells], list(cells)), one)
    is_('and one that ends early', {'a.log': repr(bind('one'))[:-30] + '\n' + repr(bind('two', **GOOD)) + '\n'}, {'one two three five seven': 'unknown unreadable_records'})
    is_('what Splunk answers in rows', {'a.json': json.dumps({'preview': False, 'init_offset': 0, 'fields': ['_time', '_raw'], 'rows': [['x', json.dumps(r)]]})}, one)
    events = [{'timestamp': 1749636000000, 'message': json.dumps(x), 'ingestionTime': 1749636001000} for x in (r, bind('three', **GOOD))]
    is_('what "aws logs get-log-events" answers', {'a.json': json.dumps({'events': events, 'nextForwardToken': 'f/1', 'nextBackwardToken': 'b/1'}, indent=4)}, one)


def flattened():
    """Tables that a search made of records."""
    shown = {k: bind('one two')[k] for k in 'Operation UserId MailboxOwnerUPN SessionId ClientIPAddress Id OperationCount'.split()}
    kibana = {'@timestamp': 'Jun 11, 2025 @ 10:00:00.000', **{f'o365.audit.{k}': v for k, v in shown.items()}, 'o365.audit.OperationProperties.Name': 'MailAccessType, IsThrottled',
              'o365.audit.OperationProperties.Value': 'Bind, False', 'o365.audit.Folders.FolderItems.InternetMessageId': '<one@them.example>, <two@them.example>'}
    is_('a table of Kibana\'s', table([kibana], list(kibana)), {'one two': NAMED})
    splunk = {'_time': '2025-06-11T10:00:00.000+0000', **shown, 'OperationProperties{}.Name': 'MailAccessType\nIsThrottled', 'OperationProperties{}.Value': 'Bind\nFalse',
              'Folders{}.FolderItems{}.InternetMessageId': '<one@them.example>\n<two@them.example>'}
    is_('a table of Splunk\'s', table([splunk], list(splunk)), {'one two': NAMED})
    is_('which lacks one of the messages', table([{**splunk, 'Folders{}.FolderItems{}.InternetMessageId': '<one@them.example>'}], list(splunk)), {'one': NAMED, 'two three': UNTOLD})
    is_('and one that says it was a sync', table([{**splunk, 'OperationProperties{}.Value': 'Sync\nFalse', 'Folders{}.FolderItems{}.InternetMessageId': ''}], list(splunk)), {ADAS: UNTOLD})
    is_('and lists of Splunk\'s JSON', {'a.json': json.dumps({'result': {**splunk, **{k: splunk[k].split('\n') for k in splunk if '{}' in k}}})}, {'one two': NAMED})
    named = [{**splunk, 'Id': f'7{i}', **{k: splunk[k].split('\n') for k in splunk if '{}' in k}, 'OperationCount': '1', 'Folders{}.FolderItems{}.InternetMessageId': [f'<{n}@them.example>']}
             for i, n in enumerate(('one', 'three'))]
    answer = {'preview': False, 'init_offset': 0, 'messages': [{'type': 'INFO', 'text': 'x'}]}
    for fields in (list(splunk), [{'data_type': 'x', 'name': k} for k in splunk]):
        is_('what Splunk answers by columns', {'a.json': json.dumps({**answer, 'fields': fields, 'columns': [[r[k] for r in named] for k in splunk]})}, {'one three': NAMED})
        is_('and in rows behind messages', {'a.json': json.dumps({**answer, 'fields': fields, 'rows': [[r[k] for k in splunk] for r in named]})}, {'one three': NAMED})
    is_('and whole records by columns', {'a.json': json.dumps({**answer, 'fields': ['_raw', '_time'], 'columns': [[json.dumps(bind(n)) for n in ('one', 'three')], ['x', 'x']]})}, {'one three': NAMED})
    is_('records as attributes of another\'s', {'d.json': json.dumps({'data': [{'id': 'x', 'type': 'log', 'attributes': {'timestamp': '2025-06-11T10:00:00Z', 'attributes': bind('one two')}}]})},
        {'one two': NAMED})
    judged({**lines([bind('one')]), 'mailbox.log': '2025-06-11 10:00:00,123 INFO  [ImapServer-12] [name=ada@us.example;ip=203.0.113.9;] imap - x\n',
            'userlogins.log': '[11-Jun-2025 10:00:00 +0000]: <ab12> Successful login for ada@us.example\n'})
    notes = [r['note'] for r in listed('log_sources') if 'list of accesses' in r['note']]
    ok(len(notes) == 2, 'logs of other servers are said to be that', notes)


# ---- Dovecot -------------------------------------------------------------------------------------------------------

    def by_columns(sentence, *made, want=None, **more):
        base = {**{k: bind('one')[k] for k in 'CreationTime Operation UserId MailboxOwnerUPN SessionId ClientIPAddress'.split()}, 'Id': '7d', 'MailAccessType': 'Bind', 'IsThrottled': 'False',
                'FolderPath': '\\Inbox', **more}
        is_('a table that somebody made: ' + sentence, table([{**base, **r} for r in made], list({**base, **made[0]})), want)

    def named(*names):
        return ';'.join(f'<{n}@them.example>' for n in names)
    by_columns('a row an item', {'InternetMessageId': named('one')}, {'InternetMessageId': named('three')}, {'InternetMessageId': named('two'), 'Id': '7e', 'SessionId': 'good'},
        want={'one three': NAMED})
    by_columns('all of a record in one cell', {'InternetMessageIds': named('one', 'three')}, want={'one three': NAMED})
    by_columns('rows that together name as many as each counts', {'InternetMessageId': named('one')}, {'InternetMessageId': named('three')}, want={'one three': NAMED}, OperationCount='2')
    by_columns('and fewer', {'InternetMessageId': named('one')}, {'InternetMessageId': named('three')}, want={'one three': NAMED, 'two': UNTOLD}, OperationCount='3')
    by_columns('folders that were synchronised', {'FolderPath': '\\Archive;\\Inbox'}, want={ADAS: 'presumed folder_sync'}, MailAccessType='Sync')
    by_columns('what was deleted', {'Operation': 'HardDelete', 'InternetMessageId': named('one')}, want={'one': DESTROYED})
    for step in '._/':
        numbered = {'CreationTime': '2025-06-11T10:00:00', **{k: bind('two')[k] for k in shown}, **{f'OperationProperties{step}{i}{step}{k}': v for i, p in enumerate(bind('two', throttled='True')['OperationProperties']) for k, v in p.items()},
                    'SessionId': 'good', f'Folders{step}0{step}FolderItems{step}0{step}InternetMessageId': '<two@them.example>'}
        is_(f'a table with a column for each member of a list, {step} between', table([numbered], list(numbered)), {ADAS + ' seven': 'presumed throttled'})
    whole = bind('one', throttled='True', **GOOD)
    less = table([{**{k: whole[k] for k in shown}, 'InternetMessageId': named('one')}], [*shown, 'InternetMessageId'])
    is_('one that left out whether the mailbox was throttled', less)
    ok('IsThrottled' in listed('log_problems')[0]['problems'], 'is said to have')
    is_('and what says so of the same record counts', {**less, 'whole.jsonl': json.dumps(whole).encode() + b'\n'}, {ADAS + ' seven': 'presumed throttled'})


def extracts():
    """What programs for incidents make of records, and what comes with them."""
    row = {'Timestamp': '6/11/2025 10:00:00 AM', 'User': 'ada@us.example', 'IPaddress': '203.0.113.9', 'SessionID': 'evil', 'InternetMessageId': ids('one'), 'SizeInBytes': '1234'}

    def ids_(sentence, *made, want):
        is_('Get-MessageIDs: ' + sentence, table([row, {**row, 'Timestamp': '6/13/2025 10:00:00 AM', 'IPaddress': '198.51.100.7', 'SessionID': 'good'}, *({**row, **m} for m in made)], list(row)), want)
    ids_('a row a message', {'InternetMessageId': ids('two'), 'SessionID': '', 'SizeInBytes': ''}, want={'one two': NAMED})
    ids_('a sync names none', {'InternetMessageId': '', 'SessionID': '', 'SizeInBytes': ''}, want={'one': NAMED, 'two three': UNTOLD})
    ids_('nor does a record of one message of old, which has the id of another', {'InternetMessageId': ids('two'), 'SessionID': ''}, want={'one': NAMED, 'two three': UNTOLD})
    action = {'Timestamp': '2025-06-11T10:00:00Z', 'ActionType': 'MailItemsAccessed', 'AccountDisplayName': 'Ada', 'IPAddress': '203.0.113.9'}
    is_('CloudAppEvents without the record may be of any mailbox', table([action], list(action)), {ADAS + ' five': UNTOLD})
    is_('and with what somebody took from it', table([{**action, 'InternetMessageId': ids('one')}], [*action, 'InternetMessageId']), {'one': NAMED})
    files = {**action, 'ActionType': 'FileAccessed'}
    is_('of what is no mail it is none', {**table([{**files, 'IPAddress': '198.51.100.7'}], list(action)), **lines([bind('one')])}, {'one': NAMED})
    is_('but who it was the intruder did that to, it does not say', {**table([files], list(action)), **lines([bind('one')])}, {'one': NAMED, 'two three five seven': 'unknown unread_file'})
    xml_ = ''.join(f"<result offset='{i}'><field k='_raw'><v xml:space='preserve' trunc='0'>{saxutils.escape(json.dumps(bind(n)))}</v></field></result>" for i, n in enumerate(('one', 'two')))
    is_('Splunk\'s XML', {'a.xml': f"<?xml version='1.0' encoding='UTF-8'?>\n<results preview='0'>\n<meta>\n<fieldOrder>\n<field>_raw</field>\n</fieldOrder>\n</meta>\n{xml_}</results>\n"}, {'one two': NAMED})
    noted = {'a.csv': 'User,Action,SessionId,ClientIP,OperationCount\n', 'b.csv': 'SenderAddress,RecipientAddress,MessageTraceId\n', 'c.csv': 'NetworkMessageId,RecipientEmailAddress,EmailDirection\n',
             'd.csv': 'UserName,RuleName,RedirectTo,ForwardTo\n', 'e.csv': 'Gaia ID,Activity Timestamp,Product Name\n', 'f.yaml': '- Operation: MailItemsAccessed\n'}
    judged({**lines([bind('one')]), **noted})
    notes = sorted(r['note'].split()[0] + ' ' + r['note'].split()[1] for r in listed('log_sources') if r['note'])
    ok(notes == sorted(['a list', 'a message', 'EmailEvents of', 'rules of', 'a list', 'YAML: make']), 'what comes with logs is named, with what to do', notes)


def dovecot():
    def log(sentence, lines, want=None, when='Jun 11 01:00:00', host=' mx dovecot: '):
        is_('Dovecot: ' + sentence, {'mail.log': ''.join(f'{when}{host}{line}\n' for line in lines)}, want)

    def login(session='Ab+1', rip='203.0.113.9', service='imap', says='Login', user='ada@us.example'):
        return f'{service}-login: {says}: user=<{user}>, method=PLAIN, rip={rip}, lip=10.0.0.1, mpid=77, TLS, session=<{session}>'

    def said(text, session='Ab+1', service='imap'):
        return f'{service}(ada@us.example)<77><{session}>: {text}'

    def out(bodies, heads=0, session='Ab+1', sent=800):
        return said(f'Logged out in=512 out={sent} deleted=0 expunged=0 trashed=0 hdr_count={heads} hdr_bytes=0 body_count={bodies} body_bytes=0', session)
    expunged, other = said('expunge: box=INBOX, uid=5, msgid=<one@them.example>, size=12'), login('Zz', '198.51.100.7')
    log('a session that did not end in the log may have read everything', [login()], {ADAS: UNTOLD})
    log('so may one that read bodies', [login(), out(2)], {ADAS: UNTOLD})
    log('one that was sent headers showed a list', [login(), out(0, 7)], {ADAS: PERHAPS})
    log('one that was sent neither read nothing', [login(), out(0)])
    log('one that was sent more than it takes to log in may have seen previews', [login(), out(0, sent=2048)], {ADAS: PERHAPS})
    log('one that says bytes only may have read everything', [login(), said('Disconnected: Logged out bytes=512/20480')], {ADAS: UNTOLD})
    log('that another session read nothing does not help', [login(), other, out(0, session='Zz')], {ADAS: UNTOLD})
    log('sessions from elsewhere', [other, out(9, session='Zz'), said('expunge: box=INBOX, uid=5, msgid=<one@them.example>', 'Zz')])
    log('a session through webmail says the address of that', [login(rip='127.0.0.1')], {ADAS: 'unknown may_be_actor'})
    log('a login that failed', [login(says='Disconnected (auth failed, 1 attempts in 2 secs)')])
    log('what was expunged', [login(), expunged, out(0)], {'one': DESTROYED})
    for line in ('copy from INBOX: box=Trash, uid=5, msgid=<one@them.example>', 'delete: box=INBOX, uid=5, msgid=<one@them.example>',
                 'flag_change: box=INBOX, uid=5, msgid=<one@them.example>, flags=(\\Seen)'):
        log(line.split(':')[0], [login(), said(line), out(0)], {'one': DESTROYED})
    log('what was saved is the intruder\'s', [login(), said('save: box=Drafts, uid=5, msgid=<one@them.example>'), out(0)], {'one': SENT})
    log('a Message-ID that was cut', [login(), said('expunge: box=INBOX, uid=5, msgid=<' + 'o' * 76 + '...'), out(0)], {ADAS: PERHAPS})
    log('an event without a session may be of anybody\'s', ['imap(ada@us.example): expunged: uid=5, msgid=<one@them.example>'], {'one': 'unknown may_be_actor'})
    log('POP3 reads the inbox', [login(service='pop3'), said('Disconnected: Logged out top=0/0, retr=2/999, del=0/3, size=9', service='pop3')],
        {'one two': 'presumed folder_sync', 'three': 'unknown elsewhere'})
    passed = 'proxy(ada@us.example): started proxying to 10.0.0.9:143: user=<ada@us.example>, method=PLAIN, rip=203.0.113.9, lip=10.0.0.1, TLS, session=<Ab+1>'
    log('a proxy passed it on', ['imap-login: ' + passed], {ADAS: UNTOLD})
    log('and the server with the mail says what was read', ['imap-login: ' + passed, out(0)])
    log('a name with a detail', [login(user='ada+lists@us.example')], {ADAS: UNTOLD})
    log('who logs in to ManageSieve may have mail sent on', [login(service='managesieve')], {'four seven': 'presumed forwarded'})
    log('and who could not has not', [login(service='managesieve', says='Disconnected (auth failed, 1 attempts in 2 secs)')])
    log('POP3 that read nothing', [login(service='pop3'), said('Disconnected: Logged out top=0/0, retr=0/0, del=0/3, size=9', service='pop3')])
    log('a name without a domain', [login(user='ada')], {ADAS: UNTOLD})
    log('with year and zone, and a process id', [login(says='Logged in')], {ADAS + ' seven': UNTOLD}, '2025-06-11T20:00:00.123456+02:00', ' mx dovecot[7]: ')
    log('its own file', [login().replace('login: ', 'login: Info: ')], {ADAS: UNTOLD}, '2025-06-11 01:00:00', ' ')
    log('among lines of others', ['x\nJun 11 01:00:00 mx postfix/smtpd[3]: connect from x', login()], {ADAS: UNTOLD})
    is_('Dovecot: dates without a year are of the year that ends where it is said', {'mail.log': f'Jun 11 01:00:00 mx dovecot: {login()}\n'}, {ADAS: UNTOLD},
        options=['--written', '2025-06-30'], written=1900000000)
    is_('Dovecot: and else of that of the file, which copying has changed', {'mail.log': f'Jun 11 01:00:00 mx dovecot: {login()}\n'},
        {ADAS + ' four five six seven': 'unknown not_declared', ADAS + ' four seven': UNTOLD}, written=1781395200)


def dovecot_events():
    """What Dovecot's event exporter writes."""
    def event(name, when='2025-06-11T10:00:00.200000Z', **fields):
        return {'event': name, 'hostname': 'mx', 'start_time': when, 'end_time': when, 'categories': ['service:imap'], 'fields': {'user': 'ada@us.example', 'session': 'Ab+1', **fields}}

    def log(sentence, *events, want=None, head=''):
        is_('events of Dovecot: ' + sentence, {'events.json': ''.join(f'{head}{json.dumps(e)}\n' for e in events)}, want)
    evil, here = {'remote_ip': '203.0.113.9'}, {'remote_ip': '198.51.100.7'}
    signed_in = event('auth_request_finished', service='imap', success='yes', **evil)
    log('who signed in may have read everything', signed_in, want={ADAS: UNTOLD})
    log('among others, behind a header of a syslog', event('http_request_finished'), signed_in, want={ADAS: UNTOLD}, head='Jun 11 01:00:00 mx dovecot: stats: ')
    log('who did not get in', event('auth_request_finished', service='imap', **evil))
    log('who signed in to send', event('auth_request_finished', service='submission', success='yes', **evil))
    log('who signed in from elsewhere', event('auth_request_finished', service='imap', success='yes', **here), event('imap_command_finished', cmd_name='FETCH', cmd_args='1 BODY[]', **here))
    for items, want in (('1:20 (UID BODY.PEEK[])', UNTOLD), ('1:* (ENVELOPE)', PERHAPS), ('1:* (FLAGS)', COVERED)):
        log(f'a command that asked for {items}', event('imap_command_finished', cmd_name='UID FETCH', cmd_args=items, tagged_reply_state='OK', **evil), want={ADAS: want})
    log('a command that was refused', event('imap_command_finished', cmd_name='FETCH', cmd_args='1 BODY[]', tagged_reply_state='NO', **evil))
    log('POP3 reads the inbox', event('pop3_command_finished', cmd_name='RETR', reply='OK', **evil), want={'one two': 'presumed folder_sync', 'three': 'unknown elsewhere'})
    log('a message was opened, which it names by its number only', event('mail_opened', mailbox='INBOX', uid=7, **evil), want={ADAS: UNTOLD})
    log('a list was read', event('mail_metadata_accessed', mailbox='INBOX', uid=7, **evil), want={'one two': PERHAPS, 'three': 'unknown elsewhere'})
    log('seconds since 1970', event('mail_opened', 1749636000.5, mailbox='INBOX', uid=7, **evil), want={ADAS: UNTOLD})


def counted():
    """RFC 6587: each message behind its length."""
    def frames(messages, between=''):
        return ''.join(f'{len(m.encode())} {m}{between}' for m in messages).encode()
    dovecot_ = ['<22>1 2025-06-11T10:00:00Z mx dovecot 1 - - imap-login: Login: user=<ada@us.example>, method=PLAIN, rip=203.0.113.9, lip=10.0.0.1, session=<Ab+1>',
                '<22>1 2025-06-11T10:00:01Z mx dovecot 1 - - imap(ada@us.example)<7><Ab+1>: expunge: box=INBOX, uid=5, msgid=<one@them.example>',
                '<22>1 2025-06-11T10:00:02Z mx dovecot 1 - - imap(ada@us.example)<7><Ab+1>: Logged out in=5 out=20 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0']
    records = [f'<14>1 2025-06-11T10:00:00Z siem o365 - - - {json.dumps(r)}' for r in (bind('two', **GOOD), bind('one'), bind('three'))]
    for between in ('', '\n', '\r\n'):
        is_(f'a counted syslog of Dovecot, {between!r} between', {'mail.log': frames(dovecot_, between)}, {'one': DESTROYED})
        is_(f'a counted syslog of JSON, {between!r} between', {'x.log': frames(records, between)}, {'one three': NAMED})
    is_('a count that does not fit is passed over', {'mail.log': b''.join(b'99 ' + m.encode() + b'\n' for m in dovecot_)}, {'one': DESTROYED})


def cef():
    def line(vendor='Microsoft|Office 365', head='<14>Jun 11 10:00:00 siem ', name='MailItemsAccessed', **pairs):
        base = {'rt': 'Jun 11 2025 10:00:00 UTC', 'suser': 'ada@us.example', 'duser': 'ada@us.example', 'src': '203.0.113.9', 'externalId': f'7{name}{len(pairs)}', 'sessionId': 'x'}
        return f'{head}CEF:0|{vendor}|1.0|50|{name}|3|' + ' '.join(f'{k}={v}' for k, v in {**base, **pairs}.items()) + '\n'

    def named(label, text):
        return {'cs1Label': 'MailAccessType', 'cs1': 'Bind', 'cs2': text, 'cs2Label': label}

    def log(sentence, *lines_, want=None):
        is_('CEF: ' + sentence, {'siem.log': ''.join(lines_)}, want)
    log('a custom key is what its label says', line('Cisco|ASA', name='permit'), line(**named('InternetMessageId', '<one@them.example>')), want={'one': NAMED})
    log('without a header, the operation in act', line(head='', name='Access|x'.replace('|', '\\|'), act='MailItemsAccessed', **named('InternetMessageId', '<one@them.example>;<three@them.example>')),
        want={'one three': NAMED})
    log('milliseconds since 1970', line(rt='1749636000000', **named('InternetMessageId', '<one@them.example>')), want={'one': NAMED})
    log('a date without a zone counts from 15 hours before to 15 behind', line(rt='Jun 11 2025 10:00:00', cs1Label='MailAccessType', cs1='Bind'), want={ADAS + ' seven': UNTOLD})
    log('an escaped equals sign ends no value', line(msg='a b\\=c', **named('InternetMessageId', '<one@them.example>')), want={'one': NAMED})
    log('one that does not say which message', line(cs1Label='MailAccessType', cs1='Bind'), want={ADAS: UNTOLD})
    log('a folder that was synchronised', line(cs1Label='MailAccessType', cs1='Sync', cs2Label='FolderPath', cs2='\\\\Inbox'), want={'one two': 'presumed folder_sync', 'three': 'unknown elsewhere'})
    log('somebody else', line(src='198.51.100.7', **named('InternetMessageId', '<one@them.example>')), line('Microsoft|Exchange', **named('InternetMessageId', '<two@them.example>')),
        want={'one': 'unknown may_be_actor', 'two': NAMED})


def gam():
    """What "gam report" writes of Google's activities."""
    base = {'id.applicationName': 'token', 'id.time': '2025-06-11T12:00:00+02:00', 'id.uniqueQualifier': '7', 'actor.email': 'ada@us.example', 'actor.profileId': '1', 'ipAddress': '203.0.113.9'}

    def log(sentence, *made, want=None):
        rows_ = [{**base, **r} for r in made]
        is_('GAM: ' + sentence, table(rows_, sorted({k for r in rows_ for k in r})), want)

    def gmail(kind, name, ip='203.0.113.9'):
        p = 'parameters.{}.messageValue.parameter.{}.{}'.format
        return {'name': 'delivery', 'type': 'gmail', 'id.applicationName': 'gmail', 'ipAddress': ip, 'parameters': '2', 'parameters.0.name': 'event_info', p(0, 0, 'name'): 'elapsed_time_usec',
                p(0, 0, 'intValue'): '12', p(0, 1, 'name'): 'mail_event_type', p(0, 1, 'intValue'): kind, 'parameters.1.name': 'message_info', p(1, 0, 'name'): 'rfc2822_message_id',
                p(1, 0, 'value'): f'<{name}@them.example>'}
    log('a token opens the mailbox of its user', {'name': 'authorize', 'type': 'auth', 'client_id': 'x', 'scope': 'openid https://mail.google.com/'}, want={ADAS + ' four seven': 'presumed application', 'five': 'unknown gap'})
    log('one for files', {'name': 'authorize', 'type': 'auth', 'client_id': 'x', 'scope': 'https://www.googleapis.com/auth/drive'}, want={ADAS + ' five seven': 'unknown gap'})
    log('two rows of one activity, one of them of the owner\'s', gmail('7', 'one'), gmail('7', 'three'), gmail('7', 'two', '198.51.100.7'), want={'one three': NAMED, 'two': 'unknown may_be_actor', 'five seven': 'unknown gap'})


def google():
    """Gmail's log events out of BigQuery, of the admin console and as programs save them."""
    rest = {'five seven': 'unknown gap'}

    def opened(name, ip='203.0.113.9', kind='7'):
        return {'event_info': {'timestamp_usec': '1749636000000000', 'mail_event_type': kind, 'success': True}, 'message_info': {
            'rfc2822_message_id': f'<{name}@them.example>', 'flattened_destinations': 'gmail-ui:ada@us.example', 'connection_info': {'client_ip': ip}}}

    def activity(name, kind='7'):
        def of(record, **value):
            return {'name': record, 'messageValue': {'parameter': [value]}}
        return {'kind': 'admin#reports#activity', 'id': {'time': '2025-06-11T10:00:00Z', 'uniqueQualifier': f'-{name}', 'applicationName': 'gmail'},
                'actor': {'email': 'ada@us.example'}, 'ipAddress': '203.0.113.9', 'events': [{'type': 'delivery_type', 'name': 'delivery', 'parameters': [
                    of('event_info', name='mail_event_type', intValue=kind), of('message_info', name='rfc2822_message_id', value=f'<{name}@them.example>')]}]}

    def below(record, prefix=''):
        for k, v in record.items():
            yield from below(v, prefix + k + '_') if isinstance(v, dict) else [(prefix + k, v)]
    rows = [dict(below(opened(n))) for n in ('one', 'three')]
    both = {'one three': NAMED, 'two': 'unknown gap', **rest}
    is_('BigQuery: records whose names a query joined by underscores', table(rows, list(rows[0])), both)
    chosen = [{'time': '2025-06-11 10:00:00.123000 UTC', **{k.split('_info_')[-1]: r[k] for k in rows[0] if 'usec' not in k and 'success' not in k}} for r in rows]
    is_('BigQuery: columns that a query chose', table(chosen, list(chosen[0])), both)
    is_('BigQuery: and as JSON', {'a.json': json.dumps(chosen)}, both)
    is_('BigQuery: what a program does not know of what was done with a message names it', {'a.json': json.dumps([opened('one', kind='21'), opened('three', kind='5')])},
        {'one': DESTROYED, 'two three': 'unknown gap', **rest})
    is_('Reports API: pages as Python shows them', {'a.txt': repr({'kind': 'admin#reports#activities', 'items': [activity('one'), activity('three')], 'nextPageToken': 'x'})}, both)
    numbered = {'id.time': '2025-06-11T10:00:00Z', 'id.applicationName': 'gmail', 'actor.email': 'ada@us.example', 'ipAddress': '203.0.113.9', 'events.0.name': 'delivery',
                'events.0.parameters.0.messageValue.parameter.0.value': '<one@them.example>'}
    is_('activities with a column for each member of a list, of which the columns of names were left out, may be of any', {**table([numbered], list(numbered)), **lines([bind('zero', **GOOD)])}, {ADAS: UNTOLD, 'five': 'unknown gap'})
    is_('GAM: a column of JSON', table([{'JSON': json.dumps(activity(n))} for n in ('one', 'three')], ['JSON']), both)
    lines_ = [{'@timestamp': '2025-06-11T10:00:00Z', 'source': {'ip': '203.0.113.9'}, 'event': {'action': 'delivery', 'original': json.dumps(activity(n))}} for n in ('one', 'three')]
    is_('Elastic: the event as it came, beside a source that is an address', lines(lines_), both)
    shown = {'Message ID': '', 'Date': '2025-06-11T10:00:00Z', 'Event': '', 'Owner': 'ada@us.example', 'IP address': '203.0.113.9'}
    for event, want in (('Reply', NAMED), ('Forward', NAMED), ('Mark unread', DESTROYED), ('Move to trash', DESTROYED), ('Autoforward', NAMED), ('Receive', 'unknown gap')):
        is_(f'admin console: {event}', table([{**shown, 'Event': event, 'Message ID': '<one@them.example>'}], list(shown)), {'one': want, 'two three': 'unknown gap', **rest})
    good = lines([bind('zero', **GOOD)])
    for name, magic in (('Avro', b'Obj\x01'), ('Parquet', b'PAR1')):
        is_(f'{name} may name all', {**good, 'table': magic + bytes(range(128, 256))}, {ADAS + ' five seven': 'unknown unread_file'})
        ok(any(r['note'].startswith(f'{name}: make JSON') for r in listed('log_sources')), f'{name} is named, with what to do')


def wrapped():
    """Lines of Dovecot's as values: of a journal, of what ships logs, of what indexes them."""
    said = 'imap-login: Login: user=<ada@us.example>, method=PLAIN, rip=203.0.113.9, lip=10.0.0.1, mpid=77, TLS, session=<Ab+1>'
    opened, others = {ADAS: UNTOLD}, ['connect from x', 'warning: {"x"} is none', 'imap-login: Disconnected (no auth attempts)'] * 20
    line = f'Jun 11 01:00:00 mx dovecot: {said}'

    def journal(text, ident='dovecot'):
        return {'__CURSOR': 's=1', '__REALTIME_TIMESTAMP': '1749636000000000', '_HOSTNAME': 'mx', 'SYSLOG_IDENTIFIER': ident, 'MESSAGE': text}

    def rows(sentence, made):
        is_(f'Dovecot in {sentence}', {'log.json': ''.join(json.dumps(m) + '\n' for m in made)}, opened)
    rows('a journal as JSON, far behind what others said', [journal(o, 'postfix/smtpd') for o in others] + [journal(said)])
    rows('one whose text is no UTF-8 for journalctl', [journal(list(said.encode()))])
    rows('what ships logs', [{'@timestamp': '2025-06-11T10:00:00.000Z', 'process': {'name': 'dovecot'}, 'event': {'dataset': 'system.syslog'}, 'message': m} for m in others + [said]])
    rows('what ships whole lines, which say the year that the line does not', [{'@timestamp': '2025-06-11T01:00:01Z', 'host': 'mx', 'message': line}])
    rows('GELF', [{'version': '1.1', 'host': 'mx', 'short_message': said, 'timestamp': 1749636000.12}])
    rows('an index', [{'_index': 'x', '_source': {'@timestamp': '2025-06-11T10:00:00Z', 'message': said}}])
    rows('Splunk\'s export', [{'preview': False, 'result': {'_raw': line, '_time': '2025-06-11T01:00:00.000+0000'}}])
    is_('Dovecot in a table of Splunk\'s', table([{'_time': '2025-06-11T01:00:00.000+0000', 'host': 'mx', '_raw': m} for m in others + [line]], ['_time', 'host', '_raw']), opened)
    export = ''.join(''.join(f'{k}={v}\n' for k, v in journal(m).items()) + '\n' for m in others + [said]).encode()
    is_('Dovecot in journalctl\'s export format', {'j.export': export}, opened)
    binary = export.replace(b'MESSAGE=' + said.encode(), b'MESSAGE\n' + len(said).to_bytes(8, 'little') + said.encode())
    is_('and where a field is written as bytes', {'j.export': binary}, opened)

    def headed(sentence, head):
        is_(f'JSON behind a header: {sentence}', {'x.log': ''.join(f'{head} {t}\n' for t in ('started', json.dumps(bind('one two')), json.dumps(bind('three', **GOOD)), 'done'))}, {'one two': NAMED})
    headed('RFC 3164', '<14>Jun 11 10:00:00 siem')
    headed('RFC 5424', '<14>1 2025-06-11T10:00:00Z siem o365 - - -')
    whole = json.dumps(bind('one two'))
    is_('and cut by the syslog', {'x.log': f'<14>Jun 11 10:00:00 siem {whole[:whole.index("<two@") - 24]}\n'}, {'one': NAMED, 'two three': UNTOLD})


def years():
    """Dates without a year. The file is of 13 June 2025."""
    def log(sentence, text, want=None, name='mail.log', **how):
        is_('a year: ' + sentence, {name: text if isinstance(text, bytes) else text.encode()}, want, **how)
    said = ' mx dovecot: imap-login: Login: user=<ada@us.example>, method=PLAIN, rip=203.0.113.9, lip=10.0.0.1, session=<Ab+1>\n'
    earlier = {ADAS + ' five seven': 'unknown not_declared'}
    other = ' mx postfix/smtpd[3]: x\n'
    log('it turned between two lines', 'Jun 11 01:00:00' + said + 'Dec 30 10:00:00' + other + 'Jan 02 10:00:00' + other + 'Jun 12 10:00:00' + other, earlier)
    log('the new one\'s', 'Jun 11 01:00:00' + other + 'Dec 30 10:00:00' + other + 'Jan 02 10:00:00' + other + 'Jun 11 01:00:00' + said, {ADAS: UNTOLD})
    log('it turned once and the file is of the new one', 'Dec 30 10:00:00' + said + 'Jan 02 10:00:00' + other, earlier)
    line = ('Jun 11 01:00:00' + said).encode()
    log('of what gzip packed, when the file was copied a year later', gzip.compress(line, mtime=1749945600), {ADAS: UNTOLD}, 'maillog-20250615.gz', written=1781395200)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode='w') as t:
        member = tarfile.TarInfo('mail.log')
        member.size, member.mtime = len(line), 1749945600
        t.addfile(member, io.BytesIO(line))
    log('of a member of an archive', packed.getvalue(), {ADAS: UNTOLD}, 'logs.tar', written=1781395200)


# ---- protocol logs of Exchange ---------------------------------------------------------------------------------------

def exchange():
    head = '#Software: Microsoft Exchange Server\r\n#Version: 15.02.0858.010\r\n#Log-type: IMAP4 Log\r\n#Date: 2025-06-11T09:00:00.000Z\r\n'\
           '#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context\r\n'

    def line(command, parameters='', context='R=ok;RpcL=2', cip='203.0.113.9:51123', user='US\\ada'):
        return f'2025-06-11T10:00:00.123Z,00000000000000AB,1,10.0.0.5:993,{cip},{user},5,12,44,{command},"{parameters}",{context}\r\n'

    def log(sentence, *rows, want=None):
        is_('Exchange, IMAP and POP: ' + sentence, {'IMAP4.log': head + ''.join(rows)}, want)
    log('who only came in read nothing', line('OpenSession', user='', context=''), line('login', 'ada *****'), line('select', 'INBOX'), line('uid fetch', '1:* (FLAGS)'))
    for items in ('1:20 (UID BODY.PEEK[])', '5 (RFC822.SIZE BODY[1])', '7 RFC822', ''):
        log(f'bodies may be of any message: {items}', line('uid fetch', items), want={ADAS: UNTOLD})
    for items in ('1:* (UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])', '1:* ALL', '1:* (ENVELOPE)'):
        log(f'a list was shown: {items}', line('fetch', items), want={ADAS: PERHAPS})
    log('what was refused was not sent', line('fetch', '1 BODY[]', context='ErrMsg=NotAuthenticated'))
    log('what somebody else fetched', line('fetch', '1 BODY[]', cip='198.51.100.7:4711'))
    log('a search', line('uid search', 'TEXT invoice'), want={ADAS: 'unknown searched'})
    log('messages were changed', line('uid store', '4 +FLAGS (\\Deleted)'), want={ADAS: PERHAPS})
    log('POP3 reads the inbox', line('pass', '*****'), line('retr', '1', context='R=ok'), want={'one two': 'presumed folder_sync', 'three': 'unknown elsewhere'})
    log('logs put one behind the other', line('select', 'INBOX'), head, line('fetch', '1 BODY[]', user='ada@us.example'), want={ADAS: UNTOLD})
    log('names in another order', head.replace('cIp,user,duration', 'user,cIp,duration'),
        line('fetch', '1 BODY[]').replace('203.0.113.9:51123,US\\ada', 'US\\ada,203.0.113.9:51123'), want={ADAS: UNTOLD})


begin()
mailbox_audit_log()
xml()
dates()
damage()
copies()
flattened()
python()
dovecot()
dovecot_events()
counted()
cef()
gam()
google()
extracts()
wrapped()
years()
exchange()
done()
