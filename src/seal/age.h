/*
 * age files (age-encryption.org/v1, C2SP) with one X25519 recipient, on libsodium: written and read as a stream of
 * 64 KiB chunks. What a reader gives out of a chunk is authenticated; that the file is whole is known at its end only
 * (age_read_done), so nothing may be relied upon before.
 */
#ifndef TOCSIN_SEAL_AGE_H
#define TOCSIN_SEAL_AGE_H

#include "base/buf.h"
#include "seal/keys.h"

enum { AGE_CHUNK = 65536, AGE_SECRET_TEXT = 75 }; /* "AGE-SECRET-KEY-1" and 58 characters, NUL */

/* Bech32 (BIP 173) of an X25519 secret, and back: capitals or small letters, blanks around. */
void age_secret_text(const struct seal_key *secret, char out[AGE_SECRET_TEXT]);
bool age_secret_read(span text, struct seal_key *out);

/* What must be new for each content; doc/sealed-bundle.md derives it from CK and the digest of the content. */
struct age_fresh { unsigned char file_key[16], share[32], nonce[16]; };

typedef enum errc age_sink(void *ctx, span bytes, struct err *e);

struct age_writer {
	age_sink *put;
	void *ctx;
	unsigned char key[32];
	uint64_t counter;
	struct buf chunk;
};
/* Writes the header. To the recipient that belongs to secret. age_close wipes the writer, whatever happened. */
MUST_CHECK enum errc age_begin(struct age_writer *w, const struct seal_key *secret, const struct age_fresh *fresh,
    age_sink *put, void *ctx, struct err *e);
MUST_CHECK enum errc age_put(struct age_writer *w, span bytes, struct err *e);
MUST_CHECK enum errc age_end(struct age_writer *w, struct err *e);
void age_close(struct age_writer *w);

struct age_reader {
	span rest;               /* chunks not yet read */
	unsigned char key[32];
	uint64_t counter;
	bool done;
	unsigned char chunk[AGE_CHUNK];
};
bool age_file_begins(span file); /* it has the first line of one */
/* ERR_EVIDENCE: no age file, or not for this secret, or its header was changed. */
MUST_CHECK enum errc age_open(struct age_reader *r, span file, const struct seal_key *secret, struct err *e);
/* The next chunk, in the reader until the next call; empty at the end, and then the file was whole. */
MUST_CHECK enum errc age_next(struct age_reader *r, span *out, struct err *e);
void age_read_close(struct age_reader *r);

#endif
