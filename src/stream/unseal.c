#include <zlib.h>

#include "base/limits.h"
#include "stream/seven-zip.h"
#include "stream/unseal-private.h"

void unsealed_free(struct unsealed *u)
{
	buf_wipe(&u->plain);
	buf_wipe(&u->members);
	*u = (struct unsealed){0};
}

enum errc archive_unseal(span bytes, struct passwords *p, struct unsealed *out, struct err *e)
{
	enum errc (*unseal)(struct arena *, struct arena *, span, struct passwords *, struct unsealed *, struct err *) = NULL;
	struct arena *kept = NULL, *scratch = NULL;
	size_t n_used = p != NULL ? p->n_used : 0;
	struct err why;
	enum errc rc;

	*out = (struct unsealed){0};
	if (seven_sniff(bytes))
		unseal = unseal_7z;
	else if (span_starts(bytes, SPAN_LIT("Rar!\x1a\7\1\0")))
		unseal = unseal_rar;
	else if (span_starts(bytes, SPAN_LIT("Rar!\x1a\7\0")))
		unseal = unseal_rar4;
	else
		return OK;
	/* What is decrypted loses its padding, the header its cipher: but a header that was compressed is written as it is. */
	buf_init(&out->plain, bytes.n + LIMIT_ATTACHED_MEMBER);
	buf_init(&out->members, (LIMIT_ATTACHED_MEMBERS + 2) * sizeof(struct unsealed_member));
	if ((rc = arena_new_secret(&kept, LIMIT_DOCUMENT_ARENA, e)) != OK || (rc = arena_new_secret(&scratch, LIMIT_DOCUMENT_ARENA, e)) != OK)
		goto out;
	if ((rc = unseal(kept, scratch, bytes, p, out, &why)) != OK) {
		if (p != NULL) /* it stays shut, so none of them has opened it */
			p->n_used = n_used;
		buf_wipe(&out->plain);
		buf_wipe(&out->members);
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

static struct unsealed_member member_of(const struct unsealed *u, uint64_t index)
{
	struct unsealed_member m = {0};

	if (index < u->members.n / sizeof m)
		memcpy(&m, u->members.p + index * sizeof m, sizeof m);
	return m;
}

bool unsealed_lacks(const struct unsealed *u, uint64_t index) { return member_of(u, index).lacks; }

bool unsealed_fits(const struct unsealed *u, uint64_t index, span content)
{
	const struct unsealed_member m = member_of(u, index);

	if (m.summed)
		return content.n == m.n_bytes && (uint32_t)crc32_z(0, content.p, content.n) == m.crc;
	return !m.keyed || unseal_rar_fits(&m, content);
}
