/*
 * Google Workspace's activities out of Google Cloud Logging and out of Elastic. An entry of Cloud Logging has them in
 * protoPayload.metadata.event[], with eventName and parameter[] (Google, "Audit logs for Google Workspace"); its export into BigQuery has the payload as
 * protopayload_auditlog and the metadata as a text, Log Analytics as proto_payload.audit_log. Elastic's modules and integrations have google_workspace.*
 * beside fields of ECS.
 */
#include "logs/private.h"

enum { DEPTH = 12 };

static const struct { const char *service, *app; } services[] = {
	{"login.googleapis.com", "login"}, {"oauth2.googleapis.com", "token"}, {"admin.googleapis.com", "admin"}, {"gmail.googleapis.com", "gmail"},
	{"drive.googleapis.com", "drive"}, {"cloudidentity.googleapis.com", "groups_enterprise"}, {"takeout.googleapis.com", "takeout"},
	{"vault.googleapis.com", "vault"},
};

/* What the method of a token says, where its event has no name of the Reports API. */
static const struct { const char *method, *event; } methods[] = {
	{"google.identity.oauth2.GetTokenInfo", "activity"}, {"google.identity.oauth2.GetToken", "authorize"}, {"google.identity.oauth2.RevokeToken", "revoke"},
	{"google.identity.oauth2.Request", "request"}, {"google.identity.oauth2.Deny", "deny"},
	{"google.login.LoginService.loginSuccess", "login_success"}, {"google.login.LoginService.loginFailure", "login_failure"},
};

/* Names as in JSON of protocol buffers, or as those have them. */
static const struct json_node *either(const struct json_node *n, const char *camel, const char *snake)
{
	const struct json_node *v = json_get(n, camel);

	return v != NULL ? v : json_get(n, snake);
}

/* protoPayload, or where it is one; a row of a query that has its members as columns is one itself. */
static const struct json_node *payload_of(struct making *m)
{
	const struct json_node *p = m->f[F_protopayload] != NULL ? m->f[F_protopayload] : m->f[F_protopayloadauditlog];

	if (p == NULL && m->f[F_jsonpayload] != NULL && json_get(making_tree(m, m->f[F_jsonpayload]), "activityId") != NULL)
		p = m->f[F_jsonpayload];
	p = making_tree(m, p);
	if (p == NULL)
		return m->f[F_metadatajson] != NULL ? m->inner : NULL;
	return either(p, "auditLog", "audit_log") != NULL ? either(p, "auditLog", "audit_log") : p;
}

bool is_google_entry(const struct making *m)
{
	return m->f[F_protopayload] != NULL || m->f[F_protopayloadauditlog] != NULL || (m->f[F_metadatajson] != NULL && m->f[F_servicename] != NULL) ||
	       (m->f[F_jsonpayload] != NULL && json_get(m->f[F_jsonpayload], "activityId") != NULL);
}

bool is_google_elastic(const struct making *m) { return m->f[F_googleworkspace] != NULL && m->f[F_googleworkspace]->type == JSON_OBJECT; }

static span app_of(span service)
{
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (span_eq_nocase(service, span_str(services[i].service)))
			return span_str(services[i].app);
	return SPAN_EMPTY;
}

static span event_of(span method)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (span_eq_nocase(method, span_str(methods[i].method)))
			return span_str(methods[i].event);
	return SPAN_EMPTY;
}

/* Known by application, qualifier and moment. */
static void make_id(struct making *m, span app, span id, span when)
{
	char *s = arena_printf(m->a, "%.*s:%.*s:%.*s", (int)app.n, (const char *)app.p, (int)id.n, (const char *)id.p, (int)when.n, (const char *)when.p);

	m->no_memory |= s == NULL;
	if (s != NULL && id.n != 0)
		m->r->id = span_str(s);
	else
		making_problem(m, LOG_NO_ID, NULL);
}

void make_google_entry(struct making *m)
{
	struct log_record *r = m->r;
	const struct json_node *p = payload_of(m), *metadata = making_tree(m, json_get(p, "metadata")), *request = making_tree(m, either(p, "requestMetadata", "request_metadata")),
	                       *who = making_tree(m, either(p, "authenticationInfo", "authentication_info")), *id;
	span service = json_text(either(p, "serviceName", "service_name")), method = json_text(either(p, "methodName", "method_name")), app = app_of(service), when;

	if (metadata == NULL)
		metadata = making_tree(m, either(p, "metadataJson", "metadata_json"));
	if (json_get(p, "activityId") != NULL) /* the activity itself: what Google's own staff did, of Access Transparency */
		metadata = p;
	id = json_get(metadata, "activityId");
	r->workload = app.n != 0 ? app : service;
	when = TEXT_OF(m, F_timestamp, F_time);
	making_time(m, when.n != 0 ? when : json_get_text(id, "timeUsec"), true);
	r->user = json_text(either(who != NULL ? who : p, "principalEmail", "principal_email"));
	if (r->user.n == 0)
		r->user_id = json_text(either(who, "principalSubject", "principal_subject"));
	making_ip(m, json_text(either(request != NULL ? request : p, "callerIp", "caller_ip")));
	google_events(m, app, making_tree(m, json_get(metadata, "event")), "eventName", "parameter");
	r->user_agent = json_text(either(request, "callerSuppliedUserAgent", "caller_supplied_user_agent"));
	if (r->operation.n == 0 || (r->kind == LOG_OTHER && event_of(method).n != 0))
		r->operation = event_of(method).n != 0 ? event_of(method) : method;
	google_event(m, app, r->operation);
	/* Google's mail, and nothing that says what was done with which message. */
	if (span_eq(app, SPAN_LIT("gmail")) && r->n_items == 0 && r->kind == LOG_OTHER && log_pair_get(r, "mail_event_type").n == 0) {
		r->kind = LOG_MAIL_READ_GOOGLE;
		making_problem(m, LOG_NO_ITEMS, NULL);
	}
	make_id(m, app, json_get_text(id, "uniqQualifier").n != 0 ? json_get_text(id, "uniqQualifier") : making_text(m, F_insertid), when);
}

/* ---- Elastic ---- */

/* Under the name that the Reports API has, which is the path: token.client.id is client_id, token.scope.value is scope. */
static void take(struct making *m, span app, span path, const struct json_node *n, unsigned depth)
{
	for (const struct json_node *c = n->child; c != NULL && !m->no_memory; c = c->next) {
		const struct json_node *v = json_alone(making_tree(m, c));
		bool named = c->key.n != 0 && !span_eq_nocase(c->key, SPAN_LIT("value")), words = v->type == JSON_ARRAY && v->child != NULL && v->child->type == JSON_STRING;
		char *joined = named && path.n != 0 ? arena_printf(m->a, "%.*s_%.*s", (int)path.n, (const char *)path.p, (int)c->key.n, (const char *)c->key.p) : NULL;
		span name = joined != NULL ? span_str(joined) : named ? c->key : path;

		m->no_memory |= named && path.n != 0 && joined == NULL;
		if ((v->type == JSON_OBJECT || v->type == JSON_ARRAY) && !words) {
			if (depth < DEPTH)
				take(m, app, name, v, depth + 1);
			continue;
		}
		making_pair(m, name, making_joined(m, v));
		if (joined != NULL)
			making_pair(m, c->key, making_joined(m, v));
	}
	if (depth == 0 && span_eq_nocase(app, SPAN_LIT("login"))) {
		making_pair(m, SPAN_LIT("login_type"), json_text(json_alone(json_get(n, "type"))));
		making_pair(m, SPAN_LIT("login_failure_type"), json_text(json_alone(json_get(n, "failure_type"))));
	}
}

static span of_ecs(const struct making *m, const char *set, const char *name)
{
	return json_text(json_alone(json_get(json_get(m->inner, set), name)));
}

static const struct json_node *within(const struct json_node *n, const char *first, const char *second)
{
	return json_get(json_get(n, first), second);
}

void make_google_elastic(struct making *m)
{
	struct log_record *r = m->r;
	const struct json_node *g = m->f[F_googleworkspace], *own, *to;
	span app = json_text(json_alone(within(g, "id", "application_name"))), name = of_ecs(m, "event", "action"), when = making_text(m, F_timestamp), ip;

	if (app.n == 0)
		app = of_ecs(m, "event", "provider");
	if (app.n == 0 && span_starts(of_ecs(m, "event", "dataset"), SPAN_LIT("google_workspace.")))
		app = span_from(of_ecs(m, "event", "dataset"), strlen("google_workspace."));
	if (app.n == 0 && json_get(g, "gmail") != NULL)
		app = SPAN_LIT("gmail");
	for (own = g->child; own != NULL && !span_eq_nocase(own->key, app);)
		own = own->next;
	if (name.n == 0)
		name = json_text(json_alone(within(g, "event", "name")));
	r->workload = app;
	r->operation = name;
	r->organisation = of_ecs(m, "organization", "id");
	r->user = json_text(json_alone(within(json_get(m->inner, "source"), "user", "email")));
	if (r->user.n == 0)
		r->user = json_text(json_alone(within(g, "actor", "email")));
	if (r->user.n == 0)
		r->user = of_ecs(m, "user", "email");
	if (r->user.n == 0)
		r->user = json_text(json_alone(json_get(own, "email")));
	r->user_id = of_ecs(m, "user", "id");
	making_time(m, when.n != 0 ? when : json_text(json_alone(json_get(own, "time_usec"))), true);
	ip = json_text(json_alone(json_get(g, "ip_address")));
	ip = ip.n != 0 ? ip : of_ecs(m, "source", "ip");
	making_ip(m, ip.n != 0 ? ip : of_ecs(m, "client", "ip"));
	if (own != NULL && own->type == JSON_OBJECT)
		take(m, app, SPAN_EMPTY, own, 0);
	if (of_ecs(m, "email", "message_id").n != 0)
		making_pair(m, SPAN_LIT("message_id"), of_ecs(m, "email", "message_id"));
	/* Of what was delivered to one, it is that one's. */
	to = json_get(within(own, "message_info", "destination"), "address");
	if (to == NULL && within(own, "message_info", "destination") != NULL && within(own, "message_info", "destination")->n == 1)
		to = json_get(within(own, "message_info", "destination")->child, "address");
	if (span_eq_nocase(app, SPAN_LIT("gmail")) && r->user.n == 0)
		r->mailbox = r->user = json_text(json_alone(to));
	google_event(m, app, name);
	if (r->kind == LOG_MAIL_READ_GOOGLE && r->mailbox.n == 0)
		making_problem(m, LOG_NO_MAILBOX, NULL);
	make_id(m, app, of_ecs(m, "event", "id"), when);
}
