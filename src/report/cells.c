/* Cells as JSON, as plain text, in CSV and in HTML. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "mail/mime.h"
#include "report/private.h"

static void json_words(struct json *j, const char *key, unsigned bits)
{
	char names[1024];
	span rest;

	mime_problem_names(bits, names, sizeof names);
	json_open(j, key, '[');
	for (rest = span_str(names); rest.n != 0;) {
		size_t comma = span_find_byte(rest, ',');

		json_span(j, NULL, span_first(rest, comma));
		rest = span_from(rest, comma + 1);
	}
	json_close(j, ']');
}

static void json_list(struct json *j, const char *key, const struct cell *c)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < c->n; i++)
		json_span(j, NULL, c->list[i]);
	json_close(j, ']');
}

static void json_rows(struct json *j, const char *key, const struct column *col, const struct cell *c)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < c->n; i++) {
		json_open(j, NULL, '{');
		for (size_t k = 0; k < col->n_columns; k++)
			cell_json(j, col->columns[k].name, &col->columns[k], &c->rows[i * col->n_columns + k]);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void cell_json(struct json *j, const char *key, const struct column *col, const struct cell *c)
{
	switch (c->kind) {
	case CELL_NULL:
		json_null(j, key);
		break;
	case CELL_TEXT:
	case CELL_WORD:
		json_span(j, key, c->text);
		break;
	case CELL_NUMBER:
		json_i64(j, key, c->number);
		break;
	case CELL_BOOL:
		json_bool(j, key, c->number != 0);
		break;
	case CELL_TIME:
		json_time(j, key, c->number);
		break;
	case CELL_DIGEST: {
		struct digest d;

		memcpy(d.b, c->text.p, DIGEST_SIZE);
		json_digest(j, key, &d);
		break;
	}
	case CELL_PROBLEMS:
		json_words(j, key, (unsigned)c->number);
		break;
	case CELL_JSON:
		json_raw(j, key, c->text);
		break;
	case CELL_WORDS:
	case CELL_LIST:
		json_list(j, key, c);
		break;
	case CELL_ROWS:
		json_rows(j, key, col, c);
		break;
	}
}

static void text_rows(struct buf *b, const struct column *col, const struct cell *c)
{
	for (size_t i = 0; i < c->n; i++) {
		buf_str(b, i != 0 ? "; " : "");
		for (size_t k = 0; k < col->n_columns; k++) {
			size_t before = b->n;

			cell_text(b, &col->columns[k], &c->rows[i * col->n_columns + k]);
			if (b->n != before && k + 1 < col->n_columns)
				buf_byte(b, ' ');
		}
	}
}

void cell_text(struct buf *b, const struct column *col, const struct cell *c)
{
	char small[1024];

	switch (c->kind) {
	case CELL_NULL:
		break;
	case CELL_TEXT:
	case CELL_WORD:
	case CELL_JSON:
		buf_put(b, c->text);
		break;
	case CELL_NUMBER:
		buf_printf(b, "%" PRId64, c->number);
		break;
	case CELL_BOOL:
		buf_str(b, c->number != 0 ? "yes" : "no");
		break;
	case CELL_TIME:
		buf_str(b, time_rfc3339(c->number, small));
		break;
	case CELL_DIGEST:
		hex_write(small, c->text);
		buf_str(b, small);
		break;
	case CELL_PROBLEMS:
		mime_problem_names((unsigned)c->number, small, sizeof small);
		buf_str(b, small);
		break;
	case CELL_WORDS:
	case CELL_LIST:
		for (size_t i = 0; i < c->n; i++) {
			buf_str(b, i != 0 ? "; " : "");
			buf_put(b, c->list[i]);
		}
		break;
	case CELL_ROWS:
		text_rows(b, col, c);
		break;
	}
}

/*
 * Spreadsheets take a cell that begins so for a formula, though it is quoted (OWASP, CSV injection); also behind
 * white space.
 */
bool may_be_formula(span s)
{
	if (s.n != 0 && (s.p[0] == '\t' || s.p[0] == '\r'))
		return true;
	s = span_trim(s);
	return s.n != 0 && memchr("=+-@", s.p[0], 4) != NULL;
}

void csv_cell(struct buf *b, span s)
{
	bool quote = span_find_byte(s, ',') < s.n || span_find_byte(s, '"') < s.n || span_find_byte(s, '\n') < s.n ||
		     span_find_byte(s, '\r') < s.n;

	if (quote)
		buf_byte(b, '"');
	if (may_be_formula(s))
		buf_byte(b, '\'');
	while (quote && s.n != 0) {
		size_t at = span_find_byte(s, '"');

		buf_put(b, span_first(s, at));
		if (at < s.n)
			buf_str(b, "\"\"");
		s = span_from(s, at + 1);
	}
	buf_put(b, s);
	if (quote)
		buf_byte(b, '"');
}

void html_text_of(struct buf *b, span s)
{
	struct buf shown;

	buf_init(&shown, s.n > SIZE_MAX / 3 ? 0 : 3 * s.n);
	utf8_show(&shown, s);
	if (shown.failed)
		b->failed = true;
	for (size_t i = 0; i < shown.n; i++) {
		switch (shown.p[i]) {
		case '<':
			buf_str(b, "&lt;");
			break;
		case '>':
			buf_str(b, "&gt;");
			break;
		case '&':
			buf_str(b, "&amp;");
			break;
		case '"':
			buf_str(b, "&quot;");
			break;
		case '\'':
			buf_str(b, "&#39;");
			break;
		default:
			buf_byte(b, shown.p[i]);
		}
	}
	buf_free(&shown);
}
