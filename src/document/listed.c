/*
 * Sheets as lines of text. SYLK: a record a line, "C;X3;Y2;K"web1"" a cell; a semicolon in a text is doubled, ESC and two bytes are
 * one. DIF: two lines an item, "1,0" and "web1", or "0,4711" and V; "-1,0" and BOT begin a row.
 */
#include "base/limits.h"
#include "document/legacy.h"
#include "stream/charset.h"

/* A cell of SYLK has its number; rows of CSV below a head "ID;PIN" may begin with C, too. */
static bool sylk_is(span s)
{
	span rest = span_first(s, 65536);

	if (!span_starts(s, SPAN_LIT("ID;P")))
		return false;
	while (rest.n > 0) {
		rest = span_from(rest, span_find(rest, SPAN_LIT("\nC;")) + 3);
		if (rest.n > 1 && (rest.p[0] == 'X' || rest.p[0] == 'Y') && ascii_is_digit(rest.p[1]))
			return true;
	}
	return false;
}

static bool dif_is(span s)
{
	span rest = span_first(s, 256), table, numbers, name;

	return span_starts(s, SPAN_LIT("TABLE")) && span_line(&rest, &table) && span_line(&rest, &numbers) && span_line(&rest, &name) &&
	       span_eq(span_trim(table), SPAN_LIT("TABLE")) && span_eq(span_trim(numbers), SPAN_LIT("0,1")) && span_starts(name, SPAN_LIT("\""));
}

bool listed_is(span s) { return sylk_is(s) || dif_is(s); }

struct sheet { struct grid grid; struct buf scratch; };

/* A cell whose text is in scratch; both count from 1. */
static void cell_put(struct sheet *s, uint32_t row, uint32_t column)
{
	grid_cell(&s->grid, row > 0 ? row - 1 : 0, column > 0 ? column - 1 : 0);
	put_flat(s->grid.l, buf_span(&s->scratch));
}

static uint32_t number_of(span s)
{
	uint64_t n;

	(void)span_digits(s, 7, &n);
	return (uint32_t)n;
}

/* The next field of a record to out, as meant. */
static bool sylk_field(span *record, struct buf *out)
{
	size_t i = 0;

	buf_clear(out);
	if (record->n == 0)
		return false;
	for (; i < record->n; i++) {
		unsigned char c = record->p[i];

		if (c == 0x1b && i + 2 < record->n && (record->p[i + 1] & 0xf0) == 0x20 && (record->p[i + 2] & 0xf0) == 0x30) {
			buf_byte(out, (unsigned char)((record->p[i + 1] & 15) << 4 | (record->p[i + 2] & 15)));
			i += 2;
		} else if (c == ';' && i + 1 < record->n && record->p[i + 1] == ';') {
			buf_byte(out, c);
			i++;
		} else if (c == ';') {
			break;
		} else {
			buf_byte(out, c);
		}
	}
	*record = span_from(*record, i + 1);
	return true;
}

/* Takes the quotes off the text in b, and one of each two within it. */
static void unquote(struct buf *b)
{
	size_t n = 0;

	if (b->n < 2 || b->p[0] != '"' || b->p[b->n - 1] != '"')
		return;
	for (size_t i = 1; i + 1 < b->n; i++) {
		b->p[n++] = b->p[i];
		i += b->p[i] == '"' && i + 2 < b->n && b->p[i + 1] == '"';
	}
	b->n = n;
}

/* A record of looks and settings, or one that sylk_read takes. Any other line is somebody's words. */
static bool is_record(span line)
{
	return IS_ANY(span_first(line, span_find_byte(line, ';')), "ID", "P", "F", "C", "B", "O", "W", "NN", "NU", "NE", "E");
}

/* The cells, or what is said beside them: notes, formulas with a text in them, names. */
static void sylk_read(struct sheet *s, span text, bool beside)
{
	uint32_t row = 1, column = 1;
	span record;

	while (span_line(&text, &record)) {
		bool cell = span_starts(record, SPAN_LIT("C;"));

		if (beside && !is_record(record)) {
			layout_text(s->grid.l, record);
			layout_line(s->grid.l);
		}
		if (!cell && !span_starts(record, SPAN_LIT("F;")) && !(beside && span_starts(record, SPAN_LIT("NN;"))))
			continue;
		record = span_from(record, span_find_byte(record, ';') + 1);
		while (sylk_field(&record, &s->scratch)) {
			unsigned char kind = s->scratch.n > 0 ? s->scratch.p[0] : 0;

			if (s->scratch.n == 0)
				continue;
			s->scratch.n--;
			memmove(s->scratch.p, s->scratch.p + 1, s->scratch.n);
			if (kind == 'X') {
				column = number_of(buf_span(&s->scratch));
			} else if (kind == 'Y') {
				row = number_of(buf_span(&s->scratch));
			} else if (cell && kind == 'K' && !beside) {
				unquote(&s->scratch);
				cell_put(s, row, column);
			} else if (beside && (kind == 'A' || (kind == 'E' && span_find_byte(buf_span(&s->scratch), '"') < s->scratch.n))) {
				layout_at(s->grid.l, row, column);
				put_flat(s->grid.l, buf_span(&s->scratch));
				layout_line(s->grid.l);
			}
		}
	}
}

/* A text to scratch; it may go on in further lines until its quote. */
static void dif_text(struct sheet *s, span *text, span line)
{
	buf_clear(&s->scratch);
	buf_put(&s->scratch, span_trim(line));
	while (s->scratch.n > 0 && s->scratch.p[0] == '"' && (s->scratch.n == 1 || s->scratch.p[s->scratch.n - 1] != '"') && span_line(text, &line)) {
		buf_byte(&s->scratch, ' ');
		buf_put(&s->scratch, span_trim(line));
	}
	unquote(&s->scratch);
}

static void dif_read(struct sheet *s, span text)
{
	uint32_t row = 0, column = 0;
	span kind, value;

	while (span_line(&text, &kind) && span_line(&text, &value)) {
		if (span_starts(kind, SPAN_LIT("-1,"))) {
			row++;
			column = 0;
		} else if (row > 0 && span_starts(kind, SPAN_LIT("0,"))) {
			buf_clear(&s->scratch);
			buf_put(&s->scratch, span_trim(span_from(kind, 2)));
			cell_put(s, row, ++column);
		} else if (row > 0) {
			dif_text(s, &text, value);
			cell_put(s, row, ++column);
		} else if (span_starts(kind, SPAN_LIT("DATA")) || span_trim(value).n == 0 || !span_starts(value, SPAN_LIT("\""))) {
			/* The head has three lines an item. */
			(void)span_line(&text, &value);
		}
	}
}

enum errc listed_read(struct layout *l, span content, struct err *e)
{
	struct sheet s = {.grid = {.l = l}};
	span text;
	enum errc rc = charset_to_utf8(l->a, charset_guess(content), content, &text, NULL, e);

	if (rc != OK)
		return rc;
	buf_init(&s.scratch, LIMIT_TEXT_BYTES);
	layout_group(l, true, "sheet", SPAN_EMPTY);
	if (sylk_is(text)) {
		sylk_read(&s, text, false);
		layout_group(l, true, "formulas and notes", SPAN_EMPTY);
		sylk_read(&s, text, true);
	} else {
		dif_read(&s, text);
	}
	layout_line(l);
	if (s.scratch.failed)
		rc = err_memory(e);
	buf_wipe(&s.scratch);
	return rc;
}
