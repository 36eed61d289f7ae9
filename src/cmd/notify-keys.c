#include "cmd/notify.h"

enum errc notify_cmd_keys(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	bool rotate = false;
	const struct cmd_option options[] = {
	    {"rotate", NULL, "make new keys; the old ones stay in keys/old-ID", .flag = &rotate}};
	struct notify_keys k;
	struct json j = json_to(&d.out);
	enum errc rc;

	(void)status;
	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK ||
	    (rc = notify_keys(&d.n, c->a, rotate, &k, &c->e)) != OK)
		goto out;
	if (c->json) {
		json_open(&j, NULL, '{');
		json_bool(&j, "made", k.made);
		json_str(&j, "key_id", k.id);
		json_str(&j, "public_key", k.public);
		json_str(&j, "log", k.log);
		json_bool(&j, "smime", k.smime);
		json_str(&j, "dns", k.records);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(&d.out, "%s in %s/keys; keep that folder secret.\n\n", k.made ? "Keys made" : "The keys are", c->dir);
		cmd_line(&d.out, "key", "%s", k.id);
		cmd_line(&d.out, "public key", "%s", k.public);
		cmd_line(&d.out, "notice log", "%s", k.log);
		cmd_line(&d.out, "S/MIME", "%s", k.smime ? "keys/smime.pem" : "none: put certificate and key there as smime.pem and smime.key");
		buf_printf(&d.out, "\nPublish the public key (keys/notice.pub) on your web site, and these records in the DNS:\n\n%s", k.records);
		if (rotate)
			buf_str(&d.out, "\nWhat is published of the old keys stays beside them: older notices are checked with it. Only a key that was\n"
			                "stolen is taken away; withdraw its notices and write new ones.\n");
	}
	rc = cmd_print(&d.out, &c->e);
out:
	notify_door_close(&d);
	return rc;
}
