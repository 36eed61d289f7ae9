"""make-configs.py DIR: the files in which people send each other a way in, as their programs write them: one secret or more in each, all
invented. Prints what is to be found in each: file, class, and the value's beginning."""
import base64
import hashlib
import random
import subprocess
import sys

folder = sys.argv[1]
draw = random.Random(9)


def b64(n, width=0):
    text = base64.b64encode(draw.randbytes(n)).decode()
    return "\n".join(text[i:i + width] for i in range(0, len(text), width)) if width else text


def key(kind, n=300):
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n" % (kind, b64(n, 64), kind)


def config(name, text, *found):
    for kind, value in found:
        print("%s\t%s\t%s" % (name, kind, value))
    with open(folder + "/" + name, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())


def sealed(cipher, secret, iv, text):
    return subprocess.run(["openssl", "enc", "-" + cipher, "-K", secret.hex(), "-iv", iv.hex()], input=text, stdout=subprocess.PIPE, check=True).stdout


def cisco(text):
    """The VPN client of Cisco: a vector, the digest of what is encrypted, and that."""
    seed = draw.randbytes(19) + b"\x41"
    k = hashlib.sha1(seed[:19] + b"\x42").digest() + hashlib.sha1(seed[:19] + b"\x44").digest()[:4]
    data = sealed("des-ede3-cbc", k, seed[:8], text.encode())
    return (seed + hashlib.sha1(data).digest() + data).hex().upper()


def group_policy(text):
    key = bytes.fromhex("4e9906e8fcb66cc9faf49310620ffee8f496e806cc057990209b09a433b66c1b")
    return base64.b64encode(sealed("aes-256-cbc", key, bytes(16), text.encode("utf-16-le"))).decode().rstrip("=")


def static_key():
    lines = "\n".join(draw.randbytes(16).hex() for _ in range(16))
    return "#\n# 2048 bit OpenVPN static key\n#\n-----BEGIN OpenVPN Static key V1-----\n%s\n-----END OpenVPN Static key V1-----\n" % lines


OVPN = "client\ndev tun\nproto udp\nremote vpn.tern.example 1194\nremote-cert-tls server\ncipher AES-256-GCM\nverb 3\n"
STATIC = ("private_key", "-----BEGIN OpenVPN Static key V1-----")
config("road.ovpn", OVPN + "<ca>\n%s</ca>\n<cert>\n%s</cert>\n<key>\n%s</key>\nkey-direction 1\n<tls-auth>\n%s</tls-auth>\n<auth-user-pass>\nanna\nOvpn-Reef-901\n"
       "</auth-user-pass>\n" % (key("CERTIFICATE"), key("CERTIFICATE"), key("PRIVATE KEY"), static_key()),
       ("private_key", "-----BEGIN PRIVATE KEY-----"), STATIC, ("password", "Ovpn-Reef-901"))
config("crypt.ovpn", OVPN + "<tls-crypt>\n%s</tls-crypt>\n<tls-crypt-v2>\n%s</tls-crypt-v2>\n" % (static_key(), key("OpenVPN tls-crypt-v2 client key")),
       STATIC, ("private_key", "-----BEGIN OpenVPN tls-crypt-v2 client key-----"))
config("point.ovpn", OVPN.replace("client\n", "") + "ifconfig 10.8.0.2 10.8.0.1\n<secret>\n%s</secret>\n<http-proxy-user-pass>\nanna\nProxy-Reef-902\n</http-proxy-user-pass>\n"
       % static_key(), STATIC, ("password", "Proxy-Reef-902"))
config("office.rdp", ("screen mode id:i:2\r\nfull address:s:ts.tern.example\r\nusername:s:TERN\\anna\r\npassword 51:b:"
       "01000000D08C9DDF0115D1118C7A00C04FC297EB0100\r\n").encode("utf-16"), ("vault", "password of a Remote Desktop"))
config("auto.reg", ("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon]\r\n\"AutoAdminLogon\"=\"1\"\r\n"
       "\"DefaultUserName\"=\"kiosk\"\r\n\"DefaultPassword\"=\"Auto-Reef-903\"\r\n").encode("utf-16"), ("password", "Auto-Reef-903"))
config("old.reg", "REGEDIT4\r\n\r\n[HKEY_CURRENT_USER\\Software\\ORL\\WinVNC3]\r\n\"Password\"=hex:17,52,6b,06,23,4e,58,07\r\n\"Port\"=dword:0000170c\r\n",
       ("password", "hex:17,52,6b,06,23,4e,58,07"))
wg = b64(32)
config("wg0.conf", "[Interface]\nPrivateKey = %s\nAddress = 10.9.0.2/32\n\n[Peer]\nPublicKey = %s\nPresharedKey = %s\nEndpoint = vpn.tern.example:51820\n" % (wg, b64(32), b64(32)),
       ("private_key", wg), ("private_key", ""))
config("open.ppk", "PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\nComment: k\r\nPublic-Lines: 1\r\n%s\r\nPrivate-Lines: 2\r\n%s\r\nPrivate-MAC: %s\r\n"
       % (b64(48), b64(90, 64).replace("\n", "\r\n"), draw.randbytes(20).hex()), ("private_key", "PuTTY-User-Key-File-2"))
config("group.pcf", "[main]\nDescription=Tern\nHost=vpn.tern.example\nAuthType=1\nGroupName=staff\nGroupPwd=\nenc_GroupPwd=%s\nUsername=anna\nenc_UserPassword=%s\n"
       % (cisco("Enc-Reef-927"), cisco("Enc-Reef-928")), ("password", "Enc-Reef-927"), ("password", "Enc-Reef-928"))
config("plain.pcf", "[main]\nHost=vpn.tern.example\nGroupName=staff\nGroupPwd=Group-Reef-904\nUsername=anna\nUserPassword=User-Reef-905\n",
       ("password", "Group-Reef-904"), ("password", "User-Reef-905"))
config("ipsec.secrets", "# strongSwan\n198.51.100.7 vpn.tern.example : PSK \"Psk-Reef-906\"\nanna : EAP \"Eap-Reef-907\"\n: RSA gate.key \"Rsa-Reef-908\"\nbob : XAUTH Xauth-Reef-909\n",
       ("password", "Psk-Reef-906"), ("password", "Eap-Reef-907"), ("password", "Rsa-Reef-908"), ("password", "Xauth-Reef-909"))
config("swanctl.conf", "secrets {\n\tike-gate {\n\t\tid = gate.tern.example\n\t\tsecret = \"Swan-Reef-910\"\n\t}\n}\n", ("password", "Swan-Reef-910"))
config(".pgpass", "# host:port:database:user:password\ndb.tern.example:5432:shop:app:Pg-Reef-911\n*:*:*:postgres:Pg\\:Reef-912\n", ("connection_string", "db.tern.example:5432:shop:app:Pg-Reef-911"), ("connection_string", "*:*:*:postgres:Pg\\:Reef-912"))
config("pgpass.conf", "db2.tern.example:5432:*:app:Pg-Reef-913\n", ("connection_string", "db2.tern.example:5432:*:app:Pg-Reef-913"))
config(".netrc", "machine ftp.tern.example\n  login anna\n  password Net-Reef-914\n\nmachine git.tern.example login bob password Net-Reef-915\ndefault login anonymous password Net-Reef-916\n",
       ("username_password", "Net-Reef-914"), ("username_password", "Net-Reef-915"), ("username_password", "Net-Reef-916"))
config(".my.cnf", "[client]\nuser=root\npassword=My-Reef-917\n\n[mysqldump]\nuser = backup\npassword = \"My-Reef#918\"\n", ("username_password", "My-Reef-917"), ("username_password", "My-Reef#918"))
config("web.config", '<?xml version="1.0"?>\n<configuration>\n<connectionStrings><add name="Shop" connectionString="Data Source=sql1;Initial Catalog=shop;User ID=shop;Password=Web-Reef-919" '
       'providerName="System.Data.SqlClient"/></connectionStrings>\n<appSettings><add key="SmtpPassword" value="Web-Reef-920"/></appSettings>\n<system.web><identity impersonate="true" '
       'userName="TERN\\svc" password="Web-Reef-921"/>\n<machineKey validationKey="%s" decryptionKey="%s" validation="HMACSHA256"/></system.web>\n</configuration>\n'
       % (draw.randbytes(64).hex().upper(), draw.randbytes(32).hex().upper()),
       ("password", "Web-Reef-920"), ("username_password", "Web-Reef-921"), ("connection_string", "Data Source=sql1"), ("api_token", ""), ("api_token", ""))
config("autounattend.xml", '<?xml version="1.0"?>\n<unattend xmlns="urn:schemas-microsoft-com:unattend"><settings pass="oobeSystem"><component><UserAccounts><AdministratorPassword>'
       "<Value>%s</Value><PlainText>false</PlainText></AdministratorPassword><LocalAccounts><LocalAccount><Password><Value>Un-Reef-922</Value><PlainText>true</PlainText></Password>"
       "<Name>anna</Name></LocalAccount></LocalAccounts></UserAccounts></component></settings></unattend>\n"
       % base64.b64encode("Un-Reef-923AdministratorPassword".encode("utf-16-le")).decode(), ("password", "Un-Reef-922"), ("password", "Un-Reef-923"))
config("sysprep.inf", "[GuiUnattended]\nAdminPassword=\"Sys-Reef-924\"\nAutoLogon=Yes\n[Identification]\nDomainAdmin=join\nDomainAdminPassword=Sys-Reef-925\n",
       ("password", "Sys-Reef-924"), ("password", "Sys-Reef-925"))
config("Groups.xml", '<?xml version="1.0" encoding="utf-8"?>\n<Groups clsid="{3125E937-EB16-4b4c-9934-544FC6D24D26}"><User clsid="{DF5F1855-51E5-4d24-8B1A-D9BDE98BA1D1}" name="Administrator">'
       '<Properties action="U" newName="" fullName="" description="" cpassword="%s" userName="Administrator (built-in)"/></User></Groups>\n' % group_policy("Gpp-Reef-926"), ("password", "Gpp-Reef-926"))
config("credentials-config.json", (lambda iv: iv + sealed("aes-128-cbc", bytes.fromhex("babb4a9f774ab853c96c2d653dfe544a"), iv,
       b'{"postgresql-jdbc-1":{"#connection":{"user":"app","password":"Beaver-Reef-929"}}}'))(draw.randbytes(16)), ("username_password", "Beaver-Reef-929"))
