#include "mail/pst-item.h"

#include "base/cursor.h"
#include "base/limits.h"
#include "stream/charset.h"

enum { CLASS = 0x001a, SUBJECT = 0x0037, BODY = 0x1000, DATA = 0x3701, PASSWORD = 0x67ff, ROW_NODE = 0x67f2, NAME_BYTES = 4096 };

struct reading {
	struct arena *a;
	unsigned n_bad; /* properties, recipients that could not be read */
	unsigned page;
};

/* The value of an entry as it lies in the file; *ok false when libpff cannot give it. */
static enum errc value_of(struct reading *r, libpff_record_entry_t *entry, span *out, bool *ok, struct err *e)
{
	unsigned char *p;
	size_t n = 0;

	*out = SPAN_EMPTY;
	*ok = pff.record_entry_get_data_size(entry, &n, NULL) == 1;
	if (!*ok || n == 0)
		return OK;
	*ok = n <= LIMIT_PART_BYTES;
	if (!*ok)
		return OK;
	if ((p = arena_alloc(r->a, n)) == NULL)
		return err_memory(e);
	*ok = pff.record_entry_get_data(entry, p, n, NULL) == 1;
	*out = *ok ? span_of(p, n) : SPAN_EMPTY;
	return OK;
}

static enum errc name_of(struct reading *r, libpff_name_to_id_map_entry_t *map, struct mapi_property *p, struct err *e)
{
	unsigned char guid[16], *text;
	uint8_t type = 0;
	size_t n = 0;

	p->set = SET_OTHER;
	if (pff.name_to_id_map_entry_get_guid(map, guid, sizeof guid, NULL) == 1)
		p->set = mapi_set_of(span_of(guid, sizeof guid));
	if (pff.name_to_id_map_entry_get_type(map, &type, NULL) != 1)
		return OK;
	if (type == LIBPFF_NAME_TO_ID_MAP_ENTRY_TYPE_NUMERIC) {
		(void)pff.name_to_id_map_entry_get_number(map, &p->lid, NULL);
		return OK;
	}
	if (pff.name_to_id_map_entry_get_utf8_string_size(map, &n, NULL) != 1 || n < 2 || n > NAME_BYTES)
		return OK;
	if ((text = arena_alloc(r->a, n)) == NULL)
		return err_memory(e);
	if (pff.name_to_id_map_entry_get_utf8_string(map, text, n, NULL) == 1)
		p->name = span_of(text, n - 1);
	return OK;
}

/* Several values in one (MS-PST 2.3.3.4): how many, where each begins, then they. Numbers follow each other. */
static enum errc several(struct reading *r, struct mapi_properties *to, struct mapi_property *p, struct err *e)
{
	static const unsigned char sizes[0x49] = {[MAPI_INT16] = 2, [MAPI_INT32] = 4, [MAPI_FLOAT] = 4, [MAPI_DOUBLE] = 8,
		[MAPI_CURRENCY] = 8, [MAPI_APPTIME] = 8, [MAPI_INT64] = 8, [MAPI_TIME] = 8, [MAPI_GUID] = 16};
	struct cursor c = cursor_of(p->value);
	span all = p->value;
	enum errc rc = OK;
	size_t size;
	uint32_t n;

	p->type &= (uint16_t)~MAPI_MULTIPLE;
	size = p->type < sizeof sizes ? sizes[p->type] : 0;
	if (size != 0) {
		for (span rest = all; rc == OK && rest.n >= size; rest = span_from(rest, size)) {
			p->value = span_first(rest, size);
			rc = mapi_add(r->a, to, p, e);
		}
		return rc;
	}
	n = cursor_u32(&c);
	if (n > all.n / 4) {
		r->n_bad++;
		return OK;
	}
	for (uint32_t i = 0; i < n && rc == OK; i++) {
		struct cursor ends = cursor_of(span_from(all, 4 + 4 * ((size_t)i + 1)));
		uint32_t from = cursor_u32(&c), end = i + 1 < n ? cursor_u32(&ends) : (uint32_t)all.n;

		if (from > end || end > all.n) {
			r->n_bad++;
			break;
		}
		p->value = span_sub(all, from, end - from);
		rc = mapi_add(r->a, to, p, e);
	}
	return rc;
}

static enum errc entry_read(struct reading *r, libpff_record_entry_t *entry, bool attachment, struct mapi_properties *to,
    struct err *e)
{
	libpff_name_to_id_map_entry_t *map = NULL;
	struct mapi_property p = {0};
	uint32_t id = 0, type = 0;
	enum errc rc;
	bool ok;

	if (pff.record_entry_get_entry_type(entry, &id, NULL) != 1 ||
	    pff.record_entry_get_value_type(entry, &type, NULL) != 1) {
		r->n_bad++;
		return OK;
	}
	/* An attachment's data is read as such. */
	if (attachment && id == DATA)
		return OK;
	p.id = (uint16_t)id;
	p.type = (uint16_t)type;
	if (pff.record_entry_get_name_to_id_map_entry(entry, &map, NULL) == 1 && map != NULL &&
	    (rc = name_of(r, map, &p, e)) != OK)
		return rc;
	if ((rc = value_of(r, entry, &p.value, &ok, e)) != OK)
		return rc;
	if (!ok) {
		r->n_bad++;
		return OK;
	}
	return (p.type & MAPI_MULTIPLE) != 0 ? several(r, to, &p, e) : mapi_add(r->a, to, &p, e);
}

static enum errc set_read(struct reading *r, libpff_item_t *item, int index, bool attachment, struct mapi_properties *to,
    struct err *e)
{
	libpff_record_set_t *set = NULL;
	enum errc rc = OK;
	int n = 0;

	if (pff.item_get_record_set_by_index(item, index, &set, NULL) != 1 ||
	    pff.record_set_get_number_of_entries(set, &n, NULL) != 1) {
		r->n_bad++;
		n = 0;
	}
	for (int i = 0; i < n && rc == OK; i++) {
		libpff_record_entry_t *entry = NULL;

		if (pff.record_set_get_entry_by_index(set, i, &entry, NULL) != 1)
			r->n_bad++;
		else
			rc = entry_read(r, entry, attachment, to, e);
		if (entry != NULL)
			(void)pff.record_entry_free(&entry, NULL);
	}
	if (set != NULL)
		(void)pff.record_set_free(&set, NULL);
	to->page = mapi_page_of(to, r->page);
	return rc;
}

static enum errc recipients(struct reading *r, libpff_item_t *item, struct mapi_item *out, struct err *e)
{
	libpff_item_t *table = NULL;
	enum errc rc = OK;
	int n = 0, got = pff.message_get_recipients(item, &table, NULL);

	/* 0: it has none. */
	if (got < 0 || (got == 1 && pff.item_get_number_of_record_sets(table, &n, NULL) != 1)) {
		r->n_bad++;
		n = 0;
	}
	if (n < 0 || (out->recipients = arena_zero(r->a, (size_t)n, sizeof *out->recipients)) == NULL)
		rc = err_memory(e);
	for (int i = 0; i < n && rc == OK; i++)
		rc = set_read(r, table, i, false, &out->recipients[out->n_recipients++], e);
	if (table != NULL)
		(void)pff.item_free(&table, NULL);
	return rc;
}

static enum errc read_item(struct reading *r, libpff_item_t *item, unsigned depth, struct mapi_item *out, struct err *e);

static enum errc attachment_data(struct reading *r, libpff_item_t *item, struct mapi_attachment *t, struct err *e)
{
	size64_t size = 0;
	unsigned char *p;
	size_t n = 0;
	int got = pff.attachment_get_data_size(item, &size, NULL);

	if (got != 1 || size > LIMIT_PART_BYTES) {
		t->missing = got == 1 ? "larger than is read of one attachment" : got == 0 ? "without content" : "its content cannot be read";
		return OK;
	}
	if ((p = arena_alloc(r->a, (size_t)size)) == NULL)
		return err_memory(e);
	if (size != 0 && pff.attachment_data_seek_offset(item, 0, SEEK_SET, NULL) != 0) {
		t->missing = "its content cannot be read";
		return OK;
	}
	while (n < size) {
		ssize_t k = pff.attachment_data_read_buffer(item, p + n, (size_t)size - n, NULL);

		if (k <= 0) {
			t->missing = "its content was read in part";
			break;
		}
		n += (size_t)k;
	}
	t->data = span_of(p, n);
	return OK;
}

static enum errc attachment(struct reading *r, libpff_item_t *item, unsigned depth, struct mapi_attachment *t, struct err *e)
{
	libpff_item_t *inner = NULL;
	int type = LIBPFF_ATTACHMENT_TYPE_UNDEFINED;
	enum errc rc = set_read(r, item, 0, true, &t->properties, e);

	if (rc != OK)
		return rc;
	if (pff.attachment_get_type(item, &type, NULL) != 1)
		t->missing = "of a kind that is not known";
	else if (type == LIBPFF_ATTACHMENT_TYPE_DATA)
		return attachment_data(r, item, t, e);
	else if (type != LIBPFF_ATTACHMENT_TYPE_ITEM)
		return OK; /* by reference: its properties say where */
	else if (depth >= LIMIT_NEST_DEPTH)
		t->missing = "messages within messages, too deep";
	else if (pff.attachment_get_item(item, &inner, NULL) != 1)
		t->missing = "the message in it cannot be read";
	else if ((t->item = arena_zero(r->a, 1, sizeof *t->item)) == NULL)
		rc = err_memory(e);
	else
		rc = read_item(r, inner, depth + 1, t->item, e);
	if (inner != NULL)
		(void)pff.item_free(&inner, NULL);
	return rc;
}

static enum errc attachments(struct reading *r, libpff_item_t *item, unsigned depth, struct mapi_item *out, struct err *e)
{
	enum errc rc = OK;
	int n = 0;

	if (pff.message_get_number_of_attachments(item, &n, NULL) < 0 || n < 0) {
		r->n_bad++;
		n = 0;
	}
	if ((out->attachments = arena_zero(r->a, (size_t)n, sizeof *out->attachments)) == NULL)
		return err_memory(e);
	for (int i = 0; i < n && rc == OK; i++) {
		struct mapi_attachment *t = &out->attachments[out->n_attachments++];
		libpff_item_t *a = NULL;

		if (pff.message_get_attachment(item, i, &a, NULL) != 1)
			t->missing = "it cannot be read";
		else
			rc = attachment(r, a, depth, t, e);
		if (a != NULL)
			(void)pff.item_free(&a, NULL);
	}
	return rc;
}

static enum errc read_item(struct reading *r, libpff_item_t *item, unsigned depth, struct mapi_item *out, struct err *e)
{
	unsigned page = r->page, n_bad = r->n_bad;
	enum errc rc;

	if ((rc = set_read(r, item, 0, false, &out->properties, e)) != OK)
		return rc;
	r->page = out->properties.page;
	if ((rc = recipients(r, item, out, e)) == OK)
		rc = attachments(r, item, depth, out, e);
	r->page = page;
	if (r->n_bad != n_bad)
		out->missing = "properties, recipients or attachments that libpff cannot read";
	return rc;
}

enum errc pst_item_read(struct arena *a, libpff_item_t *item, struct mapi_item **out, struct err *e)
{
	struct reading r = {.a = a};

	if ((*out = arena_zero(a, 1, sizeof **out)) == NULL)
		return err_memory(e);
	return read_item(&r, item, 0, *out, e);
}

static enum errc put_table_text(struct arena *a, struct mapi_item *out, size_t n_rows, struct err *e)
{
	static const struct { uint16_t id; const char *text; } says[] = {{CLASS, "IPM.Note"}, {SUBJECT, "Table of contents"}};
	struct mapi_property p = {.id = BODY, .type = MAPI_STRING8};
	char *text = arena_printf(a, "A table of contents of a folder: what it says of %zu messages.\r\n", n_rows);
	enum errc rc;

	if (text == NULL)
		return err_memory(e);
	p.value = span_str(text);
	if ((rc = mapi_add(a, &out->properties, &p, e)) != OK)
		return rc;
	for (size_t i = 0; i < sizeof says / sizeof *says && rc == OK; i++) {
		p.id = says[i].id;
		p.value = span_str(says[i].text);
		rc = mapi_add(a, &out->properties, &p, e);
	}
	return rc;
}

enum errc pst_table_read(struct arena *a, libpff_item_t *table, struct mapi_item **out, struct err *e)
{
	struct reading r = {.a = a};
	struct mapi_item *top = arena_zero(a, 1, sizeof *top);
	enum errc rc = OK;
	int n = 0;

	if (pff.item_get_number_of_record_sets(table, &n, NULL) != 1 || n < 0)
		n = 0;
	if (top == NULL || (top->attachments = arena_zero(a, (size_t)n, sizeof *top->attachments)) == NULL)
		return err_memory(e);
	for (int i = 0; i < n && rc == OK; i++) {
		struct mapi_item *row = arena_zero(a, 1, sizeof *row);

		if (row == NULL)
			return err_memory(e);
		if ((rc = set_read(&r, table, i, false, &row->properties, e)) == OK && mapi_get(&row->properties, CLASS) != NULL)
			top->attachments[top->n_attachments++].item = row;
	}
	if (r.n_bad != 0)
		top->missing = "rows or properties that libpff cannot read";
	*out = top;
	return rc == OK ? put_table_text(a, top, top->n_attachments, e) : rc;
}

bool pst_row_node(libpff_item_t *table, int index, uint32_t *node)
{
	libpff_record_set_t *set = NULL;
	libpff_record_entry_t *entry = NULL;
	bool got = pff.item_get_record_set_by_index(table, index, &set, NULL) == 1 &&
	    pff.record_set_get_entry_by_type(set, ROW_NODE, MAPI_INT32, &entry, 0, NULL) == 1 &&
	    pff.record_entry_get_data_as_32bit_integer(entry, node, NULL) == 1;

	if (entry != NULL)
		(void)pff.record_entry_free(&entry, NULL);
	if (set != NULL)
		(void)pff.record_set_free(&set, NULL);
	return got;
}

bool pst_item_is_message(libpff_item_t *item)
{
	size_t n = 0;

	return pff.message_get_entry_value_utf8_string_size(item, CLASS, &n, NULL) == 1 && n > 1;
}

bool pst_has_password(libpff_file_t *file)
{
	libpff_item_t *store = NULL;
	libpff_record_set_t *set = NULL;
	libpff_record_entry_t *entry = NULL;
	uint32_t value = 0;
	bool has = pff.file_get_message_store(file, &store, NULL) == 1 &&
	    pff.item_get_record_set_by_index(store, 0, &set, NULL) == 1 &&
	    pff.record_set_get_entry_by_type(set, PASSWORD, MAPI_INT32, &entry, 0, NULL) == 1 &&
	    pff.record_entry_get_data_as_32bit_integer(entry, &value, NULL) == 1 && value != 0;

	if (entry != NULL)
		(void)pff.record_entry_free(&entry, NULL);
	if (set != NULL)
		(void)pff.record_set_free(&set, NULL);
	if (store != NULL)
		(void)pff.item_free(&store, NULL);
	return has;
}
