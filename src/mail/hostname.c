#include "mail/hostname.h"

#include "base/utf8.h"

static bool in_host(unsigned char c) { return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_'; }

static bool is_outer(unsigned char c) { return ascii_is_alnum(c) || c >= 0x80; }

/* Not those of East Asia, where words are written together. */
size_t host_name_letter(span s)
{
	size_t n;
	uint32_t c;

	if (s.n == 0 || s.p[0] < 0x80)
		return 0;
	c = utf8_get(s, &n);
	return c < 0x2e80 && (utf8_is_letter(c) || (c >= 0x300 && c < 0x370)) ? n : 0;
}

static size_t wide_letter_before(span text, size_t at)
{
	size_t n = 1;

	while (n < 4 && n < at && (text.p[at - n] & 0xc0) == 0x80)
		n++;
	return at >= n && host_name_letter(span_sub(text, at - n, n)) == n ? n : 0;
}

static size_t host_begin(span text, size_t dot)
{
	size_t a = dot, n;

	while (a > 0 && dot - a < HOST_NAME_LONGEST && (n = in_host(text.p[a - 1]) ? 1 : wide_letter_before(text, a)) != 0)
		a -= n;
	return a;
}

static size_t host_run(span text, size_t at)
{
	size_t b = at, n;

	while (b < text.n && b - at < HOST_NAME_LONGEST && (n = in_host(text.p[b]) ? 1 : host_name_letter(span_from(text, b))) != 0)
		b += n;
	return b;
}

size_t host_name_end(span text, size_t at)
{
	size_t to = host_run(text, at);

	while (to > at && !is_outer(text.p[to - 1]))
		to--;
	return to;
}

bool host_name_around(span text, size_t dot, size_t *from, size_t *to)
{
	size_t a = host_begin(text, dot), b = host_run(text, dot), last;

	while (a < dot && !is_outer(text.p[a]))
		a++;
	while (b > dot && !is_outer(text.p[b - 1]))
		b--;
	*from = a;
	*to = b;
	if (a == dot || b <= dot + 1)
		return false;
	for (last = b; text.p[last - 1] != '.'; last--)
		;
	return b - last >= 2 && (ascii_is_alpha(text.p[last]) || text.p[last] >= 0x80);
}

bool host_name_next(span text, size_t *from, size_t to, size_t *at, size_t *n)
{
	while (*from < to) {
		size_t dot = *from + span_find_byte(span_sub(text, *from, to - *from), '.'), a, b;

		if (dot >= to)
			break;
		*from = dot + 1;
		if (dot == 0 || !is_outer(text.p[dot - 1]) || dot + 1 >= text.n || !is_outer(text.p[dot + 1]))
			continue;
		if (!host_name_around(text, dot, &a, &b)) {
			*from = b > dot ? b : dot + 1;
			continue;
		}
		*from = b;
		*at = a;
		*n = b - a;
		return true;
	}
	*from = to;
	return false;
}
