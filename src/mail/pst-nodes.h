/*
 * The index of all nodes of a PST or OST (MS-PST 2.2.2.7.7), read without libpff, which reaches items through the tables of
 * folders alone and passes over damaged pages without a word. What the index tells is held against what was reached, so that
 * nothing is lost silently.
 */
#ifndef TOCSIN_MAIL_PST_NODES_H
#define TOCSIN_MAIL_PST_NODES_H

#include "base/arena.h"
#include "base/span.h"

enum { /* kinds of node, in the low five bits of its number (MS-PST 2.2.2.1) */
	PST_NODE_KIND = 0x1f, PST_NODE_SEARCH_FOLDER = 0x03, PST_NODE_MESSAGE = 0x04, PST_NODE_CONTENTS = 0x0e,
	PST_NODE_HIDDEN_CONTENTS = 0x0f, PST_NODE_SEARCH_CONTENTS = 0x10,
};

struct pst_node { uint32_t id, parent; };

struct pst_nodes {
	struct pst_node *v; /* by number, each once */
	size_t n;
	size_t n_damaged; /* pages of the index that are not what they should be; nodes that only they told of are not here */
	bool cut;         /* LIMIT_PST_NODES were met: what follows is not here either */
};

/* ERR_EVIDENCE when it is no PST of a known version. Pages with a wrong checksum are read as far as they make sense. */
MUST_CHECK enum errc pst_nodes_read(struct arena *a, span file, struct pst_nodes *out, struct err *e);

const struct pst_node *pst_nodes_find(const struct pst_nodes *nodes, uint32_t id); /* NULL: there is none */

#endif
