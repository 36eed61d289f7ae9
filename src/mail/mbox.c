#include "mail/mbox.h"

#include "base/limits.h"
#include "mail/fields.h"
#include "mail/lines.h"
#include "mail/postmark.h"

/* What begins an entry: a From_ line, or the line of 73 '=' of LISTSERV's logs. */
enum opening { OPENING_NONE, OPENING_FROM, OPENING_LISTSERV };

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

/* Does an entry begin at `at`, which is the beginning of a line? */
static enum opening opening_at(span file, size_t at)
{
	size_t next;
	size_t mark = at == 0 ? bom_length(file) : 0;
	span rest = span_from(file, at + mark), line, name;
	bool field;

	if (rest.n == 0 || (rest.p[0] != 'F' && rest.p[0] != '='))
		return OPENING_NONE;
	if (!span_starts(rest, SPAN_LIT("From ")) && !span_starts(rest, SPAN_LIT("=====")))
		return OPENING_NONE;
	line = line_of(file, at + mark, &next);
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

bool mbox_sniff(span file) { return opening_at(file, 0) != OPENING_NONE; }

bool mbox_sniff_written(span file)
{
	UNFILLED unsigned char room[4096];

	return mbox_sniff(writing_head(writing_of(file), file, room, sizeof room));
}

/* Where the next entry of the kind begins, from `at` on; file.n when there is none. */
static size_t next_opening(span file, size_t at, enum opening kind)
{
	while ((at = kind == OPENING_LISTSERV ? line_find(file, at, '=', '=') : line_find(file, at, 'F', 'r')) < file.n) {
		if (opening_at(file, at) == kind)
			return at;
		at++;
	}
	return file.n;
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
		found = line.n != 0 && line.n < 19;
		for (size_t i = 0; i < line.n && found; i++) {
			found = ascii_is_digit(line.p[i]);
			length = length * 10 + (uint64_t)(line.p[i] - '0');
		}
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

bool mbox_next(span file, size_t from, struct mbox_entry *out)
{
	enum opening kind;
	size_t next, end;

	if (from >= file.n)
		return false;
	kind = opening_at(file, from);
	if (kind == OPENING_NONE) {
		next = next_opening(file, from, OPENING_FROM);
		*out = (struct mbox_entry){.at = from, .n = next - from, .message_at = next};
		return true;
	}
	(void)line_of(file, from, &next);
	*out = (struct mbox_entry){.at = from, .message_at = next, .from_quoted = true};
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
