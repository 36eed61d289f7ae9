/*
 * The case as tables for `list`, CSV and JSON: one table a kind, its rows in a natural order that does not depend on
 * row ids (sources by path; items and messages by where they lie; the rest by the messages they belong to, or by
 * key), and references by SHA-256 or by an organisation's key. The column names are the stable machine interface
 * of tocsin-list(1). Rows are streamed: one is in memory at a time.
 */
#ifndef TOCSIN_STORE_ROWS_H
#define TOCSIN_STORE_ROWS_H

#include "store/store.h"

enum cell_kind {
	CELL_NULL = 0,
	CELL_TEXT,
	CELL_NUMBER,
	CELL_BOOL,
	CELL_TIME,     /* seconds UTC in number */
	CELL_DIGEST,   /* 32 bytes in text */
	CELL_WORD,     /* a word of case/names.h in text */
	CELL_WORDS,    /* message traits: number has the bits, list the words */
	CELL_PROBLEMS, /* number: bits of enum mime_problem, which mail/ can name */
	CELL_JSON,     /* text is one JSON value without line ends; a column of this kind gives CELL_TEXT when it is not */
	CELL_LIST,     /* list of texts */
	CELL_ROWS,     /* rows of n_columns cells */
};

struct cell {
	enum cell_kind kind;
	span text;
	int64_t number;
	const span *list;
	const struct cell *rows;
	size_t n; /* of list, or of rows (each as wide as the column's own columns) */
};

struct column {
	const char *name;
	enum cell_kind kind;
	const char *(*word)(int);     /* CELL_WORD */
	const char *sql;              /* CELL_LIST and CELL_ROWS: bound to the id of the row; else NULL */
	size_t n_lists;               /* CELL_LIST: sql fills so many columns, this one and those behind it; 0: this one */
	const struct column *columns; /* CELL_ROWS */
	size_t n_columns;
	unsigned width;               /* in a table for people; 0: not shown there */
};

enum walk { WALK_ALL, WALK_SOURCES, WALK_MESSAGES };

struct table {
	const char *name;
	const char *says;   /* what one row is, as a sentence for the page and the manual */
	enum walk walk;     /* what sql's ?1 is bound to: nothing, each source, or each message, in natural order */
	const char *sql;    /* its column 0 is the id that the columns' own sql is bound to; then one for each plain column */
	const struct column *columns;
	size_t n_columns;
	const char *spared; /* "path note": columns that stay when a terminal has no room for all; NULL: the first ones do */
	bool figures;       /* sums for the report; not a kind of `list` */
};

/* All tables, in the order of the work; *n of them. */
const struct table *const *tables(size_t *n);
/* NULL when there is none of that name. */
const struct table *table_named(const char *name);

/* The same columns, chosen and ordered for the page: most severe first, or only what is an open question. */
extern const struct table page_orgs, page_orgs_without_contact, page_exposures_untold, page_mailboxes, page_unread_files, page_decisions, page_countries;

/*
 * Calls row once a row. cells has t->n_columns entries that live until row returns; id is the row's id in the case
 * file, for joining only. Stops at the first code other than OK and returns it.
 */
typedef enum errc row_fn(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e);
MUST_CHECK enum errc rows_walk(struct store *st, const struct table *t, row_fn *row, void *ctx, struct err *e);

#endif
