#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "schema.h"
#include "store/db.h"

/* A case file that is being made: it gets its name when all of it is there. */
#define UNFINISHED "case.db.new"

#define WRITING "%s: another tocsin is writing to this case; wait for it to end"

enum { APPLICATION_ID = 0x54434e31, SCHEMA_VERSION = 8 };

static enum errc path_in(char out[4096], const char *dir, const char *name, struct err *e)
{
	int n = snprintf(out, 4096, "%s/%s", dir, name);

	return n < 0 || n >= 4096 ? err_set(e, ERR_USAGE, "%s: path too long", dir) : OK;
}

/* Those who only read share it. */
static enum errc is_locked(int fd, const char *dir, struct err *e)
{
	return flock(fd, LOCK_SH | LOCK_NB) == 0 ? err_set(e, ERR_LOCKED, "%s: another tocsin is reading this case as it stands; wait for it to end", dir)
	                                         : err_set(e, ERR_LOCKED, WRITING, dir);
}

/*
 * A run that was killed can leave its lock for a moment to the worker that it was about to start, which has the file until it is another program:
 * half a second is waited.
 */
enum { LOCK_TRIES = 25, LOCK_WAIT_NS = 20000000 };

/* The lock is a file of its own, so that a reader can say who is in its way before SQLite is opened. */
static enum errc take_lock(struct store *st, const char *dir, struct err *e)
{
	char path[4096];
	enum errc rc = path_in(path, dir, "case.lock", e);

	if (rc != OK)
		return rc;
	if ((st->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		return err_sys(e, "%s", path);
	for (int tries = LOCK_TRIES; flock(st->lock_fd, LOCK_EX | LOCK_NB) != 0; tries--) {
		if (errno != EWOULDBLOCK)
			return err_sys(e, "%s", path);
		if (tries == 0)
			return is_locked(st->lock_fd, dir, e);
		(void)nanosleep(&(struct timespec){.tv_nsec = LOCK_WAIT_NS}, NULL);
	}
	return OK;
}

/* Rows that only the log has: SQLite has to read that too, and says if it cannot. */
static enum errc log_has_rows(const char *dir, bool *out, struct err *e)
{
	char path[4096];
	struct stat sb;
	enum errc rc = path_in(path, dir, "case.db-wal", e);

	*out = rc == OK && stat(path, &sb) == 0 && sb.st_size != 0;
	return rc;
}

/*
 * Nobody writes meanwhile: that is what the shared lock is for. *still: nor is there a log. It is asked of twice: one that is there needs no
 * lock, and a writer that ends without a word may have left one between the first question and the lock.
 */
static enum errc hold_still(struct store *st, const char *dir, bool *still, struct err *e)
{
	char name[4096];
	bool rows;
	enum errc rc;

	*still = false;
	if ((rc = log_has_rows(dir, &rows, e)) != OK || rows || (rc = path_in(name, dir, "case.lock", e)) != OK)
		return rc;
	if ((st->lock_fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0 && errno != ENOENT)
		return err_sys(e, "%s", name);
	if (st->lock_fd >= 0 && flock(st->lock_fd, LOCK_SH | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? err_set(e, ERR_LOCKED, WRITING, dir) : err_sys(e, "%s", name);
	if ((rc = log_has_rows(dir, &rows, e)) == OK && rows && st->lock_fd >= 0) {
		(void)close(st->lock_fd);
		st->lock_fd = -1;
	}
	*still = rc == OK && !rows;
	return rc;
}

/* "file:path?immutable=1", for a case that may only be read: SQLite would else want to make a -shm file beside it. */
static enum errc immutable_uri(struct store *st, const char *dir, const char *path, char out[3 * 4096 + 32], struct err *e)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 5;
	bool still;
	enum errc rc = hold_still(st, dir, &still, e);

	out[0] = '\0';
	if (rc != OK || !still)
		return rc;
	memcpy(out, "file:", n);
	for (; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if (ascii_is_alnum(c) || c == '/' || c == '.' || c == '_' || c == '-') {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '%';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	memcpy(out + n, "?immutable=1", sizeof "?immutable=1");
	return OK;
}

static enum errc open_db(struct store *st, const char *dir, const char *name, int flags, struct err *e)
{
	char path[4096], uri[3 * 4096 + 32] = "";
	enum errc rc;

	/* One thread, and nobody asks how much memory it has taken: a sixth of the time of an insert. */
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if ((rc = path_in(path, dir, name, e)) != OK || (rc = path_in(st->name, dir, "case.db", e)) != OK)
		return rc;
	if ((flags & SQLITE_OPEN_CREATE) == 0 && access(path, F_OK) != 0)
		return errno == ENOENT ? err_set(e, ERR_USAGE, "%s: no case here (no case.db); --case or $TOCSIN_CASE says where it is, tocsin init makes one", dir)
				       : err_sys(e, "%s", path);
	if ((flags & SQLITE_OPEN_READONLY) != 0 && (rc = immutable_uri(st, dir, path, uri, e)) != OK)
		return rc;
	if ((rc = sql_open(&st->sql, uri[0] != '\0' ? uri : path, flags | (uri[0] != '\0' ? SQLITE_OPEN_URI : 0) | SQLITE_OPEN_NOFOLLOW,
	     st->name, e)) != OK)
		return rc;
	(void)sqlite3_busy_timeout(st->sql->db, 5000);
	if (st->alone && (rc = sql_script(st->sql, "PRAGMA locking_mode = EXCLUSIVE", e)) != OK)
		return rc;
	if ((rc = scope_policy_install(st, e)) != OK || (rc = wave_not_approved_install(st, e)) != OK)
		return rc;
	return sql_script(st->sql,
	    "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;"
	    "PRAGMA cache_size = -65536; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;", e);
}

/*
 * The parties of messages, a row each. A view of the connection's, not of the file's: SQLite lets no JSON function stand in
 * the schema of a file that is not trusted.
 */
#define PARTY_VIEW                                                                                              \
	"CREATE TEMP VIEW party AS SELECT l.message_id, j.key AS seq, json_extract(j.value, '$[0]') AS role,"    \
	" json_extract(j.value, '$[1]') AS address_id, coalesce(json_extract(j.value, '$[2]'), '') AS name"      \
	" FROM main.party_list l, json_each(l.list) j"

/* What an init that was cut off has left. */
static enum errc remove_unfinished(const char *dir, struct err *e)
{
	static const char *const names[] = {UNFINISHED, UNFINISHED "-wal", UNFINISHED "-shm", UNFINISHED "-journal"};
	char path[4096];
	enum errc rc = OK;

	for (size_t i = 0; i < sizeof names / sizeof names[0] && rc == OK; i++)
		if ((rc = path_in(path, dir, names[i], e)) == OK && unlink(path) != 0 && errno != ENOENT)
			rc = err_sys(e, "%s", path);
	return rc;
}

static enum errc create_db(struct store *st, const char *dir, struct err *e)
{
	enum errc rc;

	if ((rc = open_db(st, dir, UNFINISHED, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e)) != OK ||
	    (rc = sql_script(st->sql, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;", e)) != OK ||
	    (rc = sql_script(st->sql, "BEGIN", e)) != OK || (rc = sql_script(st->sql, schema_sql, e)) != OK ||
	    (rc = ledger_add(st, "case made", "{}", e)) != OK || (rc = sql_script(st->sql, "COMMIT", e)) != OK)
		return rc;
	/* The log is not renamed with it: it has to be empty. */
	return sql_script(st->sql, "PRAGMA wal_checkpoint(TRUNCATE)", e);
}

enum errc store_create(const char *dir, struct err *e)
{
	struct store st = {.lock_fd = -1};
	char path[4096], unfinished[4096];
	mode_t old = umask(077);
	enum errc rc;

	if ((rc = path_in(path, dir, "case.db", e)) != OK || (rc = path_in(unfinished, dir, UNFINISHED, e)) != OK)
		goto out;
	if (access(path, F_OK) == 0)
		rc = err_set(e, ERR_REFUSED, "%s: there is a case already", dir);
	else if ((rc = remove_unfinished(dir, e)) == OK)
		rc = create_db(&st, dir, e);
	sql_close(st.sql);
	if (rc == OK && rename(unfinished, path) != 0)
		rc = err_sys(e, "%s", path);
out:
	(void)umask(old);
	return rc;
}

static enum errc may_write(const char *dir, enum store_mode mode, int *flags, struct err *e)
{
	char path[4096];
	enum errc rc = path_in(path, dir, "case.db", e);

	*flags = SQLITE_OPEN_READWRITE;
	if (rc != OK || (access(dir, W_OK) == 0 && access(path, W_OK) == 0) || errno == ENOENT)
		return rc;
	if (mode == STORE_WRITE)
		return err_sys(e, "%s: the case cannot be written to", dir);
	*flags = SQLITE_OPEN_READONLY;
	return OK;
}

static enum errc open_in_mode(struct store *st, const char *dir, enum store_mode mode, struct err *e)
{
	int64_t id = 0, version = 0;
	bool rows;
	int flags;
	enum errc rc;

	/* WAL needs a writable connection even to read, where there may be one; a reader is held to reading by query_only. */
	if ((rc = may_write(dir, mode, &flags, e)) != OK || (rc = log_has_rows(dir, &rows, e)) != OK)
		return rc;
	if (st->alone && !rows)
		flags = SQLITE_OPEN_READONLY;
	if ((rc = open_db(st, dir, "case.db", flags, e)) != OK ||
	    (mode == STORE_WRITE && (rc = take_lock(st, dir, e)) != OK) ||
	    (rc = sql_int(st->sql, &id, 0, e, "PRAGMA application_id", "")) != OK ||
	    (rc = sql_int(st->sql, &version, 0, e, "PRAGMA user_version", "")) != OK)
		return rc;
	if (id != APPLICATION_ID)
		return err_set(e, ERR_USAGE, "%s/case.db is no case file of tocsin", dir);
	if (version != SCHEMA_VERSION)
		return err_set(e, ERR_USAGE, "%s/case.db has format %d; this tocsin reads format %d: open it with the tocsin that made it, or "
		    "make the case anew from the same evidence", dir, (int)version, SCHEMA_VERSION);
	if ((rc = sql_script(st->sql, PARTY_VIEW "; " UNFIT_TABLE, e)) == OK && (rc = sql_script(st->sql, wave_views, e)) == OK && mode == STORE_READ)
		rc = sql_script(st->sql, "PRAGMA query_only = ON", e);
	return rc == OK ? store_begin(st, e) : rc;
}

enum errc store_open(struct store **out, const char *dir, enum store_mode mode, struct err *e)
{
	struct store *st;
	enum errc rc;

	*out = NULL;
	/* Readers share a log and an index of it, files that are made anew. Where the disk is full one reads alone, without. */
	for (bool alone = false;; alone = true) {
		if ((st = calloc(1, sizeof *st)) == NULL)
			return err_memory(e);
		st->lock_fd = -1;
		st->alone = alone;
		if ((rc = open_in_mode(st, dir, mode, e)) == OK) {
			*out = st;
			return OK;
		}
		store_close(st);
		if (rc != ERR_WORLD || mode == STORE_WRITE || alone)
			return rc;
	}
}

void store_close(struct store *st)
{
	if (st == NULL)
		return;
	if (st->mail_free != NULL)
		st->mail_free(st);
	free(st->met.v);
	free(st->newest.v);
	tallies_free(st);
	sql_close(st->sql);
	if (st->lock_fd >= 0)
		(void)close(st->lock_fd);
	free(st);
}

enum errc store_begin(struct store *st, struct err *e)
{
	return sql_run(st->sql, e, "BEGIN", "");
}

enum errc store_commit(struct store *st, struct err *e)
{
	enum errc rc = sql_flush(st->sql, e);

	if (rc == OK)
		rc = sql_run(st->sql, e, "COMMIT", "");
	return rc == OK ? store_begin(st, e) : rc;
}

enum errc temp_begin(struct store *st, bool *reads, struct err *e)
{
	int64_t query_only;
	enum errc rc = sql_int(st->sql, &query_only, 0, e, "PRAGMA query_only", "");

	*reads = rc == OK && query_only != 0;
	return *reads ? sql_script(st->sql, "PRAGMA query_only = OFF", e) : rc;
}

enum errc temp_end(struct store *st, bool reads, struct err *e)
{
	return reads ? sql_script(st->sql, "PRAGMA query_only = ON", e) : OK;
}

enum errc store_setting(struct store *st, struct arena *a, const char *key, const char **out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT value FROM setting WHERE key = ?", "t", key);
	enum errc rc;

	*out = NULL;
	if (sql_next(st->sql, q, &rc, e)) {
		if ((*out = sql_text(a, q, 0)) == NULL)
			rc = err_memory(e);
		sql_done(q);
	}
	return rc;
}

enum errc store_set(struct store *st, const char *key, const char *value, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", "tt", key, value);
}

enum errc rows_gather(struct store *st, struct arena *a, sqlite3_stmt *q, take_fn *take, size_t size, void **out, size_t *n, struct err *e)
{
	size_t cap = 0;
	enum errc rc;

	*out = NULL;
	*n = 0;
	while (sql_next(st->sql, q, &rc, e)) {
		char *v = arena_grow(a, *out, *n, &cap, size, 16);

		if (v == NULL || !take(a, q, v + *n * size)) {
			sql_done(q);
			return err_memory(e);
		}
		*out = v;
		++*n;
	}
	return rc;
}
