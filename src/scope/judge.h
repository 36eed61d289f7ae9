/* What the files of the verdict share: load.c (rows), reach.c (what records reach), judge.c (rules), write.c. */
#ifndef TOCSIN_SCOPE_JUDGE_H
#define TOCSIN_SCOPE_JUDGE_H

#include "base/list.h"
#include "scope/private.h"

/*
 * How far a Date may be from the delivery: senders' clocks are wrong by days. A message counts as there so much
 * before its Date, and as undated when its Date lies in the future.
 */
#define DATE_SLACK ((int64_t)3 * 86400)
#define CLOCK_SLACK ((int64_t)3600)      /* between the clocks of our own servers, and of the logs */
#define QUEUE_SLACK ((int64_t)5 * 86400) /* a server gives up after four or five days (RFC 5321 4.5.4.1) */
#define ALWAYS INT64_MAX /* a reach that no date escapes */

struct box {
	int64_t id;          /* 0: mail that belongs to no mailbox */
	span owner;          /* "" when not known */
	uint32_t unread;     /* of judge.unread, from 1: a file that was not read and names it; 0: none */
	uint32_t *groups;    /* of wide reaches */
	size_t n_groups, cap_groups;
	uint32_t *folders;   /* of judge.folders: those that its mail lies in */
	size_t n_folders, cap_folders;
};

/* A mailbox as logs call it, and which of ours that is. */
struct ident {
	span text;
	bool any;            /* the record does not say whose it is, or by an id that nothing resolves: it may be any */
	uint32_t *boxes;
	size_t n_boxes;
	uint32_t *days;      /* with a record that can prove, since 1970; sorted in the end */
	size_t n_days, cap_days;
	uint32_t last_day;
	struct throttle { int64_t since, until, event; } *throttled; /* a date that may be read in two ways: between these */
	size_t n_throttled, cap_throttled;
	struct audit_change { int64_t since, event; } *audit; /* to less, or in a way that is not understood */
	size_t n_audit, cap_audit;
};

enum suspect_kind { S_NAMES, S_SYNC, S_FORWARD, S_IDS, S_OTHER };
struct suspect {
	int64_t event, when, or_when; /* or_when: day and month the other way round; else when */
	uint32_t ident;
	enum truth truth;
	enum certainty confidence;
	enum suspect_kind kind;
	enum verdict verdict;   /* of what it reaches */
	enum verdict_reason reason, name_reason, folder_reason;
	span search;            /* a content search that says its name, and not of which mailboxes it is */
	bool over_groups;       /* a search whose mailboxes may be given as a group */
	bool wide;              /* also, or only, the whole mailbox */
	int64_t since, until;   /* what came by `until`; forwarding, what comes since */
	bool has_access, unresolved; /* names something; names an id that nothing resolves */
	bool by_ids;            /* of Exchange: all that it leaves unsaid is the Message-ID of what it names by another id */
	span batch;             /* of Graph: what requests of one batch have in common */
	bool is_batch;          /* it carries the others, which are logged as requests of their own */
	span login;             /* of Dovecot: the session that begins with it */
	bool nowhere;           /* an operation that is not known here and names no mailbox: none was opened */
	bool shut_out;          /* an attempt that was refused: not a time at which there was access */
	const char *actor;
};

struct reach { int64_t until, when, event; enum certainty confidence; };
/* Reaches of one kind to a mailbox, or to one folder of it, sorted by `until`. */
struct group {
	uint32_t box;
	int64_t folder;         /* log_folder id, 0: the whole mailbox */
	enum verdict verdict;
	enum verdict_reason reason;
	struct reach *v;
	size_t n, cap;
	enum certainty best;
	int64_t *first_from, *last_from, *first_event, *last_event; /* of v[i..]: filled by groups_finish */
	unsigned char *fits;    /* what each of box.folders is to `folder`, of enum fit; NULL: not asked */
};

/* CHANGED: how is not said; a Set command names what it changes, and what it empties not at all. */
enum rule_fate { RULE_GONE, RULE_CHANGED, RULE_ENABLED };
struct forward {
	uint32_t ident;
	int64_t from, to, event;
	enum truth truth;
	enum certainty confidence;
	bool setting;
	bool asleep; /* made disabled: what it asks for counts from when it is enabled */
	span group;  /* only what goes to it */
	span words, from_words, senders; /* what it asks of the subject, of the sender's address, and who the sender is to be */
};

/* A message where it lies, once a mailbox and message. */
struct place {
	uint32_t box, message, outer, folder; /* folder: of judge.folders */
	enum verdict verdict;
	enum verdict_reason reason;
	enum certainty confidence;
	uint32_t n_records;
	int64_t first, last, first_event, last_event;
	int64_t missing;        /* the first day that NOT_DECLARED or GAP is about */
	int64_t there, by_then; /* it came not before, and not after; as far as one can say */
	bool sent;              /* from us, and never passed a server: it came in by no copy that is here */
	bool sure;              /* these say a server's stamp of our own, or our own client; else a sender may have */
};
/* Reached by a Message-ID where no evidence of that mailbox has it. */
struct item_name { span key, rfc822_id; };
struct licence_change { uint32_t ident; int64_t since, until, event; };
struct absent { uint32_t ident; span rfc822_id, item_id; uint32_t message; int64_t when, event; enum verdict_reason reason; enum certainty confidence; };

struct message_text { span subject, from, senders, recipients; };

struct judge {
	struct arena *a;
	struct store *st;
	const struct case_config *config;
	const struct actor_file *actor;
	struct context_row *contexts;
	size_t n_contexts, cap_contexts;
	int64_t *granted_since; /* by context: from when on its application may be the intruder's, else ALWAYS; NULL: none is */
	bool *in_session;       /* by context: its session or token is one that the intruder had; NULL: none */
	struct box *boxes;
	size_t n_boxes, cap_boxes;
	struct ident *idents;
	size_t n_idents, cap_idents;
	uint32_t *ident_slots;
	size_t cap_slots;
	struct judged_message *messages;
	struct message_text *texts;
	size_t n_messages, cap_messages;
	uint32_t *odd_ids;      /* messages whose Message-ID can be read in two ways, or that have another; some more than once */
	size_t n_odd_ids, cap_odd_ids;
	uint32_t *id_slots;     /* Message-ID -> message, from 1 */
	size_t cap_ids;
	struct lying_folder { span path; uint32_t box, at; } *folders; /* of the evidence, once a mailbox; at: in box.folders */
	size_t n_folders, cap_folders, cap_folder_slots;
	uint32_t *folder_slots; /* mailbox and path -> folder, from 1 */
	struct place *places;
	size_t n_places, cap_places;
	size_t *places_of;      /* by outer message: where its places begin, sorted */
	uint32_t *by_outer;
	struct suspect *suspects;
	size_t n_suspects, cap_suspects;
	struct group *groups;
	size_t n_groups, cap_groups;
	struct forward *forwards;
	size_t n_forwards, cap_forwards;
	struct rule_change { uint32_t ident; int64_t when, event; span name, id; enum rule_fate fate; bool setting, renames; } *rule_changes;
	size_t n_rule_changes, cap_rule_changes;
	struct licence_change *licences; /* by the intruder, or who may be */
	size_t n_licences, cap_licences;
	struct absent *absents;
	size_t n_absents, cap_absents;
	bool has_ids;            /* a request, or a record of the intruder's, names messages by id */
	struct item_name *items; /* sorted by key; read only then */
	size_t n_items, cap_items;
	struct known_as *known;  /* sorted by id */
	size_t n_known, cap_known, n_renamed; /* n_renamed: GUIDs with more than one address */
	struct log_folder_seen *log_folders; /* sorted by id */
	size_t n_log_folders, cap_log_folders;
	struct log_folder_seen *folders_by_id; /* of these, those with an id and a path: sorted, each once */
	size_t n_folders_by_id;
	int64_t *reached_as;    /* by log_folders: as which of the folders that were reached; 0: none */
	struct lain { uint32_t place; int64_t folder, until; bool left; } *lain; /* sorted; the latest last */
	size_t n_lain, cap_lain;
	struct content_search {
		span name, where;      /* as a record would name them, parted by ';' */
		unsigned char *text;   /* of where */
		size_t cap_where;
		bool made, anywhere;
	} *searches;
	size_t n_searches, cap_searches, cap_search_slots;
	uint32_t *search_slots; /* name -> search, from 1 */
	span *ended;            /* sessions of Dovecot that said what they have read */
	size_t n_ended, cap_ended;
	int64_t *unread;        /* files among the logs that were not read and name something, by their paths */
	size_t n_unread, cap_unread;
	uint32_t unread_all;    /* the first that names more than is kept, from 1 */
	int64_t n_events, n_unreadable, now;
	int64_t from, to;       /* when the intruder had access; TIME_NONE: not known */
	size_t at_suspect;      /* of the walk over accesses */
	bool has_google;        /* records of Google, which cannot prove: of Gmail only the first opening of a message is logged */
};

/* reach.c */
struct ground {
	enum verdict verdict;
	enum verdict_reason reason;
	enum certainty confidence;
	uint32_t n;
	int64_t first, last, first_event, last_event;
};
int verdict_rank(enum verdict v); /* the worse, the higher */
void place_reach(struct place *p, const struct ground *g);
void ground_date_only(struct ground *g);
bool in_ident(const struct ident *d, uint32_t box);
MUST_CHECK enum errc group_add(struct judge *j, uint32_t box, int64_t folder, enum verdict v, enum verdict_reason reason,
    struct reach reach, struct err *e);

/* forward.c */
MUST_CHECK enum errc forward_in(struct judge *j, const struct event_seen *v, const struct suspect *s, struct err *e);
MUST_CHECK enum errc forward_change_in(struct judge *j, const struct event_seen *v, uint32_t ident, struct err *e);
MUST_CHECK enum errc forwards_finish(struct judge *j, struct err *e);
void apply_forward(const struct judge *j, struct place *p, const struct forward *f);

/* ident.c */
MUST_CHECK enum errc known_in(void *ctx, const struct known_as *k, struct err *e);
/* As the record has it, "" when it does not say: the index of judge.idents. */
MUST_CHECK enum errc ident_of(struct judge *j, span text, uint32_t *out, struct err *e);
bool is_in_our_domains(const struct judge *j, span address);
/* One of its addresses is of our domains, and nobody is known to act or to have a mailbox under it. */
bool ident_may_be_group(const struct judge *j, const struct ident *d);

/* unread.c */
/* What files name that were not read; only where it counts. */
MUST_CHECK enum errc unread_load(struct judge *j, struct err *e);
/* The file that hinders proving this place, from 1; 0: none. */
uint32_t unread_of(const struct judge *j, const struct place *p);

/* load.c */
MUST_CHECK enum errc judge_copy(struct judge *j, span s, span *out, struct err *e);
MUST_CHECK enum errc note_audit(struct ident *d, int64_t since, int64_t event, struct err *e);
bool failed_change(const struct event_seen *v);
/* everything of the case that the rules look at; suspects are classed by suspect_class. */
MUST_CHECK enum errc judge_load(struct judge *j, struct err *e);
/* The first of that id, from 1; 0: none. fold: whatever the case of its letters. */
uint32_t message_by_rfc822(const struct judge *j, span rfc822_id, bool fold);

/* session.c */
MUST_CHECK enum errc sessions_join(struct judge *j, struct err *e); /* contexts: where a session's login came from */
MUST_CHECK enum errc session_end_in(struct judge *j, const struct event_seen *v, struct err *e);
MUST_CHECK enum errc sessions_shared(struct judge *j, struct err *e); /* finds those that the intruder had */
enum truth in_shared_session(const struct judge *j, const struct event_seen *v); /* of a record that is not the intruder's by itself */
void sessions_ended(struct judge *j); /* logins whose sessions ended reach nothing by themselves */

/* grant.c */
MUST_CHECK enum errc grant_in(void *ctx, const struct grant_seen *v, struct err *e);
enum truth granted(const struct judge *j, const struct event_seen *v); /* of a record that is not the intruder's by itself */

/* judge.c */
const struct log_folder_seen *log_folder(const struct judge *j, int64_t id); /* NULL: the logs have no such one */
MUST_CHECK enum errc log_folders_index(struct judge *j, struct err *e); /* once all are known */
/* Resolved by its id when another record names the same folder by path, else by name; *whole: what it was compared by says where it lies. */
enum folder_fit folder_fit(const struct judge *j, int64_t folder, span evidence, bool *whole);

/* lain.c */
MUST_CHECK enum errc lain_load(struct judge *j, struct err *e);
/* What records say of a message that lies elsewhere now: nothing, or that it left before; it was in that folder before, or then or later. */
enum lay { LAY_UNSAID, LAY_BEFORE, LAY_THERE };
enum lay lain_when(const struct judge *j, const struct place *p, int64_t folder, int64_t reached);

/* search.c */
/* What records of a content search say of its mailboxes; its name in *search where this one says none. */
MUST_CHECK enum errc search_in(struct judge *j, const struct event_seen *v, span *search, struct err *e);
MUST_CHECK enum errc searches_join(struct judge *j, struct err *e); /* suspects that name one are of its mailboxes, where all of these are known */

/* items.c */
MUST_CHECK enum errc items_load(struct judge *j, struct err *e);
MUST_CHECK enum errc reach_item(struct judge *j, struct suspect *s, span item_id, span immutable_id, struct err *e);

/* rules of reach.c that loading calls */
MUST_CHECK enum errc batches_told(struct judge *j, struct err *e); /* batches whose requests are in the logs reach nothing by themselves */
MUST_CHECK enum errc suspect_class(struct judge *j, const struct event_seen *v, struct suspect *s, struct err *e);
MUST_CHECK enum errc reach_named(struct judge *j, const struct suspect *s, span rfc822_id, struct err *e);
MUST_CHECK enum errc reach_folder(struct judge *j, const struct suspect *s, int64_t folder, struct err *e);
MUST_CHECK enum errc reach_wide(struct judge *j, const struct suspect *s, struct err *e);

#endif
