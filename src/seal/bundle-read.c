/* A bundle back from its bytes: first the signature, then each rule of doc/sealed-bundle.md. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "seal/bundle.h"
#include "stream/json-read.h"

static enum errc bad(struct err *e, const char *what) { return err_set(e, ERR_EVIDENCE, "the bundle's manifest: %s", what); }

/* The members in their order: the next one must be `name`. */
static const struct json_node *member(const struct json_node **at, const char *name, enum json_type type)
{
	const struct json_node *n = *at;

	if (n == NULL || !span_eq(n->key, span_str(name)) || n->type != type)
		return NULL;
	*at = n->next;
	return n;
}

static bool number(const struct json_node *n, uint64_t max, uint64_t *out)
{
	return n != NULL && span_number(n->text, max, out) && (n->text.n == 1 || n->text.p[0] != '0');
}

static int b64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* RFC 4648 5 without padding; *n bytes to out, which has room for 3/4 of the text. */
static bool b64(span s, unsigned char *out, size_t *n)
{
	uint32_t bits = 0;
	unsigned have = 0;

	*n = 0;
	if (s.n % 4 == 1)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int v = b64_value(s.p[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[(*n)++] = (unsigned char)(bits >> have);
			bits &= (1u << have) - 1;
		}
	}
	return bits == 0;
}

static bool fixed(const struct json_node *n, unsigned char *out, size_t want)
{
	size_t got;

	return n != NULL && n->text.n == (want * 4 + 2) / 3 && b64(n->text, out, &got) && got == want;
}

static bool lower_hex(const struct json_node *n, unsigned char *out, size_t bytes)
{
	if (n == NULL || n->text.n != 2 * bytes)
		return false;
	for (size_t i = 0; i < n->text.n; i++)
		if (!ascii_is_digit(n->text.p[i]) && !(n->text.p[i] >= 'a' && n->text.p[i] <= 'f'))
			return false;
	return hex_read(n->text, out, bytes);
}

static enum errc read_notices(struct arena *a, const struct json_node *list, struct seal_bundle *b, struct err *e)
{
	size_t i = 0;

	if (list->n > LIMIT_BUNDLE_NOTICES || (b->notices = arena_zero(a, list->n, sizeof *b->notices)) == NULL)
		return bad(e, "too many notices");
	b->n_notices = list->n;
	for (const struct json_node *n = list->child; n != NULL; n = n->next, i++) {
		struct bundle_notice *v = &b->notices[i];
		const struct json_node *at = n->child, *id, *auth, *ck, *identity;
		unsigned char *sealed;
		size_t n_sealed;

		if (n->type != JSON_OBJECT || (id = member(&at, "notice", JSON_STRING)) == NULL || !notice_id_ok(id->text) ||
		    (auth = member(&at, "auth_sha256", JSON_STRING)) == NULL || !lower_hex(auth, v->auth_sha256.b, DIGEST_SIZE) ||
		    (ck = member(&at, "wrapped_ck", JSON_STRING)) == NULL || !fixed(ck, v->wrapped_ck, SEAL_WRAPPED) ||
		    (identity = member(&at, "identity", JSON_STRING)) == NULL || at != NULL)
			return bad(e, "a notice that is none");
		memcpy(v->id, id->text.p, SEAL_NOTICE_ID);
		for (size_t k = 0; k < i; k++)
			if (memcmp(b->notices[k].id, v->id, SEAL_NOTICE_ID) == 0)
				return bad(e, "one notice twice");
		if ((sealed = arena_alloc(a, identity->text.n)) == NULL)
			return err_memory(e);
		if (!b64(identity->text, sealed, &n_sealed) || n_sealed < SEAL_PADDED_LEAST + SEAL_OVERHEAD)
			return bad(e, "an identity that is none");
		v->identity = span_of(sealed, n_sealed);
	}
	return OK;
}

static enum errc read_earlier(struct arena *a, const struct json_node *list, struct seal_bundle *b, struct err *e)
{
	size_t i = 0;

	if ((b->earlier = arena_zero(a, list->n, sizeof *b->earlier)) == NULL)
		return err_memory(e);
	b->n_earlier = list->n;
	for (const struct json_node *n = list->child; n != NULL; n = n->next, i++) {
		const struct json_node *at = n->child, *version, *ck;
		uint64_t v;

		if (n->type != JSON_OBJECT || (version = member(&at, "version", JSON_NUMBER)) == NULL ||
		    !number(version, b->round.version - 1, &v) || v == 0 || (i != 0 && v <= b->earlier[i - 1].version) ||
		    (ck = member(&at, "wrapped_ck", JSON_STRING)) == NULL || !fixed(ck, b->earlier[i].wrapped_ck, SEAL_WRAPPED) || at != NULL)
			return bad(e, "an earlier version that is none");
		b->earlier[i].version = (uint32_t)v;
	}
	return OK;
}

/* "index", "list-0" ..., or 16 lower-case digits. */
static bool record_ok(span s)
{
	size_t at = span_starts(s, SPAN_LIT("list-")) ? 5 : 0;

	if (s.n == 0 || s.n >= BUNDLE_RECORD_MAX)
		return false;
	if (span_eq(s, SPAN_LIT("index")))
		return true;
	if (at == 0 && s.n != SEAL_RECORD_HEX - 1)
		return false;
	if (at != 0 && (s.n == at || s.n > at + 6))
		return false;
	for (; at < s.n; at++)
		if (!ascii_is_digit(s.p[at]) && !(s.n == SEAL_RECORD_HEX - 1 && s.p[at] >= 'a' && s.p[at] <= 'f'))
			return false;
	return true;
}

/* Blobs lie one behind the other, from the beginning of the data to its end. */
static bool read_place(const struct json_node **at, uint64_t *expected, uint64_t all, struct bundle_blob *out)
{
	const struct json_node *offset = member(at, "offset", JSON_NUMBER), *length = member(at, "length", JSON_NUMBER);
	const struct json_node *sha256 = member(at, "sha256", JSON_STRING);

	if (!number(offset, all, &out->offset) || !number(length, all, &out->length) || !lower_hex(sha256, out->sha256.b, DIGEST_SIZE) ||
	    *at != NULL || out->offset != *expected || out->length > all - out->offset || out->length == 0)
		return false;
	*expected += out->length;
	return true;
}

static int by_record(const void *x, const void *y)
{
	return strcmp(((const struct bundle_blob *)x)->record, ((const struct bundle_blob *)y)->record);
}

static enum errc read_records(struct arena *a, const struct json_node *list, const struct json_node *export, struct seal_bundle *b,
    struct err *e)
{
	const struct json_node *at = export->child;
	uint64_t expected = 0;
	size_t i = 0;

	if (list->n == 0 || list->n > LIMIT_BUNDLE_RECORDS || (b->records = arena_zero(a, list->n, sizeof *b->records)) == NULL)
		return bad(e, "no records, or too many");
	b->n_records = list->n;
	for (const struct json_node *n = list->child; n != NULL; n = n->next, i++) {
		const struct json_node *m = n->child, *name;

		if (n->type != JSON_OBJECT || (name = member(&m, "record", JSON_STRING)) == NULL || !record_ok(name->text) ||
		    !read_place(&m, &expected, b->data.n, &b->records[i]))
			return bad(e, "a record that is none");
		memcpy(b->records[i].record, name->text.p, name->text.n);
		if ((i == 0) != (strcmp(b->records[i].record, "index") == 0))
			return bad(e, "the index is not the first record");
	}
	if (!read_place(&at, &expected, b->data.n, &b->export) || expected != b->data.n)
		return bad(e, "the data is longer or shorter than what is in it");
	qsort(b->records, b->n_records, sizeof *b->records, by_record);
	for (i = 1; i < b->n_records; i++)
		if (by_record(&b->records[i - 1], &b->records[i]) == 0)
			return bad(e, "one record twice");
	return OK;
}

static enum errc read_manifest(struct arena *a, const struct json_node *root, const struct verify_key *signer,
    struct seal_bundle *b, struct err *e)
{
	const struct json_node *at = root->child, *n, *list, *export;
	char id[KEY_ID_TEXT];
	uint64_t v;
	enum errc rc;

	if ((n = member(&at, "format", JSON_STRING)) == NULL || !span_eq(n->text, SPAN_LIT("tocsin-bundle")) ||
	    (n = member(&at, "v", JSON_NUMBER)) == NULL || !span_eq(n->text, SPAN_LIT("1")))
		return bad(e, "a format or a version that this program does not know");
	if ((n = member(&at, "case", JSON_STRING)) == NULL || !lower_hex(n, b->id.b, SEAL_CASE_ID))
		return bad(e, "no case id");
	memcpy(b->id_hex, n->text.p, SEAL_CASE_HEX - 1);
	if (!number(member(&at, "generation", JSON_NUMBER), UINT32_MAX, &v) || v == 0)
		return bad(e, "no generation");
	b->round.generation = (uint32_t)v;
	if (!number(member(&at, "version", JSON_NUMBER), UINT32_MAX, &v) || v == 0)
		return bad(e, "no version");
	b->round.version = (uint32_t)v;
	if (!number(member(&at, "wave", JSON_NUMBER), INT32_MAX, &v))
		return bad(e, "no wave");
	b->wave = (int64_t)v;
	if ((n = member(&at, "created", JSON_STRING)) == NULL || !time_parse(n->text, &b->created_utc))
		return bad(e, "no date");
	if ((n = member(&at, "signer", JSON_STRING)) == NULL || !span_eq(n->text, span_str(key_id_text(signer->id, id))))
		return bad(e, "another signer is named than has signed");
	if (!fixed(member(&at, "share_b", JSON_STRING), b->share_b.b, SEAL_KEY))
		return bad(e, "no share_b");
	if ((n = member(&at, "notices", JSON_ARRAY)) == NULL)
		return bad(e, "no notices");
	if ((rc = read_notices(a, n, b, e)) != OK)
		return rc;
	if ((n = member(&at, "earlier", JSON_ARRAY)) == NULL)
		return bad(e, "no earlier versions");
	if ((rc = read_earlier(a, n, b, e)) != OK)
		return rc;
	if ((list = member(&at, "records", JSON_ARRAY)) == NULL || (export = member(&at, "export", JSON_OBJECT)) == NULL || at != NULL)
		return bad(e, "no records, no export, or something behind them");
	return read_records(a, list, export, b, e);
}

enum errc seal_bundle_read(struct arena *a, span file, const struct verify_key *signer, struct seal_bundle *out, struct err *e)
{
	struct cursor c = cursor_of(file);
	struct json_node *root;
	unsigned problems = 0;
	size_t used;
	enum errc rc;

	*out = (struct seal_bundle){0};
	if (!span_eq(cursor_take(&c, sizeof BUNDLE_MAGIC - 1), SPAN_LIT(BUNDLE_MAGIC)))
		return err_set(e, ERR_EVIDENCE, "not a sealed bundle");
	out->manifest = cursor_bytes(&c);
	out->signature = cursor_bytes(&c);
	out->data = c.rest;
	if (c.bad || out->manifest.n > LIMIT_BUNDLE_MANIFEST || out->signature.n > 4 * KIB)
		return err_set(e, ERR_EVIDENCE, "the bundle is cut, or its manifest too long");
	if ((rc = minisign_verify(signer, out->manifest, out->signature, NULL, NULL, e)) != OK) {
		err_in(e, "bundle");
		return rc == ERR_EVIDENCE ? ERR_REFUSED : rc;
	}
	rc = json_read_most(a, out->manifest, 6 * (size_t)LIMIT_BUNDLE_RECORDS, &root, &used, &problems, e);
	if (rc != OK || root == NULL || used != out->manifest.n || problems != 0 || root->type != JSON_OBJECT)
		return rc != OK && rc != ERR_EVIDENCE && rc != ERR_LIMIT ? rc : bad(e, "not plain JSON");
	return read_manifest(a, root, signer, out, e);
}

static int to_record(const void *key, const void *blob)
{
	const span *k = key;
	const struct bundle_blob *b = blob;

	return span_cmp(*k, span_str(b->record));
}

const struct bundle_blob *seal_bundle_find(const struct seal_bundle *b, span record)
{
	return record.n != 0 && record.n < BUNDLE_RECORD_MAX ? bsearch(&record, b->records, b->n_records, sizeof *b->records, to_record)
	                                                     : NULL;
}

static enum errc held_against(const struct bundle_blob *blob, const struct digest *d, bool whole, struct err *e)
{
	if (!whole || memcmp(d, &blob->sha256, sizeof *d) != 0)
		return err_set(e, ERR_EVIDENCE, "%s of the bundle was changed", *blob->record != '\0' ? blob->record : "the export");
	return OK;
}

enum errc seal_bundle_get(const struct seal_bundle *b, const struct bundle_blob *blob, span *out, struct err *e)
{
	struct digest d;

	*out = span_sub(b->data, (size_t)blob->offset, (size_t)blob->length);
	sha256_of(*out, &d);
	return held_against(blob, &d, out->n == blob->length, e);
}

enum errc seal_bundle_check_some(struct bundle_check *k, uint64_t most, bool *more, struct err *e)
{
	enum errc rc = OK;

	while (rc == OK && k->blob <= k->b->n_records && most != 0) {
		const struct bundle_blob *blob = k->blob == 0 ? &k->b->export : &k->b->records[k->blob - 1];
		uint64_t left = blob->length - k->at, n = left < most ? left : most;
		span s = span_sub(k->b->data, (size_t)(blob->offset + k->at), (size_t)n);
		struct digest d;

		if (k->at == 0)
			sha256_start(k->h);
		sha256_add(k->h, s);
		most -= n;
		k->at += n;
		if (n < left)
			continue;
		sha256_done(k->h, &d);
		rc = held_against(blob, &d, s.n == n, e);
		k->blob++;
		k->at = 0;
	}
	*more = k->blob <= k->b->n_records;
	return rc;
}

enum errc seal_bundle_check(const struct seal_bundle *b, struct err *e)
{
	struct bundle_check k = {.b = b};
	bool more;
	enum errc rc;

	if ((rc = sha256_new(&k.h, e)) == OK)
		rc = seal_bundle_check_some(&k, UINT64_MAX, &more, e);
	sha256_free(k.h);
	return rc;
}
