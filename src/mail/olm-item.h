/* One item of an Outlook for Mac archive as properties: for olm.c alone. */
#ifndef TOCSIN_MAIL_OLM_ITEM_H
#define TOCSIN_MAIL_OLM_ITEM_H

#include "stream/xml.h"
#include "mail/mapi.h"

/* The bytes of an attachment by its place in the archive; sets data, or missing when they cannot be had. */
struct olm_files {
	void *ctx;
	enum errc (*read)(void *ctx, struct arena *a, span url, struct mapi_attachment *t, struct err *e);
};

struct olm_item {
	struct mapi_item item;
	span source; /* the message as it came, where that is all there is; else empty */
};

/* Moves x to the OPEN of the next item and past it; false when there is none. */
bool olm_item_next(struct xml *x);
/* Reads the item whose OPEN was met last, up to its end. All in the arena. */
MUST_CHECK enum errc olm_item_read(struct arena *a, struct xml *x, const struct olm_files *files, struct olm_item *out,
    struct err *e);

#endif
