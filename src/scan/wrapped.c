#include "scan/wrapped.h"

/* Mail programs cut at 64 to 78 characters, marks of quoting come to that. */
enum { WIDTH_MIN = 60, WIDTH_MAX = 100, LINES = 16, BYTES = LINES * WIDTH_MAX };
struct joined {
	unsigned char v[BYTES];
	size_t n, lines;
	struct { size_t at, text_at; } line[LINES]; /* where each begins, in v and in the text */
};

static size_t key_end(span text, size_t at)
{
	while (at < text.n && (ascii_is_alnum(text.p[at]) || ascii_is_one_of(text.p[at], "_-+/=.~")))
		at++;
	return at;
}

/* Where the line begins whose first word is at `at`; SIZE_MAX: more than quoting stands before it, as the name of a setting. */
static size_t line_begin(span text, size_t at)
{
	while (at > 0 && (text.p[at - 1] == '>' || text.p[at - 1] == ' ' || text.p[at - 1] == '\t'))
		at--;
	return at == 0 || text.p[at - 1] == '\n' ? at : SIZE_MAX;
}

bool wrapped_at(span text, size_t at)
{
	size_t begin = line_begin(text, at), end;

	if (begin == SIZE_MAX)
		return false;
	end = key_end(span_first(text, begin + WIDTH_MAX), at);
	return end < text.n && (text.p[end] == '\n' || text.p[end] == '\r') && end - begin >= WIDTH_MIN;
}

/* No word of a language, which would be the sentence behind the key, no setting, and not the next key of a list. */
static bool goes_on(span first, span piece)
{
	size_t mark = span_find_byte(piece, '='), odd = 0, lowers = 0;

	for (size_t i = 0; i < mark; i++) {
		odd += ascii_is_digit(piece.p[i]) || (i > 0 && piece.p[i] >= 'A' && piece.p[i] <= 'Z');
		lowers += piece.p[i] >= 'a' && piece.p[i] <= 'z';
	}
	return odd > 0 && (mark == piece.n || lowers > 0) && !span_starts(piece, span_first(first, 4));
}

/* The pieces from `at` on without what cuts them apart; false where nothing is cut. */
static bool join(span text, size_t at, struct joined *j)
{
	size_t begin = line_begin(text, at), end;

	j->n = j->lines = 0;
	while (j->lines < LINES && (end = key_end(text, at)) > at && end - begin <= WIDTH_MAX && (j->lines == 0 || goes_on((span){j->v, j->n}, span_sub(text, at, end - at)))) {
		j->line[j->lines].at = j->n;
		j->line[j->lines++].text_at = at;
		memcpy(j->v + j->n, text.p + at, end - at);
		j->n += end - at;
		at = end + (end < text.n && text.p[end] == '\r');
		if (end - begin < WIDTH_MIN || at >= text.n || text.p[at] != '\n')
			break;
		for (begin = ++at; at < text.n && (text.p[at] == '>' || text.p[at] == ' ' || text.p[at] == '\t');)
			at++;
	}
	return j->lines > 1;
}

bool wrapped_value(const struct pattern *k, span text, size_t at, pcre2_match_data *match, pcre2_match_context *limits, size_t *from, size_t *n)
{
	struct joined j;
	size_t value, value_n, i;

	if (!join(text, at, &j))
		return false;
	pcre2_set_offset_limit(limits, 0);
	if (pcre2_match(k->code, j.v, j.n, 0, PCRE2_NO_UTF_CHECK | PCRE2_ANCHORED, match, limits) <= 0)
		return false;
	if (!pattern_group(pcre2_get_ovector_pointer(match), k->value, 0, &value, &value_n)) {
		value = pcre2_get_ovector_pointer(match)[0];
		value_n = pcre2_get_ovector_pointer(match)[1] - value;
	}
	if (value >= j.line[1].at || value + value_n <= j.line[1].at || (j.lines == LINES && value + value_n == j.n))
		return false;
	for (i = j.lines - 1; j.line[i].at >= value + value_n;)
		i--;
	*from = at + value;
	*n = j.line[i].text_at + (value + value_n - j.line[i].at) - *from;
	return true;
}
