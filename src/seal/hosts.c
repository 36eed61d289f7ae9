#include "seal/hosts.h"

static bool in_word(unsigned char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '@' || c == '+' || c >= 0x80;
}
static bool in_local(unsigned char c) { return ascii_is_one_of(c, "!#$%&'*/=?^`{|}~"); }

/* "notes.txt" looks like a host and is none. */
static bool is_file_ending(span s)
{
	static const char *const ends[] = {"txt", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "exe", "zip", "jpg", "jpeg",
	    "png", "gif", "html", "htm", "php", "asp", "aspx", "jsp", "js", "py", "sh", "c", "h", "cfg", "ini", "conf", "xml",
	    "json", "csv", "yml", "yaml", "log", "bat", "ps1", "sql", "dll", "java", "cpp", "eml", "msg", "properties", "env",
	    "key", "pem", "md", "tar", "gz"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_eq_nocase(s, span_str(ends[i])))
			return true;
	return false;
}

/* Labels apart by single dots, the last one of letters; linked: something before it says that it is a host. */
static bool is_host(span h, bool linked)
{
	size_t dot = h.n, dots = 0, digits = 0;
	span last;

	if (h.n < 4 || h.n > 253)
		return false;
	for (size_t i = 0; i < h.n; i++) {
		if (h.p[i] == '.') {
			if (i == 0 || h.p[i - 1] == '.')
				return false;
			dot = i;
			dots++;
		} else if (h.p[i] == '@' || h.p[i] == '+') {
			return false;
		}
		digits += ascii_is_digit(h.p[i]);
	}
	if (dots == 0 || dot + 1 >= h.n)
		return false;
	if (digits + dots == h.n) /* an IPv4 address is one where it is used as one */
		return linked && dots == 3;
	last = span_from(h, dot + 1);
	for (size_t i = 0; i < last.n; i++)
		if (!ascii_is_alpha(last.p[i]) && last.p[i] < 0x80 && !span_starts_nocase(last, SPAN_LIT("xn--")))
			return false;
	if (last.n < 2 || last.n > 24)
		return false;
	if (linked)
		return true;
	/* "please.Thanks": the end of one sentence and the start of the next */
	if (dots == 1 && last.p[0] >= 'A' && last.p[0] <= 'Z' && last.p[1] >= 'a')
		return false;
	return dots > 1 || !is_file_ending(last);
}

static span trimmed(span w, size_t *at)
{
	while (w.n != 0 && (w.p[0] == '.' || w.p[0] == '-' || w.p[0] == '_' || w.p[0] == '+')) {
		w = span_from(w, 1);
		++*at;
	}
	while (w.n != 0 && (w.p[w.n - 1] == '.' || w.p[w.n - 1] == '-' || w.p[w.n - 1] == '_' || w.p[w.n - 1] == '+'))
		w.n--;
	return w;
}

bool host_place_next(span text, size_t *from, struct host_place *out)
{
	size_t i = *from;

	while (i < text.n) {
		size_t at, sign;
		bool linked;
		span w;

		while (i < text.n && !in_word(text.p[i]))
			i++;
		at = i;
		while (i < text.n && in_word(text.p[i]))
			i++;
		w = trimmed(span_sub(text, at, i - at), &at);
		for (sign = w.n; sign > 0 && w.p[sign - 1] != '@'; sign--)
			;
		if (sign != 0) {
			span host = span_from(w, sign);

			if (sign < 2 || !is_host(host, true))
				continue;
			while (at > 0 && in_local(text.p[at - 1]))
				at--;
			*out = (struct host_place){at, (size_t)(host.p - text.p) + host.n - at, (size_t)(host.p - text.p), true};
			*from = i;
			return true;
		}
		linked = at >= 2 && (span_eq(span_sub(text, at - 2, 2), SPAN_LIT("//")) ||
		                     span_eq(span_sub(text, at - 2, 2), SPAN_LIT("\\\\")));
		linked = linked || (at >= 1 && text.p[at - 1] == '@') || span_starts_nocase(w, SPAN_LIT("www."));
		if (!is_host(w, linked))
			continue;
		*out = (struct host_place){at, w.n, at, false};
		*from = i;
		return true;
	}
	*from = i;
	return false;
}
