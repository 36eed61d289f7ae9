/* Within the room: from bytes of a file to values (walk, rows), from values to fields, from fields to records. */
#ifndef TOCSIN_LOGS_PRIVATE_H
#define TOCSIN_LOGS_PRIVATE_H

#include "base/clock.h"
#include "base/limits.h"
#include "stream/json-read.h"
#include "logs/logs.h"

/*
 * The members that mean something, spelled without anything but lower-case letters and digits: "Client_IPAddress",
 * "clientIpAddress" and "Client IP Address" are one name.
 */
#define LOG_FIELDS(X)                                                                                          \
	/* around records */                                                                                   \
	X(auditdata) X(raweventdata) X(actiontype) X(accountupn) X(accountobjectid) X(raw) X(source) X(o365) X(event) X(message) X(result) X(properties)     \
	/* unified audit log, as AuditData and as OfficeActivity */                                            \
	X(creationtime) X(creationdate) X(id) X(identity) X(operation) X(operations) X(recordtype) X(workload) \
	X(organizationid) X(organizationname) X(resultstatus) X(resultindex) X(resultcount) X(userkey) X(usertype) X(userid) X(userids)      \
	X(clientip) X(clientipaddress) X(actoripaddress) X(clientinfostring) X(sessionid) X(appid)             \
	X(clientappid) X(applicationid) X(logontype) X(externalaccess) X(mailboxguid) X(mailboxownerupn) X(recipientaddress) \
	X(mailboxownersid) X(operationproperties) X(parameters) X(extendedproperties) X(modifiedproperties)    \
	X(deviceproperties) X(operationcount) X(exchangeaggregatedfolders) X(eventoriginal) X(folders) X(folder) X(destfolder) X(item) X(affecteditems)      \
	X(appaccesscontext) X(tokenobjectid) X(objectid) X(useragent) X(actor) X(target) X(errornumber)        \
	X(logonerror) X(destmailboxownerupn) X(sendasusersmtp) X(sendonbehalfofusersmtp)                       \
	X(officeworkload) X(officeid) X(officeobjectid) X(timegenerated) X(mailaccesstype) X(isthrottled)      \
	X(logonusersid) X(itemname) X(query) X(searchquerytext) X(exchangelocations) X(aadsessionid)           \
	X(uniquetokenid) X(resultdescription) X(resultreason) X(time) X(timestamp) X(date) X(dateutc)          \
	/* mailbox audit log of Exchange */                                                                    \
	X(lastaccessed) X(operationresult) X(folderid) X(folderpathname) X(destfolderid) X(destfolderpathname) \
	X(itemsubject) X(iteminternetmessageid) X(sourceiteminternetmessageidslist) X(sourceitemidslist)       \
	X(aggregatedrecordfoldersdata) X(auditoperationscountinaggregatedrecord) X(mailboxresolvedownername)   \
	X(logonuserdisplayname) X(memberupn) X(memberrights) X(sourceitems)                                    \
	/* administrator audit log of Exchange */                                                              \
	X(cmdlet) X(cmdletname) X(cmdletparameters) X(caller) X(rundate) X(succeeded) X(objectmodified)        \
	/* Entra */                                                                                            \
	X(createddatetime) X(userprincipalname) X(username) X(user) X(appdisplayname) X(application)           \
	X(ipaddress) X(calleripaddress) X(clientappused) X(clientapp) X(status) X(resulttype)                  \
	X(resultsignature) X(signinerrorcode) X(failurereason) X(category) X(operationname)                    \
	X(activitydatetime) X(activitydisplayname) X(activity) X(initiatedby) X(initiatedbyactoruser)          \
	X(initiatedbyuserprincipalname) X(targetresources) X(additionaldetails) X(requestid)                   \
	X(serviceprincipalid) X(serviceprincipalname) X(uniquetokenidentifier) X(resourcedisplayname)          \
	X(resource) X(resourceid) X(location) X(tenantid) X(correlationid) X(loggedbyservice) X(service)       \
	X(isinteractive) X(authenticationprocessingdetails) X(userdisplayname) X(actoruserprincipalname)       \
	X(actordisplayname) X(actorobjectid) X(target1displayname) X(target1objectid)                          \
	/* Microsoft Graph activity */                                                                         \
	X(requesturi) X(requestmethod) X(responsestatuscode) X(signinactivityid) X(scopes) X(roles)            \
	X(userprincipalobjectid) X(operationid)                                                                               \
	/* Google */                                                                                           \
	X(kind) X(events) X(networkinfo) X(googleworkspace) X(protopayload) X(protopayloadauditlog) X(jsonpayload) X(metadatajson) X(servicename) X(insertid)                                                                       \
	/* a line of Dovecot's, and what holds lines of a syslog */                                            \
	X(dovecotservice) X(dovecotsession) X(dovecottext) X(dovecotarrived) X(realtimetimestamp)              \
	X(sourcerealtimetimestamp) X(shortmessage) X(log) X(msg) X(attributes)                                    \
	/* what queues and shippers of logs pass a record on in */                                             \
	X(data) X(office365) X(value) X(payload) X(body) X(content)                                            \
	/* protocol logs of Exchange */                                                                        \
	X(fields) X(starttime) X(endtime) /* an event of Dovecot's */                                           \
	X(cip) X(command) X(context) X(rqsize) X(rpsize) X(seqnumber)                                          \
	/* a list of accesses */                                                                               \
	X(mailbox) X(owner) X(account) X(messageid) X(internetmessageid) X(folderpath) X(foldername)           \
	X(itemid) X(immutableid) X(graphid) X(restid) X(internetmessageids) X(folderpaths) X(parentfolder)     \
	/* rows of Google: BigQuery, admin console */                                                          \
	X(timeusec) X(eventtype) X(eventname) X(email) X(eventinfo) X(messageinfo) X(uniqueidentifier)         \
	X(eventinfotimestampusec) X(clientid) X(scope) X(original)                                             \
	X(idtime) X(idapplicationname) X(maileventtype) X(rfc2822messageid) X(eventinfomaileventtype) X(messageinforfc2822messageid) X(json) \
		X(client) X(ip) X(when) X(datetime) X(action) X(subject) X(appname) X(accesstype) X(sizeinbytes)

enum log_field {
#define X(name) F_##name,
	LOG_FIELDS(X)
#undef X
	F_COUNT
};

#define FIELD_SLOTS 1024 /* a power of two, several times F_COUNT */

struct field_table { uint16_t slot[FIELD_SLOTS]; }; /* 0, or 1 + enum log_field */

void field_table_init(struct field_table *t);
/* F_COUNT when the name means nothing here. */
enum log_field field_find(const struct field_table *t, span name);

/* One value as it lies in the file. */
struct raw {
	const struct json_node *node; /* NULL: nothing could be read */
	const char *reason;  /* why it could not be read, or not as a whole */
	unsigned problems;   /* enum log_problem */
	uint64_t at, n, line;
	uint64_t n_rows;     /* of the last row of a table that was read from its beginning: how many it has; else 0 */
	int64_t last_utc;   /* of a line without a year: as struct log_record has them, but 0 for TIME_NONE */
	uint8_t years_back;
};

/* ---- walk.c: JSON of any framing, value by value ---- */

#define WALK_DEPTH 8
struct walk {
	span file;
	size_t at;
	unsigned depth;
	bool cut; /* the file ended within a record */
	bool tail[WALK_DEPTH]; /* true: what is left of an object around records; false: an array of records */
	uint64_t looked_again; /* bytes, against LIMIT_LOG_RESYNC_BYTES */
	struct arena *a;        /* of the column names of tables; program */
	span *columns;          /* {"columns": [], "rows": [[]]}: the rows being walked have these */
	size_t n_columns, columns_at;
	const struct json_node *schema; /* of rows of BigQuery: its fields; NULL: rows are lists */
	bool more_pages;        /* and another answer has more rows */
	unsigned rows_depth;    /* 0: no rows */
	size_t line_from, line_at, line_indent; /* between the first two no line begins so far in with a bracket */
	struct arena *inside;   /* of `list`; NULL before the first */
	span list;              /* records in a text of the object at `at`: what is left of them; empty when none is being read */
	size_t list_end;        /* behind that object */
	uint64_t list_read;     /* how many of its records were */
	uint64_t list_skip;     /* of the next list so many were read before */
};
bool walk_name(span s, size_t *at, span *name); /* a member's name at s.p[*at]; *at behind its colon */
void walk_close(struct walk *w);
/* columns.c: *rows: what object `n`, which stands in `text`, has by columns; empty when it is no such table. */
MUST_CHECK enum errc columns_turned(struct arena *a, const struct json_node *n, span text, span *rows, struct err *e);
MUST_CHECK enum errc walk_columns(struct walk *w, size_t at, struct err *e);
/* bigquery.c: a row {"f": [...]} by its fields; NULL where it does not fit them, or for want of memory. */
const struct json_node *bigquery_row(struct arena *a, const struct json_node *fields, const struct json_node *n);
unsigned walk_problems(unsigned json); /* enum json_problem as enum log_problem */
/* raw->n is 0 at the end. */
MUST_CHECK enum errc walk_next(struct walk *w, struct arena *a, struct raw *raw, struct err *e);

/* ---- rows.c: CSV, row by row, as objects of strings ---- */

struct rows {
	span file;
	size_t at;
	unsigned char separator, end;
	uint64_t line;
	struct arena *a;  /* of the names */
	span *names;
	size_t n_names, names_at; /* where they stand; 0: at the beginning of the file */
	unsigned n_headers;       /* of others that were met further down */
	bool commented;           /* a log with lines that begin with #, and names in one of them */
	bool cut;                 /* the file ended within a row */
	unsigned char inner;      /* rows are cells that hold a row with this separator; 0: they are not */
	const struct field_table *table;
	uint64_t looked_again;
	uint64_t n;               /* rows since the beginning of the file */
	bool entered;             /* reading began further down */
};
/* Reads the row of names. ERR_EVIDENCE when there is none. */
MUST_CHECK enum errc rows_open(struct rows *r, struct arena *a, const struct field_table *table, span file, struct err *e);
MUST_CHECK enum errc rows_names(struct rows *r, size_t at, struct err *e); /* from here on the row at `at` has the names */
MUST_CHECK enum errc rows_next(struct rows *r, struct arena *a, struct raw *raw, struct err *e);
span undoubled(struct arena *a, span s); /* "" as "; p NULL: no memory */
/* "{...}" out of a row of CSV that stands in one line: Splunk's _raw of an export. p NULL: none there. */
span row_find_json(struct arena *a, span line);

/* ---- bare.c: JSON that has lost its quotes ---- */

bool bare_sniff(span s);
/* With its quotes; empty when that is not certain, or it is no record of MailItemsAccessed. *used: how far it went, or was looked at. */
MUST_CHECK enum errc bare_quoted(struct arena *a, span s, span *out, size_t *used, struct err *e);

/* ---- python.c: as Python shows what it has read ---- */

bool python_sniff(span s);
/* As JSON; s is not empty. */
MUST_CHECK enum errc python_json(struct arena *a, span s, span *out, size_t *used, struct err *e);

/* ---- xml.c: what Exchange sends and PowerShell exports, record by record, as objects ---- */

struct xml_log { span file; size_t at; };
bool xml_log_sniff(span s); /* of a file's beginning */
MUST_CHECK enum errc xml_log_next(struct xml_log *x, struct arena *a, struct raw *raw, struct err *e);

/* ---- syslog.c: lines, what stands before them, and the journal's own form of them ---- */

enum { LINES_TURNS = 16 };
struct lines {
	span file;
	size_t at, list_end; /* list_end: in a list in a line, where the next line begins; else 0 */
	uint64_t line;
	size_t turns[LINES_TURNS]; /* where the first line of a new year stands; only of a file that is in order */
	size_t n_turns;
	int64_t last_utc;          /* the last date */
};
/* Finds turns of the year, where lines have dates without one. Looks at some thousand lines. */
void lines_find_turns(struct lines *l);
bool lines_next(struct lines *l, struct raw *raw, span *line); /* trimmed; false at the end */
bool span_take(span *s, const char *word);
/*
 * What a program said, without the header before it; *date is the header's. A name need not stand there (a program's own file): then it is
 * the rest. Empty when there is no header, or RFC 5424 names another program.
 */
span syslog_said(span line, const char *program, span *date);
/* JSON behind a header, a line each. Lines without any are passed over. */
MUST_CHECK enum errc headed_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e);
/* cef.c: lines in ArcSight's Common Event Format, of Microsoft's mail services; others are passed over. */
bool cef_sniff(span s);
MUST_CHECK enum errc cef_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e);
/* journalctl -o export: an object of texts each entry. */
bool journal_sniff(span s);
MUST_CHECK enum errc journal_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e);
/* Events of Dovecot as its exporter writes them with tabs, as objects of the form that they have in JSON. */
bool tabbed_sniff(span s);
MUST_CHECK enum errc tabbed_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e);

/* ---- dovecot.c: lines of a mail server's log ---- */

struct making;

struct dovecot_line { span date, service, who, text; };
bool dovecot_sniff(span s); /* is there a line that tells of reaching mail? */
MUST_CHECK enum errc dovecot_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e);
/* Is a member of the record a line of Dovecot's that tells of reaching mail? Then the fields are those of dovecot_next. */
bool dovecot_within(struct making *m);

/* ---- a record in the making ---- */

struct making {
	struct arena *a;
	const struct field_table *table;
	struct log_record *r;
	const struct json_node *f[F_COUNT];
	const struct json_node *inner; /* the object that holds the record */
	const struct json_node *elastic; /* what stands around o365.audit; NULL: nothing */
	enum log_envelope envelope; /* as the wrapping shows it; NONE: bare */
	unsigned date_forms;        /* of the file: WHEN_ */
	struct log_item *items;
	struct log_folder *folders;
	struct log_pair *pairs;
	span *targets;
	size_t cap_items, cap_folders, cap_pairs, cap_targets;
	bool has_line;  /* a member on the way in may be a line of a syslog */
	bool no_memory;
};

/* unwrap.c: down to the object that holds the record; its members into m->f. False: m->r has failed, with its reason. */
bool making_unwrap(struct making *m, const struct json_node *n);
/* nested.c: paths as names of members, as the objects and lists that they lead through; NULL when there are none. */
const struct json_node *json_nested(struct making *m, const struct json_node *n);
const struct json_node *json_alone(const struct json_node *n); /* the only value of a list of one; else what it was given, also NULL */
/* What the fields are, or LOG_PRODUCT_NONE. */
enum log_product making_product(const struct making *m);

/* make.c: what the products share. What cannot be had for want of memory sets no_memory. */
span making_text(const struct making *m, enum log_field f);
span making_first(const struct making *m, const enum log_field *fields, size_t n); /* the first that is not empty */
#define TEXT_OF(m, ...)                                                                                        \
	making_first(m, (const enum log_field[]){__VA_ARGS__},                                                \
	    sizeof((const enum log_field[]){__VA_ARGS__}) / sizeof(enum log_field))
/* JSON that stands in a string is read; NULL for NULL, and what is no JSON stays as it is. */
const struct json_node *making_tree(struct making *m, const struct json_node *n);
/* The same of a list of what was reached: cut off, it is what stood before that, and the record is LOG_TRUNCATED. */
const struct json_node *making_list(struct making *m, const struct json_node *n);
void making_problem(struct making *m, enum log_problem p, const char *reason);
void making_time(struct making *m, span text, bool zone_is_known);
void making_ip(struct making *m, span text);
void making_pair(struct making *m, span name, span value);
/* A value that is a list becomes one text, parted by ';'. */
span making_joined(struct making *m, const struct json_node *n);
/* [{Name, Value}], {Name: Value} or either in a string. */
void making_pairs(struct making *m, const struct json_node *n);
struct log_item *making_item(struct making *m, uint32_t folder); /* NULL: no memory */
uint32_t making_folder(struct making *m, span id, span path, span name);
void making_target(struct making *m, span address); /* one or several, by ';' or ','; "smtp:" and names dropped */
span message_id_bare(span s);
span mailbox_bare(span s); /* "SMTP:a@b" and "Ada <a@b>" as a@b; else as it is */
span making_copy(struct making *m, span s);
/* A number at the beginning of the text; false when there is none. */
bool text_u64(span s, uint64_t *v);
bool text_is_true(span s); /* "True", "1" */
bool log_has_pair(const struct log_record *r, const char *name); /* with a value or without */
/* The value of the first of these names that has one. */
span pair_first(const struct log_record *r, const char *const *names);
span uri_unescaped(struct making *m, span s); /* graph.c: "ada%40us.example" */
span folder_last(span path); /* behind the last slash or backslash */

/* m365.c, m365-change.c, entra.c, graph.c, google.c, list.c */
void make_m365(struct making *m);
/* m365-mailbox.c: the mailbox audit log that Search-MailboxAuditLog shows, a column or attribute for each thing */
bool is_admin_audit(const struct making *m); /* what Search-AdminAuditLog shows */
/* "{Identity, ForwardTo}" of its CSV: those that open mail are there with some value */
void make_parameter_names(struct making *m);
bool is_mailbox_audit(const struct making *m);
bool is_mail_action(const struct making *m);
bool is_extract(const struct making *m);
void m365_item(struct making *m, const struct json_node *n, uint32_t folder); /* m365.c: {InternetMessageId, Id, Subject ...} or a Message-ID */
/* Tables that somebody made of records: a row an item, or all of a record's in one cell, with columns for Message-ID and folder. */
void make_columns(struct making *m);
void make_mailbox_audit(struct making *m); /* folders and items, when they are known by columns */
span mailbox_audit_property(span properties, const char *name); /* one word of its OperationProperties, however they are written */
enum log_kind search_kind(const struct log_record *r); /* m365-search.c: of compliance and mailbox searches; LOG_OTHER */
void make_search(struct making *m);      /* whose mailboxes, and for what */
void make_m365_change(struct making *m); /* rules, forwarding, permissions, directory */
enum log_kind directory_kind(span operation); /* consent, credentials, roles: the same words in both products */
void make_directory(struct making *m);        /* role, resource, target_* out of pairs */
void made_group(struct making *m, span group); /* somebody was put in it */
void made_membership(struct making *m, span group, span member);
void make_entra_sign_in(struct making *m);
void make_entra_audit(struct making *m);
void make_graph_activity(struct making *m);
void make_google(struct making *m);
void make_google_row(struct making *m); /* google-rows.c: a row of BigQuery or of the admin console */
bool is_google_entry(const struct making *m); /* google-entries.c: of Cloud Logging */
bool is_google_elastic(const struct making *m);
void make_google_entry(struct making *m);
void make_google_elastic(struct making *m);
/* Operation, kind and pairs out of a list of events. */
void google_events(struct making *m, span app, const struct json_node *list, const char *name, const char *parameters);
void google_event(struct making *m, span app, span name); /* kind, message and forwarding out of app, event and pairs */
void make_list(struct making *m);
void make_dovecot(struct making *m);
bool is_dovecot_event(const struct making *m); /* dovecot-events.c */
void make_dovecot_event(struct making *m);
void make_exchange(struct making *m);
/* A command of IMAP or POP3 and what stood behind it, unless r->success says that it failed: kind, query, and which problems that leaves. */
void making_command(struct making *m, span command, span items);
void make_id_map(struct making *m);

/* when.c */
enum { WHEN_DAY_FIRST = 1, WHEN_MONTH_FIRST = 2 };
#define NO_YEAR 2000 /* of what is read without one */
unsigned when_form(span s); /* 14/5/2024, 5/14/2024; 0: another form, or both readings are dates */
/* Is it UTC where the kind of log says so, is it said in the text, or does that say a zone that may be several? */
enum when_zone { WHEN_NOT_SAID, WHEN_SAID, WHEN_UNKNOWN };
/* forms: of dates in the same file. *ambiguous: day and month may stand the other way round. */
bool when_parse(span s, unsigned forms, int64_t *when_utc, uint32_t *nanos, enum when_zone *zone, bool *ambiguous);
/* Canonical text in out (46 bytes), or an empty span. */
span ip_parse(span s, char out[64]);

#endif
