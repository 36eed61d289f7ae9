/*
 * A mail's subject is the sentence before its first: "Password for the archive", and below it nothing but the password. So the
 * beginning of the text is looked at once more, behind a subject that speaks of what secrets are told around.
 */
#include "scan/private.h"

#define OPENING_BYTES 400
#define OPENING_HITS (OPENING_BYTES / 4) /* values of three bytes and what stands between */

static bool overlaps(const struct hits *hits, const struct hit *h)
{
	for (size_t i = 0; i < hits->n && hits->v[i].at < h->at + h->n; i++)
		if (hits->v[i].at + hits->v[i].n > h->at)
			return true;
	return false;
}

/* How much of the text is its opening: whole words. */
static size_t opening_n(span text)
{
	size_t n = text.n < OPENING_BYTES ? text.n : OPENING_BYTES;

	while (n < text.n && n > 0 && strchr(" \t\n", text.p[n]) == NULL)
		n--;
	return n;
}

/*
 * Where the text begins with one word on a line of its own, a greeting before it or not, that word's place: it is what the subject
 * is the label of. Only one with a digit or mark counts.
 */
static bool opens_with_word(span text, size_t *from)
{
	span rest = text, line;

	for (unsigned i = 0; i < 4 && span_line(&rest, &line); i++) {
		span word = span_trim(line);
		size_t marks = 0;

		if (word.n == 0 || (i < 3 && word.p[word.n - 1] == ',' && word.n < 30))
			continue;
		for (size_t k = 0; k < word.n; k++) {
			if (is_blank(word.p[k]))
				return false;
			marks += !is_letter(word.p[k]);
		}
		*from = (size_t)(word.p - text.p);
		return marks > 0 && word.n >= 4 && word.n <= 40;
	}
	return false;
}

struct opening { struct hit v[OPENING_HITS]; size_t n; bool cut, given_up; };

/* What is found in the opening behind the subject, in places of the text. */
static enum errc opening_read(struct engine *en, struct arena *a, span subject, span text, struct opening *out, struct err *e)
{
	size_t from = 0, before = subject.n + 2, opening;
	const char *between = opens_with_word(text, &from) ? ": " : "\n\n";
	unsigned char *both;
	struct hits hits;
	enum errc rc;

	if (between[0] != ':')
		from = 0;
	opening = opening_n(span_from(text, from));
	if ((both = arena_alloc(a, before + opening)) == NULL)
		return err_memory(e);
	memcpy(both, subject.p, subject.n);
	memcpy(both + subject.n, between, 2);
	memcpy(both + before, text.p + from, opening);
	if ((rc = engine_detect(en, span_of(both, before + opening), &hits, e)) != OK)
		return rc;
	out->cut = hits.cut;
	out->given_up = hits.given_up;
	for (size_t i = 0; i < hits.n; i++) {
		struct hit h = hits.v[i];

		if (h.at < before || h.key_at < before)
			continue;
		if (out->n == OPENING_HITS) {
			out->cut = true;
			break;
		}
		h.at = h.at - before + from;
		h.key_at = h.key_at - before + from;
		h.host_n = h.host_at < before ? 0 : h.host_n;
		h.host_at = h.host_n == 0 ? 0 : h.host_at - before + from;
		out->v[out->n++] = h;
	}
	return OK;
}

enum errc opening_detect(struct engine *en, struct arena *a, span subject, span text, struct hits *out, struct err *e)
{
	struct opening more = {0};
	struct hit *v;
	size_t n = 0, k = 0;
	enum errc rc;

	if (subject.n == 0)
		return engine_detect(en, text, out, e);
	if ((rc = opening_read(en, a, subject, text, &more, e)) != OK || (rc = engine_detect(en, text, out, e)) != OK)
		return rc;
	out->cut |= more.cut;
	out->given_up |= more.given_up;
	for (size_t i = 0; i < more.n; i++)
		if (!overlaps(out, &more.v[i]))
			more.v[k++] = more.v[i];
	if (k == 0)
		return OK;
	if ((v = arena_zero(a, out->n + k, sizeof *v)) == NULL)
		return err_memory(e);
	for (size_t i = 0, m = 0; i < out->n || m < k;)
		v[n++] = m == k || (i < out->n && out->v[i].at < more.v[m].at) ? out->v[i++] : more.v[m++];
	out->v = v;
	out->n = n;
	return OK;
}
