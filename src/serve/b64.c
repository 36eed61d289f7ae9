#include "serve/b64.h"

#include <stdlib.h>
#include <sys/random.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode(char *out, span s)
{
	size_t i = 0;

	for (; s.n - i >= 3; i += 3) {
		uint32_t v = (uint32_t)s.p[i] << 16 | (uint32_t)s.p[i + 1] << 8 | s.p[i + 2];

		*out++ = letters[v >> 18];
		*out++ = letters[v >> 12 & 63];
		*out++ = letters[v >> 6 & 63];
		*out++ = letters[v & 63];
	}
	if (s.n - i == 1) {
		*out++ = letters[s.p[i] >> 2];
		*out++ = letters[(s.p[i] & 3) << 4];
	} else if (s.n - i == 2) {
		*out++ = letters[s.p[i] >> 2];
		*out++ = letters[(s.p[i] & 3) << 4 | s.p[i + 1] >> 4];
		*out++ = letters[(s.p[i + 1] & 15) << 2];
	}
}

static size_t encoded(size_t n) { return n / 3 * 4 + (n % 3 != 0 ? n % 3 + 1 : 0); }

void b64_write(struct buf *out, span s)
{
	size_t n = encoded(s.n);

	if (!buf_room(out, n))
		return;
	encode((char *)out->p + out->n, s);
	out->n += n;
}

char *b64_text(struct arena *a, span s)
{
	size_t n = encoded(s.n);
	char *out = arena_alloc(a, n + 1);

	if (out == NULL)
		return NULL;
	encode(out, s);
	out[n] = '\0';
	return out;
}

static int value_of(unsigned char c)
{
	const char *p = c != '\0' ? strchr(letters, c) : NULL;

	return p == NULL ? -1 : (int)(p - letters);
}

static bool decode(span text, unsigned char *out)
{
	uint32_t bits = 0;
	unsigned n_bits = 0;

	for (size_t i = 0; i < text.n; i++) {
		int v = value_of(text.p[i]);

		if (v < 0)
			return false;
		bits = (bits << 6 | (uint32_t)v) & 0xffff;
		if ((n_bits += 6) >= 8) {
			n_bits -= 8;
			*out++ = (unsigned char)(bits >> n_bits);
		}
	}
	return (bits & ((1u << n_bits) - 1)) == 0;
}

static bool decoded(size_t n, size_t *out)
{
	*out = n / 4 * 3 + (n % 4 != 0 ? n % 4 - 1 : 0);
	return n % 4 != 1;
}

bool b64_read(struct arena *a, span text, span *out)
{
	size_t n;
	unsigned char *p;

	if (!decoded(text.n, &n) || (p = arena_alloc(a, n)) == NULL || !decode(text, p))
		return false;
	*out = span_of(p, n);
	return true;
}

bool b64_read_n(span text, unsigned char *out, size_t n)
{
	size_t have;

	return decoded(text.n, &have) && have == n && decode(text, out);
}

bool id_ok(span text)
{
	unsigned char id[ID_BYTES];

	return text.n == ID_TEXT && b64_read_n(text, id, sizeof id);
}

void random_bytes(void *p, size_t n)
{
	for (unsigned char *at = p; n != 0;) {
		ssize_t got = getrandom(at, n, 0);

		if (got <= 0)
			abort(); /* a portal without randomness must not go on */
		at += got;
		n -= (size_t)got;
	}
}

void id_new(char out[ID_TEXT + 1])
{
	unsigned char id[ID_BYTES];

	random_bytes(id, sizeof id);
	encode(out, span_of(id, sizeof id));
	out[ID_TEXT] = '\0';
}
