/*
 * Exchange's protocol logs of IMAP4 and POP3 (Microsoft, "Protocol logging for POP3 and IMAP4 in Exchange Server"): a line a command, with
 * what was asked for and no names of messages. What a session was sent may be any of its mailbox.
 */
#include "logs/private.h"

/* The item that FETCH asks for is there, and nothing of `but` behind it: RFC822 is the message, RFC822.SIZE a number (RFC 3501 6.4.5). */
static bool asks_for(span items, const char *what, const char *const *but)
{
	span word = span_str(what);

	for (size_t at = 0; (at += span_find_nocase(span_from(items, at), word)) < items.n; at++) {
		span behind = span_from(items, at + word.n);
		bool other = false;

		for (size_t i = 0; but[i] != NULL; i++)
			other = other || span_starts_nocase(behind, span_str(but[i]));
		if (!other)
			return true;
	}
	return false;
}

static enum log_kind fetched(span items)
{
	static const char *const but_header[] = {"HEADER", NULL}, *const but_parts[] = {".SIZE", ".HEADER", NULL}, *const nothing[] = {NULL};

	if (items.n == 0 || asks_for(items, "BODY[", but_header) || asks_for(items, "BODY.PEEK[", but_header) || asks_for(items, "RFC822", but_parts) ||
	    asks_for(items, "BINARY", nothing))
		return LOG_BIND;
	return span_has_one_of_nocase(items, SPAN_WORDS("HEADER", "ENVELOPE", "BODYSTRUCTURE", "ALL", "FULL")) ? LOG_FOLDER_OPENED : LOG_OTHER;
}

/* "FIRM\\ann", "firm/ann/shared": the last names the mailbox. */
static span account(span s)
{
	s = span_trim(s);
	for (size_t i = s.n; i-- > 0;)
		if (s.p[i] == '\\' || s.p[i] == '/')
			return span_from(s, i + 1);
	return s;
}

void making_command(struct making *m, span command, span items)
{
	static const char *const changes[] = {"store", "copy", "move", "expunge", "dele", NULL};
	struct log_record *r = m->r;
	bool retr, top;

	if (span_starts_nocase(command, SPAN_LIT("uid ")))
		command = span_trim(span_from(command, 4));
	if (span_eq_nocase(command, SPAN_LIT("uid"))) { /* what it is of stands with its parameters: "fetch 1:3 (BODY[])" */
		items = span_trim(items);
		command = span_first(items, span_find_byte(items, ' '));
		items = span_from(items, command.n);
	}
	retr = span_eq_nocase(command, SPAN_LIT("retr"));
	top = span_eq_nocase(command, SPAN_LIT("top"));
	if (r->success == LOG_NO)
		return;
	if (span_eq_nocase(command, SPAN_LIT("fetch"))) {
		r->kind = fetched(items);
	} else if (retr || top) {
		r->kind = retr ? LOG_SYNC : LOG_FOLDER_OPENED;
		(void)making_folder(m, SPAN_EMPTY, SPAN_LIT("INBOX"), SPAN_EMPTY); /* POP3 has no other */
		return;
	} else if (span_eq_nocase(command, SPAN_LIT("search"))) {
		r->kind = LOG_SEARCH;
		r->query = items;
	} else if (span_is_one_of_nocase(command, changes)) {
		r->kind = LOG_UPDATE;
	}
	if (r->kind == LOG_FOLDER_OPENED)
		making_problem(m, LOG_NO_FOLDER, NULL);
	else if (r->kind == LOG_BIND || r->kind == LOG_UPDATE)
		making_problem(m, LOG_NO_ITEMS, NULL);
}

void make_exchange(struct making *m)
{
	static const char *const sign_ins[] = {"login", "auth", "authenticate", "pass", "apop", NULL};
	struct log_record *r = m->r;
	span command = making_text(m, F_command), items = making_text(m, F_parameters), said = making_text(m, F_context);

	making_time(m, making_text(m, F_datetime), false);
	r->user = account(making_text(m, F_user));
	making_ip(m, making_text(m, F_cip));
	r->session_id = making_text(m, F_sessionid);
	r->operation = command;
	r->workload = SPAN_LIT("IMAP4 and POP3");
	r->app_id = SPAN_LIT("exchange"); /* no application of a cloud's */
	r->success = span_has_nocase(said, SPAN_LIT("R=ok")) ? LOG_YES : said.n != 0 ? LOG_NO : LOG_UNSAID;
	if (span_is_one_of_nocase(command, sign_ins)) {
		r->kind = LOG_SIGN_IN;
		if (r->user.n == 0)
			r->user = account(span_first(items, span_find_byte(items, ' ')));
	} else {
		making_command(m, command, items);
	}
	r->mailbox = r->user;
	if (r->mailbox.n == 0 && r->kind != LOG_OTHER)
		making_problem(m, LOG_NO_MAILBOX, NULL);
}
