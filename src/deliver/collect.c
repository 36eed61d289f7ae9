#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "deliver/reader.h"
#include "evidence/spool.h"
#include "evidence/unit.h"
#include "evidence/walk.h"
#include "store/named.h"

enum { FILES_A_TASK = 200 };
#define BYTES_A_TASK (64 * MIB)

struct collecting {
	const struct deliver *d;
	const struct deliver_collect *o;
	struct deliver_collected *out;
	struct arena *a, *scratch;
	struct walked_files files;
	size_t next;
	unsigned n_blind; /* deaths in a row of which nobody knows the place */
	uint64_t dying;   /* the file in which readers died last, and how often */
	unsigned n_deaths;
	uint64_t n_kept;  /* mails up to which all is committed */
};
/* A mailbox of years takes hours: what was taken of it stays, whatever becomes of the run. */
enum { MAILS_A_COMMIT = 200 };
/* So often is a place tried again before what follows it in its file is given up. */
enum { BLIND_DEATHS = 3 };

/* ---- tasks -------------------------------------------------------------------------------------------------------- */

/* A Maildir's tmp/ holds what is still being delivered. */
static bool is_unfinished(const struct collecting *c, const char *path)
{
	span p = span_str(path), dir = p;
	const char *beside;

	while (dir.n != 0 && dir.p[dir.n - 1] != '/')
		dir.n--;
	if (!span_ends_nocase(dir, SPAN_LIT("/tmp/")))
		return false;
	beside = arena_printf(c->scratch, "%.*scur", (int)(dir.n - 4), path);
	return beside != NULL && access(beside, F_OK) == 0;
}

static enum errc open_file(struct collecting *c, const struct walked_file *f, int *fd, struct err *e)
{
	*fd = -1;
	if (f->cannot == NULL)
		*fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	if (*fd < 0 && f->cannot == NULL && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		return err_sys(e, "%s", f->path);
	c->out->n_unreadable += *fd < 0 && !f->no_file;
	return OK;
}

/* Files that follow each other, so that their numbers are those of the walk. */
static enum errc next_task(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct collecting *c = ctx;
	struct reader_task head = {0};
	uint64_t sizes[FILES_A_TASK], bytes = 0;
	enum errc rc;

	for (; c->next < c->files.n && t->n_fds < FILES_A_TASK && bytes < BYTES_A_TASK; c->next++) {
		const struct walked_file *f = &c->files.v[c->next];
		int fd;

		arena_reset(c->scratch);
		if (is_unfinished(c, f->path))
			fd = -1;
		else if ((rc = open_file(c, f, &fd, e)) != OK)
			return rc;
		if (fd < 0 && t->n_fds != 0) {
			c->next++;
			break;
		}
		if (fd < 0)
			continue;
		if (t->n_fds == 0)
			head.base = c->next;
		sizes[t->n_fds] = f->n_bytes;
		t->fds[t->n_fds++] = fd;
		bytes += f->n_bytes;
	}
	head.n = (uint32_t)t->n_fds;
	*more = head.n != 0;
	reader_task_put(&t->payload, &head);
	for (size_t i = 0; i < t->n_fds; i++)
		buf_u64(&t->payload, sizes[i]);
	for (size_t i = 0; i < UNIT_SPOOLS && *more; i++) {
		if ((rc = spool_open(c->d->config->dir, &t->fds[t->n_fds], e)) != OK)
			return rc;
		t->n_fds++;
	}
	return buf_check(&t->payload, e);
}

/* ---- which notice it is about ------------------------------------------------------------------------------------- */

struct match { const char *notice_id, *how; bool certain; struct delivery delivery; };

static enum errc delivery_of(struct collecting *c, span number, struct delivery *out, struct err *e)
{
	char id[MARK_ID + 1];

	notice_number_write(span_first(number, MARK_ID), id);
	return delivery_get(c->d->store, c->scratch, id, c->d->now_utc, out, e);
}

/* True marks settle it, unless they name different notices. *bad: one that is not true was there. */
static enum errc by_mark(struct collecting *c, const struct returned *r, struct match *m, bool *bad, struct err *e)
{
	for (size_t i = 0; i < r->n_marks && i < CLUES; i++) {
		const struct clue *k = &r->marks[i];
		struct delivery v;
		enum errc rc = delivery_of(c, k->text, &v, e);

		if (rc != OK)
			return rc;
		if (v.notice_id == NULL || !mark_ok(c->d->key, k->text, v.notice_id, v.address)) {
			*bad = true;
		} else if (m->certain && strcmp(m->notice_id, v.notice_id) != 0) {
			*m = (struct match){.notice_id = "", .how = "marks of several notices"};
			return OK;
		} else if (!m->certain) {
			*m = (struct match){v.notice_id, clue_place_name((int)k->place), true, v};
		}
	}
	return OK;
}

/*
 * Whoever has read the notice, or the mail of who has, knows its number. So an answer counts only when our own mail server
 * vouches for its sender's domain, and it is whom we wrote to or of that organisation.
 */
static enum errc is_theirs(struct collecting *c, const struct returned *r, const struct delivery *v, bool *theirs, struct err *e)
{
	const char *domain;
	int64_t id;
	enum errc rc;

	*theirs = false;
	if (r->verified_domain.n == 0)
		return OK;
	if (span_eq_nocase(r->sender, span_str(v->address))) {
		*theirs = true;
		return OK;
	}
	if ((domain = arena_cstr(c->scratch, r->verified_domain)) == NULL)
		return err_memory(e);
	if ((rc = org_of_domain(c->d->store, domain, &id, e)) == OK)
		*theirs = id != 0 && id == v->org_id;
	return rc;
}

static bool is_reply(const struct returned *r)
{
	return r->kind == HEARD_ANSWER || r->kind == HEARD_AUTOMATIC || r->kind == HEARD_ABSENT || r->kind == HEARD_READ;
}

static enum errc by_number(struct collecting *c, const struct returned *r, bool bad, struct match *m, struct err *e)
{
	for (size_t i = 0; i < r->n_numbers && i < CLUES; i++) {
		const struct clue *k = &r->numbers[i];
		struct delivery v;
		bool theirs;
		enum errc rc = delivery_of(c, k->text, &v, e);

		if (rc != OK)
			return rc;
		if (v.notice_id == NULL)
			continue;
		if ((rc = is_theirs(c, r, &v, &theirs, e)) != OK)
			return rc;
		m->notice_id = v.notice_id;
		m->delivery = v;
		m->certain = theirs && k->place == CLUE_REPLY && is_reply(r) && !bad;
		m->how = bad ? "its mark is not ours" : m->certain ? "in reply to, sender vouched for" : clue_place_name((int)k->place);
		return OK;
	}
	return OK;
}

/* A new mail from somebody whom a notice went to: most likely about it, and for a person to say. */
static enum errc by_sender(struct collecting *c, const struct returned *r, struct match *m, struct err *e)
{
	span domain = span_from(r->sender, span_find_byte(r->sender, '@') + 1);
	enum errc rc;

	if (r->kind != HEARD_ANSWER || domain.n == 0)
		return OK;
	if ((rc = delivery_to(c->d->store, c->scratch, r->sender, domain, c->d->now_utc, &m->delivery, e)) == OK &&
	    m->delivery.notice_id != NULL) {
		m->notice_id = m->delivery.notice_id;
		m->how = "sender";
	}
	return rc;
}

static enum errc match(struct collecting *c, const struct returned *r, struct match *m, struct err *e)
{
	bool bad = false;
	enum errc rc;

	*m = (struct match){.notice_id = "", .how = ""};
	if (r->n_marks > CLUES || r->n_numbers > CLUES) {
		m->how = "names too many notices";
		return OK;
	}
	if ((rc = by_mark(c, r, m, &bad, e)) != OK || m->certain || m->how[0] != '\0')
		return rc;
	if ((rc = by_number(c, r, bad, m, e)) != OK || m->notice_id[0] != '\0')
		return rc;
	if (bad)
		m->how = "its mark is not ours";
	return bad ? OK : by_sender(c, r, m, e);
}

/* ---- what follows from it ----------------------------------------------------------------------------------------- */

/* What a person must read: an answer, what a mail server said that no form knows, and a bounce that proves nothing. */
static enum errc ask_person(struct collecting *c, const struct returned *r, const struct match *m, struct err *e)
{
	const struct delivery_config *conf = &c->d->config->delivery;
	struct task_row t = {.org_id = m->delivery.org_id, .wave = m->delivery.wave, .kind = TODO_ANSWER, .owner = conf->task_owner,
	    .made_utc = c->d->now_utc, .due_utc = c->d->now_utc + (int64_t)conf->task_days * 86400};
	bool added;
	enum errc rc;

	if (m->notice_id[0] == '\0' || !(r->kind == HEARD_ANSWER || (r->kind == HEARD_OTHER && m->certain) || (r->kind == HEARD_FAILED && !m->certain)))
		return OK;
	t.what = r->kind == HEARD_FAILED ? "a bounce came that proves nothing: look at it (tocsin list heard), then tocsin notify resolve --failed"
	    : r->kind == HEARD_OTHER ? "a mail server said something that is not understood: read it (tocsin list heard)"
	    : m->certain                ? "somebody answered: read it and reply (tocsin list heard)"
	                                : "an answer came that proves nothing: ask back (tocsin list heard), then tocsin notify resolve --answered";
	if ((rc = task_put(c->d->store, &t, &added, e)) != OK || !added)
		return rc;
	c->out->n_tasks++;
	return ledger_say(c->d->store, "task made", e, "org", m->delivery.org_key, "what", t.what, "owner", t.owner, NULL);
}

/* The notice itself, as a mailbox of ours keeps it, and what colleagues write about it. */
static bool is_ours(const struct collecting *c, span sender)
{
	const struct text_list *ours = &c->d->config->our_domains;
	span domain = span_from(sender, span_find_byte(sender, '@') + 1);

	for (size_t i = 0; i < ours->n; i++)
		if (span_eq_nocase(domain, span_str(ours->v[i])))
			return true;
	return false;
}

static bool is_kept(const struct collecting *c, const struct returned *r, const struct match *m)
{
	if (r->kind != HEARD_ANSWER && r->kind != HEARD_AUTOMATIC && r->kind != HEARD_ABSENT)
		return true; /* reports are kept, whatever they are about */
	return (m->notice_id[0] != '\0' || m->how[0] != '\0') && !is_ours(c, r->sender);
}

static enum errc take(struct collecting *c, const char *path, uint64_t at, const struct digest *digest, struct returned *r,
    struct err *e)
{
	struct heard h = {.digest = *digest, .path = path, .at_byte = (int64_t)at, .sent_utc = r->when_utc, .collected_utc = c->d->now_utc};
	struct match m;
	bool added;
	enum errc rc;

	if ((rc = match(c, r, &m, e)) != OK)
		return rc;
	c->out->n_mails++;
	if (!is_kept(c, r, &m)) { /* no business of the case's, and not kept in it */
		c->out->n_unknown++;
		return OK;
	}
	h.kind = r->kind;
	h.notice_id = m.notice_id;
	h.how = m.how;
	h.certain = m.certain;
	h.sender = arena_cstr(c->scratch, r->sender);
	h.subject = arena_cstr(c->scratch, r->subject);
	h.status = arena_cstr(c->scratch, r->status);
	/* What is no answer is kept in the mailbox, not in the case. */
	h.text = r->kind == HEARD_ANSWER || r->kind == HEARD_ABSENT || (r->kind == HEARD_OTHER && m.certain) ? arena_cstr(c->scratch, r->text) : "";
	if (h.sender == NULL || h.subject == NULL || h.status == NULL || h.text == NULL)
		return err_memory(e);
	if ((rc = heard_put(c->d->store, &h, &added, e)) != OK || !added)
		return rc;
	c->out->n_new++;
	c->out->n_kind[h.kind]++;
	c->out->n_doubtful += !m.certain && m.notice_id[0] != '\0';
	c->out->n_unknown += m.notice_id[0] == '\0';
	if (m.notice_id[0] == '\0')
		return OK;
	if ((rc = ledger_say(c->d->store, m.certain ? "mail heard" : "mail heard that proves nothing", e, "notice", m.notice_id, "kind",
	         heard_kind_name(h.kind), "how", m.how, "sender", h.sender, "status", h.status, NULL)) != OK)
		return rc;
	return ask_person(c, r, &m, e);
}

/* Of a mail that a worker died of there is nothing but its place; of the rest of a file that is given up, where it begins. */
static enum errc take_unreadable(struct collecting *c, const char *path, bool rest, uint64_t at, const char *why, struct err *e)
{
	const span none = SPAN_LIT("");
	const char *name = arena_printf(c->scratch, "%s %s %" PRIu64, rest ? "given up" : "unreadable", path, at);
	struct digest d;
	struct returned r = {.kind = HEARD_OTHER, .when_utc = TIME_NONE, .sender = none, .subject = none, .verified_domain = none, .text = none};

	if (name == NULL || why == NULL)
		return err_memory(e);
	sha256_of(span_str(name), &d);
	r.status = span_str(why);
	c->out->n_unreadable++;
	return take(c, path, at, &d, &r, e);
}

/* ---- results ------------------------------------------------------------------------------------------------------ */

/* The same files again, from a place on. */
static enum errc again(const struct reader_task *t, struct cursor sizes, uint32_t first, uint64_t from, struct buf *rest, struct err *e)
{
	struct reader_task head = *t;

	if (first >= t->n)
		return OK;
	head.first = first;
	head.from = from;
	reader_task_put(rest, &head);
	buf_put(rest, sizes.rest);
	return buf_check(rest, e);
}

/* It costs what it was said of, as a death does: whoever takes a reader over must not end the run by it. */
static enum errc senseless(struct err *e) { return err_set(e, ERR_EVIDENCE, "the worker said something of the mail that makes no sense"); }

/* One record, ERR_EVIDENCE where it is none. *at: what it is of; *go_on: the result was full, and a next task goes on there. */
static enum errc take_record(struct collecting *c, const struct reader_task *t, struct cursor *said_by, struct jail_place *at,
    bool *go_on, struct err *e)
{
	int kind = cursor_u8(said_by);
	uint32_t file = cursor_u32(said_by);
	bool no_place = kind == READER_NO_MAIL || kind == READER_LOST;
	uint64_t at_byte = no_place ? 0 : cursor_u64(said_by);
	struct returned r;
	struct digest d;
	span digest;

	arena_reset(c->scratch);
	*go_on = kind == READER_GO_ON;
	if (said_by->bad || file < t->first || file >= t->n)
		return senseless(e);
	c->out->n_no_mail += kind == READER_NO_MAIL;
	c->out->n_unreadable += kind == READER_LOST;
	if (no_place)
		return OK;
	*at = (struct jail_place){file, at_byte, 0};
	if (*go_on)
		return OK;
	digest = cursor_take(said_by, DIGEST_SIZE);
	if (kind != READER_MAIL || !returned_take(said_by, &r))
		return senseless(e);
	memcpy(d.b, digest.p, sizeof d.b);
	return take(c, c->files.v[t->base + file].path, at_byte, &d, &r, e);
}

/* One file's mail may cost only so many readers. *up: it is given up from there on. */
static enum errc count_death(struct collecting *c, uint64_t file, uint64_t at, bool *up, struct err *e)
{
	const char *why;

	c->n_deaths = c->dying == file ? c->n_deaths + 1 : 1;
	c->dying = file;
	*up = c->n_deaths >= LIMIT_READER_DEATHS;
	if (!*up)
		return OK;
	arena_reset(c->scratch);
	if ((why = arena_printf(c->scratch, "not read from here to the end of the file: %u readers died in it", c->n_deaths)) == NULL)
		return err_memory(e);
	return take_unreadable(c, c->files.v[file].path, true, at, why, e);
}

/*
 * A reader died. The mail that it was on is lost, unless what it said of it came through; what lies behind is read by the next
 * one, as long as not too many died in the same file. Where it had begun nothing, it is tried again, and then the rest of that
 * file is given up.
 */
static enum errc died(struct collecting *c, const struct reader_task *t, struct cursor sizes, const struct task_result *res,
    struct jail_place last, struct buf *rest, struct err *e)
{
	struct jail_place place = res->place;
	const char *why;
	uint64_t file, behind;
	bool up = false;
	enum errc rc = OK;

	c->n_blind = res->known ? 0 : c->n_blind + 1;
	if (!res->known && c->n_blind < BLIND_DEATHS)
		return again(t, sizes, t->first, t->from, rest, e);
	if (!res->known || place.unit < t->first || place.unit >= t->n)
		place = (struct jail_place){t->first, t->from, UINT64_MAX - t->from};
	c->n_blind = 0;
	file = t->base + place.unit;
	/* Behind its end there is nothing, which the next reader finds; of an archive the end is not known here. */
	up = place.n >= UINT64_MAX - place.at;
	arena_reset(c->scratch);
	if ((why = arena_printf(c->scratch, "not read%s: %s", up ? " from here to the end of the file" : "", res->died)) == NULL)
		return err_memory(e);
	if (last.unit != place.unit || last.at != place.at)
		rc = take_unreadable(c, c->files.v[file].path, false, place.at, why, e);
	behind = up ? UINT64_MAX : place.at + (place.n != 0 ? place.n : 1);
	if (rc == OK && !up)
		rc = count_death(c, file, behind, &up, e);
	if (rc != OK)
		return rc;
	return up ? again(t, sizes, (uint32_t)place.unit + 1, 0, rest, e) : again(t, sizes, (uint32_t)place.unit, behind, rest, e);
}

/*
 * What it said before that is whole, and what follows the last of it is read by another, as long as that costs not too many. Where nothing came before,
 * nobody knows what it was said of: the rest of that file is given up.
 */
static enum errc spoke_nonsense(struct collecting *c, const struct reader_task *t, struct cursor sizes, struct jail_place last, struct buf *rest, struct err *e)
{
	const struct task_result as = {.died = e->text, .known = true, .place = last.unit != UINT64_MAX
	    ? (struct jail_place){last.unit, last.at, 1} : (struct jail_place){t->first, t->from, UINT64_MAX - t->from}};
	struct err none = {0};
	enum errc rc = died(c, t, sizes, &as, last, rest, &none);

	*e = none;
	return rc;
}

static enum errc done_task(void *ctx, const struct task_result *res, struct buf *rest, struct err *e)
{
	struct collecting *c = ctx;
	struct cursor sizes = cursor_of(res->payload), said_by = cursor_of(res->bytes);
	struct jail_place last = {UINT64_MAX, 0, 0};
	struct reader_task t;
	bool go_on = false;
	enum errc rc = OK;

	if (!reader_task_take(&sizes, &t) || t.n > c->files.n || t.base > c->files.n - t.n)
		return err_set(e, ERR_WORLD, "a task that makes no sense");
	while (rc == OK && !go_on && said_by.rest.n != 0)
		rc = take_record(c, &t, &said_by, &last, &go_on, e);
	if (rc == ERR_EVIDENCE)
		rc = spoke_nonsense(c, &t, sizes, last, rest, e);
	else if (rc == OK && go_on)
		rc = again(&t, sizes, (uint32_t)last.unit, last.at, rest, e);
	else if (rc == OK && res->died != NULL)
		rc = died(c, &t, sizes, res, last, rest, e);
	if (rc == OK && c->out->n_mails - c->n_kept >= MAILS_A_COMMIT) {
		c->n_kept = c->out->n_mails;
		rc = store_commit(c->d->store, e);
	}
	if (rc == OK && c->o->tick != NULL)
		c->o->tick(c->o->ctx, c->out->n_mails, "collecting");
	return rc;
}

/* ---- the run ------------------------------------------------------------------------------------------------------ */

static enum errc record(struct collecting *c, struct err *e)
{
	char n_new[24], n_files[24];

	(void)snprintf(n_new, sizeof n_new, "%" PRIu64, c->out->n_new);
	(void)snprintf(n_files, sizeof n_files, "%zu", c->files.n);
	if (c->out->n_new == 0)
		return OK;
	return ledger_say(c->d->store, "mail collected", e, "files", n_files, "new", n_new, "path", c->o->paths[0], NULL);
}

/* What was taken before a stop is whole, and is what the next run goes on from. */
static enum errc read_mail(struct collecting *c, const struct pool *p, struct err *e)
{
	enum errc rc = pool_run(p, e), kept;

	if (rc == ERR_STOPPED && ((kept = record(c, e)) != OK || (kept = store_commit(c->d->store, e)) != OK))
		return kept;
	return rc;
}

enum errc deliver_collect(const struct deliver *d, struct arena *a, const struct deliver_collect *o, struct deliver_collected *out,
    struct err *e)
{
	struct collecting c = {.d = d, .o = o, .out = out, .a = a};
	struct pool p = {.job = returned_job.name, .n_workers = 1, .without_jail = o->without_jail, .ctx = &c, .next = next_task, .done = done_task};
	struct forms forms;
	struct buf init;
	int64_t n, n_tasks;
	enum errc rc;

	*out = (struct deliver_collected){0};
	buf_init(&init, 16 * MIB);
	if ((rc = arena_new(&c.scratch, 64 * MIB, e)) != OK || (rc = forms_read(a, d->rules, &d->config->trusted_hosts, &forms, e)) != OK ||
	    (rc = walk_files(a, o->paths, o->n, false, &c.files, e)) != OK)
		goto out;
	forms_put(&forms, &init);
	p.init = buf_span(&init);
	if ((rc = buf_check(&init, e)) != OK || (rc = deliveries_recover(d->store, &n, e)) != OK || (rc = read_mail(&c, &p, e)) != OK ||
	    (rc = deliver_escalate(d, &out->n_promoted, &n_tasks, e)) != OK || (rc = record(&c, e)) != OK)
		goto out;
	out->n_files = c.files.n;
	out->n_tasks += (uint64_t)n_tasks;
	rc = store_commit(d->store, e);
out:
	buf_free(&init);
	free(c.files.v);
	arena_free(c.scratch);
	return rc;
}
