/* Entra sign-ins and directory changes: Graph JSON, diagnostic settings, Log Analytics, portal CSV. */
#include "logs/private.h"

static bool is_zero_or_success(span s)
{
	return span_eq(s, SPAN_LIT("0")) || span_eq_nocase(s, SPAN_LIT("success"));
}

/* status: {errorCode, failureReason} in Graph and in Log Analytics; "Success" in the portal's CSV. */
static void sign_in_result(struct making *m)
{
	struct log_record *r = m->r;
	const struct json_node *status = making_tree(m, m->f[F_status]);
	span code = json_get_text(status, "errorCode"), word = json_text(status);

	if (code.n == 0)
		code = TEXT_OF(m, F_resulttype);
	if (code.n == 0 && !span_eq_nocase(word, SPAN_LIT("Success")))
		code = TEXT_OF(m, F_signinerrorcode);
	r->result = code.n != 0 ? code : word;
	if (r->result.n == 0)
		r->result = making_text(m, F_resultsignature);
	if (r->result.n != 0)
		r->success = is_zero_or_success(r->result) ? LOG_YES : LOG_NO;
	if (status != NULL && status->type == JSON_OBJECT)
		making_pairs(m, status);
}

/* An object, or "Cork, Cork, IE" of the portal. */
static void entra_country(struct making *m)
{
	const struct json_node *location = making_tree(m, m->f[F_location]);
	span text = making_text(m, F_location);
	size_t last = 0;

	if (location != NULL && location->type == JSON_OBJECT) {
		m->r->country = json_get_text(location, "countryOrRegion");
		return;
	}
	for (size_t i = 0; i < text.n; i++)
		last = text.p[i] == ',' ? i + 1 : last;
	m->r->country = span_trim(span_from(text, last));
}

void make_entra_sign_in(struct making *m)
{
	struct log_record *r = m->r;

	r->kind = LOG_SIGN_IN;
	r->operation = TEXT_OF(m, F_operationname, F_category);
	if (r->operation.n == 0)
		r->operation = SPAN_LIT("Sign-in activity");
	r->record_type_name = making_text(m, F_category);
	r->id = TEXT_OF(m, F_id, F_requestid, F_correlationid);
	making_time(m, TEXT_OF(m, F_createddatetime, F_dateutc, F_date, F_time, F_timegenerated), true);
	r->user = TEXT_OF(m, F_userprincipalname, F_username, F_user, F_userdisplayname, F_serviceprincipalname, F_identity);
	r->user_id = making_text(m, F_userid);
	r->service_principal = making_text(m, F_serviceprincipalid);
	making_ip(m, TEXT_OF(m, F_ipaddress, F_calleripaddress, F_ip));
	r->user_agent = making_text(m, F_useragent);
	r->client_info = TEXT_OF(m, F_clientappused, F_clientapp);
	r->app_id = TEXT_OF(m, F_appid, F_applicationid);
	r->app_name = TEXT_OF(m, F_appdisplayname, F_application);
	r->resource = TEXT_OF(m, F_resourcedisplayname, F_resource);
	r->session_id = r->aad_session_id = making_text(m, F_sessionid);
	r->unique_token_id = TEXT_OF(m, F_uniquetokenidentifier, F_uniquetokenid);
	r->organisation = making_text(m, F_tenantid);
	r->object = making_text(m, F_resourceid);
	entra_country(m);
	sign_in_result(m);
	making_pairs(m, m->f[F_authenticationprocessingdetails]);
	if (r->id.n == 0)
		making_problem(m, LOG_NO_ID, NULL);
}

static void initiator(struct making *m)
{
	struct log_record *r = m->r;
	const struct json_node *by = making_tree(m, m->f[F_initiatedby]), *user = json_get(by, "user"),
	                       *app = json_get(by, "app");

	r->user = json_get_text(user, "userPrincipalName");
	if (r->user.n == 0)
		r->user = json_get_text(user, "displayName");
	r->user_id = json_get_text(user, "id");
	r->app_id = json_get_text(app, "appId");
	r->app_name = json_get_text(app, "displayName");
	r->service_principal = json_get_text(app, "servicePrincipalId");
	if (r->user.n == 0 && r->app_name.n == 0)
		r->user = TEXT_OF(m, F_actoruserprincipalname, F_actordisplayname, F_initiatedbyuserprincipalname,
		    F_initiatedbyactoruser, F_identity, F_actor);
	if (r->user_id.n == 0)
		r->user_id = making_text(m, F_actorobjectid);
	making_ip(m, json_get_text(user, "ipAddress").n != 0 && span_find(json_get_text(user, "ipAddress"), SPAN_LIT("null")) ==
	        json_get_text(user, "ipAddress").n
	        ? json_get_text(user, "ipAddress") : TEXT_OF(m, F_ipaddress, F_calleripaddress));
}

static void targets(struct making *m)
{
	struct log_record *r = m->r;
	const struct json_node *list = making_tree(m, m->f[F_targetresources]);
	bool app_role = r->kind == LOG_APP_ROLE;

	for (const struct json_node *t = list != NULL && list->type == JSON_ARRAY ? list->child : NULL; t != NULL;
	     t = t->next) {
		span name = json_get_text(t, "displayName");

		making_pairs(m, json_get(t, "modifiedProperties"));
		if (t == list->child) {
			r->object = json_get_text(t, "id");
			if (app_role)
				r->resource = name; /* the application whose role it is; who gets it is in the properties */
			else
				r->target_name = name.n != 0 ? name : json_get_text(t, "userPrincipalName");
		}
	}
}

/* The portal's CSV: Target1DisplayName, Target1ModifiedProperty1Name, Target1ModifiedProperty1NewValue ... */
static void portal_targets(struct making *m)
{
	struct log_record *r = m->r;
	span name = SPAN_EMPTY;

	r->object = making_text(m, F_target1objectid);
	if (r->kind == LOG_APP_ROLE)
		r->resource = making_text(m, F_target1displayname);
	else
		r->target_name = making_text(m, F_target1displayname);
	for (const struct json_node *c = m->inner->child; c != NULL; c = c->next) {
		if (!span_starts_nocase(c->key, SPAN_LIT("Target1ModifiedProperty")))
			continue;
		if (span_ends_nocase(c->key, SPAN_LIT("Name")))
			name = json_text(c);
		else if (span_ends_nocase(c->key, SPAN_LIT("NewValue")) && name.n != 0)
			making_pair(m, name, json_text(c));
	}
}

void make_entra_audit(struct making *m)
{
	struct log_record *r = m->r;
	span resource;

	r->operation = TEXT_OF(m, F_activitydisplayname, F_operationname, F_activity);
	r->kind = directory_kind(r->operation);
	r->record_type_name = making_text(m, F_category);
	r->id = TEXT_OF(m, F_id, F_correlationid);
	making_time(m, TEXT_OF(m, F_activitydatetime, F_dateutc, F_date, F_time, F_timegenerated), true);
	r->result = TEXT_OF(m, F_result, F_status, F_resultsignature);
	if (r->result.n != 0 && !span_eq_nocase(r->result, SPAN_LIT("None")))
		r->success = is_zero_or_success(r->result) ? LOG_YES : LOG_NO;
	r->workload = TEXT_OF(m, F_loggedbyservice, F_service);
	r->organisation = making_text(m, F_tenantid);
	r->user_agent = making_text(m, F_useragent);
	initiator(m);
	if (m->f[F_targetresources] != NULL)
		targets(m);
	else
		portal_targets(m);
	making_pairs(m, m->f[F_additionaldetails]);
	if (r->user_agent.n == 0)
		r->user_agent = log_pair_get(r, "User-Agent");
	if (r->kind == LOG_AUDIT_CONFIG) { /* of a licence: whose it is */
		span upn = json_get_text(making_list(m, m->f[F_targetresources]) != NULL ? making_list(m, m->f[F_targetresources])->child : NULL, "userPrincipalName");

		r->mailbox = upn.n != 0 ? upn : r->object;
	}
	resource = r->resource;
	if (r->kind != LOG_OTHER) {
		make_directory(m);
		if (resource.n != 0)
			r->resource = resource;
	}
	if (r->id.n == 0)
		making_problem(m, LOG_NO_ID, NULL);
}
