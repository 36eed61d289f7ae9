/*
 * Dovecot's log, out of a syslog or of its own file: who logged in from where, what its plugin mail_log says of single messages, and how
 * much a session has read, which it says when it ends (doc.dovecot.org: "Mail logger plugin", imap_logout_format, pop3_logout_format,
 * login_log_format_elements). Lines of other programs are passed over. Which messages were fetched is not logged: a number is, at best.
 */
#include "base/utf8.h"
#include "logs/private.h"

/* Behind the date that s begins with: "2025-06-11T10:00:00.1+02:00", "2025-06-11 10:00:00", "Jun 11 10:00:00". Empty when there is none. */
static span date_of(span s)
{
	size_t n = 0;

	if (s.n > 19 && ascii_is_digit(s.p[0]) && s.p[4] == '-' && s.p[13] == ':') {
		for (n = 11; n < s.n && !ascii_is_space(s.p[n]);)
			n++;
		return span_first(s, n);
	}
	return s.n > 15 && s.p[3] == ' ' && s.p[6] == ' ' && s.p[9] == ':' && s.p[12] == ':' ? span_first(s, 15) : SPAN_EMPTY;
}

static bool take_word(span *s, const char *word)
{
	if (!span_starts(*s, span_str(word)))
		return false;
	*s = span_from(*s, strlen(word));
	return true;
}

/* What of a line is Dovecot's, behind the host and its name; empty when nothing is. */
static span said_by_dovecot(span line, span *date)
{
	span rest;
	size_t at;

	(void)take_word(&line, "dovecot: "); /* of version 1: the date stands behind the name */
	*date = date_of(line);
	if (date->n == 0)
		return SPAN_EMPTY;
	rest = span_trim(span_from(line, date->n));
	at = span_find(span_first(rest, 200), SPAN_LIT("dovecot"));
	if (at < rest.n && (at == 0 || rest.p[at - 1] == ' ') && span_find(span_first(rest, at), SPAN_LIT(": ")) == at) {
		rest = span_from(rest, at + 7);
		if (rest.n > 0 && rest.p[0] == '[')
			rest = span_from(rest, span_find_byte(rest, ']') + 1);
		if (!take_word(&rest, ": "))
			return SPAN_EMPTY;
	}
	(void)take_word(&rest, "Info: ");
	return rest;
}

static const char *const services[] = {"imap-login", "pop3-login", "imap", "pop3", NULL};
static const char *const events[] = {"copy", "delete", "deleted", "undelete", "undeleted", "expunge", "expunged", "save", "append", "flag_change", NULL};

static span first_word(span s)
{
	size_t n = 0;

	while (n < s.n && (ascii_is_alnum(s.p[n]) || s.p[n] == '_' || s.p[n] == '-'))
		n++;
	return span_first(s, n);
}

/* The value of "name=" behind a space, a comma or the beginning; up to a comma, a space, or its own bracket. */
static span value_of(span s, const char *name)
{
	span word = span_str(name);
	size_t at = 0, n = 0;
	bool bracket;

	while ((at += span_find(span_from(s, at), word)) < s.n && at > 0 && s.p[at - 1] != ' ' && s.p[at - 1] != ',' && s.p[at - 1] != '(')
		at++;
	s = span_from(s, at + word.n);
	bracket = s.n > 0 && s.p[0] == '<';
	while (n < s.n && (bracket ? s.p[n] != '>' : s.p[n] != ',' && s.p[n] != ' ' && s.p[n] != ')'))
		n++;
	return bracket ? span_sub(s, 1, n - 1) : span_first(s, n);
}

/* Is this a line that tells of reaching mail? */
static bool tells(span service, span text)
{
	if (!span_is_one_of_nocase(service, services))
		return false;
	if (span_ends_nocase(service, SPAN_LIT("-login")))
		return value_of(text, "user=").n != 0 && value_of(text, "rip=").n != 0;
	return span_is_one_of_nocase(first_word(text), events) || value_of(text, "out=").n != 0 || value_of(text, "bytes=").n != 0 || value_of(text, "retr=").n != 0;
}

static bool line_read(span line, span *date, span *service, span *who, span *text)
{
	span s = said_by_dovecot(line, date);
	size_t n;

	*service = first_word(s);
	n = span_find(span_from(s, service->n), SPAN_LIT(": "));
	*who = span_sub(s, service->n, n);
	*text = span_from(s, service->n + n + 2);
	(void)take_word(text, "Info: ");
	return s.n != 0 && tells(*service, *text);
}

bool dovecot_sniff(span s)
{
	span line, date, service, who, text;

	while (span_line(&s, &line))
		if (line_read(line, &date, &service, &who, &text))
			return true;
	return false;
}

static void member(struct json_node *nodes, size_t i, const char *key, span text)
{
	nodes[0].n++;
	nodes[i] = (struct json_node){.type = JSON_STRING, .key = span_str(key), .text = text, .next = i < 4 ? &nodes[i + 1] : NULL};
}

enum errc dovecot_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e)
{
	span rest, line, date, service, who, text;
	struct json_node *nodes;

	for (;;) {
		*raw = (struct raw){0};
		rest = span_from(l->file, l->at);
		if (rest.n == 0)
			return OK;
		raw->at = l->at;
		raw->line = l->line++;
		line = span_trim(span_first(rest, span_find_byte(rest, '\n')));
		l->at += span_find_byte(rest, '\n');
		raw->n = l->at - raw->at;
		l->at += l->at < l->file.n;
		if (line_read(span_first(line, 64 * KIB), &date, &service, &who, &text))
			break;
	}
	if ((nodes = arena_zero(a, 5, sizeof *nodes)) == NULL)
		return err_memory(e);
	nodes[0].type = JSON_OBJECT;
	nodes[0].child = &nodes[1];
	member(nodes, 1, "time", date);
	member(nodes, 2, "dovecotservice", service);
	member(nodes, 3, "dovecotsession", utf8_clean(a, who));
	member(nodes, 4, "dovecottext", utf8_clean(a, text));
	raw->node = nodes;
	if (nodes[3].text.p == NULL || nodes[4].text.p == NULL)
		return err_memory(e);
	return OK;
}

/* ---- what a line means ---- */

/* Message-IDs are cut at 80 bytes, with "..." for the rest. */
static void event(struct making *m, span text)
{
	static const struct { const char *word; enum log_kind kind; } kinds[] = {{"copy", LOG_MOVE}, {"save", LOG_CREATE}, {"append", LOG_CREATE},
	    {"expunge", LOG_HARD_DELETE}, {"expunged", LOG_HARD_DELETE}, {"delete", LOG_SOFT_DELETE}, {"deleted", LOG_SOFT_DELETE}};
	struct log_record *r = m->r;
	span id = value_of(text, "msgid="), to = SPAN_EMPTY;
	struct log_item *it;

	r->kind = LOG_UPDATE;
	r->operation = first_word(text);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (span_eq_nocase(r->operation, span_str(kinds[i].word)))
			r->kind = kinds[i].kind;
	if (r->kind == LOG_MOVE) {
		to = value_of(text, "box=");
		r->target_folder = (struct log_folder){.path = to, .name = folder_last(to)};
	}
	if ((it = making_item(m, making_folder(m, SPAN_EMPTY, r->kind == LOG_MOVE ? SPAN_EMPTY : value_of(text, "box="), SPAN_EMPTY))) == NULL)
		return;
	if (span_find_byte(id, '@') < id.n && !span_ends_nocase(id, SPAN_LIT("...")))
		it->message_id = message_id_bare(id);
	else
		making_problem(m, LOG_ITEM_NO_MESSAGE_ID, NULL);
}

/* "Logged out in=1 out=2 ... hdr_count=3 hdr_bytes=4 body_count=5 body_bytes=6"; "top=0/0, retr=3/12345" of POP3, which has one folder. */
static void ended(struct making *m, span text, bool pop3)
{
	struct log_record *r = m->r;
	span bodies = value_of(text, pop3 ? "retr=" : "body_count="), heads = value_of(text, pop3 ? "top=" : "hdr_count=");
	uint64_t n_bodies, n_heads = 0;

	r->operation = pop3 ? SPAN_LIT("POP3 session ended") : SPAN_LIT("IMAP session ended");
	if (pop3)
		(void)making_folder(m, SPAN_EMPTY, SPAN_LIT("INBOX"), SPAN_EMPTY);
	if (!text_u64(bodies, &n_bodies)) {
		r->kind = pop3 ? LOG_SYNC : LOG_BIND; /* it does not say how much */
	} else if (n_bodies != 0) {
		r->kind = pop3 ? LOG_SYNC : LOG_BIND;
		r->has_operation_count = true;
		r->operation_count = n_bodies;
	} else if (!text_u64(heads, &n_heads) || n_heads != 0) {
		r->kind = LOG_FOLDER_OPENED;
	}
	if (r->kind == LOG_BIND)
		making_problem(m, LOG_NO_ITEMS, NULL);
	if (r->kind == LOG_FOLDER_OPENED && r->n_folders == 0)
		making_problem(m, LOG_NO_FOLDER, NULL);
}

/* "(ada@us.example)<123><session>", "(ada@us.example,203.0.113.9)". */
static void session(struct making *m, span who)
{
	struct log_record *r = m->r;
	size_t end = span_find_byte(who, ')'), at;
	span user = span_sub(who, 1, end - 1), rest = span_from(who, end + 1);

	if (who.n == 0 || who.p[0] != '(' || end == who.n)
		return;
	r->user = span_trim(span_first(user, span_find_byte(user, ',')));
	making_ip(m, span_trim(span_from(user, span_find_byte(user, ',') + 1)));
	while ((at = span_find(rest, SPAN_LIT("><"))) < rest.n)
		rest = span_from(rest, at + 1);
	if (rest.n > 2 && rest.p[0] == '<' && rest.p[rest.n - 1] == '>')
		r->session_id = span_sub(rest, 1, rest.n - 2);
}

void make_dovecot(struct making *m)
{
	struct log_record *r = m->r;
	span service = making_text(m, F_dovecotservice), text = making_text(m, F_dovecottext);
	bool pop3 = span_starts_nocase(service, SPAN_LIT("pop3"));

	making_time(m, making_text(m, F_time), false);
	r->workload = service;
	r->client_info = pop3 ? SPAN_LIT(DOVECOT " POP3") : SPAN_LIT(DOVECOT " IMAP");
	r->app_id = SPAN_LIT("dovecot"); /* no application of a cloud's */
	if (span_ends_nocase(service, SPAN_LIT("-login"))) {
		r->kind = LOG_SIGN_IN;
		r->operation = SPAN_LIT("login");
		r->user = value_of(text, "user=");
		r->session_id = value_of(text, "session=");
		making_ip(m, value_of(text, "rip="));
		r->success = span_starts(text, SPAN_LIT("Login:")) || span_starts(text, SPAN_LIT("Logged in:")) ? LOG_YES : LOG_NO;
		r->result = span_first(text, span_find_byte(text, ':'));
	} else {
		session(m, making_text(m, F_dovecotsession));
		r->success = LOG_YES;
		if (span_is_one_of_nocase(first_word(text), events))
			event(m, text);
		else
			ended(m, text, pop3);
	}
	r->mailbox = r->user;
	if (r->mailbox.n == 0)
		making_problem(m, LOG_NO_MAILBOX, NULL);
}
