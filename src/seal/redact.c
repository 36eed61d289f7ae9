#include "seal/redact.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bisect.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "seal/fold.h"
#include "seal/hosts.h"

/* Names from so many letters on are masked inside longer words, too; shorter ones at the beginning of a word. */
enum { ANYWHERE = 6, AT_START = 4 };
/* Bytes between two letters of one name: "Nord-\r\n> > wind". */
enum { GAP_MAX = 12 };
/* Looks at one text, behind which what is left of a word goes with the name that was found in it. Mail takes two. */
enum { LOOKS_MAX = 8 };
/* Bytes shown on either side of what is the reader's own, when it is only named. */
enum { AROUND = 240 };

static const char gap_text[] = "[...]";

struct folded_needle {
	const struct needle *of;
	span p;          /* folded */
	span joined;     /* and with umlauts as one letter, where that may find more; else empty */
	bool solid;      /* one short word: nothing may stand between its letters */
};
struct redactor {
	struct redact_rules rules;
	struct folded_needle *mask, *own, *free;
	size_t n_mask, n_own, n_free;
	size_t longest;  /* of the needles */
};

const char *mask_reason_name(int v)
{
	static const char *const names[MASK_REASONS] = {"none", "other_organisation", "other_address", "other_person",
	    "other_secret", "other_data", "outside"};

	return v > 0 && v < MASK_REASONS ? names[v] : "?";
}

void redact_token_id(span token_key, const char *kind, span thing, char out[REDACT_TOKEN_ID])
{
	struct digest d, inner;
	unsigned char b[32 + DIGEST_SIZE] = {0};
	size_t n = strlen(kind);

	assert(n < 32);
	sha256_of(thing, &inner);
	memcpy(b, kind, n);
	memcpy(b + 32, inner.b, DIGEST_SIZE);
	hmac_sha256(token_key, span_of(b, sizeof b), &d);
	for (size_t i = 0; i < REDACT_TOKEN_ID - 1; i++)
		out[i] = CROCKFORD[d.b[i] & 31];
	out[REDACT_TOKEN_ID - 1] = '\0';
}

/* ---- needles ------------------------------------------------------------------------------------------------- */

static enum errc fold_needle(struct arena *a, const struct needle *n, struct folded_needle *out, struct err *e)
{
	struct folded f, joined = {0};
	enum errc rc = fold_text(a, n->text, &f, e);
	bool one_word = true;

	if (rc == OK && n->kind == NEEDLE_NAME && fold_may_join(&f))
		rc = fold_joined(a, &f, &joined, e);
	if (rc != OK)
		return rc;
	if (joined.n < AT_START) /* "Noe" would be "no" */
		joined.n = 0;
	for (size_t i = 1; i < f.n; i++)
		one_word = one_word && f.at[i] <= f.end[i - 1];
	*out = (struct folded_needle){n, span_of(f.p, f.n), span_of(joined.p, joined.n),
	    one_word && f.n < ANYWHERE && n->kind == NEEDLE_NAME};
	return OK;
}

enum errc redactor_new(struct arena *a, const struct redact_rules *rules, struct redactor **out, struct err *e)
{
	struct redactor *r = arena_zero(a, 1, sizeof *r);
	enum errc rc = OK;

	if (r == NULL || (r->mask = arena_zero(a, rules->n_needles, sizeof *r->mask)) == NULL ||
	    (r->own = arena_zero(a, rules->n_needles, sizeof *r->own)) == NULL ||
	    (r->free = arena_zero(a, rules->n_free, sizeof *r->free)) == NULL)
		return err_memory(e);
	r->rules = *rules;
	for (size_t i = 0; i < rules->n_needles && rc == OK; i++) {
		const struct needle *n = &rules->needles[i];

		r->longest = n->text.n > r->longest ? n->text.n : r->longest;
		if (span_trim(n->text).n != 0)
			rc = fold_needle(a, n, n->reason == MASK_NONE ? &r->own[r->n_own++] : &r->mask[r->n_mask++], e);
	}
	for (size_t i = 0; i < rules->n_free && rc == OK; i++)
		if (span_trim(rules->free[i].text).n != 0)
			rc = fold_needle(a, &rules->free[i], &r->free[r->n_free++], e);
	*out = r;
	return rc;
}

static enum errc hits_add(struct arena *a, struct hits *h, size_t at, size_t n, enum mask_reason reason, const char *kind,
    const char *id, struct err *e)
{
	struct hit *v, *more = arena_grow(a, h->v, h->n, &h->cap, sizeof *more, 32);

	if (more == NULL)
		return err_memory(e);
	h->v = more;
	v = &h->v[h->n++];
	*v = (struct hit){.at = at, .n = n, .reason = reason};
	if (kind != NULL)
		(void)snprintf(v->token, sizeof v->token, "[%s %s]", kind, id);
	return OK;
}

static const char *kind_of(enum mask_reason reason)
{
	switch (reason) {
	case MASK_ORGANISATION: return "organisation";
	case MASK_ADDRESS: return "address";
	case MASK_PERSON: return "person";
	case MASK_SECRET: return "credential";
	case MASK_DATA: return "datum";
	case MASK_NONE: case MASK_OUTSIDE: case MASK_REASONS: break;
	}
	return "masked";
}

static bool fits(const struct folded *t, size_t i, const struct folded_needle *n, size_t letters)
{
	bool starts = i == 0 || t->end[i - 1] < t->at[i];
	bool ends = i + letters == t->n || t->end[i + letters - 1] < t->at[i + letters];

	for (size_t k = 1; k < letters; k++) {
		uint32_t gap = t->at[i + k] > t->end[i + k - 1] ? t->at[i + k] - t->end[i + k - 1] : 0;

		if (gap > GAP_MAX || (n->solid && gap != 0))
			return false;
	}
	if (letters >= ANYWHERE)
		return true;
	return starts && (ends || (letters >= AT_START && n->of->kind == NEEDLE_NAME && n->of->reason != MASK_PERSON));
}

/* All places in t of the letters of a needle. */
static enum errc find_letters(struct arena *a, const struct folded *t, const struct folded_needle *n, span letters,
    struct hits *out, struct err *e)
{
	const unsigned char *p = t->p;
	size_t left = t->n;
	enum errc rc = OK;

	if (letters.n == 0)
		return OK;
	while (rc == OK && left >= letters.n && (p = memmem(p, left, letters.p, letters.n)) != NULL) {
		size_t i = (size_t)(p - t->p);

		if (fits(t, i, n, letters.n))
			rc = hits_add(a, out, t->at[i], t->end[i + letters.n - 1] - t->at[i], n->of->reason, kind_of(n->of->reason),
			    n->of->token, e);
		p++;
		left = t->n - i - 1;
	}
	return rc;
}

/* A text as its needles are looked for in it. */
struct looked_at { struct folded plain, joined; };

static enum errc look_at(struct arena *a, span text, struct looked_at *out, struct err *e)
{
	enum errc rc = fold_text(a, text, &out->plain, e);

	return rc == OK ? fold_joined(a, &out->plain, &out->joined, e) : rc;
}

static enum errc find_folded(struct arena *a, const struct looked_at *t, const struct folded_needle *n, struct hits *out,
    struct err *e)
{
	enum errc rc = find_letters(a, &t->plain, n, n->p, out, e);

	return rc == OK ? find_letters(a, &t->joined, n, n->joined, out, e) : rc;
}

/* A value also as it stands, for those of few letters: "+:=", "a1". */
static enum errc find_exact(struct arena *a, span text, const struct folded_needle *n, struct hits *out, struct err *e)
{
	span v = span_trim(n->of->text);
	size_t at = 0, i;
	enum errc rc = OK;

	while (rc == OK && (i = span_find(span_from(text, at), v)) < text.n - at) {
		rc = hits_add(a, out, at + i, v.n, n->of->reason, kind_of(n->of->reason), n->of->token, e);
		at += i + 1;
	}
	return rc;
}

/* A letter may have four bytes. */
size_t redact_reach(const struct redactor *r) { return r->longest * (GAP_MAX + 4); }

/* ---- hosts and addresses ------------------------------------------------------------------------------------- */

static const struct needle *domain_of(const struct needle *v, size_t n, span host, bool own)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].kind == NEEDLE_DOMAIN && (v[i].reason == MASK_NONE) == own && domain_is_within(host, v[i].text))
			return &v[i];
	return NULL;
}

static bool is_own_address(const struct redact_rules *r, span address)
{
	for (size_t i = 0; i < r->n_needles; i++)
		if (r->needles[i].kind == NEEDLE_ADDRESS && span_eq_nocase(address, r->needles[i].text))
			return true;
	return false;
}

static void lower_thing(struct arena *a, span s, span *out)
{
	unsigned char *p = arena_alloc(a, s.n);

	*out = SPAN_EMPTY;
	if (p == NULL)
		return;
	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_lower(s.p[i]);
	*out = span_of(p, s.n);
}

/* Which hosts and addresses are free (own or ours: into *free) and which are to be masked. */
static enum errc find_hosts(struct redactor *r, struct arena *a, span text, struct hits *mask, struct hits *free, struct err *e)
{
	const struct redact_rules *rules = &r->rules;
	struct host_place p;
	size_t from = 0;
	enum errc rc = OK;

	while (rc == OK && host_place_next(text, &from, &p)) {
		span whole = span_sub(text, p.at, p.n), host = span_sub(text, p.host_at, p.at + p.n - p.host_at), thing;
		const struct needle *other = domain_of(rules->needles, rules->n_needles, host, false);
		bool own = domain_of(rules->needles, rules->n_needles, host, true) != NULL ||
		           domain_of(rules->free, rules->n_free, host, true) != NULL;
		char id[REDACT_TOKEN_ID];

		if (p.address && is_own_address(rules, whole)) {
			rc = hits_add(a, free, p.at, p.n, MASK_NONE, NULL, NULL, e);
			continue;
		}
		if (own) {
			/* The host alone: "nordwind-project@" before it says a name. */
			rc = hits_add(a, free, p.host_at, p.at + p.n - p.host_at, MASK_NONE, NULL, NULL, e);
			continue;
		}
		lower_thing(a, whole, &thing);
		redact_token_id(rules->token_key, p.address ? "address" : "domain", thing, id);
		if (p.address)
			rc = hits_add(a, mask, p.at, p.n, MASK_ADDRESS, "address", id, e);
		else if (other != NULL)
			rc = hits_add(a, mask, p.at, p.n, MASK_ORGANISATION, "organisation", other->token, e);
		else
			rc = hits_add(a, mask, p.at, p.n, MASK_ORGANISATION, "domain", id, e);
	}
	return rc;
}

/* ---- putting together ---------------------------------------------------------------------------------------- */

static int by_place(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	if (a->reason != b->reason)
		return a->reason < b->reason ? -1 : 1;
	return strcmp(a->token, b->token);
}

/* A name that ran on into an address ("Dana Whitlow <dana@", for "Whitlow, Dana") ends before it, and before what stands between. */
static bool cut_name(span text, struct hit *name, const struct hit *address)
{
	size_t n = address->at - name->at;

	/* What goes on behind the address would be in no mask. */
	if (name->reason != MASK_PERSON || address->reason != MASK_ADDRESS || address->at + address->n < name->at + name->n)
		return false;
	while (n != 0 && ascii_is_one_of(text.p[name->at + n - 1], " \t\r\n<(\"'"))
		n--;
	if (n == 0)
		return false;
	name->n = n;
	return true;
}

/* Sorted; overlapping ones joined under the first, or under a secret where there is one. */
static void settle(span text, struct hits *h)
{
	size_t n = 0;

	if (h->n > 1)
		qsort(h->v, h->n, sizeof *h->v, by_place);
	for (size_t i = 0; i < h->n; i++) {
		struct hit *last = n != 0 ? &h->v[n - 1] : NULL, *now = &h->v[i];

		if (last == NULL || now->at >= last->at + last->n || cut_name(text, last, now)) {
			h->v[n++] = *now;
			continue;
		}
		if (now->at + now->n > last->at + last->n)
			last->n = now->at + now->n - last->at;
		if (now->reason >= MASK_SECRET && last->reason < MASK_SECRET) {
			last->reason = now->reason;
			memcpy(last->token, now->token, sizeof last->token);
		}
	}
	h->n = n;
}

static bool within(const struct hits *free, const struct hit *h)
{
	size_t i;

	/* The last one that begins at or before h. */
	BISECT(i, free->n, free->v[i].at <= h->at);
	return i != 0 && h->at + h->n <= free->v[i - 1].at + free->v[i - 1].n;
}

/* Names inside a name or an address that is free are part of that: "Acme" in "Acme Bank", when that is the reader. */
static void drop_free(struct hits *h, const struct hits *free)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].reason >= MASK_SECRET || !within(free, &h->v[i]))
			h->v[n++] = h->v[i];
	h->n = n;
}

/* What is found in one look at the text; `free` takes the names and addresses that stay. */
static enum errc look(struct redactor *r, struct arena *a, span text, struct hits *out, struct hits *free, struct err *e)
{
	struct looked_at t;
	enum errc rc = look_at(a, text, &t, e);

	for (size_t i = 0; i < r->n_own && rc == OK; i++)
		if (r->own[i].of->kind == NEEDLE_NAME)
			rc = find_folded(a, &t, &r->own[i], free, e);
	for (size_t i = 0; i < r->n_free && rc == OK; i++)
		if (r->free[i].of->kind == NEEDLE_NAME)
			rc = find_folded(a, &t, &r->free[i], free, e);
	for (size_t i = 0; i < r->n_mask && rc == OK; i++) {
		rc = find_folded(a, &t, &r->mask[i], out, e);
		if (rc == OK && r->mask[i].of->kind == NEEDLE_VALUE)
			rc = find_exact(a, text, &r->mask[i], out, e);
	}
	return rc == OK ? find_hosts(r, a, text, out, free, e) : rc;
}

/* Each of them up to where its word ends: no other word begins behind it then. */
static void to_word_ends(span text, struct hits *h)
{
	for (size_t i = 0; i < h->n; i++) {
		struct hit *x = &h->v[i];

		while (x->at + x->n < text.n && (ascii_is_alnum(text.p[x->at + x->n]) || text.p[x->at + x->n] >= 0x80))
			x->n++;
	}
}

/*
 * A token parts words, so that what stood within one ("Acme" in "AcmeAcme") is a word beside it: the text is looked at
 * again with blanks for what was found, until nothing more is. A word of a thousand names would have each look find one.
 */
enum errc redact_find(struct redactor *r, struct arena *a, span text, struct hits *out, struct err *e)
{
	unsigned char *rest = NULL;
	unsigned looks = 0;
	size_t had = 0;
	enum errc rc = OK;

	*out = (struct hits){0};
	do {
		struct hits free = {0};

		for (size_t i = 0; i < out->n; i++) {
			if (rest == NULL) {
				if ((rest = arena_alloc(a, text.n)) == NULL)
					return err_memory(e);
				memcpy(rest, text.p, text.n);
			}
			memset(rest + out->v[i].at, ' ', out->v[i].n);
		}
		had = out->n;
		if ((rc = look(r, a, rest != NULL ? span_of(rest, text.n) : text, out, &free, e)) != OK)
			return rc;
		settle(text, &free);
		drop_free(out, &free);
		settle(text, out);
	} while (out->n > had && ++looks < LOOKS_MAX);
	if (out->n > had) {
		to_word_ends(text, out);
		settle(text, out);
	}
	return OK;
}

/* Where the reader's own names, addresses and values stand. */
static enum errc redact_own(struct redactor *r, struct arena *a, span text, struct hits *out, struct err *e)
{
	struct host_place p;
	struct looked_at t;
	size_t from = 0;
	enum errc rc;

	*out = (struct hits){0};
	if ((rc = look_at(a, text, &t, e)) != OK)
		return rc;
	for (size_t i = 0; i < r->n_own && rc == OK; i++) {
		if (r->own[i].of->kind != NEEDLE_DOMAIN && r->own[i].of->kind != NEEDLE_ADDRESS)
			rc = find_folded(a, &t, &r->own[i], out, e);
		if (rc == OK && r->own[i].of->kind == NEEDLE_VALUE)
			rc = find_exact(a, text, &r->own[i], out, e);
	}
	while (rc == OK && host_place_next(text, &from, &p))
		if (domain_of(r->rules.needles, r->rules.n_needles, span_sub(text, p.host_at, p.at + p.n - p.host_at), true) != NULL ||
		    (p.address && is_own_address(&r->rules, span_sub(text, p.at, p.n))))
			rc = hits_add(a, out, p.at, p.n, MASK_NONE, NULL, NULL, e);
	if (rc == OK)
		settle(text, out);
	return rc;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

struct writer { struct buf b; struct hits marks; struct arena *a; };

static enum errc put_mark(struct writer *w, enum mask_reason reason, const char *text, struct err *e)
{
	enum errc rc = hits_add(w->a, &w->marks, w->b.n, strlen(text), reason, NULL, NULL, e);

	if (rc == OK)
		(void)snprintf(w->marks.v[w->marks.n - 1].token, REDACT_TOKEN, "%s", text);
	buf_str(&w->b, text);
	return rc;
}

/* text[from, to) with its hits; *next is the first hit not yet behind. A hit that the edge cuts is masked whole. */
static enum errc put_range(struct writer *w, span text, const struct hits *h, size_t *next, size_t from, size_t to,
    struct err *e)
{
	enum errc rc = OK;

	while (*next < h->n && h->v[*next].at + h->v[*next].n <= from)
		++*next;
	while (rc == OK && from < to) {
		const struct hit *x = *next < h->n && h->v[*next].at < to ? &h->v[*next] : NULL;

		if (x == NULL) {
			buf_put(&w->b, span_sub(text, from, to - from));
			break;
		}
		if (x->at > from)
			buf_put(&w->b, span_sub(text, from, x->at - from));
		rc = put_mark(w, x->reason, x->token, e);
		from = x->at + x->n;
		if (from <= to) /* else the next range begins in it, and must mask it again */
			++*next;
	}
	return rc;
}

static enum errc written(struct writer *w, struct redacted *out, struct err *e)
{
	enum errc rc = buf_check(&w->b, e);

	if (rc == OK && (out->text = arena_copy(w->a, buf_span(&w->b))).p == NULL)
		rc = err_memory(e);
	out->marks = w->marks.v;
	out->n_marks = w->marks.n;
	return rc;
}

enum errc redact_text(struct redactor *r, struct arena *a, span text, struct redacted *out, struct err *e)
{
	struct writer w = {.a = a};
	struct hits h;
	size_t next = 0;
	enum errc rc;

	*out = (struct redacted){0};
	buf_init(&w.b, 64 * MIB);
	if ((rc = redact_find(r, a, text, &h, e)) == OK && (rc = put_range(&w, text, &h, &next, 0, text.n, e)) == OK)
		rc = written(&w, out, e);
	buf_wipe(&w.b);
	return rc;
}

/* Widens to whole lines where one ends near, else to whole words; never within a character. */
static void widen(span text, const struct hit *h, size_t *from, size_t *to)
{
	size_t left = h->at > AROUND ? h->at - AROUND : 0, right = h->at + h->n;

	*from = h->at;
	while (*from > left && !(text.p[*from - 1] == '\n' && h->at - *from > AROUND / 3))
		--*from;
	while (*from > 0 && *from < h->at && text.p[*from - 1] != '\n' && !ascii_is_space(text.p[*from - 1]))
		++*from;
	*to = right;
	while (*to < text.n && *to - right < AROUND && !(text.p[*to] == '\n' && *to - right > AROUND / 3))
		++*to;
	while (*to < text.n && *to > right && text.p[*to] != '\n' && !ascii_is_space(text.p[*to]))
		--*to;
}

enum errc redact_around(struct redactor *r, struct arena *a, span text, struct redacted *out, struct err *e)
{
	struct writer w = {.a = a};
	struct hits own, h;
	size_t next = 0, done = 0;
	enum errc rc;

	*out = (struct redacted){0};
	buf_init(&w.b, 64 * MIB);
	if ((rc = redact_own(r, a, text, &own, e)) != OK || own.n == 0 || (rc = redact_find(r, a, text, &h, e)) != OK)
		goto end;
	for (size_t i = 0; i < own.n && rc == OK;) {
		size_t from, to;

		widen(text, &own.v[i], &from, &to);
		from = from < done ? done : from;
		for (i++; i < own.n; i++) { /* what lies so near that the windows touch is one */
			size_t f, t;

			widen(text, &own.v[i], &f, &t);
			if (f > to)
				break;
			to = t > to ? t : to;
		}
		if (from > done) {
			rc = put_mark(&w, MASK_OUTSIDE, gap_text, e);
			buf_byte(&w.b, '\n');
		}
		if (rc == OK)
			rc = put_range(&w, text, &h, &next, from, to, e);
		buf_byte(&w.b, '\n');
		done = to;
	}
	if (rc == OK && done < text.n)
		rc = put_mark(&w, MASK_OUTSIDE, gap_text, e);
	if (rc == OK)
		rc = written(&w, out, e);
end:
	buf_wipe(&w.b);
	return rc;
}

/* Is it, whole, one of our tokens or a piece of one? */
static bool in_token(span text, const struct hit *h)
{
	static const char *const kinds[] = {"organisation", "domain", "address", "person", "credential", "datum"};
	size_t from = h->at, to = h->at + h->n;

	while (from > 0 && h->at - from < REDACT_TOKEN && text.p[from] != '[')
		from--;
	while (to < text.n && to - h->at - h->n < REDACT_TOKEN && text.p[to - 1] != ']')
		to++;
	if (to - from < 2 || text.p[from] != '[' || text.p[to - 1] != ']')
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t n = strlen(kinds[i]);

		if (to - from == n + 3 + REDACT_TOKEN_ID - 1 && memcmp(text.p + from + 1, kinds[i], n) == 0 && text.p[from + 1 + n] == ' ')
			return true;
	}
	return false;
}

enum errc redact_check(struct redactor *r, struct arena *a, span text, bool *clean, struct err *e)
{
	struct hits h;
	enum errc rc = redact_find(r, a, text, &h, e);

	*clean = rc == OK;
	for (size_t i = 0; i < h.n && *clean; i++)
		*clean = in_token(text, &h.v[i]);
	return rc;
}
