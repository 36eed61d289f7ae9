/* What lies in a PST, unit by unit. */
#include <inttypes.h>

#include "base/bisect.h"
#include "base/limits.h"
#include "mail/pst-item.h"
#include "mail/pst-private.h"

static void not_read(struct box_unit *u, enum box_outcome outcome, const char *reason)
{
	u->outcome = outcome;
	u->reason = reason;
}

static bool is_table(uint32_t node)
{
	return (node & PST_NODE_KIND) == PST_NODE_CONTENTS || (node & PST_NODE_KIND) == PST_NODE_HIDDEN_CONTENTS ||
	       (node & PST_NODE_KIND) == PST_NODE_SEARCH_CONTENTS;
}

/* The message in an item that libpff gave, or the table of messages; the item is freed. */
static enum errc message_unit(struct arena *a, libpff_item_t **item, bool table, const char *grade, struct box_unit *u,
    struct err *e)
{
	struct mapi_item *m;
	const char *missing = "";
	struct err bad = {0};
	struct buf b;
	enum errc rc;

	buf_init(&b, LIMIT_PART_BYTES);
	if ((rc = (table ? pst_table_read : pst_item_read)(a, *item, &m, &bad)) == OK && (rc = mapi_render(a, m, &b, &missing, &bad)) == OK) {
		u->message = arena_copy(a, buf_span(&b));
		if (u->message.p == NULL)
			rc = err_memory(&bad);
	}
	buf_free(&b);
	(void)pff.item_free(item, NULL);
	if (rc != OK) {
		char *text = arena_printf(a, "%s%s%s", grade, grade[0] != '\0' ? "; " : "", bad.text);

		not_read(u, BOX_FAILED, text != NULL ? text : "out of memory");
		return rc == ERR_WORLD ? err_set(e, rc, "%s", bad.text) : OK;
	}
	not_read(u, missing[0] != '\0' ? BOX_PARTIAL : BOX_MESSAGE, grade[0] != '\0' ? grade : NULL);
	if (missing[0] != '\0') {
		char *text = arena_printf(a, "%s%s%s", grade, grade[0] != '\0' ? "; " : "", missing);

		u->reason = text != NULL ? text : missing;
	}
	return OK;
}

/* Unit 0: what the file is. */
static enum errc file_unit(struct pst *p, struct arena *a, struct box_unit *u, struct err *e)
{
	uint64_t n_messages = 0, n_hidden = 0;
	uint8_t type = 0, encryption = 0;
	char *text;

	for (size_t i = 0; i < p->n_folders; i++) {
		n_messages += (uint64_t)p->folders[i].n_messages;
		n_hidden += (uint64_t)p->folders[i].n_hidden;
	}
	(void)pff.file_get_type(p->file, &type, NULL);
	(void)pff.file_get_encryption_type(p->file, &encryption, NULL);
	text = arena_printf(a, "%s PST or OST%s%s%s: %zu folders, %" PRIu64 " items, %" PRIu64 " hidden, %d orphaned, %zu unlisted",
	    type == LIBPFF_FILE_TYPE_32BIT ? "ANSI" : type == LIBPFF_FILE_TYPE_64BIT_4K_PAGE ? "Unicode 4K-page" : "Unicode",
	    encryption == LIBPFF_ENCRYPTION_TYPE_COMPRESSIBLE ? ", encoded (compressible)" :
	    encryption == LIBPFF_ENCRYPTION_TYPE_HIGH ? ", encoded (high)" : "",
	    pst_has_password(p->file) ? ", password set (it guards nothing)" : "",
	    p->damaged ? ", damaged" : "", p->n_folders, n_messages, n_hidden, p->n_orphans, p->n_unlisted);
	u->name = SPAN_LIT("(file)");
	u->outcome = p->nodes.n_damaged != 0 || p->nodes.cut || p->n_folders == 0 || p->folders_cut ? BOX_FAILED : BOX_NOTHING;
	if (text != NULL && p->nodes.n_damaged != 0)
		text = arena_printf(a, "%s; %zu damaged pages in its index: items that they alone tell of are not reached", text,
		    p->nodes.n_damaged);
	if (text != NULL && p->nodes.cut)
		text = arena_printf(a, "%s; more in its index than is looked at: what follows there is not reached", text);
	if (text != NULL && p->n_folders == 0)
		text = arena_printf(a, "%s; the folders cannot be read: only what is found without them", text);
	if (text != NULL && p->folders_cut)
		text = arena_printf(a, "%s; more or deeper folders than are read, or folders within themselves: those are left out", text);
	u->reason = text;
	return text != NULL ? OK : err_memory(e);
}

static size_t folder_at(const struct pst *p, uint64_t index)
{
	size_t i;

	BISECT(i, p->n_folders, p->folders[i].first <= index);
	return i > 0 ? i - 1 : 0;
}

static bool open_folder(struct pst *p, size_t i, libpff_error_t **error)
{
	if (p->open_folder == i)
		return true;
	if (p->open != NULL)
		(void)pff.item_free(&p->open, NULL);
	p->open_folder = SIZE_MAX;
	if ((i == 0 ? pff.file_get_root_folder(p->file, &p->open, error) :
	    pff.file_get_item_by_identifier(p->file, p->folders[i].node, &p->open, error)) != 1)
		return false;
	p->open_folder = i;
	return true;
}

static bool name_unit(struct arena *a, struct box_unit *u, span path, uint32_t node)
{
	char *text = arena_printf(a, "%.*s%" PRIu32, (int)path.n, (const char *)path.p, node);

	u->name = span_str(text);
	return text != NULL;
}

static enum errc folder_unit(struct pst *p, struct arena *a, uint64_t index, enum box_want want, struct box_unit *u, struct err *e)
{
	size_t i = folder_at(p, index);
	const struct folder *f = &p->folders[i];
	int k = (int)(index - f->first) - 1;
	bool hidden = k >= f->n_messages;
	libpff_error_t *error = NULL;
	libpff_item_t *item = NULL;
	uint32_t node = 0;
	enum errc rc = OK;

	if (k < 0) {
		u->name = f->path.n != 0 ? f->path : SPAN_LIT("/");
		not_read(u, f->damaged != NULL ? BOX_FAILED : BOX_NOTHING, f->damaged != NULL ? f->damaged :
		    f->search ? "search folder: what it shows lies in other folders" : "folder");
		return OK;
	}
	u->name = f->path;
	if (want != BOX_ALL)
		return OK;
	if (!open_folder(p, i, &error) || (hidden ? pff.folder_get_sub_associated_content(p->open, k - f->n_messages, &item, &error) :
	    pff.folder_get_sub_message(p->open, k, &item, &error)) != 1) {
		not_read(u, BOX_FAILED, pst_why(a, &error));
		return OK;
	}
	(void)pff.item_get_identifier(item, &node, NULL);
	if (!name_unit(a, u, f->path, node))
		rc = err_memory(e);
	else if (hidden)
		not_read(u, BOX_NOTHING, "hidden item of the folder (settings, views, rules)");
	else
		rc = message_unit(a, &item, false, "", u, e);
	if (item != NULL)
		(void)pff.item_free(&item, NULL);
	pff.error_free(&error);
	return rc;
}

/* Such items may be anything: only what has a class of message is one. */
static enum errc found_unit(struct arena *a, libpff_item_t **item, span where, const char *grade, struct box_unit *u,
    struct err *e)
{
	uint32_t node = 0;

	(void)pff.item_get_identifier(*item, &node, NULL);
	if (!name_unit(a, u, where, node))
		return err_memory(e);
	if (!pst_item_is_message(*item)) {
		/* The number of a message where nothing else is left is still a trace of one. */
		bool gone = (node & PST_NODE_KIND) == PST_NODE_MESSAGE;
		char *text = arena_printf(a, "%s; %s", grade, gone ? "a message of which nothing can be read any more" : "no message");

		not_read(u, gone ? BOX_FAILED : BOX_NOTHING, text != NULL ? text : grade);
		return OK;
	}
	if (is_table(node) && (grade = arena_printf(a, "%s; a table of contents: its messages are elsewhere or gone", grade)) == NULL)
		return err_memory(e);
	return message_unit(a, item, is_table(node), grade, u, e);
}

/* What libpff gave of an item that no folder gives, when got is 1; the item is freed. */
static enum errc got_unit(struct arena *a, int got, libpff_item_t *item, libpff_error_t *error, span where, const char *grade,
    struct box_unit *u, struct err *e)
{
	enum errc rc = OK;

	if (got != 1)
		not_read(u, BOX_FAILED, pst_why(a, &error));
	else
		rc = found_unit(a, &item, where, grade, u, e);
	if (item != NULL)
		(void)pff.item_free(&item, NULL);
	return rc;
}

static enum errc orphan_unit(struct pst *p, struct arena *a, int k, enum box_want want, struct box_unit *u, struct err *e)
{
	libpff_error_t *error = NULL;
	libpff_item_t *item = NULL;
	int got;

	u->name = SPAN_LIT("(orphaned)/");
	if (want != BOX_ALL)
		return OK;
	got = pff.file_get_orphan_item_by_index(p->file, k, &item, &error);
	return got_unit(a, got, item, error, u->name, "orphaned: in no folder of the file", u, e);
}

static enum errc unlisted_unit(struct pst *p, struct arena *a, size_t k, enum box_want want, struct box_unit *u, struct err *e)
{
	const struct pst_node *node = p->unlisted[k];
	libpff_error_t *error = NULL;
	libpff_item_t *item = NULL;
	span where = SPAN_LIT("(unlisted)/");
	int got;

	for (size_t i = 0; i < p->n_folders; i++)
		if (p->folders[i].node == node->parent) {
			where = p->folders[i].path;
			break;
		}
	if (!name_unit(a, u, where, node->id))
		return err_memory(e);
	if (want != BOX_ALL)
		return OK;
	got = pff.file_get_item_by_identifier(p->file, node->id, &item, &error);
	return got_unit(a, got, item, error, where, "unlisted: in the index of the file, but in no table of a folder", u, e);
}

static bool search(struct pst *p, libpff_error_t **error)
{
	p->searched_all = p->damaged || p->nodes.cut;
	if (!p->searched_all && pff.file_recover_items(p->file, 0, NULL) == 1)
		return true;
	if (!p->searched_all) {
		/* The map of what is free is damaged: all is searched, for which libpff must forget that it tried. */
		if (p->open != NULL)
			(void)pff.item_free(&p->open, NULL);
		p->open_folder = SIZE_MAX;
		p->searched_all = true;
		if (pff.file_close(p->file, error) != 0 ||
		    pff.file_open_file_io_handle(p->file, p->io, LIBPFF_OPEN_READ, error) != 1)
			return false;
	}
	return pff.file_recover_items(p->file, LIBPFF_RECOVERY_FLAG_IGNORE_ALLOCATION_DATA, error) == 1;
}

/* All of it is searched though nothing is damaged, since its index is larger than what is looked at. */
static bool searched_large(const struct pst *p) { return p->nodes.cut && !p->damaged; }

/* The search for deleted items; in one piece, since libpff knows no other. */
static void recover(struct pst *p, struct arena *a, struct box_unit *u)
{
	libpff_error_t *error = NULL;
	char *text;

	if (!p->recovery_done) {
		p->recovery_done = true;
		if (!search(p, &error) ||
		    pff.file_get_number_of_recovered_items(p->file, &p->n_recovered, &error) != 1 || p->n_recovered < 0) {
			p->n_recovered = 0;
			not_read(u, BOX_FAILED, pst_why(a, &error));
			return;
		}
	}
	text = arena_printf(a, "search of %s: %d items recovered", searched_large(p) ? "the whole file, since not all of its index was looked at" :
	    p->searched_all ? "the whole file, since it is damaged" : "freed space", p->n_recovered);
	not_read(u, BOX_NOTHING, text != NULL ? text : "search of freed space");
}

static enum errc recovered_unit(struct pst *p, struct arena *a, int k, enum box_want want, struct box_unit *u, struct err *e)
{
	libpff_error_t *error = NULL;
	libpff_item_t *item = NULL;
	int got;

	u->name = SPAN_LIT("(recovered)/");
	if (want != BOX_ALL)
		return OK;
	got = pff.file_get_recovered_item_by_index(p->file, k, &item, &error);
	return got_unit(a, got, item, error, u->name, searched_large(p) ? "recovered: found by a search of the whole file" :
	    p->searched_all ? "recovered: found by a search of a damaged file" :
	    "recovered: deleted, from freed space of the file", u, e);
}

uint64_t pst_units(const struct pst *p) { return p->first_recovered; }

enum errc pst_unit(struct pst *p, struct arena *a, uint64_t index, enum box_want want, struct box_unit *out, bool *found,
    struct err *e)
{
	*out = (struct box_unit){.name = SPAN_LIT("")};
	*found = true;
	if (index == 0)
		return file_unit(p, a, out, e);
	if (index < p->first_orphan)
		return folder_unit(p, a, index, want, out, e);
	if (index < p->first_unlisted)
		return orphan_unit(p, a, (int)(index - p->first_orphan), want, out, e);
	if (index + 1 < p->first_recovered)
		return unlisted_unit(p, a, (size_t)(index - p->first_unlisted), want, out, e);
	if (index + 1 == p->first_recovered) {
		out->name = SPAN_LIT("(recovered)");
		if (want == BOX_PASS)
			p->recovery_done = true; /* it brought a worker down: no second time */
		else
			recover(p, a, out);
		return OK;
	}
	if (!p->recovery_done)
		recover(p, a, out);
	*out = (struct box_unit){.name = SPAN_LIT("")};
	*found = index - p->first_recovered < (uint64_t)p->n_recovered;
	return *found ? recovered_unit(p, a, (int)(index - p->first_recovered), want, out, e) : OK;
}
