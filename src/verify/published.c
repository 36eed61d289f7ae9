#include "verify/private.h"

#include "proof/merkle.h"

static enum errc read_checkpoint(const struct verify_with *w, span origin, struct checkpoint *now)
{
	span keys = w->key;
	struct verify_key k;
	struct err none;

	while (key_next(&keys, &k))
		if (checkpoint_verify(w->checkpoint, origin, k.key, now, &none) == OK)
			return OK;
	return ERR_REFUSED;
}

enum errc published_check(const struct verify_with *w, span origin, const struct digest *leaf, uint64_t index,
    const struct checkpoint *then, struct checkpoint *now, struct err *e)
{
	span rest = w->leaves, line;
	struct merkle m = {0};
	struct digest d, root;

	if (read_checkpoint(w, origin, now) != OK)
		return err_set(e, ERR_REFUSED, "the published log is not signed by a key that was given");
	if (now->size < then->size)
		return err_set(e, ERR_REFUSED, "the published log is older than the notice: get a newer one");
	while (m.n < now->size) {
		if (!span_line(&rest, &line) || !hex_read(line, d.b, DIGEST_SIZE))
			return err_set(e, ERR_EVIDENCE, "the published leaves are fewer than the checkpoint speaks of");
		if (m.n == index && memcmp(&d, leaf, sizeof d) != 0)
			return err_set(e, ERR_EVIDENCE, "the published log has another entry in this notice's place");
		merkle_add(&m, &d);
		if (m.n != then->size)
			continue;
		merkle_root(&m, &root);
		if (memcmp(&root, &then->root, sizeof root) != 0)
			return err_set(e, ERR_EVIDENCE, "the published log does not go on from the one that the notice is in");
	}
	merkle_root(&m, &root);
	return memcmp(&root, &now->root, sizeof root) == 0
	    ? OK : err_set(e, ERR_EVIDENCE, "the published leaves are not those of the checkpoint");
}
