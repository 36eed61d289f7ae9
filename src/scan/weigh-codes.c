/* Codes of several words as values (weigh.h): "1 1 3 8", "double two seven", "2 and 4 together, then 3", "left 28, right 61, left 9". */
#include "scan/weigh-private.h"

enum { GROUPS_MOST = 8, DIGITS_MOST = 10, JOINTS_MOST = 2 };

/* What a word is in such a code: a few digits; a capital, with or without some; words for digits; a turn of a dial; what joins these. */
enum sign { SIGN_NONE, SIGN_GROUP, SIGN_LETTER, SIGN_SPELLED, SIGN_TURN, SIGN_JOINT };

/* Up to four digits */
static bool is_group(span s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n > 0 && n <= 4 && n == s.n;
}

/* A word for a digit, or some with hyphens between, of which the first is looked at, and the last. */
static bool is_spelled(struct walk *k, const struct word *o)
{
	unsigned char first[WORD_MAX];
	size_t n = 0;

	if ((o->roles & 1u << DIGIT_WORD) == 0)
		return false;
	while (n < o->n && n < WORD_MAX && k->text.p[o->at + n] != '-') {
		first[n] = ascii_lower(k->text.p[o->at + n]);
		n++;
	}
	return n == o->n || (roles_of(k->w, span_of(first, n), span_hash_word(span_of(first, n)), true) & 1u << DIGIT_WORD) != 0;
}

static enum sign sign_of(struct walk *k, size_t i)
{
	const struct word *o = word_of(k, i);
	span s = word_span(k, i);

	if (s.n == 0)
		return SIGN_NONE;
	if (ascii_is_digit(s.p[0]))
		return is_group(s) ? SIGN_GROUP : SIGN_NONE;
	if (ascii_is_one_of(s.p[0], "#*") && is_group(span_from(s, 1)))
		return SIGN_GROUP;
	if (s.p[0] >= 'A' && s.p[0] <= 'Z' && (s.n == 1 || (s.n < 4 && is_group(span_from(s, 1)))))
		return SIGN_LETTER;
	if (is_spelled(k, o))
		return SIGN_SPELLED;
	if ((o->roles & 1u << TURN_WORD) != 0)
		return SIGN_TURN;
	return (o->roles & 1u << JOINT_WORD) != 0 || (word_is_dash(s) && (ascii_is_one_of(s.p[0], "-/+>") || s.p[0] == 0xe2)) ? SIGN_JOINT : SIGN_NONE;
}

/* Does a code go on from word i to the next? A comma stands between single signs, and around words. */
static bool goes_on(struct walk *k, size_t i, enum sign sign, enum sign next_sign)
{
	const struct word *o = word_of(k, i), *next = word_of(k, i + 1);
	bool comma = o->at + o->n + 1 == o->to && k->text.p[o->to - 1] == ',';

	return o->to + 1 == next->from && k->text.p[o->to] == ' ' && next->at == next->from &&
	    (o->at + o->n == o->to || (comma && (sign > SIGN_LETTER || next_sign > SIGN_LETTER || (o->n == 1 && next->n == 1))));
}

enum kind code_of_words(struct walk *k, size_t i, size_t *last)
{
	unsigned of[SIGN_JOINT + 1] = {0}, digits = 0, joints = 0, commas = 0;
	enum sign sign, first;

	*last = i;
	if (i < k->coded || (first = sign = sign_of(k, i)) == SIGN_NONE || sign == SIGN_JOINT)
		return KIND_NONE;
	for (size_t at = i;; at++) {
		const struct word *o = word_of(k, at);
		enum sign next;

		if (sign != SIGN_JOINT) {
			*last = at;
			of[SIGN_JOINT] += joints;
			joints = 0;
			of[sign]++;
			for (size_t b = 0; b < o->n; b++)
				digits += sign == SIGN_SPELLED ? b == 0 || k->text.p[o->at + b] == '-' : ascii_is_digit(k->text.p[o->at + b]);
		} else if (++joints > JOINTS_MOST) {
			break;
		}
		if (at + 1 == k->n || at - i == CODE_WORDS || (next = sign_of(k, at + 1)) == SIGN_NONE || !goes_on(k, at, sign, next))
			break;
		commas += o->at + o->n < o->to;
		sign = next;
	}
	k->coded = *last + 1;
	if (*last - i >= CODE_WORDS - 1)
		return KIND_NONE;
	if (of[SIGN_GROUP] + of[SIGN_LETTER] + of[SIGN_TURN] + of[SIGN_JOINT] == 0)
		return digits >= 3 && of[SIGN_SPELLED] <= GROUPS_MOST ? KIND_SPELLED : KIND_NONE;
	if (digits > DIGITS_MOST || *last == i)
		return KIND_NONE;
	if (of[SIGN_SPELLED] + of[SIGN_TURN] + of[SIGN_JOINT] == 0 && (of[SIGN_LETTER] == (first == SIGN_LETTER) || commas == *last - i) && digits + (commas > 1 ? 3 : 0) >= 3)
		return *last - i < GROUPS_MOST ? KIND_GROUPS : KIND_NONE;
	return of[SIGN_GROUP] + of[SIGN_LETTER] + of[SIGN_SPELLED] + of[SIGN_TURN] >= 3 && (digits >= 2 || of[SIGN_LETTER] + of[SIGN_TURN] >= 3) ? KIND_STEPS : KIND_NONE;
}
