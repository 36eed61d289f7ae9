/*
 * Messages in a form of their own: Outlook's .msg and .oft, TNEF, and what lies in the queue of Postfix. Each is rendered as an
 * RFC 5322 message (tocsin-rendering(5)), which is read as any other. Whether bytes are one of these is a question to
 * the bytes alone, so that ingest and every later reading answer it alike.
 */
#ifndef TOCSIN_MAIL_FOREIGN_H
#define TOCSIN_MAIL_FOREIGN_H

#include "mail/mime.h"

struct foreign {
	const char *form;    /* "Outlook message"; NULL when the bytes are none of these */
	span rendered;
	const char *missing; /* what of it could not be read, "" for nothing */
};

/* Could it be one? Cheap, and never no for one that is. */
bool foreign_sniff(span bytes);

/* *out in the arena. ERR_EVIDENCE when it is one and cannot be read at all. */
MUST_CHECK enum errc foreign_read(struct arena *a, span bytes, struct foreign *out, struct err *e);

/* The message in a PART_MESSAGE whose decoded content is given: of message/rfc822 the content itself, else its rendering. */
span part_message(const struct part *p, span content);

#endif
