/* `tocsin list`: a table of the case as JSON lines, or aligned for people. */
#include <inttypes.h>

#include "base/near.h"
#include "base/utf8.h"
#include "report/private.h"
#include "report/reveal.h"

struct listing {
	const struct list_run *run;
	struct list_tally *tally;
	struct revealed *revealed; /* NULL without --reveal */
	struct out o;
	struct buf cell, shown;
};

void list_kinds(struct buf *out)
{
	size_t n;
	const struct table *const *all = tables(&n);

	for (size_t i = 0; i < n && !all[i]->figures; i++)
		buf_printf(out, "%s%s", i != 0 ? ", " : "", all[i]->name);
}

static void near_kinds(struct near *near)
{
	size_t n;
	const struct table *const *all = tables(&n);

	for (size_t i = 0; i < n && !all[i]->figures; i++)
		near_try(near, span_str(all[i]->name));
}

/* How many of the first bytes of s make at most `max` characters; *n how many they make. */
static size_t first_characters(span s, size_t max, size_t *n)
{
	size_t at = 0, len;

	for (*n = 0; at < s.n && *n < max; ++*n) {
		(void)utf8_get(span_from(s, at), &len);
		at += len;
	}
	return at;
}

/* One cell in its column: numbers to the right; cut with an ellipsis where the terminal is narrow. */
static size_t put_cell(struct listing *l, span text, unsigned width, bool right, bool last, size_t room)
{
	size_t n, at, limit = room < width || last ? room : width;
	bool cut = l->run->columns != 0;

	buf_clear(&l->shown);
	utf8_show(&l->shown, text);
	text = buf_span(&l->shown);
	at = first_characters(text, cut ? limit : SIZE_MAX, &n);
	if (at < text.n && n > 0) {
		at = first_characters(text, limit - 1, &n);
		buf_clear(&l->cell);
		buf_put(&l->cell, span_first(text, at));
		buf_str(&l->cell, "\xe2\x80\xa6");
		n++;
		text = buf_span(&l->cell);
	}
	for (size_t i = n; right && i < width && i < room; i++)
		buf_byte(&l->o.b, ' ');
	buf_put(&l->o.b, text);
	for (size_t i = n; !right && !last && i < width && i < room; i++)
		buf_byte(&l->o.b, ' ');
	return n > width ? n : width;
}

static bool value_of(struct listing *l, int64_t finding_id, span *value)
{
	bool known = reveal_value(l->revealed, finding_id, value);

	l->tally->not_revealed += !known;
	return known;
}

static size_t last_shown(const struct table *t)
{
	size_t last = 0;

	for (size_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].width != 0)
			last = i;
	return last;
}

static enum errc text_row(struct listing *l, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	size_t used = 0, last = last_shown(t), room = l->run->columns != 0 ? l->run->columns : SIZE_MAX;

	for (size_t i = 0; i < t->n_columns && used < room; i++) {
		const struct column *col = &t->columns[i];

		if (col->width == 0)
			continue;
		buf_clear(&l->cell);
		if (cells == NULL)
			buf_str(&l->cell, col->name);
		else
			cell_text(&l->cell, col, &cells[i]);
		if (l->cell.failed)
			return err_memory(e);
		if (col->kind == CELL_DIGEST && cells != NULL && l->cell.n > col->width)
			l->cell.n = col->width;
		if (used != 0) {
			buf_str(&l->o.b, "  ");
			used += 2;
		}
		if (used >= room)
			break;
		used += put_cell(l, buf_span(&l->cell), col->width, col->kind == CELL_NUMBER, i == last, room - used);
	}
	if (l->revealed != NULL) {
		span value = SPAN_EMPTY;

		buf_str(&l->o.b, "  ");
		if (cells == NULL)
			buf_str(&l->o.b, "value");
		else if (value_of(l, id, &value))
			utf8_show(&l->o.b, value);
	}
	buf_byte(&l->o.b, '\n');
	return out_row(&l->o, e);
}

static enum errc list_row(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	struct listing *l = ctx;
	struct json j = json_to(&l->o.b);
	span value;

	l->tally->rows++;
	if (!l->run->jsonl)
		return text_row(l, t, id, cells, e);
	json_open(&j, NULL, '{');
	for (size_t i = 0; i < t->n_columns; i++)
		cell_json(&j, t->columns[i].name, &t->columns[i], &cells[i]);
	if (l->revealed != NULL && value_of(l, id, &value))
		json_span(&j, "value", value);
	else if (l->revealed != NULL)
		json_null(&j, "value");
	json_close(&j, '}');
	json_end_line(&j);
	return out_row(&l->o, e);
}

enum errc report_list(const struct list_run *run, struct list_tally *tally, struct err *e)
{
	const struct table *t = table_named(run->kind);
	struct listing l = {.run = run, .tally = tally};
	struct near near = near_to(span_str(run->kind));
	struct buf kinds;
	enum errc rc = OK;

	*tally = (struct list_tally){0};
	if (t == NULL || t->figures) {
		buf_init(&kinds, 4096);
		list_kinds(&kinds);
		near_kinds(&near);
		rc = err_set(e, ERR_USAGE, "nothing is called \"%.60s\"%s; there are %s", run->kind, near_says(&near), buf_cstr(&kinds));
		buf_free(&kinds);
		return rc;
	}
	if (run->reveal && (rc = reveal_values(&l.revealed, run, e)) != OK)
		return rc;
	out_to(&l.o, run->fd);
	buf_init(&l.cell, l.o.b.max);
	buf_init(&l.shown, l.o.b.max);
	if (!run->jsonl)
		rc = text_row(&l, t, 0, NULL, e);
	if (rc == OK)
		rc = rows_walk(run->store, t, list_row, &l, e);
	rc = out_close(&l.o, rc, e);
	buf_free(&l.cell);
	buf_free(&l.shown);
	reveal_free(l.revealed);
	return rc;
}
