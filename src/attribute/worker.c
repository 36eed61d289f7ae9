#include <stdlib.h>

#include "attribute/private.h"
#include "base/limits.h"
#include "mail/hostname.h"
#include "mail/text.h"

enum {
	BEFORE = 400, BEHIND = 200,  /* bytes around a secret in which its owner is looked for */
	CANDIDATES = 3, SEEN_FIRST = 256,
	/* what makes an owner less likely; a labelled host in another line is nearer than a name, one in prose further than a heading */
	OTHER_LINE = 2000, IN_PROSE = 2000, LABELLED_ABOVE = 200, SOMEBODYS_ADDRESS = 300, A_NAME = 600, BEHIND_IT = 40,
	LABEL_WORDS = 1, BLOCK_LINES = 3,
};

struct job {
	struct dictionary dictionary;
	struct words words; /* legal forms and given names */
	struct arena *a;
	struct seen { uint64_t hash; uint64_t message; } *seen; /* what was told of the message at hand */
	size_t n_seen, cap_seen;
	uint64_t message;
};

static enum errc read_words(struct job *j, span init, struct err *e)
{
	struct cursor c = cursor_of(init);
	enum errc rc = OK;

	while (c.rest.n >= sizeof(uint64_t) && rc == OK) {
		uint64_t slot = cursor_u64(&c);

		rc = words_add(j->a, &j->words, slot, slot & WORD_KINDS, e);
	}
	return rc;
}

static enum errc start(void **state, span init, int init_fd, struct err *e)
{
	struct job *j = calloc(1, sizeof *j);
	enum errc rc;

	if (j == NULL || (j->seen = calloc(SEEN_FIRST, sizeof *j->seen)) == NULL)
		return err_memory(e);
	j->cap_seen = SEEN_FIRST;
	*state = j;
	if ((rc = charset_open(e)) != OK || (rc = dictionary_open(&j->dictionary, init_fd, e)) != OK ||
	    (rc = arena_new(&j->a, 64 * MIB, e)) != OK)
		return rc;
	return read_words(j, init, e);
}

static bool seen_grow(struct job *j)
{
	struct seen *old = j->seen;
	size_t n = j->cap_seen;

	if ((j->seen = calloc(2 * n, sizeof *j->seen)) == NULL) {
		j->seen = old;
		return false;
	}
	j->cap_seen = 2 * n;
	for (size_t i = 0; i < n; i++)
		if (old[i].message == j->message) {
			size_t at = old[i].hash & (j->cap_seen - 1);

			while (j->seen[at].message == j->message)
				at = (at + 1) & (j->cap_seen - 1);
			j->seen[at] = old[i];
		}
	free(old);
	return true;
}

/* True the first time in a message. Forgets by itself with the next message. */
static bool is_first(struct job *j, uint64_t hash)
{
	size_t at;

	if (j->n_seen >= j->cap_seen / 2 && !seen_grow(j))
		return true;
	for (at = hash & (j->cap_seen - 1); j->seen[at].message == j->message; at = (at + 1) & (j->cap_seen - 1))
		if (j->seen[at].hash == hash)
			return false;
	j->seen[at] = (struct seen){hash, j->message};
	j->n_seen++;
	return true;
}

/* What makes two mentions the same for the message: the organisation of a name; else the host, or a listed address. */
static uint64_t sameness(const struct job *j, span text, const struct mention *m)
{
	span s = span_sub(text, m->at, m->n);
	unsigned char lower[512];
	size_t sign = 0;

	if (m->kind == MENTION_NAME)
		return span_hash(span_of(&m->org, sizeof m->org)) ^ (m->weak ? 0x5851f42d4c957f2du : 0);
	s = span_first(s, sizeof lower);
	for (size_t i = 0; i < s.n; i++) {
		lower[i] = ascii_lower(s.p[i]);
		if (lower[i] == '@')
			sign = i + 1;
	}
	if (sign != 0 && dictionary_find(&j->dictionary, dictionary_address_hash(span_of(lower, s.n))).class == ENTRY_ADDRESS)
		sign = 0;
	return span_hash(span_of(lower + sign, s.n - sign)) + (m->kind == MENTION_HOST);
}

static void tell_first(struct job *j, span path, span text, const struct part_text *t, const struct mentions *l,
    struct buf *out)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct mention *m = &l->v[i];
		uint64_t at_byte = m->at, n_bytes;

		if (!is_first(j, sameness(j, text, m)))
			continue;
		if (t != NULL)
			part_text_place(t, m->at, m->n, &at_byte, &n_bytes);
		told_put(out, &(struct told_mention){m->kind, m->weak, m->org, SECRET_NONE, at_byte, path,
		    span_sub(text, m->at, m->n)});
	}
}

/* ---- what stands beside a secret ---------------------------------------------------------------------------- */

/* The place in the text of a byte of the decoded part: places grow together, so by halves. */
static size_t text_place(const struct part_text *t, uint64_t at_byte)
{
	size_t low = 0, high = t->utf8.n;

	if (t->utf8.p == t->content.p)
		return at_byte < t->utf8.n ? (size_t)at_byte : t->utf8.n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		uint64_t at, n;

		part_text_place(t, mid, 0, &at, &n);
		if (at < at_byte)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool blank_line(span text, size_t lf)
{
	size_t i = lf + 1;

	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\r' || text.p[i] == '>' || text.p[i] == '\t'))
		i++;
	return i >= text.n || text.p[i] == '\n';
}

/* The paragraph that [from, to) stands in, cut to what is near. */
static void paragraph(span text, size_t from, size_t to, size_t *begin, size_t *end)
{
	size_t a = from, b = to;

	while (a > 0 && from - a < BEFORE && !(text.p[a - 1] == '\n' && blank_line(text, a - 1) && a < from))
		a--;
	while (b < text.n && b - to < BEHIND && !(text.p[b] == '\n' && blank_line(text, b)))
		b++;
	*begin = a;
	*end = b;
}

/* "Portal of Acme Rockets:", with user and password below */
static bool ends_in_colon(span text, size_t at)
{
	span line = span_from(text, at);

	line = span_trim(span_first(line, span_find_byte(line, '\n')));
	return line.n > 0 && line.p[line.n - 1] == ':';
}

/* "Server sftp.acme.example", "https://...", "Host: ...", a cell: not somewhere in a sentence. Asked once for each host and secret. */
static bool is_labelled(span text, size_t at)
{
	size_t words = 0, i = at, least = at > BEFORE ? at - BEFORE : 0; /* words that end before another one */

	if (span_ends_nocase(span_first(text, i), SPAN_LIT("://")))
		for (i -= 3; i > least && ascii_is_alnum(text.p[i - 1]); i--)
			;
	at = i;
	while (i > least && text.p[i - 1] != '\n' && words <= LABEL_WORDS) {
		unsigned char c = text.p[--i];

		if (c == ':' || c == '=' || c == '\t' || c == '|')
			return true;
		words += ascii_is_space(c) && i + 1 < at && !ascii_is_space(text.p[i + 1]) && text.p[i + 1] != '>';
	}
	return words <= LABEL_WORDS && (i == 0 || text.p[i - 1] == '\n');
}

static size_t lines_between(span text, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += text.p[i] == '\n';
	return n;
}

/* A host or an address in another line than the secret, which is `away` bytes from it. */
static size_t of_other_line(span text, const struct mention *m, size_t from, size_t away)
{
	size_t end = (size_t)m->at + m->n;

	if (!is_labelled(text, m->at))
		return OTHER_LINE + IN_PROSE + away;
	return m->kind == MENTION_HOST && end <= from && lines_between(text, end, from) <= BLOCK_LINES ? LABELLED_ABOVE + away
												      : OTHER_LINE + away;
}

/*
 * How far a mention is from owning the secret at [from, to); SIZE_MAX when it cannot. What stands before `floor`, the
 * beginning of the nearest heading, belongs to something else.
 */
static size_t remoteness(span text, const struct mention *m, size_t from, size_t to, size_t floor, bool has_host)
{
	size_t a = m->at, b = a + m->n, away = b <= from ? from - b : a >= to ? a - to + BEHIND_IT : 0;
	bool other_line = lines_between(text, b <= from ? b : to, b <= from ? from : a) > 0;

	if (m->kind == MENTION_QUOTED || b <= floor)
		return SIZE_MAX;
	if (a >= from && b <= to && !has_host)
		return SIZE_MAX; /* the secret looks like a host or a name by itself */
	if (m->kind == MENTION_NAME) {
		/* a name owns what stands in its own line, or below it when it is a heading */
		if (other_line && !(b <= from && ends_in_colon(text, b)))
			return SIZE_MAX;
		return A_NAME + away + (other_line ? OTHER_LINE : 0);
	}
	if (other_line)
		away = of_other_line(text, m, from, away);
	return away + (m->kind == MENTION_ADDRESS ? SOMEBODYS_ADDRESS : 0);
}

/* Where the line of the last heading with a name begins, in [begin, from). */
static size_t heading_at(span text, const struct mentions *l, size_t first, size_t begin, size_t from)
{
	size_t at = begin;

	for (size_t i = first; i < l->n && l->v[i].at < from; i++) {
		const struct mention *m = &l->v[i];
		size_t end = (size_t)m->at + m->n;

		if (m->kind != MENTION_NAME || m->weak || m->at < begin || end > from || !ends_in_colon(text, end) ||
		    lines_between(text, end, from) == 0)
			continue;
		for (at = m->at; at > begin && text.p[at - 1] != '\n'; at--)
			;
	}
	return at;
}

struct candidate { struct mention m; size_t score; };

static void offer(struct candidate best[CANDIDATES], const struct mention *m, size_t score)
{
	struct candidate c = {*m, score};

	for (size_t i = 0; i < CANDIDATES; i++)
		if (c.score < best[i].score) {
			struct candidate was = best[i];

			best[i] = c;
			c = was;
		}
}

/* First mention that ends behind `from`; the list is in the order of places. */
static size_t first_behind(const struct mentions *l, size_t from)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((size_t)l->v[mid].at + HOST_SIZE < from)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void beside(const struct part_text *t, const struct mentions *l, const struct secret *s, uint32_t number,
    struct buf *out)
{
	size_t from = text_place(t, s->at_byte), begin, end, at, n, look, first, floor;
	size_t to = s->n_bytes < UINT64_MAX - s->at_byte ? text_place(t, s->at_byte + s->n_bytes) : from;
	struct candidate best[CANDIDATES];

	for (size_t i = 0; i < CANDIDATES; i++)
		best[i].score = SIZE_MAX;
	paragraph(t->utf8, from, to, &begin, &end);
	first = first_behind(l, begin);
	floor = heading_at(t->utf8, l, first, begin, from);
	for (size_t i = first; i < l->n && l->v[i].at < end; i++)
		if (l->v[i].at >= begin)
			offer(best, &l->v[i], remoteness(t->utf8, &l->v[i], from, to, floor, s->has_host));
	look = begin;
	while (host_name_next(t->utf8, &look, end, &at, &n)) {
		struct mention m = {MENTION_HOST, false, ORG_MASK, (uint32_t)at, (uint32_t)n};
		bool of_address = (at > 0 && t->utf8.p[at - 1] == '@') || (at + n < t->utf8.n && t->utf8.p[at + n] == '@');

		if (!of_address || (s->has_host && at >= from && at + n <= to && t->utf8.p[at - 1] == '@'))
			offer(best, &m, remoteness(t->utf8, &m, from, to, floor, s->has_host));
	}
	for (size_t i = 0; i < CANDIDATES && best[i].score != SIZE_MAX; i++)
		told_put(out, &(struct told_mention){best[i].m.kind, best[i].m.weak, best[i].m.org, number, s->at_byte, s->path,
		    span_sub(t->utf8, best[i].m.at, best[i].m.n)});
}

/* ---- one message -------------------------------------------------------------------------------------------- */

struct parts { struct job *j; struct arena *a; span input; struct buf *out; };

static enum errc read_text(void *ctx, const struct part *p, const struct part_text *text, struct err *e)
{
	struct parts *r = ctx;
	struct job *j = r->j;
	struct buf *out = r->out;
	struct cursor c = cursor_of(r->input);
	struct mentions l = {0};
	struct part_text t = *text;
	struct secret s;
	span path = span_str(p->path);
	enum errc rc;

	if (t.outcome == TEXT_NOT || t.utf8.n == 0)
		return OK;
	t.utf8 = span_first(t.utf8, UINT32_MAX);
	if ((rc = mentions_read(r->a, &j->dictionary, &j->words, t.utf8, &l, e)) != OK)
		return rc;
	tell_first(j, path, t.utf8, &t, &l, out);
	for (uint32_t i = 0; secret_get(&c, &s); i++)
		if (span_eq(s.path, path))
			beside(&t, &l, &s, i, out);
	return c.bad ? err_set(e, ERR_EVIDENCE, "the list of its findings is damaged") : OK;
}

static enum errc message(void *state, struct arena *scratch, const struct message *m, span input, struct buf *out,
    struct err *e)
{
	const struct field *subject = headers_get(&m->headers, "Subject");
	struct job *j = state;
	struct parts r = {j, scratch, input, out};
	struct mentions l = {0};
	enum errc rc = OK;

	j->message++;
	j->n_seen = 0;
	if (subject != NULL) {
		span text = header_text(scratch, subject->value);

		if (text.p == NULL)
			return err_memory(e);
		if ((rc = mentions_read(scratch, &j->dictionary, &j->words, text, &l, e)) == OK)
			tell_first(j, SPAN_LIT("Subject"), text, NULL, &l, out);
	}
	for (size_t i = 0; i < m->n_parts && rc == OK; i++)
		if (m->parts[i].kind == PART_LEAF && (rc = part_texts(scratch, m, &m->parts[i], NULL, read_text, &r, e)) == ERR_LIMIT)
			rc = OK; /* a part that is too large was recorded when it was scanned */
	return rc != OK ? rc : buf_check(out, e);
}

const struct evidence_job attribute_job = {"attribute", start, message};
