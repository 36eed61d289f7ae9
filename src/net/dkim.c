#include "net/dkim.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"

enum { MAX_FIELDS = 512, MAX_TAG = 4096, LINE = 74, MAX_NAMES = 128 };

struct dkim_key { EVP_PKEY *key; enum dkim_algorithm algorithm; };

/* ---- keys ---------------------------------------------------------------------------------------------------- */

static enum errc key_of(EVP_PKEY *p, struct dkim_key **out, struct err *e)
{
	struct dkim_key *k = p != NULL ? calloc(1, sizeof *k) : NULL;

	*out = k;
	if (k == NULL) {
		EVP_PKEY_free(p);
		return p != NULL ? err_memory(e) : err_set(e, ERR_WORLD, "the DKIM key could not be made");
	}
	k->key = p;
	k->algorithm = EVP_PKEY_get_id(p) == EVP_PKEY_ED25519 ? DKIM_ED25519 : DKIM_RSA;
	return OK;
}

enum errc dkim_key_new(enum dkim_algorithm algorithm, struct dkim_key **out, struct err *e)
{
	return key_of(algorithm == DKIM_RSA ? EVP_RSA_gen(2048) : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), out, e);
}

enum errc dkim_key_read(span pem, struct dkim_key **out, struct err *e)
{
	BIO *b = pem.n <= 65536 ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	EVP_PKEY *p = b != NULL ? PEM_read_bio_PrivateKey(b, NULL, NULL, (void *)"") : NULL;
	int kind = p != NULL ? EVP_PKEY_get_id(p) : 0;

	*out = NULL;
	BIO_free(b);
	if (kind == EVP_PKEY_ED25519 || (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(p) >= 2048))
		return key_of(p, out, e);
	EVP_PKEY_free(p);
	return err_set(e, ERR_USAGE, kind == EVP_PKEY_RSA ? "an RSA key for DKIM wants at least 2048 bits"
	                                                  : "not a private RSA or Ed25519 key in PEM");
}

static enum errc take_bio(BIO *b, bool ok, struct buf *out, const char *what, struct err *e)
{
	char *p = NULL;
	long n = ok ? BIO_get_mem_data(b, &p) : 0;

	if (ok)
		buf_put(out, span_of(p, (size_t)n));
	BIO_free(b);
	return ok ? buf_check(out, e) : err_set(e, ERR_WORLD, "%s", what);
}

enum errc dkim_key_write(const struct dkim_key *k, struct buf *pem, struct err *e)
{
	BIO *b = BIO_new(BIO_s_secmem());

	return take_bio(b, b != NULL && PEM_write_bio_PKCS8PrivateKey(b, k->key, NULL, NULL, 0, NULL, NULL) == 1, pem,
	    "the DKIM key could not be written", e);
}

void dkim_key_free(struct dkim_key *k)
{
	if (k != NULL)
		EVP_PKEY_free(k->key);
	free(k);
}

static void put_base64(struct buf *out, span s)
{
	size_t n = 4 * ((s.n + 2) / 3);

	if (buf_room(out, n + 1))
		out->n += (size_t)EVP_EncodeBlock(out->p + out->n, s.p, (int)s.n);
}

/* RSA as SubjectPublicKeyInfo (RFC 6376 3.6.1), Ed25519 as its 32 bytes (RFC 8463 4). */
enum errc dkim_key_record(const struct dkim_key *k, struct buf *out, struct err *e)
{
	unsigned char raw[32], *der = NULL;
	size_t n = sizeof raw;
	int len;

	if (k->algorithm == DKIM_ED25519) {
		if (EVP_PKEY_get_raw_public_key(k->key, raw, &n) != 1)
			return err_set(e, ERR_WORLD, "the public key could not be had");
		buf_str(out, "v=DKIM1; k=ed25519; p=");
		put_base64(out, span_of(raw, n));
		return buf_check(out, e);
	}
	if ((len = i2d_PUBKEY(k->key, &der)) <= 0)
		return err_set(e, ERR_WORLD, "the public key could not be had");
	buf_str(out, "v=DKIM1; k=rsa; p=");
	put_base64(out, span_of(der, (size_t)len));
	OPENSSL_free(der);
	return buf_check(out, e);
}

/* ---- the message in its canonical forms (RFC 6376 3.4) -------------------------------------------------------- */

struct field { span name, whole; }; /* whole: with its folds, without the last line end */
struct mail { struct field *v; size_t n; span body; };

static bool is_wsp(unsigned char c) { return c == ' ' || c == '\t'; }

static enum errc mail_split(struct arena *a, span s, struct mail *out, struct err *e)
{
	span line;

	*out = (struct mail){.v = arena_zero(a, MAX_FIELDS, sizeof *out->v)};
	if (out->v == NULL)
		return err_memory(e);
	while (span_line(&s, &line) && line.n != 0) {
		struct field *last = out->n != 0 ? &out->v[out->n - 1] : NULL;

		if (is_wsp(line.p[0]) && last != NULL) {
			last->whole.n = (size_t)(line.p + line.n - last->whole.p);
			continue;
		}
		if (out->n == MAX_FIELDS)
			return err_set(e, ERR_LIMIT, "more than %d header fields", MAX_FIELDS);
		out->v[out->n++] = (struct field){span_trim(span_first(line, span_find_byte(line, ':'))), line};
	}
	out->body = s;
	return OK;
}

/* Runs of blanks as one; none at the end. */
static void put_relaxed_line(struct buf *b, span line)
{
	size_t end = b->n;

	for (size_t i = 0; i < line.n; i++) {
		if (is_wsp(line.p[i])) {
			if (i == 0 || !is_wsp(line.p[i - 1]))
				buf_byte(b, ' ');
		} else {
			buf_byte(b, line.p[i]);
			end = b->n;
		}
	}
	if (!b->failed)
		b->n = end;
}

static void put_body(struct buf *b, span body, bool relaxed)
{
	size_t end = b->n; /* behind the last line that is not empty */
	span line;

	while (span_line(&body, &line)) {
		size_t from = b->n;

		if (relaxed)
			put_relaxed_line(b, line);
		else
			buf_put(b, line);
		if (b->n != from)
			end = b->n + 2;
		buf_str(b, "\r\n");
	}
	if (!b->failed)
		b->n = end;
	if (!relaxed && end == 0)
		buf_str(b, "\r\n");
}

/* Without the line end. */
static void put_field(struct buf *b, span whole, bool relaxed)
{
	size_t colon = span_find_byte(whole, ':'), start;
	span line, rest = whole;

	if (!relaxed) {
		for (bool first = true; span_line(&rest, &line); first = false) {
			if (!first)
				buf_str(b, "\r\n");
			buf_put(b, line);
		}
		return;
	}
	line = span_trim(span_first(whole, colon));
	for (size_t i = 0; i < line.n; i++)
		buf_byte(b, ascii_lower(line.p[i]));
	buf_byte(b, ':');
	start = b->n;
	for (size_t i = colon + 1; i < whole.n; i++) {
		unsigned char c = whole.p[i];

		if (c == '\r' || c == '\n')
			continue; /* unfolding leaves the blank behind it */
		if (!is_wsp(c))
			buf_byte(b, c);
		else if (b->n > start && b->p[b->n - 1] != ' ')
			buf_byte(b, ' ');
	}
	while (!b->failed && b->n > start && b->p[b->n - 1] == ' ')
		b->n--;
}

/*
 * The fields named in h=, each name from the bottom up; a name that has no field (left) stands for its absence. `skip` is the
 * signature's own field.
 */
static void put_fields(struct buf *b, const struct mail *m, const span *names, size_t n, size_t skip, bool relaxed)
{
	bool used[MAX_FIELDS] = {false};

	for (size_t k = 0; k < n; k++)
		for (size_t i = m->n; i-- > 0;)
			if (!used[i] && i != skip && span_eq_nocase(m->v[i].name, names[k])) {
				used[i] = true;
				put_field(b, m->v[i].whole, relaxed);
				buf_str(b, "\r\n");
				break;
			}
}

/* ---- signing ------------------------------------------------------------------------------------------------- */

enum { SEALED = 5 }; /* the first of these are signed once more than they are there: none can be added */
static const char *const listed[] = {"From", "To", "Subject", "Date", "Reply-To", "Message-ID", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "Content-Language"};

/* All of these that the message has, and the sealed ones once more. */
static size_t choose_names(const struct mail *m, span names[MAX_NAMES])
{
	size_t n = 0;

	for (size_t k = 0; k < sizeof listed / sizeof listed[0]; k++) {
		for (size_t i = 0; i < m->n && n < MAX_NAMES; i++)
			if (span_eq_nocase(m->v[i].name, span_str(listed[k])))
				names[n++] = span_str(listed[k]);
		if (k < SEALED && n < MAX_NAMES)
			names[n++] = span_str(listed[k]);
	}
	return n;
}

/* A tag's value broken over lines at `at` bytes (b=, bh=) or between names (h=). */
static void put_folded(struct buf *b, span s)
{
	while (s.n != 0) {
		buf_put(b, span_first(s, LINE - 6));
		s = span_from(s, LINE - 6);
		if (s.n != 0)
			buf_str(b, "\r\n\t ");
	}
}

static void put_names(struct buf *b, const span *names, size_t n)
{
	size_t column = 5;

	buf_str(b, "\r\n\th=");
	for (size_t i = 0; i < n; i++) {
		if (column + names[i].n + 1 > LINE) {
			buf_str(b, "\r\n\t ");
			column = 3;
		}
		buf_put(b, names[i]);
		buf_byte(b, i + 1 < n ? ':' : ';');
		column += names[i].n + 1;
	}
}

static enum errc sign_data(const struct dkim_key *k, span data, struct buf *b, struct err *e)
{
	unsigned char out[1024];
	size_t n = sizeof out;
	struct digest d;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool ok = false;

	if (c == NULL)
		return err_memory(e);
	sha256_of(data, &d); /* RFC 8463 3: Ed25519 signs the digest as its message */
	if (k->algorithm == DKIM_RSA)
		ok = EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, k->key) == 1 && EVP_DigestSign(c, out, &n, data.p, data.n) == 1;
	else
		ok = EVP_DigestSignInit(c, NULL, NULL, NULL, k->key) == 1 && EVP_DigestSign(c, out, &n, d.b, sizeof d.b) == 1;
	EVP_MD_CTX_free(c);
	if (!ok)
		return err_set(e, ERR_WORLD, "the DKIM signature could not be made");
	{
		struct buf text;

		buf_init(&text, 4096);
		put_base64(&text, span_of(out, n));
		put_folded(b, buf_span(&text));
		buf_free(&text);
	}
	return buf_check(b, e);
}

static enum errc sign_one(const struct mail *m, const struct dkim_signer *v, const struct digest *body, const span *names,
    size_t n_names, struct buf *field, struct buf *data, struct err *e)
{
	enum errc rc;

	buf_clear(field);
	buf_clear(data);
	buf_printf(field, "DKIM-Signature: v=1; a=%s; c=relaxed/relaxed;\r\n\td=%.*s; s=%.*s; t=%lld;",
	    v->key->algorithm == DKIM_RSA ? "rsa-sha256" : "ed25519-sha256", (int)v->domain.n, (const char *)v->domain.p,
	    (int)v->selector.n, (const char *)v->selector.p, (long long)v->when_utc);
	put_names(field, names, n_names);
	buf_str(field, "\r\n\tbh=");
	put_base64(field, digest_span(body));
	buf_str(field, ";\r\n\tb=");
	put_fields(data, m, names, n_names, SIZE_MAX, true);
	put_field(data, buf_span(field), true);
	if ((rc = buf_check(data, e)) == OK && (rc = sign_data(v->key, buf_span(data), field, e)) == OK) {
		buf_str(field, "\r\n");
		rc = buf_check(field, e);
	}
	return rc;
}

enum errc dkim_sign(span message, const struct dkim_signer *v, size_t n, struct buf *out, struct err *e)
{
	span names[MAX_NAMES];
	struct arena *a = NULL;
	struct buf field, data;
	struct digest body;
	struct mail m;
	size_t n_names;
	enum errc rc;

	buf_init(&field, 65536);
	buf_init(&data, 4 * MIB + 2 * message.n);
	if ((rc = arena_new(&a, MIB, e)) != OK || (rc = mail_split(a, message, &m, e)) != OK)
		goto out;
	put_body(&data, m.body, true);
	if ((rc = buf_check(&data, e)) != OK)
		goto out;
	sha256_of(buf_span(&data), &body);
	n_names = choose_names(&m, names);
	for (size_t i = 0; i < n && rc == OK; i++)
		if ((rc = sign_one(&m, &v[i], &body, names, n_names, &field, &data, e)) == OK)
			buf_put(out, buf_span(&field));
	if (rc == OK)
		rc = buf_check(out, e);
out:
	buf_free(&field);
	buf_free(&data);
	arena_free(a);
	return rc;
}

/* ---- checking ------------------------------------------------------------------------------------------------ */

/* The value of a tag in "a=b; c=d" (RFC 6376 3.2), trimmed; false when it is not there. */
static bool tag_get(span list, const char *name, span *out)
{
	while (list.n != 0) {
		size_t end = span_find_byte(list, ';');
		span tag = span_first(list, end);
		size_t eq = span_find_byte(tag, '=');

		if (eq < tag.n && span_eq(span_trim(span_first(tag, eq)), span_str(name))) {
			*out = span_trim(span_from(tag, eq + 1));
			return true;
		}
		list = span_from(list, end + 1);
	}
	return false;
}

static span tag_or(span list, const char *name, const char *none)
{
	span s;

	return tag_get(list, name, &s) ? s : span_str(none);
}

/* Base64 with white space in it. *n 0: not base64. */
static void read_base64(span s, unsigned char *out, size_t max, size_t *n)
{
	char text[MAX_TAG];
	size_t len = 0, pad = 0;
	int got;

	*n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_space(s.p[i])) {
			if (len == sizeof text)
				return;
			text[len++] = (char)s.p[i];
		}
	while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
		pad++;
	if (len == 0 || len % 4 != 0 || len / 4 * 3 > max ||
	    (got = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len)) < 0)
		return;
	*n = (size_t)got - pad;
}

static size_t split_names(span h, span names[MAX_NAMES])
{
	size_t n = 0;

	while (h.n != 0 && n < MAX_NAMES) {
		size_t end = span_find_byte(h, ':');

		names[n++] = span_trim(span_first(h, end));
		h = span_from(h, end + 1);
	}
	return n;
}

static bool name_ok(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '.' && s.p[i] != '_')
			return false;
	return s.n != 0 && s.n <= 200;
}

static span value_of(span field) { return span_from(field, span_find_byte(field, ':') + 1); }

/* Unfolded names: tags are compared without white space around, and within d= and s= there is none. */
static void read_signature(const struct mail *m, size_t i, struct dkim_signature *out)
{
	span list = value_of(m->v[i].whole), names[MAX_NAMES], a = tag_or(list, "a", ""), length;
	size_t n = split_names(tag_or(list, "h", ""), names), n_from = 0, have = 0;

	*out = (struct dkim_signature){.domain = tag_or(list, "d", ""), .selector = tag_or(list, "s", ""), .field = m->v[i].whole,
	    .index = i};
	out->algorithm = span_eq(a, SPAN_LIT("ed25519-sha256")) ? DKIM_ED25519 : DKIM_RSA;
	for (size_t k = 0; k < n; k++)
		n_from += span_eq_nocase(names[k], SPAN_LIT("From"));
	for (size_t k = 0; k < m->n; k++)
		have += span_eq_nocase(m->v[k].name, SPAN_LIT("From"));
	if (!span_eq(tag_or(list, "v", ""), SPAN_LIT("1")))
		out->wrong = "a DKIM signature of another version";
	else if (out->algorithm == DKIM_RSA && !span_eq(a, SPAN_LIT("rsa-sha256")))
		out->wrong = "a DKIM algorithm that is not to be trusted";
	else if (!name_ok(out->domain) || !name_ok(out->selector))
		out->wrong = "the DKIM signature names no domain or selector";
	else if (n_from == 0 || n_from < have)
		out->wrong = "the DKIM signature does not cover From";
	else if (tag_get(list, "l", &length))
		out->wrong = "the DKIM signature covers only a part of the text";
}

enum errc dkim_signatures(struct arena *a, span message, struct dkim_signature **out, size_t *n, struct err *e)
{
	struct mail m;
	enum errc rc = mail_split(a, message, &m, e);

	*n = 0;
	if (rc != OK)
		return rc;
	if ((*out = arena_zero(a, DKIM_SIGNATURES, sizeof **out)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < m.n && *n < DKIM_SIGNATURES; i++)
		if (span_eq_nocase(m.v[i].name, SPAN_LIT("DKIM-Signature")))
			read_signature(&m, i, &(*out)[(*n)++]);
	return OK;
}

static EVP_PKEY *public_key(span record, enum dkim_algorithm algorithm, const char **why)
{
	unsigned char raw[MAX_TAG];
	const unsigned char *p = raw;
	span k = tag_or(record, "k", "rsa");
	EVP_PKEY *key = NULL;
	size_t n;

	if (!span_eq(tag_or(record, "v", "DKIM1"), SPAN_LIT("DKIM1")) ||
	    !span_eq(k, algorithm == DKIM_RSA ? SPAN_LIT("rsa") : SPAN_LIT("ed25519"))) {
		*why = "the key record is of another kind";
		return NULL;
	}
	if (tag_or(record, "p", "").n == 0) {
		*why = "the key is withdrawn";
		return NULL;
	}
	read_base64(tag_or(record, "p", ""), raw, sizeof raw, &n);
	if (n != 0)
		key = algorithm == DKIM_RSA ? d2i_PUBKEY(NULL, &p, (long)n)
					    : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw, n);
	if (key != NULL && algorithm == DKIM_RSA && (EVP_PKEY_get_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < 1024 ||
	                                               EVP_PKEY_get_bits(key) > 8192)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	if (key == NULL)
		*why = "the key record holds no key";
	return key;
}

/* The field with the value of b= taken out (RFC 6376 3.5). */
static void put_unsigned_field(struct buf *out, span whole)
{
	size_t at = span_find_byte(whole, ':') + 1;

	while (at < whole.n) {
		size_t end = at + span_find_byte(span_from(whole, at), ';');
		span tag = span_sub(whole, at, end - at);
		size_t eq = span_find_byte(tag, '=');

		if (eq < tag.n && span_eq(span_trim(span_first(tag, eq)), SPAN_LIT("b"))) {
			buf_put(out, span_first(whole, at + eq + 1));
			buf_put(out, span_from(whole, end));
			return;
		}
		at = end + 1;
	}
	buf_put(out, whole);
}

static bool data_fits(EVP_PKEY *key, enum dkim_algorithm algorithm, span data, span signature)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	struct digest d;
	bool fits = false;

	sha256_of(data, &d);
	if (c != NULL && algorithm == DKIM_RSA)
		fits = EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
		       EVP_DigestVerify(c, signature.p, signature.n, data.p, data.n) == 1;
	else if (c != NULL)
		fits = EVP_DigestVerifyInit(c, NULL, NULL, NULL, key) == 1 &&
		       EVP_DigestVerify(c, signature.p, signature.n, d.b, sizeof d.b) == 1;
	EVP_MD_CTX_free(c);
	return fits;
}

enum errc dkim_ready(struct err *e)
{
	if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_ADD_ALL_CIPHERS | OPENSSL_INIT_ADD_ALL_DIGESTS | OPENSSL_INIT_LOAD_CONFIG, NULL) != 1)
		return err_set(e, ERR_WORLD, "OpenSSL could not be started");
	return OK;
}

enum errc dkim_check(struct arena *a, span message, const struct dkim_signature *s, span record, const char **why,
    struct err *e)
{
	unsigned char bh[64], b[1024];
	span list = value_of(s->field), c = tag_or(list, "c", "simple/simple"), names[MAX_NAMES];
	bool relaxed = span_starts(c, SPAN_LIT("relaxed")), relaxed_body = span_ends_nocase(c, SPAN_LIT("/relaxed"));
	size_t n_bh, n_b, n_names = split_names(tag_or(list, "h", ""), names);
	struct buf data, own;
	struct digest d;
	struct mail m;
	EVP_PKEY *key = NULL;
	enum errc rc = mail_split(a, message, &m, e);

	if (rc != OK)
		return rc;
	if ((*why = s->wrong) != NULL || (key = public_key(record, s->algorithm, why)) == NULL)
		return OK;
	buf_init(&data, 4 * MIB + 2 * message.n);
	buf_init(&own, 2 * MIB);
	read_base64(tag_or(list, "bh", ""), bh, sizeof bh, &n_bh);
	read_base64(tag_or(list, "b", ""), b, sizeof b, &n_b);
	put_body(&data, m.body, relaxed_body);
	sha256_of(buf_span(&data), &d);
	rc = buf_check(&data, e);
	if (rc == OK && (n_bh != DIGEST_SIZE || memcmp(bh, d.b, DIGEST_SIZE) != 0)) {
		*why = "the text is not what was signed";
	} else if (rc == OK) {
		buf_clear(&data);
		put_fields(&data, &m, names, n_names, s->index, relaxed);
		put_unsigned_field(&own, s->field);
		put_field(&data, buf_span(&own), relaxed);
		if ((rc = buf_check(&own, e)) == OK && (rc = buf_check(&data, e)) == OK &&
		    !data_fits(key, s->algorithm, buf_span(&data), span_of(b, n_b)))
			*why = "the header fields are not what was signed, or the key is another";
	}
	EVP_PKEY_free(key);
	buf_free(&data);
	buf_free(&own);
	return rc;
}
