#include "attribute/cells.h"
#include "attribute/directory-private.h"

bool row_cell(const struct directory *d, const struct row *r, enum column c, size_t *i, span *cell)
{
	*i = d->next_column[c][*i];
	if (*i >= r->n || *i == d->n_columns)
		return false;
	*cell = span_trim(r->fields[(*i)++]);
	return true;
}

span row_first(const struct directory *d, const struct row *r, enum column c)
{
	size_t i = 0;
	span cell;

	while (row_cell(d, r, c, &i, &cell))
		if (!cell_is_nothing(cell))
			return cell;
	return SPAN_EMPTY;
}

bool row_domain(const struct directory *d, const struct row *r, size_t *i, span *rest, span *piece,
    char host[HOST_SIZE], size_t *n)
{
	for (;;) {
		while (cell_next(rest, APART_STRONG | APART_COMMA | APART_SPACE, piece))
			if (!cell_is_nothing(*piece)) {
				*n = domain_clean(*piece, host);
				return true;
			}
		if (!row_cell(d, r, COLUMN_DOMAINS, i, rest))
			return false;
	}
}

bool host_is_free(const struct directory *d, span host) { return words_kinds(d->freemail, token_hash(host)) != 0; }

span row_name(const struct directory *d, const struct row *r, char host[HOST_SIZE])
{
	span name = row_first(d, r, COLUMN_NAME), rest = SPAN_EMPTY, piece;
	size_t i = 0, n;

	if (name.n != 0)
		return name;
	while (row_domain(d, r, &i, &rest, &piece, host, &n))
		if (n != 0)
			return span_of(host, n);
	return SPAN_EMPTY;
}

enum errc row_read(const struct directory *d, struct arena *a, uint32_t org, struct row *r, struct err *e)
{
	struct csv csv = d->csv;

	csv.rest = span_from(d->text, d->row_at[org]);
	return csv_next(&csv, a, &r->fields, &r->n, e);
}
