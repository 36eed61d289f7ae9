#!/bin/sh
# attribute: whose is it?
. "$(dirname "$0")/lib.sh"
CASE=$T/c
new_case "$CASE"
ingest "$SAMPLES/mailboxes"; scan
ok "the sample is attributed" attribute
orgs=$(list orgs); links=$(list links)
digest_of() { list messages | grep -F "\"message_id\":\"$1\"" | field message_sha256; }
links_of() { printf '%s\n' "$links" | grep -F "\"message_sha256\":\"$(digest_of "$1")\""; }

for name in 'Quaylight Terminals plc' 'Havre-Transit SA' 'Nordwall Spedition GmbH' 'Puertos de Levante S.A.' 'Ridgeway Freight Inc.' \
    'Port of Saltholm Authority' 'Ardmore Cold Stores' 'Steelyard Hosting' 'Bramble & Oates' 'Coastal Customs Agency' \
    'Bellweather Marine'; do
	like "$name is concerned" "$orgs" "\"name\":\"$name\",\"origin\":\"directory\""
done
unlike "an organisation that nothing names is not" "$orgs" 'Velour Cruises|Tidepool'
like "a correspondent that the directory does not know goes by its domain" "$orgs" '"org":"fennimore.example"[^}]*"origin":"derived"'
like "so does the sender of a forwarded mail" "$orgs" '"org":"kioskery.example"'
like "we ourselves are known as such" "$orgs" '"origin":"ourselves"'
unlike "free-mail providers are nobody's organisation" "$orgs" '"org":"(gmail.com|gmx.de|orange.fr|hotmail.com)"'
like "private people are listed apart" "$(list persons)" '"address":"orla.finch.invented@gmail.com"'

l=$(links_of 71027E435035@quaylight.example)
like "the sender's organisation is linked" "$l" '"org":"Quaylight Terminals plc"[^}]*"role":"sender"'
like "with its ground" "$l" '"role":"sender","ground":"[^"]*priya.raman@quaylight.example'
like "certain where our own server verified it" "$l" '"role":"sender"[^}]*"certainty":"high"'
l=$(links_of forged.55a1@mailrelay.test)
unlike "but not where it failed" "$l" '"org":"Quaylight Terminals plc"[^}]*"role":"sender"[^}]*"certainty":"high"'
l=$(links_of 202504090830.5a26a27@kestrelgate.example)
like "the recipient's organisation is linked" "$l" '"org":"Ardmore Cold Stores"[^}]*"role":"recipient"'
l=$(links_of 202506040855."$(list messages | grep 'Ardmore: alarm contact' | field message_id | sed 's/.*\.\([0-9a-f]*\)@.*/\1/')"@kestrelgate.example)
like "who is named in a body is linked" "$l" '"org":"Bellweather Marine"[^}]*"role":"mentioned"'

news=$(list messages | grep 'Port Week: cranes' | field message_sha256)
like "a newsletter makes nobody a party" "$(printf '%s\n' "$links" | grep "$news" | grep portweek)" '"counts":false'
like "and the reason is kept" "$(printf '%s\n' "$links" | grep "$news" | grep portweek)" '"why_not":"[^"]+'
like "nor does junk" "$(links_of 8f0cdd21a9@bulkpost.test)" '"counts":false'

every=$(list messages | wc -l)
is "every message has a disposition" \
    "$("$TOCSIN" report --check --json --case "$CASE" | python3 -c 'import json,sys
print([c["name"] for c in json.load(sys.stdin)["checks"] if c["state"] == "broken"])')" '[]'
like "there were messages" "$every" '[1-9]'

owners=$(list exposures)
like "a secret beside its host belongs to the host's organisation" \
    "$(list exposures | grep 'drop.ridgewayfreight.example')" '"owners":\["Ridgeway Freight Inc."\]'

rows "$CASE" >"$T/before"; attribute; rows "$CASE" >"$T/after"
same "a second run changes no row" "$T/before" "$T/after"

# A table whose headings are other words: what is understood of it, and what not, is said.
cp -r "$CASE" "$T/headings"
printf 'Organisationsname;Umsatz;Mail-Domains;Ansprechpartner-Mailadresse;Betreuer\nQuaylight Terminals plc;3;quaylight.example;security@quaylight.example;Jo\n' >"$T/headings.csv"
run "$TOCSIN" attribute --directory "$T/headings.csv" --rules "$SRC/rules" --case "$T/headings" --quiet
like "columns that are not understood are named" "$out" '^  columns not understood \.+ 2: Umsatz, Betreuer$'
unlike "compound words are" "$out" 'no column has'
is "with name and contact" "$("$TOCSIN" list orgs --jsonl --case "$T/headings" | jq -r 'select(.domains == ["quaylight.example"]) | .name + " " + .contacts[0].address')" \
	'Quaylight Terminals plc security@quaylight.example'
printf 'Was;Mail-Domains\nQuaylight;quaylight.example\n' >"$T/headings.csv"
run "$TOCSIN" attribute --directory "$T/headings.csv" --rules "$SRC/rules" --case "$T/headings" --quiet
like "so is that there are no names and no contacts" "$out" '^  no column has \.+ names, contacts: nobody can be written to by it'
like "to a program, too" "$("$TOCSIN" attribute --directory "$T/headings.csv" --rules "$SRC/rules" --case "$T/headings" --quiet --json)" \
	'"columns_not_understood":"Was","no_column_has":\["names","contacts"\]'

# Excel's CSV: BOM and semicolons; UTF-16.
python3 - "$SAMPLES/organisations.csv" "$T" <<'PY'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))
for name, delimiter, encoding in (("semicolon", ";", "utf-8-sig"), ("utf16", "\t", "utf-16")):
    with open("%s/%s.csv" % (sys.argv[2], name), "w", encoding=encoding, newline="") as f:
        csv.writer(f, delimiter=delimiter).writerows(rows)
PY
for f in semicolon utf16; do
	CASE=$T/$f; new_case "$CASE"; ingest "$SAMPLES/mailboxes"; scan
	stage attribute --directory "$T/$f.csv"
	"$TOCSIN" list links --jsonl --case "$CASE" >"$T/$f.links"
	"$TOCSIN" list links --jsonl --case "$T/c" >"$T/links"
	same "the directory as Excel writes it ($f) gives the same links" "$T/links" "$T/$f.links"
done

# Two organisations, one domain.
(cat "$SAMPLES/organisations.csv"; echo 'Somebody Else,quaylight.example,,GB,en,,,') >"$T/two.csv"
CASE=$T/two; new_case "$CASE"; ingest "$SAMPLES/later"; scan
exits "a directory that contradicts itself must be settled" 1 "$TOCSIN" attribute --directory "$T/two.csv" --case "$CASE"
like "and says how many there are, and where to see them" "$out" '^  conflicts to settle [.]+ 1 .*tocsin list conflicts'
is "nobody of the directory gets that mail until then" "$(list links | grep -Ec '"org":"(Quaylight Terminals plc|Somebody Else)".*quaylight.example')" 0
like "but it is not lost" "$(list orgs)" '"org":"quaylight.example"[^}]*"origin":"derived"'
like "a domain of two organisations is listed as a conflict" "$(list conflicts)" '"domain":"quaylight.example"'

exits "one that is settled" 0 "$TOCSIN" attribute --directory "$SAMPLES/organisations.csv" --case "$CASE"
is "has none" "$(count conflicts)" 0

# An organisation is known by its registrable domain, under suffixes of one label or more; whoever has a name below a host of many.
mkdir "$T/suffix"
n=0
for from in a@tern.co.uk b@mail.tern.co.uk c@gull.co.uk d@fulmar.github.io e@x.skua.github.io f@petrel.com.br g@www.auk.kawasaki.jp \
    h@dept.puffin.ac.uk i@lab.puffin.ac.uk j@mail.lab.puffin.ac.uk k@police.uk l@host.nonsense m@localhost; do
	n=$((n + 1))
	printf 'From: %s\nTo: we@kestrelgate.example\nMessage-ID: <%s@suffix.example>\n\nhello\n' "$from" "$n" >"$T/suffix/$n.eml"
done
printf 'name,domains\nThe Lab,lab.puffin.ac.uk\n' >"$T/suffix.csv"
CASE=$T/psl; new_case "$CASE"; ingest "$T/suffix"; scan
exits "mail from all kinds of domains" 0 "$TOCSIN" attribute --directory "$T/suffix.csv" --case "$CASE"
is "belongs to whoever has the domain" "$(list links | grep '"role":"sender"' | field ground org | sed 's/From: \([a-z]\)@[^	]*	/\1 /' | sort | tr '\n' ',')" \
    'a tern.co.uk,b tern.co.uk,c gull.co.uk,d fulmar.github.io,e skua.github.io,f petrel.com.br,g www.auk.kawasaki.jp,h puffin.ac.uk,i The Lab,j The Lab,k police.uk,'

# Free mail is nobody's, but an address there can be somebody's.
printf 'name,domains\nThe Lab,gmx.de; lab@gmail.com\n' >"$T/free.csv"
for n in lab@gmail.com other@gmail.com x@gmx.de; do
	printf 'From: %s\nTo: we@kestrelgate.example\nMessage-ID: <%s>\n\nhello %s\n' "$n" "$n" "$n" >"$T/suffix/$n.eml"
done
CASE=$T/free; new_case "$CASE"; ingest "$T/suffix"; scan
exits "a domain of free mail in the directory is passed over" 1 "$TOCSIN" attribute --directory "$T/free.csv" --case "$CASE"
like "and is said, with its line" "$out" 'free.csv:2: "gmx.de" is a domain of free mail'
is "an address in its place is that organisation's alone" "$(list links | grep '"org":"The Lab"' | field ground)" 'From: lab@gmail.com'
is "the others are private persons" "$(list persons | field address | sort | tr '\n' ' ')" 'other@gmail.com x@gmx.de '
rm "$T"/suffix/*@*.eml; CASE=$T/psl

# Who is a private person is a list that can be another one.
cp -r "$SRC/rules" "$T/rules"; printf '# ours\ntern.co.uk\n' >"$T/rules/freemail.txt"
exits "another list of free mail makes all links anew" 0 "$TOCSIN" attribute --directory "$T/suffix.csv" --rules "$T/rules" --case "$CASE"
is "and its users are private persons" "$(list persons | field address | sort | tr '\n' ' ')" 'a@tern.co.uk b@mail.tern.co.uk '
unlike "no longer an organisation" "$(list links)" 'tern.co.uk"'

# Whose a secret is: a name in the heading above it. Who sent: not who the envelope's sender was made for.
mkdir "$T/mail"
printf 'From: a@kestrelgate.example\nTo: b@kestrelgate.example\nSubject: access\nMessage-ID: <h1@x.example>\n\n%s\n' \
    'Portal of Bellweather Marine:
user: kg
password: Kx82mQ0wZs' >"$T/mail/1.eml"
printf 'From: bounces+77-a=kestrelgate.example@em.coastalcustoms.example\nTo: a@kestrelgate.example\nMessage-ID: <h2@x.example>\n\nhello\n' \
    >"$T/mail/2.eml"
# The paragraphs of HTML are lines without a blank one between them: what stands above is not all beside it.
html() {
	printf 'From: a@kestrelgate.example\nTo: b@kestrelgate.example\nSubject: access\nMessage-ID: <%s@x.example>\n' "$1"
	printf 'MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n'; shift
	for line; do echo "<p>$line</p>"; done
}
html h3 '<b>From:</b> Bob &lt;bob@levanteport.example&gt;' '<b>To:</b> c@havretransit.example' 'Password: Kx82mQ1wZs' >"$T/mail/3.eml"
html h4 'We heard it from ftp.levanteport.example' 'Have a look.' 'The Bellweather Marine password: Kx82mQ2wZs' >"$T/mail/4.eml"
html h5 'Host: ftp.levanteport.example' 'The password for Bellweather Marine: Kx82mQ3wZs' >"$T/mail/5.eml"
html h6 'Host: ftp.levanteport.example' 'Password: Kx82mQ4wZs' 'Portal of Bellweather Marine:' 'Password: Kx82mQ5wZs' >"$T/mail/6.eml"
html h7 'Host: ftp.büchersee.example' 'Password: Kx82mQ6wZs' >"$T/mail/7.eml"
html h8 "$(printf '%450s' '' | tr ' ' x) ftp.levanteport.example" 'The Bellweather Marine password: Kx82mQ7wZs' >"$T/mail/8.eml"
link='<a href="https://www.levanteport.example/x">'
html h9 'Password: Kx82mV0wZs' "Follow us on ${link}Puertos</a>" >"$T/mail/9.eml"
html h10 'Password: Kx82mV1wZs' "${link}Unsubscribe</a> from this" >"$T/mail/10.eml"
html h11 "${link}<img src=\"https://www.levanteport.example/logo.png\"></a>" 'Password: Kx82mV2wZs' >"$T/mail/11.eml"
html h12 'Password: Kx82mV3wZs<img src="https://www.levanteport.example/open.gif?u=1">' >"$T/mail/12.eml"
html h13 'Password: Kx82mV4wZs' "To log in click ${link}here</a>" >"$T/mail/13.eml"
html h14 "Please go ${link}there</a> with" 'user: kg' 'password: Kx82mV5wZs' >"$T/mail/14.eml"
html h15 "Our <a href=\"https://kg:Kx82mV6wZs@www.levanteport.example/a.png\">webcam</a>" >"$T/mail/15.eml"
html h16 'Password: Kx82mV7wZs' 'Questions? Write to <a href="mailto:help@levanteport.example">our help</a>' >"$T/mail/16.eml"
html h17 'Portal: https://tern.example/levanteport.example/login.do' 'user: kg' 'Password: Kx82mV8wZs' >"$T/mail/17.eml"
html h18 '<meta name=Generator content="Bellweather Marine 15">' 'Password: Kx82mV9wZs' >"$T/mail/18.eml"
text() {
	printf 'From: a@kestrelgate.example\nTo: b@kestrelgate.example\nSubject: access\nMessage-ID: <%s@x.example>\n\n' "$1"; shift
	for line; do printf '%s\n' "$line"; done
}
text h19 'Password: Kx82mW1wZs' 'You and we and they, help@levanteport.example and others.' >"$T/mail/19.eml"
text h21 'Password: Kx82mW2wZs' '-- ' 'Bob, www.levanteport.example' >"$T/mail/21.eml"
text h22 'Your account at https://www.levanteport.example/ is open.' '' 'User: a@kestrelgate.example' 'Password: Kx82mW3wZs' >"$T/mail/22.eml"
printf 'From: a@kestrelgate.example\nTo: b@kestrelgate.example\nMessage-ID: <h20@x.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee there\n--b\n%s\n\nx\n--b--\n' \
    'Content-Type: application/octet-stream
Content-Disposition: attachment; filename="NDA_Bellweather_Marine_2025.bin"' >"$T/mail/20.eml"
CASE=$T/small; new_case "$CASE"; ingest "$T/mail"; scan; attribute
links=$(list links)
like "a secret below a heading belongs to whom the heading names" "$(links_of h1@x.example)" \
    '"org":"Bellweather Marine"[^}]*"role":"owner"'
owners_of() { links_of "$1" | grep '"role":"owner"' | field org | sort | tr '\n' ' '; }
is "a secret below a forwarded mail's header is of who wrote that" "$(owners_of h3@x.example)" 'Puertos de Levante S.A. '
is "a name in its line is nearer than a host in a sentence above" "$(owners_of h4@x.example)" 'Bellweather Marine '
is "or far from the beginning of its line" "$(owners_of h8@x.example)" 'Bellweather Marine '
is "but not than the host that it is labelled with" "$(owners_of h5@x.example)" 'Puertos de Levante S.A. '
is "a heading begins something else" "$(owners_of h6@x.example)" 'Bellweather Marine Puertos de Levante S.A. '
is "a host past ASCII is whole" "$(owners_of h7@x.example)" 'xn--bchersee-65a.example '
is "the links of a footer are not" "$(owners_of h9@x.example)$(owners_of h10@x.example)" 'ourselves ourselves '
is "nor the logo, with its link, nor a picture" "$(owners_of h11@x.example)$(owners_of h12@x.example)" 'ourselves ourselves '
is "but a link to log in by, or above it" "$(owners_of h13@x.example)$(owners_of h14@x.example)" 'Puertos de Levante S.A. Puertos de Levante S.A. '
is "or with the secret in it" "$(owners_of h15@x.example)" 'Puertos de Levante S.A. '
is "nor whom to ask, or who else was" "$(owners_of h16@x.example)$(owners_of h19@x.example)" 'ourselves ourselves '
is "nor who signs" "$(owners_of h21@x.example)" 'ourselves '
is "an account of ours at a portal of theirs is theirs" "$(owners_of h22@x.example)" 'Puertos de Levante S.A. '
is "a folder or file in a link is no host" "$(owners_of h17@x.example)" 'tern.example '
unlike "what a program says of itself names nobody" "$(links_of h18@x.example)" Bellweather
is "the name of a file does" "$(links_of h20@x.example | grep mentioned | field org at)" "$(printf 'Bellweather Marine\tnames:4')"
like "mail by way of a mailer is from who sent it" "$(links_of h2@x.example)" '"org":"Coastal Customs Agency"[^}]*"role":"sender"'
unlike "and not from who got it" "$(links_of h2@x.example)" '"origin":"ourselves"[^}]*"role":"sender"'

# The title of a block of credentials, and what is none.
mkdir "$T/titles"
text t1 'Hello,' '' 'Bellweather Marine VPN' '' 'user: kg' 'password: Kx82mR0wZs' >"$T/titles/1.eml"
text t2 'Hello,' '' 'Puertos de Levante S.A.' '-----------' 'user: kg' '' 'password: Kx82mR1wZs' >"$T/titles/2.eml"
text t3 '## Bellweather' 'user: kg1' 'password: Kx82mR2wZs' '' '## Havre-Transit (SFTP)' 'user: kg2' 'password: Kx82mR3wZs' >"$T/titles/3.eml"
html t4 'All that we have' '<b>Nordwall portal</b>' '&nbsp;' 'user: kg' 'password: Kx82mR4wZs' >"$T/titles/4.eml"
text t5 'Here is the access to the portal of Bellweather:' '' 'user: a@kestrelgate.example' 'password: Kx82mR5wZs' >"$T/titles/5.eml"
text t6 'Customer: Havre Transit' 'User: kg' 'Password: Kx82mR6wZs' >"$T/titles/6.eml"
text t7 'We met Bellweather Marine on Monday.' '' 'user: kg' 'password: Kx82mR7wZs' >"$T/titles/7.eml"
text t8 'Bellweather password: Kx82mR8wZs' 'Our guest password: Kx82mR9wZs' >"$T/titles/8.eml"
text t9 'Bellweather VPN' 'user: kg' 'password: Kx82mS0wZs' '' 'Printer' '' 'password: Kx82mS1wZs' >"$T/titles/9.eml"
text t10 'Bellweather VPN' '' 'From: Bob <bob@levanteport.example>' 'Subject: access' '' 'user: kg' 'password: Kx82mS2wZs' >"$T/titles/10.eml"
text t11 'Bellweather VPN' '' 'Host: vpn.levanteport.example' 'user: kg' 'password: Kx82mS3wZs' >"$T/titles/11.eml"
text t18 'Kestrelgate account at Bellweather' 'user: kg' 'password: Kx82mU0wZs' >"$T/titles/18.eml"
text t19 'user: kg' 'password: Kx82mU1wZs' '(that is the one for Nordwall)' '' 'Regards to Bellweather' >"$T/titles/19.eml"
# The subject says whose, where it is about access and nothing else is nearer.
mail_of() { s=$1; shift; text "$@" | sed "s/^Subject: access/Subject: $s/"; }
mail_of 'Bellweather VPN' s1 'user: kg' 'password: Kx82mT0wZs' >"$T/titles/s1.eml"
mail_of 'Lunch with Bellweather' s2 'user: kg' 'password: Kx82mT1wZs' >"$T/titles/s2.eml"
mail_of 'VPN of Bellweather and Nordwall' s3 'user: kg' 'password: Kx82mT2wZs' >"$T/titles/s3.eml"
mail_of 'Bellweather VPN' s4 'Nordwall portal:' 'user: kg' 'password: Kx82mT3wZs' >"$T/titles/s4.eml"
text t12 'Below is the login for Bellweather.' '' 'user: kg' 'password: Kx82mT4wZs' >"$T/titles/12.eml"
text t13 'URL: https://kg-7.azurewebsites.net/' 'user: kg' 'password: Kx82mT5wZs' >"$T/titles/13.eml"
text t14 'ftp.levanteport.example' '' 'user: kg' 'password: Kx82mT6wZs' >"$T/titles/14.eml"
text t15 'URL: https://levanteport.example/x' '' 'Username' 'kg' '' 'Password' 'Kx82mT7wZs' >"$T/titles/15.eml"
text t16 'See www.levanteport.example for that.' '' 'user: kg' 'password: Kx82mT8wZs' >"$T/titles/16.eml"
text t17 'Nordwall' '' 'Username' 'kg' '' 'Password' 'Kx82mT9wZs' >"$T/titles/17.eml"
# The links of mail gateways lead elsewhere; other links lead where they say.
link() { text "$1" "Portal: $2" 'User: kg' "Password: $3" >"$T/titles/$1.eml"; }
link g1 'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Flevanteport.example%2Fx&data=05%7Ca%40kestrelgate.example%7C' Kx82mS4wZs
link g2 'https://urldefense.proofpoint.com/v2/url?u=https-3A__nordwall-2Dlog.example_login&d=DwMF&r=x' Kx82mS5wZs
link g3 'https://urldefense.com/v3/__https://portal.levanteport.example__;!!A1!b$' Kx82mS6wZs
link g4 'https://protect-eu.mimecast.com/s/Ab12?domain=levanteport.example' Kx82mS7wZs
link g5 'https://levanteport.example/login?back=https%3A%2F%2Fnordwall.example%2F' Kx82mS8wZs
CASE=$T/titled; new_case "$CASE"; ingest "$T/titles"; scan; attribute
links=$(list links)
is "a title above a block of credentials says whose they are" "$(owners_of t1@x.example)" 'Bellweather Marine '
is "and is the ground" "$(links_of t1@x.example | grep '"role":"owner"' | field ground)" 'name "Bellweather Marine" in the title above it'
is "above a rule, too" "$(owners_of t2@x.example)" 'Puertos de Levante S.A. '
is "each block has its own" "$(owners_of t3@x.example)" 'Bellweather Marine Havre-Transit SA '
is "also in HTML" "$(owners_of t4@x.example)" 'Nordwall Spedition GmbH '
is "a line that ends in a colon is one, and counts more than whose account it is" "$(owners_of t5@x.example)" 'Bellweather Marine '
is "so is a field with a name" "$(owners_of t6@x.example)" 'Havre-Transit SA '
is "a sentence is none" "$(owners_of t7@x.example)" 'ourselves '
is "nor a line with a secret of its own" "$(owners_of t8@x.example)" 'Bellweather Marine ourselves '
is "nor one above another title" "$(owners_of t9@x.example)" 'Bellweather Marine ourselves '
is "or above a forwarded mail's header, which says whose mail it is in" "$(owners_of t10@x.example)" 'Puertos de Levante S.A. '
is "a host in the block is nearer" "$(owners_of t11@x.example)" 'Puertos de Levante S.A. '
is "a sentence about access is one, too" "$(owners_of t12@x.example)" 'Bellweather Marine '
is "so is a host above the block, alone or as a field" "$(owners_of t14@x.example)$(owners_of t15@x.example)" \
    'Puertos de Levante S.A. Puertos de Levante S.A. '
is "not one in a sentence" "$(owners_of t16@x.example)" 'ourselves '
is "fields may have their values below" "$(owners_of t17@x.example)" 'Nordwall Spedition GmbH '
is "our own name beside another is not whose it is" "$(owners_of t18@x.example)" 'Bellweather Marine '
is "a note in brackets below says it, too" "$(owners_of t19@x.example)" 'Nordwall Spedition GmbH '
is "the subject says whose they are, where it is about access" "$(owners_of s1@x.example)" 'Bellweather Marine '
is "not where it is about something else, or about two" "$(owners_of s2@x.example)$(owners_of s3@x.example)" 'ourselves ourselves '
is "or where a title is nearer" "$(owners_of s4@x.example)" 'Nordwall Spedition GmbH '
is "the host of many says nothing" "$(owners_of t13@x.example)" 'ourselves '
is "the link of a gateway leads to whose portal it is" "$(owners_of g1@x.example)" 'Puertos de Levante S.A. '
is "also as Proofpoint writes it" "$(owners_of g2@x.example)$(owners_of g3@x.example)" 'Nordwall Spedition GmbH Puertos de Levante S.A. '
is "or Mimecast" "$(owners_of g4@x.example)" 'Puertos de Levante S.A. '
is "another link is its own host's, wherever it leads next" "$(owners_of g5@x.example)" 'Puertos de Levante S.A. '
# A person's name is no domain, though there is a domain below each of these.
mkdir "$T/accounts"
account() { printf 'From: it@brambleoates.example\nTo: a@kestrelgate.example\nSubject: access\nMessage-ID: <%s@x.example>\n\n%b\n' "$1" "$2" >"$T/accounts/$1.eml"; }
account n1 'username: anna.weber\npassword: Kolben#Wasser71'
account n2 'Your login is david.kim and the password is Kolben#Wasser73 for it.'
account n3 'Usuario VPN: jose.black\nContrase\303\261a: Kolben#Wasser74'
account n4 'host: vpn.nordwall.example\nuser: anna.weber\npassword: Kolben#Wasser75'
account n5 'server: vpn.unheard.example\npassword: Kolben#Wasser76'
CASE=$T/accounts.c; new_case "$CASE"; ingest "$T/accounts"; scan; attribute
links=$(list links)
is "a secret behind a person's name is of whom the mail was with" "$(owners_of n1@x.example)$(owners_of n2@x.example)$(owners_of n3@x.example)" \
	'Bramble & Oates Bramble & Oates Bramble & Oates '
is "or of the host beside it" "$(owners_of n4@x.example)" 'Nordwall Spedition GmbH '
is "also one that nobody had heard of" "$(list orgs | grep '"origin":"derived"' | field org)" unheard.example
printf 'who,where\nx,y\n' >"$T/bad.csv"
exits "a directory without the columns is refused" 2 "$TOCSIN" attribute --directory "$T/bad.csv" --case "$CASE"
# Left out by mistake it would take names and contacts with it.
attribute; before=$(list orgs)
exits "a directory that was given is not left out in passing" 2 "$TOCSIN" attribute --case "$CASE"
like "and said which it was" "$err" 'are from .*organisations.csv: give it again, --directory FILE, or --directory none'
is "nothing has changed" "$(list orgs)" "$before"
run "$TOCSIN" attribute --directory none --case "$CASE"
is "who says so goes by domains alone" "$(list orgs | grep -c '"origin":"directory"')" 0
done_testing
