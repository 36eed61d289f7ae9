/*
 * Down to the object that holds the record: AuditData, RawEventData, o365.audit, _source, _raw and the like, one in the
 * other as they come; or to a member that is a line of a mail server's log. The members on the way in are kept where the record itself does not have them.
 */
#include <stdio.h>

#include "logs/private.h"
#include "stream/decode.h"

static bool fail(struct making *m, unsigned problem, const char *where, const char *why)
{
	m->r->outcome = LOG_FAILED;
	m->r->problems |= problem;
	m->r->reason = where != NULL ? arena_printf(m->a, "%s: %s", where, why) : why;
	if (m->r->reason == NULL)
		m->no_memory = true;
	return false;
}

static bool same_value(const struct json_node *a, const struct json_node *b)
{
	return a->type == b->type && a->n == b->n && span_eq(a->text, b->text);
}

/* Members into m->f. What is further in is nearer to the record: it wins over what was around it. */
static void load(struct making *m, const struct json_node *n)
{
	const struct json_node *mine[F_COUNT] = {0};

	for (const struct json_node *c = n->child; c != NULL; c = c->next) {
		enum log_field f = field_find(m->table, c->key);

		if (f == F_COUNT || c->type == JSON_NULL)
			continue;
		if (mine[f] != NULL && !same_value(mine[f], c))
			m->r->problems |= LOG_DUPLICATE_KEY;
		mine[f] = c;
	}
	for (size_t f = 0; f < F_COUNT; f++)
		if (mine[f] != NULL)
			m->f[f] = mine[f];
}

static struct json_node *member(struct making *m, struct json_node *of, span key)
{
	struct json_node *c, **tail = &of->child;

	for (; (c = *tail) != NULL; tail = &c->next)
		if (span_eq_nocase(c->key, key))
			return c;
	if ((c = arena_zero(m->a, 1, sizeof *c)) == NULL) {
		m->no_memory = true;
		return NULL;
	}
	c->type = JSON_OBJECT;
	c->key = key;
	*tail = c;
	of->n++;
	return c;
}

/* The member of that name, of that type, where it can be changed; NULL. */
static struct json_node *found(struct json_node *of, const char *key, enum json_type type)
{
	struct json_node *c = of != NULL ? of->child : NULL;

	while (c != NULL && !span_eq_nocase(c->key, span_str(key)))
		c = c->next;
	return c != NULL && c->type == type ? c : NULL;
}

/* A cell of many values, a line each or parted by ", ", as a list of them. */
static void apart(struct making *m, struct json_node *n)
{
	span rest = n->text, by = span_find_byte(rest, '\n') < rest.n ? SPAN_LIT("\n") : SPAN_LIT(", ");
	struct json_node **tail = &n->child;

	*n = (struct json_node){.type = JSON_ARRAY, .key = n->key, .next = n->next};
	for (size_t at; rest.n > 0; rest = span_from(rest, at + by.n)) {
		at = span_find(rest, by);
		if ((*tail = arena_zero(m->a, 1, sizeof **tail)) == NULL) {
			m->no_memory = true;
			return;
		}
		**tail = (struct json_node){.type = JSON_STRING, .text = span_trim(span_first(rest, at))};
		tail = &(*tail)->next;
		n->n++;
	}
}

/* The member of that name as a list, whether a table or JSON has it; NULL. */
static struct json_node *many(struct making *m, struct json_node *of, const char *key)
{
	struct json_node *n = found(of, key, JSON_STRING);

	if (n != NULL)
		apart(m, n);
	return n != NULL ? n : found(of, key, JSON_ARRAY);
}

/* {Name: "a, b", Value: "1, 2"} as {a: 1, b: 2}; what cannot be told apart so is said. */
static void pairs_again(struct making *m, struct json_node *root, const char *list, const char *value)
{
	struct json_node *pairs = found(root, list, JSON_OBJECT), *names = many(m, pairs, "Name"), *values = many(m, pairs, value);

	if (names == NULL || values == NULL || m->no_memory)
		return;
	if (names->n != values->n) {
		m->r->problems |= LOG_ODD_SHAPE;
		return;
	}
	pairs->n = names->n;
	pairs->child = values->child;
	for (struct json_node *k = names->child, *v = values->child; k != NULL; k = k->next, v = v->next)
		v->key = k->text;
}

/* What tables make of lists: {Name: "a, b", Value: "1, 2"} as [{a: 1}, {b: 2}], and Message-IDs in one cell as a list. */
static void lists_again(struct making *m, struct json_node *root)
{
	(void)many(m, found(found(root, "Folders", JSON_OBJECT), "FolderItems", JSON_OBJECT), "InternetMessageId");
	pairs_again(m, root, "OperationProperties", "Value");
	pairs_again(m, root, "Parameters", "Value");
	pairs_again(m, root, "ExtendedProperties", "Value");
	pairs_again(m, root, "ModifiedProperties", "NewValue");
}

/* Members of Microsoft's records that are objects, in a table that has such beside lists. */
static bool is_object_of_m365(const struct json_node *n, span path)
{
	static const char *const objects[] = {"Item.", "Folder.", "DestFolder.", "AppAccessContext.", NULL};

	for (size_t i = 0; objects[i] != NULL; i++)
		if (span_starts_nocase(path, span_str(objects[i])))
			return json_get(n, "Operation") != NULL;
	return false;
}

/*
 * {"o365.audit.Item.ParentFolder.Path": x} as {"Item": {"ParentFolder": {"Path": x}}}, and so Splunk's names with "{}" for lists; NULL when
 * there are none.
 */
static const struct json_node *undotted(struct making *m, const struct json_node *n)
{
	static const span prefix = {(const unsigned char *)"o365.audit.", 11};
	struct json_node *root = NULL, *at;
	size_t dotted = 0;

	for (const struct json_node *c = n->child; c != NULL; c = c->next) {
		span path = c->key;
		size_t steps = 0, dot;

		if (span_starts_nocase(path, SPAN_LIT("_source.")))
			path = span_from(path, 8);
		if (span_starts_nocase(path, prefix))
			path = span_from(path, prefix.n);
		else if (!span_has(path, SPAN_LIT("{}")) && !is_object_of_m365(n, path))
			continue;
		if (dotted++ == LIMIT_LOG_COLUMNS) {
			m->r->problems |= LOG_LIMITED;
			break;
		}
		if (root == NULL && (root = arena_zero(m->a, 1, sizeof *root)) == NULL) {
			m->no_memory = true;
			return NULL;
		}
		root->type = JSON_OBJECT;
		at = root;
		for (; at != NULL && path.n > 0 && steps < 8; steps++) {
			span step;

			dot = span_find_byte(path, '.');
			step = span_first(path, dot);
			at = member(m, at, span_first(step, step.n - (span_ends_nocase(step, SPAN_LIT("{}")) ? 2 : 0)));
			path = span_from(path, dot + 1);
		}
		if (at != NULL && at != root && at->child == NULL) {
			struct json_node *next = at->next;
			span key = at->key;

			*at = *json_alone(c);
			at->next = next;
			at->key = key;
		}
	}
	if (root != NULL)
		lists_again(m, root);
	return root;
}

/* JSON in base64, as Pub/Sub passes it on: {" begins so. */
static bool is_coded(span s) { return span_starts(s, SPAN_LIT("eyJ")); }

static span decoded(struct making *m, span s)
{
	unsigned char *out = arena_alloc(m->a, s.n + 1);
	unsigned problems = 0;

	m->no_memory |= out == NULL;
	return out != NULL ? span_of(out, base64_decode_either(s, out, &problems)) : SPAN_EMPTY;
}

/* The record is in a member: as an object, or as JSON in a string. True when *n is it; or false and failed. */
static bool step_into(struct making *m, enum log_field f, const char *where, const struct json_node **n)
{
	struct json_node *tree;
	struct err why = {0};
	unsigned problems = 0;
	size_t used;
	enum errc rc;
	span s;

	if (m->f[f]->type == JSON_OBJECT) {
		*n = m->f[f];
		return true;
	}
	s = making_text(m, f);
	if (is_coded(s) && (s = decoded(m, s)).n == 0)
		return fail(m, LOG_ODD_SHAPE, where, "no JSON in it");
	if (f == F_raw && s.p[0] != '{' && (s = row_find_json(m->a, s)).n == 0)
		return fail(m, LOG_ODD_SHAPE, where, "no JSON in it");
	if (bare_sniff(s)) {
		if (bare_quoted(m->a, s, &s, &used, &why) != OK)
			m->no_memory = true;
		if (s.n == 0)
			return fail(m, LOG_ODD_SHAPE, where, "JSON that has lost its quotes, of which it is not certain what it said: export these days anew");
		m->r->problems |= LOG_NO_QUOTES;
	}
	if (python_sniff(s) && python_json(m->a, s, &s, &used, &why) != OK)
		m->no_memory = true;
	if (span_starts(s, SPAN_LIT("{\"\"")) && (s = undoubled(m->a, s)).p == NULL) /* a table that was quoted twice */
		m->no_memory = true;
	rc = json_read(m->a, s, &tree, &used, &problems, &why);
	if (rc == ERR_MEMORY)
		m->no_memory = true;
	if (rc == ERR_EVIDENCE && tree != NULL && tree->type == JSON_OBJECT && tree->child != NULL) {
		/* Excel cuts a cell at 32,767 characters, Splunk an event at 10,000: what came before is there. */
		m->r->outcome = LOG_PARTIAL;
		m->r->problems |= LOG_TRUNCATED;
		m->r->reason = arena_printf(m->a, "%s: %s", where, why.text);
		m->no_memory |= m->r->reason == NULL;
	} else if (rc != OK) {
		return fail(m, used >= s.n ? LOG_TRUNCATED : rc == ERR_LIMIT ? LOG_LIMITED : LOG_ODD_SHAPE, where, why.text);
	}
	/* Encoded twice: JSON of a string that is JSON. */
	if (tree->type == JSON_STRING) {
		const struct json_node *again = making_tree(m, tree);

		if (again->type == JSON_OBJECT) {
			*n = again;
			return true;
		}
	}
	if (tree->type != JSON_OBJECT)
		return fail(m, LOG_ODD_SHAPE, where, "no object");
	m->r->problems |= ((problems & JSON_BAD_UTF8) != 0 ? LOG_BAD_UTF8 : 0) |
	                  ((problems & JSON_LENIENT) != 0 ? LOG_LENIENT_JSON : 0) |
	                  ((problems & JSON_LEFT_OUT) != 0 ? LOG_LIMITED : 0);
	*n = tree;
	return true;
}

static bool holds(const struct making *m, enum log_field f, bool text_is_enough)
{
	span s = making_text(m, f);

	return m->f[f] != NULL && (m->f[f]->type == JSON_OBJECT || (text_is_enough ? s.n != 0 : s.n > 1 && (s.p[0] == '{' || is_coded(s))));
}

/*
 * A column that holds records of the audit log, under whatever name: the portal has its columns' names in the language of who exports.
 * False: there is one, and it failed.
 */
static bool find_record(struct making *m, const struct json_node *n, const struct json_node **inner)
{
	for (const struct json_node *c = n->n > 1 ? n->child : NULL; c != NULL; c = c->next) {
		span s = c->type == JSON_STRING ? span_trim(c->text) : SPAN_EMPTY;

		if (s.n < 2 || s.p[0] != '{' || !span_has(s, SPAN_LIT("Operation")) || !span_has_one_of_nocase(s, SPAN_WORDS("CreationTime", "RecordType", "Workload")))
			continue;
		m->f[F_auditdata] = c;
		m->envelope = m->envelope == LOG_ENVELOPE_NONE ? LOG_ENVELOPE_M365_EXPORT : m->envelope;
		return step_into(m, F_auditdata, "the column of records", inner);
	}
	return true;
}

/* One layer off. *more: *n is the next layer. */
static bool take_off(struct making *m, const struct json_node **n, bool *more)
{
	static const struct {
		enum log_field f;
		const char *where;
		enum log_envelope envelope;
		bool text;  /* whatever text is there must be it */
		bool plain; /* a word that records use, too: only where there is none around it */
	} layers[] = {
		{F_auditdata, "AuditData", LOG_ENVELOPE_M365_EXPORT, true, false},
		{F_raweventdata, "RawEventData", LOG_ENVELOPE_DEFENDER, true, false},
		{F_o365, "o365.audit", LOG_ENVELOPE_ELASTIC, false, false},
		{F_raw, "_raw", LOG_ENVELOPE_SPLUNK, true, false},
		{F_source, "_source", LOG_ENVELOPE_NONE, false, false},
		{F_original, "event.original", LOG_ENVELOPE_NONE, false, false},
		{F_eventoriginal, "event.original", LOG_ENVELOPE_NONE, false, false},
		{F_message, "message", LOG_ENVELOPE_NONE, false, false},
		{F_event, "event", LOG_ENVELOPE_NONE, false, false},
		{F_result, "result", LOG_ENVELOPE_NONE, false, false},
		{F_attributes, "attributes", LOG_ENVELOPE_NONE, false, true},
		{F_office365, "office365", LOG_ENVELOPE_NONE, false, true},
		{F_data, "data", LOG_ENVELOPE_NONE, false, true},
		{F_value, "value", LOG_ENVELOPE_NONE, false, true},
		{F_payload, "payload", LOG_ENVELOPE_NONE, false, true},
		{F_body, "body", LOG_ENVELOPE_NONE, false, true},
		{F_content, "content", LOG_ENVELOPE_NONE, false, true},
		{F_log, "log", LOG_ENVELOPE_NONE, false, true},
		{F_shortmessage, "short_message", LOG_ENVELOPE_NONE, false, true},
		{F_msg, "msg", LOG_ENVELOPE_NONE, false, true},
		{F_json, "JSON", LOG_ENVELOPE_NONE, false, true}, /* GAM's formatjson */
		{F_jsonpayload, "jsonPayload", LOG_ENVELOPE_NONE, false, true}, /* what a shipper gave to Google Cloud Logging */
		{F_fields, "fields", LOG_ENVELOPE_NONE, false, true}, /* of an answer of Elasticsearch without _source */
	};
	const struct json_node *inner = NULL;

	*more = true;
	/* An event of Elastic's that is told in its own fields. */
	if (is_google_elastic(m) && json_get_text(json_get(*n, "event"), "original").n == 0) {
		*more = false;
		return true;
	}
	for (size_t i = 0; i < sizeof layers / sizeof *layers && inner == NULL; i++) {
		if (!holds(m, layers[i].f, layers[i].text) || (layers[i].plain && making_product(m) != LOG_PRODUCT_NONE))
			continue;
		if (layers[i].f == F_source && !span_starts(m->f[F_source]->key, SPAN_LIT("_"))) /* Elastic's "source": {"ip": ...} */
			continue;
		if (layers[i].f == F_json && !span_ends_nocase(making_text(m, F_json), SPAN_LIT("}"))) /* parted at its commas */
			continue;
		if (!step_into(m, layers[i].f, layers[i].where, &inner))
			return false;
		if (layers[i].f == F_o365 && json_get(inner, "audit") != NULL)
			inner = json_get(inner, "audit");
		if (layers[i].envelope != LOG_ENVELOPE_NONE && m->envelope == LOG_ENVELOPE_NONE)
			m->envelope = layers[i].envelope;
		if (layers[i].f == F_auditdata && json_get(*n, "auditLogRecordType") != NULL)
			m->envelope = LOG_ENVELOPE_M365_GRAPH;
	}
	if (inner == NULL && (inner = undotted(m, *n)) != NULL)
		m->envelope = LOG_ENVELOPE_ELASTIC;
	if (inner != NULL && m->envelope == LOG_ENVELOPE_ELASTIC && m->elastic == NULL)
		m->elastic = *n;
	if (inner == NULL && making_product(m) == LOG_PRODUCT_NONE) {
		if (!find_record(m, *n, &inner))
			return false;
		if (inner == NULL)
			inner = json_nested(m, *n);
	}
	if (inner == NULL) {
		*more = false;
		return true;
	}
	*n = inner;
	for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
		m->f[layers[i].f] = NULL;
	m->f[F_googleworkspace] = NULL;
	return true;
}

/*
 * What Elastic's integration takes out of a record, since the event has it: o365.audit is left without them. The names are of the Elastic Common
 * Schema, nested or not.
 */
static void load_elastic(struct making *m)
{
	static const struct { enum log_field f; const char *path, *set, *name; } events[] = {
		{F_operation, "event.action", "event", "action"}, {F_id, "event.id", "event", "id"}, {F_workload, "event.provider", "event", "provider"},
		{F_recordtype, "event.code", "event", "code"}, {F_resultstatus, "event.outcome", "event", "outcome"},
		{F_clientipaddress, "client.ip", "client", "ip"}, {F_clientipaddress, "client.address", "client", "address"}, {F_clientipaddress, "source.ip", "source", "ip"},
		{F_organizationid, "organization.id", "organization", "id"}, {F_userid, "user.id", "user", "id"}, {F_userid, "user.email", "user", "email"},
	};

	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		const struct json_node *v = json_get(m->elastic, events[i].path);

		v = json_alone(v != NULL ? v : json_get(json_get(m->elastic, events[i].set), events[i].name));
		if (m->f[events[i].f] != NULL || json_text(v).n == 0)
			continue;
		if (events[i].f == F_clientipaddress && TEXT_OF(m, F_clientip, F_actoripaddress).n != 0)
			continue;
		m->f[events[i].f] = v;
	}
}

bool making_unwrap(struct making *m, const struct json_node *n)
{
	bool more = true;

	if (n->type == JSON_STRING)
		n = making_tree(m, n);
	for (unsigned wraps = 0; more; wraps++) {
		if (n->type != JSON_OBJECT)
			return fail(m, LOG_ODD_SHAPE, NULL, "no object");
		if (wraps == LIMIT_LOG_WRAPS)
			return fail(m, LOG_LIMITED, NULL, "too many wrappings, one in the other");
		if (n->n < 8 && json_get(n, "row") != NULL && json_get(json_get(n, "schema"), "fields") != NULL) {
			const struct json_node *row = bigquery_row(m->a, json_get(json_get(n, "schema"), "fields"), json_get(n, "row"));

			if (row == NULL)
				return fail(m, LOG_ODD_SHAPE, NULL, "a row that does not fit its schema");
			n = row;
		}
		load(m, n);
		m->inner = n;
		if (dovecot_within(m))
			return true;
		if (!take_off(m, &n, &more))
			return false;
	}
	if (m->elastic != NULL)
		load_elastic(m);
	/* What was cut off may stand in a column beside it. */
	if (m->f[F_operation] == NULL && (m->r->problems & LOG_TRUNCATED) != 0)
		m->f[F_operation] = m->f[F_operations];
	if (m->f[F_properties] != NULL) { /* diagnostic settings of Azure put the record there */
		const struct json_node *p = making_tree(m, m->f[F_properties]);

		if (p->type == JSON_OBJECT && m->f[F_operation] == NULL)
			load(m, p);
	}
	return true;
}

static bool has(const struct making *m, enum log_field f) { return m->f[f] != NULL; }

static bool has_text(const struct making *m, enum log_field f) { return making_text(m, f).n != 0; }

enum log_product making_product(const struct making *m)
{
	span category = making_text(m, F_category);

	if (span_starts(making_text(m, F_kind), SPAN_LIT("admin#reports#activity")) ||
	    (has(m, F_events) && has(m, F_id) && json_get(m->f[F_id], "applicationName") != NULL))
		return LOG_GOOGLE;
	if (is_google_entry(m) || is_google_elastic(m))
		return LOG_GOOGLE;
	if (has(m, F_dovecottext) || is_dovecot_event(m))
		return LOG_DOVECOT;
	if (has(m, F_cip) && has(m, F_command) && has(m, F_sessionid) && has(m, F_datetime))
		return LOG_EXCHANGE;
	if (has_text(m, F_idtime) && has_text(m, F_idapplicationname) && json_get(m->inner, "name") != NULL)
		return LOG_GOOGLE;
	if ((has(m, F_maileventtype) || has(m, F_eventinfomaileventtype)) && (has(m, F_rfc2822messageid) || has(m, F_messageinforfc2822messageid)))
		return LOG_GOOGLE;
	if (has_text(m, F_timeusec) || (has(m, F_eventinfo) && has(m, F_messageinfo)) || has_text(m, F_eventinfotimestampusec) ||
	    (has_text(m, F_event) && has_text(m, F_date) && (has(m, F_owner) || has(m, F_actor) || has(m, F_user)) &&
	        (has(m, F_ipaddress) || has(m, F_messageid) || has(m, F_clientid))))
		return LOG_GOOGLE;
	if (has_text(m, F_operation) &&
	    (has(m, F_recordtype) || has(m, F_workload) || has(m, F_creationtime) || has(m, F_officeworkload) ||
	        has(m, F_mailboxownerupn) || has(m, F_organizationid)))
		return LOG_M365;
	if (is_mailbox_audit(m) || is_admin_audit(m) || is_mail_action(m))
		return LOG_M365;
	if (has_text(m, F_requesturi) || span_eq_nocase(category, SPAN_LIT("MicrosoftGraphActivityLogs")))
		return LOG_GRAPH_ACTIVITY;
	if (span_ends_nocase(category, SPAN_LIT("SignInLogs")) ||
	    (has(m, F_createddatetime) && (has(m, F_appdisplayname) || has(m, F_ipaddress) || has(m, F_clientappused))) ||
	    (has(m, F_uniquetokenidentifier) && (has(m, F_serviceprincipalid) || has(m, F_userprincipalname)) && !has(m, F_requesturi)) ||
	    (has(m, F_requestid) && (has(m, F_application) || has(m, F_serviceprincipalid)) && (has(m, F_dateutc) || has(m, F_date))))
		return LOG_ENTRA_SIGN_IN;
	if (has_text(m, F_activitydisplayname) || has(m, F_targetresources) || has(m, F_initiatedby) ||
	    span_eq_nocase(category, SPAN_LIT("AuditLogs")) || span_ends_nocase(category, SPAN_LIT("RiskEvents")) ||
	    ((has(m, F_dateutc) || has(m, F_date)) && has(m, F_activity) && has(m, F_service)))
		return LOG_ENTRA_AUDIT;
	if ((has(m, F_internetmessageid) || has(m, F_messageid)) &&
	    (has(m, F_itemid) || has(m, F_immutableid) || has(m, F_graphid) || has(m, F_restid) ||
	        (has(m, F_id) && !has(m, F_time) && !has(m, F_timestamp) && !has(m, F_when) && !has(m, F_date) && !has(m, F_datetime))))
		return LOG_ID_MAP;
	if (is_extract(m))
		return LOG_LIST;
	if ((has(m, F_mailbox) || has(m, F_owner) || has(m, F_account) || has(m, F_mailboxownerupn)) &&
	    (has(m, F_messageid) || has(m, F_internetmessageid) || has(m, F_folder) || has(m, F_folderpath) ||
	        has(m, F_foldername)))
		return LOG_LIST;
	return LOG_PRODUCT_NONE;
}
