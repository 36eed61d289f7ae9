#include "mail/box.h"

#include <stdlib.h>

#include "mail/olm.h"
#include "mail/pst.h"

struct box { struct pst *pst; struct olm *olm; }; /* one of them */

enum box_kind box_sniff(span file)
{
	return pst_sniff(file) ? BOX_PST : olm_sniff(file) ? BOX_OLM : BOX_NONE;
}

enum errc box_warm(struct err *e) { return pst_warm(e); }

enum errc box_open(struct box **out, span file, struct err *e)
{
	struct box *b = calloc(1, sizeof *b);
	enum errc rc;

	*out = NULL;
	if (b == NULL)
		return err_memory(e);
	rc = pst_sniff(file) ? pst_open(&b->pst, file, e) : olm_open(&b->olm, file, e);
	if (rc != OK)
		box_close(b);
	else
		*out = b;
	return rc;
}

void box_close(struct box *b)
{
	if (b == NULL)
		return;
	pst_close(b->pst);
	olm_close(b->olm);
	free(b);
}

uint64_t box_apart(const struct box *b) { return b->pst != NULL ? pst_units(b->pst) : 0; }

enum errc box_unit(struct box *b, struct arena *a, uint64_t index, enum box_want want, struct box_unit *out, bool *found,
    struct err *e)
{
	return b->pst != NULL ? pst_unit(b->pst, a, index, want, out, found, e) : olm_unit(b->olm, a, index, want, out, found, e);
}
