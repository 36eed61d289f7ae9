#include "mail/holds.h"

#include "document/document.h"
#include "mail/box.h"
#include "mail/mbox.h"
#include "mail/saved.h"
#include "mail/text-kind.h"
#include "stream/member.h"

/* An mbox is text: one that calls itself text, or a message, must be called an mbox as well. */
static bool is_mbox(const struct part *p, span head)
{
	return (span_ends_nocase(p->filename, SPAN_LIT(".mbox")) ||
	    (span_starts(p->type, SPAN_LIT("application/")) && !span_ends_nocase(p->filename, SPAN_LIT(".eml")))) && mbox_sniff_written(head);
}

/* Bytes that nobody knows may have an archive behind them, as what calls itself one has. */
static bool is_unknown(const struct part *p, span head)
{
	bool certain;

	if (span_ends_nocase(p->filename, SPAN_LIT(".zip")))
		return true;
	return head.n != 0 && !span_starts(p->type, SPAN_LIT("text/")) && !text_looks(head) && text_kind(head, &certain) == NULL && !document_may_be(head);
}

enum holds part_holds(const struct part *p, span *bytes)
{
	span archive;

	if (is_mbox(p, *bytes))
		return HOLDS_MESSAGES;
	if (saved_message(p, *bytes))
		return HOLDS_MESSAGE;
	if (text_openpgp(*bytes, p->filename) == OPENPGP_HOLDS)
		return HOLDS_SIGNED;
	if (document_kind(*bytes) != DOCUMENT_NONE)
		return HOLDS_NOTHING;
	if (box_sniff(*bytes) != BOX_NONE)
		return HOLDS_ITEMS;
	if (archive_sniff(*bytes))
		return HOLDS_MEMBERS;
	archive = archive_within(*bytes);
	if (archive.n > 0) {
		*bytes = archive;
		return HOLDS_MEMBERS;
	}
	return HOLDS_NOTHING;
}

bool part_may_hold(const struct part *p, span head)
{
	return archive_sniff(head) || program_sniff(head) || box_sniff(head) != BOX_NONE || is_mbox(p, head) || saved_message(p, head) ||
	       text_openpgp(head, p->filename) == OPENPGP_HOLDS || is_unknown(p, head);
}
