/*
 * Any bytes as the reading room's configuration: no crash; what is refused is refused in words with a line; and what is taken
 * has all that the processes rely on and nothing laxer than it may be.
 */
#include <stdlib.h>

#include "serve/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libfyaml 0.7 keeps what it was reading when some scalars end wrongly; a start of serve reads one file. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfyaml"; }

static bool issuers_well(const struct serve_config *c)
{
	for (size_t i = 0; i < c->n_issuers; i++) {
		const struct oidc_issuer *s = &c->issuers[i];
		bool tenant = strstr(s->issuer, OIDC_TENANT) != NULL;

		if (strncmp(s->issuer, "https://", 8) != 0 || s->client_id == NULL || s->name == NULL || s->n_hosts == 0 ||
		    tenant == (s->domain_claim != NULL) || (s->domain_claim != NULL && strcmp(s->domain_claim, "email") == 0))
			return false;
		for (size_t k = 0; k < s->n_hosts; k++)
			if (s->hosts[k] == NULL || s->hosts[k][0] == '\0')
				return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct serve_config c;
	struct err e = {0};
	struct arena *a;
	enum errc rc;

	if (arena_new(&a, (size_t)64 << 20, NULL) != OK)
		abort();
	rc = config_parse(a, span_of(data, size), "serve.yaml", "/web", &c, &e);
	if (rc != OK && e.text[0] == '\0')
		abort();
	if (rc == OK) {
		if (c.origin == NULL || c.host == NULL || c.host[0] == '\0' || c.name == NULL || c.state == NULL || c.drop == NULL ||
		    c.log_origin == NULL || c.log_key == NULL || c.mail_from == NULL || c.mail_phone == NULL || c.web == NULL ||
		    (c.socket == NULL) == (c.listen == NULL) || c.n_operators == 1 || !issuers_well(&c))
			abort();
		if (!c.testing && (c.checks < 3 || c.checks_seconds < 600 || c.objection_seconds < 86400 || c.leap_seconds < 3600 || c.listen != NULL || c.local))
			abort();
	}
	arena_free(a);
	return 0;
}
