/* How odd a word is that stands in a sentence: what nobody writes but as a password, and what is odd by nature and none. */
#include "case/names.h"
#include "scan/private.h"

static bool is_vowel(unsigned char c)
{
	return c >= 0x80 || ascii_is_one_of(ascii_lower(c), "aeiouy");
}

/* A piece of a word, letters or digits with none of either behind it. */
struct piece {
	size_t n, letters, digits, head, tail; /* head: letters before its first digit; tail: digits at its end */
	bool vowel, capital, leet;       /* leet: a digit that stands for a letter, "gr4nite" */
};

/* The next piece from *at on; past the mark behind it. */
static struct piece piece_next(span v, size_t *at)
{
	struct piece p = {.capital = *at < v.n && v.p[*at] >= 'A' && v.p[*at] <= 'Z'};
	size_t i = *at;

	for (; i < v.n && (ascii_is_digit(v.p[i]) || is_letter(v.p[i])); i++) {
		bool digit = ascii_is_digit(v.p[i]);

		p.letters += !digit;
		p.head += !digit && p.digits == 0;
		p.digits += digit;
		p.tail = digit ? p.tail + 1 : 0;
		p.vowel |= !digit && is_vowel(v.p[i]);
		p.leet |= digit && ascii_is_one_of(v.p[i], "013457") && i > *at && i + 1 < v.n && is_letter(v.p[i - 1]) && v.p[i + 1] >= 'a' && v.p[i + 1] <= 'z';
	}
	p.n = i - *at;
	p.leet &= p.letters > 3;
	*at = i + 1;
	return p;
}

/* "Jan-20-02", "Apr03-Dec03", "Oct.18th", "Monday18": months, days and numbers */
static bool is_of_months(span v)
{
	static const span words[] = {SPAN_LIT("january"), SPAN_LIT("february"), SPAN_LIT("march"), SPAN_LIT("april"), SPAN_LIT("may"), SPAN_LIT("june"), SPAN_LIT("july"),
	    SPAN_LIT("august"), SPAN_LIT("september"), SPAN_LIT("sept"), SPAN_LIT("october"), SPAN_LIT("november"), SPAN_LIT("december"), SPAN_LIT("januar"),
	    SPAN_LIT("februar"), SPAN_LIT("mai"), SPAN_LIT("juni"), SPAN_LIT("juli"), SPAN_LIT("oktober"), SPAN_LIT("dezember"), SPAN_LIT("monday"),
	    SPAN_LIT("tuesday"), SPAN_LIT("wednesday"), SPAN_LIT("thursday"), SPAN_LIT("friday"), SPAN_LIT("saturday"), SPAN_LIT("sunday"), SPAN_LIT("year"),
	    SPAN_LIT("years"), SPAN_LIT("th"), SPAN_LIT("st"), SPAN_LIT("nd"), SPAN_LIT("rd"), SPAN_LIT("to"), SPAN_LIT("q"), SPAN_LIT("fy"), SPAN_LIT("h")};
	bool month = false;

	for (size_t i = 0, n; i < v.n; i += n + (n == 0)) {
		bool found = false;

		for (n = 0; i + n < v.n && is_letter(v.p[i + n]);)
			n++;
		for (size_t k = 0; n > 0 && k < sizeof words / sizeof *words && !found; k++) {
			found = n <= words[k].n && (n > 2 || n == words[k].n) && span_eq_nocase(span_sub(v, i, n), span_first(words[k], n));
			month |= found && n > 2;
		}
		if (n > 0 && !found)
			return false;
	}
	return month;
}

/* "US$9-billion", "mid-$70s": the sign before a number and behind what is no word */
static bool is_money(span v)
{
	for (size_t i = 0; i + 1 < v.n; i++)
		if (v.p[i] == '$' && ascii_is_digit(v.p[i + 1]) && (i < 4 ? !(i > 0 && v.p[i - 1] >= 'a') : v.p[i - 1] == '-' || v.p[i - 1] == '='))
			return true;
	return false;
}

/* "80%-owned", "lenses.100%", "a%2Fb": so many of a hundred, or a byte of an address */
static bool is_share(span v)
{
	for (size_t i = 0, at; i < v.n; i++) {
		if (v.p[i] != '%')
			continue;
		if (i + 2 < v.n && ascii_is_digit(v.p[i + 1]) && (ascii_is_digit(v.p[i + 2]) || (v.p[i + 2] >= 'A' && v.p[i + 2] <= 'F')))
			return true;
		for (at = i; at > 0 && ascii_is_digit(v.p[at - 1]);)
			at--;
		if (at < i && (at == 0 || !ascii_is_alnum(v.p[at - 1])))
			return true;
	}
	return false;
}

/* "data_offset*2", "3x4+2y=14", "&pwm1_pins", "libfoo-g++": what is reckoned, or a name in a program */
static bool is_reckoned(span v)
{
	size_t end = v.n, lowers = 0, longest = 0, run = 0;
	bool name = false;

	for (size_t i = 0; i < v.n; i++) {
		run = is_letter(v.p[i]) ? run + 1 : 0;
		longest = run > longest ? run : longest;
		lowers += (v.p[i] >= 'a' && v.p[i] <= 'z') || v.p[i] == '_' || ascii_is_digit(v.p[i]);
		name |= v.p[i] == '_' || v.p[i] == '.';
	}
	if (longest < 2 && (span_find_byte(v, '=') < v.n || span_find_byte(v, '+') < v.n))
		return true;
	if (v.p[0] == '&' && (lowers + 1 == v.n || name))
		return true;
	if (span_ends_nocase(v, SPAN_LIT("g++")) || span_ends_nocase(v, SPAN_LIT("!_")))
		return true;
	/* a mark that was lost: "Blackberry?-enabled"; "Warning!!!!11" */
	if (span_has(v, SPAN_LIT("?-")) || (span_has(v, SPAN_LIT("!!!")) && v.p[v.n - 1] != '!'))
		return true;
	while (end > 0 && ascii_is_digit(v.p[end - 1]))
		end--;
	if (end > 0 && end < v.n && (v.p[end - 1] == '@' || (v.p[end - 1] == '#' && v.n - end > 4))) /* u-boot-env@100000, Center#12636 */
		return true;
	return end < v.n && end > 1 && ascii_is_one_of(v.p[end - 1], "*+&=") && name && v.p[0] >= 'a' && span_find_byte(span_first(v, end - 1), v.p[end - 1]) >= end - 1;
}

/* Two words or more that were put together with a digit: Tortoise/Shell4, t4llow.Wick, BurrataBoss1 */
static bool is_made_up(span v, const struct word_list *named)
{
	size_t words = 0, digits = 0, leets = 0, humps = 0, run = 0, least = v.n;
	bool marks = false;

	for (size_t at = 0; at < v.n;) {
		size_t from = at;
		struct piece p = piece_next(v, &at);

		if (p.n == 0 || (at < v.n && !ascii_is_one_of(v.p[at - 1], "._/")) || p.letters < 4 || !p.vowel || (!p.capital && !p.leet) || (p.digits > p.tail && !p.leet) || p.tail > 3 || (p.tail > 0 && at < v.n) ||
		    (named != NULL && word_list_has(named, span_sub(v, from, p.letters))))
			return false;
		words++;
		digits += p.digits;
		leets += p.leet;
		marks |= at < v.n;
	}
	if (marks)
		return words > 1 && words < 4 && digits > 0 && digits < 5 && (leets > 0 || span_find_byte(v, '/') < v.n);
	for (size_t i = 0; i < v.n; i++) { /* of one piece: each word of it has a capital and three small letters behind */
		bool small = (v.p[i] >= 'a' && v.p[i] <= 'z') || v.p[i] >= 0x80, capital = v.p[i] >= 'A' && v.p[i] <= 'Z';

		humps += capital;
		if ((capital || ascii_is_digit(v.p[i])) && i > 0 && is_letter(v.p[i - 1]))
			least = run < least ? run : least;
		run = small ? run + 1 : 0;
	}
	return humps == 2 && least > 2 && digits > 0 && digits < 3;
}

/* "Distribution_1994", "Window_0" */
static bool is_from_year(span v)
{
	size_t n = 0;

	while (n < v.n && ascii_is_digit(v.p[v.n - 1 - n]))
		n++;
	return n == 1 || (n == 4 && (span_starts(span_from(v, v.n - 4), SPAN_LIT("19")) || span_starts(span_from(v, v.n - 4), SPAN_LIT("20"))));
}

size_t word_before_number(span v, bool dotted)
{
	size_t letters = 0, digits, n;

	while (letters < v.n && is_letter(v.p[letters]))
		letters++;
	if (dotted && (letters == v.n || v.p[letters] != '.'))
		return 0;
	digits = letters + dotted;
	for (n = 0; digits + n < v.n && ascii_is_digit(v.p[digits + n]);)
		n++;
	return letters > 3 && digits + n == v.n && n > 1 && n < 5 && looks_of(v).uppers < 2 ? letters : 0;
}

bool word_is_name(span v)
{
	size_t words = 0, pieces = 0, numbers = 0, model = 0;
	bool mark = false, leet = false, capital = false, dot = span_find_byte(v, '.') < v.n, line = span_find_byte(v, '_') < v.n, plus = false;

	for (size_t i = 1; i < v.n; i++) {
		mark |= ascii_is_one_of(v.p[i], "!#$%*?^~&=");
		plus |= v.p[i] == '+';
		mark |= v.p[i] == '+' && i + 1 < v.n && v.p[i + 1] >= 'A' && v.p[i + 1] <= 'Z';
	}
	mark |= plus && looks_of(v).humps > 0;
	while (model < v.n && v.p[model] >= 'A' && v.p[model] <= 'Z')
		model++;
	/* E31XRadio, PCA95XXMux */
	if (!mark && model > 0 && model < 5 && model + 1 < v.n && ascii_is_digit(v.p[model]) && ascii_is_digit(v.p[model + 1]))
		return true;
	if (ascii_is_digit(v.p[0]) && !mark) /* 7StepDiet, 1000Base-X */
		return true;
	/* "Fournier.69": nothing but a password is written so; of twenty thousand mails none has another */
	if (word_before_number(v, true) > 4 && v.p[0] >= 'A' && v.p[0] <= 'Z')
		return false;
	for (size_t at = 0; at < v.n;) {
		struct piece p = piece_next(v, &at);

		pieces++;
		leet |= p.leet;
		capital |= p.capital && p.letters > 2;
		words += p.letters > 2 && p.vowel && (p.capital || p.leet || !plus);
		numbers += p.digits == p.n && p.n > 0;
		/* Vue3+Vite5 */
		if (plus && p.tail > 0 && p.letters < 5 && at < v.n)
			return true;
		/* fs1, msmbx01v, B205, CPU1, Oracle9i; but not Quill9Parchment */
		if (p.digits > 0 && p.letters > 0 && !mark && !p.leet && (p.letters < 4 || !p.vowel || (p.digits > p.tail && p.capital)) && (p.letters < 7 || pieces > 1 || (p.digits == 1 && (p.head < 4 || p.letters - p.head < 5))))
			return true;
		if (p.tail > 4 && !mark) /* Jones103001: of a day */
			return true;
	}
	if (mark)
		return false;
	/* spamassassin+razor2; topAd1.pageY; REMOVERCS_fan1 and Window_0; Sakhalin-2 */
	if (plus && words < pieces)
		return true;
	if (dot && !leet && v.p[0] >= 'a' && v.p[0] <= 'z')
		return true;
	if (line && !leet && words < 2 && !(capital && numbers == 1 && v.n > 8 && !is_from_year(v)))
		return true;
	return pieces > 1 && words < 2 && !leet && !line;
}

/* "Skylark!22": a mark within that joins nothing else; "!!" does, and so does "#12" */
static bool has_mark_of_own(span v)
{
	bool mark = false;

	for (size_t i = 1; i + 1 < v.n; i++) {
		if (!ascii_is_one_of(v.p[i], "!#$%*^~"))
			continue;
		if (!ascii_is_alnum(v.p[i - 1]) || !ascii_is_alnum(v.p[i + 1]) || (v.p[i] == '#' && ascii_is_digit(v.p[i + 1])))
			return false;
		mark = true;
	}
	return mark;
}

int word_sureness(span v, int odd)
{
	size_t pieces = 0, capitals = 0, tail = 0;
	bool word = false, leet = false;

	for (size_t at = 0; at < v.n; pieces++) {
		struct piece p = piece_next(v, &at);

		word |= p.vowel && p.letters > 3 && looks_of(span_sub(v, at - p.n - 1, p.n)).humps < 2;
		capitals += p.capital && p.vowel && p.letters > 2 && p.letters + p.tail == p.n;
		leet |= p.leet;
		tail = p.tail;
	}
	if (v.n > 24 || !word || looks_of(v).uppers == 0)
		return 0;
	if (odd >= STRONG && has_mark_of_own(v))
		return 3;
	if (pieces < 2 || pieces > 4 || span_find_byte(v, '@') < v.n || span_find_byte(v, '=') < v.n)
		return 0;
	/* "Black+Decker20" is a name at times, where it is not led to */
	if (span_find_byte(v, '&') < v.n || span_find_byte(v, '+') < v.n)
		return capitals == pieces && (leet || (tail > 1 && tail < 4));
	return leet && capitals > 0 ? 3 : capitals == pieces && tail > 1 && tail < 4 ? 2 : 0;
}

/* "wombat-kettle-59-drum": three small words or more and a number, as programs make pass phrases; not "windows-server-2019-update" */
static bool is_chain_with_number(span v, const struct told_words *words)
{
	size_t n = 0, numbers = 0;

	for (size_t at = 0; at < v.n;) {
		size_t from = at;
		struct piece p = piece_next(v, &at);
		span w = span_sub(v, from, p.n);

		if (p.n == 0 || (at < v.n && v.p[at - 1] != '-') || (p.letters > 0 && p.digits > 0))
			return false;
		numbers += p.digits > 0;
		n += p.letters > 0;
		if (p.digits > 3 || (p.letters > 0 && (p.letters < 4 || !p.vowel || looks_of(w).lowers < p.n || (words->not_secret != NULL && word_list_has(words->not_secret, w)) ||
		    (words->named != NULL && word_list_has(words->named, w)))))
			return false;
	}
	return n > 2 && numbers == 1;
}

/* "abc1234..def5678": from one commit to another */
static bool is_range_of_commits(span v)
{
	size_t at = span_find(v, SPAN_LIT(".."));

	return at > 5 && at < v.n && hex_only(span_first(v, at)) && at + 2 < v.n && hex_only(span_from(v, at + 2 + (v.p[at + 2] == '.')));
}

/* "gr4vel_Pit", "Gest0ria.Sol": a digit for a letter within a word of five letters or more, and a capital */
static bool is_respelt(span v)
{
	size_t pieces = 0;
	bool leet = false, capital = false, small = false;

	for (size_t i = 1; i + 1 < v.n; i++)
		small |= ascii_is_digit(v.p[i]) && v.p[i - 1] >= 'a' && v.p[i - 1] <= 'z' && v.p[i + 1] >= 'a' && v.p[i + 1] <= 'z';
	for (size_t at = 0; at < v.n; pieces++) {
		struct piece p = piece_next(v, &at);

		if (p.letters < 3 || !p.vowel || (at < v.n && !ascii_is_one_of(v.p[at - 1], "._-")))
			return false;
		leet |= p.leet && p.n > 4;
		capital |= p.capital;
	}
	return leet && small && capital && pieces > 1 && pieces < 4;
}

/* "Havregryn5": a word of five letters or more, and a digit, as people add who must */
static bool is_word_with_digit(span v, const struct word_list *named)
{
	size_t n = 0;

	while (n < v.n && is_letter(v.p[n]))
		n++;
	return n > 5 && n + 1 == v.n && ascii_is_digit(v.p[n]) && looks_of(v).uppers < 2 && (named == NULL || !word_list_has(named, span_first(v, n)));
}

int word_oddness(const struct told_words *words, const struct candidate *c)
{
	span v = span_sub(c->text, c->at, c->n);
	size_t lowers = 0, run = 0, longest = 0, joints = 0;
	bool mark = false;

	/* /dev/md0, atmel,24c64 */
	if (is_parted(v) && !is_made_up(v, words->named))
		return 0;
	for (size_t i = 0; i < v.n; i++) {
		lowers += v.p[i] >= 'a' && v.p[i] <= 'z';
		joints += v.p[i] == '-';
		mark |= i > 0 && i + 1 < v.n && ascii_is_one_of(v.p[i], "!#$%&*+?^~") && ascii_is_alnum(v.p[i - 1]);
		run = ascii_is_digit(v.p[i]) ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	/* names of records: SA4#110-e, S4-210xxx, Ticket#HD0000000698706; keys; pieces of addresses */
	if (v.n > 36 || lowers < 2 || v.p[0] == '*' || longest > 8 || span_ends_nocase(v, SPAN_LIT("xxx")) || span_ends_nocase(v, SPAN_LIT("-style")) || span_has(v, SPAN_LIT("%20")) ||
	    span_has(v, SPAN_LIT("&#")) || (v.p[0] == '~' && ascii_is_digit(v.p[1])) || (is_identifier(v) && !is_made_up(v, words->named) && !is_respelt(v)) || is_named_phone(v) ||
	    hex_only(v)) /* ffff9ab0ef36d7c0: a place in memory, a commit */
		return 0;
	/* names of service accounts, of servers and of a maker's routers */
	if (span_starts_nocase(v, SPAN_LIT("svc-")) || span_starts_nocase(v, SPAN_LIT("srv-")) || span_starts_nocase(v, SPAN_LIT("srv_")) || span_starts_nocase(v, SPAN_LIT("svc_")) || span_starts_nocase(v, SPAN_LIT("fritz!box")))
		return 0;
	if (is_of_months(v) || is_money(v) || is_share(v) || is_reckoned(v) || is_range_of_commits(v) || span_starts_nocase(v, SPAN_LIT("copyright")))
		return 0;
	if (is_made_up(v, words->named) || is_chain_with_number(v, words))
		return 4;
	if (is_word_with_digit(v, words->named))
		return 1;
	if (is_respelt(v))
		return 4;
	switch (judge_secret(c, STRENGTH_SLOT, words->not_secret, words->named)) {
	case 0: return 0;
	case CERTAINTY_HIGH: return mark ? STRONG : 4; /* loose */
	default: return mark || c->quoted || (joints > 2 && !has_digit(v)) ? 3 : 2; /* copper-biscuit-meadow-owl */
	}
}
