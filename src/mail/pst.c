#include "mail/pst.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/later.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/utf8.h"
#include "mail/pst-item.h"
#include "mail/pst-private.h"

/* ---- opening, and the tree of folders ---- */

bool pst_sniff(span file) { return span_starts(file, SPAN_LIT("!BDN")); }

const char *pst_why(struct arena *a, libpff_error_t **error)
{
	char text[1024] = "";
	span line, rest;
	char *copy;

	if (*error != NULL)
		(void)pff.error_sprint(*error, text, sizeof text);
	pff.error_free(error);
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

	if (pff.folder_get_utf8_name_size(item, &n, NULL) != 1 || n < 2 || n > 64 * KIB ||
	    (text = arena_alloc(p->a, n)) == NULL || pff.folder_get_utf8_name(item, text, n, NULL) != 1)
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

/* The messages in the table of a folder. */
static enum errc listed_add(struct pst *p, libpff_item_t *folder, int n, struct err *e)
{
	libpff_item_t *table = NULL;
	enum errc rc = OK;

	if (n > 0 && pff.folder_get_sub_messages(folder, &table, NULL) != 1)
		n = 0;
	for (int i = 0; i < n && rc == OK && p->n_listed < LIMIT_PST_NODES; i++) {
		uint32_t node = 0, *v;

		if (!pst_row_node(table, i, &node))
			continue;
		if ((v = arena_grow(p->a, p->listed, p->n_listed, &p->cap_listed, sizeof *v, 256)) == NULL) {
			rc = err_memory(e);
			break;
		}
		p->listed = v;
		v[p->n_listed++] = node;
	}
	if (table != NULL)
		(void)pff.item_free(&table, NULL);
	return rc;
}

/* Behind those that are there; its sub-folders are added when it comes to them. */
static enum errc folder_add(struct pst *p, libpff_item_t *item, size_t parent, struct err *e)
{
	struct folder *f;
	libpff_error_t *error = NULL;
	span name = parent == SIZE_MAX ? SPAN_LIT("") : folder_name(p, item);
	enum errc rc;
	char *path;

	if (!ROOM(p->folders, p->n_folders, p->cap_folders))
		return err_memory(e);
	f = &p->folders[p->n_folders];
	*f = (struct folder){.parent = parent};
	if (pff.item_get_identifier(item, &f->node, NULL) != 1)
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
	f->search = (f->node & PST_NODE_KIND) == PST_NODE_SEARCH_FOLDER;
	if (f->search) {
		p->n_folders++;
		return OK;
	}
	if (pff.folder_get_number_of_sub_messages(item, &f->n_messages, &error) != 1) {
		f->n_messages = 0;
		f->damaged = pst_why(p->a, &error);
	}
	if ((rc = listed_add(p, item, f->n_messages, e)) != OK)
		return rc;
	if (pff.folder_get_number_of_sub_associated_contents(item, &f->n_hidden, &error) != 1) {
		f->n_hidden = 0;
		f->damaged = f->damaged != NULL ? f->damaged : pst_why(p->a, &error);
	}
	pff.error_free(&error);
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

	if (pff.folder_get_number_of_sub_folders(item, &n, &error) != 1) {
		if (p->folders[parent].damaged == NULL)
			p->folders[parent].damaged = pst_why(p->a, &error);
		pff.error_free(&error);
		return OK;
	}
	for (int i = 0; i < n && rc == OK && !p->folders_cut; i++) {
		libpff_item_t *sub = NULL;

		if (pff.folder_get_sub_folder(item, i, &sub, &error) == 1)
			rc = folder_add(p, sub, parent, e);
		else if (p->folders[parent].damaged == NULL)
			p->folders[parent].damaged = pst_why(p->a, &error);
		pff.error_free(&error);
		if (sub != NULL)
			(void)pff.item_free(&sub, NULL);
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

	if (pff.file_get_root_folder(p->file, &root, &error) != 1) {
		pff.error_free(&error);
	} else {
		rc = folder_add(p, root, SIZE_MAX, e);
		if (rc == OK && p->n_folders != 0)
			rc = sub_folders(p, root, 0, e);
	}
	if (root != NULL)
		(void)pff.item_free(&root, NULL);
	for (size_t i = 1; i < p->n_folders && rc == OK; i++) {
		libpff_item_t *item = NULL;

		if (pff.file_get_item_by_identifier(p->file, p->folders[i].node, &item, &error) == 1)
			rc = sub_folders(p, item, i, e);
		else if (p->folders[i].damaged == NULL)
			p->folders[i].damaged = pst_why(p->a, &error);
		pff.error_free(&error);
		if (item != NULL)
			(void)pff.item_free(&item, NULL);
	}
	for (size_t i = 0; i < p->n_folders; i++) {
		p->folders[i].first = next;
		next += 1 + (uint64_t)p->folders[i].n_messages + (uint64_t)p->folders[i].n_hidden;
	}
	p->first_orphan = next;
	if (pff.file_get_number_of_orphan_items(p->file, &p->n_orphans, NULL) != 1 || p->n_orphans < 0)
		p->n_orphans = 0;
	p->first_unlisted = next + (uint64_t)p->n_orphans;
	return rc;
}

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return (a > b) - (a < b);
}

/* Is a folder above it not in the index? A row of parents without end is none. */
static bool is_orphan(const struct pst_nodes *nodes, const struct pst_node *n)
{
	for (unsigned i = 0; i < LIMIT_PST_DEPTH && n != NULL && n->parent != 0 && n->parent != n->id; i++)
		n = pst_nodes_find(nodes, n->parent);
	return n == NULL;
}

/*
 * libpff reaches messages by the tables of folders, and calls orphaned whose folder is not in the index. What stands in neither
 * is left: deleted by halves, or of a folder whose table is damaged or that no table has.
 */
static enum errc find_unlisted(struct pst *p, span file, struct err *e)
{
	enum errc rc = pst_nodes_read(p->a, file, &p->nodes, e);

	if (rc == ERR_EVIDENCE) {
		p->nodes.n_damaged = 1;
		rc = OK;
	}
	if (rc != OK)
		return rc;
	if (p->n_listed > 1)
		qsort(p->listed, p->n_listed, sizeof *p->listed, by_number);
	if ((p->unlisted = arena_alloc(p->a, (p->nodes.n + 1) * sizeof(void *))) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < p->nodes.n; i++) {
		const struct pst_node *n = &p->nodes.v[i];

		if ((n->id & PST_NODE_KIND) != PST_NODE_MESSAGE || is_orphan(&p->nodes, n) ||
		    (p->n_listed != 0 && bsearch(&n->id, p->listed, p->n_listed, sizeof *p->listed, by_number) != NULL))
			continue;
		p->unlisted[p->n_unlisted++] = n;
	}
	p->first_recovered = p->first_unlisted + p->n_unlisted + 1; /* one for the search itself */
	return OK;
}

enum errc pst_warm(struct err *e) { return later_waits(LATER_OUTLOOK) ? OK : pst_load(e); }

enum errc pst_open(struct pst **out, span file, struct err *e)
{
	struct pst *p = calloc(1, sizeof *p);
	libpff_error_t *error = NULL;
	enum errc rc;

	*out = NULL;
	if (p == NULL)
		return err_memory(e);
	p->open_folder = SIZE_MAX;
	later_need(LATER_OUTLOOK);
	if ((rc = pst_load(e)) != OK)
		goto out;
	if ((rc = arena_new(&p->a, 256 * MIB, e)) != OK)
		goto out;
	if ((rc = pst_io_new(&p->io, file, e)) != OK)
		goto out;
	if (pff.file_initialize(&p->file, NULL) != 1) {
		rc = err_memory(e);
		goto out;
	}
	if (pff.file_open_file_io_handle(p->file, p->io, LIBPFF_OPEN_READ, &error) != 1) {
		rc = err_set(e, ERR_EVIDENCE, "begins as an Outlook file and cannot be opened as one: was it copied whole? %s", pst_why(p->a, &error));
		goto out;
	}
	if ((rc = read_folders(p, e)) == OK)
		rc = find_unlisted(p, file, e);
	p->damaged = p->nodes.n_damaged != 0 || pff.file_is_corrupted(p->file, NULL) == 1;
out:
	if (error != NULL)
		pff.error_free(&error);
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
		(void)pff.item_free(&p->open, NULL);
	if (p->file != NULL) {
		(void)pff.file_close(p->file, NULL);
		(void)pff.file_free(&p->file, NULL);
	}
	if (p->io != NULL)
		(void)bfio.handle_free(&p->io, NULL);
	free(p->folders);
	arena_free(p->a);
	free(p);
}
