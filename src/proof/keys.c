/*
 * minisign's files (jedisct1.github.io/minisign, "Public key format", "Signature format"; checked against 0.11):
 *   public key  base64("Ed" || key id 8 || key 32)
 *   signature   base64("ED" || key id 8 || signature 64), trusted comment, base64(signature 64 over both)
 *   secret key  base64("Ed" || "Sc" or 0 0 || "B2" || salt 32 || ops 8 || mem 8 || { key id 8 || key 64 || sum 32 })
 * where {...} is covered by a password, if there is one ("Sc"); without one minisign leaves the sum zero and does not look at it.
 */
#include "proof/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/io.h"
#include "base/limits.h"
#include "proof/text64.h"

enum {
	SECRET_SIZE = 64, AT_ID = 54, AT_KEY = 62, FILE_SIZE = 158,
	FILE_MAX = 4096,            /* of a key file: two lines */
	/* As minisign has it: lines of a signature file. */
	COMMENT_MAX = 1024, TRUSTED_MAX = 8192,
};
static const char untrusted[] = "untrusted comment: ", trusted[] = "trusted comment: ";

struct sign_key { unsigned char id[KEY_ID_SIZE], secret[SECRET_SIZE]; };

static enum errc key_alloc(struct sign_key **out, struct err *e)
{
	if (sodium_init() < 0)
		return err_set(e, ERR_WORLD, "libsodium could not be started");
	return (*out = sodium_malloc(sizeof **out)) == NULL ? err_memory(e) : OK;
}

enum errc sign_key_new(struct sign_key **out, struct err *e)
{
	unsigned char public[VERIFY_KEY_SIZE];
	enum errc rc = key_alloc(out, e);

	if (rc != OK)
		return rc;
	(void)crypto_sign_ed25519_keypair(public, (*out)->secret);
	randombytes_buf((*out)->id, sizeof (*out)->id);
	return OK;
}

void sign_key_free(struct sign_key *k) { sodium_free(k); }

void sign_key_public(const struct sign_key *k, struct verify_key *out)
{
	memcpy(out->id, k->id, sizeof out->id);
	memcpy(out->key, k->secret + SECRET_SIZE - VERIFY_KEY_SIZE, sizeof out->key);
}

/* The line behind "untrusted comment: ..."; with `bare`, also a line alone. */
static bool second_line(span file, bool bare, span *out)
{
	span line;

	if (!span_line(&file, &line))
		return false;
	if (span_starts(line, span_str(untrusted))) {
		if (!span_line(&file, &line))
			return false;
	} else if (!bare) {
		return false;
	}
	*out = span_trim(line);
	return span_trim(file).n == 0;
}

/* A secret key is its seed and the public key that follows from it. */
static bool halves_fit(const unsigned char secret[SECRET_SIZE])
{
	unsigned char *whole = sodium_malloc(SECRET_SIZE), public[VERIFY_KEY_SIZE];
	bool fit = false;

	if (whole != NULL && crypto_sign_ed25519_seed_keypair(public, whole, secret) == 0)
		fit = memcmp(public, secret + SECRET_SIZE - VERIFY_KEY_SIZE, VERIFY_KEY_SIZE) == 0;
	sodium_free(whole);
	return fit;
}

enum errc sign_key_read(span file, struct sign_key **out, struct err *e)
{
	unsigned char *raw = NULL;
	span line;
	enum errc rc = key_alloc(out, e);

	if (rc != OK)
		return rc;
	if ((raw = sodium_malloc(FILE_SIZE)) == NULL) {
		rc = err_memory(e);
		goto out;
	}
	if (file.n > FILE_MAX || !second_line(file, false, &line) || !text64_read(line, raw, FILE_SIZE) ||
	    memcmp(raw, "Ed", 2) != 0 || memcmp(raw + 4, "B2", 2) != 0) {
		rc = err_set(e, ERR_USAGE, "not a minisign secret key");
		goto out;
	}
	if (memcmp(raw + 2, "Sc", 2) == 0) {
		rc = err_set(e, ERR_REFUSED, "the secret key is under a password, which nobody is asked for: take it off with minisign -C -W");
		goto out;
	}
	if (raw[2] != 0 || raw[3] != 0) {
		rc = err_set(e, ERR_USAGE, "a minisign secret key of a kind that is not known");
		goto out;
	}
	if (!halves_fit(raw + AT_KEY)) {
		rc = err_set(e, ERR_USAGE, "the secret key is damaged: its two halves do not fit");
		goto out;
	}
	memcpy((*out)->id, raw + AT_ID, KEY_ID_SIZE);
	memcpy((*out)->secret, raw + AT_KEY, SECRET_SIZE);
out:
	sodium_free(raw);
	if (rc != OK) {
		sign_key_free(*out);
		*out = NULL;
	}
	return rc;
}

enum errc sign_key_write(const struct sign_key *k, struct buf *out, struct err *e)
{
	unsigned char *raw = sodium_malloc(FILE_SIZE);

	if (raw == NULL)
		return err_memory(e);
	memset(raw, 0, FILE_SIZE);
	memcpy(raw, "Ed\0\0B2", 6);
	memcpy(raw + AT_ID, k->id, KEY_ID_SIZE);
	memcpy(raw + AT_KEY, k->secret, SECRET_SIZE);
	buf_printf(out, "%sminisign secret key\n", untrusted);
	text64_put(out, span_of(raw, FILE_SIZE));
	buf_byte(out, '\n');
	sodium_free(raw);
	return buf_check(out, e);
}

enum errc sign_key_load(const char *path, struct sign_key **out, struct err *e)
{
	struct stat sb;
	struct buf b;
	enum errc rc = OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);

	*out = NULL;
	if (fd < 0)
		return err_sys(e, "%s", path);
	buf_init(&b, FILE_MAX);
	if (fstat(fd, &sb) != 0)
		rc = err_sys(e, "%s", path);
	else if (!S_ISREG(sb.st_mode) || (sb.st_mode & 077) != 0)
		rc = err_set(e, ERR_REFUSED, "%s: others may read this secret key; chmod 600 it", path);
	else if ((rc = io_read_fd(fd, &b, e)) == OK && (rc = sign_key_read(buf_span(&b), out, e)) != OK)
		err_in(e, "%s", path);
	(void)close(fd);
	buf_wipe(&b);
	return rc;
}

enum errc sign_key_save(const struct sign_key *k, const char *path, struct err *e)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, FILE_MAX);
	if ((rc = sign_key_write(k, &b, e)) == OK)
		rc = io_write_file(path, buf_span(&b), 0600, e);
	buf_wipe(&b);
	return rc;
}

enum errc verify_key_read(span file, struct verify_key *out, struct err *e)
{
	unsigned char raw[2 + KEY_ID_SIZE + VERIFY_KEY_SIZE];
	span line;

	if (file.n > FILE_MAX || !second_line(file, true, &line) || !text64_read(line, raw, sizeof raw) ||
	    memcmp(raw, "Ed", 2) != 0)
		return err_set(e, ERR_USAGE, "not a minisign public key");
	memcpy(out->id, raw + 2, KEY_ID_SIZE);
	memcpy(out->key, raw + 2 + KEY_ID_SIZE, VERIFY_KEY_SIZE);
	return OK;
}

const char *verify_key_text(const struct verify_key *k, char out[VERIFY_KEY_TEXT])
{
	unsigned char raw[2 + KEY_ID_SIZE + VERIFY_KEY_SIZE] = "Ed";

	memcpy(raw + 2, k->id, KEY_ID_SIZE);
	memcpy(raw + 2 + KEY_ID_SIZE, k->key, VERIFY_KEY_SIZE);
	return sodium_bin2base64(out, VERIFY_KEY_TEXT, raw, sizeof raw, sodium_base64_VARIANT_ORIGINAL);
}

static uint64_t le64(const unsigned char *p)
{
	uint64_t v = 0;

	for (size_t i = 8; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

const char *key_id_text(const unsigned char id[KEY_ID_SIZE], char out[KEY_ID_TEXT])
{
	(void)snprintf(out, KEY_ID_TEXT, "%016llX", (unsigned long long)le64(id));
	return out;
}

void verify_key_write(const struct verify_key *k, struct buf *out)
{
	char id[KEY_ID_TEXT], text[VERIFY_KEY_TEXT];

	buf_printf(out, "%sminisign public key %s\n%s\n", untrusted, key_id_text(k->id, id), verify_key_text(k, text));
}

/* ---- signatures ---------------------------------------------------------------------------------------------- */

void sign_bytes(const struct sign_key *k, span message, unsigned char out[SIGNATURE_SIZE])
{
	(void)crypto_sign_ed25519_detached(out, NULL, message.p, message.n, k->secret);
}

bool verify_bytes(const unsigned char key[VERIFY_KEY_SIZE], span message, const unsigned char signature[SIGNATURE_SIZE])
{
	return crypto_sign_ed25519_verify_detached(signature, message.p, message.n, key) == 0;
}

static void prehash(span message, unsigned char out[64])
{
	(void)crypto_generichash(out, 64, message.p, message.n, NULL, 0);
}

static bool one_line(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 && s.p[i] != '\t')
			return false;
	return true;
}

/* What the second signature is over: the first one and the trusted comment. */
static void signed_comment(const unsigned char signature[SIGNATURE_SIZE], span comment,
    unsigned char out[SIGNATURE_SIZE + TRUSTED_MAX])
{
	memcpy(out, signature, SIGNATURE_SIZE);
	if (comment.n != 0)
		memcpy(out + SIGNATURE_SIZE, comment.p, comment.n);
}

enum errc minisign_write(const struct sign_key *k, span message, span comment, struct buf *out, struct err *e)
{
	unsigned char raw[2 + KEY_ID_SIZE + SIGNATURE_SIZE] = "ED", hash[64], both[SIGNATURE_SIZE + TRUSTED_MAX],
	    global[SIGNATURE_SIZE];
	char id[KEY_ID_TEXT];

	if (comment.n > TRUSTED_MAX - sizeof trusted - 1 || !one_line(comment))
		return err_set(e, ERR_USAGE, "a trusted comment is one line of at most %zu bytes", TRUSTED_MAX - sizeof trusted - 1);
	memcpy(raw + 2, k->id, KEY_ID_SIZE);
	prehash(message, hash);
	sign_bytes(k, span_of(hash, sizeof hash), raw + 2 + KEY_ID_SIZE);
	signed_comment(raw + 2 + KEY_ID_SIZE, comment, both);
	sign_bytes(k, span_of(both, SIGNATURE_SIZE + comment.n), global);
	buf_printf(out, "%ssignature from minisign key %s\n", untrusted, key_id_text(k->id, id));
	text64_put(out, span_of(raw, sizeof raw));
	buf_printf(out, "\n%s", trusted);
	buf_put(out, comment);
	buf_byte(out, '\n');
	text64_put(out, span_of(global, sizeof global));
	buf_byte(out, '\n');
	return buf_check(out, e);
}

enum errc minisign_verify(const struct verify_key *k, span message, span file, span *comment, span *rest, struct err *e)
{
	unsigned char raw[2 + KEY_ID_SIZE + SIGNATURE_SIZE], global[SIGNATURE_SIZE], hash[64],
	    both[SIGNATURE_SIZE + TRUSTED_MAX];
	char theirs[KEY_ID_TEXT], ours[KEY_ID_TEXT];
	const size_t n_trusted = sizeof trusted - 1;
	span line[4];

	for (size_t i = 0; i < 4; i++)
		if (!span_line(&file, &line[i]))
			return err_set(e, ERR_EVIDENCE, "not a minisign signature: it has %zu lines of four", i);
	if (!span_starts(line[0], span_str(untrusted)) || line[0].n > COMMENT_MAX || !text64_read(line[1], raw, sizeof raw) ||
	    !span_starts(line[2], span_str(trusted)) || line[2].n > TRUSTED_MAX || !text64_read(line[3], global, sizeof global))
		return err_set(e, ERR_EVIDENCE, "not a minisign signature");
	if (raw[0] != 'E' || (raw[1] != 'D' && raw[1] != 'd'))
		return err_set(e, ERR_EVIDENCE, "a minisign signature of a kind that is not known");
	if (memcmp(raw + 2, k->id, KEY_ID_SIZE) != 0)
		return err_set(e, ERR_EVIDENCE, "signed with key %s, not with %s", key_id_text(raw + 2, theirs), key_id_text(k->id, ours));
	line[2] = span_from(line[2], n_trusted);
	if (raw[1] == 'D') {
		prehash(message, hash);
		message = span_of(hash, sizeof hash);
	}
	if (!verify_bytes(k->key, message, raw + 2 + KEY_ID_SIZE))
		return err_set(e, ERR_EVIDENCE, "the signature does not fit");
	signed_comment(raw + 2 + KEY_ID_SIZE, line[2], both);
	if (!verify_bytes(k->key, span_of(both, SIGNATURE_SIZE + line[2].n), global))
		return err_set(e, ERR_EVIDENCE, "the signature of the trusted comment does not fit");
	if (comment != NULL)
		*comment = line[2];
	if (rest != NULL)
		*rest = file;
	return OK;
}
