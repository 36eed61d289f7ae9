/*
 * OpenDocument with a password (ODF 1.3 part 2, 3.16 and 4.8): each file of the package is deflated and then encrypted by itself, with a key that is
 * stretched from the password with a salt of its own. A password is right when what it opens begins as the digest beside it says.
 */
/* By libcrypto's own functions: EVP has Blowfish in a provider that would be loaded from a file. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/blowfish.h>

#include "base/limits.h"
#include "document/legacy.h"
#include "stream/cipher.h"
#include "stream/decode.h"

/* CHECKED: bytes of which the digest is ("sha256-1k"). ROUNDS_MAX: Office writes 100,000. */
enum { KEY_MAX = 32, CHECKED = 1024, BLOWFISH_IV = 8, ROUNDS_MAX = 10000000 };

struct lock { span path, iv, salt, checksum; const EVP_MD *start, *check; const EVP_CIPHER *cipher; size_t key_n; uint32_t rounds; bool known, blowfish, strange; };

/* By the end of its URI; both spellings of SHA-1 are old. */
static const EVP_MD *md_of(span uri)
{
	if (span_ends_nocase(uri, SPAN_LIT("sha256-1k")) || span_ends_nocase(uri, SPAN_LIT("#sha256")))
		return EVP_sha256();
	return span_ends_nocase(uri, SPAN_LIT("sha1/1k")) || span_ends_nocase(uri, SPAN_LIT("sha1-1k")) || span_ends_nocase(uri, SPAN_LIT("sha1")) ? EVP_sha1() : NULL;
}

static span bytes_of(struct arena *a, span text)
{
	unsigned char *out = arena_alloc(a, text.n + 1);
	unsigned problems = 0;

	return out != NULL ? span_of(out, base64_decode(text, out, &problems)) : SPAN_EMPTY;
}

static uint32_t number(span s, uint32_t otherwise)
{
	uint64_t n;

	return s.n > 0 && span_digits(s, 9, &n) > 0 ? (uint32_t)n : otherwise;
}

static void lock_read(struct arena *a, const struct xml *x, struct lock *k)
{
	if (xml_is(x, "encryption-data")) {
		k->checksum = bytes_of(a, xml_attribute(x, "checksum"));
		k->check = md_of(xml_attribute(x, "checksum-type"));
		k->start = EVP_sha1(); /* where nothing else is said */
	} else if (xml_is(x, "algorithm")) {
		span name = xml_attribute(x, "algorithm-name");

		k->iv = bytes_of(a, xml_attribute(x, "initialisation-vector"));
		k->cipher = span_ends_nocase(name, SPAN_LIT("#aes256-cbc")) ? EVP_aes_256_cbc() : span_ends_nocase(name, SPAN_LIT("#aes192-cbc")) ?
		    EVP_aes_192_cbc() : span_ends_nocase(name, SPAN_LIT("#aes128-cbc")) ? EVP_aes_128_cbc() : NULL;
		k->blowfish = span_ends_nocase(name, SPAN_LIT("Blowfish CFB")) || span_ends_nocase(name, SPAN_LIT("#blowfish"));
		k->strange |= name.n > 0 && k->cipher == NULL && !k->blowfish;
	} else if (xml_is(x, "start-key-generation")) {
		k->start = md_of(xml_attribute(x, "start-key-generation-name"));
	} else if (xml_is(x, "key-derivation")) {
		k->salt = bytes_of(a, xml_attribute(x, "salt"));
		k->rounds = number(xml_attribute(x, "iteration-count"), 0);
		k->key_n = number(xml_attribute(x, "key-size"), 16);
		k->known = span_ends_nocase(xml_attribute(x, "key-derivation-name"), SPAN_LIT("PBKDF2"));
		k->strange |= !k->known;
	}
}

static bool cipher_known(const struct lock *k)
{
#ifndef OPENSSL_NO_BF
	if (k->blowfish)
		return k->key_n > 0 && k->iv.n == BLOWFISH_IV;
#endif
	return k->cipher != NULL && k->key_n == (size_t)EVP_CIPHER_get_key_length(k->cipher) && k->iv.n == 16;
}

static bool is_sound(const struct lock *k)
{
	return k->known && cipher_known(k) && k->start != NULL && k->check != NULL && k->key_n <= KEY_MAX && k->rounds > 0 && k->rounds <= ROUNDS_MAX &&
	       k->checksum.n == (size_t)EVP_MD_get_size(k->check);
}

static bool decipher(const struct lock *k, const unsigned char *key, span sealed, unsigned char *out)
{
#ifndef OPENSSL_NO_BF
	unsigned char iv[BLOWFISH_IV];
	BF_KEY schedule;
	int at = 0;

	if (k->blowfish) {
		memcpy(iv, k->iv.p, sizeof iv);
		BF_set_key(&schedule, (int)k->key_n, key);
		BF_cfb64_encrypt(sealed.p, out, (long)sealed.n, &schedule, iv, &at, BF_DECRYPT);
		explicit_bzero(&schedule, sizeof schedule);
		return true;
	}
#endif
	return cipher_run(k->cipher, false, false, key, k->iv.p, sealed, out) == sealed.n;
}

/* Undoes the cipher; *out empty where the password is another. */
static enum errc undo(struct arena *a, const struct lock *k, span password, span sealed, span *out, struct err *e)
{
	unsigned char start[EVP_MAX_MD_SIZE], key[KEY_MAX], is[EVP_MAX_MD_SIZE], *p = arena_alloc(a, sealed.n + 32);
	span plain, head;
	enum errc rc = OK;

	*out = SPAN_EMPTY;
	if (p == NULL)
		return err_memory(e);
	if (!k->blowfish)
		sealed = span_first(sealed, sealed.n / 16 * 16);
	if (!hash_parts(k->start, &password, 1, start) ||
	    PKCS5_PBKDF2_HMAC((const char *)start, EVP_MD_get_size(k->start), k->salt.p, (int)k->salt.n, (int)k->rounds, EVP_sha1(), (int)k->key_n, key) != 1 ||
	    !decipher(k, key, sealed, p))
		rc = err_memory(e);
	/* How many bytes were filled up with is in the last one (XML Encryption 5.2); the digest is of those before. */
	plain = span_of(p, sealed.n);
	if (!k->blowfish && plain.n > 0 && p[plain.n - 1] > 0 && p[plain.n - 1] <= 16)
		plain.n -= p[plain.n - 1];
	head = span_first(plain, CHECKED);
	if (rc == OK && hash_parts(k->check, &head, 1, is) && memcmp(is, k->checksum.p, k->checksum.n) == 0)
		*out = plain;
	explicit_bzero(start, sizeof start);
	explicit_bzero(key, sizeof key);
	return rc;
}

/* The password that opened what came before, if one did: all are tried once. */
struct trial { span password; bool done; };

static enum errc member_open(struct layout *l, struct zip *z, const struct lock *k, struct trial *t, struct err *e)
{
	const struct zip_member *found = zip_find(z, k->path);
	struct zip_member *m = found != NULL ? &z->members[found - z->members] : NULL;
	span sealed, out = SPAN_EMPTY, one;
	enum errc rc = OK;

	if (m == NULL)
		return OK;
	m->encrypted = true;
	sealed = is_sound(k) ? zip_packed(z, m) : SPAN_EMPTY;
	if (t->password.p != NULL && sealed.n > 0 && passwords_pay(l->passwords, k->rounds))
		rc = undo(l->a, k, t->password, sealed, &out, e);
	for (size_t i = 1 /* not Excel's own */; rc == OK && out.n == 0 && !t->done && sealed.n > 0 && passwords_next(l->passwords, &i, k->rounds, &one);)
		if ((rc = undo(l->a, k, one, sealed, &out, e)) == OK && out.n > 0) {
			passwords_used(l->passwords, i - 1);
			t->password = one;
		}
	t->done |= sealed.n > 0;
	m->opened = out;
	return rc;
}

enum errc odf_unlock(struct layout *l, struct zip *z, span manifest, const char **sealed, struct err *e)
{
	struct lock k = {0};
	struct trial trial = {0};
	span path = SPAN_EMPTY;
	enum xml_event event;
	enum errc rc = OK;

	*sealed = NULL;
	for (struct xml x = xml_of(manifest); rc == OK && (event = xml_next(&x)) != XML_END;) {
		if (event == XML_OPEN && xml_is(&x, "file-entry"))
			path = xml_attribute(&x, "full-path");
		if (event == XML_OPEN && xml_is(&x, "encryption-data"))
			k = (struct lock){.path = path};
		if (event == XML_OPEN)
			lock_read(l->a, &x, &k);
		if (event != XML_CLOSE || !xml_is(&x, "encryption-data"))
			continue;
		rc = member_open(l, z, &k, &trial, e);
		/* Of some documents it is their macros alone. */
		if (k.path.n == 0 || (IS_ANY(k.path, "content.xml", "encrypted-package") && (zip_find(z, k.path) == NULL || zip_find(z, k.path)->opened.n == 0)))
			*sealed = !k.strange ? "encrypted OpenDocument document: needs a password" :
			    "encrypted OpenDocument document, in a way that is not known: open it in its program and ingest what that saves";
	}
	return rc;
}
