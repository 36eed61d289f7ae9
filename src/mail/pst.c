#include "mail/pst.h"

#include <inttypes.h>
#include <libpff.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "mail/pst-io.h"
#include "mail/pst-item.h"

/* A folder and its place among the units: itself, then its messages, then its hidden items. */
struct folder {
	uint32_t node;
	span path;
	uint64_t first; /* index of the folder's own unit */
	int n_messages, n_hidden;
	bool search;         /* what it shows lies in other folders */
	const char *damaged; /* why its tables could not be read, or NULL */
	size_t parent;       /* SIZE_MAX: the root */
};

struct pst {
	libbfio_handle_t *io;
	libpff_file_t *file;
	struct arena *a; /* names of the folders */
	struct folder *folders;
	size_t n_folders, cap_folders;
	bool folders_cut;    /* more or deeper folders than are read */
	uint64_t first_orphan, first_recovered;
	int n_orphans, n_recovered;
	bool recovery_done;
	/* the folder that was asked last */
	libpff_item_t *open;
	size_t open_folder;
};

enum { NODE_TYPE = 0x1f, NODE_SEARCH_FOLDER = 3 }; /* MS-PST 2.2.2.1 */

/* ---- opening, and the tree of folders ---- */

bool pst_sniff(span file) { return span_starts(file, SPAN_LIT("!BDN")); }

/* What libpff says, from the place where it went wrong; freed. Without line ends; in the arena. */
static const char *why(struct arena *a, libpff_error_t **error)
{
	char text[1024] = "";
	span line, rest;
	char *copy;

	if (*error != NULL)
		(void)libpff_error_sprint(*error, text, sizeof text);
	libpff_error_free(error);
	rest = span_str(text);
	if (!span_line(&rest, &line) || line.n == 0)
		return "libpff cannot read it";
	copy = arena_printf(a, "libpff: %.*s", (int)(line.n < 300 ? line.n : 300), (const char *)line.p);
	return copy != NULL ? copy : "libpff cannot read it";
}

static span folder_name(struct pst *p, libpff_item_t *item)
{
	size_t n = 0;
	unsigned char *text;
	span clean;

	if (libpff_folder_get_utf8_name_size(item, &n, NULL) != 1 || n < 2 || n > 64 * KIB ||
	    (text = arena_alloc(p->a, n)) == NULL || libpff_folder_get_utf8_name(item, text, n, NULL) != 1)
		return SPAN_EMPTY;
	for (size_t i = 0; i + 1 < n; i++)
		if (text[i] == '/' || text[i] < ' ')
			text[i] = '_';
	clean = utf8_clean(p->a, span_of(text, n - 1));
	while (clean.n != 0 && clean.p[clean.n - 1] == '\0')
		clean.n--;
	return clean;
}

static unsigned depth_of(const struct pst *p, size_t i)
{
	unsigned depth = 0;

	for (; p->folders[i].parent != SIZE_MAX; depth++)
		i = p->folders[i].parent;
	return depth;
}

static bool within_itself(const struct pst *p, size_t parent, uint32_t node)
{
	for (size_t i = parent; i != SIZE_MAX; i = p->folders[i].parent)
		if (p->folders[i].node == node)
			return true;
	return false;
}

/* Behind those that are there; its sub-folders are added when it comes to them. */
static enum errc folder_add(struct pst *p, libpff_item_t *item, size_t parent, struct err *e)
{
	struct folder *f;
	libpff_error_t *error = NULL;
	span name = parent == SIZE_MAX ? SPAN_LIT("") : folder_name(p, item);
	char *path;

	if (p->n_folders == p->cap_folders) {
		size_t cap = p->cap_folders != 0 ? 2 * p->cap_folders : 64;
		struct folder *v = realloc(p->folders, cap * sizeof *v);

		if (v == NULL)
			return err_memory(e);
		p->folders = v;
		p->cap_folders = cap;
	}
	f = &p->folders[p->n_folders];
	*f = (struct folder){.parent = parent};
	if (libpff_item_get_identifier(item, &f->node, NULL) != 1)
		f->node = 0;
	if (p->n_folders >= LIMIT_PST_FOLDERS || (parent != SIZE_MAX && (depth_of(p, parent) >= LIMIT_PST_DEPTH ||
	    within_itself(p, parent, f->node)))) {
		p->folders_cut = true;
		return OK;
	}
	if (name.n == 0 && parent != SIZE_MAX)
		path = arena_printf(p->a, "%.*s%" PRIu32 "/", (int)p->folders[parent].path.n,
		    (const char *)p->folders[parent].path.p, f->node);
	else
		path = arena_printf(p->a, "%.*s%.*s%s", parent == SIZE_MAX ? 0 : (int)p->folders[parent].path.n,
		    parent == SIZE_MAX ? "" : (const char *)p->folders[parent].path.p, (int)name.n, (const char *)name.p,
		    parent == SIZE_MAX ? "" : "/");
	if (path == NULL)
		return err_set(e, ERR_LIMIT, "more names of folders than are read of one PST");
	f->path = span_str(path);
	f->search = (f->node & NODE_TYPE) == NODE_SEARCH_FOLDER;
	if (f->search) {
		p->n_folders++;
		return OK;
	}
	if (libpff_folder_get_number_of_sub_messages(item, &f->n_messages, &error) != 1) {
		f->n_messages = 0;
		f->damaged = why(p->a, &error);
	}
	if (libpff_folder_get_number_of_sub_associated_contents(item, &f->n_hidden, &error) != 1) {
		f->n_hidden = 0;
		f->damaged = f->damaged != NULL ? f->damaged : why(p->a, &error);
	}
	libpff_error_free(&error);
	if (f->n_messages < 0 || f->n_hidden < 0)
		return err_set(e, ERR_EVIDENCE, "a folder with fewer than no messages");
	p->n_folders++;
	return OK;
}

static enum errc sub_folders(struct pst *p, libpff_item_t *item, size_t parent, struct err *e)
{
	libpff_error_t *error = NULL;
	enum errc rc = OK;
	int n = 0;

	if (libpff_folder_get_number_of_sub_folders(item, &n, &error) != 1) {
		if (p->folders[parent].damaged == NULL)
			p->folders[parent].damaged = why(p->a, &error);
		libpff_error_free(&error);
		return OK;
	}
	for (int i = 0; i < n && rc == OK && !p->folders_cut; i++) {
		libpff_item_t *sub = NULL;

		if (libpff_folder_get_sub_folder(item, i, &sub, &error) == 1)
			rc = folder_add(p, sub, parent, e);
		else if (p->folders[parent].damaged == NULL)
			p->folders[parent].damaged = why(p->a, &error);
		libpff_error_free(&error);
		if (sub != NULL)
			(void)libpff_item_free(&sub, NULL);
	}
	return rc;
}

/* The list of folders is a queue that is its own result: breadth first. */
static enum errc read_folders(struct pst *p, struct err *e)
{
	libpff_item_t *root = NULL;
	libpff_error_t *error = NULL;
	uint64_t next = 1; /* 0 is the file itself */
	enum errc rc = OK;

	if (libpff_file_get_root_folder(p->file, &root, &error) != 1) {
		libpff_error_free(&error);
	} else {
		rc = folder_add(p, root, SIZE_MAX, e);
		if (rc == OK && p->n_folders != 0)
			rc = sub_folders(p, root, 0, e);
	}
	if (root != NULL)
		(void)libpff_item_free(&root, NULL);
	for (size_t i = 1; i < p->n_folders && rc == OK; i++) {
		libpff_item_t *item = NULL;

		if (libpff_file_get_item_by_identifier(p->file, p->folders[i].node, &item, &error) == 1)
			rc = sub_folders(p, item, i, e);
		else if (p->folders[i].damaged == NULL)
			p->folders[i].damaged = why(p->a, &error);
		libpff_error_free(&error);
		if (item != NULL)
			(void)libpff_item_free(&item, NULL);
	}
	for (size_t i = 0; i < p->n_folders; i++) {
		p->folders[i].first = next;
		next += 1 + (uint64_t)p->folders[i].n_messages + (uint64_t)p->folders[i].n_hidden;
	}
	p->first_orphan = next;
	if (libpff_file_get_number_of_orphan_items(p->file, &p->n_orphans, NULL) != 1 || p->n_orphans < 0)
		p->n_orphans = 0;
	p->first_recovered = next + (uint64_t)p->n_orphans + 1; /* one for the search itself */
	return rc;
}

enum errc pst_open(struct pst **out, span file, struct err *e)
{
	struct pst *p = calloc(1, sizeof *p);
	libpff_error_t *error = NULL;
	enum errc rc;

	*out = NULL;
	if (p == NULL)
		return err_memory(e);
	p->open_folder = SIZE_MAX;
	if ((rc = arena_new(&p->a, 64 * MIB, e)) != OK)
		goto out;
	if ((rc = pst_io_new(&p->io, file, e)) != OK)
		goto out;
	if (libpff_file_initialize(&p->file, NULL) != 1) {
		rc = err_memory(e);
		goto out;
	}
	if (libpff_file_open_file_io_handle(p->file, p->io, LIBPFF_OPEN_READ, &error) != 1) {
		rc = err_set(e, ERR_EVIDENCE, "%s", why(p->a, &error));
		goto out;
	}
	rc = read_folders(p, e);
out:
	libpff_error_free(&error);
	if (rc != OK) {
		pst_close(p);
		return rc;
	}
	*out = p;
	return OK;
}

void pst_close(struct pst *p)
{
	if (p == NULL)
		return;
	if (p->open != NULL)
		(void)libpff_item_free(&p->open, NULL);
	if (p->file != NULL) {
		(void)libpff_file_close(p->file, NULL);
		(void)libpff_file_free(&p->file, NULL);
	}
	if (p->io != NULL)
		(void)libbfio_handle_free(&p->io, NULL);
	free(p->folders);
	arena_free(p->a);
	free(p);
}

/* ---- units ---- */

static void not_read(struct box_unit *u, enum box_outcome outcome, const char *reason)
{
	u->outcome = outcome;
	u->reason = reason;
}

/* The message in an item that libpff gave; the item is freed. */
static enum errc message_unit(struct arena *a, libpff_item_t **item, const char *grade, struct box_unit *u, struct err *e)
{
	struct mapi_item *m;
	const char *missing = "";
	struct err bad = {0};
	struct buf b;
	enum errc rc;

	buf_init(&b, LIMIT_PART_BYTES);
	if ((rc = pst_item_read(a, *item, &m, &bad)) == OK && (rc = mapi_render(a, m, &b, &missing, &bad)) == OK) {
		u->message = arena_copy(a, buf_span(&b));
		if (u->message.p == NULL)
			rc = err_memory(&bad);
	}
	buf_free(&b);
	(void)libpff_item_free(item, NULL);
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
	(void)libpff_file_get_type(p->file, &type, NULL);
	(void)libpff_file_get_encryption_type(p->file, &encryption, NULL);
	text = arena_printf(a, "%s PST or OST%s%s%s: %zu folders, %" PRIu64 " items, %" PRIu64 " hidden, %d orphaned",
	    type == LIBPFF_FILE_TYPE_32BIT ? "ANSI" : type == LIBPFF_FILE_TYPE_64BIT_4K_PAGE ? "Unicode 4K-page" : "Unicode",
	    encryption == LIBPFF_ENCRYPTION_TYPE_COMPRESSIBLE ? ", encoded (compressible)" :
	    encryption == LIBPFF_ENCRYPTION_TYPE_HIGH ? ", encoded (high)" : "",
	    pst_has_password(p->file) ? ", password set (it guards nothing)" : "",
	    libpff_file_is_corrupted(p->file, NULL) == 1 ? ", damaged" : "", p->n_folders, n_messages, n_hidden, p->n_orphans);
	if (text == NULL)
		return err_memory(e);
	u->name = SPAN_LIT("(file)");
	not_read(u, BOX_NOTHING, text);
	if (p->n_folders == 0)
		not_read(u, BOX_FAILED, "the folders cannot be read: only what is found without them");
	else if (p->folders_cut)
		not_read(u, BOX_FAILED, "more or deeper folders than are read, or folders within themselves: those are left out");
	return OK;
}

static size_t folder_at(const struct pst *p, uint64_t index)
{
	size_t from = 0, to = p->n_folders;

	while (to - from > 1) {
		size_t half = from + (to - from) / 2;

		if (p->folders[half].first <= index)
			from = half;
		else
			to = half;
	}
	return from;
}

static bool open_folder(struct pst *p, size_t i, libpff_error_t **error)
{
	if (p->open_folder == i)
		return true;
	if (p->open != NULL)
		(void)libpff_item_free(&p->open, NULL);
	p->open_folder = SIZE_MAX;
	if ((i == 0 ? libpff_file_get_root_folder(p->file, &p->open, error) :
	    libpff_file_get_item_by_identifier(p->file, p->folders[i].node, &p->open, error)) != 1)
		return false;
	p->open_folder = i;
	return true;
}

static bool name_unit(struct arena *a, struct box_unit *u, span path, const char *kind, uint32_t node)
{
	char *text = arena_printf(a, "%.*s%s%" PRIu32, (int)path.n, (const char *)path.p, kind, node);

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
	if (!open_folder(p, i, &error) || (hidden ? libpff_folder_get_sub_associated_content(p->open, k - f->n_messages, &item, &error) :
	    libpff_folder_get_sub_message(p->open, k, &item, &error)) != 1) {
		not_read(u, BOX_FAILED, why(a, &error));
		return OK;
	}
	(void)libpff_item_get_identifier(item, &node, NULL);
	if (!name_unit(a, u, f->path, "", node))
		rc = err_memory(e);
	else if (hidden)
		not_read(u, BOX_NOTHING, "hidden item of the folder (settings, views, rules)");
	else if (want == BOX_ALL)
		rc = message_unit(a, &item, "", u, e);
	if (item != NULL)
		(void)libpff_item_free(&item, NULL);
	libpff_error_free(&error);
	return rc;
}

/* Orphaned and recovered items may be anything: only what has a class of message is one. */
static enum errc found_unit(struct arena *a, libpff_item_t **item, const char *where, const char *grade, enum box_want want,
    struct box_unit *u, struct err *e)
{
	uint32_t node = 0;

	(void)libpff_item_get_identifier(*item, &node, NULL);
	if (!name_unit(a, u, SPAN_LIT(""), where, node))
		return err_memory(e);
	if (!pst_item_is_message(*item)) {
		char *text = arena_printf(a, "%s; no message", grade);

		not_read(u, BOX_NOTHING, text != NULL ? text : grade);
		return OK;
	}
	return want == BOX_ALL ? message_unit(a, item, grade, u, e) : OK;
}

static enum errc orphan_unit(struct pst *p, struct arena *a, int k, enum box_want want, struct box_unit *u, struct err *e)
{
	libpff_error_t *error = NULL;
	libpff_item_t *item = NULL;
	enum errc rc = OK;

	u->name = SPAN_LIT("(orphaned)/");
	if (want != BOX_ALL)
		return OK;
	if (libpff_file_get_orphan_item_by_index(p->file, k, &item, &error) != 1)
		not_read(u, BOX_FAILED, why(a, &error));
	else
		rc = found_unit(a, &item, "(orphaned)/", "orphaned: in no folder of the file", want, u, e);
	if (item != NULL)
		(void)libpff_item_free(&item, NULL);
	return rc;
}

/* The search for deleted items; in one piece, since libpff knows no other. */
static void recover(struct pst *p, struct arena *a, struct box_unit *u)
{
	libpff_error_t *error = NULL;
	char *text;

	if (!p->recovery_done) {
		p->recovery_done = true;
		if (libpff_file_recover_items(p->file, 0, &error) != 1 ||
		    libpff_file_get_number_of_recovered_items(p->file, &p->n_recovered, &error) != 1 || p->n_recovered < 0) {
			p->n_recovered = 0;
			not_read(u, BOX_FAILED, why(a, &error));
			return;
		}
	}
	text = arena_printf(a, "search of freed space: %d items recovered", p->n_recovered);
	not_read(u, BOX_NOTHING, text != NULL ? text : "search of freed space");
}

static enum errc recovered_unit(struct pst *p, struct arena *a, int k, enum box_want want, struct box_unit *u, struct err *e)
{
	libpff_error_t *error = NULL;
	libpff_item_t *item = NULL;
	enum errc rc = OK;

	u->name = SPAN_LIT("(recovered)/");
	if (want != BOX_ALL)
		return OK;
	if (libpff_file_get_recovered_item_by_index(p->file, k, &item, &error) != 1)
		not_read(u, BOX_FAILED, why(a, &error));
	else
		rc = found_unit(a, &item, "(recovered)/", "recovered: deleted, from freed space of the file", want, u, e);
	if (item != NULL)
		(void)libpff_item_free(&item, NULL);
	return rc;
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
	if (index + 1 < p->first_recovered)
		return orphan_unit(p, a, (int)(index - p->first_orphan), want, out, e);
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
