/*
 * Tracked changes of a document of Word 97 to 2003: its text has what was deleted beside what was put in its place, and only the formatting of the
 * characters (MS-DOC 2.8.6, 2.9.32) says which is which.
 */
#include <stdlib.h>

#include "document/legacy.h"

enum { PAGE = 512, RUNS_MAX = 0x65 /* of a page: 2.9.33 */, SPRM_DELETED = 0x0800, SPRM_INSERTED = 0x0801, SPRM_TABLE = 0xd608, SPRM_TABS = 0xc615 };

/* Bytes of an operand, by the three highest bits of the operation that it is of (2.2.5.1); 0: the first says how many follow it. */
static const unsigned char operands[8] = {1, 1, 2, 2, 4, 2, 0, 3};

/* What a list of operations on a run of characters says of it. */
static enum doc_change change_of(span grpprl)
{
	enum doc_change change = DOC_KEPT;

	while (grpprl.n > 2) {
		unsigned sprm = (unsigned)grpprl.p[0] | (unsigned)grpprl.p[1] << 8, n = operands[sprm >> 13];

		grpprl = span_from(grpprl, 2);
		if (sprm == SPRM_DELETED || sprm == SPRM_INSERTED) {
			if (grpprl.p[0] == 1)
				change = sprm == SPRM_DELETED ? DOC_DELETED : DOC_INSERTED;
			else if (change == (sprm == SPRM_DELETED ? DOC_DELETED : DOC_INSERTED))
				change = DOC_KEPT;
		} else if (sprm == SPRM_TABLE || sprm == SPRM_TABS) {
			return change; /* none of characters, and their lengths are others */
		}
		grpprl = span_from(grpprl, n > 0 ? n : 1 + (size_t)grpprl.p[0]);
	}
	return change;
}

static bool page_read(struct arena *a, span page, struct doc_changes *out)
{
	unsigned n = page.n == PAGE ? page.p[PAGE - 1] : 0;

	if (n > RUNS_MAX)
		return true; /* damaged: what it would say is not known */
	for (unsigned i = 0; i < n; i++) {
		size_t at = 2 * (size_t)page.p[4 * (n + 1) + i];
		struct doc_run run = {.from = le32_at(page, 4 * (size_t)i), .to = le32_at(page, 4 * (size_t)i + 4)}, *v;

		if (at == 0 || at >= PAGE - 1 || run.to <= run.from)
			continue;
		run.change = change_of(span_sub(page, at + 1, page.p[at] < PAGE - 1 - (at + 1) ? page.p[at] : PAGE - 1 - (at + 1)));
		if (run.change == DOC_KEPT)
			continue;
		if ((v = arena_grow(a, out->v, out->n, &out->cap, sizeof *v, 16)) == NULL)
			return false;
		out->v = v;
		v[out->n++] = run;
	}
	return true;
}

static int by_place(const void *va, const void *vb)
{
	const struct doc_run *a = va, *b = vb;

	return (a->from > b->from) - (a->from < b->from);
}

bool doc_changes_read(struct arena *a, span text, span plc, struct doc_changes *out)
{
	size_t n = plc.n < 4 ? 0 : (plc.n - 4) / 8, most = text.n / PAGE;

	*out = (struct doc_changes){0};
	/* Each page stands once. */
	for (size_t i = 0; i < n && i < most; i++)
		if (!page_read(a, span_sub(text, PAGE * (size_t)(le32_at(plc, 4 * (n + 1) + 4 * i) & 0x3fffff), PAGE), out))
			return false;
	if (out->n > 1)
		qsort(out->v, out->n, sizeof *out->v, by_place);
	return true;
}

enum doc_change doc_change_at(struct doc_changes *c, size_t at, size_t *until)
{
	/* Asked mostly in order. */
	if (c->next > 0 && (c->next > c->n || c->v[c->next - 1].to > at))
		c->next = 0;
	while (c->next < c->n && c->v[c->next].to <= at)
		c->next++;
	*until = SIZE_MAX;
	if (c->next == c->n)
		return DOC_KEPT;
	*until = c->v[c->next].from > at ? c->v[c->next].from : c->v[c->next].to;
	return c->v[c->next].from > at ? DOC_KEPT : c->v[c->next].change;
}

void doc_authors_put(struct layout *l, span text, span table)
{
	/* SttbfRMark (2.9.284): a head, then each name behind its length; the first is who is not known. */
	static const unsigned char nobody[] = {7, 0, 'U', 0, 'n', 0, 'k', 0, 'n', 0, 'o', 0, 'w', 0, 'n', 0};
	span names = span_from(span_sub(table, le32_at(text, 0x232), le32_at(text, 0x236)), 6);

	if (span_starts(names, span_of(nobody, sizeof nobody)))
		names = span_from(names, sizeof nobody);
	layout_group(l, false, "properties", SPAN_EMPTY);
	letters_put(l, span_sub(table, le32_at(text, 0x1ba), le32_at(text, 0x1be))); /* GrpXstAtnOwners */
	letters_put(l, names);
}
