#include "base/fit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

enum { USUAL = 80, NARROWEST = 20, WIDEST = 10000, BETWEEN = 2, TEXT_LEAST = 16 };

unsigned fit_terminal(int fd)
{
	const char *said = getenv("COLUMNS");
	unsigned long n = said != NULL ? strtoul(said, NULL, 10) : 0;
	struct winsize w;

	if (isatty(fd) == 0)
		return 0;
	if (n < NARROWEST || n > WIDEST)
		n = ioctl(fd, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
	return n < NARROWEST ? USUAL : (unsigned)n;
}

/* Unicode 15, EastAsianWidth W and F by blocks; combining marks of the blocks that mail has. */
static unsigned cells_of(uint32_t c)
{
	if ((c >= 0x300 && c < 0x370) || (c >= 0x200b && c <= 0x200d) || (c >= 0xfe00 && c < 0xfe10))
		return 0;
	if (c < 0x1100)
		return 1;
	return (c < 0x1160 || (c >= 0x2e80 && c < 0xa4d0 && c != 0x303f) || (c >= 0xac00 && c < 0xd7a4) || (c >= 0xf900 && c < 0xfb00) ||
	           (c >= 0xfe30 && c < 0xfe70) || (c >= 0xff00 && c < 0xff61) || (c >= 0xffe0 && c < 0xffe7) || (c >= 0x1f300 && c < 0x1fb00) ||
	           (c >= 0x20000 && c < 0x40000)) ? 2 : 1;
}

/* How many of the first bytes of s take at most so many cells; *took: how many they take. */
static size_t first_cells(span s, size_t most, size_t *took)
{
	size_t at = 0, len;

	for (*took = 0; at < s.n; at += len) {
		unsigned n = cells_of(utf8_get(span_from(s, at), &len));

		if (*took + n > most)
			break;
		*took += n;
	}
	return at;
}

/* As much of the end of s as takes at most so many cells; *took: how many. */
static span last_cells(span s, size_t most, size_t *took)
{
	size_t len;

	(void)first_cells(s, SIZE_MAX, took);
	while (*took > most) {
		*took -= cells_of(utf8_get(s, &len));
		s = span_from(s, len);
	}
	return s;
}

/* The piece of a heading on that line of it; the last has the "_" between those that remain. */
static span heading_piece(const char *heading, size_t line)
{
	span rest = span_str(heading);

	for (size_t i = 0; i < line; i++)
		rest = span_from(rest, span_find_byte(rest, '_') + (span_find_byte(rest, '_') < rest.n));
	return span_first(rest, span_find_byte(rest, '_'));
}

static size_t heading_lines(const char *heading)
{
	size_t n = 1;

	for (; *heading != '\0'; heading++)
		n += *heading == '_';
	return n;
}

static unsigned longest_piece(const char *heading)
{
	unsigned most = 0;

	for (size_t i = 0; i < heading_lines(heading); i++) {
		unsigned n = (unsigned)heading_piece(heading, i).n;

		most = n > most ? n : most;
	}
	return most;
}

void fit_init(struct fit *f, unsigned room)
{
	*f = (struct fit){.room = room};
	buf_init(&f->text, (size_t)64 << 20);
	buf_init(&f->kept, (size_t)1 << 30);
}

void fit_free(struct fit *f)
{
	buf_free(&f->text);
	buf_free(&f->kept);
}

void fit_add(struct fit *f, const struct fit_column *c)
{
	assert(f->n < FIT_COLUMNS);
	f->v[f->n++] = *c;
}

void fit_measure(struct fit *f, size_t column, span text)
{
	struct fit_column *c = &f->v[column];
	size_t took;

	(void)first_cells(text, WIDEST, &took);
	c->longest = took > c->longest ? (unsigned)took : c->longest;
}

static unsigned needed(const struct fit *f)
{
	unsigned sum = 0;

	for (size_t i = 0; i < f->n; i++)
		sum += f->v[i].shown != 0 ? f->v[i].shown + (sum != 0 ? BETWEEN : 0) : 0;
	return sum;
}

/* Of those that may be cut and are wider than that, the widest. */
static struct fit_column *widest(struct fit *f, unsigned least)
{
	struct fit_column *best = NULL;

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].kind == FIT_TEXT && f->v[i].shown > least && f->v[i].shown > longest_piece(f->v[i].heading) &&
		    (best == NULL || f->v[i].shown > best->shown))
			best = &f->v[i];
	return best;
}

static struct fit_column *next_to_go(struct fit *f)
{
	for (int spared = 0; spared < 2; spared++)
		for (size_t i = f->n; i-- > 1;)
			if (f->v[i].shown != 0 && f->v[i].spared == (spared != 0))
				return &f->v[i];
	return NULL;
}

/* What was left over when the last column went: back to what was cut. */
static void fill(struct fit *f)
{
	for (bool grown = true; grown && needed(f) < f->room;) {
		grown = false;
		for (size_t i = 0; i < f->n && needed(f) < f->room; i++)
			if (f->v[i].shown != 0 && f->v[i].shown < f->v[i].longest) {
				f->v[i].shown++;
				grown = true;
			}
	}
}

void fit_settle(struct fit *f)
{
	struct fit_column *c;

	for (size_t i = 0; i < f->n; i++) {
		unsigned heading = (unsigned)strlen(f->v[i].heading);

		f->v[i].shown = f->room == 0 ? f->v[i].width : f->v[i].longest > heading ? f->v[i].longest : heading;
	}
	if (f->room == 0)
		return;
	if (needed(f) > f->room)
		for (size_t i = 0; i < f->n; i++) {
			unsigned piece = longest_piece(f->v[i].heading);

			f->v[i].shown = f->v[i].longest > piece ? f->v[i].longest : piece;
		}
	while (needed(f) > f->room && (c = widest(f, TEXT_LEAST)) != NULL)
		c->shown--;
	while (needed(f) > f->room && (c = next_to_go(f)) != NULL)
		c->shown = 0;
	if (needed(f) > f->room) /* one column, wider than the terminal */
		f->v[0].shown = f->room;
	fill(f);
}

static bool is_last(const struct fit *f, size_t column)
{
	for (size_t i = column + 1; i < f->n; i++)
		if (fit_has(f, i))
			return false;
	return true;
}

/* text is shown already, in f->text or a constant. */
static void put(struct fit *f, struct buf *out, size_t column, span text)
{
	const struct fit_column *c = &f->v[column];
	bool last = is_last(f, column);
	size_t n, at = first_cells(text, WIDEST, &n);

	for (size_t i = 0; i < column; i++)
		if (fit_has(f, i)) {
			buf_str(out, "  ");
			break;
		}
	for (; c->kind == FIT_NUMBER && n < c->shown; n++)
		buf_byte(out, ' ');
	if (f->room != 0 && c->kind == FIT_TEXT && n > c->shown) {
		at = first_cells(text, c->shown - 1, &n);
		if (text.p[0] == '/') { /* what tells one path from another is its end */
			text = last_cells(text, c->shown - 1, &n);
			buf_str(out, "\xe2\x80\xa6"); /* ellipsis */
			buf_put(out, text);
		} else {
			buf_put(out, span_first(text, at));
			buf_str(out, "\xe2\x80\xa6");
		}
		n++;
	} else {
		buf_put(out, text);
	}
	for (; !last && n < c->shown; n++)
		buf_byte(out, ' ');
	if (last)
		buf_byte(out, '\n');
}

void fit_cell(struct fit *f, struct buf *out, size_t column, span text)
{
	if (!fit_has(f, column))
		return;
	buf_clear(&f->text);
	utf8_show(&f->text, text);
	out->failed = out->failed || f->text.failed;
	put(f, out, column, buf_span(&f->text));
}

void fit_headings(struct fit *f, struct buf *out)
{
	size_t lines = 1;

	for (size_t i = 0; i < f->n; i++)
		if (fit_has(f, i) && f->room != 0 && strlen(f->v[i].heading) > f->v[i].shown && heading_lines(f->v[i].heading) > lines)
			lines = heading_lines(f->v[i].heading);
	for (size_t line = 0; line < lines; line++)
		for (size_t i = 0; i < f->n; i++) {
			const char *heading = f->v[i].heading;
			bool broken = f->room != 0 && strlen(heading) > f->v[i].shown;
			size_t mine = broken ? heading_lines(heading) : 1;

			if (!fit_has(f, i))
				continue;
			/* They stand on the line above the rows. */
			put(f, out, i, line + mine < lines ? SPAN_EMPTY : broken ? heading_piece(heading, line + mine - lines) : span_str(heading));
		}
}

void fit_left_out(const struct fit *f, struct buf *out, const char *all)
{
	const char *before = "";

	for (size_t i = 0; i < f->n; i++)
		if (!fit_has(f, i)) {
			if (*before == '\0')
				buf_printf(out, "Not shown in the %u columns of this terminal: ", f->room);
			buf_printf(out, "%s%s", before, f->v[i].heading);
			before = ", ";
		}
	if (*before != '\0')
		buf_printf(out, " (%s)\n", all);
}

void fit_keep(struct fit *f, const char *const *cells)
{
	for (size_t i = 0; i < f->n; i++) {
		fit_measure(f, i, span_str(cells[i]));
		buf_put(&f->kept, span_of(cells[i], strlen(cells[i]) + 1));
	}
}

void fit_print(struct fit *f, struct buf *out, const char *all)
{
	span rest = buf_span(&f->kept);

	out->failed = out->failed || f->kept.failed;
	fit_settle(f);
	fit_headings(f, out);
	for (size_t i = 0; rest.n != 0; i = (i + 1) % f->n) {
		size_t n = span_find_byte(rest, '\0');

		fit_cell(f, out, i, span_first(rest, n));
		rest = span_from(rest, n + 1);
	}
	fit_left_out(f, out, all);
}
