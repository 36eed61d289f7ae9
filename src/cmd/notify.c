#include "cmd/notify.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/near.h"
#include "store/waves.h"

static const struct verb subs[] = {
    {"notify plan", NEED_CASE_WRITE, "", "freeze the next wave: what each organisation is due and was not told", "--reason \"the archive of 2023 was found\"", notify_cmd_plan},
    {"notify show", NEED_CASE_READ, "", "print a wave, and its notices as text", "--org \"Northwind Freight\"", notify_cmd_show},
    {"notify approve", NEED_CASE_WRITE, "", "record that a person approves a wave", "--by \"Ada Example\"", notify_cmd_approve},
    {"notify write", NEED_CASE_WRITE, "", "put the approved notices into out/wave-N/", "", notify_cmd_write},
    {"notify keys", NEED_CASE_WRITE, "", "make or show the keys that notices are signed with, and their DNS records", "", notify_cmd_keys},
    {"notify publish", NEED_CASE_READ, "", "files for a web server by which anybody can check a notice", "--out /srv/www/notices", notify_cmd_publish},
    {"notify manifest", NEED_CASE_WRITE, "", "a signed statement of how many a wave told, and proofs of who was", "--wave 1 --out manifests --prove \"Northwind Freight\"", notify_cmd_manifest},
    {"notify withdraw", NEED_CASE_WRITE, "", "say that a notice no longer holds; two people must", "--notice TN-7Q4K-2M9D --by \"Ada Example\" --why \"a wrong date\"", notify_cmd_withdraw},
    {"notify seal", NEED_CASE_WRITE, "", "dossiers of a written wave as sealed bundles for the reading room", "--wave 1 --out drop", notify_cmd_seal},
    {"notify contacts", NEED_CASE_WRITE, "discover|import FILE|keys [ORG]|show [ORG]", "whom notices go to, ranked: look for more, take a list, show", "import contacts.csv", notify_cmd_contacts},
    {"notify preflight", NEED_CASE_WRITE, "", "ask the DNS whether receivers will believe the mail", "", notify_cmd_preflight},
    {"notify send", NEED_CASE_WRITE, "", "hand a written wave to the mail server, each notice exactly once", "--wave 1 --send", notify_cmd_send},
    {"notify sent", NEED_CASE_WRITE, "", "say that a wave was handed over by hand: tocsin does not send it", "--wave 1 --by \"Ann Courier\" --how \"registered letters\"", notify_cmd_sent},
    {"notify stop", NEED_CASE_READ, "", "end the running send before its next mail", "--by \"Ada Example\" --why \"a wrong telephone number\"", notify_cmd_stop},
    {"notify hold", NEED_CASE_WRITE, "ORG", "send nothing to an organisation until it is resumed, or a day", "\"Northwind Freight\" --why \"they asked for a week\" --until 2026-12-24", notify_cmd_hold},
    {"notify cease", NEED_CASE_WRITE, "ORG", "send nothing to an organisation any more", "\"Northwind Freight\" --why \"they have all of it on paper\"", notify_cmd_cease},
    {"notify resume", NEED_CASE_WRITE, "ORG", "an organisation is neither held nor ceased any more", "\"Northwind Freight\" --why \"the week is over\"", notify_cmd_resume},
    {"notify withhold", NEED_CASE_WRITE, "message|exposure ID...", "tell nobody of a message, or of an exposure that is none, from now on", "exposure 3f2a60c1b9d4 --by \"Ada Example\" --why \"a part number\"", notify_cmd_withhold,
	"  message ID...              a Message-ID, or the beginning of a SHA-256 as tocsin list messages has it\n"
	"  exposure ID...             the beginning of a digest as tocsin list exposures has it: wherever it stands\n"},
    {"notify release", NEED_CASE_WRITE, "message|exposure ID...", "what was withheld is told again", "exposure 3f2a60c1b9d4 --by \"Ada Example\" --why \"it was a password\"", notify_cmd_release,
	"  message ID...              a Message-ID, or the beginning of a SHA-256 as tocsin list withheld has it\n"
	"  exposure ID...             the beginning of a digest as tocsin list withheld has it\n"},
    {"notify resolve", NEED_CASE_WRITE, "", "say what became of a notice that is uncertain", "--notice TN-7Q4K-2M9D --answered --by \"Ada Example\" --why \"their security officer called\"", notify_cmd_resolve},
    {"notify done", NEED_CASE_WRITE, "TASK", "say that a task is done", "7 --by \"Ada Example\" --note \"spoke to their counsel\"", notify_cmd_done},
    {"notify status", NEED_CASE_READ, "", "where each organisation and mail stands, and what people have to do", "--wave 1", notify_cmd_status},
    {"notify templates", NEED_CASE_READ, "", "copy the texts of notices into the case, to be edited there", "", notify_cmd_templates},
    {"notify collect", NEED_CASE_WRITE, "PATH...|LOG", "take into the case what came back by mail, or what the reading room has logged", "~/Maildir", notify_cmd_collect,
	"  PATH...                    mail: bounces, delivery reports, automatic replies, answers; Maildirs, mbox files, messages, archives of them\n"
	"  LOG                        the reading room's event log (log/events of its state), alone: who claimed, read and reset what\n"},
    {"notify mark", NEED_CASE_WRITE, "ORG MARK [EXPOSURE...]", "say what became of credentials: ours, or as an organisation says elsewhere than in the reading room", "ourselves rotated --all --by \"Ada Example\" --note \"all tokens of the build server made anew\"", notify_cmd_mark,
	"  ORG                        its key, name or a domain; ourselves for what is our own\n"
	"  MARK                       rotated, revoked, deactivated; false_alarm, risk_accepted: it needs no reset; open: none of these\n"
	"  EXPOSURE...                the beginning of a digest as tocsin list remediations has it, or the name in the organisation's dossier\n"},
    {"notify decide", NEED_CASE_WRITE, "ID", "answer an organisation's question: one that was missed, one that is not its own", "3 --accept --by \"Ada Example\" --why \"it was on their own form\"", notify_cmd_decide},
    {"notify reminders", NEED_CASE_READ, "", "who has not claimed, read or reset in time", "", notify_cmd_reminders},
};
enum { N_SUBS = sizeof subs / sizeof subs[0], PREFIX = sizeof "notify " - 1 };

/* The case's own texts, when it has some and nothing else was asked for. */
static enum errc own_templates(struct cmd *c, const char **templates)
{
	struct stat sb;
	const char *own = arena_printf(c->a, "%s/templates", c->dir);

	if (own == NULL)
		return err_memory(&c->e);
	if (*templates == NULL && getenv("TOCSIN_TEMPLATES") == NULL && stat(own, &sb) == 0 && S_ISDIR(sb.st_mode))
		*templates = own;
	return OK;
}

enum errc notify_door_open(struct notify_door *d, struct cmd *c, const struct verb *v, int argc, char **argv,
    const struct cmd_option *options, size_t n_options)
{
	const char *const *operand;
	size_t n;
	enum errc rc;

	d->wave = UINT64_MAX; /* not given */
	buf_init(&d->out, (size_t)2 << 30);
	if ((rc = cmd_start(c, v, argc, argv, options, n_options, &operand, &n)) != OK)
		return rc;
	if (n != 0)
		return err_set(&c->e, ERR_USAGE, "takes options only, not \"%s\"", operand[0]);
	if (d->wave == 0)
		return err_set(&c->e, ERR_USAGE, "--wave wants a number from 1");
	if (d->wave == UINT64_MAX)
		d->wave = 0;
	return notify_door_fill(d, c);
}

enum errc notify_door_fill(struct notify_door *d, struct cmd *c)
{
	struct clocks *clocks = arena_zero(c->a, 1, sizeof *clocks);
	const char *law;
	enum errc rc;

	if (clocks == NULL)
		return err_memory(&c->e);
	if ((rc = own_templates(c, &d->templates)) != OK ||
	    (rc = cmd_share(c, d->templates, "TOCSIN_TEMPLATES", "templates", &d->n.templates)) != OK)
		return rc;
	if ((rc = cmd_share(c, NULL, "TOCSIN_LAW", "law", &law)) != OK || (rc = clocks_read(c->a, law, &c->config, time_now(), clocks, &c->e)) != OK)
		return rc;
	d->n.clocks = clocks;
	d->n.store = c->store;
	d->n.config = &c->config;
	d->n.now_utc = time_now();
	d->recipients.without_jail = c->without_jail;
	d->n.recipients = &d->recipients;
	d->n.progress = !c->quiet;
	/* Access codes in the notices are derived from it. */
	return c->config.sealed ? notify_door_key(d, c) : OK;
}

enum errc notify_door_stands(struct cmd *c, struct notify_standing *out)
{
	struct notify_door d = {0};
	struct wave newest;
	enum errc rc = wave_newest(c->store, &newest, &c->e);

	*out = (struct notify_standing){.wave = newest.number, .state = newest.state};
	if (rc != OK || newest.number == 0 || newest.state == WAVE_WRITTEN)
		return rc;
	if ((rc = notify_door_fill(&d, c)) == OK)
		rc = notify_stands(&d.n, out, &c->e);
	notify_door_close(&d);
	if (rc == OK && out->state == WAVE_PLANNED && (out->anew || memcmp(&out->plan, &newest.plan, sizeof newest.plan) != 0))
		wave_not_approved(c->store, newest.number);
	return rc;
}

enum errc notify_door_key(struct notify_door *d, struct cmd *c)
{
	enum errc rc = case_key(c->dir, d->key, &c->e);

	if (rc == OK)
		d->n.key = span_of(d->key, sizeof d->key);
	return rc;
}

void notify_door_close(struct notify_door *d)
{
	recipients_close(&d->recipients);
	buf_free(&d->out);
	explicit_bzero(d->key, sizeof d->key);
}

/* Where the subcommand stands in argv: the common options may come before it. argc when there is none. */
static int sub_at(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] != '-')
			return i;
		if (strcmp(argv[i], "--case") == 0 || strcmp(argv[i], "--workers") == 0)
			i++;
	}
	return argc;
}

static enum errc help(struct cmd *c)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, 65536);
	buf_str(&b, "usage: tocsin notify SUBCOMMAND [options] ...\nwho is told what, once: waves of notices\n\n");
	for (size_t i = 0; i < N_SUBS; i++)
		buf_printf(&b, "  %-12s %s\n", subs[i].name + PREFIX, subs[i].summary);
	buf_str(&b, "\ntocsin notify SUBCOMMAND --help says more; so does man tocsin-notify.\n");
	rc = cmd_print(&b, &c->e);
	buf_free(&b);
	return rc != OK ? rc : ERR_STOPPED;
}

enum errc cmd_notify(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	int at = sub_at(argc, argv);
	struct near near;
	char **rest;

	(void)v;
	if (at == argc) {
		for (int i = 0; i < argc; i++)
			if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
				return help(c);
		return err_set(&c->e, ERR_USAGE, "wants a subcommand: plan, show, approve, write ...; see tocsin notify --help");
	}
	if ((rest = arena_zero(c->a, (size_t)argc, sizeof *rest)) == NULL)
		return err_memory(&c->e);
	for (int i = 0; i < argc; i++)
		if (i != at)
			rest[i - (i > at)] = argv[i];
	for (size_t i = 0; i < N_SUBS; i++)
		if (strcmp(argv[at], subs[i].name + PREFIX) == 0)
			return subs[i].run(c, &subs[i], argc - 1, rest, status);
	if (at > 0 && argv[at - 1][0] == '-')
		return err_set(&c->e, ERR_USAGE, "the subcommand comes first, and %s behind it; see tocsin notify --help", argv[at - 1]);
	near = near_to(span_str(argv[at]));
	for (size_t i = 0; i < N_SUBS; i++)
		near_try(&near, span_str(subs[i].name + PREFIX));
	return err_set(&c->e, ERR_USAGE, "unknown subcommand %s%s; see tocsin notify --help", argv[at], near_says(&near));
}
