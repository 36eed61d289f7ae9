/*
 * OpenDocument (ISO/IEC 26300): content.xml holds texts, sheets and slides in one vocabulary; styles.xml the headers and
 * footers of pages; meta.xml the properties.
 */
#include "base/limits.h"
#include "document/private.h"

enum { FORMULA_DEPTH = 32, REPEATED_COLUMNS = 64, UNSEEN_STYLES = 16, CELLS_DEEP = 8, CHANGES_SEARCH = 64 << 20 /* bytes, in all, to find what was deleted at a mark */ };

struct flow {
	struct layout *l;
	struct buf scratch;
	unsigned cells, paragraphs, tables; /* open ones */
	uint32_t spans[CELLS_DEEP]; /* of the cells that are open: columns that each stands for */
	struct anchors anchors;
	bool at_cell;               /* what is read is anchored at one */
	uint32_t row, column, paragraph, slide;
	uint32_t columns;           /* of the sheet, told so far */
	span unseen[UNSEEN_STYLES]; /* styles of sheets that are not shown */
	size_t n_unseen;
	span number;                /* that the cell under way holds; what it shows may be rounded */
	uint32_t repeat;            /* columns that the cell under way stands for */
	struct beside beside;
	span element, named;        /* that was opened last, and its attribute of that name */
	unsigned inserted;          /* tracked insertions that are open */
	span changes, next_change;  /* the element tracked-changes, and where the next is looked for first */
	size_t search_left;
	struct { span name; unsigned children; } formula[FORMULA_DEPTH]; /* elements of MathML that are open */
	unsigned formulas;          /* how many, from `math` on */
};

static uint32_t repeated(const struct xml *x, const char *name, uint32_t most)
{
	span v = xml_attribute(x, name);
	uint64_t n;

	(void)span_digits(v, 9, &n);
	return n == 0 ? 1 : n < most ? (uint32_t)n : most;
}

static void put_tabs(struct flow *f, uint32_t n)
{
	while (n-- > 0)
		layout_byte(f->l, '\t');
}

/* Attributes in which words may stand. Most elements have none of them, and each is looked through once. */
struct words { span name, href, value, formula, expression, string, current; };

static span *word_of(struct words *w, span name)
{
	switch (name.n) {
	case 4: return span_eq(name, SPAN_LIT("name")) ? &w->name : span_eq(name, SPAN_LIT("href")) ? &w->href : NULL;
	case 5: return span_eq(name, SPAN_LIT("value")) ? &w->value : NULL;
	case 7: return span_eq(name, SPAN_LIT("formula")) ? &w->formula : NULL;
	case 10: return span_eq(name, SPAN_LIT("expression")) ? &w->expression : NULL;
	case 12: return span_eq(name, SPAN_LIT("string-value")) ? &w->string : NULL;
	case 13: return span_eq(name, SPAN_LIT("current-value")) ? &w->current : NULL;
	default: return NULL;
	}
}

static struct words words_of(const struct xml *x)
{
	struct words w = {0};
	span rest = x->attributes, name, value, *word;

	while (rest.n > 0 && xml_attribute_next(&rest, &name, &value))
		if ((word = word_of(&w, name)) != NULL && word->p == NULL)
			*word = value;
	return w;
}

/* Words that stand in the text where the element stands. */
static void put_shown(struct flow *f, const struct words *w)
{
	const span shown[] = {w->string, w->href, w->expression};

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		if (shown[i].n == 0 || span_starts(shown[i], SPAN_LIT("#")) || span_starts(shown[i], SPAN_LIT("Pictures/")))
			continue;
		buf_clear(&f->scratch);
		xml_unescape(&f->scratch, shown[i]);
		layout_byte(f->l, ' ');
		layout_text(f->l, buf_span(&f->scratch));
		layout_byte(f->l, ' ');
		/* What is declared before the text is no word of its first paragraph. */
		if (f->paragraphs == 0 && f->cells == 0)
			layout_line(f->l);
	}
}

/* What variables, fields of forms and formulas hold, with their names. */
static void say_values(struct flow *f, const struct xml *x, const struct words *w)
{
	if (w->name.n > 0 || f->cells > 0)
		beside_say(&f->beside, w->name, w->string);
	beside_say(&f->beside, w->name, w->current);
	if (!attribute_says(x, SPAN_LIT("value")))
		beside_say(&f->beside, w->name, w->value);
	if (span_has(w->formula, SPAN_LIT("&quot;")))
		beside_say(&f->beside, SPAN_EMPTY, w->formula);
}

/* The next event among the tracked changes. Many marks may name one change, so what is looked at in all is bounded. */
static enum xml_event change_next(struct flow *f, struct xml *x)
{
	size_t n = x->rest.n;
	enum xml_event event = f->search_left > 0 ? xml_next(x) : XML_END;

	n -= x->rest.n;
	f->search_left -= n < f->search_left ? n : f->search_left;
	if (f->search_left == 0)
		layout_problem(f->l, "more tracked changes than are looked up");
	return event;
}

/* The text of a deletion, without tags, to what was there before the changes; of an insertion there is none. */
static void before_put(struct flow *f, span region)
{
	struct xml x = xml_of(region);
	enum xml_event event;
	bool text = false;

	while ((event = change_next(f, &x)) != XML_END) {
		if ((event == XML_OPEN && xml_is(&x, "changed-region")) || (event == XML_CLOSE && xml_is(&x, "deletion")))
			return;
		if (event == XML_TEXT && text) {
			buf_clear(&f->scratch);
			xml_unescape(&f->scratch, x.text);
			beside_before(&f->beside, buf_span(&f->scratch));
		} else if (event != XML_TEXT && xml_is(&x, "change-info")) {
			text = false;
		} else if (event == XML_OPEN && (xml_is(&x, "p") || xml_is(&x, "h"))) {
			text = true;
		}
	}
}

/* Behind the region of that id: marks mostly come in the order of their regions, so it is looked for from the last one on. */
static bool region_find(struct flow *f, span id)
{
	for (unsigned round = 0; round < 2; round++) {
		struct xml in = xml_of(round == 0 ? f->next_change : f->changes);
		enum xml_event event;

		while ((event = change_next(f, &in)) != XML_END) {
			if (event != XML_OPEN || !xml_is(&in, "changed-region") || !span_eq(xml_attribute(&in, "id"), id))
				continue;
			f->next_change = in.rest;
			return true;
		}
	}
	return false;
}

/* A mark of a tracked change: here something was deleted, or what was inserted begins or ends. */
static bool change(struct flow *f, const struct xml *x)
{
	if (xml_is(x, "change-start") || xml_is(x, "change-end")) {
		f->inserted = xml_is(x, "change-start");
		return true;
	}
	if (!xml_is(x, "change"))
		return false;
	if (region_find(f, xml_attribute(x, "change-id"))) {
		f->beside.changed = true;
		before_put(f, f->next_change);
	}
	return true;
}

static bool is_hidden(const struct xml *x)
{
	return IS_ANY(xml_attribute(x, "visibility"), "collapse", "filter");
}

/* Sheets that are not shown have a style that says so. */
static void unseen_styles(struct flow *f, span bytes)
{
	struct xml x = xml_of(span_first(bytes, span_find(bytes, SPAN_LIT(":body"))));
	enum xml_event event;
	span name = SPAN_EMPTY;

	while ((event = xml_next(&x)) != XML_END && f->n_unseen < UNSEEN_STYLES) {
		if (event == XML_OPEN && xml_is(&x, "style"))
			name = xml_attribute(&x, "name");
		else if (event == XML_OPEN && xml_is(&x, "table-properties") && span_eq(xml_attribute(&x, "display"), SPAN_LIT("false")))
			f->unseen[f->n_unseen++] = name;
	}
}

/*
 * A formula as it is typed: a fraction 1/2, powers x^2, other things apart. MathML says by the place among its siblings what a child is
 * (MathML 3.0, 3.1.3.2).
 */
static void formula_open(struct flow *f, const struct xml *x)
{
	struct layout *l = f->l;
	unsigned depth = f->formulas++, nth = 0;
	span in = SPAN_EMPTY;
	unsigned char before = l->text.n > 0 ? l->text.p[l->text.n - 1] : '\n';

	if (depth > 0 && depth <= FORMULA_DEPTH) {
		in = f->formula[depth - 1].name;
		nth = ++f->formula[depth - 1].children;
	}
	if (depth < FORMULA_DEPTH) {
		f->formula[depth].name = x->name;
		f->formula[depth].children = 0;
	}
	if (depth == 0)
		layout_at(l, ++f->paragraph, 0);
	else if (nth == 2 && IS_ANY(in, "mfrac"))
		layout_byte(l, '/');
	else if ((nth == 2 && IS_ANY(in, "msup", "mover")) || (nth == 3 && IS_ANY(in, "msubsup", "munderover")))
		layout_byte(l, '^');
	else if (nth == 2 && IS_ANY(in, "msub", "munder", "msubsup", "munderover"))
		layout_byte(l, '_');
	else if (IS_ANY(x->name, "mi", "mn", "mo", "mtext", "ms", "mtd") && !ascii_is_space(before) && !ascii_is_one_of(before, "/^_"))
		layout_byte(l, ' ');
}

static void formula_close(struct flow *f)
{
	if (--f->formulas == 0)
		layout_line(f->l);
}

/* What a formula was typed as is kept beside it. */
static bool in_formula(const struct flow *f)
{
	return f->formulas > 0 && !IS_ANY(f->element, "annotation");
}

static void open(struct flow *f, const struct xml *x)
{
	struct words w = words_of(x);
	struct layout *l = f->l;

	if (xml_is(x, "p") || xml_is(x, "h")) {
		f->paragraphs++;
		if (f->cells == 0 && !f->at_cell)
			layout_at(l, ++f->paragraph, 0);
	} else if (xml_is(x, "s")) {
		for (uint32_t n = repeated(x, "c", 200); n > 0; n--)
			layout_byte(l, ' ');
	} else if (xml_is(x, "tab")) {
		layout_byte(l, f->cells > 0 ? ' ' : '\t');
	} else if (xml_is(x, "line-break")) {
		layout_byte(l, f->cells > 0 ? ' ' : '\n');
	} else if (xml_is(x, "table")) {
		f->tables++;
		if (f->cells == 0) {
			buf_clear(&f->scratch);
			xml_unescape(&f->scratch, w.name);
			layout_sheet(l, span_among(f->unseen, f->n_unseen, xml_attribute(x, "style-name")), buf_span(&f->scratch));
			f->row = f->columns = 0;
		}
	} else if (xml_is(x, "table-column") && f->cells == 0) {
		uint32_t n = repeated(x, "number-columns-repeated", 1u << 20);

		if (is_hidden(x))
			layout_hide_columns(l, f->columns + 1, f->columns + n);
		f->columns += n;
	} else if (xml_is(x, "table-row")) {
		f->row += f->cells == 0;
		if (f->cells == 0)
			layout_hide_rows(l, is_hidden(x));
		f->column = 0;
		f->repeat = f->cells == 0 ? repeated(x, "number-rows-repeated", 1u << 24) - 1 : 0;
	} else if (xml_is(x, "table-cell") || xml_is(x, "covered-table-cell")) {
		if (f->cells < CELLS_DEEP)
			f->spans[f->cells] = repeated(x, "number-columns-repeated", REPEATED_COLUMNS);
		if (f->cells++ == 0) {
			layout_at(l, f->row, ++f->column);
			f->number = span_eq(xml_attribute(x, "value-type"), SPAN_LIT("float")) ? w.value : SPAN_EMPTY;
		}
		say_values(f, x, &w);
	} else if (xml_is(x, "page")) {
		char number[16];

		(void)snprintf(number, sizeof number, "%u", ++f->slide);
		layout_group(l, false, "slide", span_str(number));
		f->paragraph = 0;
	} else if (xml_is(x, "notes") && f->slide > 0) {
		char number[16];

		(void)snprintf(number, sizeof number, "%u", f->slide);
		layout_group(l, false, "notes of slide", span_str(number));
		f->paragraph = 0;
	} else if (xml_is(x, "notes") || (f->cells == 0 && (xml_is(x, "note-body") || xml_is(x, "annotation") || xml_is(x, "text-box")))) {
		layout_line(l);
		if (f->beside.before.n > 0)
			beside_before(&f->beside, SPAN_LIT("\n"));
	} else if (!change(f, x)) {
		put_shown(f, &w);
		say_values(f, x, &w);
	}
	if (x->attributes.n > 0)
		attributes_say(&f->beside, x);
}

static void close(struct flow *f, const struct xml *x)
{
	struct layout *l = f->l;
	uint32_t columns = f->cells > 0 && f->cells <= CELLS_DEEP ? f->spans[f->cells - 1] : 1;

	if (xml_is(x, "p") || xml_is(x, "h")) {
		f->paragraphs -= f->paragraphs > 0;
		layout_byte(l, f->cells > 0 ? ' ' : '\n');
		beside_paragraph(&f->beside);
	} else if (xml_is(x, "table-cell") || xml_is(x, "covered-table-cell")) {
		if (f->cells == 1) {
			layout_unblank(l);
			put_tabs(f, columns);
			f->column += columns - 1;
		}
		f->cells -= f->cells > 0;
		f->number = SPAN_EMPTY;
	} else if (xml_is(x, "table-row")) {
		if (f->cells == 0) {
			layout_line(l);
			f->row += f->repeat;
			f->repeat = 0;
		}
	} else if (xml_is(x, "table")) {
		f->tables -= f->tables > 0;
		if (f->cells == 0)
			layout_line(l);
	}
}

/* Notes, comments and drawings. */
static bool is_anchored(const struct flow *f, const struct xml *x)
{
	return f->paragraphs + f->cells > 0 && IS_ANY(x->name, "note", "annotation", "frame", "custom-shape", "g", "rect", "ellipse", "caption", "line",
	    "connector", "path", "polygon", "control");
}

/* Of what is no paragraph: what is said of pictures, who wrote a comment, declarations of page headers, scripts. */
static bool is_aside(const struct flow *f)
{
	return (f->paragraphs == 0 && !in_formula(f)) || span_eq(f->element, SPAN_LIT("title")) || span_eq(f->element, SPAN_LIT("desc")) ||
	       span_eq(f->element, SPAN_LIT("creator")) || span_eq(f->element, SPAN_LIT("date")) || span_eq(f->element, SPAN_LIT("ruby-text"));
}

/* "8.04E+007" */
static bool is_power_of_ten(span s)
{
	size_t digits = 0;

	s = span_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == 'E' && digits > 0)
			return i + 1 < s.n;
		if (ascii_is_digit(s.p[i]))
			digits++;
		else if (!ascii_is_one_of(s.p[i], ".,-"))
			return false;
	}
	return false;
}

static void text(struct flow *f, const struct xml *x)
{
	if (span_eq(f->element, SPAN_LIT("binary-data")))
		return; /* a file, read by flat.c */
	if (is_aside(f)) {
		if (span_trim(x->text).n > 3 && !span_eq(f->element, SPAN_LIT("config-item")))
			beside_say(&f->beside, span_eq(f->element, SPAN_LIT("user-defined")) ? f->named : SPAN_EMPTY, x->text);
		return;
	}
	buf_clear(&f->scratch);
	if (f->number.n > 0 && is_power_of_ten(x->text) && !is_power_of_ten(f->number))
		buf_put(&f->scratch, f->number);
	else if (x->cdata)
		buf_put(&f->scratch, x->text);
	else
		xml_unescape(&f->scratch, x->text);
	for (size_t i = 0; i < f->scratch.n; i++)
		if (f->scratch.p[i] == '\n' || f->scratch.p[i] == '\r' || f->scratch.p[i] == '\t')
			f->scratch.p[i] = ' ';
	layout_text(f->l, buf_span(&f->scratch));
	if (f->inserted == 0)
		beside_before(&f->beside, buf_span(&f->scratch));
	else
		f->beside.changed = true;
}

/* The element tracked-changes: what it holds was deleted somewhere else. */
static span changes_of(span bytes)
{
	size_t from = span_find(bytes, SPAN_LIT("tracked-changes"));
	span rest = span_from(bytes, from);

	return span_first(rest, span_find(rest, SPAN_LIT("/text:tracked-changes")));
}

static void events(struct flow *f, struct xml *x, enum xml_event event);

/* What was anchored since, of a sheet behind it in a group of its own. */
static void anchored_read(struct flow *f)
{
	struct anchors k = f->anchors;

	for (size_t i = 0; i < k.n && !f->l->text.failed; i++) {
		struct anchored *v = &k.v[i];

		f->anchors = (struct anchors){.depth = k.depth + 1};
		f->at_cell = v->column > 0;
		layout_line(f->l);
		if (f->at_cell && i == 0) {
			layout_byte(f->l, '\n'); /* below no head of the sheet */
			layout_group(f->l, true, "comments", SPAN_EMPTY);
		}
		layout_at(f->l, v->row, v->column);
		layout_hide_rows(f->l, v->row_hidden);
		events(f, &v->at, XML_OPEN);
		/* Of what is damaged something may be open yet. */
		f->cells = f->paragraphs = f->tables = 0;
		if (f->anchors.n > 0)
			anchored_read(f);
	}
	f->anchors = (struct anchors){.depth = k.depth};
	f->at_cell = false;
}

static void events(struct flow *f, struct xml *x, enum xml_event event)
{
	for (; event != XML_END && !f->l->text.failed; event = xml_next(x)) {
		if (event == XML_OPEN) {
			f->element = x->name;
			f->named = xml_is(x, "user-defined") ? xml_attribute(x, "name") : SPAN_EMPTY;
			if (f->formulas > 0 || xml_is(x, "math"))
				formula_open(f, x);
			else if (!is_anchored(f, x) || !anchor_take(&f->anchors, f->l, x))
				open(f, x);
		} else if (event == XML_CLOSE) {
			f->element = SPAN_EMPTY;
			if (f->formulas > 0)
				formula_close(f);
			else
				close(f, x);
			if (f->anchors.n > 0 && f->paragraphs + f->cells + f->tables == 0)
				anchored_read(f);
		} else {
			text(f, x);
		}
	}
}

enum errc odf_bytes_read(struct layout *l, span bytes, const char *kind, struct err *e)
{
	span changes = changes_of(bytes);
	struct flow f = {.l = l, .changes = changes, .next_change = changes, .search_left = CHANGES_SEARCH};
	struct xml x = xml_of(bytes);
	enum errc rc;

	layout_group(l, false, kind, SPAN_EMPTY);
	unseen_styles(&f, bytes);
	beside_init(&f.beside, l);
	buf_init(&f.scratch, LIMIT_TEXT_BYTES);
	events(&f, &x, xml_next(&x));
	if (f.anchors.n > 0)
		anchored_read(&f);
	layout_line(l);
	rc = beside_done(&f.beside, e);
	if (rc == OK && f.scratch.failed)
		rc = err_memory(e);
	buf_wipe(&f.scratch);
	return rc;
}

static enum errc flow_read(struct layout *l, const struct zip *z, span member, const char *kind, struct err *e)
{
	span bytes;
	enum errc rc = package_xml(l->a, l, z, member, &bytes, e);

	if (rc == OK && bytes.n > 0 && (rc = odf_bytes_read(l, bytes, kind, e)) == OK)
		rc = others_read(l, bytes, false, e);
	return rc;
}

/* Of what the program remembers, what may be of a person: a printer's name, a source of data. Flags, numbers and its own folders are not. */
static enum errc settings_read(struct layout *l, const struct zip *z, struct err *e)
{
	struct beside beside;
	struct xml x, item = {0};
	enum xml_event event;
	span bytes;
	enum errc rc = package_xml(l->a, l, z, SPAN_LIT("settings.xml"), &bytes, e);

	if (rc != OK || bytes.n == 0)
		return rc;
	layout_group(l, false, "settings", SPAN_EMPTY);
	beside_init(&beside, l);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END;) {
		span name;

		if (event != XML_TEXT) {
			item = event == XML_OPEN && xml_is(&x, "config-item") ? x : (struct xml){0};
			continue;
		}
		if (!span_eq(xml_attribute(&item, "type"), SPAN_LIT("string")) || span_starts(x.text, SPAN_LIT("$(")))
			continue;
		name = xml_attribute(&item, "name");
		if (!IS_ANY(name, "ViewId", "PrinterIndependentLayout", "ActiveTable", "CodeName", "Language", "Country", "BeginLine", "EndLine",
		        "PrinterSetup" /* bytes of its driver */))
			beside_say(&beside, name, x.text);
	}
	return beside_done(&beside, e);
}

/* within: it was encrypted as a whole. */
static enum errc package_read(struct layout *l, span content, bool within, struct err *e)
{
	const struct zip_member *whole;
	struct zip z;
	span manifest;
	const char *sealed;
	enum errc rc;

	if ((rc = zip_open(l->a, content, LIMIT_DOCUMENT_MEMBERS, LIMIT_DOCUMENT_BYTES, &z, e)) != OK ||
	    (rc = package_xml(l->a, l, &z, SPAN_LIT("META-INF/manifest.xml"), &manifest, e)) != OK || (rc = odf_unlock(l, &z, manifest, &sealed, e)) != OK)
		return rc;
	if (sealed != NULL)
		return err_set(e, ERR_EVIDENCE, "%s", sealed);
	/* All of it was encrypted in one (ODF 1.3 part 2, 3.4.2). */
	if (!within && (whole = zip_find(&z, SPAN_LIT("encrypted-package"))) != NULL && span_starts(whole->opened, SPAN_LIT("PK\3\4")))
		return package_read(l, whole->opened, true, e);
	if (z.damaged)
		layout_problem(l, "damaged: its directory is not whole");
	if (z.cut)
		layout_problem(l, "more files in it than are read of a document");
	if ((rc = flow_read(l, &z, SPAN_LIT("content.xml"), "text", e)) != OK ||
	    (rc = flow_read(l, &z, SPAN_LIT("styles.xml"), "page headers and footers", e)) != OK)
		return rc;
	for (size_t i = 0; i < z.n_members && rc == OK; i++) {
		span name = z.members[i].name, bytes;

		/* "Object 1/content.xml" is a chart or formula; a package of its own is an embedded document. */
		if (span_starts(name, SPAN_LIT("Object ")) && span_ends_nocase(name, SPAN_LIT("/content.xml"))) {
			rc = flow_read(l, &z, name, "object", e);
		} else if (span_starts(name, SPAN_LIT("Object ")) && span_find_byte(name, '/') == name.n) {
			if ((rc = package_member(l->a, l, &z, &z.members[i], &bytes, e)) == OK)
				rc = embedded_read(l, name, bytes, e);
		}
	}
	if (rc != OK || (rc = properties_read(l, &z, SPAN_LIT("meta.xml"), e)) != OK || (rc = settings_read(l, &z, e)) != OK)
		return rc;
	return package_rest_read(l, &z, e); /* macros among it */
}

enum errc odf_read(struct layout *l, span content, struct err *e) { return package_read(l, content, false, e); }
