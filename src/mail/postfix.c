#include "mail/postfix.h"

struct record { unsigned char type; span data; bool cut; };

/* The record at *at; *at is then behind it. */
static bool record_next(span file, size_t *at, struct record *out)
{
	size_t i = *at + 1, n = 0;
	unsigned shift = 0;

	for (unsigned char c = 0x80; (c & 0x80) != 0; shift += 7) {
		if (i >= file.n || shift > 28)
			return false;
		c = file.p[i++];
		n |= (size_t)(c & 0x7f) << shift;
	}
	*out = (struct record){file.p[*at], span_sub(file, i, n), n > file.n - i};
	*at = i + out->data.n;
	return true;
}

/* A number with blanks before it. */
static bool number_read(span s, size_t *out)
{
	uint64_t n;
	bool there = span_number(span_trim(s), 999999999999999, &n);

	*out = (size_t)n;
	return there;
}

/* The first record says how large the message is, in numbers, and one of the envelope's follows. */
bool postfix_sniff(span file)
{
	static const char envelope[] = "TcAFILSROWVfdimno<>M";
	struct record r;
	size_t at = 0;

	if (file.n < 18 || file.p[0] != 'C' || !record_next(file, &at, &r) || r.cut || r.data.n < 15 || r.data.n > 127)
		return false;
	for (size_t i = 0; i < r.data.n; i++)
		if (r.data.p[i] != ' ' && r.data.p[i] != '-' && !ascii_is_digit(r.data.p[i]))
			return false;
	return at < file.n && memchr(envelope, file.p[at], sizeof envelope - 1) != NULL;
}

void postfix_render(span file, struct buf *out, const char **missing)
{
	struct record r = {0};
	bool content = false;
	size_t at = 0, to;

	*missing = "the file of the queue ends within the message: was it copied whole?";
	/* Whatever the pointers say: nothing of a file is read twice in earnest. */
	for (size_t walked = 0; walked <= 2 * file.n && record_next(file, &at, &r); walked += r.data.n + 2) {
		if (r.type == 'p' && number_read(r.data, &to)) {
			at = to != 0 && to < file.n ? to : at;
		} else if (r.type == 'M') {
			content = true;
		} else if (r.type == 'E' || (content && r.type == 'X')) {
			*missing = "";
			return;
		} else if (content && (r.type == 'N' || r.type == 'L')) {
			buf_put(out, r.data);
			if (r.type == 'N' && !r.cut)
				buf_byte(out, '\n');
		}
	}
}
