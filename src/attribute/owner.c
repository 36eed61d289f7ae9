/* Mentions of organisations in a message, and whose its secrets are, out of what a worker told. */
#include "attribute/private.h"
#include "base/utf8.h"

/* A file's ending that is a country's domain, too: "deploy.sh" beside a secret is no host. */
static bool is_file_name(span host)
{
	static const char *const endings[] = {".py", ".sh", ".md", ".rs", ".pl", ".ps", ".so", ".zip", ".mov", ".cc", ".ml",
	    ".st", ".as", ".hs", ".mk", ".la", ".tm", ".pm", ".sc", ".vi"};
	size_t dots = 0;

	for (size_t i = 0; i < host.n; i++)
		dots += host.p[i] == '.';
	for (size_t i = 0; dots == 1 && i < sizeof endings / sizeof *endings; i++)
		if (span_ends_nocase(host, span_str(endings[i])))
			return true;
	return false;
}

/* On one line and valid, for a ground. */
static const char *shown(struct arena *a, span s)
{
	struct buf b;
	const char *out;

	buf_init(&b, 4096);
	utf8_show(&b, s);
	out = b.failed ? NULL : arena_cstr(a, buf_span(&b));
	buf_free(&b);
	return out;
}

/* ---- mentions ----------------------------------------------------------------------------------------------- */

/* The organisation that a mention names; *id 0 when none that counts. derived: may it be one that nobody listed? *sure: less by a name alone. */
static enum errc mentioned_org(struct keeper *k, const struct told_mention *t, bool derived, int64_t *id, enum certainty *sure, struct err *e)
{
	struct whose_is *is;

	*id = 0;
	*sure = CERTAINTY_MEDIUM;
	if (t->kind == MENTION_NAME)
		return t->org < directory_size(k->directory) ? org_id_listed(k, t->org, id, e) : OK;
	is = t->kind == MENTION_HOST ? domains_host(k->domains, t->text) : domains_address(k->domains, t->text);
	if (is == NULL)
		return err_memory(e);
	switch (is->whose) {
	case WHOSE_OURS:
	case WHOSE_LISTED:
	case WHOSE_CONFLICT:
		*sure = CERTAINTY_HIGH;
		return org_id(k, is, id, e);
	case WHOSE_DERIVED:
		*sure = CERTAINTY_HIGH;
		return derived ? org_id(k, is, id, e) : OK;
	case WHOSE_INFRASTRUCTURE:
		return is->tenant ? org_id_listed(k, is->org, id, e) : OK;
	case WHOSE_NOBODY:
	case WHOSE_PERSON:
		break;
	}
	return OK;
}

static const char *ground_of(struct arena *a, const struct told_mention *t, const char *behind)
{
	const char *text = shown(a, t->text);

	if (text == NULL)
		return NULL;
	switch (t->kind) {
	case MENTION_NAME:
		return arena_printf(a, "name \"%s\"%s", text, behind);
	case MENTION_HOST:
		return arena_printf(a, "host %s%s", text, behind);
	case MENTION_ADDRESS:
		return arena_printf(a, "address %s%s", text, behind);
	case MENTION_QUOTED:
		return arena_printf(a, "quoted header with %s%s", text, behind);
	}
	return NULL;
}

static const char *place_of(struct arena *a, span path, uint64_t at_byte)
{
	const char *p = shown(a, path);

	return p == NULL ? NULL : span_eq(path, SPAN_LIT("Subject")) ? p : arena_printf(a, "%s:%llu", p, (unsigned long long)at_byte);
}

static enum errc add_mention(struct keeper *k, const struct mail_row *m, const struct told_mention *t, struct gathered *g,
    struct err *e)
{
	struct link_row l = {.message_id = m->id, .role = LINK_MENTIONED, .why_not = "", .counts = true};
	enum errc rc = mentioned_org(k, t, t->kind != MENTION_HOST, &l.org_id, &l.certainty, e);

	if (rc != OK || l.org_id == 0 || l.org_id == k->ourselves_id || links_have(&g->links, l.org_id))
		return rc;
	l.ground = ground_of(k->scratch, t, "");
	l.at = place_of(k->scratch, t->path, t->at_byte);
	if (l.ground == NULL || l.at == NULL)
		return err_memory(e);
	if (g->why_bulk != NULL || !k->config->notify_mentioned) {
		l.counts = false;
		l.why_not = g->why_bulk != NULL ? g->why_bulk : "policy: who is only mentioned is not told";
	}
	return links_add(k->scratch, &g->links, &l, e);
}

/* ---- owners ------------------------------------------------------------------------------------------------- */

static enum errc add_owner(struct keeper *k, const struct mail_row *m, const struct finding_row *f, int64_t org,
    enum certainty certainty, const char *ground, struct gathered *g, struct err *e)
{
	struct link_row l = {.message_id = m->id, .org_id = org, .role = LINK_OWNER, .certainty = certainty, .counts = true,
	    .ground = ground, .why_not = "", .at = place_of(k->scratch, span_str(f->path), f->at_byte)};
	enum errc rc;

	if (ground == NULL || l.at == NULL)
		return err_memory(e);
	if ((rc = orgs_owner(k->store, f->exposure_id, org, ground, e)) != OK)
		return rc;
	return links_add(k->scratch, &g->links, &l, e);
}

/* The host or account that scan found with the secret. */
static struct told_mention found_with(const struct finding_row *f)
{
	span name = span_str(f->host);
	bool account = span_find_byte(name, '@') < name.n;
	size_t scheme = span_find(name, SPAN_LIT("://"));

	if (scheme < name.n)
		name = span_from(name, scheme + 3);
	name = span_first(name, span_find_byte(name, '/'));
	return (struct told_mention){.kind = account ? MENTION_ADDRESS : MENTION_HOST,
	    .text = account ? name : span_first(name, span_find_byte(name, ':'))};
}

/* By what found_with says. *done when that settled it. */
static enum errc owner_by_host(struct keeper *k, const struct mail_row *m, const struct finding_row *f,
    struct gathered *g, bool *done, struct err *e)
{
	const struct told_mention t = found_with(f);
	bool account = t.kind == MENTION_ADDRESS;
	enum certainty sure;
	int64_t id = 0;
	enum errc rc;

	*done = false;
	if (t.text.n == 0 || (!account && is_file_name(t.text)))
		return OK;
	/* What a rule takes for the account of a password is no host, though it be spelled as one below a domain that there is ("anna.weber"). */
	if ((rc = mentioned_org(k, &t, account || strcmp(f->class, "username_password") != 0, &id, &sure, e)) != OK || id == 0)
		return rc;
	*done = true;
	return add_owner(k, m, f, id, sure, arena_printf(k->scratch, "%s %s beside it", account ? "account" : "host",
	    f->host), g, e);
}

/* Not beside it, but over all that stands there. */
static bool is_overhead(enum told_where where) { return where == TOLD_SUBJECT || where == TOLD_FILE || where == TOLD_SHEET; }

static enum errc owner_by_mention(struct keeper *k, const struct mail_row *m, const struct finding_row *f,
    const struct told_mention *t, struct gathered *g, bool *done, struct err *e)
{
	static const char *const behind[] = {[TOLD_BESIDE] = " beside it", [TOLD_TITLE] = " in the title above it",
	    [TOLD_FIELD] = " in the field below it", [TOLD_CELL] = " in the cell above it", [TOLD_FILE] = " in the file's name",
	    [TOLD_SHEET] = " in the sheet's name", [TOLD_SUBJECT] = " in the subject", [TOLD_TOO] = " together with another beside it"};
	enum certainty sure;
	int64_t id = 0;
	enum errc rc;

	if (t->kind == MENTION_HOST && is_file_name(t->text))
		return OK;
	if (t->weak && (t->org >= directory_size(k->directory) || k->org_ids[t->org] == 0 ||
	    !links_have(&g->links, k->org_ids[t->org])))
		return OK;
	if ((rc = mentioned_org(k, t, true, &id, &sure, e)) != OK || id == 0)
		return rc;
	*done = true;
	return add_owner(k, m, f, id, is_overhead(t->where) ? CERTAINTY_LOW : t->kind == MENTION_HOST ? sure : CERTAINTY_MEDIUM,
	    ground_of(k->scratch, t, behind[t->where]), g, e);
}

/*
 * The organisation in the quoted header that it stands below: the only one, or, of several, who wrote it, where that is not ourselves; 0
 * where there is none, or a private person. The header is told from its end, so that who wrote is last.
 */
static enum errc quoted_with(struct keeper *k, struct cursor beside, size_t secret, int64_t *only, bool *wrote, struct err *e)
{
	struct told_mention t;
	enum errc rc = OK;
	bool several = false;

	*only = 0;
	*wrote = false;
	while (rc == OK && told_get(&beside, &t) && t.secret == secret) {
		struct whose_is *is;
		int64_t id;

		if (t.where != TOLD_QUOTED)
			continue;
		if ((is = domains_address(k->domains, t.text)) == NULL)
			return err_memory(e);
		*wrote = is->whose != WHOSE_OURS;
		if (is->whose == WHOSE_OURS || is->whose == WHOSE_NOBODY)
			continue;
		if (is->whose == WHOSE_PERSON || (rc = org_id(k, is, &id, e)) != OK) {
			*only = 0;
			return rc;
		}
		several |= *only != 0 && *only != id;
		*only = id;
	}
	if (several && !*wrote)
		*only = 0;
	return rc;
}

/* Automatic mail that is nothing else: "Your temporary password", to one person. */
static bool is_robots(const struct mail_row *m)
{
	return (m->traits & (TRAIT_AUTOMATIC | TRAIT_JUNK | TRAIT_BULK | TRAIT_LIST)) == TRAIT_AUTOMATIC;
}

#define SEVERAL (-1)

/* The one organisation that the mail was exchanged with, or that sent it; 0: none. */
static int64_t only_party(const struct links *links, bool senders)
{
	int64_t only = 0;

	for (size_t i = 0; i < links->n; i++) {
		const struct link_row *l = &links->v[i];
		bool party = l->role == LINK_SENDER || (!senders && (l->role == LINK_RECIPIENT || l->role == LINK_BULK));

		if (!party || l->org_id == only || l->ground != strstr(l->ground, l->at))
			continue; /* a carrier's party has "carried in ..." before the header's name */
		if (only != 0)
			return SEVERAL;
		only = l->org_id;
	}
	return only;
}

/*
 * Nothing beside it says whose it is: then it is of the one organisation that the mail was exchanged with, or, of several, of the one
 * that sent it; in mail among ourselves of the one that the mail quoted there was exchanged with, or ours. Where somebody else passed it
 * on, it may be of either. Nobody learns by this of a message that is not theirs already, but for what they wrote or got themselves.
 */
static enum errc owner_by_correspondence(struct keeper *k, const struct mail_row *m, const struct finding_row *f, struct cursor beside, size_t secret,
    struct gathered *g, struct err *e)
{
	const char *ground = GROUND_WITH_THEM;
	int64_t only, quoted;
	bool wrote;
	enum errc rc;

	if ((g->why_bulk != NULL && !is_robots(m)) || g->persons)
		return OK;
	if ((only = only_party(&g->links, false)) == SEVERAL) {
		if ((only = only_party(&g->links, true)) == 0 || only == SEVERAL)
			return OK;
		ground = GROUND_SENT;
	}
	if (only == 0 && g->ours.n == 0)
		return OK;
	if ((rc = quoted_with(k, beside, secret, &quoted, &wrote, e)) != OK)
		return rc;
	if (quoted != 0 && (only == 0 || (wrote && quoted != only)) &&
	    (rc = add_owner(k, m, f, quoted, CERTAINTY_LOW, wrote ? GROUND_WROTE : GROUND_QUOTED, g, e)) != OK)
		return rc;
	if (only != 0)
		return add_owner(k, m, f, only, CERTAINTY_LOW, ground, g, e);
	return g->why_bulk != NULL || quoted != 0 ? OK : add_owner(k, m, f, k->ourselves_id, CERTAINTY_LOW, GROUND_AMONG_US, g, e);
}

/* Of a secret that is not quoted: TOLD_OWN_WORDS or TOLD_CALLED_OURS; else TOLD_QUOTED. */
static enum told_where words_of(struct cursor beside, size_t secret)
{
	struct told_mention t;

	while (told_get(&beside, &t) && t.secret == secret)
		if (t.where == TOLD_OWN_WORDS || t.where == TOLD_CALLED_OURS)
			return t.where;
	return TOLD_QUOTED;
}

/*
 * Data about people, and accounts, in mail that we wrote, with nothing beside them: they may be ours or theirs who got it, and each is to
 * look; but ours alone where the mail calls them so. A password called so may be either's.
 */
static enum errc owner_of_our_words(struct keeper *k, const struct mail_row *m, const struct finding_row *f, struct cursor beside, size_t secret,
    struct gathered *g, struct err *e)
{
	enum told_where words = words_of(beside, secret);
	bool personal = class_is_personal(f->class), called = words == TOLD_CALLED_OURS;
	const char *ground = called ? GROUND_CALLED_OURS : GROUND_FROM_US;
	size_t n = g->links.n;
	int64_t quoted;
	bool wrote;
	enum errc rc;

	if (!g->from_us || g->why_bulk != NULL || words == TOLD_QUOTED || (!personal && !called) || (n == 0 && !g->persons))
		return OK;
	/* below the header of somebody's mail: their words, though no ">" says so */
	if ((rc = quoted_with(k, beside, secret, &quoted, &wrote, e)) != OK || wrote)
		return rc;
	rc = add_owner(k, m, f, k->ourselves_id, CERTAINTY_LOW, ground, g, e);
	for (size_t i = 0; i < n && rc == OK && personal && !called; i++)
		if (g->links.v[i].role == LINK_RECIPIENT)
			rc = add_owner(k, m, f, g->links.v[i].org_id, CERTAINTY_LOW, ground, g, e);
	return rc;
}

/*
 * Is what the worker found nearest to the secret a name, in its line or in a heading? Then a host further off does not count. Nor does an
 * account where that is a host: ours at a portal of theirs is theirs to reset.
 */
static bool is_nearer(struct cursor beside, span host)
{
	struct told_mention t;

	return told_get(&beside, &t) && !is_overhead(t.where) &&
	    ((t.kind == MENTION_NAME && !t.weak) || (t.kind == MENTION_HOST && span_find_byte(host, '@') < host.n));
}

/* Does a title, the field at the block's end, or a cell that stands for one, name somebody of the directory? That is whose the block is, before a host in it that nobody listed. */
static bool is_titled(struct cursor beside, size_t secret)
{
	struct told_mention t;

	while (told_get(&beside, &t) && t.secret == secret)
		if ((t.where == TOLD_TITLE || t.where == TOLD_FIELD || t.where == TOLD_CELL) && t.kind == MENTION_NAME && !t.weak && t.org != 0)
			return true;
	return false;
}

static bool is_listed(struct keeper *k, const struct told_mention *t)
{
	const struct whose_is *is = t->kind == MENTION_HOST ? domains_host(k->domains, t->text) : NULL;

	return is == NULL || is->whose != WHOSE_DERIVED;
}

/* beside: what the worker told of secret i and those behind it; empty when nothing. */
static enum errc owner_by_place(struct keeper *k, const struct mail_row *m, struct cursor beside, size_t i, struct gathered *g,
    bool *done, struct err *e)
{
	const struct finding_row *f = &m->findings[i];
	bool personal = class_is_personal(f->class), host = *f->host != '\0', titled = is_titled(beside, i), late = !personal && is_nearer(beside, span_str(f->host));
	struct told_mention t = found_with(f);
	enum errc rc = OK;

	late = late || (titled && !is_listed(k, &t));
	if (host && !late)
		rc = owner_by_host(k, m, f, g, done, e);
	while (rc == OK && !personal && told_get(&beside, &t) && t.secret == i && t.where != TOLD_QUOTED && (!*done || t.where == TOLD_TOO))
		if (!titled || is_listed(k, &t))
			rc = owner_by_mention(k, m, f, &t, g, done, e);
	if (rc == OK && host && late && !*done)
		rc = owner_by_host(k, m, f, g, done, e);
	return rc;
}

enum errc owner_find(struct keeper *k, const struct mail_row *m, span result, struct gathered *g, struct err *e)
{
	struct cursor c = cursor_of(result), before = c, *beside = arena_zero(k->scratch, m->n_findings, sizeof *beside);
	struct told_mention t;
	enum errc rc = OK;

	if (beside == NULL)
		return err_memory(e);
	/* What a weak name needs besides it is a link already, so it adds none. */
	for (; rc == OK && told_get(&c, &t); before = c)
		if (t.secret == SECRET_NONE && !t.weak)
			rc = add_mention(k, m, &t, g, e);
		else if (t.secret < m->n_findings && beside[t.secret].rest.n == 0)
			beside[t.secret] = before;
	if (c.bad)
		return err_set(e, ERR_EVIDENCE, "the worker's answer is damaged");
	for (size_t i = 0; i < m->n_findings && rc == OK; i++) {
		bool done = false;

		rc = owner_by_place(k, m, beside[i], i, g, &done, e);
		if (rc == OK && !done && !class_is_personal(m->findings[i].class))
			rc = owner_by_correspondence(k, m, &m->findings[i], beside[i], i, g, e);
		if (rc == OK && !done)
			rc = owner_of_our_words(k, m, &m->findings[i], beside[i], i, g, e);
	}
	return rc;
}
