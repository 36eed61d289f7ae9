/*
 * Bundles from the evidence side, out of the drop folder into the state: checked whole, kept as they are, taken
 * once. The evidence side puts one there under another name and renames it; the portal never connects back.
 * One may have gigabytes, and people wait meanwhile: it is copied and checked in steps, between which they are
 * answered, and what is checked is the copy, which nobody outside can write to any more.
 */
#include "serve/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "seal/bundle.h"

#define ARRIVING ".arriving" /* the copy, in sealed/, until it is taken */

enum { NAME_BYTES = SEAL_CASE_HEX - 1 + 7 /* "<32 digits>.bundle" */, STEP_BYTES = 4 * MIB, REST_MS = 60000 };

/* The bundle at hand. */
struct arrival {
	char path[4096], copy[4096];
	char id[SEAL_CASE_HEX];
	int from, to;              /* of the copying; -1 when that is done */
	uint64_t left;
	struct arena *a;           /* of this bundle: its manifest may be large */
	unsigned char *step;
	span file;                 /* the copy */
	struct seal_bundle b;
	struct bundle_check check;
	bool checked;
	struct records_put put;    /* what is written before it is taken; its file NULL: it is not known yet whether it will be */
	const char *why;           /* not taken, and why; NULL: taken */
	const char *was;           /* the sealed file of the version before it; NULL: there was none */
	bool gone;                 /* taken away, or another thing, before it was opened */
	bool decided;              /* taken or refused, which is in the state and in the log */
};

/* A bundle that is decided and can be neither removed nor renamed. Another one of its name is another one. */
struct left_alone { char name[NAME_BYTES + 1]; ino_t ino; struct timespec changed; };

static bool bundle_name(const char *name)
{
	unsigned char id[SEAL_CASE_ID];

	return strlen(name) == NAME_BYTES && strcmp(name + SEAL_CASE_HEX - 1, ".bundle") == 0 &&
	    hex_read(span_of(name, SEAL_CASE_HEX - 1), id, sizeof id);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void arrival_free(struct arrival *x)
{
	if (x == NULL)
		return;
	if (x->copy[0] != '\0')
		(void)unlink(x->copy);
	shut(&x->from);
	shut(&x->to);
	if (x->file.p != NULL)
		(void)munmap((void *)(uintptr_t)x->file.p, x->file.n);
	sha256_free(x->check.h);
	arena_free(x->a);
	free(x);
}

static bool disk_full(void) { return errno == ENOSPC || errno == EDQUOT || errno == EFBIG; }

/* ---- step by step ------------------------------------------------------------------------------------------------ */

static enum errc open_file(struct arrival *x, struct err *e)
{
	struct stat sb;

	x->from = open(x->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (x->from < 0 && (errno == ENOENT || errno == ELOOP)) { /* ELOOP: a link has come in its place, and is left alone */
		x->gone = true;
	} else if (x->from < 0 && (errno == EACCES || errno == EPERM)) {
		/* What a carrier did to one bundle ends no reading room. */
		x->why = "unreadable";
		(void)err_sys(e, "%s", x->path);
		process_say("logic", e->text);
	} else if (x->from < 0 || fstat(x->from, &sb) != 0) {
		return err_sys(e, "%s", x->path);
	} else if (!S_ISREG(sb.st_mode) || sb.st_size == 0) {
		x->why = "no file";
	} else {
		x->left = (uint64_t)sb.st_size;
	}
	return OK;
}

static enum errc arrival_new(struct logic *l, const char *name, struct arrival **out, struct err *e)
{
	struct arrival *x = calloc(1, sizeof *x);
	enum errc rc;

	*out = x;
	if (x == NULL)
		return err_memory(e);
	x->from = x->to = -1;
	(void)snprintf(x->path, sizeof x->path, "%s/%s", l->c->drop, name);
	(void)snprintf(x->id, sizeof x->id, "%.*s", SEAL_CASE_HEX - 1, name);
	if ((rc = arena_new(&x->a, GIB, e)) != OK || (rc = sha256_new(&x->check.h, e)) != OK || (rc = open_file(x, e)) != OK ||
	    x->gone || x->why != NULL)
		return rc;
	if ((x->step = arena_alloc(x->a, STEP_BYTES)) == NULL)
		return err_memory(e);
	(void)snprintf(x->copy, sizeof x->copy, "%s/" ARRIVING, l->c->sealed_dir);
	x->to = open(x->copy, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* Where there is no room for it that is known now, and not when the disk is full; a file system that cannot say so goes on. */
	if (x->to < 0 || (fallocate(x->to, FALLOC_FL_KEEP_SIZE, 0, (off_t)x->left) != 0 && disk_full()))
		return err_sys(e, "%s", x->path);
	return OK;
}

/* What is copied is on the disk at once: all of it at the end would be one long wait. */
static enum errc copy_some(struct arrival *x, size_t *done, struct err *e)
{
	ssize_t got = read(x->from, x->step, x->left < STEP_BYTES ? (size_t)x->left : STEP_BYTES);
	enum errc rc;

	if (got < 0)
		return errno == EINTR ? OK : err_sys(e, "%s", x->path);
	if ((rc = io_write(x->to, span_of(x->step, (size_t)got), e)) != OK)
		return rc;
	if (fdatasync(x->to) != 0)
		return err_sys(e, "sealed records");
	*done = (size_t)got;
	x->left = got == 0 ? 0 : x->left - (uint64_t)got;
	return OK;
}

static enum errc copied(struct logic *l, struct arrival *x, struct err *e)
{
	struct stat sb;
	void *p;

	if (fstat(x->to, &sb) != 0)
		return err_sys(e, "sealed records");
	shut(&x->from);
	if (sb.st_size == 0) { /* emptied while it was read */
		x->why = "no file";
		return OK;
	}
	if ((p = mmap(NULL, (size_t)sb.st_size, PROT_READ, MAP_PRIVATE, x->to, 0)) == MAP_FAILED)
		return err_sys(e, "sealed records");
	x->file = span_of(p, (size_t)sb.st_size);
	shut(&x->to);
	x->check.b = &x->b;
	return seal_bundle_read(x->a, x->file, &l->c->signer, &x->b, e);
}

/* What the bundle is to blame for is why it is not taken. */
static enum errc judged(struct arrival *x, enum errc rc, struct err *e)
{
	if (rc != ERR_REFUSED && rc != ERR_EVIDENCE && rc != ERR_LIMIT)
		return rc;
	x->why = rc == ERR_REFUSED ? "signature" : "format";
	process_say("logic", e->text);
	return OK;
}

static enum errc check_some(struct arrival *x, struct err *e)
{
	bool more = true;
	enum errc rc = judged(x, seal_bundle_check_some(&x->check, STEP_BYTES, &more, e), e);

	x->checked = !more;
	if (rc == OK && x->why == NULL && strcmp(x->b.id_hex, x->id) != 0)
		x->why = "its name is not its case";
	return rc;
}

/* Whether the case at hand is taken as things stand, and why not; r is the case, if it was found. */
static enum errc taking(struct logic *l, struct arrival *x, struct room *r, bool *found, struct err *e)
{
	int64_t taken;
	enum errc rc;

	if ((rc = room_load(l, l->a, x->id, r, found, e)) != OK)
		return rc;
	if (*found && x->b.round.generation == r->generation && (x->b.round.version <= r->version || room_over(r->state)))
		x->why = room_over(r->state) ? "closed" : "known";
	else if (*found && x->b.round.generation < r->generation)
		x->why = "older keys";
	for (size_t i = 0; i < x->b.n_notices && x->why == NULL; i++) {
		if ((rc = sql_int(l->db, &taken, 0, e, "SELECT count(*) FROM notice WHERE id = ? AND room <> ?", "tt",
		    x->b.notices[i].id, x->id)) != OK)
			return rc;
		if (taken != 0)
			x->why = "a notice of another case";
	}
	return OK;
}

/* Where its records lie is written before anything else of it: nobody is led there yet. */
static enum errc put_some(struct logic *l, void *ctx, struct err *e)
{
	struct arrival *x = ctx;
	struct room r;
	bool found;
	enum errc rc;

	if (x->put.file == NULL) {
		if ((rc = taking(l, x, &r, &found, e)) != OK || x->why != NULL)
			return rc;
		x->put = (struct records_put){.b = &x->b, .data_at = (uint64_t)(x->b.data.p - x->file.p),
		    .file = arena_printf(x->a, "%s-%u-%u", x->id, x->b.round.generation, x->b.round.version)};
	}
	return x->put.file != NULL ? records_put(l, &x->put, e) : err_memory(e);
}

/* A step; *more while there is anything to do before it is taken, or not. */
static enum errc work_some(struct logic *l, struct arrival *x, size_t *done, bool *more, struct err *e)
{
	enum errc rc;

	*more = x->why == NULL;
	if (x->why != NULL)
		return OK;
	if (x->left != 0) {
		rc = copy_some(x, done, e);
	} else if (x->to >= 0) {
		rc = judged(x, copied(l, x, e), e);
		*done = x->b.manifest.n;
	} else if (!x->checked) {
		rc = check_some(x, e);
		*done = x->checked && x->file.n < STEP_BYTES ? x->file.n : STEP_BYTES;
	} else {
		rc = logic_do(l, put_some, x, e);
		*done = x->put.n < RECORDS_STEP ? 0 : STEP_BYTES;
		*more = x->put.n <= x->b.n_records;
	}
	*more = *more && x->why == NULL;
	return rc;
}

/* ---- into the state --------------------------------------------------------------------------------------------- */

static enum errc put_notices(struct logic *l, const struct arrival *x, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < x->b.n_notices && rc == OK; i++) {
		const struct bundle_notice *n = &x->b.notices[i];

		rc = sql_run(l->db, e, "INSERT INTO notice (id, room, auth, wrapped_ck, identity) VALUES (?, ?, ?, ?,"
		    " ?) ON CONFLICT (id) DO UPDATE SET auth = excluded.auth,"
		    " wrapped_ck = excluded.wrapped_ck, identity = excluded.identity WHERE room = excluded.room",
		    "ttbbb", n->id, x->id, digest_span(&n->auth_sha256),
		    span_of(n->wrapped_ck, sizeof n->wrapped_ck), n->identity);
	}
	for (size_t i = 0; i < x->b.n_earlier && rc == OK; i++)
		rc = sql_run(l->db, e, "INSERT INTO earlier (room, version, wrapped_ck) VALUES (?, ?, ?)", "tib",
		    x->id, (int64_t)x->b.earlier[i].version,
		    span_of(x->b.earlier[i].wrapped_ck, sizeof x->b.earlier[i].wrapped_ck));
	return rc;
}

static enum errc put_room(struct logic *l, const struct arrival *x, struct err *e)
{
	int64_t manifest = x->b.manifest.p - x->file.p, signature = x->b.signature.p - x->file.p;

	return sql_run(l->db, e, "INSERT INTO room (id, state, since, generation, version, wave, file, manifest_at,"
	    " manifest_n, signature_at, signature_n, data_at, share_b)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET generation ="
	    " excluded.generation, version = excluded.version, wave = excluded.wave,"
	    " file = excluded.file, manifest_at = excluded.manifest_at, manifest_n = excluded.manifest_n,"
	    " signature_at = excluded.signature_at,"
	    " signature_n = excluded.signature_n, data_at = excluded.data_at, share_b = excluded.share_b",
	    "tiiiiitiiiiib", x->id, (int64_t)ROOM_SEALED, l->now,
	    (int64_t)x->b.round.generation, (int64_t)x->b.round.version, x->b.wave, x->put.file, manifest,
	    (int64_t)x->b.manifest.n, signature, (int64_t)x->b.signature.n,
	    (int64_t)(x->b.data.p - x->file.p), span_of(x->b.share_b.b, sizeof x->b.share_b.b));
}

/* New keys: whoever could read before begins again with a new notice. */
static enum errc begin_again(struct logic *l, struct room *r, struct err *e)
{
	enum errc rc;

	if ((rc = room_move(l, r, ROOM_WITHDRAWN, "new_keys", e)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM mark WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM task WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM word WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM disowned WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM due WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM exposure WHERE room = ?", "t", r->id)) != OK)
		return rc;
	return sql_run(l->db, e, "UPDATE room SET notified = NULL, weekly = NULL, reminded = NULL, state = ? WHERE id = ?", "it",
	    (int64_t)ROOM_SEALED, r->id);
}

/* What was looked at did not have what is new in it. */
static enum errc tasks_open(struct logic *l, const struct room *r, struct err *e)
{
	for (size_t i = 0; i < N_TASKS; i++) {
		enum errc rc = sql_run(l->db, e, "UPDATE task SET done = 0, person = '', at = ?, note = '' WHERE room = ? AND task = ? AND done", "itt",
		    l->now, r->id, task_words[i]);

		if (rc != OK)
			return rc;
		if (sql_changed(l->db) != 0)
			task_event(l, r->id, NULL, "", task_words[i], false, "supplement");
	}
	return OK;
}

/* What was claimed stays so; what is new in it is to be looked at. */
static enum errc supplemented(struct logic *l, struct room *r, struct err *e)
{
	enum errc rc;

	if ((rc = identity_again(l, l->a, r, e)) != OK || (rc = tasks_open(l, r, e)) != OK)
		return rc;
	if (r->state == ROOM_RESOLVED && (rc = room_move(l, r, ROOM_REVIEWING, "supplement", e)) != OK)
		return rc;
	if (r->identity.n == 0)
		return OK;
	return alert(l, l->a, r, "supplement", NULL, e);
}

static enum errc take(struct logic *l, struct arrival *x, struct err *e)
{
	const char *path = arena_printf(l->a, "%s/%s", l->c->sealed_dir, x->put.file);
	struct room r;
	bool found;
	enum errc rc;

	if (path == NULL)
		return err_memory(e);
	/* It may have been closed since its records began to be written. */
	if ((rc = taking(l, x, &r, &found, e)) != OK || x->why != NULL)
		return rc;
	if (rename(x->copy, path) != 0)
		return err_sys(e, "sealed records");
	x->copy[0] = '\0';
	if (found && x->b.round.generation > r.generation) {
		if ((rc = begin_again(l, &r, e)) != OK)
			return rc;
		found = false;
	}
	if ((rc = put_room(l, x, e)) != OK || (rc = sql_run(l->db, e, "DELETE FROM earlier WHERE room = ?", "t", x->id)) != OK ||
	    (rc = put_notices(l, x, e)) != OK)
		return rc;
	if (found) {
		x->was = arena_printf(x->a, "%s/%s", l->c->sealed_dir, r.file);
		return x->was != NULL ? supplemented(l, &r, e) : err_memory(e);
	}
	/* Its code reaches nobody before the notice does, so a case waits for it from now on. */
	if ((rc = room_load(l, l->a, x->id, &r, &found, e)) != OK)
		return rc;
	return room_move(l, &r, ROOM_NOTIFIED, "bundle", e);
}

static enum errc arrived(struct logic *l, void *ctx, struct err *e)
{
	struct arrival *x = ctx;
	struct json j;
	enum errc rc = OK;

	if (x->why == NULL)
		rc = take(l, x, e);
	if (rc != OK)
		return rc;
	j = event_begin(l, "bundle", x->id);
	json_u64(&j, "generation", x->b.round.generation);
	json_u64(&j, "version", x->b.round.version);
	json_str(&j, "result", x->why == NULL ? "taken" : "refused");
	json_str(&j, "reason", x->why != NULL ? x->why : "");
	event_end(l, &j);
	return OK;
}

/* ---- the folder ------------------------------------------------------------------------------------------------- */

static enum errc set_aside(const char *path, struct err *e)
{
	char to[4096 + sizeof ".refused"];

	(void)snprintf(to, sizeof to, "%s.refused", path);
	return rename(path, to) == 0 ? OK : err_sys(e, "%s", path);
}

/* Its new name, and what was committed, may lie in memory that goes with the power: only then does it go from the folder. */
static enum errc here_for_good(struct logic *l, const struct arrival *x, struct err *e)
{
	const char *path = arena_printf(x->a, "%s/%s", l->c->sealed_dir, x->put.file);
	enum errc rc;

	if (path == NULL)
		return err_memory(e);
	if ((rc = io_sync_name(path, e)) != OK)
		return rc;
	return sql_script(l->db, "PRAGMA wal_checkpoint(PASSIVE)", e);
}

static enum errc arrival_ends(struct logic *l, struct arrival *x, struct err *e)
{
	enum errc rc = logic_do(l, arrived, x, e);

	if (rc != OK || (x->why == NULL && (rc = here_for_good(l, x, e)) != OK))
		return rc;
	x->decided = true;
	l->stale |= x->put.file != NULL && (x->was != NULL || x->why != NULL);
	/* Not by a look at all that are there: of a wave of many each would be one. What stays is for the next start. */
	if (x->was != NULL && unlink(x->was) != 0 && errno != ENOENT) {
		(void)err_sys(e, "sealed records");
		process_say("logic", e->text);
	}
	if (x->why != NULL && strcmp(x->why, "known") != 0)
		return set_aside(x->path, e);
	return unlink(x->path) == 0 || errno == ENOENT ? OK : err_sys(e, "%s", x->path);
}

/* A folder need not say what a name is of: what it is is asked then. A link is no bundle, wherever it leads. */
static bool is_file(DIR *d, const struct dirent *x)
{
	struct stat sb;

	if (x->d_type != DT_UNKNOWN)
		return x->d_type == DT_REG;
	return fstatat(dirfd(d), x->d_name, &sb, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(sb.st_mode);
}

static bool is_left_alone(const struct logic *l, DIR *d, const char *name)
{
	struct stat sb;

	for (size_t i = 0; i < l->n_left; i++) {
		const struct left_alone *x = &l->left[i];

		if (strcmp(x->name, name) == 0 && fstatat(dirfd(d), name, &sb, AT_SYMLINK_NOFOLLOW) == 0 && sb.st_ino == x->ino &&
		    sb.st_ctim.tv_sec == x->changed.tv_sec && sb.st_ctim.tv_nsec == x->changed.tv_nsec)
			return true;
	}
	return false;
}

/* Until the next start: who looks after the folder has to make room for it, and all others go on. */
static enum errc leave_alone(struct logic *l, const struct arrival *x, struct err *e)
{
	struct left_alone *more = arena_grow(l->kept, l->left, l->n_left, &l->cap_left, sizeof *more, 16);
	struct stat sb;

	if (more == NULL)
		return err_memory(e);
	l->left = more;
	if (lstat(x->path, &sb) != 0)
		return OK; /* gone by itself */
	l->left[l->n_left] = (struct left_alone){.ino = sb.st_ino, .changed = sb.st_ctim};
	(void)snprintf(l->left[l->n_left++].name, sizeof more->name, "%s.bundle", x->id);
	return OK;
}

static enum errc next_of(struct logic *l, char name[NAME_BYTES + 1], struct err *e)
{
	DIR *d = opendir(l->c->drop);
	struct dirent *x;

	name[0] = '\0';
	if (d == NULL)
		return err_sys(e, "%s", l->c->drop);
	while ((x = readdir(d)) != NULL && name[0] == '\0')
		if (bundle_name(x->d_name) && is_file(d, x) && !is_left_alone(l, d, x->d_name))
			(void)snprintf(name, NAME_BYTES + 1, "%s", x->d_name);
	(void)closedir(d);
	return OK;
}

enum errc drop_step(struct logic *l, bool *more, struct err *e)
{
	struct arrival *x = l->arrival;
	char name[NAME_BYTES + 1];
	bool undecided = true;
	enum errc rc = OK;

	*more = false;
	if (x == NULL) {
		if ((rc = next_of(l, name, e)) != OK || name[0] == '\0')
			return rc;
		rc = arrival_new(l, name, &l->arrival, e);
		x = l->arrival;
	}
	*more = true;
	for (size_t done = 0, n = 0; rc == OK && !x->gone && undecided && done < STEP_BYTES; done += n, n = 0)
		rc = work_some(l, x, &n, &undecided, e);
	if (rc == OK && !x->gone && undecided)
		return OK;
	if (rc == OK && !x->gone)
		rc = arrival_ends(l, x, e);
	/* The world is wrong with one bundle, or has no room for any: no reason to answer nobody. But see logic_ask. */
	if (rc == ERR_WORLD && !l->lost && x != NULL) {
		process_say("logic", e->text);
		if (x->decided) {
			rc = leave_alone(l, x, e);
		} else { /* it stays where it is, for another try */
			l->drop_rests = time_monotonic_ms() + REST_MS;
			l->stale = true; /* where its records lie may be written */
			*more = false;
			rc = OK;
		}
	}
	arrival_free(x);
	l->arrival = NULL;
	return rc;
}

enum errc sealed_sweep(struct logic *l, struct err *e)
{
	DIR *d = opendir(l->c->sealed_dir);
	struct dirent *x;
	char path[4096];
	int64_t n;
	enum errc rc = OK;

	if (d == NULL)
		return err_sys(e, "%s", l->c->sealed_dir);
	while (rc == OK && (x = readdir(d)) != NULL) {
		if ((x->d_name[0] == '.' && (l->arrival != NULL || strcmp(x->d_name, ARRIVING) != 0)) || (rc = sql_int(l->db, &n, 0, e, "SELECT count(*) FROM room WHERE file = ?",
		    "t", x->d_name)) != OK || n != 0)
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", l->c->sealed_dir, x->d_name);
		if (unlink(path) != 0 && errno != ENOENT)
			rc = err_sys(e, "sealed records");
	}
	(void)closedir(d);
	return rc;
}
