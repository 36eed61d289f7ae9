#include "case/names.h"

#include <stdio.h>
#include <string.h>

struct word { int v; const char *name; };

static const char *name_in(const struct word *w, int v)
{
	for (; w->name != NULL; w++)
		if (w->v == v)
			return w->name;
	return "?";
}

static int number_in(const struct word *w, const char *name)
{
	for (; w->name != NULL; w++)
		if (strcmp(w->name, name) == 0)
			return w->v;
	return 0;
}

#define WORDS(fn, ...)                                                                                         \
	static const struct word fn##_words[] = {__VA_ARGS__, {0, NULL}};                                      \
	const char *fn##_name(int v) { return name_in(fn##_words, v); }

WORDS(source_kind, {SOURCE_UNKNOWN, "unknown"}, {SOURCE_MESSAGE, "message"}, {SOURCE_MBOX, "mbox"},
    {SOURCE_ARCHIVE, "archive"}, {SOURCE_FOREIGN, "outlook"}, {SOURCE_PST, "pst"}, {SOURCE_OLM, "olm"}, {SOURCE_QUEUE, "queue"})
WORDS(source_state, {SOURCE_OPEN, "open"}, {SOURCE_DONE, "done"}, {SOURCE_REPLACED, "replaced"},
    {SOURCE_FAILED, "failed"})
WORDS(owner_grade, {OWNER_UNKNOWN, "unknown"}, {OWNER_GIVEN, "given"}, {OWNER_INFERRED, "inferred"})
WORDS(outcome, {OUTCOME_PARSED, "parsed"}, {OUTCOME_PARTIAL, "partial"}, {OUTCOME_FAILED, "failed"},
    {OUTCOME_SKIPPED, "skipped"})
WORDS(verdict, {VERDICT_UNKNOWN, "unknown"}, {VERDICT_ACCESSED, "accessed"}, {VERDICT_PRESUMED, "presumed"},
    {VERDICT_NOT_ACCESSED, "not_accessed"})
WORDS(verdict_reason, {REASON_NO_LOGS, "no_logs"}, {REASON_NAMED, "named"}, {REASON_DESTROYED, "destroyed"},
    {REASON_SENT, "sent"}, {REASON_FOLDER_SYNC, "folder_sync"}, {REASON_THROTTLED, "throttled"},
    {REASON_WHOLE_MAILBOX, "whole_mailbox"}, {REASON_FORWARDED, "forwarded"}, {REASON_NOT_NARROWED, "not_narrowed"},
    {REASON_DELEGATED, "delegated"}, {REASON_EXPORTED, "exported"}, {REASON_APPLICATION, "application"},
    {REASON_NO_ACTOR, "no_actor"}, {REASON_MAY_BE_ACTOR, "may_be_actor"}, {REASON_GAP, "gap"},
    {REASON_NO_WINDOW, "no_window"}, {REASON_NOT_DECLARED, "not_declared"}, {REASON_UNREADABLE, "unreadable_records"},
    {REASON_ELSEWHERE, "elsewhere"}, {REASON_NO_MESSAGE_ID, "no_message_id"}, {REASON_SEARCHED, "searched"},
    {REASON_NO_OWNER, "no_owner"}, {REASON_NOT_IDENTIFIED, "not_identified"}, {REASON_AUDIT_CHANGED, "audit_changed"}, {REASON_DATE_ONLY, "date_only"},
    {REASON_UNREAD_FILE, "unread_file"}, {REASON_COVERED, "covered"},
    {REASON_ARRIVED_AFTER, "arrived_after"})
WORDS(coverage, {COVERAGE_PARTIAL, "partial"}, {COVERAGE_NOT_READ, "not_read"}, {COVERAGE_FAILED, "failed"})
WORDS(severity, {SEVERITY_LOW, "low"}, {SEVERITY_MEDIUM, "medium"}, {SEVERITY_HIGH, "high"},
    {SEVERITY_CRITICAL, "critical"})
WORDS(certainty, {CERTAINTY_LOW, "low"}, {CERTAINTY_MEDIUM, "medium"}, {CERTAINTY_HIGH, "high"})
WORDS(org_origin, {ORG_OURSELVES, "ourselves"}, {ORG_DIRECTORY, "directory"}, {ORG_DERIVED, "derived"},
      {ORG_PERSON, "person"})
WORDS(link_role, {LINK_SENDER, "sender"}, {LINK_RECIPIENT, "recipient"}, {LINK_MENTIONED, "mentioned"},
    {LINK_OWNER, "owner"}, {LINK_BULK, "bulk"})
WORDS(disposition, {DISPOSITION_DOSSIER, "dossier"}, {DISPOSITION_INTERNAL, "internal"},
    {DISPOSITION_PRIVATE, "private"}, {DISPOSITION_BULK, "bulk"}, {DISPOSITION_NOBODY, "nobody"},
    {DISPOSITION_UNREADABLE, "unreadable"}, {DISPOSITION_WITHHELD, "withheld"})
WORDS(wave_state, {WAVE_PLANNED, "planned"}, {WAVE_APPROVED, "approved"}, {WAVE_WRITTEN, "written"})
WORDS(track, {TRACK_NOTIFIED, "notified"}, {TRACK_INTERNAL, "internal"}, {TRACK_PERSON, "person"})
WORDS(notice_state, {NOTICE_PLANNED, "planned"}, {NOTICE_WRITTEN, "written"}, {NOTICE_NO_CONTACT, "no_contact"})
WORDS(contact_source, {CONTACT_DIRECTORY, "directory"}, {CONTACT_SECURITY_TXT, "security.txt"},
    {CONTACT_RDAP_DOMAIN, "rdap_domain"}, {CONTACT_RDAP_NETWORK, "rdap_network"}, {CONTACT_ROLE, "role"},
    {CONTACT_CSIRT, "csirt"}, {CONTACT_CORRESPONDENT, "correspondent"})
WORDS(contact_state, {CONTACT_USABLE, "usable"}, {CONTACT_EXPIRED, "expired"}, {CONTACT_GUESSED, "guessed"},
    {CONTACT_RELAY, "relay"}, {CONTACT_REVIEW, "review"})
WORDS(delivery_state, {DELIVERY_STANDBY, "standby"}, {DELIVERY_COMPOSED, "composed"}, {DELIVERY_HANDING, "handing_over"},
    {DELIVERY_UNCERTAIN, "uncertain"}, {DELIVERY_RETRY, "retry"}, {DELIVERY_HANDED, "handed_over"},
    {DELIVERY_DELAYED, "delayed"}, {DELIVERY_RELAYED, "relayed"}, {DELIVERY_DELIVERED, "delivered"},
    {DELIVERY_FAILED, "failed"}, {DELIVERY_ACKNOWLEDGED, "acknowledged"})
WORDS(heard_kind, {HEARD_FAILED, "failed"}, {HEARD_DELAYED, "delayed"}, {HEARD_DELIVERED, "delivered"},
    {HEARD_RELAYED, "relayed"}, {HEARD_READ, "read"}, {HEARD_AUTOMATIC, "automatic"}, {HEARD_ANSWER, "answer"},
    {HEARD_ABSENT, "out_of_office"}, {HEARD_OTHER, "other"})
WORDS(todo_kind, {TODO_CALL, "call"}, {TODO_CSIRT, "csirt"}, {TODO_ANSWER, "answer"}, {TODO_CALL_TOO, "call_too"},
    {TODO_WITHDRAWN, "withdrawn"})
WORDS(hold_state, {HOLD_HELD, "held"}, {HOLD_CEASED, "ceased"})
WORDS(withheld_kind, {WITHHELD_MESSAGE, "message"}, {WITHHELD_EXPOSURE, "exposure"})
WORDS(back_reason, {BACK_UNREACHED, "no_contact"}, {BACK_WITHDRAWN, "withdrawn"}, {BACK_OVERTAKEN, "overtaken"}, {BACK_FAILED, "failed"}, {BACK_OUTDATED, "outdated"})
WORDS(preflight_state, {PREFLIGHT_PASSED, "passed"}, {PREFLIGHT_FAILED, "failed"}, {PREFLIGHT_WARNED, "warned"},
    {PREFLIGHT_SKIPPED, "skipped"})

int severity_of(const char *word) { return number_in(severity_words, word); }
int certainty_of(const char *word) { return number_in(certainty_words, word); }
int heard_kind_of(const char *word) { return number_in(heard_kind_words, word); }

const char *message_trait_names(unsigned bits, char *out, unsigned long size)
{
	static const struct word words[] = {{TRAIT_BULK, "bulk"}, {TRAIT_LIST, "list"}, {TRAIT_AUTOMATIC, "automatic"},
	    {TRAIT_JUNK, "junk"}, {TRAIT_SEALED, "sealed"}, {TRAIT_SENT, "sent"}, {TRAIT_DRAFT, "draft"}, {TRAIT_PIECE, "piece"},
	    {TRAIT_TWO_IDS, "two_ids"}, {0, NULL}};
	size_t at = 0;

	out[0] = '\0';
	for (const struct word *w = words; w->name != NULL; w++)
		if ((bits & (unsigned)w->v) != 0 && at < size)
			at += (size_t)snprintf(out + at, size - at, "%s%s", at != 0 ? "," : "", w->name);
	return out;
}

const char *verdict_reason_says(enum verdict_reason r)
{
	switch (r) {
	case REASON_NO_LOGS:
		return "no audit log was read";
	case REASON_NAMED:
		return "a record of the intruder's names it";
	case REASON_DESTROYED:
		return "a record says that the intruder deleted, moved or changed it";
	case REASON_SENT:
		return "a record says that the intruder made or sent it as the victim";
	case REASON_NOT_IDENTIFIED:
		return "a request of the intruder's reached it by an id that no map and no record resolves: see --id-map";
	case REASON_FOLDER_SYNC:
		return "the intruder synchronised the whole folder that it lies in";
	case REASON_THROTTLED:
		return "the mailbox was throttled: for 24 hours no record was written of what was opened";
	case REASON_WHOLE_MAILBOX:
		return "the whole mailbox was in the intruder's hands, as the actor file says";
	case REASON_FORWARDED:
		return "a rule of the intruder's forwarded what matched it";
	case REASON_NOT_NARROWED:
		return "a record of the intruder's does not say which messages it reached";
	case REASON_DELEGATED:
		return "the intruder gave somebody access to the mailbox";
	case REASON_EXPORTED:
		return "the intruder exported the mailbox";
	case REASON_APPLICATION:
		return "an application of the intruder's reached the mailbox";
	case REASON_NO_ACTOR:
		return "nobody has said who the intruder is: see --actor";
	case REASON_MAY_BE_ACTOR:
		return "a record that reaches it lacks what would tell whether it is the intruder's";
	case REASON_GAP:
		return "there are days without logs of this mailbox";
	case REASON_NO_WINDOW:
		return "nobody has said from when to when the intruder had access";
	case REASON_NOT_DECLARED:
		return "nobody vouches that the logs of this mailbox and time are whole";
	case REASON_UNREADABLE:
		return "some records of the logs could not be read";
	case REASON_ELSEWHERE:
		return "another folder was synchronised, and it may have lain there then";
	case REASON_NO_MESSAGE_ID:
		return "it has no Message-ID, so no record could name it";
	case REASON_SEARCHED:
		return "the intruder searched the mailbox, and what a search shows is not logged";
	case REASON_NO_OWNER:
		return "whose mailbox it lies in is not known, so no record can be joined to it";
	case REASON_AUDIT_CHANGED:
		return "auditing was changed";
	case REASON_DATE_ONLY:
		return "that it was not there then says only a date that its sender wrote: no stamp of our own servers (trusted_hosts of case.yaml) bears it out";
	case REASON_UNREAD_FILE:
		return "a file that was given as a log and is none that is known here names it, or its mailbox";
	case REASON_COVERED:
		return "the logs of this mailbox and time are whole, and no record of the intruder's reaches it";
	case REASON_ARRIVED_AFTER:
		return "it arrived when the intruder had no access any more";
	}
	return "?";
}

bool class_is_personal(const char *class)
{
	static const char list[] = PERSONAL_CLASSES;
	const char *at = strstr(list, class);
	size_t n = strlen(class);

	return n > 0 && at != NULL && at > list && at[-1] == '\'' && at[n] == '\'';
}
