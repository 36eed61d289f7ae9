/* The directory's inside, shared by directory.c (building), rows.c (one row's cells) and orgs.c (one organisation in full). */
#ifndef TOCSIN_ATTRIBUTE_DIRECTORY_PRIVATE_H
#define TOCSIN_ATTRIBUTE_DIRECTORY_PRIVATE_H

#include "attribute/directory.h"
#include "stream/csv.h"

enum { MAX_COLUMNS = 256, RESET_EACH = 512, OURSELVES = 0 };

struct directory {
	const char *path;
	span file, text;
	void *map;
	struct csv csv;            /* at the first row, for its separator */
	enum column columns[MAX_COLUMNS];
	const char *roles[MAX_COLUMNS];
	size_t n_columns;
	struct headings headings;  /* what was made of the first line */
	uint16_t next_column[COLUMNS][MAX_COLUMNS + 1]; /* the first of a kind that is not before that one, or n_columns */
	uint32_t *row_at;          /* by organisation: where its row begins in text */
	uint32_t *canonical;       /* the organisation that a row belongs to */
	uint32_t *next_row;        /* further row of the same organisation, 0 at the end */
	unsigned char *shared;     /* its name is another's, too */
	uint32_t n, cap;
	size_t n_merged;
	struct clash *clashes;     /* by hash */
	size_t n_clashes, cap_clashes;
	size_t n_problems;
	char first_problem[300];
	int dictionary;
	const struct case_config *config;
	const struct words *vocabulary, *freemail; /* outlive it */
	struct arena *scratch;
};

struct row { span *fields; size_t n; };

/* Where the clashes of a domain begin, or would. */
size_t clashes_from(const struct directory *d, uint64_t hash);
/* Goes through the cells of one kind: *i is where to go on; false when there is no further one. */
bool row_cell(const struct directory *d, const struct row *r, enum column c, size_t *i, span *cell);
/* The first that says something, or SPAN_EMPTY. */
span row_first(const struct directory *d, const struct row *r, enum column c);
/* Each domain of a row in turn, cleaned (*n 0: *piece is no domain). *i and *rest are zero at first. */
bool row_domain(const struct directory *d, const struct row *r, size_t *i, span *rest, span *piece, char host[HOST_SIZE],
    size_t *n);
/* Is it a domain of free mail? Not asked of each row: there are millions of them, and five thousand such domains. */
bool host_is_free(const struct directory *d, span host);
/* Its name, or else its first domain, which is then in host. */
span row_name(const struct directory *d, const struct row *r, char host[HOST_SIZE]);
/* The first row of an organisation, or a further one, again. */
MUST_CHECK enum errc row_read(const struct directory *d, struct arena *a, uint32_t org, struct row *r, struct err *e);

#endif
