#include "base/limits.h"
#include "base/utf8.h"
#include "document/private.h"

void layout_init(struct layout *l, struct arena *a)
{
	*l = (struct layout){.a = a};
	buf_init(&l->text, LIMIT_TEXT_BYTES);
	buf_init(&l->places, 64 * MIB);
	buf_init(&l->groups, 4 * MIB);
	buf_init(&l->sheets, MIB);
}

static void sheets_put(struct layout *l)
{
	if (l->sheets.failed)
		layout_limit(l, "longer than what is read of a document");
	if (l->sheets.n == 0 || (l->text.n == 0 && l->problem != NULL))
		return;
	l->prefix = SPAN_EMPTY;
	layout_group(l, false, DOCUMENT_SHEETS, SPAN_EMPTY);
	layout_text(l, buf_span(&l->sheets));
}

/* Its bytes in the arena; the buffer is wiped, before the next one is moved. */
static span moved(struct arena *a, struct buf *b)
{
	span copy = arena_copy(a, buf_span(b));

	buf_wipe(b);
	return copy;
}

static enum errc done(struct layout *l, struct arena *a, struct document *out, struct err *e)
{
	size_t n_groups = l->groups.n / sizeof(struct document_group), n_places = l->places.n / sizeof(struct document_place);
	struct document_group *groups = arena_zero(a, n_groups + 1, sizeof *groups);
	const char *problem = l->problem != NULL ? arena_cstr(a, span_str(l->problem)) : NULL;
	span text, places;

	if (groups == NULL || (l->problem != NULL && problem == NULL))
		return err_memory(e);
	if (n_groups > 0)
		memcpy(groups, l->groups.p, l->groups.n);
	for (size_t i = 0; i < n_groups; i++)
		if ((groups[i].name = arena_copy(a, groups[i].name)).p == NULL)
			return err_memory(e);
	if ((text = moved(a, &l->text)).p == NULL || (places = moved(a, &l->places)).p == NULL)
		return err_memory(e);
	*out = (struct document){.text = text, .problem = problem, .places = (const void *)places.p, .n_places = n_places,
	    .groups = groups, .n_groups = n_groups};
	return OK;
}

enum errc layout_done(struct layout *l, struct arena *a, struct document *out, struct err *e)
{
	bool cut;
	enum errc rc = OK;

	sheets_put(l);
	cut = l->text.n >= LIMIT_TEXT_BYTES || (l->text.failed && l->text.n > LIMIT_TEXT_BYTES / 2);
	/* A text that grew to its limit is cut there; what failed before for want of memory is the world's fault. */
	if (cut || l->places.failed || l->groups.failed)
		layout_limit(l, "longer than what is read of a document");
	else if (l->text.failed)
		rc = err_memory(e);
	if (rc == OK && l->text.n == 0 && l->problem != NULL)
		rc = err_set(e, ERR_EVIDENCE, "%s", l->problem);
	if (rc == OK)
		rc = done(l, a, out, e);
	buf_wipe(&l->text);
	buf_free(&l->places);
	buf_free(&l->groups);
	buf_wipe(&l->sheets);
	return rc;
}

void layout_group(struct layout *l, bool cells, const char *kind, span name)
{
	struct document_group g = {.cells = cells};
	struct buf b;

	layout_line(l);
	buf_init(&b, 8192);
	buf_put(&b, l->prefix);
	buf_str(&b, kind);
	if (name.n > 0) {
		buf_byte(&b, ' ');
		utf8_show(&b, span_first(name, 200));
	}
	g.name = arena_copy(l->a, buf_span(&b));
	if (g.name.p == NULL)
		l->groups.failed = true;
	buf_free(&b);
	buf_put(&l->groups, span_of(&g, sizeof g));
	l->group = (uint32_t)(l->groups.n / sizeof g);
	l->row = l->column = 0;
	l->moved = true;
	l->row_hidden = false;
	l->n_hidden = 0;
}

void layout_lines(struct layout *l, const char *kind, span name)
{
	struct document_group g;

	layout_group(l, false, kind, name);
	if (l->groups.failed)
		return;
	memcpy(&g, l->groups.p + l->groups.n - sizeof g, sizeof g);
	g.lines = true;
	memcpy(l->groups.p + l->groups.n - sizeof g, &g, sizeof g);
}

void layout_sheet(struct layout *l, bool hidden, span name)
{
	/* What stands below a head ends with its sheet. */
	layout_line(l);
	if (l->text.n > 1 && l->text.p[l->text.n - 2] != '\n')
		buf_byte(&l->text, '\n');
	layout_group(l, true, hidden ? "hidden sheet" : "sheet", name);
	if (name.n > 0) {
		buf_put(&l->sheets, name);
		buf_byte(&l->sheets, '\n');
	}
}

void layout_at(struct layout *l, uint32_t row, uint32_t column)
{
	l->row = row;
	l->column = column;
	l->moved = true;
}

void layout_hide_rows(struct layout *l, bool hidden)
{
	l->row_hidden = hidden;
}

void layout_hide_columns(struct layout *l, uint32_t from, uint32_t to)
{
	if (l->n_hidden > 0 && l->hidden[l->n_hidden - 1].to + 1 == from)
		l->hidden[l->n_hidden - 1].to = to;
	else if (l->n_hidden < LAYOUT_HIDDEN)
		l->hidden[l->n_hidden++] = (struct columns){from, to};
}

static unsigned hidden(const struct layout *l)
{
	unsigned what = l->row_hidden ? HIDDEN_ROW : 0;

	for (size_t i = 0; i < l->n_hidden; i++)
		if (l->hidden[i].from <= l->column && l->column <= l->hidden[i].to)
			what |= HIDDEN_COLUMN;
	return what;
}

static void place(struct layout *l)
{
	struct document_place p = {l->text.n, l->group, l->row, l->column, l->moved ? hidden(l) : 0};

	if (l->moved)
		buf_put(&l->places, span_of(&p, sizeof p));
	l->moved = false;
}

void layout_byte(struct layout *l, unsigned char c)
{
	buf_byte(&l->text, c);
}

/* Blanks at the end went: what stood at them stands at it. */
static void places_cut(struct layout *l)
{
	struct document_place p;

	for (size_t at = l->places.n; at >= sizeof p; at -= sizeof p) {
		memcpy(&p, l->places.p + at - sizeof p, sizeof p);
		if (p.at <= l->text.n)
			return;
		p.at = l->text.n;
		memcpy(l->places.p + at - sizeof p, &p, sizeof p);
	}
}

void layout_unblank(struct layout *l)
{
	while (l->text.n > 0 && l->text.p[l->text.n - 1] == ' ')
		l->text.n--;
	places_cut(l);
}

void layout_line(struct layout *l)
{
	while (l->text.n > 0 && (l->text.p[l->text.n - 1] == ' ' || l->text.p[l->text.n - 1] == '\t'))
		l->text.n--;
	places_cut(l);
	if (l->text.n > 0 && l->text.p[l->text.n - 1] != '\n')
		buf_byte(&l->text, '\n');
}

void layout_text(struct layout *l, span s)
{
	if (s.n > 0)
		place(l);
	while (s.n > 0) {
		size_t n = 0, most = s.n < MIB ? s.n : MIB;

		while (n < most && s.p[n] >= 0x20 && s.p[n] < 0x7f)
			n++;
		buf_put(&l->text, span_first(s, n));
		s = span_from(s, n);
		if (s.n == 0 || n == MIB)
			continue;
		if (s.p[0] < 0x80) {
			buf_byte(&l->text, s.p[0] == '\n' || s.p[0] == '\t' ? s.p[0] : ' ');
			s = span_from(s, 1);
		} else {
			uint32_t c = utf8_get(s, &n);

			if (!utf8_unseen(c))
				utf8_put(&l->text, c);
			s = span_from(s, n);
		}
	}
}

void layout_problem(struct layout *l, const char *problem)
{
	if (l->problem == NULL)
		l->problem = problem;
}

void layout_limit(struct layout *l, const char *problem)
{
	layout_problem(l, problem);
	l->cut = true;
}
