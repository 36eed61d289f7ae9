#include "mail/mbox.h"

#include "mail/fields.h"
#include "mail/lines.h"

/* Fields that stand in mail and hardly elsewhere, so that one at the very beginning says a lot. */
static const char *const known[] = {
    "return-path", "received", "message-id", "delivered-to", "x-original-to", "mime-version",
    "dkim-signature", "authentication-results", "arc-seal", "arc-message-signature",
    "arc-authentication-results", "received-spf", "from", "to", "cc", "bcc", "subject", "date", "sender",
    "reply-to", "in-reply-to", "references", "content-type", "content-transfer-encoding",
    "content-disposition", "content-description", "user-agent", "resent-from", "resent-date", "resent-to",
    "list-id", "domainkey-signature", "envelope-to", "x-envelope-to", "x-envelope-from", "x-account-key",
    "x-uidl", "x-mozilla-status", "status", "x-sender", "x-receiver", "x-apparently-to", "x-gmail-labels",
    "x-gm-thrid", "thread-topic", "thread-index", "importance", "organization", "newsgroups", "path",
    "xref", "comments", "keywords",
};

static bool is_known(span name)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (span_eq_nocase(name, span_str(known[i])))
			return true;
	return span_starts_nocase(name, SPAN_LIT("x-")) || span_starts_nocase(name, SPAN_LIT("list-")) ||
	       span_starts_nocase(name, SPAN_LIT("resent-")) || span_starts_nocase(name, SPAN_LIT("arc-"));
}

/* Names of fields without which nothing is mail: one of them must be there. */
static bool is_telling(span name)
{
	static const char *const names[] = {"return-path", "received", "message-id", "from", "to", "subject", "date",
	    "delivered-to", "mime-version", "sender", "reply-to", "content-type", "resent-from"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (span_eq_nocase(name, span_str(names[i])))
			return true;
	return false;
}

/*
 * Reads the lines up to the first empty one: the first must be a known field, two must be known and one of them
 * telling (or a telling one stands alone), and lines that are no fields or hold a NUL must stay few. A YAML or log
 * file fails the first or the second. What the body holds does not matter.
 */
bool message_sniff(span file)
{
	span rest = span_first(file, 65536), line, name;
	unsigned n_fields = 0, n_known = 0, n_telling = 0, n_bad = 0;

	rest = span_from(rest, bom_length(rest));
	while (rest.n != 0 && (rest.p[0] == '\n' || rest.p[0] == '\r'))
		rest = span_from(rest, 1);
	if ((span_starts(rest, SPAN_LIT("From ")) && !field_begins(rest, &name)) || span_starts(rest, SPAN_LIT(">From ")))
		(void)span_line(&rest, &line);
	while (span_line(&rest, &line) && line.n != 0) {
		if (line.p[0] == ' ' || line.p[0] == '\t') {
			if (n_fields == 0)
				return false;
		} else if ((bytes_odd(line) & BYTES_NUL) != 0 || !field_begins(line, &name)) {
			n_bad++;
		} else {
			n_fields++;
			n_known += is_known(name);
			n_telling += is_telling(name);
		}
		if (n_fields + n_bad == 1 && n_known == 0 && n_bad == 1)
			return false;
		if (n_bad > 4 + n_fields / 4)
			return false;
	}
	if (n_telling == 0 || n_known * 2 < n_fields)
		return false;
	/* One telling field alone will do when nothing else stands before an empty line. */
	return n_telling + n_known >= 3 || (n_bad == 0 && n_fields == n_telling && line.n == 0);
}
