/*
 * SQLite, thinly: prepared statements kept by their text, bound and stepped in one line. Only store/ includes this.
 * SQL is always a literal; values are always bound.
 */
#ifndef TOCSIN_STORE_DB_H
#define TOCSIN_STORE_DB_H

#include <sqlite3.h>

#include "base/arena.h"
#include "store/store.h"

struct store {
	sqlite3 *db;
	int lock_fd;
	struct cached { const char *sql; sqlite3_stmt *st; } *cache; /* keyed by the literal's address */
	size_t n_cache, cap_cache;
	bool in_tx;
	unsigned scope; /* bits of enum verdict: the SQL function in_scope(verdict) */
	void (*mail_free)(struct store *); /* address cache of store/parties.c */
	void *mail;
};

/* The SQL function in_scope(verdict), by the policy: see scope_policy_set. */
MUST_CHECK enum errc scope_policy_install(struct store *st, struct err *e);

/*
 * The prepared statement for a literal, reset and with its bindings cleared. NULL on failure, with e set. It stays
 * the store's.
 */
sqlite3_stmt *db_prepare(struct store *st, const char *sql, struct err *e);

/*
 * Binds by letter: i int64_t, t const char * (NULL binds NULL), s span as text, b span as blob, d const struct
 * digest *, n nothing (NULL, takes no argument). What is pointed to must live until the statement has run.
 */
MUST_CHECK enum errc db_bind(struct store *st, sqlite3_stmt *q, struct err *e, const char *types, ...);

/* A row is there: true. Error or end: false, and *rc says which (OK at the end). */
bool db_row(struct store *st, sqlite3_stmt *q, enum errc *rc, struct err *e);

/* Prepares, binds, runs to the end: for writes. */
MUST_CHECK enum errc db_run(struct store *st, struct err *e, const char *sql, const char *types, ...);

/* One integer of the first row; `none` when there is no row or NULL. */
MUST_CHECK enum errc db_int(struct store *st, int64_t *out, int64_t none, struct err *e, const char *sql, const char *types, ...);

/* Column as text, borrowed until the next step; or copied into an arena (NULL when out of memory). */
span db_col(sqlite3_stmt *q, int col);
const char *db_text(struct arena *a, sqlite3_stmt *q, int col);
void db_digest(sqlite3_stmt *q, int col, struct digest *out);
/* Column as integer, `none` for NULL; as time, TIME_NONE for NULL. */
int64_t db_col_int(sqlite3_stmt *q, int col, int64_t none);
int64_t db_time(sqlite3_stmt *q, int col);

enum errc db_err(struct store *st, struct err *e, const char *what);

/* Two of its queries must mean the same by it: external organisations (no persons) that a message in scope makes a party. */
#define CONCERNED \
	" FROM org o WHERE o.origin NOT IN (1, 4) AND EXISTS (SELECT 1 FROM link l JOIN message m ON m.id = l.message_id" \
	" WHERE l.org_id = o.id AND l.counts AND in_scope(m.verdict))"

/*
 * Where finding n stands, in words that a person can follow: "sheet Hosts, cell D14 of dir/inventory.xlsx in archive.zip"; nothing
 * for the text of the message itself.
 */
#define ATTACHED \
	"(SELECT iif(instr(n.path, '!/') > 0, substr(n.path, instr(n.path, '!/') + 2) || ' in ', '')" \
	" || iif(instr(n.path, '!/') > 0 AND p.filename = '', 'an attachment', p.filename) FROM part p WHERE p.message_id = n.message_id" \
	" AND p.path = iif(instr(n.path, '!/') > 0, substr(n.path, 1, instr(n.path, '!/') - 1), n.path))"
#define IN_WORDS "n.place || coalesce(iif(n.place <> '' AND " ATTACHED " <> '', ' of ', '') || " ATTACHED ", '')"

/* Message m has attachments that scan has still to read: what is known of it is not all. */
#define WAITS(m) "EXISTS (SELECT 1 FROM waiting WHERE message_id = " m " AND state <> 2)"
/* The rule set that has read all of message m, whose row of scanned is s; 0: none. */
#define SCANNED_BY(m, s) "iif(" WAITS(m) ", 0, coalesce(" s ".ruleset_id, 0))"

#endif
