/*
 * Passwords that a program encrypts with a key which each copy of it has, so that anybody can read them: Group Policy preferences of
 * Windows, the VPN client of Cisco, DBeaver. They are put as they were typed, so that the same password elsewhere is the same exposure.
 */
#include "base/digest.h"
#include "stream/cipher.h"
#include "document/legacy.h"
#include "stream/decode.h"

enum { SECRET_MAX = 1024, BLOCK = 16, SHA1_BYTES = 20 };

/* Undone, and its padding (PKCS #7) taken off; false when that is not whole: then *n is all there is. */
static bool opens(const EVP_CIPHER *cipher, const unsigned char *key, const unsigned char *iv, span sealed, unsigned char *out, size_t *n)
{
	size_t padding;

	*n = cipher_run(cipher, false, false, key, iv, sealed, out);
	padding = *n > 0 ? out[*n - 1] : 0;
	if (*n != sealed.n || padding == 0 || padding > (size_t)EVP_CIPHER_get_block_size(cipher))
		return false;
	for (size_t i = 2; i <= padding; i++)
		if (out[*n - i] != padding)
			return false;
	*n -= padding;
	return true;
}

/* MS-GPPREF 2.2.1.1.4: AES-256 in CBC without a vector, of UTF-16. */
enum errc group_policy_password(struct layout *l, span written, bool *done, struct err *e)
{
	static const unsigned char key[] = {0x4e, 0x99, 0x06, 0xe8, 0xfc, 0xb6, 0x6c, 0xc9, 0xfa, 0xf4, 0x93, 0x10, 0x62, 0x0f, 0xfe, 0xe8,
	    0xf4, 0x96, 0xe8, 0x06, 0xcc, 0x05, 0x79, 0x90, 0x20, 0x9b, 0x09, 0xa4, 0x33, 0xb6, 0x6c, 0x1b}, iv[BLOCK] = {0};
	unsigned char out[SECRET_MAX + BLOCK];
	unsigned problems = 0;
	span bytes, text;
	size_t n, bad = 0;
	enum errc rc;

	*done = false;
	/* The padding of its base64 is left away. */
	if ((rc = decode(l->a, ENCODING_BASE64, written, &bytes, &problems, e)) != OK || bytes.n == 0 || bytes.n % BLOCK != 0 || bytes.n > SECRET_MAX)
		return rc;
	if (opens(EVP_aes_256_cbc(), key, iv, bytes, out, &n) && n >= 2 && n % 2 == 0 &&
	    (rc = charset_to_utf8(l->a, charset_find(SPAN_LIT("utf-16le")), span_of(out, n), &text, &bad, e)) == OK && bad == 0) {
		layout_text(l, text);
		*done = true;
	}
	explicit_bzero(out, sizeof out);
	return rc;
}

/*
 * The VPN client of Cisco (enc_GroupPwd): a vector, the SHA-1 of what is encrypted, and that, by 3DES; its key is two digests of the vector,
 * with one and with three added to the last byte.
 */
bool cisco_vpn_password(struct layout *l, span written)
{
	unsigned char bytes[SECRET_MAX], digest[EVP_MAX_MD_SIZE], key[2 * EVP_MAX_MD_SIZE], seed[SHA1_BYTES], out[SECRET_MAX + BLOCK];
	size_t n;
	span sealed;
	bool whole;

	written = span_trim(written);
	n = written.n / 2 < sizeof bytes ? written.n / 2 : sizeof bytes;
	if (!hex_read(span_first(written, 2 * n), bytes, n))
		return false;
	sealed = span_from(span_of(bytes, n), 2 * SHA1_BYTES);
	if (sealed.n == 0 || sealed.n % 8 != 0 || !hash_parts(EVP_sha1(), &sealed, 1, digest) || memcmp(digest, bytes + SHA1_BYTES, SHA1_BYTES) != 0)
		return false;
	memcpy(seed, bytes, SHA1_BYTES);
	seed[SHA1_BYTES - 1] = (unsigned char)(seed[SHA1_BYTES - 1] + 1);
	if (!hash_parts(EVP_sha1(), &(span){seed, sizeof seed}, 1, key))
		return false;
	seed[SHA1_BYTES - 1] = (unsigned char)(seed[SHA1_BYTES - 1] + 2);
	if (!hash_parts(EVP_sha1(), &(span){seed, sizeof seed}, 1, key + SHA1_BYTES))
		return false;
	if ((whole = opens(EVP_des_ede3_cbc(), key, bytes, sealed, out, &n) && n > 0))
		layout_text(l, span_of(out, n));
	explicit_bzero(out, sizeof out);
	return whole;
}

/* DBeaver (credentials-config.json): a vector, then JSON in AES-128-CBC. */
static const unsigned char dbeaver_key[] = {0xba, 0xbb, 0x4a, 0x9f, 0x77, 0x4a, 0xb8, 0x53, 0xc9, 0x6c, 0x2d, 0x65, 0x3d, 0xfe, 0x54, 0x4a};

bool dbeaver_is(span content)
{
	unsigned char out[2 * BLOCK];
	span first = span_sub(content, BLOCK, BLOCK);

	/* Of what is encrypted half the bytes are high: where not one of 32 is, it is text, and no key is tried on it. */
	return first.n == BLOCK && !span_is_ascii(span_first(content, 2 * BLOCK)) && cipher_run(EVP_aes_128_cbc(), false, false, dbeaver_key, content.p, first, out) == BLOCK &&
	       out[0] == '{' && out[1] == '"' && span_find_byte(span_of(out + 2, BLOCK - 2), 0) == BLOCK - 2 && utf8_valid(span_of(out, BLOCK)) >= BLOCK - 3;
}

enum errc dbeaver_read(struct layout *l, span content, struct err *e)
{
	span sealed = span_from(content, BLOCK);
	unsigned char *out;
	bool whole;
	size_t n;

	/* What is behind the last whole block is none of its. */
	sealed = span_first(sealed, sealed.n / BLOCK * BLOCK);
	if ((out = arena_alloc(l->a, sealed.n + BLOCK)) == NULL)
		return err_memory(e);
	whole = opens(EVP_aes_128_cbc(), dbeaver_key, content.p, sealed, out, &n);
	layout_lines(l, "connections kept by DBeaver", SPAN_EMPTY);
	layout_at(l, 1, 0);
	layout_text(l, span_of(out, n));
	layout_line(l);
	if (!whole || content.n % BLOCK != 0)
		layout_problem(l, "damaged");
	return OK;
}
