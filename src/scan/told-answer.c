/*
 * What only who knows it can say, told beside what asks for it: "the bank wants her mother's maiden name. It was Ockley", "if the alarm
 * people ring, the code word is limpet". The words are lists of the rule:
 *   topics  what is asked for (maiden name, code word)      things  who asks, or that somebody does (bank, verify)
 *   acts    how an answer is given (put, tell them)         leads   what may stand between "is" and the answer (now, still)
 *   others  what stands there and is none: "the code word is required"
 * A topic that is one of the things, too, is known for being asked.
 */
#include "case/names.h"
#include "scan/told-private.h"

#define ASKED_BEFORE 220 /* bytes in which somebody asks */
#define ASKED_BEHIND 120
#define OTHER_APART 140  /* and in which another topic stands */
#define AHEAD_MAX 140
#define MID_MAX 90       /* between the topic and what leads to the answer */
#define SENTENCES_MAX 4
#define NEAR_MAX 40
#define CLOSE_MAX 11     /* where it is but "the word" */
#define NEXT_MAX 10      /* "It was", "Ours is", before the verb */
#define VALUE_MAX 60
#define VALUE_WORDS 5
#define ENOUGH 5

/* How the sentence comes to the answer, and what that is worth. */
enum link { LINK_NONE, LINK_BESIDE, LINK_COMMA, LINK_BRACKET, LINK_QUOTED, LINK_SIGN, LINK_IS, LINK_ASKED, LINK_GIVEN, N_LINKS };
static const int link_worth[N_LINKS] = {0, 1, 1, 2, 2, 3, 3, 3, 4};

struct answer { size_t at, end; bool quoted; };

/* What is asked for is a word, which may be any; what a pet or a street is called has a capital. */
static bool names_word(span topic)
{
	static const char *const words[] = {"word", "phrase", "wort", "losung", "parole", "mot ", "palabra", "parola", "woord", "answer", NULL};

	return span_has_one_of_nocase(topic, words);
}

/* "the most memorable place" */
static bool is_praised(span text, size_t at)
{
	static const char *const words[] = {"most", "very", "truly", "really", "such", "more", NULL};
	unsigned char w[WORD_MAX];
	size_t begin;

	return at > 0 && span_is_one_of(word_before(text, at - 1, w, &begin), words);
}

/* What is known of the topic before anything is said of it. */
struct topic { bool asked, word, bare; int worth; }; /* bare: but "the word" */

/* "3. First job? Baker": of a quiz */
static bool is_numbered(span text, size_t at)
{
	span line = span_trim(line_of(text, at));

	return line.n > 0 && ascii_is_digit(line.p[0]);
}

static struct topic topic_at(const struct told_words *words, span text, size_t at, size_t end)
{
	static const char *const articles[] = {"the ", "la ", "das "};
	static const char *const questions[] = {"question", "frage", "pregunta", "domanda", "vraag", NULL};
	size_t before = at > ASKED_BEFORE ? at - ASKED_BEFORE : 0, behind = text.n - end > ASKED_BEHIND ? end + ASKED_BEHIND : text.n;
	size_t last = word_list_last(words->things, text, before, at);
	unsigned n = word_list_near(words->things, text, end, behind);
	bool more = word_list_near(words->topics, text, at > OTHER_APART ? at - OTHER_APART : 0, at) || word_list_near(words->topics, text, end, text.n - end > OTHER_APART ? end + OTHER_APART : text.n);
	span s = span_sub(text, at, end - at);
	struct topic t = {.word = names_word(s)};

	if (last != SIZE_MAX)
		n += 1u + word_list_near(words->things, text, before, last - 1);
	for (size_t i = 0; i < sizeof articles / sizeof *articles; i++)
		t.bare |= span_starts_nocase(s, span_str(articles[i]));
	n += span_has_one_of_nocase(s, questions); /* "the answer to your secret question" */
	t.asked = n > t.bare;
	t.worth = (n > 1 ? 4 : n > 0 ? 3 : more && !is_numbered(text, at) ? 2 : 0) + (n > 0 && more) + word_list_near(words->things, text, at, end);
	return t;
}

/* "the manager and the": what is told is of something else */
static bool goes_elsewhere(span mid)
{
	static const char *const joins[] = {" and ", " und ", " et ", " y ", " e ", " en ", " but ", " aber ", " mais ", " pero ", NULL};
	static const char *const backs[] = {" it", " that", " das", " ours", " mine"};

	for (size_t i = 0; i < sizeof backs / sizeof *backs; i++)
		if (span_ends_nocase(span_trim(mid), span_str(backs[i])))
			return false;
	return span_has_one_of_nocase(mid, joins);
}

/* "you put", "tell them", "habe ich", before `at` */
static bool is_given(const struct told_words *words, span text, size_t end, size_t at)
{
	unsigned char w[WORD_MAX], v[WORD_MAX], two[PHRASE_MAX];
	size_t begin, first, last;
	span word, before;

	while (at > end && text.p[at - 1] == ' ') /* "Réponse :" */
		at--;
	word = word_before(text, at, w, &begin);
	if (word.n == 0 || begin < end || begin - end > MID_MAX || sentences_within(text, end, begin, &last) > 1 || (last > end && begin - last > NEAR_MAX))
		return false;
	if (word_list_tells(words->acts, word, true))
		return true;
	if (begin < end + 2 || text.p[begin - 1] != ' ' || (before = word_before(text, begin - 1, v, &first)).n == 0 || first < end)
		return false;
	return word_list_tells(words->acts, words_joined(before, word, two), false);
}

/* The verb that ends before `at`, past words that only say since when: is it "is", which tells of the topic that ends at `end`? */
static bool is_told_of(const struct told_words *words, span text, size_t end, size_t at)
{
	static const char *const copulas[] = {"is", "it's", "its", "that's", "was", "be", "ist", "lautet", "war", "est", "était", "es", "era", "è", "é", "luidt", "jest", "är", "er", NULL};
	static const char *const pronouns[] = {"das", "es", "der", "die", NULL};
	unsigned char w[WORD_MAX];
	size_t begin, last;

	for (unsigned k = 0; k < 4; k++) {
		span word;

		while (at > end && ascii_is_one_of(text.p[at - 1], " \t\r\n>"))
			at--;
		if (at <= end || (word = word_before(text, at, w, &begin)).n == 0 || begin < end)
			return false;
		if (span_is_one_of(word, copulas)) {
			/* "c'est" is read as "est" */
			span mid = span_sub(text, end, begin - end);

			switch (sentences_within(text, end, begin, &last)) {
			case 0: return mid.n <= MID_MAX && (!goes_elsewhere(mid) || is_given(words, text, end, begin)); /* "and the answer is" */
			case 1: return begin - last <= NEXT_MAX;
			default: return false;
			}
		}
		if (!word_list_tells(words->leads, word, true) && !span_is_one_of(word, pronouns)) /* "dann ist das X" */
			return false;
		at = begin;
	}
	return false;
}

/* What leads from the topic that ends at `end` to the token at `at`. */
static enum link link_before(const struct told_words *words, span text, size_t end, size_t at)
{
	size_t to = at, last, mark;
	bool below = false;
	span mid;

	while (to > end && ascii_is_one_of(text.p[to - 1], " \t\r\n>") && !(to > end + 1 && text.p[to - 1] == '>' && text.p[to - 2] == '-'))
		below |= text.p[--to] == '\n';
	mid = span_sub(text, end, to - end);
	if (mid.n == 0)
		return below ? LINK_NONE : LINK_BESIDE;
	for (mark = mid.n; mark > 0 && mid.p[mark - 1] != '?'; mark--)
		;
	if (mark > 0) {
		span behind = span_trim(span_from(mid, mark));

		/* "? A: X", and in a conversation "?", a line down who answers, and X */
		if (behind.n == 0 || (behind.n <= 2 && ascii_is_one_of(behind.p[0], "\"'")) || (behind.n <= NEAR_MAX && ascii_is_one_of(behind.p[behind.n - 1], ":=.") && sentences_within(text, (size_t)(behind.p - text.p), to - 1, &last) == 0))
			return LINK_ASKED;
	}
	if (ascii_is_one_of(mid.p[mid.n - 1], ":=") || span_ends_nocase(mid, SPAN_LIT("->")) || span_ends_nocase(mid, SPAN_LIT("→")))
		return (mid.n <= MID_MAX && sentences_within(text, end, to, &last) == 0) || is_given(words, text, end, to - 1) ? LINK_SIGN : LINK_NONE; /* ". You chose: X" */
	if ((mid.n == 1 && mid.p[0] == '-') || span_eq(span_trim(mid), SPAN_LIT("-")) || span_eq(span_trim(mid), SPAN_LIT("–")))
		return LINK_SIGN;
	if (ascii_is_one_of(mid.p[mid.n - 1], "(,"))
		return mid.n <= NEAR_MAX && sentences_within(text, end, to, &last) == 0 ? (mid.p[mid.n - 1] == '(' ? LINK_BRACKET : LINK_COMMA) : LINK_NONE;
	if (is_told_of(words, text, end, to))
		return LINK_IS;
	if (is_given(words, text, end, to))
		return LINK_GIVEN;
	return LINK_NONE;
}

static bool is_capital(span text, size_t at)
{
	span s = span_from(text, at);

	return s.n > 1 && ((s.p[0] >= 'A' && s.p[0] <= 'Z') || (s.p[0] == 0xc3 && s.p[1] >= 0x80 && s.p[1] <= 0x9e));
}

/* Behind the letters and digits of the word at `at`, a dash or apostrophe within and the full stop of "St." allowed. */
static size_t word_stop(span text, size_t at)
{
	static const char *const titles[] = {"Mr", "Mrs", "Ms", "Dr", "St", "Sr", "Sra", "Fr", "Hr", "Mme"};
	size_t i = at;

	while (i < text.n && (is_letter(text.p[i]) || ascii_is_digit(text.p[i]) || (i > at && ascii_is_one_of(text.p[i], "-'") && i + 1 < text.n && is_letter(text.p[i + 1]))) &&
	    !span_starts(span_from(text, i), SPAN_LIT("”")) && !span_starts(span_from(text, i), SPAN_LIT("»")) && !span_starts(span_from(text, i), SPAN_LIT("–")))
		i++;
	for (size_t k = 0; k < sizeof titles / sizeof *titles && i + 1 < text.n && text.p[i] == '.' && text.p[i + 1] == ' '; k++)
		if (span_eq(span_sub(text, at, i - at), span_str(titles[k])))
			i++;
	return i;
}

/* Does what is said end at `end`, or go on with what the answer is for? */
static bool ends_answer(span text, size_t end)
{
	static const char *const words[] = {"and", "und", "et", "y", "e", "en", "but", "from", "for", "as", "there", "with", "mit", "avec", "con", "met", "if", "when", "before", "hinterlegt", "angegeben", "eingetragen", "sagen", "ingevuld", "gezet", "zeggen", NULL};
	unsigned char w[WORD_MAX];
	size_t blank = end;

	while (blank < text.n && ascii_is_one_of(text.p[blank], " \t\r"))
		blank++;
	if (blank == text.n || ascii_is_one_of(text.p[blank], "\n,;)("))
		return true;
	if (ascii_is_one_of(text.p[end], ".!"))
		return end + 1 == text.n || is_blank(text.p[end + 1]) || ascii_is_one_of(text.p[end + 1], ")\"'!.");
	return text.p[end] == ' ' && span_is_one_of(word_behind(text, end, w), words);
}

/* The words at `at` that could be the answer; low: small letters may begin it; whole: it goes on to where the clause ends. */
static bool answer_at(span text, size_t at, bool low, bool whole, struct answer *out)
{
	static const char *const particles[] = {"the", "of", "de", "del", "la", "le", "du", "des", "der", "von", "van", "den", "over", "upon", "on", "sur", "les", "am", "an", "in", "di", "y", NULL};
	size_t quote = quote_n(text, at), i = at + quote, words = 1, next, past;
	unsigned char w[WORD_MAX];

	i += quote > 0 && i < text.n && text.p[i] == ' '; /* "« X »" */
	*out = (struct answer){.at = i, .quoted = quote > 0};
	if (quote > 0) {
		while (i < text.n && i - out->at < VALUE_MAX && quote_n(text, i) == 0 && !ascii_is_one_of(text.p[i], "\r\n<>?"))
			i++;
		for (out->end = i; out->end > out->at && ascii_is_one_of(text.p[out->end - 1], " .,"); out->end--)
			;
		return i < text.n && quote_n(text, i) > 0 && out->end - out->at > 2 && is_letter(text.p[out->at]);
	}
	if (!(is_capital(text, i) || (low && i < text.n && is_letter(text.p[i]))))
		return false;
	for (out->end = word_stop(text, i); words < VALUE_WORDS && out->end + 1 < text.n && text.p[out->end] == ' '; words++) {
		span behind;

		next = out->end + 1;
		past = word_stop(text, next);
		if (past == next)
			break;
		behind = word_behind(text, out->end, w);
		if (is_capital(text, next) || (words > 0 && past - next <= 4 && ascii_is_digit(text.p[next]))) {
			out->end = past;
			continue;
		}
		if (span_is_one_of(behind, particles) && past + 1 < text.n && text.p[past] == ' ' && is_capital(text, past + 1)) {
			out->end = word_stop(text, past + 1);
			continue;
		}
		if (!whole || ends_answer(text, out->end))
			break;
		out->end = past;
	}
	return out->end - out->at > 2 && out->end - out->at <= VALUE_MAX && ends_answer(text, out->end);
}

/* Is it none by its words? said: of the topic something may be said, too. */
static bool is_no_answer(const struct told_words *words, span v, bool quoted, bool said)
{
	unsigned char w[WORD_MAX];
	size_t n = 0;
	span first;

	(void)word_fold(v, 0, w, &n);
	first = span_of(w, n);
	if (word_list_tells(words->others, first, true) || word_list_tells(words->acts, first, true) || word_list_tells(words->leads, first, true) || word_list_near(words->topics, v, 0, v.n))
		return true;
	if (quoted || (v.p[0] >= 'A' && v.p[0] <= 'Z'))
		return false;
	return word_list_has(words->things, first) || (span_find_byte(v, ' ') == v.n && ((said && word_says_how(v)) || (words->not_secret != NULL && word_list_has(words->not_secret, v))));
}

void told_answer(const struct told_words *words, span text, size_t at, size_t end, told_found found, void *ctx)
{
	size_t stop = text.n - end > AHEAD_MAX ? end + AHEAD_MAX : text.n, past;
	struct topic topic;

	if (is_praised(text, at))
		return;
	topic = topic_at(words, text, at, end);
	for (size_t k; end < stop && ((k = quote_n(text, end)) > 0 || text.p[end] == ')');) /* "first pet", you put X; (nom de ton chien) : X */
		end += k > 0 ? k : 1;
	for (size_t i = end, ends = 0; i < stop && ends < SENTENCES_MAX; i = past) {
		struct answer v;
		enum link link;
		size_t last;

		past = i + 1;
		ends += sentence_ends(text, i);
		if (!is_letter(text.p[i]) && quote_n(text, i) == 0)
			continue;
		for (past = i + 1; past < stop && !is_blank(text.p[past]); past++)
			ends += sentence_ends(text, past);
		link = link_before(words, text, end, i);
		if (link == LINK_BESIDE && topic.bare)
			return;
		if (link == LINK_NONE && quote_n(text, i) > 0 && sentences_within(text, end, i, &last) == 0)
			link = LINK_QUOTED;
		/* of what nobody asks for things are said; "the word of the day is X" */
		if ((link == LINK_IS && !topic.asked) || (topic.bare && (i - end > CLOSE_MAX || !topic.asked)))
			return;
		if (link != LINK_NONE && !says_no(span_sub(text, end, i - end)) && answer_at(text, i, link == LINK_SIGN || link == LINK_ASKED || (topic.word && (link == LINK_IS || link == LINK_GIVEN)), link == LINK_SIGN || link == LINK_ASKED, &v) &&
		    !is_no_answer(words, span_sub(text, v.at, v.end - v.at), v.quoted, link == LINK_IS || link == LINK_GIVEN)) {
			int sum = topic.worth + link_worth[link] + (topic.word && link == LINK_SIGN) + (v.quoted && link != LINK_QUOTED) + (link == LINK_GIVEN && span_find_byte(span_sub(text, end, i - end), '?') < i - end);

			if (sum >= ENOUGH)
				(void)found(ctx, v.at, v.end - v.at, sum > ENOUGH + 1 ? CERTAINTY_MEDIUM : CERTAINTY_LOW);
			return;
		}
	}
}
