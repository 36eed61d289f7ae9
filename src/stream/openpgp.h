/*
 * Files of OpenPGP, by their packets (RFC 9580 4.2 and 5, RFC 4880 of older ones): what one is, and of one that is only signed or only
 * compressed what it holds. Nothing is decrypted and no signature is verified: it is evidence, whoever signed it.
 */
#ifndef TOCSIN_STREAM_OPENPGP_H
#define TOCSIN_STREAM_OPENPGP_H

#include "base/arena.h"
#include "base/buf.h"

enum openpgp_kind {
	OPENPGP_NONE,      /* no packets, or not such as make a file */
	OPENPGP_ENCRYPTED,
	OPENPGP_HOLDS,     /* signed, compressed or as it is: openpgp_open gives what it holds */
	OPENPGP_SIGNATURE, /* of something that lies elsewhere */
	OPENPGP_KEYS,
};

/* "-----BEGIN PGP MESSAGE-----" (RFC 9580 6.2) as the first that is said. */
bool openpgp_armoured(span bytes);

/* Such a message within a text, from `from` on, that is not encrypted: where it begins and ends; false when there is none. */
bool openpgp_find(span text, size_t from, size_t *at, size_t *n);

/* Of the first bytes of a file, 2 KiB of them; packets, or an armoured message. Short of its first packet, it is NONE. */
enum openpgp_kind openpgp_kind(span first_bytes);

/*
 * What one that HOLDS holds, into *out up to its maximum; *name as it is written there (bytes of any charset, empty for none), borrowed from bytes
 * or in the arena. *why: what is wrong, static or in the arena, NULL when nothing is; with nothing in *out there was nothing to be had.
 */
MUST_CHECK enum errc openpgp_open(struct arena *a, span bytes, struct buf *out, span *name, const char **why, struct err *e);

#endif
