/* Microsoft Graph activity: requests with their address, not with what they returned. */
#include "base/digest.h"
#include "logs/private.h"

static span next_step(span *path)
{
	size_t n = 0;
	span step;

	while (path->n > 0 && path->p[0] == '/')
		*path = span_from(*path, 1);
	while (n < path->n && path->p[n] != '/' && path->p[n] != '?')
		n++;
	step = span_first(*path, n);
	*path = n < path->n && path->p[n] == '?' ? SPAN_EMPTY : span_from(*path, n);
	return step;
}

/* messages/ID, messages('ID'), mailFolders/ID: what stands in brackets, or the step that follows. */
static bool step_is(span step, const char *name, span *path, span *id)
{
	size_t n = strlen(name);

	if (!span_starts_nocase(step, span_str(name)))
		return false;
	*id = SPAN_EMPTY;
	if (step.n > n + 2 && step.p[n] == '(' && step.p[step.n - 1] == ')') {
		*id = span_sub(step, n + 1, step.n - n - 2);
		while (id->n > 1 && (id->p[0] == '\'' || id->p[0] == '"') && id->p[id->n - 1] == id->p[0])
			*id = span_sub(*id, 1, id->n - 2);
		return true;
	}
	if (step.n == n)
		*id = next_step(path);
	return step.n == n;
}

/* "ada%40us.example": ada@us.example. Item ids stay as they are: they are compared decoded. */
span uri_unescaped(struct making *m, span s)
{
	unsigned char *p, b;
	size_t n = 0;

	if (span_find_byte(s, '%') == s.n)
		return s;
	if ((p = arena_alloc(m->a, s.n)) == NULL) {
		m->no_memory = true;
		return SPAN_EMPTY;
	}
	for (size_t i = 0; i < s.n; i++) {
		p[n] = s.p[i];
		if (percent_read(s, i, &b) && b >= 0x20 && b < 0x7f) {
			p[n] = b;
			i += 2;
		}
		n++;
	}
	return span_of(p, n);
}

/* Functions of a list of messages, not ids. */
static bool is_function(span id)
{
	return id.p[0] == '$' || span_starts_nocase(id, SPAN_LIT("microsoft.graph.")) || span_eq_nocase(id, SPAN_LIT("delta")) ||
	       span_starts_nocase(id, SPAN_LIT("delta("));
}

/* An action, which may be written with its namespace: "microsoft.graph.security.exportResult". */
static bool is_action(span step, const char *const *names)
{
	size_t dot = span_find_last(step, '.');

	step = span_first(step, span_find_byte(step, '('));
	return span_is_one_of_nocase(dot < step.n ? span_from(step, dot + 1) : step, names);
}

/* The import and export of mailboxes call one MBX:<its GUID>@<tenant>, which is no address. */
static span mailbox_of(struct making *m, span id)
{
	span name = uri_unescaped(m, id);

	size_t at = span_find_nocase(name, SPAN_LIT("MBX:"));

	if (at == name.n)
		return name;
	name = span_from(name, at + 4);
	return span_first(name, span_find_byte(name, '@'));
}

static bool changes(const struct log_record *r)
{
	return span_eq_nocase(r->request_method, SPAN_LIT("POST")) || span_eq_nocase(r->request_method, SPAN_LIT("PATCH"));
}

/* Searches over mailboxes and sets of what they found: an export of their results, or what makes and runs them. */
static void ediscovery(struct log_record *r, span step)
{
	static const char *const exports[] = {"exportResult", "exportReport", "export", NULL};

	if (is_action(step, exports))
		r->resource = SPAN_LIT("export");
	else if (r->resource.n == 0 && changes(r) && span_has_one_of_nocase(step, SPAN_WORDS("search", "reviewSet", "quer")))
		r->resource = SPAN_LIT("search");
}

/* What it is for stands in its body, which no log has: what its permissions open, for a user the own mailbox unless one says "Shared". */
static void unsaid(struct log_record *r, span step)
{
	if (r->role.n != 0 && !span_has_one_of_nocase(r->role, SPAN_WORDS("Mail", "Group", "full_access", "EWS")))
		return;
	r->resource = step.p[0] == '$' ? SPAN_LIT("batch") : SPAN_LIT("subscription");
	if (r->role.n != 0 && !span_has_one_of_nocase(r->role, SPAN_WORDS("Shared", "Group", "full_access", "EWS")))
		r->mailbox = r->user.n != 0 ? r->user : r->user_id;
}

/*
 * https://graph.microsoft.com/v1.0/users/NAME/mailFolders/ID/messages/ID/$value. resource becomes what it asks a mailbox for. Messages of
 * teams and chats are none of a mailbox, nor are the rules and the names of its folders.
 */
static void graph_path(struct making *m, span uri)
{
	struct log_record *r = m->r;
	size_t at = span_find(uri, SPAN_LIT("://"));
	span path = at < uri.n ? span_from(uri, at + 3) : uri, step, id, query;
	uint32_t folder = LOG_FOLDER_NONE;
	bool box = false, chat = false, exchange = false, cases = false;

	if (at < uri.n)
		path = span_from(path, span_find_byte(path, '/'));
	query = span_from(path, span_find_byte(path, '?'));
	while ((step = next_step(&path)).n != 0) {
		if (!cases && span_eq_nocase(step, SPAN_LIT("me"))) {
			r->mailbox = r->user.n != 0 ? r->user : r->user_id;
			box = true;
		} else if (!cases && (step_is(step, "users", &path, &id) || step_is(step, "mailboxes", &path, &id) || step_is(step, "groups", &path, &id))) {
			r->mailbox = mailbox_of(m, id);
			box = true;
		} else if (!box && span_eq_nocase(step, SPAN_LIT("exchange"))) {
			exchange = true; /* /admin/exchange/mailboxes/ID/folders/ID/items */
		} else if (!box && span_starts_nocase(step, SPAN_LIT("ediscovery"))) {
			cases = true;
		} else if (cases) {
			ediscovery(r, step);
		} else if (!box && span_eq_nocase(step, SPAN_LIT("copilot"))) {
			r->resource = SPAN_LIT("search"); /* what it answers from it has searched for, with the rights of who asks */
			r->mailbox = r->user.n != 0 ? r->user : r->user_id;
		} else if (box && changes(r) && step_is(step, "messageRules", &path, &id)) {
			r->resource = SPAN_LIT("rule"); /* what it does is in the body */
		} else if (span_eq_nocase(step, SPAN_LIT("teams")) || span_eq_nocase(step, SPAN_LIT("chats")) || span_eq_nocase(step, SPAN_LIT("channels"))) {
			chat = true;
		} else if (step_is(step, "mailFolders", &path, &id) && id.n != 0) {
			folder = making_folder(m, id, SPAN_EMPTY, SPAN_EMPTY);
		} else if (step_is(step, "messages", &path, &id) && !chat) {
			struct log_item *it = id.n != 0 && !is_function(id) ? making_item(m, folder) : NULL;

			if (it != NULL)
				it->item_id = id;
			if (box)
				r->resource = SPAN_LIT("messages");
		} else if (box && (span_eq_nocase(step, SPAN_LIT("conversations")) || span_eq_nocase(step, SPAN_LIT("threads")))) {
			r->resource = SPAN_LIT("messages");
		} else if (box && exchange && step_is(step, "items", &path, &id)) {
			r->resource = SPAN_LIT("messages");
		} else if (box && is_action(step, (const char *const[]){"exportItems", NULL})) {
			r->resource = SPAN_LIT("export");
		} else if (span_eq_nocase(step, SPAN_LIT("search")) && span_starts_nocase(path, SPAN_LIT("/query"))) {
			r->resource = SPAN_LIT("search");
		} else if (!box && (span_eq_nocase(step, SPAN_LIT("$batch")) || (span_eq_nocase(step, SPAN_LIT("subscriptions")) && changes(r)))) {
			unsaid(r, step);
		}
	}
	if (box && !chat && span_has_nocase(query, SPAN_LIT("messages"))) /* $expand=messages */
		r->resource = SPAN_LIT("messages");
}

void make_graph_activity(struct making *m)
{
	struct log_record *r = m->r;
	span code = TEXT_OF(m, F_responsestatuscode, F_resultsignature);

	r->kind = LOG_GRAPH_REQUEST;
	r->operation = making_text(m, F_requestmethod);
	r->request_method = r->operation;
	r->request_uri = making_text(m, F_requesturi);
	r->record_type_name = making_text(m, F_category);
	r->id = TEXT_OF(m, F_requestid, F_correlationid);
	making_time(m, TEXT_OF(m, F_timegenerated, F_time, F_createddatetime), true);
	r->result = code;
	if (code.n == 3)
		r->success = code.p[0] == '2' || code.p[0] == '3' ? LOG_YES : LOG_NO;
	r->user = TEXT_OF(m, F_userprincipalname);
	r->user_id = TEXT_OF(m, F_userid, F_userprincipalobjectid);
	r->service_principal = making_text(m, F_serviceprincipalid);
	making_ip(m, TEXT_OF(m, F_ipaddress, F_calleripaddress));
	r->user_agent = making_text(m, F_useragent);
	r->app_id = making_text(m, F_appid);
	r->session_id = r->aad_session_id = making_text(m, F_sessionid);
	r->unique_token_id = TEXT_OF(m, F_signinactivityid, F_uniquetokenid);
	r->role = TEXT_OF(m, F_scopes, F_roles);
	r->batch = making_text(m, F_operationid);
	r->organisation = making_text(m, F_tenantid);
	r->country = SPAN_EMPTY;
	graph_path(m, r->request_uri);
	if (r->id.n == 0)
		making_problem(m, LOG_NO_ID, NULL);
}
