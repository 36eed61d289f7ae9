#include "base/limits.h"
#include "base/progress.h"
#include "notify/eml.h"
#include "notify/private.h"
#include "seal/keys.h"
#include "store/named.h"
#include "store/sealed.h"

struct walk {
	const struct notify *n;
	const struct wave *w;
	struct arena *a;       /* of the whole walk */
	struct arena *scratch; /* of one organisation */
	struct languages languages;
	struct sha256 *h;      /* NULL: no digest is made */
	bool with_text;
	struct signing_words signing;
	struct buf eml;
};

static void add_text(struct sha256 *h, const char *s) { sha256_add(h, span_of(s, strlen(s) + 1)); }

static void add_number(struct sha256 *h, int64_t v)
{
	unsigned char b[8];

	for (size_t i = 0; i < 8; i++)
		b[i] = (unsigned char)((uint64_t)v >> (8 * i));
	sha256_add(h, span_of(b, sizeof b));
}

/* The half of the reading room's key that goes into this notice. */
static enum errc access_code(struct walk *k, const struct wave_org *org, const struct notice *notice, const char **out,
    struct err *e)
{
	char code[SEAL_CODE + 1], text[SEAL_CODE_TEXT];
	uint32_t generation;
	enum errc rc = sealed_generation(k->n->store, org->id, &generation, e);

	if (rc != OK)
		return rc;
	seal_code(k->n->key, notice->id, generation, code);
	code_text(notice->id, code, text);
	*out = arena_cstr(k->scratch, span_str(text));
	explicit_bzero(code, sizeof code);
	explicit_bzero(text, sizeof text);
	return *out != NULL ? OK : err_memory(e);
}

static enum errc render(struct walk *k, const struct wave_org *org, const struct facts *f, const struct notice *notice,
    struct letter_view *out, struct err *e)
{
	struct wave_org named = {.language = notice->language, .country = ""};
	const struct case_config *c = k->n->config;
	struct letter letter = {c, &k->signing, language_for(&k->languages, &named, c), k->w, org, f, notice, k->n->clocks, NULL};
	struct eml *kept = arena_alloc(k->scratch, sizeof *kept);
	char *id = arena_printf(k->scratch, "%s.%lld", notice->id, (long long)k->w->number);
	struct eml m = {.from_name = span_str(c->sender_name), .from_address = span_str(c->sender_address),
	    .to_address = span_str(notice->address), .id = span_str(id), .when_utc = k->w->planned_utc};
	enum errc rc;

	if (id == NULL || kept == NULL)
		return err_memory(e);
	if (c->sealed && org->track == TRACK_NOTIFIED && (rc = access_code(k, org, notice, &letter.code, e)) != OK)
		return rc;
	out->code = letter.code;
	if ((rc = letter_write(k->scratch, &letter, &out->subject, &out->text, e)) != OK)
		return rc;
	/* What a written wave was encrypted to stands in its files; the key may have expired since. */
	if (k->w->state != WAVE_WRITTEN && (rc = recipient_key(k->scratch, k->n, notice->address, &out->key, e)) != OK)
		return rc;
	/* What was approved is seen in what was written by its statement. */
	if (out->key.bytes.n != 0 && k->signing.key[0] == '\0')
		return err_set(e, ERR_USAGE, "case.yaml: encrypt wants keys to sign with: tocsin notify keys");
	m.subject = out->subject;
	m.text = out->text;
	m.language = span_str(letter.language->code);
	*kept = m;
	out->mail = kept;
	buf_clear(&k->eml);
	if ((rc = eml_write(&m, &k->eml, e)) != OK)
		return rc;
	sha256_of(buf_span(&k->eml), &out->sha256);
	out->eml = arena_copy(k->scratch, buf_span(&k->eml));
	return out->eml.p == NULL ? err_memory(e) : OK;
}

/*
 * Every text in the digest is ended by a NUL and every list begins with its length, so that no two plans are the same
 * bytes.
 */
static enum errc visit(struct walk *k, const struct wave_org *org, walk_fn *fn, void *ctx, struct err *e)
{
	struct dossier_view view = {.org = org};
	struct letter_view *letters;
	struct notice *notices;
	struct facts f;
	size_t n;
	enum errc rc;

	if (k->h != NULL) {
		add_text(k->h, org->key);
		add_number(k->h, org->version);
		add_number(k->h, org->track);
	}
	if ((rc = facts_read(k->n->store, k->scratch, k->w->number, org, k->h, &f, e)) != OK ||
	    (rc = notices_of(k->n->store, k->scratch, k->w->number, org->id, &notices, &n, e)) != OK)
		return rc;
	if ((letters = arena_zero(k->scratch, n, sizeof *letters)) == NULL)
		return err_memory(e);
	if (k->h != NULL) {
		add_number(k->h, f.messages);
		add_number(k->h, (int64_t)n);
	}
	for (size_t i = 0; i < n; i++) {
		letters[i].notice = &notices[i];
		if (k->with_text && notices[i].state != NOTICE_NO_CONTACT &&
		    (rc = render(k, org, &f, &notices[i], &letters[i], e)) != OK)
			return rc;
		if (k->h != NULL) {
			add_text(k->h, notices[i].id);
			add_text(k->h, notices[i].address);
			sha256_add(k->h, digest_span(&letters[i].sha256));
			add_number(k->h, (int64_t)letters[i].key.bytes.n);
			sha256_add(k->h, letters[i].key.bytes);
		}
	}
	view.facts = &f;
	view.letters = letters;
	view.n_letters = n;
	return fn(ctx, &view, e);
}

enum errc wave_walk(const struct notify *n, const struct wave *w, const char *key, bool with_text, walk_fn *fn, void *ctx,
    struct digest *plan, struct err *e)
{
	struct walk k = {.n = n, .w = w, .with_text = with_text || plan != NULL};
	struct progress progress;
	struct wave_org *orgs = NULL;
	size_t n_orgs = 0;
	enum errc rc;

	assert(key == NULL || plan == NULL);
	progress_begin(&progress, n->progress && k.with_text, "notices", "organisations", 0);
	buf_init(&k.eml, 4 * LIMIT_NOTICE_BYTES);
	if ((rc = arena_new(&k.a, GIB, e)) != OK || (rc = arena_new(&k.scratch, GIB, e)) != OK ||
	    (rc = wave_orgs(n->store, k.a, w->number, &orgs, &n_orgs, e)) != OK)
		goto out;
	if (k.with_text && ((rc = letter_config_ok(n->config, e)) != OK ||
	                       (rc = signing_words_read(n->config, &k.signing, e)) != OK ||
	                       (rc = languages_load(k.a, n->templates, &k.languages, e)) != OK))
		goto out;
	if (plan != NULL) {
		if ((rc = sha256_new(&k.h, e)) != OK)
			goto out;
		sha256_start(k.h);
		add_text(k.h, "tocsin plan 1");
		add_number(k.h, w->number);
		add_number(k.h, (int64_t)n_orgs);
	}
	for (size_t i = 0; i < n_orgs && rc == OK; i++) {
		if (key != NULL && strcmp(orgs[i].key, key) != 0)
			continue;
		rc = visit(&k, &orgs[i], fn, ctx, e);
		progress.done_items++;
		progress_show(&progress);
		arena_reset(k.scratch);
	}
	if (rc == OK && plan != NULL)
		sha256_done(k.h, plan);
out:
	progress_end(&progress);
	sha256_free(k.h);
	buf_free(&k.eml);
	arena_free(k.scratch);
	arena_free(k.a);
	return rc;
}

enum errc wave_org_named(const struct notify *n, struct arena *a, int64_t wave, const char *called, const char **key, struct err *e)
{
	struct org_named o;
	const char *waves;
	struct wave_told_row *rows;
	size_t n_rows;
	enum errc rc;

	if ((rc = org_named(n->store, a, called, &o, e)) != OK || (rc = wave_told_rows(n->store, a, wave, &rows, &n_rows, e)) != OK)
		return rc;
	*key = o.key;
	for (size_t i = 0; i < n_rows; i++)
		if (rows[i].org_id == o.id)
			return OK;
	if ((rc = org_waves(n->store, a, o.id, &waves, e)) != OK)
		return rc;
	return err_set(e, ERR_USAGE, "wave %lld tells %.100s nothing; %s%.100s", (long long)wave, o.key, *waves != '\0' ? "waves that do: " : "no wave does", waves);
}

enum errc wave_find(const struct notify *n, uint64_t number, struct wave *out, struct err *e)
{
	struct wave newest;
	enum errc rc = wave_newest(n->store, &newest, e);

	*out = newest;
	if (rc == OK && newest.number == 0)
		return err_set(e, ERR_USAGE, "there is no wave yet; plan one with tocsin notify plan");
	if (rc != OK || number == 0)
		return rc;
	if ((rc = wave_get(n->store, number <= INT64_MAX ? (int64_t)number : 0, out, e)) == OK && out->number == 0)
		rc = err_set(e, ERR_USAGE, "there is no wave %llu; the newest is wave %lld", (unsigned long long)number, (long long)newest.number);
	return rc;
}
