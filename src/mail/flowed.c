#include "mail/flowed.h"

#include "base/bisect.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "mail/lines.h"

/* From `at` of the text on, a byte stands in the source so much further; escaped: what was taken out is of the character before. */
struct cut { size_t at, shift; bool escaped; };
struct flow { struct cut *cuts; size_t n, n_text; };

/* A line at `at`: without its end; *next is the line behind it. */
static span line_at(span s, size_t at, size_t *next)
{
	size_t n = span_find_byte(span_from(s, at), '\n'), end = at + n;

	*next = end < s.n ? end + 1 : end;
	if (n > 0 && s.p[end - 1] == '\r')
		n--;
	return span_sub(s, at, n);
}

/* RFC 3676 4.5: how deeply it is quoted. */
static size_t depth_of(span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '>')
		n++;
	return n;
}

/* What stands behind the marks of quoting and the space that was stuffed before it (4.4): how many bytes those are. */
static size_t begins(span line)
{
	size_t n = depth_of(line);

	return n + (n < line.n && line.p[n] == ' ');
}

/* 4.3: the line before a signature is no soft break, with a space stuffed before it or without. */
static bool is_signature(span line)
{
	return span_eq(span_from(line, depth_of(line)), SPAN_LIT("-- ")) || span_eq(span_from(line, begins(line)), SPAN_LIT("-- "));
}

/* Does the line go on in the next? */
static bool flows(span line, span next)
{
	return line.n > begins(line) && line.p[line.n - 1] == ' ' && !is_signature(line) && !is_signature(next) &&
	       depth_of(line) == depth_of(next);
}

/* The first character from `at` on that nobody sees, and its length; s.n when there is none. */
static size_t next_unseen(span s, size_t at, size_t *len)
{
	for (; at < s.n; at++) {
		if (utf8_unseen_begins(s.p[at]) && utf8_unseen(utf8_get(span_from(s, at), len)))
			return at;
	}
	*len = 0;
	return s.n;
}

struct maker {
	struct arena *arena;
	struct flow *flow;
	unsigned char *out;
	size_t n, shift, cap;
};

static bool cut(struct maker *m, size_t n, bool escaped)
{
	struct flow *f = m->flow;

	if ((f->cuts = arena_grow(m->arena, f->cuts, f->n, &m->cap, sizeof *f->cuts, 64)) == NULL)
		return false;
	f->cuts[f->n++] = (struct cut){m->n, m->shift += n, escaped};
	return true;
}

/* A piece of the source, without what nobody sees. */
static bool keep(struct maker *m, span piece)
{
	for (size_t at = 0, len; at < piece.n; at += len) {
		size_t end = next_unseen(piece, at, &len);

		if (end != at)
			memcpy(m->out + m->n, piece.p + at, end - at);
		m->n += end - at;
		at = end;
		if (len != 0 && !cut(m, len, false))
			return false;
	}
	return true;
}

/* Four hexadecimal digits behind "\\u"; UINT32_MAX: there are none. */
static uint32_t unit_at(span s, size_t at)
{
	unsigned char bytes[2];

	return span_starts(span_from(s, at), SPAN_LIT("\\u")) && hex_read(span_sub(s, at + 2, 4), bytes, 2) ? (uint32_t)bytes[0] << 8 | bytes[1] : UINT32_MAX;
}

/*
 * The escape at `at`: its length, and what it stands for; 0 where it stands for itself. What would end a string, or begin another escape, stays as it is
 * written: who looks for values knows it so.
 */
static size_t escape_at(span s, size_t at, enum flowing how, uint32_t *c)
{
	unsigned char next = at + 1 < s.n ? s.p[at + 1] : 0;
	uint32_t low;

	*c = next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t' : next;
	if (next == 'n' || next == 'r' || next == 't' || (how == FLOW_JSON ? next == '/' : next != 0 && ascii_is_one_of(next, " :=#!")))
		return 2;
	if ((*c = unit_at(s, at)) == UINT32_MAX || *c < ' ' || *c == '"' || *c == '\\')
		return 0;
	if (*c < 0xd800 || *c > 0xdfff)
		return 6;
	if (*c >= 0xdc00 || (low = unit_at(s, at + 6)) < 0xdc00 || low > 0xdfff)
		return 0;
	*c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

/* A value of properties that goes on in the next line, behind its blanks: how many bytes that takes; 0: it does not. */
static size_t goes_on(span s, size_t at)
{
	size_t n = span_starts(span_from(s, at), SPAN_LIT("\\\r\n")) ? 3 : span_starts(span_from(s, at), SPAN_LIT("\\\n")) ? 2 : 0;

	while (n > 0 && at + n < s.n && (s.p[at + n] == ' ' || s.p[at + n] == '\t'))
		n++;
	return n;
}

static bool unescape(struct maker *m, span s, enum flowing how)
{
	size_t from = 0;

	for (size_t at = 0; (at += span_find_byte(span_from(s, at), '\\')) < s.n;) {
		size_t n = how == FLOW_PROPERTIES ? goes_on(s, at) : 0, put = 0;
		uint32_t c = 0;

		if (n == 0 && (n = escape_at(s, at, how, &c)) == 0) {
			at += 2; /* of two backslashes the second begins nothing */
			continue;
		}
		if (!keep(m, span_sub(s, from, at - from)))
			return false;
		if (c != 0 && !utf8_unseen(c))
			m->n += put = utf8_write(m->out + m->n, c);
		if (!cut(m, n - put, put > 0))
			return false;
		from = at += n;
	}
	return keep(m, span_from(s, from));
}

enum errc flowed_text(struct arena *a, span source, enum flowing how, span *text, struct flow **flow, struct err *e)
{
	size_t at = 0, from = 0, next, behind, len;
	bool escapes = how == FLOW_JSON || how == FLOW_PROPERTIES;
	struct maker m = {.arena = a};

	*text = source;
	*flow = NULL;
	if (escapes && span_find_byte(source, '\\') == source.n)
		how = FLOW_NOT;
	if (!escapes && how != FLOW_NOT && !span_has(source, SPAN_LIT(" \n")) && !span_has(source, SPAN_LIT(" \r\n")))
		how = FLOW_NOT;
	if (how == FLOW_NOT && (!bytes_8bit(source) || next_unseen(source, 0, &len) == source.n))
		return OK;
	if ((m.out = arena_alloc(a, source.n)) == NULL || (m.flow = arena_zero(a, 1, sizeof *m.flow)) == NULL)
		return err_memory(e);
	if (how == FLOW_JSON || how == FLOW_PROPERTIES) {
		if (!unescape(&m, source, how))
			return err_memory(e);
		from = at = source.n;
	}
	while (how != FLOW_NOT && at < source.n) {
		span line = line_at(source, at, &next), follows = line_at(source, next, &behind);
		size_t end = at + line.n - (how == FLOW_DELSP);

		at = next;
		if (next == source.n || !flows(line, follows))
			continue;
		if (!keep(&m, span_sub(source, from, end - from)))
			return err_memory(e);
		from = next + begins(follows);
		if (!cut(&m, from - end, false))
			return err_memory(e);
	}
	if (!keep(&m, span_from(source, from)))
		return err_memory(e);
	m.flow->n_text = m.n;
	*text = span_of(m.out, m.n);
	*flow = m.flow;
	return OK;
}

/* How many cuts lie at or before that place, by where they are in the text or in the source. */
static size_t cuts_before(const struct flow *f, size_t at, bool in_source)
{
	size_t low;

	BISECT(low, f->n, f->cuts[low].at + (in_source ? f->cuts[low].shift : 0) <= at);
	return low;
}

size_t flow_source(const struct flow *f, size_t at)
{
	size_t n = cuts_before(f, at, false);

	return at + (n > 0 ? f->cuts[n - 1].shift : 0);
}

size_t flow_source_end(const struct flow *f, size_t at)
{
	size_t n = cuts_before(f, at, false);

	if (at == 0)
		return 0;
	return n > 0 && f->cuts[n - 1].at == at && f->cuts[n - 1].escaped ? flow_source(f, at) : flow_source(f, at - 1) + 1;
}

size_t flow_text(const struct flow *f, size_t source_at)
{
	size_t n = cuts_before(f, source_at, true), at = source_at - (n > 0 ? f->cuts[n - 1].shift : 0);
	size_t end = n < f->n ? f->cuts[n].at : f->n_text;

	return at < end ? at : end;
}
