/*
 * Earlier versions of a PDF. A program that changes a file may put what is new behind it and leave what was there (incremental updates,
 * 7.5.6): what was blackened or deleted since is still in it, and each version ends with a mark of its own.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "document/pdf.h"

/* The first versions say most of what is gone, and each takes as long as the file. */
enum { VERSIONS = 4, LEAST = 64 /* bytes that a later version adds */ };
#define MARK SPAN_LIT("%%EOF")

/* Hashes of lines, sorted. */
struct lines { uint64_t *v; size_t n; };

static int by_value(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

static bool lines_of(struct arena *a, span text, struct lines *out)
{
	size_t most = 1;
	span line;

	for (size_t i = 0; i < text.n; i++)
		most += text.p[i] == '\n';
	out->n = 0;
	if ((out->v = arena_zero(a, most, sizeof *out->v)) == NULL)
		return false;
	while (out->n < most && span_line(&text, &line))
		out->v[out->n++] = span_hash(span_trim(line));
	qsort(out->v, out->n, sizeof *out->v, by_value);
	return true;
}

static void put_new(struct layout *l, span text, const struct lines *known)
{
	uint32_t number = 0;
	bool begun = false;
	span line;

	while (!l->text.failed && span_line(&text, &line)) {
		uint64_t hash = span_hash(span_trim(line));

		number++;
		if (span_trim(line).n == 0 || (known->n != 0 && bsearch(&hash, known->v, known->n, sizeof hash, by_value) != NULL))
			continue;
		if (!begun)
			layout_group(l, false, "earlier version of the file", SPAN_EMPTY);
		begun = true;
		layout_at(l, number, 0);
		layout_text(l, line);
		layout_line(l);
	}
}

enum errc earlier_read(struct layout *l, size_t before, earlier_fn *read, void *ctx, struct err *e)
{
	struct layout was;
	struct document d = {0};
	struct lines known;
	struct arena *own;
	struct err why;
	enum errc rc = arena_new(&own, LIMIT_DOCUMENT_ARENA / 4, e), done;

	if (rc != OK)
		return rc;
	layout_init(&was, own);
	rc = read(ctx, &was, &why);
	done = layout_done(&was, own, &d, &why);
	if (rc != OK || done != OK)
		layout_problem(l, "an earlier version in it cannot be read");
	if (lines_of(l->a, span_from(buf_span(&l->text), before), &known)) {
		put_new(l, d.text, &known);
		rc = OK;
	} else {
		rc = err_memory(e);
	}
	arena_free(own);
	return rc;
}

/*
 * In memory of its own: what it takes too much of is not missing for the file as it is. Of its problems only limits are told: what is
 * damaged is damaged in the whole file too, and the first mark of a linearised file ends no version (annex F).
 */
static enum errc version(struct layout *l, span content, const struct lines *known, pdf_version_fn *read, struct err *e)
{
	struct layout old;
	struct document d = {0};
	struct arena *own;
	struct err why = {0};
	enum errc rc = arena_new(&own, LIMIT_DOCUMENT_ARENA / 4, e), done;

	if (rc != OK)
		return rc;
	layout_init(&old, own);
	old.passwords = l->passwords;
	old.depth = l->depth;
	rc = read(&old, content, &why);
	done = layout_done(&old, own, &d, &why);
	if ((rc != OK && rc != ERR_EVIDENCE) || (done != OK && done != ERR_EVIDENCE))
		layout_problem(l, "an earlier version in it cannot be read");
	else if (old.cut)
		layout_problem(l, "an earlier version in it is read in part");
	put_new(l, d.text, known);
	arena_free(own);
	return OK;
}

enum errc pdf_earlier(struct layout *l, span content, size_t before, pdf_version_fn *read, struct err *e)
{
	struct lines known = {0};
	size_t at = 0, n, told = 0;
	enum errc rc = OK;

	for (unsigned i = 0; rc == OK && (n = span_find(span_from(content, at), MARK)) < content.n - at; i++) {
		at += n + MARK.n;
		if (content.n - at < LEAST || l->text.failed)
			break;
		if (i == VERSIONS) {
			layout_problem(l, "more earlier versions in it than are read");
			break;
		}
		/* What one version had is not put again of the next. */
		if (told != l->text.n && !lines_of(l->a, span_from(buf_span(&l->text), before), &known))
			return err_memory(e);
		told = l->text.n;
		rc = version(l, span_first(content, at), &known, read, e);
	}
	return rc;
}
