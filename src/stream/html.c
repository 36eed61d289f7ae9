#include "stream/html.h"

#include "base/utf8.h"
#include "stream/html-private.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/*
 * One walker makes the text and answers where it came from. What it gives out comes in units: a run of bytes
 * that stand for themselves, or some bytes that a piece of `in` (a tag, a character by name) became.
 */
struct gap {
	bool any;
	bool row, line, apart; /* a line end is due: of a table's row, of a block; an empty line besides: what is quoted is of other mail */
	size_t tabs;
	size_t from, n;  /* the tag that asked last */
};

struct walk {
	span in;
	size_t at;          /* read up to here */
	unsigned char *out; /* NULL: only counting */
	size_t n;           /* bytes given out */
	unsigned char last; /* the newest of them; '\n' before the first */
	bool pre;           /* within <pre> */
	bool row_begins;    /* no cell of the row was seen yet */
	bool valued;        /* a value was given last: a letter behind it is not of it */
	struct html_cells cells;
	size_t solid_at, wide_at; /* how much was given out when the newest was a blank that does not break, and one behind another */
	struct gap gap;     /* what has to stand before the next text, if there is any */
	struct html_missing missing;
	span href;          /* of the <a> that is open; p NULL when none */
	size_t anchor_text; /* where the text of the <a> begins */

	/* A question, when out is NULL: units of the output, or of the input, within [low, high). */
	enum { ASK_NOTHING, ASK_PLACE, ASK_FIND } ask;
	size_t low, high;
	size_t from, to; /* the answer: the other side of these units */
	bool found;
};

/* The walk of a question that comes behind another begins at most about as many bytes before its place. */
enum { KEEP_EVERY = 2 * 1024, RUN_MAX = 2 * 1024 };

struct html_places { struct walk before; };

static void answer(struct walk *w, size_t from, size_t to)
{
	if (!w->found || from < w->from)
		w->from = from;
	if (!w->found || to > w->to)
		w->to = to;
	w->found = true;
}

/* [at, at + n) of one side stand for [other, other + other_n) of the other side: one for one, or as a whole. */
static void consider(struct walk *w, size_t at, size_t n, size_t other, size_t other_n, bool one_for_one)
{
	size_t low = w->low > at ? w->low : at, high = w->high < at + n ? w->high : at + n;

	if (low >= high)
		return;
	if (one_for_one)
		answer(w, other + (low - at), other + (high - at));
	else
		answer(w, other, other + other_n);
}

static void ask(struct walk *w, size_t from, size_t from_n, size_t n, bool one_for_one)
{
	switch (w->ask) {
	case ASK_NOTHING:
		break;
	case ASK_PLACE:
		consider(w, w->n, n, from, from_n, one_for_one);
		break;
	case ASK_FIND:
		consider(w, from, from_n, w->n, n, one_for_one);
		break;
	}
}

static void close_gap(struct walk *w);
static void part_value(struct walk *w, size_t at, unsigned char c);

/* Bytes of `in` as they are. What is given out is never more than what was read for it: text fits in in.n bytes. */
static void give_run(struct walk *w, size_t from, size_t n)
{
	if (w->gap.any)
		close_gap(w);
	if (w->valued)
		part_value(w, from, w->in.p[from]);
	if (w->out != NULL) {
		assert(n <= w->in.n - w->n);
		memcpy(w->out + w->n, w->in.p + from, n);
	} else {
		ask(w, from, n, n, true);
	}
	w->n += n;
	w->last = w->in.p[from + n - 1];
}

/* What [from, from + from_n) became; from_n 0 for what only decorates. */
static void give_bytes(struct walk *w, size_t from, size_t from_n, const unsigned char *text, size_t n)
{
	if (w->out != NULL) {
		assert(n <= w->in.n - w->n);
		memcpy(w->out + w->n, text, n);
	} else {
		ask(w, from, from_n, n, false);
	}
	w->n += n;
	w->last = text[n - 1];
}

static inline void give(struct walk *w, size_t from, size_t from_n, uint32_t c)
{
	unsigned char text[4] = {(unsigned char)c};

	if (w->gap.any)
		close_gap(w);
	if (w->valued)
		part_value(w, from, c < 0x80 ? (unsigned char)c : 'x');
	if (c < 0x80 && w->out != NULL && w->n < w->in.n)
		w->out[w->n++] = w->last = (unsigned char)c;
	else
		give_bytes(w, from, from_n, text, utf8_write(text, c));
}

static void part_value(struct walk *w, size_t at, unsigned char c)
{
	w->valued = false;
	if (!ascii_is_space(w->last) && ascii_is_alnum(c))
		give(w, at, 0, ' ');
}

/* Line ends and tabs are given only once text follows, so that <td><p>a</p></td><td>b is "a", tab, "b". */
static void close_gap(struct walk *w)
{
	struct gap g = w->gap;

	w->gap = (struct gap){0};
	if (w->n == 0)
		return;
	if ((g.row || g.line) && w->last != '\n')
		give(w, g.from, g.n, '\n');
	if (g.apart)
		give(w, g.from, g.n, '\n');
	for (size_t i = 0; i < g.tabs; i++)
		give(w, g.from, g.n, '\t');
}

static bool at_space(const struct walk *w) { return w->gap.any || ascii_is_space(w->last); }

/* White space; a blank that does not break (solid) keeps its distance to another, so that columns made with them stay apart. */
static void give_space(struct walk *w, size_t from, size_t from_n, bool solid)
{
	if (!at_space(w) || w->pre) {
		give(w, from, from_n, ' ');
		w->solid_at = solid ? w->n : w->solid_at;
	} else if ((solid || w->solid_at == w->n) && w->last == ' ' && !w->gap.any && w->wide_at != w->n) {
		give(w, from, from_n, ' ');
		w->wide_at = w->n;
	}
}

static struct gap *open_gap(struct walk *w, size_t from, size_t from_n)
{
	w->gap.any = true;
	w->gap.from = from;
	w->gap.n = from_n;
	return &w->gap;
}

static void block(struct walk *w, size_t from, size_t from_n)
{
	/* The cell that begins here ends the line of no other. */
	if (w->gap.tabs == 0)
		open_gap(w, from, from_n)->line = true;
}

static void row(struct walk *w, bool closing, size_t from, size_t from_n)
{
	struct gap *gap = open_gap(w, from, from_n);

	gap->line = true;
	gap->tabs = 0; /* of empty cells at the end of the row before */
	gap->row = gap->row || !closing;
	w->row_begins = !closing;
	if (!closing)
		html_cells_row(&w->cells);
}

static void cell(struct walk *w, const struct html_tag *t, size_t from, size_t from_n)
{
	unsigned empty = html_cells_next(&w->cells, w->in, t);

	if (!w->row_begins || empty > 0) {
		struct gap *gap = open_gap(w, from, from_n);

		gap->line = gap->line && w->row_begins;
		gap->tabs += empty + !w->row_begins;
	}
	w->row_begins = false;
}

/* A character of the text, however it was written. */
static void give_character(struct walk *w, size_t from, size_t from_n, uint32_t c)
{
	if (c == 0 || utf8_unseen(c))
		return;
	if (c == 0xa0 || (c < 0x80 && ascii_is_space((unsigned char)c)))
		give_space(w, from, from_n, c == 0xa0);
	else
		give(w, from, from_n, c);
}

/* What a run stops at: markup, white space that may have to go, NUL, and the lead bytes of characters that go. */
static bool stops(unsigned char c, unsigned char before)
{
	return c == '<' || c == '&' || c < 0x20 || (c == ' ' && before == ' ') || c == 0xc2 || c == 0xe2 || c == 0xef;
}

/* How many bytes from `at` on, before `end`, stand for themselves. */
static size_t run(const struct walk *w, size_t at, size_t end)
{
	const unsigned char *p = w->in.p;
	unsigned char before = at_space(w) ? ' ' : 'x';
	size_t from = at;

#if defined(__SSE2__)
	const __m128i lt = _mm_set1_epi8('<'), amp = _mm_set1_epi8('&'), space = _mm_set1_epi8(' ');
	const __m128i c2 = _mm_set1_epi8((char)0xc2), e2 = _mm_set1_epi8((char)0xe2), ef = _mm_set1_epi8((char)0xef);
	const __m128i control = _mm_set1_epi8(0x1f);

	while (end - at >= 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + at));
		__m128i stop = _mm_or_si128(_mm_cmpeq_epi8(x, lt), _mm_cmpeq_epi8(x, amp));
		unsigned spaces = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, space)), mask;

		stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_min_epu8(x, control), x));
		stop = _mm_or_si128(stop, _mm_or_si128(_mm_cmpeq_epi8(x, c2), _mm_cmpeq_epi8(x, e2)));
		stop = _mm_or_si128(stop, _mm_cmpeq_epi8(x, ef));
		mask = (unsigned)_mm_movemask_epi8(stop) | (spaces & (spaces << 1 | (before == ' ')));
		if (mask != 0)
			return at + (unsigned)__builtin_ctz(mask) - from;
		before = p[at + 15];
		at += 16;
	}
#endif
	while (at < end && !stops(p[at], before))
		before = p[at++];
	return at - from;
}

/* An attribute's value behind its element, as " <value>"; one that a page shows, as text. */
static void give_value(struct walk *w, span value, bool shown)
{
	size_t at = (size_t)(value.p - w->in.p), end = at + value.n;

	if (!at_space(w))
		give(w, at, 0, ' ');
	if (!shown)
		give(w, at, 0, '<');
	while (at < end) {
		size_t n = run(w, at, end);
		uint32_t c;

		if (n != 0) {
			give_run(w, at, n);
		} else {
			if (w->in.p[at] != '&' || (n = html_reference(span_first(w->in, end), at, true, &c)) == 0)
				c = utf8_get(span_of(w->in.p + at, end - at), &n);
			give_character(w, at, n, c);
		}
		at += n;
	}
	if (!shown)
		give(w, end, 0, '>');
	w->valued = true;
}

static bool source_worth_showing(span value)
{
	size_t query = span_find_byte(value, '?');

	return !span_starts_nocase(value, SPAN_LIT("data:")) && !span_starts_nocase(value, SPAN_LIT("cid:")) &&
	       (span_find_byte(value, '@') < value.n || span_find_byte(span_from(value, query), '=') < value.n - query);
}

/* Could the attribute hold a secret, or name somebody? Addresses of pictures rarely do, those of links often. */
static bool worth_showing(span name, span value, const struct html_tag *t)
{
	if (value.n == 0)
		return false;
	switch (name.p[0] | 0x20) {
	case 'h':
		return span_eq_nocase(name, SPAN_LIT("href")) && value.p[0] != '#' &&
		       !span_starts_nocase(value, SPAN_LIT("javascript:")) &&
		       !span_starts_nocase(value, SPAN_LIT("data:"));
	case 's':
		return span_eq_nocase(name, SPAN_LIT("src")) && source_worth_showing(value);
	case 'c':
		return span_eq_nocase(name, SPAN_LIT("content")) && (t->name.p[0] | 0x20) == 'm';
	case 'v':
		return span_eq_nocase(name, SPAN_LIT("value"));
	case 'a':
		return span_eq_nocase(name, SPAN_LIT("alt"));
	case 't':
		return span_eq_nocase(name, SPAN_LIT("title"));
	default:
		return false;
	}
}

static void give_attributes(struct walk *w, const struct html_tag *t)
{
	bool shows_typed = html_shows_typed(w->in, t);
	struct html_attribute a;

	for (size_t at = html_names_program(w->in, t) ? t->end : 0; html_attribute(w->in, t, &at, &a);)
		if (worth_showing(a.name, a.value, t))
			give_value(w, a.value, shows_typed && span_eq_nocase(a.name, SPAN_LIT("value")));
}

/* The href of the <a> that ends before `end`, unless the text shows it already. */
static void anchor_end(struct walk *w, size_t end)
{
	span href = w->href, shown;

	w->href = SPAN_EMPTY;
	if (href.p == NULL || end < w->anchor_text)
		return;
	shown = span_trim(span_sub(w->in, w->anchor_text, end - w->anchor_text));
	if (span_eq(shown, href) ||
	    (span_starts_nocase(href, SPAN_LIT("mailto:")) && span_eq(shown, span_from(href, 7))))
		return;
	give_value(w, href, false);
}

static void anchor(struct walk *w, const struct html_tag *t, size_t at)
{
	struct html_attribute a;

	anchor_end(w, at);
	if (t->closing)
		return;
	for (size_t i = 0; html_attribute(w->in, t, &i, &a);)
		if (worth_showing(a.name, a.value, t) && span_eq_nocase(a.name, SPAN_LIT("href"))) {
			w->href = a.value;
			w->anchor_text = t->end;
			return;
		}
}

/* Behind the end tag of a script or style; behind its begin tag when it has none: what follows is shown then. */
static size_t hidden_end(struct walk *w, const struct html_tag *t)
{
	bool script = (t->name.p[1] | 0x20) == 'c';
	bool *missing = script ? &w->missing.script_end : &w->missing.style_end;
	span close = script ? SPAN_LIT("/script") : SPAN_LIT("/style");
	size_t at = t->end;

	while (!*missing) {
		at += span_find_byte(span_from(w->in, at), '<');
		if (at >= w->in.n)
			break;
		if (span_starts_nocase(span_from(w->in, ++at), close)) {
			at += span_find_byte(span_from(w->in, at), '>');
			return at < w->in.n ? at + 1 : at;
		}
	}
	*missing = true;
	return t->end;
}

static size_t element(struct walk *w, const struct html_tag *t, size_t at)
{
	size_t n = t->end - at;

	switch (t->kind) {
	case HTML_INLINE:
		break;
	case HTML_BLOCK:
		if (span_eq_nocase(t->name, SPAN_LIT("table")))
			html_cells_end(&w->cells);
		block(w, at, n);
		w->gap.apart |= w->gap.tabs == 0 && span_eq_nocase(t->name, SPAN_LIT("blockquote"));
		break;
	case HTML_BREAK:
		give(w, at, n, '\n');
		break;
	case HTML_CELL:
		if (!t->closing)
			cell(w, t, at, n);
		break;
	case HTML_ROW:
		row(w, t->closing, at, n);
		break;
	case HTML_PRE:
		block(w, at, n);
		w->pre = !t->closing;
		break;
	case HTML_HIDDEN:
		return t->closing ? t->end : hidden_end(w, t);
	case HTML_ANCHOR:
		anchor(w, t, at);
		break;
	case HTML_FIELD:
		if (!t->closing)
			give_attributes(w, t);
		break;
	}
	return t->end;
}

/* Behind the first `needle` from `from` on; 0 when there is none. */
static size_t behind(span in, size_t from, span needle, bool *missing)
{
	span rest = span_from(in, from);
	size_t n = *missing ? rest.n : span_find(rest, needle);

	if (n == rest.n) {
		*missing = true;
		return 0;
	}
	return from + n + needle.n;
}

/* "<!" and "<?": comments, CDATA sections, declarations. */
static size_t declaration(struct walk *w, size_t at)
{
	span rest = span_from(w->in, at);
	size_t end;

	if (span_starts(rest, SPAN_LIT("<!-->")))
		return at + 5;
	if (span_starts(rest, SPAN_LIT("<!--->")))
		return at + 6;
	if (span_starts(rest, SPAN_LIT("<!--")) &&
	    (end = behind(w->in, at + 4, SPAN_LIT("-->"), &w->missing.comment_end)) != 0)
		return end;
	if (span_starts_nocase(rest, SPAN_LIT("<![CDATA[")) &&
	    (end = behind(w->in, at + 9, SPAN_LIT("]]>"), &w->missing.cdata_end)) != 0) {
		if (end - at > 12)
			give_run(w, at + 9, end - at - 12);
		return end;
	}
	if ((end = behind(w->in, at, SPAN_LIT(">"), &w->missing.tag_end)) != 0)
		return end;
	give_run(w, at, 1);
	return at + 1;
}

static size_t less_than(struct walk *w, size_t at)
{
	unsigned char next = at + 1 < w->in.n ? w->in.p[at + 1] : 0;
	struct html_tag t;

	if (next == '!' || next == '?')
		return declaration(w, at);
	if (html_tag(w->in, at, &w->missing, &t))
		return element(w, &t, at);
	give_run(w, at, 1);
	return at + 1;
}

static size_t white_space(struct walk *w, size_t at)
{
	size_t from = at;

	if (w->pre) {
		if (w->in.p[at] != '\r')
			give_run(w, at, 1);
		return at + 1;
	}
	while (at < w->in.n && ascii_is_space(w->in.p[at]))
		at++;
	give_space(w, from, at - from, false);
	return at;
}

/* One thing that does not stand for itself. */
static size_t special(struct walk *w, size_t at)
{
	unsigned char c = w->in.p[at];
	size_t n;
	uint32_t code;

	if (c == '<')
		return less_than(w, at);
	if (c == '&') {
		if ((n = html_reference(w->in, at, false, &code)) != 0) {
			give_character(w, at, n, code);
			return at + n;
		}
		give_run(w, at, 1);
		return at + 1;
	}
	if (ascii_is_space(c))
		return white_space(w, at);
	code = utf8_get(span_from(w->in, at), &n);
	if (code == 0xfffd || (c != 0 && c < 0x80))
		give_run(w, at, n);
	else
		give_character(w, at, n, code);
	return at + n;
}

/* Is what stands at [at, at + n) of `in` asked for? */
static bool concerns(const struct walk *w, size_t at, size_t n) { return at < w->high && at + n > w->low; }

/* Has the question of an asking walk its answer? What an open <a> or a gap gives comes later than it stands. */
static bool answered(const struct walk *w, size_t at)
{
	switch (w->ask) {
	case ASK_NOTHING:
		return false;
	case ASK_PLACE:
		return w->n >= w->high;
	case ASK_FIND:
		return at >= w->high && (w->href.p == NULL || !concerns(w, (size_t)(w->href.p - w->in.p), w->href.n)) &&
		    (!w->gap.any || !concerns(w, w->gap.from, w->gap.n));
	}
	return false;
}

/* From w->at on; keeps in *before (may be NULL) where it stood not long before what is asked for. */
static void walk(struct walk *w, struct walk *before)
{
	while (w->at < w->in.n && !answered(w, w->at)) {
		size_t n = run(w, w->at, w->in.n - w->at < RUN_MAX ? w->in.n : w->at + RUN_MAX);

		if (n != 0)
			give_run(w, w->at, n);
		w->at += n;
		if (n == 0)
			w->at = special(w, w->at);
		if ((w->ask == ASK_PLACE ? w->n : w->at) <= w->low && before != NULL && w->at - before->at > KEEP_EVERY)
			*before = *w;
	}
	if (w->at == w->in.n)
		anchor_end(w, w->at);
}

enum errc html_text(struct arena *a, span in, span *out, struct err *e)
{
	struct walk w = {.in = in, .last = '\n'};

	*out = SPAN_EMPTY;
	if ((w.out = arena_alloc(a, in.n)) == NULL)
		return err_memory(e);
	walk(&w, NULL);
	arena_shrink(a, w.out, in.n, w.n);
	*out = span_of(w.out, w.n);
	return OK;
}

enum errc html_places_new(struct arena *a, span in, struct html_places **out, struct err *e)
{
	if ((*out = arena_zero(a, 1, sizeof **out)) == NULL)
		return err_memory(e);
	(*out)->before = (struct walk){.in = in, .last = '\n'};
	return OK;
}

/* The walk that answers: from where the one before may go on, or from the beginning. */
static struct walk asked(struct html_places *h, bool goes_back, size_t low, size_t high)
{
	struct walk w;

	if (goes_back)
		h->before = (struct walk){.in = h->before.in, .last = '\n'};
	w = h->before;
	w.low = low;
	w.high = high;
	return w;
}

void html_place(struct html_places *h, size_t at, size_t n, size_t *from, size_t *to)
{
	struct walk w = asked(h, h->before.n > at, at, at + n);

	w.ask = ASK_PLACE;
	walk(&w, &h->before);
	*from = w.found ? w.from : w.in.n;
	*to = w.found ? w.to : w.in.n;
}

void html_find(struct html_places *h, size_t from, size_t to, size_t *at, size_t *n)
{
	struct walk w = asked(h, h->before.at > from, from, to);

	w.ask = ASK_FIND;
	walk(&w, &h->before);
	*at = w.found ? w.from : w.n;
	*n = w.found ? w.to - w.from : 0;
}
