/*
 * tocsin-seal-vectors: doc/sealed-bundle-vectors.json, the test vectors of doc/sealed-bundle.md, for whoever opens a
 * bundle with other code (the reading room's page does). Invented key, invented organisation; no case.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "seal/keys.h"

static void put_hex(struct json *j, const char *key, const void *p, size_t n)
{
	char *hex = malloc(2 * n + 1);

	if (hex == NULL)
		abort();
	hex_write(hex, span_of(p, n));
	json_str(j, key, hex);
	free(hex);
}

static void put_key(struct json *j, const char *key, const struct seal_key *k) { put_hex(j, key, k->b, sizeof k->b); }

static void put_sealed(struct json *j, const char *name, const char *id, const char *plain, const struct buf *aad,
    const struct buf *sealed)
{
	json_open(j, name, '{');
	json_str(j, "id", id);
	json_str(j, "plaintext", plain);
	put_hex(j, "aad", aad->p, aad->n);
	put_hex(j, "sealed", sealed->p, sealed->n);
	json_close(j, '}');
}

static enum errc put_case(struct json *j, span case_key, const char *org, const char *notice, struct seal_round r, struct err *e)
{
	static const char record_text[] = "{\"v\":1,\"record\":\"\",\"text\":\"Gr\xc3\xbc\xc3\x9f" "e\"}";
	static const char identity_text[] = "{\"v\":1,\"organisation\":{\"name\":\"Acme Bank\"}}";
	struct seal_key ck, share, auth, kek_a, kek, next, before, export, key;
	struct digest content, exposure, auth_digest;
	struct case_id id;
	unsigned char wrapped[SEAL_WRAPPED], earlier[SEAL_WRAPPED];
	char code[SEAL_CODE + 1], text[SEAL_CODE_TEXT], record[SEAL_RECORD_HEX], exposed[SEAL_RECORD_HEX];
	struct buf aad, sealed;
	enum errc rc;

	buf_init(&aad, KIB);
	buf_init(&sealed, MIB);
	sha256_of(SPAN_LIT("a message"), &content);
	sha256_of(SPAN_LIT("an exposure"), &exposure);
	seal_case_id(case_key, org, &id);
	seal_record_id(case_key, &id, &content, record);
	seal_exposure_id(case_key, &id, &exposure, exposed);
	seal_ck(case_key, &id, r, &ck);
	seal_share_b(case_key, &id, r, &share);
	seal_code(case_key, notice, r.generation, code);
	code_text(notice, code, text);
	seal_auth_a(notice, code, &auth);
	sha256_of(span_of(auth.b, sizeof auth.b), &auth_digest);
	seal_kek_a(notice, code, &kek_a);
	seal_kek(&kek_a, &share, &id, &kek);
	seal_export_key(&ck, &id, &export);
	seal_ck(case_key, &id, (struct seal_round){r.generation, r.version - 1}, &before);
	seal_next_key(&before, &id, r.version - 1, r.version, &next);

	json_open(j, NULL, '{');
	json_str(j, "organisation", org);
	json_str(j, "notice", notice);
	json_u64(j, "generation", r.generation);
	json_u64(j, "version", r.version);
	put_hex(j, "case", id.b, sizeof id.b);
	json_digest(j, "content_digest", &content);
	json_str(j, "record", record);
	json_digest(j, "exposure_digest", &exposure);
	json_str(j, "exposure", exposed);
	json_str(j, "code", code);
	json_str(j, "code_text", text);
	put_key(j, "auth_a", &auth);
	json_digest(j, "auth_sha256", &auth_digest);
	put_key(j, "kek_a", &kek_a);
	put_key(j, "share_b", &share);
	put_key(j, "kek", &kek);
	put_key(j, "ck", &ck);
	seal_identity_key(&auth, &id, &key);
	put_key(j, "identity_key", &key);
	seal_record_key(&ck, &id, record, &key);
	put_key(j, "record_key", &key);
	put_key(j, "export_key", &export);
	if ((rc = seal_wrap_ck(&kek, &id, notice, r, &ck, wrapped, e)) != OK ||
	    (rc = seal_wrap_next(&before, &id, r.generation, r.version - 1, r.version, &ck, earlier, e)) != OK)
		goto out;
	put_hex(j, "wrapped_ck", wrapped, sizeof wrapped);
	put_key(j, "earlier_ck", &before);
	put_key(j, "next_ck_key", &next);
	put_hex(j, "earlier_wrapped_ck", earlier, sizeof earlier);
	if ((rc = seal_put_record(&ck, &id, record, span_str(record_text), &sealed, e)) != OK)
		goto out;
	seal_aad_record(&aad, &id, record, sealed.n - SEAL_OVERHEAD);
	put_sealed(j, "sealed_record", record, record_text, &aad, &sealed);
	buf_clear(&aad);
	buf_clear(&sealed);
	if ((rc = seal_put_identity(&auth, &id, notice, span_str(identity_text), &sealed, e)) != OK)
		goto out;
	seal_aad_identity(&aad, &id, notice, sealed.n - SEAL_OVERHEAD);
	put_sealed(j, "sealed_identity", notice, identity_text, &aad, &sealed);
	json_close(j, '}');
	buf_byte(j->out, '\n');
out:
	buf_free(&aad);
	buf_free(&sealed);
	return rc;
}

int main(void)
{
	static const struct { const char *org, *notice; struct seal_round r; } cases[] = {
	    {"Acme Bank", "TN-7Q4K-2M9D", {1, 2}}, {"b\xc3\xbcro.example", "TN-0000-ZZZZ", {3, 9}}};
	static const size_t lengths[] = {1, 1024, 1025, 2049, 5000, 65537, 1000000};
	unsigned char key[SEAL_KEY];
	struct err e;
	struct buf b;
	struct json j = json_to(&b);
	enum errc rc = OK;

	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (unsigned char)(i * 7 + 1);
	buf_init(&b, MIB);
	json_open(&j, NULL, '{');
	json_str(&j, "says", "test vectors of doc/sealed-bundle.md, made by tocsin-seal-vectors; binary in hexadecimal");
	put_hex(&j, "case_key", key, sizeof key);
	json_open(&j, "padded", '[');
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		json_open(&j, NULL, '[');
		json_u64(&j, NULL, lengths[i]);
		json_u64(&j, NULL, seal_padded(lengths[i]));
		json_close(&j, ']');
	}
	json_close(&j, ']');
	json_open(&j, "cases", '[');
	buf_byte(&b, '\n');
	for (size_t i = 0; i < sizeof cases / sizeof cases[0] && rc == OK; i++)
		rc = put_case(&j, span_of(key, sizeof key), cases[i].org, cases[i].notice, cases[i].r, &e);
	json_close(&j, ']');
	json_close(&j, '}');
	json_end_line(&j);
	if (rc == OK)
		rc = buf_check(&b, &e);
	if (rc != OK)
		(void)fprintf(stderr, "tocsin-seal-vectors: %s\n", e.text);
	else
		(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	return rc == OK ? 0 : 4;
}
