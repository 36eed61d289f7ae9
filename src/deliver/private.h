/* What the files of this room share: the mark that only our own mail carries, and the ways to hand a mail over. */
#ifndef TOCSIN_DELIVER_PRIVATE_H
#define TOCSIN_DELIVER_PRIVATE_H

#include "base/buf.h"
#include "base/json.h"
#include "deliver/deliver.h"
#include "store/waves.h"

/* ---- mark.c ----------------------------------------------------------------------------------------------------- */

/*
 * "tn-7q4k-2m9d.abcdefghijklmnop": the notice's number and 80 bits of a MAC over it and the recipient, under a key
 * made from the case key. It is in the envelope only, so that who has seen the mail's text cannot make one.
 */
enum { MARK_ID = 12, MARK_MAC = 16, MARK_SIZE = MARK_ID + 1 + MARK_MAC + 1 };
void mark_make(span case_key, const char *notice_id, const char *address, char out[MARK_SIZE]);
bool mark_ok(span case_key, span mark, const char *notice_id, const char *address);
/* The next thing in text at or behind *at that has the form of a mark; *at moves behind it. Not necessarily true. */
bool mark_find(span text, size_t *at, span *mark);
/* The next notice number ("TN-7Q4K-2M9D", any case) at or behind *at. */
bool notice_number_find(span text, size_t *at, span *number);
/* Upper case, as the case has it. */
void notice_number_write(span number, char out[MARK_ID + 1]);

/* ---- hand.c ----------------------------------------------------------------------------------------------------- */

enum hand_outcome {
	HAND_TAKEN = 1,
	HAND_REFUSED,   /* this address never */
	HAND_LATER,     /* surely not taken; again later */
	HAND_UNKNOWN,   /* may have been taken */
	HAND_UNUSABLE,  /* surely not taken, and no other would be: the run ends */
};
struct hand_result { enum hand_outcome outcome; char text[300]; char queue_id[64]; };
struct hand;
/* Reads the password, where there is one, and keeps it in memory of its own until hand_close. */
MUST_CHECK enum errc hand_open(struct hand **out, const struct delivery_config *c, struct err *e);
void hand_close(struct hand *h);
MUST_CHECK enum errc hand_over(struct hand *h, const char *return_path, const char *envelope_id, const char *to, span message,
    struct hand_result *out, struct err *e);

/* ---- send.c ----------------------------------------------------------------------------------------------------- */

/* The wave that a send is about: by its number, or with 0 the newest that is written. ERR_USAGE, ERR_REFUSED: there is none. */
MUST_CHECK enum errc wave_to_send(const struct deliver *d, uint64_t number, struct wave *w, struct err *e);
/* The bytes of a notice as they were approved, in the arena; ERR_REFUSED when the file has others. */
MUST_CHECK enum errc mail_read(const struct deliver *d, struct arena *a, const struct delivery *v, span *out, struct err *e);

#endif
