"""make-returned.py KIND MARK ADDRESS: a mail that comes back, as KIND. MARK is what the notice's return path had
("tn-....-.....mac"), ADDRESS whom it was sent to."""
import base64, sys

kind, mark, address = sys.argv[1:]
number = mark[:12].upper()
ours = 'kestrelgate.example'
returned = f'Return-Path: <bounces+{mark}@{ours}>\nMessage-ID: <{number}@{ours}>\nTo: {address}\n'


def report(action, status, why, envelope=mark, encoding='7bit', header=returned):
    fields = f'Reporting-MTA: dns; mx.{ours}\nOriginal-Envelope-Id: {envelope}\n\nFinal-Recipient: rfc822; {address}\n' \
             f'Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {why}\n'
    if encoding == 'base64':
        fields = base64.encodebytes(fields.encode()).decode()
    return f'''From: MAILER-DAEMON@mx.{ours}
To: bounces+{envelope}@{ours}
Subject: Delivery report
Date: Wed, 1 Oct 2025 10:00:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system.

--b
Content-Type: message/delivery-status
Content-Transfer-Encoding: {encoding}

{fields}
--b
Content-Type: text/rfc822-headers

{header}
--b--
'''


def reply(text, more='', verified=True):
    domain = address.split('@')[1]
    vouched = f'Authentication-Results: mx.{ours}; dmarc=pass header.from={domain}\n' if verified else ''
    return f'''{vouched}From: Security <{address}>
To: notices@{ours}
Subject: Re: notice
Date: Thu, 2 Oct 2025 10:00:00 +0000
In-Reply-To: <{number}@{ours}>
{more}
{text}
'''


forged = mark[:13] + ('7' if mark[13] != '7' else '8') + mark[14:]
mails = {
    'failed': lambda: report('failed', '5.1.1', '550 5.1.1 no such user'),
    'base64': lambda: report('failed', '5.2.1', '550 5.2.1 mailbox disabled', encoding='base64'),
    'delayed': lambda: report('delayed', '4.4.1', 'connect timed out'),
    'delivered': lambda: report('delivered', '2.0.0', '250 2.0.0 saved'),
    'forged': lambda: report('failed', '5.1.1', '550 5.1.1 forged', envelope=forged, header=returned.replace(mark, forged)),
    'unmarked': lambda: report('failed', '5.1.1', '550 5.1.1 unmarked', envelope='x', header=f'Message-ID: <{number}@{ours}>\n'),
    'qmail': lambda: f'From: MAILER-DAEMON@mail.example\nTo: bounces@{ours}\nSubject: failure notice\n\n'
                     f"Hi. This is the qmail-send program at mail.example.\n\n<{address}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
                     f'--- Below this line is a copy of the message.\n\n{returned}',
    'absent': lambda: reply('I am out of the office.', 'Auto-Submitted: auto-replied\n'),
    'ticket': lambda: reply('We opened a ticket.', 'Auto-Submitted: auto-replied\n'),
    'answer': lambda: reply('We have reset the passwords.\n\nWho can we call?'),
    'stranger': lambda: reply('All is fine, no need to write again.', verified=False),
    'receipt': lambda: reply('--b\n\nSeen.\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; '
                             f'{address}\nOriginal-Message-ID: <{number}@{ours}>\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--',
                             'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n'),
    'fresh': lambda: f'From: Boss <boss@{address.split("@")[1]}>\nSubject: your letter\n\nWhat is this?\n',
    'own': lambda: f'From: Aisling <incident@{ours}>\nTo: {address}\nSubject: notice\nMessage-ID: <{number}@{ours}>\n\nThis is notice {number}.\n',
    'spam': lambda: 'From: a@spam.example\nSubject: Buy\n\nNow.\n',
}
sys.stdout.write(mails[kind]())
