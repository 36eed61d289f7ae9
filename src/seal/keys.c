#include "seal/keys.h"

#include "base/limits.h"

/* Bytes of an info or of a salt that are put together on the stack: an organisation's key is the longest. */
#define INFO_MAX (4 * KIB)

void hkdf_sha256(span key, span salt, span info, unsigned char *out, size_t n)
{
	unsigned char block[DIGEST_SIZE + INFO_MAX + 1];
	struct digest prk, t;
	size_t have = 0;

	assert(n <= 255 * DIGEST_SIZE && info.n <= INFO_MAX);
	hmac_sha256(salt, key, &prk);
	for (unsigned char i = 1; n != 0; i++) {
		size_t take = n < DIGEST_SIZE ? n : DIGEST_SIZE;

		memcpy(block, t.b, have);
		if (info.n > 0)
			memcpy(block + have, info.p, info.n);
		block[have + info.n] = i;
		hmac_sha256(digest_span(&prk), span_of(block, have + info.n + 1), &t);
		memcpy(out, t.b, take);
		out += take;
		n -= take;
		have = DIGEST_SIZE;
	}
	explicit_bzero(block, sizeof block);
	explicit_bzero(&prk, sizeof prk);
	explicit_bzero(&t, sizeof t);
}

/* An info: a label and what follows it. */
struct info { unsigned char b[INFO_MAX]; size_t n; };

static void info_put(struct info *i, span s)
{
	assert(s.n <= sizeof i->b - i->n);
	if (s.n != 0)
		memcpy(i->b + i->n, s.p, s.n);
	i->n += s.n;
}

static void info_u32(struct info *i, uint32_t v)
{
	unsigned char b[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16), (unsigned char)(v >> 8), (unsigned char)v};

	info_put(i, span_of(b, sizeof b));
}

static span case_span(const struct case_id *c) { return span_of(c->b, sizeof c->b); }
static span key_span(const struct seal_key *k) { return span_of(k->b, sizeof k->b); }

static void derive(span key, span salt, const struct info *i, struct seal_key *out)
{
	hkdf_sha256(key, salt, span_of(i->b, i->n), out->b, sizeof out->b);
}

/* ---- from the case key --------------------------------------------------------------------------------------- */

void seal_case_id(span case_key, const char *org_key, struct case_id *out)
{
	struct info i = {.n = 0};
	struct digest d;

	info_put(&i, SPAN_LIT("tocsin case id v1\0"));
	if (strlen(org_key) <= sizeof i.b - i.n) {
		info_put(&i, span_str(org_key));
	} else { /* longer than any name is: its digest stands for it */
		sha256_of(span_str(org_key), &d);
		info_put(&i, digest_span(&d));
	}
	hkdf_sha256(case_key, SPAN_EMPTY, span_of(i.b, i.n), out->b, sizeof out->b);
}

static void short_id(span case_key, const struct case_id *c, span label, const struct digest *of, char out[SEAL_RECORD_HEX])
{
	struct seal_key k;
	struct digest d;

	hkdf_sha256(case_key, case_span(c), label, k.b, sizeof k.b);
	hmac_sha256(key_span(&k), digest_span(of), &d);
	hex_write(out, span_of(d.b, (SEAL_RECORD_HEX - 1) / 2));
	explicit_bzero(&k, sizeof k);
}

void seal_record_id(span case_key, const struct case_id *c, const struct digest *content, char out[SEAL_RECORD_HEX])
{
	short_id(case_key, c, SPAN_LIT("tocsin record ids v1"), content, out);
}

void seal_exposure_id(span case_key, const struct case_id *c, const struct digest *exposure, char out[SEAL_RECORD_HEX])
{
	short_id(case_key, c, SPAN_LIT("tocsin exposure ids v1"), exposure, out);
}

static void of_round(span case_key, const struct case_id *c, span label, struct seal_round r, struct seal_key *out)
{
	struct info i = {.n = 0};

	info_put(&i, label);
	info_u32(&i, r.generation);
	info_u32(&i, r.version);
	derive(case_key, case_span(c), &i, out);
}

void seal_ck(span case_key, const struct case_id *c, struct seal_round r, struct seal_key *out)
{
	of_round(case_key, c, SPAN_LIT("tocsin ck v1"), r, out);
}

void seal_share_b(span case_key, const struct case_id *c, struct seal_round r, struct seal_key *out)
{
	of_round(case_key, c, SPAN_LIT("tocsin share b v1"), r, out);
}

/* ---- from a code --------------------------------------------------------------------------------------------- */

void seal_auth_a(const char *notice_id, const char code[SEAL_CODE + 1], struct seal_key *out)
{
	hkdf_sha256(span_of(code, SEAL_CODE), span_str(notice_id), SPAN_LIT("tocsin auth_A v1"), out->b, sizeof out->b);
}

void seal_kek_a(const char *notice_id, const char code[SEAL_CODE + 1], struct seal_key *out)
{
	hkdf_sha256(span_of(code, SEAL_CODE), span_str(notice_id), SPAN_LIT("tocsin kek_A v1"), out->b, sizeof out->b);
}

void seal_kek(const struct seal_key *kek_a, const struct seal_key *share_b, const struct case_id *c, struct seal_key *out)
{
	unsigned char both[2 * SEAL_KEY];

	memcpy(both, kek_a->b, SEAL_KEY);
	memcpy(both + SEAL_KEY, share_b->b, SEAL_KEY);
	hkdf_sha256(span_of(both, sizeof both), case_span(c), SPAN_LIT("tocsin kek v1"), out->b, sizeof out->b);
	explicit_bzero(both, sizeof both);
}

void seal_identity_key(const struct seal_key *auth_a, const struct case_id *c, struct seal_key *out)
{
	hkdf_sha256(key_span(auth_a), case_span(c), SPAN_LIT("tocsin identity v1"), out->b, sizeof out->b);
}

void seal_record_key(const struct seal_key *ck, const struct case_id *c, const char *record, struct seal_key *out)
{
	struct info i = {.n = 0};

	info_put(&i, SPAN_LIT("tocsin rec v1\0"));
	info_put(&i, span_str(record));
	derive(key_span(ck), case_span(c), &i, out);
}

void seal_next_key(const struct seal_key *ck, const struct case_id *c, uint32_t from, uint32_t to, struct seal_key *out)
{
	struct info i = {.n = 0};

	info_put(&i, SPAN_LIT("tocsin next ck v1"));
	info_u32(&i, from);
	info_u32(&i, to);
	derive(key_span(ck), case_span(c), &i, out);
}

void seal_export_key(const struct seal_key *ck, const struct case_id *c, struct seal_key *out)
{
	hkdf_sha256(key_span(ck), case_span(c), SPAN_LIT("tocsin export v1"), out->b, sizeof out->b);
}
