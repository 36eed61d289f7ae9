/*
 * Google Workspace as rows: the export of activities into BigQuery (one row an event, a record a product; as JSON with
 * nested members or as CSV with dotted columns), Gmail's own daily table there, and CSV of the admin console's
 * investigation tool. Schema: "Schema for Gmail logs in BigQuery" and "Reports and logs in BigQuery" of Google's help.
 */
#include "logs/private.h"

enum { DEPTH = 12 };

/*
 * The last part of a name: "gmail.message_info.subject" is "subject". Where dots cannot stand in names, as in what a query gave, they are "_":
 * "message_info_connection_info_client_ip".
 */
static span last_part(span name)
{
	static const span records[] = {{(const unsigned char *)"gmail_", 6}, {(const unsigned char *)"event_info_", 11}, {(const unsigned char *)"message_info_", 13},
		{(const unsigned char *)"client_context_", 15}, {(const unsigned char *)"session_context_", 16}, {(const unsigned char *)"connection_info_", 16}};

	for (size_t dot; (dot = span_find_byte(name, '.')) < name.n;)
		name = span_from(name, dot + 1);
	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		if (span_starts_nocase(name, records[i]))
			name = span_from(name, records[i].n);
	return name;
}

/* Every member as a pair by the last part of its name. */
static void take_members(struct making *m, const struct json_node *n, unsigned depth)
{
	for (const struct json_node *c = n->child; c != NULL && !m->no_memory; c = c->next) {
		const struct json_node *v = making_tree(m, c);
		span name = c->key;

		if ((v->type == JSON_OBJECT || v->type == JSON_ARRAY) && v->child != NULL && depth < DEPTH) {
			/* A list of words is one text: scopes of a token. */
			if (v->type == JSON_ARRAY && v->child->type == JSON_STRING && v->child->key.n == 0)
				making_pair(m, name, json_text(v->child));
			else
				take_members(m, v, depth + 1);
			continue;
		}
		if (json_text(v).n != 0)
			making_pair(m, last_part(name), json_text(v));
	}
}

/*
 * GAM (github.com/GAM-team/GAM, "gam report") writes a row an event, with columns by the names of the activity: "id.time", "actor.email". What it
 * knows of parameters are columns by their names; others stand as they lie, in "parameters.0.messageValue.parameter.3.name" and "....intValue".
 */
static bool is_gam(const struct making *m) { return m->f[F_idtime] != NULL && m->f[F_idapplicationname] != NULL; }

static void take_named(struct making *m)
{
	static const char *const values[] = {"value", "intValue", "boolValue", NULL};

	for (const struct json_node *c = m->inner->child; c != NULL; c = c->next) {
		span stem = span_first(c->key, c->key.n - 4);

		if (!span_starts(c->key, SPAN_LIT("parameters.")) || !span_ends_nocase(c->key, SPAN_LIT(".name")) || json_text(c).n == 0)
			continue;
		for (const struct json_node *v = m->inner->child; v != NULL; v = v->next)
			if (span_starts(v->key, stem) && span_is_one_of(span_from(v->key, stem.n), values) && json_text(v).n != 0)
				making_pair(m, json_text(c), json_text(v));
	}
}

/* Whose mailbox: of mail that was sent, the source's, else the destination's that Gmail delivered to. */
static span owner_of(struct making *m)
{
	const struct json_node *info = making_tree(m, m->f[F_messageinfo]), *list = making_tree(m, json_get(info, "destination"));
	span flat = log_pair_get(m->r, "flattened_destinations"), sent = json_get_text(json_get(info, "source"), "address");
	uint64_t type;

	if (text_u64(log_pair_get(m->r, "mail_event_type"), &type) && type == 1)
		return sent;
	if (list != NULL && list->type == JSON_ARRAY && list->n == 1)
		return json_get_text(list->child, "address");
	if (span_find_byte(flat, ',') == flat.n && span_find_byte(flat, ':') < flat.n)
		return span_from(flat, span_find_byte(flat, ':') + 1);
	return SPAN_EMPTY;
}

/* "Successful login", "Failed login" and the like of the admin console, in the words of the API. */
static span console_event(span event)
{
	static const struct { const char *has, *name; } words[] = {
		{"successful login", "login_success"}, {"failed login", "login_failure"}, {"login challenge", "login_challenge"},
		{"suspicious login", "suspicious_login"}, {"grant", "authorize"}, {"authoriz", "authorize"}, {"revoke", "revoke"},
		{"forwarding", "email_forwarding_out_of_domain"}, {"customer takeout", "CUSTOMER_TAKEOUT_SUCCEEDED"}, {"data export", "CUSTOMER_TAKEOUT_SUCCEEDED"},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_has_nocase(event, span_str(words[i].has)))
			return span_str(words[i].name);
	return event;
}

static span console_app(struct making *m, span name)
{
	if (making_text(m, F_messageid).n != 0)
		return SPAN_LIT("gmail");
	if (span_has_nocase(name, SPAN_LIT("login")))
		return SPAN_LIT("login");
	if (span_eq(name, SPAN_LIT("email_forwarding_out_of_domain")))
		return SPAN_LIT("user_accounts");
	if (span_has_nocase(name, SPAN_LIT("takeout")))
		return span_starts(name, SPAN_LIT("CUSTOMER_")) ? SPAN_LIT("admin") : SPAN_LIT("takeout");
	return making_text(m, F_clientid).n != 0 || making_text(m, F_scope).n != 0 ? SPAN_LIT("token") : SPAN_LIT("");
}

void make_google_row(struct making *m)
{
	struct log_record *r = m->r;
	bool gam = is_gam(m), console = !gam && making_text(m, F_event).n != 0 && making_text(m, F_date).n != 0;
	span app = gam ? making_text(m, F_idapplicationname) : TEXT_OF(m, F_recordtype, F_eventtype), when;

	take_members(m, m->inner, 0);
	if (gam)
		take_named(m);
	r->operation = gam ? json_get_text(m->inner, "name") : making_text(m, console ? F_event : F_eventname);
	if (console)
		app = console_app(m, r->operation = console_event(r->operation));
	if (app.n == 0 && (m->f[F_messageinfo] != NULL || log_pair_get(r, "mail_event_type").n != 0))
		app = SPAN_LIT("gmail");
	r->workload = app;
	r->id = gam ? SPAN_EMPTY : TEXT_OF(m, F_uniqueidentifier, F_id); /* several rows can be of one activity */
	r->user = gam ? json_get_text(m->inner, "actor.email") : TEXT_OF(m, F_email, F_actor, F_owner, F_user);
	r->mailbox = making_text(m, F_owner);
	if (r->mailbox.n == 0 && r->user.n == 0)
		r->mailbox = r->user = owner_of(m);
	when = making_text(m, gam ? F_idtime : console ? F_date : F_timeusec);
	if (when.n == 0 && !console && (when = log_pair_get(r, "timestamp_usec")).n == 0)
		when = TEXT_OF(m, F_time, F_timestamp, F_when, F_datetime, F_date); /* as a query may call it */
	making_time(m, when, true);
	making_ip(m, making_text(m, F_ipaddress));
	if (console) {
		making_pair(m, SPAN_LIT("message_id"), making_text(m, F_messageid));
		making_pair(m, SPAN_LIT("client_id"), making_text(m, F_clientid));
	}
	google_event(m, app, r->operation);
	if (r->kind == LOG_MAIL_READ_GOOGLE && r->mailbox.n == 0)
		making_problem(m, LOG_NO_MAILBOX, NULL);
	/* Without an id of its own a row is known by what it says. */
	if (r->id.n == 0 && !console && !gam && log_pair_get(r, "mail_event_type").n == 0)
		making_problem(m, LOG_NO_ID, NULL);
}
