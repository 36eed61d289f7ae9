#include "scan/scan.h"

#include <inttypes.h>

#include "cmd/verbs.h"

static void tell(struct buf *out, const struct cmd *c, const struct scan_tally *t)
{
	struct json j = json_to(out);

	if (!c->json) {
		cmd_line(out, "rules", "%" PRIu64, t->rules);
		cmd_line(out, "messages scanned", "%" PRIu64 " (%" PRIu64 " before with the same rules)", t->messages, t->unchanged);
		if (t->attachments != 0)
			cmd_line(out, "attachments read", "%" PRIu64 " (%" PRIu64 " distinct)", t->attachments, t->distinct_attachments);
		cmd_line(out, "bytes of text", "%" PRIu64, t->text_bytes);
		cmd_line(out, "findings", "%" PRIu64, t->findings);
		cmd_line(out, "exposures in the case", "%" PRIu64, t->exposures);
		cmd_line(out, "parts not read as text", "%" PRIu64, t->unread);
		if (t->messages + t->unchanged + t->failed == 0)
			buf_str(out, "There is no mail in scope: tocsin ingest reads it.\n");
		if (t->opened != 0)
			cmd_line(out, "parts opened by a password", "%" PRIu64, t->opened);
		if (t->failed != 0)
			cmd_line(out, "messages not readable", "%" PRIu64, t->failed);
		if (t->attachments_failed != 0)
			cmd_line(out, "attachments not readable", "%" PRIu64, t->attachments_failed);
		if (t->failed + t->unread != 0)
			buf_str(out, "  What was not read, and why: tocsin list coverage\n");
		if (t->failed != 0)
			buf_str(out, "  Are files gone or changed? tocsin verify --evidence names them; bring them back, or ingest them from where they are now, and scan again.\n");
		return;
	}
	json_open(&j, NULL, '{');
	json_u64(&j, "rules", t->rules);
	json_u64(&j, "messages", t->messages);
	json_u64(&j, "unchanged", t->unchanged);
	json_u64(&j, "failed", t->failed);
	json_u64(&j, "attachments", t->attachments);
	json_u64(&j, "distinct_attachments", t->distinct_attachments);
	json_u64(&j, "attachments_failed", t->attachments_failed);
	json_u64(&j, "text_bytes", t->text_bytes);
	json_u64(&j, "findings", t->findings);
	json_u64(&j, "exposures", t->exposures);
	json_u64(&j, "unread_parts", t->unread);
	json_u64(&j, "opened_parts", t->opened);
	json_bool(&j, "jailed", !c->without_jail);
	json_close(&j, '}');
	json_end_line(&j);
}

static enum errc test_rules(struct cmd *c, const char *dir, struct buf *out)
{
	struct json j = json_to(out);
	size_t n_rules, n_examples;
	enum errc rc = scan_test_rules(dir, &n_rules, &n_examples, &c->e);

	if (rc != OK)
		return rc;
	if (c->json) {
		json_open(&j, NULL, '{');
		json_u64(&j, "rules", n_rules);
		json_u64(&j, "examples", n_examples);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		cmd_line(out, "rules", "%zu, all right by their %zu examples", n_rules, n_examples);
	}
	return OK;
}

enum errc cmd_scan(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	const char *rules = NULL, *passwords = NULL, *languages = NULL;
	bool only_test = false, ocr = false;
	const struct cmd_option options[] = {
	    {"rules", "DIR", "the folder of rule files; else those that came with tocsin", .text = &rules, .read = true},
	    {"passwords", "FILE", "passwords, a line each, to try on what asks for one", .text = &passwords, .read = true},
	    {"ocr", NULL, "look for text in pictures too, with tesseract: slow, and off otherwise", .flag = &ocr},
	    {"ocr-language", "LANG", "the languages of pictures, as tesseract has them (eng+deu); else eng", .text = &languages},
	    {"test-rules", NULL, "only test the rules by their own examples", .flag = &only_test},
	};
	struct scan_options o = {0};
	struct scan_tally tally;
	const char *const *operand;
	struct verb self = *v;
	struct buf out;
	size_t n;
	enum errc rc;

	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--test-rules") == 0)
			self.need = NEED_NOTHING;
	if ((rc = cmd_start(c, &self, argc, argv, options, 5, &operand, &n)) != OK)
		return rc;
	digests_only();
	if (n != 0)
		return err_set(&c->e, ERR_USAGE, "takes no operand \"%s\"; see tocsin scan --help", operand[0]);
	if ((rc = cmd_share(c, rules, "TOCSIN_RULES", "rules", &rules)) != OK)
		return rc;
	buf_init(&out, 65536);
	if (only_test) {
		rc = test_rules(c, rules, &out);
	} else {
		o = (struct scan_options){rules, scan_prepared(), c->workers, c->without_jail, !c->quiet,
		    ocr || languages != NULL ? (languages != NULL ? languages : "eng") : NULL, passwords};
		if ((rc = scan_run(c->store, &c->config, &o, &tally, &c->e)) == OK) {
			*status = tally.failed + tally.attachments_failed != 0;
			tell(&out, c, &tally);
		}
	}
	if (rc == OK)
		rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
