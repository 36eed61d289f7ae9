/*
 * Plain words as values (weigh.h): "the word they want is marmalade", "unlock it with copper kettle november". One that is not usual in mail, or some up to
 * the end of a sentence, clause or quotation; where something leads to them.
 */
#include "scan/weigh-private.h"

enum { PHRASE_MOST = 7, PHRASE_BYTES = 100, WORD_LEAST = 3, WORD_MOST = 40 };

static const uint32_t LEADING = 1u << CODE_TOPIC | 1u << CODE_THING | 1u << CODE_ACT | 1u << CODE_LEAD | 1u << PASSWORD_TOPIC | 1u << PASSWORD_THING | 1u << PASSWORD_ACT |
    1u << PASSWORD_LEAD | 1u << QUESTION_TOPIC | 1u << ANSWER_ACT;

bool word_is_dash(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_alnum(s.p[i]) || (s.p[i] >= 0x80 && !(s.n == 3 && s.p[0] == 0xe2)))
			return false;
	return true;
}

static bool is_capital(span s)
{
	return s.n > 0 && ((s.p[0] >= 'A' && s.p[0] <= 'Z') || (s.n > 1 && s.p[0] == 0xc3 && s.p[1] >= 0x80 && s.p[1] <= 0x9e));
}

static bool is_small(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_capital(span_from(s, i)))
			return false;
	return true;
}

/* Of letters, and one mark at a time between them; "mail.corp.example" is a host. */
static bool is_of_letters(span s, bool *joined)
{
	size_t last = 0; /* behind the last mark but "'" */
	bool joint = true, dots = false;

	for (size_t i = 0; i < s.n; i++) {
		if (is_letter(s.p[i])) {
			joint = false;
			continue;
		}
		if (joint || !ascii_is_one_of(s.p[i], "-.'"))
			return false;
		joint = true;
		dots |= s.p[i] == '.';
		last = s.p[i] == '\'' ? last : i + 1;
	}
	*joined = last > 0;
	return !joint && !(dots && s.n - last < 5 && is_small(s));
}

/* Does a mark, the begin of a line or quotation, a word of the lists or a capital within a sentence lead to word i? */
static bool is_led_to(struct walk *k, size_t i)
{
	const struct word *o = word_of(k, i), *before;

	if (i == 0)
		return false;
	if (o->opened || o->lines > 0 || k->text.p[o->from] == '(')
		return true;
	before = word_of(k, i - 1);
	return (before->roles & LEADING) != 0 || ascii_is_one_of(k->text.p[before->to - 1], ":,") || word_is_dash(word_span(k, i - 1)) || (!before->ends && is_capital(word_span(k, i)));
}

/* Could word i go on with the words before it? */
static bool goes_on(struct walk *k, size_t i)
{
	const struct word *o = word_of(k, i), *before = word_of(k, i - 1);

	return o->lines == 0 && o->at == o->from && before->at + before->n == before->to && !word_is_dash(word_span(k, i));
}

/* Does the clause end with word i? */
static bool is_end(struct walk *k, size_t i)
{
	const struct word *o = word_of(k, i);

	return o->at + o->n < o->to || i + 1 == k->n || word_of(k, i + 1)->lines > 0 || word_is_dash(word_span(k, i + 1));
}

bool plain_weigh(struct walk *k, size_t i)
{
	const uint32_t usual = 1u << USUAL, known = usual | 1u << KNOWN;
	const struct word *o = word_of(k, i), *end;
	span v = word_span(k, i);
	bool joined = false, plain, rare = (o->roles & known) == 0;
	size_t last = i;

	/* what a secret begins with is seldom a usual word, and nothing in it is unusual more seldom */
	if (k->w->plain.of.v == NULL || o->n < 2 || !is_letter(v.p[0]) || ((o->roles & usual) != 0 && !o->opened) || word_is_dash(v))
		return true;
	plain = (o->plain || form_of(v) == KIND_NONE) && is_of_letters(v, &joined);
	if (!(plain && joined) && !is_led_to(k, i))
		return true;
	if (plain && o->n >= WORD_LEAST && o->n <= WORD_MOST && (rare || (o->opened && o->closed)) && !value_weigh(k, i, i, KIND_WORD))
		return false;
	while (last + 1 < k->n && last - i + 1 < PHRASE_MOST && goes_on(k, last + 1))
		rare |= (word_of(k, ++last)->roles & known) == 0;
	end = word_of(k, last);
	return last == i || !is_end(k, last) || end->at + end->n - o->at > PHRASE_BYTES || !(rare || (o->opened && end->closed)) || value_weigh(k, i, last, KIND_PHRASE);
}

void put_plain(struct walk *k, size_t i, size_t last)
{
	const struct word *first = word_of(k, i), *end = word_of(k, last);
	unsigned own = 0, rarest = 0, usual = 0, of = 0;

	for (size_t at = i; at <= last; at++) {
		const struct word *o = word_of(k, at);

		of = (o->roles >> USUAL & 1) != 0 ? 0 : (o->roles >> KNOWN & 1) != 0 ? 1 : 2;
		own |= o->roles & ~(1u << USUAL | 1u << KNOWN);
		rarest = of > rarest ? of : rarest;
		usual += of == 0;
		if (at == i)
			put_trait(k, (enum trait)(TRAIT_RARE_FIRST + of));
	}
	put_trait(k, (enum trait)(TRAIT_RARE + rarest));
	put_trait(k, (enum trait)(TRAIT_RARE_LAST + of));
	put_trait(k, (enum trait)(TRAIT_N_USUAL + (usual < 4 ? usual : 4)));
	put_trait(k, (enum trait)(TRAIT_LENGTH + (last > i ? last - i + 1 : first->n < 16 ? first->n / 2 : 8)));
	put_roles(k, SLOT_OWN, own);
	put_word(k, SLOT_FIRST, first);
	put_word(k, SLOT_LAST, end);
	if (last > i && first->opened && end->closed)
		put_trait(k, TRAIT_QUOTED);
	if (is_end(k, last))
		put_trait(k, TRAIT_CLOSED);
	if (is_capital(word_span(k, i)))
		put_trait(k, first->lines > 0 || i == 0 || word_of(k, i - 1)->ends ? TRAIT_OPENING_CAPITAL : TRAIT_CAPITAL);
}
