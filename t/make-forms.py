"""make-forms.py DIR: files whose words are folded, escaped or bytes: iCalendar, vCard, an export of the registry, Remote Desktop, a saved
page and a saved mail. Everything in them is invented."""
import sys


def write(name, data):
    with open(sys.argv[1] + "/" + name, "wb") as f:
        f.write(data)


def utf16_hex(text):
    return ",".join("%02x" % b for b in (text + "\0").encode("utf-16-le"))


write("call.ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Bridge call\r\nDESCRIPTION:Join us\\nDial-in password: "
      b"Fold-Re\r\n ef-771\\nAsk Ivo\\, please\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:cGFzc3dvcmQ6IEljcy1SZWVmLTc3Nwo=\r\nEND:VEVENT\r\n"
      b"END:VCALENDAR\r\n")
write("ivo.vcf", b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Ivo Zak\r\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=C3=9Fe, Password: "
      b"Card-Re=\r\nef-772\r\nPHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=\r\nEND:VCARD\r\n")
hexed = utf16_hex("password: Hex-Reef-774")
write("vpn.reg", ("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\Tern\\Vpn]\r\n\"Server\"=\"vpn.tern.example\"\r\n"
                  "\"Password\"=\"Reg\\\\Reef-773\"\r\n\"Extra\"=hex(1):%s\\\r\n  %s\r\n" % (hexed[:60], hexed[60:])).encode("utf-16"))
write("host.rdp", "screen mode id:i:2\r\nfull address:s:ts.tern.example\r\nusername:s:TERN\\admin\r\npassword 51:b:"
      "01000000D08C9DDF0115D1118C7A00C04FC297EB0100\r\n".encode("utf-16"))
write("page.mht", b"From: <Saved by Blink>\r\nSubject: Wiki\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; "
      b"boundary=\"B\"\r\n\r\n--B\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>password: Page-Re=\r\n"
      b"ef-775</p>\r\n--B\r\nContent-Type: text/html\r\nContent-Location: https://wiki.tern.example/ops/frame.html?v=/2#top\r\n\r\n"
      b"<p>password: Frame-Reef-779</p>\r\n--B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
      b"Content-Location: file:///C:/wiki_files/image002.png\r\n\r\niVBORw0KGgoAAAA=\r\n--B--\r\n")
write("saved.eml", b"From: a@kestrel.example\r\nSubject: saved\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      b"UGFzc3dvcmQ6IFNhdmVkLVJlZWYtNzc2Cg==\r\n")
