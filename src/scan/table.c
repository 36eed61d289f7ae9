/*
 * Tables: a header line with a column of passwords, and rows below it. Columns are apart by a tab, "|", ";", ",",
 * or by two spaces and more, in which case the place in the line tells the column.
 */
#include "base/limits.h"
#include "scan/private.h"

#define COLUMNS_MAX 40
#define HEADER_MAX ((size_t)800)
#define CELL_MAX ((size_t)40)
/* A line of what is encoded is no shorter, and a label no longer. */
#define ENCODED_LINE ((size_t)60)
#define ROW_MAX ((size_t)32768) /* a sheet may have a letter in a cell */
#define LINES_MAX 20            /* of one cell in quotes */
#define ODD_ROWS_MAX 3          /* with a mark too many */

struct column { size_t at, n; };

static bool is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct column trimmed(span line, size_t at, size_t n)
{
	while (n > 0 && is_space(line.p[at])) {
		at++;
		n--;
	}
	while (n > 0 && is_space(line.p[at + n - 1]))
		n--;
	if (n >= 2 && line.p[at] == '"' && line.p[at + n - 1] == '"') {
		at++;
		n -= 2;
	}
	return (struct column){at, n};
}

#define BOX SPAN_LIT("\xe2\x94\x82") /* U+2502, a bar between cells */
#define BY_BOX 0xe2

/* How many bytes part two cells at `at`; 0: none. by == ' ' means two spaces or more. */
static size_t part_n(span line, size_t at, unsigned char by)
{
	if (by == ' ')
		return at + 1 < line.n && line.p[at] == ' ' && line.p[at + 1] == ' ';
	if (line.p[at] != by)
		return 0;
	return by == BY_BOX ? (span_starts(span_from(line, at), BOX) ? BOX.n : 0) : 1;
}

static size_t split(span line, unsigned char by, struct column *out)
{
	size_t n = 0, start = 0, part;
	bool quoted = false, doubled;

	if (by == '|' || by == BY_BOX) /* an outer frame */
		while (start < line.n && (is_space(line.p[start]) || part_n(line, start, by) > 0))
			start += is_space(line.p[start]) ? 1 : part_n(line, start, by);
	/* "||Host||User||" is how a wiki writes a head */
	doubled = by == '|' && start >= 2 && line.p[start - 2] == '|' && line.p[start - 1] == '|';
	for (size_t i = start; i <= line.n && n < COLUMNS_MAX; i++) {
		bool end = i == line.n;

		if (!end && line.p[i] == '"')
			quoted = !quoted;
		part = end || quoted ? 0 : part_n(line, i, by);
		if (!end && part == 0)
			continue;
		if (doubled && !end && i + 1 < line.n && line.p[i + 1] == '|')
			part++;
		out[n] = trimmed(line, start, i - start);
		if (by != ' ' || out[n].n > 0)
			n++;
		while (by == ' ' && i + 1 < line.n && line.p[i + 1] == ' ')
			i++;
		i += part > 1 ? part - 1 : 0;
		start = i + 1;
	}
	if ((by == '|' || by == BY_BOX) && n > 1 && out[n - 1].n == 0)
		n--;
	return n;
}

static span without_quote_marks(span line, size_t *skipped)
{
	size_t i = 0;

	while (i < line.n && (line.p[i] == '>' || (line.p[i] == ' ' && i + 1 < line.n && line.p[i + 1] == '>') ||
	    (i > 0 && line.p[i] == ' ' && line.p[i - 1] == '>')))
		i++;
	*skipped = i;
	return span_from(line, i);
}

static unsigned char separator_of(span header)
{
	static const unsigned char by[] = {'\t', '|', BY_BOX, ';', ',', ' '};
	struct column c[COLUMNS_MAX];

	for (size_t i = 0; i < sizeof by; i++)
		if (split(header, by[i], c) >= 2)
			return by[i];
	return 0;
}

/* "Steuer-IdNr.", "Acct. no." are names still. */
static bool ends_a_sentence(span cell)
{
	size_t n = 1;

	if (cell.p[cell.n - 1] != '.' || span_find_byte(cell, ' ') == cell.n)
		return false;
	while (n < cell.n && cell.p[cell.n - n - 1] != ' ')
		n++;
	return n > 5;
}

static size_t spaces_in(span cell)
{
	size_t n = 0;

	for (size_t i = 0; i < cell.n; i++)
		n += cell.p[i] == ' ';
	return n;
}

/* Header cells are short names, not a sentence, and no release or address ("3.6.1"); some may be empty. */
static bool is_header(span header, const struct column *c, size_t n)
{
	size_t named = 0;

	for (size_t i = 0; i < n; i++) {
		span cell = span_sub(header, c[i].at, c[i].n);

		if (cell.n == 0)
			continue;
		named++;
		if (cell.n > 40 || spaces_in(cell) > 3 || span_find_byte(cell, ':') < cell.n ||
		    span_find_byte(cell, '=') < cell.n || ends_a_sentence(cell) ||
		    (ascii_is_digit(cell.p[0]) && ascii_is_digit(cell.p[cell.n - 1]) && span_find_byte(cell, '.') < cell.n))
			return false;
	}
	return named > 1;
}

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

/* Without marks of emphasis around it. */
static span unmarked(span cell)
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

/* What stands around the anchor between marks that part cells, whichever the table has: no label holds one of them. */
static span cell_around(span text, size_t at, size_t n)
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
	unsigned char tail[CELL_MAX + 2] = "* ";

	if (word_list_has(labels, cell))
		return true;
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

/* The same for "Passwort (neu)" and "Password*", which are that label too. */
bool table_label(const struct word_list *labels, span cell)
{
	size_t open = span_find_byte(cell, '(');

	/* a line of base64 that happens to end in "ePW" */
	if (cell.n >= ENCODED_LINE && span_find_byte(cell, ' ') == cell.n)
		return false;
	if (ends_with_label(labels, cell))
		return true;
	if (cell.n > 0 && cell.p[cell.n - 1] == ')' && open > 1)
		return ends_with_label(labels, span_trim(span_first(cell, open)));
	return cell.n > 1 && ascii_is_one_of(cell.p[cell.n - 1], ".*?") && ends_with_label(labels, span_first(cell, cell.n - 1));
}

/* Where nothing in the head says whom a row is about, a cell must look like what it is said to be. */
static bool looks_made_up(span cell)
{
	struct looks l = looks_of(cell);

	return cell.n >= 6 && l.lowers + l.uppers > 0 && (l.digits > 0 || (l.humps > 2 && cell.n < 20)) && span_find_byte(cell, ' ') == cell.n;
}

/* One name of a list in brackets: "(user, `password`)" */
static bool is_listed(span text, size_t at, size_t n)
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

	*n = line.n > ROW_MAX ? 0 : split(line, t->by, row);
	for (unsigned k = 0; k < LINES_MAX && (t->by == ',' || t->by == ';') && *n > 0 && row[*n - 1].n > 0 &&
	    line.p[row[*n - 1].at] == '"' && span_line(rest, &next); k++) {
		line.n = (size_t)(next.p - line.p) + next.n;
		*n = line.n > ROW_MAX ? 0 : split(line, t->by, row);
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
	size_t seen = 0, empty = 0, odd = 0, skipped;
	span line, near;

	for (size_t k = 0; k < LIMIT_TABLE_ROWS && span_line(&rest, &line); k++) {
		size_t n, cell;

		line = without_quote_marks(line, &skipped);
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
	return rest.n > 0 ? (size_t)(rest.p - t->text.p) : t->text.n;
}

/* One column and no other: each line below its name is a value, until one does not look like it. */
static size_t one_column(const struct table *t, span rest)
{
	struct column values[2];
	span line, lines[2];
	size_t skipped, n = 0, end = 0;

	while (n < LIMIT_TABLE_ROWS && span_line(&rest, &line)) {
		line = without_quote_marks(line, &skipped);
		lines[n % 2] = line;
		values[n % 2] = trimmed(line, 0, line.n);
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
	size_t skipped;

	while (span_line(rest, cell)) {
		*cell = span_trim(without_quote_marks(*cell, &skipped));
		if (cell->n > 0)
			return true;
	}
	return false;
}

/* The line that holds something before the one that begins at *begin; false at the beginning. */
static bool cell_line_before(span text, size_t *begin, span *cell)
{
	size_t skipped;

	while (*begin > 0) {
		size_t end = *begin - 1, from = end;

		while (from > 0 && text.p[from - 1] != '\n' && end - from <= CELL_MAX)
			from--;
		*begin = from;
		*cell = span_trim(without_quote_marks(span_sub(text, from, end - from), &skipped));
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
	size_t head = 1, mine = 0, begin = at, end = 0, i = 0;
	bool user = false;
	span rest, cell;

	while (begin > 0 && t->text.p[begin - 1] != '\n')
		begin--;
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

/* The line that `at` stands in, when it may be a header; where it begins behind its marks of quoting, and what follows it. */
static bool header_line(span text, size_t at, size_t *begin, span *line, span *rest)
{
	size_t skipped;

	for (*begin = at; *begin > 0 && text.p[*begin - 1] != '\n' && at - *begin < 400;)
		--*begin;
	*rest = span_from(text, *begin);
	/* A text may be one line: its end is not looked for farther than a header goes. */
	if (span_find_byte(span_first(*rest, HEADER_MAX), '\n') == HEADER_MAX || !span_line(rest, line))
		return false;
	*line = without_quote_marks(*line, &skipped);
	*begin += skipped;
	return at >= *begin;
}

/* The head whose cell, one of the labels, holds the anchor; *rest is what follows it. */
static bool head_read(struct table *t, size_t at, size_t label_n, const struct word_list *labels, span *line, span *rest)
{
	size_t begin;

	if (!header_line(t->text, at, &begin, line, rest))
		return false;
	if ((t->by = separator_of(*line)) == 0)
		return table_label(labels, unmarked(span_trim(*line)));
	at -= begin;
	/* Word processors end a row with the mark that parts its cells. */
	for (t->n_head = split(*line, t->by, t->head); t->by == '\t' && t->n_head > 0 && t->head[t->n_head - 1].n == 0;)
		t->n_head--;
	for (size_t i = 0; i < t->n_head; i++)
		if (at >= t->head[i].at && at + label_n <= t->head[i].at + t->head[i].n)
			t->mine = i;
	/* "User   jo   Password   Mole!4418": pairs of labels and values */
	if (t->mine != SIZE_MAX && t->mine > 0 && t->mine + 1 < t->n_head && t->head[0].n > 0 &&
	    looks_made_up(span_sub(*line, t->head[t->mine + 1].at, t->head[t->mine + 1].n)))
		return false;
	/* "Pass Yards" and "Password age" are other columns: the cell says password and nothing else. */
	return t->mine != SIZE_MAX && is_header(*line, t->head, t->n_head) &&
		table_label(labels, unmarked(span_sub(*line, t->head[t->mine].at, t->head[t->mine].n)));
}

size_t table_cells(span text, size_t at, size_t label_n, const struct word_list *labels,
    const struct word_list *users, cell_found found, void *ctx)
{
	struct table t = {.text = text, .mine = SIZE_MAX, .user = SIZE_MAX, .checked = users == NULL, .strict = users != NULL, .found = found, .ctx = ctx};
	span line, rest;
	size_t end;

	if (is_listed(text, at, label_n) && (end = insert_cells(text, at, label_n, labels, users, found, ctx)) > 0)
		return end;
	/* Most anchors stand in sentences: seen before the line is split. */
	if (!table_label(labels, unmarked(cell_around(text, at, label_n))) || !head_read(&t, at, label_n, labels, &line, &rest))
		return 0;
	if (t.by == 0 && (end = stacked(&t, at, labels, users)) > 0)
		return end;
	if (t.by == 0)
		return one_column(&t, rest);
	if (across(&t, line))
		return (size_t)(rest.p - text.p);
	t.user = user_column(line, t.head, t.n_head, t.mine, users);
	t.strict = users != NULL && t.user == SIZE_MAX;
	return rows(&t, rest);
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
	size_t skipped, n_head, mine = 0, base, named = 0;
	span rest, line;
	unsigned char by;

	if (!header_line(c->text, c->label_at, &base, &line, &rest) || (by = separator_of(line)) == 0 || by == ' ')
		return false;
	for (n_head = split(line, by, head); n_head > 0 && head[n_head - 1].n == 0;)
		n_head--;
	while (mine < n_head && c->label_at >= base + head[mine].at + head[mine].n)
		mine++;
	for (size_t i = 0; i < n_head; i++)
		named += head[i].n > 0;
	if (named < 3 || mine + 1 >= n_head || c->at < base + head[mine + 1].at || c->at >= base + head[mine + 1].at + head[mine + 1].n ||
	    !is_header(line, head, n_head))
		return false;
	for (size_t i = 0; i < n_head; i++)
		if (is_odd(span_sub(line, head[i].at, head[i].n)))
			return false;
	for (unsigned k = 0; k < 4 && span_line(&rest, &line); k++) {
		size_t n;

		line = without_quote_marks(line, &skipped);
		if ((n = line.n > ROW_MAX ? 0 : split(line, by, row)) > mine && (by == '\t' || n == n_head) &&
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
