/* What `tocsin verify` looks at: a case's own record (verify.c), and the files that others have of it. */
#ifndef TOCSIN_CMD_VERIFY_H
#define TOCSIN_CMD_VERIFY_H

#include "cmd/cmd.h"

struct verify_files { const char *notice, *ca, *dkim, *withdrawn, *proof, *resolve; struct text_list keys; bool explain; };
MUST_CHECK enum errc verify_the_notice(struct cmd *c, const struct verify_files *f, int *status);

/* Of --portal: NULL where not given. */
struct verify_portal { const char *url, *web, *assets, *key, *ca; bool local; };
MUST_CHECK enum errc verify_the_portal(struct cmd *c, const struct verify_portal *p, int *status);

/* The key files, one behind the other; empty when there are none. */
MUST_CHECK enum errc verify_read_keys(struct cmd *c, const struct text_list *keys, span *out);

struct verify_manifest { const char *manifest, *proof; struct text_list keys; };
MUST_CHECK enum errc verify_the_manifest(struct cmd *c, const struct verify_manifest *v, int *status);

/* Of the case: a request to date its ledger, and the reply. */
MUST_CHECK enum errc verify_stamp_request(struct cmd *c, const char *file);
MUST_CHECK enum errc verify_the_stamp(struct cmd *c, const char *file, const char *ca, int *status);

#endif
