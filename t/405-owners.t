#!/bin/sh
# attribute: whose is each secret, where several stand together?
. "$(dirname "$0")/lib.sh"
mkdir "$T/mail"
mail() {
	printf 'From: a@kestrelgate.example\nTo: b@kestrelgate.example\nSubject: list\nMessage-ID: <%s@x.example>\n\n' "$1" >"$T/mail/$1.eml"
	printf '%s\n' "$2" >>"$T/mail/$1.eml"
}

# The customer is the last field of each block.
mail below 'User: root
Password: Kx82mA0wZs
Customer: Bellweather Marine

User: root
Password: Kx82mA1wZs
PIN: 4821
Customer: Havre-Transit

User: root
Password: Kx82mA2wZs'
mail run-on 'Passwort: Kx82mA3wZs
Kunde: Nordwall
Passwort: Kx82mA4wZs
Kunde: Bellweather'
mail above 'Kunde: Nordwall
Passwort: Kx82mA5wZs
Kunde: Bellweather
Passwort: Kx82mA6wZs'
mail both 'Nordwall portal
Password: Kx82mA7wZs
Customer: Bellweather'

# A table: the cell above an empty one, and the heading of a column.
mail grouped "$(printf 'What we have:\n\nKunde\tDevice\tUser\tPasswort\nNordwall\tfw1\tadmin\tKx82mB0wZs\n\tsw1\tadmin\tKx82mB1wZs\nBellweather\tfw1\tadmin\tKx82mB2wZs\n\tsw1\tadmin\tKx82mB3wZs')"
mail headed "$(printf 'What we have:\n\n\tNordwall\tBellweather\tHavre-Transit\nUser\troot1\troot2\troot3\nPassword\tKx82mB4wZs\tKx82mB5wZs\tKx82mB6wZs')"
# An agency's account at its customers: the line's title says whose it is, not the account's domain.
mail agency-lines 'Nordwall Shopify: kim@bellweather.example / Kx82mV0wZs
- Havre-Transit Matomo: kim@bellweather.example / Kx82mV1wZs
Zugang Nordwall: Benutzer kim@bellweather.example, Passwort: Kx82mV2wZs
Nordwall (hosted by Havre-Transit): admin / password: Kx82mV3wZs'
mail agency-others 'Nordwall: admin / password: Kx82mV4wZs, Bellweather: admin / password: Kx82mV5wZs'
mail agency-rows "$(printf 'What we have:\n\nCustomer\tSystem\tUser\tPassword\nNordwall\tfw\tkim@bellweather.example\tKx82mV6wZs\nHavre-Transit\tsw\tkim@bellweather.example\tKx82mV7wZs')"
# The name of a file, for what lies in it.
attached() {
	printf 'From: a@kestrelgate.example\nTo: b@kestrelgate.example\nSubject: list\nMessage-ID: <%s@x.example>\nContent-Type: multipart/mixed; boundary=b\n\n' "$1"
	printf -- '--b\n\nsee there\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename="%s"\n\nuser: kg\npassword: %s\n--b--\n' "$2" "$3"
}
attached file access_Nordwall.txt Kx82mC0wZs >"$T/mail/file.eml"
attached files 'Nordwall and Bellweather.txt' Kx82mC1wZs >"$T/mail/files.eml"
# A sheet for each customer
python3 - "$T/mail/sheets.eml" <<'PY'
import email.message, io, sys, zipfile
main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
sheets = [("Nordwall", "Kx82mE0wZs"), ("Bellweather Marine", "Kx82mE1wZs"), ("Sheet3", "Kx82mE2wZs")]
file = io.BytesIO()
with zipfile.ZipFile(file, "w") as z:
    z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>')
    z.writestr("xl/workbook.xml", '<workbook xmlns="%s" xmlns:r="r"><sheets>%s</sheets></workbook>' % (main, "".join(
        '<sheet name="%s" sheetId="%d" r:id="rId%d"/>' % (name, i, i) for i, (name, _) in enumerate(sheets, 1))))
    z.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>' % "".join(
        '<Relationship Id="rId%d" Type="worksheet" Target="worksheets/sheet%d.xml"/>' % (i, i) for i in range(1, 4)))
    for i, (_, secret) in enumerate(sheets, 1):
        cell = lambda at, text: '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (at, text)
        z.writestr("xl/worksheets/sheet%d.xml" % i, '<worksheet xmlns="%s"><sheetData><row r="1">%s</row><row r="2">%s</row></sheetData></worksheet>' % (
            main, cell("A1", "User") + cell("B1", "Password"), cell("A2", "root") + cell("B2", secret)))
m = email.message.EmailMessage()
for name, value in (("From", "a@kestrelgate.example"), ("To", "b@kestrelgate.example"), ("Subject", "list"), ("Message-ID", "<sheets@x.example>")):
    m[name] = value
m.set_content("see there")
m.add_attachment(file.getvalue(), maintype="application", subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet", filename="list.xlsx")
open(sys.argv[1], "wb").write(m.as_bytes())
PY
# Mail that somebody passed on is of who wrote it; who passed it on was told already.
quoted='-----Original Message-----
From: Kim <kim@nordwall.example>
Sent: Monday, 3 March 2025 10:12
To: Bo <bo@bellweather.example>
Subject: access

user: kg
password: '
mail passed-on "${quoted}Kx82mC2wZs"
mail passed-by "${quoted}Kx82mC3wZs"; sed -i 's/^From: a@kestrelgate.example/From: bo@bellweather.example/' "$T/mail/passed-by.eml"
mail chain "-----Original Message-----
From: Kim <kim@nordwall.example>
To: a@kestrelgate.example

user: kg
password: Kx82mC4wZs

> From: Jo <jo@havretransit.example>
> To: Kim <kim@nordwall.example>
>
> user: kg
> password: Kx82mC5wZs"
# A program that writes to one person
mail robot 'Your account: kg
Temporary password: Kx82mC6wZs'
sed -i 's/^From: .*/From: no-reply@nordwall.example\nAuto-Submitted: auto-generated/' "$T/mail/robot.eml"
# Names behind what is theirs; and what begins a sentence of its own
mail behind 'Kx82mD0wZs is the password of Nordwall, Kx82mD1wZs that of Bellweather.'
mail sentence 'Their new password is Kx82mD2wZs. At Bellweather nothing has changed.'
# To several, from one
mail several 'user: kg
password: Kx82mD3wZs'
sed -i 's/^From: .*/From: kim@nordwall.example\nCc: jo@havretransit.example/' "$T/mail/several.eml"
# Hosts of a network of one's own
mail private 'server: db1.nordwall.local
user: kg
password: Kx82mC7wZs'
mail nobodys 'server: db1.internal
user: kg
password: Kx82mC8wZs'

# What is quoted is of another mail than what stands around it, and so is what stands on the other side of a quoted header.
mail reply 'Our login on your machine: ssh root@ng1.nordwall.example password Kx82mF0wZs
Nora
> Password: Kx82mF1wZs'
mail reply-below '> Password: Kx82mF2wZs
ng1.nordwall.example was down yesterday.'
mail reply-deep '> > Host: ng1.nordwall.example
> Password: Kx82mF3wZs'
mail wrote 'At noon Nordwall wrote:
> Password: Kx82mF4wZs'
mail marked "$(printf '<p>ng1.nordwall.example was down yesterday.</p><blockquote><p>Password: Kx82mF5wZs</p></blockquote>')"
sed -i 's/^Subject: list/&\nContent-Type: text\/html/' "$T/mail/marked.eml"
mail header 'Password: Kx82mF6wZs
Nora
From: Joe <joe@nordwall.example>
Subject: ng1.nordwall.example was down'
mail carried 'From: Kim <kim@bellweather.example>
Message-ID: <1234@mx.nordwall.example>
Password: Kx82mF7wZs'
sed -i 's/^To: .*/To: kim@bellweather.example/' "$T/mail"/reply*.eml "$T/mail/wrote.eml" "$T/mail/marked.eml" "$T/mail/header.eml" "$T/mail/carried.eml"
mail quoted 'Thanks.
> Host: ng1.nordwall.example
> User: kg
> Password: Kx82mF8wZs'
mail introduced 'The access to Nordwall:

> user: kg
> password: Kx82mF9wZs'
# Rows: a host is of its own.
mail rows "$(printf 'Customer\tURL\tUser\tPassword\nNordwall\tng1.nordwall.example\tkg\tKx82mG0wZs\nMarlowe\t-\tkg\tKx82mG1wZs')"
mail transposed "$(printf 'URL\tng1.nordwall.example\tx.bellweather.example\nPassword\tKx82mG2wZs\tKx82mG3wZs')"
mail lines 'Marlowe: user kg password Kx82mG4wZs
Nordwall ng1.nordwall.example: user kg password Kx82mG5wZs
Wexmoor: user kg password Kx82mG6wZs'
attached rows-of-file logins.csv 'x' | sed '/^user: kg/d; s/^password: x/Customer,URL,User,Password\nNordwall,ng1.nordwall.example,kg,Kx82mG7wZs\nMarlowe,,kg,Kx82mG8wZs/' >"$T/mail/rows-of-file.eml"
mail foot 'Password: Kx82mG9wZs
This e-mail was scanned by filter.nordwall.example'
sed -i 's/^To: .*/To: kim@bellweather.example/' "$T/mail/foot.eml"

# What we wrote to them, with nothing beside it
sent() { mail "$1" "$2"; sed -i 's/^To: .*/To: kim@bellweather.example/' "$T/mail/$1.eml"; }
sent our-bank 'Danke. Anbei unsere Bankverbindung.
IBAN: DE89370400440532013000'
sent some-bank 'IBAN: DE62370400440532013001'
sent your-bank 'As your account we have
IBAN: DE35370400440532013002'
sent their-bank 'Thank you, paid.
> IBAN: DE08370400440532013003'
sent again-bank 'We have noted the IBAN: DE78370400440532013004'
mail first-bank 'The IBAN: DE78370400440532013004'
sed -i 's/^From: .*/From: kim@bellweather.example/' "$T/mail/first-bank.eml"
sent new-password 'Your new password is Kx82mH0wZs'
sent our-password 'The password of our wifi is Kx82mH1wZs'

# A note in brackets is of the secret above it; a customer counts more than who else a block names.
mail noted 'Password: Kx82mJ0wZs
  (Nordwall)

Password: Kx82mJ1wZs
  (Bellweather)'
mail hosted 'Customer: Nordwall
Hosting: Bellweather
User: kg
Password: Kx82mJ2wZs'
mail contacts 'Nordwall
Contact: Kim, Bellweather
User: kg
Password: Kx82mM0wZs

Customer: Havre-Transit
Supplier: Bellweather
User: kg
Password: Kx82mM1wZs'
mail ends 'User: kg
Password: Kx82mN0wZs
System: VPN of Nordwall

User: kg
Password: Kx82mN1wZs
System: VPN of Bellweather'
mail ends-alone 'password: Kx82mN2wZs
Nordwall

password: Kx82mN3wZs
Bellweather'
mail system 'Nordwall
System: Bellweather
User: kg
Password: Kx82mM2wZs'
mail hosts "$(printf 'Customer\tHosted at\tUser\tPassword\nNordwall\tBellweather\tkg\tKx82mL0wZs\nMarlowe\tBellweather\tkg\tKx82mL1wZs')"
# Named together
mail together 'The access to Nordwall and Bellweather:

user: kg
password: Kx82mJ3wZs'
mail together-in-line 'The password of Nordwall, Bellweather and Havre-Transit is Kx82mJ4wZs'
mail together-and-alone 'VPN of Nordwall and Bellweather: password Kx82mM3wZs. Wifi of Havre-Transit: password Kx82mM4wZs'
mail together-signs 'Nordwall & Bellweather: password Kx82mN4wZs. Wifi of Havre-Transit SA. and Nordwall: password Kx82mN5wZs'
mail together-listed 'The passwords of Nordwall and Bellweather:

1. password: Kx82mJ5wZs
2. password: Kx82mJ6wZs'
mail together-in-row 'Passwords of Nordwall and Bellweather: Kx82mJ7wZs, password: Kx82mJ8wZs'
# Quoted in what is quoted; answered below it; passed on without a mark before each line
mail deeper 'On Monday Kim <kim@nordwall.example> wrote:
> our password is Kx82mK0wZs
>
> On Sunday Jo <jo@havretransit.example> wrote:
>> our password is Kx82mK1wZs'
mail answered 'On Monday Kim <kim@nordwall.example> wrote:
> Which one?

It is the password Kx82mK2wZs'
sent forwarded 'From: Kim <kim@nordwall.example>
Sent: Monday, 3 March 2025 10:12
To: Bo <b@kestrelgate.example>
Subject: access

Our password is Kx82mK3wZs'

CASE=$T/c; new_case "$CASE"; ingest "$T/mail"; scan; attribute
list findings --reveal >"$T/findings"; list exposures >"$T/exposures"; list messages >"$T/messages"
# The owners of a message's secrets, in their order.
whose() {
	python3 - "$T" "$1@x.example" <<'PY'
import json, sys
rows = lambda name: [json.loads(line) for line in open("%s/%s" % (sys.argv[1], name))]
digest = [m["message_sha256"] for m in rows("messages") if m["message_id"] == sys.argv[2]]
owners = {e["exposure"]: "+".join(sorted(o.split()[0] for o in e["owners"])) or "-" for e in rows("exposures")}
found = sorted((f["part"], f["at_byte"], owners[f["exposure"]]) for f in rows("findings") if f["message_sha256"] in digest)
print(*[f[2] for f in found])
PY
}
is "a customer below is its block's, not the next one's" "$(whose below)" 'Bellweather Havre-Transit Havre-Transit ourselves'
is "also where no blank line is between" "$(whose run-on)" 'Nordwall Bellweather'
is "one above is, where the blocks begin so" "$(whose above)" 'Nordwall Bellweather'
is "a field with a customer counts more than a title" "$(whose both)" 'Bellweather'
is "an empty cell is as the one above it" "$(whose grouped)" 'Nordwall Nordwall Bellweather Bellweather'
is "a column may be headed by a customer" "$(whose headed)" 'Nordwall Bellweather Havre-Transit'
is "the name of a file names whose is what lies in it" "$(whose file)" 'Nordwall'
is "if it names one alone" "$(whose files)" 'ourselves'
is "so does the name of a sheet" "$(whose sheets)" 'Nordwall Bellweather ourselves'
is "mail among others that we passed on is of who wrote it" "$(whose passed-on)" 'Nordwall'
is "if one of them did, of either" "$(whose passed-by)" 'Bellweather+Nordwall'
is "each mail of a chain is of its own writer" "$(whose chain)" 'Nordwall Havre-Transit'
is "what a program sent is of its organisation" "$(whose robot)" 'Nordwall'
is "a name may stand behind what is theirs" "$(whose behind)" 'Nordwall Bellweather'
is "not in another sentence" "$(whose sentence)" 'ourselves'
is "of several that mail was exchanged with, it is of who sent it" "$(whose several)" 'Nordwall'
is "a network of one's own is of whose name it has, or says nothing" "$(whose private) $(whose nobodys)" 'Nordwall ourselves'
is "what stands outside of a quotation is beside nothing in it" "$(whose reply) $(whose reply-below) $(whose reply-deep) $(whose wrote) $(whose marked)" \
	'Nordwall Bellweather Bellweather Bellweather Bellweather Bellweather'
is "nor what stands in the header of another mail, or on its other side" "$(whose header) $(whose carried)" 'Bellweather Bellweather'
is "what is quoted with it is" "$(whose quoted) $(whose introduced)" 'Nordwall Nordwall'
is "a host of another row or record is not beside it" "$(whose rows) $(whose transposed) $(whose lines) $(whose rows-of-file)" \
	'Nordwall ourselves Nordwall Bellweather ourselves Nordwall ourselves Nordwall ourselves'
is "nor is that of a filter" "$(whose foot)" 'Bellweather'
is "an account that we call ours is; another that we sent may be ours or theirs" "$(whose our-bank) $(whose some-bank) $(whose your-bank)" \
	'ourselves Bellweather+ourselves Bellweather+ourselves'
is "not one that is quoted, or came from them" "$(whose their-bank) $(whose again-bank) $(whose first-bank)" '- - -'
is "a password that we sent is theirs, or, where it is called ours, of both" "$(whose new-password) $(whose our-password)" 'Bellweather Bellweather+ourselves'
is "a note in brackets says whose the secret above it is, not the one below" "$(whose noted)" 'Nordwall Bellweather'
is "a customer counts more than a host's name in another field of the block" "$(whose hosted)" 'Nordwall'
is "and so does a title, than who hosts or answers for it" "$(whose contacts) $(whose system)" 'Nordwall Havre-Transit Bellweather'
is "what a block ends with is no title of the next" "$(whose ends) $(whose ends-alone)" 'ourselves ourselves ourselves ourselves'
is "so does one in a row, also one whom the directory does not have" "$(whose hosts)" 'Nordwall ourselves'
is "one secret of several who are named together is of all" "$(whose together) $(whose together-in-line) $(whose together-and-alone) $(whose together-signs)" \
	'Bellweather+Nordwall Bellweather+Havre-Transit+Nordwall Bellweather+Nordwall Havre-Transit Bellweather+Nordwall Havre-Transit+Nordwall'
is "of several secrets nobody knows which is whose" "$(whose together-listed) $(whose together-in-row)" 'ourselves ourselves ourselves ourselves'
is "what is quoted within a quotation is of who wrote that" "$(whose deeper)" 'Nordwall Havre-Transit'
is "an answer below a quotation is not" "$(whose answered)" 'ourselves'
is "nor is it ours what somebody whose mail we passed on calls his" "$(whose forwarded)" 'Bellweather+Nordwall'
is "the name before the colon of a line counts more than the domain of an account in it" "$(whose agency-lines)" 'Nordwall Havre-Transit Nordwall Nordwall'
is "not than a name nearer to the secret" "$(whose agency-others)" 'Nordwall Bellweather'
is "the customer of a row counts more than the domain of an account in it" "$(whose agency-rows)" 'Nordwall Havre-Transit'
like "none is an organisation" "$(list orgs | grep -c '"org":"[^"]*[.]internal"')" '^0$'
done_testing
