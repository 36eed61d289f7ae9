/*
 * A pattern becomes steps as it is read, a construction of Thompson's: jumps are relative, so what was read can be moved behind a step that
 * is put before it, and copied for a number of times.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "scan/sieve-private.h"

#define NESTED_MAX 60
#define COPIES 64
#define COPIES_SEARCHED 16

static void set_add(struct character_set *s, unsigned c) { s->has[c / 64] |= UINT64_C(1) << c % 64; }

struct reader {
	struct sieves *s;
	span p;
	size_t at, n;   /* in the pattern; steps so far */
	unsigned depth;
	uint32_t copies; /* steps that a number of times is written out to; more is any number */
	bool fold, bad; /* bad: this pattern has no sieve */
	bool loose;     /* the steps let through more than what they stand for */
};

static bool bad(struct reader *r)
{
	r->bad = true;
	return false;
}

/* The first byte tells most of what is asked apart; of words that the compiler knows it knows the length, too. */
static inline bool looking_at(const struct reader *r, const char *words)
{
	return r->at < r->p.n && r->p.p[r->at] == (unsigned char)words[0] && span_starts(span_from(r->p, r->at), span_str(words));
}

static inline bool take(struct reader *r, const char *words)
{
	bool is = looking_at(r, words);

	r->at += is ? strlen(words) : 0;
	return is;
}

static void put(struct reader *r, unsigned set, size_t x, size_t y)
{
	if (r->n == STEPS_MAX - 1)
		r->bad = true;
	else
		r->s->v[r->n++] = (struct sieve_step){(uint16_t)set, (int16_t)x, (int16_t)y};
}

/* A jump to x and to y before the steps from `from` on. */
static void put_before(struct reader *r, size_t from, size_t x, size_t y)
{
	put(r, JUMP, x, y);
	if (r->bad)
		return;
	memmove(r->s->v + from + 1, r->s->v + from, (r->n - 1 - from) * sizeof *r->s->v);
	r->s->v[from] = (struct sieve_step){JUMP, (int16_t)x, (int16_t)y};
}

static size_t hash_of_set(const struct character_set *set)
{
	uint64_t h = 0;

	for (unsigned w = 0; w < WORDS; w++)
		h = (h ^ set->has[w]) * UINT64_C(0x9e3779b97f4a7c15);
	return h >> 32;
}

static void put_set(struct reader *r, const struct character_set *set)
{
	struct sieves *s = r->s;
	uint16_t *bucket = &s->set_of[hash_of_set(set) % SETS_MAX];
	unsigned i = *bucket;

	while (i != 0 && !set_eq(&s->sets[i - 1], set))
		i = s->same_hash[i - 1];
	if (i == 0 && s->n_sets == SETS_MAX) {
		r->bad = true;
		return;
	}
	if (i == 0) {
		s->sets[s->n_sets] = *set;
		s->same_hash[s->n_sets] = *bucket;
		*bucket = (uint16_t)(i = (unsigned)++s->n_sets);
	}
	put(r, i - 1, 1, 0);
}

/* Without regard to case the long s and the sign of kelvin are letters of ASCII, too. */
static void set_add_range(const struct reader *r, struct character_set *set, uint32_t from, uint32_t to)
{
	for (uint32_t c = from; c <= to && c < OTHER; c++) {
		set_add(set, c);
		if (!r->fold || !ascii_is_alpha((unsigned char)c))
			continue;
		set_add(set, c ^ 32);
		if ((c | 32) == 'k' || (c | 32) == 's')
			set_add(set, OTHER);
	}
	if (to < OTHER)
		return;
	set_add(set, OTHER);
	for (unsigned i = 0; r->fold && i < 2; i++)
		if (from <= (i == 0 ? 0x17fu : 0x212au) && to >= (i == 0 ? 0x17fu : 0x212au)) {
			set_add(set, i == 0 ? 's' : 'k');
			set_add(set, i == 0 ? 'S' : 'K');
		}
}

static void set_turn(struct character_set *set)
{
	set->has[0] = ~set->has[0];
	set->has[1] = ~set->has[1];
	set_add(set, OTHER);
}

/* "\p{L}": letters, and what is past ASCII. */
static bool read_property(struct reader *r, struct character_set *set, bool turned)
{
	bool letters = looking_at(r, "{L}"), cased = looking_at(r, "{Lu}") || looking_at(r, "{Ll}");
	size_t end = span_find_byte(span_from(r->p, r->at), '}');

	if ((!letters && !cased && !looking_at(r, "{Han}")) || (turned && cased))
		return bad(r);
	r->at += end + 1;
	r->loose |= cased;
	for (unsigned c = 'a'; (letters || cased) && c <= 'z'; c++) {
		set_add(set, c);
		set_add(set, c ^ 32);
	}
	set_add(set, OTHER);
	return true;
}

static bool read_number(struct reader *r, unsigned base, uint32_t *out)
{
	size_t from = r->at;

	for (*out = 0; r->at < r->p.n && r->at < from + 8; r->at++) {
		unsigned char c = ascii_lower(r->p.p[r->at]);
		unsigned digit = ascii_is_digit(c) ? c - (unsigned)'0' : c >= 'a' && c <= 'f' ? c - 'a' + 10u : 16;

		if (digit >= base)
			break;
		*out = *out * base + digit;
	}
	return r->at > from;
}

/* What stands behind a backslash: one character in *c, or those of `set`; or neither, a place. */
enum escape { ESCAPE_CHARACTER, ESCAPE_SET, ESCAPE_PLACE };
static enum escape read_escape(struct reader *r, bool in_class, bool turned, uint32_t *c, struct character_set *set)
{
	unsigned char k = r->at < r->p.n ? r->p.p[r->at++] : 'q';
	struct character_set some = {0};

	switch (k) {
	case 'n': *c = '\n'; return ESCAPE_CHARACTER;
	case 'r': *c = '\r'; return ESCAPE_CHARACTER;
	case 't': *c = '\t'; return ESCAPE_CHARACTER;
	case 'x':
		if (!take(r, "{") || !read_number(r, 16, c) || !take(r, "}"))
			r->bad = true;
		return ESCAPE_CHARACTER;
	case 'b': case 'B': case 'Z': case 'A':
		r->bad |= in_class;
		r->loose = true;
		return ESCAPE_PLACE;
	case 'p':
		read_property(r, set, turned);
		return ESCAPE_SET;
	case 'd': case 'D': case 's': case 'S': case 'w': case 'W':
		for (unsigned i = 0; i < OTHER; i++) {
			unsigned char b = (unsigned char)i;

			if ((k | 32) == 'd' ? ascii_is_digit(b) : (k | 32) == 'w' ? ascii_is_alnum(b) || b == '_' : b == ' ' || (b >= '\t' && b <= '\r'))
				set_add(&some, i);
		}
		if ((k & 32) == 0)
			set_turn(&some);
		for (unsigned i = 0; i < WORDS; i++)
			set->has[i] |= some.has[i];
		return ESCAPE_SET;
	default:
		*c = k;
		r->bad |= ascii_is_alnum(k) || k >= OTHER;
		return ESCAPE_CHARACTER;
	}
}

static uint32_t read_character(struct reader *r)
{
	size_t n = 1;
	uint32_t c = utf8_get(span_from(r->p, r->at), &n);

	r->at += n;
	return c;
}

/* The class behind its "[". */
static bool read_class(struct reader *r)
{
	struct character_set set = {0};
	bool turned = take(r, "^"), first = true;

	for (; r->at < r->p.n && (first || !looking_at(r, "]")) && !r->bad; first = false) {
		uint32_t c = 0, to;
		bool single = true;

		if (looking_at(r, "[:") || looking_at(r, "[.") || looking_at(r, "[="))
			return bad(r);
		if (take(r, "\\"))
			single = read_escape(r, true, turned, &c, &set) == ESCAPE_CHARACTER;
		else
			c = read_character(r);
		to = c;
		if (single && r->at + 1 < r->p.n && looking_at(r, "-") && !looking_at(r, "-]")) {
			r->at++;
			if (take(r, "\\") ? read_escape(r, true, turned, &to, &set) != ESCAPE_CHARACTER : (to = read_character(r)) < c)
				return bad(r);
		}
		if (single)
			set_add_range(r, &set, c, to);
	}
	if (!take(r, "]"))
		return bad(r);
	if (turned)
		set_turn(&set);
	put_set(r, &set);
	return true;
}

static void read_alternatives(struct reader *r);

/* What looks around stays only as one character that is looked at, or that must not be there. */
static void read_look(struct reader *r, bool behind, bool not)
{
	size_t from = r->n;
	bool loose = r->loose;
	struct sieve_step s;

	r->loose = false;
	read_alternatives(r);
	s = r->s->v[from];
	if (r->n == from + 1 && s.set < SETS_MAX && !behind && !(not && r->loose)) {
		r->s->v[from] = (struct sieve_step){not ? LOOK_NOT : LOOK, 1, (int16_t)s.set};
		r->loose = loose;
	} else {
		r->n = from;
		r->loose = true;
	}
}

/* The group behind its "(". */
static bool read_group(struct reader *r)
{
	bool fold = r->fold;

	if (looking_at(r, "*") || r->depth == NESTED_MAX)
		return bad(r);
	r->depth++;
	if (take(r, "?=") || looking_at(r, "?!") || looking_at(r, "?<=") || looking_at(r, "?<!")) {
		bool not = looking_at(r, "?!") || looking_at(r, "?<!"), behind = looking_at(r, "?<");

		r->at += r->p.p[r->at - 1] == '=' ? 0 : behind ? 3 : 2;
		read_look(r, behind, not);
	} else {
		if (take(r, "?<")) {
			r->at += span_find_byte(span_from(r->p, r->at), '>');
			r->at++;
		} else if (take(r, "?-i:") || take(r, "?i:")) {
			r->fold = r->p.p[r->at - 3] != '-';
		} else if (!take(r, "?:") && !take(r, "?>") && looking_at(r, "?")) {
			return bad(r);
		}
		read_alternatives(r);
	}
	r->depth--;
	r->fold = fold;
	return take(r, ")") || bad(r);
}

static void repeat(struct reader *r, size_t from, uint32_t least, uint32_t most);
#define ANY_NUMBER UINT32_MAX

/* "\g{name}", "\k<name>": what the group had, which may be anything. */
static bool read_reference(struct reader *r)
{
	unsigned char end = looking_at(r, "\\k<") ? '>' : '}';
	struct character_set any = {0};
	size_t from = r->n;

	if (!take(r, "\\g{") && !take(r, "\\k<"))
		return false;
	r->at += span_find_byte(span_from(r->p, r->at), end) + 1;
	set_turn(&any);
	put_set(r, &any);
	repeat(r, from, 0, ANY_NUMBER);
	return r->loose = true;
}

/* "\z": the end of the text, which is looked at. */
static bool read_end(struct reader *r)
{
	struct character_set end = {0};

	if (!take(r, "\\z"))
		return false;
	set_add(&end, END);
	put_set(r, &end);
	if (!r->bad)
		r->s->v[r->n - 1] = (struct sieve_step){LOOK, 1, (int16_t)r->s->v[r->n - 1].set};
	return true;
}

static bool read_atom(struct reader *r)
{
	struct character_set set = {0};
	uint32_t c;

	if (take(r, "("))
		return read_group(r);
	if (take(r, "["))
		return read_class(r);
	if (read_reference(r) || read_end(r))
		return true;
	if (take(r, "^") || take(r, "$")) {
		r->loose = true;
		return true;
	}
	if (looking_at(r, "*") || looking_at(r, "+") || looking_at(r, "?"))
		return bad(r);
	if (take(r, ".")) {
		set_turn(&set);
		r->loose = true; /* it is no line end */
	} else if (take(r, "\\")) {
		switch (read_escape(r, false, false, &c, &set)) {
		case ESCAPE_PLACE: return true;
		case ESCAPE_SET: break;
		case ESCAPE_CHARACTER: default: set_add_range(r, &set, c, c);
		}
	} else {
		c = read_character(r);
		set_add_range(r, &set, c, c);
	}
	put_set(r, &set);
	return true;
}

/* "*", "+", "?", "{2,5}"; false: none is there, and "{" is one. */
static bool read_count(struct reader *r, uint32_t *least, uint32_t *most)
{
	size_t from = r->at;

	*least = looking_at(r, "+");
	*most = looking_at(r, "?") ? 1 : ANY_NUMBER;
	if (!take(r, "*") && !take(r, "+") && !take(r, "?")) {
		if (!take(r, "{") || !read_number(r, 10, least)) {
			r->at = from;
			return false;
		}
		*most = *least;
		if (take(r, ",") && !read_number(r, 10, most))
			*most = ANY_NUMBER;
		if (!take(r, "}")) {
			r->at = from;
			return false;
		}
	}
	if (!take(r, "?")) /* it tries fewer first, or gives nothing back: no matter */
		(void)take(r, "+");
	return true;
}

/* The steps from `from` on, so many times. */
static void repeat(struct reader *r, size_t from, uint32_t least, uint32_t most)
{
	size_t n = r->n - from;
	bool counted = most <= r->copies && n * most <= r->copies;

	if (n == 0 || r->bad)
		return;
	if (most == 0) {
		r->n = from;
		return;
	}
	if (!counted && least * n > r->copies)
		least = 1;
	if (n * (least + 1) + (counted ? most : 0) * (n + 1) + 4 > STEPS_MAX - r->n) {
		r->bad = true;
		return;
	}
	for (uint32_t i = 1; i < least; i++, r->n += n)
		memcpy(r->s->v + r->n, r->s->v + from, n * sizeof *r->s->v);
	if (!counted && least > 0) {
		put(r, JUMP, 1, (size_t)-(ptrdiff_t)n);
	} else if (!counted) {
		put_before(r, from, 1, n + 2);
		put(r, JUMP, (size_t)-(ptrdiff_t)(n + 1), 0);
	} else if (least == 0) {
		put_before(r, from, 1, n + 1);
		least = 1;
		from++;
	}
	for (uint32_t i = least; i < most && counted; i++, r->n += n) {
		put(r, JUMP, 1, (most - i) * (n + 1));
		memcpy(r->s->v + r->n, r->s->v + from, n * sizeof *r->s->v);
	}
}

/* White space and comments, which stand anywhere between atoms and their numbers of times. */
static void skip_blank(struct reader *r)
{
	while (r->at < r->p.n && (ascii_is_space(r->p.p[r->at]) || r->p.p[r->at] == '#'))
		r->at += r->p.p[r->at] == '#' ? span_find_byte(span_from(r->p, r->at), '\n') : 1;
}

static void read_sequence(struct reader *r)
{
	while (!r->bad) {
		size_t from = r->n;
		uint32_t least, most;

		skip_blank(r);
		if (r->at >= r->p.n || looking_at(r, "|") || looking_at(r, ")") || !read_atom(r))
			return;
		for (skip_blank(r); read_count(r, &least, &most); skip_blank(r))
			repeat(r, from, least, most);
	}
}

static void read_alternatives(struct reader *r)
{
	size_t from = r->n, last = SIZE_MAX, end;

	read_sequence(r);
	while (!r->bad && take(r, "|")) {
		put_before(r, from, 1, r->n - from + 2);
		put(r, JUMP, 0, 0);
		if (r->bad)
			return;
		/* Its end is not known yet: each of these jumps leads to the one before for now. */
		r->s->v[r->n - 1].y = (int16_t)(last == SIZE_MAX ? 0 : r->n - 1 - last);
		last = r->n - 1;
		from = r->n;
		read_sequence(r);
	}
	for (end = r->n; last != SIZE_MAX;) {
		struct sieve_step *s = &r->s->v[last];
		size_t back = (size_t)s->y;

		s->x = (int16_t)(end - last);
		s->y = 0;
		last = back == 0 ? SIZE_MAX : last - back;
	}
}

/* Characters that no set of the pattern tells apart are of one class. */
static void classes_make(const struct sieves *s, size_t n, struct sieve *out)
{
	/* LOOK_NOT treats OTHER as no other */
	struct character_set of[END + 1] = {{{UINT64_MAX, UINT64_MAX, UINT64_C(1) << END % 64}}, {{0, 0, UINT64_C(1) << OTHER % 64}}};
	uint64_t known[SETS_MAX / 64] = {0};
	size_t n_classes = 2;

	for (size_t i = 0; i < n; i++) {
		unsigned set = s->v[i].set == LOOK || s->v[i].set == LOOK_NOT ? (unsigned)s->v[i].y : s->v[i].set;

		if (set >= SETS_MAX || (known[set / 64] >> set % 64 & 1) != 0)
			continue;
		known[set / 64] |= UINT64_C(1) << set % 64;
		/* Of each class those that are in the set become another, unless all are. */
		for (size_t k = 0, before = n_classes; k < before; k++) {
			struct character_set in = of[k];

			for (unsigned w = 0; w < WORDS; w++)
				in.has[w] &= s->sets[set].has[w];
			if ((in.has[0] | in.has[1] | in.has[2]) == 0 || set_eq(&in, &of[k]))
				continue;
			for (unsigned w = 0; w < WORDS; w++)
				of[k].has[w] &= ~in.has[w];
			of[n_classes++] = in;
		}
	}
	out->n_classes = n_classes;
	for (size_t k = 0; k < n_classes; k++)
		for (unsigned w = 0; w < WORDS; w++)
			for (uint64_t rest = of[k].has[w]; rest != 0; rest &= rest - 1) {
				unsigned c = w * 64 + (unsigned)__builtin_ctzll(rest);

				memset(out->class_of + (c == END ? PAST_BYTES : c), (int)k, c == OTHER ? PAST_BYTES - OTHER : 1);
				out->example[k] = (uint8_t)c;
			}
}

bool sieve_make(struct sieves *s, struct arena *a, span pattern, bool fold, bool searched, struct sieve *out)
{
	struct reader r = {.s = s, .p = pattern, .copies = searched ? COPIES_SEARCHED : COPIES, .fold = fold};
	struct sieve_step *v;

	read_alternatives(&r);
	put(&r, DONE, 0, 0);
	*out = (struct sieve){.made = true};
	if (r.bad || r.at < pattern.n)
		return true;
	classes_make(s, r.n, out);
	if ((v = arena_alloc(a, r.n * sizeof *v)) == NULL)
		return false;
	memcpy(v, s->v, r.n * sizeof *v);
	out->v = v;
	out->n = r.n;
	return true;
}
