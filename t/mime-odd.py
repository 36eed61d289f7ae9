#!/usr/bin/env python3
"""mime-odd.py MIME-DUMP: mail as it should not be and is. What each holds was settled by hand, with GMime, Python's email package and
Node's mailparser beside; where they differ the reason stands at the case."""
import base64
import binascii
import json
import os
import subprocess
import sys
import tempfile

HEAD = b"From: a@kestrel.example\r\nTo: b@tern.example\r\nSubject: t\r\nMIME-Version: 1.0\r\n"
cases, texts, subjects = [], [], []


def case(name, mail, leaves):
    cases.append((name, mail, leaves))


def mp(sub, bound, parts, post=b"", close=True):
    return (b"Content-Type: multipart/" + sub + b"; boundary=\"" + bound + b"\"\r\n\r\n" +
            b"".join(b"--" + bound + b"\r\n" + p + b"\r\n" for p in parts) + (b"--" + bound + b"--\r\n" if close else b"") + post)


def yenc(data):
    return bytes(b for x in data for b in ([61, (x + 106) % 256] if (x + 42) % 256 in (0, 10, 13, 61) else [(x + 42) % 256]))


uu_plain = b"Password: Uu-Reef-1\n"
uu = b"begin 644 secret.txt\r\n" + binascii.b2a_uu(uu_plain) + b"`\r\nend\r\n"
yd = b"Password: Yenc-Reef-2\n"

case('rfc2231-cont', HEAD+b"Content-Type: application/x-stuff; name*0*=utf-8'en'This%20is%20even%20more%20; name*1*=%2A%2A%2Afun%2A%2A%2A%20; name*2=\"isn't it.txt\"\r\n\r\nx\r\n",
     [('application/x-stuff', "This is even more ***fun*** isn't it.txt", 'x\r\n')])
case('rfc2231-order', HEAD+b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename*1=\"b.txt\"; filename*0=\"a\"\r\n\r\nx\r\n",
     [('text/plain', 'ab.txt', 'x\r\n')])
for name, names in (("gap", b"filename*0=\"hosts\"; filename*2=\".csv\""), ("from-one", b"filename*1*=utf-8''hos; filename*2*=ts.csv"), ("big", b"filename*4294967295=csv; filename*0=\"hosts.\"")):
    case('rfc2231-' + name, HEAD+b"Content-Type: text/plain\r\nContent-Disposition: attachment; " + names + b"\r\n\r\nx\r\n",
         [('text/plain', 'hosts.csv', 'x\r\n')])
case('rfc2231-plain-and-ext', HEAD+b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=\"fallback.txt\"; filename*=UTF-8''%e2%82%ac.txt\r\n\r\nx\r\n",
     [('text/plain', '€.txt', 'x\r\n')])
case('rfc2231-latin', HEAD+b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename*=iso-8859-1''%E4%F6%FC.txt\r\n\r\nx\r\n",
     [('text/plain', 'äöü.txt', 'x\r\n')])
case('rfc2231-nocharset', HEAD+b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename*=''caf%C3%A9.txt\r\n\r\nx\r\n",
     [('text/plain', 'café.txt', 'x\r\n')])
# mailparser leaves it undecoded
case('rfc2231-noquotes', HEAD+b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename*=caf%C3%A9.txt\r\n\r\nx\r\n",
     [('text/plain', 'café.txt', 'x\r\n')])
case('rfc2231-split-mb', HEAD+b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename*0*=utf-8''caf%C3; filename*1*=%A9.txt\r\n\r\nx\r\n",
     [('text/plain', 'café.txt', 'x\r\n')])
case('rfc2047-param', HEAD+b"Content-Type: text/plain; name=\"=?utf-8?B?w6TDtsO8LnR4dA==?=\"\r\n\r\nx\r\n",
     [('text/plain', 'äöü.txt', 'x\r\n')])
case('rfc2047-param-multi', HEAD+b"Content-Type: text/plain; name=\"=?utf-8?Q?a=C3=A4?=\r\n =?utf-8?Q?b=2Etxt?=\"\r\n\r\nx\r\n",
     [('text/plain', 'aäb.txt', 'x\r\n')])
# not allowed there (RFC 2047 5), and common
case('rfc2047-param-unquoted', HEAD+b"Content-Type: text/plain; name==?iso-8859-1?Q?=E4.txt?=\r\n\r\nx\r\n",
     [('text/plain', 'ä.txt', 'x\r\n')])
case('name-8bit-utf8', HEAD+"Content-Type: text/plain; name=\"ä.txt\"\r\n\r\nx\r\n".encode(),
     [('text/plain', 'ä.txt', 'x\r\n')])
case('name-8bit-latin', HEAD+"Content-Type: text/plain; name=\"ä.txt\"\r\n\r\nx\r\n".encode('latin-1'),
     [('text/plain', 'ä.txt', 'x\r\n')])
case('name-escaped-quote', HEAD+b"Content-Type: text/plain; name=\"a\\\"b.txt\"\r\n\r\nx\r\n",
     [('text/plain', 'a"b.txt', 'x\r\n')])
case('name-in-both', HEAD+b"Content-Type: text/plain; name=\"one.txt\"\r\nContent-Disposition: attachment; filename=two.txt\r\n\r\nx\r\n",
     [('text/plain', 'two.txt', 'x\r\n')])
case('name-semicolon', HEAD+b"Content-Type: text/plain; name=\"a;b.txt\"; charset=utf-8\r\n\r\nx\r\n",
     [('text/plain', 'a;b.txt', 'x\r\n')])
case('name-comment', HEAD+b"Content-Type: text/plain (hi; there); charset=utf-8 (c); name=x.txt (y)\r\n\r\nx\r\n",
     [('text/plain', 'x.txt', 'x\r\n')])
# comments between any two words of a field (RFC 2045 5.1, RFC 822 3.1.4); GMime, Python and MIME-tools see no name
case('name-comment-before-equals', HEAD+b"Content-Type: application/pdf; (a) name (b) = (c) \"x.pdf\" (d)\r\n\r\nx\r\n",
     [('application/pdf', 'x.pdf', 'x\r\n')])
# Python ends the name at the space
case('name-spaces-unquoted', HEAD+b"Content-Type: application/pdf; name=my file.pdf\r\nContent-Disposition: attachment; filename=my file.pdf; size=3\r\n\r\nx\r\n",
     [('application/pdf', 'my file.pdf', 'x\r\n')])
case('param-spaces-eq', HEAD+b"Content-Type: text/plain; charset = \"utf-8\" ; name = x.txt\r\n\r\nx\r\n",
     [('text/plain', 'x.txt', 'x\r\n')])
# they are letters of the name (RFC 2045 5.1); around a charset they are passed over
case('param-single-quotes', HEAD+b"Content-Type: text/plain; charset='utf-8'; name='x.txt'\r\n\r\nx\r\n",
     [('text/plain', "'x.txt'", 'x\r\n')])
# mailparser drops the inner one
case('nested-noboundary', HEAD+mp(b'mixed',b'B',[b"Content-Type: multipart/alternative\r\n\r\n--C\r\nContent-Type: text/plain\r\n\r\none\r\n--C--",b"Content-Type: text/plain\r\n\r\ntwo"]),
     [('text/plain', '', '--C\r\nContent-Type: text/plain\r\n\r\none\r\n--C--'), ('text/plain', '', 'two')])
case('same-boundary', HEAD+mp(b'mixed',b'B',[b"Content-Type: text/plain\r\n\r\none",b"Content-Type: text/html\r\n\r\ntwo"],close=False),
     [('text/plain', '', 'one'), ('text/html', '', 'two\r\n')])
case('prefix-boundary', HEAD+mp(b'mixed',b'B',[mp(b'alternative',b'BB',[b"\r\none",b"\r\ntwo"]),b"\r\nthree"]),
     [('text/plain', '', 'one'), ('text/plain', '', 'two'), ('text/plain', '', 'three')])
# MIME-tools and Email::MIME take the last; GMime and Python find no part
case("bound-twice", HEAD + b"Content-Type: multipart/mixed; boundary=other; boundary=B\r\n\r\n--B\r\n\r\none\r\n--B--\r\n", [("text/plain", "", "one")])
# it is sufficient that the boundary appears in its entirety (RFC 2046 5.1.1); GMime and Python take the first for words of the part before
for name, behind in (("words", b" and words\r\n"), ("comment", b" (c)\r\n"), ("cr", b"\r")):
    case("bound-%s-behind" % name, HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\none\r\n--B" + behind + b"Content-Type: text/csv; name=x.csv\r\n\r\ntwo\r\n--B-- (end)\r\n",
         [("text/plain", "", "one"), ("text/csv", "x.csv", "two")])
# GMime finds no part
case('bound-trailing-space', HEAD+b"Content-Type: multipart/mixed; boundary=\"B \"\r\n\r\n--B\r\n\r\none\r\n--B--\r\n",
     [('text/plain', '', 'one')])
case('bound-tab-after', HEAD+b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B \t\r\n\r\none\r\n--B-- \r\n",
     [('text/plain', '', 'one')])
# what the parameter says counts where it occurs (RFC 2046 5.1.1), else what was meant
for name, said, used in (("space-before", b'" B"', b"B"), ("space-before-said", b'" B"', b" B"), ("comma", b"B,", b"B"),
                         ("comma-said", b'"B,C"', b"B,C"), ("comma-charset", b"B,charset=utf-8", b"B"), ("pair", b'"B\\C"', b"BC"),
                         ("pair-as-it-is", b'"B\\C"', b"B\\C"), ("apostrophes", b"'B'", b"B"), ("apostrophes-said", b"'B'", b"'B'"),
                         ("word", b'"=?utf-8?Q?B?="', b"=?utf-8?Q?B?=")):
    case("bound-" + name, HEAD + b"Content-Type: multipart/mixed; boundary=" + said + b"\r\n\r\n--" + used + b"\r\n\r\none\r\n--" + used + b"--\r\n",
         [("text/plain", "", "one")])
# mailparser takes the second for a header and drops it
case('part-noheaders', HEAD+mp(b'mixed',b'B',[b"\r\njust text",b"no header line here\r\nsecond"]),
     [('text/plain', '', 'just text'), ('text/plain', '', 'no header line here\r\nsecond')])
# mailparser reads it as text
# Python's first line of text ends the header; GMime's and ours too, but for fields that are a header's
case('part-noemptyline', HEAD+mp(b'mixed',b'B',[b"Content-Type: text/plain\r\nsee below\r\nPassword: Line-Reef-1\r\nmore",b"first words\r\nPassword: Line-Reef-2"]),
     [('text/plain', '', 'see below\r\nPassword: Line-Reef-1\r\nmore'), ('text/plain', '', 'first words\r\nPassword: Line-Reef-2')])
case('part-junk-line', HEAD+mp(b'mixed',b'B',[b"Content-Type: text/plain\r\n>junk\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8="]),
     [('text/plain', '', 'hello')])
case('noemptyline', HEAD+b"Dear all,\r\nPassword: Line-Reef-3\r\nAnd so on.\r\n",
     [('text/plain', '', 'Dear all,\r\nPassword: Line-Reef-3\r\nAnd so on.\r\n')])
case('junk-line', b">From x\r\nFrom: a@kestrel.example\r\nnonsense line\r\nSubject: t\r\n\r\nbody\r\n",
     [('text/plain', '', 'body\r\n')])
case('digest', HEAD+mp(b'digest',b'B',[b"\r\nFrom: x@kestrel.example\r\nSubject: in\r\n\r\ninner"]),
     [('message/rfc822', '', None), ('text/plain', '', 'inner')])
# not allowed (RFC 2046 5.2.1); Python leaves it encoded
case('rfc822-b64', HEAD+mp(b'mixed',b'B',[b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.encodebytes(b"Subject: in\r\n\r\ninner\r\n")]),
     [('message/rfc822', '', None), ('text/plain', '', 'inner\r\n')])
case('rfc822-qp', HEAD+mp(b'mixed',b'B',[b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSubject: in=20x\r\n\r\ninn=65r\r\n"]),
     [('message/rfc822', '', None), ('text/plain', '', 'inner\r\n')])
case('partial', HEAD+b"Content-Type: message/partial; id=\"x@y\"; number=1; total=2\r\n\r\nFrom: q@kestrel.example\r\nSubject: whole\r\n\r\npart one\r\n",
     [('message/partial', '', 'From: q@kestrel.example\r\nSubject: whole\r\n\r\npart one\r\n')])
case('external', HEAD+b"Content-Type: message/external-body; access-type=ftp; name=\"a.txt\"\r\n\r\nContent-Type: text/plain\r\nContent-ID: <1@x>\r\n\r\nphantom\r\n",
     [('message/external-body', 'a.txt', 'Content-Type: text/plain\r\nContent-ID: <1@x>\r\n\r\nphantom\r\n')])
case('appledouble', HEAD+mp(b'appledouble',b'B',[b"Content-Type: application/applefile; name=\"a.doc\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAUWBw==",b"Content-Type: application/msword; name=\"a.doc\"\r\nContent-Transfer-Encoding: base64\r\n\r\nZGF0YQ=="]),
     [('application/applefile', 'a.doc', None), ('application/msword', 'a.doc', 'data')])
# the others leave it in the text
case('uu-inline', HEAD+b"\r\nbefore\r\n"+uu+b"after\r\n",
     [('text/plain', '', 'before\r\nbegin 644 secret.txt\r\n44&%S<W=O<F0Z(%5U+5)E968M,0H \n`\r\nend\r\nafter\r\n'), ('application/octet-stream', 'secret.txt', 'Password: Uu-Reef-1\n')])
# mailparser leaves it encoded
case('uu-cte', HEAD+b"Content-Type: application/octet-stream; name=secret.txt\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"+uu,
     [('application/octet-stream', 'secret.txt', 'Password: Uu-Reef-1\n')])
# likewise
case('yenc-inline', HEAD+b"\r\n=ybegin line=128 size=%d name=secret.txt\r\n"%len(yd)+yenc(yd)+b"\r\n=yend size=%d crc32=%08x\r\n"%(len(yd),binascii.crc32(yd)),
     [('text/plain', '', '=ybegin line=128 size=22 name=secret.txt\r\nz‹\x9d\x9d¡™œŽdJƒ\x8f˜\x8dW|\x8f\x8f\x90W\\4\r\n=yend size=22 crc32=9d9461e0\r\n'), ('application/octet-stream', 'secret.txt', 'Password: Yenc-Reef-2\n')])
# all others leave it encoded
case('yenc-cte', HEAD+b"Content-Type: application/octet-stream; name=secret.txt\r\nContent-Transfer-Encoding: x-yencode\r\n\r\n=ybegin line=128 size=%d name=secret.txt\r\n"%len(yd)+yenc(yd)+b"\r\n=yend size=%d crc32=%08x\r\n"%(len(yd),binascii.crc32(yd)),
     [('application/octet-stream', 'secret.txt', 'Password: Yenc-Reef-2\n')])
case('binhex', HEAD+b"Content-Type: application/mac-binhex40; name=\"a.hqx\"\r\n\r\n(This file must be converted with BinHex 4.0)\r\n\r\n:$f*TEQKPH#jdCA0d,R0TG!\"6594\"8dP8)3#3\"!&m!*!%EMa6593K!!%!!!&mFNa\r\nKG3)!N!-\"#!%:\r\n",
     [('application/mac-binhex40', 'a.hqx', None)])
# NEC's rows of JIS, in which Windows writes names; the others have nothing or private characters there
case('jis-nec-rows', HEAD+b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B|b66\x1b(B\r\n", [('text/plain', '', '髙橋\r\n')])
# damaged, and UTF-8 as it says
case('utf8-overlong', HEAD+b"Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe \xc0\xaf\r\n", [('text/plain', '', 'Grüße \ufffd\ufffd\r\n')])
# The others show these as text, encoded as it is: what a returned or forwarded mail holds, and parts whose boundary or header is lost.
pad = b"What follows is long enough to be told from words.\r\n"
enc = pad + b"Password: Lost-Reef-5\r\n"
part = b"Content-Type: text/csv; name=\"hosts.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(enc).replace(b"\n", b"\r\n")
lost = ('text/csv', 'hosts.csv', enc.decode())
bounced = b"Return-Path: <a@kestrel.example>\r\nFrom: a@kestrel.example\r\n" + part.replace(b"text/csv; name=\"hosts.csv\"", b"text/plain;\r\n charset=utf-8")
case('returned-as-text', HEAD + b"\r\nThis is a copy:\r\n\r\n" + bounced,
     [('text/plain', '', 'This is a copy:\r\n\r\n' + bounced.decode()), ('text/plain', '', enc.decode())])
quoted = b"--ZZ\r\ncontent-type: text/plain\r\ncontent-transfer-encoding: quoted-printable\r\n\r\nPassword: Lost-=\r\nReef=2D6\r\n--ZZ--\r\n"
case('forwarded-as-text', HEAD + b"\r\n" + quoted,
     [('text/plain', '', quoted.decode()), ('text/plain', '', 'Password: Lost-Reef-6\r\n')])
case('other-boundary', HEAD + b"Content-Type: multipart/mixed; boundary=C\r\n\r\n--B\r\n" + part + b"--B--\r\n",
     [('text/plain', '', '--B\r\n' + part.decode() + '--B--\r\n'), lost])
case('lost-type', HEAD + b"\r\n--B\r\n" + part + b"--B\r\n" + part + b"--B--\r\n",
     [('text/plain', '', '--B\r\n' + part.decode() + '--B\r\n' + part.decode() + '--B--\r\n'), lost, lost])
case('after-the-end', HEAD + mp(b'mixed', b'B', [b"\r\none"], post=b"--B\r\n" + part + b"--B--\r\n"), [('text/plain', '', 'one'), lost])
case('delivery-status', HEAD + mp(b'report', b'B', [b"Content-Type: text/rfc822-headers\r\n\r\n" + part]),
     [('text/rfc822-headers', '', part.decode()[:-2] + '\r\n'), lost])
talk = b"Write\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\nand then the file, or\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nand the text as it is.\r\n"
case('mail-about-mime', HEAD + b"\r\n" + talk, [('text/plain', '', talk.decode())])
# A line that was damaged or put in between does not end the file: MIME-tools alone of the others reads on.
long = (b"host reef-%d password Uu-Reef-3\n" * 6) % tuple(range(6))
lines = [binascii.b2a_uu(long[i:i + 45]).rstrip(b"\n") for i in range(0, len(long), 45)]
for name, put in (("blank", [b""]), ("blank-of-spaces", [b" "]), ("words", [b"and so the file goes on, in lower case"])):
    for at in range(len(lines)):
        body = b"begin 644 secret.txt\r\n" + b"\r\n".join(lines[:at] + put + lines[at:]) + b"\r\n`\r\nend\r\n"
        case("uu-%s-%d" % (name, at), HEAD + b"\r\nsee\r\n" + body, [('text/plain', '', 'see\r\n' + body.decode()), ('application/octet-stream', 'secret.txt', long.decode())])
body = b"begin 644 secret.txt\r\r\n" + b"\r\r\n".join(lines) + b"\r\r\n`\r\r\nend\r\r\n"
case("uu-cr-cr-lf", HEAD + b"\r\n" + body, [('text/plain', '', body.decode()), ('application/octet-stream', 'secret.txt', long.decode())])
body = b"".join(b"begin 644 %s.txt\r\n" % name + b"\r\n".join(lines) + b"\r\n" for name in (b"one", b"two"))
case("uu-next-begins", HEAD + b"\r\n" + body, [('text/plain', '', body.decode())] + [('application/octet-stream', name, long.decode()) for name in ("one.txt", "two.txt")])
case('uu-base64', HEAD + b"\r\nsee\r\nbegin-base64 644 secret.txt\r\n" + base64.encodebytes(uu_plain).replace(b"\n", b"\r\n") + b"====\r\nbye\r\n",
     [('text/plain', '', 'see\r\nbegin-base64 644 secret.txt\r\nUGFzc3dvcmQ6IFV1LVJlZWYtMQo=\r\n====\r\nbye\r\n'), ('application/octet-stream', 'secret.txt', 'Password: Uu-Reef-1\n')])
# winmail.dat in an encoding that Exchange did not choose, and as it sent it to those who read no MIME; the others leave it as it is
tnef = bytes.fromhex("789f3e220100" "010c800200" "16000000") + b"Password: Tnef-Reef-7\0" + b"\0\0"
got_tnef = [('application/ms-tnef', '', None), ('text/plain', '', 'Password: Tnef-Reef-7')]
for name, cte, coded in (("qp", b"quoted-printable", b"".join(b"=%02X" % b for b in tnef)), ("uu", b"x-uuencode", b"begin 644 winmail.dat\r\n" + binascii.b2a_uu(tnef) + b"`\r\nend\r\n"),
                         ("short-lines", b"base64", b"\r\n".join(base64.b64encode(tnef)[i:i + 4] for i in range(0, 52, 4)))):
    case('tnef-' + name, HEAD + b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: " + cte + b"\r\n\r\n" + coded, got_tnef)
tnef_part = b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(tnef).replace(b"\n", b"\r\n")
case('tnef-other-boundary', HEAD + b"Content-Type: multipart/mixed; boundary=C\r\n\r\n--B\r\n" + tnef_part, [('text/plain', '', "--B\r\n" + tnef_part.decode())] + got_tnef)
case('tnef-after-the-end', HEAD + mp(b'mixed', b'B', [b"\r\none"], post=b"--B\r\n" + tnef_part), [('text/plain', '', "one")] + got_tnef)
case('uu-after-the-end', HEAD + mp(b'mixed', b'B', [b"\r\none"], post=uu), [('text/plain', '', "one"), ('application/octet-stream', 'secret.txt', uu_plain.decode())])
case('tnef-cut', HEAD + b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(tnef[:-6]),
     [('application/ms-tnef', '', None), ('text/plain', '', 'Password: Tnef-Ree')])
case('tnef-inline', HEAD + b"\r\nsee\r\nbegin 600 winmail.dat\r\n" + binascii.b2a_uu(tnef).replace(b"\n", b"\r\n") + b"`\r\nend\r\n",
     [('text/plain', '', 'see\r\nbegin 600 winmail.dat\r\n' + binascii.b2a_uu(tnef).decode().strip("\n") + '\r\n`\r\nend\r\n'),
      ('application/octet-stream', 'winmail.dat', None), ('text/plain', '', 'Password: Tnef-Reef-7')])
# all others leave it in the text
for kind, text in (('uu', uu), ('entity', b"--B\r\n" + part.replace(b"hosts.csv", b"secret.txt").replace(b"text/csv", b"application/octet-stream"))):
    case(kind + '-in-base64', HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"see\r\n" + text),
         [('text/plain', '', 'see\r\n' + text.decode()), ('application/octet-stream', 'secret.txt', uu_plain.decode() if kind == 'uu' else enc.decode())])
# the bytes are what counts; mailparser joins the lines
case('flowed', HEAD+b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\nPassword: Flow- \r\nReef-3\r\n> quoted \r\n> text\r\n-- \r\nsig\r\n",
     [('text/plain', '', 'Password: Flow- \r\nReef-3\r\n> quoted \r\n> text\r\n-- \r\nsig\r\n')])
case('flowed-nodelsp', HEAD+b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\nThe password for the host is \r\nFlow-Reef-4 today\r\n",
     [('text/plain', '', 'The password for the host is \r\nFlow-Reef-4 today\r\n')])
case('qp-bad', HEAD+b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=ZZb =c3=a4 x=\r\ny =  \r\nz=3",
     [('text/plain', '', 'a=ZZb ä xy z=3')])
# letters alone behind base64 are no garbage to who passes over blanks
case('b64-before-letters', HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(uu_plain).replace(b"\n", b"\r\n") + b"\r\nthe key is below the mat\r\n",
     [('text/plain', '', uu_plain.decode() + '\r\n\r\nthe key is below the mat\r\n')])
# what says that it is encoded and is not (RFC 2045 6.4 allows no encoding of a message)
case('rfc822-b64-is-not', HEAD + mp(b'mixed', b'B', [b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nFrom: a@kestrel.example\r\nSubject: in\r\n\r\nthe key is below the mat, Password: Mat-Reef-1"]),
     [('message/rfc822', '', None), ('text/plain', '', 'the key is below the mat, Password: Mat-Reef-1')])
# A gateway's words before base64 that it knew nothing of: all others decode their letters too, and what follows is noise.
for name, words in (("words", b"CAUTION: this mail came from outside.\r\n\r\n"), ("letters", b"this mail came from outside\r\n")):
    case('b64-behind-' + name, HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + words + base64.encodebytes(uu_plain * 9).replace(b"\n", b"\r\n"),
         [('text/plain', '', words.decode() + uu_plain.decode() * 9)])
# what is not of the alphabet is passed over (RFC 2045 6.8), though no line is without it
case('b64-damaged-lines', HEAD + b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
     b"".join(line[:30] + b"!" + line[30:] + b"\r\n" for line in base64.encodebytes("schöne Grüße. ".encode("latin-1") * 9).split()),
     [('text/plain', '', 'schöne Grüße. ' * 9)])
case('b64-concat', HEAD+b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\nIHdvcmxk\r\n",
     [('text/plain', '', 'hello world')])
# mailparser does not undo it
case('cte-caps-quoted', HEAD+b"Content-Type: text/plain\r\nContent-Transfer-Encoding: \"BASE64\"\r\n\r\naGVsbG8=\r\n",
     [('text/plain', '', 'hello')])
# the others leave them encoded
for name, enc in (("x-base64", b"x-base64"), ("x-qp", b"X-Quoted-Printable"), ("qp-space", b"quoted printable"), ("qp-underscore", b"Quoted_Printable")):
    case('cte-' + name, HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: " + enc + b"\r\n\r\n" +
         (b"aGVsbG8=" if name == "x-base64" else b"hell=6F"), [('text/plain', '', 'hello')])
# Python and GMime drop the two letters that are other than those of RFC 2045
case('b64-url', HEAD+b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.urlsafe_b64encode("ÿþ?>ÿÿ~~ Password".encode())+b"\r\n",
     [('text/plain', '', 'ÿþ?>ÿÿ~~ Password')])
case('b64-url-attached', HEAD+b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.urlsafe_b64encode("?>ÿÿ~~ Password: x".encode())+b"\r\n",
     [('application/octet-stream', '', '?>ÿÿ~~ Password: x')])
case('cte-comment-before', HEAD+b"Content-Type: text/plain\r\nContent-Transfer-Encoding: (x) base64\r\n\r\naGVsbG8=\r\n",
     [('text/plain', '', 'hello')])
# The others decode what was never encoded.
for name, plain in (("words", b"Dear all,\r\nthe password is Bare-Reef-1, see you.\r\n"), ("one-word", b"Password\r\nis Bare-Reef-2\r\n"),
                    ("utf8", "Grüße: Bare-Reef-3!\r\n".encode())):
    for how, tail in (("", b""), ("-part", b"\r\n--B--\r\n")):
        head = b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n" if how else b""
        case("b64-is-not-" + name + how, HEAD + head + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + plain + tail,
             [("text/plain", "", plain.decode())])
# Lists put their words behind what is encoded: Python drops them when padding stands before, the others decode them, and all of it is noise.
for name, words in (("padded", b"Password: List-Reef-1 \xe2\x82\xac"), ("unpadded", b"Password: List-Reef-12 \xe2\x82\xac"), ("lines", b"\xe2\x82\xac Password: List-Reef-3" * 9)):
    for end in (b"-- \r\nTo leave, write to leave@tern.example.\r\n", b"\r\n" + b"_" * 47 + b"\r\nReef\r\nReef@tern.example\r\n"):
        case("list-words-" + name + "-%d" % len(end), HEAD + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             base64.encodebytes(words).replace(b"\n", b"\r\n") + end, [("text/plain", "", (words + b"\r\n" + end).decode())])
# A letter that was damaged on the way is none of their words.
case('b64-damaged', HEAD+b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs*bG8=\r\n",
     [('text/plain', '', 'hello')])
# Python takes the first; the body says which of them holds
case('cte-twice', HEAD+b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.encodebytes(b"Password: Twice-Reef-1\n"),
     [('text/plain', '', 'Password: Twice-Reef-1\n')])
case('cte-twice-plain', HEAD+b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\nnothing is encoded here\r\n",
     [('text/plain', '', 'nothing is encoded here\r\n')])
case('ct-comma', HEAD+b"Content-Type: text/html, charset=utf-8\r\n\r\n<b>x</b>\r\n",
     [('text/html', '', '<b>x</b>\r\n')])
case('cte-comment', HEAD+b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64 (x)\r\n\r\naGVsbG8=\r\n",
     [('text/plain', '', 'hello')])
case('cte-multipart-b64', HEAD+b"Content-Transfer-Encoding: base64\r\n"+mp(b'mixed',b'B',[b"Content-Type: text/plain\r\n\r\nplain one"]),
     [('text/plain', '', 'plain one')])
case('lf-only', (HEAD+mp(b'mixed',b'B',[b"Content-Type: text/plain\r\n\r\none",b"Content-Type: text/html\r\n\r\ntwo"])).replace(b'\r\n',b'\n'),
     [('text/plain', '', 'one'), ('text/html', '', 'two')])
# RFC 2045 5.2
case('no-ct-type-slash', HEAD+b"Content-Type: text\r\n\r\nx\r\n",
     [('text/plain', '', 'x\r\n')])
case('ct-empty', HEAD+b"Content-Type:\r\n\r\nx\r\n",
     [('text/plain', '', 'x\r\n')])
case('ct-folded', HEAD+b"Content-Type:\r\n\ttext/html;\r\n\tcharset=\"utf-8\"\r\n\r\n<b>x</b>\r\n",
     [('text/html', '', '<b>x</b>\r\n')])
# the first counts
case('ct-twice', HEAD+b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n",
     [('text/plain', '', '<b>x</b>\r\n')])
# mailparser makes it an attachment
case('ct-nosemicolon', HEAD+b"Content-Type: text/plain charset=utf-8\r\n\r\nx\r\n",
     [('text/plain', '', 'x\r\n')])
case('disp-only', HEAD+b"Content-Disposition: attachment; filename=\"x.pdf\"\r\n\r\nx\r\n",
     [('text/plain', 'x.pdf', 'x\r\n')])
# the others see no name
case('disp-twice', HEAD+b"Content-Type: application/pdf\r\nContent-Disposition: inline\r\nContent-Disposition: attachment; filename=x.pdf\r\n\r\n%PDF\r\n",
     [('application/pdf', 'x.pdf', '%PDF\r\n')])
case('disp-twice-named', HEAD+b"Content-Type: application/pdf; name=z.pdf\r\nContent-Disposition: inline; filename=x.pdf\r\nContent-Disposition: attachment; filename=y.pdf\r\n\r\n%PDF\r\n",
     [('application/pdf', 'x.pdf', '%PDF\r\n')])
case('related', HEAD+mp(b'related',b'R',[mp(b'alternative',b'A',[b"Content-Type: text/plain\r\n\r\np",b"Content-Type: text/html\r\n\r\n<img src=cid:1>"]),b"Content-Type: image/png; name=i.png\r\nContent-ID: <1>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw=="]),
     [('text/plain', '', 'p'), ('text/html', '', '<img src=cid:1>'), ('image/png', 'i.png', '‰PNG')])
case('header-after-blank-fold', b"From: a@kestrel.example\r\nSubject: x\r\n \r\nTo: b@tern.example\r\n\r\nbody\r\n",
     [('text/plain', '', 'body\r\n')])
# An end without a beginning: Python and GMime drop what follows it.
case('end-alone', HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B--\r\nPassword: End-Reef-1\r\n",
     [('text/plain', '', '--B--\r\nPassword: End-Reef-1\r\n')])
case('end-alone-within', HEAD + mp(b'mixed', b'B', [b"Content-Type: multipart/mixed; boundary=C\r\n\r\n--C--\r\nPassword: End-Reef-2", b"\r\ntwo"]),
     [('text/plain', '', '--C--\r\nPassword: End-Reef-2'), ('text/plain', '', 'two')])
# what follows the end belongs to no part
case('epilogue-parts', HEAD+mp(b'mixed',b'B',[b"\r\none"],post=b"--B\r\nContent-Type: text/plain\r\n\r\nafter the end\r\n"),
     [('text/plain', '', 'one')])
case('truncated', HEAD+mp(b'mixed',b'B',[b"Content-Type: text/plain\r\n\r\none",b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0x"],close=False)[:-8],
     [('text/plain', '', 'one'), ('application/pdf', 'a.pdf', '%')])
# an empty line before a message whose lines end in CR alone
case('cr-behind-empty-line', b"\r\n" + (HEAD + b"\r\nPassword: Cr-Reef-1\r\n").replace(b"\r\n", b"\r"), [('text/plain', '', 'Password: Cr-Reef-1\n')])
# in UTF-16 a space has a zero byte
case('utf-16-is-not', HEAD + b"Content-Type: text/plain; charset=utf-16\r\n\r\n" + "Le mot de passe de la clé est Été-47\r\n".encode("latin-1"),
     [('text/plain', '', 'Le mot de passe de la clé est Été-47\r\n')])
case('utf-32-is-not', HEAD + b"Content-Type: text/plain; charset=utf-32\r\n\r\n" + "Clé de la porte: Été-47, au bureau".encode("latin-1"), [("text/plain", "", "Clé de la porte: Été-47, au bureau")])
case('blanks-before-the-header', b" \r\n" + HEAD + mp(b'mixed', b'B', [b"Content-Type: text/csv; name=x.csv\r\n\r\none"]), [('text/csv', 'x.csv', 'one')])
# a sentence at the beginning of a message without a header is no From_ line
case('from-sentence', b"From now on the password is Reef-9,\r\nand not what it was.\r\n", [('text/plain', '', "From now on the password is Reef-9,\r\nand not what it was.\r\n")])
case('from-line', b"From a@kestrel.example Mon Feb  2 10:11:12 2026\r\n\r\nwords\r\n", [('text/plain', '', "words\r\n")])
case('cr-cr-cr-lf', (HEAD + b"\r\nwords\r\n").replace(b"\r\n", b"\r\r\r\n"), [('text/plain', '', "words\r\r\r\n")])
case('nul', HEAD+b"Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nraw\x00bytes\r\n",
     [('text/plain', '', 'raw\x00bytes\r\n')])
case('signed', HEAD+mp(b'signed',b'B',[b"Content-Type: text/plain\r\n\r\nsigned",b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG"]),
     [('text/plain', '', 'signed'), ('application/pkcs7-signature', 'smime.p7s', None)])
subjects.append(('adj', b"=?utf-8?Q?a?= =?utf-8?Q?b?=", 'ab'))
subjects.append(('split', b"=?utf-8?B?w6Q=?= =?utf-8?B?w7Y=?=", 'äö'))
subjects.append(('split within a character', b"=?utf-8?B?ww==?= =?utf-8?B?pA==?=", 'ä'))
subjects.append(('split between encodings', b"=?utf-8?B?YcM=?= =?utf-8?Q?=A4?=", 'aä'))
subjects.append(('underscore', b"=?iso-8859-1?q?a_b=20c?=", 'a b c'))
subjects.append(('language', b"=?utf-8*en?Q?h=C3=A4?=", 'hä'))
subjects.append(('glued', b"x=?utf-8?Q?=C3=A4?=y", 'xäy'))
subjects.append(('8-bit UTF-8', "Grüße".encode(), 'Grüße'))
subjects.append(('8-bit Latin-1', "Grüße".encode("latin-1"), 'Grüße'))
subjects.append(('bad base64', b"=?utf-8?B?w6TDtg?=", 'äö'))
subjects.append(('base64 without padding in each word', b"=?utf-8?B?R3I?= =?utf-8?B?w7zDn2U?= =?utf-8?B?IGFuIA?= =?utf-8?B?YWxsZQ?=", 'Grüße an alle'))
subjects.append(('base64 without padding before ISO 2022', b"=?utf-8?B?cGd5Y3hmeHU?= =?utf-8?B?bg==?=", 'pgycxfxun'))
subjects.append(('a word without its end', b"=?utf-8?B?R3LDvMOfZQ== =?utf-8?Q?_an?= =?utf-8?Q?_alle =?utf-8?Q?=21?=", 'Grüße an alle !'))
subjects.append(('base64 cut within a group', b"=?utf-8?B?R3LDv?= =?utf-8?B?MOfZSBhb?= =?utf-8?B?iBhbGxl?=", 'Grüße an alle'))
subjects.append(('base64 of URLs', b"=?utf-8?B?" + base64.urlsafe_b64encode("ÿþ?>ÿÿ~~".encode()) + b"?=", 'ÿþ?>ÿÿ~~'))
subjects.append(('spaces', b"=?utf-8?Q?a b c?=", 'a b c'))
subjects.append(('quoted', b'"=?utf-8?Q?=C3=A4?="', '"ä"'))
subjects.append(('unknown charset', b"=?x-foo?Q?abc?=", 'abc'))
subjects.append(('Japanese', b"=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", '日本'))
subjects.append(('Chinese', b"=?gb2312?B?1tDOxA==?=", '中文'))
subjects.append(('word of a word', b"=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=", '=?utf-8?Q?x?='))
subjects.append(('UTF-7', b"=?utf-7?Q?Gr+APwA3w-e?=", 'Grüße'))
subjects.append(('empty word', b"=?utf-8?Q??=", ''))
# Mail programs put the charset that they were made for, whatever the letters are in.
for label, codec, text in (("iso-8859-1", "cp1251", "Пароль от сервера"), ("utf-8", "koi8_r", "Пароль от сервера"),
                           ("utf-8", "latin_1", "schöne Grüße"), ("utf-8", "gbk", "请查收附件中的客户名单"), ("gb2312", "utf_8", "请查收附件"),
                           ("koi8-r", "cp1251", "Пароль от сервера отправлю"), ("iso-2022-jp", "utf_8", "パスワード"), ("euc-jp", "cp932", "初期パスワードは次のとおり"),
                           ("us-ascii", "utf_8", "später"), ("iso-8859-1", "latin_1", "à bientôt"), ("shift_jis", "cp932", "予約"),
                           ("armscii-8", "utf_8", "Հայաստան"), ("gb2312", "big5", "請查收附件中的合約與客戶名單")):
    word = base64.b64encode(text.encode(codec))
    subjects.append(("%s that says it is %s" % (codec, label), b"=?" + label.encode() + b"?B?" + word + b"?=", text))
subjects.append(('UTF-8 cut within a letter', b"=?utf-8?B?R3LDvMOf?= =?utf-8?Q?=C3?=", 'Grüß\ufffd'))
for charset, codec, text in (
        ("x-sjis", "shift_jis", "日本語"), ("iso-2022-jp", "iso2022_jp", "日本語"), ("euc-jp", "euc_jp", "日本語"), ("cp932", "cp932", "①日本"),
        ("gb2312", "gb2312", "中文"), ("gb18030", "gb18030", "中文𠀀"), ("hz-gb-2312", "hz", "中文"), ("big5", "big5", "中文"),
        ("euc-kr", "euc_kr", "한국어"), ("ks_c_5601-1987", "euc_kr", "한국어"), ("johab", "johab", "한국어"), ("koi8-r", "koi8_r", "Привет"),
        ("windows-1251", "cp1251", "Привет"), ("cp1252", "cp1252", "“q”"), ("utf-7", "utf_7", "Grüße £"), ("utf-16", "utf_16", "Grüße"),
        ("cp850", "cp850", "äöü"), ("DOS-862", "cp862", "שלום"), ("iso-8859-8-i", "iso8859_8", "שלום"), ("tis-620", "tis_620", "สวัสดี"),
        ("iso-8859-7:1987", "iso8859_7", "Γειά"), ("x-mac-ce", "mac_latin2", "żółw"), ("utf8", "utf_8", "ä"), ("win-1252", "cp1252", "ä")):
    texts.append((charset, text, HEAD + b"Content-Type: text/plain; charset=\"" + charset.encode() +
                  b"\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes((text + " end").encode(codec))))

people = (b"From: \"J\xc3\xb6rg\" <j@kestrel.example>\r\nTo: =?utf-8?Q?J=C3=B6rg?= <b@tern.example>, \"Last, First\" <c@tern.example>, "
          b"grp: d@tern.example, e@tern.example;, <@relay.example:f@tern.example>, g@tern.example (Name G)\r\n"
          b"Cc: undisclosed-recipients:;\r\n\r\nx\r\n")

raw = [(c, "".join(("Subject: Přístup\r\nFrom: Řehoř <p@tern.example>\r\nTo: Žluť <q@tern.example>\r\n", how % c, "x\r\n")).encode(codec))
       for c, codec in (("iso-8859-2", "iso8859_2"), ("windows-1250", "cp1250"), ("ibm852", "cp852"), ("utf-8", "utf_8"))
       for how in ("Content-Type: text/plain; charset=%s; name=Žluť.txt\r\n\r\n",
                   "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/html; charset=%s\r\n"
                   "Content-Disposition: inline; filename=\"Žluť.txt\"\r\n\r\n")]

# In these charsets half a letter is a backslash, which would undo the quote or the parenthesis behind it.
half = [(c, word, ("To: \"%s\" <a@kestrel.example>, b@tern.example (%s), c@tern.example\r\nContent-Type: text/plain; charset=%s; name=\"%s\"; x=\"y\"\r\n"
                   "\r\nx\r\n" % (word, word, c, word)).encode(c)) for c, word in (("shift_jis", "予約表"), ("big5", "成功"), ("gbk", "乗"))]

with tempfile.TemporaryDirectory() as t:
    mails = [m for _, m, _ in cases] + [m for _, _, m in texts] + [HEAD.replace(b"Subject: t", b"Subject: " + s) + b"\r\nx" for _, s, _ in subjects] + [m for _, m in raw] + [m for _, _, m in half]
    names = []
    for i, m in enumerate(mails + [people]):
        names.append("%s/%d" % (t, i))
        with open(names[-1], "wb") as f:
            f.write(m)
    done = subprocess.run([sys.argv[1]], input="\n".join(names) + "\n", stdout=subprocess.PIPE, check=True, encoding="utf-8",
                          env=dict(os.environ, LC_ALL="C.UTF-8"))
got = [json.loads(line) for line in done.stdout.splitlines()]
n = 0


def check(what, have, want):
    global n
    n += 1
    print("%sok %d - %s" % ("" if have == want else "not ", n, what))
    if have != want:
        print("# got  %r\n# want %r" % (have, want))


for (name, _, leaves), g in zip(cases, got):
    check(name, [(p["type"], p["name"], p.get("text")) for p in g["leaves"]], leaves)
got = got[len(cases):]
for (charset, text, _), g in zip(texts, got):
    check("text in " + charset, g["leaves"][0]["text"], text + " end")
got = got[len(texts):]
for (name, _, want), g in zip(subjects, got):
    check("subject: " + name, g["subject"], want)
got = got[len(subjects):]
for (charset, _), g in zip(raw, got):
    check("raw letters of the header and of names are in the body's " + charset, (g["subject"], g["from"], g["to"], g["leaves"][0]["name"]),
          ("Přístup", [["Řehoř", "p@tern.example"]], [["Žluť", "q@tern.example"]], "Žluť.txt"))
for (charset, word, _), g in zip(half, got[len(raw):]):
    check("half a letter is no quote in " + charset, (g["to"], g["leaves"][0]["name"]),
          ([[word, "a@kestrel.example"], [word, "b@tern.example"], ["", "c@tern.example"]], word))
check("people of every form", (got[-1]["from"], got[-1]["to"], got[-1]["cc"]), (
    [["Jörg", "j@kestrel.example"]], [["Jörg", "b@tern.example"], ["Last, First", "c@tern.example"], ["", "d@tern.example"],
     ["", "e@tern.example"], ["", "f@tern.example"], ["Name G", "g@tern.example"]], []))
print("1..%d" % n)
