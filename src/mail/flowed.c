#include "mail/flowed.h"

/* From `at` of the text on, a byte stands in the source so much further. */
struct cut { size_t at, shift; };
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

enum errc flowed_text(struct arena *a, span source, bool delsp, span *text, struct flow **flow, struct err *e)
{
	size_t at = 0, from = 0, next, behind, n = 0, shift = 0, cap = 0;
	unsigned char *out;
	struct flow *f;

	*text = source;
	*flow = NULL;
	if (span_find(source, SPAN_LIT(" \n")) == source.n && span_find(source, SPAN_LIT(" \r\n")) == source.n)
		return OK;
	if ((out = arena_alloc(a, source.n)) == NULL || (f = arena_zero(a, 1, sizeof *f)) == NULL)
		return err_memory(e);
	while (at < source.n) {
		span line = line_at(source, at, &next), follows = line_at(source, next, &behind);
		bool soft = next < source.n && flows(line, follows);
		size_t end = soft ? at + line.n - delsp : next;

		memcpy(out + n, source.p + from, end - from);
		n += end - from;
		at = from = next;
		if (!soft)
			continue;
		from += begins(follows);
		if ((f->cuts = arena_grow(a, f->cuts, f->n, &cap, sizeof *f->cuts, 64)) == NULL)
			return err_memory(e);
		f->cuts[f->n++] = (struct cut){n, shift += from - end};
	}
	f->n_text = n;
	*text = span_of(out, n);
	*flow = f;
	return OK;
}

/* How many cuts lie at or before that place, by where they are in the text or in the source. */
static size_t cuts_before(const struct flow *f, size_t at, bool in_source)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->cuts[mid].at + (in_source ? f->cuts[mid].shift : 0) <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t flow_source(const struct flow *f, size_t at)
{
	size_t n = cuts_before(f, at, false);

	return at + (n > 0 ? f->cuts[n - 1].shift : 0);
}

size_t flow_text(const struct flow *f, size_t source_at)
{
	size_t n = cuts_before(f, source_at, true), at = source_at - (n > 0 ? f->cuts[n - 1].shift : 0);
	size_t end = n < f->n ? f->cuts[n].at : f->n_text;

	return at < end ? at : end;
}
