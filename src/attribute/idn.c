#include "attribute/idn.h"

#include "base/utf8.h"

/* Parameters of Punycode (RFC 3492 5). */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 0x80, LABEL_MAX = 63 };

static char digit_of(uint32_t d)
{
	return (char)(d < 26 ? 'a' + d : '0' + (d - 26));
}

/* RFC 3492 6.1 */
static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

/* One number in generalised variable-length integers (RFC 3492 6.3). */
static size_t put_delta(uint32_t delta, uint32_t bias, char *out)
{
	size_t n = 0;
	uint32_t q = delta;

	for (uint32_t k = BASE; ; k += BASE) {
		uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;

		if (q < t)
			break;
		out[n++] = digit_of(t + (q - t) % (BASE - t));
		q = (q - t) / (BASE - t);
	}
	out[n++] = digit_of(q);
	return n;
}

/* A label of n characters as an A-label of at most 63; 0 when it is longer. */
static size_t label_encode(const uint32_t *c, uint32_t n, char out[LABEL_MAX + 8])
{
	uint32_t next = FIRST, bias = BIAS, delta = 0, done = 0, basic;
	size_t len = 4;

	memcpy(out, "xn--", 4);
	for (uint32_t i = 0; i < n; i++)
		if (c[i] < FIRST)
			out[len++] = (char)c[i];
	done = basic = (uint32_t)(len - 4);
	if (basic > 0)
		out[len++] = '-';
	while (done < n) {
		uint32_t least = UINT32_MAX;

		for (uint32_t i = 0; i < n; i++)
			if (c[i] >= next && c[i] < least)
				least = c[i];
		delta += (least - next) * (done + 1); /* 63 characters below 0x110000 do not overflow */
		next = least;
		for (uint32_t i = 0; i < n; i++) {
			delta += c[i] < next;
			if (c[i] != next)
				continue;
			if (len >= LABEL_MAX)
				return 0;
			len += put_delta(delta, bias, out + len);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
		delta++;
		next++;
	}
	return len <= LABEL_MAX ? len : 0;
}

bool idn_is_wide(span host)
{
	for (size_t i = 0; i < host.n; i++)
		if (host.p[i] >= 0x80)
			return true;
	return false;
}

size_t idn_ascii(span host, char *out, size_t size)
{
	size_t n = 0;

	while (host.n > 0) {
		span label = span_first(host, span_find_byte(host, '.'));
		uint32_t c[LABEL_MAX];
		uint32_t k = 0;
		bool high = false;
		char encoded[LABEL_MAX + 8];
		size_t len;

		host = span_from(host, label.n);
		for (size_t at = 0; at < label.n; at += len) {
			uint32_t one = utf8_fold(utf8_get(span_from(label, at), &len));

			if (k == LABEL_MAX || one == 0xfffd || one == 0)
				return 0;
			high |= one >= FIRST;
			c[k++] = one;
		}
		for (len = 0; !high && len < k; len++)
			encoded[len] = (char)c[len];
		if ((high && (len = label_encode(c, k, encoded)) == 0) || len + 2 > size - n)
			return 0;
		memcpy(out + n, encoded, len);
		n += len;
		if (host.n > 0) {
			out[n++] = '.';
			host = span_from(host, 1);
		}
	}
	out[n] = '\0';
	return n;
}
