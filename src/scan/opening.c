/*
 * A mail's subject is the sentence before its first: "Password for the archive", and below it nothing but the password. So the
 * beginning of the text is looked at once more, behind a subject that speaks of what secrets are told around.
 */
#include "scan/private.h"

#define OPENING_BYTES 400
#define REPLIES_MAX 4 /* answers of one mail that are read again */
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

	while (n < text.n && n > 0 && !ascii_is_one_of(text.p[n], " \t\n"))
		n--;
	return n;
}

/*
 * Where the text begins with one word on a line of its own, a greeting before it or not, that word's place: it is what the subject
 * is the label of. Only one with a digit or mark counts, or whose capitals stand as in no name.
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
		return (marks > 0 || is_scrambled(word)) && word.n >= 4 && word.n <= 40 && word.p[word.n - 1] != ':'; /* "Agenda:" is a heading */
	}
	return false;
}

struct opening { struct hit v[OPENING_HITS]; size_t n; bool cut, given_up; };

/* What is found in the text that is read again, in places of the mail's. */
static enum errc read_again(struct engine *en, const struct reply *r, struct opening *out, struct err *e)
{
	struct hits hits;
	enum errc rc;

	if ((rc = engine_detect(en, r->text, &hits, e)) != OK)
		return rc;
	out->n = 0;
	out->cut = hits.cut;
	out->given_up = hits.given_up;
	for (size_t i = 0; i < hits.n; i++) {
		struct hit h = hits.v[i];

		if (h.at < r->before || h.key_at < r->before)
			continue;
		if (out->n == OPENING_HITS) {
			out->cut = true;
			break;
		}
		h.at = h.at - r->before + r->from;
		h.key_at = h.key_at - r->before + r->from;
		h.host_n = h.host_at < r->before ? 0 : h.host_n;
		h.host_at = h.host_n == 0 ? 0 : h.host_at - r->before + r->from;
		out->v[out->n++] = h;
	}
	return OK;
}

static enum errc opening_read(struct engine *en, struct arena *a, span subject, span text, struct opening *out, struct err *e)
{
	struct reply again = {.before = subject.n + 2};
	const char *between = opens_with_word(text, &again.from) ? ": " : "\n\n";
	unsigned char *both;
	size_t opening;

	if (between[0] != ':')
		again.from = 0;
	opening = opening_n(span_from(text, again.from));
	if ((both = arena_alloc(a, again.before + opening)) == NULL)
		return err_memory(e);
	memcpy(both, subject.p, subject.n);
	memcpy(both + subject.n, between, 2);
	memcpy(both + again.before, text.p + again.from, opening);
	again.text = span_of(both, again.before + opening);
	return read_again(en, &again, out, e);
}

/* Adds to the hits of the text what was found when it was read again, where nothing of the text itself is. */
static enum errc hits_join(struct arena *a, struct hits *out, struct opening *more, struct err *e)
{
	struct hit *v;
	size_t n = 0, k = 0;

	out->cut |= more->cut;
	out->given_up |= more->given_up;
	for (size_t i = 0; i < more->n; i++)
		if (!overlaps(out, &more->v[i]))
			more->v[k++] = more->v[i];
	if (k == 0)
		return OK;
	if ((v = arena_zero(a, out->n + k, sizeof *v)) == NULL)
		return err_memory(e);
	for (size_t i = 0, m = 0; i < out->n || m < k;)
		v[n++] = m == k || (i < out->n && out->v[i].at < more->v[m].at) ? out->v[i++] : more->v[m++];
	out->v = v;
	out->n = n;
	return OK;
}

/* The hits of a text that is not read any more are the arena's: the engine's are gone with its next text. */
static enum errc hits_keep(struct arena *a, struct hits *hits, struct err *e)
{
	struct hit *v = arena_zero(a, hits->n + 1, sizeof *v);

	if (v == NULL)
		return err_memory(e);
	if (hits->n > 0)
		memcpy(v, hits->v, hits->n * sizeof *v);
	hits->v = v;
	return OK;
}

/* What the short answers of the text tell, and one that is all that the text is. */
static enum errc replies_read(struct engine *en, struct arena *a, span text, struct hits *out, struct err *e)
{
	bool spoken = out->spoken, lone = !out->called;
	UNFILLED struct opening more;
	struct reply reply;
	size_t at = 0;
	enum errc rc;

	if ((rc = hits_keep(a, out, e)) != OK)
		return rc;
	/* What a text does not speak of, no question in it asks for; a lone word speaks of nothing. */
	for (unsigned i = 0; spoken && i < REPLIES_MAX; i++) {
		if ((rc = reply_next(a, text, &at, &reply, e)) != OK || reply.text.n == 0)
			break;
		if ((rc = read_again(en, &reply, &more, e)) != OK || (rc = hits_join(a, out, &more, e)) != OK)
			return rc;
	}
	if (rc != OK || !lone || (rc = lone_word_read(a, text, &reply, e)) != OK || reply.text.n == 0)
		return rc;
	return (rc = read_again(en, &reply, &more, e)) == OK ? hits_join(a, out, &more, e) : rc;
}

enum errc opening_detect(struct engine *en, struct arena *a, span subject, span text, struct hits *out, struct err *e)
{
	UNFILLED struct opening below_subject;
	enum errc rc;

	below_subject.n = 0;
	below_subject.cut = below_subject.given_up = false;
	if (subject.n > 0 && (rc = opening_read(en, a, subject, text, &below_subject, e)) != OK)
		return rc;
	if ((rc = engine_detect(en, text, out, e)) != OK)
		return rc;
	if ((rc = replies_read(en, a, text, out, e)) != OK)
		return rc;
	return hits_join(a, out, &below_subject, e);
}
