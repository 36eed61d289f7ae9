/*
 * A case: a folder with case.yaml (what a person says of the incident), case.db (the store), case.key (the key
 * of the keyed digests, mode 0600) and out/. The configuration is read anew by every run and never written
 * after `tocsin init`.
 */
#ifndef TOCSIN_CASE_CASE_H
#define TOCSIN_CASE_CASE_H

#include "base/arena.h"
#include "base/digest.h"

struct yaml;

struct text_list { const char **v; size_t n; };
/* The list of that key in a map, without what is empty; of none where there is no such key. */
MUST_CHECK enum errc text_list_read(struct arena *a, const struct yaml *map, const char *key, bool lower, struct text_list *out, struct err *e);

/* Days from the wave until what it tells must be dealt with: policy, remediation. */
struct case_remediation {
	unsigned immediate_days;  /* credentials that the intruder surely read */
	unsigned credential_days; /* the others */
	unsigned logs_days;       /* own logs looked at for their use */
	unsigned content_days;    /* all that was exposed read */
};

/* How notices leave, and how long an answer may take: "delivery" of case.yaml. "" where nothing is said. */
enum delivery_by { DELIVERY_NOT_SET = 0, DELIVERY_BY_SENDMAIL, DELIVERY_BY_SMTP };
struct delivery_config {
	enum delivery_by by;
	const char *sendmail;       /* the program */
	const char *server, *user, *password_file, *password_env, *ca_file, *connect_to;
	unsigned port;
	const char *return_address; /* of bounces and reports; each notice has a tag of its own in it */
	struct text_list leaves_from; /* the addresses that our mail leaves from: what SPF must cover */
	struct text_list selectors; /* of DKIM */
	const unsigned *batches;    /* how many are sent before the next pause; the last one repeats */
	size_t n_batches;
	unsigned pause_s, per_minute;
	unsigned answer_days;       /* without an answer so long: the next contact */
	unsigned at_once;           /* addresses of an organisation that are written to at first */
	const char *task_owner;
	unsigned task_days;         /* a telephone call or letter is due so many days after it was found needed */
};
/* Who is asked when the network is used: "network" of case.yaml. */
struct network_config {
	const char *dns_server, *dns_trust_anchor, *ca_file;
	struct text_list hosts;     /* that discovery may ask besides the organisations' own: RDAP servers, where keys lie */
	struct text_list rdap_bootstrap; /* files, RFC 9224: of domains, of networks */
	const char *connect_to;     /* the last three are for tests */
	bool plain, local;
};

struct case_config {
	const char *dir;
	const char *title;          /* "Mailbox compromise of March 2024": in English where the case says it in several languages */
	const char *reference;      /* incident number */
	int64_t detected_utc, contained_utc, first_access_utc, last_access_utc; /* TIME_NONE when not known */
	struct case_offsets { int64_t detected, contained, first_access, last_access; } offset_s; /* east of UTC, as these were written */
	int64_t contained_by_utc, last_access_by_utc; /* the same, for what is until then: of a day alone its last second */
	const char *our_name;       /* our organisation */
	struct text_list our_names; /* with aliases */
	struct text_list our_domains; /* lower case */
	const char *sender_name, *sender_address, *sender_title, *sender_phone; /* who signs the notices */
	const char *measures;       /* what was done against the breach; "" when it is not said */
	const struct yaml *titles, *sender_titles, *measures_said; /* by language, where the case says them so: for case_said */
	const char *portal;         /* where a recipient checks that a notice is real: a name, never a link */
	struct text_list languages; /* of the templates, in order of preference */
	struct text_list trusted_hosts; /* authserv-ids whose Authentication-Results are believed (RFC 8601) */
	bool notify_bulk;           /* policy: bulk and automatic mail makes parties too */
	bool notify_mentioned;      /* policy: organisations that are only mentioned are told */
	bool notify_persons;        /* policy: private persons are told, with texts of their own; else they are only listed */
	bool try_passwords;         /* policy: passwords found near an attachment are tried on it */
	unsigned scope;             /* policy: the verdicts that later stages take, as bits 1 << enum verdict */
	struct case_remediation remediation;
	bool sealed;                /* dossiers are in the reading room, notices have access codes */
	enum encrypt_policy { ENCRYPT_NEVER, ENCRYPT_WHEN_KNOWN, ENCRYPT_REQUIRED } encrypt; /* policy: notices to recipients whose key we have */
	bool dkim_mta;              /* the mail server signs with DKIM: tocsin does not */
	const struct yaml *clocks;  /* the map clocks, for clocks.h; NULL when there is none */
	unsigned approvals;         /* how many different people approve a wave; at least 2 */
	struct delivery_config delivery;
	struct network_config network;
};

/* The digest of what says whose mail is: our names and domains, and which parties count by the policy. */
MUST_CHECK enum errc case_parties(const struct case_config *config, struct digest *out, struct err *e);

#define CASE_KEY_SIZE 32

/*
 * Makes the folder with all but case.db, which comes last (store_create) and makes it a case. An existing case is refused. A key or
 * case.yaml without one is of an init that was cut off, or somebody's: it is kept.
 */
MUST_CHECK enum errc case_init(const char *dir, const char *title, const struct text_list *our_domains, struct err *e);
/* Reads and checks case.yaml. */
MUST_CHECK enum errc case_read(struct arena *a, const char *dir, struct case_config *out, struct err *e);
/* A time of the case as a clock shows it where it was written, for texts that name its day; TIME_NONE stays. */
int64_t case_local(int64_t when_utc, int64_t offset_s);
/* Do records of the intruder that show mail being read, from first to last (0: there is none), lie outside of the access that the incident, and so each notice, tells? */
bool case_access_is_short(const struct case_config *c, int64_t first_utc, int64_t last_utc);
/* What the case says in that language, else `otherwise`: of title, sender_title and measures. */
span case_said(const struct yaml *by_language, const char *language, const char *otherwise);
/* The key; refused when others may read the file. The caller wipes it. */
MUST_CHECK enum errc case_key(const char *dir, unsigned char key[CASE_KEY_SIZE], struct err *e);

#endif
