/* One function a format, for unseal.c, and the reasons that both give. */
#ifndef TOCSIN_STREAM_UNSEAL_PRIVATE_H
#define TOCSIN_STREAM_UNSEAL_PRIVATE_H

#include "base/arena.h"
#include "stream/unseal.h"

#define UNSEAL_UNKNOWN "encrypted in a way that is not known here: unpack it by hand and ingest what comes out"
#define UNSEAL_ROUNDS "encrypted with more rounds of hashing than are tried: unpack it by hand and ingest what comes out"
#define UNSEAL_BLIND "encrypted, and larger than what is read of an attachment or without a digest"
#define UNSEAL_UNPACKED "encrypted, and packed in a way that is not read here: unpack it by hand and ingest what comes out"
#define UNSEAL_REST "encrypted: needs a password other than the rest of the archive, or is packed in a way that is not read here"

/* What a try, that paying for its work has cut short, comes to. */
enum tried { TRIED_WRONG, TRIED_OPEN, TRIED_NO_MORE };

/* ERR_EVIDENCE: damaged, or no such archive. kept is for what lives on, scratch is reset by each password. */
MUST_CHECK enum errc unseal_7z(struct arena *kept, struct arena *scratch, span bytes, struct passwords *p, struct unsealed *out, struct err *e);

#endif
