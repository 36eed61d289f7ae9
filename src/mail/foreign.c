#include "mail/foreign.h"

#include "base/limits.h"
#include "mail/msg.h"

bool foreign_sniff(span bytes) { return compound_sniff(bytes); }

bool foreign_sniff_base64(span encoded)
{
	/* The first eight bytes of a compound file; the last of these characters is half of another byte. */
	return span_starts(span_trim(span_first(encoded, 64)), SPAN_LIT("0M8R4KGxGu"));
}

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
	enum errc rc;

	*out = content;
	if (!p->foreign)
		return OK;
	rc = foreign_read(a, content, &f, e);
	*out = f.rendered;
	return rc;
}
