/* The mails of the wave as they lie on the disk: what phishing has and they may not, and their signatures as a
 * receiver checks them. */
#include "base/limits.h"
#include "deliver/language.h"
#include "deliver/preflight.h"
#include "mail/mime.h"
#include "net/dkim.h"
#include "store/sealed.h"

/* What makes a mail program show something to click on. Templates and names have none: notify breaks them up. */
static const char *const links[] = {"://", "href=", "www.", "mailto:"};
/* What filters and readers know from phishing, in the languages of the templates. */
static const char *const phrases[] = {"click here", "click below", "click on the", "verify your account",
    "confirm your account", "confirm your identity", "confirm your password", "your account will be", "act now",
    "dear customer", "cliquez ici", "cliquez sur", "confirmez votre", "votre compte sera", "klicken sie",
    "bestätigen sie ihr", "ihr konto wird", "haga clic", "confirme su", "su cuenta será"};
/* A notice's text, its statement and what is signed with: nothing else belongs to it. */
static const char *const types[] = {"application/pkcs7-mime", "text/plain", "application/json", "application/octet-stream",
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-encrypted"};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

struct key {
	const char *name;
	span record;
	const char *why;
	struct key *next;
};

struct mails {
	struct preflight *p;
	struct arena *scratch;
	struct key *keys;
	struct deliver_kept kept;
	size_t n, n_wrong, n_unsigned, n_bad, n_unknown; /* unknown: keys of which the DNS says nothing */
	const char *first, *first_bad; /* what is wrong with the first that is wrong; the same for signatures */
};

static const char *has_any(span text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_has_nocase(text, span_str(words[i])))
			return words[i];
	return NULL;
}

/* What the recipient's mail program is told of the language, against the text; a language of a lawyer's own is taken as it is. */
static enum errc look_language(struct mails *m, span tag, span text, const char **wrong, struct err *e)
{
	const char *is = language_known(tag) ? language_of(text) : NULL;

	if (is == NULL || language_is(tag, is))
		return OK;
	*wrong = arena_printf(m->scratch, "says that it is in %.*s, and its text is in %s", (int)(tag.n < 20 ? tag.n : 20), (const char *)tag.p, is);
	return *wrong != NULL ? OK : err_memory(e);
}

/*
 * What is wrong with one mail, NULL when nothing is. Its text is looked at as it is read: quoted-printable and base64
 * hide a link from who looks at the bytes alone.
 */
static enum errc look(struct mails *m, span mail, const char **wrong, struct err *e)
{
	struct message *x;
	enum errc rc = mime_parse(m->scratch, mail, false, &x, e);
	const struct field *tag = NULL;
	unsigned problems = 0;

	*wrong = has_any(mail, links, COUNT(links)) != NULL ? "has a link" : NULL;
	if (rc == OK && *wrong == NULL && (tag = headers_get(&x->headers, "Content-Language")) == NULL)
		*wrong = "does not say which language it is in";
	for (size_t i = 0; rc == OK && *wrong == NULL && i < x->n_parts; i++) {
		const struct part *part = &x->parts[i];
		const char *word;
		span text;
		bool known = false;

		if (part->kind == PART_MULTIPART)
			continue;
		for (size_t k = 0; k < COUNT(types); k++)
			known |= span_eq(part->type, span_str(types[k]));
		if (!known) {
			*wrong = arena_printf(m->scratch, "has a part of type %.*s",
			    (int)(part->type.n < 60 ? part->type.n : 60), (const char *)part->type.p);
			rc = *wrong != NULL ? OK : err_memory(e);
		} else if (span_starts(part->type, SPAN_LIT("text/")) ||
		    span_eq(part->type, SPAN_LIT("application/json"))) {
			if ((rc = part_content(m->scratch, x, part, &text, &problems, e)) != OK)
				break;
			if (has_any(text, links, COUNT(links)) != NULL)
				*wrong = "has a link";
			else if (span_starts(part->type, SPAN_LIT("text/")) &&
			    (word = has_any(text, phrases, COUNT(phrases))) != NULL &&
			    (*wrong = arena_printf(m->scratch, "says \"%s\", as phishing does", word)) == NULL)
				rc = err_memory(e);
			else if (span_eq(part->type, SPAN_LIT("text/plain")) && tag != NULL)
				rc = look_language(m, span_trim(tag->value), text, wrong, e);
		}
	}
	return rc;
}

/* ---- signatures -------------------------------------------------------------------------------------------------- */

static enum errc key_of(struct mails *m, const struct dkim_signature *s, const struct key **out, struct err *e)
{
	struct arena *a = m->p->a;
	const char *name = arena_printf(m->scratch, "%.*s._domainkey.%.*s", (int)s->selector.n,
	    (const char *)s->selector.p, (int)s->domain.n, (const char *)s->domain.p);
	struct dns_answer x;
	struct key *k;
	enum errc rc;

	if (name == NULL)
		return err_memory(e);
	for (k = m->keys; k != NULL; k = k->next)
		if (strcmp(k->name, name) == 0) {
			*out = k;
			return OK;
		}
	if ((k = arena_zero(a, 1, sizeof *k)) == NULL || (name = arena_cstr(a, span_str(name))) == NULL)
		return err_memory(e);
	if ((rc = dns_ask(m->p->dns, a, name, DNS_TXT, &x, e)) != OK)
		return rc;
	*k = (struct key){.name = name,
	    .next = m->keys,
	    .why = x.n == 1 ? NULL
	        : x.n > 1   ? "there is more than one record"
	                    : preflight_none(m->p, &x, "key")};
	if (x.n == 1)
		k->record = x.v[0].data;
	m->n_unknown += x.outcome == DNS_FAILED;
	m->keys = k;
	*out = k;
	return OK;
}

/* Each signature must hold, and one of them be of the sender's own domain: that is what DMARC asks for. */
static enum errc signatures(struct mails *m, span mail, const char *file, struct err *e)
{
	struct dkim_signature *v;
	const char *bad = NULL, *where = "";
	bool ours = false;
	size_t n;
	enum errc rc = dkim_signatures(m->scratch, mail, &v, &n, e);

	for (size_t i = 0; rc == OK && bad == NULL && i < n; i++) {
		const struct key *k = NULL;

		if ((bad = v[i].wrong) != NULL)
			break;
		if ((rc = key_of(m, &v[i], &k, e)) != OK)
			break;
		where = k->name;
		if ((bad = k->why) == NULL)
			rc = dkim_check(m->scratch, mail, &v[i], k->record, &bad, e);
		ours |= span_eq_nocase(v[i].domain, span_str(m->p->domain));
	}
	if (rc != OK)
		return rc;
	m->n_unsigned += n == 0;
	if (bad == NULL && n != 0 && !ours)
		bad = "no signature is of the sender's domain";
	if (bad == NULL)
		return OK;
	m->n_bad++;
	if (m->first_bad == NULL &&
	    (m->first_bad = arena_printf(m->p->a, "%s%s%s in %s", where, where[0] != '\0' ? ": " : "", bad, file)) ==
	        NULL)
		return err_memory(e);
	return OK;
}

static enum errc mail_visit(void *ctx, const struct delivery *d, struct err *e)
{
	struct mails *m = ctx;
	struct err why = {0};
	span mail = SPAN_EMPTY;
	const char *wrong;
	enum errc rc;

	arena_reset(m->scratch);
	m->n++;
	deliver_keep(&m->kept, d);
	/* Only what two people approved is ours to read here; what lies there instead is not looked at. */
	if (mail_read(m->p->d, m->scratch, d, &mail, &why) != OK)
		wrong = "is not there as it was approved";
	else if ((rc = look(m, mail, &wrong, e)) != OK || (rc = signatures(m, mail, d->file, e)) != OK)
		return rc;
	m->n_wrong += wrong != NULL;
	if (wrong != NULL && m->first == NULL && (m->first = arena_printf(m->p->a, "%s %s", d->file, wrong)) == NULL)
		return err_memory(e);
	return OK;
}

static enum errc signed_row(struct mails *m, struct err *e)
{
	struct preflight *p = m->p;

	if (m->n_bad != 0)
		return preflight_row(p, "signatures", PREFLIGHT_FAILED,
		    m->n_unknown != 0
		        ? "see that the name server answers (case.yaml, network, dns_server), and check again: nothing is known of a key"
		        : "publish the keys as tocsin notify keys prints them; where the DNS is right, write the wave anew: tocsin notify write",
		    e, arena_printf(p->a, "%zu of %zu mails do not verify: %s", m->n_bad, m->n, m->first_bad));
	if (m->n_unsigned != 0 && p->d->config->dkim_mta && p->received != NULL)
		return preflight_received(p, p->received, e);
	if (m->n_unsigned != 0 && p->d->config->dkim_mta)
		return preflight_row(p, "signatures", PREFLIGHT_FAILED,
		    "send a mail from the sender's address through that server to a mailbox elsewhere, and give it as it arrived: tocsin notify preflight --received FILE",
		    e, "the mail server is to sign; whether it does cannot be seen from here");
	if (m->n_unsigned != 0)
		return preflight_row(p, "signatures", PREFLIGHT_FAILED,
		    "make the keys, publish them, and write the wave anew: tocsin notify keys; or say in case.yaml that the mail server signs, dkim: mta",
		    e, arena_printf(p->a, "%zu of %zu mails have no DKIM signature", m->n_unsigned, m->n));
	p->verified = true;
	return preflight_row(
	    p, "signatures", PREFLIGHT_PASSED, "", e, "every mail verifies with the keys in the DNS");
}

/* What a mail tells may have changed since it was written. It stays here; the others may leave. */
static enum errc due_row(struct mails *m, struct err *e)
{
	const struct deliver_kept *k = &m->kept;
	size_t n = k->n_overtaken + k->n_outdated + k->n_known + k->n_moved;

	return preflight_row(m->p, "still due", n == 0 ? PREFLIGHT_PASSED : PREFLIGHT_WARNED,
	    k->n_known != 0 ? "see tocsin notify status: withdraw what others of an organisation have, and plan again: tocsin notify withdraw, tocsin notify plan"
	        : "nothing, and the others leave; or tell anew what holds first: tocsin notify plan", e,
	    n == 0 ? "what the mails tell is what is due, and goes to contacts of today"
	        : arena_printf(m->p->a, "%zu of %zu will not leave: %zu tell what is no longer due, %zu that an earlier notice stands, %zu go to no contact of today",
	              n, m->n, k->n_outdated + k->n_known, k->n_overtaken, k->n_moved));
}

/* Who types an access code before its dossier is sealed finds nothing in the reading room. */
static enum errc codes_row(struct preflight *p, struct err *e)
{
	int64_t wave;
	enum errc rc = sealed_missing(p->d->store, &wave, e);

	return rc != OK ? rc : preflight_row(p, "access codes", wave == 0 ? PREFLIGHT_PASSED : PREFLIGHT_WARNED,
	    "seal what they open, and take it to the reading room, before they leave: tocsin notify seal", e,
	    wave == 0 ? "what they open is sealed" : arena_printf(p->a, "those of wave %lld open nothing: it is not sealed", (long long)wave));
}

enum errc preflight_mails(struct preflight *p, struct err *e)
{
	struct mails m = {.p = p};
	struct err why = {0};
	struct wave w;
	int64_t n_new;
	enum errc rc = wave_to_send(p->d, 0, &w, &why);

	if (rc == ERR_USAGE || rc == ERR_REFUSED)
		return preflight_row(p, "notices", PREFLIGHT_FAILED, "tocsin notify write", e, "no wave is written");
	if (rc != OK) {
		*e = why;
		return rc;
	}
	if ((rc = arena_new(&m.scratch, 16 * MIB, e)) != OK)
		return rc;
	if ((rc = deliveries_enlist(p->d->store, w.number, p->d->config->delivery.at_once, &n_new, e)) == OK &&
	    (rc = deliveries_compare(p->d->store, p->d->config->notify_mentioned, e)) == OK &&
	    (rc = deliveries_each(p->d->store, w.number, p->d->now_utc, mail_visit, &m, e)) == OK)
		rc = preflight_row(p, "notices", m.n_wrong == 0 && (m.n > 0 || w.by_hand == HAND_OVER_PERSON) ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
		    "the files must be what was approved, without link, attachment or the words of phishing: correct the template or the name, then plan, approve and write anew",
		    e,
		    m.n == 0 ? w.by_hand == HAND_OVER_PERSON ? "the wave was handed over by hand" : "the wave has no mail"
		        : m.n_wrong == 0
		        ? arena_printf(p->a, "%zu mails as approved, no link in any", m.n)
		        : arena_printf(p->a, "%zu of %zu are not fit to leave: %s", m.n_wrong, m.n, m.first));
	if (rc == OK && m.n != 0 && (rc = due_row(&m, e)) == OK)
		rc = signed_row(&m, e);
	if (rc == OK && m.n != 0 && p->d->config->sealed)
		rc = codes_row(p, e);
	arena_free(m.scratch);
	return rc;
}
