/*
 * A case: a folder with case.yaml (what a person says of the incident), case.db (the store), case.key (the key
 * of the keyed digests, mode 0600) and out/. The configuration is read anew by every run and never written
 * after `tocsin init`.
 */
#ifndef TOCSIN_CASE_CASE_H
#define TOCSIN_CASE_CASE_H

#include "base/arena.h"
#include "base/digest.h"

struct text_list { const char **v; size_t n; };
struct yaml;

/* Days from the wave until what it tells must be dealt with: policy, remediation. */
struct case_remediation {
	unsigned immediate_days;  /* credentials that the intruder surely read */
	unsigned credential_days; /* the others */
	unsigned logs_days;       /* own logs looked at for their use */
	unsigned content_days;    /* all that was exposed read */
};

struct case_config {
	const char *dir;
	const char *title;          /* "Mailbox compromise of March 2024" */
	const char *reference;      /* incident number */
	int64_t detected_utc, contained_utc, first_access_utc, last_access_utc; /* TIME_NONE when not known */
	const char *our_name;       /* our organisation */
	struct text_list our_names; /* with aliases */
	struct text_list our_domains; /* lower case */
	const char *sender_name, *sender_address, *sender_title, *sender_phone; /* who signs the notices */
	const char *portal;         /* where a recipient checks that a notice is real: a name, never a link */
	struct text_list languages; /* of the templates, in order of preference */
	struct text_list trusted_hosts; /* authserv-ids whose Authentication-Results are believed (RFC 8601) */
	bool notify_bulk;           /* policy: bulk and automatic mail makes parties too */
	bool notify_mentioned;      /* policy: organisations that are only mentioned are told */
	bool try_passwords;         /* policy: passwords found near an attachment are tried on it */
	unsigned scope;             /* policy: the verdicts that later stages take, as bits 1 << enum verdict */
	struct case_remediation remediation;
	bool sealed;                /* dossiers are in the reading room, notices have access codes */
	bool dkim_mta;              /* the mail server signs with DKIM: tocsin does not */
	const struct yaml *clocks;  /* the map clocks, for clocks.h; NULL when there is none */
	unsigned approvals;         /* how many different people approve a wave; at least 2 */
};

#define CASE_KEY_SIZE 32

/* Makes the folder. An existing case is refused. */
MUST_CHECK enum errc case_init(const char *dir, const char *title, const char *our_domain, struct err *e);
/* Reads and checks case.yaml. */
MUST_CHECK enum errc case_read(struct arena *a, const char *dir, struct case_config *out, struct err *e);
/* The key; refused when others may read the file. The caller wipes it. */
MUST_CHECK enum errc case_key(const char *dir, unsigned char key[CASE_KEY_SIZE], struct err *e);

#endif
