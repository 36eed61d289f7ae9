#include "attribute/names.h"

#include "attribute/inflect.h"
#include "base/limits.h"
#include "base/utf8.h"

enum {
	GENITIVE_SHORTEST = 5,
	LABEL_LONGEST = 64,
	SMALL_SHORTEST = 5,
};

bool token_is_capital(span text, const struct token *t)
{
	size_t len;
	uint32_t c = utf8_get(span_from(text, t->at), &len);

	if (c < 0x80)
		return !(c >= 'a' && c <= 'z');
	return utf8_fold(c) != c || c >= 0x530; /* past Latin, Greek and Cyrillic: scripts without case */
}

bool token_is_upper(span text, const struct token *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (text.p[t->at + i] >= 'a' && text.p[t->at + i] <= 'z')
			return false;
	return token_is_capital(text, t);
}

static bool all_digits(span text, const struct token *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (!ascii_is_digit(text.p[t->at + i]))
			return false;
	return true;
}

/* Of Greek and Cyrillic, which are two bytes a letter. */
static bool is_one_letter(span name, const struct token *t) { return t->n == 2 && name.p[t->at] >= 0xc3 && name.p[t->at] < 0xe0; }

static size_t folded(span name, const struct token *t, unsigned char out[2])
{
	size_t len;
	unsigned char base[4];
	size_t n = utf8_base(utf8_get(span_from(name, t->at), &len), base);

	memcpy(out, base, n <= 2 ? n : 0);
	return n <= 2 ? n : 0;
}

/* A piece of a legal form: a single letter, or the first of up to three. How many bytes at out, 0 when it is none. */
static size_t form_piece(span name, const struct token *t, bool first, unsigned char out[3])
{
	if (t->n == 1 || is_one_letter(name, t))
		return folded(name, t, out);
	if (!first || t->n > 3)
		return 0;
	for (size_t i = 0; i < t->n; i++) {
		if (!ascii_is_alpha(name.p[t->at + i]))
			return 0;
		out[i] = ascii_lower(name.p[t->at + i]);
	}
	return t->n;
}

/* "H&B": not the form that is written HB */
static bool sign_between(span name, const struct token *one, const struct token *two)
{
	size_t end = one->at + one->n;

	return span_find_byte(span_sub(name, end, two->at - end), '&') < two->at - end;
}

/* "s", "p", "a" and "sp", "z", "o", "o": a legal form in pieces, of up to four. How many tokens, or 0. */
static size_t spelled_form(const struct words *v, span name, const struct token *t, size_t n)
{
	for (size_t k = n < 4 ? n : 4; k >= 2; k--) {
		unsigned char joined[12];
		size_t i, used = 0, piece;

		for (i = 0; i < k && !(i > 0 && sign_between(name, &t[n - k + i - 1], &t[n - k + i])) && (piece = form_piece(name, &t[n - k + i], i == 0, joined + used)) > 0; i++)
			used += piece;
		if (i == k && (words_kinds(v, token_hash(span_of(joined, used))) & WORD_LEGAL) != 0)
			return k;
	}
	return 0;
}

static inline bool is_word(span name, const struct token *t, span word) { return span_eq_nocase(span_sub(name, t->at, t->n), word); }

static const char *const ands[] = {" and ", " und ", " et ", " y ", " e ", " och ", " og "};
enum { AND_LONGEST = 3 };

static bool is_and(span name, const struct token *t)
{
	for (size_t i = 0; t->n <= AND_LONGEST && i < sizeof ands / sizeof *ands; i++)
		if (span_eq_nocase(span_sub(name, t->at, t->n), span_trim(span_str(ands[i]))))
			return true;
	return false;
}

/* "in Liquidation", "in liquidazione", "w likwidacji": stands behind the legal form of who is wound up. Two tokens, or 0. */
static size_t winding_up(span name, const struct token *t, size_t n)
{
	static const char *const ends[] = {"liquidation", "liquidazione", "liquidaci\xc3\xb3n", "liquida\xc3\xa7\xc3\xa3o", "liquidatie", "likvidation",
	    "likwidacji", "likvidaci", "administration", "receivership", "insolvenz", "abwicklung"};

	if (n < 3 || t[n - 2].n > 2)
		return 0;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (is_word(name, &t[n - 1], span_str(ends[i])))
			return 2;
	return is_word(name, &t[n - 2], SPAN_LIT("i")) && is_word(name, &t[n - 1], SPAN_LIT("l")) ? 2 : 0;
}

/* How many tokens remain without the legal forms at the end; 0 when it is nothing else. */
static size_t core_of(const struct words *v, span name, const struct token *t, const unsigned char *kinds, size_t n)
{
	for (size_t k; n > 0; n -= k) {
		if ((k = (kinds[n - 1] & WORD_LEGAL) != 0 ? 1 : spelled_form(v, name, t, n)) == 0 && (k = winding_up(name, t, n)) == 0)
			break;
	}
	while (n > 1 && is_and(name, &t[n - 1]))
		n--;
	return n;
}

static bool is_camel(span name, const struct token *t)
{
	bool capital = false;

	if (token_is_capital(name, t))
		return false;
	for (uint32_t i = 1; i < t->n; i++)
		capital |= name.p[t->at + i] >= 'A' && name.p[t->at + i] <= 'Z';
	return capital;
}

/* "BfK": three letters, of which two are capitals */
static bool is_mixed(span name, const struct token *t)
{
	span s = span_sub(name, t->at, t->n);

	return s.n == 3 && s.p[0] >= 'A' && s.p[0] <= 'Z' && ascii_is_alpha(s.p[1]) && s.p[2] >= 'A' && s.p[2] <= 'Z';
}

static enum entry_class classify_word(span name, const struct token *t, unsigned kinds)
{
	if (t->n < 2 || all_digits(name, t))
		return ENTRY_NONE;
	if (t->n == 2 || (kinds & (WORD_COMMON | WORD_GIVEN)) != 0)
		return ENTRY_WEAK;
	if (t->n <= 5 && token_is_upper(name, t))
		return ENTRY_UPPER;
	if (is_camel(name, t)) /* "eBay": nobody writes it with a capital */
		return ENTRY_PLAIN;
	return t->n <= 3 && !is_mixed(name, t) ? ENTRY_WEAK : ENTRY_CAPITALS;
}

static enum entry_class classify(span name, const struct token *t, const unsigned char *kinds, size_t n)
{
	size_t letters = 0, common = 0;
	bool upper = true;

	if (n == 1)
		return classify_word(name, t, kinds[0]);
	for (size_t i = 0; i < n; i++) {
		letters += t[i].n;
		common += kinds[i] != 0 || t[i].n <= 2 || all_digits(name, &t[i]);
	}
	if (letters > 4)
		return common == n ? ENTRY_CAPITALS : ENTRY_PLAIN;
	for (size_t i = 0; i < n; i++)
		upper &= token_is_upper(name, &t[i]);
	return upper ? ENTRY_UPPER : ENTRY_WEAK;
}

static enum errc add(struct dictionary_builder *b, const struct token *t, size_t n, enum round round,
    enum entry_class class, uint32_t org, struct err *e)
{
	uint64_t hash = t[0].hash;

	if (class == ENTRY_NONE)
		return OK;
	if (n == 1)
		builder_pass(b, hash);
	for (size_t i = 1; i < n; i++)
		builder_pass(b, hash = token_chain(hash, t[i].hash));
	return builder_add(b, round, hash, class, org, e);
}

/* The first n words of a name that was added: whatever begins as it does passes already. *hash: theirs. */
static enum errc core_add(struct dictionary_builder *b, const struct token *t, size_t n, enum entry_class class, uint32_t org, uint64_t *hash,
    struct err *e)
{
	*hash = t[0].hash;
	if (n == 1)
		return add(b, t, n, ROUND_CORE, class, org, e);
	for (size_t i = 1; i < n; i++)
		*hash = token_chain(*hash, t[i].hash);
	return builder_add(b, ROUND_CORE, *hash, class, org, e);
}

/* "Müller", "Ångström", "Sørensen" as those write it who have no such key: Mueller, Aangstroem, Soerensen. 0: nothing of that kind. */
static size_t without_umlauts(span name, unsigned char *out, size_t size)
{
	static const struct { uint32_t letter; char pair[3]; } pairs[] = {{0xe4, "ae"}, {0xf6, "oe"}, {0xfc, "ue"}, {0xe5, "aa"}, {0xf8, "oe"},
	    {0xc4, "Ae"}, {0xd6, "Oe"}, {0xdc, "Ue"}, {0xc5, "Aa"}, {0xd8, "Oe"}};
	size_t n = 0, len;
	bool some = false;

	if (span_is_ascii(name))
		return 0;
	for (size_t at = 0; at < name.n; at += len) {
		uint32_t c = utf8_get(span_from(name, at), &len);
		size_t i = 0;

		while (i < sizeof pairs / sizeof *pairs && pairs[i].letter != c)
			i++;
		if (n + 4 > size)
			return 0;
		if (i < sizeof pairs / sizeof *pairs) {
			memcpy(out + n, pairs[i].pair, 2);
			n += 2;
			some = true;
		} else {
			memcpy(out + n, name.p + at, len);
			n += len;
		}
	}
	return some ? n : 0;
}

/* "Zephyrs Angebot": the genitive of German has no apostrophe. Not of a name that is common, or ends as one. */
static enum errc genitive_add(struct dictionary_builder *b, const struct words *v, span name, const struct token *t, enum entry_class class,
    uint32_t org, struct err *e)
{
	char folded[LABEL_LONGEST];
	size_t n = token_fold(span_sub(name, t->at, t->n), folded, sizeof folded - 1);
	struct token genitive = *t;

	if (class != ENTRY_CAPITALS || n < GENITIVE_SHORTEST || t->n >= sizeof folded - 2 || ascii_is_one_of((unsigned char)folded[n - 1], "sxz"))
		return OK;
	folded[n++] = 's';
	genitive.hash = token_hash(span_of(folded, n));
	return words_kinds(v, genitive.hash) != 0 ? OK : add(b, &genitive, 1, ROUND_GENITIVE, class, org, e);
}

/* Folded, for other endings. 0: too long. */
static size_t folded_word(span name, const struct token *t, char out[LABEL_LONGEST])
{
	return t->n > LABEL_LONGEST / 2 ? 0 : token_fold(span_sub(name, t->at, t->n), out, LABEL_LONGEST);
}

/* "des Landkreises Oberau", "Urzedu Miasta Lipowiec": all words of a name in one of the other cases. */
static enum errc cases_add(struct dictionary_builder *b, span name, const struct token *t, size_t n, enum entry_class class, uint32_t org,
    struct err *e)
{
	UNFILLED struct token other[INFLECT_CASES][LIMIT_NAME_TOKENS];
	UNFILLED char word[LABEL_LONGEST], form[2 * LABEL_LONGEST];
	bool some = false;
	enum errc rc = OK;

	for (size_t i = 0; i < n; i++) {
		size_t used = inflects(span_sub(name, t[i].at, t[i].n)) ? folded_word(name, &t[i], word) : 0, kind = inflect_kind(span_of(word, used));

		for (size_t c = 0; kind != 0 && c < INFLECT_CASES; c++) {
			size_t length = inflect(span_of(word, used), kind, c, form, sizeof form);

			if (!some)
				memcpy(other[c], t, n * sizeof *t);
			if (length != 0)
				other[c][i].hash = token_hash(span_of(form, length));
		}
		some |= kind != 0;
	}
	for (size_t c = 0; some && c < INFLECT_CASES && rc == OK; c++)
		rc = add(b, other[c], n, ROUND_GENITIVE, class, org, e);
	return rc;
}

/* What the legal form behind a name tells of its language. */
static enum tongue tongue_of(span name, const struct token *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_word(name, &t[i], SPAN_LIT("oy")) || is_word(name, &t[i], SPAN_LIT("oyj")))
			return TONGUE_FINNISH;
	if (n >= 3 && is_word(name, &t[n - 3], SPAN_LIT("s")) && is_word(name, &t[n - 2], SPAN_LIT("r")) && is_word(name, &t[n - 1], SPAN_LIT("o")))
		return TONGUE_CZECH;
	return n >= 3 && (is_word(name, &t[0], SPAN_LIT("sp")) || is_word(name, &t[0], SPAN_LIT("spolka"))) ? TONGUE_POLISH : n > 0 && is_word(name, &t[0], SPAN_LIT("sro")) ? TONGUE_CZECH : TONGUE_OTHER;
}

/* "Kaarnalle", "Havranu": the last word of a name, of whose language the legal form behind it told. */
static enum errc endings_add(struct dictionary_builder *b, const struct words *v, span name, const struct token *t, size_t n, enum tongue tongue,
    enum entry_class class, uint32_t org, struct err *e)
{
	UNFILLED struct token other[LIMIT_NAME_TOKENS];
	UNFILLED char word[LABEL_LONGEST], form[2 * LABEL_LONGEST];
	size_t used = folded_word(name, &t[n - 1], word), length;
	enum errc rc = OK;

	if (class != ENTRY_CAPITALS && class != ENTRY_PLAIN)
		return OK;
	memcpy(other, t, n * sizeof *t);
	for (size_t i = 0; i < INFLECT_ALONE && rc == OK; i++) {
		if ((length = inflect_alone(tongue, span_of(word, used), i, form, sizeof form)) == 0)
			continue;
		other[n - 1].hash = token_hash(span_of(form, length));
		if (n > 1 || words_kinds(v, other[0].hash) == 0)
			rc = add(b, other, n, ROUND_GENITIVE, class, org, e);
	}
	return rc;
}

/* The end of the legal form that East Asian characters begin with, from a list that has it as one word. 0: none. */
static size_t east_form(const struct words *v, span name, bool behind)
{
	enum { CHARACTER = 3, SHORTEST = 2 * CHARACTER, LONGEST = 8 * CHARACTER };

	for (size_t n = LONGEST; n >= SHORTEST; n -= CHARACTER)
		if (n < name.n && (words_kinds(v, token_hash(behind ? span_from(name, name.n - n) : span_first(name, n))) & WORD_LEGAL) != 0)
			return n;
	return 0;
}

/* The name without such a form before or behind it, if what is left says enough: "two characters" are also part of other names. */
static span without_east_form(const struct words *v, span name)
{
	enum { CORE_SHORTEST = 9 };
	size_t before, behind;

	if (name.n == 0 || name.p[name.n - 1] < 0x80)
		return SPAN_EMPTY;
	before = east_form(v, name, false);
	behind = before == 0 ? east_form(v, name, true) : 0;
	name = span_trim(span_sub(name, before, name.n - before - behind));
	return before + behind != 0 && name.n >= CORE_SHORTEST ? name : SPAN_EMPTY;
}

/* Is the core by itself, which has words behind it, a name of just these words? "The The" loses one more, and so may "HB und KG". */
static bool stands_alone(span name, const struct token *t, size_t core)
{
	span text = span_sub(name, t[0].at, t[core - 1].at + t[core - 1].n - t[0].at);

	return span_is_ascii(text) && !is_word(name, &t[0], SPAN_LIT("the")) && !is_and(name, &t[core]);
}

/* Cyrillic and East Asian forms stand before the name as well. */
static bool is_form_before(span name, const struct token *t, const unsigned char *kinds) { return (kinds[0] & WORD_LEGAL) != 0 && name.p[t[0].at] >= 0xc0; }

static enum errc spelling_add(struct dictionary_builder *b, const struct words *v, span name, enum round round,
    uint32_t org, struct name_core *out, struct err *e)
{
	UNFILLED struct token all[LIMIT_NAME_TOKENS + 1];
	struct token *t = all;
	size_t from = 0, n = tokens_read(name, &from, all, LIMIT_NAME_TOKENS + 1), core;
	UNFILLED unsigned char kinds[LIMIT_NAME_TOKENS];
	enum entry_class class;
	enum tongue tongue;
	enum errc rc;

	if (n > 1 && is_word(name, &t[0], SPAN_LIT("the"))) {
		t++;
		n--;
	}
	if (n > LIMIT_NAME_TOKENS)
		n = LIMIT_NAME_TOKENS;
	for (size_t i = 0; i < n; i++)
		kinds[i] = (unsigned char)words_kinds(v, t[i].hash);
	if (n == 0 || (core = core_of(v, name, t, kinds, n)) == 0)
		return OK;
	rc = add(b, t, n, round, class = classify(name, t, kinds, n), org, e);
	if (rc == OK && core < n) {
		out->class = class = classify(name, t, kinds, core);
		if (class != ENTRY_NONE && stands_alone(name, t, core))
			out->text = span_sub(name, t[0].at, t[core - 1].at + t[core - 1].n - t[0].at);
		rc = core_add(b, t, core, class, org, &out->hash, e);
	}
	if (rc == OK && core == 1)
		rc = genitive_add(b, v, name, t, class, org, e);
	if (rc == OK && core > 1 && round != ROUND_CORE)
		rc = cases_add(b, name, t, core, class, org, e);
	if (rc == OK && core < n && round != ROUND_CORE && (tongue = tongue_of(name, t + core, n - core)) != TONGUE_OTHER)
		rc = endings_add(b, v, name, t, core, tongue, class, org, e);
	if (rc == OK && n > 1 && is_form_before(name, t, kinds))
		rc = add(b, t + 1, n - 1, ROUND_CORE, classify(name, t + 1, kinds + 1, n - 1), org, e);
	return rc;
}

/* The place of " & ", or of "&", or name.n. */
static size_t between_words(span name)
{
	size_t sign = span_find_byte(name, '&'), apart = sign < name.n ? span_find(name, SPAN_LIT(" & ")) : name.n;

	return apart < name.n ? apart : sign;
}

/* "O'Hara & Finch", with " and " for the n bytes at that place. 0: no room. */
static size_t with_piece(span name, size_t at, size_t n, span piece, unsigned char *out, size_t size)
{
	if (name.n - n + piece.n > size)
		return 0;
	memcpy(out, name.p, at);
	memcpy(out + at, piece.p, piece.n);
	memcpy(out + at + piece.n, name.p + at + n, name.n - at - n);
	return name.n - n + piece.n;
}

/* "Bramble and Oates" as "Bramble & Oates", whose sign is no word. 0: nothing of that kind. */
static size_t without_and(span name, unsigned char *out, size_t size)
{
	for (size_t at = 1 + span_find_byte(span_from(name, 1), ' '); at < name.n; at += 1 + span_find_byte(span_from(name, at + 1), ' '))
		for (size_t i = 0; at + 1 < name.n && ascii_is_one_of(ascii_lower(name.p[at + 1]), "aueyo") && i < sizeof ands / sizeof *ands; i++) {
			size_t n;

			if (ascii_lower(name.p[at + 1]) == (unsigned char)ands[i][1] && at + (n = strlen(ands[i])) < name.n &&
			    span_starts_nocase(span_from(name, at), span_str(ands[i])))
				return with_piece(name, at, n, SPAN_LIT(" "), out, size);
		}
	return 0;
}

/* Are these the first letters of the words of a name, some of them perhaps left out? "RAC" of "Ravensworth Airship Company" */
static bool is_initials(span s, span name)
{
	struct token t[LIMIT_NAME_TOKENS];
	size_t from = 0, n = tokens_read(name, &from, t, LIMIT_NAME_TOKENS), at = 0;

	for (size_t i = 0; i < n && at < s.n; i++)
		at += ascii_lower(name.p[t[i].at]) == ascii_lower(s.p[at]);
	return s.n >= 2 && at == s.n;
}

/* "formerly Acme Ltd", "vormals Acme": the other name, or nothing. */
static span former(span s)
{
	static const char *const words[] = {"formerly known as ", "formerly ", "previously ", "also known as ", "trading as ", "f/k/a ", "fka ", "aka ", "t/a ",
	    "vormals ", "ehemals ", "fr\xc3\xbcher ", "anciennement ", "antes ", "ex ", "ex-"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_starts_nocase(s, span_str(words[i])))
			return span_trim(span_from(s, strlen(words[i])));
	return SPAN_EMPTY;
}

/* "Ravensworth Airship Company (RAC)", "Marlowe plc (formerly Kyd Ltd)": two names. Not "Acme Ltd (Germany)", another one than Acme Ltd. */
static bool is_two(span name, span *outer, span *other)
{
	size_t open = span_find_byte(name, '(');
	span inner;

	if (name.n <= 4 || name.n > LIMIT_NAME_BYTES || name.p[name.n - 1] != ')' || open == 0 || open + 2 >= name.n)
		return false;
	*outer = span_trim(span_first(name, open));
	inner = span_trim(span_sub(name, open + 1, name.n - open - 2));
	*other = outer->n != 0 && is_initials(inner, *outer) ? inner : former(inner);
	return outer->n != 0 && other->n != 0;
}

static enum errc both_add(struct dictionary_builder *b, const struct words *v, span name, enum round round, uint32_t org,
    struct err *e)
{
	span outer, other;
	enum errc rc;

	if (!is_two(name, &outer, &other))
		return OK;
	return (rc = name_add(b, v, outer, round, org, e)) == OK ? name_add(b, v, other, ROUND_LISTED, org, e) : rc;
}

/* The name, with the word for its "&" in each language, or without one. */
static enum errc spellings_add(struct dictionary_builder *b, const struct words *v, span name, enum round round, uint32_t org,
    struct name_core *core, struct err *e)
{
	UNFILLED unsigned char other[LIMIT_NAME_BYTES];
	struct name_core ignored;
	size_t n, at = between_words(name);
	enum errc rc = spelling_add(b, v, name, round, org, core, e);

	if (at < name.n)
		core->text = SPAN_EMPTY;
	for (size_t i = 0; at < name.n && i < sizeof ands / sizeof *ands && rc == OK; i++)
		if ((n = with_piece(name, at, name.p[at] == '&' ? 1 : 3, span_str(ands[i]), other, sizeof other)) > 0)
			rc = spelling_add(b, v, span_of(other, n), ROUND_CORE, org, &ignored, e);
	if (rc == OK && (n = without_and(name, other, sizeof other)) > 0)
		rc = spelling_add(b, v, span_of(other, n), ROUND_CORE, org, &ignored, e);
	return rc;
}

enum errc name_add_with_core(struct dictionary_builder *b, const struct words *v, span name, enum round round, uint32_t org,
    struct name_core *core, struct err *e)
{
	UNFILLED unsigned char other[LIMIT_NAME_BYTES];
	size_t n = without_umlauts(name, other, sizeof other);
	struct name_core ignored;
	enum errc rc;

	*core = (struct name_core){0};
	rc = spellings_add(b, v, name, round, org, core, e);
	if (rc == OK && without_east_form(v, name).n != 0)
		rc = spelling_add(b, v, without_east_form(v, name), ROUND_CORE, org, &ignored, e);
	if (rc == OK)
		rc = both_add(b, v, name, round, org, e);
	return rc == OK && n > 0 ? spellings_add(b, v, span_of(other, n), ROUND_CORE, org, &ignored, e) : rc;
}

enum errc name_add(struct dictionary_builder *b, const struct words *v, span name, enum round round, uint32_t org, struct err *e)
{
	struct name_core ignored;

	return name_add_with_core(b, v, name, round, org, &ignored, e);
}

enum { WAY_TOKENS = 32 };

static void way_add(struct name_ways *w, span name)
{
	bool known = name.n == 0 || w->n == NAME_WAYS;

	for (size_t i = 0; i < w->n && !known; i++)
		known = span_eq(w->v[i], name);
	if (!known)
		w->v[w->n++] = name;
}

/* Without the legal form behind it, or before it where one may stand there. */
static void way_cores(struct name_ways *w, const struct words *v, span name)
{
	static const char *const behind[] = {"group", "holding", "holdings", "gruppe", "groupe", "grupo", "gruppo"}; /* said, and left out as easily */
	UNFILLED struct token t[WAY_TOKENS];
	UNFILLED unsigned char kinds[WAY_TOKENS];
	size_t from = 0, n = tokens_read(name, &from, t, WAY_TOKENS), core;

	for (size_t i = 0; i < n; i++)
		kinds[i] = (unsigned char)words_kinds(v, t[i].hash);
	if (n == 0 || (core = core_of(v, name, t, kinds, n)) == 0)
		return;
	way_add(w, span_sub(name, t[0].at, t[core - 1].at + t[core - 1].n - t[0].at));
	for (size_t i = 0; core > 1 && i < sizeof behind / sizeof *behind; i++)
		if (is_word(name, &t[core - 1], span_str(behind[i])))
			way_add(w, span_sub(name, t[0].at, t[core - 2].at + t[core - 2].n - t[0].at));
	if (n > 1 && is_form_before(name, t, kinds))
		way_add(w, span_from(name, t[1].at));
	way_add(w, without_east_form(v, name));
}

enum errc name_ways(struct arena *a, const struct words *v, span name, struct name_ways *out, struct err *e)
{
	UNFILLED unsigned char other[LIMIT_NAME_BYTES];
	span outer, inner, copy;
	size_t n_plain, n;

	out->n = 0;
	way_cores(out, v, name);
	if (is_two(name, &outer, &inner)) {
		way_add(out, outer);
		way_add(out, inner);
		way_cores(out, v, outer);
		way_cores(out, v, inner);
	}
	way_add(out, name);
	n_plain = out->n;
	for (size_t k = 0; k < n_plain; k++) {
		span one = out->v[k];
		size_t at = between_words(one);

		for (size_t i = 0; at < one.n && i < sizeof ands / sizeof *ands; i++) {
			if ((n = with_piece(one, at, one.p[at] == '&' ? 1 : 3, span_str(ands[i]), other, sizeof other)) == 0)
				continue;
			if ((copy = arena_copy(a, span_of(other, n))).p == NULL)
				return err_memory(e);
			way_add(out, copy);
		}
		if ((n = without_and(one, other, sizeof other)) == 0)
			continue;
		if ((copy = arena_copy(a, span_of(other, n))).p == NULL)
			return err_memory(e);
		way_add(out, copy);
	}
	return OK;
}

bool name_is_small(span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < 'a' || name.p[i] > 'z')
			return false;
	return name.n >= SMALL_SHORTEST;
}

enum errc small_name_add(struct dictionary_builder *b, const struct words *v, span name, enum round round, uint32_t org, struct err *e)
{
	struct token t;
	size_t from = 0;

	if (tokens_read(name, &from, &t, 1) != 1 || words_kinds(v, t.hash) != 0)
		return name_add(b, v, name, round, org, e);
	return add(b, &t, 1, round, ENTRY_PLAIN, org, e);
}
