/* Where a table's cells stand when others above or beside them span more than one column or row. */
#include "base/span.h"
#include "stream/html-private.h"

/* "3", as far as it counts */
static unsigned number(span v, unsigned max)
{
	uint64_t n;

	(void)span_digits(v, 19, &n);
	return n < 1 ? 1 : n > max ? max : (unsigned)n;
}

static bool covered(const struct html_cells *c)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->above[i].column == c->column)
			return true;
	return false;
}

void html_cells_row(struct html_cells *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->n; i++)
		if (--c->above[i].rows > 0)
			c->above[n++] = c->above[i];
	c->n = n;
	c->column = c->owed = 0;
}

void html_cells_end(struct html_cells *c)
{
	*c = (struct html_cells){0};
}

unsigned html_cells_next(struct html_cells *c, span in, const struct html_tag *t)
{
	span attributes = span_sub(in, t->attributes, t->end - t->attributes);
	unsigned skipped = c->owed, columns = 1, rows = 1;
	struct html_attribute a;

	for (c->owed = 0; covered(c); c->column++)
		skipped++;
	if (span_has_nocase(attributes, SPAN_LIT("span"))) {
		for (size_t at = 0; html_attribute(in, t, &at, &a);) {
			if (span_eq_nocase(a.name, SPAN_LIT("colspan")))
				columns = number(a.value, HTML_COLSPAN_MAX);
			else if (span_eq_nocase(a.name, SPAN_LIT("rowspan")))
				rows = number(a.value, HTML_ROWSPAN_MAX);
		}
	}
	for (unsigned i = 0; i < columns && rows > 1 && c->n < HTML_SPANS; i++) {
		c->above[c->n].column = c->column + i;
		c->above[c->n++].rows = rows;
	}
	c->column += columns;
	c->owed = columns - 1;
	return skipped;
}
