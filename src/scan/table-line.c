/* A line comes apart into cells by the mark of its table, without the marks of quoting before it. */
#include "scan/table.h"

#define ROW_MAX ((size_t)32768) /* a sheet may have a letter in a cell */

static bool is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct column table_cell(span line, size_t at, size_t n)
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

/* How many bytes part two cells at `at`; 0: none. */
static size_t part_n(span line, size_t at, unsigned char by)
{
	if (by == ' ')
		return at + 1 < line.n && line.p[at] == ' ' && line.p[at + 1] == ' ';
	if (line.p[at] != by)
		return 0;
	return by == BY_BOX ? (span_starts(span_from(line, at), BOX) ? BOX.n : 0) : 1;
}

size_t table_split(span line, unsigned char by, struct column out[COLUMNS_MAX])
{
	size_t n = 0, start = 0, part;
	bool quoted = false, doubled;

	if (line.n > ROW_MAX)
		return 0;
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
		out[n] = table_cell(line, start, i - start);
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

span line_unquoted(span line)
{
	size_t i = 0;

	while (i < line.n && (line.p[i] == '>' || (line.p[i] == ' ' && i + 1 < line.n && line.p[i + 1] == '>') ||
	    (i > 0 && line.p[i] == ' ' && line.p[i - 1] == '>')))
		i++;
	return span_from(line, i);
}

unsigned char table_separator(span header)
{
	static const unsigned char by[] = {'\t', '|', BY_BOX, ';', ',', ' '};
	struct column c[COLUMNS_MAX];

	for (size_t i = 0; i < sizeof by; i++)
		if (table_split(header, by[i], c) >= 2)
			return by[i];
	return 0;
}

size_t spaces_in(span cell)
{
	size_t n = 0;

	for (size_t i = 0; i < cell.n; i++)
		n += cell.p[i] == ' ';
	return n;
}
