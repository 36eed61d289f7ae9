/*
 * Tables: a header line with a column of passwords, and rows below it. Columns are apart by a tab, "|", ";", ",",
 * or by two spaces and more, in which case the place in the line tells the column.
 */
#include "scan/table.h"

#define LINES_MAX 20   /* of one cell in quotes */
#define ODD_ROWS_MAX 3 /* with a mark too many */

static size_t user_column(span header, const struct column *c, size_t n, size_t mine, const struct word_list *users)
{
	for (size_t i = 0; i < n && users != NULL; i++)
		if (i != mine && word_list_has(users, span_sub(header, c[i].at, c[i].n)))
			return i;
	return SIZE_MAX;
}

/* Does one of the row's cells begin where the header's does? Then it is the column's. */
static size_t column_under(const struct column *row, size_t n, const struct column *head, size_t n_head, size_t mine)
{
	if (n == n_head)
		return mine;
	for (size_t i = 0; i < n; i++)
		if (row[i].at + 2 >= head->at && row[i].at <= head->at + 2)
			return i;
	return SIZE_MAX;
}

/* Where nothing in the head says whom a row is about, a cell must look like what it is said to be. */
static bool looks_made_up(span cell)
{
	struct looks l = looks_of(cell);

	return cell.n >= 6 && l.lowers + l.uppers > 0 && (l.digits > 0 || (l.humps > 2 && cell.n < 20)) && span_find_byte(cell, ' ') == cell.n;
}

/* A table under way: its head, and the column that is wanted. */
struct table {
	span text;
	unsigned char by;
	struct column head[COLUMNS_MAX];
	size_t n_head, mine, user;
	bool checked; /* a value has a form of its own, a date or a checksum */
	bool strict; /* nothing says whom a row is about: a cell must look like what it is said to be */
	cell_found found;
	void *ctx;
};

static bool offer_cell(const struct table *t, span line, struct column cell, const struct column *host)
{
	size_t base = (size_t)(line.p - t->text.p);

	/* `x` in a table of Markdown */
	if (cell.n > 2 && line.p[cell.at] == '`' && line.p[cell.at + cell.n - 1] == '`')
		cell = (struct column){cell.at + 1, cell.n - 2};
	else if (cell.n > 4 && span_starts(span_from(line, cell.at), SPAN_LIT("**")) && span_ends_nocase(span_sub(line, cell.at, cell.n), SPAN_LIT("**")))
		cell = (struct column){cell.at + 2, cell.n - 4};
	if (cell.n == 0 || (t->strict && !looks_made_up(span_sub(line, cell.at, cell.n))))
		return true;
	return t->found(t->ctx, base + cell.at, cell.n, host != NULL ? base + host->at : 0, host != NULL ? host->n : 0);
}

static bool offer_word(const struct table *t, span word)
{
	return offer_cell(t, word, (struct column){0, word.n}, NULL);
}

/* "Password   one   two": the table lies on its side. False: it is a head, or nothing. */
static bool across(const struct table *t, span line)
{
	size_t first = 0, made_up = 0;

	while (first < t->n_head && t->head[first].n == 0)
		first++;
	if (t->mine != first || t->n_head < first + 3)
		return false;
	for (size_t i = first + 1; i < t->n_head; i++) {
		if (t->head[i].n > 0 && !looks_made_up(span_sub(line, t->head[i].at, t->head[i].n)))
			return false;
		made_up += t->head[i].n > 0;
	}
	for (size_t i = first + 1; i < t->n_head && made_up > 1; i++)
		if (!offer_cell(t, line, t->head[i], NULL))
			break;
	return made_up > 1;
}

/* A row of which a cell in quotes goes on behind the line's end, whole. */
static span whole_row(const struct table *t, span *rest, span line, struct column *row, size_t *n)
{
	span next;

	*n = table_split(line, t->by, row);
	for (unsigned k = 0; k < LINES_MAX && (t->by == ',' || t->by == ';') && *n > 0 && row[*n - 1].n > 0 &&
	    line.p[row[*n - 1].at] == '"' && span_line(rest, &next); k++) {
		line.n = (size_t)(next.p - line.p) + next.n;
		*n = table_split(line, t->by, row);
	}
	return line;
}

/* Are there fewer cells than names, with blanks where the cell should be alone? */
static bool crowded(const struct table *t, span line, const struct column *row, size_t n)
{
	return t->checked && t->by == '\t' && n < t->n_head &&
	    (t->mine >= n || spaces_in(span_sub(line, row[t->mine].at, row[t->mine].n)) > 0);
}

static size_t rows(const struct table *t, span rest)
{
	struct column row[COLUMNS_MAX];
	size_t seen = 0, empty = 0, odd = 0;
	span line, near;

	for (size_t k = 0; k < LIMIT_TABLE_ROWS && span_line(&rest, &line); k++) {
		size_t n, cell;

		line = line_unquoted(line);
		if (is_ruled(line))
			continue;
		if (span_trim(line).n == 0) {
			if (seen > 0 || ++empty > 1)
				break;
			continue;
		}
		line = whole_row(t, &rest, line, row, &n);
		while (t->by == '\t' && n > t->n_head && row[n - 1].n == 0)
			n--;
		near = crowded(t, line, row, n) ? word_from_end(line, t->n_head - 1 - t->mine) : (span){0};
		if (n < 2 && !has_digit(near))
			break;
		/* A row of a sheet ends with its last cell that holds something; a mark too many may stand in a note. The second line of a
		 * head, below cells that span both, ends before those to its right. */
		if (t->by != ' ' && n != t->n_head && ((t->by != '\t' && t->by != '|' && t->by != BY_BOX) ||
		    (n > t->n_head && (t->by != '\t' || t->head[0].n > 0)))) {
			if (++odd > ODD_ROWS_MAX || seen == 0)
				break;
			continue;
		}
		seen++;
		if (near.n > 0 && !offer_word(t, near))
			break;
		if ((cell = t->by == ' ' ? column_under(row, n, &t->head[t->mine], t->n_head, t->mine) : t->mine) < n &&
		    !offer_cell(t, line, row[cell], t->user < n && n == t->n_head ? &row[t->user] : NULL))
			break;
	}
	/* What stands below it may be the head of another. */
	return seen == 0 ? 0 : rest.n > 0 ? (size_t)(rest.p - t->text.p) : t->text.n;
}

#define WORDS_APART 4

/* The words of a line with one blank between each; 0: they are more, or blanks stand otherwise. */
static size_t words_apart(span line, struct column out[WORDS_APART])
{
	size_t n = 0;

	line = span_trim(line);
	for (size_t at = 0; at < line.n;) {
		size_t word = span_find_byte(span_from(line, at), ' ');

		if (word == 0 || n == WORDS_APART)
			return 0;
		out[n++] = (struct column){at, word};
		at += word + 1;
	}
	return n;
}

/*
 * "Extension PIN", and below "4401 5527": a blank is all that parts the cells, and each row has as many words. The label is the last
 * cell, and of passwords the words before it say whom a row is about.
 */
static size_t one_blank(const struct table *t, size_t at, span head, span rest, const struct word_list *users)
{
	struct column row[WORDS_APART], first[WORDS_APART];
	size_t before = at > (size_t)(head.p - t->text.p) ? at - (size_t)(head.p - t->text.p) : 0, n = 0, k = 0, end = 0;
	span line, above = SPAN_EMPTY, whose = span_trim(span_first(head, before));

	if (whose.n == 0 || whose.n > CELL_MAX || (users != NULL && !word_list_has(users, whose)))
		return 0;
	for (size_t i = 0; i < whose.n; i++)
		n += whose.p[i] == ' ';
	/* "User name Password" has a word more than its rows */
	n = users != NULL ? 2 : n + 2;
	for (; k < LIMIT_TABLE_ROWS && span_line(&rest, &line); k++) {
		line = span_trim(line_unquoted(line));
		if (words_apart(line, row) != n || (users == NULL && !has_digit(span_sub(line, row[n - 1].at, row[n - 1].n))))
			break;
		/* One alone may be anything. */
		if (k == 1 && !offer_cell(t, above, first[n - 1], &first[0]))
			break;
		if (k >= 1 && !offer_cell(t, line, row[n - 1], &row[0]))
			break;
		memcpy(first, row, sizeof first);
		above = line;
		end = k > 0 ? (size_t)(line.p - t->text.p) + line.n : 0;
	}
	return end;
}

/* One column and no other: each line below its name is a value, until one does not look like it. */
static size_t one_column(const struct table *t, span rest)
{
	struct column values[2];
	span line, lines[2];
	size_t n = 0, end = 0;

	while (n < LIMIT_TABLE_ROWS && span_line(&rest, &line)) {
		line = line_unquoted(line);
		lines[n % 2] = line;
		values[n % 2] = table_cell(line, 0, line.n);
		if (!looks_made_up(span_sub(line, values[n % 2].at, values[n % 2].n)))
			break;
		/* One alone may be anything. */
		if (n == 1 && !offer_cell(t, lines[0], values[0], NULL))
			break;
		if (n >= 1 && !offer_cell(t, line, values[n % 2], NULL))
			break;
		n++;
		end = n > 1 ? (size_t)(rest.p - t->text.p) : 0;
	}
	return end;
}

/* The next line that holds something, without marks of quoting; false at the end. */
static bool cell_line(span *rest, span *cell)
{
	while (span_line(rest, cell)) {
		*cell = span_trim(line_unquoted(*cell));
		if (cell->n > 0)
			return true;
	}
	return false;
}

/* The line that holds something before the one that begins at *begin; false at the beginning. */
static bool cell_line_before(span text, size_t *begin, span *cell)
{
	while (*begin > 0) {
		size_t end = *begin - 1, from = end;

		while (from > 0 && text.p[from - 1] != '\n' && end - from <= CELL_MAX)
			from--;
		*begin = from;
		*cell = span_trim(line_unquoted(span_sub(text, from, end - from)));
		if (cell->n > 0)
			return cell->n <= CELL_MAX;
	}
	return false;
}

/*
 * Cells that stand below each other, as mail programs make text of a table: "Name", "User", "Password", then as many lines for
 * each row. The head's cells are all names that are known, one of them says whom a row is about, and a value must look like one.
 */
static size_t stacked(const struct table *t, size_t at, const struct word_list *labels, const struct word_list *users)
{
	size_t head = 1, mine = 0, begin = span_line_begin(t->text, at, SIZE_MAX), end = 0, i = 0;
	bool user = false;
	span rest, cell;

	rest = span_from(t->text, begin);
	if (users == NULL || !cell_line(&rest, &cell))
		return 0;
	while (mine < COLUMNS_MAX && cell_line_before(t->text, &begin, &cell) && (word_list_has(users, cell) || table_label(labels, cell))) {
		user |= word_list_has(users, cell);
		mine++;
	}
	for (head += mine; head < COLUMNS_MAX && cell_line(&rest, &cell) && (word_list_has(users, cell) || table_label(labels, cell)); head++)
		user |= word_list_has(users, cell);
	if (head < 2 || !user)
		return 0;
	do {
		/* "please fill in" is no cell */
		if (spaces_in(cell) > 1)
			break;
		if (i++ % head != mine)
			continue;
		if (!looks_made_up(cell) || !offer_word(t, cell))
			break;
		end = (size_t)(rest.p - t->text.p);
	} while (i < LIMIT_TABLE_ROWS * 2 && cell_line(&rest, &cell));
	return end;
}

/* The head whose cell, one of the labels, holds the anchor; *rest is what follows it. */
static bool head_read(struct table *t, size_t at, size_t label_n, const struct word_list *labels, span *line, span *rest)
{
	size_t begin;

	if (!table_head_line(t->text, at, &begin, line, rest))
		return false;
	if ((t->by = table_separator(*line)) == 0)
		return table_label(labels, cell_unmarked(span_trim(*line)));
	at -= begin;
	/* Word processors end a row with the mark that parts its cells. */
	for (t->n_head = table_split(*line, t->by, t->head); t->by == '\t' && t->n_head > 0 && t->head[t->n_head - 1].n == 0;)
		t->n_head--;
	for (size_t i = 0; i < t->n_head; i++)
		if (at >= t->head[i].at && at + label_n <= t->head[i].at + t->head[i].n)
			t->mine = i;
	/* "User   jo   Password   Mole!4418": pairs of labels and values; one alone is such a one, too */
	if (t->mine != SIZE_MAX && (t->mine > 0 ? t->mine + 1 < t->n_head && t->head[0].n > 0 : t->n_head == 2) &&
	    looks_made_up(span_sub(*line, t->head[t->mine + 1].at, t->head[t->mine + 1].n)))
		return false;
	/* "Pass Yards" and "Password age" are other columns: the cell says password and nothing else. */
	return t->mine != SIZE_MAX && table_is_head(*line, t->head, t->n_head) &&
		table_label(labels, cell_unmarked(span_sub(*line, t->head[t->mine].at, t->head[t->mine].n)));
}

size_t table_cells(span text, size_t at, size_t label_n, const struct word_list *labels,
    const struct word_list *users, cell_found found, void *ctx)
{
	struct table t = {.text = text, .mine = SIZE_MAX, .user = SIZE_MAX, .checked = users == NULL, .strict = users != NULL, .found = found, .ctx = ctx};
	span line, rest;
	size_t end;

	if (name_is_listed(text, at, label_n) && (end = insert_cells(text, at, label_n, labels, users, found, ctx)) > 0)
		return end;
	/* Most anchors stand in sentences: seen before the line is split. */
	if (!table_label(labels, cell_unmarked(table_cell_around(text, at, label_n))) || !head_read(&t, at, label_n, labels, &line, &rest))
		return 0;
	if (t.by == 0 && (end = stacked(&t, at, labels, users)) > 0)
		return end;
	if (t.by == 0) {
		struct table plain = t;

		plain.strict = false;
		return (end = one_blank(&plain, at, line, rest, users)) > 0 ? end : one_column(&t, rest);
	}
	if (across(&t, line))
		return (size_t)(rest.p - text.p);
	t.user = user_column(line, t.head, t.n_head, t.mine, users);
	t.strict = users != NULL && t.user == SIZE_MAX;
	return rows(&t, rest);
}
