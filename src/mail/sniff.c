#include "mail/mbox.h"

#include "mail/fields.h"
#include "mail/lines.h"
#include "mail/mime-private.h"
#include "mail/postmark.h"
#include "mail/writing.h"

#define NAME(s) {(const unsigned char *)s, sizeof(s) - 1}
enum { N_TELLING = 13, ROOM = 32768 };

/*
 * Fields that stand in mail and hardly elsewhere, so that one at the very beginning says a lot. Without one of the
 * first, the telling ones, nothing is mail.
 */
static const span known[] = {
    NAME("return-path"), NAME("received"), NAME("message-id"), NAME("from"), NAME("to"), NAME("subject"), NAME("date"),
    NAME("delivered-to"), NAME("mime-version"), NAME("sender"), NAME("reply-to"), NAME("content-type"), NAME("resent-from"),
    NAME("x-original-to"), NAME("dkim-signature"), NAME("authentication-results"), NAME("arc-seal"),
    NAME("arc-message-signature"), NAME("arc-authentication-results"), NAME("received-spf"), NAME("cc"),
    NAME("bcc"), NAME("in-reply-to"), NAME("references"), NAME("content-transfer-encoding"),
    NAME("content-disposition"), NAME("content-description"), NAME("user-agent"), NAME("resent-date"),
    NAME("resent-to"), NAME("list-id"), NAME("domainkey-signature"), NAME("envelope-to"),
    NAME("x-envelope-to"), NAME("x-envelope-from"), NAME("x-account-key"), NAME("x-uidl"),
    NAME("x-mozilla-status"), NAME("status"), NAME("x-sender"), NAME("x-receiver"), NAME("x-apparently-to"),
    NAME("x-gmail-labels"), NAME("x-gm-thrid"), NAME("thread-topic"), NAME("thread-index"),
    NAME("importance"), NAME("organization"), NAME("newsgroups"), NAME("path"), NAME("xref"),
    NAME("comments"), NAME("keywords")};

/* Is it one of known[from, to)? */
static bool is_among(span name, size_t from, size_t to)
{
	while (from < to && (known[from].n != name.n || known[from].p[0] != (name.p[0] | 32) || !span_eq_nocase(name, known[from])))
		from++;
	return from < to;
}

static bool is_telling(span name) { return is_among(name, 0, N_TELLING); }

/* Of those that are not telling. */
static bool is_known(span name)
{
	return span_starts_nocase(name, SPAN_LIT("x-")) || span_starts_nocase(name, SPAN_LIT("list-")) ||
	       span_starts_nocase(name, SPAN_LIT("resent-")) || span_starts_nocase(name, SPAN_LIT("arc-")) ||
	       is_among(name, N_TELLING, sizeof known / sizeof known[0]);
}

bool field_is_known(span name) { return name.n != 0 && (is_telling(name) || is_known(name)); }

/*
 * Reads the lines up to the first empty one: the first must be a known field, two must be known and one of them
 * telling (or a telling one stands alone), and lines that are no fields or hold a NUL must stay few. A YAML or log
 * file fails the first or the second. What the body holds does not matter. Lines that begin with a blank may stand before the first: what is
 * left of a field whose name was cut off; then two fields must tell, and all lines be fields.
 */
bool message_sniff(span file)
{
	UNFILLED unsigned char room[ROOM];
	span rest = span_first(writing_head(writing_of(file), file, room, sizeof room), 65536), line, name;
	unsigned n_fields = 0, n_known = 0, n_telling = 0, n_bad = 0, n_torn = 0;

	rest = span_from(rest, bom_length(rest));
	while (rest.n != 0 && (rest.p[0] == '\n' || rest.p[0] == '\r'))
		rest = span_from(rest, 1);
	if ((span_starts(rest, SPAN_LIT("From ")) && !field_begins(rest, &name)) || span_starts(rest, SPAN_LIT(">From ")))
		(void)span_line(&rest, &line);
	while (span_line(&rest, &line) && line.n != 0) {
		if (line.p[0] == ' ' || line.p[0] == '\t') {
			if (n_fields == 0 && (n_bad != 0 || ++n_torn > 4))
				return false;
		} else if (span_find_byte(line, '\0') < line.n || !field_begins(line, &name)) {
			n_bad++;
		} else {
			bool telling = is_telling(name);

			n_fields++;
			n_known += telling || is_known(name);
			n_telling += telling;
		}
		if (n_fields + n_bad == 1 && n_known == 0 && n_bad == 1)
			return false;
		if (n_bad > 4 + n_fields / 4)
			return false;
	}
	if (n_torn != 0 && (n_telling < 2 || n_bad != 0))
		return false;
	/* Whoever writes many fields of his own names four of these only in mail. */
	if (n_telling == 0 || (n_known * 2 < n_fields && n_telling < 4))
		return false;
	/* One telling field alone will do when nothing else stands before an empty line. */
	return n_telling + n_known >= 3 || (n_bad == 0 && n_fields == n_telling && line.n == 0);
}

size_t message_begin(span raw)
{
	size_t at = bom_length(raw), blank;
	span name, first = span_from(raw, at);

	if ((span_starts(first, SPAN_LIT("From ")) && !field_begins(first, &name)) ||
	    span_starts(first, SPAN_LIT(">From "))) {
		size_t next = at + span_find_byte(first, '\n');

		next = next < raw.n ? next + 1 : next;
		/* "From now on the password is ..." is a sentence. */
		if (field_begins(span_from(raw, next), &name) || postmark(span_trim(span_from(span_first(raw, next), at + (first.p[0] == '>')))) > POSTMARK_BARE)
			at = next;
	}
	for (blank = at; blank < raw.n && ascii_is_space(raw.p[blank]); blank++)
		;
	while (blank > at && raw.p[blank - 1] != '\n') /* a line that is indented is no field */
		blank--;
	return blank != at && message_sniff(span_from(raw, blank)) ? blank : at;
}
