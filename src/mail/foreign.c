#include "mail/foreign.h"

#include "base/limits.h"
#include "mail/msg.h"

bool foreign_sniff(span bytes) { return compound_sniff(bytes); }

static enum errc of_compound(struct arena *a, span bytes, struct foreign *out, struct err *e)
{
	struct compound *c;
	struct mapi_item *item;
	struct buf b;
	enum errc rc;

	/* A damaged compound file may be anything: it is left to who asks next. */
	if ((rc = compound_open(a, bytes, &c, e)) != OK)
		return rc == ERR_EVIDENCE ? OK : rc;
	if (!msg_is(c))
		return OK;
	out->form = "Outlook message";
	buf_init(&b, LIMIT_PART_BYTES);
	if ((rc = msg_read(a, c, &item, e)) == OK && (rc = mapi_render(a, item, &b, &out->missing, e)) == OK) {
		out->rendered = arena_copy(a, buf_span(&b));
		if (out->rendered.p == NULL)
			rc = err_memory(e);
	}
	buf_free(&b);
	return rc;
}

enum errc foreign_read(struct arena *a, span bytes, struct foreign *out, struct err *e)
{
	*out = (struct foreign){.missing = ""};
	return compound_sniff(bytes) ? of_compound(a, bytes, out, e) : OK;
}

enum errc part_message(struct arena *a, const struct part *p, span content, span *out, struct err *e)
{
	struct foreign f;
	struct err why;
	enum errc rc;

	*out = SPAN_EMPTY;
	if (p->kind == PART_MESSAGE) {
		*out = content.p != NULL ? content : SPAN_LIT("");
		return OK;
	}
	if (p->kind != PART_LEAF || !foreign_sniff(content))
		return OK;
	rc = foreign_read(a, content, &f, &why);
	if (rc == ERR_MEMORY)
		return err_memory(e);
	*out = rc == OK && f.form != NULL ? f.rendered : SPAN_EMPTY;
	return OK;
}
