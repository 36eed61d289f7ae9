"""make-keeps.py DIR: files in which programs keep passwords. Prints what is to be found in each: file, class, and the value's beginning."""
import base64
import json
import random
import sqlite3
import sys

folder = sys.argv[1]
noise = random.Random(6).randbytes


def keep(name, kind, value, data):
    print("%s\t%s\t%s" % (name, kind, value))
    with open(folder + "/" + name, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def b64(data):
    return base64.b64encode(data).decode()


def winscp(text):
    """WinSCP's letters for a password: a mark, its length, some bytes to pass over, user, host and password."""
    def byte(c):
        return "%02X" % (~c & 255 ^ 0xa3)
    return byte(255) + byte(0) + byte(len(text)) + byte(2) + "ABCD" + "".join(byte(ord(c)) for c in text) + "00FF"


dpapi = bytes.fromhex("01000000d08c9ddf0115d1118c7a00c04fc297eb") + noise(120)
keep("safe.kdb", "vault", "KeePass 1 database", b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5" + noise(90))
keep("safe.psafe3", "vault", "Password Safe database", b"PWS3" + noise(90))
keep("keys.jks", "vault", "Java key store", b"\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1" + noise(90))
keep("farm.rdg", "vault", "passwords kept by Remote Desktop", '<?xml version="1.0"?>\n<RDCMan programVersion="2.7">\n<logonCredentials><userName>admin</userName>'
     '<password>%s</password></logonCredentials>\n</RDCMan>\n' % b64(dpapi))
keep("confCons.xml", "vault", "connections kept by mRemoteNG", '<?xml version="1.0"?>\n<Connections Name="Connections" Protected="%s" ConfVersion="2.6">'
     '<Node Name="h" Username="root" Hostname="10.9.8.7" Password=""/></Connections>\n' % b64(noise(60)))
keep("export.json", "vault", "Bitwarden export", json.dumps({"encrypted": True, "salt": "x", "encKeyValidation_DO_NOT_EDIT": "2.x", "data": b64(noise(60))}))
keep("profile.js", "vault", "1Password vault", 'var profile={"masterKey":"%s","overviewKey":"%s"};' % (b64(b"opdata01" + noise(60)), b64(b"opdata01" + noise(60))))
keep("locked.ppk", "private_key", "PuTTY private key (encrypted)", "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: aes256-cbc\r\nComment: k\r\nPublic-Lines: 1\r\n"
     "AAAA\r\nKey-Derivation: Argon2id\r\nPrivate-Lines: 1\r\n%s\r\nPrivate-MAC: 00\r\n" % b64(noise(48)))
keep("sitemanager.xml", "password", "Site-Reef-801", '<?xml version="1.0"?>\n<FileZilla3>\n<Server><Host>ftp.tern.example</Host><User>anna</User>\n'
     '<Pass encoding="base64">%s</Pass></Server>\n</FileZilla3>\n' % b64(b"Site-Reef-801"))
keep("WinSCP.ini", "username_password", "Copy-Reef-802", "[Sessions\\root@h.tern.example]\r\nHostName=h.tern.example\r\nUserName=root\r\nPassword=%s\r\n"
     % winscp("rooth.tern.exampleCopy-Reef-802"))
keep("unattend.xml", "password", "Setup-Reef-803", '<?xml version="1.0"?>\n<unattend>\n<AutoLogon><Password><Value>%s</Value>\n<PlainText>false</PlainText></Password>'
     "</AutoLogon>\n</unattend>\n" % b64("Setup-Reef-803Password".encode("utf-16-le")))
for name, value, tables in (("Login Data", "passwords kept by a browser", "CREATE TABLE logins (origin_url, username_value, password_value BLOB)"),
                            ("key4.db", "keys of kept passwords", "CREATE TABLE metaData (id, item1); CREATE TABLE nssPrivate (id, a102)")):
    db = sqlite3.connect(folder + "/" + name)
    db.executescript(tables)
    db.close()
    print("%s\tvault\t%s" % (name, value))
