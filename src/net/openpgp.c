#include "net/openpgp.h"

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>
#include <stdbool.h>
#include <string.h>

#include "base/library.h"

#define RNP_CALLS(X) \
	X(buffer_destroy) X(ffi_create) X(ffi_destroy) X(get_secret_key_count) \
	X(identifier_iterator_create) X(identifier_iterator_destroy) X(identifier_iterator_next) X(import_keys) \
	X(input_destroy) X(input_from_memory) X(key_get_alg) X(key_get_bits) X(key_get_default_key) X(key_get_fprint) X(key_get_uid_count) \
	X(key_get_uid_handle_at) X(key_handle_destroy) X(key_is_expired) X(key_is_primary) X(key_is_revoked) X(locate_key) \
	X(op_encrypt_add_recipient) X(op_encrypt_create) X(op_encrypt_destroy) X(op_encrypt_execute) \
	X(op_encrypt_set_cipher) X(op_encrypt_set_compression) X(op_verify_create) X(op_verify_destroy) X(op_verify_execute) \
	X(op_verify_get_signature_at) X(op_verify_get_signature_count) X(op_verify_signature_get_status) \
	X(output_destroy) X(output_memory_get_buf) X(output_to_memory) X(output_to_null) \
	X(set_timestamp) X(uid_get_data) X(uid_handle_destroy) X(uid_is_valid)

static struct {
#define RNP_CALL(name) __typeof__(rnp_##name) *name;
	RNP_CALLS(RNP_CALL)
#undef RNP_CALL
} rnp;

#define RNP_NAME(name) {"rnp_" #name, &rnp.name},
static const struct library_name rnp_names[] = {RNP_CALLS(RNP_NAME)};
#undef RNP_NAME
static struct library rnp_library = LIBRARY(SONAME_RNP, rnp_names);

enum errc openpgp_ready(struct err *e)
{
	static bool ready;
	rnp_ffi_t first = NULL;
	enum errc rc;

	if (ready)
		return OK;
	if ((rc = library_load(&rnp_library, e)) != OK) {
		err_in(e, "an OpenPGP key");
		return rc;
	}
	/* The first of its kind starts the source of random numbers. */
	if (rnp.ffi_create(&first, "GPG", "GPG") != RNP_SUCCESS)
		return err_memory(e);
	rnp.ffi_destroy(first);
	ready = true;
	return OK;
}

/* A file of one key: the ring that holds it, the key itself, and the one of its keys that is to encrypt to. */
struct ring {
	rnp_ffi_t ffi;
	rnp_key_handle_t primary, encrypt;
	size_t n_primary, n_secret;
};

static void ring_close(struct ring *r)
{
	if (r->encrypt != NULL)
		rnp.key_handle_destroy(r->encrypt);
	if (r->primary != NULL)
		rnp.key_handle_destroy(r->primary);
	if (r->ffi != NULL)
		rnp.ffi_destroy(r->ffi);
}

static bool import(rnp_ffi_t ffi, span key)
{
	rnp_input_t in = NULL;
	bool done = rnp.input_from_memory(&in, key.p, key.n, false) == RNP_SUCCESS &&
	    rnp.import_keys(ffi, in, RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS | RNP_LOAD_SAVE_PERMISSIVE, NULL) == RNP_SUCCESS;

	if (in != NULL)
		rnp.input_destroy(in);
	return done;
}

/* Keeps the first primary key and counts them. */
static enum errc find_primary(struct ring *r, struct err *e)
{
	rnp_identifier_iterator_t it = NULL;
	const char *id;

	if (rnp.identifier_iterator_create(r->ffi, &it, "fingerprint") != RNP_SUCCESS)
		return err_memory(e);
	while (rnp.identifier_iterator_next(it, &id) == RNP_SUCCESS && id != NULL) {
		rnp_key_handle_t key = NULL;
		bool primary = false;

		if (rnp.locate_key(r->ffi, "fingerprint", id, &key) != RNP_SUCCESS || key == NULL)
			continue;
		if (rnp.key_is_primary(key, &primary) == RNP_SUCCESS && primary && r->n_primary++ == 0)
			r->primary = key;
		else
			rnp.key_handle_destroy(key);
	}
	rnp.identifier_iterator_destroy(it);
	return OK;
}

/* r is to be closed whatever comes back. Of what is no key, nothing is found, and that is no error here. */
static enum errc ring_open(struct ring *r, span key, int64_t when_utc, struct err *e)
{
	enum errc rc;

	*r = (struct ring){0};
	if ((rc = openpgp_ready(e)) != OK)
		return rc;
	if (rnp.ffi_create(&r->ffi, "GPG", "GPG") != RNP_SUCCESS)
		return err_memory(e);
	if (rnp.set_timestamp(r->ffi, (uint64_t)when_utc) != RNP_SUCCESS)
		return err_set(e, ERR_WORLD, "librnp takes no time");
	if (!import(r->ffi, key))
		return OK;
	if (rnp.get_secret_key_count(r->ffi, &r->n_secret) != RNP_SUCCESS)
		r->n_secret = 0;
	if ((rc = find_primary(r, e)) == OK && r->primary != NULL &&
	    rnp.key_get_default_key(r->primary, "encrypt", 0, &r->encrypt) != RNP_SUCCESS)
		r->encrypt = NULL;
	return rc;
}

/* Has "Name <address>", or the address alone, as a user ID that the key's owner has signed? */
static bool is_for(rnp_key_handle_t key, span address)
{
	size_t n = 0;
	bool found = false;

	if (rnp.key_get_uid_count(key, &n) != RNP_SUCCESS)
		return false;
	for (size_t i = 0; i < n && !found; i++) {
		rnp_uid_handle_t uid = NULL;
		void *data = NULL;
		size_t size = 0;
		bool valid = false;

		if (rnp.key_get_uid_handle_at(key, i, &uid) != RNP_SUCCESS)
			continue;
		if (rnp.uid_is_valid(uid, &valid) == RNP_SUCCESS && valid && rnp.uid_get_data(uid, &data, &size) == RNP_SUCCESS) {
			span s = {data, size};
			size_t open = span_find_byte(s, '<');

			if (open < s.n && span_ends_nocase(s, SPAN_LIT(">")))
				s = span_sub(s, open + 1, s.n - open - 2);
			found = span_eq_nocase(s, address);
			rnp.buffer_destroy(data);
		}
		rnp.uid_handle_destroy(uid);
	}
	return found;
}

/* RSA under 2048 bits, and ElGamal, of which nobody can say how it was made (RFC 9580 12.4). */
static bool is_weak(rnp_key_handle_t key)
{
	char *alg = NULL;
	uint32_t bits = 0;
	bool weak;

	if (rnp.key_get_alg(key, &alg) != RNP_SUCCESS)
		return true;
	weak = strcmp(alg, "ELGAMAL") == 0 || (strcmp(alg, "RSA") == 0 && (rnp.key_get_bits(key, &bits) != RNP_SUCCESS || bits < 2048));
	rnp.buffer_destroy(alg);
	return weak;
}

enum errc openpgp_recipient_check(span key, span address, int64_t when_utc, const char **why, struct err *e)
{
	struct ring r;
	bool revoked = false, expired = false;
	enum errc rc;

	*why = NULL;
	if ((rc = ring_open(&r, key, when_utc, e)) != OK) {
		/* nothing to say of the key */
	} else if (r.primary == NULL)
		*why = "no OpenPGP key";
	else if (r.n_secret > 0)
		*why = "the key is a secret one; put its public half there (gpg --export --armor), and tell its owner";
	else if (r.n_primary > 1)
		*why = "there is more than one key in it";
	else if (rnp.key_is_revoked(r.primary, &revoked) != RNP_SUCCESS || revoked)
		*why = "the key has been revoked";
	else if (rnp.key_is_expired(r.primary, &expired) != RNP_SUCCESS || expired)
		*why = "the key has expired";
	else if (!is_for(r.primary, address))
		*why = "the key is for another address";
	else if (r.encrypt == NULL)
		*why = "the key has no part to encrypt to, or that has expired or been revoked";
	else if (is_weak(r.encrypt))
		*why = "the key is too weak: RSA wants 2048 bits, ElGamal is not used";
	ring_close(&r);
	return rc;
}

static bool encrypt(const struct ring *r, rnp_input_t in, rnp_output_t out)
{
	rnp_op_encrypt_t op = NULL;
	bool done = rnp.op_encrypt_create(&op, r->ffi, in, out) == RNP_SUCCESS &&
	    rnp.op_encrypt_add_recipient(op, r->encrypt) == RNP_SUCCESS &&
	    rnp.op_encrypt_set_cipher(op, "AES256") == RNP_SUCCESS &&
	    rnp.op_encrypt_set_compression(op, "Uncompressed", 0) == RNP_SUCCESS && /* lengths say nothing of what repeats */
	    rnp.op_encrypt_execute(op) == RNP_SUCCESS;

	if (op != NULL)
		rnp.op_encrypt_destroy(op);
	return done;
}

enum errc openpgp_encrypt(span entity, span key, int64_t when_utc, struct buf *out, struct err *e)
{
	rnp_input_t in = NULL;
	rnp_output_t to = NULL;
	struct ring r;
	uint8_t *p;
	size_t n;
	enum errc rc = ring_open(&r, key, when_utc, e);

	if (rc == OK && r.encrypt == NULL)
		rc = err_set(e, ERR_USAGE, "no OpenPGP key to encrypt to");
	else if (rc == OK && (rnp.input_from_memory(&in, entity.p, entity.n, false) != RNP_SUCCESS ||
	    rnp.output_to_memory(&to, 0) != RNP_SUCCESS || !encrypt(&r, in, to) ||
	    rnp.output_memory_get_buf(to, &p, &n, false) != RNP_SUCCESS))
		rc = err_set(e, ERR_WORLD, "librnp could not encrypt");
	if (rc == OK) {
		buf_put(out, (span){p, n});
		rc = buf_check(out, e);
	}
	if (in != NULL)
		rnp.input_destroy(in);
	if (to != NULL)
		rnp.output_destroy(to);
	ring_close(&r);
	return rc;
}

/* The best that one of them says: who signs with an old and a new key signs all the same. */
static enum openpgp_signature signatures(rnp_op_verify_t op)
{
	enum openpgp_signature best = SIGNATURE_NONE;
	size_t n = 0;

	if (rnp.op_verify_get_signature_count(op, &n) != RNP_SUCCESS)
		return SIGNATURE_NONE;
	for (size_t i = 0; i < n && best != SIGNATURE_VALID; i++) {
		rnp_op_verify_signature_t sig = NULL;

		if (rnp.op_verify_get_signature_at(op, i, &sig) != RNP_SUCCESS)
			continue;
		switch (rnp.op_verify_signature_get_status(sig)) {
		case RNP_SUCCESS: best = SIGNATURE_VALID; break;
		case RNP_ERROR_SIGNATURE_INVALID: best = SIGNATURE_WRONG; break;
		case RNP_ERROR_SIGNATURE_EXPIRED: best = best != SIGNATURE_WRONG ? SIGNATURE_EXPIRED : best; break;
		case RNP_ERROR_KEY_NOT_FOUND: best = best == SIGNATURE_NONE ? SIGNATURE_OTHER_KEY : best; break;
		default: break;
		}
	}
	return best;
}

static enum openpgp_signature verify(const struct ring *r, span text)
{
	enum openpgp_signature how = SIGNATURE_NONE;
	bool revoked = false, expired = false;
	rnp_op_verify_t op = NULL;
	rnp_input_t in = NULL;
	rnp_output_t out = NULL;

	if (rnp.input_from_memory(&in, text.p, text.n, false) == RNP_SUCCESS && rnp.output_to_null(&out) == RNP_SUCCESS &&
	    rnp.op_verify_create(&op, r->ffi, in, out) == RNP_SUCCESS) {
		(void)rnp.op_verify_execute(op); /* says whether any holds: each is looked at */
		how = signatures(op);
	}
	if (how == SIGNATURE_VALID && (rnp.key_is_revoked(r->primary, &revoked) != RNP_SUCCESS || revoked ||
	    rnp.key_is_expired(r->primary, &expired) != RNP_SUCCESS || expired))
		how = SIGNATURE_EXPIRED;
	if (op != NULL)
		rnp.op_verify_destroy(op);
	if (out != NULL)
		rnp.output_destroy(out);
	if (in != NULL)
		rnp.input_destroy(in);
	return how;
}

enum errc openpgp_verify(span text, span key, int64_t when_utc, enum openpgp_signature *how, char fingerprint[OPENPGP_FINGERPRINT + 1],
    struct err *e)
{
	struct ring r;
	char *hex = NULL;
	enum errc rc = ring_open(&r, key, when_utc, e);

	*how = SIGNATURE_NO_KEY;
	fingerprint[0] = '\0';
	/* Of two it could not be said whose the signature is: a stranger's stands next to theirs. */
	if (rc == OK && r.n_primary == 1) {
		*how = verify(&r, text);
		if (rnp.key_get_fprint(r.primary, &hex) == RNP_SUCCESS && strlen(hex) <= OPENPGP_FINGERPRINT)
			memcpy(fingerprint, hex, strlen(hex) + 1);
		rnp.buffer_destroy(hex);
	}
	ring_close(&r);
	return rc;
}
