/*
 * What people write into header fields, beside the subject that a mail program shows: further subjects, comments, keywords, fields of their
 * own, descriptions of parts; and lines among the fields that are none.
 */
#include "mail/fields.h"
#include "mail/text.h"

/* Fields that programs write for programs, by how their names begin. What is in them is not what a person said. */
static const char *const machine[] = {"received", "x-received", "dkim-", "x-google-", "domainkey-", "arc-", "authentication-", "x-authentication-",
    "x-authenticated", "x-authority-", "list-", "return-", "delivered-", "envelope-", "x-envelope-", "x-original-to", "x-delivered-", "x-spam",
    "x-virus", "x-ms-", "x-microsoft-", "x-forefront-", "x-exchange-", "x-eop", "x-gm-", "x-gmail-", "x-goog", "x-mozilla-", "x-uid", "x-mailman",
    "x-mailer", "x-amavis", "x-barracuda-", "x-ironport-", "x-proofpoint-", "x-mimecast-", "x-mime", "x-ses-", "x-sg-", "x-mailgun-", "x-mj-",
    "x-origin", "x-sender", "x-apparently-", "mailing-list", "x-mailing-list", "x-source", "x-greylist", "x-me-", "x-cb", "x-ibm-",
    "x-egroups-", "x-fb-", "x-amp-", "x-mailprotector-", "accept-language", "x-accept-", "bounce-to", "x-from", "x-to", "x-cc", "x-bcc", "x-get-message",
    "x-habeas-", "mail-followup-to", "archived-at", "x-patchwork", "x-image-url", "x-gpg-", "delivery-date", "x-junk", "x-pm-", "x-antiabuse", "x-face", "face", "nntp-", "thread-index", "x-ham", "x-dspam", "x-bogosity", "x-scanned", "x-clam",
    "x-brightmail", "x-sophos", "x-kaspersky", "x-symantec", "x-cloudmark", "x-tm-", "x-mcafee", "x-campaign", "x-mc-", "feedback-", "x-feedback-",
    "autocrypt", "openpgp", "x-account-key", "x-msmail-", "x-priority", "x-message-id", "x-msgid", "x-hashcash", "x-trace", "x-complaints-",
    "x-apple-", "x-yahoo", "x-ymail", "x-loop", "x-beenthere", "x-sieve", "x-nasl-", "x-mail-from", "x-rcpt", "resent-message-id", "resent-date", "resent-from",
    "resent-to", "resent-cc", "resent-bcc", "resent-sender", NULL};
static const char *const machine_whole[] = {"from", "to", "cc", "bcc", "sender", "reply-to", "errors-to", "date", "message-id", "in-reply-to",
    "references", "mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-id", "content-location",
    "content-length", "content-class", "content-language", "content-md5", "content-base", "status", "x-status", "lines", "path", "xref", "precedence",
    "importance", "priority", "user-agent", "apparently-to", "newsgroups", "distribution", "old-message-id", NULL};

static bool is_machine(span name)
{
	for (size_t i = 0; machine[i] != NULL; i++)
		if (span_starts_nocase(name, span_str(machine[i])))
			return true;
	return span_is_one_of_nocase(name, machine_whole);
}

/* The next field of a header section as it lies, or a line that is none, without a name. */
static bool field_next(span *rest, struct field *out)
{
	span line, name;

	while (span_line(rest, &line))
		if (line.n != 0)
			break;
	if (line.n == 0)
		return false;
	*out = (struct field){.value = line};
	if (!field_begins(line, &name))
		return true;
	out->name = name;
	out->value = span_from(line, span_find_byte(line, ':') + 1);
	while (rest->n != 0 && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
		(void)span_line(rest, &line);
		out->value.n = (size_t)(line.p + line.n - out->value.p);
	}
	return true;
}

/* Those of one section. The subject of the message that says something first is read as the subject. */
static enum errc section_words(struct arena *a, span section, bool subject_read, struct buf *out, struct err *e)
{
	struct field f;

	while (field_next(&section, &f)) {
		bool subject = span_eq_nocase(f.name, SPAN_LIT("subject"));
		span text;

		if (is_machine(f.name))
			continue;
		if ((text = header_text(a, f.value)).p == NULL)
			return err_memory(e);
		if (text.n == 0)
			continue;
		if (subject && !subject_read) {
			subject_read = true;
			continue;
		}
		buf_put(out, f.name);
		buf_str(out, f.name.n != 0 ? ": " : "");
		buf_put(out, text);
		buf_byte(out, '\n');
	}
	return OK;
}

enum errc header_words(struct arena *a, const struct message *m, struct buf *out, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < m->n_parts && rc == OK; i++)
		if (!m->parts[i].uuencoded) /* those stand in the text that they were found in */
			rc = section_words(a, m->parts[i].header, i != 0, out, e);
	return rc;
}
