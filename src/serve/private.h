/*
 * What the files of logic share: a request on its way (struct call), the table of routes, the words of the
 * state file. A case is a "room" in here.
 */
#ifndef TOCSIN_SERVE_PRIVATE_H
#define TOCSIN_SERVE_PRIVATE_H

#include <stdio.h>

#include "base/json.h"
#include "serve/b64.h"
#include "jail/jail.h"
#include "seal/keys.h"
#include "serve/process.h"
#include "sql/sql.h"
#include "stream/json-read.h"

/* ---- the words ---- */

enum room_state {
	ROOM_NONE, ROOM_SEALED, ROOM_NOTIFIED, ROOM_CLAIM_PENDING, ROOM_CLAIM_WAIT, ROOM_DISPUTED, ROOM_OPEN,
	    ROOM_REVIEWING, ROOM_RESOLVED,
	ROOM_CLOSED, ROOM_WITHDRAWN, ROOM_REVOKED, N_ROOM_STATES,
};
extern const char *const room_state_names[N_ROOM_STATES];
/* ROLE_WAITING: a route's, also for whoever waits for a second nominator. */
enum { ROLE_CLAIMANT = 1, ROLE_NOMINATOR = 2, ROLE_REVIEWER = 4, ROLE_OBSERVER = 8, ROLE_WAITING = 16, ROLES_ALL = 31 };
unsigned role_of(span name); /* 0: none */
const char *role_name(unsigned role);
void roles_json(struct json *j, unsigned roles); /* a member "roles" */

enum session_kind { SESSION_NONE, SESSION_CLAIM, SESSION_INVITED, SESSION_ACCOUNT, N_SESSION_KINDS };

enum {
	MINUTE = 60, HOUR = 3600, DAY = 86400,
	SESSION_IDLE = 15 * MINUTE, SESSION_WHOLE = 8 * HOUR, SESSION_FRESH = 5 * MINUTE, SESSIONS_OF_ACCOUNT = 5,
	CHALLENGE_SECONDS = 5 * MINUTE, INVITATION_SECONDS = 72 * HOUR, CLAIM_SECONDS = 7 * DAY,
	    NOTIFIED_SECONDS = 180 * DAY,
	RESOLVED_SECONDS = 90 * DAY, LOCK_SECONDS = HOUR, WRONG_SECRETS = 10, EXPORT_SECONDS = 5 * MINUTE,
	CLOCK_BACK = 2 * MINUTE, CLOCK_LEAP = 2 * MINUTE,
	/* Bytes, for the characters that the page allows in any script: 80 of a name, 300, 120, 600. */
	TEXT_NAME = 320, TEXT_NOTE = 1200, TEXT_APPLICATION = 480, TEXT_REPORT = 2400,
};

/* ---- logic ---- */

/* A record or an export on its way out: its bytes are asked for piece by piece, so that a right that ends, ends. */
struct stream_row {
	unsigned char id[16], session[32];
	char room[SEAL_CASE_HEX];
	int fd;                    /* -1: free */
	int64_t asked, renewed;    /* when its last piece was, and the session's idle time with it */
	uint64_t at, n;            /* in the sealed file */
};
enum { STREAMS = 256, STREAMS_OF_ROOM = 24, EVENTS_AT_ONCE = 64 };

enum { ALERT_LANGUAGES = 4 };
struct yaml;
struct arrival;

struct logic {
	const struct serve_config *c;
	const struct process_fds *fds;
	struct sql *db;
	struct arena *a, *kept;    /* of the request at hand; of the process */
	const struct yaml *alerts[ALERT_LANGUAGES];
	struct buf in, out, answer, ask;
	struct buf events;         /* lines of this transaction */
	size_t n_events, n_kept;   /* kept: a refusal does not undo them */
	size_t kept_bytes;
	char event_rooms[EVENTS_AT_ONCE][SEAL_CASE_HEX];
	bool sync;                 /* a state changed: checkpoint */
	bool lost;                 /* a process did not answer in time: nothing is served until all have begun anew */
	bool stale;                /* table record may have rows of files that no case has */
	bool sweep;                /* a case, or a key, was erased: what is left of it goes when that is committed */
	struct arrival *arrival;   /* the bundle that is being taken, or NULL */
	uint64_t stepped;          /* when its last step ended, by time_monotonic_ms */
	uint64_t drop_rests;       /* until then: there is no room on the disk */
	struct left_alone *left;   /* in the drop folder, until the next start: see drop.c */
	size_t n_left, cap_left;
	bool to_look;              /* into the drop folder */
	int64_t now, last_now, last_tick, last_minute, witness_tried, witness_signed;
	int64_t looked, looked_up, held_to; /* leaps of the clock: the last look at it; seconds up then, and those up to which nothing ends by it */
	struct stream_row streams[STREAMS];
	char log_key[128];
};

/* The state file, portal.db, made when it is not there; *out is to be closed on failure too. */
MUST_CHECK enum errc state_open(struct sql **out, const char *path, struct err *e);
/* Without a database. Also after an error there is something to free, or NULL. */
MUST_CHECK enum errc logic_new(struct logic **out, const struct serve_config *c, const struct process_fds *fds, struct err *e);
void logic_free(struct logic *l);
/*
 * What is in l->ask to another process, and its answer in l->answer; and to fetch, which answers later. Who has not answered in
 * time may still do so, and that would be taken for the answer to the next question, a true signature for a false one: after a
 * failure nothing is asked and nothing served.
 */
MUST_CHECK enum errc logic_ask(struct logic *l, int fd, enum wire_kind kind, struct err *e);
MUST_CHECK enum errc logic_send(struct logic *l, enum wire_kind kind, struct err *e);

enum refusal { FINE, BAD_REQUEST, SIGN_IN, STALE, REFUSED, NOT_FOUND, WRONG_STATE, LIMIT, UNAVAILABLE, BAD_TYPE,
    BAD_METHOD, TOO_LARGE };

struct room {
	char id[SEAL_CASE_HEX];
	enum room_state state;
	int64_t since, until;
	uint32_t generation, version;
	bool two_nominators;
	const char *file, *dispute;
	span identity;             /* JSON, or empty */
	int64_t manifest_at, manifest_n, signature_at, signature_n, messages;
};
struct session {
	unsigned char hash[32];
	enum session_kind kind;
	const char *room, *subject, *account, *name;
	span passkey;
	int64_t made, used, fresh; /* fresh 0: never */
	span challenge;
	const char *challenge_for;
	int64_t challenge_at;
};
struct account { const char *id, *name, *status; unsigned roles, pending; };

struct call {
	struct logic *l;
	struct arena *a;
	const struct request *q;
	const struct route *route;
	span tail;                 /* ID of the path */
	struct session s;
	bool has_session;
	struct room room;          /* of the session; id "" without */
	struct account me;
	const struct json_node *body;
	struct buf *out;           /* the answer's body */
	struct answer answer;
	enum refusal refusal;
	unsigned retry_after;
};

typedef enum errc handler(struct call *c, struct err *e);
struct route {
	enum method method;
	const char *path;          /* "/api/record/" ends with '/': an ID follows */
	unsigned kinds;            /* bits of enum session_kind; 0: any, and then states are for the handler to look at */
	unsigned roles;            /* 0: any */
	unsigned states;           /* bits of enum room_state; 0: not about a case, or the handler looks itself */
	bool fresh;
	handler *run;
};
#define KIND(k) (1u << SESSION_##k)
#define IN(s) (1u << ROOM_##s)
const struct route *route_find(enum method m, span path, span *tail);

/*
 * Says why not, and OK: refusals are answers. What a refused request wrote is undone but for what was kept:
 * counted attempts, used challenges, and the events that tell of them. call_keep makes all that stands so far
 * of that kind.
 */
enum errc refuse(struct call *c, enum refusal why);
MUST_CHECK enum errc call_keep(struct logic *l, struct err *e);

/* Not found; when it is somebody else's, which the query (one blob or text bound) counts, that is logged. */
MUST_CHECK enum errc not_ours(struct call *c, const char *kind, const char *sql, span id, struct err *e);

/* ---- files ---- */

/*
 * clock.c: the time into l->now; what is to be done when it is earlier than it was. clock_look: has it leapt by more than `most`
 * beyond the seconds that the machine was up? Then what ends by it is held for a while.
 */
MUST_CHECK enum errc clock_read(struct logic *l, struct err *e);
MUST_CHECK enum errc clock_look(struct logic *l, int64_t most, struct err *e);
bool clock_held(const struct logic *l);
int64_t clock_up(void);

/* call.c: a request to its answer, in one transaction. */
void call_run(struct logic *l, span frame, struct buf *answer);
/* Work of our own in one transaction: by the clock, of a bundle, of what fetch found. */
MUST_CHECK enum errc logic_do(struct logic *l, enum errc (*work)(struct logic *l, void *ctx, struct err *e),
    void *ctx, struct err *e);
/* The text member; false (and refused) when it is missing, no string, over max bytes or has control characters. */
bool body_text(struct call *c, const char *name, size_t max, bool lines, const char **out);
bool body_only(struct call *c, const char *const names[]);
bool body_id(struct call *c, const char *name, const char **out);
/* base64url; NULL members only where null_ok: *out empty. */
bool body_b64(struct call *c, const char *name, size_t least, size_t most, bool null_ok, span *out);
bool text_fits(span s, size_t max, bool lines);

/* mark.c: what is to be reviewed; NULL ends the words. */
enum { TASK_LOGS, TASK_CONTENT, N_TASKS };
extern const char *const task_words[N_TASKS + 1];
/* account: NULL when a supplement opens it again. */
void task_event(struct logic *l, const char *room, const char *account, const char *person, const char *task, bool done,
    const char *note);

/* event.c */
struct json event_begin(struct logic *l, const char *event, const char *room);
void event_end(struct logic *l, struct json *j);
MUST_CHECK enum errc events_commit(struct logic *l, struct err *e); /* to the log; then the transaction may be */
void events_drop(struct logic *l);

/* room.c */
MUST_CHECK enum errc room_load(struct logic *l, struct arena *a, const char *id, struct room *out, bool *found,
    struct err *e);
static inline bool room_over(enum room_state s) { return s == ROOM_CLOSED || s == ROOM_WITHDRAWN || s == ROOM_REVOKED; }
MUST_CHECK enum errc room_move(struct logic *l, struct room *r, enum room_state to, const char *reason, struct err *e);
/* All claims of a case but one end; "" ends all. */
MUST_CHECK enum errc claims_end(struct logic *l, const char *room, const char *winner, struct err *e);
/* Who objects, or claims besides another, stops the claim: two operators decide. */
MUST_CHECK enum errc room_dispute(struct logic *l, struct arena *a, struct room *r, const char *reason, struct err *e);
MUST_CHECK enum errc rooms_expire(struct logic *l, struct err *e);
MUST_CHECK enum errc room_marked(struct logic *l, const struct room *r, int64_t *all, int64_t *marked, struct err *e);
const struct json_node *room_identity(struct arena *a, const struct room *r); /* NULL when unclaimed */

/* identity.c: whose case it is, from auth_A; and again, when a new version of the dossier has come. */
MUST_CHECK enum errc identity_open(struct logic *l, struct arena *a, struct room *r, span notice, span sealed,
    span auth, bool *ok, struct err *e);
MUST_CHECK enum errc identity_again(struct logic *l, struct arena *a, struct room *r, struct err *e);

/* session.c */
MUST_CHECK enum errc session_find(struct call *c, struct err *e);
/* A new cookie for what is in c->s; the old one is dead. */
MUST_CHECK enum errc session_renew(struct call *c, struct err *e);
MUST_CHECK enum errc sessions_end_of(struct logic *l, const char *account, struct err *e);
MUST_CHECK enum errc sessions_expire(struct logic *l, struct err *e);
MUST_CHECK enum errc account_load(struct logic *l, struct arena *a, const char *room, span id, struct account *out,
    bool *found, struct err *e);
MUST_CHECK enum errc session_json(struct call *c, struct err *e);

/* passkey.c: one salt a case and no secret; what a passkey gives for it (PRF) is the browser's. */
void prf_salt(const struct room *r, struct digest *out);

/* limit.c: counts in fixed windows. *over when this one is one too many; it is counted all the same. */
MUST_CHECK enum errc limit_count(struct logic *l, const char *key, int64_t seconds, int64_t most, bool *over,
    int64_t *n, struct err *e);
/* So many at once. */
MUST_CHECK enum errc limit_add(struct logic *l, const char *key, int64_t seconds, int64_t by, int64_t most, bool *over, int64_t *n,
    struct err *e);
/* The same of a request, for an account, a case or a network: one too many is refused, with how long to wait. */
MUST_CHECK enum errc call_limit(struct call *c, const char *what, const char *whose, int64_t seconds, int64_t most,
    struct err *e);
MUST_CHECK enum errc call_limit_add(struct call *c, const char *what, const char *whose, int64_t seconds, int64_t by, int64_t most,
    struct err *e);
/*
 * Before a line in the log of somebody who was refused, whom nobody knows: may there be one? Each network has limits of its own, but who
 * has ten thousand networks, as with IPv6 anybody can, must not fill the disk. The first that is left out is an alarm.
 */
MUST_CHECK enum errc refusal_logged(struct logic *l, bool *may, struct err *e);
MUST_CHECK enum errc limits_expire(struct logic *l, struct err *e);
const char *client_network(struct arena *a, span client);

/* people.c: who registered a first passkey becomes somebody; *ok false: another was before him. And who did not come. */
MUST_CHECK enum errc claimant_made(struct call *c, bool *ok, struct err *e);
MUST_CHECK enum errc invited_made(struct call *c, bool *ok, struct err *e);
MUST_CHECK enum errc invitations_expire(struct logic *l, struct err *e);

/*
 * mail.c: into the outbox, to everybody whom the case names, in the language of each. what: which of alerts.LL.yaml; values end with a
 * name NULL, or are NULL; a value NULL is not there.
 */
struct alert_value { const char *name, *value; };
MUST_CHECK enum errc alert(struct logic *l, struct arena *a, const struct room *r, const char *what, const struct alert_value *values,
    struct err *e);
MUST_CHECK enum errc alerts_load(struct logic *l, struct err *e);

/* remind.c: who has something open, once a week and before it is due. */
MUST_CHECK enum errc reminders_due(struct logic *l, struct err *e);

/* proof.c */
bool domain_is_ours(struct call *c, const char *domain);
MUST_CHECK enum errc proofs_due(struct logic *l, struct err *e);
MUST_CHECK enum errc proof_answer(struct logic *l, bool dns, span answer, struct err *e);

/* stands.c: a proof more is proven; what follows for the case. */
MUST_CHECK enum errc claim_stands(struct logic *l, const char *room, const char *claim, struct err *e);

/* witness.c: the second host. */
MUST_CHECK enum errc witness_due(struct logic *l, struct err *e);
MUST_CHECK enum errc witness_answer(struct logic *l, span answer, struct err *e);

/* issuer.c: what fetch brings from an issuer; and who did not come back from one. */
MUST_CHECK enum errc issuer_metadata(struct logic *l, span answer, struct err *e);
MUST_CHECK enum errc issuer_token(struct logic *l, span answer, struct err *e);
MUST_CHECK enum errc sign_ons_expire(struct logic *l, struct err *e);
MUST_CHECK enum errc sign_on_json(struct call *c, struct json *j, span claim, const struct json_node *domains, struct err *e);

/*
 * drop.c: a step of taking what lies in the drop folder, *more while there is something to be done at once; what is none, or not for us,
 * is set aside under another name.
 */
MUST_CHECK enum errc drop_step(struct logic *l, bool *more, struct err *e);
void arrival_free(struct arrival *x);
/*
 * records.c: a step of writing where the records of a bundle lie, which begins with n 0 and is done when n is more than it has, the export
 * being the last; and a step of removing those of files that no case has, of which l->stale says whether there may be any.
 */
enum { RECORDS_STEP = 1000 };
struct seal_bundle;
struct records_put { const struct seal_bundle *b; const char *file; uint64_t data_at; size_t n; };
MUST_CHECK enum errc records_put(struct logic *l, struct records_put *p, struct err *e);
MUST_CHECK enum errc records_sweep(struct logic *l, void *ctx, struct err *e);
/* Sealed files that no case has any more. */
MUST_CHECK enum errc sealed_sweep(struct logic *l, struct err *e);

/* operator.c: one question at the operators' door. */
void operator_serve(struct logic *l);

/* read.c */
void stream_piece(struct logic *l, span frame, struct buf *answer);
void streams_end(struct logic *l, const unsigned char session[32]);
void streams_end_all(struct logic *l);
/* The same account in the same case has a new cookie. */
void streams_follow(struct logic *l, const unsigned char from[32], const unsigned char to[32]);
void streams_end_room(struct logic *l, const char *room);
void streams_expire(struct logic *l);
MUST_CHECK enum errc exports_expire(struct logic *l, struct err *e);

handler route_about, route_session, route_csp, route_claim, route_objection, route_invitation, route_sign_in_options,
    route_sign_in, route_sign_out,
    route_passkey_options, route_passkey, route_passkey_remove, route_passkeys, route_assert_options, route_assert,
    route_case, route_log, route_log_before,
    route_proof_dns, route_proof_file, route_oidc_start, route_oidc_finish, route_unlock, route_wraps, route_wrap_put, route_wrap_remove,
    route_people, route_invite, route_cancel, route_role, route_approve, route_remove, route_manifest,
    route_signature, route_record,
    route_export, route_export_get, route_marks, route_mark, route_task, route_report, route_close;

#endif
