#include "mail/mbox.h"

#include "base/digest.h"
#include "base/limits.h"
#include "mail/fields.h"
#include "mail/lines.h"
#include "mail/postmark.h"
#include "mail/text-kind.h"

/* What begins an entry: a From_ line, the line of 73 '=' of LISTSERV's logs, the four ^A of MMDF, the head that Dovecot's dbox gives a message. */
enum opening { OPENING_NONE, OPENING_FROM, OPENING_LISTSERV, OPENING_MMDF, OPENING_DBOX };

static span line_of(span file, size_t at, size_t *next)
{
	span rest = span_from(file, at), line;

	if (!span_line(&rest, &line))
		line = SPAN_EMPTY;
	*next = file.n - rest.n;
	return line;
}

static bool is_listserv(span line)
{
	if (line.n != 73)
		return false;
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != '=')
			return false;
	return true;
}

/* Is the line before `at` empty (or is there none)? */
static bool after_empty(span file, size_t at)
{
	if (at == 0)
		return true;
	at--; /* the LF */
	if (at != 0 && file.p[at - 1] == '\r')
		at--;
	return at == 0 || file.p[at - 1] == '\n';
}

static bool is_mmdf(span line) { return span_eq(line, SPAN_LIT("\1\1\1\1")); }

/* "^A^BN", ten blanks, how long the message is in 16 hexadecimal digits, LF. */
enum { DBOX_HEAD = 30, DBOX_LENGTH_AT = 13 };

static bool dbox_head(span rest, size_t *length)
{
	unsigned char n[8];

	if (!span_starts(rest, SPAN_LIT("\1\2N ")) || rest.n < DBOX_HEAD || rest.p[DBOX_HEAD - 1] != '\n' ||
	    !hex_read(span_sub(rest, DBOX_LENGTH_AT, 2 * sizeof n), n, sizeof n))
		return false;
	*length = 0;
	for (size_t i = 0; i < sizeof n; i++)
		*length = *length << 8 | n[i];
	return true;
}

/* Bytes of zero at the beginning of a file, as a crash of the machine leaves them, up to so many are passed over. */
enum { NUL_MOST = MIB };

/* Where the line that begins an entry stands. The first one of a file also has before it a byte order mark, empty lines or zeros, or dbox's head of the file ("2 M1e C6b0ab224"). */
static size_t opening_line(span file, size_t at)
{
	size_t i = bom_length(file), next, length;

	if (at != 0)
		return at;
	if (span_starts(file, SPAN_LIT("2 M")) && line_of(file, 0, &next).n < DBOX_HEAD && dbox_head(span_from(file, next), &length))
		return next;
	while (i < file.n && (file.p[i] == '\n' || file.p[i] == '\r' || (file.p[i] == '\0' && i < NUL_MOST)))
		i++;
	return i;
}

/* Does an entry begin at `at`, which is the beginning of a line? */
static enum opening opening_at(span file, size_t at)
{
	size_t next, from = opening_line(file, at), length;
	span rest = span_from(file, from), line, name;
	bool field;

	if (rest.n == 0 || (rest.p[0] != 'F' && rest.p[0] != '=' && rest.p[0] != '\1'))
		return OPENING_NONE;
	if (rest.p[0] == '\1')
		return is_mmdf(line_of(file, from, &next)) ? OPENING_MMDF : dbox_head(rest, &length) ? OPENING_DBOX : OPENING_NONE;
	if (!span_starts(rest, SPAN_LIT("From ")) && !span_starts(rest, SPAN_LIT("=====")))
		return OPENING_NONE;
	line = line_of(file, from, &next);
	field = field_begins(span_from(file, next), &name);
	if (rest.p[0] == '=')
		return is_listserv(line) && field ? OPENING_LISTSERV : OPENING_NONE;
	switch (postmark(line)) {
	case POSTMARK_NONE: return OPENING_NONE;
	case POSTMARK_BARE: return field && after_empty(file, at) ? OPENING_FROM : OPENING_NONE;
	case POSTMARK_DASH: return field ? OPENING_FROM : OPENING_NONE;
	case POSTMARK_LOOSE: return after_empty(file, at) ? OPENING_FROM : OPENING_NONE;
	case POSTMARK_STRICT: return field || after_empty(file, at) ? OPENING_FROM : OPENING_NONE;
	}
	return OPENING_NONE;
}

/* A folder of Pegasus Mail: its name, with zeros up to 50 bytes, 78 of its own, and messages, each with a SUB (^Z) behind it. */
enum { PEGASUS_HEAD = 128, PEGASUS_NAME = 50, PEGASUS_END = 0x1a };

static bool is_pegasus(span file)
{
	span name = span_first(file, PEGASUS_NAME), field;

	name = span_first(name, span_find_byte(name, '\0'));
	if (file.n <= PEGASUS_HEAD || name.n == 0 || name.n == PEGASUS_NAME)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < ' ')
			return false;
	return field_begins(span_from(file, PEGASUS_HEAD), &field) && field_is_known(field);
}

/* Up to a SUB that another message or nothing follows. */
static void pegasus_entry(span file, struct mbox_entry *out)
{
	size_t end = out->message_at;
	span name;

	for (;; end++) {
		end += span_find_byte(span_from(file, end), PEGASUS_END);
		if (end >= file.n || end + 1 == file.n || field_begins(span_from(file, end + 1), &name))
			break;
	}
	out->message_n = end - out->message_at;
	out->n = end + (end < file.n) - out->at;
}

bool mbox_sniff(span file)
{
	enum opening kind = opening_at(file, 0);
	size_t next;
	span name;

	if (is_pegasus(file))
		return true;
	(void)line_of(file, opening_line(file, 0), &next);
	return kind != OPENING_NONE && (kind != OPENING_MMDF || field_begins(span_from(file, next), &name) ||
	    span_starts(span_from(file, next), SPAN_LIT("From ")));
}

bool mbox_sniff_written(span file)
{
	UNFILLED unsigned char room[4096];

	return mbox_sniff(writing_head(writing_of(file), file, room, sizeof room));
}

/* Where the next entry of the kind begins, from `at` on; file.n when there is none. */
static size_t next_opening(span file, size_t at, enum opening kind)
{
	static const char first[][3] = {"Fr", "Fr", "==", "\1\1", "\1\2"}; /* by enum opening */

	while ((at = line_find(file, at, (unsigned char)first[kind][0], (unsigned char)first[kind][1])) < file.n) {
		if (opening_at(file, at) == kind)
			return at;
		at++;
	}
	return file.n;
}

enum { TEXT_LOOK = 256 * MIB, BYTES_LOOK = MIB };

bool mbox_begins_later(span file)
{
	span look = span_first(file, text_looks(span_first(file, 4096)) ? TEXT_LOOK : BYTES_LOOK), line;
	size_t next;

	if (!writing_is_plain(writing_of(file)))
		return false;
	for (size_t at = 0; (at = next_opening(look, at, OPENING_FROM)) < look.n; at = next) {
		line = line_of(file, opening_line(file, at), &next);
		if (postmark(line) != POSTMARK_BARE && message_sniff(span_from(file, next)))
			return true;
	}
	return false;
}

/*
 * The Content-Length of the header section at `at`, where the body it counts ends exactly at the end of the file
 * or before a From_ line: *end is then the end of the body.
 */
static bool length_end(span file, size_t at, size_t *end)
{
	uint64_t length = 0;
	bool found = false;
	size_t next, body, from = at;
	span line, name;

	for (;; at = next) {
		line = line_of(file, at, &next);
		if (line.n == 0)
			break;
		if (next - from > LIMIT_HEADER_BYTES || span_starts(line, SPAN_LIT("From ")))
			return false;
		if (found || ascii_lower(line.p[0]) != 'c' || !field_begins(line, &name) ||
		    !span_eq_nocase(name, SPAN_LIT("content-length")))
			continue;
		line = span_trim(span_from(line, span_find_byte(line, ':') + 1));
		found = span_number(line, INT64_MAX, &length);
	}
	body = next;
	if (!found || length > file.n - body)
		return false;
	*end = body + (size_t)length;
	at = *end;
	if (at != body && file.p[at - 1] != '\n' && at != file.n && file.p[at] != '\n' && file.p[at] != '\r')
		return false;
	while (at < file.n && (file.p[at] == '\n' || file.p[at] == '\r'))
		at++;
	return at == file.n || (file.p[at - 1] == '\n' && opening_at(file, at) == OPENING_FROM);
}

/* From its mark to the next, which closes it, unless more than another mark stands behind that: then it opens the next one. */
static void mmdf_entry(span file, struct mbox_entry *out)
{
	size_t next, end = next_opening(file, out->message_at, OPENING_MMDF), behind = end;

	if (end < file.n)
		(void)line_of(file, end, &behind);
	out->n = (behind == file.n || is_mmdf(line_of(file, behind, &next)) ? behind : end) - out->at;
	if (span_starts(span_from(file, out->message_at), SPAN_LIT("From ")) && opening_at(file, out->message_at) == OPENING_FROM)
		(void)line_of(file, out->message_at, &out->message_at);
	out->message_n = end - out->message_at;
}

/* As long as its head says, where what dbox notes of a message stands behind it; else all up to the next head. */
static void dbox_entry(span file, struct mbox_entry *out)
{
	size_t length = 0, rest;

	(void)dbox_head(span_sub(file, out->message_at - DBOX_HEAD, DBOX_HEAD), &length);
	rest = file.n - out->message_at;
	if (length > rest || (length < rest && !span_starts(span_from(file, out->message_at + length), SPAN_LIT("\n\1\3\n"))))
		length = next_opening(file, out->message_at, OPENING_DBOX) - out->message_at;
	out->message_n = length;
	out->n = next_opening(file, out->message_at + length, OPENING_DBOX) - out->at;
}

bool mbox_next(span file, size_t from, struct mbox_entry *out)
{
	enum opening kind;
	size_t next, end;

	if (from >= file.n)
		return false;
	if (is_pegasus(file)) {
		*out = (struct mbox_entry){.at = from, .message_at = from < PEGASUS_HEAD ? PEGASUS_HEAD : from, .framed = true};
		pegasus_entry(file, out);
		return true;
	}
	kind = opening_at(file, from);
	if (kind == OPENING_NONE) {
		next = next_opening(file, from, OPENING_FROM);
		*out = (struct mbox_entry){.at = from, .n = next - from, .message_at = next};
		return true;
	}
	(void)line_of(file, opening_line(file, from), &next);
	*out = (struct mbox_entry){.at = from, .message_at = next, .framed = kind == OPENING_MMDF || kind == OPENING_DBOX};
	if (kind == OPENING_MMDF)
		mmdf_entry(file, out);
	else if (kind == OPENING_DBOX)
		dbox_entry(file, out);
	if (out->framed)
		return true;
	out->from_quoted = true;
	if (kind == OPENING_FROM && length_end(file, next, &end)) {
		out->message_n = end - next;
		out->from_quoted = false;
		out->n = next_opening(file, end, kind) - from;
		return true;
	}
	end = next_opening(file, next, kind);
	out->n = end - from;
	if (kind == OPENING_FROM && end - next > 1 && file.p[end - 1] == '\n' && after_empty(file, end)) {
		end--;
		if (end - next > 0 && file.p[end - 1] == '\r')
			end--;
	}
	out->message_n = end - next;
	return true;
}

bool mbox_view_next(const struct writing_view *v, size_t *at, struct mbox_entry *out)
{
	size_t end, message_end;

	if (!mbox_next(v->text, *at, out))
		return false;
	*at = end = out->at + out->n;
	message_end = out->message_at + out->message_n;
	out->at = writing_place(v, out->at);
	out->message_at = writing_place(v, out->message_at);
	out->message_n = writing_place(v, message_end) - out->message_at;
	out->n = writing_place(v, end) - out->at;
	return true;
}
