/*
 * What a claim's proofs come to. The DNS proves a domain; a file on its web site does so only together with an account with
 * the organisation's issuer or a call that operators made, and these alone prove nothing. A proven domain waits for
 * objections. Only the DNS with a call need not: whoever has the DNS can make a tenant at an issuer and have the domain
 * verified there by that same DNS, so the two are no two proofs, but he does not answer the telephone.
 */
#include "serve/private.h"

#include <sodium.h>

enum { WORD_TEXT = 26, WORD_SHOWN = WORD_TEXT + (WORD_TEXT - 1) / 5 };

/* 130 random bits as people can type them: the digits of an access code. And as a mail shows them, in groups of five. */
static void word_new(char word[WORD_TEXT + 1], char shown[WORD_SHOWN + 1])
{
	unsigned char bytes[WORD_TEXT];
	size_t at = 0;

	randombytes_buf(bytes, sizeof bytes);
	for (size_t i = 0; i < WORD_TEXT; i++) {
		word[i] = CROCKFORD[bytes[i] & 31];
		if (i != 0 && i % 5 == 0)
			shown[at++] = '-';
		shown[at++] = word[i];
	}
	word[WORD_TEXT] = shown[at] = '\0';
}

static enum errc waits(struct logic *l, struct room *r, bool dns, struct err *e)
{
	char token[WORD_TEXT + 1], shown[WORD_SHOWN + 1], hours[24];
	struct digest d;
	enum errc rc;

	if ((rc = room_move(l, r, ROOM_CLAIM_WAIT, "proof", e)) != OK)
		return rc;
	word_new(token, shown);
	sha256_of(span_str(token), &d);
	if ((rc = sql_run(l->db, e, "UPDATE room SET objection = ? WHERE id = ?", "bt", digest_span(&d), r->id)) != OK)
		return rc;
	(void)snprintf(hours, sizeof hours, "%lld", (long long)(l->c->objection_seconds / HOUR));
	return alert(l, l->a, r, "claimed", (const struct alert_value[]){{"host", l->c->host}, {"proof", dns ? "dns" : "file"}, {"hours", hours},
	    {"word", shown}, {NULL, NULL}}, e);
}

/* Two proofs of which neither gives the other: nobody need wait for an objection; those who could have made one are told. */
static enum errc opens(struct logic *l, struct room *r, const char *claim, struct err *e)
{
	enum errc rc;

	if ((rc = claims_end(l, r->id, claim, e)) != OK)
		return rc;
	if ((rc = room_move(l, r, ROOM_OPEN, "second_proof", e)) != OK)
		return rc;
	return alert(l, l->a, r, "called", (const struct alert_value[]){{"host", l->c->host}, {NULL, NULL}}, e);
}

enum errc claim_stands(struct logic *l, const char *room, const char *claim, struct err *e)
{
	static const char count[] = "SELECT count(*) FROM proof WHERE claim = ? AND state = 'proven' AND (method = ? OR"
	    " method = ?)";
	int64_t dns, file, call, second, others;
	struct room r;
	bool found;
	enum errc rc;

	if ((rc = room_load(l, l->a, room, &r, &found, e)) != OK || !found)
		return rc;
	if ((rc = sql_int(l->db, &dns, 0, e, count, "ttt", claim, "dns", "dns")) != OK ||
	    (rc = sql_int(l->db, &file, 0, e, count, "ttt", claim, "file", "file")) != OK ||
	    (rc = sql_int(l->db, &call, 0, e, count, "ttt", claim, "callback", "callback")) != OK ||
	    (rc = sql_int(l->db, &second, 0, e, count, "ttt", claim, "oidc", "callback")) != OK ||
	    (rc = sql_int(l->db, &others, 0, e, "SELECT count(*) FROM claim k WHERE room = ?1 AND id <> ?2 AND (EXISTS"
	    " (SELECT 1 FROM proof WHERE claim = k.id AND state = 'proven' AND method = 'dns') OR EXISTS"
	    " (SELECT 1 FROM proof f JOIN proof s ON s.claim = f.claim WHERE f.claim = k.id AND f.state = 'proven' AND"
	    " s.state = 'proven' AND f.method = 'file' AND s.method IN ('oidc', 'callback')))", "tt", room, claim)) != OK)
		return rc;
	if ((r.state != ROOM_CLAIM_PENDING && r.state != ROOM_CLAIM_WAIT) || (dns == 0 && (file == 0 || second == 0)))
		return OK;
	/* Two claims, both proven: somebody is not who he says. */
	if (others != 0)
		return room_dispute(l, l->a, &r, "second_claim", e);
	if (dns != 0 && call != 0)
		return opens(l, &r, claim, e);
	return r.state == ROOM_CLAIM_PENDING ? waits(l, &r, dns != 0, e) : OK;
}
