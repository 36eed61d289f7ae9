/*
 * Signed notes and checkpoints as C2SP has them (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature v1): a text of
 * lines, an empty line, and lines "— name base64(key hash 4 || signature)". A signature by a key that is not known is
 * passed over; one by a known key that does not fit makes the note worthless.
 *
 * All spans lie in the note that was given. Notes are hostile: their size, lines and signatures are bounded.
 */
#ifndef TOCSIN_PROOF_NOTE_H
#define TOCSIN_PROOF_NOTE_H

#include "base/digest.h"
#include "proof/keys.h"

/* As golang.org/x/mod/sumdb/note has it: a list of withdrawn notices is a note, too, and holds 40000 of them. */
enum { NOTE_MAX = 1000000, NOTE_SIGNATURES = 32 };

/* Appends the text (whole lines, the last ended too) with one signature. ERR_USAGE when text or name cannot be a note's. */
MUST_CHECK enum errc note_sign(const struct sign_key *k, span name, span text, struct buf *out, struct err *e);

/* Appends the key line that others are given: "name+1a2b3c4d+base64". */
void note_key_line(const unsigned char key[VERIFY_KEY_SIZE], span name, struct buf *out);
/* Reads one; the name is checked, and the key hash. */
MUST_CHECK enum errc note_key_read(span line, span *name, unsigned char key[VERIFY_KEY_SIZE], struct err *e);

/* *text is the signed text with its last line end. ERR_EVIDENCE without a valid signature of that name and key. */
MUST_CHECK enum errc note_verify(span note, span name, const unsigned char key[VERIFY_KEY_SIZE], span *text, struct err *e);
/* The text without looking at who signed it. */
MUST_CHECK enum errc note_text(span note, span *text, struct err *e);

/* "origin LF size LF base64 root LF", further lines allowed. */
struct checkpoint { span origin; uint64_t size; struct digest root; };
MUST_CHECK enum errc checkpoint_read(span text, struct checkpoint *out, struct err *e);
MUST_CHECK enum errc checkpoint_sign(const struct sign_key *k, const struct checkpoint *c, struct buf *out, struct err *e);
/* note_verify with the origin as the name, and checkpoint_read. */
MUST_CHECK enum errc checkpoint_verify(span note, span origin, const unsigned char key[VERIFY_KEY_SIZE],
    struct checkpoint *out, struct err *e);

/* The key line of a witness: its key signs nothing else. */
MUST_CHECK enum errc cosign_key_read(span line, span *name, unsigned char key[VERIFY_KEY_SIZE], struct err *e);
/* A witness's line for a note that is there: "seen at that time, and consistent with what was seen before". */
MUST_CHECK enum errc cosign(const struct sign_key *k, span name, span note, uint64_t when_utc, struct buf *line, struct err *e);
MUST_CHECK enum errc cosign_verify(span note, span name, const unsigned char key[VERIFY_KEY_SIZE], uint64_t *when_utc,
    struct err *e);

#endif
