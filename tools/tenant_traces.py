"""What make-tenant --trace leaves in the logs of a tenant that nobody broke into otherwise: the traces by which `scope --suggest`
is to know an intruder, each with the suggestion that it deserves, and with the innocent thing that looks most like it."""
import uuid

HOUR, DAY = 3600, 86400
BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/125.0'


class Traces:
    def __init__(self, tenant):
        self.t, self.rng, self.truth = tenant, tenant.rng, []
        self.late = tenant.start + tenant.days * DAY * 2 // 3
        self.many = [f'colleague{i}@{tenant.domain}' for i in range(12)]  # accounts; not all have a mailbox in evidence

    def _guid(self):
        return str(uuid.UUID(int=self.rng.getrandbits(128)))

    def _expect(self, what, value):
        self.truth.append({'what': what, 'value': value})

    def _address(self, net):
        return f'{net}.{self.rng.randrange(2, 250)}'

    def _sign_in(self, when, user, ip, failed, client=BROWSER):
        self.t._record(self.t.boxes[0], when, 'UserLoginFailed' if failed else 'UserLoggedIn', 15, {'UserId': user, 'UserType': 0}, {
            'Workload': 'AzureActiveDirectory', 'ClientIP': ip, 'ApplicationId': '00000002-0000-0ff1-ce00-000000000000',
            'ResultStatus': 'Failed' if failed else 'Success', 'ErrorNumber': '50126' if failed else '0', 'MailboxOwnerUPN': '',
            'ExtendedProperties': [{'Name': 'UserAgent', 'Value': client}]})

    def _read(self, box, when, app, ip, client):
        there = self.t._there(box, when)
        if not there:
            return
        c = self.rng.choice(there)
        self.t._record(box, when, 'MailItemsAccessed', 50, {'UserId': box.address, 'LogonType': 0, 'UserType': 0, 'AppId': app, 'ClientAppId': app,
            'ClientIPAddress': ip, 'ClientInfoString': client}, {'OperationCount': 1, 'Folders': [
                {'FolderItems': [{'InternetMessageId': f'<{c.message.id}>' if c.message.id else ''}], **self.t._folder(box, c.folder_at(when))}],
            'OperationProperties': [{'Name': 'MailAccessType', 'Value': 'Bind'}, {'Name': 'IsThrottled', 'Value': 'False'}]})

    def _admin(self, when, operation, ip, members):
        self.t._record(self.t.boxes[0], when, operation, 8, {'UserId': f'admin@{self.t.domain}', 'UserType': 2}, {
            'Workload': 'AzureActiveDirectory', 'ClientIP': ip, 'MailboxOwnerUPN': '', **members})

    # ---- what every tenant has, and nobody need look at
    def innocent(self):
        t, rng = self.t, self.rng
        app, client = self._guid(), 'Client=REST;Backup'
        for day in range(t.days):  # an application that has always read the mail
            for box in t.boxes:
                self._read(box, t.start + day * DAY + rng.randrange(HOUR), app, '192.0.2.77', client)
        for i, user in enumerate(self.many):  # people mistype, and get in
            for day in range(0, t.days, 2):
                ip = f'192.0.2.{100 + i}'
                if rng.random() < 0.2:
                    self._sign_in(t.start + day * DAY + 7 * HOUR + i, user, ip, True)
                self._sign_in(t.start + day * DAY + 7 * HOUR + 60 + i, user, ip, False)
        for i in range(3):  # one who forgot his password, at home and under way
            self._sign_in(self.late + i * HOUR, self.many[0], self._address(f'198.18.{i}'), True)
        self._admin(self.late, 'Consent to application.', '192.0.2.5', {'ObjectId': self._guid(), 'Target': [{'ID': 'x', 'Type': 4}], 'ModifiedProperties': [
            {'Name': 'ConsentAction.Permissions', 'OldValue': '', 'NewValue': '[] => [[Id: x, Scope: User.Read]]; '}]})
        box = t.boxes[-1]
        self._rule(box, self.late, '192.0.2.10', f'smtp:assistant@{t.domain}')

    def _rule(self, box, when, ip, to):
        self.t._record(box, when, 'New-InboxRule', 1, {'UserId': box.address, 'UserType': 0, 'ClientIP': ip}, {'ObjectId': f'{box.address}\\x', 'Parameters': [
            {'Name': 'Name', 'Value': 'x'}, {'Name': 'ForwardTo', 'Value': to}, {'Name': 'Mailbox', 'Value': box.address}]})

    # ---- traces
    def role(self):
        """An application gains the right to all mail, and reads it with a client that was always there."""
        app, t = self._guid(), self.t
        self._admin(self.late, 'Add app role assignment to service principal.', '192.0.2.5', {'ObjectId': app, 'Target': [{'ID': app, 'Type': 2}],
            'ModifiedProperties': [{'Name': 'AppRole.Value', 'NewValue': 'full_access_as_app', 'OldValue': ''}, {'Name': 'ServicePrincipal.AppId', 'NewValue': app, 'OldValue': ''}]})
        for i, box in enumerate(t.boxes):
            self._read(box, self.late + DAY + i, app, '2603:10a6::7', 'Client=REST;Backup')
        self._expect('app_id', app)

    def pair(self):
        """An application that nobody gave anything in these logs reads one mailbox, which it had not read before."""
        app = self._guid()
        for i in range(3):
            self._read(self.t.boxes[0], self.late + DAY + i * HOUR, app, '2603:10a6::9', 'Client=REST;Backup')
        self._expect('app_id', app)

    def client(self):
        """A client string comes late, with an application that was always there."""
        name = f'Client=IMAP4;{self._guid()[:8]}'
        for i in range(3):
            self._read(self.t.boxes[0], self.late + DAY + i * HOUR, '00000002-0000-0ff1-ce00-000000000000', '192.0.2.10', name)
        self._expect('user_agent', name)

    def spray(self):
        """One address, many accounts."""
        ip = self._address('203.0.113')
        for i, user in enumerate(self.many[:8]):
            self._sign_in(self.late + i * 90, user, ip, True)
        self._expect('ip', ip)

    def slow_spray(self):
        """Few tries from each of many addresses of one network, over days."""
        for i in range(24):
            self._sign_in(self.late + i * 5 * HOUR, self.many[i % 12], f'198.51.100.{20 + i}', True, f'{BROWSER} {i}')
        self._expect('ip', '198.51.100.0/24')

    def wide_spray(self):
        """Few tries from networks everywhere, and one client that gives them away."""
        client = f'python-requests/2.{self.rng.randrange(10, 40)}'
        for i in range(18):
            self._sign_in(self.late + i * 3 * HOUR, self.many[i % 12], self._address(f'100.64.{i}'), True, client)
        self._expect('user_agent', client)

    def rule(self):
        """A rule that forwards outside."""
        ip = self._address('203.0.113')
        self._rule(self.t.boxes[0], self.late + HOUR, ip, 'smtp:drop@mailrelay.test')
        self._expect('ip', ip)


NAMES = ('role', 'pair', 'client', 'spray', 'slow_spray', 'wide_spray', 'rule')
