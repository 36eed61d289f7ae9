/*
 * Odd words that no word for a password stands beside (told.c): which of them are passwords all the same, and which are what programs,
 * products and people are called.
 */
#include "case/names.h"
#include "scan/told-private.h"

#define NAMED_NEAR 4096 /* bytes to each side in which a mail may name the same thing again */

bool word_is_mixed(span v)
{
	struct looks l = looks_of(v);
	size_t turns = 0;

	for (size_t i = 1; i < v.n; i++)
		turns += ascii_is_digit(v.p[i]) != ascii_is_digit(v.p[i - 1]);
	return !hex_only(v) && !span_starts(v, SPAN_LIT("0x")) && l.symbols + l.others == 0 && l.digits > 1 && l.lowers > 2 && turns > 2 && v.n <= 14;
}

/* Is the line at `at` one of a program or page? */
static bool is_of_program(span text, size_t at)
{
	enum { MARKS = 4 };
	span line = line_of(text, at);
	size_t marks = 0;

	for (size_t i = 0; i < line.n; i++)
		marks += ascii_is_one_of(line.p[i], "{}<>;=()[]\\|");
	return marks >= MARKS || span_starts(span_trim(line), SPAN_LIT("+")) || span_starts(span_trim(line), SPAN_LIT("@@"));
}

/* "dbCaps97Data", "WordSection1", "isw_Volume1", "float32", "SimTown2000", "a/b/c3": as programs, parts of them and products are called */
static bool is_of_program_or_product(span v)
{
	static const char *const widths[] = {"16", "32", "64", "86", "128", "256"};
	struct looks l = looks_of(v);
	size_t tail = 0, head = 0, number = 0, slash = span_find_byte(v, '/');

	while (tail < v.n && ascii_is_digit(v.p[v.n - 1 - tail]))
		tail++;
	while (head < v.n && is_letter(v.p[head]))
		head++;
	while (head + number < v.n && ascii_is_digit(v.p[head + number]))
		number++;
	if (head < 3 && number > 2) /* Hr850xg */
		return true;
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
		if (l.uppers == 0 && tail == strlen(widths[i]) && span_ends_nocase(v, span_str(widths[i])))
			return true;
	if (slash < v.n && span_find_byte(span_from(v, slash + 1), '/') + slash + 1 < v.n)
		return true;
	if (l.digits == 1 && tail == 1 && (l.humps > 0 || span_find_byte(v, '_') < v.n))
		return l.symbols == 0 || span_find_byte(v, '_') < v.n;
	return l.symbols == 0 && l.humps > 0 && ((v.p[0] >= 'a' && v.p[0] <= 'z') || (tail == 4 && pad_code_is_year(span_from(v, v.n - 4))));
}

static bool is_with_year(span v)
{
	return v.n > 4 && !ascii_is_digit(v.p[v.n - 5]) && looks_of(v).symbols == 0 && looks_of(v).digits == 4 && pad_code_is_year(span_from(v, v.n - 4));
}

/* "Hello Ghost14", "Ghost14 wrote": who goes by it */
static bool is_of_somebody(span text, size_t at, size_t end)
{
	static const char *const greetings[] = {"hello", "hi", "hey", "dear", "hallo", "liebe", "lieber", "bonjour", "salut", "hola", "ciao", "beste", "thanks", NULL};
	static const char *const verbs[] = {"wrote", "writes", "via", "said", "schrieb", "a", "escribi\xc3\xb3", "ha", "schreef", NULL};
	unsigned char w[WORD_MAX];

	return (at > 0 && text.p[at - 1] == ' ' && span_is_one_of(word_before(text, at - 1, w, &(size_t){0}), greetings)) || span_is_one_of(word_behind(text, end, w), verbs) ||
	    span_starts(span_from(text, end), SPAN_LIT(" <"));
}

/* text[at, at + n), and up to `most` bytes to each side */
static span around(span text, size_t at, size_t n, size_t most)
{
	size_t from = at > most ? at - most : 0;

	return span_sub(text, from, at + n + most - from);
}

/* "North02, South02 and Houston02": one of some that are numbered alike */
static bool is_one_of_series(span text, size_t at, span v)
{
	span digits, near = around(text, at, v.n, 40);
	size_t tail = 0, from = (size_t)(near.p - text.p);

	while (tail < v.n && ascii_is_digit(v.p[v.n - 1 - tail]))
		tail++;
	digits = span_from(v, v.n - tail);
	for (size_t i = 0, hit; tail > 1 && (hit = span_find(span_from(near, i), digits)) + i < near.n; i += hit + tail) {
		size_t begin = i + hit, end = begin + tail;

		if (from + end != at + v.n && begin > 2 && is_letter(near.p[begin - 1]) && is_letter(near.p[begin - 2]) && (end == near.n || !ascii_is_alnum(near.p[end])))
			return true;
	}
	return false;
}

/* Four times near it: a mail names a thing again and again; its password once, and once more for each answer that has it below. */
static bool is_named_often(span text, size_t at, span v)
{
	enum { OFTEN = 4 };
	span near = around(text, at, v.n, NAMED_NEAR);
	size_t n = 0;

	for (size_t i = 0, hit; n < OFTEN && (hit = span_find_nocase(span_from(near, i), v)) + i < near.n; i += hit + v.n)
		n++;
	return n == OFTEN;
}

bool word_is_logging(span text, size_t end)
{
	span rest = span_from(text, end);
	size_t n = 1, digits = 0;

	while (n < rest.n && n < 32 && (ascii_is_alnum(rest.p[n]) || ascii_is_one_of(rest.p[n], "-_./")))
		n++;
	if (n < 3 || rest.p[0] != ' ' || n == rest.n || rest.p[n] != '[')
		return false;
	while (n + 1 + digits < rest.n && digits < 10 && ascii_is_digit(rest.p[n + 1 + digits]))
		digits++;
	return digits > 0 && span_starts(span_from(rest, n + 1 + digits), SPAN_LIT("]:"));
}

bool word_is_of_thing(span text, size_t at, span v)
{
	return is_one_of_series(text, at, v) || is_named_often(text, at, v) || word_is_logging(text, at + v.n);
}

/* "jbk9fsqs56" below a mail that was sent to many: what it was marked with */
static bool is_mark_below(span text, size_t at, size_t end)
{
	span line = line_of(text, at);

	return span_trim(line).n == end - at && span_trim(span_from(text, end)).n == 0;
}

/* Does somebody write from it? "Hello GhostOp14", near ghostop14@corp.example */
static bool is_of_address(span text, size_t at, span v)
{
	span near = around(text, at, v.n, NAMED_NEAR);

	for (size_t i = 0, hit; (hit = span_find_nocase(span_from(near, i), v)) + i < near.n; i += hit + v.n)
		if (i + hit + v.n < near.n && near.p[i + hit + v.n] == '@')
			return true;
	return false;
}

/* Do the words around it speak enough of secrets? */
static bool is_led_to(span v, const struct weight *w, int odd, bool name, bool spoken)
{
	int around = w->sum - w->lead;
	size_t letters = word_before_number(v, false);

	if (name)
		return odd >= STRONG - 1 && w->lead > 1 && around > 3 && w->topic;
	/* "Photos2026", "Muster2026 GmbH": many things have a year behind their name */
	if (is_with_year(v))
		return w->topic && w->lead > 0 && around > 1;
	if (odd >= STRONG - 1)
		return around > 1 || (around > 0 && w->lead > 0) || (spoken && w->lead > 1);
	if (letters == 0)
		return w->lead > 0 && around > 1 && word_is_mixed(v);
	/* a word of four letters is a place of a program, too: "Port80", "West02" */
	return around + (w->lead > 0) > (letters > 4 ? 1 : 2);
}

bool told_odd_enough(span text, const struct candidate *c, const struct weight *w, int odd, bool name, bool spoken)
{
	enum { LONGEST = 22 };
	span v = span_sub(text, c->at, c->n);

	if (w->sum < 0 || v.n > LONGEST || !is_led_to(v, w, odd, name, spoken) || is_of_program_or_product(v) || ascii_is_one_of(v.p[v.n - 1], "*-") ||
	    span_find_byte(v, '=') < v.n || span_find_byte(v, '@') < v.n)
		return false;
	/* What reads the text around it comes last: few words are left. */
	return !is_of_program(text, c->at) && !row_names_value(line_of(text, c->at), v) && !is_of_somebody(text, c->at, c->at + c->n) && !is_of_address(text, c->at, v) &&
	    !word_is_of_thing(text, c->at, v) && (w->topic || !is_mark_below(text, c->at, c->at + c->n));
}
