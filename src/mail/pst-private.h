/* What pst.c (opening, folders) and pst-units.c (what lies in them) share, and nobody else. */
#ifndef TOCSIN_MAIL_PST_PRIVATE_H
#define TOCSIN_MAIL_PST_PRIVATE_H

#include "mail/pst-io.h"
#include "mail/pst-library.h"
#include "mail/pst-nodes.h"
#include "mail/pst.h"

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
	struct arena *a; /* names of the folders, what the index holds */
	struct folder *folders;
	size_t n_folders, cap_folders;
	bool folders_cut;    /* more or deeper folders than are read */
	uint32_t *listed; /* messages that stand in the table of a folder, by number */
	size_t n_listed, cap_listed;
	struct pst_nodes nodes;
	const struct pst_node **unlisted; /* messages of the index that do not, though their folder is there */
	size_t n_unlisted;
	uint64_t first_orphan, first_unlisted, first_recovered;
	int n_orphans, n_recovered;
	bool damaged; /* it was, when it was opened: libpff may find more of it as it goes */
	bool recovery_done, searched_all; /* not freed space alone */
	/* the folder that was asked last */
	libpff_item_t *open;
	size_t open_folder;
};

/* What libpff says, from the place where it went wrong; freed. Without line ends; in the arena. */
const char *pst_why(struct arena *a, libpff_error_t **error);

#endif
