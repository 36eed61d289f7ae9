/*
 * What people write into header fields, beside the subject that a mail program shows: further subjects, comments, keywords, fields of their
 * own, descriptions of parts, comments beside addresses; and lines among the fields that are none.
 */
#include <stdlib.h>

#include "mail/fields.h"
#include "mail/text.h"
#include "mail/words.h"

/* Fields that programs write for programs, by how their names begin, or with ":" by all of the name. What is in them is not what a person said.
 * In order of bytes, and none the beginning of another: each field of each message is looked up. */
static const char *const machine[] = {"accept-language", "apparently-to:", "arc-", "archived-at", "authentication-", "autocrypt", "bcc:",
    "bounce-to", "cc:", "content-base:", "content-class:", "content-disposition:", "content-id:", "content-language:", "content-length:",
    "content-location:", "content-md5:", "content-transfer-encoding:", "content-type:", "date:", "delivered-", "delivery-date",
    "distribution:", "dkim-", "domainkey-", "envelope-", "errors-to:", "face:", "feedback-", "from:", "importance:", "in-reply-to:",
    "lines:", "list-", "mail-followup-to", "mailing-list", "message-id:", "mime-version:", "newsgroups:", "nntp-", "old-message-id:",
    "openpgp", "path:", "precedence:", "priority:", "received", "references:", "reply-to:", "resent-bcc", "resent-cc", "resent-date",
    "resent-from", "resent-message-id", "resent-sender", "resent-to", "return-", "sender:", "status:", "thread-index", "to:", "user-agent:",
    "x-accept-", "x-account-key", "x-amavis", "x-amp-", "x-antiabuse", "x-apparently-", "x-apple-", "x-authenticated", "x-authentication-",
    "x-authority-", "x-barracuda-", "x-bcc:", "x-beenthere", "x-bogosity", "x-brightmail", "x-campaign", "x-cb:", "x-cc:", "x-clam",
    "x-cloudmark", "x-complaints-", "x-delivered-", "x-dspam", "x-egroups-", "x-envelope-", "x-eop", "x-exchange-", "x-face:", "x-fb-",
    "x-feedback-", "x-filename", "x-folder", "x-forefront-", "x-from:", "x-get-message", "x-gm-", "x-gmail-", "x-goog", "x-gpg-",
    "x-greylist", "x-habeas-", "x-ham", "x-hashcash", "x-ibm-", "x-image-url", "x-ironport-", "x-junk", "x-kaspersky", "x-loop",
    "x-mail-from", "x-mailer", "x-mailgun-", "x-mailing-list", "x-mailman", "x-mailprotector-", "x-mc-", "x-mcafee", "x-me-",
    "x-message-id", "x-microsoft-", "x-mime", "x-mj-", "x-mozilla-", "x-ms-", "x-msgid", "x-msmail-", "x-nasl-", "x-origin", "x-patchwork",
    "x-pm-", "x-priority", "x-proofpoint-", "x-rcpt", "x-received", "x-scanned", "x-sender", "x-ses-", "x-sg-", "x-sieve", "x-sophos",
    "x-source", "x-spam", "x-status:", "x-symantec", "x-tm-", "x-to:", "x-trace", "x-uid", "x-virus", "x-yahoo", "x-ymail", "xref:"};

/* How the name compares with what it may begin with. */
static int by_beginning(const void *key, const void *entry)
{
	const unsigned char *name = key;
	const char *word = *(const char *const *)entry;

	for (size_t i = 0; word[i] != '\0'; i++)
		if (name[i] != (unsigned char)word[i])
			return name[i] - (unsigned char)word[i];
	return 0;
}

/* The name is put in lower case once, with ":" behind it, and not for each of the eight entries that it is compared with. */
static bool is_machine(span name)
{
	unsigned char lower[32] = {0}; /* more than the longest entry has, and a NUL */
	size_t n = name.n < sizeof lower - 2 ? name.n : sizeof lower - 2;

	for (size_t i = 0; i < n; i++)
		lower[i] = ascii_lower(name.p[i]);
	if (n == name.n)
		lower[n] = ':';
	return bsearch(lower, machine, sizeof machine / sizeof *machine, sizeof *machine, by_beginning) != NULL;
}

static void put_words(struct buf *out, span name, span text)
{
	buf_put(out, name);
	buf_str(out, name.n != 0 ? ": " : "");
	buf_put(out, text);
	buf_byte(out, '\n');
}

/* The next field of a header section as it lies, or a line that is none, without a name. */
static bool field_next(span *rest, struct field *out)
{
	span line, name;

	do
		if (!span_line(rest, &line))
			return false;
	while (line.n == 0);
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

/* Fields of addresses (RFC 5322 3.6.2, 3.6.3, 3.6.6), and one that is like them (RFC 2919). */
static bool is_of_addresses(span name)
{
	if (span_starts_nocase(name, SPAN_LIT("resent-")))
		name = span_from(name, 7);
	return span_is_one_of_nocase(name, SPAN_WORDS("from", "sender", "reply-to", "to", "cc", "bcc", "list-id"));
}

/* What begins another token, or is one: all other bytes beside each other are a token, since one at a time they cost a third of this file's work. */
static bool is_of_words(unsigned char c) { return !ascii_is_one_of(c, "(<\",;:"); }

/* Behind the quoted string, comment, angle brackets or words that begin at `at`; else behind that one byte. */
static size_t token_end(span s, size_t at)
{
	size_t end = at + 1;

	if (s.p[at] == '(')
		return comment_end(s, at);
	if (s.p[at] != '<' && s.p[at] != '"') {
		while (is_of_words(s.p[at]) && end < s.n && is_of_words(s.p[end]))
			end++;
		return end;
	}
	while (end < s.n && s.p[end] != (s.p[at] == '"' ? '"' : '>'))
		end += s.p[end] == '\\' && s.n - end > 1 ? 2 : 1;
	return end < s.n ? end + 1 : s.n;
}

/* More than one word, or encoded. */
static bool has_several(span s)
{
	return span_find_byte(s, ' ') < s.n || span_find_byte(s, '\t') < s.n || span_has(s, SPAN_LIT("=?"));
}

static bool has_digit(span s)
{
	size_t i = 0;

	while (i < s.n && !ascii_is_digit(s.p[i]))
		i++;
	return i < s.n;
}

/*
 * A name, of somebody or of a group, that says something beside it: several words and a digit. Others are not read: a nickname is as odd as a
 * password, and nobody says one in a name; nor is what mailing lists make of one ("Reef14 via Lists-users").
 */
static enum errc name_take(struct arena *a, struct text *name, bool is_name, span charset, struct text *out, struct err *e)
{
	span said = text_span(name), decoded;

	if (!name->failed && is_name && has_several(said) && (has_digit(said) || span_has(said, SPAN_LIT("=?")))) {
		if ((decoded = header_text(a, said, charset)).p == NULL)
			return err_memory(e);
		if (has_several(decoded) && has_digit(decoded) && !span_has(decoded, SPAN_LIT(" via "))) {
			text_put(out, said);
			text_byte(out, ' ');
		}
	}
	name->n = 0;
	return name->failed ? err_memory(e) : OK;
}

/* With one space between words, as what somebody is called has it: then what stands in both is the same. p NULL: memory. */
static span one_space(struct arena *a, span s)
{
	struct text t = {.arena = a};

	s = span_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_space(s.p[i]))
			text_byte(&t, s.p[i]);
		else if (!ascii_is_space(s.p[i - 1]))
			text_byte(&t, ' ');
	return text_span(&t);
}

/*
 * What people write beside addresses: comments in parentheses, words behind the ">", and names of several words. A comment of one word is a
 * name, as mail had them first: "jane@host.example (Jane)".
 */
static enum errc words_beside(struct arena *a, const struct field *f, span charset, struct buf *out, struct err *e)
{
	struct text t = {.arena = a}, name = {.arena = a};
	bool behind = false, grouped = false;
	span text;
	enum errc rc = OK;

	if (span_find_byte(f->value, '(') == f->value.n && span_find_byte(f->value, '<') == f->value.n &&
	    span_find_byte(f->value, ':') == f->value.n) /* as most are that a program wrote */
		return OK;
	for (size_t at = 0, end; at < f->value.n && rc == OK; at = end) {
		span token = span_sub(f->value, at, (end = token_end(f->value, at)) - at);
		unsigned char c = token.p[0];

		if (c == '<' || c == ',' || c == ';') {
			rc = name_take(a, &name, c == '<' || grouped, charset, &t, e);
			behind = c == '<';
			grouped = false;
			text_byte(&t, ' ');
		} else if (c == '(' ? has_several(token) : behind) {
			text_put(&t, token);
		} else if (c != '(') {
			text_put(&name, token);
			grouped |= c == ':';
		}
	}
	if (rc != OK || (rc = name_take(a, &name, grouped, charset, &t, e)) != OK)
		return rc;
	if (t.failed || (text = header_text(a, text_span(&t), charset)).p == NULL || (text = one_space(a, text)).p == NULL)
		return err_memory(e);
	if (text.n != 0)
		put_words(out, f->name, text);
	return OK;
}

/* Those of one section. The subject that says something first is read as the subject, and goes to *subject while that is NULL. */
static enum errc section_words(struct arena *a, span section, span charset, span *subject, struct buf *out, struct err *e)
{
	struct field f;
	enum errc rc;

	while (field_next(&section, &f)) {
		span text;

		if (is_of_addresses(f.name) && (rc = words_beside(a, &f, charset, out, e)) != OK)
			return rc;
		if (is_machine(f.name))
			continue;
		if ((text = header_text(a, f.value, charset)).p == NULL)
			return err_memory(e);
		if (text.n == 0)
			continue;
		if (span_eq_nocase(f.name, SPAN_LIT("subject")) && (subject->p == NULL || span_eq(text, *subject))) {
			*subject = text;
			continue;
		}
		put_words(out, f.name, text);
	}
	return OK;
}

/* Where what a message/external-body does not hold lies (RFC 2046 5.2.3, RFC 2017): who wrote that may have written how to get in. */
static enum errc elsewhere_words(struct arena *a, const struct part *p, struct buf *out, struct err *e)
{
	span section = p->header, type;
	struct param *params;
	struct field f;
	size_t n;
	enum errc rc;

	while (field_next(&section, &f)) {
		if (!span_eq_nocase(f.name, SPAN_LIT("content-type")))
			continue;
		if ((rc = header_params(a, f.value, p->charset, &type, &params, &n, e)) != OK)
			return rc;
		for (size_t i = 0; i < n; i++) {
			bool url = span_eq(params[i].name, SPAN_LIT("url"));

			if (!url && !span_is_one_of(params[i].name, SPAN_WORDS("site", "directory", "name", "server", "subject")))
				continue;
			buf_put(out, params[i].name);
			buf_str(out, ": ");
			for (size_t k = 0; k < params[i].value.n; k++)
				if (!url || !ascii_is_space(params[i].value.p[k])) /* it is folded so */
					buf_byte(out, params[i].value.p[k]);
			buf_byte(out, '\n');
		}
	}
	return OK;
}

/* Header fields of mail that was returned (RFC 6522, RFC 6533) are a text, in which encoded words are shown as they stand. */
static enum errc returned_words(struct arena *a, const struct message *m, const struct part *p, struct buf *out, struct err *e)
{
	unsigned ignored = 0;
	struct field f;
	span rest, text;
	enum errc rc = part_content(a, m, p, &rest, &ignored, e);

	if (rc != OK)
		return rc == ERR_LIMIT ? OK : rc;
	while (field_next(&rest, &f)) {
		if (is_machine(f.name) || !span_has(f.value, SPAN_LIT("=?")))
			continue;
		if ((text = header_text(a, f.value, p->charset)).p == NULL)
			return err_memory(e);
		put_words(out, f.name, text);
	}
	return OK;
}

enum errc header_words(struct arena *a, const struct message *m, struct buf *out, struct err *e)
{
	span subject = SPAN_EMPTY;
	enum errc rc = OK;

	for (size_t i = 0; i < m->n_parts && rc == OK; i++) {
		const struct part *p = &m->parts[i];

		if (!p->uuencoded) /* those stand in the text that they were found in */
			rc = section_words(a, p->header, p->charset.n != 0 ? p->charset : m->headers.charset, &subject, out, e);
		if (subject.p == NULL) /* the message has none; that of a part is another */
			subject = SPAN_LIT("");
		if (rc == OK && p->inner_header.n != 0)
			rc = section_words(a, p->inner_header, m->headers.charset, &subject, out, e);
		if (!p->uuencoded && rc == OK && span_eq(p->type, SPAN_LIT("message/external-body")))
			rc = elsewhere_words(a, p, out, e);
		if (rc == OK && (span_eq(p->type, SPAN_LIT("text/rfc822-headers")) || span_eq(p->type, SPAN_LIT("message/global-headers"))))
			rc = returned_words(a, m, p, out, e);
	}
	return rc;
}
