#include "stream/csv.h"

#include <inttypes.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/utf8.h"
#include "stream/charset.h"

enum errc csv_text(struct arena *a, span file, span *out, struct err *e)
{
	return charset_to_utf8(a, charset_guess(file), file, out, NULL, e);
}

void csv_open(struct csv *c, span utf8)
{
	static const unsigned char separators[] = {',', ';', '\t', '|'};
	size_t counts[sizeof separators] = {0}, best = 0;
	unsigned char end = '\n';
	bool quoted = false;

	for (size_t i = 0; i < utf8.n && (quoted || utf8.p[i] != end); i++) {
		if (utf8.p[i] == '"')
			quoted = !quoted;
		if (!quoted && utf8.p[i] == '\r' && i + 1 < utf8.n && utf8.p[i + 1] != '\n') {
			end = '\r'; /* as old spreadsheets on the Macintosh write it */
			break;
		}
		for (size_t k = 0; k < sizeof separators && !quoted; k++)
			counts[k] += utf8.p[i] == separators[k];
	}
	for (size_t k = 1; k < sizeof separators; k++)
		if (counts[k] > counts[best])
			best = k;
	*c = (struct csv){.rest = utf8, .separator = separators[best], .end = end, .line = 0, .next_line = 1};
	/* Excel's own hint, a first line "sep=;". */
	if (utf8.n >= 5 && span_starts_nocase(utf8, SPAN_LIT("sep=")) &&
	    (utf8.n == 5 || utf8.p[5] == '\n' || utf8.p[5] == '\r')) {
		span line;

		c->separator = utf8.p[4];
		(void)span_line(&c->rest, &line);
		c->next_line = 2;
	}
}

struct fields { span *v; size_t n, cap; };

static bool field_add(struct arena *a, struct fields *f, span s)
{
	if (f->n == f->cap) {
		size_t cap = f->cap != 0 ? 2 * f->cap : 16;
		span *v;

		if (cap > SIZE_MAX / sizeof *v || (v = arena_alloc(a, cap * sizeof *v)) == NULL)
			return false;
		if (f->n != 0)
			memcpy(v, f->v, f->n * sizeof *v);
		f->v = v;
		f->cap = cap;
	}
	f->v[f->n++] = s;
	return true;
}

/* A field that begins with a quote, which stands at *at. "" within is one quote; text behind the closing one stays. */
static enum errc quoted_field(struct csv *c, struct arena *a, size_t *at, span *field, struct err *e)
{
	const unsigned char end = c->end != 0 ? c->end : '\n';
	span s = c->rest;
	size_t from = *at + 1, i = from, n = 0;
	bool copied = false;
	unsigned char *p;

	for (;;) {
		i += span_find_byte(span_from(s, i), '"');
		if (i >= s.n)
			return err_set(e, ERR_USAGE, "line %" PRIu64 ": a quote is not closed", c->line);
		if (i + 1 < s.n && s.p[i + 1] == '"') {
			copied = true;
			i += 2;
			continue;
		}
		break;
	}
	*field = span_of(s.p + from, i - from);
	for (const unsigned char *l = field->p, *last = field->p + field->n; (l = memchr(l, end, (size_t)(last - l))) != NULL; l++)
		c->next_line++;
	i++;
	*at = i;
	while (i < s.n && s.p[i] != c->separator && s.p[i] != end &&
	       !(s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n'))
		i++;
	if (!copied && i == *at)
		return OK;
	if ((p = arena_alloc(a, i - from)) == NULL)
		return err_memory(e);
	for (size_t k = from; k < *at - 1; k++) {
		p[n++] = s.p[k];
		k += s.p[k] == '"';
	}
	memcpy(p + n, s.p + *at, i - *at);
	*field = span_of(p, n + (i - *at));
	*at = i;
	return OK;
}

/* Where a field without quotes ends: at a separator or the end of its line. */
static size_t field_end(span s, size_t at, unsigned char separator, unsigned char end)
{
#ifdef __SSE2__
	const __m128i one = _mm_set1_epi8((char)separator), other = _mm_set1_epi8((char)end);

	for (; s.n - at >= sizeof one; at += sizeof one) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at));
		unsigned hit = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, one), _mm_cmpeq_epi8(bytes, other)));

		if (hit != 0)
			return at + (unsigned)__builtin_ctz(hit);
	}
#endif
	while (at < s.n && s.p[at] != separator && s.p[at] != end)
		at++;
	return at;
}

/* One record that begins at c->rest; behind it c->rest stands at the next line. */
static enum errc record(struct csv *c, struct arena *a, struct fields *f, struct err *e)
{
	const unsigned char end = c->end != 0 ? c->end : '\n';
	span s = c->rest, field;
	size_t at = 0, from;
	enum errc rc;

	for (;;) {
		if (at < s.n && s.p[at] == '"') {
			if ((rc = quoted_field(c, a, &at, &field, e)) != OK)
				return rc;
		} else {
			from = at;
			at = field_end(s, at, c->separator, end);
			field = span_of(s.p + from, at - from);
			if ((at == s.n || s.p[at] == '\n') && field.n > 0 && field.p[field.n - 1] == '\r')
				field.n--;
		}
		if (!field_add(a, f, field))
			return err_memory(e);
		if (at < s.n && s.p[at] == c->separator) {
			at++;
			continue;
		}
		if (at < s.n && s.p[at] == '\r' && end != '\r')
			at++;
		at += at < s.n;
		c->rest = span_from(s, at);
		c->next_line++;
		return OK;
	}
}

enum errc csv_next(struct csv *c, struct arena *a, span **fields, size_t *n, struct err *e)
{
	struct fields f = {0};
	enum errc rc;

	*n = 0;
	*fields = NULL;
	do {
		if (c->rest.n == 0)
			return OK;
		c->line = c->next_line;
		f.n = 0;
		if ((rc = record(c, a, &f, e)) != OK)
			return rc;
	} while (f.n == 1 && f.v[0].n == 0);
	*fields = f.v;
	*n = f.n;
	return OK;
}
