/*
 * The subcommands of `tocsin notify`: each is one row of the table in notify.c (a struct verb of its own: what it
 * needs, its operands, its summary) and one function notify_cmd_<name> in the file of its family, notify-<family>.c,
 * which takes its own options and has its own --help.
 */
#ifndef TOCSIN_CMD_NOTIFY_H
#define TOCSIN_CMD_NOTIFY_H

#include "cmd/verbs.h"
#include "notify/notify.h"

verb_fn notify_cmd_plan, notify_cmd_show;     /* notify-plan.c */
verb_fn notify_cmd_approve, notify_cmd_write; /* notify-approve.c */
verb_fn notify_cmd_keys;                      /* notify-keys.c */
verb_fn notify_cmd_publish, notify_cmd_withdraw, notify_cmd_manifest; /* notify-publish.c */
verb_fn notify_cmd_seal;                      /* notify-seal.c */
verb_fn notify_cmd_templates;                 /* notify-templates.c */
verb_fn notify_cmd_collect, notify_cmd_decide, notify_cmd_reminders; /* notify-collect.c */
verb_fn notify_cmd_preflight, notify_cmd_send, notify_cmd_sent, notify_cmd_stop, notify_cmd_hold, notify_cmd_cease, notify_cmd_resume, notify_cmd_resolve, notify_cmd_done; /* notify-send.c */
verb_fn notify_cmd_withhold, notify_cmd_release; /* notify-withhold.c */
verb_fn notify_cmd_mark;                      /* notify-mark.c */
verb_fn notify_cmd_contacts;                  /* notify-contacts.c */
verb_fn notify_cmd_status;                    /* notify-status.c */

/* What the subcommands about waves have in common. */
struct notify_door {
	struct notify n;
	struct recipients recipients;
	unsigned char key[CASE_KEY_SIZE]; /* n.key, where it is read: of a case with a reading room, or by notify_door_key */
	uint64_t wave;         /* 0: the newest */
	const char *templates;
	struct buf out;
};
#define NOTIFY_WAVE(d) {"wave", "N", "which wave; else the newest", .number = &(d)->wave}
#define NOTIFY_TEMPLATES(d) \
	{"templates", "DIR", "texts of notices; else $TOCSIN_TEMPLATES, else the case's own, else as installed", .text = &(d)->templates, .read = true}

/* cmd_start for a subcommand without operands, and the rest of d filled in. It is closed whatever notify_door_open returned. */
MUST_CHECK enum errc notify_door_open(struct notify_door *d, struct cmd *c, const struct verb *v, int argc, char **argv,
    const struct cmd_option *options, size_t n_options);
/* The same of a verb that is no subcommand, when its case is open. */
MUST_CHECK enum errc notify_door_fill(struct notify_door *d, struct cmd *c);
/* notify_stands for such a verb, and the tables of rows say it, too: of a wave that is written, or none, only which it is. */
MUST_CHECK enum errc notify_door_stands(struct cmd *c, struct notify_standing *out);
MUST_CHECK enum errc notify_door_key(struct notify_door *d, struct cmd *c);
void notify_door_close(struct notify_door *d);

/* A line that says what is told to nobody by decision, where there is any: notify-withhold.c. The same as an object of JSON, always. */
void withheld_say(struct buf *out, const struct withheld_totals *t);
void withheld_json(struct json *j, const struct withheld_totals *t);

#endif
