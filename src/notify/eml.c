#include "notify/eml.h"

#include "base/clock.h"
#include "base/utf8.h"

enum { LINE = 76 }; /* RFC 2045 6.7 (5) and RFC 2047 2 */

static bool is_atext(unsigned char c)
{
	return ascii_is_alnum(c) || ascii_is_one_of(c, "!#$%&'*+/=?^_`{|}~-");
}

static bool is_dot_atom(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_atext(s.p[i]) && (s.p[i] != '.' || i == 0 || i + 1 == s.n || s.p[i - 1] == '.'))
			return false;
	return s.n != 0;
}

bool eml_address_ok(span s)
{
	size_t at = span_find_byte(s, '@');

	return s.n <= 254 && at < s.n && at <= 64 && is_dot_atom(span_first(s, at)) && is_dot_atom(span_from(s, at + 1));
}

static enum errc text_ok(span s, const char *field, struct err *e)
{
	if (utf8_valid(s) != s.n)
		return err_set(e, ERR_USAGE, "%s: not UTF-8", field);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return err_set(e, ERR_USAGE, "%s: a control character (%u) cannot stand in a header", field, s.p[i]);
	return OK;
}

static void put_hex(struct buf *b, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";

	buf_byte(b, '=');
	buf_byte(b, (unsigned char)digits[c >> 4]);
	buf_byte(b, (unsigned char)digits[c & 15]);
}

/* RFC 2047 4.2 and 5 (3): what may stand for itself in an encoded word that stands in a phrase. */
static bool stands_for_itself(unsigned char c)
{
	return ascii_is_alnum(c) || ascii_is_one_of(c, "!*+-/");
}

/* Encoded words, each of whole characters (RFC 2047 5), lines folded between them. */
static void put_encoded(struct buf *b, size_t column, span s)
{
	static const char open[] = "=?UTF-8?Q?";
	bool in_word = false;

	for (size_t at = 0, len; at < s.n; at += len) {
		size_t cost = 0;

		(void)utf8_get(span_from(s, at), &len);
		for (size_t i = 0; i < len; i++)
			cost += s.p[at + i] == ' ' || stands_for_itself(s.p[at + i]) ? 1 : 3;
		if (in_word && column + cost + 2 > LINE) {
			buf_str(b, "?=\r\n ");
			column = 1;
			in_word = false;
		}
		if (!in_word) {
			if (column + sizeof open - 1 + cost + 2 > LINE) {
				buf_str(b, "\r\n ");
				column = 1;
			}
			buf_str(b, open);
			column += sizeof open - 1;
			in_word = true;
		}
		for (size_t i = 0; i < len; i++) {
			unsigned char c = s.p[at + i];

			if (c == ' ')
				buf_byte(b, '_');
			else if (stands_for_itself(c))
				buf_byte(b, c);
			else
				put_hex(b, c);
		}
		column += cost;
	}
	if (in_word)
		buf_str(b, "?=");
}

/* ASCII text folded at its spaces; what would not come back the same from folding is encoded. */
static void put_unstructured(struct buf *b, size_t column, span s)
{
	bool plain = span_is_ascii(s) && !span_has(s, SPAN_LIT("=?")) && !span_has(s, SPAN_LIT("  "));

	for (span rest = s; rest.n != 0 && plain; rest = span_from(rest, span_find_byte(rest, ' ') + 1))
		plain = span_find_byte(rest, ' ') < 60;
	if (!plain) {
		put_encoded(b, column, s);
		return;
	}
	for (bool first = true; s.n != 0; first = false) {
		size_t n = span_find_byte(s, ' ');

		if (!first && column + 1 + n > LINE) {
			buf_str(b, "\r\n");
			column = 0;
		}
		if (!first) {
			buf_byte(b, ' ');
			column++;
		}
		buf_put(b, span_first(s, n));
		column += n;
		s = span_from(s, n + 1);
	}
}

/* A display name: atoms, else a quoted string, else encoded words (RFC 5322 3.2.5). */
static void put_phrase(struct buf *b, size_t column, span s)
{
	bool atoms = s.n != 0;

	for (size_t i = 0; i < s.n; i++)
		atoms = atoms && (is_atext(s.p[i]) || (s.p[i] == ' ' && i != 0 && s.p[i - 1] != ' ' && i + 1 < s.n));
	if (!span_is_ascii(s) || s.n > 50 || span_has(s, SPAN_LIT("=?"))) {
		put_encoded(b, column, s);
		return;
	}
	if (!atoms)
		buf_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_byte(b, '\\');
		buf_byte(b, s.p[i]);
	}
	if (!atoms)
		buf_byte(b, '"');
}

static void put_from(struct buf *b, span name, span address)
{
	if (name.n != 0) {
		put_phrase(b, 6, name);
		buf_str(b, name.n + address.n < 64 && span_is_ascii(name) ? " " : "\r\n ");
	}
	buf_byte(b, '<');
	buf_put(b, address);
	buf_byte(b, '>');
}

static void put_date(struct buf *b, int64_t when_utc)
{
	char date[TIME_MAIL_TEXT];

	buf_printf(b, "Date: %s\r\n", time_rfc5322(when_utc, date));
}

/* At the start of a line, what SMTP (a dot) or an mbox ("From ") would change on the way. */
static bool is_risky_start(span rest)
{
	return rest.p[0] == '.' || span_starts(rest, SPAN_LIT("From "));
}

/* RFC 2045 6.7. The last blank of a line is encoded; a soft break may cut a character: the decoder joins it again. */
static void put_quoted_printable(struct buf *b, span text)
{
	span line;

	while (span_line(&text, &line)) {
		size_t column = 0;

		for (size_t i = 0; i < line.n; i++) {
			unsigned char c = line.p[i];
			bool last = i + 1 == line.n, plain = c >= 0x20 && c < 0x7f && c != '=' && !(c == ' ' && last);

			if (column + (plain ? 1 : 3) > (last ? LINE : LINE - 1)) {
				buf_str(b, "=\r\n");
				column = 0;
			}
			if (column == 0 && is_risky_start(span_from(line, i)))
				plain = false;
			if (plain)
				buf_byte(b, c);
			else
				put_hex(b, c);
			column += plain ? 1 : 3;
		}
		buf_str(b, "\r\n");
	}
}

static enum errc fields_ok(const struct eml *m, struct err *e)
{
	enum errc rc;

	if ((rc = text_ok(m->from_name, "From", e)) != OK || (rc = text_ok(m->subject, "Subject", e)) != OK)
		return rc;
	if (!eml_address_ok(m->from_address))
		return err_set(e, ERR_USAGE, "From: the sender's address in case.yaml is no plain mail address");
	if (!eml_address_ok(m->to_address))
		return err_set(e, ERR_USAGE, "To: a contact is no plain mail address");
	if (!is_dot_atom(m->id) || m->id.n > 64 || !is_dot_atom(m->language) || m->language.n > 35)
		return err_set(e, ERR_USAGE, "the notice number or language is no token");
	if (m->when_utc == TIME_NONE)
		return err_set(e, ERR_USAGE, "the wave has no date");
	return utf8_valid(m->text) == m->text.n ? OK : err_set(e, ERR_USAGE, "the text is not UTF-8");
}

enum errc eml_put_fields(const struct eml *m, struct buf *out, struct err *e)
{
	enum errc rc = fields_ok(m, e);

	if (rc != OK)
		return rc;
	put_date(out, m->when_utc);
	buf_str(out, "From: ");
	put_from(out, m->from_name, m->from_address);
	buf_str(out, "\r\nTo: ");
	buf_put(out, m->to_address);
	buf_str(out, "\r\nSubject: ");
	put_unstructured(out, 9, m->subject);
	buf_str(out, "\r\nMessage-ID: <");
	buf_put(out, m->id);
	buf_put(out, span_from(m->from_address, span_find_byte(m->from_address, '@')));
	buf_str(out, ">\r\n");
	buf_printf(out, "Content-Language: %.*s\r\n", (int)m->language.n, (const char *)m->language.p);
	/*
	 * No Auto-Submitted field (RFC 3834 5): the notice is from a named person who reads the answers; marked as
	 * automatic it would be filed away, and an automatic reply that names somebody else to write to would not come.
	 */
	return buf_check(out, e);
}

void eml_put_text(const struct eml *m, struct buf *out)
{
	buf_str(out, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
	put_quoted_printable(out, m->text);
}

enum errc eml_write(const struct eml *m, struct buf *out, struct err *e)
{
	enum errc rc = eml_put_fields(m, out, e);

	if (rc != OK)
		return rc;
	buf_str(out, "MIME-Version: 1.0\r\n");
	eml_put_text(m, out);
	return buf_check(out, e);
}
