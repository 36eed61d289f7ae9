#include "document/document.h"

#include "base/bisect.h"
#include "base/limits.h"
#include "document/legacy.h"
#include "stream/rtf.h"

/* A PDF whose header was lost, which programs open all the same: it begins with an object, behind comments at most. */
static bool begins_with_object(span s)
{
	size_t at = 0;

	for (s = span_first(s, 1024); at < s.n && (s.p[at] == '%' || ascii_is_space(s.p[at]));)
		if (s.p[at++] == '%')
			while (at < s.n && s.p[at] != '\n' && s.p[at] != '\r')
				at++;
	for (int numbers = 0; numbers < 2; numbers++) {
		size_t from = at;

		while (at < s.n && ascii_is_digit(s.p[at]))
			at++;
		if (at == from || at - from > 10 || at >= s.n || s.p[at++] != ' ')
			return false;
	}
	return span_starts(span_from(s, at), SPAN_LIT("obj")) && span_has(span_sub(s, at, 16), SPAN_LIT("<<"));
}

enum document_kind document_kind(span s)
{
	span name = span_sub(s, 30, 64);

	size_t header = span_find(span_first(s, 1024), SPAN_LIT("%PDF-"));

	/* The header may stand behind something else (ISO 32000-1, annex H.3.4.1); a text that speaks of it has no object. */
	if (header == 0 || (header < s.n && header < 1024 && s.p[header - 1] < 0x20 &&
	    span_has(span_sub(s, header, 3072), SPAN_LIT(" obj"))))
		return s.n > 0 ? DOCUMENT_PDF : DOCUMENT_NONE;
	if (begins_with_object(s))
		return DOCUMENT_PDF;
	if (compound_sniff(s))
		return DOCUMENT_OLE;
	if (rtf_sniff(s))
		return DOCUMENT_RTF;
	if (old_sheet_is(s))
		return DOCUMENT_RECORDS;
	if (old_doc_is(s))
		return DOCUMENT_WORD;
	if (span_starts(s, SPAN_LIT("SQLite format 3\0")))
		return DOCUMENT_SQLITE;
	if (span_starts(s, SPAN_LIT("bplist00")))
		return DOCUMENT_PLIST;
	if (letters_kind(s))
		return DOCUMENT_LETTERS;
	if (vault_kind(s) != NULL)
		return DOCUMENT_VAULT;
	if (iwa_is(s))
		return DOCUMENT_IWA;
	if (!span_starts(s, SPAN_LIT("PK\3\4")))
		return flat_is(s) ? DOCUMENT_FLAT : form_is(s) ? DOCUMENT_FORM : listed_is(s) ? DOCUMENT_LISTED :
		    keeps_is(s) || dbeaver_is(s) ? DOCUMENT_KEEPS : DOCUMENT_NONE;
	/* A package that was packed again has its type where it fell. */
	if (span_starts(name, SPAN_LIT("mimetypeapplication/vnd.oasis.opendocument")) ||
	    span_starts(name, SPAN_LIT("mimetypeapplication/vnd.sun.xml")) ||
	    (zip_has(s, SPAN_LIT("META-INF/manifest.xml")) && zip_has(s, SPAN_LIT("content.xml"))))
		return DOCUMENT_ODF;
	if (span_starts(name, SPAN_LIT("[Content_Types].xml")) || span_starts(name, SPAN_LIT("_rels/")) ||
	    span_starts(name, SPAN_LIT("word/")) || span_starts(name, SPAN_LIT("xl/")) || span_starts(name, SPAN_LIT("ppt/")) ||
	    span_starts(name, SPAN_LIT("docProps/")) || zip_has(s, SPAN_LIT("[Content_Types].xml")))
		return DOCUMENT_OOXML;
	return DOCUMENT_NONE;
}

bool document_may_be(span head)
{
	/* DER and ZIP say at their end what they are. */
	return document_kind(head) != DOCUMENT_NONE || span_starts(head, SPAN_LIT("PK\3\4")) || span_starts(head, SPAN_LIT("\x30\x82"));
}

enum errc document_read_into(struct layout *l, enum document_kind kind, span content, struct err *e)
{
	switch (kind) {
	case DOCUMENT_OOXML: return ooxml_read(l, content, e);
	case DOCUMENT_ODF: return odf_read(l, content, e);
	case DOCUMENT_PDF: return pdf_read(l, content, e);
	case DOCUMENT_OLE: return ole_read(l, content, e);
	case DOCUMENT_RTF: return rich_read(l, content, e);
	case DOCUMENT_SQLITE:
		database_vault(l, content);
		return sqlite_read(l, content, e);
	case DOCUMENT_PLIST: return plist_read(l, content, e);
	case DOCUMENT_LETTERS: return letters_read(l, content, e);
	case DOCUMENT_FLAT: return flat_read(l, content, e);
	case DOCUMENT_IWA: return iwa_read(l, content, e);
	case DOCUMENT_FORM: return form_read(l, content, e);
	case DOCUMENT_LISTED: return listed_read(l, content, e);
	case DOCUMENT_RECORDS: return old_sheet_read(l, content, e);
	case DOCUMENT_WORD: return old_doc_read(l, content, e);
	case DOCUMENT_KEEPS: return keeps_is(content) ? keeps_read(l, content, e) : dbeaver_read(l, content, e);
	case DOCUMENT_VAULT: vault_read(l, content); return OK;
	case DOCUMENT_NONE: break;
	}
	return err_set(e, ERR_EVIDENCE, "a document of an unknown kind");
}

enum errc document_read(struct arena *a, span content, struct passwords *passwords, struct document *out, struct err *e)
{
	struct layout l;
	struct arena *own;
	struct err why = {0};
	enum errc rc, done;

	*out = (struct document){0};
	/* What is unpacked is not kept while its text is looked at, and what takes too much costs itself. */
	if ((rc = arena_new(&own, LIMIT_DOCUMENT_ARENA, e)) != OK)
		return rc;
	layout_init(&l, own);
	l.passwords = passwords;
	rc = document_read_into(&l, document_kind(content), content, e);
	/* What was read before it became impossible is kept. */
	if (rc == ERR_EVIDENCE && l.text.n > 0) {
		layout_problem(&l, "damaged");
		rc = OK;
	}
	done = layout_done(&l, a, out, &why);
	if (rc == OK && done != OK) {
		*e = why;
		rc = done;
	}
	arena_free(own);
	return rc;
}

/* 1 is A, 27 is AA. */
static const char *column_name(uint32_t column, char out[8])
{
	size_t at = 7;

	for (out[at] = '\0'; column > 0 && at > 0; column = (column - 1) / 26)
		out[--at] = (char)('A' + (column - 1) % 26);
	return out + at;
}

/* By enum document_hidden. */
static const char *const hidden_words[] = {"", " in a hidden row", " in a hidden column", " in a hidden row and column"};

/* What the last place at or before that one says; NULL where nothing does. */
static const struct document_place *place_at(const struct document *d, size_t at)
{
	size_t low;

	BISECT(low, d->n_places, d->places[low].at <= at);
	return low == 0 || d->places[low - 1].group == 0 ? NULL : &d->places[low - 1];
}

bool document_is_sheets(const struct document *d, size_t at)
{
	const struct document_place *p = place_at(d, at);

	return p != NULL && p->row == 0 && span_eq(d->groups[p->group - 1].name, SPAN_LIT(DOCUMENT_SHEETS));
}

span document_sheet(const struct document *d, size_t at)
{
	const struct document_place *p = place_at(d, at);
	const struct document_group *g = p != NULL ? &d->groups[p->group - 1] : NULL;

	return g != NULL && g->cells && span_starts(g->name, SPAN_LIT("sheet ")) ? span_from(g->name, strlen("sheet ")) : SPAN_EMPTY;
}

const char *document_where(struct arena *a, const struct document *d, size_t at)
{
	const struct document_place *p = place_at(d, at);
	const struct document_group *g;
	char column[8];

	if (p == NULL)
		return "";
	g = &d->groups[p->group - 1];
	if (p->row == 0)
		return arena_cstr(a, g->name);
	if (!g->cells)
		return arena_printf(a, "%.*s, %s %u", (int)g->name.n, (const char *)g->name.p, g->lines ? "line" : "paragraph", p->row);
	if (p->column == 0)
		return arena_printf(a, "%.*s, row %u%s", (int)g->name.n, (const char *)g->name.p, p->row, hidden_words[p->hidden & HIDDEN_ROW]);
	return arena_printf(a, "%.*s, cell %s%u%s", (int)g->name.n, (const char *)g->name.p, column_name(p->column, column), p->row,
	    hidden_words[p->hidden & (HIDDEN_ROW | HIDDEN_COLUMN)]);
}
