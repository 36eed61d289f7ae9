/* One function a format, for unseal.c, and the reasons that both give. */
#ifndef TOCSIN_STREAM_UNSEAL_PRIVATE_H
#define TOCSIN_STREAM_UNSEAL_PRIVATE_H

#include "base/arena.h"
#include "base/digest.h"
#include "stream/unseal.h"

#define UNSEAL_UNKNOWN "encrypted in a way that is not known here: unpack it by hand and ingest what comes out"
#define UNSEAL_ROUNDS "encrypted with more rounds of hashing than are tried: unpack it by hand and ingest what comes out"
#define UNSEAL_BLIND "encrypted, and larger than what is read of an attachment or without a digest"
#define UNSEAL_UNPACKED "encrypted, and packed in a way that is not read here: unpack it by hand and ingest what comes out"
#define UNSEAL_REST "encrypted: needs a password other than the rest of the archive, or is packed in a way that is not read here"
#define UNSEAL_LONG "encrypted: needs a password, and one of more than 28 letters is not tried on RAR of this version"
#define UNSEAL_VOLUMES "encrypted, and goes on in another file of a set: unpack it by hand and ingest what comes out"

/* What a try, that paying for its work has cut short, comes to. */
enum tried { TRIED_WRONG, TRIED_OPEN, TRIED_NO_MORE };

/* What is known of a member of an archive that was written anew: of RAR, whose digests are keyed, or not compared by libarchive. */
struct unsealed_member {
	bool lacks, keyed, summed; /* its digest is one under `tweak`, or in plain */
	uint32_t crc;
	uint64_t n_bytes;
	unsigned char tweak[DIGEST_SIZE];
};
bool unseal_rar_fits(const struct unsealed_member *m, span content);

/* ERR_EVIDENCE: damaged, or no such archive. kept is for what lives on, scratch is reset by each password. */
MUST_CHECK enum errc unseal_7z(struct arena *kept, struct arena *scratch, span bytes, struct passwords *p, struct unsealed *out, struct err *e);
MUST_CHECK enum errc unseal_rar(struct arena *kept, struct arena *scratch, span bytes, struct passwords *p, struct unsealed *out, struct err *e);
MUST_CHECK enum errc unseal_rar4(struct arena *kept, struct arena *scratch, span bytes, struct passwords *p, struct unsealed *out, struct err *e);

#endif
