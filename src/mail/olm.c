#include "mail/olm.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/bisect.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "document/zip.h"
#include "mail/fields.h"
#include "mail/olm-item.h"
#include "stream/charset.h"

/* What a member is, by its name. */
enum member_is { IS_MAIL, IS_LIST, IS_FILE, IS_OTHER };

struct row { size_t member; uint32_t first, n; enum member_is is; bool met; }; /* units first ... first + n - 1 */

struct olm {
	struct arena *a;
	struct arena *xml_a; /* of the XML read last */
	struct zip zip;
	struct row *rows;    /* items first, then files; each in the order of the directory */
	size_t n_rows;
	size_t *by_name;     /* indices of rows */
	uint64_t n_items;
	/* the XML read last, and its item that comes next */
	size_t open;
	struct xml xml;
	uint32_t next;
	const char *damaged;
	/* the large attachment unpacked last: a mail to many, sent and answered, has it many times */
	struct arena *file_a;
	size_t file_row;
	span file;
	const char *file_missing;
	bool file_lent;      /* to the item under way */
};
enum { LARGE_FILE = 1024 * 1024 };

#define MESSAGES "com.microsoft.__Messages/"
#define ATTACHMENTS "com.microsoft.__Attachments/"

static bool is_of_olm(span name) { return span_has(name, SPAN_LIT(MESSAGES)); }

bool olm_sniff(span file) { return zip_any(file, is_of_olm); }

static enum member_is member_is(span name)
{
	if (name.n == 0 || name.p[name.n - 1] == '/')
		return IS_OTHER;
	if (span_has(name, SPAN_LIT(ATTACHMENTS)) || !span_ends_nocase(name, SPAN_LIT(".xml")))
		return IS_FILE;
	if (span_has(name, SPAN_LIT(MESSAGES)))
		return IS_MAIL;
	return span_ends_nocase(name, SPAN_LIT("Categories.xml")) ? IS_OTHER : IS_LIST;
}

/* ---- opening ---- */

static span name_of(const struct olm *o, size_t row) { return o->zip.members[o->rows[row].member].name; }

static int by_name(const void *x, const void *y, void *ctx)
{
	const struct olm *o = ctx;
	size_t a = *(const size_t *)x, b = *(const size_t *)y;
	int order = span_cmp(name_of(o, a), name_of(o, b));

	return order != 0 ? order : a < b ? -1 : a > b;
}

static struct row *row_find(struct olm *o, span name)
{
	size_t i;

	BISECT(i, o->n_rows, span_cmp(name_of(o, o->by_name[i]), name) < 0);
	return i < o->n_rows && span_eq(name_of(o, o->by_name[i]), name) ? &o->rows[o->by_name[i]] : NULL;
}

/* The XML of a row, from its beginning. */
static enum errc xml_open(struct olm *o, size_t row, size_t max, struct err *e)
{
	span bytes;
	enum errc rc;

	o->open = SIZE_MAX;
	arena_reset(o->xml_a);
	if ((rc = zip_read(o->xml_a, &o->zip, &o->zip.members[o->rows[row].member], max, &bytes, &o->damaged, e)) != OK)
		return rc;
	if (span_starts(bytes, SPAN_LIT("\xff\xfe")) || span_starts(bytes, SPAN_LIT("\xfe\xff"))) {
		if ((rc = charset_to_utf8(o->xml_a, charset_guess(bytes), bytes, &bytes, NULL, e)) != OK)
			return rc;
	}
	o->xml = xml_of(span_from(bytes, bom_length(bytes)));
	o->next = 0;
	o->open = row;
	return OK;
}

/* Does the first element of a message file say that there are more than one? */
static bool says_more(struct xml x)
{
	span says;

	while (xml_next(&x) == XML_TEXT)
		;
	says = xml_attribute(&x, "elementCount");
	return says.n > 1 || (says.n == 1 && says.p[0] > '1');
}

static uint32_t items_in(struct xml x)
{
	uint32_t n = 0;

	for (; olm_item_next(&x); n++) {
		span element = x.name;

		for (enum xml_event ev = xml_next(&x); ev != XML_END && !(ev == XML_CLOSE && span_eq(x.name, element)); ev = xml_next(&x))
			;
	}
	return n;
}

/* How many items: one in a message file, unless its first bytes say that there are more. These, and lists, are counted. */
static enum errc count_items(struct olm *o, size_t row, struct err *e)
{
	struct row *r = &o->rows[row];
	struct err why;
	enum errc rc = r->is == IS_LIST ? OK : xml_open(o, row, KIB, &why);

	r->n = 1;
	if (rc == OK && (r->is == IS_LIST || says_more(o->xml)) && (rc = xml_open(o, row, LIMIT_PART_BYTES, &why)) == OK)
		r->n = items_in(o->xml);
	r->n = r->n == 0 ? 1 : r->n;
	o->open = SIZE_MAX;
	/* What cannot be unpacked is one item, which says so. */
	return rc == ERR_WORLD ? err_set(e, rc, "%s", why.text) : OK;
}

static enum errc rows_of(struct olm *o, struct err *e)
{
	uint64_t next = 1; /* 0 is the file itself */
	enum errc rc = OK;

	o->rows = arena_zero(o->a, o->zip.n_members, sizeof *o->rows);
	o->by_name = arena_zero(o->a, o->zip.n_members, sizeof *o->by_name);
	if (o->rows == NULL || o->by_name == NULL)
		return err_memory(e);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < o->zip.n_members && rc == OK; i++) {
			enum member_is is = member_is(o->zip.members[i].name);
			struct row *r = &o->rows[o->n_rows];

			if ((pass == 0) != (is == IS_MAIL || is == IS_LIST))
				continue;
			*r = (struct row){.member = i, .is = is, .first = (uint32_t)next, .n = 1};
			o->by_name[o->n_rows] = o->n_rows;
			o->n_rows++;
			if (pass == 0)
				rc = count_items(o, o->n_rows - 1, e);
			if (next + r->n > LIMIT_OLM_MEMBERS)
				return err_set(e, ERR_LIMIT, "more items than are read of one archive of Outlook for Mac");
			next += r->n;
			o->n_items += pass == 0 ? r->n : 0;
		}
	}
	qsort_r(o->by_name, o->n_rows, sizeof *o->by_name, by_name, o);
	return rc;
}

enum errc olm_open(struct olm **out, span file, struct err *e)
{
	struct olm *o = calloc(1, sizeof *o);
	enum errc rc;

	*out = NULL;
	if (o == NULL)
		return err_memory(e);
	o->open = o->file_row = SIZE_MAX;
	if ((rc = arena_new(&o->a, GIB, e)) != OK || (rc = arena_new(&o->xml_a, LIMIT_DOCUMENT_ARENA, e)) != OK ||
	    (rc = arena_new(&o->file_a, LIMIT_DOCUMENT_ARENA, e)) != OK ||
	    (rc = zip_open(o->a, file, LIMIT_OLM_MEMBERS, UINT64_MAX, &o->zip, e)) != OK || (rc = rows_of(o, e)) != OK) {
		olm_close(o);
		return rc;
	}
	*out = o;
	return OK;
}

void olm_close(struct olm *o)
{
	if (o == NULL)
		return;
	arena_free(o->a);
	arena_free(o->xml_a);
	arena_free(o->file_a);
	free(o);
}

/* ---- units ---- */

static void is_nothing(struct box_unit *u, const char *reason)
{
	u->outcome = BOX_NOTHING;
	u->reason = reason;
}

static enum errc file_unit(struct olm *o, struct arena *a, struct box_unit *u, struct err *e)
{
	u->name = SPAN_LIT("(file)");
	is_nothing(u, arena_printf(a, "Outlook for Mac archive%s: %zu members, %" PRIu64 " items", o->zip.damaged ? ", damaged" : "",
	    o->zip.n_members, o->n_items));
	if (o->zip.cut || o->zip.damaged) {
		u->outcome = BOX_FAILED;
		u->reason = o->zip.cut ? "more members than are read: those are left out" :
		    "the directory of the archive is damaged: members were looked for, some may be missing";
	}
	return u->reason == NULL ? err_memory(e) : OK;
}

struct files { struct olm *o; span folder; bool wanted; };

/* The bytes of an attachment; what is large is kept for the next item that has it, unless this one has two such. */
static enum errc file_bytes(struct olm *o, struct arena *a, const struct row *r, struct mapi_attachment *t, struct err *e)
{
	const struct zip_member *m = &o->zip.members[r->member];
	enum errc rc;

	if (o->file_row != (size_t)(r - o->rows)) {
		if (m->n_bytes < LARGE_FILE || o->file_lent)
			return zip_read(a, &o->zip, m, LIMIT_PART_BYTES, &t->data, &t->missing, e);
		o->file_row = SIZE_MAX;
		arena_reset(o->file_a);
		if ((rc = zip_read(o->file_a, &o->zip, m, LIMIT_PART_BYTES, &o->file, &o->file_missing, e)) != OK)
			return rc;
		o->file_row = (size_t)(r - o->rows);
	}
	o->file_lent = true;
	t->data = o->file;
	t->missing = o->file_missing;
	return OK;
}

/* A place is the whole name of a member or one beside the message; it becomes one that a message refers to. */
static enum errc file_read(void *ctx, struct arena *a, span url, struct mapi_attachment *t, struct err *e)
{
	struct files *f = ctx;
	struct row *r = row_find(f->o, url);
	const char *path;

	if (r == NULL) {
		path = arena_printf(a, "%.*s%.*s", (int)f->folder.n, (const char *)f->folder.p, (int)url.n, (const char *)url.p);
		if (path == NULL)
			return err_memory(e);
		r = row_find(f->o, span_str(path));
	}
	if (url.n == 0 || r == NULL || r->is == IS_OTHER) {
		t->missing = url.n == 0 ? "not in the archive: it was not downloaded" : "not in the archive under its name";
		return OK;
	}
	r->met = true;
	return f->wanted ? file_bytes(f->o, a, r, t, e) : OK;
}

static enum errc rendered(struct arena *a, const struct mapi_item *item, const char *note, struct box_unit *u, struct err *e)
{
	const char *missing = "";
	struct buf b;
	enum errc rc;

	buf_init(&b, LIMIT_PART_BYTES);
	if ((rc = mapi_render(a, item, &b, &missing, e)) == OK) {
		u->message = arena_copy(a, buf_span(&b));
		rc = u->message.p == NULL ? err_memory(e) : OK;
	}
	buf_free(&b);
	u->outcome = note != NULL || missing[0] != '\0' ? BOX_PARTIAL : BOX_MESSAGE;
	u->reason = missing[0] == '\0' ? note : note == NULL ? missing : arena_printf(a, "%s; %s", note, missing);
	return rc;
}

static enum errc item_unit(struct olm *o, struct arena *a, size_t row, uint32_t k, enum box_want want, struct box_unit *u,
    struct err *e)
{
	span name = name_of(o, row);
	struct files f = {.o = o, .folder = name, .wanted = want == BOX_ALL};
	const struct olm_files files = {&f, file_read};
	struct olm_item item;
	const char *note;
	bool there = true;
	enum errc rc;

	o->file_lent = false;
	while (f.folder.n != 0 && f.folder.p[f.folder.n - 1] != '/')
		f.folder.n--;
	if ((o->open != row || o->next > k) && (rc = xml_open(o, row, LIMIT_PART_BYTES, e)) != OK)
		return rc;
	for (rc = OK; rc == OK && there && o->next <= k; o->next++)
		if ((there = olm_item_next(&o->xml)))
			rc = olm_item_read(a, &o->xml, &files, &item, e);
	if (rc != OK)
		return rc;
	note = o->damaged;
	if (!there) {
		u->outcome = note != NULL ? BOX_FAILED : BOX_NOTHING;
		u->reason = note != NULL ? note : "no item in it";
		return OK;
	}
	if (note == NULL && k + 1 == o->rows[row].n && o->rows[row].is == IS_MAIL) {
		struct xml more = o->xml;

		note = olm_item_next(&more) ? "more messages than the file says: those are left out" : NULL;
	}
	if (want != BOX_ALL)
		return OK;
	if (item.source.n == 0)
		return rendered(a, &item.item, note, u, e);
	u->message = item.source;
	u->outcome = note != NULL ? BOX_PARTIAL : BOX_MESSAGE;
	u->reason = note;
	return OK;
}

/* A file that no message referred to so far: its own item, as the attachment of a message without a text. */
static enum errc file_item(struct olm *o, struct arena *a, struct row *r, enum box_want want, struct box_unit *u, struct err *e)
{
	struct mapi_attachment t = {.missing = NULL};
	struct mapi_item item = {.attachments = &t, .n_attachments = 1};
	span base = u->name;
	struct mapi_property class = {.id = 0x001a, .type = MAPI_STRING8, .value = SPAN_LIT("IPM.Document")},
	    label = {.id = 0x3707, .type = MAPI_STRING8};
	enum errc rc;

	if (r->met) {
		is_nothing(u, "attachment, read with its message");
		return OK;
	}
	if (want != BOX_ALL)
		return OK;
	while (base.n != 0 && span_find_byte(base, '/') < base.n)
		base = span_from(base, span_find_byte(base, '/') + 1);
	label.value = base;
	if ((rc = zip_read(a, &o->zip, &o->zip.members[r->member], LIMIT_PART_BYTES, &t.data, &t.missing, e)) != OK ||
	    (rc = mapi_add(a, &item.properties, &class, e)) != OK || (rc = mapi_add(a, &t.properties, &label, e)) != OK)
		return rc;
	return rendered(a, &item, "a file that no message of the archive refers to", u, e);
}

static size_t row_at(const struct olm *o, uint64_t index)
{
	size_t i;

	BISECT(i, o->n_rows, o->rows[i].first <= index);
	return i > 0 ? i - 1 : 0;
}

enum errc olm_unit(struct olm *o, struct arena *a, uint64_t index, enum box_want want, struct box_unit *out, bool *found,
    struct err *e)
{
	struct err why = {0};
	struct row *r;
	size_t row;
	uint32_t k;
	enum errc rc = OK;

	*out = (struct box_unit){.name = SPAN_LIT("")};
	*found = true;
	if (index == 0)
		return file_unit(o, a, out, e);
	row = row_at(o, index);
	r = &o->rows[row];
	if (index - r->first >= r->n) {
		*found = false;
		return OK;
	}
	k = (uint32_t)(index - r->first);
	out->name = utf8_clean(a, name_of(o, row));
	if (r->n > 1) {
		const char *name = arena_printf(a, "%.*s#%" PRIu32, (int)out->name.n, (const char *)out->name.p, k + 1);

		out->name = name != NULL ? span_str(name) : SPAN_EMPTY;
	}
	if (out->name.p == NULL)
		return err_memory(e);
	if (r->is == IS_OTHER)
		is_nothing(out, span_ends_nocase(out->name, SPAN_LIT("/")) ? "folder" : "settings of Outlook for Mac");
	else if (want != BOX_PASS)
		rc = r->is == IS_FILE ? file_item(o, a, r, want, out, &why) : item_unit(o, a, row, k, want, out, &why);
	if (rc == ERR_EVIDENCE || rc == ERR_LIMIT || rc == ERR_MEMORY) {
		const char *text = arena_printf(a, "%s", why.text);

		out->outcome = BOX_FAILED;
		out->reason = text != NULL ? text : "out of memory";
		o->open = SIZE_MAX;
		return OK;
	}
	return rc == OK ? OK : err_set(e, rc, "%s", why.text);
}
