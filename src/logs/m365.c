/*
 * The unified audit log: who, in which context, and for mailbox records which folders and messages. Shapes as in
 * Microsoft's "Detailed properties in the audit log" and as exports of several years have them.
 */
#include <stdio.h>

#include "logs/private.h"

struct word { const char *text; unsigned value; };

static const struct word record_types[] = {
	{"ExchangeAdmin", 1}, {"ExchangeItem", 2}, {"ExchangeItemGroup", 3}, {"SharePoint", 4},
	{"SharePointFileOperation", 6}, {"AzureActiveDirectory", 8}, {"AzureActiveDirectoryAccountLogon", 9},
	{"SharePointSharingOperation", 14}, {"AzureActiveDirectoryStsLogon", 15}, {"SecurityComplianceCenterEOPCmdlet", 18},
	{"ExchangeAggregatedOperation", 19}, {"Discovery", 24}, {"MicrosoftTeams", 25},
	{"ExchangeItemAggregated", 50}, {"Quarantine", 65}, {NULL, 0},
};
static const struct word logon_types[] = {
	{"Owner", 0}, {"Admin", 1}, {"Delegated", 2}, {"Delegate", 2}, {"Transport", 3}, {"SystemService", 4},
	{"BestAccess", 5}, {"DelegatedAdmin", 6}, {NULL, 0},
};
static const struct word user_types[] = {
	{"Regular", 0}, {"Reserved", 1}, {"Admin", 2}, {"DcAdmin", 3}, {"System", 4}, {"Application", 5},
	{"ServicePrincipal", 6}, {"CustomPolicy", 7}, {"SystemPolicy", 8}, {NULL, 0},
};

static const struct { const char *operation; enum log_kind kind; } operations[] = {
	{"MessageBind", LOG_BIND}, {"AttachmentAccess", LOG_BIND}, {"FolderBind", LOG_FOLDER_OPENED}, {"Send", LOG_SEND}, {"SendAs", LOG_SEND}, {"SendOnBehalf", LOG_SEND},
	{"Create", LOG_CREATE}, {"Update", LOG_UPDATE}, {"SoftDelete", LOG_SOFT_DELETE},
	{"RecordDelete", LOG_SOFT_DELETE}, {"ApplyRecord", LOG_UPDATE}, {"UpdateComplianceTag", LOG_UPDATE},
	{"ApplyPriorityCleanup", LOG_UPDATE}, {"PriorityCleanupDelete", LOG_HARD_DELETE},
	{"HardDelete", LOG_HARD_DELETE}, {"Move", LOG_MOVE}, {"MoveToDeletedItems", LOG_MOVE}, {"Copy", LOG_MOVE},
	{"SearchQueryInitiatedExchange", LOG_SEARCH}, {"SearchQueryInitiated", LOG_SEARCH},
};

static bool word_value(span s, const struct word *words, unsigned *v)
{
	uint64_t n;

	if (s.n == 0)
		return false;
	if (text_u64(s, &n) && n < UINT32_MAX) {
		*v = (unsigned)n;
		return true;
	}
	for (; words->text != NULL; words++)
		if (span_eq_nocase(s, span_str(words->text))) {
			*v = words->value;
			return true;
		}
	return false;
}

static enum log_tri success_of(span s)
{
	static const char *const good[] = {"Succeeded", "Success", "True", "PartiallySucceeded", "0", NULL},
	    *const bad[] = {"Failed", "Failure", "False", "Fail", NULL};

	return span_is_one_of_nocase(s, good) ? LOG_YES : span_is_one_of_nocase(s, bad) ? LOG_NO : LOG_UNSAID;
}

static span lower_guid(struct making *m, span s)
{
	unsigned char low[36];

	if (!span_is_guid(s))
		return s;
	for (size_t i = 0; i < 36; i++)
		low[i] = ascii_lower(s.p[i]);
	return memcmp(low, s.p, 36) == 0 ? s : making_copy(m, span_of(low, 36));
}

/* A row of CloudAppEvents without the record (RawEventData): of its columns only the time, the operation, who and from where are left. */
bool is_mail_action(const struct making *m)
{
	span action = making_text(m, F_actiontype);
	bool mail = span_eq_nocase(action, SPAN_LIT("MailItemsAccessed"));

	for (size_t i = 0; !mail && action.n != 0 && i < sizeof operations / sizeof *operations; i++)
		mail = operations[i].kind != LOG_CREATE && operations[i].kind != LOG_UPDATE && span_eq_nocase(action, span_str(operations[i].operation));
	return mail && m->f[F_raweventdata] == NULL && m->f[F_ipaddress] != NULL && (m->f[F_timestamp] != NULL || m->f[F_timegenerated] != NULL);
}

static uint32_t folder_of(struct making *m, const struct json_node *n)
{
	struct log_record *r = m->r;
	span id, path, name;
	uint32_t last = r->n_folders == 0 ? LOG_FOLDER_NONE : (uint32_t)r->n_folders - 1;

	if (n == NULL || n->type != JSON_OBJECT)
		return n != NULL && json_text(n).n != 0 ? making_folder(m, SPAN_EMPTY, json_text(n), SPAN_EMPTY)
		                                        : LOG_FOLDER_NONE;
	id = json_get_text(n, "Id");
	path = json_get_text(n, "Path");
	name = json_get_text(n, "Name");
	if (last != LOG_FOLDER_NONE && id.n != 0 && span_eq(m->folders[last].id, id))
		return last;
	return making_folder(m, id, path, name);
}

static void item_text(struct making *m, uint32_t folder, span message_id)
{
	struct log_item *it = making_item(m, folder);

	if (it == NULL)
		return;
	it->message_id = message_id_bare(message_id);
	if (it->message_id.n == 0)
		m->r->problems |= LOG_ITEM_NO_MESSAGE_ID | LOG_ITEM_UNNAMED;
}

/* The next object of a text that PowerShell made of objects: "@{Id=x; InternetMessageId=<a@b>; ParentFolder=@{Path=y}} @{...}". */
static span next_shortened(span *text)
{
	size_t n = 2;

	while (n < text->n && !(span_starts(span_from(*text, n), SPAN_LIT("@{")) && text->p[n - 1] != '='))
		n++;
	*text = span_from(*text, n);
	return span_of(text->p - n, n);
}

/* ConvertTo-Json and Export-Csv do this to what lies deeper than they go. */
static void items_shortened(struct making *m, uint32_t folder, span text)
{
	static const char name[] = "InternetMessageId=";

	while (text.n != 0) {
		span one = next_shortened(&text), id = span_from(one, span_find_nocase(one, span_str(name)) + sizeof name - 1);

		bool bare = id.n == 0 || id.p[0] != '<';

		item_text(m, folder, bare ? span_first(span_first(id, span_find_byte(id, ';')), span_find_byte(id, '}')) : id);
	}
}

/* What stands behind a name in such a text. */
static span shortened_text(span text, span name)
{
	span s = span_from(text, span_find_nocase(text, name));

	s = span_from(s, s.n != 0 ? name.n : 0);
	return span_trim(span_first(span_first(s, span_find_byte(s, ';')), span_find_byte(s, '}')));
}

/* An item that PowerShell made a text of, whose folder stands in it. */
static void item_shortened(struct making *m, span text)
{
	span path = shortened_text(text, SPAN_LIT(" Path="));
	uint32_t folder;

	if (path.n == 0)
		path = shortened_text(text, SPAN_LIT("{Path="));
	folder = path.n != 0 ? making_folder(m, SPAN_EMPTY, path, SPAN_EMPTY) : LOG_FOLDER_NONE;
	if (span_find_nocase(text, SPAN_LIT("InternetMessageId=")) < text.n)
		items_shortened(m, folder, text);
}

void m365_item(struct making *m, const struct json_node *n, uint32_t folder)
{
	struct log_item *it;
	span message_id = SPAN_EMPTY, id = SPAN_EMPTY, immutable = SPAN_EMPTY, subject = SPAN_EMPTY, size = SPAN_EMPTY;

	if (n->type == JSON_STRING) {
		if (span_starts(span_trim(n->text), SPAN_LIT("@{")))
			items_shortened(m, folder, span_trim(n->text));
		else
			item_text(m, folder, n->text);
		return;
	}
	for (const struct json_node *c = n->type == JSON_OBJECT ? n->child : NULL; c != NULL; c = c->next) {
		if (span_eq_nocase(c->key, SPAN_LIT("InternetMessageId"))) {
			if (c->type == JSON_ARRAY) { /* what flattening makes of many items */
				for (const struct json_node *k = c->child; k != NULL; k = k->next)
					item_text(m, folder, json_text(k));
				return;
			}
			message_id = json_text(c);
		} else if (span_eq_nocase(c->key, SPAN_LIT("Id")))
			id = json_text(c);
		else if (span_eq_nocase(c->key, SPAN_LIT("ImmutableId")))
			immutable = json_text(c);
		else if (span_eq_nocase(c->key, SPAN_LIT("Subject")))
			subject = json_text(c);
		else if (span_eq_nocase(c->key, SPAN_LIT("SizeInBytes")))
			size = json_text(c);
		else if (span_eq_nocase(c->key, SPAN_LIT("ParentFolder")) && folder == LOG_FOLDER_NONE)
			folder = folder_of(m, c);
	}
	if ((it = making_item(m, folder)) == NULL)
		return;
	*it = (struct log_item){.message_id = message_id_bare(message_id), .item_id = id, .immutable_id = immutable,
	    .subject = subject, .folder = folder};
	(void)text_u64(size, &it->size);
	if (it->message_id.n == 0)
		m->r->problems |= LOG_ITEM_NO_MESSAGE_ID | (id.n == 0 && immutable.n == 0 ? LOG_ITEM_UNNAMED : 0);
}

/* Each element; an object or a text is its own only element. */
#define FOR_EACH(c, n)                                                                                         \
	for (const struct json_node *c = (n) == NULL ? NULL : (n)->type == JSON_ARRAY ? (n)->child : (n); c != NULL; \
	     c = (n)->type == JSON_ARRAY ? c->next : NULL)

static const struct json_node *folders_of(struct making *m)
{
	/* Elastic's integration calls those of a list so. */
	if (m->f[F_folders] == NULL && m->f[F_exchangeaggregatedfolders] != NULL)
		return making_list(m, m->f[F_exchangeaggregatedfolders]);
	return making_list(m, m->f[F_folders] != NULL ? m->f[F_folders] : m->f[F_aggregatedrecordfoldersdata]);
}

static void make_folders(struct making *m)
{
	const struct json_node *folders = folders_of(m);

	if (folders != NULL && folders->type == JSON_STRING && span_trim(folders->text).n == 0)
		return;
	if (folders != NULL && folders->type != JSON_ARRAY && folders->type != JSON_OBJECT)
		m->r->problems |= LOG_ODD_SHAPE;
	FOR_EACH(f, folders) {
		const struct json_node *items = making_list(m, json_get(f, "FolderItems"));
		uint32_t folder = m->no_memory ? LOG_FOLDER_NONE
		                               : making_folder(m, json_get_text(f, "Id"), json_get_text(f, "Path"),
		                                     json_get_text(f, "Name"));

		if (folder == LOG_FOLDER_NONE && f->type == JSON_STRING)
			(void)making_folder(m, SPAN_EMPTY, f->text, SPAN_EMPTY);
		FOR_EACH(i, items)
			m365_item(m, i, folder);
	}
}

static void make_items(struct making *m)
{
	const struct json_node *item = making_tree(m, m->f[F_item]), *affected = making_list(m, m->f[F_affecteditems]),
	                       *folder = making_tree(m, m->f[F_folder]), *to = making_tree(m, m->f[F_destfolder]);
	span path;

	make_folders(m);
	if (item != NULL && item->type == JSON_OBJECT) {
		uint32_t at = folder_of(m, making_tree(m, json_get(item, "ParentFolder")));

		/* Of a sync, or where a folder was opened, the item is the folder itself. */
		if (m->r->kind != LOG_SYNC && m->r->kind != LOG_FOLDER_OPENED && m->r->kind != LOG_INBOX_RULE && m->r->kind != LOG_MAILBOX_PERMISSION)
			m365_item(m, item, at);
		else if (json_get_text(item, "InternetMessageId").n != 0)
			m365_item(m, item, at);
	}
	if (item != NULL && item->type == JSON_STRING && span_starts(span_trim(item->text), SPAN_LIT("@{")))
		item_shortened(m, span_trim(item->text));
	if (affected != NULL && (affected->type == JSON_ARRAY || affected->type == JSON_OBJECT))
		FOR_EACH(i, affected)
			m365_item(m, i, LOG_FOLDER_NONE);
	if (is_mailbox_audit(m) && m->r->n_folders == 0)
		make_mailbox_audit(m);
	if (folder != NULL && folder->type == JSON_OBJECT && m->r->n_folders == 0)
		(void)folder_of(m, folder);
	if (m->r->n_items == 0 && m->r->n_folders == 0 && ((m->r->kind >= LOG_BIND && m->r->kind <= LOG_MOVE) || m->r->kind == LOG_FOLDER_OPENED))
		make_columns(m);
	if (to != NULL && to->type == JSON_OBJECT) {
		path = json_get_text(to, "Path");
		m->r->target_folder = (struct log_folder){.id = json_get_text(to, "Id"), .path = path,
		    .name = json_get_text(to, "Name").n != 0 ? json_get_text(to, "Name") : folder_last(path)};
	}
}

/*
 * ClientIPAddress is the device's; ClientIP may be that of a program of the provider's that calls on behalf of the user (the API's
 * schema), and at times is the server's own, which tells nothing. Where two that tell something differ, either may be who acted.
 */
static void client_ip(struct making *m)
{
	static const enum log_field fields[] = {F_clientipaddress, F_clientip, F_actoripaddress, F_ipaddress};
	static const char *const own[] = {"::1", "127.0.0.1", "::", "0.0.0.0", NULL};
	span first = SPAN_EMPTY, text, other;
	bool tells = false;
	char out[64], *both;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if ((text = making_text(m, fields[i])).n == 0)
			continue;
		other = ip_parse(text, out);
		if (other.n == 0 || span_is_one_of_nocase(other, own)) {
			first = first.n == 0 ? text : first;
			continue;
		}
		if (!tells)
			making_ip(m, text);
		else if (!span_eq(m->r->ip, other)) {
			both = arena_printf(m->a, "%.*s %.*s", (int)m->r->ip.n, (const char *)m->r->ip.p, (int)other.n, (const char *)other.p);
			m->no_memory = m->no_memory || both == NULL;
			m->r->ip = span_str(both);
			return;
		}
		tells = true;
	}
	if (!tells)
		making_ip(m, first);
}

static void make_context(struct making *m)
{
	struct log_record *r = m->r;
	const struct json_node *context = making_tree(m, m->f[F_appaccesscontext]);
	unsigned v;

	client_ip(m);
	r->client_info = making_text(m, F_clientinfostring);
	r->user_agent = TEXT_OF(m, F_useragent);
	if (r->user_agent.n == 0)
		r->user_agent = log_pair_get(r, "UserAgent");
	if (r->user_agent.n == 0)
		r->user_agent = json_get_text(making_tree(m, m->f[F_extendedproperties]), "UserAgent");
	r->session_id = making_text(m, F_sessionid);
	if (r->session_id.n == 0)
		r->session_id = log_pair_get(r, "SessionId"); /* of sign-ins: in DeviceProperties */
	r->aad_session_id = json_get_text(context, "AADSessionId");
	r->unique_token_id = json_get_text(context, "UniqueTokenId");
	if (r->aad_session_id.n == 0)
		r->aad_session_id = making_text(m, F_aadsessionid);
	if (r->unique_token_id.n == 0)
		r->unique_token_id = making_text(m, F_uniquetokenid);
	r->token_object_id = making_text(m, F_tokenobjectid);
	r->app_id = lower_guid(m, TEXT_OF(m, F_appid, F_applicationid));
	r->client_app_id = lower_guid(m, TEXT_OF(m, F_clientappid));
	if (r->client_app_id.n == 0)
		r->client_app_id = lower_guid(m, json_get_text(context, "ClientAppId"));
	r->logon_type = word_value(making_text(m, F_logontype), logon_types, &v) ? v : LOG_LOGON_UNSAID;
	r->user_type = word_value(making_text(m, F_usertype), user_types, &v) ? v : LOG_LOGON_UNSAID;
	r->external_access = text_is_true(making_text(m, F_externalaccess));
	r->user = TEXT_OF(m, F_userid, F_userids, F_userprincipalname, F_caller, F_accountupn);
	r->user_id = TEXT_OF(m, F_logonusersid, F_userkey, F_accountobjectid);
	/* The name that is shown is no address. Without the id beside it nothing could say whose it is. */
	if (r->user.n == 0 && r->logon_type == 0)
		r->user = making_text(m, F_mailboxownerupn);
	else if (r->user.n == 0 && r->user_id.n != 0)
		r->user = making_text(m, F_logonuserdisplayname);
}

static enum log_kind mail_kind(struct making *m)
{
	struct log_record *r = m->r;
	span how = log_pair_get(r, "MailAccessType");

	if (how.n == 0)
		how = making_text(m, F_mailaccesstype);
	if (how.n == 0)
		how = mailbox_audit_property(making_joined(m, m->f[F_operationproperties]), "MailAccessType");
	if (span_eq_nocase(how, SPAN_LIT("Sync")))
		return LOG_SYNC;
	if (span_eq_nocase(how, SPAN_LIT("Bind")))
		return LOG_BIND;
	if (r->record_type == 2)
		return LOG_SYNC;
	/* Neither is said: what names messages is a bind, what names folders only is taken for the wider of the two. */
	for (const struct json_node *f = folders_of(m) != NULL ? folders_of(m)->child : NULL; f != NULL; f = f->next)
		if (json_get(f, "FolderItems") != NULL)
			return LOG_BIND;
	return TEXT_OF(m, F_internetmessageid, F_internetmessageids).n != 0 ? LOG_BIND : LOG_SYNC;
}

static bool is_quarantine(const struct log_record *r)
{
	return r->record_type == 65 || span_eq_nocase(r->workload, SPAN_LIT("Quarantine"));
}

static enum log_kind kind_of(struct making *m)
{
	const struct log_record *r = m->r;
	bool exchange = span_eq_nocase(r->workload, SPAN_LIT("Exchange")) || r->record_type == 2 || r->record_type == 3 ||
	                r->record_type == 50 || (r->workload.n == 0 && r->record_type == 0);

	if (span_eq_nocase(r->operation, SPAN_LIT("MailItemsAccessed")))
		return mail_kind(m);
	for (size_t i = 0; exchange && i < sizeof operations / sizeof *operations; i++)
		if (span_eq_nocase(r->operation, span_str(operations[i].operation)))
			return operations[i].kind;
	/* What it answers from it has searched for; the messages that it names are no list of all that it saw. */
	if (span_eq_nocase(r->operation, SPAN_LIT("CopilotInteraction")))
		return LOG_SEARCH;
	/* Previewed, exported, downloaded, released: mail that was shown, by an id that is no Message-ID. */
	if (is_quarantine(r))
		return LOG_BIND;
	if (span_eq_nocase(r->operation, SPAN_LIT("UserLoggedIn")) ||
	    span_eq_nocase(r->operation, SPAN_LIT("UserLoginFailed")) ||
	    span_eq_nocase(r->operation, SPAN_LIT("MailboxLogin")))
		return LOG_SIGN_IN;
	return LOG_OTHER;
}

/* Does the record say what its kind must say? */
static void check(struct making *m)
{
	struct log_record *r = m->r;
	bool mail = r->kind >= LOG_BIND && r->kind <= LOG_MOVE, changes = r->kind >= LOG_UPDATE && r->kind <= LOG_MOVE;

	/* Exchange's own logs have none in XML: a record is known by what it says. */
	if (r->id.n == 0 && !is_mailbox_audit(m) && !is_admin_audit(m))
		making_problem(m, LOG_NO_ID, NULL);
	/* A Message-ID with a damaged letter names nothing that could be found. */
	for (size_t i = 0; i < r->n_items && (r->problems & LOG_BAD_UTF8) != 0; i++)
		if (span_has(r->items[i].message_id, SPAN_LIT("\xef\xbf\xbd")))
			r->problems |= LOG_ITEM_NO_MESSAGE_ID;
	if (mail && r->mailbox.n == 0)
		making_problem(m, LOG_NO_MAILBOX, NULL);
	if ((r->kind == LOG_BIND || changes) && r->n_items == 0)
		making_problem(m, LOG_NO_ITEMS, NULL);
	if ((r->kind == LOG_SYNC || r->kind == LOG_FOLDER_OPENED) && r->n_folders == 0)
		making_problem(m, LOG_NO_FOLDER, NULL);
	if (r->kind == LOG_BIND && r->has_operation_count && r->operation_count > r->n_items)
		making_problem(m, LOG_COUNT_MISMATCH, NULL);
	if ((r->problems & LOG_NO_QUOTES) != 0)
		making_problem(m, LOG_NO_QUOTES, NULL);
	/* What it says it counted must be what was found. */
	if ((r->problems & LOG_NO_QUOTES) != 0 && r->kind == LOG_BIND && (!r->has_operation_count || r->operation_count != r->n_items))
		making_problem(m, LOG_TRUNCATED, NULL);
	/* Who makes a table of records chooses what of them is in it. */
	if (m->envelope == LOG_ENVELOPE_NONE && span_eq_nocase(r->operation, SPAN_LIT("MailItemsAccessed")) && m->f[F_operationproperties] == NULL &&
	    m->f[F_isthrottled] == NULL && log_pair_get(r, "IsThrottled").n == 0)
		making_problem(m, LOG_THROTTLE_UNSAID, NULL);
	if (r->kind == LOG_BIND && (r->problems & LOG_ITEM_NO_MESSAGE_ID) != 0)
		making_problem(m, LOG_ITEM_NO_MESSAGE_ID, NULL);
}

/*
 * Lists whose members a program made columns of, by their numbers: "OperationProperties.0.Name" and "OperationProperties.0.Value", which stands
 * next to it, with whatever between the steps.
 */
static void numbered_pairs(struct making *m)
{
	static const char *const lists[] = {"OperationProperties", "Parameters"};

	for (const struct json_node *c = m->inner->child, *v; c != NULL && (v = c->next) != NULL; c = v)
		for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
			if (span_starts_nocase(c->key, span_str(lists[i])) && span_ends_nocase(c->key, SPAN_LIT("Name")) && span_ends_nocase(v->key, SPAN_LIT("Value")) &&
			    span_eq(span_first(c->key, c->key.n - 4), span_first(v->key, v->key.n - 5)) && json_text(c).n != 0)
				making_pair(m, json_text(c), json_text(v));
}

/* Export-Csv writes of a list its type, "System.Object[]", and nothing of what was in it: it is not there, and that is said. */
static void drop_types(struct making *m)
{
	static const enum log_field lists[] = {F_operationproperties, F_parameters, F_cmdletparameters, F_extendedproperties, F_modifiedproperties,
	    F_folders, F_exchangeaggregatedfolders, F_aggregatedrecordfoldersdata, F_affecteditems, F_item, F_folder};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const struct json_node *n = m->f[lists[i]];
		span s = n != NULL && n->type == JSON_STRING ? span_trim(n->text) : SPAN_EMPTY;

		if (!span_starts(s, SPAN_LIT("System.")) || span_find_byte(s, ' ') < s.n || (!span_ends_nocase(s, SPAN_LIT("]")) && !span_ends_nocase(s, SPAN_LIT("Object"))))
			continue;
		m->f[lists[i]] = NULL;
		m->r->problems |= LOG_ODD_SHAPE;
	}
}

void make_m365(struct making *m)
{
	struct log_record *r = m->r;
	static const enum log_field pair_fields[] = {F_operationproperties, F_parameters, F_cmdletparameters, F_extendedproperties,
	    F_modifiedproperties, F_deviceproperties};
	span result, when;
	unsigned v;

	r->operation = TEXT_OF(m, F_operation, F_cmdlet, F_cmdletname, F_actiontype);
	r->record_type_name = making_text(m, F_recordtype);
	r->record_type = word_value(r->record_type_name, record_types, &v) ? v : 0;
	r->workload = TEXT_OF(m, F_workload, F_officeworkload);
	r->id = lower_guid(m, m->envelope == LOG_ENVELOPE_NONE && making_text(m, F_officeworkload).n != 0
	        ? TEXT_OF(m, F_officeid, F_id) : TEXT_OF(m, F_id, F_officeid, F_identity));
	when = TEXT_OF(m, F_creationtime, F_timegenerated, F_creationdate, F_createddatetime, F_timestamp, F_time);
	making_time(m, when.n != 0 ? when : TEXT_OF(m, F_lastaccessed, F_rundate), when.n != 0);
	drop_types(m);
	for (size_t i = 0; i < sizeof pair_fields / sizeof *pair_fields; i++)
		making_pairs(m, m->f[pair_fields[i]]);
	if (m->f[F_operationproperties] == NULL && m->f[F_parameters] == NULL)
		numbered_pairs(m);
	if (is_admin_audit(m))
		make_parameter_names(m);
	result = TEXT_OF(m, F_errornumber, F_logonerror, F_resultstatus, F_operationresult, F_succeeded);
	r->success = success_of(TEXT_OF(m, F_resultstatus, F_operationresult, F_succeeded));
	r->result = result;
	r->organisation = TEXT_OF(m, F_organizationname, F_organizationid);
	r->mailbox_guid = lower_guid(m, making_text(m, F_mailboxguid));
	r->mailbox = TEXT_OF(m, F_mailboxownerupn);
	if (r->mailbox.n == 0)
		r->mailbox = r->mailbox_guid;
	if (r->mailbox.n == 0)
		r->mailbox = making_text(m, F_mailboxresolvedownername);
	r->object = TEXT_OF(m, F_objectid, F_officeobjectid, F_objectmodified);
	r->kind = kind_of(m);
	if (r->mailbox.n == 0 && is_quarantine(r))
		r->mailbox = making_text(m, F_recipientaddress);
	make_context(m);
	r->is_throttled = text_is_true(log_pair_get(r, "IsThrottled")) || text_is_true(making_text(m, F_isthrottled)) ||
	    text_is_true(mailbox_audit_property(making_joined(m, m->f[F_operationproperties]), "IsThrottled"));
	r->has_operation_count = text_u64(TEXT_OF(m, F_operationcount, F_auditoperationscountinaggregatedrecord), &r->operation_count);
	if (r->kind == LOG_OTHER)
		make_m365_change(m);
	/* ResultStatus of a sign-in says that the request was served, LogonError whether it let anybody in (the API's schema). */
	if (r->kind == LOG_SIGN_IN && (span_eq_nocase(r->operation, SPAN_LIT("UserLoginFailed")) || making_text(m, F_logonerror).n != 0))
		r->success = LOG_NO;
	if (r->kind == LOG_SEARCH && span_has_one_of_nocase(r->operation, SPAN_WORDS("SearchQueryInitiated", "CopilotInteraction"))) {
		r->query = TEXT_OF(m, F_searchquerytext, F_query);
		if (r->mailbox.n == 0)
			r->mailbox = r->user;
	}
	make_items(m);
	check(m);
}
