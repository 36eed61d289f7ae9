#include <inttypes.h>

#include "cmd/notify.h"
#include "jail/jail.h"

static void put_text(struct buf *out, const struct notify_sealed *p, const char *dir)
{
	buf_printf(out, "Wave %" PRId64 ": %" PRIu64 " bundle%s sealed in %s\n", p->wave, p->n_bundles, cmd_s(p->n_bundles), dir);
	cmd_line(out, "messages", "%" PRIu64, p->n_messages);
	cmd_line(out, "exposures", "%" PRIu64, p->n_exposures);
	cmd_line(out, "masked places", "%" PRIu64, p->n_masked);
	cmd_line(out, "parts withheld", "%" PRIu64, p->n_withheld);
	if (p->n_failed != 0)
		cmd_line(out, "could not be read again", "%" PRIu64, p->n_failed);
	if (p->n_without_notice != 0)
		cmd_line(out, "no notice, not sealed", "%" PRIu64, p->n_without_notice);
	cmd_line(out, "bytes", "%" PRIu64, p->n_bytes);
	cmd_line(out, "signed with", "%s (%s/tocsin.pub)", p->signer, dir);
	if (p->codes != NULL)
		buf_printf(out, "The new access codes are in %s: hand them over after a new proof only.\n", p->codes);
}

static void put_json(struct buf *out, const struct notify_sealed *p, const char *dir)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_i64(&j, "wave", p->wave);
	json_u64(&j, "bundles", p->n_bundles);
	json_u64(&j, "messages", p->n_messages);
	json_u64(&j, "exposures", p->n_exposures);
	json_u64(&j, "masked", p->n_masked);
	json_u64(&j, "withheld", p->n_withheld);
	json_u64(&j, "unreadable", p->n_failed);
	json_u64(&j, "without_notice", p->n_without_notice);
	json_u64(&j, "bytes", p->n_bytes);
	json_str(&j, "signer", p->signer);
	json_str(&j, "folder", dir);
	json_str(&j, "codes", p->codes);
	json_close(&j, '}');
	json_end_line(&j);
}

enum errc notify_cmd_seal(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	struct notify_seal s = {0};
	const struct cmd_option options[] = {NOTIFY_WAVE(&d),
	    {"out", "DIR", "the folder that the bundles go into", .text = &s.out},
	    {"new-keys", "ORG", "only this organisation, under new keys and with new access codes", .text = &s.new_keys},
	    NOTIFY_TEMPLATES(&d)};
	struct notify_sealed p;
	enum errc rc;

	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK)
		goto out;
	if (s.out == NULL) {
		rc = err_set(&c->e, ERR_USAGE, "wants --out DIR: where the bundles go");
		goto out;
	}
	s.wave = d.wave;
	s.workers = c->workers;
	s.without_jail = c->without_jail;
	s.progress = !c->quiet;
	if ((!c->without_jail && (rc = jail_possible(&c->e)) != OK) || (rc = notify_door_key(&d, c)) != OK)
		goto out;
	if ((rc = notify_seal(&d.n, c->a, &s, &p, &c->e)) != OK)
		goto out;
	if (p.n_failed != 0)
		*status = 1;
	(c->json ? put_json : put_text)(&d.out, &p, s.out);
	if (!c->json && !c->config.sealed && s.new_keys == NULL)
		buf_str(&d.out, "No notice of it has an access code, for case.yaml does not say sealed: true. Who is to open a bundle needs one: --new-keys ORG\n");
	rc = cmd_print(&d.out, &c->e);
out:
	notify_door_close(&d);
	return rc;
}
