#include "mail/saved.h"

#include "base/utf8.h"
#include "mail/header.h"
#include "mail/mbox.h"

/* The last word of where a saved page had it from: "https://wiki.example/files/image002.png?v=3". */
static enum errc location_name(struct arena *a, span location, span *name, struct err *e)
{
	*name = header_unfold(a, location);
	if (name->p == NULL)
		return err_memory(e);
	*name = span_first(*name, span_find_byte(*name, '?'));
	*name = span_first(*name, span_find_byte(*name, '#'));
	for (size_t i = name->n; i > 0; i--)
		if (name->p[i - 1] == '/' || name->p[i - 1] == '\\' || name->p[i - 1] == ':') {
			*name = span_from(*name, i);
			break;
		}
	*name = utf8_clean(a, *name);
	return name->p != NULL ? OK : err_memory(e);
}

enum errc saved_name(struct arena *a, const struct part *p, const char **text, span *name, struct err *e)
{
	const char *number;
	enum errc rc;

	*name = p->filename;
	if (name->n == 0 && *text != NULL && span_starts(p->type, SPAN_LIT("text/"))) {
		*name = span_str(*text);
		*text = NULL;
	}
	if (name->n == 0 && p->location.n > 0 && (rc = location_name(a, p->location, name, e)) != OK)
		return rc;
	if (name->n > 0)
		return OK;
	number = arena_printf(a, "part %s", p->path);
	*name = span_str(number != NULL ? number : "");
	return number != NULL ? OK : err_memory(e);
}

bool saved_page(const struct part *p)
{
	return span_ends_nocase(p->filename, SPAN_LIT(".mht")) || span_ends_nocase(p->filename, SPAN_LIT(".mhtml")) ||
	       span_eq(p->type, SPAN_LIT("application/x-mimearchive"));
}

bool saved_message(const struct part *p, span head)
{
	return (saved_page(p) || span_ends_nocase(p->filename, SPAN_LIT(".eml")) || span_starts(p->type, SPAN_LIT("application/"))) &&
	       message_sniff(head);
}
