/* The table of doc/portal-api.md: who may ask for what, and in which state of the case. */
#include "serve/private.h"

enum {
	ANY = 0,
	/*
	 * Who has the case key, and keeps it: a reviewer had it from the invitation, and it must not be lost
	 * while waiting.
	 */
	HOLDERS = ROLE_CLAIMANT | ROLE_NOMINATOR | ROLE_REVIEWER | ROLE_WAITING,
	SET_UP = IN(CLAIM_PENDING) | IN(CLAIM_WAIT) | IN(OPEN) | IN(REVIEWING) | IN(RESOLVED),
	LIVE = SET_UP | IN(DISPUTED),
	SEEN = LIVE | IN(CLOSED),
	UNLOCKED = IN(OPEN) | IN(REVIEWING) | IN(RESOLVED),
	READING = IN(REVIEWING) | IN(RESOLVED),
	WITH_KEY = KIND(CLAIM) | KIND(INVITED) | KIND(ACCOUNT),
};

static const struct route routes[] = {
    {METHOD_GET, "/api/about", ANY, ANY, ANY, false, route_about},
    {METHOD_GET, "/api/session", ANY, ANY, ANY, false, route_session},
    {METHOD_POST, "/api/csp-report", ANY, ANY, ANY, false, route_csp},
    {METHOD_POST, "/api/claim", ANY, ANY, ANY, false, route_claim},
    {METHOD_POST, "/api/objection", ANY, ANY, ANY, false, route_objection},
    {METHOD_POST, "/api/invitation", ANY, ANY, UNLOCKED, false, route_invitation},
    {METHOD_POST, "/api/sign-in/options", ANY, ANY, ANY, false, route_sign_in_options},
    {METHOD_POST, "/api/sign-in", ANY, ANY, SEEN, false, route_sign_in},
    {METHOD_POST, "/api/sign-out", ANY, ANY, ANY, false, route_sign_out},
    {METHOD_POST, "/api/passkey/options", WITH_KEY, ANY, SET_UP, true, route_passkey_options},
    {METHOD_POST, "/api/passkey", WITH_KEY, ANY, SET_UP, true, route_passkey},
    {METHOD_POST, "/api/passkey/remove", KIND(ACCOUNT), ROLES_ALL, LIVE, true, route_passkey_remove},
    {METHOD_GET, "/api/passkeys", KIND(ACCOUNT), ROLES_ALL, LIVE, false, route_passkeys},
    {METHOD_POST, "/api/assert/options", KIND(ACCOUNT), ROLES_ALL, LIVE, false, route_assert_options},
    {METHOD_POST, "/api/assert", KIND(ACCOUNT), ROLES_ALL, LIVE, false, route_assert},
    {METHOD_GET, "/api/case", KIND(ACCOUNT), ROLES_ALL, SEEN, false, route_case},
    {METHOD_GET, "/api/log", KIND(ACCOUNT), ROLES_ALL, SEEN, false, route_log},
    {METHOD_GET, "/api/log/", KIND(ACCOUNT), ROLES_ALL, SEEN, false, route_log_before},
    {METHOD_POST, "/api/proof/dns", KIND(ACCOUNT), ROLE_CLAIMANT, IN(CLAIM_PENDING) | IN(CLAIM_WAIT), false,
    route_proof_dns},
    {METHOD_POST, "/api/proof/file", KIND(ACCOUNT), ROLE_CLAIMANT, IN(CLAIM_PENDING) | IN(CLAIM_WAIT), false,
    route_proof_file},
    {METHOD_POST, "/api/proof/oidc/start", KIND(ACCOUNT), ROLE_CLAIMANT, IN(CLAIM_PENDING) | IN(CLAIM_WAIT), false,
    route_oidc_start},
    {METHOD_POST, "/api/proof/oidc/finish", KIND(ACCOUNT), ROLE_CLAIMANT, IN(CLAIM_PENDING) | IN(CLAIM_WAIT), false,
    route_oidc_finish},
    {METHOD_GET, "/api/unlock", KIND(ACCOUNT), HOLDERS, UNLOCKED, false, route_unlock},
    {METHOD_GET, "/api/wraps", KIND(ACCOUNT), HOLDERS, UNLOCKED, false, route_wraps},
    {METHOD_POST, "/api/wraps", KIND(ACCOUNT), HOLDERS, UNLOCKED, false, route_wrap_put},
    {METHOD_POST, "/api/wraps/remove", KIND(ACCOUNT), HOLDERS, UNLOCKED, false, route_wrap_remove},
    {METHOD_GET, "/api/people", KIND(ACCOUNT), ROLES_ALL, UNLOCKED, false, route_people},
    {METHOD_POST, "/api/invite", KIND(ACCOUNT), ROLE_CLAIMANT | ROLE_NOMINATOR, UNLOCKED, true, route_invite},
    {METHOD_POST, "/api/invitation/cancel", KIND(ACCOUNT), ROLE_CLAIMANT | ROLE_NOMINATOR, UNLOCKED, false, route_cancel},
    {METHOD_POST, "/api/role", KIND(ACCOUNT), ROLE_NOMINATOR, UNLOCKED, true, route_role},
    {METHOD_POST, "/api/approve", KIND(ACCOUNT), ROLE_NOMINATOR, UNLOCKED, true, route_approve},
    {METHOD_POST, "/api/remove", KIND(ACCOUNT), ROLES_ALL, UNLOCKED, true, route_remove},
    {METHOD_GET, "/api/manifest", KIND(ACCOUNT), ROLE_REVIEWER, READING, false, route_manifest},
    {METHOD_GET, "/api/manifest.minisig", KIND(ACCOUNT), ROLE_REVIEWER, READING, false, route_signature},
    {METHOD_GET, "/api/record/", KIND(ACCOUNT), ROLE_REVIEWER, READING, false, route_record},
    {METHOD_POST, "/api/export", KIND(ACCOUNT), ROLE_REVIEWER, READING, true, route_export},
    {METHOD_GET, "/api/export/", KIND(ACCOUNT), ROLE_REVIEWER, READING, false, route_export_get},
    {METHOD_GET, "/api/marks", KIND(ACCOUNT), ROLES_ALL, UNLOCKED, false, route_marks},
    {METHOD_POST, "/api/marks", KIND(ACCOUNT), ROLE_REVIEWER, READING, false, route_mark},
    {METHOD_POST, "/api/tasks", KIND(ACCOUNT), ROLE_REVIEWER, READING, false, route_task},
    {METHOD_POST, "/api/report", KIND(ACCOUNT), ROLE_REVIEWER, READING, false, route_report},
    {METHOD_POST, "/api/close", KIND(ACCOUNT), ROLE_NOMINATOR, READING, true, route_close},
};

const struct route *route_find(enum method m, span path, span *tail)
{
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		span p = span_str(routes[i].path);
		bool open = p.p[p.n - 1] == '/';

		*tail = open ? span_from(path, p.n) : SPAN_EMPTY;
		if (routes[i].method == m && (open ? span_starts(path, p) && tail->n != 0 : span_eq(path, p)))
			return &routes[i];
	}
	return NULL;
}
