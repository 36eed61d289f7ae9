/*
 * A mail that came back: what it says it is, and what in it may say which notice it is about. Read behind the walls
 * from one parsed message; nothing here knows the case. Whether a mark is true only the keeper can tell.
 *
 * The order in which it is judged: a delivery report (RFC 3464), a receipt (RFC 8098), the forms of
 * rules/returned/forms.yaml for what says it in words only, fields that say that a program wrote it (RFC 3834 and older
 * ones), and then it is an answer, if it is about a notice at all.
 */
#ifndef TOCSIN_DELIVER_RETURNED_H
#define TOCSIN_DELIVER_RETURNED_H

#include "base/cursor.h"
#include "case/names.h"
#include "deliver/private.h"
#include "mail/mime.h"

/* One entry of forms.yaml; an empty condition is none. */
struct form {
	int says;       /* enum heard_kind */
	bool automatic;
	span name, from, subject, header, value, text;
	span example;   /* not handed to workers */
};
struct forms {
	struct form *v;
	size_t n;
	span *daemons;
	size_t n_daemons;
	const char **trusted; /* authserv-ids (RFC 8601) */
	size_t n_trusted;
};
/* rules: the folder that has returned/forms.yaml. ERR_USAGE with file and line. */
MUST_CHECK enum errc forms_read(struct arena *a, const char *rules, const struct text_list *trusted, struct forms *out, struct err *e);
void forms_put(const struct forms *f, struct buf *out);
/* Of what forms_put wrote; the spans are the cursor's. */
MUST_CHECK enum errc forms_take(struct arena *a, struct cursor *c, struct forms *out, struct err *e);

/* Where something stood that may name the notice: the surest first. */
enum clue_place {
	CLUE_ENVELOPE = 1, /* Original-Envelope-Id of a report */
	CLUE_FIELDS,       /* the mail's own header fields: whom it was sent to */
	CLUE_RETURNED,     /* the notice that it brings back, or its header */
	CLUE_REPLY,        /* In-Reply-To, References, Original-Message-ID */
	CLUE_SUBJECT,
	CLUE_TEXT,
};
const char *clue_place_name(int v);
struct clue { enum clue_place place; span text; };
/* More than so many different marks or numbers in one mail are not looked at: it is about no notice of ours. */
enum { CLUES = 8 };

struct returned {
	int kind;             /* enum heard_kind; HEARD_ANSWER: nothing says that a program wrote it */
	int64_t when_utc;
	span sender, subject; /* valid UTF-8, as all texts here */
	span verified_domain; /* of the sender, by our own server's word; else "" */
	span status;          /* "5.1.1 550 no such user"; by which form it was known where no report says it */
	span text;            /* what a person would read, its beginning */
	struct clue marks[CLUES], numbers[CLUES];
	size_t n_marks, n_numbers;
};
/* Never fails on bytes. Spans are m's or the arena's. */
MUST_CHECK enum errc returned_read(struct arena *a, const struct message *m, const struct forms *f, struct returned *out,
    struct err *e);

/* A record of the worker's result, and read back by the keeper: false when it is none. */
void returned_put(const struct returned *r, struct buf *out);
bool returned_take(struct cursor *c, struct returned *out);

#endif
