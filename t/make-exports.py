"""make-exports.py DIR: what password managers and browsers export or keep, key stores, and configurations of devices: all invented. Prints
what is to be found in each: file, class, and the value's beginning."""
import io
import json
import random
import subprocess
import sys
import zipfile

folder = sys.argv[1]
noise = random.Random(12).randbytes


def export(name, data, *found):
    for kind, value in found:
        print("%s\t%s\t%s" % (name, kind, value))
    with open(folder + "/" + name, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def pair(value):
    return ("username_password", value)


LOGIN = {"uris": [{"match": None, "uri": "https://ticket.tern.example"}], "username": "anna", "password": "Bit-Reef-951", "totp": None}
export("bitwarden.json", json.dumps({"encrypted": False, "folders": [], "items": [{"id": "1", "type": 1, "name": "ticket", "notes": None, "favorite": False,
       "fields": [], "login": LOGIN, "collectionIds": None}]}, indent=2), pair("Bit-Reef-951"))
export("bitwarden.csv", "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n"
       ",,login,ticket,,,0,https://ticket.tern.example,anna,Bit-Reef-952,\n", pair("Bit-Reef-952"))
export("lastpass.csv", "url,username,password,totp,extra,name,grouping,fav\nhttps://ticket.tern.example,anna,Last-Reef-953,,,ticket,,0\n", pair("Last-Reef-953"))
export("Chrome Passwords.csv", "name,url,username,password,note\nticket,https://ticket.tern.example/,anna,Chrome-Reef-954,\n", pair("Chrome-Reef-954"))
export("Firefox.csv", '"url","username","password","httpRealm","formActionOrigin","guid","timeCreated","timeLastUsed","timePasswordChanged"\n'
       '"https://ticket.tern.example","anna","Fire-Reef-955",,"https://ticket.tern.example","{0a1b2c3d-1111-4222-8333-444455556666}","1700000000000","1700000000000","1700000000000"\n',
       pair("Fire-Reef-955"))
export("1Password.csv", "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\nticket,https://ticket.tern.example,anna,One-Reef-956,,false,false,,\n", pair("One-Reef-956"))
export("keepass.csv", '"Account","Login Name","Password","Web Site","Comments"\n"ticket","anna","Keep-Reef-957","https://ticket.tern.example",""\n', pair("Keep-Reef-957"))
export("keepass.xml", '<?xml version="1.0" encoding="utf-8"?>\n<KeePassFile><Root><Group><Entry><String><Key>Password</Key><Value ProtectInMemory="True">Keep-Reef-958</Value></String>'
       "<String><Key>UserName</Key><Value>anna</Value></String></Entry></Group></Root></KeePassFile>\n", ("password", "Keep-Reef-958"))
with io.BytesIO() as b:
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("export.attributes", json.dumps({"version": 3, "description": "1Password Unencrypted Export"}))
        z.writestr("export.data", json.dumps({"accounts": [{"attrs": {"name": "Anna"}, "vaults": [{"items": [{"uuid": "a", "details": {"loginFields": [
            {"value": "anna", "id": "", "name": "username", "fieldType": "T", "designation": "username"},
            {"value": "Pux-Reef-959", "id": "", "name": "password", "fieldType": "P", "designation": "password"}], "notesPlain": "", "sections": [
                {"title": "", "fields": [{"title": "recovery password", "id": "x", "value": {"concealed": "Pux-Reef-960"}}]}]}}]}]}]}))
    export("export.1pux", b.getvalue(), ("password", "Pux-Reef-959"), ("password", "Pux-Reef-960"))
export("logins.json", json.dumps({"nextId": 2, "logins": [{"id": 1, "hostname": "https://ticket.tern.example", "encryptedUsername": "MDIEEPgAAAA=", "encryptedPassword": "MDoEEPgAAAA="}]}),
       ("vault", "passwords kept by a browser (Firefox)"))
export("Local State", json.dumps({"os_crypt": {"encrypted_key": "RFBBUEkBAAAA", "audit_enabled": True}, "profile": {}}), ("vault", "key of passwords kept by a browser (Chromium)"))
export("MobaXterm.ini", "[Bookmarks]\r\nSubRep=\r\nImgNum=42\r\nbox= #109#0%%10.1.2.3%%22%%root%%%%-1\r\n\r\n[Passwords]\r\nmobauser@mobaserver=%s\r\nroot@10.1.2.3=%s\r\n" % (noise(20).hex(), noise(12).hex()),
       ("vault", "passwords kept by MobaXterm"))
export("sessions.mxtsessions", "[Bookmarks]\r\nSubRep=\r\nImgNum=42\r\nbox= #109#0%10.1.2.3%22%root%%-1\r\n")
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder + "/k", "-out", folder + "/c", "-subj", "/CN=gate"],
               check=True, stderr=subprocess.DEVNULL)
p12 = subprocess.run(["openssl", "pkcs12", "-export", "-inkey", folder + "/k", "-in", folder + "/c", "-passout", "pass:x"], check=True, stdout=subprocess.PIPE).stdout
subprocess.run(["rm", folder + "/k", folder + "/c"], check=True)
export("gate.p12", p12, ("vault", "PKCS #12 key store"))
export("switch.cfg", "!\nversion 15.2\nhostname sw1\nenable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0\nusername netops privilege 15 password 0 Cisco-Reef-961\n!\n"
       "snmp-server community Cisco-Reef-962 RW\ncrypto isakmp key Cisco-Reef-963 address 198.51.100.9\nline vty 0 4\n password 7 06F6A6F183AAD675\n",
       ("password", "Cisco-Reef-961"), ("password", "Cisco-Reef-962"), ("password", "Cisco-Reef-963"), ("password", "06F6A6F183AAD675"),
       ("password", "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0"))
export("server.vmx", '.encoding = "UTF-8"\nconfig.version = "8"\nRemoteDisplay.vnc.enabled = "TRUE"\nRemoteDisplay.vnc.port = "5901"\nRemoteDisplay.vnc.password = "Vm-Reef-964"\n', ("password", "Vm-Reef-964"))
export("ks.cfg", "vmaccepteula\nrootpw Vm-Reef-965\ninstall --firstdisk\n", ("password", "Vm-Reef-965"))
# What their bytes do not say: a volume of VeraCrypt, and Password Safe before its third version.
for name in ("disk.hc", "disk.tc", "old.psafe"):
    export(name, noise(40000))
