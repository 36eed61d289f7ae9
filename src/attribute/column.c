#include "attribute/column.h"

#include "attribute/directory.h"

enum {
	ROWS = 64, HEADINGS = 16,  /* looked at above a row */
	LABEL_LONGEST = 40,
	TABLE_ROWS = 1024,         /* up to the headings, from a row that names several */
	ROW_LONGEST = 1024,
	ALIGNED = ' ',             /* cells that two or more blanks part */
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

/* "<tab>Password: x": the sign before the label that ends at `end`; of the first cell the one behind the secret, where a sentence has no such. */
static unsigned char sign_before_label(span text, const struct place *row, size_t end, size_t behind)
{
	size_t at = end;

	while (at > row->at && end - at < LABEL_LONGEST && text.p[at - 1] != '\t' && text.p[at - 1] != '|')
		at--;
	if (at == row->at)
		at = behind < row->end ? behind + 1 : at;
	return at > row->at && ascii_is_one_of(text.p[at - 1], "\t|") ? text.p[at - 1] : '\0';
}

/* What stands between cells: the sign next to the secret in its row. '\0': it is in no table. */
static unsigned char sign_beside(span text, const struct place *row, size_t from, size_t to)
{
	size_t before = from, behind = to;

	while (before > row->at && text.p[before - 1] == ' ')
		before--;
	while (behind < row->end && text.p[behind] == ' ')
		behind++;
	if (before > row->at && ascii_is_one_of(text.p[before - 1], "\t|;,"))
		return text.p[before - 1];
	if (behind < row->end && before == row->at && ascii_is_one_of(text.p[behind], "\t|;,"))
		return text.p[behind];
	if (before > row->at && text.p[before - 1] == ':')
		return sign_before_label(text, row, before - 1, behind);
	return before > row->at && from - before >= 2 ? ALIGNED : '\0';
}

/* Behind the bar or the blanks that a row may begin with. */
static size_t begin_of(span text, const struct place *row, unsigned char sign)
{
	size_t at = row->at;

	while (sign == ALIGNED && at < row->end && text.p[at] == ' ')
		at++;
	return at + (sign == '|' && at < row->end && text.p[at] == '|');
}

/* The end of the cell that begins at `at`, and where the next one begins. False: it is the last. */
static bool cell_end(span text, const struct place *row, unsigned char sign, size_t at, size_t *end, size_t *next)
{
	size_t i = at;

	if (sign != ALIGNED) {
		*end = at + span_find_byte(span_sub(text, at, row->end - at), sign);
		*next = *end + 1;
		return *end < row->end;
	}
	*end = row->end;
	while (i + 1 < row->end && !(text.p[i] == ' ' && text.p[i + 1] == ' '))
		i++;
	if (i + 1 >= row->end)
		return false;
	*end = i;
	while (i < row->end && ascii_is_space(text.p[i]))
		i++;
	*next = i;
	return i < row->end;
}

/* Cell `number` of a row, without blanks. False: it has not so many. */
static bool cell_of(span text, const struct place *row, unsigned char sign, size_t number, struct place *cell)
{
	size_t at = begin_of(text, row, sign), next = at, end;

	for (; number > 0; number--, at = next)
		if (!cell_end(text, row, sign, at, &end, &next))
			return false;
	(void)cell_end(text, row, sign, at, &end, &next);
	*cell = (struct place){at, end};
	while (cell->at < cell->end && ascii_is_space(text.p[cell->at]))
		cell->at++;
	while (cell->end > cell->at && ascii_is_space(text.p[cell->end - 1]))
		cell->end--;
	return true;
}

/* The number of the cell that text[to] stands in; a bar at the row's end begins none. */
static size_t number_of_cell(span text, const struct place *row, unsigned char sign, size_t to)
{
	size_t at = begin_of(text, row, sign), n = 0, end, next;

	while (cell_end(text, row, sign, at, &end, &next) && next <= to) {
		n++;
		at = next;
	}
	return n - (sign == '|' && n > 0 && span_trim(span_sub(text, at, row->end - at)).n == 0 && to == row->end);
}

static bool has_name(const struct mentions *l, const struct place *cell)
{
	for (size_t i = mentions_behind(l, cell->at); i < l->n && l->v[i].at < cell->end; i++)
		if (l->v[i].at >= cell->at && l->v[i].kind == MENTION_NAME && !l->v[i].weak)
			return true;
	return false;
}

/* "Marlowe Ltd": two words or more, each with a capital, and none that say what stands in a column. */
static bool is_like_name(span s)
{
	struct token t[4];
	size_t from = 0, n = tokens_read(s, &from, t, 4);
	const char *role;

	for (size_t i = 0; i < n; i++)
		if (!token_is_capital(s, &t[i]))
			return false;
	return n >= 2 && !is_about_access(s) && column_of(s, &role) == COLUMN_OTHER;
}

/*
 * "Acme<tab>Zephyr" above "VPN password<tab>x<tab>y": the headings of a row that does not have the cell above the first one of those below it. In a
 * sheet that is filled up to its width its last cell is empty instead.
 */
static bool lacks_corner(span text, const struct mentions *l, const struct place *row, unsigned char sign, size_t cells)
{
	size_t n = number_of_cell(text, row, sign, row->end);
	struct place first, last;

	if (!cell_of(text, row, sign, 0, &first) || !cell_of(text, row, sign, n, &last))
		return false;
	if (!has_name(l, &first))
		return n + 1 == cells && is_like_name(span_sub(text, first.at, first.end - first.at));
	return n + 1 == cells || (n == cells && n > 0 && last.at == last.end);
}

/* Is this heading, in which nobody's name of the directory stands, another organisation's, as those beside it are? */
static bool is_somebody_else(span text, const struct mentions *l, const struct place *row, unsigned char sign, size_t number, const struct place *cell)
{
	span s = span_sub(text, cell->at, cell->end - cell->at);
	size_t named = 0, at = begin_of(text, row, sign), end, next;

	if (s.n == 0 || !token_is_capital(s, &(struct token){.n = 1}) || is_about_access(s) || is_bare_label(s))
		return false;
	for (size_t i = 0; i < HEADINGS && cell_end(text, row, sign, at, &end, &next); i++, at = next)
		named += i != 0 && i != number && has_name(l, &(struct place){at, end});
	named += at != cell->at && has_name(l, &(struct place){at, row->end});
	return named >= 2 || (named == 1 && is_like_name(s));
}

/* "Customer", "Kunde": the heading of the column that says whose a row is. */
static bool is_customer_heading(span s)
{
	static const char *const words[] = {"customer", "customer name", "client", "client name", "company", "kunde", "kundenname", "firma", "soci\xc3\xa9t\xc3\xa9", "entreprise",
	    "cliente", "empresa", "azienda", "klant", "klantnaam", "bedrijf", "klient", "z\xc3\xa1kazn\xc3\xadk", "asiakas", NULL};

	return span_is_one_of_nocase(s, words);
}

static bool has_mention(const struct mentions *l, const struct place *cell)
{
	for (size_t i = mentions_behind(l, cell->at); i < l->n && l->v[i].at < cell->end; i++)
		if (l->v[i].at >= cell->at)
			return true;
	return false;
}

static bool has_account(const struct mentions *l, const struct place *cells)
{
	for (size_t i = mentions_behind(l, cells->at); i < l->n && l->v[i].at < cells->end; i++)
		if (l->v[i].at >= cells->at && l->v[i].kind == MENTION_ADDRESS)
			return true;
	return false;
}

/* "Customer<tab>Hosted at<tab>Password": whose a row is that names somebody outside of its customer's cell, or an account at somebody's. */
static enum column_heading customer_of(span text, const struct mentions *l, const struct place *row, unsigned char sign, size_t from, struct place *cell)
{
	struct place top = *row, above;
	size_t cells = number_of_cell(text, row, sign, row->end);

	if (cells < 2 || !has_name(l, row))
		return HEADING_NONE;
	for (size_t i = 0; i < TABLE_ROWS && row_above(text, &top, &above) && number_of_cell(text, &above, sign, above.end) == cells; i++)
		top = above;
	for (size_t n = 0; n <= cells && n < HEADINGS && top.at != row->at; n++) {
		struct place heading, before, behind;
		span s;

		if (!cell_of(text, &top, sign, n, &heading) || !is_customer_heading(span_sub(text, heading.at, heading.end - heading.at)))
			continue;
		if (!cell_of(text, row, sign, n, cell) || cell->at == cell->end || (cell->at <= from && cell->end > from))
			return HEADING_NONE;
		before = (struct place){row->at, cell->at};
		behind = (struct place){cell->end, row->end};
		if (!has_name(l, &before) && !has_name(l, &behind))
			return has_name(l, cell) && (has_account(l, &before) || has_account(l, &behind)) ? HEADING_CUSTOMER : HEADING_NONE;
		s = span_sub(text, cell->at, cell->end - cell->at);
		if (has_name(l, cell))
			return HEADING_CUSTOMER;
		return !has_mention(l, cell) && (ascii_is_alpha(*s.p) || *s.p >= 0x80) && token_is_capital(s, &(struct token){.n = 1}) ? HEADING_OTHER : HEADING_NONE;
	}
	return HEADING_NONE;
}

enum column_heading column_above(span text, const struct mentions *l, size_t from, size_t to, struct place *cell)
{
	struct place row, first;
	enum column_heading customer;
	unsigned char sign;
	size_t number = 0, rows = ROWS, cells;
	bool grouped;

	if (l->n == 0 || !row_around(text, from, &row) || (sign = sign_beside(text, &row, from, to)) == '\0' ||
	    !cell_of(text, &row, sign, 0, &first))
		return HEADING_NONE;
	grouped = first.at == first.end;
	if (!grouped && (customer = customer_of(text, l, &row, sign, from, cell)) != HEADING_NONE)
		return customer;
	if (!grouped) {
		if (first.at >= from || !is_about_access(span_sub(text, first.at, first.end - first.at)))
			return HEADING_NONE;
		number = number_of_cell(text, &row, sign, from);
		rows = HEADINGS;
	}
	cells = number_of_cell(text, &row, sign, row.end);
	for (size_t i = 0; i < rows && row_above(text, &row, &row) && number_of_cell(text, &row, sign, row.end) > 0; i++) {
		size_t n = number_of_cell(text, &row, sign, row.end), at = number;

		if (number > 0 && lacks_corner(text, l, &row, sign, cells))
			at--;
		else if (n != cells && (sign == ALIGNED || row.at == 0))
			return HEADING_NONE; /* a text does not begin with the empty cell that its first row may begin with */
		if (!cell_of(text, &row, sign, at, cell))
			return HEADING_NONE;
		if (has_name(l, cell))
			return HEADING_NAMES;
		if (!grouped && is_somebody_else(text, l, &row, sign, at, cell))
			return HEADING_OTHER;
		if (grouped && cell->at < cell->end)
			return HEADING_NONE;
	}
	return HEADING_NONE;
}
