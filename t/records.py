"""records.py TOCSIN DIR: invented audit records, and the verdicts that follow from what the provider's documentation says of them.
judged.py says which mail there is."""
import base64, gzip, io, itertools, json, zipfile

from judged import *


def mailbox_records():
    is_('what somebody else opened', bind('one', **GOOD))
    is_('a bind names what was opened', bind('one three'), {'one three': NAMED})
    is_('in letters of another case it may name it', json.loads(json.dumps(bind('one three')).replace('<one@them', '<ONE@Them')), {'one': UNTOLD, 'ONE three': NAMED})
    judged(lines([bind('one'), bind('ONE', '2025-06-11T11:00:00'), bind('one', '2025-06-11T12:00:00')]))
    ok(len(json.loads(run('scope', 'explain', 'one@them.example', '--json', '--case', f'{top}/case'))['records']) == 3, 'which is explained with them')
    def spelled(text):
        return json.loads(json.dumps(bind('one')).replace('<one@them.example>', text))
    for text in ('<one@them.example> (added by postmaster@them.example)', '<<one@them.example>>', '&lt;one@them.example&gt;', ' one@them.example '):
        is_(f'a Message-ID as {text}', spelled(text), {'one': NAMED})
    def shortened(text):
        """As ConvertTo-Json of PowerShell has what lies deeper than it goes."""
        r = bind('one two')
        r['Folders'][0]['FolderItems'] = text
        return r
    is_('one that is folded', json.loads(json.dumps(bind('one')).replace('<one@them.example>', '<one\\t@them.example>')), {'one': NAMED})
    for operation in ('QuarantinePreviewMessage', 'QuarantineExportMessage', 'QuarantineReleaseMessage'):
        held = {'RecordType': 65, 'Workload': 'Quarantine', 'MailboxOwnerUPN': None, 'NetworkMessageId': '11112222-3333-4444-5555-666677778888'}
        is_(f'{operation} names mail by an id that no mail is known by', record(operation, **held), {ADAS + ' five': PERHAPS})
        is_('and may say to whom it was sent', record(operation, RecipientAddress='ada@us.example', **held), {ADAS: UNTOLD})
        is_('by somebody else', record(operation, **held, **GOOD))
    is_('items that PowerShell shortened', shortened('@{Id=RgA; InternetMessageId=<one@them.example>; SizeInBytes=1} @{Id=RgB; ParentFolder=@{Path=x}; InternetMessageId=two@them.example}'),
        {'one two': NAMED})
    is_('and of which one has lost its name', shortened('@{InternetMessageId=<one@them.example>; SizeInBytes=1} @{Id=RgB; SizeInBytes=1}'), {'one': NAMED, 'two three': UNTOLD})
    is_('one that counts more than it names may be of any', bind('one', OperationCount=3), {'one': NAMED, 'two three': UNTOLD})
    is_('one that counts less than it names hides nothing', bind('one two', OperationCount=1), {'one two': NAMED})
    is_('a mailbox that was throttled', bind('one', throttled='True', **GOOD), {ADAS + ' seven': 'presumed throttled'})
    is_('throttled long before the intruder came', bind('one', '2025-06-01T10:00:00', 'True', **GOOD))
    for operation in ('SoftDelete', 'HardDelete', 'MoveToDeletedItems', 'Move', 'Copy'):
        is_(f'{operation} names what was there', record(operation, RecordType=3, AffectedItems=[item('one'), item('two')], Folder={'Path': '\\Inbox'}), {'one two': DESTROYED})
        is_(f'{operation} of a whole folder names nothing', record(operation, RecordType=3, Folder={'Path': '\\'}, Folders=[{'Id': 'LgA', 'Path': '\\Inbox'}]), {ADAS: PERHAPS})
    for operation in ('Update', 'RecordDelete', 'ApplyRecord', 'UpdateComplianceTag', 'PriorityCleanupDelete'):
        is_(f'{operation} names what was there', record(operation, Item=item('one')), {'one': DESTROYED})
    for operation in ('MessageBind', 'AttachmentAccess', 'SomethingThatIsNewThen'):
        is_(f'{operation} names what was opened', record(operation, Item=item('one')), {'one': NAMED})
    is_('an operation that names nothing and is not known', record('SomethingThatIsNewThen'))
    for operation in ('Create', 'Send', 'SendAs', 'SendOnBehalf'):
        is_(f'{operation} is mail of the intruder\'s', record(operation, Item=item('one')), {'one': SENT})
    is_('a folder that a delegate opened showed a list of its mail', record('FolderBind', LogonType=2, Item=INBOX), {'one two': PERHAPS, 'three': 'unknown elsewhere'})
    def sync(path):
        return record('MailItemsAccessed', OperationProperties=[{'Name': 'MailAccessType', 'Value': 'Sync'}], Item={'Id': 'x', 'ParentFolder': {'Id': path, 'Path': path, 'Name': path[1:]}})
    is_('calendar and contacts were synchronised, where no mail lies', [sync('\\Calendar'), sync('\\Kontakte'), sync('\\Contacts\\Recipient Cache')])
    is_('and a folder that is not there any more', [sync('\\Calendar'), sync('\\Fairs')], {ADAS: UNTOLD})
    for whose in ('SMTP:ada@us.example', 'Ada Example <ada@us.example>'):
        is_(f'the mailbox of {whose}', {**sync('\\Archive'), 'MailboxOwnerUPN': whose}, {'three': 'presumed folder_sync', 'one two': 'unknown elsewhere'})
    one = {'MailboxGuid': '0a1b2c3d-1111-2222-3333-444455556666'}
    before = {**sync('\\Archive'), **one, 'MailboxOwnerUPN': 'ada.before@us.example', 'UserId': 'ada.before@us.example'}
    is_('a mailbox under the name that it had, which records know by one GUID', [before, bind('zero', **one, **GOOD)], {'three': 'presumed folder_sync', 'one two': 'unknown elsewhere'})
    is_('and by another', [before, bind('zero', MailboxGuid='0a1b2c3d-1111-2222-3333-444455557777', **GOOD)])
    is_('by another delegate', record('FolderBind', LogonType=2, Item=INBOX, **GOOD))


def addresses():
    for text in ('203.0.113.9', '203.0.113.9:5123', '[::ffff:203.0.113.9]:443', '203.0.113.9, 10.0.0.1'):
        is_(f'the address {text}', bind('one', ClientIPAddress=text, **GOOD), {'one': NAMED})
    for text in ('2603:10a6:10:1::1', '::1', ''):
        is_(f'the device\'s address beside "{text}"', bind('one', ClientIP=text, ClientIPAddress='203.0.113.9', **GOOD), {'one': NAMED})
    is_('ClientIP where the other says nothing', bind('one', ClientIPAddress='127.0.0.1', ClientIP='203.0.113.9', **GOOD), {'one': NAMED})


def command(operation, when='2025-06-11T10:00:00', user='ada@us.example', ok='True', ip='203.0.113.9:4711', **parameters):
    return record(operation, when, RecordType=1, MailboxOwnerUPN=None, ClientIPAddress=None, ClientIP=ip, ResultStatus=ok, SessionId=None, UserId=user,
                  Parameters=[{'Name': k, 'Value': v} for k, v in parameters.items()])


def by_admin(operation, ok='True', **parameters):
    """The next day, by our own administrator."""
    return command(operation, '2025-06-12T09:00:00', 'admin@us.example', ok, '198.51.100.3', **parameters)


def rules_and_settings():
    here, gone = {'four seven': 'presumed forwarded'}, {'seven': 'presumed forwarded'}
    rule = command('New-InboxRule', Name='r', ForwardTo='drop@evil.test')
    is_('a rule forwards what comes', rule, here)
    is_('one that could not be made does not', command('New-InboxRule', ok='False', Name='r', ForwardTo='drop@evil.test'))
    is_('one that somebody of another organisation made may be in any mailbox', command('New-InboxRule', user='mallory@evil.example', Name='r', ForwardTo='drop@evil.test'),
        {'four six seven': 'presumed forwarded'})
    is_('it was removed by its name', [rule, command('Remove-InboxRule', '2025-06-12T09:00:00', Name='r')], gone)
    is_('it was removed by an administrator, who names the mailbox with it', [rule, by_admin('Remove-InboxRule', Identity='ada\\r')], gone)
    is_('a rule of somebody else that has its name was removed', [rule, by_admin('Remove-InboxRule', Identity='bob\\r')], here)
    is_('it could not be removed', [rule, by_admin('Remove-InboxRule', 'False', Identity='ada\\r')], here)
    is_('a rule in another mailbox', command('Set-InboxRule', user='mallory@evil.example', Identity='bob\\17', ForwardTo='drop@evil.test'), {'six': 'presumed forwarded'})
    made = record('UpdateInboxRules', OperationProperties=[{'Name': 'RuleOperation', 'Value': 'AddMailboxRule'}, {'Name': 'RuleId', 'Value': '77'}, {'Name': 'RuleName', 'Value': 'r'},
        {'Name': 'RuleActions', 'Value': json.dumps([{'ActionType': 'Forward', 'Recipients': ['drop@evil.test']}])}])
    is_('a rule that Outlook made', made, here)
    is_('and removed, by its id', [made, record('UpdateInboxRules', '2025-06-12T09:00:00', OperationProperties=[
        {'Name': 'RuleOperation', 'Value': 'RemoveMailboxRule'}, {'Name': 'RuleId', 'Value': '77'}])], gone)
    ada = {'Identity': 'ada@us.example'}
    forward = command('Set-Mailbox', ForwardingSmtpAddress='smtp:drop@evil.test', **ada)
    is_('a setting of the mailbox forwards what comes', forward, here)
    is_('it may turn auditing off with that', command('Set-Mailbox', ForwardingSmtpAddress='smtp:drop@evil.test', AuditEnabled='False', **ada),
        {**here, ADAS: 'unknown audit_changed'})
    is_('it was emptied', [forward, by_admin('Set-Mailbox', ForwardingSmtpAddress='', **ada)], gone)
    is_('it was emptied with the other', [forward, by_admin('Set-Mailbox', ForwardingSmtpAddress=None, ForwardingAddress=None, **ada)], gone)
    is_('the other was emptied', [forward, by_admin('Set-Mailbox', ForwardingAddress='', **ada)], here)
    is_('another mailbox\'s was emptied', [forward, by_admin('Set-Mailbox', ForwardingSmtpAddress='', Identity='bob@us.example')], here)
    for what in ({'ModerationEnabled': 'True', 'ModeratedBy': 'evil@us.example'}, {'ModerationEnabled': 'True'}, {'ModeratedBy': 'evil@us.example'}):
        is_(f'a mailbox was moderated: {what}', [command('Set-Mailbox', **what, **ada), by_admin('Set-Mailbox', ForwardingSmtpAddress=None, ForwardingAddress=None, **ada)], here)
    is_('until it was not', [command('Set-Mailbox', ModeratedBy='evil@us.example', **ada), by_admin('Set-Mailbox', ModerationEnabled='False', **ada)], gone)
    joined = {'four six seven': 'unknown not_narrowed'}
    is_('somebody was put in a group, and mail to it does not always show that', command('Add-DistributionGroupMember', Identity='finance@us.example', Member='evil@evil.example'), joined)
    join, until_then = command('Add-DistributionGroupMember', Identity='finance@us.example', Member='evil@evil.example'), {key: 'unknown not_narrowed' for key in gone}
    def leaves(**who):
        return by_admin('Remove-DistributionGroupMember', **{'Identity': 'finance@us.example', 'Member': 'Evil@evil.example', **who})
    is_('until he was taken out of it', [join, leaves()], until_then)
    is_('not when another was', [join, leaves(Member='bob@us.example')], joined)
    is_('or out of another', [join, leaves(Identity='sales@us.example')], joined)
    is_('or by a name that may be anybody\'s', [join, leaves(Member='E. Vil')], joined)
    is_('in one that had the mail', command('Add-UnifiedGroupLinks', Identity='ada@us.example', LinkType='Members', Links='evil@evil.example'), {'four seven': 'presumed forwarded', 'six': 'unknown not_narrowed'})
    is_('it could not be emptied', [forward, by_admin('Set-Mailbox', 'False', ForwardingSmtpAddress='', **ada)], here)
    opened = {ADAS + ' four seven': 'presumed delegated'}
    for identity in ('ada@us.example', 'ada', 'host.test/Organizations/us.example/ada'):
        is_(f'permission on {identity}', command('Add-MailboxPermission', Identity=identity, User='m', AccessRights='FullAccess'), opened)
    is_('permission on a folder is one to that folder', command('Add-MailboxFolderPermission', Identity='ada:\\Inbox', User='m', AccessRights='Reviewer'),
        {'one two four seven': 'presumed delegated', 'three': 'unknown elsewhere'})
    for whom in ('Default', 'Anonymous'):
        is_(f'permission on a folder to {whom}, which is everybody', command('Set-MailboxFolderPermission', Identity='ada:\\Archive', User=whom, AccessRights='Reviewer'),
            {'three': 'presumed delegated', 'one two four seven': 'unknown elsewhere'})
    is_('permission on a calendar opens no mail', command('Add-MailboxFolderPermission', Identity='ada:\\Calendar', User='m', AccessRights='Reviewer'))
    is_('permission that was not given', command('Add-MailboxPermission', ok='False', User='m', AccessRights='FullAccess', **ada))
    is_('permission to send only', [command('Add-RecipientPermission', Trustee='m', AccessRights='SendAs', **ada), command('Set-Mailbox', GrantSendOnBehalfTo='m', **ada)])
    for name in ('RouteMessageOutboundConnector', 'ModerateMessageByUser', 'GenerateIncidentReport'):
        is_(f'a rule of transport with {name} hands mail on', command('New-TransportRule', Name='t', **{name: 'x'}), {'four six seven': 'presumed forwarded'})
    everybodys = {'four six seven': 'presumed forwarded'}
    is_('what a journal keeps is handed on', command('New-JournalRule', Name='j', JournalEmailAddress='drop@evil.test'), everybodys)
    journal = command('Set-TransportConfig', JournalingReportNdrTo='drop@evil.test')
    is_('so is what it cannot deliver', journal, everybodys)
    is_('until that was emptied', [journal, by_admin('Set-TransportConfig', JournalingReportNdrTo='')], {'seven': 'presumed forwarded'})
    is_('another setting of transport hands on nothing', command('Set-TransportConfig', MaxSendSize='10 MB'))
    connector = command('New-OutboundConnector', Name='c', ConnectorType='Partner', UseMXRecord='False', RecipientDomains='*', SmartHosts='mx.evil.test')
    is_('mail passes through a connector', connector, everybodys)
    is_('until it was removed', [connector, by_admin('Remove-OutboundConnector', Identity='c')], gone)
    is_('or disabled', [connector, by_admin('Set-OutboundConnector', Identity='c', Enabled='False')], gone)
    for change in ({'SmartHosts': 'mx.evil.test'}, {'Enabled': 'True'}, {'RecipientDomains': '*'}):
        is_(f'a connector was changed: {change}', command('Set-OutboundConnector', Identity='c', **change), everybodys)
    is_('one of our own server', command('New-SendConnector', Name='c', AddressSpaces='SMTP:*;1', SmartHosts='mx.evil.test'), everybodys)
    is_('one by MX sends where mail went before', command('New-OutboundConnector', Name='c', UseMXRecord='True', RecipientDomains='*'))
    is_('one that is for rules waits for one', command('New-OutboundConnector', Name='c', SmartHosts='mx.evil.test', IsTransportRuleScoped='True'))
    changed = {ADAS + ' seven': 'unknown audit_changed'}
    is_('auditing was bypassed for an account by the intruder, who is then unseen in every mailbox', command('Set-MailboxAuditBypassAssociation', AuditBypassEnabled='True', **ada),
        {ADAS + ' five seven': 'unknown audit_changed'})
    is_('and by an administrator', {**by_admin('Set-MailboxAuditBypassAssociation', AuditBypassEnabled='True', **ada), **GOOD}, changed)
    for what, ok in (('Set-Mailbox', {'AuditEnabled': 'True', **ada}), ('Set-OrganizationConfig', {'AuditDisabled': 'False'}), ('Set-AdminAuditLogConfig', {'UnifiedAuditLogIngestionEnabled': 'True'})):
        is_(f'auditing was turned on: {what}', {**by_admin(what, **ok), **GOOD})
    is_('with a list, which may be shorter', {**by_admin('Set-Mailbox', AuditEnabled='True', AuditOwner='Update', **ada), **GOOD}, changed)
    is_('the end of a bypass says that there was one', {**by_admin('Set-MailboxAuditBypassAssociation', AuditBypassEnabled='False', **ada), **GOOD}, changed)
    licence = {'RecordType': 8, 'Workload': 'AzureActiveDirectory', 'MailboxOwnerUPN': None, 'ObjectId': 'ada@us.example', 'ResultStatus': 'Success'}
    is_('a licence was taken by the intruder', record('Change user license.', **licence), changed)
    is_('and by an administrator, as every day', record('Change user license.', **{**licence, **GOOD, 'UserId': 'admin@us.example'}))
    is_('or by nobody knows whom, since directories often log no address', record('Change user license.', **{**licence, 'ClientIPAddress': None, 'SessionId': None, 'UserId': 'admin@us.example'}), changed)
    def member(whom, **who):
        return record('Add member to group.', RecordType=8, Workload='AzureActiveDirectory', ObjectId=whom, MailboxOwnerUPN=None,
                      ModifiedProperties=[{'Name': 'Group.DisplayName', 'NewValue': 'Finance', 'OldValue': ''}], **who)
    nobody = {'ClientIPAddress': None, 'SessionId': None, 'UserId': 'admin@us.example'}
    is_('the intruder put somebody in a group of the directory', member('bob@us.example'), joined)
    is_('so may whoever has no address', member('m_evil.example#EXT#@us.example', **nobody), {'four six seven': 'unknown may_be_actor'})
    is_('who puts our own people in groups every day', member('bob@us.example', **nobody))
    is_('before the intruder came it hid nothing', record('Change user license.', '2025-06-01T10:00:00', **{**licence, 'ClientIPAddress': None, 'SessionId': None, 'UserId': 'admin@us.example'}))
    is_('so has the log of Entra', {'a.jsonl': json.dumps({'id': 'L1', 'category': 'UserManagement', 'activityDisplayName': 'Change user license', 'result': 'success', 'loggedByService': 'Core Directory',
        'activityDateTime': '2025-06-11T10:00:00Z', 'initiatedBy': {'user': {'userPrincipalName': 'admin@us.example', 'ipAddress': ''}},
        'targetResources': [{'id': '0a1b2c3d-1111-2222-3333-444455556666', 'userPrincipalName': 'ada@us.example', 'modifiedProperties': []}]}) + '\n'}, changed)
    is_('auditing could not be bypassed', command('Set-MailboxAuditBypassAssociation', ok='False', AuditBypassEnabled='True', **ada))


def searches():
    def compliance(operation, **fields):
        return record(operation, RecordType=24, Workload='SecurityComplianceCenter', MailboxOwnerUPN=None, UserId='mallory@evil.example', ResultStatus=None, SessionId=None,
                      **{'ClientIPAddress': '203.0.113.9', 'ObjectId': 'search 1', **fields})
    ada, all_ = {'ExchangeLocations': 'ada@us.example'}, ADAS + ' five'
    for operation in ('SearchCreated', 'SearchPreviewed', 'PreviewItemListed'):
        is_(f'{operation}: what a search showed is not logged', compliance(operation, **ada), {ADAS: 'unknown searched'})
    for where in ('All', '', 'bob@us.example;All', 'ada@us.example;bob@us.example', ['ada@us.example', 'bob@us.example']):
        is_(f'a search over {where or "what it does not say"}', compliance('SearchStarted', ExchangeLocations=where), {all_: 'unknown searched'})
    for where in ('ada@us.example;carol@us.example', ['carol@us.example', 'ada@us.example'], 'ada@us.example, dave@us.example'):
        is_(f'a search over {where} is of those', [compliance('SearchStarted', ExchangeLocations=where)] + [
            bind('zero', UserId=who, MailboxOwnerUPN=who, **GOOD) for who in ('carol@us.example', 'dave@us.example')], {ADAS: 'unknown searched'})
    is_('a search over an address under which nobody is known may be over a group', compliance('SearchStarted', ExchangeLocations='carol@us.example'), {all_: 'unknown searched'})
    is_('so may an export, and the mailbox that it names was exported', compliance('SearchExported', ExchangeLocations='ada@us.example;staff@us.example'),
        {ADAS: 'presumed exported', 'five': 'unknown searched'})
    is_('a search over a mailbox that is not in evidence', [compliance('SearchStarted', ExchangeLocations='carol@us.example'),
        bind('zero', UserId='carol@us.example', MailboxOwnerUPN='carol@us.example', **GOOD)])
    is_('a search over an address that is not ours', compliance('SearchStarted', ExchangeLocations='carol@other.example'))
    for operation in ('SearchExported', 'SearchExportDownloaded'):
        is_(f'{operation}', compliance(operation, **ada), {ADAS: 'presumed exported'})
    for operation in ('PreviewItemRendered', 'PreviewItemDownloaded'):
        is_(f'{operation}: a message was read, which is not said', compliance(operation, **ada), {ADAS: UNTOLD})
    is_('a document of a review set was read', compliance('ViewDocument'), {all_: UNTOLD})
    is_('a review set was exported', compliance('ExportJob'), {all_: 'presumed exported'})
    is_('what was found was purged', compliance('SearchResultsPurged', **ada), {ADAS: PERHAPS})
    is_('Search-Mailbox with a copy', command('Search-Mailbox', TargetMailbox='m', SearchQuery='x', Identity='ada@us.example'), {ADAS: 'presumed exported'})
    is_('of a mailbox by its alias', command('Search-Mailbox', TargetMailbox='m', Identity='ada'), {ADAS: 'presumed exported'})
    is_('Search-Mailbox that only counts', command('Search-Mailbox', EstimateResultOnly='True', SearchQuery='x', Identity='ada@us.example'), {ADAS: 'unknown searched'})
    is_('what Copilot answers from it has searched for', record('CopilotInteraction', RecordType=261, Workload='Copilot', MailboxOwnerUPN=None,
        CopilotEventData={'AppHost': 'Outlook', 'AccessedResources': []}), {ADAS: 'unknown searched'})
    opened = {'UserId': 'mallory@evil.example', 'MailboxOwnerUPN': None, 'SessionId': None, 'RecordType': 28, 'Workload': 'ThreatIntelligence'}
    is_('a message that was opened in Defender', record('AdminMailAccess', ExtendedProperties=[{'Name': 'NetworkMessageId', 'Value': '7'}, {'Name': 'MailboxId', 'Value': 'ada@us.example'},
        {'Name': 'InternetMessageId', 'Value': '%3Cone%40them.example%3E'}], **opened), {'one': NAMED})
    is_('and of which the record does not say which', record('AdminMailAccess', ExtendedProperties=[{'Name': 'MailboxId', 'Value': 'ada@us.example'}], **opened), {ADAS: UNTOLD})
    is_('a mailbox was moved out', command('New-MoveRequest', Identity='ada@us.example', Outbound='True', RemoteHostName='x.evil.test'), {ADAS: 'presumed exported'})
    is_('and one within', command('New-MoveRequest', Identity='ada@us.example', TargetDatabase='d2'))
    is_('a batch was moved out, which does not say whose', command('New-MigrationBatch', Name='b', TargetEndpoint='x'), {all_: 'presumed exported'})
    is_('and one in', command('New-MigrationBatch', Name='b', SourceEndpoint='x'))
    is_('its own search', record('SearchQueryInitiatedExchange', MailboxOwnerUPN=None), {ADAS: 'unknown searched'})
    is_('a case that was only looked at', compliance('CaseViewed'))
    made = compliance('SearchCreated', **ada)
    is_('an export that names a search is of the mailboxes that it was made for', [made, compliance('SearchExported')], {ADAS: 'presumed exported'})
    is_('so is one by its command', [made, compliance('New-ComplianceSearchAction', Parameters='-SearchName "search 1" -Export', ObjectId=None)], {ADAS: 'presumed exported'})
    is_('and a purge', [made, compliance('New-ComplianceSearchAction', Parameters='-SearchName "search 1" -Purge -PurgeType "HardDelete"', ObjectId=None)],
        {ADAS: 'unknown searched'})
    is_('not one of another search', [made, compliance('SearchExported', ObjectId='search 2')], {all_: 'presumed exported'})
    is_('nor where the search was changed to be of all', [made, compliance('SearchUpdated', ExchangeLocations='All'), compliance('SearchExported')],
        {all_: 'presumed exported'})


def window():
    def sign_in(operation, **fields):
        return record(operation, '2025-06-20T10:00:00', RecordType=15, Workload='AzureActiveDirectory', MailboxOwnerUPN=None, ClientIPAddress='203.0.113.9', SessionId=None, **fields)
    is_('a late sign-in shows that the access lasted longer', sign_in('UserLoggedIn', ResultStatus='Success'), {ADAS + ' five seven': 'unknown not_declared'})
    is_('one that failed does not', [sign_in('UserLoginFailed', ResultStatus='Failed'), sign_in('UserLoginFailed', ResultStatus='Success', LogonError='InvalidUserNameOrPassword')])


def vouched():
    """What somebody vouches for, where it begins or ends in a day."""
    def holds(sentence, covered, *coverage):
        with open(f'{top}/actor.yaml', 'w') as f:
            f.write(ACTOR.split('coverage:')[0] + 'coverage:\n' + ''.join(f'  - {{mailbox: all, from: {c[0]}, to: {c[1]}, {"" if len(c) > 2 else "quiet_days: true, "}ground: "a test"}}\n' for c in coverage))
        said = judged(lines([bind('zero', **GOOD)]))
        ok((said['one'] == COVERED) == covered, sentence, [said['one']])
    holds('coverage to the end of the window is enough', True, ('2025-06-01', '2025-06-12T12:00:00Z'))
    holds('a second less is not', False, ('2025-06-01', '2025-06-12T11:59:58Z'))
    holds('nor is a day without its beginning', False, ('2025-06-10T00:00:01Z', '2025-06-12'))
    holds('two that meet within a day are enough', True, ('2025-06-01', '2025-06-11T07:00:00Z'), ('2025-06-11T07:00:00Z', '2025-06-12'))
    holds('in whatever order', True, ('2025-06-11T07:00:00Z', '2025-06-12'), ('2025-06-01', '2025-06-11T07:00:00Z'))
    holds('two that do not are not', False, ('2025-06-01', '2025-06-11T07:00:00Z'), ('2025-06-11T08:00:00Z', '2025-06-12'))
    holds('where quiet is vouched for a part of a day only, it is a gap', False, ('2025-06-01', '2025-06-11T07:00:00Z'), ('2025-06-11T07:00:00Z', '2025-06-12', 'no'))
    with open(f'{top}/actor.yaml', 'w') as f:
        f.write(ACTOR)


def graph():
    serial = itertools.count()

    def request(path, status=200, **fields):
        return {'TimeGenerated': '2025-06-11T10:00:00Z', 'RequestId': f'r{next(serial)}', 'RequestMethod': 'GET', 'ResponseStatusCode': status, 'AppId': 'evil-app',
                'IPAddress': '203.0.113.9', 'RequestUri': 'https://graph.microsoft.com/v1.0/' + path, 'Category': 'MicrosoftGraphActivityLogs', **fields}
    read = {ADAS: 'presumed application'}
    for path in ('users/ada@us.example/messages?$top=50', 'users/ada%40us.example/mailFolders/inbox/messages', 'users/ada@us.example/mailFolders/inbox/messages/delta',
                 'users/ada@us.example/mailFolders?$expand=messages'):
        is_(f'a request lists messages: {path}', request(path), read)
    is_('it was refused', request('users/ada@us.example/messages', 403))
    for path in ('users/ada@us.example/mailFolders', 'users/ada@us.example/mailFolders/inbox/messageRules', 'users/ada@us.example/chats/19:x/messages', 'chats/19:x/messages',
                 'teams/1/channels/2/messages', 'admin/serviceAnnouncement/messages', 'users/ada@us.example/calendar/events', 'users?$filter=x'):
        is_(f'a request for no mail: {path}', request(path, Scopes='ChannelMessage.Read.All Mail.Read'))
    all_ = ADAS + ' five'
    def post(path, status=200, **fields):
        return request(path, status, **{'RequestMethod': 'POST', **fields})
    is_('a batch alone does not say what it asked for', post('$batch'), {all_: PERHAPS})
    is_('one for files', post('$batch', Scopes='Files.Read.All User.Read'))
    is_('one of a user is for the own mailbox', post('$batch', Scopes='Mail.Read User.Read', UserPrincipalName='ada@us.example'), {ADAS: PERHAPS})
    is_('its requests say what it asked for', [post('$batch', OperationId='b1'), request('users/ada@us.example/mailFolders', OperationId='b1')])
    is_('those of another batch do not', [post('$batch', OperationId='b1'), request('users/ada@us.example/mailFolders', OperationId='b2')], {all_: PERHAPS})
    told = {all_ + ' seven': PERHAPS}
    is_('a subscription has mail sent to it, which is not said', post('subscriptions', 201), told)
    is_('so does one that was renewed', request('subscriptions/7', RequestMethod='PATCH'), told)
    is_('it was refused', post('subscriptions', 403))
    is_('a list of them', request('subscriptions'))
    is_('one to what is no mail', post('subscriptions', 201, Roles='Presence.Read.All'))
    is_('items were exported', request('admin/exchange/mailboxes/ada@us.example/exportItems'), {ADAS: 'presumed exported'})
    mbx, guid = 'admin/exchange/mailboxes/', '0a1b2c3d-1111-2222-3333-444455556666'
    for whose in ('MBX:e0643f21@a7809c93', 'MBX%3Ae0643f21%40a7809c93'):
        is_(f'of a mailbox by an id that no record knows, which may be any: {whose}', post(f'{mbx}{whose}/exportItems'), {all_: 'presumed exported'})
    is_('of one by the GUID that records know', [post(f"admin/exchange/mailboxes('MBX:{guid}@a7809c93')/exportItems"), bind('zero', MailboxGuid=guid, **GOOD)], {ADAS: 'presumed exported'})
    is_('items of a folder were listed', request(f'{mbx}MBX:e0643f21@a7809c93/folders/x/items/delta'), {all_: 'presumed application'})
    is_('names of folders are no mail', request(f'{mbx}MBX:e0643f21@a7809c93/folders'))
    cases = 'security/cases/ediscoveryCases/1/'
    for path in (cases + 'searches/2/exportResult', cases + 'searches/2/microsoft.graph.security.exportResult', cases + 'reviewSets/2/export'):
        is_(f'what a search found was exported: {path}', post(path), {all_: 'presumed exported'})
    is_('a search was made', post(cases + 'searches', 201), {all_: 'unknown searched'})
    is_('it was refused', post(cases + 'searches/2/exportResult', 403))
    is_('searches were listed', request(cases + 'searches'))
    is_('Copilot was asked', post('copilot/conversations/x/chat'), {all_: 'unknown searched'})
    is_('by somebody', post('copilot/conversations/x/chat', UserPrincipalName='ada@us.example'), {ADAS: 'unknown searched'})
    rules = 'users/ada@us.example/mailFolders/inbox/messageRules'
    for r in (post(rules, 201), request(rules + '/7', RequestMethod='PATCH')):
        is_('a rule whose parameters no log has', r, {ADAS + ' four seven': PERHAPS})
    is_('one that was refused', post(rules, 403))


def applications():
    """What the intruder let in acts by itself, from elsewhere."""
    consent = {'RecordType': 8, 'Workload': 'AzureActiveDirectory', 'MailboxOwnerUPN': None, 'ResultStatus': 'Success', 'ObjectId': '0a0a0a0a-1111-2222-3333-444455556666'}
    app = {'SessionId': 'x', 'AppId': '0a0a0a0a-1111-2222-3333-444455556666', 'UserId': 'app@us.example'}
    reads = bind('one', '2025-06-11T12:00:00', **app)
    is_('an application that nobody named', reads)
    given = {'Consent to application.': {}, 'Add service principal credentials.': {}, 'Add delegated permission grant.': {'ModifiedProperties': [{'Name': 'ServicePrincipal.AppId', 'NewValue': app['AppId']}]}}
    for operation, more in given.items():
        is_(f'an application that the intruder let in may be the intruder: {operation}', [record(operation, **{**consent, **more}), reads], {'one': 'unknown may_be_actor'})
    let_in = record('Consent to application.', **consent)
    is_('not before', [let_in, bind('one', '2025-06-11T09:00:00', **app)])
    is_('nor where somebody else let it in', [record('Consent to application.', **{**consent, **GOOD}), reads])
    is_('nor where that failed', [{**let_in, 'ResultStatus': 'Failure'}, reads])
    is_('nor is it what is known to be somebody else', [let_in, {**reads, **GOOD}])
    is_('a consent alone reads nothing: what the application reads is logged', let_in)
    for operation, more in {'MailboxLogin': {}, 'UserLoggedIn': {'RecordType': 15, 'Workload': 'AzureActiveDirectory', 'ExtendedProperties': [{'Name': 'RequestType', 'Value': 'OAuth2:Token'}]}}.items():
        is_(f'so does {operation}', record(operation, **{'MailboxOwnerUPN': None, **more}))
    for client in ('IMAP4', 'POP3', 'Authenticated SMTP'):
        is_(f'and a sign-in by {client}', {'a.jsonl': json.dumps({'id': 's1', 'createdDateTime': '2025-06-11T10:00:00Z', 'userPrincipalName': 'ada@us.example', 'appId': 'A',
            'appDisplayName': 'Office 365 Exchange Online', 'ipAddress': '203.0.113.9', 'clientAppUsed': client, 'status': {'errorCode': 0}}) + '\n'})


def google():
    def token(event, user='ada@us.example', **parameters):
        return {'kind': 'admin#reports#activity', 'id': {'time': '2025-06-11T10:00:00Z', 'uniqueQualifier': event + user, 'applicationName': 'token', 'customerId': 'C'},
                'actor': {'email': user, 'profileId': '7'}, 'ipAddress': '203.0.113.9', 'events': [{'type': 'auth', 'name': event, 'parameters': [
                    {'name': k, **({'multiValue': v} if isinstance(v, list) else {'value': v})} for k, v in {'client_id': 'evil-app', 'app_name': 'x', **parameters}.items()]}]}
    # No record of Google's is of every opening: its quiet days prove nothing.
    gap = 'unknown gap'
    quiet = {ADAS + ' five seven': gap}
    opened, mail = {**quiet, ADAS + ' four seven': 'presumed application'}, ['openid', 'https://mail.google.com/']
    is_('a token opens the mailbox of its user', {'a.jsonl': json.dumps(token('authorize', scope=mail)) + '\n'}, opened)
    is_('one that does not say what for', {'a.jsonl': json.dumps(token('authorize')) + '\n'}, opened)
    is_('one for files and the address', {'a.jsonl': json.dumps(token('authorize', scope=['https://www.googleapis.com/auth/drive', 'https://www.googleapis.com/auth/userinfo.email'])) + '\n'}, quiet)
    is_('a call to Gmail', {'a.jsonl': json.dumps(token('activity', api_name='gmail', method_name='gmail.users.messages.get', product_bucket='GMAIL')) + '\n'}, opened)
    is_('a call to a calendar', {'a.jsonl': json.dumps(token('activity', api_name='calendar', product_bucket='CALENDAR')) + '\n'}, quiet)
    is_('a token of nobody\'s name opens any', {'a.jsonl': json.dumps(token('authorize', user='', scope=mail)) + '\n'}, {**opened, 'five': 'presumed application', 'six': 'presumed application'})
    def takeout(event, **parameters):
        r = token(event)
        r['id']['applicationName'] = 'takeout'
        r['events'][0]['parameters'] = [{'name': k, 'value': v} for k, v in parameters.items()]
        return {'a.jsonl': json.dumps(r) + '\n'}
    is_('a takeout is of the mailbox that it names', takeout('COMPLETED_USER_TAKEOUT', USER_EMAIL='ada@us.example', PRODUCTS_REQUESTED='Drive, Gmail'), {**quiet, ADAS: 'presumed exported'})
    is_('or of the mailbox of who asked for it', takeout('STARTED_USER_TAKEOUT'), {**quiet, ADAS: 'presumed exported'})
    is_('one of files', takeout('COMPLETED_USER_TAKEOUT', USER_EMAIL='ada@us.example', PRODUCTS_REQUESTED='Drive, Photos'), quiet)
    is_('one that came to nothing', takeout('COMPLETED_USER_TAKEOUT', USER_EMAIL='ada@us.example', TAKEOUT_STATUS='CANCELED'), quiet)
    def administered(event, application='admin', **parameters):
        r = token(event, 'mallory@evil.example')
        r['id']['applicationName'] = application
        r['events'][0]['parameters'] = [{'name': k, 'value': v} for k, v in parameters.items()]
        return {'a.jsonl': json.dumps(r) + '\n'}
    is_('a setting of Gmail may have mail delivered to others', administered('CREATE_GMAIL_SETTING', SETTING_NAME='MESSAGE_SECURITY_RULE', USER_DEFINED_SETTING_NAME='also'),
        {**quiet, 'four six seven': 'presumed forwarded'})
    is_('and one against spam does not', administered('CHANGE_GMAIL_SETTING', SETTING_NAME='SPAM_CONTROL'), quiet)
    is_('an export of Vault is of the account that it names', administered('create_export', 'vault', target_user='ada@us.example'), {**quiet, ADAS: 'presumed exported'})
    is_('or of all', administered('create_export', 'vault', target_user='ada@us.example, x@us.example'), {**quiet, ADAS + ' five': 'presumed exported'})
    opening = token('view')
    opening['id']['applicationName'] = 'gmail'
    opening['events'] = [{'type': 'gmail', 'name': 'view', 'parameters': [
        {'name': 'event_info', 'messageValue': {'parameter': [{'name': 'mail_event_type', 'intValue': '7'}, {'name': 'success', 'boolValue': True}]}},
        {'name': 'message_info', 'messageValue': {'parameter': [{'name': 'rfc2822_message_id', 'value': '<one@them.example>'}]}}]}]
    is_('Gmail names what was opened, and cannot prove what was not, however quiet its days', {'a.jsonl': json.dumps(opening) + '\n'},
        {'one': NAMED, 'two three five seven': 'unknown gap'})
    is_('a token of a user who is not in evidence', {'a.jsonl': json.dumps(token('authorize', user='carol@us.example', scope=mail)) + '\n'}, quiet)
    def sign_in(user):
        r = token('login_success', user)
        r['id']['applicationName'] = 'login'
        r['ipAddress'] = '198.51.100.7'
        r['events'][0]['parameters'] = [{'name': 'login_type', 'value': 'google_password'}]
        return r
    is_('sign-ins of Google alone prove nothing, however quiet its days', {'a.jsonl': json.dumps(sign_in('bob@us.example')) + '\n'},
        quiet)
    is_('beside them a mailbox that has records that can is proved', {'a.jsonl': json.dumps(sign_in('bob@us.example')) + '\n' + lines([bind('zero', **GOOD)])['a.jsonl']},
        {'five': gap})


def damage():
    is_('a Message-ID with a damaged letter may be of any', {'a.jsonl': json.dumps(bind('one')).encode().replace(b'one@', b'on\xff@')},
        {ADAS: UNTOLD, 'on\ufffd': NAMED})
    gone, whole = {'two three five seven': 'unknown unreadable_records'}, json.dumps(bind('one'))
    for form, text in {'a list that does not end': '[' + whole + ',\n', 'a page that does not end': '{"value": [' + whole, 'rows that do not end': '{"tables": [{"columns": [{"name": "AuditData"}], "rows": [[' + json.dumps(whole) + '],'}.items():
        is_(f'{form} was cut, and what came behind is missing', {'a.json': text}, {'one': NAMED, **gone})
    for form, text in {'within its last record': whole + '\n' + json.dumps(bind('two'))[:-60], 'within its last row': 'Operations,AuditData\nx,"' + whole.replace('"', '""') + '"\nx,"' + json.dumps(bind('two'))[:-60].replace('"', '""')}.items():
        is_(f'one cut {form}', {'a.json': text}, {'one': NAMED, 'two three': UNTOLD, 'five seven': 'unknown unreadable_records'})
    is_('a record that was cut in a file that goes on', {'a.json': json.dumps(bind('two'))[:-60] + '\n' + whole + '\n'}, {'one': NAMED, 'two three': UNTOLD})
    is_('what a shell said before the records is a record that was not read, and the rest is read', {'a.jsonl': 'WARNING: deprecated.\n' + json.dumps(bind('one')) + '\n'},
        {'one': NAMED, 'two three five seven': 'unknown unreadable_records'})
    cut = gzip.compress(''.join(json.dumps(bind('one')) + '\n' for _ in range(50)).encode())[:120]
    is_('a compressed log of which next to nothing is left is no file that was passed over', {'a.jsonl.gz': cut, **lines([bind('two', **GOOD)])},
        {ADAS + ' five seven': 'unknown unreadable_records'})


def looks():
    judged({'maillog': 'Jun 11 10:00:00 mx imapd: LOGIN, user=ada@us.example, ip=[203.0.113.9], port=[4711], protocol=IMAP\n', **lines([bind('one')])})
    notes = [r['note'] for r in listed('log_sources')]
    ok(any('syslog' in n and 'list of accesses' in n for n in notes), 'a mail server\'s own log is said to be that, with what to do', notes)


def unread():
    """Files among the logs that nothing here reads: what they name is not proved."""
    other = lines([bind('zero', MailboxGuid='0a1b2c3d-1111-2222-3333-444455556666', **GOOD)])
    hindered, hers, all_ = 'unknown unread_file', ADAS + ' seven', ADAS + ' five seven'

    def is_named(sentence, text, names, name='export.json'):
        is_('a file that is no log known here ' + sentence, {name: text, **other}, {names: hindered} if names else {})
    is_named('and names nobody of ours', json.dumps({'who': 'eve@elsewhere.example', 'id': '77777777-1111-2222-3333-444455556666'}), '')
    is_named('names a mailbox', json.dumps([{'who': 'ada@us.example', 'did': 'opened'}]), hers)
    is_named('names it in other letters, in CSV', 'who;did\r\nADA@US.example;opened\r\n', hers, 'export.csv')
    for text in ('imapd[7]: LOGIN user=ada@us.example, method=PLAIN', 'she (ada@us.example) was there.', "user='ada@us.example':x", 'GET /users/ada%40us.example/messages',
                 '{"x":"\\u003cada\\u0040us.example\\u003e"}', r'{\"x\":\"it was\nada@us.example\"}', 'mailto:ada@us.example?x', 'to ada@us.example.', '\u201eada@us.example\u201c', '&lt;ada&#64;us.example&gt;'):
        is_named(f'names it within a line: {text}', text + '\n', hers, 'export.txt')
    for text in ('10.0.0.1 POST /EWS/Exchange.asmx - 443 US\\ada 203.0.113.9 200', '{"user":"US\\\\ada"}'):
        is_named(f'names it as Windows does: {text}', text + '\n', hers, 'u_ex.log')
    is_named('names a path of Windows', 'C:\\ada and D:\\Users\\ada and Users\\ada\\x\n', '', 'u_ex.log')
    is_named('names it in UTF-16', 'who\tdid\r\nada@us.example\topened\r\n'.encode('utf-16'), hers, 'export.txt')
    is_named('names it among bytes that are no text', b'\x01\x02\x00ada@us.example\x00\x03bob', hers, 'export.bin')
    is_named('names it at another domain of ours', 'ada@mail.us.example\n', hers, 'export.txt')
    is_named('names somebody of that name elsewhere', 'ada@elsewhere.example\n', '', 'export.txt')
    is_named('names a message', 'time,id\n1,<two@them.example>\n', 'two', 'export.csv')
    is_named('names a message in other letters, without brackets', json.dumps({'id': 'TWO@them.example'}), 'two')
    is_named('names a mailbox by a GUID that records know', json.dumps({'box': '0A1B2C3D-1111-2222-3333-444455556666'}), hers)
    is_named('names more than is kept', ''.join(f'u{i}@elsewhere.example\n' for i in range(100001)), all_, 'export.txt')
    for text in ('mx cyrus/imaps[99]: login: host.evil.test [203.0.113.9] ada plaintext', 'rip=203.0.113.9:4711, uid=1001', 'uid,ip\n1001,203.0.113.9', '{"from":"::ffff:203.0.113.9"}'):
        is_named(f'has the intruder at a mailbox by another name: {text!r}', text + '\n', all_, 'imapd.log')
    is_named('has somebody else', 'login: host.other.test [198.51.100.7] ada, version 1.203.0.113.9, at 10:00:00\n', '', 'imapd.log')
    is_named('has the intruder, and a mailbox by its address', 'login: [203.0.113.9] bob@us.example\n', 'five', 'imapd.log')
    is_named('has accounts by numbers that are nowhere else: Google Takeout', 'Gaia ID,Activity Timestamp,IP Address,Product Name\n7,2025-06-11 10:00:00 UTC,198.51.100.7,Gmail\n', all_, 'Activities.csv')
    is_named('is called by a mailbox', 'LOGIN from 203.0.113.9\n', hers, 'ada@us.example.txt')
    is_named('is called by one and empty', '', '', 'ada@us.example.txt')
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, 'w') as z:
        z.writestr('inner/export.json', json.dumps([{'who': 'ada@us.example'}]))
    by_name = io.BytesIO()
    with zipfile.ZipFile(by_name, 'w') as z:
        z.writestr('ada@us.example/imap.txt', 'LOGIN from 203.0.113.9\n')
    is_named('is in an archive, in a folder called by a mailbox', by_name.getvalue(), hers, 'logs.zip')
    is_named('is in an archive', packed.getvalue(), hers, 'logs.zip')
    ok({v['unread_file'].split('/', 1)[1].split('logs/')[1] for v in listed('verdicts') if v['reason'] == 'unread_file'} == {'logs.zip!/inner/export.json'}, 'the verdict names the file')
    said = run('scope', 'explain', 'one@them.example', '--case', f'{top}/case')
    ok('logs.zip!/inner/export.json' in said and 'accept_unreadable' in said, 'and so does its explanation, with what lifts it', [said])
    run('report', '--case', f'{top}/case', want=(0, 1))
    with open(f'{top}/case/out/report.html') as f:
        asked = f.read().split('id="questions"')[1]
    ok('file that was given as a log and that nobody has read' in asked and 'logs.zip!/inner/export.json' in asked, 'the report asks for it')
    with open(f'{top}/vouched.yaml', 'w') as f:
        f.write(ACTOR + 'accept_unreadable: true\n')
    run('scope', '--quiet', '--case', f'{top}/case', '--actor', f'{top}/vouched.yaml')
    ok({v['reason'] for v in listed('verdicts') if v['message_id'] and v['message_id'].startswith('one')} == {'covered'}, 'somebody has looked at it')
    coded = base64.b64encode(json.dumps({'who': 'ada@us.example'}).encode() * 2).decode()
    is_('names in base64, as a queue passes records on', {**lines([bind('zero', **GOOD)]), 'a.json': json.dumps({'Records': [{'Data': coded}]})}, {'one two three seven': hindered})
    packed_ = base64.b64encode(gzip.compress(b'x')).decode()
    is_('and what is packed in it may name all', {**lines([bind('zero', **GOOD)]), 'a.json': json.dumps({'awslogs': {'data': packed_ + packed_}})}, {'one two three five seven': hindered})
    two = {'b.txt': 'bob@us.example, one@them.example\n', 'c.txt': 'ada@us.example\n', 'd.zip': packed.getvalue(), **other}
    said = [(judged(two, ['--workers', str(n)]), [(v['message_id'], v['unread_file']) for v in listed('verdicts')]) for n in (1, 3)]
    ok(said[0] == said[1] and said[0][0]['one'] == said[0][0]['five'] == hindered, 'with one worker or three it is the same', said)
    is_('what a record names stays that', {'export.json': json.dumps([{'who': 'ada@us.example'}]), **lines([bind('one')])},
        {'one': NAMED, 'two three seven': hindered})


begin()
mailbox_records()
addresses()
rules_and_settings()
searches()
window()
vouched()
graph()
applications()
google()
damage()
looks()
unread()
done()
