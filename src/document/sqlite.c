/*
 * Text of an SQLite database (sqlite.org/fileformat2.html), read page by page and not by the library, which trusts what it opens
 * more than evidence deserves. Tables are walked from the schema, a line a row with a tab between its columns and the
 * names of the columns above; rows of pages that no table holds any more (free pages) are read too, as what they are, and the letters of
 * rows that were deleted.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "document/legacy.h"

enum { INDEX_INNER = 2, TABLE_INNER = 5, INDEX_LEAF = 10, TABLE_LEAF = 13, DEPTH = 40, COLUMNS = 2000, VALUE_MAX = 1 << 20 };

struct db {
	struct layout *l;
	span file;
	size_t page_size, usable;
	uint32_t n_pages;
	bool *seen;               /* by page: read, or part of a row that was */
	const struct charset *charset;
	uint64_t budget;          /* bytes that may still be gathered from overflow pages */
	struct buf payload;
	uint32_t row;
	/* the schema, as it is gathered */
	struct table { span name, sql; uint32_t root; } *tables;
	size_t n_tables, tables_cap;
	bool schema;
};

static unsigned be16(span s, size_t at)
{
	span v = span_sub(s, at, 2);

	return v.n == 2 ? (unsigned)v.p[0] << 8 | v.p[1] : 0;
}

static uint32_t be32(span s, size_t at)
{
	return (uint32_t)be16(s, at) << 16 | be16(s, at + 2);
}

static bool varint(span *s, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < 9 && i < s->n; i++) {
		if (i == 8) {
			*v = *v << 8 | s->p[i];
		} else {
			*v = *v << 7 | (s->p[i] & 0x7f);
			if ((s->p[i] & 0x80) != 0)
				continue;
		}
		*s = span_from(*s, i + 1);
		return true;
	}
	return false;
}

static span page(const struct db *d, uint32_t number)
{
	return number == 0 || number > d->n_pages ? SPAN_EMPTY : span_sub(d->file, (size_t)(number - 1) * d->page_size, d->usable);
}

/* Bytes of a type of value (2.1 of the record format). */
static uint64_t type_size(uint64_t type)
{
	static const uint8_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};

	return type < 12 ? sizes[type] : (type - 12) / 2;
}

static int64_t integer(span v)
{
	uint64_t n = v.n > 0 && (v.p[0] & 0x80) != 0 ? UINT64_MAX : 0;

	for (size_t i = 0; i < v.n; i++)
		n = n << 8 | v.p[i];
	return (int64_t)n;
}

static void put_value(struct db *d, uint64_t type, span v)
{
	char text[40];
	span utf8;

	if (type == 0 || type == 10 || type == 11)
		return;
	if (type == 7) {
		double real;
		int64_t bits = integer(v);

		memcpy(&real, &bits, sizeof real);
		(void)snprintf(text, sizeof text, "%.15g", real);
		layout_text(d->l, span_str(text));
	} else if (type < 12) {
		(void)snprintf(text, sizeof text, "%" PRId64, type >= 8 ? (int64_t)type - 8 : integer(v));
		layout_text(d->l, span_str(text));
	} else if ((type & 1) != 0) {
		if (charset_to_utf8(d->l->a, d->charset, v, &utf8, NULL, NULL) == OK)
			put_flat(d->l, utf8);
	} else if (v.n > 0 && utf8_valid(v) == v.n && span_find_byte(v, 0) == v.n) {
		put_flat(d->l, v); /* a blob that is text */
	}
}

/* type, name, tbl_name, rootpage, sql */
static enum errc schema_add(struct db *d, const uint64_t types[5], const span values[5], struct err *e)
{
	struct table t = {.root = (uint32_t)(types[3] >= 8 ? types[3] - 8 : (uint64_t)integer(values[3]))};
	struct table *v = arena_grow(d->l->a, d->tables, d->n_tables, &d->tables_cap, sizeof *v, 64);
	span type;

	if (v == NULL)
		return err_memory(e);
	d->tables = v;
	if (charset_to_utf8(d->l->a, d->charset, values[0], &type, NULL, e) != OK ||
	    charset_to_utf8(d->l->a, d->charset, values[1], &t.name, NULL, e) != OK ||
	    charset_to_utf8(d->l->a, d->charset, values[4], &t.sql, NULL, e) != OK)
		return ERR_MEMORY;
	if (!span_eq(type, SPAN_LIT("table")) || t.root == 0)
		return OK;
	if ((t.name = arena_copy(d->l->a, t.name)).p == NULL || (t.sql = arena_copy(d->l->a, t.sql)).p == NULL)
		return err_memory(e);
	d->tables[d->n_tables++] = t;
	return OK;
}

static enum errc record_read(struct db *d, span payload, struct err *e)
{
	span rest = payload, header;
	uint64_t n_header, type;
	uint64_t types[5] = {0};
	span values[5] = {{0}};
	size_t n = 0;

	if (!varint(&rest, &n_header) || n_header > payload.n || n_header < payload.n - rest.n) {
		layout_problem(d->l, "damaged: a row cannot be read");
		return OK;
	}
	header = span_first(rest, (size_t)n_header - (payload.n - rest.n));
	rest = span_from(payload, (size_t)n_header);
	if (!d->schema)
		layout_at(d->l, ++d->row, 0);
	for (; header.n > 0 && n < COLUMNS && varint(&header, &type); n++) {
		uint64_t size = type_size(type);
		span v = span_first(rest, size < rest.n ? (size_t)size : rest.n);

		rest = span_from(rest, v.n);
		if (d->schema && n < 5) {
			types[n] = type;
			values[n] = v;
		} else if (!d->schema) {
			if (n > 0)
				layout_byte(d->l, '\t');
			put_value(d, type, span_first(v, VALUE_MAX));
		}
	}
	if (d->schema)
		return schema_add(d, types, values, e);
	layout_line(d->l);
	return OK;
}

/*
 * The payload of a cell: what of it lies in the page (1.6 of the format's description), and the chain of overflow pages behind.
 */
static enum errc payload_read(struct db *d, span cell, uint64_t size, bool index, struct err *e)
{
	size_t most = index ? (d->usable - 12) * 64 / 255 - 23 : d->usable - 35, least = (d->usable - 12) * 32 / 255 - 23, local;
	uint32_t next;

	if (size <= most)
		return record_read(d, span_first(cell, (size_t)size), e);
	local = least + (size_t)((size - least) % (d->usable - 4));
	if (local > most)
		local = least;
	if (size > d->budget || cell.n < local + 4) {
		layout_problem(d->l, "damaged: a row is longer than the file");
		return OK;
	}
	d->budget -= size;
	buf_clear(&d->payload);
	buf_put(&d->payload, span_first(cell, local));
	for (next = be32(cell, local); next != 0 && d->payload.n < size;) {
		span p = page(d, next);

		if (p.n < 4)
			break;
		d->seen[next - 1] = true;
		buf_put(&d->payload, span_first(span_from(p, 4), (size_t)size - d->payload.n));
		next = be32(p, 0);
	}
	if (d->payload.failed)
		return err_memory(e);
	if (d->payload.n < size)
		layout_problem(d->l, "damaged: part of a row is not there");
	return record_read(d, buf_span(&d->payload), e);
}

static enum errc cell_read(struct db *d, span p, unsigned at, unsigned type, struct err *e)
{
	span cell = span_from(p, at);
	uint64_t size, rowid;

	if (type == INDEX_INNER)
		cell = span_from(cell, 4);
	if (!varint(&cell, &size) || (type == TABLE_LEAF && !varint(&cell, &rowid)))
		return OK;
	return payload_read(d, cell, size, type != TABLE_LEAF, e);
}

/* One page and those below it. Each is read once, so that a tree that is none ends. */
static enum errc tree_read(struct db *d, uint32_t number, unsigned depth, struct err *e)
{
	span p = page(d, number);
	size_t at = number == 1 ? 100 : 0;
	unsigned type = p.n > at ? p.p[at] : 0, n = be16(p, at + 3);
	bool inner = type == TABLE_INNER || type == INDEX_INNER;
	enum errc rc = OK;

	if (p.n == 0 || depth > DEPTH || d->seen[number - 1] || (!inner && type != TABLE_LEAF && type != INDEX_LEAF)) {
		layout_problem(d->l, "damaged: a page of a table is not where it should be");
		return OK;
	}
	d->seen[number - 1] = true;
	for (unsigned i = 0; i < n && rc == OK && !d->l->text.failed; i++) {
		unsigned cell = be16(p, at + (inner ? 12 : 8) + 2 * (size_t)i);

		if (inner)
			rc = tree_read(d, be32(p, cell), depth + 1, e);
		if (rc == OK && type != TABLE_INNER)
			rc = cell_read(d, p, cell, type, e);
	}
	return rc == OK && inner ? tree_read(d, be32(p, at + 8), depth + 1, e) : rc;
}

/* The names of the columns as CREATE TABLE spells them: the first word behind "(" and each comma of that level. */
static void header_put(struct db *d, span sql)
{
	static const char *const not_columns[] = {"constraint", "primary", "unique", "check", "foreign"};
	unsigned depth = 1;
	size_t at = span_find_byte(sql, '(') + 1;
	bool first = true;

	while (at < sql.n && depth > 0) {
		span name, rest = span_trim(span_from(sql, at));
		size_t n = 0;
		bool column = rest.n > 0;

		if (rest.n > 0 && (rest.p[0] == '"' || rest.p[0] == '`' || rest.p[0] == '[' || rest.p[0] == '\'')) {
			unsigned char close = rest.p[0] == '[' ? ']' : rest.p[0];

			name = span_from(rest, 1);
			name = span_first(name, span_find_byte(name, close));
		} else {
			while (n < rest.n && !ascii_is_space(rest.p[n]) && rest.p[n] != ',' && rest.p[n] != ')' && rest.p[n] != '(')
				n++;
			name = span_first(rest, n);
			for (size_t i = 0; i < sizeof not_columns / sizeof *not_columns; i++)
				column = column && !span_eq_nocase(name, span_str(not_columns[i]));
		}
		if (column && name.n > 0) {
			if (!first)
				layout_byte(d->l, '\t');
			put_flat(d->l, name);
			first = false;
		}
		for (; at < sql.n && depth > 0; at++) {
			unsigned char c = sql.p[at];

			depth += c == '(';
			depth -= c == ')';
			if (c == ',' && depth == 1)
				break;
		}
		at++;
	}
	layout_line(d->l);
}

static enum errc tables_read(struct db *d, struct err *e)
{
	enum errc rc;

	d->schema = true;
	rc = tree_read(d, 1, 0, e);
	d->schema = false;
	for (size_t i = 0; i < d->n_tables && rc == OK; i++) {
		layout_group(d->l, true, "table", d->tables[i].name);
		d->row = 0;
		header_put(d, d->tables[i].sql);
		rc = tree_read(d, d->tables[i].root, 0, e);
	}
	return rc;
}

/* Leaves of tables that no table has any more. */
static enum errc free_read(struct db *d, struct err *e)
{
	bool first = true;
	enum errc rc = OK;

	for (uint32_t i = 2; i <= d->n_pages && rc == OK && !d->l->text.failed; i++) {
		span p = page(d, i);
		const char *problem = d->l->problem;

		if (d->seen[i - 1] || p.n < 8 || p.p[0] != TABLE_LEAF || be16(p, 3) == 0 || 8 + 2 * (size_t)be16(p, 3) > p.n)
			continue;
		if (first) {
			layout_group(d->l, true, "rows no longer in a table", SPAN_EMPTY);
			d->row = 0;
		}
		first = false;
		rc = tree_read(d, i, 0, e);
		d->l->problem = problem; /* what is free may be half overwritten */
	}
	return rc;
}

/* Letters of what was, where something is left; *begun: there was some before. */
static void gap_read(struct db *d, span gap, bool *begun)
{
	size_t zeros = 0;

	while (zeros < gap.n && gap.p[zeros] == 0)
		zeros++;
	if (zeros == gap.n)
		return;
	if (!*begun)
		layout_group(d->l, false, "deleted rows", SPAN_EMPTY);
	*begun = true;
	letters_put(d->l, span_from(gap, zeros));
}

/* What deleted rows left behind in pages of tables: blocks that are free (1.6), and the space before the first cell. */
static void deleted_read(struct db *d)
{
	bool begun = false;

	for (uint32_t i = 1; i <= d->n_pages && !d->l->text.failed; i++) {
		span p = page(d, i);
		size_t at = i == 1 ? 100 : 0, cells = be16(p, at + 5), pointers = at + 8 + 2 * (size_t)be16(p, at + 3), block = be16(p, at + 1);

		if (p.n < 108 || p.p[at] != TABLE_LEAF)
			continue;
		if (cells == 0)
			cells = 65536;
		if (cells > pointers)
			gap_read(d, span_sub(p, pointers, cells - pointers), &begun);
		/* The blocks ascend, each behind the one before: one that does not ends the chain, so that no byte is read twice. */
		for (size_t next, n; block != 0; block = next > block && next >= block + n ? next : 0) {
			next = be16(p, block);
			n = be16(p, block + 2);
			gap_read(d, span_sub(p, block + 4, n > 4 ? n - 4 : 0), &begun);
		}
	}
}

enum errc sqlite_read(struct layout *l, span file, struct err *e)
{
	struct db d = {.l = l, .file = file, .page_size = be16(file, 16), .budget = 2 * (uint64_t)file.n};
	unsigned encoding = be32(file, 56);
	enum errc rc;

	if (d.page_size == 1)
		d.page_size = 65536;
	if (file.n < 512 || d.page_size < 512 || (d.page_size & (d.page_size - 1)) != 0 || file.p[20] > d.page_size - 480)
		return err_set(e, ERR_EVIDENCE, "damaged: an SQLite database without its header");
	d.usable = d.page_size - file.p[20];
	d.n_pages = (uint32_t)((file.n + d.page_size - 1) / d.page_size < UINT32_MAX ? (file.n + d.page_size - 1) / d.page_size : 0);
	d.charset = charset_find(encoding == 2 ? SPAN_LIT("utf-16le") : encoding == 3 ? SPAN_LIT("utf-16be") : SPAN_LIT("utf-8"));
	if (d.n_pages < be32(file, 28))
		layout_problem(l, "damaged: the file is shorter than it says");
	if ((d.seen = arena_zero(l->a, d.n_pages, sizeof *d.seen)) == NULL)
		return err_memory(e);
	buf_init(&d.payload, LIMIT_TEXT_BYTES);
	if ((rc = tables_read(&d, e)) == OK)
		rc = free_read(&d, e);
	if (rc == OK)
		deleted_read(&d);
	buf_wipe(&d.payload);
	return rc;
}
