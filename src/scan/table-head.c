/* Which line is a table's head, and which of its cells are labels. */
#include "scan/table.h"

#define HEADER_MAX ((size_t)800)
/* A line of what is encoded is no shorter, and a label no longer. */
#define ENCODED_LINE ((size_t)60)

span cell_unmarked(span cell)
{
	while (cell.n > 0 && (cell.p[0] == '*' || cell.p[0] == '_'))
		cell = span_from(cell, 1);
	while (cell.n > 0 && (cell.p[cell.n - 1] == '*' || cell.p[cell.n - 1] == '_'))
		cell.n--;
	return cell;
}

static bool parts_cells(span text, size_t i)
{
	if (text.p[i] >= 0x80) {
		size_t from = text.p[i] == 0xe2 ? i : i >= 2 && text.p[i] == 0x82 ? i - 2 : text.n;

		return span_starts(span_from(text, from), BOX);
	}
	return ascii_is_one_of(text.p[i], "\t|;,\n\r\">") || (text.p[i] == ' ' && i + 1 < text.n && text.p[i + 1] == ' ');
}

span table_cell_around(span text, size_t at, size_t n)
{
	size_t from = at, to = at + n;

	while (from > 0 && at - from < CELL_MAX && !parts_cells(text, from - 1))
		from--;
	while (to < text.n && to - at < CELL_MAX && !parts_cells(text, to))
		to++;
	return span_trim(span_sub(text, from, to - from));
}

/* Is the cell a label, or does it end with one of which the list says "* label": "Door PIN", "VPN-Passwort", "userPassword"? */
static bool ends_with_label(const struct word_list *labels, span cell)
{
	UNFILLED unsigned char tail[CELL_MAX + 2];

	if (word_list_has(labels, cell))
		return true;
	memcpy(tail, "* ", 2);
	for (size_t i = 1; i + 1 < cell.n; i++) {
		bool hump = cell.p[i - 1] >= 'a' && cell.p[i - 1] <= 'z' && cell.p[i] >= 'A' && cell.p[i] <= 'Z';
		span rest = span_from(cell, hump ? i : i + 1);

		if ((!hump && cell.p[i] != ' ' && cell.p[i] != '-' && cell.p[i] != '_') || rest.n > CELL_MAX)
			continue;
		memcpy(tail + 2, rest.p, rest.n);
		if (word_list_has(labels, (span){tail, rest.n + 2}))
			return true;
	}
	return false;
}

/* "account_no" as a person writes it */
static span cell_apart(span cell, unsigned char out[CELL_MAX])
{
	size_t n = cell.n < CELL_MAX ? cell.n : 0;

	for (size_t i = 0; i < n; i++)
		out[i] = cell.p[i] == '_' ? ' ' : cell.p[i];
	return (span){out, n};
}

/* The same for "Passwort (neu)", "Password*" and "account_no", which are that label too. */
bool table_label(const struct word_list *labels, span cell)
{
	size_t open = span_find_byte(cell, '(');
	unsigned char apart[CELL_MAX];

	/* a line of base64 that happens to end in "ePW" */
	if (cell.n >= ENCODED_LINE && span_find_byte(cell, ' ') == cell.n)
		return false;
	if (ends_with_label(labels, cell) || (span_find_byte(cell, '_') < cell.n && word_list_has(labels, cell_apart(cell, apart))))
		return true;
	if (cell.n > 0 && cell.p[cell.n - 1] == ')' && open > 1)
		return ends_with_label(labels, span_trim(span_first(cell, open)));
	return cell.n > 1 && ascii_is_one_of(cell.p[cell.n - 1], ".*?") && ends_with_label(labels, span_first(cell, cell.n - 1));
}

bool name_is_listed(span text, size_t at, size_t n)
{
	static const char around[] = " \t\r\n`\"[]'";
	size_t from = at, to = at + n;

	while (from > 0 && at - from < CELL_MAX && (ascii_is_alnum(text.p[from - 1]) || text.p[from - 1] == '_'))
		from--;
	while (from > 0 && at - from < CELL_MAX && ascii_is_one_of(text.p[from - 1], around))
		from--;
	while (to < text.n && to - at < CELL_MAX && (ascii_is_alnum(text.p[to]) || text.p[to] == '_'))
		to++;
	while (to < text.n && to - at < CELL_MAX && ascii_is_one_of(text.p[to], around))
		to++;
	return from > 0 && to < text.n && (text.p[from - 1] == ',' || text.p[from - 1] == '(') && (text.p[to] == ',' || text.p[to] == ')');
}

/* "Steuer-IdNr.", "Acct. no." are names still. */
static bool ends_a_sentence(span cell)
{
	size_t n = 1;

	if (cell.p[cell.n - 1] != '.' || span_find_byte(cell, ' ') == cell.n)
		return false;
	while (n < cell.n && cell.p[cell.n - n - 1] != ' ')
		n++;
	return n > 7;
}

bool table_is_head(span line, const struct column *c, size_t n)
{
	size_t named = 0;

	for (size_t i = 0; i < n; i++) {
		span cell = span_sub(line, c[i].at, c[i].n);

		if (cell.n == 0)
			continue;
		named++;
		if (cell.n > CELL_MAX || spaces_in(cell) > 3 || span_find_byte(cell, ':') < cell.n ||
		    span_find_byte(cell, '=') < cell.n || ends_a_sentence(cell) ||
		    (ascii_is_digit(cell.p[0]) && ascii_is_digit(cell.p[cell.n - 1]) && span_find_byte(cell, '.') < cell.n))
			return false;
	}
	return named > 1;
}

bool table_head_line(span text, size_t at, size_t *begin, span *line, span *rest)
{
	for (*begin = at; *begin > 0 && text.p[*begin - 1] != '\n' && at - *begin < 400;)
		--*begin;
	*rest = span_from(text, *begin);
	/* A text may be one line: its end is not looked for farther than a header goes. */
	if (span_find_byte(span_first(*rest, HEADER_MAX), '\n') == HEADER_MAX || !span_line(rest, line))
		return false;
	*line = line_unquoted(*line);
	*begin = (size_t)(line->p - text.p);
	return at >= *begin;
}

static bool letters_only(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alpha(s.p[i]))
			return false;
	return true;
}

/* A digit or a mark, as names of columns have none */
static bool is_odd(span cell)
{
	for (size_t i = 0; i < cell.n; i++)
		if (cell.p[i] < 0x80 && !ascii_is_alpha(cell.p[i]) && !ascii_is_one_of(cell.p[i], " -_/().'"))
			return true;
	return false;
}

/* "System;Login;Password;Notes": is the value the name of the column behind the label's, and are there rows of passwords below? */
static bool names_next_column(const struct candidate *c, const struct word_list *labels)
{
	struct column head[COLUMNS_MAX], row[COLUMNS_MAX];
	size_t n_head, mine = 0, base, named = 0;
	span rest, line;
	unsigned char by;

	if (!table_head_line(c->text, c->label_at, &base, &line, &rest) || (by = table_separator(line)) == 0 || by == ' ')
		return false;
	for (n_head = table_split(line, by, head); n_head > 0 && head[n_head - 1].n == 0;)
		n_head--;
	while (mine < n_head && c->label_at >= base + head[mine].at + head[mine].n)
		mine++;
	for (size_t i = 0; i < n_head; i++)
		named += head[i].n > 0;
	if (named < 3 || mine + 1 >= n_head || c->at < base + head[mine + 1].at || c->at >= base + head[mine + 1].at + head[mine + 1].n ||
	    !table_is_head(line, head, n_head))
		return false;
	for (size_t i = 0; i < n_head; i++)
		if (is_odd(span_sub(line, head[i].at, head[i].n)))
			return false;
	for (unsigned k = 0; k < 4 && span_line(&rest, &line); k++) {
		size_t n;

		line = line_unquoted(line);
		if ((n = table_split(line, by, row)) > mine && (by == '\t' || n == n_head) &&
		    !table_label(labels, span_sub(line, row[mine].at, row[mine].n)) && is_odd(span_sub(line, row[mine].at, row[mine].n)))
			return true;
	}
	return false;
}

bool table_head_cell(const struct candidate *c, const struct word_list *labels)
{
	size_t at = c->label_at, cell;
	span between = span_sub(c->text, at, c->at > at ? c->at - at : 0);

	if (labels != NULL && names_next_column(c, labels))
		return true;
	while (at > 0 && c->text.p[at - 1] == ' ')
		at--;
	/* "Switch   User   Password" and what stands in the first column below */
	if (at + 1 < c->label_at && at > 0 && !ascii_is_one_of(c->text.p[at - 1], "\n>:") && span_find_byte(between, '\n') < between.n)
		return true;
	/* The same of a label of two words: "Host   IP   root pw" */
	for (cell = c->label_at; cell > 1 && c->label_at - cell < CELL_MAX && !ascii_is_one_of(c->text.p[cell - 1], "\n\t|>:,;.") && !(c->text.p[cell - 1] == ' ' && c->text.p[cell - 2] == ' ');)
		cell--;
	if (cell > 2 && c->text.p[cell - 1] == ' ' && c->text.p[cell - 2] == ' ' && span_find_byte(between, '\n') < between.n) {
		while (cell > 0 && c->text.p[cell - 1] == ' ')
			cell--;
		if (cell > 0 && !ascii_is_one_of(c->text.p[cell - 1], "\n>:"))
			return true;
	}
	/* A mark with nothing before it in its line only indents. */
	for (cell = at; cell > 0 && ascii_is_one_of(c->text.p[cell - 1], "\t |>");)
		cell--;
	if (cell == at || cell == 0 || c->text.p[cell - 1] == '\n' || between.n == 0)
		return false;
	if (c->text.p[at - 1] == '\t')
		return span_find_byte(between, '\n') < between.n;
	/* "User | Password | Notes" */
	return c->text.p[at - 1] == '|' && span_find_byte(between, '|') < between.n && letters_only(span_sub(c->text, c->at, c->n));
}
