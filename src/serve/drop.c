/*
 * Bundles from the evidence side, out of the drop folder into the state: checked whole, kept as they are, taken
 * once. The evidence side puts one there under another name and renames it; the portal never connects back.
 */
#include "serve/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "seal/bundle.h"

enum { NAME_BYTES = SEAL_CASE_HEX - 1 + 7 }; /* "<32 digits>.bundle" */

struct arrival {
	const char *path;
	char id[SEAL_CASE_HEX];
	struct arena *a;           /* of this bundle: its manifest may be large */
	span file;
	struct seal_bundle b;
	const char *why;           /* not taken, and why; NULL: taken */
	const char *was;           /* the sealed file of the version before it; NULL: there was none */
	bool gone;                 /* taken away, or another thing, before it was opened */
};

static bool bundle_name(const char *name)
{
	unsigned char id[SEAL_CASE_ID];

	return strlen(name) == NAME_BYTES && strcmp(name + SEAL_CASE_HEX - 1, ".bundle") == 0 &&
	    hex_read(span_of(name, SEAL_CASE_HEX - 1), id, sizeof id);
}

static enum errc map_file(struct arrival *x, struct err *e)
{
	int fd = open(x->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat sb;
	void *p;
	enum errc rc = OK;

	if (fd < 0 && (errno == ENOENT || errno == ELOOP)) { /* ELOOP: a link has come in its place, and is left alone */
		x->gone = true;
	} else if (fd < 0 && (errno == EACCES || errno == EPERM)) {
		/* What a carrier did to one bundle ends no reading room. */
		x->why = "unreadable";
		(void)err_sys(e, "%s", x->path);
		process_say("logic", e->text);
	} else if (fd < 0 || fstat(fd, &sb) != 0) {
		rc = err_sys(e, "%s", x->path);
	} else if (!S_ISREG(sb.st_mode) || sb.st_size == 0) {
		x->why = "no file";
	} else if ((p = mmap(NULL, (size_t)sb.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED) {
		rc = err_sys(e, "%s", x->path);
	} else {
		x->file = span_of(p, (size_t)sb.st_size);
	}
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static enum errc check(struct logic *l, struct arrival *x, struct err *e)
{
	enum errc rc = seal_bundle_read(x->a, x->file, &l->c->signer, &x->b, e);

	if (rc == OK)
		rc = seal_bundle_check(&x->b, e);
	if (rc == OK && strcmp(x->b.id_hex, x->id) != 0)
		x->why = "its name is not its case";
	if (rc != ERR_REFUSED && rc != ERR_EVIDENCE && rc != ERR_LIMIT)
		return rc;
	x->why = rc == ERR_REFUSED ? "signature" : "format";
	process_say("logic", e->text);
	return OK;
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

static enum errc put_record(struct logic *l, const struct arrival *x, const struct bundle_blob *r, const char *id,
    struct err *e)
{
	int64_t at = (int64_t)((size_t)(x->b.data.p - x->file.p) + r->offset);

	return sql_run(l->db, e, "INSERT INTO record (room, id, at, n, sha256) VALUES (?, ?, ?, ?, ?)", "ttiib",
	    x->id, id, at, (int64_t)r->length, digest_span(&r->sha256));
}

static enum errc put_contents(struct logic *l, const struct arrival *x, struct err *e)
{
	enum errc rc;

	if ((rc = sql_run(l->db, e, "DELETE FROM record WHERE room = ?", "t", x->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM earlier WHERE room = ?", "t", x->id)) != OK ||
	    (rc = put_notices(l, x, e)) != OK)
		return rc;
	for (size_t i = 0; i < x->b.n_records && rc == OK; i++)
		rc = put_record(l, x, &x->b.records[i], x->b.records[i].record, e);
	return rc == OK ? put_record(l, x, &x->b.export, "", e) : rc;
}

static enum errc put_room(struct logic *l, const struct arrival *x, const char *file, struct err *e)
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
	    (int64_t)x->b.round.generation, (int64_t)x->b.round.version, x->b.wave, file, manifest,
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
	const char *file, *path;
	struct room r;
	bool found;
	int64_t taken;
	enum errc rc;

	if ((rc = room_load(l, l->a, x->id, &r, &found, e)) != OK)
		return rc;
	if (found && x->b.round.generation == r.generation && (x->b.round.version <= r.version || room_over(r.state))) {
		x->why = room_over(r.state) ? "closed" : "known";
		return OK;
	}
	if (found && x->b.round.generation < r.generation) {
		x->why = "older keys";
		return OK;
	}
	for (size_t i = 0; i < x->b.n_notices; i++) {
		if ((rc = sql_int(l->db, &taken, 0, e, "SELECT count(*) FROM notice WHERE id = ? AND room <> ?", "tt",
		    x->b.notices[i].id, x->id)) != OK)
			return rc;
		if (taken != 0) {
			x->why = "a notice of another case";
			return OK;
		}
	}
	file = arena_printf(l->a, "%s-%u-%u", x->id, x->b.round.generation, x->b.round.version);
	path = arena_printf(l->a, "%s/%s", l->c->sealed_dir, file != NULL ? file : "");
	if (file == NULL || path == NULL)
		return err_memory(e);
	if ((rc = io_write_file(path, x->file, 0600, e)) != OK)
		return rc;
	if (found && x->b.round.generation > r.generation) {
		if ((rc = begin_again(l, &r, e)) != OK)
			return rc;
		found = false;
	}
	if ((rc = put_room(l, x, file, e)) != OK || (rc = put_contents(l, x, e)) != OK)
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

static enum errc one(struct logic *l, const char *name, struct err *e)
{
	struct arrival x = {.why = NULL};
	char path[4096];
	enum errc rc;

	(void)snprintf(path, sizeof path, "%s/%s", l->c->drop, name);
	(void)snprintf(x.id, sizeof x.id, "%.*s", SEAL_CASE_HEX - 1, name);
	x.path = path;
	if ((rc = arena_new(&x.a, GIB, e)) != OK)
		return rc;
	if ((rc = map_file(&x, e)) == OK && !x.gone && (x.why != NULL || (rc = check(l, &x, e)) == OK) &&
	    (rc = logic_do(l, arrived, &x, e)) == OK) {
		/* Not by a look at all that are there: of a wave of many each would be one. What stays is for the next start. */
		if (x.was != NULL && unlink(x.was) != 0 && errno != ENOENT) {
			(void)err_sys(e, "sealed records");
			process_say("logic", e->text);
		}
		if (x.why == NULL || strcmp(x.why, "known") == 0)
			rc = unlink(path) == 0 ? OK : err_sys(e, "%s", path);
		else
			rc = set_aside(path, e);
	}
	if (x.file.p != NULL)
		(void)munmap((void *)(uintptr_t)x.file.p, x.file.n);
	arena_free(x.a);
	return rc;
}

/* A folder need not say what a name is of: what it is is asked then. A link is no bundle, wherever it leads. */
static bool is_file(DIR *d, const struct dirent *x)
{
	struct stat sb;

	if (x->d_type != DT_UNKNOWN)
		return x->d_type == DT_REG;
	return fstatat(dirfd(d), x->d_name, &sb, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(sb.st_mode);
}

enum errc drop_look(struct logic *l, bool *more, struct err *e)
{
	DIR *d = opendir(l->c->drop);
	char name[NAME_BYTES + 1] = "";
	struct dirent *x;

	if (d == NULL)
		return err_sys(e, "%s", l->c->drop);
	while ((x = readdir(d)) != NULL && name[0] == '\0')
		if (bundle_name(x->d_name) && is_file(d, x))
			(void)snprintf(name, sizeof name, "%s", x->d_name);
	(void)closedir(d);
	*more = name[0] != '\0';
	return *more ? one(l, name, e) : OK;
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
		if (x->d_name[0] == '.' || (rc = sql_int(l->db, &n, 0, e, "SELECT count(*) FROM room WHERE file = ?",
		    "t", x->d_name)) != OK || n != 0)
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", l->c->sealed_dir, x->d_name);
		if (unlink(path) != 0 && errno != ENOENT)
			rc = err_sys(e, "sealed records");
	}
	(void)closedir(d);
	return rc;
}
