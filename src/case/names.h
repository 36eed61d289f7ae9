/*
 * The words of the case as enums, with their one spelling for tables, JSON, manual and screens (DESIGN section
 * 1). The numbers are in case files: never renumber.
 */
#ifndef TOCSIN_CASE_NAMES_H
#define TOCSIN_CASE_NAMES_H

#include <stdbool.h>

enum source_kind {
	SOURCE_UNKNOWN = 0, /* none of ours: its one item is skipped */
	SOURCE_MESSAGE = 1, /* one RFC 5322 message */
	SOURCE_MBOX = 2,
	SOURCE_ARCHIVE = 3, /* archive or compressed file */
	SOURCE_FOREIGN = 4, /* one message in a form of its own: .msg, .oft */
	SOURCE_PST = 5,     /* Outlook's PST and OST */
	SOURCE_OLM = 6,     /* Outlook for Mac's archive */
	SOURCE_QUEUE = 7,   /* one message in the queue of Postfix */
};
#define SOURCE_LAST SOURCE_QUEUE
/* Is it read member by member? */
static inline bool source_has_members(enum source_kind k) { return k == SOURCE_ARCHIVE || k == SOURCE_PST || k == SOURCE_OLM; }
/* Is it one message, read as its rendering? */
static inline bool source_is_rendered(enum source_kind k) { return k == SOURCE_FOREIGN || k == SOURCE_QUEUE; }
enum source_state {
	SOURCE_OPEN = 0,     /* being read: a run was cut off */
	SOURCE_DONE = 1,
	SOURCE_REPLACED = 2, /* the file changed: a newer source has the same path */
	SOURCE_FAILED = 3,   /* could not be read */
};
enum owner_grade { OWNER_UNKNOWN = 0, OWNER_GIVEN = 1, OWNER_INFERRED = 2 };
enum outcome { OUTCOME_PARSED = 1, OUTCOME_PARTIAL = 2, OUTCOME_FAILED = 3, OUTCOME_SKIPPED = 4 };
enum verdict { VERDICT_UNKNOWN = 0, VERDICT_ACCESSED = 1, VERDICT_PRESUMED = 2, VERDICT_NOT_ACCESSED = 3 };
/* Why a verdict is what it is: the rules of tocsin-scope(1). */
enum verdict_reason {
	REASON_NO_LOGS = 0,            /* unknown: no log was read */
	REASON_NAMED = 1,              /* accessed: a record names it */
	REASON_DESTROYED = 2,          /* accessed: a record of deletion or of moving names it */
	REASON_SENT = 3,               /* accessed: made or sent by the intruder as the victim */
	REASON_NOT_IDENTIFIED = 4,     /* accessed: by an id that nothing resolves; not known which message that is */
	REASON_FOLDER_SYNC = 10,       /* presumed: its folder was synchronised */
	REASON_THROTTLED = 11,         /* presumed: records of that time are missing */
	REASON_WHOLE_MAILBOX = 12,     /* presumed: the mailbox was in the intruder's hands */
	REASON_FORWARDED = 13,         /* presumed: a forwarding rule applied to it */
	REASON_NOT_NARROWED = 14,      /* presumed, or unknown where it may be none: a record does not say which messages */
	REASON_DELEGATED = 15,         /* presumed: the intruder gave somebody access to the mailbox */
	REASON_EXPORTED = 16,          /* presumed: the mailbox was exported */
	REASON_APPLICATION = 17,       /* presumed: an application of the intruder's read the mailbox */
	REASON_NO_ACTOR = 20,          /* unknown: nobody said who the intruder is */
	REASON_MAY_BE_ACTOR = 21,      /* unknown: a record that reaches it may be the intruder's */
	REASON_GAP = 22,               /* unknown: a day without logs of that mailbox */
	REASON_NO_WINDOW = 23,         /* unknown: nobody said from when to when the intruder had access */
	REASON_NOT_DECLARED = 24,      /* unknown: nobody vouches for the logs of that mailbox and time */
	REASON_UNREADABLE = 25,        /* unknown: records could not be read */
	REASON_ELSEWHERE = 26,         /* unknown: may have lain in a folder that was synchronised */
	REASON_NO_MESSAGE_ID = 27,     /* unknown: no record could name it */
	REASON_SEARCHED = 28,          /* unknown: a search shows what it finds */
	REASON_NO_OWNER = 29,          /* unknown: whose mailbox it is is not known */
	REASON_AUDIT_CHANGED = 30,     /* unknown: auditing was changed */
	REASON_DATE_ONLY = 31,         /* unknown: that it was not there then says only a date that its sender wrote */
	REASON_UNREAD_FILE = 32,       /* unknown: a file among the logs that is none known here names it or its mailbox */
	REASON_COVERED = 40,           /* not accessed: the logs are whole, and none of the intruder's reaches it */
	REASON_ARRIVED_AFTER = 41,     /* not accessed: arrived when the intruder was out */
};
enum message_trait {
	TRAIT_BULK = 1 << 0,      /* List-Unsubscribe, Precedence: bulk */
	TRAIT_LIST = 1 << 1,      /* came through a mailing list (List-Id, List-Post) */
	TRAIT_AUTOMATIC = 1 << 2, /* Auto-Submitted, delivery reports, auto-replies */
	TRAIT_JUNK = 1 << 3,      /* lay in a junk folder, or marked as spam by the receiving server */
	TRAIT_SEALED = 1 << 4,    /* S/MIME or OpenPGP encrypted */
	TRAIT_SENT = 1 << 5,      /* lay in a folder of sent mail */
	TRAIT_DRAFT = 1 << 6,
	TRAIT_PIECE = 1 << 7,     /* a piece of a message that was sent in pieces (message/partial) */
	TRAIT_TWO_IDS = 1 << 8,   /* it has more than one Message-ID */
};
enum party_role {
	PARTY_FROM = 1, PARTY_SENDER = 2, PARTY_REPLY_TO = 3, PARTY_TO = 4, PARTY_CC = 5, PARTY_BCC = 6,
	PARTY_RESENT_FROM = 7, PARTY_RESENT_TO = 8, PARTY_RESENT_CC = 9, PARTY_LIST = 10, PARTY_DELIVERED_TO = 11,
	PARTY_ORIGINAL_FROM = 12,
};
enum coverage { COVERAGE_PARTIAL = 1, COVERAGE_NOT_READ = 2, COVERAGE_FAILED = 3 };
enum severity { SEVERITY_LOW = 1, SEVERITY_MEDIUM = 2, SEVERITY_HIGH = 3, SEVERITY_CRITICAL = 4 };
enum certainty { CERTAINTY_LOW = 1, CERTAINTY_MEDIUM = 2, CERTAINTY_HIGH = 3 };
enum org_origin {
	ORG_OURSELVES = 1, /* case.yaml */
	ORG_DIRECTORY = 2,
	ORG_DERIVED = 3,   /* no directory knows it: named by its registrable domain */
	ORG_PERSON = 4,    /* a private person, named by the address; only where the policy is to tell them */
};
enum link_role {
	LINK_SENDER = 1, LINK_RECIPIENT = 2, LINK_MENTIONED = 3, LINK_OWNER = 4,
	LINK_BULK = 5, /* sender or recipient of bulk or automatic mail: notifies nobody by default */
};
enum disposition {
	DISPOSITION_DOSSIER = 1,     /* at least one organisation's dossier */
	DISPOSITION_INTERNAL = 2,    /* concerns only ourselves: the internal dossier */
	DISPOSITION_PRIVATE = 3,     /* private persons only: the track of their own */
	DISPOSITION_BULK = 4,        /* bulk or automatic mail: nobody to be notified by default */
	DISPOSITION_NOBODY = 5,      /* no party and no mention could be made out */
	DISPOSITION_UNREADABLE = 6,  /* could not be read again: in dossiers by its headers alone; see coverage */
	DISPOSITION_WITHHELD = 7,    /* would be in a dossier, and a person decided that it is in none: said of it, never stored */
};
enum wave_state { WAVE_PLANNED = 1, WAVE_APPROVED = 2, WAVE_WRITTEN = 3 };
/* A person has the texts for persons, and nobody calls, asks a CSIRT or opens a reading room for one. */
enum track { TRACK_NOTIFIED = 1, TRACK_INTERNAL = 2, TRACK_PERSON = 3 };
enum notice_state { NOTICE_PLANNED = 1, NOTICE_WRITTEN = 2, NOTICE_NO_CONTACT = 3 };
/* Where an address comes from. The numbers are the rank: the first is asked first. */
enum contact_source {
	CONTACT_DIRECTORY = 1, CONTACT_SECURITY_TXT = 2, CONTACT_RDAP_DOMAIN = 3, CONTACT_RDAP_NETWORK = 4, CONTACT_ROLE = 5,
	CONTACT_CSIRT = 6, CONTACT_CORRESPONDENT = 7,
};
enum contact_state {
	CONTACT_USABLE = 1,
	CONTACT_EXPIRED = 2,   /* what names it says that it is no longer valid */
	CONTACT_GUESSED = 3,   /* a role that every domain should have: written to when nothing better is left */
	CONTACT_RELAY = 4,     /* of a third party: asked to pass on, never told what was exposed */
	CONTACT_REVIEW = 5,    /* for a person to judge; never written to by itself */
};
enum delivery_state {
	DELIVERY_STANDBY = 1,      /* written when those before it fail or do not answer */
	DELIVERY_COMPOSED = 2,
	DELIVERY_HANDING = 3,      /* being handed over: found so after a crash it becomes uncertain */
	DELIVERY_UNCERTAIN = 4,    /* nobody knows whether it left: never sent again by itself */
	DELIVERY_RETRY = 5,        /* refused for now */
	DELIVERY_HANDED = 6,
	DELIVERY_DELAYED = 7,
	DELIVERY_RELAYED = 8,      /* its last server passed it on to what sends no reports: no further word will come (RFC 3464 2.3.3) */
	DELIVERY_DELIVERED = 9,
	DELIVERY_FAILED = 10,
	DELIVERY_ACKNOWLEDGED = 11, /* somebody answered */
};
enum heard_kind {
	HEARD_FAILED = 1, HEARD_DELAYED = 2, HEARD_DELIVERED = 3, HEARD_RELAYED = 4, HEARD_READ = 5, HEARD_AUTOMATIC = 6,
	HEARD_ANSWER = 7, HEARD_ABSENT = 8, HEARD_OTHER = 9,
};
enum hold_state { HOLD_HELD = 1, HOLD_CEASED = 2 };
enum todo_kind {
	TODO_CALL = 1,     /* nobody answered, or nobody is known */
	TODO_CSIRT = 2, TODO_ANSWER = 3,
	TODO_CALL_TOO = 4, /* mail goes out, but not to two addresses that are independent */
	TODO_WITHDRAWN = 5, /* a notice that they may have was withdrawn, and nobody has told them */
};
/* Why what a wave told an organisation was taken back: it is due again, as far as it still holds. */
enum back_reason {
	BACK_UNREACHED = 1, /* nobody was known then */
	BACK_WITHDRAWN = 2,
	BACK_OVERTAKEN = 3, /* it had not left when an earlier one, which it says stands, was withdrawn */
	BACK_FAILED = 4,    /* no address took it, or is theirs any more */
	BACK_OUTDATED = 5,  /* it had not left when something that it says no longer held */
};
/* Who hands a wave over: tocsin; whoever knows how, as case.yaml did not say when it was written; a person, who says so (notify sent). */
enum hand_over { HAND_OVER_TOCSIN = 0, HAND_OVER_UNSAID = 1, HAND_OVER_PERSON = 2 };
/* Why a mail that has not left does not: a fact that it tells is no longer due; its address is no contact of theirs any more. */
enum unfit_reason { UNFIT_OUTDATED = 1, UNFIT_MOVED = 2 };
/* What a person may withhold (notify withhold): one message, or one exposure wherever it stands. */
enum withheld_kind { WITHHELD_MESSAGE = 1, WITHHELD_EXPOSURE = 2 };
enum preflight_state { PREFLIGHT_PASSED = 1, PREFLIGHT_FAILED = 2, PREFLIGHT_WARNED = 3, PREFLIGHT_SKIPPED = 4 };

/* The spelling, "?" for a number that is none of them (a foreign or damaged case file). */
const char *source_kind_name(int v);
const char *source_state_name(int v);
const char *owner_grade_name(int v);
const char *outcome_name(int v);
const char *verdict_name(int v);
const char *verdict_reason_name(int v);
const char *verdict_reason_says(enum verdict_reason r);     /* as a clause: "a record of the intruder's names it" */
const char *coverage_name(int v);
const char *severity_name(int v);
const char *certainty_name(int v);
const char *org_origin_name(int v);
const char *link_role_name(int v);
const char *disposition_name(int v);
const char *wave_state_name(int v);
const char *track_name(int v);
const char *notice_state_name(int v);
const char *contact_source_name(int v);
const char *contact_state_name(int v);
const char *delivery_state_name(int v);
const char *heard_kind_name(int v);
const char *todo_kind_name(int v);
const char *preflight_state_name(int v);
const char *back_reason_name(int v);
const char *hold_state_name(int v);
const char *withheld_kind_name(int v);
/* "bulk,list" into out ("" for none). */
const char *message_trait_names(unsigned bits, char *out, unsigned long size);
/* The number for a word, 0 when unknown. */
int severity_of(const char *word);
int certainty_of(const char *word);
int heard_kind_of(const char *word);

/* Classes of what is a person's own and no credential that could be reset, as SQL has them. The one list of them. */
#define PERSONAL_CLASSES "'payment_card', 'bank_account', 'national_id', 'date_of_birth'"
bool class_is_personal(const char *class);

#endif
