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
		else
			l.symbols++;
		l.wedged |= i > 0 && i + 2 < v.n && (c == '!' || (c >= '#' && c <= '%') || c == '^' || c == '*') && ascii_is_alpha(v.p[i - 1]) &&
		    v.p[i + 1] >= 'A' && v.p[i + 1] <= 'Z' && v.p[i + 2] >= 'A' && v.p[i + 2] <= 'Z';
	}
	l.inner_upper = l.humps > 0;
	return l;
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
