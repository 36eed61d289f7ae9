/*
 * What stands directly before a value that is told in a sentence (told.c), and directly behind it: whether it leads up to a secret, and
 * whether it says that the value is something else.
 */
#include "case/names.h"
#include "scan/private.h"

static bool is_wrapping(unsigned char c)
{
	return ascii_is_one_of(c, " \t\"'`(*_[");
}

/* "user name is", "phone number:", "ticket no.": is what comes before `at` the name of something else? */
static bool is_other_before(const struct told_words *words, span text, size_t at)
{
	unsigned char w[WORD_MAX], before[WORD_MAX], two[PHRASE_MAX];
	span last, word;

	while (at > 0 && ascii_is_one_of(text.p[at - 1], " \t:.*\"')"))
		at--;
	if ((last = word_before(text, at, w, &at)).n == 0)
		return false;
	if (word_list_tells(words->others, last, true)) /* but "after 6 pm is" */
		return at < 2 || (!ascii_is_digit(text.p[at - 1]) && !ascii_is_digit(text.p[at - 2]));
	if (at == 0 || !ascii_is_one_of(text.p[at - 1], " \t-") || (word = word_before(text, at - 1, before, &at)).n == 0)
		return false;
	return word_list_tells(words->others, words_joined(word, last, two), false);
}

/* "reservation number is": the number of something that is none of our things, and no "new number" or "the number" */
static bool is_number_of_other(const struct told_words *words, span text, size_t at)
{
	static const char *const numbers[] = {"number", "nummer", "numéro", "número", "numero", NULL};
	static const char *const of_ours[] = {"the", "your", "my", "our", "its", "his", "her", "their", "new", "personal", "secret", "right",
	    "this", "that", "a", "current", "present", "same", "code", "le", "votre", "mon", "notre", "nouveau", "die", "der", "deine", "meine",
	    "ihre", "unsere", "neue", "persönliche", "el", "tu", "su", "mi", "nuevo", "il", "tuo", "nuovo", "het", "de", "digit", "four", "six", NULL};
	unsigned char w[WORD_MAX];
	span word;

	while (at > 0 && text.p[at - 1] == ' ') /* "Vendor number : " */
		at--;
	word = word_before(text, at, w, &at);
	if (!span_is_one_of(word, numbers)) /* reservierungsnummer */
		return word.n > 7 && span_ends_nocase(word, SPAN_LIT("nummer")) && !word_list_tells(words->topics, word, true);
	if (at < 2 || text.p[at - 1] != ' ')
		return false;
	word = word_before(text, at - 1, w, &at);
	return word.n > 0 && !span_is_one_of(word, of_ours) && !word_list_tells(words->things, word, true) && !word_list_tells(words->topics, word, true) &&
	    !word_list_tells(words->acts, word, true);
}

/* The character that ends before `at`, which is not 0. */
static span char_before(span text, size_t at)
{
	size_t from = at - 1;

	while (from > 0 && at - from < 4 && (text.p[from] & 0xc0) == 0x80)
		from--;
	return span_sub(text, from, at - from);
}

/* Is the word that ends before `at` an address? Then what stands behind it may be its password. */
static bool is_address_before(span text, size_t at)
{
	size_t from = at;

	while (from > 0 && at - from < 60 && !ascii_is_one_of(text.p[from - 1], " \t\r\n<>()\"'"))
		from--;
	return span_find_byte(span_sub(text, from, at - from), '@') < at - from;
}

/* What stands before "is" is what the value is; what stands before "with" is not. */
static bool is_copula(span w)
{
	static const char *const words[] = {"is", "are", "was", "ist", "lautet", "war", "est", "es", "era", "è", "é", "är", "jest", "number", "numbers",
	    "nummer", "numéro", "número", NULL};

	return span_is_one_of(w, words);
}

static bool is_adverb(span w)
{
	static const char *const words[] = {"now", "still", "currently", "jetzt", "nun", "noch", "maintenant", "désormais", "toujours", "ahora", "ora", NULL};

	return span_is_one_of(w, words);
}

/* "kdale and X" */
static bool is_conjunction(span w)
{
	static const char *const words[] = {"and", "und", "et", "y", "e", "en", "or", "oder", "ou", NULL};

	return span_is_one_of(w, words);
}

/* Does what is said end at `end`, or go on with what is done next? */
static bool ends_clause(span text, size_t end)
{
	static const char *const words[] = {"then", "followed", "dann", "danach", "puis", "luego", "poi", "dan", NULL};
	unsigned char w[WORD_MAX];
	span behind;

	while (end < text.n && ascii_is_one_of(text.p[end], "\"'*)"))
		end++;
	if (end == text.n || !ascii_is_one_of(text.p[end], " \t"))
		return true;
	behind = word_behind(text, end, w);
	return behind.n == 0 || is_conjunction(behind) || span_is_one_of(behind, words);
}

bool lead_is_named(const struct told_words *words, span text, size_t end)
{
	static const char *const articles[] = {"the", "der", "die", "das", "le", "la", "el", "il", "het", "de", "o", "a", NULL};
	unsigned char w[WORD_MAX];
	span word = word_behind(text, end, w);

	if (!is_copula(word))
		return false;
	end += 1 + word.n;
	word = word_behind(text, end, w);
	if (!span_is_one_of(word, articles))
		return false;
	word = word_behind(text, end + 1 + word.n, w);
	return word.n > 0 && word_list_tells(words->others, word, true);
}

bool lead_counts(const struct told_words *words, span text, size_t end)
{
	unsigned char w[WORD_MAX];
	span behind;

	if (end + 1 >= text.n || text.p[end] != ' ' || text.p[end + 1] < 'a' || text.p[end + 1] > 'z')
		return false;
	behind = word_behind(text, end, w);
	return behind.n > 3 && behind.p[behind.n - 1] == 's' && !word_list_tells(words->leads, behind, true) &&
	    (word_list_tells(words->things, behind, true) || !word_list_tells(words->acts, behind, true)) && !is_conjunction(behind);
}

static bool is_after_colon(span text, size_t at)
{
	while (at > 0 && ascii_is_space(text.p[at - 1]))
		at--;
	return at > 0 && text.p[at - 1] == ':';
}

/* "taxi es el", "extension is the": the article belongs to what the copula before it says */
static bool is_other_before_article(const struct told_words *words, span text, span word, size_t at)
{
	static const char *const articles[] = {"the", "die", "der", "das", "le", "la", "el", "il", NULL};
	unsigned char w[WORD_MAX];

	word = at > 0 && span_is_one_of(word, articles) ? word_before(text, at - 1, w, &at) : SPAN_EMPTY;
	return is_copula(word) ? is_other_before(words, text, at) : word.n > 3 && word_list_has(words->others, word); /* "appelez le" */
}

/* "phone 555018", but "phone 4821": numbers of telephones are longer than those that unlock one */
static bool is_telephone(span word, size_t digits)
{
	static const char *const phones[] = {"phone", "telephone", "telefon", "téléphone", "teléfono", "telefono", NULL};

	return digits > 5 && span_is_one_of(word, phones);
}

bool lead_is_typed(const struct told_words *words, span text, size_t at)
{
	unsigned char w[WORD_MAX];
	span word = at > 0 ? word_before(text, at - 1, w, &at) : SPAN_EMPTY;

	return word.n > 0 && word_list_tells(words->acts, word, true) && word_list_tells(words->leads, word, true);
}

/* "passwords such as X": one of many; "the network shows as X": a name; "not X": what it was not */
static bool is_example(span before)
{
	static const span words[] = {SPAN_LIT("such as"), SPAN_LIT("for example"), SPAN_LIT("for instance"), SPAN_LIT("zum beispiel"), SPAN_LIT("z.b."), SPAN_LIT("z. b."),
	    SPAN_LIT("e.g."), SPAN_LIT("e. g."), SPAN_LIT("p. ex."), SPAN_LIT("par ex."), SPAN_LIT("b.v."), SPAN_LIT("bv."), SPAN_LIT("par exemple"),
	    SPAN_LIT("por ejemplo"), SPAN_LIT("example:"), SPAN_LIT("e.g.,"), SPAN_LIT("e.g.:"), SPAN_LIT("beispiel:"), SPAN_LIT("exemple :"),
	    SPAN_LIT("exemple:"), SPAN_LIT("ejemplo:"), SPAN_LIT("esempio:"), SPAN_LIT("ad es."), SPAN_LIT("bijv."), SPAN_LIT("voorbeeld:"), SPAN_LIT("p. ej."),
	    SPAN_LIT("p.ej."), SPAN_LIT("exemplo:"), SPAN_LIT(" not"), SPAN_LIT(" not be"), SPAN_LIT("t be"), SPAN_LIT("cannot be"), SPAN_LIT(" nicht"),
	    SPAN_LIT(" like"), SPAN_LIT("so will"), SPAN_LIT("called it"), SPAN_LIT("calls it"), SPAN_LIT("named it"), SPAN_LIT("shows as"),
	    SPAN_LIT("shows up as"), SPAN_LIT("appears as"), SPAN_LIT("erscheint als"), SPAN_LIT("affiche comme"), SPAN_LIT("aparece como")};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_ends_nocase(before, words[i]))
			return true;
	return false;
}

/* What follows what is done, or the noun of it */
static bool is_by(span w)
{
	static const char *const words[] = {"of", "von", "per", "via", "par", "du", "van", "di", "del", "por", "av", NULL};

	return span_is_one_of(w, words);
}

/* "your mailbox is 4471": of a telephone, whose PIN is told behind */
static bool is_box(span text, size_t at)
{
	static const char *const words[] = {"mailbox", "box", "voicemail", "boîte", "buzón", "postfach", NULL};
	unsigned char w[WORD_MAX];

	return at > 0 && span_is_one_of(word_before(text, at - 1, w, &at), words);
}

/* "Kundennummer beim Wachdienst: 77102": the number of the whole label */
static bool is_label_of_number(const struct told_words *words, span text, size_t at)
{
	unsigned char w[WORD_MAX];
	span word;

	for (unsigned k = 0; k < 6 && at > 0 && ascii_is_one_of(text.p[at - 1], k == 0 ? ": " : " ") && (word = word_before(text, at - 1, w, &at)).n > 0; k++)
		if (word.n > 7 && span_ends_nocase(word, SPAN_LIT("nummer")) && !word_list_tells(words->topics, word, true))
			return true;
	return false;
}

/* "clave supervisor 9513", "PIN badge 5148", "Türcode Hintereingang 4471": the secret, and which one, with nothing behind the value that it would count */
static bool is_qualified(const struct told_words *words, span text, size_t begin, span word, size_t end)
{
	unsigned char w[WORD_MAX];
	span topic;

	/* not "Keycode EMBC 900429", what an order begins with */
	if (word.n < 3 || begin < 2 || text.p[begin - 1] != ' ' || !ends_clause(text, end) || is_conjunction(word) || (text.p[begin + 1] >= 'A' && text.p[begin + 1] <= 'Z'))
		return false;
	topic = word_before(text, begin - 1, w, &begin);
	return topic.n > 2 && word_list_tells(words->topics, topic, true) && !word_list_tells(words->others, topic, true);
}

/* Two to five capitals, no more */
static bool is_initials(span text, size_t from, size_t to)
{
	size_t n = 0;

	while (from + n < to && text.p[from + n] >= 'A' && text.p[from + n] <= 'Z')
		n++;
	return n > 1 && n < 6 && from + n == to;
}

static bool is_listed_word(const struct told_words *words, span w)
{
	return word_list_tells(words->leads, w, true) || word_list_tells(words->topics, w, true) || word_list_tells(words->things, w, true) || word_list_tells(words->acts, w, true);
}

/* How much the word that ends before `i` leads up to the value that ends at `end`. */
static int lead_of_word(const struct told_words *words, span text, size_t i, size_t end)
{
	unsigned char w[WORD_MAX];
	size_t begin, behind = i;
	span word;

	if (!words->codes && is_address_before(text, i))
		return 2;
	word = word_before(text, i, w, &begin);
	if (word.n == 0 && !words->codes && i + 1 < end && is_blank(text.p[i]) && is_blank(text.p[i + 1])) /* "intern1   X" */
		return 0;
	/* "node1 X" */
	if (word.n == 0 && !words->codes && i > 1 && ascii_is_digit(text.p[i - 1]) && ascii_is_alnum(text.p[i - 2]))
		return 0;
	/* "gate 7742": of an airport's gates none has four digits */
	if (words->codes && end - i > 4 && word_list_has(words->others, word) && word_list_has(words->things, word))
		return 1;
	/* "room 0042": rooms are counted from one */
	if (words->codes && text.p[i + 1] == '0' && end - i == 5 && word_list_has(words->others, word) && (span_eq(word, SPAN_LIT("room")) || span_eq(word, SPAN_LIT("raum")) || span_eq(word, SPAN_LIT("salle")) || span_eq(word, SPAN_LIT("unit"))))
		return 1;
	/* "VHE 20144": the number of what its letters say */
	if (words->codes && ascii_is_digit(text.p[i + 1]) && is_initials(text, begin, i) && !is_listed_word(words, word))
		return LEAD_NONE;
	/* "nach Eingabe von 5518", "Quittierung per 4004" */
	if (words->codes && begin > 0 && is_by(word)) {
		span act = word_before(text, begin - 1, w, &begin);

		if (act.n > 3 && word_list_tells(words->acts, act, true))
			return 2;
		word = word_before(text, i, w, &begin);
	}
	if (word.n == 0 || word_list_tells(words->others, word, true) ||
	    (words->codes && (is_other_before_article(words, text, word, begin) || is_telephone(word, end - i - 1))))
		return LEAD_NONE;
	/* "user is now X": what it is stands before */
	if (is_adverb(word) && is_copula(word_before(text, begin > 0 ? begin - 1 : 0, w, &i)) && i > 0 && is_other_before(words, text, i))
		return LEAD_NONE;
	word = word_before(text, behind, w, &begin);
	i = begin;
	if (words->codes && span_eq(word, SPAN_LIT("in")) && i > 0) { /* "punch in 4821" */
		word = word_before(text, i - 1, w, &i);
		if (!word_list_tells(words->acts, word, true) && !span_eq(word, SPAN_LIT("put")))
			return LEAD_NONE;
	}
	if (word.n == 1 && word.p[0] != 'y' && word.p[0] != 'e') /* "c 4471" */
		return LEAD_NONE;
	if (words->codes && (is_number_of_other(words, text, i + word.n) || (is_copula(word) && i > 0 && is_number_of_other(words, text, i - 1))))
		return LEAD_NONE;
	if (word_list_tells(words->leads, word, true)) {
		if (is_copula(word))
			return is_other_before(words, text, i) || (words->codes && is_box(text, i)) ? LEAD_NONE : 2;
		/* "it opens with 4821.", but "with 4821 screws" */
		return words->codes && ends_clause(text, end) ? 3 : 2;
	}
	if (word_list_tells(words->topics, word, true)) /* not "Total: code 4821" */
		return !is_after_colon(text, i) && is_other_before(words, text, i) ? LEAD_NONE : 2;
	if (words->codes && is_qualified(words, text, i, word, end))
		return 2;
	return is_conjunction(word) || word_list_tells(words->things, word, true) || word_list_tells(words->acts, word, true) ? 1 : 0;
}

/* "WLAN: Fjordblick-77, Passwort: X", "network is X, the key Y": what the network is called, where its key stands behind */
static bool is_network_name(span text, size_t at, size_t end)
{
	static const char *const names[] = {"wifi", "wi-fi", "wlan", "ssid", "network", "netzwerk", "netz", "réseau", "red", "rete", "netwerk", "rede", "sieć"};
	static const char *const keys[] = {"passw", "kennw", "pw", "key", "schlüssel", "clé", "clef", "clave", "contrase", "mot de passe", "mdp", "chiave", "wachtw", "sleutel", "senha", "palavra", "hasło", "psk", NULL};
	span behind = span_first(span_from(text, end), 40), before;

	if (behind.n == 0 || !ascii_is_one_of(behind.p[0], ",\r\n \""))
		return false;
	while (at > 0 && ascii_is_one_of(text.p[at - 1], " \"'`*"))
		at--;
	before = span_first(text, at);
	if (before.n > 0 && before.p[before.n - 1] == ':')
		before = span_trim(span_first(before, before.n - 1));
	else if (span_ends_nocase(before, SPAN_LIT(" is")) || span_ends_nocase(before, SPAN_LIT(" es")))
		before = span_first(before, before.n - 3);
	else if (span_ends_nocase(before, SPAN_LIT(" ist")) || span_ends_nocase(before, SPAN_LIT(" est")))
		before = span_first(before, before.n - 4);
	if (span_ends_nocase(before, SPAN_LIT(" name")) || span_ends_nocase(before, SPAN_LIT("-name")))
		before = span_first(before, before.n - 5);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_ends_nocase(before, span_str(names[i])) && (before.n == strlen(names[i]) || !is_letter(before.p[before.n - strlen(names[i]) - 1])))
			return span_has_one_of_nocase(behind, keys);
	return false;
}

/* Is `end` the end of its line, but for marks? */
static bool ends_line(span text, size_t end)
{
	while (end < text.n && ascii_is_one_of(text.p[end], " \t\r.*"))
		end++;
	return end == text.n || text.p[end] == '\n';
}

/* Is the cell before the blanks that end at `at` the first of its line, or one of some words? "Hawthorn   key   2231" has cells of a table. */
static bool is_label_cell(span text, size_t at)
{
	span line = line_of(text, at), cell = span_trim(span_first(line, at - (size_t)(line.p - text.p)));
	size_t from = cell.n;

	while (from > 1 && !(cell.p[from - 1] == ' ' && cell.p[from - 2] == ' ') && cell.p[from - 1] != '\t')
		from--;
	return from < 2 || span_find_byte(span_from(cell, from), ' ') < cell.n - from;
}

int lead_of(const struct told_words *words, span text, size_t at, size_t end)
{
	unsigned char w[WORD_MAX];
	size_t i = at;
	bool bracket = false;
	span word;

	if (!words->codes && is_network_name(text, at, end))
		return LEAD_NONE;

	/* the cell beside its name, which mail as text keeps apart by blanks */
	if (words->codes && i > 2 && (text.p[i - 1] == '\t' || (text.p[i - 1] == ' ' && text.p[i - 2] == ' ' && ends_line(text, end) && is_label_cell(text, i))))
		return is_other_before(words, text, i) ? LEAD_NONE : 2;
	while (i > 0) {
		span c = char_before(text, i);

		bracket |= c.p[0] == '(';
		if (c.n == 3 && c.p[1] == 0x80 && (c.p[2] == 0x93 || c.p[2] == 0x94)) /* – — */
			return 1;
		if (c.n == 3 && c.p[1] == 0x86 && c.p[2] == 0x92) /* → */
			return 2;
		if (c.n == 1 ? !is_wrapping(c.p[0]) : c.n == 2 ? c.p[0] != 0xc2 : c.p[0] != 0xe2) /* no-break space, “ ” „ « */
			break;
		i -= c.n;
	}
	if (bracket && words->codes && i > 0 && is_letter(text.p[i - 1]) && text.p[i] == '(' && at - i == 1 && !word_list_tells(words->topics, word_before(text, i, w, &(size_t){0}), true)) /* "Cherokee(2870)" */
		return LEAD_NONE;
	if (bracket) /* "the old extension (41207)" */
		return is_other_before(words, text, i) ? LEAD_NONE : 2;
	while (i > 0 && text.p[i - 1] == '>' && (i < 2 || (text.p[i - 2] != '-' && text.p[i - 2] != '=')))
		i--;
	if (i == 0 || text.p[i - 1] == '\n')
		return ends_line(text, end) ? 2 : 1;
	if (is_example(span_first(text, i)))
		return LEAD_NONE;
	switch (text.p[i - 1]) {
	case ':': case '=': case '>':
		return is_other_before(words, text, i - 1) || (words->codes && (is_number_of_other(words, text, i - 1) || is_label_of_number(words, text, i))) ? LEAD_NONE : 2;
	case '/': return words->codes ? 1 : 2;
	case '+': case '&': /* "kasse + X" */
		if (!words->codes)
			return 2;
		break;
	case '.': /* "ext. 2140" */
		word = word_before(text, i - 1, w, &i);
		return word.n > 0 && word.n < 5 && (word_list_tells(words->others, word, true) || span_eq(word, SPAN_LIT("no"))) ? LEAD_NONE : 1;
	case ')': case ',': case '-': case ';': case '!': case '?': return 1;
	default: break;
	}
	return lead_of_word(words, text, i, end);
}
