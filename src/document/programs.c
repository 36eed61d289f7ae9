/*
 * Compound files of programs whose formats are not read here (Publisher, Project, Works, and what nobody knows): of each stream the
 * runs of letters in it. What lies in one and is a document of its own is read as that.
 */
#include "base/limits.h"
#include "document/legacy.h"

#define VISIO "VisioDocument"

/* Each has such an entry in its root, or in the storage in which it is embedded. */
static const struct { const char *entry; bool begins; const char *says; } programs[] = {
	{VISIO, false, "Visio drawing (.vsd): the letters in it were read, not their order"},
	{"Quill", false, "Publisher document (.pub): the letters in it were read, not their order"},
	{"   1", true, "Project plan (.mpp): the letters in it were read, not their order"},
	{"MatOST", false, "Works document (.wps): the letters in it were read, not their order"},
};

const char *program_says(const struct compound *c, const struct compound_entry *in)
{
	const struct compound_entry *child = NULL;

	while ((child = compound_child(c, in, child)) != NULL)
		for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
			if (programs[i].begins ? span_starts(child->name, span_str(programs[i].entry)) : span_eq_nocase(child->name, span_str(programs[i].entry)))
				return programs[i].says;
	return NULL;
}

static enum errc stream_read(struct layout *l, const struct compound_entry *entry, span bytes, struct err *e)
{
	static const span native = SPAN_LIT("\1Ole10Native");
	bool marked = entry->name.n > 0 && entry->name.p[0] < 0x20;
	enum document_kind kind = document_kind(bytes);

	if (span_eq(entry->name, native) && bytes.n > 0)
		return ole_package_read(l, bytes, e);
	if (span_ends_nocase(entry->name, SPAN_LIT("SummaryInformation")) && marked) {
		property_set_read(l, bytes);
		return OK;
	}
	if (is_picture(bytes))
		return OK;
	if (kind != DOCUMENT_NONE && kind != DOCUMENT_FORM && kind != DOCUMENT_KEEPS)
		return embedded_read(l, entry->name, bytes, e);
	layout_group(l, false, "letters of", span_from(entry->name, marked));
	if (span_eq_nocase(entry->name, SPAN_LIT(VISIO))) {
		bool done;
		enum errc rc = visio_read(l, bytes, &done, e);

		if (rc != OK || done)
			return rc;
		layout_problem(l, "Visio drawing (.vsd): the letters in it were read, but for what it compresses");
	}
	letters_put(l, bytes);
	return OK;
}

/* Storages nest as deep as compound.h lets them. */
static enum errc storage_read(struct layout *l, const struct compound *c, const struct compound_entry *in, unsigned *problems, struct err *e)
{
	const struct compound_entry *child = NULL;
	enum errc rc = OK;
	span bytes;

	while (rc == OK && !l->text.failed && (child = compound_child(c, in, child)) != NULL) {
		if (child->kind == COMPOUND_STREAM && (rc = compound_read(l->a, c, child, &bytes, problems, e)) == OK)
			rc = stream_read(l, child, bytes, e);
		else if (child->kind == COMPOUND_STORAGE)
			rc = span_eq_nocase(child->name, SPAN_LIT("VBA")) ? vba_read(l, c, child, e) : storage_read(l, c, child, problems, e);
	}
	return rc;
}

enum errc programs_read(struct layout *l, const struct compound *c, const struct compound_entry *in, struct err *e)
{
	const char *says = program_says(c, in);
	unsigned problems = c->problems;
	enum errc rc;

	if (says == NULL && compound_find(c, in, SPAN_LIT("Equation Native")) == NULL)
		says = "a file of a program that is not known (in the form of old Office documents): the letters in it were read";
	rc = storage_read(l, c, in, &problems, e);
	if (says != NULL)
		layout_problem(l, says);
	if (problems != 0)
		layout_problem(l, "damaged");
	return rc;
}
