/* Sealed bytes, as they lie in the bundle: given piece by piece to whom may have them, for as long as he may. */
#include "serve/private.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "base/limits.h"

enum { EXPORTS_A_DAY = 3, READS_ALARM = 600, READS_MOST = 3000, STREAM_IDLE = 5 * MINUTE };

static void stream_end(struct stream_row *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

void streams_end(struct logic *l, const unsigned char session[32])
{
	for (size_t i = 0; i < STREAMS; i++)
		if (l->streams[i].fd >= 0 && sodium_memcmp(l->streams[i].session, session, sizeof l->streams[i].session) == 0)
			stream_end(&l->streams[i]);
}

void streams_end_room(struct logic *l, const char *room)
{
	for (size_t i = 0; i < STREAMS; i++)
		if (l->streams[i].fd >= 0 && strcmp(l->streams[i].room, room) == 0)
			stream_end(&l->streams[i]);
}

void streams_follow(struct logic *l, const unsigned char from[32], const unsigned char to[32])
{
	for (size_t i = 0; i < STREAMS; i++)
		if (l->streams[i].fd >= 0 && sodium_memcmp(l->streams[i].session, from, sizeof l->streams[i].session) == 0)
			memcpy(l->streams[i].session, to, sizeof l->streams[i].session);
}

void streams_end_all(struct logic *l)
{
	for (size_t i = 0; i < STREAMS; i++)
		stream_end(&l->streams[i]);
}

enum errc exports_expire(struct logic *l, struct err *e)
{
	return sql_run(l->db, e, "DELETE FROM export WHERE made < ?", "i", l->now - DAY);
}

void streams_expire(struct logic *l)
{
	for (size_t i = 0; i < STREAMS; i++)
		if (l->streams[i].fd >= 0 && l->now - l->streams[i].asked >= STREAM_IDLE)
			stream_end(&l->streams[i]);
}

/* The session that asked is still there, and so are the account's rights: asked for each piece. */
static bool still_may(struct logic *l, const struct stream_row *s)
{
	int64_t n = 0;
	struct err e;

	return sql_int(l->db, &n, 0, &e, "SELECT count(*) FROM session s JOIN account a ON a.id = s.account JOIN room"
	    " r ON r.id = a.room WHERE s.hash = ?"
	    " AND a.status <> 'removed' AND a.roles & ? <> 0 AND r.state IN (?, ?)", "biii",
	    span_of(s->session, sizeof s->session), (int64_t)ROLE_REVIEWER,
	    (int64_t)ROOM_REVIEWING, (int64_t)ROOM_RESOLVED) == OK && n == 1;
}

/* Whoever waits for a large file on a slow line is not idle; written once a minute. */
static bool still_there(struct logic *l, struct stream_row *s)
{
	struct err e;

	s->asked = l->now;
	if (l->now - s->renewed < MINUTE)
		return true;
	s->renewed = l->now;
	return sql_run(l->db, &e, "UPDATE session SET used = ? WHERE hash = ?", "ib", l->now, span_of(s->session, sizeof s->session)) == OK;
}

/* id, u64 from, u32 at most; answered with the bytes, or with nothing when that is over. From its length on ends it. */
void stream_piece(struct logic *l, span frame, struct buf *answer)
{
	struct cursor c = cursor_of(frame);
	span id = cursor_take(&c, 16);
	uint64_t from = cursor_u64(&c);
	uint32_t most = cursor_u32(&c);
	struct stream_row *s = NULL;
	ssize_t got = 0;

	buf_clear(answer);
	for (size_t i = 0; cursor_done(&c) && i < STREAMS; i++)
		if (l->streams[i].fd >= 0 && sodium_memcmp(l->streams[i].id, id.p, sizeof l->streams[i].id) == 0)
			s = &l->streams[i];
	if (s == NULL)
		return;
	if (from >= s->n || most > WIRE_CHUNK_BYTES || !still_may(l, s) || !still_there(l, s)) {
		stream_end(s);
		return;
	}
	if (most > s->n - from)
		most = (uint32_t)(s->n - from);
	if (buf_room(answer, most))
		got = pread(s->fd, answer->p, most, (off_t)(s->at + from));
	if (got > 0)
		answer->n = (size_t)got;
	if (got <= 0 || from + (uint64_t)got == s->n)
		stream_end(s);
}

static enum errc sealed_open(const struct logic *l, const struct room *r, int *fd, struct err *e)
{
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/%s", l->c->sealed_dir, r->file);
	*fd = r->file[0] != '\0' ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	return *fd >= 0 ? OK : err_sys(e, "sealed records");
}

static enum errc read_whole(int fd, uint64_t at, uint64_t n, struct buf *out, struct err *e)
{
	if (!buf_room(out, n))
		return buf_check(out, e);
	if (pread(fd, out->p + out->n, n, (off_t)at) != (ssize_t)n)
		return err_set(e, ERR_WORLD, "sealed records end early");
	out->n += n;
	return OK;
}

/* NULL: as many are open as may be, or as may be of one case: nobody takes them all from the others. */
static struct stream_row *stream_free(struct logic *l, const char *room)
{
	struct stream_row *s = NULL;
	size_t of_room = 0;

	for (size_t i = 0; i < STREAMS; i++) {
		if (l->streams[i].fd < 0)
			s = &l->streams[i];
		else
			of_room += strcmp(l->streams[i].room, room) == 0;
	}
	return of_room < STREAMS_OF_ROOM ? s : NULL;
}

/* A run of the sealed file as the answer: at once when it is short, else piece by piece. */
static enum errc give(struct call *c, uint64_t at, uint64_t n, enum content content, struct err *e)
{
	struct stream_row *s;
	enum errc rc;
	int fd;

	c->answer.content = content;
	if ((rc = sealed_open(c->l, &c->room, &fd, e)) != OK)
		return rc;
	if (n <= WIRE_CHUNK_BYTES) {
		rc = read_whole(fd, at, n, c->out, e);
		(void)close(fd);
		return rc;
	}
	if ((s = stream_free(c->l, c->room.id)) == NULL) {
		(void)close(fd);
		c->retry_after = MINUTE;
		return refuse(c, LIMIT);
	}
	*s = (struct stream_row){.fd = fd, .asked = c->l->now, .renewed = c->l->now, .at = at, .n = n};
	randombytes_buf(s->id, sizeof s->id);
	memcpy(s->session, c->s.hash, sizeof s->session);
	memcpy(s->room, c->room.id, sizeof s->room);
	memcpy(c->answer.stream, s->id, sizeof s->id);
	c->answer.streamed = true;
	c->answer.stream_length = n;
	return OK;
}

enum errc route_manifest(struct call *c, struct err *e)
{
	return give(c, (uint64_t)c->room.manifest_at, (uint64_t)c->room.manifest_n, CONTENT_RAW_JSON, e);
}

enum errc route_signature(struct call *c, struct err *e)
{
	return give(c, (uint64_t)c->room.signature_at, (uint64_t)c->room.signature_n, CONTENT_TEXT, e);
}

/* Many reads in an hour are told to the evidence side; too many end. */
static enum errc count_read(struct call *c, bool *over, struct err *e)
{
	char key[64];
	int64_t n = 0;
	struct json j;
	enum errc rc;

	(void)snprintf(key, sizeof key, "read %s", c->me.id);
	if ((rc = limit_count(c->l, key, HOUR, READS_MOST, over, &n, e)) != OK || n != READS_ALARM)
		return rc;
	j = event_begin(c->l, "alarm", c->room.id);
	json_str(&j, "kind", "reads");
	json_i64(&j, "n", n);
	event_end(c->l, &j);
	return OK;
}

struct place { int64_t at, n; bool found; };

static enum errc place_of(struct call *c, span id, struct place *p, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT at, n FROM record WHERE file = ? AND id = ?", "ts", c->room.file, id);
	enum errc rc;

	*p = (struct place){0};
	if ((p->found = sql_next(c->l->db, q, &rc, e))) {
		p->at = sql_col_int(q, 0);
		p->n = sql_col_int(q, 1);
		sql_done(q);
	}
	return rc;
}

enum errc route_record(struct call *c, struct err *e)
{
	struct place p;
	struct json j;
	bool over = false;
	enum errc rc;

	if ((rc = place_of(c, c->tail, &p, e)) != OK)
		return rc;
	if (!p.found)
		return not_ours(c, "record", "SELECT count(*) FROM record WHERE id = ?", c->tail, e);
	if ((rc = count_read(c, &over, e)) != OK)
		return rc;
	if (over) {
		c->retry_after = HOUR - (unsigned)(c->l->now % HOUR);
		return refuse(c, LIMIT);
	}
	j = event_begin(c->l, "read", c->room.id);
	json_str(&j, "account", c->me.id);
	json_span(&j, "record", c->tail);
	event_end(c->l, &j);
	return give(c, (uint64_t)p.at, (uint64_t)p.n, CONTENT_BYTES, e);
}

enum errc route_export(struct call *c, struct err *e)
{
	static const char *const names[] = {NULL};
	sqlite3_stmt *q;
	char id[ID_TEXT + 1], hex[DIGEST_HEX];
	struct digest d = {{0}};
	struct json j;
	int64_t length = 0;
	bool found;
	enum errc rc;

	if (!body_only(c, names))
		return OK;
	if ((rc = call_limit(c, "export", c->me.id, DAY, EXPORTS_A_DAY, e)) != OK || c->refusal != FINE)
		return rc;
	q = sql_query(c->l->db, e, "SELECT n, sha256 FROM record WHERE file = ? AND id = ''", "t", c->room.file);
	if ((found = sql_next(c->l->db, q, &rc, e))) {
		length = sql_col_int(q, 0);
		if (sql_col(q, 1).n == DIGEST_SIZE)
			memcpy(d.b, sql_col(q, 1).p, DIGEST_SIZE);
		sql_done(q);
	}
	if (rc != OK || !found)
		return rc != OK ? rc : refuse(c, NOT_FOUND);
	id_new(id);
	j = event_begin(c->l, "export", c->room.id);
	json_str(&j, "account", c->me.id);
	json_u64(&j, "version", c->room.version);
	event_end(c->l, &j);
	j = json_to(c->out);
	json_open(&j, NULL, '{');
	json_str(&j, "export", id);
	json_i64(&j, "length", length);
	json_str(&j, "sha256", digest_hex(&d, hex));
	json_close(&j, '}');
	return sql_run(c->l->db, e, "INSERT INTO export (id, room, account, made) VALUES (?, ?, ?, ?)", "ttti", id,
	    c->room.id, c->me.id, c->l->now);
}

/* Once, by who asked for it, within five minutes. */
enum errc route_export_get(struct call *c, struct err *e)
{
	struct place p;
	enum errc rc;

	if ((rc = sql_run(c->l->db, e, "UPDATE export SET used = 1 WHERE id = ? AND room = ? AND account = ? AND used"
	    " = 0 AND made > ?", "stti", c->tail, c->room.id,
	         c->me.id, c->l->now - EXPORT_SECONDS)) != OK)
		return rc;
	if (sql_changed(c->l->db) != 1)
		return not_ours(c, "export", "SELECT count(*) FROM export WHERE id = ?", c->tail, e);
	if ((rc = place_of(c, SPAN_EMPTY, &p, e)) != OK)
		return rc;
	return p.found ? give(c, (uint64_t)p.at, (uint64_t)p.n, CONTENT_DOWNLOAD, e) : refuse(c, NOT_FOUND);
}
