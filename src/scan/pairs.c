/*
 * Lists of accounts that have no head: a line that announces them, and below it lines that are each a name, a mark and a word that
 * looks made up. Also the files of servers whose head is "# user:password:home".
 */
#include "base/limits.h"
#include "scan/table.h"

#define ANNOUNCED_MAX 120
#define PAIR_NAME_MAX 48
#define PAIR_LEAST 2
#define PAIR_JUDGED 64 /* rows by which a list is judged: a text in which each line announces the next would else cost the square of its lines */
#define VALUE_LEAST 4
#define VALUE_MOST 64

/* One line of the list; by is the mark between, ' ' where there is none. */
struct pair { size_t name, name_n, at, n; unsigned char by; };

static bool is_name_byte(unsigned char c)
{
	return is_letter(c) || ascii_is_digit(c) || ascii_is_one_of(c, "._@+\\-");
}

/* Without "- ", "* ", "2. " and the bullet of typographers before it */
static span without_bullet(span line)
{
	size_t n = 0;

	line = span_trim(line_unquoted(line));
	if (line.n > 2 && ascii_is_one_of(line.p[0], "-*+") && line.p[1] == ' ')
		return span_trim(span_from(line, 2));
	if (span_starts(line, SPAN_LIT("\xe2\x80\xa2")))
		return span_trim(span_from(line, 3));
	while (n < 3 && n < line.n && ascii_is_digit(line.p[n]))
		n++;
	return n > 0 && n + 1 < line.n && ascii_is_one_of(line.p[n], ".)") && line.p[n + 1] == ' ' ? span_trim(span_from(line, n + 2)) : line;
}

/* "Mia B.  tiger48", "Max M.: r7wox9": a name of some words, a colon or blanks, and the word at the end */
static bool named_pair_read(span text, span line, struct pair *p)
{
	size_t at = line.n, end, words = 1;

	while (at > 0 && !is_blank(line.p[at - 1]))
		at--;
	for (end = at; end > 0 && is_blank(line.p[end - 1]);)
		end--;
	*p = (struct pair){.name = (size_t)(line.p - text.p), .at = (size_t)(line.p - text.p) + at, .n = line.n - at, .by = ' '};
	if (end > 1 && line.p[end - 1] == ':')
		p->by = line.p[--end];
	else if (at < end + 2 && (at == end || line.p[end] != '\t'))
		return false;
	p->name_n = end;
	for (size_t i = 0; i < end; i++) {
		if (!is_name_byte(line.p[i]) && line.p[i] != ' ' && line.p[i] != '\'')
			return false;
		words += line.p[i] == ' ';
	}
	return end > 1 && end <= PAIR_NAME_MAX && words < 4 && is_letter(line.p[0]) && p->n >= VALUE_LEAST && p->n <= VALUE_MOST;
}

/* "tn1:z0ve0vyw", "anna.b, tiger12", "booth1 / kettle41": a name, one mark, and the rest is one word */
static bool pair_read(span text, span line, struct pair *p)
{
	size_t base, i = 0, k;

	line = without_bullet(line);
	if (spaces_in(line) > 1 && named_pair_read(text, line, p))
		return true;
	base = (size_t)(line.p - text.p);
	while (i < line.n && is_name_byte(line.p[i]))
		i++;
	if (i < 2 || i > PAIR_NAME_MAX || !is_letter(line.p[0]))
		return false;
	*p = (struct pair){.name = base, .name_n = i, .by = ' '};
	k = i;
	while (k < line.n && ascii_is_one_of(line.p[k], " \t"))
		k++;
	if (k < line.n && ascii_is_one_of(line.p[k], ":;,/|=-") && (line.p[k] != '-' || k > i)) {
		p->by = line.p[k++];
		while (k < line.n && ascii_is_one_of(line.p[k], " \t"))
			k++;
	} else if (k == i) {
		return false;
	}
	p->at = base + k;
	p->n = line.n - k;
	while (p->n > 0 && ascii_is_one_of(text.p[p->at + p->n - 1], ",;"))
		p->n--;
	/* another cell: that is a table, and has a head */
	for (size_t c = 0; c < p->n; c++)
		if (is_blank(text.p[p->at + c]) || ascii_is_one_of(text.p[p->at + c], ",;|"))
			return false;
	return p->n >= VALUE_LEAST && p->n <= VALUE_MOST;
}

/* A digit and a letter, or a mark within, as few words have */
static bool is_made_up(span v)
{
	struct looks l = looks_of(v);

	return v.n >= 6 && l.lowers + l.uppers + l.others > 0 && (l.digits > 0 || l.humps > 2 || is_scrambled(v) || (l.symbols > 0 && v.p[v.n - 1] != '.' && span_find_byte(v, '-') == v.n)) &&
	    !is_something_else(v);
}

/* "Benutzer: brandl.k": what is beside a label is for other rules */
static bool is_label(span name)
{
	static const char *const words[] = {"user", "name", "login", "logon", "mail", "account", "passw", "passp", "benutzer", "kennung", "kennwort", "utilis", "usuario", "identifiant", "contrase",
	    "nummer", "number", "kunde", "host", "server", "port", "url", "code", "token", "date", "version", "region", "bucket", "endpoint", "tenant", NULL};

	return span_has_one_of_nocase(name, words);
}

/* "user01" below "user02": what is numbered is a name. */
static bool is_same_letters(span a, span b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && is_letter(a.p[i]) && a.p[i] == b.p[i])
		i++;
	return i > 2 && i < a.n && i < b.n && !is_letter(a.p[i]) && !is_letter(b.p[i]);
}

/* "first logins below, to be changed.": the sentence says that what it tells of stands below. */
static bool points_down(span line)
{
	static const char *const words[] = {" below", "as follows", " unten", " folgend", " nachstehend", "ci-dessous", "ci-apr\xc3\xa8s", " suivant", " abajo", " a continuaci\xc3\xb3n", " siguientes",
	    " sotto", " seguenti", " di seguito", "hieronder", " abaixo", " seguintes", "poni\xc5\xbc" "ej", " nedan", NULL};

	return span_has_one_of_nocase(line, words);
}

/* Does the line announce what stands below it? It ends with a colon, says so, or is a short heading. */
static bool announces(span line, size_t anchor_end)
{
	span l = span_trim(line);
	size_t blanks = spaces_in(l);

	while (l.n > 0 && ascii_is_one_of(l.p[l.n - 1], "*_"))
		l.n--;
	if (l.n == 0 || l.n > ANNOUNCED_MAX)
		return false;
	if (l.p[l.n - 1] == ':')
		return span_find_byte(span_from(line, anchor_end), ':') + anchor_end + 1 >= (size_t)(l.p - line.p) + l.n;
	if (l.p[l.n - 1] == '.' && points_down(l))
		return true;
	return blanks < 8 && !ascii_is_one_of(l.p[l.n - 1], ".,;!?") && span_find_byte(l, ':') == l.n && span_find_byte(l, '=') == l.n && span_find_byte(l, '/') == l.n &&
	    span_find_byte(l, '\t') == l.n;
}

static bool ends_with_colon(span line)
{
	span l = span_trim(line);

	while (l.n > 0 && ascii_is_one_of(l.p[l.n - 1], "*_"))
		l.n--;
	return l.n > 0 && l.p[l.n - 1] == ':';
}

/* Passwords are named by it, not only who has one. */
static bool names_passwords(span anchor)
{
	static const char *const words[] = {"pass", "kenn", "wort", "contrase", "clave", "senha", "credential", "creds", "zugangsdaten", "anmeldedaten", "identifiants", "credencia", "credenzial", "gegevens", NULL};

	return span_has_one_of_nocase(anchor, words);
}

/* "Above are the logins": before the noun that ends at `end` the sentence says that what it tells of stands above. */
static bool points_up(span line, size_t end)
{
	static const char *const words[] = {"above", "these are", "those are", "these were", "oben", "obige", "das sind", "das w\xc3\xa4ren", "ci-dessus", "voil\xc3\xa0", "ce sont", "arriba", "estas son",
	    "estos son", "qui sopra", "queste sono", "questi sono", "hierboven", "dit zijn", "acima", "estas s\xc3\xa3o", "estes s\xc3\xa3o", NULL};
	size_t from = end;

	while (from > 0 && !ascii_is_one_of(line.p[from - 1], ".;!?:"))
		from--;
	return span_has_one_of_nocase(span_sub(line, from, end - from), words);
}

/* "# user:password:home": the column that the anchor is; SIZE_MAX: the line is no such head */
static size_t colon_column(span line, size_t at, size_t n, size_t *columns)
{
	size_t mine = SIZE_MAX, from = 0;

	*columns = 0;
	while (from < line.n && ascii_is_one_of(line.p[from], "#; "))
		from++;
	for (size_t i = from, begin = from; i <= line.n; i++) {
		if (i < line.n && line.p[i] != ':') {
			if (!ascii_is_alnum(line.p[i]) && line.p[i] != '_' && line.p[i] != '-')
				return SIZE_MAX;
			continue;
		}
		if (i == begin)
			return SIZE_MAX;
		mine = begin == at && i == at + n ? *columns : mine;
		++*columns;
		begin = i + 1;
	}
	return *columns > 1 && mine > 0 ? mine : SIZE_MAX;
}

static size_t colon_rows(span text, span rest, size_t mine, size_t columns, cell_found found, void *ctx)
{
	size_t end = 0;
	span line;

	for (size_t k = 0; k < LIMIT_TABLE_ROWS && span_line(&rest, &line); k++) {
		size_t base, host = 0, at = 0, n = 0, col = 0, begin = 0;

		line = span_trim(line_unquoted(line));
		base = (size_t)(line.p - text.p);
		for (size_t i = 0; i <= line.n; i++) {
			if (i < line.n && line.p[i] != ':')
				continue;
			host = col == 0 ? i - begin : host;
			if (col == mine) {
				at = begin;
				n = i - begin;
			}
			col++;
			begin = i + 1;
		}
		if (col != columns || span_find_byte(line, ' ') < line.n || n < VALUE_LEAST || !found(ctx, base + at, n, base, host))
			break;
		end = base + line.n;
	}
	return end;
}

/* The list that ends directly above the line at `begin`, or above the empty line before it: its accounts, from below. False: there is none. */
static bool pairs_above(span text, size_t begin, cell_found found, void *ctx)
{
	struct pair rows[PAIR_JUDGED];
	size_t n = 0, made_up = 0;
	bool blank = false;

	for (span row; begin > 0 && n < PAIR_JUDGED; begin = (size_t)(row.p - text.p)) {
		row = line_of(text, begin - 1);
		if (n == 0 && !blank && span_trim(line_unquoted(row)).n == 0) {
			blank = true;
			continue;
		}
		if (!pair_read(text, row, &rows[n]) || rows[n].by != rows[0].by)
			break;
		if (is_label(span_sub(text, rows[n].name, rows[n].name_n)))
			return false;
		made_up += is_made_up(span_sub(text, rows[n].at, rows[n].n));
		n++;
	}
	if (n < PAIR_LEAST || 2 * made_up < n)
		return false;
	for (size_t i = 0; i < n && found(ctx, rows[i].at, rows[i].n, rows[i].name, rows[i].name_n);)
		i++;
	return true;
}

/* Where lines follow: not where a line is longer than is looked at, which has no list below each of its words. */
static bool is_line_end(span text, size_t at) { return at < text.n && text.p[at] == '\n'; }

size_t pair_cells(span text, size_t at, size_t n, cell_found found, void *ctx)
{
	span line = line_of(text, at), head = span_trim(line), rest, row, first = SPAN_EMPTY;
	size_t begin = (size_t)(line.p - text.p), after = begin + line.n, rows = 0, made_up = 0, same = 0, as_long = 0, columns, mine, end = 0, blank = 0;
	bool passwords = names_passwords(span_sub(text, at, n));
	struct pair p, like = {0};

	if (passwords && line.n <= 2 * ANNOUNCED_MAX && points_up(line, at + n - begin) && pairs_above(text, begin, found, ctx))
		return after;
	if (!is_line_end(text, after))
		return 0;
	rest = span_from(text, after + 1);
	if ((mine = colon_column(head, at - (size_t)(head.p - text.p), n, &columns)) != SIZE_MAX)
		return colon_rows(text, rest, mine, columns, found, ctx);
	if (!announces(line, at + n - begin))
		return 0;
	/* first what they are, then each */
	for (span r = rest; rows < PAIR_JUDGED && span_line(&r, &row);) {
		span v;

		if (span_trim(line_unquoted(row)).n == 0) {
			if (rows > 0 || ++blank > 1)
				break;
			continue;
		}
		if (rows == 0 && is_ruled(row)) /* below a heading */
			continue;
		if (!pair_read(text, row, &p) || (rows > 0 && p.by != like.by))
			break;
		if (is_label(span_sub(text, p.name, p.name_n)))
			return 0;
		v = span_sub(text, p.at, p.n);
		made_up += is_made_up(v) && (passwords || !row_names_value(row, v));
		as_long += v.n > 5 && (rows == 0 || v.n == first.n);
		same += rows > 0 && is_same_letters(first, v);
		like = p;
		first = rows == 0 ? v : first;
		rows++;
	}
	/* Of those that are as long as each other some have no digit. */
	if (rows < PAIR_LEAST || (same > 0 && !passwords) || 2 * made_up < rows || (made_up < rows && !passwords && as_long < rows))
		return 0;
	for (size_t k = 0; k < LIMIT_TABLE_ROWS && span_line(&rest, &row);) {
		if (k == 0 && (span_trim(line_unquoted(row)).n == 0 || is_ruled(row)))
			continue;
		if (!pair_read(text, row, &p) || p.by != like.by || (k >= rows && is_label(span_sub(text, p.name, p.name_n))))
			break;
		k++;
		end = p.at + p.n;
		if (!found(ctx, p.at, p.n, p.name, p.name_n))
			break;
	}
	return end;
}

/* The word of a line that has no other, without the bullet before it and the comma behind; empty: it has more, or none. */
static span lone_word(span line)
{
	span v = without_bullet(line);

	while (v.n > 0 && ascii_is_one_of(v.p[v.n - 1], ",;"))
		v.n--;
	for (size_t i = 0; i < v.n; i++)
		if (is_blank(v.p[i]) || v.p[i] == '|')
			return SPAN_EMPTY;
	return v.n >= 6 && v.n <= VALUE_MOST ? v : SPAN_EMPTY;
}

size_t line_cells(span text, size_t at, size_t n, cell_found found, void *ctx)
{
	span line = line_of(text, at), rest, row, v, first = SPAN_EMPTY;
	size_t begin = (size_t)(line.p - text.p), after = begin + line.n, rows = 0, made_up = 0, last = 0, same = 0, most, end = 0, k = 0;

	if (!is_line_end(text, after) || !ends_with_colon(line) || !announces(line, at + n - begin))
		return 0;
	rest = span_from(text, after + 1);
	for (span r = rest; rows < PAIR_JUDGED && span_line(&r, &row);) {
		if (span_trim(line_unquoted(row)).n == 0 && rows == 0 && k++ == 0)
			continue;
		if ((v = lone_word(row)).n == 0)
			break;
		first = rows++ == 0 ? v : first;
		made_up += is_made_up(v);
		/* "Regards" at the end is no more of it */
		last = is_made_up(v) || v.n == first.n ? rows : last;
		same += v.n == first.n && v.n >= 8;
	}
	/* of those that programs made as long as each other some have no digit */
	if (last < PAIR_LEAST || (2 * made_up < last && (made_up == 0 || same < rows)))
		return 0;
	most = last < rows ? last : LIMIT_TABLE_ROWS;
	for (rows = 0; rows < most && span_line(&rest, &row);) {
		if (span_trim(line_unquoted(row)).n == 0 && rows == 0)
			continue;
		if ((v = lone_word(row)).n == 0)
			break;
		rows++;
		end = (size_t)(v.p - text.p) + v.n;
		if (!found(ctx, (size_t)(v.p - text.p), v.n, 0, 0))
			break;
	}
	return end;
}
