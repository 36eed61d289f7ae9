/* Who the intruder is: the actor file as predicates, and what they say of one record. */
#include "base/clock.h"
#include "base/yaml.h"
#include "scope/private.h"

/* In the order of precedence: what names one session before what names many. */
enum test { TEST_ALL, TEST_ANY, TEST_NOT, TEST_UNIQUE_TOKEN, TEST_AAD_SESSION, TEST_SESSION, TEST_TOKEN_OBJECT, TEST_APP, TEST_CLIENT_APP,
	TEST_SERVICE_PRINCIPAL, TEST_USER_AGENT, TEST_IP, TEST_TIME, TEST_USER, TEST_MAILBOX };

struct predicate {
	enum test test;
	enum certainty confidence;   /* 0: that of the actor */
	span text;
	struct ip_prefix ip;
	int64_t from, to;
	const struct predicate *first, *next;
};

static const struct { const char *key; enum test test; } keys[] = {
    {"all", TEST_ALL}, {"any", TEST_ANY}, {"not", TEST_NOT}, {"unique_token_id", TEST_UNIQUE_TOKEN},
    {"aad_session_id", TEST_AAD_SESSION}, {"session_id", TEST_SESSION}, {"token_object_id", TEST_TOKEN_OBJECT},
    {"app_id", TEST_APP}, {"client_app_id", TEST_CLIENT_APP}, {"service_principal", TEST_SERVICE_PRINCIPAL},
    {"user_agent", TEST_USER_AGENT}, {"client_info", TEST_USER_AGENT}, {"ip", TEST_IP}, {"time", TEST_TIME},
    {"user", TEST_USER}, {"mailbox", TEST_MAILBOX}};

/* ---- reading ---- */

struct reading { struct arena *a; struct err *e; };

static enum errc from_to(const struct yaml *y, int64_t *from, int64_t *to, struct err *e)
{
	enum errc rc = yaml_time(y, "from", time_parse, from, e);

	if (rc != OK || (rc = yaml_time(y, "to", time_parse_end, to, e)) != OK)
		return rc;
	return *from != TIME_NONE && *to != TIME_NONE && *from > *to ? yaml_err(y, e, "from is after to") : OK;
}

static enum errc confidence_of(const struct yaml *y, enum certainty *out, struct err *e)
{
	const struct yaml *v = yaml_get(y, "confidence");
	char word[16] = "";

	if (v == NULL)
		return OK;
	if (v->kind == YAML_SCALAR && v->text.n < sizeof word)
		memcpy(word, v->text.p, v->text.n);
	*out = (enum certainty)certainty_of(word);
	return *out == 0 ? yaml_err(v, e, "confidence wants low, medium or high") : OK;
}

static enum errc read_test(struct reading *r, const struct yaml *y, enum test test, struct predicate *out);

static struct predicate *predicate_new(struct reading *r) { return arena_zero(r->a, 1, sizeof(struct predicate)); }

/* A map: all of its members, with a confidence of its own. */
static enum errc read_map(struct reading *r, const struct yaml *y, struct predicate *out, bool top)
{
	static const char *const of_actor[] = {"name", "confidence", NULL};
	const struct predicate **tail = &out->first;
	enum errc rc;

	out->test = TEST_ALL;
	if (y->kind != YAML_MAP)
		return yaml_err(y, r->e, "a predicate is a map: app_id: ..., ip: ..., any: [...]");
	if ((rc = confidence_of(y, &out->confidence, r->e)) != OK)
		return rc;
	for (const struct yaml *c = y->first; c != NULL; c = c->next) {
		struct predicate *p;
		size_t k = 0;

		if (span_eq(c->key, span_str(of_actor[1])) || (top && span_eq(c->key, span_str(of_actor[0]))))
			continue;
		while (k < sizeof keys / sizeof *keys && !span_eq(c->key, span_str(keys[k].key)))
			k++;
		if (k == sizeof keys / sizeof *keys)
			return yaml_err(c, r->e, "there is no predicate \"%.*s\"", (int)(c->key.n < 60 ? c->key.n : 60), (const char *)c->key.p);
		if ((p = predicate_new(r)) == NULL)
			return err_memory(r->e);
		if ((rc = read_test(r, c, keys[k].test, p)) != OK)
			return rc;
		*tail = p;
		tail = &p->next;
	}
	return out->first == NULL ? yaml_err(y, r->e, "a predicate that asks for nothing would hold for everybody") : OK;
}

static enum errc read_list(struct reading *r, const struct yaml *y, enum test of, enum test each, struct predicate *out)
{
	const struct predicate **tail = &out->first;
	enum errc rc;

	out->test = of;
	for (const struct yaml *c = y->first; c != NULL; c = c->next) {
		struct predicate *p = predicate_new(r);

		if (p == NULL)
			return err_memory(r->e);
		rc = each == TEST_ALL ? read_map(r, c, p, false) : read_test(r, c, each, p);
		if (rc != OK)
			return rc;
		*tail = p;
		tail = &p->next;
	}
	return out->first == NULL ? yaml_err(y, r->e, "an empty list says nothing") : OK;
}

static enum errc read_test(struct reading *r, const struct yaml *y, enum test test, struct predicate *out)
{
	static const char *const in_time[] = {"from", "to", NULL};
	struct predicate *p;
	enum errc rc;

	out->test = test;
	if (test == TEST_ALL || test == TEST_ANY)
		return y->kind == YAML_LIST ? read_list(r, y, test, TEST_ALL, out) : yaml_err(y, r->e, "all and any want a list");
	if (test == TEST_NOT) {
		if ((p = predicate_new(r)) == NULL)
			return err_memory(r->e);
		out->first = p;
		return read_map(r, y, p, false);
	}
	if (test == TEST_TIME) {
		if (y->kind != YAML_MAP)
			return yaml_err(y, r->e, "time wants {from: ..., to: ...}");
		return (rc = yaml_only(y, in_time, r->e)) != OK ? rc : from_to(y, &out->from, &out->to, r->e);
	}
	if (y->kind == YAML_LIST)
		return read_list(r, y, TEST_ANY, test, out);
	out->text = span_trim(y->text);
	if (y->kind != YAML_SCALAR || out->text.n == 0)
		return yaml_err(y, r->e, "this predicate wants a value, or a list of them");
	if (test == TEST_IP && !ip_prefix_read(out->text, &out->ip))
		return yaml_err(y, r->e, "%.*s is no address and no prefix, as 203.0.113.7, 203.0.113.0/24 and 2001:db8::/32 are",
		    (int)(out->text.n < 60 ? out->text.n : 60), (const char *)out->text.p);
	return OK;
}

static size_t count(const struct yaml *y)
{
	size_t n = 0;

	for (const struct yaml *c = y != NULL ? y->first : NULL; c != NULL; c = c->next)
		n++;
	return n;
}

static enum errc read_actors(struct reading *r, const struct yaml *y, struct actor_file *out)
{
	if (y == NULL)
		return OK;
	if (y->kind != YAML_LIST)
		return yaml_err(y, r->e, "actors wants a list");
	if ((out->actors = arena_zero(r->a, count(y) + 1, sizeof *out->actors)) == NULL)
		return err_memory(r->e);
	for (const struct yaml *c = y->first; c != NULL; c = c->next) {
		struct named_actor *n = &out->actors[out->n_actors++];
		struct predicate *p = predicate_new(r);
		enum errc rc;

		if (p == NULL || (n->name = arena_cstr(r->a, yaml_text(c, "name").n != 0 ? yaml_text(c, "name") : SPAN_LIT("intruder"))) == NULL)
			return err_memory(r->e);
		if ((rc = read_map(r, c, p, true)) != OK)
			return rc;
		n->confidence = p->confidence != 0 ? p->confidence : CERTAINTY_HIGH;
		n->is = p;
	}
	return OK;
}

static enum errc text_at(struct reading *r, const struct yaml *y, const char *key, bool all_is_null, const char **out)
{
	span s = span_trim(yaml_text(y, key));
	char *copy;

	if (s.n == 0)
		return yaml_err(y, r->e, "%s is missing", key);
	if ((copy = arena_cstr(r->a, s)) == NULL)
		return err_memory(r->e);
	for (char *p = copy; *p != '\0'; p++)
		*p = (char)ascii_lower((unsigned char)*p);
	*out = all_is_null && strcmp(copy, "all") == 0 ? NULL : copy;
	return OK;
}

static enum errc get_flag(const struct yaml *y, const char *key, bool *out, struct err *e)
{
	const struct yaml *v = yaml_get(y, key);

	*out = v != NULL && span_eq(v->text, SPAN_LIT("true"));
	if (v != NULL && !*out && !span_eq(v->text, SPAN_LIT("false")))
		return yaml_err(v, e, "%s wants true or false", key);
	return OK;
}

static enum errc read_hands(struct reading *r, const struct yaml *y, struct actor_file *out)
{
	static const char *const only[] = {"mailbox", "from", "to", "confidence", "ground", NULL};
	enum errc rc = OK;

	if (y != NULL && y->kind != YAML_LIST)
		return yaml_err(y, r->e, "hands wants a list");
	if ((out->hands = arena_zero(r->a, count(y) + 1, sizeof *out->hands)) == NULL)
		return err_memory(r->e);
	for (const struct yaml *c = y != NULL ? y->first : NULL; c != NULL && rc == OK; c = c->next) {
		struct hands *h = &out->hands[out->n_hands++];

		h->confidence = CERTAINTY_HIGH;
		if ((rc = yaml_only(c, only, r->e)) == OK && (rc = text_at(r, c, "mailbox", true, &h->mailbox)) == OK &&
		    (rc = confidence_of(c, &h->confidence, r->e)) == OK)
			rc = from_to(c, &h->from, &h->to, r->e);
	}
	return rc;
}

static enum errc read_coverage(struct reading *r, const struct yaml *y, struct actor_file *out)
{
	static const char *const only[] = {"mailbox", "from", "to", "quiet_days", "ground", NULL};
	enum errc rc = OK;

	if (y != NULL && y->kind != YAML_LIST)
		return yaml_err(y, r->e, "coverage wants a list");
	if ((out->coverage = arena_zero(r->a, count(y) + 1, sizeof *out->coverage)) == NULL)
		return err_memory(r->e);
	for (const struct yaml *c = y != NULL ? y->first : NULL; c != NULL && rc == OK; c = c->next) {
		struct vouched *v = &out->coverage[out->n_coverage++];

		if ((rc = yaml_only(c, only, r->e)) == OK && (rc = text_at(r, c, "mailbox", true, &v->mailbox)) == OK &&
		    (rc = get_flag(c, "quiet_days", &v->quiet_days, r->e)) == OK)
			rc = from_to(c, &v->from, &v->to, r->e);
		if (rc == OK && span_trim(yaml_text(c, "ground")).n == 0)
			rc = yaml_err(c, r->e, "coverage wants a ground: who vouches that these logs are whole, and why");
		if (rc == OK && (v->from == TIME_NONE || v->to == TIME_NONE))
			rc = yaml_err(c, r->e, "coverage wants from and to");
	}
	return rc;
}

static enum errc read_aliases(struct reading *r, const struct yaml *y, struct actor_file *out)
{
	static const char *const only[] = {"mailbox", "also", NULL};
	enum errc rc = OK;

	if (y != NULL && y->kind != YAML_LIST)
		return yaml_err(y, r->e, "aliases wants a list");
	if ((out->aliases = arena_zero(r->a, count(y) + 1, sizeof *out->aliases)) == NULL)
		return err_memory(r->e);
	for (const struct yaml *c = y != NULL ? y->first : NULL; c != NULL && rc == OK; c = c->next) {
		struct alias *v = &out->aliases[out->n_aliases++];

		if ((rc = yaml_only(c, only, r->e)) == OK && (rc = text_at(r, c, "mailbox", false, &v->mailbox)) == OK)
			rc = text_at(r, c, "also", false, &v->also);
	}
	return rc;
}

enum errc actor_read(struct arena *a, span text, const char *file, struct actor_file *out, struct err *e)
{
	static const char *const top[] = {"actors", "others", "hands", "window", "coverage", "aliases", "accept_unreadable",
	    "folders_unchanged", NULL};
	static const char *const in_window[] = {"from", "to", NULL};
	struct reading r = {a, e};
	struct yaml *y;
	enum errc rc;

	*out = (struct actor_file){.from = TIME_NONE, .to = TIME_NONE};
	sha256_of(text, &out->digest);
	if ((rc = yaml_read(a, text, file, &y, e)) != OK || (rc = yaml_only(y, top, e)) != OK ||
	    (rc = read_actors(&r, yaml_get(y, "actors"), out)) != OK || (rc = read_hands(&r, yaml_get(y, "hands"), out)) != OK ||
	    (rc = read_coverage(&r, yaml_get(y, "coverage"), out)) != OK ||
	    (rc = read_aliases(&r, yaml_get(y, "aliases"), out)) != OK ||
	    (rc = get_flag(y, "accept_unreadable", &out->accept_unreadable, e)) != OK ||
	    (rc = get_flag(y, "folders_unchanged", &out->folders_unchanged, e)) != OK)
		return rc;
	if (yaml_get(y, "window") != NULL && ((rc = yaml_only(yaml_get(y, "window"), in_window, e)) != OK ||
	    (rc = from_to(yaml_get(y, "window"), &out->from, &out->to, e)) != OK))
		return rc;
	if (yaml_get(y, "others") != NULL) {
		struct predicate *p = predicate_new(&r);

		if (p == NULL)
			return err_memory(e);
		if (yaml_get(y, "others")->kind != YAML_LIST)
			return yaml_err(yaml_get(y, "others"), e, "others wants a list");
		if ((rc = read_list(&r, yaml_get(y, "others"), TEST_ANY, TEST_ALL, p)) != OK)
			return rc;
		out->others = p;
	}
	return out->n_actors + out->n_hands == 0 ? yaml_err(y, e, "neither actors nor hands: this says of nobody that they are the intruder") : OK;
}

/* ---- matching ---- */

/* With * for any run of bytes; the case of ASCII letters does not count. */
static bool like(span pattern, span s)
{
	size_t p = 0, i = 0, star = SIZE_MAX, mark = 0;

	while (i < s.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = i;
		} else if (p < pattern.n && ascii_lower(pattern.p[p]) == ascii_lower(s.p[i])) {
			p++;
			i++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* A record that lacks both may be anybody's. */
static enum truth either(span want, span one, span other)
{
	if ((one.n != 0 && like(want, one)) || (other.n != 0 && like(want, other)))
		return TRUTH_YES;
	return one.n == 0 && other.n == 0 ? TRUTH_MAYBE : TRUTH_NO;
}

/* One record. Its address is read when the first is asked for: an actor may have thousands. */
struct asked {
	const struct context_row *c;
	int64_t when;
	span mailbox;
	bool ip_looked, ip_read, other_read;
	struct ip_prefix ip, other; /* a record can have two */
	enum truth elsewhere; /* of an address that is not asked for */
};

static enum truth ip_truth(const struct predicate *p, struct asked *q)
{
	if (!q->ip_looked) {
		span text = q->c->text[C_IP];
		size_t n = span_find_byte(text, ' ');

		q->ip_looked = true;
		q->ip_read = ip_prefix_read(span_first(text, n), &q->ip);
		q->other_read = n < text.n && ip_prefix_read(span_from(text, n + 1), &q->other);
		q->elsewhere = !q->ip_read || ip_says_nothing(&q->ip) ? TRUTH_MAYBE : TRUTH_NO;
	}
	return (q->ip_read && ip_within(&q->ip, &p->ip)) || (q->other_read && ip_within(&q->other, &p->ip)) ? TRUTH_YES : q->elsewhere;
}

static struct match test(const struct predicate *p, struct asked *q);

static struct match combine(const struct predicate *p, struct asked *q)
{
	bool any = p->test == TEST_ANY;
	struct match m = {any ? TRUTH_NO : TRUTH_YES, 0, NULL};

	for (const struct predicate *c = p->first; c != NULL; c = c->next) {
		struct match of = test(c, q);

		if (any ? of.truth > m.truth : of.truth < m.truth)
			m = of;
		else if (of.truth == m.truth && of.confidence > m.confidence)
			m.confidence = of.confidence;
	}
	if (p->confidence != 0)
		m.confidence = p->confidence;
	return m;
}

static struct match test(const struct predicate *p, struct asked *q)
{
	const span *t = q->c->text;
	struct match m = {TRUTH_NO, p->confidence, NULL};

	switch (p->test) {
	case TEST_ALL:
	case TEST_ANY:
		return combine(p, q);
	case TEST_NOT:
		m.truth = (enum truth)(TRUTH_YES - test(p->first, q).truth);
		return m;
	case TEST_UNIQUE_TOKEN:
		m.truth = either(p->text, t[C_UNIQUE_TOKEN], SPAN_EMPTY);
		return m;
	case TEST_AAD_SESSION:
	case TEST_SESSION:
		m.truth = either(p->text, t[C_SESSION], t[C_AAD_SESSION]);
		return m;
	case TEST_TOKEN_OBJECT:
		m.truth = either(p->text, t[C_TOKEN_OBJECT], SPAN_EMPTY);
		return m;
	case TEST_APP:
		m.truth = either(p->text, t[C_APP], SPAN_EMPTY);
		if (t[C_CLIENT_APP].n != 0 && like(p->text, t[C_CLIENT_APP]))
			m.truth = TRUTH_YES;
		return m;
	case TEST_CLIENT_APP:
		m.truth = either(p->text, t[C_CLIENT_APP], SPAN_EMPTY);
		return m;
	case TEST_SERVICE_PRINCIPAL:
		m.truth = either(p->text, t[C_SERVICE_PRINCIPAL], t[C_USER_ID]);
		return m;
	case TEST_USER_AGENT:
		m.truth = either(p->text, t[C_USER_AGENT], t[C_CLIENT_INFO]);
		return m;
	case TEST_IP:
		m.truth = ip_truth(p, q);
		return m;
	case TEST_TIME:
		m.truth = q->when == TIME_NONE ? TRUTH_MAYBE
		    : (p->from != TIME_NONE && q->when < p->from) || (p->to != TIME_NONE && q->when > p->to) ? TRUTH_NO : TRUTH_YES;
		return m;
	case TEST_USER:
		m.truth = either(p->text, t[C_USER], t[C_USER_ID]);
		/* An account that the record knows by its SID or its place in the directory, and not by its address, may have that address. */
		if (m.truth == TRUTH_NO && span_find_byte(p->text, '@') < p->text.n && span_find_byte(t[C_USER], '@') == t[C_USER].n &&
		    (span_starts(t[C_USER_ID], SPAN_LIT("S-1-5-21-")) || span_find_byte(t[C_USER], '/') < t[C_USER].n))
			m.truth = TRUTH_MAYBE;
		return m;
	case TEST_MAILBOX:
		m.truth = either(p->text, q->mailbox, SPAN_EMPTY);
		return m;
	}
	return m;
}

bool actor_is_other(const struct actor_file *f, const struct context_row *c, int64_t when, span mailbox)
{
	struct asked q = {.c = c, .when = when, .mailbox = mailbox};

	return f->others != NULL && test(f->others, &q).truth == TRUTH_YES;
}

struct match actor_match(const struct actor_file *f, const struct context_row *c, int64_t when, span mailbox)
{
	struct match best = {TRUTH_NO, 0, NULL};
	struct asked q = {.c = c, .when = when, .mailbox = mailbox};

	for (size_t i = 0; i < f->n_actors; i++) {
		struct match m = test(f->actors[i].is, &q);

		if (m.confidence == 0)
			m.confidence = f->actors[i].confidence;
		m.actor = f->actors[i].name;
		if (m.truth > best.truth || (m.truth == best.truth && m.truth != TRUTH_NO && m.confidence > best.confidence))
			best = m;
	}
	/* Known to be somebody else: settles what a record leaves open, never what it says. */
	if (best.truth == TRUTH_MAYBE && f->others != NULL && test(f->others, &q).truth == TRUTH_YES)
		best.truth = TRUTH_NO;
	return best;
}

static bool names_session(const struct predicate *p, span id)
{
	if (p->test == TEST_SESSION || p->test == TEST_AAD_SESSION || p->test == TEST_UNIQUE_TOKEN)
		return like(p->text, id);
	for (const struct predicate *c = p->first; c != NULL; c = c->next)
		if (names_session(c, id))
			return true;
	return false;
}

bool actor_names_session(const struct actor_file *f, span id)
{
	for (size_t i = 0; i < f->n_actors; i++)
		if (names_session(f->actors[i].is, id))
			return true;
	return f->others != NULL && names_session(f->others, id);
}

static bool asks_for(const struct predicate *p, const struct ip_prefix *ip)
{
	if (p->test == TEST_IP)
		return ip_within(ip, &p->ip);
	for (const struct predicate *c = p->test != TEST_NOT ? p->first : NULL; c != NULL; c = c->next)
		if (asks_for(c, ip))
			return true;
	return false;
}

bool actor_is_at(const struct actor_file *f, span ip)
{
	struct ip_prefix prefix;

	if (!ip_prefix_read(ip, &prefix))
		return false;
	for (size_t i = 0; i < f->n_actors; i++)
		if (asks_for(f->actors[i].is, &prefix))
			return true;
	return false;
}
