#include "attribute/column.h"

enum {
	ROWS = 64, HEADINGS = 16,  /* looked at above a row */
	ROW_LONGEST = 1024,
};

/* Where the row begins and ends that text[at] stands in. False: too long. */
static bool row_around(span text, size_t at, struct place *row)
{
	size_t from = at;

	while (from > 0 && at - from <= ROW_LONGEST && text.p[from - 1] != '\n')
		from--;
	*row = (struct place){from, at + span_find_byte(span_sub(text, at, ROW_LONGEST + 1), '\n')};
	return at - from <= ROW_LONGEST && row->end - at <= ROW_LONGEST;
}

static bool row_above(span text, const struct place *row, struct place *above)
{
	return row->at > 0 && row_around(text, row->at - 1, above);
}

/* What stands between cells: the sign next to the secret in its row. '\0': it is in no table. */
static unsigned char sign_beside(span text, const struct place *row, size_t from, size_t to)
{
	while (from > row->at && text.p[from - 1] == ' ')
		from--;
	while (to < row->end && text.p[to] == ' ')
		to++;
	if (from > row->at && ascii_is_one_of(text.p[from - 1], "\t|;,"))
		return text.p[from - 1];
	return to < row->end && from == row->at && ascii_is_one_of(text.p[to], "\t|;,") ? text.p[to] : '\0';
}

/* Cell `number` of a row, without blanks; the bar that a row begins with is before the first. False: it has not so many. */
static bool cell_of(span text, const struct place *row, unsigned char sign, size_t number, struct place *cell)
{
	size_t at = row->at + (sign == '|' && row->at < row->end && text.p[row->at] == '|');

	for (; number > 0; number--) {
		at += span_find_byte(span_sub(text, at, row->end - at), sign);
		if (at++ >= row->end)
			return false;
	}
	*cell = (struct place){at, at + span_find_byte(span_sub(text, at, row->end - at), sign)};
	while (cell->at < cell->end && ascii_is_space(text.p[cell->at]))
		cell->at++;
	while (cell->end > cell->at && ascii_is_space(text.p[cell->end - 1]))
		cell->end--;
	return true;
}

static size_t number_of_cell(span text, const struct place *row, unsigned char sign, size_t at)
{
	size_t n = 0;

	for (size_t i = row->at + (sign == '|' && text.p[row->at] == '|'); i < at; i++)
		n += text.p[i] == sign;
	return n;
}

static bool has_name(const struct mentions *l, const struct place *cell)
{
	for (size_t i = mentions_behind(l, cell->at); i < l->n && l->v[i].at < cell->end; i++)
		if (l->v[i].at >= cell->at && l->v[i].kind == MENTION_NAME && !l->v[i].weak)
			return true;
	return false;
}

bool column_above(span text, const struct mentions *l, size_t from, size_t to, struct place *cell)
{
	struct place row, first;
	unsigned char sign;
	size_t number = 0, rows = ROWS, cells;
	bool grouped;

	if (l->n == 0 || !row_around(text, from, &row) || (sign = sign_beside(text, &row, from, to)) == '\0' ||
	    !cell_of(text, &row, sign, 0, &first))
		return false;
	grouped = first.at == first.end;
	if (!grouped) {
		if (first.at >= from || !is_about_access(span_sub(text, first.at, first.end - first.at)))
			return false;
		number = number_of_cell(text, &row, sign, from);
		rows = HEADINGS;
	}
	cells = number_of_cell(text, &row, sign, row.end);
	for (size_t i = 0; i < rows && row_above(text, &row, &row) && span_find_byte(span_sub(text, row.at, row.end - row.at), sign) < row.end - row.at; i++) {
		/* A text does not begin with the empty cell that its first row may begin with. */
		if (!cell_of(text, &row, sign, number, cell) || (row.at == 0 && number_of_cell(text, &row, sign, row.end) != cells))
			return false;
		if (has_name(l, cell))
			return true;
		if (grouped && cell->at < cell->end)
			return false;
	}
	return false;
}
