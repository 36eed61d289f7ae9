/* Candidates: the checks that all pass, whichever way they were found, and the lists that they begin. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/list.h"
#include "case/names.h"
#include "scan/engine-private.h"

#define PERSON_APART 80 /* bytes from the number of one to that of another */

static bool hit_add(struct engine *en, uint16_t rule, const struct candidate *c)
{
	if (en->n_hits == LIMIT_FINDINGS) {
		en->cut = true;
		return false;
	}
	if (!ROOM(en->hits, en->n_hits, en->cap_hits)) {
		en->rc = ERR_MEMORY;
		return false;
	}
	en->hits[en->n_hits++] = (struct hit){.at = c->span_n > 0 ? c->span_at : c->at, .n = c->span_n > 0 ? c->span_n : c->n,
	    .key_at = c->at, .key_n = c->n, .rule = rule, .certainty = c->certainty, .host_at = c->host_at, .host_n = c->host_n};
	return true;
}

/*
 * Does another sentence begin in text[from, to]? What the one before spoke of is then not what stands behind it: "Project Heron. Access code: X". A full stop
 * behind fewer than four letters may be an abbreviation's: "order no. 4821".
 */
static bool another_begins(span text, size_t from, size_t to)
{
	for (size_t at = from > 0 ? from : 1; at < to; at++) {
		size_t next = at + 1, word = at;

		if (!ascii_is_one_of(text.p[at], ".!?"))
			continue;
		while (next < to && is_blank(text.p[next]))
			next++;
		while (word > 0 && at - word < 4 && (is_letter(text.p[word - 1]) || ascii_is_digit(text.p[word - 1])))
			word--;
		if (next > at + 1 && next < text.n && (text.p[at] != '.' || at - word == 4) && !(text.p[next] >= 'a' && text.p[next] <= 'z'))
			return true;
	}
	return false;
}

/* Does its line say that what manuals print is printed as an example there? */
static bool is_called_example(span text, size_t at)
{
	static const char *const words[] = {"example", "beispiel", "exemple", "ejemplo", "esempio", "voorbeeld", NULL};
	span line = line_of(text, at);
	size_t from = (size_t)(line.p - text.p);

	if (at - from > 200)
		line = span_from(line, at - from - 200);
	return span_has_one_of_nocase(span_first(line, 400), words);
}

/* "the card for order 77120: 4539 1488 ...": printed as on its card, behind a word for one in its sentence, whatever else the sentence counts */
static bool is_named_card(const struct engine *en, const struct rule *r, const struct candidate *c, size_t from, size_t other)
{
	size_t card = r->shape == SHAPE_CARD && c->certainty == CERTAINTY_HIGH ? word_list_last(&en->set->words[r->near], c->text, from, other) : SIZE_MAX;

	return card != SIZE_MAX && !another_begins(c->text, card, c->label_at);
}

/* The checks that all candidates pass, whichever way they were found. True when it is one. */
static bool confirm(struct engine *en, const struct rule *r, struct candidate *c)
{
	span value = span_sub(c->text, c->at, c->n);
	size_t from = c->label_at > r->near_before ? c->label_at - r->near_before : 0;
	/* What is said of a table's column is said at its head. */
	size_t to = (r->shape == SHAPE_TABLE ? c->label_at : c->at + c->n) + r->near_after, other;

	if (c->n == 0)
		return false;
	for (unsigned i = 0; i < r->n_checks; i++)
		if (!check_value(&r->checks[i], en->set->words, value))
			return false;
	if (r->near != NO_WORDS && !word_list_near(&en->set->words[r->near], c->text, from, to)) {
		/* A number printed as on its card needs no word beside it, but is less sure without. */
		if (r->shape == SHAPE_NONE || c->certainty < CERTAINTY_HIGH)
			return false;
		c->certainty = CERTAINTY_LOW;
	}
	if (r->not_near != NO_WORDS && (other = word_list_last(&en->set->words[r->not_near], c->text, from, c->at)) != SIZE_MAX &&
	    (r->near == NO_WORDS || word_list_last(&en->set->words[r->near], c->text, other, c->at) == SIZE_MAX) &&
	    !(r->same_sentence && another_begins(c->text, other, c->label_at)) && !is_named_card(en, r, c, from, other))
		return false;
	if (r->strength != STRENGTH_NONE) {
		uint8_t sure = judge_secret(c, (enum strength)r->strength, en->not_secret, en->named);

		if (sure == 0 || label_says_sealed(c->text, c->label_at) || (r->shape == SHAPE_NONE && table_head_cell(c, en->labels)))
			return false;
		if (sure < c->certainty)
			c->certainty = sure;
	}
	if (is_from_a_manual(value)) {
		if (is_called_example(c->text, c->at))
			return false;
		c->certainty = CERTAINTY_LOW;
	}
	if (c->host_n == 0)
		host_near(c->text, c->at, c->n, &c->host_at, &c->host_n);
	return true;
}

bool engine_offer(struct engine *en, uint16_t rule, struct candidate *c)
{
	if (en->only != SIZE_MAX && en->only != rule)
		return true;
	return confirm(en, &en->set->rules[rule], c) ? hit_add(en, rule, c) : true;
}

/* "and " at `at`, before the last of a list: where what follows it begins; else `at`. */
static size_t behind_and(span text, size_t at)
{
	static const char *const words[] = {"and ", "und ", "et ", "y ", "e ", "en ", "or ", "& "};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_starts_nocase(span_from(text, at), span_str(words[i])))
			return at + strlen(words[i]);
	return at;
}

/* How many digits it has, where it has no letters: what is listed with it has as many, and "Best" below is no PIN. */
static size_t digits_alone(span v)
{
	struct looks l = looks_of(v);

	return l.lowers + l.uppers + l.others == 0 ? l.digits : 0;
}

/* Codes come in lists: those behind the first, apart by blanks, commas, slashes, line ends, "and", numbers and bullets. */
static bool list_offer(struct engine *en, uint16_t rule, struct candidate c)
{
	span first = span_sub(en->text, c.at, c.n);
	size_t digits = digits_alone(first);

	if (!engine_offer(en, rule, &c))
		return false;
	for (unsigned i = 0; i < LIMIT_LIST_VALUES; i++) {
		size_t at = c.at + c.n, gap = at;
		span v;

		while (gap < en->text.n && gap - at < 16 && ascii_is_one_of(en->text.p[gap], " \t\r\n,;/>*-|"))
			gap++;
		if (gap == at)
			return true;
		gap = behind_and(en->text, gap);
		/* "2." */
		for (size_t k = gap; k < en->text.n && k < gap + 3; k++)
			if ((en->text.p[k] == '.' || en->text.p[k] == ')') && k > gap && k + 1 < en->text.n && en->text.p[k + 1] == ' ') {
				gap = k + 2;
				break;
			} else if (!ascii_is_digit(en->text.p[k])) {
				break;
			}
		v = span_sub(en->text, gap, first.n);
		if (v.n < first.n || !is_alike(first, v) || looks_of(v).digits < digits || (gap + v.n < en->text.n && ascii_is_alnum(en->text.p[gap + v.n])))
			return true;
		c.at = gap;
		c.host_n = 0;
		if (!engine_offer(en, rule, &c))
			return false;
	}
	return true;
}

/* Codes of several things stand beside each other, each behind what it is for; none but the first has what announces it. */
static bool named_offer(struct engine *en, uint16_t rule, struct candidate c)
{
	size_t n = c.n;

	if ((en->only != SIZE_MAX && en->only != rule) || !confirm(en, &en->set->rules[rule], &c))
		return true;
	for (unsigned i = 0; i < LIMIT_LIST_VALUES; i++) {
		span next;

		if (!hit_add(en, rule, &c))
			return false;
		if (en->others == NULL || (next = pad_code_named_next(en->others, en->text, c.at + c.n, n)).n == 0)
			break;
		c.at = (size_t)(next.p - en->text.p);
		c.host_n = 0;
		if (c.certainty > CERTAINTY_MEDIUM)
			c.certainty = CERTAINTY_MEDIUM;
	}
	return true;
}

/* Values of a list stand each at the end of its line, behind the mark that is before the first, and nothing has a blank. */
static bool lines_offer(struct engine *en, uint16_t rule, struct candidate c)
{
	span line = line_of(en->text, c.at), head = span_first(line, c.at - (size_t)(line.p - en->text.p));
	size_t n;

	if (!engine_offer(en, rule, &c))
		return false;
	for (unsigned i = 0; head.n > 0 && i < LIMIT_LIST_VALUES && (size_t)(line.p - en->text.p) + line.n + 1 < en->text.n; i++) {
		span value;

		line = line_of(en->text, (size_t)(line.p - en->text.p) + line.n + 1);
		for (value = span_trim(line); value.n > 0 && value.p[0] == '>'; value = span_trim(span_from(value, 1)));
		for (n = value.n; n > 0 && value.p[n - 1] != head.p[head.n - 1];)
			n--;
		if (n < 4 || n == value.n || span_find_byte(value, ' ') < value.n || (span_find_byte(value, '@') < n) != (span_find_byte(head, '@') < head.n))
			return true;
		c.at = (size_t)(value.p - en->text.p) + n;
		c.n = value.n - n;
		c.host_n = 0;
		if (!engine_offer(en, rule, &c))
			return false;
	}
	return true;
}

/* How many bytes at `at` are a value by themselves, with digits and letters where `bare` has them, marks between them or not; 0: none are. */
static size_t another_n(span text, size_t at, span bare)
{
	size_t end = at, n = 0;

	if (at > 0 && ascii_is_alnum(text.p[at - 1]))
		return 0;
	for (; n < bare.n && end < text.n; end++) {
		unsigned char c = text.p[end];

		if (ascii_is_alnum(c) ? ascii_is_digit(c) != ascii_is_digit(bare.p[n++]) : end == at || !ascii_is_one_of(c, " .-/") || !ascii_is_alnum(text.p[end - 1]))
			return 0;
	}
	if (n < bare.n || (end < text.n && ascii_is_alnum(text.p[end])) ||
	    (end + 1 < text.n && ascii_is_one_of(text.p[end], "-./") && ascii_is_digit(text.p[end + 1])))
		return 0;
	return end - at;
}

/* "15/06/2032", "2. " before the next of a list: the bytes of a date or of an item's number at `at`; 0: of neither */
static size_t date_or_item_n(span text, size_t at)
{
	size_t end = at, marks = 0;

	while (end < text.n && (ascii_is_digit(text.p[end]) || (ascii_is_one_of(text.p[end], "/.-") && end + 1 < text.n && ascii_is_digit(text.p[end + 1]))))
		marks += !ascii_is_digit(text.p[end++]);
	if (marks == 2 && end - at >= 8 && end - at <= 10)
		return end - at;
	return end - at < 3 && marks == 0 && at > 0 && is_blank(text.p[at - 1]) && end + 1 < text.n && ascii_is_one_of(text.p[end], ".)") && text.p[end + 1] == ' ' ? end - at : 0;
}

/* The first digit behind `end` of what could be the number of somebody else, in this line or the next; SIZE_MAX: there is none. */
static size_t next_number(span text, size_t end)
{
	unsigned lines = 0;

	for (size_t at = end, n; at < text.n && at - end < PERSON_APART && lines < 2; at += n) {
		lines += text.p[at] == '\n';
		n = ascii_is_digit(text.p[at]) ? date_or_item_n(text, at) : 1;
		if (n == 0)
			return at;
	}
	return SIZE_MAX;
}

/*
 * "mine is 47 036 892 816 and my wife's is 86095742719": the numbers of others stand some words behind the first, in its line or each in
 * one of its own, and have as many letters and digits. The words may be about something else that has a number.
 */
static bool persons_offer(struct engine *en, uint16_t rule, struct candidate c)
{
	static const char *const labels[] = {"number", " no ", " no.", " no:", "nummer", " nr", "num\xc3\xa9ro", "n\xc3\xbamero", " id ", " abn", "group", "phone", "mobil", "booking", " visa", NULL};
	unsigned char bare[32];
	size_t n = 0, lead = 0;

	for (size_t i = 0; i < c.n && n < sizeof bare; i++)
		if (ascii_is_alnum(en->text.p[c.at + i]))
			bare[n++] = en->text.p[c.at + i];
	while (lead < n && !ascii_is_digit(bare[lead]))
		lead++;
	if (!engine_offer(en, rule, &c))
		return false;
	for (unsigned i = 0; i < LIMIT_LIST_VALUES; i++) {
		size_t end = c.at + c.n, at = next_number(en->text, end);

		if (at == SIZE_MAX || at <= end + lead || (c.n = another_n(en->text, at - lead, span_of(bare, n))) == 0 ||
		    (en->others != NULL && word_list_near(en->others, en->text, end, at - lead)) ||
		    span_has_one_of_nocase(span_sub(en->text, end, at - lead - end), labels))
			return true;
		c.at = at - lead;
		c.host_n = 0;
		if (c.certainty > CERTAINTY_MEDIUM)
			c.certainty = CERTAINTY_MEDIUM;
		if (!engine_offer(en, rule, &c))
			return false;
	}
	return true;
}

/* Where the next word of "X, Y / Z and W" begins behind one that ends at `end`; *last: behind a word for "and". `end`: no other is listed. */
static size_t next_listed(span text, size_t end, bool *last)
{
	size_t at = end, and;
	bool mark = false;

	while (at < text.n && at - end < 8 && ascii_is_one_of(text.p[at], " \t\r\n>,;/\"'")) {
		mark |= ascii_is_one_of(text.p[at], ",;/");
		at++;
	}
	and = behind_and(text, at);
	*last = and > at;
	return at > end && (mark || *last) ? and : end;
}

/* Do words go on behind what would be the last of a list? "X, Y and see below" */
static bool goes_on_behind(span text, size_t end)
{
	while (end < text.n && ascii_is_one_of(text.p[end], "\"'"))
		end++;
	return end < text.n && !ascii_is_one_of(text.p[end], ".,;:!)\r\n") && !(text.p[end] == ' ' && end + 1 < text.n && text.p[end + 1] == '(');
}

/* "X, Y and Z": words in a row, of which half at least look like nothing but a password; the last may be told of. */
static bool words_offer(struct engine *en, uint16_t rule, struct candidate c)
{
	const struct rule *r = &en->set->rules[rule];
	struct candidate v[LIMIT_LIST_VALUES];
	size_t n = 0, made_up = 0;
	bool last = false;

	if (en->only != SIZE_MAX && en->only != rule)
		return true;
	while (n < LIMIT_LIST_VALUES) {
		struct candidate next = {.text = en->text, .label_at = c.label_at, .certainty = c.certainty};
		size_t end = c.at + c.n, at;
		bool ends = last;
		uint8_t odd = judge_secret(&c, STRENGTH_SLOT, en->not_secret, en->named);

		at = ends ? end : next_listed(en->text, end, &last);
		if (odd == 0 && at == end && goes_on_behind(en->text, end))
			break;
		made_up += odd > 0;
		v[n++] = c;
		if (at == end || !take_value(en->text, at, TAKE_TOKEN, (enum strength)r->strength, &next))
			break;
		c = next;
	}
	for (size_t i = 0; n > 1 && 2 * made_up >= n && i < n; i++)
		if (confirm(en, r, &v[i]) && !hit_add(en, rule, &v[i]))
			return false;
	return true;
}

bool engine_offer_listed(struct engine *en, uint16_t rule, struct candidate c, enum listing list)
{
	switch (list) {
	case LISTING_YES: return list_offer(en, rule, c);
	case LISTING_NAMED: return named_offer(en, rule, c);
	case LISTING_LINES: return lines_offer(en, rule, c);
	case LISTING_PERSONS: return persons_offer(en, rule, c);
	case LISTING_WORDS: return words_offer(en, rule, c);
	case LISTING_NO: case N_LISTINGS: break;
	}
	return engine_offer(en, rule, &c);
}
