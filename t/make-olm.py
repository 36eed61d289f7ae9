"""make-olm.py OUT [shared]: an archive of Outlook for Mac of an invented mailbox."""
import sys
import zipfile
from xml.sax.saxutils import escape, quoteattr

BOX = "Accounts/mara@kestrel.example/com.microsoft.__Messages/"


def who(element, people):
    if not people:
        return ""
    return "<%s>%s</%s>" % (element, "".join(
        "<emailAddress OPFContactEmailAddressAddress=%s OPFContactEmailAddressName=%s OPFContactEmailAddressType=\"0\"/>"
        % (quoteattr(a), quoteattr(n)) for n, a in people), element)


def email(subject, mid, sent, sender, to, text="", html="", attachments=(), more=""):
    out = "<email xml:space=\"preserve\">"
    if attachments:
        out += "<OPFMessageCopyAttachmentList>" + "".join(
            "<messageAttachment OPFAttachmentContentExtension=\"bin\" OPFAttachmentContentFileSize=\"9\" "
            "OPFAttachmentContentType=%s OPFAttachmentName=%s OPFAttachmentURL=%s/>"
            % (quoteattr(t), quoteattr(n), quoteattr(u)) for n, t, u in attachments) + "</OPFMessageCopyAttachmentList>"
    out += who("OPFMessageCopyFromAddresses", [sender]) + who("OPFMessageCopyToAddresses", to)
    for name, value in (("Body", text), ("HTMLBody", html), ("MessageID", mid), ("SentTime", sent), ("Subject", subject)):
        if value:
            out += "<OPFMessageCopy%s xml:space=\"preserve\">%s</OPFMessageCopy%s>" % (name, escape(value), name)
    return out + more + "</email>"


def emails(*all):
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<emails elementCount=\"%d\">%s</emails>" % (len(all), "".join(all))


def shared(path):
    """Four messages with one large attachment, one of them with another as large beside it."""
    box = BOX + "com.microsoft.__Attachments/"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name in ("a", "b"):
            z.writestr(zipfile.ZipInfo(box + name, (2026, 1, 2, 3, 4, 6)), "password: Large-%s-71\n" % name + "pier " * 300000, zipfile.ZIP_DEFLATED)
        for i, files in enumerate(("a", "ab", "a", "b")):
            z.writestr(zipfile.ZipInfo(BOX + "Inbox/message_%05d.xml" % i, (2026, 1, 2, 3, 4, 6)), emails(email(
                "large %d" % i, "large%d@tern.example" % i, "2025-03-04T08:15:3%d" % i, ("Ivo", "ivo@tern.example"),
                [("Mara", "mara@kestrel.example")], "see", "", [(f + ".txt", "text/plain", box + f) for f in files])), zipfile.ZIP_DEFLATED)


def main():
    if len(sys.argv) > 2:
        return shared(sys.argv[1])
    mara, ivo = ("Mara Ek", "mara@kestrel.example"), ("Ivo Žák", "ivo@tern.example")
    with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
        def put(name, text):
            z.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), text, zipfile.ZIP_DEFLATED)
        put("Categories.xml", "<?xml version=\"1.0\"?><categories/>")
        put(BOX + "com.microsoft.__Attachments/1_0000", "host;password\nvault01;Olm-Reef-4471!\n")
        put(BOX + "com.microsoft.__Attachments/9_0000", "user: backup\npassword: Lone-Olm-9921\n")
        put(BOX + "Inbox/message_00000.xml", emails(email("Schlüssel", "olm1@tern.example", "2025-03-04T08:15:30", ivo,
            [mara], "Password: Olm-Harbour-31\n", "<p>Password: <b>Olm-Harbour-31</b></p>",
            [("hosts.csv", "text/csv", BOX + "com.microsoft.__Attachments/1_0000"),
             ("gone.pdf", "application/pdf", BOX + "com.microsoft.__Attachments/7_0000")],
            who("OPFMessageCopyReplyToAddresses", [("Pier Desk", "desk@tern.example")]) +
            "<OPFMessageCopyCategoryList><category OPFCategoryCopyName=\"password: Olm-Word-16\"/></OPFMessageCopyCategoryList>")))
        put(BOX + "Sent Items/message_00001.xml", emails(
            email("first of two", "olm2@kestrel.example", "2025-03-05T10:00:00", mara, [ivo],
                  more="<OPFMessageCopyPreview>not downloaded, password: Olm-Preview-14</OPFMessageCopyPreview>"),
            email("second of two", "olm3@kestrel.example", "2025-03-05T10:01:00", mara, [ivo], "two")))
        put(BOX + "Inbox/message_00002.xml", emails("<email><OPFMessageCopySource>" + escape(
            "From: ivo@tern.example\r\nTo: mara@kestrel.example\r\nSubject: as it came\r\nMessage-ID: <olm4@tern.example>\r\n"
            "Date: Thu, 6 Mar 2025 09:00:00 +0100\r\n\r\nPassword: Source-Reef-12\r\n") + "</OPFMessageCopySource></email>"))
        put(BOX + "Inbox/message_00003.xml", emails(email("cut", "olm5@tern.example", "2025-03-07T10:00:00", ivo, [mara], "x" * 500))[:700])
        put("Local/Address Book/Contacts.xml", "<?xml version=\"1.0\"?><contacts elementCount=\"2\">" + "".join(
            "<contact><OPFContactCopyDisplayName>%s</OPFContactCopyDisplayName><OPFContactCopyBusinessCompany>Tern Shipping"
            "</OPFContactCopyBusinessCompany><OPFContactCopyEmailAddressList><contactEmailAddress "
            "OPFContactEmailAddressAddress=\"%s\"/></OPFContactCopyEmailAddressList></contact>" % p
            for p in (ivo, ("Ada Roth", "ada@tern.example"))) + "</contacts>")
        put("Local/Calendar/Calendar.xml", "<?xml version=\"1.0\"?><appointments elementCount=\"1\"><appointment>"
            "<OPFCalendarEventCopySummary>Handover</OPFCalendarEventCopySummary><OPFCalendarEventCopyLocation>Pier 7"
            "</OPFCalendarEventCopyLocation><OPFCalendarEventCopyStartTime>2025-04-01T09:00:00</OPFCalendarEventCopyStartTime>"
            "<OPFCalendarEventCopyAttendeeList><appointmentAttendee OPFCalendarAttendeeAddress=\"ivo@tern.example\" "
            "OPFCalendarAttendeeName=\"Ivo\"/></OPFCalendarEventCopyAttendeeList><OPFCalendarEventCopyDescriptionPlain>"
            "dial-in password: Pier-Seven-55</OPFCalendarEventCopyDescriptionPlain></appointment></appointments>".encode("utf-16"))


if __name__ == "__main__":
    main()
