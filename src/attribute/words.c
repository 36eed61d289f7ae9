#include "attribute/words.h"

#include <stdlib.h>

#include "attribute/tokens.h"
#include "base/io.h"
#include "base/limits.h"

static size_t place(const struct words *w, uint64_t hash)
{
	size_t i = (hash >> 3) & (w->cap - 1);

	while (w->slots[i] != 0 && (w->slots[i] ^ hash) > WORD_KINDS)
		i = (i + 1) & (w->cap - 1);
	return i;
}

static enum errc grow(struct arena *a, struct words *w, struct err *e)
{
	struct words more = {.n = w->n, .cap = w->cap != 0 ? 2 * w->cap : 64};

	if ((more.slots = arena_zero(a, more.cap, sizeof *more.slots)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < w->cap; i++)
		if (w->slots[i] != 0)
			more.slots[place(&more, w->slots[i])] = w->slots[i];
	*w = more;
	return OK;
}

enum errc words_add(struct arena *a, struct words *w, uint64_t hash, unsigned kinds, struct err *e)
{
	enum errc rc;
	size_t i;

	if (w->n >= w->cap / 2 && (rc = grow(a, w, e)) != OK)
		return rc;
	i = place(w, hash);
	if (w->slots[i] == 0) {
		w->slots[i] = hash & ~(uint64_t)WORD_KINDS;
		w->n++;
	}
	w->slots[i] |= kinds & WORD_KINDS;
	return OK;
}

unsigned words_kinds(const struct words *w, uint64_t hash)
{
	return w->cap != 0 ? (unsigned)w->slots[place(w, hash)] & WORD_KINDS : 0;
}

enum errc words_read(struct arena *a, const char *dir, const char *name, enum word_kind kind, struct words *w, span *text,
    struct err *e)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);
	enum errc rc;
	span rest, line;

	if (path == NULL)
		return err_memory(e);
	if ((rc = io_read_file(a, path, LIMIT_WORDS_BYTES, text, e)) != OK)
		return rc;
	rest = *text;
	while (span_line(&rest, &line)) {
		unsigned char lower[256];

		line = span_trim(span_first(line, span_find_byte(line, '#')));
		if (line.n == 0 || line.n > sizeof lower)
			continue;
		for (size_t i = 0; i < line.n; i++)
			lower[i] = ascii_lower(line.p[i]);
		if ((rc = words_add(a, w, token_hash(span_of(lower, line.n)), kind, e)) != OK)
			return rc;
	}
	return OK;
}
