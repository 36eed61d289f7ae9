/*
 * Mailboxes in one file. mboxo, mboxrd, mboxcl, mboxcl2 and the habits of Pine, Thunderbird, pipermail and Google
 * Takeout, LF or CRLF. An entry begins with a "From " line that looks like a postmark (see postmark.h) at the
 * start of the file or behind an empty line; the surer forms also without one where a header field follows. With a
 * Content-Length that lands exactly on the end or on the next From_ line, the length decides (mboxcl2). LISTSERV's
 * logs, parted by lines of 73 '=', MMDF, where four ^A stand around each message, the files of Dovecot's sdbox and mdbox and the folders of
 * Pegasus Mail, with what was deleted and not yet purged, are read too.
 */
#ifndef TOCSIN_MAIL_MBOX_H
#define TOCSIN_MAIL_MBOX_H

#include "mail/writing.h"

struct mbox_entry {
	size_t at, n;            /* the whole entry with its From_ line and the separating empty line */
	size_t message_at, message_n; /* the message: behind the From_ line, without the one separating empty line */
	bool from_quoted;        /* false when Content-Length was used to find its end (mboxcl2 quotes nothing), and where framed */
	bool framed;             /* what is before it, and behind it, is of MMDF, dbox or Pegasus, and no From_ line */
};

/* Does the file begin as an mbox does? Of one in UTF-16 or with CR alone, the view (writing.h) does: mbox_sniff_written asks that. */
bool mbox_sniff(span file);
bool mbox_sniff_written(span file);
/*
 * Is something else an mbox from a later place on, because its beginning is lost or damaged? A From_ line with the header fields of
 * mail behind it says so. Text is searched further than bytes: an image of a disc is no mbox.
 */
bool mbox_begins_later(span file);

/*
 * The entry that begins at or after `from` (bytes before the first entry are an entry of their own with
 * message_n 0, so that every byte is in exactly one entry). False at the end.
 */
bool mbox_next(span file, size_t from, struct mbox_entry *out);
/* The entry from *at of the view's text on, in places of its bytes; *at is then behind it. */
bool mbox_view_next(const struct writing_view *v, size_t *at, struct mbox_entry *out);

/* Is this the beginning of one RFC 5322 message (a header field, known names first), however it is written (writing.h)? For files of any name. */
bool message_sniff(span file);

#endif
