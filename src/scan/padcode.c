/* What is typed on a pad, as it stands in a text: its shape, and that it is no part of another number. */
#include "scan/private.h"

static bool is_pad_mark(unsigned char c)
{
	return c == '#' || c == '*';
}

static bool is_code_char(unsigned char c)
{
	return ascii_is_alnum(c) || c == '#' || c == '*' || c == '-';
}

/* Letters of a pad's code: one, before or behind four digits, between, or X to Z behind three; or two around four */
static bool is_pad_letters(span v, size_t letters, size_t digits_together)
{
	bool first = ascii_is_alpha(v.p[0]), last = ascii_is_alpha(v.p[v.n - 1]);

	if (letters != 1)
		return letters == 2 && digits_together >= 4 && first && last && v.p[0] < 'G';
	return digits_together >= 4 || (first ? ascii_is_one_of(v.p[0], "XYZ") : !last || ascii_is_one_of(v.p[v.n - 1], "XYZxyz"));
}

/* What is typed on a pad: 4821, 4821#, *4821, 45B12, C4471Y, 417Z, 2-7-1-9, 18-33-07 */
static bool is_pad_code(span v)
{
	size_t digits = 0, uppers = 0, dashes = 0, run = 0, longest = 0;

	while (v.n > 0 && is_pad_mark(v.p[v.n - 1]))
		v.n--;
	if (v.n > 0 && v.p[0] == '*')
		v = span_from(v, 1);
	for (size_t i = 0; i < v.n; i++) {
		if (ascii_is_digit(v.p[i]))
			digits++, run++;
		else if ((v.p[i] >= 'A' && v.p[i] <= 'Z') || (i + 1 == v.n && v.p[i] >= 'x' && v.p[i] <= 'z'))
			uppers++, run = 0;
		else if (v.p[i] == '-' && i > 0 && v.p[i - 1] != '-')
			dashes++, run = 0;
		else
			return false;
		longest = run > longest ? run : longest;
	}
	if (dashes > 0)
		return uppers == 0 && dashes >= 2 && dashes <= 4 && longest <= 2 && ascii_is_digit(v.p[v.n - 1]);
	if (uppers > 0)
		return digits >= 3 && v.n <= 6 && is_pad_letters(v, uppers, longest);
	return digits >= 4 && digits <= 8 && digits == v.n;
}

bool pad_code_is_wheels(span v)
{
	for (size_t i = 1; i < v.n; i += 2)
		if (v.p[i] != '-')
			return false;
	return v.n >= 7;
}

bool pad_code_is_year(span v)
{
	return v.n == 4 && ascii_is_digit(v.p[3]) && ((v.p[0] == '1' && v.p[1] == '9') || (v.p[0] == '2' && v.p[1] == '0' && v.p[2] < '4'));
}

/* Part of a longer number, an amount, an address or a time? */
static bool is_part(span text, size_t at, size_t end)
{
	unsigned char a = at > 0 ? text.p[at - 1] : ' ', z = end < text.n ? text.p[end] : ' ', zz = end + 1 < text.n ? text.p[end + 1] : ' ';
	size_t i = at;

	if (ascii_is_one_of(a, "./$@+&_"))
		return true;
	if ((a == ':' || a == ',') && at > 1 && ascii_is_digit(text.p[at - 2]))
		return true;
	if (a >= 0x80 && at >= 3 && text.p[at - 3] == 0xe2 && text.p[at - 2] == 0x82) /* € */
		return true;
	if (is_letter(z) || ascii_is_one_of(z, "%@_/") || (ascii_is_one_of(z, ".:-") && ascii_is_alnum(zz)) || (z == ',' && ascii_is_digit(zz)))
		return true;
	/* "(x55855)", an extension; "page.html?1293857" */
	if (at > 1 && ((a | 0x20) == 'x' || a == '?') && !is_blank(text.p[at - 2]))
		return true;
	/* "0800 555 0110", "+44 1632": the neighbour is a number too */
	while (i > 0 && text.p[i - 1] == ' ')
		i--;
	if (i > 0 && i < at && (ascii_is_digit(text.p[i - 1]) || text.p[i - 1] == '$' || text.p[i - 1] == '+'))
		return true;
	/* "linkid=857250" */
	if (at > 1 && a == '=' && ascii_is_alnum(text.p[at - 2]))
		return true;
	/* "7340032 / (65536 / 512)" */
	if (z == ' ' && ascii_is_one_of(zz, "/*+") && end + 3 < text.n && text.p[end + 2] == ' ' && (ascii_is_digit(text.p[end + 3]) || text.p[end + 3] == '('))
		return true;
	for (i = end; i < text.n && (text.p[i] == ' ' || text.p[i] == ')');)
		i++;
	return i > end && i < text.n && (ascii_is_digit(text.p[i]) || text.p[i] == '%');
}

bool pad_code_is_lettered(span v)
{
	return v.n == 6 && ascii_is_alpha(v.p[0]) && ascii_is_alpha(v.p[v.n - 1]);
}

int pad_code_weight(span v)
{
	/* "6-0-4" may be a score */
	bool score = v.n == 5 && v.p[1] == '-' && v.p[3] == '-';

	/* 2468X: such locks have X, Y and Z */
	bool letter = ascii_is_alpha(v.p[v.n - 1]) && (v.n != 5 || !ascii_is_one_of(v.p[v.n - 1], "XYZ"));

	return is_pad_mark(v.p[v.n - 1]) - 3 * pad_code_is_year(v) - (letter && !pad_code_is_lettered(v)) - score;
}

span pad_code_at(span text, size_t at, size_t *end)
{
	size_t start = at;
	span v;

	while (start > 0 && is_code_char(text.p[start - 1]))
		start--;
	for (*end = at; *end < text.n && is_code_char(text.p[*end]);)
		++*end;
	v = span_sub(text, start, *end - start);
	/* "BDAY:--0412", "-4821" are numbers of another kind; "4821--" ends with a dash of the sentence */
	while (v.n > 0 && v.p[v.n - 1] == '-')
		v.n--;
	/* **4821**: emphasis */
	while (v.n > 4 && v.p[0] == '*' && v.p[v.n - 1] == '*')
		v = span_sub(v, 1, v.n - 2);
	at = (size_t)(v.p - text.p);
	return is_pad_code(v) && !is_part(text, at, at + v.n) ? v : span_of(v.p, 0);
}

#define NAME_WORDS 4 /* "the bin store next" */
#define NAME_MAX 32

/* Behind `at`, what parts one of a list from the next: a comma, a line end, "and"; where the next begins, SIZE_MAX: nothing does. */
static size_t list_parted(span text, size_t at)
{
	static const char *const words[] = {" and ", " und ", " et ", " y ", " e ", " en "};
	size_t from = at;

	while (at < text.n && at - from < 2 && ascii_is_one_of(text.p[at], "#*\"')"))
		at++;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_starts(span_from(text, at), span_str(words[i])))
			return at + strlen(words[i]);
	if (at >= text.n || !ascii_is_one_of(text.p[at], ",;.\r\n"))
		return SIZE_MAX;
	for (from = at; at < text.n && at - from < 8 && ascii_is_one_of(text.p[at], ",;. \t\r\n>*-");)
		at++;
	return at > from + (text.p[from] != '\n') && at - from < 8 ? at : SIZE_MAX;
}

/* "the turnstile by the crane": where it is */
static bool is_place_word(span word)
{
	static const char *const words[] = {"at", "by", "near", "of", "on", "opposite", "bei", "beim", "neben", "am", "von", "for", "für", "pour", "para", "de", "di", "van", "voor", "près", "côté", "junto", NULL};

	return span_is_one_of(word, words);
}

/* Is what the words text[from, at) name no place or person, but something else that has numbers? */
static bool is_named_other(const struct word_list *others, span text, size_t from, size_t at)
{
	static const char *const phones[] = {"phone", "telephone", "mobile", "fax", "tel", "telefon", "handy", "durchwahl", NULL};
	span names = span_sub(text, from, at - from);

	while (names.n > 0) {
		size_t one = span_find_byte(names, ' '), two = one < names.n ? one + 1 + span_find_byte(span_from(names, one + 1), ' ') : one;

		if (span_is_one_of(span_first(names, one), phones))
			return true;
		/* beside the code of a lock a gate is none of an airport, and the plant room is where it opens */
		if (span_eq_nocase(names, SPAN_LIT("gate")) || (names.p > text.p + from && span_eq_nocase(names, SPAN_LIT("room"))))
			return false;
		if (one < names.n && names.p > text.p + from && is_place_word(span_first(names, one))) {
			names = span_from(names, one + 1);
			continue;
		}
		if (word_list_has(others, span_first(names, one)) || word_list_has(others, span_first(names, two)))
			return true;
		names = span_from(names, one + 1);
	}
	return false;
}

/* Whom or what the code before `at` is for stands behind it: "4821 for Maren", "4821 (back)", "4821 Dele"; where that ends, or `at`. */
static size_t name_behind(const struct word_list *others, span text, size_t at)
{
	static const char *const words[] = {" for ", " f\xc3\xbcr ", " pour ", " para ", " per ", " voor ", " (", " - ", " \xe2\x80\x93 ", " = "};
	size_t begin = at, end, blanks = 0;

	for (size_t i = 0; begin == at && i < sizeof words / sizeof *words; i++)
		if (span_starts(span_from(text, at), span_str(words[i])))
			begin = at + strlen(words[i]);
	/* a name and no other word */
	if (begin == at && at + 1 < text.n && text.p[at] == ' ' && text.p[at + 1] >= 'A' && text.p[at + 1] <= 'Z')
		begin = at + 1;
	if (begin == at)
		return at;
	for (end = begin; end < text.n && end - begin < NAME_MAX && (is_letter(text.p[end]) || ascii_is_one_of(text.p[end], " '-")); end++) {
		if (text.p[end] == ' ' && (list_parted(text, end) != SIZE_MAX || ++blanks == NAME_WORDS))
			break;
	}
	if (end < begin + 2 || is_named_other(others, text, begin, end))
		return at;
	return end + (end < text.n && text.p[end] == ')');
}

/* Does the list end or go on behind `at`? "Budget 5200 was approved", "rent 1250 a month" are no part of one. */
static bool ends_item(span text, size_t at)
{
	return at + 1 >= text.n || text.p[at] != ' ' || is_blank(text.p[at + 1]) || ascii_is_one_of(text.p[at + 1], "(/=>-") ||
	    list_parted(text, at) != SIZE_MAX;
}

/* "L1: ", "Room 12 = ": the digits at `at` are of the name that they end; 0: they are not. */
static size_t number_of_name(span text, size_t at)
{
	size_t n = 0;

	while (n < 3 && at + n < text.n && ascii_is_digit(text.p[at + n]))
		n++;
	/* "and card 2 6847" */
	if (n == 1 && at + 2 < text.n && text.p[at + 1] == ' ' && ascii_is_digit(text.p[at + 2]))
		return n;
	return n > 0 && (span_starts(span_from(text, at + n), SPAN_LIT(":")) || span_starts(span_from(text, at + n), SPAN_LIT(" ="))) ? n : 0;
}

span pad_code_named_next(const struct word_list *others, span text, size_t from, size_t like_n)
{
	size_t told = name_behind(others, text, from), at = list_parted(text, told), begin = at, end, words = 1;
	bool named = told > from;
	size_t counted;
	span v;

	if (at == SIZE_MAX)
		return span_of(NULL, 0);
	while (at < text.n && at - begin < NAME_MAX && (is_letter(text.p[at]) || text.p[at] == ' ' || text.p[at] == '\'' || text.p[at] == '-'))
		words += text.p[at++] == ' ';
	end = at;
	while (end > begin && !is_letter(text.p[end - 1]))
		end--;
	if ((counted = at > begin ? number_of_name(text, at) : 0) > 0)
		end = at += counted;
	while (at < text.n && at - end < 8 && ascii_is_one_of(text.p[at], " \t:=>-("))
		at++;
	if ((!named && (end < begin + 2 || at == end)) || words > NAME_WORDS + 1 || at >= text.n || !ascii_is_digit(text.p[at]) ||
	    (end > begin && is_named_other(others, text, begin, end)))
		return span_of(NULL, 0);
	v = pad_code_at(text, at, &end);
	if (v.n != like_n || v.p != text.p + at || pad_code_weight(v) < 0)
		return span_of(NULL, 0);
	return ends_item(text, named ? name_behind(others, text, at + v.n) : at + v.n) ? v : span_of(NULL, 0);
}

/*
 * Is the code text[start, end) one of a list's: "gate 7742, shower block 1903", "- Boiler room: 7633"? No more than its name stands before
 * it, and the item ends behind it. *name is where the name begins.
 */
bool pad_code_item(const struct word_list *others, span text, size_t start, size_t end, size_t *name)
{
	size_t at = start, words = 0, letters = 0, name_end;

	while (at > 0 && (ascii_is_one_of(text.p[at - 1], " :=>-(\t\"'*#") || text.p[at - 1] == 0x93 || text.p[at - 1] == 0x80 || text.p[at - 1] == 0xe2))
		at--;
	for (name_end = at; at > 0 && name_end - at < NAME_MAX + 8 && (is_letter(text.p[at - 1]) || ascii_is_digit(text.p[at - 1]) || ascii_is_one_of(text.p[at - 1], " '-/")); at--) {
		words += text.p[at - 1] == ' ';
		letters += is_letter(text.p[at - 1]);
	}
	if (at > 0 && !ascii_is_one_of(text.p[at - 1], "\n,;.:()*>!\t"))
		return false;
	while (at < name_end && !is_letter(text.p[at]))
		at++;
	*name = at;
	return letters > 2 && words <= NAME_WORDS + 1 && ends_item(text, end) && !is_named_other(others, text, at, name_end);
}

/* The digits of the next group from *at on, with the blank before it; 0: none follows. */
static size_t group_next(span text, size_t *at)
{
	size_t i = *at, n = 0;

	if (i >= text.n || text.p[i] != ' ')
		return 0;
	for (i++; i < text.n && ascii_is_digit(text.p[i]) && n < 5; i++)
		n++;
	*at = n > 0 ? i : *at;
	return n;
}

span pad_code_apart(span text, size_t at)
{
	size_t first = 0, end = at, groups = 1, n;

	while (end < text.n && ascii_is_digit(text.p[end]))
		end++;
	first = end - at;
	if (first > 3 || is_code_char(at > 0 ? text.p[at - 1] : ' ') || (at > 1 && text.p[at - 1] == ' ' && ascii_is_digit(text.p[at - 2])))
		return span_of(text.p, 0);
	while ((n = group_next(text, &end)) > 0 && groups < 9) {
		if (n != first)
			return span_of(text.p, 0);
		groups++;
	}
	if ((first == 1 ? groups < 4 || groups > 6 : first == 2 ? groups != 3 : groups != 2) || is_part(text, at, end) || (end < text.n && is_letter(text.p[end])))
		return span_of(text.p, 0);
	return span_sub(text, at, end - at);
}

/* What is said of a thing that is called by its number: "locker 4821 is free", "Tor 4821 ist zu"; not "the code of locker 4821 is" */
static bool is_subject(span text, size_t at, size_t end)
{
	static const char *const copulas[] = {"is", "are", "has", "ist", "sind", "hat", "est", "sont", "es", "está", "è", "à", NULL};
	static const char *const told[] = {"the", "your", "our", "still", "now", "what", "correct", "right", "der", "die", "das", "le", "la", "el", "il", "de", NULL};
	unsigned char w[WORD_MAX];
	span verb = end < text.n && text.p[end] == ' ' && at > 1 && text.p[at - 1] == ' ' && is_letter(text.p[at - 2]) ? word_behind(text, end, w) : SPAN_EMPTY;
	size_t behind = end + 1 + verb.n;

	return span_is_one_of(verb, copulas) && behind < text.n && text.p[behind] == ' ' && !span_is_one_of(word_behind(text, behind, w), told);
}

/* "code 5510 on the boiler means low pressure", "enter 4417 in the cost field": it is explained, or written down somewhere */
bool pad_code_is_explained(span text, size_t end)
{
	static const char *const means[] = {"means", "bedeutet", "signifie", "significa", "betekent", "heißt", NULL};
	static const char *const fields[] = {"field", "box", "column", "form", "feld", "spalte", "champ", "campo", "columna", NULL};
	static const char *const within[] = {"in", "into", "im", "dans", "en", NULL};
	bool put = false;
	unsigned char w[WORD_MAX];
	span word;

	for (unsigned i = 0; i < 6 && (word = word_behind(text, end, w)).n > 0; i++) {
		put |= i == 0 && span_is_one_of(word, within);
		if (span_is_one_of(word, means) || (put && span_is_one_of(word, fields)))
			return true;
		end += 1 + word.n;
	}
	return false;
}

bool pad_code_is_told_of(span text, size_t at, size_t end)
{
	static const char *const words[] = {"was", "were", "wurde", "wurden", "fue", "saltó", "passed", "failed", "tested", NULL};
	unsigned char w[WORD_MAX];

	return end < text.n && text.p[end] == ' ' && (span_is_one_of(word_behind(text, end, w), words) || is_subject(text, at, end));
}

bool pad_code_is_range(span text, size_t at)
{
	static const char *const words[] = {"to", "bis", "à", "a", "hasta", "until", "tot", "and", "und", "et", "y", NULL};
	unsigned char w[WORD_MAX];
	size_t begin;

	while (at > 0 && text.p[at - 1] == ' ')
		at--;
	return span_is_one_of(word_before(text, at, w, &begin), words) && begin > 1 && text.p[begin - 1] == ' ' &&
	    ascii_is_digit(text.p[begin - 2]);
}

bool pad_code_is_listed(span text, size_t at, size_t told_end)
{
	size_t before = at > 2 && text.p[at - 1] == ' ' && text.p[at - 2] == ',' ? at - 2 : at, from = before;

	while (from > 0 && ascii_is_digit(text.p[from - 1]))
		from--;
	return before < at && before - from == 4 && before != told_end && (from == 0 || is_blank(text.p[from - 1]));
}

static bool is_digits(span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!ascii_is_digit(v.p[i]))
			return false;
	return v.n > 0;
}

/* A time of day without a colon, and one that people open or shut at: 0730, 2200 */
static bool is_clock(span v)
{
	return v.n == 4 && is_digits(v) && (v.p[0] < '2' || (v.p[0] == '2' && v.p[1] < '4')) && v.p[2] < '6' && (v.p[3] == '0' || v.p[3] == '5');
}

/* Does the word that ends a blank before `at` stand in the list? */
static bool is_behind(span text, size_t at, const char *const *words)
{
	unsigned char w[WORD_MAX];
	size_t begin;

	return at > 1 && text.p[at - 1] == ' ' && span_is_one_of(word_before(text, at - 1, w, &begin), words);
}

bool pad_code_is_hour(span text, span v)
{
	static const char *const acts[] = {"open", "opens", "closes", "closed", "doors", "öffnet", "schließt", "ouvre", "ferme", "abre", "cierra", NULL};

	return is_clock(v) && is_behind(text, (size_t)(v.p - text.p), acts);
}

bool pad_code_is_term(span text, span v)
{
	static const char *const words[] = {"till", "until", "since", "through", "bis", "seit", "jusqu'en", "depuis", "hasta", "desde", "dal", "tot", "sinds", NULL};

	return pad_code_is_year(v) && is_behind(text, (size_t)(v.p - text.p), words);
}

bool pad_code_is_between(span text, span v)
{
	static const char *const words[] = {" to ", " till ", " until ", " bis ", " à ", " a ", " hasta ", " tot "};
	static const char *const from[] = {"from", "von", "de", "du", "del", NULL}; /* what a code was */
	size_t at = (size_t)(v.p - text.p);

	for (size_t i = 0; is_digits(v) && i < sizeof words / sizeof *words; i++) {
		span word = span_str(words[i]), first = v, last = v;

		if (span_starts(span_from(text, at + v.n), word))
			last = span_sub(text, at + v.n + word.n, v.n);
		else if (at >= word.n + v.n && span_eq(span_sub(text, at - word.n, word.n), word))
			first = span_sub(text, at - word.n - v.n, v.n);
		else
			continue;
		if (first.n != last.n || !is_digits(first) || !is_digits(last))
			continue;
		if ((is_clock(first) && is_clock(last)) || (memcmp(first.p, last.p, first.n) < 0 && !is_behind(text, (size_t)(first.p - text.p), from)))
			return true;
	}
	return false;
}

/* "D.C. 20036", "TX 77002": of a place's post */
bool pad_code_is_of_place(span text, span v)
{
	size_t at = (size_t)(v.p - text.p);

	if (v.n != 5 || at < 4 || text.p[at - 1] != ' ')
		return false;
	at--;
	if (text.p[at - 1] == '.')
		return text.p[at - 2] >= 'A' && text.p[at - 2] <= 'Z' && (text.p[at - 3] == '.' || text.p[at - 3] == ' ');
	return text.p[at - 1] >= 'A' && text.p[at - 1] <= 'Z' && text.p[at - 2] >= 'A' && text.p[at - 2] <= 'Z' && ascii_is_one_of(text.p[at - 3], " ,\n");
}

/* "<tab>Padlock<tab>9.99": what is left of a row whose last cell is a price */
static bool ends_with_price(span row)
{
	size_t from = row.n, digits = 0;

	while (from > 0 && row.p[from - 1] != '\t')
		from--;
	row = span_from(row, from);
	while (digits < row.n && ascii_is_digit(row.p[digits]))
		digits++;
	return digits > 0 && row.n == digits + 3 && (row.p[digits] == '.' || row.p[digits] == ',') && ascii_is_digit(row.p[digits + 1]) &&
	    ascii_is_digit(row.p[digits + 2]);
}

/* ", qty 40", ", 2 pcs": how many of what has the number are wanted */
static bool is_ordered(span behind)
{
	static const char *const counts[] = {"qty", "quantity", "menge", "qt\xc3\xa9", "quantit\xc3\xa9", "cantidad"};
	static const char *const units[] = {"pcs", "pieces", "stk", "st\xc3\xbc" "ck", "pi\xc3\xa8" "ces", "unidades", "pairs"};
	size_t digits = 0;

	if (!span_starts(behind, SPAN_LIT(", ")))
		return false;
	behind = span_from(behind, 2);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (span_starts_nocase(behind, span_str(counts[i])))
			return true;
	while (digits < behind.n && digits < 4 && ascii_is_digit(behind.p[digits]))
		digits++;
	for (size_t i = 0; digits > 0 && i < sizeof units / sizeof *units; i++)
		if (span_starts_nocase(span_trim(span_from(behind, digits)), span_str(units[i])))
			return true;
	return false;
}

bool pad_code_is_priced(span text, span v)
{
	span behind = span_from(text, (size_t)(v.p - text.p) + v.n);
	span rest = span_sub(text, (size_t)(v.p - text.p) + v.n, 24);
	size_t line = span_find_byte(span_first(behind, 120), '\n');
	size_t at = span_starts(rest, SPAN_LIT(", price ")) ? 8 : span_starts(rest, SPAN_LIT(", ")) ? 2 : rest.n, from = at;

	while (at < rest.n && ascii_is_digit(rest.p[at]))
		at++;
	if (is_ordered(span_first(behind, 24)))
		return true;
	if (behind.n > 0 && behind.p[0] == '\t' && ends_with_price(span_trim(span_first(behind, line))))
		return true;
	return at > from && at + 2 < rest.n && (rest.p[at] == '.' || rest.p[at] == ',') && ascii_is_digit(rest.p[at + 1]) && ascii_is_digit(rest.p[at + 2]) &&
	    (at + 3 == rest.n || !ascii_is_digit(rest.p[at + 3]));
}

/* ", enter 4821", "and then 4821": a number that is typed once the first has been dialled */
static bool another_is_entered(span behind)
{
	size_t n = 0;

	behind = span_first(behind, 28);
	while (n < behind.n && (is_letter(behind.p[n]) || ascii_is_one_of(behind.p[n], " ,;")))
		n++;
	return n > 2 && n < behind.n && ascii_is_digit(behind.p[n]) && ascii_is_one_of(behind.p[n - 1], " ");
}

bool pad_code_is_dialled(span text, span v)
{
	static const char *const dials[] = {"dial", "dialling", "dialing", "wähle", "wählen", "composez", "marque", NULL};
	static const char *const rings[] = {"ring", "phone", "call", "rufen", "appelez", "appelle", "llame", "llama", "chiama", "bel", "belt", "bellen", NULL};
	static const char *const more[] = {"and", "for", "to", "und", "et", "y", NULL};
	static const char *const hands[] = {"pull", "push", "turn", "slide", "lift", "twist", "press", "open", "ziehen", "drehen", "drücken", "tirez", "poussez", "tournez", "tira", "empuja", "gira", NULL};
	static const char *const calls[] = {"text ", "sms ", "call ", "ring ", "phone ", "report ", "contact ", "are reset ", "melde", "rufen ", "ruf ", "appel", "llam", "chiama"};
	static const char *const on[] = {"on", "at", "to", "unter", "an", "au", "al", NULL};
	size_t at = (size_t)(v.p - text.p), from = at > 40 ? at - 40 : 0;
	unsigned char w[WORD_MAX];
	span behind;

	for (size_t i = 0; is_behind(text, at, on) && i < sizeof calls / sizeof *calls; i++) {
		span before = span_sub(text, from, at - from);
		size_t call = span_find_nocase(before, span_str(calls[i]));

		if (call < before.n && (call == 0 || !is_letter(before.p[call - 1])) && span_find_byte(span_from(before, call), '.') + call == before.n)
			return true;
	}
	if (is_behind(text, at, rings))
		return true;
	/* the dials of a lock: "dial 4082 and pull the lever" */
	behind = word_behind(text, at + v.n, w);
	if (is_behind(text, at, dials) && another_is_entered(span_from(text, at + v.n)))
		return true;
	return is_behind(text, at, dials) && span_is_one_of(behind, more) && !span_is_one_of(word_behind(text, at + v.n + 1 + behind.n, w), hands);
}
