/*
 * Passwords that are a plain word, told in a sentence: "the tills open with the password wheelbarrow", "it is still Gartenzwerg". Nothing
 * about the word says that it is one, so each word near the noun is weighed by how the sentence leads to it and by how it goes on
 * behind. The words are lists of the rule:
 *   topics  what a password is called       things  who logs in (user, as)
 *   acts    how one is given (type, enter)  leads   what may stand between "is" and the word (now, still)
 *   others  what stands there and is none: "password list", "the password is optional"
 */
#include "case/names.h"
#include "scan/told-private.h"

#define AHEAD_MAX 110 /* bytes behind the noun, or before it */
#define BACK_MAX 80
#define ENOUGH 4
#define WORD_LEAST 5
#define WORD_MOST 24

/* The word text[at, end) in letters, a dash within allowed, and what stands around it. */
struct plain { size_t at, end, open, close; bool quoted; };

static bool is_one_of_words(const char *const words[], span w) { return w.n > 0 && span_is_one_of(w, words); }

size_t quote_n(span text, size_t at)
{
	span rest = span_from(text, at);

	if (rest.n > 0 && ascii_is_one_of(rest.p[0], "\"'`*"))
		return 1;
	if (rest.n > 1 && rest.p[0] == 0xc2 && (rest.p[1] == 0xab || rest.p[1] == 0xbb))
		return 2;
	return rest.n > 2 && rest.p[0] == 0xe2 && rest.p[1] == 0x80 && rest.p[2] >= 0x98 && rest.p[2] <= 0x9f ? 3 : 0;
}

/* The word that begins at `at`, which is no letter's middle; false: what stands there is no plain word. */
static bool plain_at(span text, size_t at, struct plain *w)
{
	size_t n = quote_n(text, at), i, k;

	*w = (struct plain){.open = at, .at = at + n, .quoted = n > 0};
	for (i = w->at; i < text.n && (is_letter(text.p[i]) || (text.p[i] == '-' && i > w->at && i + 1 < text.n && is_letter(text.p[i + 1]))); i++)
		if (text.p[i] == 0xe2 || text.p[i] == 0xc2)
			break;
	w->end = w->close = i;
	if (n > 0) {
		if ((k = quote_n(text, i)) == 0)
			return false;
		w->close = i + k;
	}
	if (w->end - w->at < (size_t)WORD_LEAST - w->quoted || w->end - w->at > WORD_MOST)
		return false;
	return w->close >= text.n || is_blank(text.p[w->close]) || ascii_is_one_of(text.p[w->close], ".,;)!:");
}

/* Could the word be one? Not what the lists have, in whichever form, nor a part of the sentence that ends like one. */
static bool could_be(const struct told_words *words, span text, const struct plain *w)
{
	unsigned char folded[WORD_MAX];
	size_t n = 0;
	span v = span_sub(text, w->at, w->end - w->at), low;

	if (looks_of(v).uppers > 3 || is_something_else(v))
		return false;
	for (size_t i = 0; i < v.n;) {
		size_t next = word_fold(v, i, folded, &n);

		if (next == i && n < WORD_MAX - 1)
			folded[n++] = v.p[next++];
		i = next > i ? next : i + 1;
	}
	low = span_of(folded, n);
	if (word_list_tells(words->others, low, true) || word_list_tells(words->topics, low, true) || word_list_tells(words->acts, low, true) ||
	    word_list_tells(words->leads, low, true) || word_list_tells(words->things, low, true))
		return false;
	return words->not_secret == NULL || (!word_list_has(words->not_secret, v) && !word_list_has(words->not_secret, low));
}

/* What makes "password" a noun of its own, where the word is not directly behind: "password for the tills is", not "password field is". */
static bool goes_on(span text, size_t at)
{
	static const char *const words[] = {"for", "to", "of", "on", "at", "in", "from", "with", "until", "bis", "ab", "jusqu", "hasta", "is", "hasn't", "has", "no", "non", "ne", "n", "hat", "are", "was", "it's", "that's", "remains", "i", "we", "you", "für", "fürs", "zum", "zur", "zu", "vom",
	    "von", "der", "des", "im", "am", "auf", "ist", "lautet", "war", "bleibt", "dazu", "hier", "pour", "de", "du", "des", "sur", "au", "à", "d", "est", "c", "reste", "para", "del", "en", "es", "sigue", "era",
	    "per", "di", "della", "del", "è", "resta", "van", "voor", "op", "blijft", "luidt", "do", "da", "é", "k", "ke", "na", "je", "jest", "till", "til", "är", "er", NULL};
	unsigned char folded[WORD_MAX];
	size_t next = at;
	span w;

	while (next < text.n && ascii_is_one_of(text.p[next], " \t,"))
		next++;
	if (next < text.n && ascii_is_one_of(text.p[next], ":(="))
		return true;
	w = word_behind(text, next, folded);
	return is_one_of_words(words, w) || next > at + 1 || (at < text.n && text.p[at] == '\'');
}

/* "is still X for everyone", "sigue siendo X para todos": whose it is as before; what is but said of a password is said without "still" */
static bool is_everybodys(span text, const struct plain *w)
{
	static const char *const stills[] = {"still", "always", "remains", "noch", "immer", "weiterhin", "bleibt", "toujours", "encore", "reste", "siendo", "sempre", "ancora", "resta", "rimane", "nog", "altijd", "blijft", "ainda", "ser", NULL};
	static const char *const all[] = {" for everyone", " for everybody", " for all", " for both", " for the whole", " everywhere", " as always", " as ever", " für alle", " für beide", " überall", " wie immer", " wie bisher", " pour tou",
	    " pour les deux", " partout", " comme toujours", " comme avant", " para tod", " para los dos", " para las dos", " como siempre", " como sempre", " per tutt", " ovunque", " come sempre", " come prima", " voor iedereen", " voor allemaal", " zoals altijd", NULL};
	unsigned char folded[WORD_MAX];
	size_t begin, end = w->open;

	while (end > 0 && ascii_is_one_of(text.p[end - 1], " \t\r\n>"))
		end--;
	if (end == 0 || !is_one_of_words(stills, word_before(text, end, folded, &begin)))
		return false;
	for (size_t i = 0; all[i] != NULL; i++)
		if (span_starts_nocase(span_from(text, w->close), span_str(all[i])))
			return true;
	return false;
}

/* How the sentence goes on behind the word; 0: as behind any word. */
static int tail_worth(span text, const struct plain *w)
{
	/* "with the password X you get in" */
	static const char *const gets[] = {"you", "kommst", "kommt", "kommen", "gelangst", "gelangen", "gelangt", "kannst", "könnt", "lässt", "vous", "tu", "entras", "entra", "puedes", "kom", "kun", NULL};
	static const char *const next_acts[] = {"press", "click", "hit", "confirm", "log", "start", "drücke", "drücken", "klicke", "klicken", "bestätige", "appuie", "appuyez", "clique", "cliquez",
	    "valide", "validez", "pulsa", "pulse", "premi", "druk", NULL};
	unsigned char folded[WORD_MAX];
	size_t at = w->close;
	span behind = span_from(text, at), next;

	if (is_everybodys(text, w))
		return 1;
	if (sentence_ends(text, at))
		return text.p[at < text.n ? at : 0] == '?' && at < text.n ? -ENOUGH : 1;
	if (behind.p[0] == ')' || behind.p[0] == ';' || behind.p[0] == '\n' || behind.p[0] == '\r')
		return 1;
	/* "toast, boot menu F12", but not "Miller, Jones" */
	if (behind.p[0] == ',')
		return behind.n > 2 && behind.p[1] == ' ' && !(behind.p[2] >= 'A' && behind.p[2] <= 'Z') ? 1 : 0;
	next = word_behind(text, at, folded);
	if (is_one_of_words(gets, next))
		return 1;
	if (!span_eq(next, SPAN_LIT("and")) && !span_eq(next, SPAN_LIT("und")) && !span_eq(next, SPAN_LIT("et")) && !span_eq(next, SPAN_LIT("y")))
		return w->quoted ? 1 : 0;
	next = word_behind(text, at + 1 + next.n, folded);
	return w->quoted || is_one_of_words(next_acts, next) ? 1 : 0;
}

bool says_no(span s)
{
	static const char *const words[] = {" not ", "n't ", "never ", " no ", "nicht ", " kein", " nie ", " pas ", " jamais ", "nunca ", " non ", " niet ", " não ", "avoid ", "instead of ",
	    "such as ", "like ", "example", "beispiel", "exemple", "ejemplo", " whether ", " ob ", NULL};

	return span_has_one_of_nocase(s, words);
}

/* "has not changed, it is still X" */
static bool says_unchanged(span s)
{
	static const char *const words[] = {"n't changed", "not changed", "nicht geändert", "no cambia", "no ha cambiado", "no se ha cambiado", "pas changé", "ne change pas", "non è cambiata", "non cambia", "niet gewijzigd", "niet veranderd", "não mudou", NULL};

	return span_has_one_of_nocase(s, words);
}

/* The words before `at` back to what is none of the rule's adverbs: is it "is"? *begin is where that begins. */
static bool is_told_by_copula(const struct told_words *words, span text, size_t at, size_t least, size_t *begin)
{
	static const char *const copulas[] = {"is", "it's", "that's", "was", "remains", "ist", "lautet", "war", "bleibt", "est", "reste", "était", "es", "sigue", "era", "è", "resta", "é", "blijft", "luidt", "je", "jest", "är", NULL};
	unsigned char folded[WORD_MAX];

	for (unsigned k = 0; k < 4; k++) {
		span w;
		size_t end = at;

		while (end > least && ascii_is_one_of(text.p[end - 1], " \t\r\n>"))
			end--;
		if ((w = word_before(text, end, folded, begin)).n == 0 || *begin < least)
			return false;
		if (is_one_of_words(copulas, w))
			return true;
		if (!word_list_tells(words->leads, w, true))
			return false;
		at = *begin;
	}
	return false;
}

/* "i.e.", "namely", "the word": what follows is another name for what was said. */
static bool is_apposed(span before)
{
	static const char *const ends[] = {"i.e.", "ie", "namely", "nämlich", "und zwar", "d.h.", "das heißt", "à savoir", "c.-à-d.", "es decir", "o sea", "cioè", "oftewel", "ou seja",
	    "the word", "the single word", "das wort", "le mot", "la palabra", "la parola", "het woord", "a palavra"};

	if (span_ends_nocase(before, SPAN_LIT(", also"))) /* in German, and no English "it is also" */
		return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_ends_nocase(before, span_str(ends[i])) && (before.n == strlen(ends[i]) || !is_letter(before.p[before.n - strlen(ends[i]) - 1])))
			return true;
	return false;
}

/* "is the name of our boat," before the word: that name */
static bool names_something(span before)
{
	static const char *const names[] = {" name of ", "'s name", " name d", " name unser", " name mein", " name von ", " nom d", " nombre de", " nome d", " naam van ", NULL};

	return before.p[before.n - 1] == ',' && span_find_byte(before, ',') + 1 == before.n && span_has_one_of_nocase(before, names);
}

/* What stands before the noun: by what means ("with the password"), whose it is, or what makes the noun a part of something else. */
struct before { bool means, bracket, of_other, user, asked; };

static struct before before_noun(const struct told_words *words, span text, size_t at, size_t start)
{
	static const char *const articles[] = {"the", "a", "its", "our", "your", "my", "this", "new", "same", "dem", "das", "le", "la", "el", "il", "het", "de", "o", NULL};
	static const char *const means[] = {"with", "by", "using", "mit", "avec", "con", "met", "com", "under", NULL};
	static const char *const others[] = {"for", "of", "without", "für", "von", "ohne", "pour", "du", "sans", "para", "sin", "per", "senza", "zonder", "about", NULL};
	static const char *const asked[] = {"when ", "if ", "once ", "wenn ", "falls ", "quand ", "lorsqu", "cuando ", "quando ", "als er ", "asks for", "prompts for", "wants a", NULL};
	static const char *const ands[] = {"and", "und", "et", "y", "e", "en", NULL};
	static const char *const chosen[] = {"as", "als", "comme", "como", "come", NULL}; /* "as password I chose X" */
	struct before b = {0};
	unsigned char folded[WORD_MAX], other[WORD_MAX];
	size_t i = at, begin;
	bool named = false;
	span w;

	while (i > start && (ascii_is_one_of(text.p[i - 1], " \t") || quote_n(text, i - 1) == 1))
		i--;
	b.bracket = i > start && (text.p[i - 1] == '(' || text.p[i - 1] == ',');
	w = word_before(text, i, folded, &begin);
	if (is_one_of_words(articles, w) && begin > start) {
		i = begin - 1;
		w = word_before(text, i, folded, &begin);
	}
	/* "log in with user balie and password X", but no "user name and password combination" */
	if (is_one_of_words(ands, w) && begin > start + 1) {
		span name = word_before(text, begin - 1, other, &i);

		named = name.n > 0 && !word_list_tells(words->things, name, true) && !word_list_tells(words->others, name, true) && !word_list_tells(words->topics, name, true);
	}
	b.means = is_one_of_words(means, w) && (begin == start || is_blank(text.p[begin - 1]));
	b.of_other = is_one_of_words(others, w);
	b.asked = is_one_of_words(chosen, w) || span_has_one_of_nocase(span_sub(text, start, at - start), asked);
	for (i = start; i < at; i++) {
		size_t n = 0;

		if (!is_letter(text.p[i]))
			continue;
		i = word_fold(span_first(text, at), i, folded, &n);
		b.user |= n > 0 && word_list_tells(words->things, span_of(folded, n), true);
	}
	b.bracket |= named;
	return b;
}

/* How much text[from, w), which stands between the noun and the word, leads up to it. */
static int lead_worth(const struct told_words *words, span text, size_t from, const struct plain *w, const struct before *b)
{
	unsigned char folded[WORD_MAX];
	size_t begin, end = w->open;
	span between, word;

	while (end > from && ascii_is_one_of(text.p[end - 1], " \t\r\n>"))
		end--;
	between = span_sub(text, from, end - from);
	if (between.n == 0) /* "the password wheelbarrow", but not "with the password supplied" */
		return !w->quoted && word_says_how(span_sub(text, w->at, w->end - w->at)) ? 0 : (w->quoted ? 4 : 1) + (b->means ? 2 : 0) + (b->user && b->bracket ? 2 : 0);
	if (is_apposed(between) || names_something(between))
		return 4;
	if (!goes_on(text, from) && !b->asked)
		return 0;
	if (span_find_byte(between, ';') < between.n && !span_ends_nocase(between, SPAN_LIT(" is")))
		return 0;
	if (between.p[between.n - 1] == ':') /* not "passwords for: Miller" */
		return span_ends_nocase(between, SPAN_LIT("for:")) || span_ends_nocase(between, SPAN_LIT("für:")) || span_ends_nocase(between, SPAN_LIT("pour :")) ||
		    span_find_byte(between, ',') < between.n || span_find_byte(between, ':') + 1 < between.n ? 0 : 3;
	if (is_told_by_copula(words, text, w->open, from, &begin)) {
		span whole = span_sub(text, from, begin - from);
		size_t comma = span_find_byte(whole, ',');

		/* what else is said to be something is not the password */
		return b->of_other || comma + 6 < whole.n || (!w->quoted && word_says_how(span_sub(text, w->at, w->end - w->at))) ? 0 : 3;
	}
	word = word_before(text, end, folded, &begin);
	return b->asked && word.n > 0 && begin > from && word_list_tells(words->acts, word, true) ? 3 : 0;
}

/* German nouns have capitals: what has none is no word for a thing, where no marks are around it. */
static bool wants_capital(span text, size_t at, size_t end)
{
	span noun = span_sub(text, at, end - at);

	return span_ends_nocase(noun, SPAN_LIT("passwort")) || span_ends_nocase(noun, SPAN_LIT("kennwort"));
}

/* "we use wheelbarrow as the password", "type sunflower when it asks for the password": the word stands before its noun. */
static bool tell_before(const struct told_words *words, span text, size_t at, size_t end, size_t start, struct plain *out)
{
	static const char *const links[] = {"as", "als", "comme", "como", "come", "for", NULL};
	static const char *const times[] = {"when", "where", "if", "once", "wenn", "sobald", "quand", "lorsque", "cuando", "quando", "wanneer", NULL};
	unsigned char folded[WORD_MAX];
	/* "your phone as the password": no name of its own */
	static const char *const articles[] = {"the", "a", "an", "your", "my", "our", "their", "his", "her", "den", "die", "das", "dem", "der", "einen", "eine", "ein", "ihren", "deinen", "euren", "le", "la", "les", "un", "une",
	    "votre", "ton", "el", "los", "las", "una", "su", "tu", "il", "lo", "het", "een", "o", "os", NULL};
	/* "bitte X als Passwort eingeben" */
	bool given = word_list_tells(words->acts, word_behind(text, end, folded), true), verb = false;

	for (size_t i = start; i < at;) {
		struct plain w;
		size_t n = 0, next;
		span behind;

		if (is_blank(text.p[i])) {
			i++;
			continue;
		}
		if ((verb || given) && plain_at(text, i, &w) && w.close < at && could_be(words, text, &w) && !word_says_how(span_sub(text, w.at, w.end - w.at)) && (w.quoted || !is_one_of_words(articles, word_before(text, i > 0 ? i - 1 : 0, folded, &next)))) {
			behind = word_behind(text, w.close, folded);
			next = w.close + 1 + behind.n;
			if (is_one_of_words(links, behind) && text.p[w.close] == ' ' && at - next < 12 && span_find_byte(span_sub(text, next, at - next), ',') == at - next &&
			    !span_starts_nocase(span_from(text, next), SPAN_LIT(" a ")) && !span_starts_nocase(span_from(text, next), SPAN_LIT(" ein "))) {
				*out = w;
				return true;
			}
			if (is_one_of_words(times, behind) && at - next < 44) {
				*out = w;
				return true;
			}
		}
		n = 0;
		next = is_letter(text.p[i]) ? word_fold(span_first(text, at), i, folded, &n) : i + 1;
		verb = n > 0 ? word_list_tells(words->acts, span_of(folded, n), true) || (verb && n < 5) : verb && quote_n(text, i) > 0;
		i = next > i ? next : i + 1;
		/* the rest of a word that is none of letters alone */
		while (i < at && !is_blank(text.p[i]) && !is_letter(text.p[i]))
			i++;
	}
	return false;
}

/* "sunflower is our wifi password": the word begins the sentence that ends with its noun, or goes on with whom it is for. */
static bool tell_subject(const struct told_words *words, span text, size_t at, size_t end, size_t start, struct plain *out)
{
	static const char *const copulas[] = {"is", "ist", "est", "es", "è", "é", "jest", "är", "er", NULL};
	static const char *const whose[] = {"for", "für", "pour", "para", "per", "voor", "dla", "för", NULL};
	enum { BETWEEN = 24 };
	unsigned char folded[WORD_MAX];
	size_t i = start, from;
	span copula;

	while (i < at && ascii_is_one_of(text.p[i], " \t\r\n>"))
		i++;
	if (!plain_at(text, i, out) || out->close + 3 > at || !could_be(words, text, out) || word_says_how(span_sub(text, out->at, out->end - out->at)))
		return false;
	copula = word_behind(text, out->close, folded);
	if (text.p[out->close] != ' ' || !is_one_of_words(copulas, copula))
		return false;
	from = out->close + 1 + copula.n;
	if (from >= at || at - from > BETWEEN)
		return false;
	for (; from < at; from++)
		if (!is_letter(text.p[from]) && text.p[from] != ' ' && text.p[from] != '-')
			return false;
	return sentence_ends(text, end) || is_one_of_words(whose, word_behind(text, end, folded));
}

void told_plain(const struct told_words *words, span text, size_t at, size_t end, told_found found, void *ctx)
{
	size_t start = at, stop = end, least = at > BACK_MAX ? at - BACK_MAX : 0, most = text.n - end > AHEAD_MAX ? end + AHEAD_MAX : text.n;
	bool capital = wants_capital(text, at, end);
	unsigned char folded[WORD_MAX];
	struct before b;
	struct plain w;

	while (start > least && !sentence_ends(text, start - 1))
		start--;
	while (stop < most && !sentence_ends(text, stop))
		stop++;
	if ((at > 0 && ascii_is_one_of(text.p[at - 1], "_.${/<")) || (end < text.n && (ascii_is_one_of(text.p[end], "_({[<") || (text.p[end] == '.' && end + 1 < text.n && is_letter(text.p[end + 1])))))
		return;
	if ((says_no(span_sub(text, start, stop - start)) && !says_unchanged(span_sub(text, start, stop - start))) || (stop < text.n && text.p[stop] == '?'))
		return;
	/* not "as the password hint" */
	if ((sentence_ends(text, end) || text.p[end] != ' ' || goes_on(text, end) || word_list_tells(words->acts, word_behind(text, end, folded), true)) && tell_before(words, text, at, end, start, &w) && !found(ctx, w.at, w.end - w.at, CERTAINTY_LOW))
		return;
	if (tell_subject(words, text, at, end, start, &w) && !found(ctx, w.at, w.end - w.at, CERTAINTY_LOW))
		return;
	b = before_noun(words, text, at, start);
	for (size_t i = end; i < stop;) {
		int lead;

		if (is_blank(text.p[i])) {
			i++;
			continue;
		}
		if ((i == end || is_blank(text.p[i - 1])) && plain_at(text, i, &w) && could_be(words, text, &w) && (lead = lead_worth(words, text, end, &w, &b)) > 0 &&
		    (w.quoted || lead == 4 || !capital || (b.user && b.bracket) || (text.p[w.at] < 'a' || text.p[w.at] > 'z'))) {
			int tail = tail_worth(text, &w);

			if (tail > 0 && lead + tail >= ENOUGH) {
				(void)found(ctx, w.at, w.end - w.at, CERTAINTY_LOW);
				return;
			}
		}
		while (i < stop && !is_blank(text.p[i]))
			i++;
	}
}
