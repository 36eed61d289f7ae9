#include "seal/age.h"

#include <sodium.h>

#include "base/limits.h"

static const char intro[] = "age-encryption.org/v1\n";
static const char stanza[] = "-> X25519 ";
static const char info_stanza[] = "age-encryption.org/v1/X25519";

enum { TAG = 16, B64_32 = 43, KEY = 32, FILE_KEY = 16 };

/* Headers of other programs have further recipients; a real one is 200 bytes a recipient. */
#define HEADER_MAX (64 * KIB)

/* ---- bech32 --------------------------------------------------------------------------------------------------- */

static const char charset[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
static const char hrp[] = "age-secret-key-";

enum { HRP = sizeof hrp - 1, DATA = 52, CHECK = 6 };

static uint32_t polymod_step(uint32_t c, unsigned v)
{
	static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = c >> 25;

	c = (c & 0x1ffffff) << 5 ^ v;
	for (unsigned i = 0; i < 5; i++)
		if ((top >> i & 1) != 0)
			c ^= generator[i];
	return c;
}

static uint32_t polymod(const unsigned char *data, size_t n)
{
	uint32_t c = 1;

	for (size_t i = 0; i < HRP; i++)
		c = polymod_step(c, (unsigned char)hrp[i] >> 5);
	c = polymod_step(c, 0);
	for (size_t i = 0; i < HRP; i++)
		c = polymod_step(c, hrp[i] & 31);
	for (size_t i = 0; i < n; i++)
		c = polymod_step(c, data[i]);
	return c;
}

void age_secret_text(const struct seal_key *secret, char out[AGE_SECRET_TEXT])
{
	unsigned char data[DATA + CHECK] = {0};
	uint32_t check;

	for (size_t bit = 0; bit < 8 * KEY; bit++)
		if ((secret->b[bit / 8] >> (7 - bit % 8) & 1) != 0)
			data[bit / 5] |= (unsigned char)(16 >> bit % 5);
	check = polymod(data, sizeof data) ^ 1;
	for (size_t i = 0; i < CHECK; i++)
		data[DATA + i] = check >> 5 * (CHECK - 1 - i) & 31;
	memcpy(out, hrp, HRP);
	out[HRP] = '1';
	for (size_t i = 0; i < sizeof data; i++)
		out[HRP + 1 + i] = charset[data[i]];
	out[HRP + 1 + sizeof data] = '\0';
	for (char *p = out; *p != '\0'; p++)
		*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
	sodium_memzero(data, sizeof data);
}

bool age_secret_read(span text, struct seal_key *out)
{
	unsigned char data[DATA + CHECK];
	bool small = false, large = false, ok = true;

	text = span_trim(text);
	if (text.n != HRP + 1 + sizeof data)
		return false;
	memset(data, 0, sizeof data);
	for (size_t i = 0; ok && i < text.n; i++) {
		unsigned char c = ascii_lower(text.p[i]);
		const char *at = i > HRP && c != '\0' ? strchr(charset, c) : NULL;

		small = small || (text.p[i] >= 'a' && text.p[i] <= 'z');
		large = large || (text.p[i] >= 'A' && text.p[i] <= 'Z');
		ok = i <= HRP ? c == (unsigned char)(i < HRP ? hrp[i] : '1') : at != NULL;
		if (ok && i > HRP)
			data[i - HRP - 1] = (unsigned char)(at - charset);
	}
	ok = ok && !(small && large) && polymod(data, sizeof data) == 1 && (data[DATA - 1] & 15) == 0;
	memset(out, 0, sizeof *out);
	for (size_t bit = 0; ok && bit < 8 * KEY; bit++)
		if ((data[bit / 5] & 16 >> bit % 5) != 0)
			out->b[bit / 8] |= (unsigned char)(128 >> bit % 8);
	sodium_memzero(data, sizeof data);
	return ok;
}

/* ---- what header and chunks have in common ---------------------------------------------------------------------- */

/* RFC 4648 4 without padding, as the C2SP text wants it. */
static void put_b64(struct buf *b, const unsigned char *p, size_t n)
{
	char text[4 * KEY];

	sodium_bin2base64(text, sizeof text, p, n, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	buf_str(b, text);
}

static bool read_b64(span s, unsigned char out[KEY])
{
	size_t n = 0;
	const char *end = NULL;

	return s.n == B64_32 && sodium_base642bin(out, KEY, (const char *)s.p, s.n, NULL, &n, &end,
	           sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 && n == KEY && end == (const char *)s.p + s.n;
}

static bool wrap_key(const unsigned char secret[KEY], const unsigned char theirs[KEY], const unsigned char share[KEY],
    const unsigned char recipient[KEY], unsigned char out[KEY])
{
	unsigned char shared[KEY], salt[2 * KEY];

	if (crypto_scalarmult(shared, secret, theirs) != 0) /* all zero: refused */
		return false;
	memcpy(salt, share, KEY);
	memcpy(salt + KEY, recipient, KEY);
	hkdf_sha256(span_of(shared, sizeof shared), span_of(salt, sizeof salt), span_of(info_stanza, sizeof info_stanza - 1), out, KEY);
	sodium_memzero(shared, sizeof shared);
	return true;
}

static void header_mac(const unsigned char file_key[FILE_KEY], span header, struct digest *out)
{
	unsigned char k[KEY];

	hkdf_sha256(span_of(file_key, FILE_KEY), SPAN_EMPTY, SPAN_LIT("header"), k, sizeof k);
	hmac_sha256(span_of(k, sizeof k), header, out);
	sodium_memzero(k, sizeof k);
}

static void payload_key(const unsigned char file_key[FILE_KEY], const unsigned char nonce[16], unsigned char out[KEY])
{
	hkdf_sha256(span_of(file_key, FILE_KEY), span_of(nonce, 16), SPAN_LIT("payload"), out, KEY);
}

static void chunk_nonce(uint64_t counter, bool last, unsigned char nonce[12])
{
	memset(nonce, 0, 12);
	for (int i = 0; i < 8; i++)
		nonce[10 - i] = (unsigned char)(counter >> 8 * i);
	nonce[11] = last;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

enum errc age_begin(struct age_writer *w, const struct seal_key *secret, const struct age_fresh *fresh, age_sink *put,
    void *ctx, struct err *e)
{
	static const unsigned char zero[12];
	unsigned char recipient[KEY], share[KEY], key[KEY], body[FILE_KEY + TAG];
	struct digest mac;
	struct buf h;
	enum errc rc;

	*w = (struct age_writer){.put = put, .ctx = ctx};
	buf_init(&w->chunk, AGE_CHUNK + TAG + 1);
	buf_init(&h, KIB);
	if (sodium_init() < 0 || crypto_scalarmult_base(recipient, secret->b) != 0 || crypto_scalarmult_base(share, fresh->share) != 0 ||
	    !wrap_key(fresh->share, recipient, share, recipient, key))
		return err_set(e, ERR_WORLD, "libsodium does not start");
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL, fresh->file_key, FILE_KEY, NULL, 0, NULL, zero, key);
	buf_str(&h, intro);
	buf_str(&h, stanza);
	put_b64(&h, share, sizeof share);
	buf_byte(&h, '\n');
	put_b64(&h, body, sizeof body);
	buf_str(&h, "\n---");
	header_mac(fresh->file_key, buf_span(&h), &mac);
	buf_byte(&h, ' ');
	put_b64(&h, mac.b, sizeof mac.b);
	buf_byte(&h, '\n');
	buf_put(&h, span_of(fresh->nonce, sizeof fresh->nonce));
	payload_key(fresh->file_key, fresh->nonce, w->key);
	sodium_memzero(key, sizeof key);
	if ((rc = buf_check(&h, e)) == OK)
		rc = put(ctx, buf_span(&h), e);
	buf_free(&h);
	return rc;
}

static enum errc flush(struct age_writer *w, bool last, struct err *e)
{
	unsigned char nonce[12], tag[TAG];
	enum errc rc;

	chunk_nonce(w->counter++, last, nonce);
	(void)crypto_aead_chacha20poly1305_ietf_encrypt_detached(w->chunk.p, tag, NULL, w->chunk.p, w->chunk.n, NULL, 0, NULL,
	    nonce, w->key);
	buf_put(&w->chunk, span_of(tag, sizeof tag));
	if ((rc = buf_check(&w->chunk, e)) == OK)
		rc = w->put(w->ctx, buf_span(&w->chunk), e);
	w->chunk.n = 0;
	return rc;
}

enum errc age_put(struct age_writer *w, span bytes, struct err *e)
{
	enum errc rc = OK;

	while (rc == OK && bytes.n != 0) {
		size_t n = AGE_CHUNK - w->chunk.n;

		if (n == 0) { /* only when more follows: the last chunk may be full, but not empty behind others */
			rc = flush(w, false, e);
			continue;
		}
		buf_put(&w->chunk, span_first(bytes, n));
		bytes = span_from(bytes, n);
	}
	return rc == OK ? buf_check(&w->chunk, e) : rc;
}

enum errc age_end(struct age_writer *w, struct err *e)
{
	if (!buf_room(&w->chunk, TAG))
		return err_memory(e);
	return flush(w, true, e);
}

void age_close(struct age_writer *w)
{
	buf_wipe(&w->chunk);
	sodium_memzero(w->key, sizeof w->key);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* One recipient's lines: "-> X25519 share", "body". True when the secret opens it. */
static bool try_stanza(span args, span body, const struct seal_key *secret, unsigned char file_key[FILE_KEY])
{
	static const unsigned char zero[12];
	unsigned char share[KEY], recipient[KEY], key[KEY], sealed[KEY];
	bool ok;

	if (!read_b64(args, share) || !read_b64(body, sealed) || crypto_scalarmult_base(recipient, secret->b) != 0 ||
	    !wrap_key(secret->b, share, share, recipient, key))
		return false;
	ok = crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL, NULL, sealed, sizeof sealed, NULL, 0, zero, key) == 0;
	sodium_memzero(key, sizeof key);
	return ok;
}

/* The header's lines up to "---"; *mac_line what stands behind it. */
static bool read_header(span file, const struct seal_key *secret, unsigned char file_key[FILE_KEY], span *signed_part,
    span *mac, span *rest, bool *opened)
{
	span left = span_from(file, sizeof intro - 1), line;

	*opened = false;
	while (left.n != 0) {
		size_t n = span_find_byte(left, '\n');
		size_t at = (size_t)(left.p - file.p);

		if (n == left.n || at > HEADER_MAX)
			return false;
		line = span_first(left, n);
		left = span_from(left, n + 1);
		if (span_starts(line, SPAN_LIT("--- "))) {
			*signed_part = span_first(file, at + 3);
			*mac = span_from(line, 4);
			*rest = left;
			return true;
		}
		if (span_starts(line, span_str(stanza)) && !*opened)
			*opened = try_stanza(span_from(line, sizeof stanza - 1), span_first(left, span_find_byte(left, '\n')), secret, file_key);
	}
	return false;
}

bool age_file_begins(span file) { return span_starts(file, span_str(intro)); }

enum errc age_open(struct age_reader *r, span file, const struct seal_key *secret, struct err *e)
{
	unsigned char file_key[FILE_KEY], mac[KEY];
	span header, mac_text, rest;
	struct digest want;
	bool whole, opened, ok = false;

	memset(r, 0, sizeof *r);
	if (sodium_init() < 0)
		return err_set(e, ERR_WORLD, "libsodium does not start");
	if (!age_file_begins(file))
		return err_set(e, ERR_EVIDENCE, "not an age file");
	whole = read_header(file, secret, file_key, &header, &mac_text, &rest, &opened) && read_b64(mac_text, mac);
	if (whole && opened) {
		header_mac(file_key, header, &want);
		ok = sodium_memcmp(mac, want.b, sizeof mac) == 0 && rest.n >= 16;
	}
	if (ok) {
		payload_key(file_key, rest.p, r->key);
		r->rest = span_from(rest, 16);
	}
	sodium_memzero(file_key, sizeof file_key);
	if (ok)
		return OK;
	return err_set(e, ERR_EVIDENCE, !whole ? "the header of the age file is damaged" : !opened ? "this key does not open the file"
	    : "the header of the age file was changed");
}

enum errc age_next(struct age_reader *r, span *out, struct err *e)
{
	unsigned char nonce[12];
	size_t n = r->rest.n < AGE_CHUNK + TAG ? r->rest.n : AGE_CHUNK + TAG;
	bool last = n == r->rest.n;

	*out = SPAN_EMPTY;
	if (r->done)
		return OK;
	chunk_nonce(r->counter, last, nonce);
	/* An empty last chunk is that of an empty file only. */
	if (n < TAG || (n == TAG && r->counter != 0) ||
	    crypto_aead_chacha20poly1305_ietf_decrypt_detached(r->chunk, NULL, r->rest.p, n - TAG, r->rest.p + n - TAG, NULL, 0, nonce,
	        r->key) != 0)
		return err_set(e, ERR_EVIDENCE, "the age file is cut or was changed (chunk %llu): download it again", (unsigned long long)r->counter + 1);
	r->counter++;
	r->rest = span_from(r->rest, n);
	r->done = last;
	*out = span_of(r->chunk, n - TAG);
	return OK;
}

void age_read_close(struct age_reader *r) { sodium_memzero(r, sizeof *r); }
