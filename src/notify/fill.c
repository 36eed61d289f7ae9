#include "base/utf8.h"
#include "notify/private.h"

enum { WIDTH = 72 };

/* Columns: characters, all of them one wide; good enough for the scripts that notices are written in. */
static size_t width_of(span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

struct fill {
	struct buf *out;
	size_t column, hang; /* hang: columns before a continued line */
	bool open;           /* a paragraph is begun; */
	bool entry;          /* with "- " */
};

static void put_blanks(struct buf *b, size_t n)
{
	while (n-- != 0)
		buf_byte(b, ' ');
}

static void end_paragraph(struct fill *f)
{
	if (f->open)
		buf_byte(f->out, '\n');
	f->open = f->entry = false;
	f->column = f->hang = 0;
}

static void put_words(struct fill *f, span s)
{
	while (s.n != 0) {
		size_t n = span_find_byte(s, ' ');
		span word = span_first(s, n);
		size_t width = width_of(word);

		s = span_from(s, n + 1);
		if (n == 0)
			continue;
		if (f->column > f->hang && f->column + 1 + width > WIDTH) {
			buf_byte(f->out, '\n');
			put_blanks(f->out, f->hang);
			f->column = f->hang;
		} else if (f->column > f->hang) {
			buf_byte(f->out, ' ');
			f->column++;
		}
		buf_put(f->out, word);
		f->column += width;
	}
}

void text_fill(struct buf *out, span text)
{
	struct fill f = {.out = out};
	size_t start = out->n;
	span line;

	while (span_line(&text, &line)) {
		size_t indent = 0;
		span rest = span_trim(line);

		while (indent < line.n && line.p[indent] == ' ')
			indent++;
		if (rest.n == 0) {
			end_paragraph(&f);
			if (out->n > start + 1 && out->p[out->n - 2] != '\n')
				buf_byte(out, '\n');
			continue;
		}
		/* Goes on where the paragraph stands: at the left, or under the text of an entry. */
		if (f.open && indent == f.hang && !span_starts(rest, SPAN_LIT("- ")) && (indent == 0 || f.entry)) {
			put_words(&f, rest);
			continue;
		}
		end_paragraph(&f);
		f.open = true;
		put_blanks(out, indent);
		f.column = f.hang = indent;
		if (span_starts(rest, SPAN_LIT("- "))) {
			buf_str(out, "- ");
			f.entry = true;
			f.hang += 2;
			f.column = f.hang;
			rest = span_from(rest, 2);
		}
		put_words(&f, rest);
	}
	end_paragraph(&f);
	while (out->n > start + 1 && out->p[out->n - 1] == '\n' && out->p[out->n - 2] == '\n')
		out->n--;
}
