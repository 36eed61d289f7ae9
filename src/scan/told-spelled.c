/*
 * Words of which is said how they are spelled. That is said of what somebody is to type: "the password is still barley, all lower case",
 * "Harebell77, capital H", "guest account, no caps, mothsarefuzzy". The words are lists of the rule:
 *   topics  how a word is spelled (all lower case, capital)   things  what is got into with it, and what it is called (login, password)
 *   acts    how one is told to type it (type, enter)          leads   what stands around it without a meaning (it's, written, still)
 *   others  what else is spelled for somebody: a surname, a heading
 */
#include "case/names.h"
#include "scan/told-private.h"

#define THINGS_BEFORE 120 /* bytes in which it is said what the word is for */
#define THINGS_BEHIND 60
#define LEADS_MAX 5
#define GAP_MAX 8         /* blanks and marks between two words */
#define WORD_LEAST 4      /* of letters; ODD_LEAST with digits or marks */
#define ODD_LEAST 6
#define WAY_MAX 24        /* of how it is spelled, before the last word */
#define VALUE_MAX 40
#define VALUE_WORDS 3

/* Back over blanks, line ends and those of the marks. */
static size_t gap_before(span text, size_t at, const char *marks)
{
	size_t from = at;

	while (from > 0 && at - from < GAP_MAX) {
		if (is_blank(text.p[from - 1]) || ascii_is_one_of(text.p[from - 1], marks))
			from--;
		else if (from > 2 && text.p[from - 3] == 0xe2 && text.p[from - 2] == 0x80 && (text.p[from - 1] == 0x93 || text.p[from - 1] == 0x94)) /* dashes */
			from -= 3;
		else
			break;
	}
	return from;
}

/* "capital H", "großem H", "H majuscule": one letter is named beside the word text[*at, *end), which grows by it. 0: it is another word; -1: none is. */
static int letter_named(span text, size_t *at, size_t *end)
{
	static const char *const words[] = {"capital", "majuscule", "mayúscula", "maiuscola", "hoofdletter", "großes", "grosses", "großem", "grossem", NULL};
	unsigned char w[WORD_MAX];
	size_t begin;
	span word;

	if (!span_is_one_of_nocase(span_sub(text, *at, *end - *at), words))
		return 0;
	word = word_behind(text, *end, w);
	if (word.n == 1 && ascii_is_alpha(word.p[0])) {
		while (!ascii_is_alpha(text.p[*end]))
			++*end;
		++*end;
		return word.p[0];
	}
	if (*at < 2 || text.p[*at - 1] != ' ' || (word = word_before(text, *at - 1, w, &begin)).n != 1 || !ascii_is_alpha(word.p[0]))
		return -1;
	*at = begin;
	return word.p[0];
}

/* Where the word ends that is spelled so: before `at`, and before words that only lead to how. */
static size_t word_end(const struct told_words *words, span text, size_t at)
{
	unsigned char w[WORD_MAX];
	size_t begin;
	span word;

	for (unsigned k = 0; k < LEADS_MAX; k++) {
		at = gap_before(text, at, ",;:.(-");
		if ((word = word_before(text, at, w, &begin)).n == 0 || !word_list_has(words->leads, word))
			break;
		at = begin;
	}
	return at;
}

/* The bytes of a mark of quoting that ends before `at`. */
static size_t quote_before(span text, size_t at)
{
	for (size_t n = 1; n <= 3 && n <= at; n++)
		if (quote_n(text, at - n) == n)
			return n;
	return 0;
}

/* What stands before `end` up to a blank, without its marks of quoting; *open is where those begin. A longer one than VALUE_MAX is cut. */
static span token_before(span text, size_t end, size_t *open)
{
	size_t from, close = quote_before(text, end), mark;

	end -= close;
	for (from = end; from > 0 && end - from <= VALUE_MAX && !is_blank(text.p[from - 1]) && !ascii_is_one_of(text.p[from - 1], "(<\"") && (mark = quote_before(text, from)) < 2;)
		from--;
	*open = from - quote_before(text, from);
	return span_sub(text, from, end - from);
}

/* A word as one types it: letters, and what may stand between them. */
static bool is_plain(span v)
{
	if (v.n < WORD_LEAST || v.n > VALUE_MAX || !is_letter(v.p[0]))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!is_letter(v.p[i]) && !ascii_is_digit(v.p[i]) && !(i > 0 && ascii_is_one_of(v.p[i], "'&+_-")) && !(i + 1 == v.n && v.p[i] == '!'))
			return false;
	return true;
}

/* Is it a word of the sentence, not one that is told? */
static bool is_listed(const struct told_words *words, span v)
{
	unsigned char w[WORD_MAX];
	size_t n = 0;

	(void)word_fold(v, 0, w, &n);
	v = span_of(w, n);
	return word_list_tells(words->others, v, true) || word_list_tells(words->things, v, true) || word_list_tells(words->acts, v, true) ||
	    word_list_has(words->leads, v) || word_list_has(words->topics, v) || (words->not_secret != NULL && word_list_has(words->not_secret, v));
}

/* How the sentence comes to the word at `at`. */
enum link { LINK_NONE, LINK_BESIDE, LINK_IS, LINK_SIGN, LINK_TYPED };

static enum link link_before(const struct told_words *words, span text, size_t at)
{
	static const char *const copulas[] = {"is", "it's", "its", "that's", "was", "remains", "ist", "lautet", "bleibt", "war", "est", "c'est", "reste", "sera", "es", "era", "è", "é", "blijft", "luidt", "jest", "är", NULL};
	static const char *const typed[] = {"word", "words", "wort", "mot", "palabra", "parola", "woord", "palavra", "with", "mit", "als", "avec", "con", "met", NULL};
	static const char *const particles[] = {"in", "ein", NULL}; /* "put in X" */
	static const char *const nouns[] = {"password", "pass", "pw", "passphrase", "passwort", "kennwort", "passe", "mdp", "contraseña", "clave", "wachtwoord", "senha", NULL}; /* "mot de passe X" */
	static const char *const articles[] = {"the", "a", "an", "das", "ein", "es", "une", "una", NULL}; /* what has one is a word of the sentence */
	unsigned char w[WORD_MAX];
	size_t begin;
	span word;

	for (unsigned k = 0; k < LEADS_MAX; k++) {
		size_t end = gap_before(text, at, "");

		if (end > 0 && ascii_is_one_of(text.p[end - 1], ":="))
			return LINK_SIGN;
		if (end == at || (word = word_before(text, end, w, &begin)).n == 0)
			return LINK_NONE;
		if (span_is_one_of(word, copulas) || span_ends_nocase(span_first(text, end), SPAN_LIT("'s")) || span_ends_nocase(span_first(text, end), SPAN_LIT("’s")))
			return LINK_IS;
		if (span_is_one_of(word, typed) || word_list_tells(words->acts, word, true))
			return LINK_TYPED;
		if (k == 0 && span_is_one_of(word, nouns))
			return LINK_BESIDE;
		if (!span_is_one_of(word, particles) && (!word_list_has(words->leads, word) || span_is_one_of(word, articles)))
			return LINK_NONE;
		at = begin;
	}
	return LINK_NONE;
}

/*
 * Is it told what a word at text[at, end) is for, and nearer than what else may be spelled? Of a word that is typed it may be told
 * behind.
 */
static bool is_for_something(const struct told_words *words, span text, size_t at, size_t end, enum link link)
{
	size_t from = at > THINGS_BEFORE ? at - THINGS_BEFORE : 0;
	size_t thing = word_list_last(words->things, text, from, at), other = word_list_last(words->others, text, from, at);

	if (thing == SIZE_MAX)
		return link == LINK_TYPED && other == SIZE_MAX && word_list_near(words->things, text, end, text.n - end > THINGS_BEHIND ? end + THINGS_BEHIND : text.n);
	return other == SIZE_MAX || other < thing;
}

static bool has_capital(span v) { return (v.p[0] >= 'A' && v.p[0] <= 'Z') || (v.n > 1 && v.p[0] == 0xc3 && v.p[1] >= 0x80 && v.p[1] <= 0x9e); }

/* "Quince Jelly, capital Q and J", "blue heron, two words": where the first of the words begins of which v is the last. */
static size_t phrase_start(const struct told_words *words, span text, span v, size_t at, bool two)
{
	for (unsigned k = 1; k < VALUE_WORDS && at > 1 && text.p[at - 1] == ' ' && (two ? k == 1 : has_capital(v)); k++) {
		size_t open;
		span before = token_before(text, at - 1, &open);

		if (!is_plain(before) || is_listed(words, before) || has_capital(before) != has_capital(v))
			break;
		at = open;
	}
	return at;
}

/* Is the letter in it, in either case? 0 is in each. */
static bool has_letter(span v, int letter)
{
	unsigned char capital = (unsigned char)(letter - 'a' + 'A');

	return letter == 0 || span_find_byte(v, (unsigned char)letter) < v.n || span_find_byte(v, capital) < v.n;
}

/* The word before text[at, end), which says how it is spelled; letter: that is a capital in it. False: there is none. */
static bool tell_before(const struct told_words *words, span text, size_t at, size_t end, int letter, told_found found, void *ctx)
{
	static const char *const pairs[] = {"two", "zwei", "deux", "dos", "due", "twee"};
	size_t open, from;
	span v = token_before(text, word_end(words, text, at), &open);
	struct candidate c = {.text = text, .at = (size_t)(v.p - text.p), .n = v.n};
	struct looks l;
	enum link link;
	bool two = false;

	if (v.n < WORD_LEAST || v.n > VALUE_MAX)
		return false;
	l = looks_of(v);
	if (l.lowers + l.uppers > 0 && v.n >= ODD_LEAST && has_letter(v, letter) && l.digits + l.symbols > 0 &&
	    ((letter != 0 && l.digits > 0 && ascii_lower(v.p[0]) == letter && has_capital(v) && is_plain(v)) || judge_secret(&c, STRENGTH_SLOT, words->not_secret, words->named) > 0))
		return (void)found(ctx, c.at, c.n, CERTAINTY_MEDIUM), true;
	/* nor "in capitals" before "no spaces" */
	if (!is_plain(v) || is_listed(words, v) || word_list_last(words->topics, text, c.at > WAY_MAX ? c.at - WAY_MAX : 0, c.at + c.n) == c.at + c.n)
		return false;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		two |= span_starts_nocase(span_from(text, at), span_str(pairs[i]));
	from = phrase_start(words, text, v, open, two);
	link = link_before(words, text, from);
	/* what is but said of a password; "starling" and "butterfly" are words for things, too */
	if (link == LINK_NONE || !has_letter(span_sub(text, from, c.at + c.n - from), letter) || (link <= LINK_IS && word_says_how(v) && (link == LINK_BESIDE || !(span_ends_nocase(v, SPAN_LIT("ing")) || span_ends_nocase(v, SPAN_LIT("ly"))))) ||
	    !is_for_something(words, text, from, end, link))
		return false;
	from += quote_n(text, from);
	return (void)found(ctx, from, c.at + c.n - from, CERTAINTY_MEDIUM), true;
}

/* "no caps, mothsarefuzzy", at the end of its line */
static void tell_behind(const struct told_words *words, span text, size_t at, size_t end, told_found found, void *ctx)
{
	size_t from = end, stop;
	span v;

	while (from < text.n && from - end < GAP_MAX && ascii_is_one_of(text.p[from], " \t,:;-"))
		from++;
	if (from < end + 2 || (ascii_is_one_of(text.p[end], " ") && text.p[end + 1] != '-'))
		return;
	from += quote_n(text, from);
	for (stop = from; stop < text.n && stop - from <= VALUE_MAX && !is_blank(text.p[stop]) && !ascii_is_one_of(text.p[stop], ".!") && quote_n(text, stop) == 0;)
		stop++;
	v = span_sub(text, from, stop - from);
	while (stop < text.n && text.p[stop] != '\n' && (ascii_is_one_of(text.p[stop], " \t\r.!") || quote_n(text, stop) > 0))
		stop += quote_n(text, stop) > 0 ? quote_n(text, stop) : 1;
	if (v.n > WORD_LEAST && (stop == text.n || text.p[stop] == '\n') && is_plain(v) && !is_listed(words, v) && is_for_something(words, text, at, at, LINK_NONE))
		(void)found(ctx, from, v.n, CERTAINTY_LOW);
}

void told_spelled(const struct told_words *words, span text, size_t at, size_t end, told_found found, void *ctx)
{
	int letter = letter_named(text, &at, &end);

	if (letter >= 0 && !tell_before(words, text, at, end, letter, found, ctx) && letter == 0)
		tell_behind(words, text, at, end, found, ctx);
}
