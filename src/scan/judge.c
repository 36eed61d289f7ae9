/*
 * Is this a password, or a word that happens to stand where one could? What is asked of the value depends on how
 * surely the words before it announce one: "Password:" takes nearly anything, "the password is" wants more.
 */
#include "case/names.h"
#include "scan/private.h"

/* The first character behind the value that is no closing mark; 0 at the end of a line or text. */
static unsigned char next_char(const struct candidate *c, size_t *at)
{
	size_t i = c->at + c->n;

	while (i < c->text.n && ascii_is_one_of(c->text.p[i], "\"'`)]}>*_.,;:!|"))
		i++;
	while (i < c->text.n && (c->text.p[i] == ' ' || c->text.p[i] == '\t' || c->text.p[i] == '\r'))
		i++;
	*at = i;
	return i < c->text.n && c->text.p[i] != '\n' ? c->text.p[i] : 0;
}

/* " key=", "&key=": another field of the same kind follows, in what programs write and read */
static bool has_field_behind(span rest)
{
	size_t n = 1;

	if (rest.n == 0 || (rest.p[0] != ' ' && rest.p[0] != '&'))
		return false;
	while (n < rest.n && (ascii_is_alnum(rest.p[n]) || rest.p[n] == '_' || rest.p[n] == '-' || rest.p[n] == '.'))
		n++;
	return n > 2 && n + 1 < rest.n && rest.p[n] == '=' && rest.p[n + 1] != '=' && !is_blank(rest.p[n + 1]);
}

/* Does the value end its sentence, line or field? Then a plain word may be one after all. */
static bool ends_there(const struct candidate *c)
{
	size_t at, end = c->at + c->n;
	unsigned char next = next_char(c, &at);

	if (next == 0 || next == '(' || next == '|' || c->quoted)
		return true;
	if (end < c->text.n && ascii_is_one_of(c->text.p[end], "\t|,;)]}>\"'@"))
		return c->text.p[end] != ',' || end + 1 >= c->text.n || c->text.p[end + 1] != ' ';
	if (has_field_behind(span_from(c->text, end)))
		return true;
	/* "<password>heron</password>", "<Value>heron</Value>" */
	if (span_starts(span_from(c->text, end), SPAN_LIT("</")))
		return true;
	/* ". Next sentence" */
	return end < c->text.n && (c->text.p[end] == '.' || c->text.p[end] == '!') && next >= 'A' && next <= 'Z';
}

/* English, French, German and Spanish endings of words that say how a password is, not what it is. */
bool word_says_how(span v)
{
	static const char *const ends[] = {"ed", "ing", "ly", "able", "ible", "ive", "tion", "ment", "less", "ful", "ously",
	    "ungen", "ung", "lich", "iert", "bar", "ado", "ada", "ida", "ido", "mente", "ment", "ible", "ée", "é"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (v.n > strlen(ends[i]) + 2 && span_ends_nocase(v, span_str(ends[i])))
			return true;
	return false;
}

/* "ke7davis", not "windows7": a digit with letters on both sides. */
static bool inner_digit(span v)
{
	for (size_t i = 1; i + 1 < v.n; i++)
		if (ascii_is_digit(v.p[i]) && ascii_is_alpha(v.p[i - 1]) && ascii_is_alpha(v.p[i + 1]))
			return true;
	return false;
}

/* Several words: a pass phrase in quotes has words of its own, a sentence mostly those of every sentence. */
static bool is_sentence(span v, const struct word_list *not_secret, bool quoted)
{
	size_t words = 0, common = 0;

	if (not_secret == NULL)
		return false;
	while (v.n > 0) {
		span w = span_first(v, span_find_byte(v, ' '));

		v = span_from(v, w.n + 1);
		if (w.n == 0)
			continue;
		words++;
		common += word_list_has(not_secret, w);
	}
	return quoted ? 2 * common > words : 2 * common >= words;
}

/* "blue kettle morning", all that a cell has: words that say nothing together; not "ask at reception", "Siehe Umschlag Tresor" */
static bool is_phrase(span v, const struct word_list *not_secret)
{
	size_t words = 0;

	while (v.n > 0) {
		span w = span_first(v, span_find_byte(v, ' '));

		v = span_from(v, w.n + 1);
		if (w.n < 4 || w.p[0] < 'a' || w.p[0] > 'z' || !names_only(w) || (not_secret != NULL && word_list_has(not_secret, w)))
			return false;
		words++;
	}
	return words > 2 && words < 6;
}

static bool letters_of_any_alphabet(span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!is_letter(v.p[i]))
			return false;
	return true;
}

/* "velvet gannet stair thatch lemon orbit": the five small words or more of a pass phrase, fewer than half of which stand in all sentences */
static bool is_long_phrase(span v, const struct word_list *not_secret)
{
	size_t words = 0, common = 0;

	while (v.n > 0) {
		span w = span_first(v, span_find_byte(v, ' '));

		v = span_from(v, w.n + 1);
		if (w.n == 0 || (w.p[0] >= 'A' && w.p[0] <= 'Z') || !letters_of_any_alphabet(w))
			return false;
		words++;
		common += not_secret != NULL && word_list_has(not_secret, w);
	}
	return words > 4 && words < 11 && 2 * common < words;
}

/* Does v hold a word of the list that ends in a digit? Few bytes of v are one. */
static bool holds_numbered(span v, const struct word_list *l)
{
	for (size_t end = 1; end <= v.n; end++)
		for (size_t from = 0; from < end && ascii_is_digit(v.p[end - 1]); from++)
			if (word_list_has(l, span_sub(v, from, end - from)))
				return true;
	return false;
}

/* Windows2019, SHA256-based: a word of the list is all the letters before the number, or stands in the value with its digits; not Report3r#24 */
static bool has_digits_by_name(span v, size_t head, const struct word_list *named)
{
	for (size_t i = head + 1; i + 1 < v.n; i++)
		if (ascii_is_one_of(v.p[i], "!#$%*?^~"))
			return false;
	/* sha256, argon2: a name's digits are at its end */
	return named != NULL && (word_list_has(named, span_first(v, head)) || holds_numbered(v, named));
}

/* A mark that parts what is no password, and no semicolon between letters, as in Harvest;Moon&7; "Tom&amp;Jerry9" has an entity's */
static bool is_parting(span v, size_t i)
{
	if (v.p[i] == ';' && i > 1 && i + 2 < v.n && ascii_is_alpha(v.p[i - 1]) && ascii_is_alpha(v.p[i + 1]) && span_find_byte(span_first(v, i), '&') == i)
		return false;
	return ascii_is_one_of(v.p[i], "/\\:<>[]{}()|,;=\"");
}

bool is_parted(span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != '=' && is_parting(v, i))
			return true;
	return false;
}

/*
 * What stands in no sentence unless it is a password: eight characters or more with a digit and both cases, or with a digit, a
 * letter and a mark of its own. Not what has digits by nature: Windows2019, INC0012345, report_2024.xlsx, 8f14e45f...
 */
static bool nobody_writes(span v, struct looks l, const struct word_list *named)
{
	size_t marks = 0, tail = 0, head = 0, turns = 0;

	if (v.n < 8 || l.digits == 0 || l.lowers == 0 || l.digits > v.n / 2 + 1 || is_setting(v) || is_record(v) || is_number_of_system(v))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (is_parting(v, i) && (v.p[i] != '=' || !has_digit(span_first(v, i)) || span_find_byte(v, '&') < v.n || i + 2 > v.n))
			return false;
		marks += ascii_is_one_of(v.p[i], "!#$%&*+?^~@=");
		turns += i > 0 && kind_of(v.p[i]) != kind_of(v.p[i - 1]);
	}
	while (head < v.n && ascii_is_alpha(v.p[head]))
		head++;
	while (tail < v.n && ascii_is_digit(v.p[v.n - 1 - tail]))
		tail++;
	if (head + tail == v.n) { /* "orchid77", "KeePass2" */
		if (l.uppers == 0 || (tail < 2 && turns < 5))
			return false;
	} else if (marks == 0 && turns < 3) { /* "12characters" */
		return false;
	}
	if (has_digits_by_name(v, head, named) || (l.others > 0 && (marks == 0 || span_find_byte(v, 0xe2) < v.n))) /* “–” */
		return false;
	return marks > 0 ? !ascii_is_one_of(v.p[0], "#@$") : l.uppers > 0;
}

/* "copper-biscuit-meadow": three words or more that say nothing together, apart by one mark; not "state-of-the-art" */
static bool is_chain(span v, const struct word_list *not_secret)
{
	size_t words = 0, from = 0;
	unsigned char mark = 0;

	for (size_t i = 0; i <= v.n; i++) {
		span w;

		if (i < v.n && is_letter(v.p[i]))
			continue;
		if (i < v.n && v.p[i] != '-' && v.p[i] != '_' && v.p[i] != '.')
			return false;
		if (i < v.n && mark != 0 && v.p[i] != mark)
			return false;
		w = span_sub(v, from, i - from);
		if (w.n < 4 || (not_secret != NULL && word_list_has(not_secret, w)))
			return false;
		mark = i < v.n ? v.p[i] : mark;
		from = i + 1;
		words++;
	}
	/* three words with full stops between are a host */
	return words >= 3 && (mark != '.' || words > 3);
}

/* 2744Heron: four digits that are no year, or five, and a name, which is no product's; nobody counts or measures names */
static bool is_number_and_name(span v, const struct word_list *named)
{
	size_t digits = v.n > 4 && ascii_is_digit(v.p[4]) ? 5 : 4;
	span name = span_from(v, digits);

	if (v.n < 8 || v.n > 24 || looks_of(span_first(v, digits)).digits < digits || (digits == 4 && pad_code_is_year(span_first(v, 4))) || name.p[0] < 'A' || name.p[0] > 'Z')
		return false;
	for (size_t i = 1; i < name.n; i++)
		if (name.p[i] < 'a' || name.p[i] > 'z')
			return false;
	return named == NULL || !word_list_has(named, name);
}

/*
 * Where a sentence about passwords has a place for one ("type X and hit enter") also stands what is odd but no more than
 * that: kestrel88, stone_lake_41. Not what other things are called: web01, INC0012345, Windows2019, 12th, 4x4.
 */
static bool fills_slot(span v, struct looks l, const struct word_list *not_secret, const struct word_list *named)
{
	size_t marks = 0, head = 0, tail = 0;

	if (is_chain(v, not_secret) || is_scrambled(v))
		return true;
	if (v.n < 6 || l.lowers == 0 || is_record(v) || ascii_is_one_of(v.p[0], "/\\:<>[]{}()|,;=\"@#&"))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (is_parting(v, i))
			return false;
		marks += i > 0 && ascii_is_one_of(v.p[i], "!#$%&*+?^~@");
	}
	while (head < v.n && is_letter(v.p[head]))
		head++;
	while (tail < v.n && ascii_is_digit(v.p[v.n - 1 - tail]))
		tail++;
	if (has_digits_by_name(v, head, named) || span_has(v, SPAN_LIT("\xe2\x80")))
		return false;
	if (l.digits == 0) /* Tulip!Moon, but no "ready!" */
		return v.n >= 8 && l.uppers > 0 && !ascii_is_one_of(v.p[v.n - 1], "!#$%&*+?^~@") && marks > 0;
	/* "24hours": so many of something; but 2744Heron */
	if (l.lowers + l.uppers + l.others < 3 || (marks == 0 && head == 0 && tail == 0 && !inner_digit(v) && !is_number_and_name(v, named)))
		return false;
	return marks > 0 || l.digits > 1 || (tail == 0 && v.n > 7 && inner_digit(v)) ? v.n >= 7 || marks > 0 || l.uppers > 0 : false;
}

/* "Spruce/Otter", "white-swallow": two words, neither of which stands where a password could; not "and/or", "Yes/No", "read-only" */
static bool is_pair(span v, const struct word_list *not_secret)
{
	size_t slash = span_find_byte(v, '/'), at = slash < v.n ? slash : span_find_byte(v, '-');
	span a = span_first(v, at), b = span_from(v, at + 1);

	return a.n > 3 && b.n > 3 && names_only(a) && names_only(b) && (at < slash || (a.p[0] < 'a' && b.p[0] < 'a')) &&
	    (not_secret == NULL || (!word_list_has(not_secret, a) && !word_list_has(not_secret, b)));
}

/* "changeme?" */
static span without_marks(span v)
{
	while (v.n > 1 && (v.p[v.n - 1] == '?' || v.p[v.n - 1] == '.'))
		v.n--;
	return v;
}

/* "key_name = "deploy-2026"": a setting, alone in its line. `at` is behind the mark. */
static bool is_assigned(span text, size_t at)
{
	size_t name;

	if (text.p[at - 1] != '=')
		return false;
	for (at--; at > 0 && text.p[at - 1] == ' ';)
		at--;
	for (name = at; name > 0 && (ascii_is_alnum(text.p[name - 1]) || text.p[name - 1] == '_');)
		name--;
	while (name < at && name > 0 && (text.p[name - 1] == ' ' || text.p[name - 1] == '\t' || text.p[name - 1] == '>'))
		name--;
	return name < at && (name == 0 || text.p[name - 1] == '\n');
}

/* "name": "Bank74", 'name' => 'Bank74': what it is stands before it, and is no word for a password where no other rule took it. */
static bool is_member(const struct candidate *c)
{
	size_t at = c->at, mark;

	if (at < 4 || (c->text.p[at - 1] != '"' && c->text.p[at - 1] != '\''))
		return false;
	for (at--; at > 2 && c->text.p[at - 1] == ' ';)
		at--;
	if (is_assigned(c->text, at))
		return true;
	mark = c->text.p[at - 1] == ':' ? 1 : span_ends_nocase(span_first(c->text, at), SPAN_LIT("=>")) ? 2 : 0;
	for (at -= mark; at > 1 && c->text.p[at - 1] == ' ';)
		at--;
	return mark > 0 && at > 0 && (c->text.p[at - 1] == '"' || c->text.p[at - 1] == '\'');
}

/* What stands around the value says that it is something else: part of it, or encrypted. */
static bool is_refused_around(const struct candidate *c, span v, const struct looks *l)
{
	span before = span_first(c->text, c->at), behind = span_from(c->text, c->at + c->n);
	unsigned char close = behind.n > 0 ? behind.p[0] : 0;
	bool bracket = c->at > 0 && c->text.p[c->at - 1] == '[';

	/* "[IMAGE]Dream": the bracket before it is part of something else */
	if (bracket && span_find_byte(v, ']') < v.n)
		return true;
	/* "[vault]", "(stored in the safe)" */
	if (l->digits == 0 && ((v.p[0] == '(' && span_find_byte(v, ')') == v.n) || (bracket && close == ']' && !l->inner_upper && l->symbols == 0)))
		return true;
	/* "${PASSWORD:?missing}" */
	if (v.p[0] == '?' && close == '}')
		return true;
	/* "set password ENC SH2nLk29...", "password cipher ..." of network devices; "enable password 2KFQnbNIdI.2KYOU encrypted" */
	return span_ends_nocase(before, SPAN_LIT(" enc ")) || span_ends_nocase(before, SPAN_LIT(" cipher ")) || span_starts(behind, SPAN_LIT(" encrypted"));
}

/* No word of a language has these. A space is none: "voir coffre" in a table's cell is two words. */
static bool is_odd(span v, const struct looks *l, int kinds, size_t spaces)
{
	size_t of_words = spaces + (span_find_byte(v, '-') < v.n) + (span_find_byte(v, '\'') < v.n) + (span_find_byte(v, '/') < v.n);

	return l->digits > 0 || l->inner_upper || (l->symbols > 0 && kinds > 1 && v.p[0] != '-' && l->symbols > of_words);
}

uint8_t judge_secret(const struct candidate *c, enum strength strength, const struct word_list *not_secret,
    const struct word_list *named)
{
	span v = span_sub(c->text, c->at, c->n);
	struct looks l = looks_of(v);
	int kinds = (l.digits > 0) + (l.lowers > 0) + (l.uppers > 0) + (l.symbols > 0) + (l.others > 0);
	size_t letters = l.lowers + l.uppers + l.others;
	size_t spaces = 0;
	bool odd;

	if (v.n < 3 || v.n > 128 || (letters == 0 && l.digits == 0) || is_something_else(v) ||
	    (not_secret != NULL && (word_list_has(not_secret, v) || word_list_has(not_secret, without_marks(v)))) || is_refused_around(c, v, &l))
		return 0;
	for (size_t i = 0; i < v.n; i++)
		spaces += v.p[i] == ' ';
	if ((spaces > 0 && is_sentence(v, not_secret, c->quoted)) || (!c->quoted && !c->cell && is_code(v)))
		return 0;
	odd = is_odd(v, &l, kinds, spaces);
	switch (strength) {
	case STRENGTH_NONE:
		return CERTAINTY_HIGH;
	case STRENGTH_LABEL:
		if (odd)
			return l.digits == v.n && v.n < 4 ? 0 : CERTAINTY_HIGH;
		if (v.n < 4 || (spaces > 4 && !is_long_phrase(v, not_secret)) || !ends_there(c))
			return 0;
		return c->quoted || !word_says_how(v) ? CERTAINTY_MEDIUM : CERTAINTY_LOW;
	case STRENGTH_PROSE:
		if (odd && v.n >= 4)
			return l.digits > 0 && letters > 0 ? CERTAINTY_HIGH : CERTAINTY_MEDIUM;
		if (v.n < 5 || spaces > 3 || !ends_there(c))
			return 0;
		if (c->quoted)
			return CERTAINTY_MEDIUM;
		return word_says_how(v) || (l.symbols > 0 && !is_pair(v, not_secret)) ? 0 : CERTAINTY_LOW;
	case STRENGTH_BARE:
		if ((spaces > 0 && (!c->quoted || spaces > 3 || l.digits == 0)) || v.n < 5 || is_setting(v) || span_has(v, SPAN_LIT("\\u00")))
			return 0;
		/* "CaADrqGdgeJ": no name has so many humps */
		if (is_chain(v, not_secret) || is_scrambled(v) || (l.humps > 2 && v.n >= 8 && v.n <= 20 && l.lowers + l.uppers == v.n) || (l.wedged && v.n >= 8 && l.lowers > 2))
			return CERTAINTY_MEDIUM;
		if (l.digits > 0 && letters > 0 && (kinds >= 3 || l.digits > 1 || (v.n >= 7 && inner_digit(v))) && v.p[0] != '-')
			return CERTAINTY_MEDIUM;
		return !c->quoted || word_says_how(v) ? 0 : odd ? CERTAINTY_MEDIUM : CERTAINTY_LOW;
	case STRENGTH_CODE:
		if (!c->quoted && is_path_of_names(v, c->at + c->n < c->text.n ? c->text.p[c->at + c->n] : 0))
			return 0;
		if (!c->quoted && !odd && (!ends_there(c) || v.n < 4 || (spaces > 0 && !(c->cell && is_phrase(v, not_secret)))))
			return 0;
		if (!c->quoted && !c->cell && l.digits == 0 && c->at + c->n < c->text.n && c->text.p[c->at + c->n] == ';')
			return 0;
		return odd ? CERTAINTY_HIGH : spaces == 0 && word_says_how(v) ? 0 : CERTAINTY_MEDIUM;
	case STRENGTH_SLOT:
		if (spaces > 0 || is_member(c) || is_number_of_system(v))
			return 0;
		/* What is loose is fit for a slot, too. */
		return nobody_writes(v, l, named) ? CERTAINTY_HIGH : fills_slot(v, l, not_secret, named) ? CERTAINTY_MEDIUM : 0;
	case STRENGTH_LOOSE:
		return spaces == 0 && !is_member(c) && nobody_writes(v, l, named) ? CERTAINTY_MEDIUM : 0;
	case N_STRENGTHS:
		break;
	}
	return 0;
}
