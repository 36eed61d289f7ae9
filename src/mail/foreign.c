#include "mail/foreign.h"

#include "base/limits.h"
#include "mail/msg.h"
#include "mail/postfix.h"
#include "mail/tnef.h"

bool foreign_sniff(span bytes) { return compound_sniff(bytes) || tnef_sniff(bytes) || postfix_sniff(bytes); }

static enum errc read_compound(struct arena *a, span bytes, struct mapi_item **item, struct err *e)
{
	struct compound *c;
	enum errc rc = compound_open(a, bytes, &c, e);

	/* A damaged compound file may be anything: it is left to who asks next. */
	if (rc != OK)
		return rc == ERR_EVIDENCE ? OK : rc;
	return msg_is(c) ? msg_read(a, c, item, e) : OK;
}

enum errc foreign_read(struct arena *a, span bytes, struct foreign *out, struct err *e)
{
	struct mapi_item *item = NULL;
	struct buf b;
	enum errc rc = OK;

	*out = (struct foreign){.missing = ""};
	if (compound_sniff(bytes))
		rc = read_compound(a, bytes, &item, e);
	else if (tnef_sniff(bytes))
		rc = tnef_read(a, bytes, &item, e);
	if (rc != OK || (item == NULL && !postfix_sniff(bytes)))
		return rc;
	buf_init(&b, LIMIT_PART_BYTES);
	if (item != NULL)
		rc = mapi_render(a, item, &b, &out->missing, e);
	else
		postfix_render(bytes, &b, &out->missing);
	if (rc == OK && (rc = buf_check(&b, e)) == OK && (item != NULL || b.n != 0)) {
		out->form = compound_sniff(bytes) ? "Outlook message" : item != NULL ? "TNEF" : "message in the queue of Postfix";
		out->rendered = arena_copy(a, buf_span(&b));
		if (out->rendered.p == NULL)
			rc = err_memory(e);
	}
	buf_free(&b);
	return rc;
}

span part_message(const struct part *p, span content) { return p->foreign ? p->rendered : content; }
