#include "store/test-rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/db.h"

static void must(enum errc rc, const struct err *e)
{
	if (rc == OK)
		return;
	(void)fprintf(stderr, "test rows: %s\n", e->text);
	abort();
}

struct store *rows_case(char *dir)
{
	struct store *st = NULL;
	struct err e = {0};

	if (mkdtemp(dir) == NULL)
		abort();
	must(store_create(dir, &e), &e);
	must(store_open(&st, dir, STORE_WRITE, &e), &e);
	return st;
}

int rows_case_end(struct store *st, const char *dir)
{
	static const char *const names[] = {"case.db", "case.db-wal", "case.db-shm", "case.lock"};
	char path[128];

	store_close(st);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	return rmdir(dir);
}

static struct digest of_id(int64_t id)
{
	struct digest d;

	sha256_of(span_of(&id, sizeof id), &d);
	return d;
}

#define RUN(...) do { struct err e = {0}; must(sql_run(st->sql, &e, __VA_ARGS__), &e); } while (0)

void rows_message(struct store *st, int64_t id, int64_t when_utc, enum verdict verdict)
{
	struct digest d = of_id(id);

	RUN("INSERT INTO message (id, content_digest, sha256, rfc822_id, when_utc, subject, n_bytes, traits, problems,"
	    " verified_domain, verdict) VALUES (?, ?, ?, '', ?, 'subject', 100, 0, 0, '', ?)", "iddui", id, &d, &d, when_utc,
	    (int64_t)verdict);
}

void rows_written(struct store *st, int64_t message, const char *subject, int64_t from)
{
	RUN("UPDATE message SET subject = ? WHERE id = ?", "ti", subject, message);
	RUN("INSERT INTO party_list (message_id, list) VALUES (?1, '[[4,999],[1,' || ?2 || ']]')", "ii", message, from);
}

void rows_verdict(struct store *st, int64_t id, enum verdict verdict)
{
	RUN("UPDATE message SET verdict = ? WHERE id = ?", "ii", (int64_t)verdict, id);
}

void rows_unread(struct store *st, int64_t message)
{
	RUN("INSERT INTO coverage (message_id, path, type, filename, n_bytes, outcome, reason)"
	    " VALUES (?, '2', 'application/pdf', '', 10, 2, 'not text')", "i", message);
}

void rows_sent(struct store *st, int64_t message, bool by_intruder)
{
	struct digest d = of_id(message);

	RUN("UPDATE message SET rfc822_id = 'sent-' || id WHERE id = ?", "i", message);
	RUN("INSERT OR IGNORE INTO log_source VALUES (1, 'a.jsonl', -1, '', 9, 1, zeroblob(32), 'audit log', 1, 2, '', 1, 0, 0, 0)", "");
	RUN("INSERT OR IGNORE INTO context VALUES (1, zeroblob(32), 'us@us.example', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, NULL, 0)", "");
	RUN("INSERT INTO event VALUES (?1, ?2, ?2, NULL, 1, 0, 1, 'm365', 'send', 2, 'Send', '', 1706000000, 'us@us.example', '', 1, 2, 0, 1, 0,"
	    " '', '{}')", "id", message, &d);
	RUN("INSERT INTO access VALUES (?1, 0, 'sent-' || ?1, '', '', NULL)", "i", message);
	RUN("INSERT INTO suspect VALUES (?, ?, 3, 'intruder')", "ii", message, (int64_t)by_intruder);
}

void rows_org(struct store *st, int64_t id, const char *key, enum org_origin origin, const char *country,
    const char *language)
{
	RUN("INSERT INTO org (id, key, name, origin, country, language, tenant, notes) VALUES (?, ?, ?, ?, ?, ?, '', '')",
	    "ittitt", id, key, key, (int64_t)origin, country, language);
}

void rows_contact(struct store *st, int64_t org, int64_t seq, const char *address)
{
	RUN("INSERT INTO contact (org_id, seq, address, role) VALUES (?, ?, ?, 'security')", "iit", org, seq, address);
}

void rows_link(struct store *st, int64_t message, int64_t org, enum link_role role, bool counts)
{
	RUN("INSERT OR IGNORE INTO link (message_id, org_id, role, certainty, ground, at, counts, why_not)"
	    " VALUES (?, ?, ?, 3, 'test', 'From', ?, '')", "iiii", message, org, (int64_t)role, (int64_t)counts);
}

void rows_unlink(struct store *st, int64_t message, int64_t org)
{
	RUN("DELETE FROM link WHERE message_id = ? AND org_id = ?", "ii", message, org);
}

void rows_exposure(struct store *st, int64_t id, const char *class, enum severity severity, const char *masked)
{
	struct digest d = of_id(-id);

	RUN("INSERT INTO exposure (id, digest, class, severity, masked) VALUES (?, ?, ?, ?, ?)", "idtit", id, &d, class,
	    (int64_t)severity, masked);
}

void rows_withheld(struct store *st, int64_t messages, int64_t exposures)
{
	RUN("DELETE FROM withheld", "");
	RUN("INSERT INTO withheld SELECT 1, content_digest, 'Ada', 'why', 0 FROM message WHERE id % ? = 0", "i", messages);
	RUN("INSERT INTO withheld SELECT 2, digest, 'Ada', 'why', 0 FROM exposure WHERE id % ? = 0", "i", exposures);
}

void rows_finding(struct store *st, int64_t message, int64_t exposure)
{
	RUN("INSERT INTO finding (message_id, path, part_type, at_byte, n_bytes, class, detector, severity, certainty, masked,"
	    " host, exposure_id) SELECT ?, '1', 'text/plain', 0, 8, class, 'test', severity, 3, masked, '', id FROM exposure"
	    " WHERE id = ?", "ii", message, exposure);
}

void rows_owner(struct store *st, int64_t exposure, int64_t org)
{
	RUN("INSERT OR IGNORE INTO owner (exposure_id, org_id, ground) VALUES (?, ?, 'test')", "ii", exposure, org);
}

void rows_conflict(struct store *st, const char *domain, const char *first, const char *second)
{
	RUN("INSERT INTO conflict (domain, first, second) VALUES (?, ?, ?)", "ttt", domain, first, second);
}

int64_t rows_count(struct store *st, const char *sql)
{
	struct err e = {0};
	int64_t n = 0;

	must(sql_int(st->sql, &n, 0, &e, sql, ""), &e);
	return n;
}
