/* The access code: 130 bits in Crockford's base32, and a check character by ISO 7064's hybrid system with M = 32. */
#include "seal/keys.h"

static const char digits[] = CROCKFORD;

enum { M = 32, GROUP = 5 };

void seal_code(span case_key, const char *notice_id, uint32_t generation, char out[SEAL_CODE + 1])
{
	unsigned char bits[17], info[24 + 4];
	static const char label[] = "tocsin access code v1";
	size_t n = sizeof label - 1;

	memcpy(info, label, n);
	for (int shift = 24; shift >= 0; shift -= 8)
		info[n++] = (unsigned char)(generation >> shift);
	hkdf_sha256(case_key, span_str(notice_id), span_of(info, n), bits, sizeof bits);
	for (size_t i = 0; i < SEAL_CODE; i++) {
		size_t at = 5 * i;
		unsigned two = (unsigned)bits[at / 8] << 8 | (at / 8 + 1 < sizeof bits ? bits[at / 8 + 1] : 0u);

		out[i] = digits[two >> (11 - at % 8) & 31];
	}
	out[SEAL_CODE] = '\0';
	explicit_bzero(bits, sizeof bits);
}

static int value_of(unsigned char c)
{
	const char *at;

	c = c >= 'a' && c <= 'z' ? (unsigned char)(c - 'a' + 'A') : c;
	c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
	at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

bool notice_id_ok(span id)
{
	if (id.n != SEAL_NOTICE_ID || memcmp(id.p, "TN-", 3) != 0 || id.p[7] != '-')
		return false;
	for (size_t i = 3; i < SEAL_NOTICE_ID; i++)
		if (i != 7 && !ascii_is_one_of(id.p[i], digits))
			return false;
	return true;
}

static char check_of(const char *notice_id, const char *code)
{
	int p = M;

	for (size_t i = 3; i < SEAL_NOTICE_ID + SEAL_CODE; i++) {
		unsigned char c = (unsigned char)(i < SEAL_NOTICE_ID ? notice_id[i] : code[i - SEAL_NOTICE_ID]);
		int s;

		if (i < SEAL_NOTICE_ID && c == '-')
			continue;
		s = (p + value_of(c)) % M;
		p = 2 * (s == 0 ? M : s) % (M + 1);
	}
	return digits[(M + 1 - p) % M];
}

void code_text(const char *notice_id, const char code[SEAL_CODE + 1], char out[SEAL_CODE_TEXT])
{
	size_t n = 0;

	for (size_t i = 0; i <= SEAL_CODE; i++) {
		if (i != 0 && i % GROUP == 0)
			out[n++] = '-';
		out[n++] = i < SEAL_CODE ? code[i] : check_of(notice_id, code);
	}
	out[n] = '\0';
}

bool code_read(const char *notice_id, span typed, char out[SEAL_CODE + 1])
{
	char all[SEAL_CODE + 1];
	size_t n = 0;
	bool ok = true;

	for (size_t i = 0; i < typed.n && ok; i++) {
		int v;

		if (typed.p[i] == '-' || ascii_is_space(typed.p[i]))
			continue;
		v = value_of(typed.p[i]);
		ok = v >= 0 && n < sizeof all;
		if (ok)
			all[n++] = digits[v];
	}
	ok = ok && n == sizeof all && notice_id_ok(span_str(notice_id)) && all[SEAL_CODE] == check_of(notice_id, all);
	if (ok) {
		memcpy(out, all, SEAL_CODE);
		out[SEAL_CODE] = '\0';
	}
	explicit_bzero(all, sizeof all);
	return ok;
}
