#include "verify/private.h"

#include "proof/keys.h"

bool key_next(span *keys, struct verify_key *k)
{
	span line;

	while (span_line(keys, &line))
		if (span_starts(span_trim(line), SPAN_LIT("RW")) && verify_key_read(span_trim(line), k, NULL) == OK)
			return true;
	return false;
}

enum errc verify_manifest(span note, span keys, span proof, struct verify_manifest_result *out, struct err *e)
{
	struct verify_key k;
	unsigned n = 0;
	enum errc rc = ERR_EVIDENCE;

	*out = (struct verify_manifest_result){0};
	for (; rc == ERR_EVIDENCE && key_next(&keys, &k); n++)
		rc = manifest_verify(note, k.key, &out->m, e);
	if (n == 0)
		return err_set(e, ERR_USAGE, "not a minisign public key");
	if (rc != OK || proof.n == 0 || (rc = manifest_proof_read(proof, &out->p, e)) != OK)
		return rc;
	out->in_it = manifest_proof_holds(&out->p, &out->m);
	return OK;
}
