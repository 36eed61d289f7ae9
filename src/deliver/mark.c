#include "deliver/private.h"

static const char crockford[] = "0123456789abcdefghjkmnpqrstvwxyz";

static bool is_digit32(unsigned char c)
{
	c = ascii_lower(c);
	return ascii_is_one_of(c, crockford);
}

/* RFC 5321 says that the case of a local part may matter; what comes back has often lost it: lower case throughout. */
static void mac_write(span case_key, const char *id, const char *address, char out[MARK_MAC])
{
	struct digest key, d;
	unsigned char text[512];
	size_t n = 0;
	uint64_t bits = 0;

	hmac_sha256(case_key, SPAN_LIT("tocsin return path 1"), &key);
	for (const char *p = id; *p != '\0' && n < 64; p++)
		text[n++] = ascii_lower((unsigned char)*p);
	text[n++] = '\0';
	for (const char *p = address; *p != '\0' && n < sizeof text; p++)
		text[n++] = ascii_lower((unsigned char)*p);
	hmac_sha256(digest_span(&key), span_of(text, n), &d);
	for (size_t i = 0; i < MARK_MAC; i++) {
		if (i % 8 == 0) {
			bits = 0;
			for (size_t k = 0; k < 5; k++)
				bits = bits << 8 | d.b[i / 8 * 5 + k];
		}
		out[i] = crockford[bits >> (35 - 5 * (i % 8)) & 31];
	}
	explicit_bzero(&key, sizeof key);
}

void mark_make(span case_key, const char *notice_id, const char *address, char out[MARK_SIZE])
{
	size_t n = strlen(notice_id);

	assert(n == MARK_ID);
	for (size_t i = 0; i < n; i++)
		out[i] = (char)ascii_lower((unsigned char)notice_id[i]);
	out[MARK_ID] = '.';
	mac_write(case_key, notice_id, address, out + MARK_ID + 1);
	out[MARK_SIZE - 1] = '\0';
}

bool mark_ok(span case_key, span mark, const char *notice_id, const char *address)
{
	char want[MARK_SIZE];
	unsigned char differ = 0;

	if (mark.n != MARK_SIZE - 1 || strlen(notice_id) != MARK_ID)
		return false;
	mark_make(case_key, notice_id, address, want);
	for (size_t i = 0; i < mark.n; i++)
		differ |= ascii_lower(mark.p[i]) ^ (unsigned char)want[i];
	return differ == 0;
}

static bool number_at(span s)
{
	if (s.n < MARK_ID || ascii_lower(s.p[0]) != 't' || ascii_lower(s.p[1]) != 'n' || s.p[2] != '-' || s.p[7] != '-')
		return false;
	for (size_t i = 3; i < MARK_ID; i++)
		if (i != 7 && !is_digit32(s.p[i]))
			return false;
	return true;
}

bool notice_number_find(span text, size_t *at, span *number)
{
	for (size_t i = *at; i < text.n; i++)
		if ((text.p[i] | 32) == 't' && number_at(span_from(text, i)) && (i == 0 || !ascii_is_alnum(text.p[i - 1])) &&
		    (i + MARK_ID == text.n || !ascii_is_alnum(text.p[i + MARK_ID]))) {
			*number = span_sub(text, i, MARK_ID);
			*at = i + MARK_ID;
			return true;
		}
	*at = text.n;
	return false;
}

bool mark_find(span text, size_t *at, span *mark)
{
	span number;

	while (notice_number_find(text, at, &number)) {
		size_t start = (size_t)(number.p - text.p), n = MARK_ID + 1;

		if (start + MARK_SIZE - 1 > text.n || text.p[start + MARK_ID] != '.')
			continue;
		while (n < MARK_SIZE - 1 && is_digit32(text.p[start + n]))
			n++;
		if (n == MARK_SIZE - 1) {
			*mark = span_sub(text, start, n);
			*at = start + n;
			return true;
		}
	}
	return false;
}

void notice_number_write(span number, char out[MARK_ID + 1])
{
	for (size_t i = 0; i < MARK_ID; i++) {
		unsigned char c = i < number.n ? number.p[i] : '?';

		out[i] = c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : (char)c;
	}
	out[MARK_ID] = '\0';
}

enum errc deliver_return_path(const struct deliver *d, struct arena *a, const char *notice_id, const char *address,
    const char **out, struct err *e)
{
	const char *base = d->config->delivery.return_address, *at = strrchr(base, '@');
	char mark[MARK_SIZE];

	if (at == NULL || at - base + MARK_SIZE > 64) /* RFC 5321 4.5.3.1.1 */
		return err_set(e, ERR_USAGE, "delivery: return_address wants an address whose local part has at most 34 characters");
	mark_make(d->key, notice_id, address, mark);
	*out = arena_printf(a, "%.*s+%s%s", (int)(at - base), base, mark, at);
	return *out != NULL ? OK : err_memory(e);
}
