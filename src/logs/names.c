/* What kinds, products, envelopes and problems are called. */
#include "logs/logs.h"

const char *log_envelope_name(enum log_envelope v)
{
	switch (v) {
	case LOG_ENVELOPE_NONE: return "not a log that is known here";
	case LOG_ENVELOPE_M365_JSON: return "Microsoft 365 audit log, JSON";
	case LOG_ENVELOPE_MAILBOX_AUDIT: return "Exchange mailbox audit log";
	case LOG_ENVELOPE_ADMIN_AUDIT: return "Exchange administrator audit log";
	case LOG_ENVELOPE_M365_EXPORT: return "Microsoft 365 audit log, export with AuditData";
	case LOG_ENVELOPE_M365_GRAPH: return "Microsoft 365 audit log, Graph query";
	case LOG_ENVELOPE_SENTINEL: return "Microsoft 365 audit log, Sentinel OfficeActivity";
	case LOG_ENVELOPE_DEFENDER: return "Microsoft 365 audit log, Defender CloudAppEvents";
	case LOG_ENVELOPE_ELASTIC: return "Microsoft 365 audit log, Elastic";
	case LOG_ENVELOPE_SPLUNK: return "events in Splunk's _raw";
	case LOG_ENVELOPE_CEF: return "Microsoft 365 audit log, CEF";
	case LOG_ENVELOPE_ENTRA_SIGN_IN: return "Entra sign-in log";
	case LOG_ENVELOPE_ENTRA_AUDIT: return "Entra audit log";
	case LOG_ENVELOPE_GRAPH_ACTIVITY: return "Microsoft Graph activity log";
	case LOG_ENVELOPE_GOOGLE: return "Google Workspace activities";
	case LOG_ENVELOPE_DOVECOT: return "Dovecot's log";
	case LOG_ENVELOPE_EXCHANGE: return "Exchange's protocol log of IMAP4 or POP3";
	case LOG_ENVELOPE_ID_MAP: return "map of item ids to Message-IDs";
	case LOG_ENVELOPE_LIST: return "list of accesses";
	}
	return "?";
}

const char *log_kind_name(enum log_kind k)
{
	switch (k) {
	case LOG_OTHER: return "other";
	case LOG_BIND: return "bind";
	case LOG_SYNC: return "sync";
	case LOG_SEND: return "send";
	case LOG_CREATE: return "create";
	case LOG_UPDATE: return "update";
	case LOG_SOFT_DELETE: return "soft_delete";
	case LOG_HARD_DELETE: return "hard_delete";
	case LOG_MOVE: return "move";
	case LOG_SEARCH: return "search";
	case LOG_INBOX_RULE: return "inbox_rule";
	case LOG_FORWARDING: return "forwarding";
	case LOG_MAILBOX_PERMISSION: return "mailbox_permission";
	case LOG_CONSENT: return "consent";
	case LOG_APP_CREDENTIAL: return "app_credential";
	case LOG_APP_ROLE: return "app_role";
	case LOG_SIGN_IN: return "sign_in";
	case LOG_GRAPH_REQUEST: return "graph_request";
	case LOG_MAIL_READ_GOOGLE: return "mail_read_google";
	case LOG_TOKEN: return "token";
	case LOG_EXPORT: return "export";
	case LOG_ITEM_ID: return "item_id";
	case LOG_AUDIT_CONFIG: return "audit_config";
	case LOG_FOLDER_OPENED: return "folder_opened";
	}
	return "?";
}

const char *log_product_name(enum log_product p)
{
	switch (p) {
	case LOG_PRODUCT_NONE: return "none";
	case LOG_M365: return "m365";
	case LOG_ENTRA_SIGN_IN: return "entra_sign_in";
	case LOG_ENTRA_AUDIT: return "entra_audit";
	case LOG_GRAPH_ACTIVITY: return "graph_activity";
	case LOG_GOOGLE: return "google";
	case LOG_DOVECOT: return "dovecot";
	case LOG_EXCHANGE: return "exchange";
	case LOG_LIST: return "list";
	case LOG_ID_MAP: return "id_map";
	}
	return "?";
}

const char *log_problem_text(enum log_problem one_bit)
{
	switch (one_bit) {
	case LOG_NO_ID: return "the record has no id";
	case LOG_NO_TIME: return "the record has no date that makes sense";
	case LOG_NO_MAILBOX: return "it does not say whose mailbox it was";
	case LOG_NO_ITEMS: return "messages were opened, changed or deleted and none is named";
	case LOG_NO_FOLDER: return "a folder was synchronised or opened and none is named";
	case LOG_COUNT_MISMATCH: return "OperationCount is more than the items named";
	case LOG_ITEM_NO_MESSAGE_ID: return "an item has no Message-ID";
	case LOG_ITEM_UNNAMED: return "an item has neither a Message-ID nor an id";
	case LOG_DUPLICATE_KEY: return "a member stands twice with different values, the last was taken";
	case LOG_BAD_UTF8: return "invalid UTF-8 was replaced";
	case LOG_LENIENT_JSON: return "not quite JSON, read as it was meant";
	case LOG_TRUNCATED: return "the record was cut short";
	case LOG_LIMITED: return "a limit left something out";
	case LOG_ODD_SHAPE: return "a member was of another type than it should be";
	case LOG_TIME_GUESSED: return "the zone of the date is not known, it counts from 15 hours before to 15 hours after";
	case LOG_THROTTLE_UNSAID:
		return "it does not say whether the mailbox was throttled (IsThrottled): if it was, what was opened in the 24 hours behind it is not logged";
	case LOG_RESULTS_CUT:
		return "the table ends here, and its search found more (ResultCount, pageToken): nobody may have asked for the next page, or rows were left out";
	case LOG_NO_QUOTES: return "its JSON has lost its quotes, and was read without them";
	case LOG_NO_YEAR: return "the date has no year, it was taken as the last one before that of the file";
	case LOG_DATE_AMBIGUOUS: return "day and month of the date may stand the other way round";
	}
	return "?";
}
