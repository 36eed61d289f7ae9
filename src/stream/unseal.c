#include "base/limits.h"
#include "stream/unseal-private.h"

void unsealed_free(struct unsealed *u)
{
	buf_wipe(&u->plain);
	*u = (struct unsealed){0};
}

enum errc archive_unseal(span bytes, struct passwords *p, struct unsealed *out, struct err *e)
{
	enum errc (*unseal)(struct arena *, struct arena *, span, struct passwords *, struct unsealed *, struct err *) = NULL;
	struct arena *kept = NULL, *scratch = NULL;
	struct err why;
	enum errc rc;

	*out = (struct unsealed){0};
	if (span_starts(bytes, SPAN_LIT("7z\xbc\xaf\x27\x1c")))
		unseal = unseal_7z;
	else
		return OK;
	/* What is decrypted loses its padding, the header its cipher: but a header that was compressed is written as it is. */
	buf_init(&out->plain, bytes.n + LIMIT_ATTACHED_MEMBER);
	if ((rc = arena_new(&kept, LIMIT_DOCUMENT_ARENA, e)) != OK || (rc = arena_new(&scratch, LIMIT_DOCUMENT_ARENA, e)) != OK)
		goto out;
	if ((rc = unseal(kept, scratch, bytes, p, out, &why)) != OK) {
		buf_wipe(&out->plain);
		if (rc == ERR_MEMORY || rc == ERR_LIMIT) {
			out->known = true;
			out->reason = "encrypted, and needs more memory to be opened than one is given";
		}
		rc = OK;
	}
out:
	arena_free(kept);
	arena_free(scratch);
	return rc;
}
