/*
 * Tables on a terminal: lines of columns that fit its width. Where there is not room for all, headings are broken at their "_", then
 * what is text is cut, the longest first, with an ellipsis (of a path the beginning); then whole columns are left out from the right, and that is said. A number is
 * never cut: a shorter one would be another number. What goes elsewhere than to a terminal has the widths that it is given and is whole.
 *
 * A column is as wide as the longest that was measured; fit_settle is called once, when that is done. Widths are counted in cells
 * of the terminal: two for the letters of East Asia, none for accents by themselves.
 */
#ifndef TOCSIN_BASE_FIT_H
#define TOCSIN_BASE_FIT_H

#include "base/buf.h"

enum { FIT_COLUMNS = 40, FIT_MEASURED_ROWS = 1000 };

enum fit_kind {
	FIT_TEXT = 0,
	FIT_NUMBER = 1, /* to the right, whole */
	FIT_WHOLE = 2,  /* text that is of no use when cut: a date, a word of ours, a value that was asked for */
};

struct fit_column {
	const char *heading;
	enum fit_kind kind;
	unsigned width;    /* where it is no terminal */
	bool spared;       /* the others are left out before it */
	unsigned longest;  /* measured */
	unsigned shown;    /* of fit_settle; 0: left out */
};

struct fit {
	struct fit_column v[FIT_COLUMNS];
	size_t n;
	unsigned room;        /* fit_terminal; 0: no terminal */
	struct buf text;      /* scratch */
	struct buf kept;      /* of fit_keep: cells, each ended by a NUL */
};

/* Columns of the terminal: what COLUMNS says, what the terminal says, else 80; 0 when the descriptor is none. */
unsigned fit_terminal(int fd);

void fit_init(struct fit *f, unsigned room);
void fit_free(struct fit *f);
void fit_add(struct fit *f, const struct fit_column *c);
void fit_measure(struct fit *f, size_t column, span text);
void fit_settle(struct fit *f);

/* Whether the cell of that column is to be made at all. */
static inline bool fit_has(const struct fit *f, size_t column) { return f->v[column].shown != 0; }
void fit_headings(struct fit *f, struct buf *out);
/* A cell (utf8_show is done here), with what stands between it and the one before; the last one ends the line. */
void fit_cell(struct fit *f, struct buf *out, size_t column, span text);
/* Below the table, when columns were left out: which, and what has them ("--json has all"). */
void fit_left_out(const struct fit *f, struct buf *out, const char *all);

/* A table of few rows, measured and printed in one: keep each row (f->n cells, copied), then print all of it as above. */
void fit_keep(struct fit *f, const char *const *cells);
void fit_print(struct fit *f, struct buf *out, const char *all);

#endif
