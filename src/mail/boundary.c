/* Which of the things that a boundary parameter may mean parts the body. */
#include "mail/lines.h"
#include "mail/mime-private.h"

enum delimiter delimiter_is(span line, span boundary)
{
	span rest;

	if (line.n - 2 < boundary.n || memcmp(line.p + 2, boundary.p, boundary.n) != 0)
		return DELIMITER_NONE;
	/* RFC 2046 5.1.1: padding only; "--abcd" is not the delimiter "abc". */
	rest = span_trim(span_from(line, 2 + boundary.n));
	if (rest.n == 0)
		return DELIMITER_NEXT;
	return span_eq(rest, SPAN_LIT("--")) ? DELIMITER_CLOSE : DELIMITER_NONE;
}

/* The first of the boundaries of which a delimiter occurs in the body; n when none does. */
static size_t boundary_occurs(span body, const span *boundaries, size_t n)
{
	for (size_t at = 0; n != 0 && (at = line_find(body, at, '-', '-')) < body.n; at++) {
		span rest = span_from(body, at), line = span_first(rest, span_find_byte(rest, '\n'));

		for (size_t i = 0; i < n; i++)
			if (boundaries[i].n != 0 && delimiter_is(line, boundaries[i]) != DELIMITER_NONE)
				n = i;
	}
	return n;
}

/* Without the backslashes of quoted-pairs (RFC 5322 3.2.1), which parameters keep for the sake of file names. */
static span without_backslashes(struct arena *a, span s)
{
	unsigned char *p = arena_alloc(a, s.n);
	size_t n = 0;

	if (p == NULL)
		return SPAN_EMPTY;
	for (size_t i = 0; i < s.n; i++) {
		i += s.p[i] == '\\' && s.n - i > 1;
		p[n++] = s.p[i];
	}
	return span_of(p, n);
}

enum errc boundary_settle(struct arena *a, span type, span body, bool whole, span *boundary, struct err *e)
{
	enum { LOOK = 65536, LOOK_PART = 4096, N = 6 };
	span said = *boundary, bare = span_trim(said), again, ignored, meant[N] = {0};
	struct param *params;
	size_t i = 0, n;
	enum errc rc;

	while (i < said.n && !ascii_is_one_of(said.p[i], " \t,\\'"))
		i++;
	again = span_from(type, span_find_nocase(type, SPAN_LIT("boundary")) + 1);
	again = span_from(again, span_find_nocase(again, SPAN_LIT("boundary")));
	if (i == said.n && again.n == 0)
		return OK;
	if ((rc = header_params(a, again, SPAN_EMPTY, &ignored, &params, &n, e)) != OK)
		return rc;
	meant[5] = param_get(params, n, "boundary");
	meant[0] = said;
	meant[1] = bare;
	meant[2] = span_trim(span_first(bare, span_find_byte(bare, ',')));
	meant[3] = without_backslashes(a, bare);
	if (meant[3].p == NULL)
		return err_memory(e);
	meant[4] = bare.n > 2 && bare.p[0] == '\'' && bare.p[bare.n - 1] == '\'' ? span_sub(bare, 1, bare.n - 2) : bare;
	i = boundary_occurs(span_first(body, whole ? LOOK : LOOK_PART), meant, N);
	if (i < N)
		*boundary = meant[i];
	return OK;
}
