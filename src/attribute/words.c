#include "attribute/words.h"

#include <stdlib.h>

#include "attribute/tokens.h"
#include "base/io.h"
#include "base/limits.h"

enum errc words_new(struct arena *a, size_t n, struct words *out, struct err *e)
{
	size_t cap = 16;

	while (cap / 2 < n)
		cap *= 2;
	*out = (struct words){.cap = cap, .slots = arena_zero(a, cap, sizeof *out->slots)};
	return out->slots != NULL ? OK : err_memory(e);
}

static size_t place(const struct words *w, uint64_t hash)
{
	size_t i = hash & (w->cap - 1);

	while (w->slots[i] != 0 && w->slots[i] != hash)
		i = (i + 1) & (w->cap - 1);
	return i;
}

void words_add(struct words *w, uint64_t hash)
{
	size_t i = place(w, hash != 0 ? hash : 1);

	if (w->slots[i] == 0) {
		assert(w->n < w->cap - 1);
		w->slots[i] = hash != 0 ? hash : 1;
		w->n++;
	}
}

bool words_has(const struct words *w, uint64_t hash)
{
	return w->cap != 0 && w->slots[place(w, hash != 0 ? hash : 1)] != 0;
}

enum errc words_read(struct arena *a, const char *dir, const char *name, struct words *out, span *text, struct err *e)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);
	size_t lines = 1;
	enum errc rc;
	span rest, line;

	if (path == NULL)
		return err_memory(e);
	if ((rc = io_read_file(a, path, LIMIT_WORDS_BYTES, text, e)) != OK)
		return rc;
	for (size_t i = 0; i < text->n; i++)
		lines += text->p[i] == '\n';
	if ((rc = words_new(a, lines, out, e)) != OK)
		return rc;
	rest = *text;
	while (span_line(&rest, &line)) {
		unsigned char lower[256];

		line = span_trim(span_first(line, span_find_byte(line, '#')));
		if (line.n == 0 || line.n > sizeof lower)
			continue;
		for (size_t i = 0; i < line.n; i++)
			lower[i] = ascii_lower(line.p[i]);
		words_add(out, token_hash(span_of(lower, line.n)));
	}
	return OK;
}
