/* What the reading room is told in its configuration file (tocsin-serve(5)). */
#ifndef TOCSIN_SERVE_CONFIG_H
#define TOCSIN_SERVE_CONFIG_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/digest.h"
#include "proof/keys.h"
#include "serve/oidc.h"

struct operator_row { const char *name; uid_t uid; };

enum process { PROC_FRONT, PROC_LOGIC, PROC_AUTH, PROC_FETCH, PROC_LOG, N_PROCESSES };
extern const char *const process_names[N_PROCESSES];

struct serve_config {
	struct digest sha256;              /* of the file */
	const char *origin, *host, *name;  /* "https://reading.example", "reading.example" */
	const char *state, *drop, *web;
	const char *socket, *listen;       /* one of them: a path, or 127.0.0.1:PORT for tests */
	const char *db_dir, *sealed_dir, *outbox_dir, *log_dir; /* in state */
	struct verify_key signer;
	const char *signer_text;
	uid_t proxy_uid;
	const char *operator_socket;       /* or NULL */
	struct operator_row *operators;
	size_t n_operators;
	struct { uid_t uid; gid_t gid; } users[N_PROCESSES];
	bool drops_rights;
	const char *resolver, *second_resolver, *trust_anchor;
	const char *ca_file;               /* of web servers; NULL: the system's */
	struct oidc_issuer *issuers;
	size_t n_issuers;
	const char *log_origin, *log_key;
	const char *witness, *witness_name; /* where checkpoints go to be cosigned, and by whom; or NULL */
	unsigned char witness_key[VERIFY_KEY_SIZE];
	unsigned witness_hours;            /* without a cosignature: an alarm */
	const char *mail_from, *mail_phone;
	unsigned checks, checks_seconds, objection_seconds, check_pause, leap_seconds;
	bool testing, local;               /* local: addresses of this machine may be asked */
	unsigned web_port;                 /* testing: of web sites; else 443 */
	const char *clock_file;            /* testing: seconds to add to the clock */
};

/* Everything in the arena. ERR_USAGE with file and line. web: the page's folder where the file names none. */
MUST_CHECK enum errc config_parse(struct arena *a, span text, const char *path, const char *web, struct serve_config *out,
    struct err *e);
MUST_CHECK enum errc config_read(struct arena *a, const char *path, const char *web, struct serve_config *out,
    struct err *e);

#endif
