/*
 * The standard security handler (ISO 32000-1, 7.6; ISO 32000-2 for revision 6) with the empty user password: a document
 * that opens without asking is one that anybody who has it can read. Then with those that are given, as the user's and as the owner's.
 */
#include "stream/cipher.h"
#include "document/pdf.h"

enum { PASSWORD_R6 = 127 /* bytes of a password that count */, USER_R6 = 48 };
enum method { METHOD_NONE, METHOD_RC4, METHOD_AES };
struct pdf_crypt { unsigned char key[32]; size_t key_n; enum method streams, strings, files; bool whole_key, no_key; };

static const unsigned char padding[32] = {0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01,
    0x08, 0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a};

static void rc4(span key, span in, unsigned char *out)
{
	struct rc4 r;

	rc4_start(&r, key);
	rc4_run(&r, in.p, out, in.n);
}

/* Algorithm 2, for revisions 2 to 4. */
static bool key_of_md5(struct pdf *f, struct pdf_crypt *k, span dictionary, unsigned revision, span o, span id, span password)
{
	int64_t permissions = (int64_t)pdf_number(pdf_get(f, dictionary, "P"), 0);
	unsigned char p[4], digest[EVP_MAX_MD_SIZE];
	static const unsigned char open_metadata[4] = {255, 255, 255, 255};
	bool sealed = !span_eq(pdf_get(f, dictionary, "EncryptMetadata"), SPAN_LIT("false"));
	span parts[] = {span_first(password, 32), span_of(padding, 32 - span_first(password, 32).n), span_first(o, 32), span_of(p, 4), id,
	    span_of(open_metadata, revision >= 4 && !sealed ? 4 : 0)};

	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)((uint64_t)permissions >> (8 * i));
	if (!hash_parts(EVP_md5(), parts, 6, digest))
		return false;
	for (int i = 0; i < 50 && revision >= 3; i++) {
		span again = span_of(digest, k->key_n);

		if (!hash_parts(EVP_md5(), &again, 1, digest))
			return false;
	}
	memcpy(k->key, digest, k->key_n);
	return true;
}

/* Algorithms 4 to 6: does the key open it? */
static bool key_fits(const struct pdf_crypt *k, unsigned revision, span u, span id)
{
	unsigned char want[32], digest[EVP_MAX_MD_SIZE], key[32];
	span parts[] = {span_of(padding, 32), id};

	if (u.n < 16)
		return false;
	if (revision == 2) {
		rc4(span_of(k->key, k->key_n), span_of(padding, 32), want);
		return u.n >= 32 && memcmp(want, u.p, 32) == 0;
	}
	if (!hash_parts(EVP_md5(), parts, 2, digest))
		return false;
	rc4(span_of(k->key, k->key_n), span_of(digest, 16), want);
	for (unsigned i = 1; i < 20; i++) {
		for (size_t n = 0; n < k->key_n; n++)
			key[n] = (unsigned char)(k->key[n] ^ i);
		memcpy(digest, want, 16);
		rc4(span_of(key, k->key_n), span_of(digest, 16), want);
	}
	return memcmp(want, u.p, 16) == 0;
}

/* Algorithm 7: with the owner's password the user's, filled up as algorithm 2 wants it. */
static bool user_of_owner(const struct pdf_crypt *k, unsigned revision, span o, span password, unsigned char user[32])
{
	unsigned char digest[EVP_MAX_MD_SIZE], key[16];
	span parts[] = {span_first(password, 32), span_of(padding, 32 - span_first(password, 32).n)}, again = span_of(digest, 16);

	if (o.n < 32 || k->key_n > sizeof key || !hash_parts(EVP_md5(), parts, 2, digest))
		return false;
	for (int i = 0; i < 50 && revision >= 3; i++)
		if (!hash_parts(EVP_md5(), &again, 1, digest))
			return false;
	memcpy(user, o.p, 32);
	for (unsigned i = revision >= 3 ? 20 : 1; i-- > 0;) {
		for (size_t n = 0; n < k->key_n; n++)
			key[n] = (unsigned char)(digest[n] ^ i);
		rc4(span_of(key, k->key_n), span_of(user, 32), user);
	}
	return true;
}

/* ISO 32000-2, algorithm 2.B. user: the entry U, with the owner's password. */
static bool hash_r6(span password, span salt, span user, unsigned char out[32])
{
	unsigned char k[64], round[64 * (64 + PASSWORD_R6 + USER_R6)], sealed[64 * (64 + PASSWORD_R6 + USER_R6) + 16];
	span parts[] = {password, salt, user};
	size_t k_n = 32;

	if (!hash_parts(EVP_sha256(), parts, 3, k))
		return false;
	for (unsigned i = 0; ; i++) {
		unsigned rest = 0;
		size_t n;
		span in;

		for (unsigned copy = 0; copy < 64; copy++) {
			unsigned char *at = round + copy * (password.n + k_n + user.n);

			memcpy(at, password.p, password.n);
			memcpy(at + password.n, k, k_n);
			if (user.n > 0)
				memcpy(at + password.n + k_n, user.p, user.n);
		}
		n = cipher_run(EVP_aes_128_cbc(), true, false, k, k + 16, span_of(round, 64 * (password.n + k_n + user.n)), sealed);
		if (n == 0)
			return false;
		for (unsigned b = 0; b < 16; b++)
			rest += sealed[b];
		in = span_of(sealed, n);
		rest %= 3;
		k_n = rest == 0 ? 32 : rest == 1 ? 48 : 64;
		if (!hash_parts(rest == 0 ? EVP_sha256() : rest == 1 ? EVP_sha384() : EVP_sha512(), &in, 1, k))
			return false;
		if (i >= 63 && sealed[n - 1] <= i - 31)
			break;
	}
	memcpy(out, k, 32);
	return true;
}

static bool hash_v5(unsigned revision, span password, span salt, span user, unsigned char out[EVP_MAX_MD_SIZE])
{
	span parts[] = {password, salt, user};

	return revision >= 6 ? hash_r6(password, salt, user, out) : hash_parts(EVP_sha256(), parts, 3, out);
}

/* u and ue: of the user; or of the owner, and user is that entry. */
static bool key_of_v5(struct pdf_crypt *k, unsigned revision, span u, span ue, span user, span password)
{
	static const unsigned char no_iv[16];
	unsigned char digest[EVP_MAX_MD_SIZE], out[64];

	if (u.n < 48 || ue.n < 32 || !hash_v5(revision, password, span_sub(u, 32, 8), user, digest) || memcmp(digest, u.p, 32) != 0 ||
	    !hash_v5(revision, password, span_sub(u, 40, 8), user, digest) ||
	    cipher_run(EVP_aes_256_cbc(), false, false, digest, no_iv, span_first(ue, 32), out) != 32)
		return false;
	memcpy(k->key, out, 32);
	k->key_n = 32;
	k->whole_key = true;
	return true;
}

/* What a crypt filter of that name does (7.6.5). */
static enum method method_of(const struct pdf *f, span dictionary, const char *which)
{
	span name = pdf_get(f, dictionary, which), filters = pdf_get(f, dictionary, "CF"), filter = SPAN_EMPTY, how;
	char key[64];

	if (name.n > 1 && name.n < sizeof key) {
		memcpy(key, name.p + 1, name.n - 1);
		key[name.n - 1] = '\0';
		filter = pdf_get(f, filters, key);
	}
	how = pdf_get(f, filter, "CFM");
	return pdf_is_name(how, "AESV2") || pdf_is_name(how, "AESV3") ? METHOD_AES : pdf_is_name(how, "V2") ? METHOD_RC4 : METHOD_NONE;
}

enum errc pdf_crypt_open(struct pdf *f, struct err *e)
{
	span d = pdf_get(f, f->trailer, "Encrypt"), ids = pdf_get(f, f->trailer, "ID"), id = SPAN_EMPTY;
	span o = pdf_string(f->a, pdf_get(f, d, "O")), u = pdf_string(f->a, pdf_get(f, d, "U"));
	unsigned version = (unsigned)pdf_number(pdf_get(f, d, "V"), 0), revision = (unsigned)pdf_number(pdf_get(f, d, "R"), 0);
	struct pdf_crypt *k = arena_zero(f->a, 1, sizeof *k);
	double bits = pdf_number(pdf_get(f, d, "Length"), 40);
	span password = SPAN_LIT("");
	bool fits = false;

	if (k == NULL)
		return err_memory(e);
	if (ids.n > 1) {
		span rest = span_from(ids, 1);

		id = pdf_string(f->a, pdf_next(&rest));
	}
	k->streams = k->strings = k->files = METHOD_RC4;
	if (version >= 4) {
		k->streams = method_of(f, d, "StmF");
		k->strings = method_of(f, d, "StrF");
		k->files = pdf_key(d, "EFF").n > 0 ? method_of(f, d, "EFF") : k->streams;
	}
	k->key_n = version == 1 ? 5 : version == 4 ? 16 : bits >= 40 && bits <= 128 ? (size_t)bits / 8 : 5;
	if (!pdf_is_name(pdf_get(f, d, "Filter"), "Standard") || version < 1 || version > 5 || version == 3)
		return err_set(e, ERR_EVIDENCE, "encrypted PDF document, in a way that is not known");
	for (size_t i = 0; !fits && (i == 0 || passwords_next(f->l->passwords, &i, revision >= 6 ? 200 : 100, &password));) {
		unsigned char user[32];

		password = span_first(password, PASSWORD_R6);
		if (version == 5)
			fits = key_of_v5(k, revision, u, pdf_string(f->a, pdf_get(f, d, "UE")), SPAN_EMPTY, password) ||
			       key_of_v5(k, revision, o, pdf_string(f->a, pdf_get(f, d, "OE")), span_first(u, USER_R6), password);
		else
			fits = (key_of_md5(f, k, d, revision, o, id, password) && key_fits(k, revision, u, id)) ||
			       (i > 0 && user_of_owner(k, revision, o, password, user) && key_of_md5(f, k, d, revision, o, id, span_of(user, 32)) &&
			        key_fits(k, revision, u, id));
		if (fits && i > 0)
			passwords_used(f->l->passwords, i - 1);
		i += i == 0; /* after the empty one those that are given */
	}
	/* Where only what is attached is sealed, anybody opens the pages (7.6.5.1). */
	k->no_key = !fits;
	if (k->no_key && (k->streams != METHOD_NONE || k->strings != METHOD_NONE))
		return err_set(e, ERR_EVIDENCE, "encrypted PDF document: needs a password");
	f->crypt = k;
	return OK;
}

bool pdf_files_sealed(const struct pdf *f)
{
	return f->crypt != NULL && f->crypt->no_key && f->crypt->files != METHOD_NONE;
}

/* A stream may name a filter of its own (7.4.10), which is there to leave it as it is. */
static enum method method_for(const struct pdf *f, const struct pdf_object *o)
{
	span filters = pdf_get(f, o->value, "Filter");

	if (span_has(filters, SPAN_LIT("/Crypt")))
		return METHOD_NONE;
	return pdf_is_name(pdf_key(o->value, "Type"), "EmbeddedFile") ? f->crypt->files : f->crypt->streams;
}

enum errc pdf_decrypt(struct pdf *f, const struct pdf_object *o, bool stream, span in, span *out, struct err *e)
{
	const struct pdf_crypt *k = f->crypt;
	enum method how = k == NULL || o->in_stream ? METHOD_NONE : stream ? method_for(f, o) : k->strings;
	unsigned char number[5] = {(unsigned char)o->number, (unsigned char)(o->number >> 8), (unsigned char)(o->number >> 16),
	    (unsigned char)o->generation, (unsigned char)(o->generation >> 8)}, key[EVP_MAX_MD_SIZE], *p;
	size_t key_n = k != NULL && k->key_n + 5 < 16 ? k->key_n + 5 : 16;

	*out = in;
	if (how == METHOD_NONE || in.n == 0)
		return OK;
	if (k->whole_key) {
		memcpy(key, k->key, 32);
		key_n = 32;
	} else {
		span parts[] = {span_of(k->key, k->key_n), span_of(number, 5), how == METHOD_AES ? SPAN_LIT("sAlT") : SPAN_EMPTY};

		if (!hash_parts(EVP_md5(), parts, 3, key))
			return err_memory(e);
	}
	if ((p = arena_alloc(f->a, in.n + 32)) == NULL)
		return err_memory(e);
	if (how == METHOD_RC4) {
		rc4(span_of(key, key_n), in, p);
		*out = span_of(p, in.n);
	} else {
		*out = span_of(p, in.n < 32 ? 0 : cipher_run(key_n == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc(), false, true, key, in.p,
		    span_from(in, 16), p));
	}
	return OK;
}
