"""collected.py TOCSIN DIR: audit logs as other products keep and answer them: Elastic without the event as it came, Google Cloud Logging, BigQuery,
exports in other languages. judged.py says which mail there is."""
import base64, csv, io, json

from judged import *

GAP = 'unknown gap'
QUIET = {ADAS + ' five seven': GAP}
OPENED = {**QUIET, 'one': NAMED}
GRANTED = {**QUIET, ADAS + ' four seven': 'presumed application'}
FOUND = {'one': NAMED, 'two': DESTROYED}


def table(*rows, sep=','):
    out = io.StringIO()
    columns = list(dict.fromkeys(k for r in rows for k in r))
    w = csv.DictWriter(out, columns, delimiter=sep, lineterminator='\r\n')
    w.writeheader()
    w.writerows(rows)
    return {'export.csv': out.getvalue().encode('utf-8-sig')}


def answer(*sources, **around):
    return {'a.json': json.dumps({'took': 3, 'timed_out': False, 'hits': {'total': {'value': len(sources)}, 'hits': [{'_index': 'i', '_id': str(n), **s} for n, s in enumerate(sources)]}, **around})}


def dotted(x, path=''):
    out = {}
    for k, v in x.items():
        out.update(dotted(v, path + k + '.') if isinstance(v, dict) else {path + k: v})
    return out


def numbered(x, path='', left='.', right=''):
    """As programs make columns: a.0.b, a[0].b."""
    out = {}
    for k, v in x.items() if isinstance(x, dict) else enumerate(x):
        at = (f'{path}.{k}' if path else k) if isinstance(x, dict) else f'{path}{left}{k}{right}'
        out.update(numbered(v, at, left, right) if isinstance(v, (dict, list)) else {at: v})
    return out


# ---- the portal in other languages ---------------------------------------------------------------------------------

LANGUAGES = {
    'German': 'Datensatz-ID;Erstellungsdatum;Datensatztyp;Vorgang;Benutzer-ID;Überwachungsdaten', 'French': 'ID d’enregistrement;Date de création;Type;Opération;Utilisateur;Données d’audit',
    'Spanish': 'Id. de registro;Fecha de creación;Tipo de registro;Operación;Id. de usuario;Datos de auditoría', 'Italian': 'ID record;Data creazione;Tipo di record;Operazione;ID utente;Dati di controllo',
    'Portuguese': 'ID do registro;Data de criação;Tipo de registro;Operação;ID do usuário;Dados de auditoria', 'Dutch': 'Record-id;Aanmaakdatum;Recordtype;Bewerking;Gebruikers-id;Controlegegevens',
    'Japanese': 'レコード ID;作成日;レコードの種類;操作;ユーザー ID;監査データ'}


def portal():
    def rows(names, *records):
        return [dict(zip(names.split(';'), [r['Id'], '2025-06-11T10:00:00Z', r['RecordType'], r['Operation'], r['UserId'], json.dumps(r)])) for r in records]
    pair = bind('one'), record('HardDelete', RecordType=3, AffectedItems=[item('two')], Folder={'Path': '\\Inbox'})
    for n, (language, names) in enumerate(LANGUAGES.items()):
        is_(f'the portal in {language}', table(*rows(names, *pair), sep=',;\t'[n % 3]), FOUND)
    cut = rows(LANGUAGES['German'], *pair)
    cut[1]['Überwachungsdaten'] = ''
    is_('a row of it without its record was not read', table(*cut), {'one': NAMED, 'two three five seven': 'unknown unreadable_records'})
    is_('a column of other JSON is no record', {**table({'when': '2025-06-11', 'who': 'ada@us.example', 'what': json.dumps({'Operation': 'open'})}), **lines([bind('zero', **GOOD)])},
        {ADAS + ' seven': 'unknown unread_file'})


# ---- Elastic, where the event as it came was left out ---------------------------------------------------------------

def event(action, audit, **more):
    """As the integration writes it: what ECS has a field for is not in o365.audit any more."""
    return {'@timestamp': '2025-06-11T10:00:00.000Z', 'event': {'action': action, 'code': 'ExchangeItemAggregated', 'id': '0c0c0c0c-1111-2222-3333-444444444444', 'outcome': 'success',
            'provider': 'Exchange', 'dataset': 'o365.audit'}, 'client': {'address': '203.0.113.9', 'ip': '203.0.113.9'}, 'source': {'ip': '203.0.113.9'}, 'organization': {'id': 'o'},
            'user': {'id': 'ada@us.example', 'email': 'ada@us.example'}, 'o365': {'audit': {'CreationTime': '2025-06-11T10:00:00', 'LogonType': '0', 'MailboxOwnerUPN': 'ada@us.example',
            'RecordType': '50', 'ResultStatus': 'Succeeded', 'UserId': 'ada@us.example', 'UserType': '0', 'Version': '1', **audit}}, **more}


def elastic():
    def how(word, throttled='False'):
        return [{'Name': 'MailAccessType', 'Value': word}, {'Name': 'IsThrottled', 'Value': throttled}]
    inbox = {'Id': 'LgA', 'Path': '\\Inbox', 'FolderItems': [{'InternetMessageId': '<one@them.example>', 'Id': 'RgA', 'SizeInBytes': 12}]}
    opened = event('MailItemsAccessed', {'OperationCount': 1, 'OperationProperties': how('Bind'), 'ExchangeAggregatedFolders': [inbox]})
    is_('Elastic: the integration\'s fields in an answer', answer({'_source': opened}), {'one': NAMED})
    is_('as elasticdump writes them', lines([{'_index': 'i', '_id': '1', '_source': opened}]), {'one': NAMED})
    is_('with dots, a list of them', {'a.json': json.dumps([dotted(opened)], indent=1)}, {'one': NAMED})
    is_('a bind that counts more', answer({'_source': event('MailItemsAccessed', {'OperationCount': 3, 'OperationProperties': how('Bind'), 'ExchangeAggregatedFolders': [inbox]})}),
        {'one': NAMED, 'two three': UNTOLD})
    is_('without its folders', answer({'_source': event('MailItemsAccessed', {'OperationCount': 1, 'OperationProperties': how('Bind')})}), {ADAS: UNTOLD})
    is_('a sync', answer({'_source': event('MailItemsAccessed', {'OperationProperties': how('Sync'), 'Item': {'ParentFolder': {'Path': '\\Inbox', 'Name': 'Inbox', 'Id': 'LgA'}}})}),
        {'one two': 'presumed folder_sync', 'three': 'unknown elsewhere'})
    is_('a throttled mailbox', answer({'_source': event('MailItemsAccessed', {'OperationProperties': how('Bind', 'True'), 'SessionId': 'good', 'ExchangeAggregatedFolders': [inbox]},
        client={'ip': '198.51.100.7'}, source={'ip': '198.51.100.7'})}), {ADAS + ' seven': 'presumed throttled'})
    is_('a rule, whose parameters are an object', answer({'_source': event('New-InboxRule', {'RecordType': '1', 'ObjectId': 'ada\\.', 'MailboxOwnerUPN': None,
        'Parameters': {'Name': '.', 'ForwardTo': 'drop@evil.test', 'Mailbox': 'ada@us.example'}})}), {'four seven': 'presumed forwarded'})
    values = {k: v if isinstance(v, list) else [v] for k, v in dotted(opened).items() if 'Folders' not in k and 'OperationProperties' not in k}
    values.update({'o365.audit.OperationProperties.Name': ['MailAccessType', 'IsThrottled'], 'o365.audit.OperationProperties.Value': ['Bind', 'False']})
    is_('fields without a source, where lists have lost what belongs together', answer({'fields': values}), {ADAS: UNTOLD})

    def google(app, action, own, **more):
        return {'@timestamp': '2025-06-11T10:00:00.000Z', 'event': {'action': action, 'provider': app, 'id': '1', 'dataset': 'google_workspace.' + app}, 'organization': {'id': 'C'},
                'google_workspace': {'actor': {'type': 'USER'}, 'event': {'type': 'x'}, 'kind': 'admin#reports#activity', 'organization': {'domain': 'us.example'}, app: own},
                'source': {'ip': '203.0.113.9', 'user': {'email': 'ada@us.example', 'id': '7', 'name': 'ada', 'domain': 'us.example'}}, 'user': {'id': '7', 'name': 'ada'}, **more}
    token = google('token', 'authorize', {'app_name': 'x', 'client': {'id': 'evil-app', 'type': 'WEB'}, 'scope': {'value': ['openid', 'https://mail.google.com/']}})
    for form, files in {'in an answer': answer({'_source': token}), 'with dots': lines([dotted(token)]), 'a column each': table(numbered(token)),
                        'fields without a source': answer({'fields': {k: v if isinstance(v, list) else [v] for k, v in dotted(token).items()}})}.items():
        is_(f'Elastic: a token of Google\'s, {form}', files, GRANTED)
    is_('one for files', lines([google('token', 'authorize', {'client': {'id': 'evil-app'}, 'scope': {'value': ['https://www.googleapis.com/auth/drive']}})]), QUIET)
    mail = {'email': 'ada@us.example', 'event_info': {'mail_event_type': '7'}, 'message_info': {'rfc2822_message_id': '<one@them.example>'}, 'record_type': 'gmail'}
    is_('Elastic: a message opened in Gmail', lines([google('gmail', 'delivery', mail)]), OPENED)
    is_('one whose owner is only in the destination', lines([google('gmail', 'delivery', {**mail, 'email': None, 'message_info': {**mail['message_info'],
        'destination': [{'address': 'ada@us.example'}]}}, source={'ip': '203.0.113.9'}, user={})]), OPENED)
    is_('Elastic: forwarding that a user set', lines([google('user_accounts', 'email_forwarding_out_of_domain', {'email_forwarding_destination_address': 'drop@evil.test'})]),
        {**QUIET, 'four seven': 'presumed forwarded'})
    is_('and an administrator', lines([google('admin', 'CREATE_EMAIL_MONITOR', {'user': {'email': 'ada@us.example'}, 'email_monitor': {'dest_email': 'drop@evil.test'}})]),
        {**QUIET, 'four seven': 'presumed forwarded'})


# ---- Google Cloud Logging --------------------------------------------------------------------------------------------

def text(name, value):
    return {'name': name, 'value': value, 'type': 'TYPE_STRING', 'label': 'LABEL_OPTIONAL'}


def entry(service, method, name, parameters, user='ada@us.example', ip='203.0.113.9'):
    activity = {'@type': 'type.googleapis.com/ccc_hosted_reporting.ActivityProto', 'activityId': {'timeUsec': '1749636000000000', 'uniqQualifier': '-5'},
                'event': [{'eventId': 'e1', 'eventName': name, 'eventType': 'x', 'parameter': parameters}]}
    return {'insertId': '-abc1', 'logName': 'organizations/7/logs/cloudaudit.googleapis.com%2Fdata_access', 'protoPayload': {'@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
            'authenticationInfo': {'principalEmail': user}, 'metadata': activity, 'methodName': method, 'requestMetadata': {'callerIp': ip, 'requestAttributes': {}},
            'resourceName': 'organizations/7', 'serviceName': service}, 'receiveTimestamp': '2025-06-11T10:00:01Z', 'resource': {'labels': {'method': method, 'service': service},
            'type': 'audited_resource'}, 'severity': 'NOTICE', 'timestamp': '2025-06-11T10:00:00Z'}


def cloud_logging():
    scope = [text('client_id', 'evil-app'), text('app_name', 'x'), {'name': 'scope', 'multiStrValue': ['openid', 'https://mail.google.com/'], 'type': 'TYPE_STRING', 'label': 'LABEL_REPEATED'}]
    token = entry('oauth2.googleapis.com', 'google.identity.oauth2.GetToken', 'authorize', scope)
    is_('Cloud Logging: a token, as gcloud logging read --format=json has it', {'a.json': json.dumps([token], indent=2)}, GRANTED)
    is_('entries of a page', {'a.json': json.dumps({'entries': [token], 'nextPageToken': 'x'})}, GRANTED)
    is_('a line each, of a bucket', lines([token]), GRANTED)
    is_('by its method where the event has another name', lines([entry('oauth2.googleapis.com', 'google.identity.oauth2.GetToken', 'oauth', scope)]), GRANTED)
    is_('through Pub/Sub', {'a.json': json.dumps([{'ackId': 'x', 'message': {'data': base64.b64encode(json.dumps(token).encode()).decode(), 'messageId': '1', 'publishTime': '2025-06-11T10:00:01Z'}}])}, GRANTED)
    is_('one for files', lines([entry('oauth2.googleapis.com', 'google.identity.oauth2.GetToken', 'authorize',
        scope[:2] + [{'name': 'scope', 'multiStrValue': ['https://www.googleapis.com/auth/drive'], 'type': 'TYPE_STRING'}])]), QUIET)
    is_('in columns', table(numbered(token, left='[', right=']')), GRANTED)
    is_('its export to BigQuery', lines([{**{k: v for k, v in token.items() if k != 'protoPayload'}, 'timestamp': '2025-06-11 10:00:00 UTC', 'protopayload_auditlog': {
        **{k: v for k, v in token['protoPayload'].items() if k != 'metadata'}, 'metadataJson': json.dumps(token['protoPayload']['metadata'])}}]), GRANTED)
    flat = {'timestamp': '2025-06-11 10:00:00 UTC', 'principalEmail': 'ada@us.example', 'callerIp': '203.0.113.9', 'serviceName': 'oauth2.googleapis.com',
            'methodName': 'google.identity.oauth2.GetToken', 'metadataJson': json.dumps(token['protoPayload']['metadata'])}
    is_('a query of that, as CSV', table(flat), GRANTED)
    is_('Log Analytics', lines([{'timestamp': '2025-06-11T10:00:00Z', 'insert_id': 'x', 'proto_payload': {'type': 'x', 'audit_log': {'service_name': 'oauth2.googleapis.com',
        'method_name': 'google.identity.oauth2.GetToken', 'authentication_info': {'principal_email': 'ada@us.example'}, 'request_metadata': {'caller_ip': '203.0.113.9'},
        'metadata': token['protoPayload']['metadata']}}}]), GRANTED)
    opened = [{'name': 'event_info', 'messageValue': {'parameter': [{'name': 'mail_event_type', 'intValue': '7', 'type': 'TYPE_INT64'}]}},
              {'name': 'message_info', 'messageValue': {'parameter': [text('rfc2822_message_id', '<one@them.example>')]}}]
    is_('Cloud Logging: a message opened in Gmail', lines([entry('gmail.googleapis.com', 'x', 'delivery', opened)]), OPENED)
    is_('something with mail that does not say what', lines([entry('gmail.googleapis.com', 'x', 'new', [])]), {**QUIET, ADAS: UNTOLD})
    sign_in = entry('login.googleapis.com', 'google.login.LoginService.loginSuccess', 'login_success', [text('login_type', 'google_password')], ip='198.51.100.7')
    is_('a sign-in of somebody else\'s', lines([sign_in]), QUIET)
    is_('what is not of Workspace', lines([{**sign_in, 'protoPayload': {'serviceName': 'compute.googleapis.com', 'methodName': 'v1.compute.instances.insert',
        'authenticationInfo': {'principalEmail': 'ada@us.example'}}}]), QUIET)
    monitor = [text('USER_EMAIL', 'ada@us.example'), text('EMAIL_MONITOR_DEST_EMAIL', 'drop@evil.test')]
    is_('an administrator has mail copied', lines([entry('admin.googleapis.com', 'google.admin.AdminService.createEmailMonitor', 'CREATE_EMAIL_MONITOR', monitor, 'mallory@evil.example')]),
        {**QUIET, 'four seven': 'presumed forwarded'})


# ---- rows of BigQuery's API ------------------------------------------------------------------------------------------

def fields(*names, **records):
    return [{'name': n.split(':')[0], 'type': n.split(':')[1] if ':' in n else 'STRING', 'mode': 'NULLABLE'} for n in names] + [
        {'name': n, 'type': 'RECORD', 'mode': 'REPEATED' if n == 'destination' else 'NULLABLE', 'fields': f} for n, f in records.items()]


SCHEMA = {'fields': fields('email', 'event_name', 'record_type', 'time_usec:INTEGER', 'unique_identifier:INTEGER', 'ip_address:BYTES', gmail=fields(
    event_info=fields('mail_event_type:INTEGER', 'success:BOOLEAN'), message_info=fields('rfc2822_message_id', 'subject', destination=fields('address'))))}


def cells(*values):
    return {'f': [{'v': v} for v in values]}


def opened_row(name, n=1):
    return cells('ada@us.example', 'delivery', 'gmail', '1749636000000000', str(n), base64.b64encode(b'203.0.113.9').decode(), cells(cells('7', None), cells(f'<{name}@them.example>', None, [{'v': cells('ada@us.example')}])))


def bigquery():
    def result(*rows, **more):
        return {'a.json': json.dumps({'kind': 'bigquery#queryResponse', 'schema': SCHEMA, 'jobReference': {'projectId': 'p', 'jobId': 'j'}, 'totalRows': str(len(rows)), **more, 'rows': list(rows),
                                      'totalBytesProcessed': '7', 'jobComplete': True, 'cacheHit': False}, indent=1)}
    both = {**QUIET, 'one three': NAMED}
    is_('BigQuery\'s API: rows and their schema', result(opened_row('one'), opened_row('three', 2)), both)
    is_('no rows', {**result(), **lines([bind('one')])}, {'one': NAMED})
    is_('a row and its schema each, as Elastic keeps the event', lines([{'row': opened_row(n, k), 'schema': SCHEMA} for k, n in enumerate(('one', 'three'))]), both)
    is_('such a row within an event of Elastic\'s', lines([{'@timestamp': '2025-06-11T10:00:00Z', 'event': {'original': json.dumps({'row': opened_row('one'), 'schema': SCHEMA})}, 'google_workspace': {'gmail': {}}}]), OPENED)
    is_('a row that does not fit its schema was not read', result(opened_row('one'), {'f': opened_row('two')['f'][:-1]}), {'one': NAMED, 'two three five seven': 'unknown unreadable_records'})
    is_('rows without a schema', {'a.json': json.dumps({'kind': 'bigquery#tableDataList', 'totalRows': '1', 'rows': [opened_row('one')]}), **lines([bind('zero', **GOOD)])}, {ADAS + ' seven': 'unknown unread_file'})
    r = bind('one')
    audit = {'kind': 'bigquery#queryResponse', 'schema': {'fields': fields('when:TIMESTAMP', 'AuditData', 'Operations')}, 'totalRows': '5'}
    is_('records of another product in such rows', {'a.json': json.dumps({**audit, 'rows': [cells('1.749636E9', json.dumps(r), r['Operation'])]})}, {'one': NAMED})
    judged({'a.json': json.dumps({**audit, 'pageToken': 'x', 'rows': [cells('1.749636E9', json.dumps(x), x['Operation']) for x in (r, bind('two'))]})})
    ok(sum('pageToken' in json.dumps(p) for p in listed('log_problems')) == 1, 'the last row of a page tells that there are more', listed('log_problems'))
    is_('a list with its seconds as BigQuery writes them', {'a.json': json.dumps({'schema': {'fields': fields('time:TIMESTAMP', 'mailbox', 'message_id', 'ip')}, 'rows': [
        cells('1.7496360005E9', 'ada@us.example', '<one@them.example>', '203.0.113.9')]})}, {'one': NAMED})


# ---- lists that a product writes as objects, or that a table has lost ------------------------------------------------

APP = {'SessionId': 'x', 'AppId': '0a0a0a0a-1111-2222-3333-444455556666', 'UserId': 'app@us.example'}
PATH = {'Id': 'LgA', 'ParentFolder': {'Id': 'LgA', 'Name': 'Inbox', 'Path': '\\Inbox'}}
ADMIN = {'RecordType': 1, 'ResultStatus': 'True', 'ObjectId': 'ada', 'MailboxOwnerUPN': None}


def changed(**values):
    return [{'Name': k.replace('__', '.'), 'NewValue': v, 'OldValue': ''} for k, v in values.items()]


def given(**values):
    return [{'Name': k, 'Value': v} for k, v in values.items()]


def objects(r):
    """As Filebeat's module writes such a list: its names are fields, which can have no dot."""
    return {k: {e['Name'].replace('.', '_'): {x: e[x] for x in ('NewValue', 'OldValue')} if 'NewValue' in e else e['Value'] for e in v} if isinstance(v, list) and v and 'Name' in v[0] else v
            for k, v in r.items()}


def splunk(x, path=''):
    """As Splunk names what lies in lists: one cell with a line each."""
    out = {}
    for k, v in x.items():
        for e in v if isinstance(v, list) else [v]:
            for name, value in (splunk(e, path + k + ('{}.' if isinstance(v, list) else '.')).items() if isinstance(e, dict) else [(path + k, str(e))]):
                out[name] = f'{out[name]}\n{value}' if name in out else value
    return out


def typed(r):
    """As Export-Csv writes a record that somebody took apart before."""
    return {k: 'System.Object[]' if isinstance(v, list) else '@{' + '; '.join(f'{a}={"@{" + "; ".join(f"{c}={d}" for c, d in b.items()) + "}" if isinstance(b, dict) else b}' for a, b in v.items()) + '}'
            if isinstance(v, dict) else v for k, v in r.items()}


def spelled():
    consent = {'RecordType': 8, 'Workload': 'AzureActiveDirectory', 'MailboxOwnerUPN': None, 'ResultStatus': 'Success', 'ObjectId': 'Application_77777777-1111-2222-3333-444455556666'}
    reads = bind('one', '2025-06-11T12:00:00', **APP)
    rule = record('New-InboxRule', **ADMIN, Parameters=given(Name='.', ForwardTo='drop@evil.test', Mailbox='ada@us.example'))
    setting = record('Set-Mailbox', **ADMIN, Parameters=given(Identity='ada@us.example', ForwardingSmtpAddress='smtp:drop@evil.test'))
    sent = record('Send', Item={'InternetMessageId': '<one@them.example>', 'Subject': 'one', 'Id': 'R', **PATH})
    synced = record('MailItemsAccessed', RecordType=50, OperationProperties=given(MailAccessType='Sync', IsThrottled='False'), Item=PATH)
    forwarded, perhaps = {'four seven': 'presumed forwarded'}, {ADAS + ' four seven': PERHAPS}
    for sentence, operation, properties in ('a consent', 'Consent to application.', changed(ServicePrincipal__AppId=APP['AppId'])), \
            ('a grant', 'Add delegated permission grant.', changed(ServicePrincipal__AppId=f'"{APP["AppId"]}"', DelegatedPermissionGrant__Scope='Mail.Read')):
        r = record(operation, **{**consent, 'ModifiedProperties': properties})
        for form, files in ('that Elastic has as objects', lines([{'o365': {'audit': objects(x)}} for x in (r, reads)])), ('of Elastic with dots', lines([dotted({'o365': {'audit': objects(x)}}) for x in (r, reads)])), \
                ('in a table of Splunk\'s', table(splunk(r), splunk(reads))):
            is_(f'{sentence} {form}', files, {'one': 'unknown may_be_actor'})
    for sentence, r, want in ('a rule', rule, forwarded), ('a setting that forwards', setting, forwarded), ('what was sent', sent, {'one': SENT}), \
            ('a sync', synced, {'one two': 'presumed folder_sync', 'three': 'unknown elsewhere'}):
        is_(f'{sentence} in a table of Splunk\'s', table(splunk(r)), want)
    is_('a rule whose parameters a table has lost may send all to anybody', table(typed(rule)), perhaps)
    is_('so a setting', table(typed(setting)), perhaps)
    is_('also where the table has no column of them', table({k: v for k, v in rule.items() if k != 'Parameters'}), perhaps)
    broken = splunk(rule)
    is_('and one whose names are more than its values', table({**broken, 'Parameters.Name' if 'Parameters.Name' in broken else 'Parameters{}.Name': 'Name\nForwardTo'}), perhaps)
    is_('what PowerShell made a text of is read', table(typed(sent)), {'one': SENT})


begin()
portal()
elastic()
spelled()
cloud_logging()
bigquery()
done()
