#include "scope/test-world.h"

#include <dirent.h>
#include <unistd.h>

#include "store/mail.h"

static const char *const domains[] = {"us.example"};

struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	(void)setenv("TOCSIN_NOW", "2025-07-10T00:00:00Z", 1);
	test_name(w->dir, sizeof w->dir);
	assert_non_null(mkdtemp(w->dir));
	assert_ok(store_create(w->dir, &e));
	assert_ok(store_open(&w->st, w->dir, STORE_WRITE, &e));
	w->a = test_arena();
	w->config = (struct case_config){.dir = w->dir, .contained_by_utc = TIME_NONE, .our_domains = {(const char **)(uintptr_t)domains, 1},
	    .scope = 7};
	assert_ok(store_mailbox_put(w->st, "ada", "ada@us.example", OWNER_GIVEN, "given", &w->mailbox, &e));
	return w;
}

void world_free(struct world *w)
{
	char path[400];
	DIR *d = opendir(w->dir);

	store_close(w->st);
	arena_free(w->a);
	for (struct dirent *x; d != NULL && (x = readdir(d)) != NULL;) {
		(void)snprintf(path, sizeof path, "%s/%s", w->dir, x->d_name);
		(void)remove(path);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(w->dir);
	free(w);
}

void mail(struct world *w, const char *id, const char *folder, int64_t date, int64_t received)
{
	struct source_row s = {.path = arena_printf(w->a, "ada/%lld", (long long)++w->n), .kind = SOURCE_MESSAGE, .state = SOURCE_DONE,
	    .mailbox_id = w->mailbox, .folder = folder, .note = ""};
	struct message_row m = {.rfc822_id = span_str(id), .subject = SPAN_LIT("invoice 7"), .verified_domain = SPAN_LIT(""), .when_utc = date};
	struct item_row i = {.member = -1, .outcome = OUTCOME_PARSED, .member_name = SPAN_LIT(""), .reason = SPAN_LIT("")};
	struct location_row l = {.nest = SPAN_LIT(""), .received_utc = received != 0 ? received : TIME_NONE,
	    .received_by = received != 0 ? SPAN_LIT("mx.us.example") : SPAN_LIT("")};
	bool sent = strcmp(folder, "Sent Items") == 0;
	const struct mail_party from = sent ? (struct mail_party){PARTY_FROM, SPAN_LIT("ada@us.example"), SPAN_LIT("us.example"), SPAN_LIT("")}
	                                    : (struct mail_party){PARTY_FROM, SPAN_LIT("x@them.example"), SPAN_LIT("them.example"), SPAN_LIT("")};
	bool is_new;

	l.traits = sent ? TRAIT_SENT : 0;
	sha256_of(span_of(&w->n, sizeof w->n), &m.content_digest);
	assert_ok(store_source_add(w->st, &s, &i.source_id, &e));
	assert_ok(store_message_put(w->st, &m, &i.message_id, &is_new, &e));
	assert_ok(store_parties_put(w->st, i.message_id, &from, 1, &e));
	assert_ok(store_item_add(w->st, &i, &l.item_id, &e));
	l.message_id = i.message_id;
	assert_ok(store_location_add(w->st, &l, &e));
	assert_ok(store_commit(w->st, &e));
}

/* ---- records: logs/ reads them, and they are put into the store as read.c does ---- */

static void put_record(struct world *w, const struct log_record *r, int64_t source, const char *detail)
{
	struct context_row c = {.text = {r->user, r->user_id, r->service_principal, r->ip, r->user_agent, r->client_info, r->session_id,
	    r->aad_session_id, r->unique_token_id, r->token_object_id, r->app_id, r->client_app_id, r->app_name, r->country},
	    .logon_type = -1, .user_type = -1};
	struct event_row v = {.source_id = source, .product = span_str(log_product_name(r->product)), .kind = span_str(log_kind_name(r->kind)),
	    .operation = r->operation, .record_id = r->id, .mailbox = r->mailbox, .mailbox_guid = r->mailbox_guid, .reason = SPAN_LIT(""),
	    .detail = span_str(detail), .problems = r->problems, .when_utc = r->when_utc, .success = r->success, .throttled = r->is_throttled,
	    .operation_count = -1};
	struct digest d;
	int64_t id, seq = 0, *folders = arena_zero(w->a, r->n_folders + 1, sizeof *folders);

	w->n++;
	sha256_of(span_of(&w->n, sizeof w->n), &d);
	sha256_of(r->id, &v.key);
	sha256_of(r->id, &v.content);
	assert_ok(context_put(w->st, &c, &d, &v.context_id, &e));
	assert_ok(event_store(w->st, &v, &id, &e));
	for (size_t i = 0; i < r->n_folders; i++)
		assert_ok(log_folder_put(w->st, r->folders[i].id, r->folders[i].path, r->folders[i].name, &folders[i], &e));
	for (size_t i = 0; i < r->n_items && id != 0; i++)
		assert_ok(access_add(w->st, id, seq++, r->items[i].message_id, r->items[i].item_id, r->items[i].immutable_id,
		    r->items[i].folder < r->n_folders ? folders[r->items[i].folder] : 0, &e));
	for (size_t i = 0; i < r->n_folders && id != 0; i++)
		if (r->folders[i].n_items == 0)
			assert_ok(access_add(w->st, id, seq++, SPAN_EMPTY, SPAN_EMPTY, SPAN_EMPTY, folders[i], &e));
}

void record_with(struct world *w, const char *json, const char *detail)
{
	struct log_source_row s = {.path = arena_printf(w->a, "log-%lld", (long long)++w->n), .member = -1, .member_name = SPAN_LIT(""),
	    .envelope = SPAN_LIT("x"), .state = SOURCE_DONE, .outcome = OUTCOME_PARSED, .note = SPAN_LIT("")};
	const struct log_record *r;
	struct logs *l;

	assert_ok(log_source_put(w->st, &s, &s.id, &e));
	assert_ok(logs_open(&l, span_str(json), SPAN_EMPTY, &e));
	for (;;) {
		assert_ok(logs_next(l, w->a, &r, &e));
		if (r == NULL)
			break;
		put_record(w, r, s.id, detail);
	}
	logs_close(l);
}

void record(struct world *w, const char *json) { record_with(w, json, "{}"); }

enum { KEPT = 64 };
static enum errc keep(void *ctx, const struct verdict_told *v, struct err *e)
{
	(void)e;
	/* The worst, as the message's own verdict is. */
	(void)snprintf(ctx, KEPT, "%s %s", verdict_name((int)v->verdict), verdict_reason_name((int)v->reason));
	return OK;
}

void judge(struct world *w, const char *actor)
{
	struct actor_file *f = NULL;
	struct scope_tally tally = {0};
	struct judge *j;

	if (actor != NULL) {
		f = arena_zero(w->a, 1, sizeof *f);
		assert_ok(actor_read(w->a, span_str(actor), "actor.yaml", f, &e));
	}
	assert_ok(judge_new(&j, w->st, &w->config, f, &e));
	assert_ok(judge_write(j, &tally, &e));
	judge_free(j);
}

const char *verdict_of(struct world *w, const char *id)
{
	char *got = arena_zero(w->a, KEPT, 1);
	uint64_t n;

	assert_ok(verdicts_of(w->st, span_str(id), keep, got, &n, &e));
	return n != 0 ? got : "none";
}
