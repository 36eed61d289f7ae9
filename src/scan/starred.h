/*
 * Secrets that stand in names of files, and in what else the case keeps of a message: its subject and what its parties are called. Wherever
 * such a name is written down, or said in words, stars take their place: as many as they have bytes.
 */
#ifndef TOCSIN_SCAN_STARRED_H
#define TOCSIN_SCAN_STARRED_H

#include "base/buf.h"
#include "mail/text.h"
#include "scan/private.h"

/*
 * a: of the message; the values are copies in it. Some are as many as an archive has members, and each name is held against all: a table
 * of them, and how long they are (n bytes; the first of them counts by `power` in a sum).
 */
struct starred_length { size_t n; uint64_t power; };
struct starred {
	struct arena *a;
	span *v;
	size_t n, cap;
	uint32_t *slots; /* 0: empty; else 1 + index in v */
	size_t n_slots;
	struct starred_length *lengths;
	size_t n_lengths, cap_lengths;
};
/* All but the first n. */
void starred_forget(struct starred *s, size_t n);
/* What was found in a text of names. A value that goes on in the next line, which is another name, is one in each. */
MUST_CHECK enum errc starred_add(struct starred *s, span names, const struct hits *hits, struct err *e);
/* Could it be a usual word, or a number that is nothing? Under six bytes, or letters alone. */
bool starred_is_usual(span value);
/* Of what was found in a text that is no name those that cannot be a usual word of one: six bytes or more, and not letters alone. */
MUST_CHECK enum errc starred_add_odd(struct starred *s, span text, const struct hits *hits, struct err *e);
/* What stands in the names of the message's files, where that was told before and only the stars are wanted. */
MUST_CHECK enum errc starred_message(struct starred *s, struct engine *en, const struct message *m, struct err *e);
/* What stands in that name, alone; *shown, which has it, becomes what it is with stars for just that. */
MUST_CHECK enum errc starred_learn(struct starred *s, struct engine *en, span name, span *shown, struct err *e);

/* What stands in the names of a document's sheets and other groups, where something was found in its text: hits stay as they are, in the arena. */
MUST_CHECK enum errc starred_document(struct starred *s, struct engine *en, const struct document *d, struct hits *hits, struct err *e);

/* The words themselves when none of the secrets stands in them, else a copy; p NULL: memory. */
span starred_in(const struct starred *s, span words);
/* What is to be overwritten in what the case keeps of the message: see task.h. */
MUST_CHECK enum errc starred_put(const struct starred *s, const struct message *m, struct buf *out, struct err *e);

#endif
