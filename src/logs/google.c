/*
 * Google Workspace, Reports API: one activity has an actor and one or several events with named parameters. Gmail's events
 * tell of the first opening of a message only.
 */
#include "logs/private.h"

static const struct { const char *app, *event; enum log_kind kind; } events[] = {
	{"gmail", "delivery", LOG_OTHER},
	{"login", "login_success", LOG_SIGN_IN}, {"login", "login_failure", LOG_SIGN_IN},
	{"login", "login_challenge", LOG_SIGN_IN}, {"login", "login_verification", LOG_SIGN_IN},
	{"login", "suspicious_login", LOG_SIGN_IN}, {"saml", "login_success", LOG_SIGN_IN},
	{"saml", "login_failure", LOG_SIGN_IN},
	{"token", "authorize", LOG_TOKEN}, {"token", "revoke", LOG_TOKEN}, {"token", "activity", LOG_TOKEN},
	{"token", "request", LOG_TOKEN},
	{"user_accounts", "email_forwarding_out_of_domain", LOG_FORWARDING}, {"login", "email_forwarding_out_of_domain", LOG_FORWARDING},
	{"admin", "EMAIL_LOG_SEARCH", LOG_SEARCH}, {"admin", "DOWNLOAD_USERLIST_CSV", LOG_OTHER},
	{"admin", "CUSTOMER_TAKEOUT_SUCCEEDED", LOG_EXPORT}, {"admin", "CUSTOMER_TAKEOUT_CREATED", LOG_EXPORT},
	{"admin", "CREATE_EMAIL_MONITOR", LOG_FORWARDING}, {"admin", "DELETE_EMAIL_MONITOR", LOG_FORWARDING},
	{"admin", "CREATE_GMAIL_SETTING", LOG_FORWARDING}, {"admin", "CHANGE_GMAIL_SETTING", LOG_FORWARDING},
	{"admin", "DELETE_GMAIL_SETTING", LOG_FORWARDING},
	{"admin", "MAIL_ROUTING_DESTINATION_ADDED", LOG_FORWARDING}, {"admin", "MAIL_ROUTING_DESTINATION_REMOVED", LOG_FORWARDING},
	{"admin", "ADD_GROUP_MEMBER", LOG_FORWARDING}, {"groups_enterprise", "add_member", LOG_FORWARDING},
	{"groups_enterprise", "add_user", LOG_FORWARDING}, {"groups_enterprise", "accept_invitation", LOG_FORWARDING},
	{"groups_enterprise", "join", LOG_FORWARDING}, {"admin", "REMOVE_GROUP_MEMBER", LOG_FORWARDING},
	{"groups_enterprise", "remove_member", LOG_FORWARDING}, {"groups_enterprise", "remove_user", LOG_FORWARDING}, {"admin", "AUTHORIZE_API_CLIENT_ACCESS", LOG_TOKEN},
	{"admin", "SECURITY_INVESTIGATION_CONTENT_ACCESS", LOG_MAIL_READ_GOOGLE},
	{"admin", "REQUEST_MAILBOX_DUMP", LOG_EXPORT},
	{"takeout", "", LOG_EXPORT}, {"vault", "create_export", LOG_EXPORT}, {"vault", "create_export_begin", LOG_EXPORT},
	{"vault", "create_export_end", LOG_EXPORT}, {"vault", "export", LOG_EXPORT}, {"vault", "export_file_download", LOG_EXPORT},
	{"vault", "legacy_export_download", LOG_EXPORT}, {"vault", "search", LOG_SEARCH}, {"vault", "view_document", LOG_MAIL_READ_GOOGLE},
	{"vault", "view_external_document", LOG_MAIL_READ_GOOGLE},
};

/*
 * event_info.mail_event_type of Gmail's log events: what was done with a message (Google, "Gmail activity events" of the Reports
 * API). Who answers, forwards, follows a link of it or takes its attachments has read it.
 */
static const struct { unsigned type; enum log_kind kind; const char *name; } mail_events[] = {
	{1, LOG_SEND, "send"}, {2, LOG_OTHER, "receive"}, {3, LOG_UPDATE, "spam classification"}, {7, LOG_MAIL_READ_GOOGLE, "open"},
	{8, LOG_UPDATE, "mark as unread"}, {9, LOG_MAIL_READ_GOOGLE, "reply"}, {10, LOG_MAIL_READ_GOOGLE, "forward"},
	{11, LOG_MAIL_READ_GOOGLE, "autoforward"}, {12, LOG_MOVE, "move to inbox"}, {13, LOG_SOFT_DELETE, "move to trash"},
	{14, LOG_MOVE, "remove from trash"}, {15, LOG_MAIL_READ_GOOGLE, "link click"}, {16, LOG_MAIL_READ_GOOGLE, "link click in attachment"},
	{17, LOG_MAIL_READ_GOOGLE, "download attachment"}, {18, LOG_MAIL_READ_GOOGLE, "save attachment to Drive"},
	{19, LOG_MAIL_READ_GOOGLE, "save Drive item"},
};
enum { MAIL_EVENT_LAST = 19 };

/* Gmail's events as the admin console shows them; of two that fit the first. */
static const struct { const char *has; enum log_kind kind; } shown[] = {
	{"autoforward", LOG_MAIL_READ_GOOGLE}, {"open", LOG_MAIL_READ_GOOGLE}, {"view", LOG_MAIL_READ_GOOGLE}, {"attachment", LOG_MAIL_READ_GOOGLE},
	{"click", LOG_MAIL_READ_GOOGLE}, {"repl", LOG_MAIL_READ_GOOGLE}, {"forward", LOG_MAIL_READ_GOOGLE}, {"save", LOG_MAIL_READ_GOOGLE},
	{"download", LOG_MAIL_READ_GOOGLE}, {"send", LOG_SEND}, {"unread", LOG_UPDATE}, {"user spam", LOG_UPDATE}, {"label", LOG_UPDATE},
	{"out of trash", LOG_MOVE}, {"from trash", LOG_MOVE}, {"to inbox", LOG_MOVE}, {"trash", LOG_SOFT_DELETE},
};

static enum log_kind kind_of(span app, span name)
{
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (span_eq_nocase(app, span_str(events[i].app)) &&
		    (events[i].event[0] == '\0' || span_eq_nocase(name, span_str(events[i].event))))
			return events[i].kind;
	if (span_eq_nocase(app, SPAN_LIT("gmail"))) {
		for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
			if (span_has_nocase(name, span_str(shown[i].has)))
				return shown[i].kind;
	}
	return LOG_OTHER;
}

/* Parameters within parameters: {name: "event_info", messageValue: {parameter: [...]}} */
static void flatten(struct making *m, const struct json_node *list, unsigned depth)
{
	for (const struct json_node *p = list != NULL && list->type == JSON_ARRAY ? list->child : NULL; p != NULL;
	     p = p->next) {
		const struct json_node *message = json_get(p, "messageValue"), *many = json_get(p, "multiMessageValue");

		if (message != NULL && depth < 8)
			flatten(m, json_get(message, "parameter"), depth + 1);
		for (const struct json_node *k = many != NULL && many->type == JSON_ARRAY && depth < 8 ? many->child : NULL;
		     k != NULL; k = k->next)
			flatten(m, json_get(k, "parameter"), depth + 1);
	}
	making_pairs(m, list);
}

static void gmail(struct making *m)
{
	struct log_record *r = m->r;
	span id = pair_first(r, (const char *const[]){"rfc2822_message_id", "message_id", "rfc822_message_id",
	        "rfc_2822_message_id", "MESSAGE_ID", NULL});
	span delegate = pair_first(r, (const char *const[]){"delegate_user_email", "delegate", NULL});
	struct log_item *it;
	uint64_t type;
	bool type_said = text_u64(log_pair_get(r, "mail_event_type"), &type);

	if (type_said)
		for (size_t i = 0; i < sizeof mail_events / sizeof *mail_events; i++)
			if (mail_events[i].type == type) {
				r->kind = mail_events[i].kind;
				if (r->operation.n == 0 || span_eq_nocase(r->operation, SPAN_LIT("delivery")))
					r->operation = span_str(mail_events[i].name);
			}
	/* What Google adds are things that people do with a message, as labels on it and on what is attached. */
	if (type_said && type > MAIL_EVENT_LAST && r->kind == LOG_OTHER)
		r->kind = LOG_UPDATE;
	/* Of what does not say what was done with a message, it may have been read. */
	if (!type_said && r->kind == LOG_OTHER && span_eq_nocase(r->operation, SPAN_LIT("delivery")))
		r->kind = LOG_MAIL_READ_GOOGLE;
	if (r->mailbox.n == 0)
		r->mailbox = r->user;
	/* Who acted is the delegate; of a copy that was forwarded, nobody: who asked for it this event does not say. */
	if (span_find_byte(delegate, '@') < delegate.n)
		r->user = delegate;
	else if (span_eq_nocase(r->operation, SPAN_LIT("autoforward")))
		r->user = r->user_id = SPAN_EMPTY;
	if (id.n != 0 && (it = making_item(m, LOG_FOLDER_NONE)) != NULL) {
		it->message_id = message_id_bare(id);
		it->subject = log_pair_get(r, "subject");
		(void)text_u64(pair_first(r, (const char *const[]){"payload_size", "message_size", NULL}), &it->size);
	}
	if (r->kind == LOG_MAIL_READ_GOOGLE && r->n_items == 0)
		making_problem(m, LOG_NO_ITEMS, NULL);
}

/* Does the token open mail? What it was granted, and of what product the call was, is said in these (Google, "OAuth Token Audit Activity Events"). */
static bool is_for_mail(const struct log_record *r)
{
	static const char *const names[] = {"scope", "scope_name", "scope_data", "product_bucket", "api_name", "API_SCOPES", NULL};
	bool said = false;

	for (size_t i = 0; i < r->n_pairs; i++) {
		span v = r->pairs[i].value;

		if (v.n == 0 || !span_is_one_of_nocase(r->pairs[i].name, names))
			continue;
		if (span_has_one_of_nocase(v, SPAN_WORDS("gmail", "mail.google.com")))
			return true;
		said = true;
	}
	return !said;
}

/* A user's export of what its products hold (Google, "Takeout Audit Activity Events"). */
static void takeout(struct making *m)
{
	static const char *const undone[] = {"FAILED", "CANCELED", NULL};
	struct log_record *r = m->r;
	span products = log_pair_get(r, "PRODUCTS_REQUESTED"), whose = log_pair_get(r, "USER_EMAIL");

	r->mailbox = whose.n != 0 ? whose : r->user;
	if (span_find_byte(r->mailbox, '@') == r->mailbox.n)
		r->mailbox = SPAN_EMPTY;
	r->result = log_pair_get(r, "TAKEOUT_STATUS");
	r->success = span_is_one_of_nocase(r->result, undone) ? LOG_NO : LOG_UNSAID;
	if (products.n != 0 && !span_has_one_of_nocase(products, SPAN_WORDS("mail", "all")))
		r->kind = LOG_OTHER;
}

static bool is_address(span s)
{
	return span_find_byte(s, '@') < s.n && !span_has_one_of_nocase(s, SPAN_WORDS(",", ";", " "));
}

/*
 * Settings of Gmail that stand over mailboxes (Google, "Admin Audit Activity Events - Email Settings"): routes and rules of content
 * deliver mail to others, too, and what one says is a text for people. Those against spam, and footers, do not.
 */
static void gmail_setting(struct making *m)
{
	struct log_record *r = m->r;
	span what = log_pair_get(r, "SETTING_NAME"), name = pair_first(r, (const char *const[]){"USER_DEFINED_SETTING_NAME", "SETTING_NAME", NULL});

	if (span_has_one_of_nocase(what, SPAN_WORDS("spam", "block", "footer", "whitelist", "allowlist", "approved", "quarantine"))) {
		r->kind = LOG_OTHER;
		return;
	}
	r->rule.name = name;
	r->rule.removed = span_starts_nocase(r->operation, SPAN_LIT("DELETE"));
	if (!r->rule.removed)
		making_target(m, name.n != 0 ? name : SPAN_LIT("a setting of Gmail"));
}

/* Who is put in a group has the mail to it (Google, "Admin Audit Activity Events - Group Settings", "Enterprise Groups Audit Activity Events"). */
static void joined(struct making *m)
{
	span who = pair_first(m->r, (const char *const[]){"member_id", "USER_EMAIL", NULL});
	span group = pair_first(m->r, (const char *const[]){"group_id", "GROUP_EMAIL", NULL});

	if (span_starts_nocase(m->r->operation, SPAN_LIT("remove"))) {
		m->r->rule.removed = true;
		made_membership(m, group, who);
		return;
	}
	making_target(m, who.n != 0 ? who : m->r->user.n != 0 ? m->r->user : SPAN_LIT("?"));
	made_group(m, group);
	made_membership(m, group, who);
}

/* A message that was opened in the investigation tool: "(<id> owner)". */
static void investigated(struct making *m)
{
	struct log_record *r = m->r;
	span entity = log_pair_get(r, "INVESTIGATION_CONTENT_ACCESS_ENTITY_ID"), source = log_pair_get(r, "INVESTIGATION_DATA_SOURCE");
	size_t from = span_find_byte(entity, '<'), to = span_find_byte(entity, '>');
	struct log_item *it;

	if (source.n != 0 && !span_has_nocase(source, SPAN_LIT("gmail"))) {
		r->kind = LOG_OTHER;
		return;
	}
	if (from < to && to < entity.n && (it = making_item(m, LOG_FOLDER_NONE)) != NULL)
		it->message_id = message_id_bare(span_sub(entity, from, to - from + 1));
	entity = to < entity.n ? span_trim(span_from(entity, to + 1)) : SPAN_EMPTY;
	entity = span_first(entity, span_find_byte(entity, ')'));
	if (is_address(entity))
		r->mailbox = entity;
	if (r->n_items == 0)
		making_problem(m, LOG_NO_ITEMS, NULL);
}

/* Of the accounts that it names, where it names one. A document of Drive is no mail. */
static void in_vault(struct making *m)
{
	struct log_record *r = m->r;

	if (is_address(log_pair_get(r, "target_user")))
		r->mailbox = log_pair_get(r, "target_user");
	r->query = log_pair_get(r, "query");
	if (r->kind != LOG_MAIL_READ_GOOGLE)
		return;
	if (span_has_one_of_nocase(log_pair_get(r, "resource_url"), SPAN_WORDS("drive.google", "docs.google")))
		r->kind = LOG_OTHER;
	else
		making_problem(m, LOG_NO_ITEMS, NULL);
}

/* What an administrator does with the mail of a user (Google, "Admin Audit Activity Events - User Settings"): copies of all that comes, or of all. */
static void administered(struct making *m)
{
	struct log_record *r = m->r;

	if (r->kind == LOG_MAIL_READ_GOOGLE)
		investigated(m);
	if (r->kind == LOG_TOKEN) { /* delegation of the domain: whose mailboxes it opens is not said */
		r->mailbox = SPAN_EMPTY;
		r->app_id = log_pair_get(r, "API_CLIENT_NAME");
		r->role = log_pair_get(r, "API_SCOPES");
	}
	if (r->kind != LOG_FORWARDING && r->kind != LOG_EXPORT)
		return;
	r->mailbox = log_pair_get(r, "USER_EMAIL");
	if (r->kind != LOG_FORWARDING)
		return;
	if (span_ends_nocase(r->operation, SPAN_LIT("GMAIL_SETTING"))) {
		gmail_setting(m);
		return;
	}
	if (span_starts_nocase(r->operation, SPAN_LIT("MAIL_ROUTING_DESTINATION"))) {
		r->rule.name = pair_first(r, (const char *const[]){"NEW_VALUE", "OLD_VALUE", NULL});
		r->rule.removed = span_ends_nocase(r->operation, SPAN_LIT("REMOVED"));
		if (!r->rule.removed)
			making_target(m, r->rule.name.n != 0 ? r->rule.name : SPAN_LIT("?"));
		return;
	}
	making_target(m, log_pair_get(r, "EMAIL_MONITOR_DEST_EMAIL"));
	r->rule.name = log_pair_get(r, "EMAIL_MONITOR_DEST_EMAIL"); /* there is one for each of a user's */
	r->rule.removed = span_starts_nocase(r->operation, SPAN_LIT("DELETE"));
}

void google_event(struct making *m, span app, span name)
{
	struct log_record *r = m->r;

	if (r->kind == LOG_OTHER)
		r->kind = kind_of(app, name);
	r->app_id = log_pair_get(r, "client_id");
	r->app_name = log_pair_get(r, "app_name");
	r->user_agent = log_pair_get(r, "user_agent");
	r->role = pair_first(r, (const char *const[]){"scope", "scope_data", NULL});
	if (r->ip.n == 0)
		making_ip(m, pair_first(r, (const char *const[]){"ip_address", "client_ip", NULL}));
	if (span_eq_nocase(app, SPAN_LIT("gmail")))
		gmail(m);
	if (r->kind == LOG_SIGN_IN) {
		r->client_info = log_pair_get(r, "login_type");
		r->success = span_eq_nocase(r->operation, SPAN_LIT("login_success")) ? LOG_YES
		           : span_eq_nocase(r->operation, SPAN_LIT("login_failure")) ? LOG_NO : LOG_UNSAID;
		r->result = log_pair_get(r, "login_failure_type");
	}
	if (r->kind == LOG_TOKEN) {
		r->mailbox = span_find_byte(r->user, '@') < r->user.n ? r->user : SPAN_EMPTY;
		r->resource = is_for_mail(r) ? SPAN_LIT("messages") : SPAN_LIT("no mail");
	}
	if (span_eq_nocase(app, SPAN_LIT("takeout")))
		takeout(m);
	if (span_eq_nocase(app, SPAN_LIT("vault")) && r->kind != LOG_OTHER)
		in_vault(m);
	if (r->kind == LOG_FORWARDING && (span_eq_nocase(app, SPAN_LIT("groups_enterprise")) || span_ends_nocase(r->operation, SPAN_LIT("_GROUP_MEMBER"))))
		joined(m);
	else if (span_eq_nocase(app, SPAN_LIT("admin")))
		administered(m);
	else if (r->kind == LOG_FORWARDING) {
		span to = log_pair_get(r, "email_forwarding_destination_address");

		r->mailbox = r->user;
		making_target(m, to.n != 0 ? to : SPAN_LIT("?")); /* in tables of the console in a sentence */
	}
}

void google_events(struct making *m, span app, const struct json_node *list, const char *name, const char *parameters)
{
	struct log_record *r = m->r;

	for (const struct json_node *ev = list != NULL && list->type == JSON_ARRAY ? list->child : NULL; ev != NULL; ev = ev->next) {
		enum log_kind k = kind_of(app, json_get_text(ev, name));

		if (r->operation.n == 0 || (r->kind == LOG_OTHER && k != LOG_OTHER)) {
			r->operation = json_get_text(ev, name);
			r->kind = k;
		}
		flatten(m, json_get(ev, parameters), 0);
	}
}

void make_google(struct making *m)
{
	struct log_record *r = m->r;
	const struct json_node *id = making_tree(m, m->f[F_id]), *actor = making_tree(m, m->f[F_actor]),
	                       *list = making_tree(m, m->f[F_events]);
	span app = json_get_text(id, "applicationName"), customer = json_get_text(id, "customerId");

	if (is_google_entry(m)) {
		make_google_entry(m);
		return;
	}
	if (is_google_elastic(m)) {
		make_google_elastic(m);
		return;
	}
	if (list == NULL || json_get(id, "applicationName") == NULL) {
		make_google_row(m);
		return;
	}
	r->workload = app;
	r->id = json_get_text(id, "uniqueQualifier");
	/* A qualifier is unique for one application and moment. */
	if (r->id.n != 0) {
		char *s = arena_printf(m->a, "%.*s:%.*s:%.*s", (int)app.n, (const char *)app.p, (int)r->id.n,
		    (const char *)r->id.p, (int)json_get_text(id, "time").n, (const char *)json_get_text(id, "time").p);

		if (s == NULL)
			m->no_memory = true;
		r->id = span_str(s);
	}
	making_time(m, json_get_text(id, "time"), true);
	r->organisation = customer;
	r->user = json_get_text(actor, "email");
	r->user_id = json_get_text(actor, "profileId");
	if (r->user.n == 0)
		r->user = json_get_text(actor, "key");
	making_ip(m, making_text(m, F_ipaddress));
	r->country = json_get_text(making_tree(m, m->f[F_networkinfo]), "regionCode");
	google_events(m, app, list, "name", "parameters");
	google_event(m, app, r->operation);
	if (r->id.n == 0)
		making_problem(m, LOG_NO_ID, NULL);
}
