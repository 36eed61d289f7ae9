/* Values and the words around them (weigh.h). */
#include "base/limits.h"
#include "scan/told-private.h"
#include "scan/weigh-private.h"

enum {
	AROUND = 200,      /* bytes before the stretch whose words are read as well */
	BEFORE = 25,       /* words before a value that count, by their roles; the first twelve by themselves */
	BEFORE_WORDS = 12,
	BEFORE_NEAR = 6,
	BEHIND = 7,
	GROUPS = 8,        /* numbers of a code with blanks */
	RING = 64,         /* a power of two, more than BEFORE + GROUPS + BEHIND */
	WORD_BYTES = 9,    /* of a word that count: the endings of many do not */
	VALUE_LEAST = 5, VALUE_MOST = 40,
	SHAPE_BYTES = 8,
};

/* ---- the words of a stretch --------------------------------------------------------------------------------- */

struct word {
	size_t from, to;  /* of what stands between blanks */
	size_t at, n;     /* without the marks around it */
	uint8_t lines;    /* how many end before it */
	bool plain;        /* of letters alone, which are small but for the first */
	bool quoted, ends; /* its sentence ends behind it */
	bool known;        /* what follows was asked for */
	uint8_t text_n;
	unsigned char text[WORD_BYTES];
	uint16_t roles;
	uint64_t hash;
};

struct walk {
	const struct weigher *w;
	span text;
	const struct weighed_reader *reader;
	struct word ring[RING];
	size_t n; /* words read */
	/* of the value at hand */
	enum kind kind;
	int sum;
};

static struct word *word_of(struct walk *k, size_t i) { return &k->ring[i % RING]; }

/* Typographic marks are three bytes, "«" and "»" two. */
static size_t mark_first(span s)
{
	if (s.n > 0 && ascii_is_one_of(s.p[0], "\"'([{<*_`"))
		return 1;
	if (s.n > 1 && s.p[0] == 0xc2 && (s.p[1] == 0xab || s.p[1] == 0xbb))
		return 2;
	return s.n > 2 && s.p[0] == 0xe2 && s.p[1] == 0x80 && s.p[2] >= 0x98 && s.p[2] <= 0x9e ? 3 : 0;
}

static size_t mark_last(span s)
{
	if (s.n > 0 && ascii_is_one_of(s.p[s.n - 1], "\"'.,;:!?)]}>*_`"))
		return 1;
	if (s.n > 1 && s.p[s.n - 2] == 0xc2 && (s.p[s.n - 1] == 0xab || s.p[s.n - 1] == 0xbb))
		return 2;
	return s.n > 2 && s.p[s.n - 3] == 0xe2 && s.p[s.n - 2] == 0x80 && ((s.p[s.n - 1] >= 0x98 && s.p[s.n - 1] <= 0x9e) || s.p[s.n - 1] == 0xa6) ? 3 : 0;
}

/* In lower case, with one form of the apostrophe. */
static size_t fold(span s, unsigned char out[WORD_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < WORD_MAX; i++) {
		unsigned char c = ascii_lower(s.p[i]);

		if (n > 0 && out[n - 1] == 0xc3 && c >= 0x80 && c <= 0x9e)
			c = (unsigned char)(c + 0x20);
		out[n++] = c;
		if (n > 2 && out[n - 3] == 0xe2 && out[n - 2] == 0x80 && c == 0x99) {
			n -= 2;
			out[n - 1] = '\'';
		}
	}
	return n;
}

/* Most words are: they begin no value, not even "C 2486". */
static bool is_plain(span s)
{
	size_t n = 1;

	while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || s.p[n] >= 0x80 || ascii_is_one_of(s.p[n], ".,;:')\"")))
		n++;
	return n == s.n && n > 1 && is_letter(s.p[0]);
}

/* The marks around a word are no part of it. */
static void word_read(struct walk *k, size_t from, size_t to, unsigned lines)
{
	struct word *o = word_of(k, k->n++);
	span s = span_sub(k->text, from, to - from);
	size_t m;

	*o = (struct word){.from = from, .to = to, .plain = is_plain(s), .lines = (uint8_t)(lines < 9 ? lines : 9)};
	while ((m = mark_first(s)) > 0 && m < s.n) {
		o->quoted |= s.p[0] != '(' && s.p[0] != '[' && s.p[0] != '{' && s.p[0] != '<';
		s = span_from(s, m);
	}
	o->ends = s.n > 0 && ascii_is_one_of(s.p[s.n - 1], ".!?");
	while ((m = mark_last(s)) > 0 && m < s.n)
		s = span_first(s, s.n - m);
	o->at = (size_t)(s.p - k->text.p);
	o->n = s.n;
	o->quoted &= o->at + o->n < to;
}

/* What a word says, of those near a value. */
static const struct word *word_known(struct walk *k, size_t i)
{
	struct word *o = word_of(k, i);
	const struct word *before = i > 0 && i + RING > k->n ? word_of(k, i - 1) : NULL;
	unsigned char phrase[PHRASE_MAX];
	size_t p = 0, n;

	if (o->known)
		return o;
	o->known = true;
	if (before != NULL && before->n > 0 && before->n < WORD_MAX) {
		p = fold(span_sub(k->text, before->at, before->n), phrase);
		phrase[p++] = ' ';
	}
	n = fold(span_sub(k->text, o->at, o->n), phrase + p);
	o->roles = (uint16_t)roles_of(k->w, span_of(phrase + p, n));
	if (p > 0 && (roles_of_phrase(k->w, span_of(phrase, p - 1)) & OPENS) != 0)
		o->roles |= (uint16_t)roles_of_phrase(k->w, span_of(phrase, p + n));
	for (o->text_n = 0; o->text_n < n && o->text_n < WORD_BYTES; o->text_n++)
		o->text[o->text_n] = ascii_is_digit(phrase[p + o->text_n]) ? '0' : phrase[p + o->text_n];
	while (o->text_n > 0 && o->text_n < n && (phrase[p + o->text_n] & 0xc0) == 0x80)
		o->text_n--; /* not within a letter */
	o->hash = span_hash(span_of(o->text, o->text_n));
	return o;
}

/* ---- features ----------------------------------------------------------------------------------------------- */

static void put(struct walk *k, enum slot slot, span value, uint64_t hash)
{
	k->sum += weight_of(k->w, slot, hash, k->kind);
	if (k->reader->feature != NULL)
		k->reader->feature(k->reader->ctx, weigh_slots[slot], value);
}

static void put_text(struct walk *k, enum slot slot, const char *value) { put(k, slot, span_str(value), span_hash(span_str(value))); }
static void put_word(struct walk *k, enum slot slot, const struct word *o) { put(k, slot, span_of(o->text, o->text_n), o->hash); }

static void put_roles(struct walk *k, enum slot slot, unsigned roles)
{
	for (unsigned r = 0; r < ROLES; r++)
		if ((roles >> r & 1) != 0)
			put(k, slot, span_str(weigh_roles[r]), k->w->role_hashes[r]);
}

/* "Ulld-": capitals, small letters and digits, each run once. */
static void put_shape(struct walk *k, span v)
{
	unsigned char out[SHAPE_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < v.n && n < SHAPE_BYTES; i++) {
		unsigned char b = v.p[i], c = ascii_is_digit(b) ? 'd' : b >= 'A' && b <= 'Z' ? 'u' : is_letter(b) ? 'l' : b == ' ' ? '_' : b == '"' || b == '\\' ? '?' : b;

		if (n == 0 || out[n - 1] != c || (c != 'd' && c != 'u' && c != 'l'))
			out[n++] = c;
	}
	put(k, SLOT_SHAPE, span_of(out, n), span_hash(span_of(out, n)));
}

static void put_mark(struct walk *k, enum slot slot, unsigned char c)
{
	unsigned char mark = is_letter(c) || ascii_is_digit(c) ? 'w' : c == '"' || c == '\\' ? '?' : c;

	put(k, slot, span_of(&mark, 1), span_hash(span_of(&mark, 1)));
}

static void put_value(struct walk *k, const struct word *first, const struct word *last)
{
	static const char *const lengths[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
	static const char *const odd_lengths[] = {"short", "8", "12", "16", "long"}; /* by fours */
	span text = k->text, v = span_sub(text, first->at, last->at + last->n - first->at), before, behind;
	size_t line = first->from, end = last->to;
	bool upper = true;

	put(k, SLOT_KIND, span_of(&weigh_kinds[k->kind], 1), span_hash(span_of(&weigh_kinds[k->kind], 1)));
	put_shape(k, v);
	put_text(k, SLOT_LENGTH, k->kind == KIND_ODD ? odd_lengths[v.n < 8 ? 0 : v.n < 20 ? v.n / 4 - 1 : 4] : lengths[v.n < 10 ? v.n : 10]);
	if (first->quoted && last == first)
		put_text(k, SLOT_IS, "quoted");
	for (size_t i = 0; i < v.n; i++)
		upper &= v.p[i] < 'a';
	if (k->kind == KIND_ODD && v.p[0] >= 'A' && v.p[0] <= 'Z')
		put_text(k, SLOT_IS, upper ? "upper" : "capital");
	if (k->kind == KIND_DIGITS && v.n == 4 && ((v.p[0] == '1' && v.p[1] == '9') || (v.p[0] == '2' && v.p[1] == '0')))
		put_text(k, SLOT_IS, "year");
	while (line > 0 && text.p[line - 1] != '\n' && first->at - line < AROUND)
		line--;
	while (end < text.n && text.p[end] != '\n' && end - last->to < 4)
		end++;
	before = span_trim(span_sub(text, line, first->at - line));
	while (before.n > 0 && ascii_is_one_of(before.p[before.n - 1], "\"'>"))
		before.n--;
	behind = span_trim(span_sub(text, last->at + last->n, end - last->at - last->n));
	if (before.n == 0)
		put_text(k, SLOT_IS, behind.n == 0 ? "line" : "first");
	else if (behind.n == 0)
		put_text(k, SLOT_IS, "last");
	if (before.n > 0)
		put_mark(k, SLOT_MARK_BEFORE, before.p[before.n - 1]);
	if (behind.n > 0)
		put_mark(k, SLOT_MARK_BEHIND, behind.p[0]);
	if (before.n > 0 && ascii_is_one_of(before.p[before.n - 1], ".!?"))
		put_text(k, SLOT_IS, "opening");
}

static void put_number(struct walk *k, enum slot slot, int n)
{
	static const char *const numbers[] = {"none", "0", "1", "2", "3", "4", "5"};

	put_text(k, slot, numbers[n < 0 ? 0 : n < 5 ? n + 1 : 6]);
}

/* How odd a word is, and how much a number looks like a code. */
static void put_form(struct walk *k, const struct word *first)
{
	struct candidate c = {.text = k->text};
	size_t end;
	span pad;

	if (k->kind == KIND_ODD) {
		put_number(k, SLOT_ODD, take_value(k->text, first->at, TAKE_TOKEN, STRENGTH_SLOT, &c) && c.at == first->at ? word_oddness(&k->w->passwords, &c) : -1);
	} else if (k->kind != KIND_GROUPS) {
		pad = pad_code_at(k->text, first->at, &end);
		put_number(k, SLOT_PAD, pad.n == 0 ? -1 : pad_code_weight(pad) + 1);
	}
}

/* What the rules for told codes and words make of it. */
static void put_judged(struct walk *k, const struct word *first, const struct word *last)
{
	size_t at = first->at, n = last->at + last->n - at, end = at + n;
	const struct told_words *words = k->kind == KIND_ODD ? &k->w->passwords : &k->w->codes;
	span text = k->text, v = span_sub(text, at, n);
	const struct { const char *name; bool is; } looks[] = {
	    {"thing", word_is_of_thing(text, at, v)},
	    {"identifier", k->kind == KIND_ODD && is_identifier(v)},
	    {"name", k->kind == KIND_ODD && word_is_name(v)},
	    {"else", k->kind == KIND_ODD && is_something_else(v)},
	    {"record", k->kind == KIND_ODD && is_record(v)},
	    {"count", k->kind != KIND_ODD && lead_counts(words, text, end)},
	    {"named", k->kind != KIND_ODD && lead_is_named(words, text, end)},
	    {"typed", k->kind != KIND_ODD && lead_is_typed(words, text, at)},
	    {"range", k->kind == KIND_DIGITS && (pad_code_is_hour(text, v) || pad_code_is_between(text, v) || pad_code_is_range(text, at))},
	    {"priced", k->kind == KIND_DIGITS && pad_code_is_priced(text, v)},
	    {"dialled", k->kind == KIND_DIGITS && pad_code_is_dialled(text, v)},
	    {"place", k->kind == KIND_DIGITS && pad_code_is_of_place(text, v)},
	    {"told of", k->kind == KIND_DIGITS && (pad_code_is_told_of(text, at, end) || pad_code_is_explained(text, end))},
	};

	put_number(k, SLOT_LEAD, lead_of(words, text, at, end));
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (looks[i].is)
			put_text(k, SLOT_LOOKS, looks[i].name);
}

/* What stands directly before a value and behind it. */
static void put_beside(struct walk *k, size_t i, size_t last)
{
	for (size_t d = 1; d <= 3 && d <= i; d++) {
		const struct word *o = word_known(k, i - d);

		put_word(k, (enum slot)(SLOT_B1 + d - 1), o);
		put_roles(k, (enum slot)(SLOT_B1_ROLE + d - 1), o->roles);
		if (o->roles == 0)
			put_text(k, (enum slot)(SLOT_B1_ROLE + d - 1), "none");
	}
	if (i > 1) {
		const struct word *one = word_known(k, i - 2), *two = word_known(k, i - 1);
		unsigned char both[2 * WORD_BYTES + 1];
		span s = span_of(both, (size_t)one->text_n + 1 + two->text_n);

		memcpy(both, one->text, one->text_n);
		both[one->text_n] = ' ';
		memcpy(both + one->text_n + 1, two->text, two->text_n);
		put(k, SLOT_TWO, s, span_hash(s));
	}
	for (size_t d = 1; d <= 2 && last + d < k->n; d++) {
		const struct word *o = word_known(k, last + d);

		put_word(k, (enum slot)(SLOT_A1 + d - 1), o);
		put_roles(k, (enum slot)(SLOT_A1_ROLE + d - 1), o->roles);
	}
}

/* What its sentence speaks of, and what stands before and behind it. */
static void put_around(struct walk *k, size_t i, size_t last)
{
	unsigned same = 0, past = 0, long_past = 0, behind = 0;
	bool sentence = true;

	for (size_t d = 1; d <= BEFORE && d <= i; d++) {
		const struct word *o = word_known(k, i - d);

		sentence &= !o->ends && word_of(k, i - d + 1)->lines < 2;
		if (d <= BEFORE_WORDS)
			put_word(k, d <= BEFORE_NEAR ? SLOT_NEAR : SLOT_FAR, o);
		if (d > BEFORE_WORDS)
			long_past |= o->roles;
		else if (sentence)
			same |= o->roles;
		else
			past |= o->roles;
	}
	for (size_t d = 1; d <= BEHIND && last + d < k->n; d++) {
		const struct word *o = word_known(k, last + d);

		put_word(k, SLOT_BEHIND, o);
		behind |= o->roles;
	}
	put_roles(k, SLOT_SENTENCE, same);
	put_roles(k, SLOT_PAST, past);
	put_roles(k, SLOT_LONG_PAST, long_past);
	put_roles(k, SLOT_BEHIND_ROLE, behind);
}

/* ---- values ------------------------------------------------------------------------------------------------- */

/* What the looks of a word make of it: most words, and dates, amounts, addresses and the like are no values. */
static enum kind form_of(span s)
{
	size_t digits = 0, letters = 0, marks = 0, joints = 0, others = 0;
	bool camel = false, at_sign = false;

	if (s.n < 3 || s.n > VALUE_MOST)
		return KIND_NONE;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char b = s.p[i];

		if (ascii_is_digit(b))
			digits++;
		else if (is_letter(b))
			letters++;
		else if (ascii_is_one_of(b, "!#$%&*+=?@^_~<>"))
			marks++;
		else if (b == '-')
			joints++;
		else
			others++;
		camel |= i > 1 && i + 1 < s.n && b >= 'A' && b <= 'Z' && s.p[i - 1] >= 'a' && s.p[i - 1] <= 'z';
		at_sign |= b == '@' && span_find_byte(span_from(s, i), '.') < s.n - i;
	}
	if (at_sign || span_find(s, SPAN_LIT("://")) < s.n || span_starts_nocase(s, SPAN_LIT("www.")) || s.p[0] == '/' || s.p[0] == '\\' || s.p[0] == '$')
		return KIND_NONE;
	if (letters == 0) {
		size_t ends = (size_t)(ascii_is_one_of(s.p[0], "#*") + ascii_is_one_of(s.p[s.n - 1], "#*"));

		if (digits == s.n - ends && digits >= 3)
			return digits <= 10 ? KIND_DIGITS : KIND_NONE;
		for (size_t i = 0; i < s.n; i++)
			if (!ascii_is_digit(s.p[i]) && !ascii_is_one_of(s.p[i], "#*-"))
				return KIND_NONE;
		return digits >= 3 && digits <= 10 ? KIND_MARKED : KIND_NONE;
	}
	if (letters <= 2 && digits >= 2 && digits <= 6 && joints + others == 0 && s.n <= 8)
		return KIND_LETTERED;
	return s.n >= VALUE_LEAST && (digits > 0 || marks > 0 || camel || joints > 1) ? KIND_ODD : KIND_NONE;
}

static bool is_group(span s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n > 0 && n <= 4 && n == s.n;
}

/* "19 84", "1 1 3 8", "C 2486 B": the last of the words from i on that are one code; i: it is one word. */
static size_t groups_end(struct walk *k, size_t i)
{
	const struct word *o = word_of(k, i);
	span s = span_sub(k->text, o->at, o->n);
	size_t digits, last = i;

	if (s.n > 1 && ascii_is_one_of(s.p[0], "#*"))
		s = span_from(s, 1);
	if (!is_group(s) && !(s.n == 1 && s.p[0] >= 'A' && s.p[0] <= 'Z'))
		return i;
	if (i > 0 && is_group(span_sub(k->text, word_of(k, i - 1)->at, word_of(k, i - 1)->n)) && word_of(k, i - 1)->to + 1 == o->from)
		return i;
	digits = is_group(s) ? s.n : 0;
	while (last + 1 < k->n && last - i < GROUPS - 1) {
		const struct word *next = word_of(k, last + 1), *here = word_of(k, last);
		span g = span_sub(k->text, next->at, next->n);

		if (here->to + 1 != next->from || here->at + here->n != here->to || k->text.p[here->to] != ' ' || next->at != next->from || !is_group(g))
			break;
		digits += g.n;
		last++;
	}
	return digits >= 3 && digits <= 10 ? last : i;
}

/* Who asks for features wants those of every value. */
static bool is_below(const struct walk *k, int least) { return k->reader->feature == NULL && k->sum < least; }

static bool value_weigh(struct walk *k, size_t i, size_t last, enum kind kind)
{
	const struct word *first = word_of(k, i), *end = word_of(k, last);

	k->kind = kind;
	k->sum = k->w->bias;
	put_value(k, first, end);
	put_form(k, first);
	put_beside(k, i, last);
	if (is_below(k, k->w->least[STAGE_BESIDE]))
		return true;
	put_around(k, i, last);
	if (is_below(k, k->w->least[STAGE_AROUND]))
		return true;
	put_judged(k, first, end);
	return is_below(k, 0) || k->reader->found(k->reader->ctx, first->at, end->at + end->n - first->at, kind != KIND_ODD, k->sum);
}

static bool values_at(struct walk *k, size_t i, size_t from, size_t to)
{
	const struct word *o = word_of(k, i);
	enum kind kind;
	size_t last;

	if (o->plain || o->at < from || o->at >= to)
		return true;
	if ((last = groups_end(k, i)) > i)
		return value_weigh(k, i, last, KIND_GROUPS);
	kind = form_of(span_sub(k->text, o->at, o->n));
	return kind == KIND_NONE || value_weigh(k, i, i, kind);
}

bool weigh(const struct weigher *w, span text, size_t from, size_t to, const struct weighed_reader *reader)
{
	UNFILLED struct walk k;
	size_t at = from > AROUND ? from - AROUND : 0, done = 0, stop = text.n - to > AROUND ? to + AROUND : text.n;
	size_t last = text.n - stop > AROUND ? stop + AROUND : text.n; /* of a word without end no more is read */
	unsigned lines = 0;

	k.w = w;
	k.text = text;
	k.reader = reader;
	k.n = 0;
	while (at > 0 && at < stop && !is_blank(text.p[at - 1]))
		at++;
	while (at < stop) {
		size_t begin = at;

		if (is_blank(text.p[at])) {
			lines += text.p[at++] == '\n';
			continue;
		}
		while (at < last && !is_blank(text.p[at]))
			at++;
		word_read(&k, begin, at, lines);
		lines = 0;
		if (k.n - done > GROUPS + BEHIND && !values_at(&k, done++, from, to))
			return false;
	}
	while (done < k.n)
		if (!values_at(&k, done++, from, to))
			return false;
	return true;
}
