/*
 * Audit logs on paper. A log file (Microsoft 365 unified audit log in each of its envelopes, Entra sign-in and audit
 * logs, Microsoft Graph activity, Google Workspace reports, a plain list of accesses) is read record by record into
 * one normalised form that says who did what to which mail, when, and in which context. Nothing is judged here:
 * whether a record counts against the intruder is scope's business, and so is that the same id counts once.
 *
 * The file is a span, mapped by the caller; memory is that of one record, whatever the size of the file. Hostile bytes
 * cost their own record: it comes out with outcome LOG_FAILED, its place and the reason, and reading goes on.
 */
#ifndef TOCSIN_LOGS_LOGS_H
#define TOCSIN_LOGS_LOGS_H

#include "base/arena.h"

/* What the file is, as an envelope: what lies around the records. */
enum log_envelope {
	LOG_ENVELOPE_NONE,           /* none of these; logs_looks_like says what it looks like */
	LOG_ENVELOPE_M365_JSON,      /* bare AuditData: one object, an array, JSON lines; Management Activity API blobs */
	LOG_ENVELOPE_MAILBOX_AUDIT,  /* Search-MailboxAuditLog -ShowDetails: CSV, JSON or XML */
	LOG_ENVELOPE_ADMIN_AUDIT,    /* Search-AdminAuditLog, the same */
	LOG_ENVELOPE_M365_EXPORT,    /* rows with an AuditData column or member: portal, Search-UnifiedAuditLog; CSV or JSON */
	LOG_ENVELOPE_M365_GRAPH,     /* Graph auditLogQuery: value[].auditData */
	LOG_ENVELOPE_SENTINEL,       /* OfficeActivity, flattened; CSV or JSON */
	LOG_ENVELOPE_DEFENDER,       /* CloudAppEvents with RawEventData; CSV or JSON */
	LOG_ENVELOPE_ELASTIC,        /* o365.audit.*, nested or with dots */
	LOG_ENVELOPE_SPLUNK,         /* _raw around one of the others */
	LOG_ENVELOPE_CEF,            /* ArcSight's Common Event Format */
	LOG_ENVELOPE_ENTRA_SIGN_IN,  /* Graph JSON, diagnostic settings, Log Analytics, portal CSV */
	LOG_ENVELOPE_ENTRA_AUDIT,
	LOG_ENVELOPE_GRAPH_ACTIVITY, /* MicrosoftGraphActivityLogs */
	LOG_ENVELOPE_GOOGLE,         /* Reports API activities */
	LOG_ENVELOPE_DOVECOT,        /* a syslog or journal, also as JSON, or Dovecot's own file */
	LOG_ENVELOPE_EXCHANGE,       /* protocol logs of IMAP4 and POP3 */
	LOG_ENVELOPE_ID_MAP,         /* item or immutable id to internetMessageId: CSV, JSON, answers of Graph */
	LOG_ENVELOPE_LIST,           /* time, mailbox, message_id or folder, client, ip, actor; CSV or JSON lines */
};

/* Looks at the beginning (some 256 KiB are enough). */
enum log_envelope logs_sniff(span file);
const char *log_envelope_name(enum log_envelope v); /* "Microsoft 365 audit log, JSON" */
/* For LOG_ENVELOPE_NONE: "a ZIP archive", "mail", "JSON with members a, b, c", "CSV with columns x, y, z", "empty" ... */
const char *logs_looks_like(struct arena *a, span file);
/* A form that packs its values, or has other names for mailboxes, so that a look at its bytes shows no name that it has. */
bool logs_hides_names(span file);

enum log_kind {
	LOG_OTHER,              /* something else: operation says what. Counts for coverage. */
	LOG_BIND,               /* messages were opened: their Message-IDs are in folders[].items[] */
	LOG_SYNC,               /* whole folders were synchronised: folders[] */
	LOG_SEND,               /* mail was sent as the victim: items[] */
	LOG_CREATE,
	LOG_UPDATE,
	LOG_SOFT_DELETE,
	LOG_HARD_DELETE,
	LOG_MOVE,               /* also to Deleted Items; target_folder says where to */
	LOG_SEARCH,             /* query says for what */
	LOG_INBOX_RULE,         /* made, changed or removed (rule_removed): see rule */
	LOG_FORWARDING,         /* of a mailbox or by a transport rule: targets[] */
	LOG_MAILBOX_PERMISSION, /* grantee got or lost role on mailbox; SendAs, delegation, folder permissions */
	LOG_CONSENT,            /* consent to an application, a delegated permission grant */
	LOG_APP_CREDENTIAL,     /* a secret or certificate was put on an application or service principal */
	LOG_APP_ROLE,           /* an application was assigned a role: role, resource */
	LOG_SIGN_IN,
	LOG_GRAPH_REQUEST,      /* a Microsoft Graph request: items[].item_id and folders by Graph id, not Message-ID */
	LOG_MAIL_READ_GOOGLE,   /* Gmail: opened for the first time only; later openings are not logged */
	LOG_TOKEN,              /* Google: OAuth token granted, used, revoked */
	LOG_EXPORT,             /* a mailbox or a content search was exported */
	LOG_ITEM_ID,            /* no event: items[0] says which message has which id */
	LOG_AUDIT_CONFIG,       /* auditing was switched on or off, or bypassed */
	LOG_FOLDER_OPENED,      /* a delegate or administrator opened folders[]: FolderBind. Which messages that showed is not logged. */
};
const char *log_kind_name(enum log_kind k); /* "bind", "hard_delete", ... */

enum log_product {
	LOG_PRODUCT_NONE,
	LOG_M365,           /* unified audit log, whatever workload */
	LOG_ENTRA_SIGN_IN,
	LOG_ENTRA_AUDIT,
	LOG_GRAPH_ACTIVITY,
	LOG_GOOGLE,
	LOG_DOVECOT,        /* logins, messages and ends of sessions of IMAP and POP3 */
	LOG_EXCHANGE,       /* commands of IMAP4 and POP3, as Exchange's protocol logs have them */
	LOG_LIST,           /* a list that somebody made */
	LOG_ID_MAP,         /* a map of ids that somebody made */
};
const char *log_product_name(enum log_product p); /* "m365", "entra_sign_in", ... */

enum log_outcome {
	LOG_PARSED,
	LOG_PARTIAL, /* see problems and reason; what could be read is here */
	LOG_FAILED,  /* not read: reason, place, and when, who and what as far as columns around it say */
};

/* Findings about the log itself. A record can have several. */
enum log_problem {
	LOG_NO_ID = 1u << 0,
	LOG_NO_TIME = 1u << 1,          /* missing, or no date that makes sense */
	LOG_NO_MAILBOX = 1u << 2,       /* an access to mail that does not say whose */
	LOG_NO_ITEMS = 1u << 3,         /* messages were opened, changed or deleted, and not a single one is named */
	LOG_NO_FOLDER = 1u << 4,        /* a sync that names no folder: by id or path */
	LOG_COUNT_MISMATCH = 1u << 5,   /* operation_count is more than the items named */
	LOG_ITEM_NO_MESSAGE_ID = 1u << 6,
	LOG_DUPLICATE_KEY = 1u << 7,    /* one member twice with different values: the last is taken */
	LOG_BAD_UTF8 = 1u << 8,         /* U+FFFD in place of bad bytes */
	LOG_LENIENT_JSON = 1u << 9,     /* NaN, a trailing comma, a raw control character ... */
	LOG_TRUNCATED = 1u << 10,       /* the record ended early, or its source cut it ("..." in an export) */
	LOG_LIMITED = 1u << 11,         /* a limit of base/limits.h left something out */
	LOG_ODD_SHAPE = 1u << 12,       /* a member was of another type than it should be */
	LOG_TIME_GUESSED = 1u << 13,    /* no zone, or letters that several have: read as UTC, and so counted from 15 hours before to 15 after */
	LOG_DATE_AMBIGUOUS = 1u << 14,  /* day and month may stand the other way round */
	LOG_NO_YEAR = 1u << 15,         /* RFC 3164 has none: when_utc is of the year 2000 */
	LOG_NO_QUOTES = 1u << 16,       /* the record's JSON had lost its quotes */
	LOG_THROTTLE_UNSAID = 1u << 17, /* of MailItemsAccessed, whose properties a table left out */
	LOG_RESULTS_CUT = 1u << 18,     /* the last row of a table that has fewer than Search-UnifiedAuditLog found (ResultCount) */
	LOG_ITEM_UNNAMED = 1u << 19,    /* an item has neither Message-ID nor an id */
};
const char *log_problem_text(enum log_problem one_bit); /* a sentence's worth, without a full stop */

enum log_tri { LOG_UNSAID, LOG_NO, LOG_YES };

struct log_item {
	span message_id; /* white space and angle brackets trimmed, case kept; empty when not there */
	span item_id;    /* Exchange item id, or Graph's */
	span immutable_id;
	span subject;
	uint64_t size;   /* 0 when not said */
	uint32_t folder; /* index into folders, or LOG_FOLDER_NONE */
};
#define LOG_FOLDER_NONE UINT32_MAX

struct log_folder {
	span id;
	span path;        /* "\Inbox\Sub"; empty for the "Not Available" of Exchange: then name is all there is */
	span name;        /* the last component, or ParentFolder.Name */
	uint32_t first_item, n_items; /* in items */
};

struct log_pair { span name, value; };

#define LOG_ALL_FORWARDING "ForwardingSmtpAddress, ForwardingAddress"
#define LOG_MODERATION "ModeratedBy" /* its name, or how it begins where the command set forwarding, too */
#define LOG_TO_GROUP "to the group" /* a condition: mail to a group that somebody joined */
struct log_rule {
	span name, id; /* of a mailbox's own forwarding: the parameter, or LOG_ALL_FORWARDING where both are set */
	bool removed;                /* emptied; Remove-InboxRule, Disable-InboxRule, RemoveMailboxRule; of transport rules likewise */
	bool changed;                /* a rule that was there: Set-InboxRule, ModifyMailboxRule, Set-TransportRule */
	bool renamed;                /* it has another name from here on, or may have */
	bool deletes, marks_read;
	span move_to;                /* folder, where it moves or copies */
	const struct log_pair *conditions; /* "SubjectContainsWords" = "invoice;payment": as logged, unjoined */
	size_t n_conditions;
};

struct log_record {
	enum log_outcome outcome;
	const char *reason; /* for every outcome but PARSED: static or in the arena */
	unsigned problems;  /* enum log_problem */
	uint64_t at_byte, n_bytes; /* in the file as it was given; CSV: of the row */
	uint64_t line;             /* CSV: where the row begins, from 1; else 0 */

	enum log_product product;
	enum log_kind kind;
	uint32_t record_type; /* RecordType as a number; 0 when not said or only as a word */
	span record_type_name;
	span operation;       /* as logged */
	span workload;
	span id;              /* lower case where it is a GUID; what makes records the same */
	int64_t when_utc;     /* of the event, not of the export; TIME_NONE when not there */
	uint32_t when_nanos;  /* of the second */
	/* LOG_NO_YEAR, in a file that is in order: the last date there, and how often the year turned between the two. Else TIME_NONE. */
	int64_t last_utc;
	uint8_t years_back;
	enum log_tri success;
	span result;          /* as logged: "Succeeded", "50126", "InvalidUserNameOrPassword" */

	/* whose mail */
	span mailbox;      /* the best there is: SMTP address or UPN, else GUID; of a search also several, parted by ';'; for LOG_SIGN_IN and others empty */
	span mailbox_guid;
	span organisation; /* tenant id or domain */

	/* who, and in which context: empty where not logged */
	span user;             /* UPN or SMTP address of the actor, else its name as logged */
	span user_id;          /* object id, SID or UserKey */
	span service_principal; /* id of the application's own identity, when it is the actor */
	span ip;               /* canonical text, without port and brackets; empty when it is no address; "A B" where fields of the record differ */
	span ip_logged;        /* as logged, when that differs */
	span user_agent;
	span client_info;      /* ClientInfoString, or the client application of a sign-in */
	span session_id;
	span aad_session_id;
	span unique_token_id;
	span token_object_id;
	span app_id;           /* of the application that acted */
	span client_app_id;
	span app_name;
	span country;
	uint32_t logon_type;   /* 0 owner, 1 admin, 2 delegate ...; LOG_LOGON_UNSAID */
	uint32_t user_type;    /* LOG_LOGON_UNSAID likewise */
	bool external_access;

	/* what was reached */
	bool is_throttled;
	bool has_operation_count;
	uint64_t operation_count;
	const struct log_folder *folders;
	size_t n_folders;
	const struct log_item *items; /* in the order of the record; items without a folder too */
	size_t n_items;
	struct log_folder target_folder; /* LOG_MOVE: where to */
	span request_uri, request_method; /* LOG_GRAPH_REQUEST */
	span batch;            /* LOG_GRAPH_REQUEST: what its requests in one batch have in common */
	span query;            /* LOG_SEARCH */
	span search;           /* by which name other records say the same content search; LOG_SEARCH, LOG_EXPORT */
	bool audit_too;        /* LOG_FORWARDING, LOG_MAILBOX_PERMISSION: the same command changed auditing, too */
	bool audit_on;         /* LOG_AUDIT_CONFIG: it turns auditing on, and does nothing else to it */
	bool search_made, search_anywhere; /* it was made there; of all mailboxes, or of any */

	/* what was changed */
	struct log_rule rule;  /* LOG_INBOX_RULE, and LOG_FORWARDING by rules of transport and journals */
	const span *targets;   /* addresses that a rule or setting forwards or redirects to, without "smtp:" */
	size_t n_targets;
	span object;           /* ObjectId: what was changed, as logged */
	span grantee;          /* LOG_MAILBOX_PERMISSION: who may now */
	span role;             /* access right, scopes or application role: "FullAccess", "Mail.Read User.Read" */
	span resource;         /* to what: "Office 365 Exchange Online"; LOG_GRAPH_REQUEST: "messages", "search", "export", "batch", "subscription", or nothing of a mailbox */
	span target_app_id, target_name; /* the application or service principal that was changed */

	/* Parameters, OperationProperties, ExtendedProperties, ModifiedProperties and the like, in their order */
	const struct log_pair *pairs;
	size_t n_pairs;
};
#define LOG_LOGON_UNSAID UINT32_MAX
/* client_info of a record of Dovecot begins so. A session has one address there, which only its login says. */
#define DOVECOT "Dovecot"

/*
 * Of a date without a year (LOG_NO_YEAR): the last such day and hour that is not behind `end` and a day, which is for zones. Where the last
 * date of its file is known: so many years before that one's. TIME_NONE when there is none.
 */
int64_t when_before(int64_t when, int64_t last, unsigned years_back, int64_t end);

/* The value of the pair of that name (any case), or SPAN_EMPTY. */
span log_pair_get(const struct log_record *r, const char *name);

struct logs;

/*
 * file must stay as it is until logs_close. ERR_EVIDENCE: none of the envelopes (text: what it looks like); ERR_LIMIT:
 * UTF-16 that is too large to convert. name is the file's name, for a hint only; it may be empty.
 */
MUST_CHECK enum errc logs_open(struct logs **out, span file, span name, struct err *e);
void logs_close(struct logs *l); /* NULL is fine */
enum log_envelope logs_envelope(const struct logs *l);

/*
 * The next record, in the arena and in the file (strings that need no change are borrowed from it): valid until the
 * arena is reset. *r is NULL at the end. Every string is valid UTF-8. What is wrong with the evidence is in the record;
 * errors are memory only: also of the arena, which LIMIT_LOG_ARENA is enough for. Each byte that is not white space or envelope belongs to a record.
 */
MUST_CHECK enum errc logs_next(struct logs *l, struct arena *a, const struct log_record **r, struct err *e);
/* At the end: the file ends within a record or within the list of them, so that what came behind is missing, and how much of it nobody knows. */
bool logs_cut(const struct logs *l);
/* Where reading stands between two records: what another reader of the same file goes on from. */
struct logs_mark { uint64_t at, line, columns; uint32_t state; };
struct logs_mark logs_mark(const struct logs *l);
void logs_go(struct logs *l, const struct logs_mark *m);
/*
 * Can the file be read in pieces? *out is where a record seems to begin at or behind `from`: at the beginning of a line.
 * Whether one does, only a reader that comes from the front knows. False: it cannot, or no line begins there, nor within the length of
 * the longest record behind it.
 */
bool logs_border(const struct logs *l, uint64_t from, struct logs_mark *out);

/* How far reading has come, of file.n: for progress. */
uint64_t logs_at(const struct logs *l);

/*
 * What a file names that is none of these: what may be an address of mail or of the net, a Message-ID (without brackets) or a GUID, each once and in lower case.
 * Begin with zero and an arena. over: it names more than LIMIT_LOG_NAMES, or than the arena holds, or has in base64 what is packed, and nothing
 * further is looked at.
 */
enum { LOG_CODED_WITHIN = 2 };
struct log_names {
	struct arena *a;
	span *v;
	size_t n, cap, n_slots, room;
	uint32_t *slots;
	unsigned char *scratch, *coded[LOG_CODED_WITHIN]; /* coded: what base64 stood for, and base64 in that */
	size_t coded_room[LOG_CODED_WITHIN];
	bool over;
};
/* A piece of the file. What is cut in two by its end has to be in the next one, too: names have LIMIT_LOG_NAME bytes at most, twice that in UTF-16. */
void log_names_take(struct log_names *l, span text);
/* What its own path names, where an address has a date or an ending of files behind it. */
void log_names_take_path(struct log_names *l, span path);

#endif
