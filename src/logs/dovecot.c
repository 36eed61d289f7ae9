/*
 * Dovecot's log, out of a syslog or of its own file: who logged in from where, what its plugin mail_log says of single messages, and how
 * much a session has read, which it says when it ends (doc.dovecot.org: "Mail logger plugin", imap_logout_format, pop3_logout_format,
 * login_log_format_elements). A line is one of a file, or a value that a journal or a shipper of logs put between others. Lines of other
 * programs are passed over. Which messages were fetched is not logged: a number is, at best.
 */
#include "base/utf8.h"
#include "logs/private.h"

static const char *const services[] = {"imap-login", "pop3-login", "managesieve-login", "imap", "pop3", "lmtp", "lda", NULL};
static const char *const deliverers[] = {"lmtp", "lda", NULL};
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
	if (span_ends_nocase(service, SPAN_LIT("-login")))
		return value_of(text, "user=").n != 0 && value_of(text, "rip=").n != 0;
	/* "sieve: msgid=<a@x>: forwarded to <b@y>" (Pigeonhole's action "redirect") */
	if (span_is_one_of_nocase(service, deliverers))
		return span_has(text, SPAN_LIT("sieve: msgid=")) && span_has(text, SPAN_LIT("forwarded to <"));
	return span_is_one_of_nocase(first_word(text), events) || value_of(text, "out=").n != 0 || value_of(text, "bytes=").n != 0 || value_of(text, "retr=").n != 0;
}

/* headless: the line is what Dovecot said, and nothing before it. */
static bool line_read(span line, bool headless, struct dovecot_line *out)
{
	span s = headless ? line : syslog_said(line, "dovecot", &out->date);
	size_t n;

	(void)span_take(&s, "Info: ");
	out->service = first_word(s);
	if (!span_is_one_of_nocase(out->service, services))
		return false;
	n = span_find(span_from(s, out->service.n), SPAN_LIT(": "));
	out->who = span_sub(s, out->service.n, n);
	out->text = span_from(s, out->service.n + n + 2);
	(void)span_take(&out->text, "Info: ");
	return tells(out->service, out->text);
}

bool dovecot_sniff(span s)
{
	struct lines l = {.file = s};
	struct dovecot_line said;
	struct raw raw;
	span line;

	while (lines_next(&l, &raw, &line))
		if (line_read(line, false, &said))
			return true;
	return false;
}

static void member(struct json_node *n, const char *key, span text)
{
	*n = (struct json_node){.type = JSON_STRING, .key = span_str(key), .text = text, .next = n + 1};
}

enum errc dovecot_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e)
{
	struct dovecot_line said;
	struct json_node *nodes;
	span line;

	do {
		if (!lines_next(l, raw, &line))
			return OK;
	} while (!line_read(span_first(line, 64 * KIB), false, &said));
	raw->last_utc = l->n_turns != 0 ? l->last_utc : 0;
	while (raw->years_back < l->n_turns && raw->at < l->turns[l->n_turns - 1 - raw->years_back])
		raw->years_back++;
	if ((nodes = arena_zero(a, 5, sizeof *nodes)) == NULL)
		return err_memory(e);
	nodes[0] = (struct json_node){.type = JSON_OBJECT, .n = 4, .child = &nodes[1]};
	member(&nodes[1], "time", said.date);
	member(&nodes[2], "dovecotservice", said.service);
	member(&nodes[3], "dovecotsession", utf8_clean(a, said.who));
	member(&nodes[4], "dovecottext", utf8_clean(a, said.text));
	nodes[4].next = NULL;
	raw->node = nodes;
	if (nodes[3].text.p == NULL || nodes[4].text.p == NULL)
		return err_memory(e);
	return OK;
}

/* ---- a line as a value: of a journal, a shipper of logs, an index ---- */

static struct json_node *text_node(struct making *m, span text)
{
	struct json_node *n = arena_zero(m->a, 1, sizeof *n);

	m->no_memory |= n == NULL;
	if (n != NULL)
		*n = (struct json_node){.type = JSON_STRING, .text = text};
	return n;
}

/* The text of a line; journalctl writes one that is no UTF-8 as a list of its bytes. */
static span line_of(struct making *m, const struct json_node *n)
{
	unsigned char *p;
	size_t k = 0;

	if (n == NULL || n->type != JSON_ARRAY || n->child == NULL || n->child->type != JSON_NUMBER)
		return json_text(n);
	if ((p = arena_alloc(m->a, n->n)) == NULL) {
		m->no_memory = true;
		return SPAN_EMPTY;
	}
	for (const struct json_node *c = n->child; c != NULL; c = c->next) {
		uint64_t v;

		if (!text_u64(c->text, &v) || v > 0xff)
			return SPAN_EMPTY;
		p[k++] = (unsigned char)v;
	}
	return utf8_clean(m->a, span_of(p, k));
}

bool dovecot_within(struct making *m)
{
	static const enum log_field lines[] = {F_message, F_shortmessage, F_original, F_raw, F_log, F_msg};
	span arrived = TEXT_OF(m, F_sourcerealtimetimestamp, F_realtimetimestamp, F_timestamp, F_time, F_datetime);
	struct dovecot_line said;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		span line = span_trim(line_of(m, m->f[lines[i]]));
		bool whole = line_read(line, false, &said);

		m->has_line = m->has_line || line.n != 0;
		if (!whole && !line_read(line, true, &said))
			continue;
		m->f[F_time] = text_node(m, whole ? said.date : arrived);
		m->f[F_dovecotarrived] = text_node(m, arrived);
		m->f[F_dovecotservice] = text_node(m, said.service);
		m->f[F_dovecotsession] = text_node(m, said.who);
		m->f[F_dovecottext] = text_node(m, said.text);
		return !m->no_memory;
	}
	return false;
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
	uint64_t n_bodies, n_heads = 0, out;

	r->operation = pop3 ? SPAN_LIT("POP3 session ended") : SPAN_LIT("IMAP session ended");
	if (pop3)
		(void)making_folder(m, SPAN_EMPTY, SPAN_LIT("INBOX"), SPAN_EMPTY);
	if (!text_u64(bodies, &n_bodies)) {
		r->kind = pop3 ? LOG_SYNC : LOG_BIND; /* it does not say how much */
	} else if (n_bodies != 0) {
		r->kind = pop3 ? LOG_SYNC : LOG_BIND;
		r->has_operation_count = true;
		r->operation_count = n_bodies;
	} else if (!text_u64(heads, &n_heads) || n_heads != 0 || (!pop3 && text_u64(value_of(text, "out="), &out) && out > LIMIT_IMAP_UNREAD_OUT)) {
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

/* Mail that a script handed on while it was delivered. Who put the script there it does not say, nor from where. */
static void handed_on(struct making *m, span text)
{
	struct log_record *r = m->r;
	span to = span_from(text, span_find(text, SPAN_LIT("forwarded to <")) + 14), who = making_text(m, F_dovecotsession);
	size_t at = span_find_byte(who, '@'), end, from;
	struct log_item *it;

	/* "(ada@us.example)<1><s>", before 2.3 "(123, ada@us.example)" */
	for (from = at; from > 0 && who.p[from - 1] != '(' && who.p[from - 1] != ' '; from--)
		;
	for (end = at; end < who.n && who.p[end] != ')' && who.p[end] != ','; end++)
		;
	session(m, who);
	r->mailbox = at < who.n ? span_sub(who, from, end - from) : r->user;
	r->user = r->session_id = r->ip = r->ip_logged = SPAN_EMPTY;
	r->client_info = SPAN_LIT(DOVECOT " Sieve");
	r->kind = LOG_BIND;
	r->operation = SPAN_LIT("forwarded by Sieve");
	making_target(m, span_first(to, span_find_byte(to, '>')));
	if ((it = making_item(m, LOG_FOLDER_NONE)) != NULL)
		it->message_id = message_id_bare(value_of(text, "msgid="));
}

void make_dovecot(struct making *m)
{
	struct log_record *r = m->r;
	span service = making_text(m, F_dovecotservice), text = making_text(m, F_dovecottext);
	bool pop3 = span_starts_nocase(service, SPAN_LIT("pop3")), ambiguous;
	enum when_zone zone;
	int64_t arrived;
	uint32_t nanos;

	making_time(m, making_text(m, F_time), false);
	if ((r->problems & LOG_NO_YEAR) != 0 && when_parse(making_text(m, F_dovecotarrived), 0, &arrived, &nanos, &zone, &ambiguous)) {
		r->when_utc = when_before(r->when_utc, TIME_NONE, 0, arrived);
		r->problems &= ~(unsigned)LOG_NO_YEAR;
	}
	r->workload = service;
	r->client_info = pop3 ? SPAN_LIT(DOVECOT " POP3") : SPAN_LIT(DOVECOT " IMAP");
	r->app_id = SPAN_LIT("dovecot"); /* no application of a cloud's */
	if (span_ends_nocase(service, SPAN_LIT("-login"))) {
		r->kind = LOG_SIGN_IN;
		r->operation = SPAN_LIT("login");
		r->user = value_of(text, "user=");
		r->session_id = value_of(text, "session=");
		making_ip(m, value_of(text, "rip="));
		/* A proxy passes the session on to the server with the mail, and that is all that it says of it. */
		r->success = span_starts(text, SPAN_LIT("Login:")) || span_starts(text, SPAN_LIT("Logged in:")) || span_has(text, SPAN_LIT("): started proxying to ")) ? LOG_YES
		                                                                                                                                         : LOG_NO;
		r->result = span_first(text, span_find_byte(text, ':'));
		if (r->success == LOG_YES && span_starts_nocase(service, SPAN_LIT("managesieve"))) {
			/* It is there to change the script that delivers mail; what was put into it is not logged (RFC 5804). */
			r->kind = LOG_FORWARDING;
			r->operation = SPAN_LIT("ManageSieve login");
			r->client_info = SPAN_LIT(DOVECOT " ManageSieve");
			making_target(m, SPAN_LIT("whom a script of Sieve may name"));
		}
	} else if (span_is_one_of_nocase(service, deliverers)) {
		handed_on(m, text);
		return;
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
