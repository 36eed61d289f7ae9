/*
 * Archives that were cut into files to fit into mail: hosts.7z.001, hosts.z01 with hosts.zip, hosts.part1.rar, hosts.rar with hosts.r00.
 * By their names: nothing else says which file goes with which.
 */
#ifndef TOCSIN_MAIL_VOLUMES_H
#define TOCSIN_MAIL_VOLUMES_H

#include "base/buf.h"
#include "mail/mime.h"

enum volume_form { VOLUME_CUT, VOLUME_ZIP, VOLUME_RAR, VOLUME_RAR_OLD };
struct volume {
	enum volume_form form;
	span base;       /* "hosts.7z", else "hosts" */
	unsigned number; /* from 1; of ZIP the last one, which has the directory, is 0 */
};

/* Is the part one of several? Names that single files have too (.zip, .rar) need another one beside them. */
bool volume_of(const struct message *m, const struct part *p, struct volume *out);
/* The part that is volume `number` of the same; NULL: it is not attached. */
const struct part *volume_find(const struct message *m, const struct volume *v, unsigned number);
/* How many of them are attached, each number once. */
unsigned volume_count(const struct message *m, const struct volume *v);
bool volume_is_rar(const struct volume *v);
/* The number of the one under which all of them are read: the first, of ZIP the last. */
unsigned volume_leading(const struct volume *v);
/* What a row says of it, sealed: of an encrypted archive; NULL: memory. */
const char *volume_says(struct arena *a, const struct message *m, const struct volume *v, bool sealed);
/*
 * All of them end to end, into *out: libarchive reads those of RAR so, too. *whole says whether none is missing between the first and the
 * last that is there.
 */
MUST_CHECK enum errc volumes_join(const struct message *m, const struct volume *v, struct buf *out, bool *whole, struct err *e);

#endif
