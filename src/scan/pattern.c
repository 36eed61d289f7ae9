#include "scan/pattern.h"

/* The numbers of all groups of that name; DUPNAMES lets each branch of a pattern have its own. */
static void groups_named(const pcre2_code *code, const char *name, uint8_t out[RULE_GROUPS])
{
	uint32_t n = 0, size = 0;
	PCRE2_SPTR table = NULL;
	size_t k = 0;

	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &n);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < n && k < RULE_GROUPS - 1; i++, table += size)
		if (strcmp((const char *)table + 2, name) == 0 && table[0] == 0)
			out[k++] = table[1];
}

static enum errc compile(const struct rule *r, span pattern, pcre2_code **out, struct err *e)
{
	uint32_t options = PCRE2_USE_OFFSET_LIMIT | PCRE2_UTF | PCRE2_EXTENDED | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C | (r->fold ? PCRE2_CASELESS : 0);
	PCRE2_SIZE at;
	int code;

	if ((*out = pcre2_compile(pattern.p, pattern.n, options, &code, &at, NULL)) == NULL) {
		char why[120];

		pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
		return err_set(e, ERR_USAGE, "%.*s: pattern, at byte %zu: %s", (int)r->id.n, (const char *)r->id.p, at,
		    why);
	}
	return OK;
}

enum errc pattern_ready(struct pattern *out, const struct rule *r, struct err *e)
{
	enum errc rc;

	if (r->shape != SHAPE_NONE || out->code != NULL)
		return OK;
	if ((r->needs_next.n > 0 && out->next == NULL && (rc = compile(r, r->needs_next, &out->next, e)) != OK) ||
	    (rc = compile(r, r->pattern, &out->code, e)) != OK)
		return rc;
	groups_named(out->code, "v", out->value);
	groups_named(out->code, "whole", out->whole);
	groups_named(out->code, "host", out->host);
	return OK;
}

void pattern_done(struct pattern *p)
{
	pcre2_code_free(p->code);
	pcre2_code_free(p->next);
}

bool pattern_group(const PCRE2_SIZE *ov, const uint8_t *groups, size_t base, size_t *at, size_t *n)
{
	for (; *groups != 0; groups++)
		if (ov[2 * *groups] != PCRE2_UNSET) {
			*at = base + ov[2 * *groups];
			*n = ov[2 * *groups + 1] - ov[2 * *groups];
			return true;
		}
	return false;
}
