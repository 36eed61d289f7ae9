/* Values and the words around them (weigh.h). */
#include "base/limits.h"
#include "scan/weigh-private.h"

enum {
	AROUND = 200,      /* bytes before the stretch whose words are read as well */
	BEFORE = 25,       /* words before a value that count, by their roles; the first twelve by themselves */
	BEFORE_WORDS = 12,
	BEFORE_NEAR = 6,
	BEHIND = 7,
	VALUE_LEAST = 5, VALUE_MOST = 40,
	SHAPE_BYTES = 8,
	GAP = 40,          /* bytes behind a value in which its line ends, or something stands behind it */
};
#define AROUND_ROLES ((1u << ROLES_AROUND) - 1)

/* ---- features ----------------------------------------------------------------------------------------------- */

static void put(struct walk *k, enum slot slot, span value, uint64_t hash)
{
	if (weight_names(k->weights, hash))
		k->sum += weight_of(k->weights, slot, hash, k->kind);
	if (k->reader->feature != NULL)
		k->reader->feature(k->reader->ctx, weigh_slots[slot], value);
}

void put_trait(struct walk *k, enum trait trait)
{
	k->sum += k->weights->of_traits[trait][k->kind];
	if (k->reader->feature != NULL)
		k->reader->feature(k->reader->ctx, weigh_slots[weigh_traits[trait].slot], span_str(weigh_traits[trait].value));
}

void put_word(struct walk *k, enum slot slot, const struct word *o) { put(k, slot, span_of(o->text, o->text_n), o->hash); }

void put_roles(struct walk *k, enum slot slot, unsigned roles)
{
	for (roles &= OPENS - 1; roles != 0; roles &= roles - 1) {
		unsigned r = (unsigned)__builtin_ctz(roles);

		k->sum += k->weights->of_roles[slot][r][k->kind];
		if (k->reader->feature != NULL)
			k->reader->feature(k->reader->ctx, weigh_slots[slot], span_str(weigh_roles[r]));
	}
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
	put(k, SLOT_SHAPE, span_of(out, n), span_hash_word(span_of(out, n)));
}

static void put_mark(struct walk *k, enum slot slot, unsigned char c)
{
	unsigned char mark = is_letter(c) || ascii_is_digit(c) ? 'w' : c == '"' || c == '\\' ? '?' : c;

	put(k, slot, span_of(&mark, 1), span_hash_word(span_of(&mark, 1)));
}

/* Has it no small letter? */
static bool is_upper(span v)
{
	size_t n = 0;

	while (n < v.n && v.p[n] < 'a')
		n++;
	return n == v.n;
}

/* Where the spaces begin that end text[from, at), in the line of its end. */
static size_t spaces_begin(span text, size_t from, size_t at)
{
	while (at > from && text.p[at - 1] != '\n' && ascii_is_space(text.p[at - 1]))
		at--;
	return at;
}

/* The blanks between cells of a table that mail has as text. */
static bool is_gap(span text, size_t at)
{
	return at < text.n && (text.p[at] == '\t' || (text.p[at] == ' ' && at + 1 < text.n && ascii_is_one_of(text.p[at + 1], " \t")));
}

/* Does it begin its line, or a row, or end it, and which marks stand around it? */
static void put_line(struct walk *k, const struct word *first, const struct word *last)
{
	span text = k->text, behind;
	size_t around = first->at > AROUND ? first->at - AROUND : 0, least = first->from < around ? first->from : around;
	size_t before = spaces_begin(text, least, first->at), spaces, end = last->to + span_find_byte(span_sub(text, last->to, GAP), '\n');
	unsigned char mark;

	while (before > least && ascii_is_one_of(text.p[before - 1], "\"'>"))
		before--;
	spaces = spaces_begin(text, least, before);
	behind = span_trim(span_sub(text, last->at + last->n, end - last->at - last->n));
	if (behind.n > 0)
		put_mark(k, SLOT_MARK_BEHIND, behind.p[0]);
	if (behind.n > 0 && is_gap(text, last->to))
		put_trait(k, TRAIT_CELL);
	if (spaces == least || text.p[spaces - 1] == '\n') {
		put_trait(k, behind.n == 0 ? TRAIT_LINE : TRAIT_FIRST);
		return;
	}
	mark = text.p[before - 1];
	put_mark(k, SLOT_MARK_BEFORE, mark);
	if (behind.n == 0)
		put_trait(k, TRAIT_LAST);
	if (first->from > least + 1 && is_gap(text, first->from - 2))
		put_trait(k, TRAIT_LATER_CELL);
	if (ascii_is_one_of(mark, ".!?"))
		put_trait(k, TRAIT_OPENING);
}

/* Of a code in words its words, else its letters and digits. */
static size_t signs_of(const struct walk *k, span v, size_t n_words)
{
	size_t n = 0;

	if (k->kind >= KIND_SPELLED)
		return n_words;
	for (size_t b = 0; b < v.n; b++)
		n += ascii_is_alnum(v.p[b]);
	return n;
}

static void put_length(struct walk *k, span v, size_t n_words)
{
	size_t signs = signs_of(k, v, n_words);

	if (k->kind == KIND_ODD) /* by fours */
		put_trait(k, (enum trait)(TRAIT_ODD_LENGTH + (v.n < 8 ? 0 : v.n < 20 ? v.n / 4 - 1 : 4)));
	else
		put_trait(k, (enum trait)(TRAIT_LENGTH + (signs < 10 ? signs : 10)));
}

/* What it looks like, and where in its line it stands. */
static void put_value(struct walk *k, size_t i, size_t last_i)
{
	const struct word *first = word_of(k, i), *last = word_of(k, last_i);
	span v = span_sub(k->text, first->at, last->at + last->n - first->at);

	put(k, SLOT_KIND, span_of(&weigh_kinds[k->kind], 1), span_hash_word(span_of(&weigh_kinds[k->kind], 1)));
	put_shape(k, v);
	if (k->kind >= KIND_WORD)
		put_plain(k, i, last_i);
	else
		put_length(k, v, last_i - i + 1);
	if (last == first && first->opened && first->at + first->n < first->to)
		put_trait(k, TRAIT_QUOTED);
	if (k->kind == KIND_ODD && v.p[0] >= 'A' && v.p[0] <= 'Z')
		put_trait(k, is_upper(v) ? TRAIT_UPPER : TRAIT_CAPITAL);
	if (k->kind == KIND_DIGITS && v.n == 4 && ((v.p[0] == '1' && v.p[1] == '9') || (v.p[0] == '2' && v.p[1] == '0')))
		put_trait(k, TRAIT_YEAR);
	put_line(k, first, last);
}

static void put_number(struct walk *k, enum trait first, int n) { put_trait(k, (enum trait)((int)first + (n < 0 ? 0 : n < 5 ? n + 1 : 6))); }

/* How odd a word is, and how much a number looks like a code. */
static void put_form(struct walk *k, const struct word *first)
{
	struct candidate c = {.text = k->text};
	size_t end;
	span pad;

	if (k->kind == KIND_ODD) {
		put_number(k, TRAIT_ODD, take_value(k->text, first->at, TAKE_TOKEN, STRENGTH_SLOT, &c) && c.at == first->at ? word_oddness(&k->w->passwords, &c) : -1);
	} else if (k->kind < KIND_GROUPS || k->kind == KIND_MARKED) {
		pad = pad_code_at(k->text, first->at, &end);
		put_number(k, TRAIT_PAD, pad.n == 0 ? -1 : pad_code_weight(pad) + 1);
	}
}

/* What the rules for told codes and words make of it. */
static void put_judged(struct walk *k, span v)
{
	size_t at = (size_t)(v.p - k->text.p), end = at + v.n;
	const struct told_words *words = k->kind >= KIND_ODD ? &k->w->passwords : &k->w->codes;
	span text = k->text;
	const struct { enum trait trait; bool is; } looks[] = {
	    {TRAIT_IDENTIFIER, k->kind == KIND_ODD && is_identifier(v)},
	    {TRAIT_NAME, k->kind == KIND_ODD && word_is_name(v)},
	    {TRAIT_ELSE, k->kind >= KIND_ODD && is_something_else(v)},
	    {TRAIT_RECORD, k->kind == KIND_ODD && is_record(v)},
	    {TRAIT_NAMED, k->kind < KIND_ODD && lead_is_named(words, text, end)},
	    {TRAIT_TYPED, k->kind < KIND_ODD && lead_is_typed(words, text, at)},
	    {TRAIT_RANGE, k->kind == KIND_DIGITS && (pad_code_is_hour(text, v) || pad_code_is_between(text, v) || pad_code_is_range(text, at))},
	    {TRAIT_TOLD_OF, k->kind == KIND_DIGITS && (pad_code_is_told_of(text, at, end) || pad_code_is_explained(text, end))},
	};

	put_number(k, TRAIT_LEAD, lead_of(words, text, at, end));
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (looks[i].is)
			put_trait(k, looks[i].trait);
}

/* What stands directly before a value and behind it. */
static void put_beside(struct walk *k, size_t i, size_t last)
{
	for (size_t d = 1; d <= 3 && d <= i; d++) {
		const struct word *o = word_of(k, i - d);

		put_word(k, (enum slot)(SLOT_B1 + d - 1), o);
		put_roles(k, (enum slot)(SLOT_B1_ROLE + d - 1), o->roles & AROUND_ROLES);
		if ((o->roles & AROUND_ROLES) == 0)
			put_trait(k, (enum trait)(TRAIT_NO_ROLE + d - 1));
	}
	if (i > 1) {
		const struct word *one = word_of(k, i - 2), *two = word_of(k, i - 1);
		unsigned char both[2 * WORD_BYTES + 1];
		span s = span_of(both, (size_t)one->text_n + 1 + two->text_n);

		memcpy(both, one->text, one->text_n);
		both[one->text_n] = ' ';
		memcpy(both + one->text_n + 1, two->text, two->text_n);
		put(k, SLOT_TWO, s, span_hash_word(s));
	}
	for (size_t d = 1; d <= 2 && last + d < k->n; d++) {
		const struct word *o = word_of(k, last + d);

		put_word(k, (enum slot)(SLOT_A1 + d - 1), o);
		put_roles(k, (enum slot)(SLOT_A1_ROLE + d - 1), o->roles & AROUND_ROLES);
	}
}

/* What its sentence speaks of, and what stands before and behind it. */
static void put_around(struct walk *k, size_t i, size_t last)
{
	unsigned same = 0, past = 0, long_past = 0, behind = 0;
	bool sentence = true;

	for (size_t d = 1; d <= BEFORE && d <= i; d++) {
		const struct word *o = word_of(k, i - d);

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
		const struct word *o = word_of(k, last + d);

		put_word(k, SLOT_BEHIND, o);
		behind |= o->roles;
	}
	put_roles(k, SLOT_SENTENCE, same & AROUND_ROLES);
	put_roles(k, SLOT_PAST, past & AROUND_ROLES);
	put_roles(k, SLOT_LONG_PAST, long_past & AROUND_ROLES);
	put_roles(k, SLOT_BEHIND_ROLE, behind & AROUND_ROLES);
}

/* ---- values ------------------------------------------------------------------------------------------------- */

/* "1,2,1,2", "7.3.3.9", "2/9/9": a mark between single digits */
static bool is_step(span s, size_t i)
{
	unsigned char mark = s.p[i];

	return ascii_is_one_of(mark, ",./") && i > 0 && i + 1 < s.n && ascii_is_digit(s.p[i - 1]) && ascii_is_digit(s.p[i + 1]) && (i < 2 || s.p[i - 2] == mark) && (i + 2 == s.n || s.p[i + 2] == mark);
}

enum byte_form { FORM_OTHER, FORM_DIGIT, FORM_LETTER, FORM_MARK, FORM_JOINT, BYTE_FORMS };
static const unsigned char byte_form[256] = {['0' ... '9'] = FORM_DIGIT, ['a' ... 'z'] = FORM_LETTER, ['A' ... 'Z'] = FORM_LETTER, [0x80 ... 0xff] = FORM_LETTER, ['-'] = FORM_JOINT,
    ['!'] = FORM_MARK, ['#'] = FORM_MARK, ['$'] = FORM_MARK, ['%'] = FORM_MARK, ['&'] = FORM_MARK, ['*'] = FORM_MARK, ['+'] = FORM_MARK, ['='] = FORM_MARK, ['?'] = FORM_MARK,
    ['@'] = FORM_MARK, ['^'] = FORM_MARK, ['_'] = FORM_MARK, ['~'] = FORM_MARK, ['<'] = FORM_MARK, ['>'] = FORM_MARK};

enum kind form_of(span s)
{
	size_t of[BYTE_FORMS] = {0}, digits, letters, marks, joints, others;
	bool camel = false, at_sign = false;

	if (s.n < 3 || s.n > VALUE_MOST)
		return KIND_NONE;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char b = s.p[i];

		of[byte_form[b]]++;
		if (b >= 'A' && b <= 'Z')
			camel |= i > 1 && i + 1 < s.n && s.p[i - 1] >= 'a' && s.p[i - 1] <= 'z';
		else if (b == '@')
			at_sign |= span_find_byte(span_from(s, i), '.') < s.n - i;
	}
	digits = of[FORM_DIGIT];
	letters = of[FORM_LETTER];
	marks = of[FORM_MARK];
	joints = of[FORM_JOINT];
	others = of[FORM_OTHER];
	if (at_sign || span_find(s, SPAN_LIT("://")) < s.n || span_starts_nocase(s, SPAN_LIT("www.")) || s.p[0] == '/' || s.p[0] == '\\' || s.p[0] == '$')
		return KIND_NONE;
	if (letters == 0) {
		size_t ends = (size_t)(ascii_is_one_of(s.p[0], "#*") + ascii_is_one_of(s.p[s.n - 1], "#*"));

		if (digits == s.n - ends && digits >= 3)
			return digits <= 10 ? KIND_DIGITS : KIND_NONE;
		for (size_t i = 0; i < s.n; i++)
			if (!ascii_is_digit(s.p[i]) && !ascii_is_one_of(s.p[i], "#*-") && !is_step(s, i))
				return KIND_NONE;
		return digits + (ends > 0) >= 3 && digits <= 10 ? KIND_MARKED : KIND_NONE;
	}
	if (letters <= 2 && digits >= 2 && digits <= 6 && joints + others == 0 && s.n <= 8)
		return KIND_LETTERED;
	return s.n >= VALUE_LEAST && (digits > 0 || marks > 0 || camel || joints > 1) ? KIND_ODD : KIND_NONE;
}

/* The first cell of a table's row, below another row: what the row is of. */
static bool is_row_head(span text, size_t at, size_t end)
{
	span above;

	if (at == 0 || text.p[at - 1] != '\n' || !is_gap(text, end))
		return false;
	above = span_trim(line_of(text, at - 1));
	return span_find(above, SPAN_LIT("  ")) < above.n || span_find_byte(above, '\t') < above.n;
}

/* By what stands around it is it something else, however much speaks for it? */
static bool is_else(const struct walk *k, span v)
{
	const struct told_words *words = &k->w->codes;
	size_t at = (size_t)(v.p - k->text.p);

	if (k->kind >= KIND_ODD)
		return word_is_of_thing(k->text, at, v);
	if (k->kind == KIND_SPELLED)
		return false;
	/* a number alone is another's, whatever leads to it; what looks like a code is not so soon */
	if (k->kind == KIND_DIGITS && lead_of(words, k->text, at, at + v.n) == LEAD_NONE)
		return true;
	return is_row_head(k->text, at, at + v.n) || lead_counts(words, k->text, at + v.n) || pad_code_is_dialled(k->text, v) || pad_code_is_term(k->text, v) || pad_code_is_of_place(k->text, v) || pad_code_is_priced(k->text, v);
}

/* Who asks for features wants those of every value. */
static bool is_below(const struct walk *k, int sum, int least) { return k->reader->feature == NULL && sum < least; }

bool value_weigh(struct walk *k, size_t i, size_t last, enum kind kind)
{
	const struct word *first = word_of(k, i), *end = word_of(k, last);
	static void (*const puts[STAGES])(struct walk *, size_t, size_t) = {put_value, put_beside, put_around};
	span v = span_sub(k->text, first->at, end->at + end->n - first->at);
	int sums[STAGES];

	k->kind = kind;
	k->weights = kind >= KIND_WORD ? &k->w->plain : &k->w->values;
	k->sum = k->weights->bias;
	if (k->reader->feature != NULL && is_else(k, v))
		return true;
	/* how odd a word is is dear to tell, and asked where it could still matter */
	for (unsigned s = 0; s < STAGES; s++) {
		puts[s](k, i, last);
		sums[s] = k->sum;
		if (is_below(k, k->sum + k->weights->most_of_form[kind], k->weights->least[s]))
			return true;
	}
	put_form(k, first);
	for (unsigned s = 0; s < STAGES; s++)
		if (is_below(k, sums[s] + k->sum - sums[STAGES - 1], k->weights->least[s]))
			return true;
	put_judged(k, v);
	return is_below(k, k->sum, 0) || is_else(k, v) || k->reader->found(k->reader->ctx, first->at, v.n, kind < KIND_ODD ? WEIGHED_CODE : kind == KIND_ODD ? WEIGHED_WORD : WEIGHED_PLAIN, k->sum);
}

/* Of letters alone, and no word for a digit or a turn: no code begins with it. */
static bool begins_no_code(const struct word *o) { return o->plain && o->n > 1 && (o->roles & (1u << DIGIT_WORD | 1u << TURN_WORD)) == 0; }

static bool values_at(struct walk *k, size_t i, size_t from, size_t to)
{
	const struct word *o = word_of(k, i);
	enum kind kind = KIND_NONE;
	size_t last = i;

	/* most words are like these, and asking no more of them is a thirtieth of a scan */
	if (!begins_no_code(o))
		kind = code_of_words(k, i, &last);
	else if ((o->roles & 1u << USUAL) != 0 && !o->opened)
		return true;
	if (o->at < from || o->at >= to)
		return true;
	if (kind > KIND_GROUPS)
		return value_weigh(k, i, last, kind);
	if (!plain_weigh(k, i))
		return false;
	if (o->plain)
		return true;
	if (kind == KIND_GROUPS)
		return value_weigh(k, i, last, kind);
	kind = form_of(word_span(k, i));
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
	k.n = k.coded = 0;
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
		if (k.n - done > CODE_WORDS + BEHIND && !values_at(&k, done++, from, to))
			return false;
	}
	while (done < k.n)
		if (!values_at(&k, done++, from, to))
			return false;
	return true;
}
