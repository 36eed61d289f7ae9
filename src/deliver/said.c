#include <stdarg.h>

#include "deliver/private.h"

enum errc said(struct store *st, const char *what, struct err *e, ...)
{
	struct buf b;
	struct json j = json_to(&b);
	const char *name;
	va_list ap;
	enum errc rc;

	buf_init(&b, 65536);
	json_open(&j, NULL, '{');
	va_start(ap, e);
	while ((name = va_arg(ap, const char *)) != NULL)
		json_str(&j, name, va_arg(ap, const char *));
	va_end(ap);
	json_close(&j, '}');
	if ((rc = buf_check(&b, e)) == OK)
		rc = ledger_add(st, what, buf_cstr(&b), e);
	buf_free(&b);
	return rc;
}
