#include "ingest/ingest.h"

#include <inttypes.h>

#include "cmd/verbs.h"

static void tell(struct buf *out, const struct cmd *c, const struct ingest_tally *t)
{
	struct json j = json_to(out);

	if (!c->json) {
		cmd_line(out, "sources read", "%" PRIu64 " (%" PRIu64 " unchanged, %" PRIu64 " changed since last time)", t->sources,
		    t->sources_unchanged, t->sources_replaced);
		if (t->sources_given != 0)
			cmd_line(out, "mailbox", "%" PRIu64 " source%s read before %s in the mailbox that --mailbox names: run scope again where there are logs",
			    t->sources_given, cmd_s(t->sources_given), t->sources_given == 1 ? "is" : "are");
		cmd_line(out, "bytes", "%" PRIu64, t->n_bytes);
		cmd_line(out, "items", "%" PRIu64 ": %" PRIu64 " parsed, %" PRIu64 " partial, %" PRIu64 " failed, %" PRIu64 " skipped",
		    t->items, t->parsed, t->partial, t->failed, t->skipped);
		cmd_line(out, "messages", "%" PRIu64 " met, %" PRIu64 " new to the case", t->messages_met, t->messages_new);
		if (t->put_together + t->pieces_alone != 0)
			cmd_line(out, "sent in pieces", "%" PRIu64 " messages put together, %" PRIu64 " pieces of others", t->put_together, t->pieces_alone);
		if (t->failed + t->partial != 0)
			buf_str(out, "  What could not be read: tocsin list item_problems\n");
		if (t->skipped != 0)
			buf_str(out, "  What was skipped, being no mail: tocsin list items\n");
		return;
	}
	json_open(&j, NULL, '{');
	json_u64(&j, "sources", t->sources);
	json_u64(&j, "sources_unchanged", t->sources_unchanged);
	json_u64(&j, "sources_replaced", t->sources_replaced);
	json_u64(&j, "sources_given", t->sources_given);
	json_u64(&j, "bytes", t->n_bytes);
	json_u64(&j, "items", t->items);
	json_u64(&j, "parsed", t->parsed);
	json_u64(&j, "partial", t->partial);
	json_u64(&j, "failed", t->failed);
	json_u64(&j, "skipped", t->skipped);
	json_u64(&j, "messages_met", t->messages_met);
	json_u64(&j, "messages_new", t->messages_new);
	json_u64(&j, "put_together", t->put_together);
	json_u64(&j, "pieces_alone", t->pieces_alone);
	json_bool(&j, "jailed", !c->without_jail);
	json_close(&j, '}');
	json_end_line(&j);
}

enum errc cmd_ingest(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct ingest_options o = {0};
	const char *abandoned = NULL;
	const struct cmd_option options[] = {
	    {"mailbox", "ADDRESS", "whose mailbox the paths are; else inferred", .text = &o.mailbox},
	    {"abandon", "PATH", "reads nothing: what was stopped there stays as it is, since the path is gone; the ledger says so", .text = &abandoned},
	};
	struct ingest_tally tally;
	const char *const *operand;
	struct buf out;
	size_t n;
	enum errc rc;

	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	if (abandoned != NULL)
		return n == 0 ? reading_abandon(c->store, READING_MAIL, abandoned, &c->e) : err_set(&c->e, ERR_USAGE, "--abandon reads nothing; leave \"%s\" out", operand[0]);
	digests_only();
	if (n == 0)
		return err_set(&c->e, ERR_USAGE, "wants at least one file or folder; see tocsin ingest --help");
	if (o.mailbox != NULL && strchr(o.mailbox, '@') == NULL)
		return err_set(&c->e, ERR_USAGE, "--mailbox wants an address, not \"%s\"", o.mailbox);
	o.paths = operand;
	o.n_paths = n;
	o.n_workers = c->workers;
	o.without_jail = c->without_jail;
	o.progress = !c->quiet;
	if ((rc = ingest_run(c->store, &c->config, &o, &tally, &c->e)) != OK)
		return rc;
	*status = tally.failed + tally.partial != 0;
	buf_init(&out, 65536);
	tell(&out, c, &tally);
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
