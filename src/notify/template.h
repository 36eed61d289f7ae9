/*
 * Notice templates: text with {{name}}, {{#name}}...{{/name}} (once when name has a value, or once an entry when it is
 * a list) and {{^name}}...{{/name}} (when it has none). A line with nothing but one section tag is not there in the
 * output. A full stop behind a value that ends with one ("Inc.") is left out. Templates are our own files, and untrusted all the same: bounded, and every error names file and line. A
 * name that is not known, or that is to be printed and has no value, is an error, never an empty place.
 */
#ifndef TOCSIN_NOTIFY_TEMPLATE_H
#define TOCSIN_NOTIFY_TEMPLATE_H

#include "base/arena.h"
#include "base/buf.h"

struct template;

/* Nothing is copied: text and file must live as long as the template. line is that of its first line. */
MUST_CHECK enum errc template_parse(struct arena *a, span text, const char *file, unsigned line,
    struct template **out, struct err *e);

/* A name that templates may use; with `within`, only inside the section of that list. */
struct template_name { const char *name, *within; };
/* Refuses names that are not in the array (ended by a NULL name), used or not in this rendering. */
MUST_CHECK enum errc template_check(const struct template *t, const struct template_name *names, struct err *e);

struct template_var {
	const char *name;
	span text;                       /* empty: no value */
	const struct template_scope *v;  /* a list: its entries */
	size_t n;
};
struct template_scope {
	const struct template_var *vars;
	size_t n;
	const struct template_scope *outer; /* where a name is looked for next */
};
/* text goes out as it is: whoever sets a variable has made it fit to be shown. */
MUST_CHECK enum errc template_write(const struct template *t, const struct template_scope *s, struct buf *out,
    struct err *e);

#endif
