/* How a value looks, without a thought of what it is: how many characters of which kind. */
#include "scan/private.h"

struct looks looks_of(span v)
{
	struct looks l = {0};

	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = v.p[i];

		if (ascii_is_digit(c))
			l.digits++;
		else if (c >= 'a' && c <= 'z')
			l.lowers++;
		else if (c >= 'A' && c <= 'Z') {
			l.uppers++;
			l.humps += i > 0 && v.p[i - 1] >= 'a' && v.p[i - 1] <= 'z';
		} else if (c >= 0x80)
			l.others++;
		else {
			l.symbols++;
			l.wedged |= i > 0 && i + 2 < v.n && (c == '!' || (c >= '#' && c <= '%') || c == '^' || c == '*') && ascii_is_alpha(v.p[i - 1]) &&
			    v.p[i + 1] >= 'A' && v.p[i + 1] <= 'Z' && v.p[i + 2] >= 'A' && v.p[i + 2] <= 'Z';
		}
	}
	l.inner_upper = l.humps > 0;
	return l;
}

static bool has_vowel(span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (ascii_is_one_of(ascii_lower(v.p[i]), "aeiouy"))
			return true;
	return false;
}

bool is_scrambled(span v)
{
	size_t pieces = 0, run = 0;

	for (size_t i = 0; i < v.n; i++) {
		bool small = v.p[i] >= 'a' && v.p[i] <= 'z', turns = i + 1 == v.n || (v.p[i + 1] <= 'Z') == small;

		if (!ascii_is_alpha(v.p[i]))
			return false;
		run++;
		if (!turns)
			continue;
		/* one or two small letters behind a capital; two capitals or more before small ones, and twice as much within and before no vowel */
		if (small)
			pieces += run < 3 && i >= run;
		else if (run > 1 && i + 1 < v.n)
			pieces += i >= run && !has_vowel(span_sub(v, i + 1, 3)) ? 2 : 1;
		run = 0;
	}
	return v.n >= 8 && v.n <= 32 && pieces > 2;
}

bool has_digit(span v)
{
	return looks_of(v).digits > 0;
}

bool names_only(span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!ascii_is_alpha(v.p[i]) && v.p[i] != '_')
			return false;
	return true;
}

bool hex_only(span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!ascii_is_digit(v.p[i]) && (v.p[i] < 'a' || v.p[i] > 'f'))
			return false;
	return true;
}
