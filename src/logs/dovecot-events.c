/*
 * Events that Dovecot exports as JSON (doc.dovecot.org, "Event Export" and "Events"): {"event": name, "start_time", "end_time", "fields":
 * {...}}. Sign-ins say where they came from, commands of IMAP and POP3 what was asked for, and events of single messages their UID, which no
 * evidence has. So they tell whose mailbox was reached, and hardly ever which messages.
 */
#include "logs/private.h"

bool is_dovecot_event(const struct making *m)
{
	return making_text(m, F_event).n != 0 && m->f[F_fields] != NULL && m->f[F_fields]->type == JSON_OBJECT &&
	    (m->f[F_starttime] != NULL || m->f[F_endtime] != NULL);
}

static span field(const struct making *m, const char *name) { return json_get_text(m->f[F_fields], name); }

/* Of one message: it has a folder and a UID there. */
static void message(struct making *m, enum log_kind kind)
{
	span id = field(m, "message_id");
	uint32_t folder = making_folder(m, SPAN_EMPTY, field(m, "mailbox"), SPAN_EMPTY);
	struct log_item *it;

	m->r->kind = kind;
	if (kind == LOG_FOLDER_OPENED || (it = making_item(m, folder)) == NULL)
		return;
	it->message_id = message_id_bare(id);
	if (it->message_id.n == 0)
		making_problem(m, LOG_ITEM_NO_MESSAGE_ID, NULL);
}

static enum log_tri answered(span state, const char *good)
{
	return state.n == 0 ? LOG_UNSAID : span_eq_nocase(state, span_str(good)) ? LOG_YES : LOG_NO;
}

void make_dovecot_event(struct making *m)
{
	struct log_record *r = m->r;
	span event = making_text(m, F_event), service = field(m, "service"), command = field(m, "cmd_name");
	bool pop3 = span_starts_nocase(event, SPAN_LIT("pop3")) || span_starts_nocase(service, SPAN_LIT("pop3"));

	making_time(m, TEXT_OF(m, F_endtime, F_starttime), true);
	r->user = field(m, "user");
	r->session_id = field(m, "session");
	making_ip(m, field(m, "remote_ip"));
	r->operation = event;
	r->workload = service.n != 0 ? service : SPAN_LIT("dovecot");
	r->client_info = pop3 ? SPAN_LIT(DOVECOT " POP3") : SPAN_LIT(DOVECOT " IMAP");
	r->app_id = SPAN_LIT("dovecot"); /* no application of a cloud's */
	r->mailbox = r->user;
	if (span_eq(event, SPAN_LIT("auth_request_finished"))) {
		static const char *const reading[] = {"", "imap", "pop3", NULL};

		r->success = span_eq_nocase(field(m, "success"), SPAN_LIT("yes")) ? LOG_YES : LOG_NO;
		r->result = field(m, "error");
		/* Who only sends (submission, SMTP) or filters reads no mail by that. */
		if (span_is_one_of_nocase(service, reading))
			r->kind = LOG_SIGN_IN;
	} else if (span_eq(event, SPAN_LIT("imap_command_finished")) || span_eq(event, SPAN_LIT("pop3_command_finished"))) {
		if (command.n == 0)
			command = field(m, "name");
		r->success = answered(field(m, pop3 ? "reply" : "tagged_reply_state"), "OK");
		r->operation = command;
		making_command(m, command, field(m, "cmd_args"));
	} else if (span_eq(event, SPAN_LIT("mail_opened"))) {
		message(m, LOG_BIND);
	} else if (span_eq(event, SPAN_LIT("mail_metadata_accessed"))) {
		message(m, LOG_FOLDER_OPENED);
	} else if (span_eq(event, SPAN_LIT("mail_expunged")) || span_eq(event, SPAN_LIT("mail_expunge_requested"))) {
		message(m, LOG_HARD_DELETE);
	}
	if (r->mailbox.n == 0 && r->kind != LOG_OTHER)
		making_problem(m, LOG_NO_MAILBOX, NULL);
}
