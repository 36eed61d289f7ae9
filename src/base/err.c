#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0)))
static enum errc set(struct err *e, enum errc code, const char *fmt, va_list ap)
{
	if (e != NULL) {
		e->code = code;
		(void)vsnprintf(e->text, sizeof e->text, fmt, ap);
	}
	return code;
}

enum errc err_set(struct err *e, enum errc code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	code = set(e, code, fmt, ap);
	va_end(ap);
	return code;
}

enum errc err_sys(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	(void)set(e, ERR_WORLD, fmt, ap);
	va_end(ap);
	if (e != NULL) {
		size_t at = strlen(e->text);

		(void)snprintf(e->text + at, sizeof e->text - at, ": %s%s", strerror(saved), saved == EMFILE ? " (ulimit -n)" : "");
	}
	errno = saved;
	return ERR_WORLD;
}

void err_in(struct err *e, const char *fmt, ...)
{
	char old[sizeof e->text];
	size_t at;
	va_list ap;

	if (e == NULL)
		return;
	memcpy(old, e->text, sizeof old);
	va_start(ap, fmt);
	(void)vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	at = strlen(e->text);
	(void)snprintf(e->text + at, sizeof e->text - at, ": %s", old);
}

enum errc err_memory(struct err *e) { return err_set(e, ERR_MEMORY, "out of memory"); }

int err_exit_status(enum errc code)
{
	switch (code) {
	case OK:
		return 0;
	case ERR_USAGE:
		return 2;
	case ERR_REFUSED:
	case ERR_LOCKED:
		return 3;
	case ERR_EVIDENCE:
	case ERR_LIMIT:
	case ERR_WORLD:
	case ERR_MEMORY:
	case ERR_STOPPED:
		return 4;
	}
	return 4;
}
