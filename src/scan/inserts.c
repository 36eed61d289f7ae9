/*
 * Rows that a database dump inserts: "INSERT INTO t (user, password) VALUES ('jo', 'x'), (...)". The names stand in brackets
 * before "VALUES", the cells of a row in brackets behind it, in the same order. PostgreSQL copies them instead: "COPY t (user,
 * password) FROM stdin;", then a line for each row, its cells apart by tabs, "\N" for none, and "\." at the end.
 */
#include "base/limits.h"
#include "scan/private.h"

#define NAMES_MAX ((size_t)600)
#define ROW_MAX ((size_t)8192)
#define COLUMNS_MAX 40

struct cell { size_t at, n; };

static size_t blanks(span text, size_t at)
{
	while (at < text.n && ascii_is_space(text.p[at]))
		at++;
	return at;
}

/* A cell without its quotes: 'x', N'x', "x", `x`, [x]. */
static struct cell bare(span text, size_t at, size_t n)
{
	unsigned char q;

	while (n > 0 && ascii_is_space(text.p[at])) {
		at++;
		n--;
	}
	while (n > 0 && ascii_is_space(text.p[at + n - 1]))
		n--;
	if (n > 2 && (text.p[at] == 'N' || text.p[at] == 'E') && text.p[at + 1] == '\'') {
		at++;
		n--;
	}
	q = n >= 2 ? text.p[at] : 0;
	if (ascii_is_one_of(q, "'\"`[") && text.p[at + n - 1] == (q == '[' ? ']' : q))
		return (struct cell){at + 1, n - 2};
	return (struct cell){at, n};
}

/* The cells within the bracket that opens at *at, which goes behind the one that closes; 0 when that is no list. */
static size_t cells_in(span text, size_t *at, size_t max, struct cell *out)
{
	size_t n = 0, start = *at + 1, deep = 0;
	unsigned char quote = 0;

	if (*at >= text.n || text.p[*at] != '(')
		return 0;
	for (size_t i = start; i < text.n && i - start < max && n < COLUMNS_MAX; i++) {
		unsigned char c = text.p[i];

		if (quote != 0) {
			if (c == '\\')
				i++;
			else if (c == quote)
				quote = 0;
		} else if (c == '\'' || c == '"' || c == '`') {
			quote = c;
		} else if (c == '(') {
			deep++;
		} else if (c == ')' && deep > 0) {
			deep--;
		} else if (c == ',' || c == ')') {
			if (deep > 0)
				continue;
			out[n++] = bare(text, start, i - start);
			start = i + 1;
			if (c == ')') {
				*at = i + 1;
				return n;
			}
		}
	}
	return 0;
}

/* The cell mine of each copied row; where the rows end. */
static size_t copied_cells(span text, size_t at, size_t n, size_t mine, size_t user, cell_found found, void *ctx)
{
	for (unsigned k = 0; k < LIMIT_TABLE_ROWS && at < text.n; k++) {
		struct cell row[COLUMNS_MAX];
		size_t end = at + span_find_byte(span_from(text, at), '\n'), stop = end, i = 0, from = at;

		if (stop > at && text.p[stop - 1] == '\r')
			stop--;
		for (; i < n && from <= stop; i++) {
			row[i] = (struct cell){from, span_find_byte(span_sub(text, from, stop - from), '\t')};
			from += row[i].n + 1;
		}
		if (i < n || from <= stop)
			break;
		if (row[mine].n > 0 && text.p[row[mine].at] != '\\' &&
		    !found(ctx, row[mine].at, row[mine].n, user < n ? row[user].at : 0, user < n ? row[user].n : 0))
			break;
		at = end + 1;
	}
	return at;
}

size_t insert_cells(span text, size_t at, size_t label_n, const struct word_list *labels, const struct word_list *users,
    cell_found found, void *ctx)
{
	struct cell names[COLUMNS_MAX], row[COLUMNS_MAX];
	size_t open = at, n, mine = SIZE_MAX, user = SIZE_MAX, next;

	while (open > 0 && at - open < NAMES_MAX && text.p[open] != '(' && text.p[open] != ')')
		open--;
	next = open;
	if ((n = cells_in(text, &next, NAMES_MAX, names)) < 2)
		return 0;
	for (size_t i = 0; i < n; i++) {
		span name = span_sub(text, names[i].at, names[i].n);

		if (at >= names[i].at && at + label_n <= names[i].at + names[i].n && table_label(labels, name))
			mine = i;
		else if (user == SIZE_MAX && users != NULL && word_list_has(users, name))
			user = i;
	}
	next = blanks(text, next);
	if (mine != SIZE_MAX && span_starts_nocase(span_from(text, next), SPAN_LIT("from stdin;")))
		return copied_cells(text, next + span_find_byte(span_from(text, next), '\n') + 1, n, mine, user, found, ctx);
	if (mine == SIZE_MAX || !span_starts_nocase(span_from(text, next), SPAN_LIT("values")))
		return 0;
	next += strlen("values");
	for (unsigned k = 0; k < LIMIT_TABLE_ROWS; k++) {
		next = blanks(text, next);
		if (cells_in(text, &next, ROW_MAX, row) != n)
			break;
		if (row[mine].n > 0 && !found(ctx, row[mine].at, row[mine].n, user < n ? row[user].at : 0, user < n ? row[user].n : 0))
			break;
		next = blanks(text, next);
		if (next >= text.n || text.p[next] != ',')
			break;
		next++;
	}
	return next;
}
