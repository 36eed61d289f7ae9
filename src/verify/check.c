#include "verify/private.h"

#include "base/clock.h"
#include "base/limits.h"
#include "mail/header.h"
#include "mail/mime.h"
#include "net/cms.h"
#include "net/dkim.h"
#include "proof/bundle.h"
#include "proof/statement.h"
#include "stream/json-read.h"

struct checker {
	struct arena *a;
	const struct verify_with *w;
	struct verify_result *out;
	struct message *m;
	span raw;                  /* with CRLF */
	span from, from_domain;
	const struct part *text, *json, *minisig, *p7s, *outer;
	span statement_line, signature_file;
	struct statement statement;
	bool taken_back[N_CHECKS]; /* what failed only says that the notice was withdrawn since */
	bool stated, unsaid; /* unsaid: the published log, or the list of withdrawn notices, is given and says nothing */
	struct err *e;
};

static void tell(struct checker *c, enum verify_check i, enum verify_outcome o, const char *why)
{
	c->out->check[i].outcome = o;
	c->out->check[i].why = why != NULL ? why : "out of memory";
}

/* A file may have been saved with either line end; what is signed has CRLF. */
static enum errc with_crlf(struct arena *a, span s, span *out, struct err *e)
{
	struct buf b;
	span line;
	enum errc rc;

	buf_init(&b, 2 * s.n + 2);
	while (span_line(&s, &line)) {
		buf_put(&b, line);
		buf_str(&b, "\r\n");
	}
	if ((rc = buf_check(&b, e)) == OK && (*out = arena_copy(a, buf_span(&b))).p == NULL)
		rc = err_memory(e);
	buf_free(&b);
	return rc;
}

/* A file as we attach it. What calls itself a text or a picture would be shown, and a signature's first line is signed by nobody. */
static bool is_named(const struct part *p, const char *ending)
{
	return span_starts(p->type, SPAN_LIT("application/")) && span_ends_nocase(p->filename, span_str(ending));
}

/* A field of MIME that is there twice: which one counts, each program says otherwise, and each sees other parts then. */
static bool reads_two_ways(const struct part *p)
{
	static const char *const once[] = {"Content-Type:", "Content-Transfer-Encoding:"};
	bool two = false;

	for (size_t i = 0; i < sizeof once / sizeof once[0] && !two; i++) {
		size_t n = 0;

		for (span rest = p->header, line; span_line(&rest, &line);) {
			span name = span_first(line, span_find_byte(line, ':'));

			n += span_eq_nocase(span_trim(name), span_first(span_str(once[i]), strlen(once[i]) - 1));
		}
		two = n > 1;
	}
	return two;
}

/* Do answers go to the sender's domain? Of all that stands in the header that is what a reader does next. */
static enum errc answers_to_sender(struct checker *c, bool *out)
{
	*out = true;
	for (const struct field *f = headers_get(&c->m->headers, "Reply-To"); f != NULL; f = headers_next(&c->m->headers, f)) {
		struct address_list list = {0};
		enum errc rc = header_addresses(c->a, f->value, c->m->headers.charset, &list, c->e);

		if (rc != OK)
			return rc;
		for (size_t i = 0; i < list.n; i++)
			*out = *out && span_eq_nocase(list.v[i].domain, c->from_domain);
	}
	return OK;
}

/* A notice has one From, a text, and besides it a statement, its signature and an S/MIME signature: nothing else. */
static enum errc check_form(struct checker *c)
{
	const struct field *f = headers_get(&c->m->headers, "From");
	struct address_list list = {0};
	size_t n_other = 0;
	bool two_ways = false, to_sender;
	enum errc rc;

	for (size_t i = 0; i < c->m->n_parts; i++) {
		const struct part *p = &c->m->parts[i];

		two_ways = two_ways || reads_two_ways(p);
		if (p->kind == PART_MULTIPART) {
			if (i == 0 && span_eq(p->type, SPAN_LIT("multipart/signed")))
				c->outer = p;
		} else if (p->kind != PART_LEAF || p->made || p->uuencoded || p->opened)
			n_other++; /* what lies within another part is shown by some programs, and signed by nobody where a signature brought it */
		else if (is_named(p, ".json") && c->json == NULL)
			c->json = p;
		else if (is_named(p, ".json.minisig") && c->minisig == NULL)
			c->minisig = p;
		else if (span_eq(p->type, SPAN_LIT("application/pkcs7-signature")) && c->p7s == NULL)
			c->p7s = p;
		else if (span_eq(p->type, SPAN_LIT("text/plain")) && c->text == NULL)
			c->text = p;
		else
			n_other++;
	}
	if (f != NULL && (rc = header_addresses(c->a, f->value, c->m->headers.charset, &list, c->e)) != OK)
		return rc;
	if (list.n == 1) {
		c->from = list.v[0].address;
		c->from_domain = list.v[0].domain;
		c->out->from = arena_cstr(c->a, c->from);
	}
	if ((rc = answers_to_sender(c, &to_sender)) != OK)
		return rc;
	if (list.n != 1 || headers_next(&c->m->headers, f) != NULL)
		tell(c, CHECK_FORM, VERIFY_FAIL, "it does not have one sender");
	else if (!to_sender)
		tell(c, CHECK_FORM, VERIFY_FAIL, "answers to it go to another domain than its sender's (Reply-To)");
	else if (span_eq(c->m->parts[0].type, SPAN_LIT("application/pkcs7-mime")))
		tell(c, CHECK_FORM, VERIFY_FAIL, "it is encrypted: have your mail program, or openssl cms -decrypt, open it, and verify what comes out");
	else if (span_eq(c->m->parts[0].type, SPAN_LIT("multipart/encrypted")))
		tell(c, CHECK_FORM, VERIFY_FAIL, "it is encrypted: have your mail program, or gpg --decrypt, open it, and verify what comes out");
	else if (c->text == NULL)
		tell(c, CHECK_FORM, VERIFY_FAIL, "it has no text");
	else if (n_other != 0)
		tell(c, CHECK_FORM, VERIFY_FAIL, "it has parts that no notice has");
	else if (two_ways)
		tell(c, CHECK_FORM, VERIFY_FAIL, "it says twice what a part of it is, so that mail programs show different things");
	else
		tell(c, CHECK_FORM, VERIFY_PASS, "one sender, one text");
	return OK;
}

/* A file of another kind, or a mail that was saved without its header. */
static bool is_no_mail(const struct message *m)
{
	static const char *const any[] = {"From", "To", "Date", "Message-ID"};

	for (size_t i = 0; i < sizeof any / sizeof any[0]; i++)
		if (headers_get(&m->headers, any[i]) != NULL)
			return false;
	return true;
}

/* Exactly what we write, so that nothing can be read in two ways. */
static enum errc read_statement(struct checker *c, bool *canonical)
{
	struct json_node *n = NULL;
	struct statement *s = &c->statement;
	struct buf b;
	enum errc rc = json_read_strict(c->a, c->statement_line, &n, c->e);

	*canonical = false;
	if (rc == ERR_EVIDENCE || rc == ERR_LIMIT)
		return OK;
	if (rc != OK)
		return rc;
	s->domain = json_text(json_member(n, "domain"));
	s->id = json_text(json_member(n, "id"));
	s->organisation = json_text(json_member(n, "organisation"));
	s->portal = json_text(json_member(n, "portal"));
	s->signer = json_text(json_member(n, "signer"));
	if (!time_parse(json_text(json_member(n, "issued")), &s->issued_utc) ||
	    !hex_read(json_text(json_member(n, "text_sha256")), s->text_sha256.b, DIGEST_SIZE))
		return OK;
	buf_init(&b, 65536);
	*canonical = statement_write(s, &b, NULL) == OK && span_eq(buf_span(&b), c->statement_line);
	buf_free(&b);
	c->out->id = arena_cstr(c->a, s->id);
	c->out->organisation = arena_cstr(c->a, s->organisation);
	c->out->domain = arena_cstr(c->a, s->domain);
	c->out->issued = arena_cstr(c->a, json_text(json_member(n, "issued")));
	return OK;
}

static enum errc check_text(struct checker *c)
{
	struct digest d;
	span text;
	unsigned problems = 0;
	bool canonical;
	enum errc rc;

	/* Without one it may be anybody's mail of that house: also that of an intruder in one of its mailboxes. */
	if (c->json == NULL || c->text == NULL) {
		tell(c, CHECK_TEXT, VERIFY_FAIL, "it carries no statement: it is no notice");
		return OK;
	}
	if ((rc = part_content(c->a, c->m, c->json, &c->statement_line, &problems, c->e)) != OK ||
	    (rc = part_content(c->a, c->m, c->text, &text, &problems, c->e)) != OK ||
	    (rc = read_statement(c, &canonical)) != OK || (rc = statement_text_digest(text, &d, c->e)) != OK)
		return rc;
	c->stated = canonical;
	if (!canonical)
		tell(c, CHECK_TEXT, VERIFY_FAIL, "what is attached is no statement of a notice");
	else if (memcmp(&d, &c->statement.text_sha256, sizeof d) != 0)
		tell(c, CHECK_TEXT, VERIFY_FAIL, "the text is not the one of the statement");
	else if (!span_eq_nocase(c->statement.domain, c->from_domain))
		tell(c, CHECK_TEXT, VERIFY_FAIL, "the statement is of another domain than the sender's");
	else
		tell(c, CHECK_TEXT, VERIFY_PASS, "the text is the one of the statement");
	return OK;
}

static enum errc check_published(struct checker *c, const struct bundle *b, const struct checkpoint *then, span origin)
{
	struct checkpoint now;
	struct digest leaf;
	struct err why = {0};
	enum errc rc;

	if (c->w->checkpoint.n == 0)
		return OK;
	if (b->salted)
		merkle_log_leaf(b->salt, c->statement_line, &leaf);
	else
		merkle_leaf(c->statement_line, &leaf);
	if ((rc = published_check(c->w, origin, &leaf, b->index, then, &now, &why)) == OK) {
		c->unsaid = false;
		tell(c, CHECK_PUBLISHED, VERIFY_PASS, arena_printf(c->a, "entry %llu of %llu", (unsigned long long)b->index + 1,
		    (unsigned long long)now.size));
		return OK;
	}
	c->unsaid = rc == ERR_REFUSED;
	tell(c, CHECK_PUBLISHED, rc == ERR_REFUSED ? VERIFY_NOT_CHECKED : VERIFY_FAIL, arena_cstr(c->a, span_str(why.text)));
	return OK;
}

static enum errc check_log(struct checker *c, const struct verify_key *k, span rest)
{
	struct checkpoint point;
	struct bundle b;
	struct buf origin;
	struct err why;
	enum errc rc;

	buf_init(&origin, 1024);
	statement_origin(c->statement.domain, &origin);
	if ((rc = bundle_read(rest, &b, &why)) == OK)
		rc = bundle_verify(&b, c->statement_line, buf_span(&origin), k->key, &point, &why);
	if (rc == OK)
		tell(c, CHECK_LOG, VERIFY_PASS, arena_printf(c->a, "entry %llu of %llu", (unsigned long long)b.index + 1,
		    (unsigned long long)point.size));
	else if (rc == ERR_EVIDENCE)
		tell(c, CHECK_LOG, VERIFY_FAIL, arena_cstr(c->a, span_str(why.text)));
	rc = rc == OK ? check_published(c, &b, &point, buf_span(&origin)) : rc == ERR_EVIDENCE ? OK : err_set(c->e, rc, "%s", why.text);
	buf_free(&origin);
	return rc;
}

static enum errc check_statement(struct checker *c)
{
	span keys = c->w->key, rest;
	struct verify_key k;
	struct err why = {0};
	unsigned problems = 0, n = 0;
	enum errc rc;

	if (c->w->key.n == 0)
		return OK;
	if ((c->unsaid = c->w->checkpoint.n != 0))
		tell(c, CHECK_PUBLISHED, VERIFY_NOT_CHECKED, "the notice does not say where in the published log it is");
	if (c->stated && c->minisig != NULL &&
	    (rc = part_content(c->a, c->m, c->minisig, &c->signature_file, &problems, c->e)) != OK)
		return rc;
	for (; key_next(&keys, &k); n++) {
		if (!c->stated || c->minisig == NULL)
			continue;
		if (minisign_verify(&k, c->statement_line, c->signature_file, NULL, &rest, &why) == OK) {
			tell(c, CHECK_STATEMENT, VERIFY_PASS, "signed with the key that was given");
			rest = c->w->proof.n != 0 ? c->w->proof : rest;
			return rest.n != 0 ? check_log(c, &k, rest) : OK;
		}
	}
	if (n == 0)
		return err_set(c->e, ERR_USAGE, "not a minisign public key");
	tell(c, CHECK_STATEMENT, VERIFY_FAIL, !c->stated || c->minisig == NULL ? "it has no signed statement" :
	    arena_cstr(c->a, span_str(why.text)));
	return OK;
}

/* Is it of the part `top`, however deep? What is not there is nowhere else. */
static bool is_within(const struct message *m, const struct part *p, const struct part *top)
{
	while (p != NULL && p != top)
		p = p->parent < m->n_parts ? &m->parts[p->parent] : NULL;
	return p != NULL;
}

static bool is_covered(const struct checker *c, const struct part *p, const struct part *entity)
{
	return p == NULL || is_within(c->m, p, entity);
}

/*
 * The signed entity is the first of exactly two parts of multipart/signed, as it stands between the delimiters (RFC 1847 2.1). Anybody on
 * the way can put more beside it: of that, and of what lies elsewhere, the signature says nothing.
 */
static const struct part *signed_entity(struct checker *c, const char **why)
{
	const struct part *child[2] = {NULL, NULL};
	size_t n = 0;

	for (size_t i = 1; i < c->m->n_parts && c->outer != NULL; i++)
		if (c->m->parts[i].parent == 0 && n++ < 2)
			child[n - 1] = &c->m->parts[i];
	if (c->outer == NULL || c->p7s == NULL || n < 2)
		*why = "it has no S/MIME signature";
	else if (n > 2)
		*why = "beside what is signed and its signature there are other parts, which nobody signed";
	else if (c->p7s != child[1])
		*why = "its S/MIME signature does not stand behind what is signed";
	else if (!is_covered(c, c->text, child[0]) || !is_covered(c, c->json, child[0]) || !is_covered(c, c->minisig, child[0]))
		*why = "its text or its statement is not in the part that is signed";
	else
		*why = NULL;
	return *why == NULL ? child[0] : NULL;
}

static enum errc check_smime(struct checker *c)
{
	const struct part *first;
	struct cms_signer s;
	const char *why;
	unsigned problems = 0;
	span der, entity;
	bool ours = false;
	enum errc rc;

	if (c->w->ca.n == 0)
		return OK;
	if ((first = signed_entity(c, &why)) == NULL) {
		tell(c, CHECK_SMIME, VERIFY_FAIL, why);
		return OK;
	}
	entity = span_of(first->header.p, (size_t)(first->body.p + first->body.n - first->header.p));
	if ((rc = part_content(c->a, c->m, c->p7s, &der, &problems, c->e)) != OK ||
	    (rc = cms_check(c->a, der, entity, c->w->ca, &s, &why, c->e)) != OK)
		return rc;
	for (size_t i = 0; why == NULL && i < s.addresses.n; i++)
		ours = ours || span_eq_nocase(span_str(s.addresses.v[i]), c->from);
	if (why != NULL)
		tell(c, CHECK_SMIME, VERIFY_FAIL, why);
	else if (!ours)
		tell(c, CHECK_SMIME, VERIFY_FAIL, "the certificate is not for the sender's address");
	else
		tell(c, CHECK_SMIME, VERIFY_PASS, arena_printf(c->a, "signed by %s", s.name));
	return OK;
}

/* "name. IN TXT ..." or "name TXT ..." */
static bool is_record_of(span line, span name)
{
	span rest = span_from(line, name.n);

	if (!span_starts_nocase(line, name))
		return false;
	if (rest.n != 0 && rest.p[0] == '.')
		rest = span_from(rest, 1);
	return rest.n == 0 || ascii_is_space(rest.p[0]);
}

/* The text of a record in lines of a zone file: its quoted strings joined. */
static enum errc record_of(struct checker *c, span zone, const char *name, span *out)
{
	span rest = zone, line;
	struct buf b;

	*out = SPAN_EMPTY;
	if (name == NULL)
		return err_memory(c->e);
	while (out->n == 0 && span_line(&rest, &line)) {
		if (!is_record_of(line, span_str(name)))
			continue;
		buf_init(&b, 65536);
		for (size_t open = span_find_byte(line, '"'); open < line.n; open = span_find_byte(line, '"')) {
			size_t n;

			line = span_from(line, open + 1);
			n = span_find_byte(line, '"');
			buf_put(&b, span_first(line, n));
			line = span_from(line, n + 1);
		}
		*out = arena_copy(c->a, buf_span(&b));
		buf_free(&b);
		if (out->p == NULL)
			return err_memory(c->e);
	}
	return OK;
}

static const char *selector_name(struct checker *c, const struct dkim_signature *s)
{
	return arena_printf(c->a, "%.*s._domainkey.%.*s", (int)s->selector.n, (const char *)s->selector.p, (int)s->domain.n,
	    (const char *)s->domain.p);
}

/* For who looks them up. */
static enum errc name_selectors(struct checker *c)
{
	struct dkim_signature *v;
	size_t n;
	struct buf b;
	enum errc rc = dkim_signatures(c->a, c->raw, &v, &n, c->e);

	if (rc != OK)
		return rc == ERR_LIMIT ? OK : rc;
	buf_init(&b, 65536);
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(v[i].domain, c->from_domain) && v[i].selector.n + v[i].domain.n < 240) {
			buf_str(&b, selector_name(c, &v[i]));
			buf_byte(&b, '\n');
		}
	c->out->selectors = arena_cstr(c->a, buf_span(&b));
	buf_free(&b);
	return c->out->selectors != NULL ? OK : err_memory(c->e);
}

/* "v=TN1; h=sha256:DIGEST", of the statement; then perhaps "; s=withdrawn". It refutes, and alone proves nothing. */
static enum errc check_dns(struct checker *c)
{
	char hex[DIGEST_HEX];
	struct digest d;
	span record;
	const char *want;
	enum errc rc;

	if (c->w->dns.n == 0 || !c->stated)
		return OK;
	if ((rc = record_of(c, c->w->dns, arena_printf(c->a, "%.*s._notice.%.*s", (int)c->statement.id.n,
	    (const char *)c->statement.id.p, (int)c->statement.domain.n, (const char *)c->statement.domain.p), &record)) != OK)
		return rc;
	if (record.n == 0)
		return OK;
	sha256_of(c->statement_line, &d);
	if ((want = arena_printf(c->a, "v=TN1; h=sha256:%s", digest_hex(&d, hex))) == NULL)
		return err_memory(c->e);
	if (span_eq(record, span_str(want)))
		tell(c, CHECK_DNS, VERIFY_PASS, "the sender's DNS has this notice");
	else if (span_starts(record, span_str(want)) && span_eq(span_from(record, strlen(want)), SPAN_LIT("; s=withdrawn"))) {
		c->taken_back[CHECK_DNS] = true;
		tell(c, CHECK_DNS, VERIFY_FAIL, "the sender's DNS says that this notice is withdrawn");
	} else
		tell(c, CHECK_DNS, VERIFY_FAIL, "the sender's DNS has another notice of this number");
	return OK;
}

/*
 * Signatures of other domains are none of the sender's. Beside one that holds, another that does not says nothing (RFC 6376 6.1): anybody
 * on the way can add it.
 */
static enum errc check_dkim(struct checker *c)
{
	struct dkim_signature *v;
	size_t n;
	enum errc rc;

	if (c->w->dkim.n == 0)
		return OK;
	if ((rc = dkim_signatures(c->a, c->raw, &v, &n, c->e)) == ERR_LIMIT) {
		tell(c, CHECK_DKIM_RSA, VERIFY_FAIL, "it has more DKIM signatures than any mail needs");
		return OK;
	}
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < n; i++) {
		enum verify_check which = v[i].algorithm == DKIM_RSA ? CHECK_DKIM_RSA : CHECK_DKIM_ED25519;
		const char *why;
		span record;

		if (!span_eq_nocase(v[i].domain, c->from_domain))
			continue;
		if ((rc = record_of(c, c->w->dkim, selector_name(c, &v[i]), &record)) != OK)
			return rc;
		if (record.n == 0)
			continue;
		if ((rc = dkim_check(c->a, c->raw, &v[i], record, &why, c->e)) != OK)
			return rc;
		if (why == NULL)
			tell(c, which, VERIFY_PASS, arena_printf(c->a, "signed by %.*s", (int)v[i].domain.n, (const char *)v[i].domain.p));
		else if (c->out->check[which].outcome != VERIFY_PASS)
			tell(c, which, VERIFY_FAIL, why);
	}
	if (c->out->check[CHECK_DKIM_RSA].outcome == VERIFY_NOT_CHECKED &&
	    c->out->check[CHECK_DKIM_ED25519].outcome == VERIFY_NOT_CHECKED)
		tell(c, CHECK_DKIM_RSA, VERIFY_FAIL, "it has no DKIM signature by the keys that were given");
	return OK;
}

/*
 * The list is a signed note of the log's keeper: "origin/withdrawn", the day on which it was made, then a line a notice that begins
 * with its number. One by a key that was not given says nothing, and the notice is not called genuine beside it.
 */
static enum errc check_withdrawn(struct checker *c)
{
	span keys = c->w->key, text, line, as_of = SPAN_EMPTY;
	struct verify_key k;
	struct buf name;
	struct err why;
	enum errc rc = ERR_EVIDENCE;

	if (c->w->withdrawn.n == 0 || c->w->key.n == 0 || !c->stated)
		return OK;
	buf_init(&name, 1024);
	statement_origin(c->statement.domain, &name);
	buf_str(&name, "/withdrawn");
	while (rc != OK && key_next(&keys, &k))
		rc = note_verify(c->w->withdrawn, buf_span(&name), k.key, &text, &why);
	buf_free(&name);
	if (rc != OK) {
		c->unsaid = true;
		tell(c, CHECK_WITHDRAWN, VERIFY_NOT_CHECKED, "the list of withdrawn notices is not signed by a key that was given");
		return OK;
	}
	while (span_line(&text, &line)) {
		if (span_starts(line, SPAN_LIT("withdrawn as of ")))
			as_of = span_from(line, 16);
		if (c->statement.id.n != 0 && span_starts(line, c->statement.id) && (line.n == c->statement.id.n || line.p[c->statement.id.n] == ' ')) {
			c->taken_back[CHECK_WITHDRAWN] = true;
			c->out->withdrawn_on = arena_cstr(c->a, span_trim(span_from(line, c->statement.id.n)));
			tell(c, CHECK_WITHDRAWN, VERIFY_FAIL, "the sender has withdrawn this notice");
			return c->out->withdrawn_on != NULL ? OK : err_memory(c->e);
		}
	}
	c->out->listed = arena_cstr(c->a, as_of);
	tell(c, CHECK_WITHDRAWN, VERIFY_PASS, arena_printf(c->a, "not on the list of %.*s: a newer one may say otherwise", (int)as_of.n,
	    as_of.n != 0 ? (const char *)as_of.p : ""));
	return OK;
}

enum errc notice_check(struct arena *a, const struct verify_with *w, struct verify_result *out, struct err *e)
{
	struct checker c = {.a = a, .w = w, .out = out, .e = e};
	bool proved;
	enum errc rc;

	*out = (struct verify_result){.id = "", .organisation = "", .domain = "", .issued = "", .from = "", .listed = "", .selectors = "", .withdrawn_on = ""};
	for (size_t i = 0; i < N_CHECKS; i++)
		out->check[i].why = "not checked";
	if ((rc = with_crlf(a, w->mail, &c.raw, e)) != OK || (rc = mime_parse(a, c.raw, false, &c.m, e)) != OK || (out->no_mail = is_no_mail(c.m)))
		return rc;
	if ((rc = check_form(&c)) != OK || (rc = check_text(&c)) != OK || (rc = check_statement(&c)) != OK ||
	    (rc = check_smime(&c)) != OK || (rc = name_selectors(&c)) != OK || (rc = check_dkim(&c)) != OK || (rc = check_dns(&c)) != OK || (rc = check_withdrawn(&c)) != OK)
		return rc;
	if (out->id == NULL || out->organisation == NULL || out->domain == NULL || out->issued == NULL || out->from == NULL || out->listed == NULL)
		return err_memory(e);
	for (size_t i = 0; i < N_CHECKS; i++) {
		out->refuted = out->refuted || (out->check[i].outcome == VERIFY_FAIL && !c.taken_back[i]);
		out->withdrawn = out->withdrawn || c.taken_back[i];
	}
	/*
	 * The statement's signature is made with the key of notices, S/MIME's with that of their sender. A DKIM signature is made by the
	 * mail server for whoever sends through it, an intruder in a mailbox of that house included: it refutes, and proves no notice.
	 */
	proved = out->check[CHECK_STATEMENT].outcome == VERIFY_PASS || out->check[CHECK_SMIME].outcome == VERIFY_PASS;
	/* What the sender took back was his: who is told that it is none takes it for a forgery. Without a proof it may be one. */
	out->withdrawn = out->withdrawn && !out->refuted && proved && c.stated;
	out->refuted = out->refuted || (!out->withdrawn && (c.taken_back[CHECK_DNS] || c.taken_back[CHECK_WITHDRAWN]));
	out->genuine = proved && c.stated && !out->refuted && !out->withdrawn && !c.unsaid;
	return OK;
}
