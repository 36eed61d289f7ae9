/* What a file or a member of an archive is. */
#include "evidence/unit.h"
#include "ingest/private.h"
#include "mail/box.h"
#include "mail/emlx.h"
#include "mail/foreign.h"
#include "mail/mbox.h"
#include "mail/postfix.h"
#include "mail/text-kind.h"
#include "mail/writing.h"

/* One message with its From_ line before it, as mail programs save it. */
static bool lone_entry(span file)
{
	struct mbox_entry entry;

	return mbox_next(file, 0, &entry) && entry.at == 0 && entry.n == file.n && !entry.framed;
}

/* Does it begin as an mbox, however it is written? *alone: with one message, as far as can be seen. */
static bool is_mbox(span file, bool *alone)
{
	if (!mbox_sniff_written(file))
		return false;
	*alone = writing_is_plain(writing_of(file)) && lone_entry(file);
	return true;
}

/* Called a message, and text but for a NUL here and there, as a damaged disk or a cut copy leaves them. */
static bool looks_damaged(span file)
{
	UNFILLED unsigned char head[4096];
	size_t n = 0;

	file = span_first(file, sizeof head);
	for (size_t i = 0; i < file.n; i++)
		if (file.p[i] != '\0')
			head[n++] = file.p[i];
	return n < file.n && 10 * (file.n - n) <= file.n && text_looks(span_of(head, n));
}

enum source_kind kind_of(struct arena *rendered, span file, enum named named, const char **note)
{
	enum box_kind box;
	struct foreign f;
	struct err why;
	size_t at, n;
	bool certain, alone;

	*note = "";
	if (file.n == 0) {
		*note = "empty file";
		return SOURCE_UNKNOWN;
	}
	if ((box = box_sniff(file)) != BOX_NONE)
		return box == BOX_PST ? SOURCE_PST : SOURCE_OLM;
	if (archive_sniff(file))
		return SOURCE_ARCHIVE;
	if (foreign_sniff(file)) {
		arena_reset(rendered);
		if (foreign_read(rendered, file, &f, &why) != OK || f.form != NULL)
			return postfix_sniff(file) ? SOURCE_QUEUE : SOURCE_FOREIGN;
	}
	if (is_mbox(file, &alone))
		return named != NAMED_MBOX && alone ? SOURCE_MESSAGE : SOURCE_MBOX;
	/* Its first From_ line may be lost, and the first message begin in its middle. */
	if (named == NAMED_MBOX && mbox_begins_later(file))
		return SOURCE_MBOX;
	if (message_sniff(file) || emlx_message(file, &at, &n))
		return SOURCE_MESSAGE;
	if (named == NAMED_MESSAGE && (text_looks(span_first(file, 4096)) || looks_damaged(file)))
		return SOURCE_MESSAGE;
	if (named == NAMED_OLK)
		*note = "a piece of Outlook for Mac's store (olk): export the mailbox there as .olm";
	else if (named == NAMED_APART)
		*note = "an attachment that Apple Mail keeps beside its message: export the mailbox there, which gives an mbox with all of it";
	else
		*note = text_kind(span_first(file, 4096), &certain);
	if (*note == NULL && named != NAMED_MBOX && mbox_begins_later(file)) {
		*note = "";
		return SOURCE_MBOX;
	}
	if (*note == NULL)
		*note = text_looks(span_first(file, 4096)) ? "text, but no mail" : "no mail; of a kind tocsin does not know";
	return SOURCE_UNKNOWN;
}
