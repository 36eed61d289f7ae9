#include "proof/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"

struct place { uint64_t at; uint32_t n; }; /* of a whole line, without its LF */

struct merkle_log {
	int fd;
	bool append, broken;
	char *path;
	struct place *places;
	struct digest *level[MERKLE_LEVELS]; /* as in struct merkle_tree: leaves, pairs, fours */
	size_t n, cap;                       /* cap: of places, and of leaves; of level k it is cap >> k */
	uint64_t end;        /* of the last whole line */
};

static const char head[] = "{\"salt\":\"", middle[] = "\",\"entry\":";
enum { AT_LINE = sizeof head - 1 + 2 * LOG_SALT + sizeof middle - 1 };

void merkle_log_leaf(const unsigned char salt[LOG_SALT], span line, struct digest *out)
{
	crypto_hash_sha256_state st;

	(void)crypto_hash_sha256_init(&st);
	(void)crypto_hash_sha256_update(&st, (const unsigned char *)"", 1);
	(void)crypto_hash_sha256_update(&st, salt, LOG_SALT);
	(void)crypto_hash_sha256_update(&st, line.p, line.n);
	(void)crypto_hash_sha256_final(&st, out->b);
}

static bool split_entry(span s, unsigned char salt[LOG_SALT], span *line)
{
	if (s.n < AT_LINE + 3 || !span_starts(s, span_str(head)) || s.p[s.n - 1] != '}' ||
	    !hex_read(span_sub(s, sizeof head - 1, 2 * LOG_SALT), salt, LOG_SALT) ||
	    !span_starts(span_from(s, sizeof head - 1 + 2 * LOG_SALT), span_str(middle)))
		return false;
	*line = span_sub(s, AT_LINE, s.n - AT_LINE - 1);
	return line->p[0] == '{' && line->p[line->n - 1] == '}';
}

/* Twice as many; what has grown when another has not is no harm. */
static enum errc grow(struct merkle_log *l, struct err *e)
{
	size_t cap = l->cap != 0 ? 2 * l->cap : 64;
	struct place *places = reallocarray(l->places, cap, sizeof *places);

	if (places == NULL)
		return err_memory(e);
	l->places = places;
	for (size_t k = 0; k < MERKLE_LEVELS && cap >> k != 0; k++) {
		struct digest *level = reallocarray(l->level[k], cap >> k, sizeof *level);

		if (level == NULL)
			return err_memory(e);
		l->level[k] = level;
	}
	l->cap = cap;
	return OK;
}

/* A leaf, and each node that is full with it. */
static enum errc add_leaf(struct merkle_log *l, const struct digest *leaf, struct place p, struct err *e)
{
	size_t n = l->n + 1;
	enum errc rc;

	if (l->n == l->cap && (rc = grow(l, e)) != OK)
		return rc;
	l->level[0][l->n] = *leaf;
	for (size_t k = 1; k < MERKLE_LEVELS && n % ((size_t)1 << k) == 0; k++) {
		const struct digest *below = l->level[k - 1] + (n >> (k - 1)) - 2;

		merkle_node(&below[0], &below[1], &l->level[k][(n >> k) - 1]);
	}
	l->places[l->n] = p;
	l->n = n;
	return OK;
}

static enum errc add_line(struct merkle_log *l, span s, uint64_t at, struct err *e)
{
	unsigned char salt[LOG_SALT];
	struct digest leaf;
	span line;

	if (s.n > LOG_LINE_MAX || !split_entry(s, salt, &line))
		return err_set(e, ERR_USAGE, "%s: entry %zu is damaged", l->path, l->n);
	merkle_log_leaf(salt, line, &leaf);
	return add_leaf(l, &leaf, (struct place){at, (uint32_t)s.n}, e);
}

/* A last line without its end, or (a file grown before its bytes arrived) of zero bytes, is what a crash leaves. */
static enum errc read_all(struct merkle_log *l, struct err *e)
{
	struct buf b;
	uint64_t at = 0; /* of b's first byte */
	enum errc rc = OK;

	buf_init(&b, 4 * (size_t)LOG_LINE_MAX);
	while (rc == OK) {
		ssize_t n;
		span rest;
		size_t end;

		if (!buf_room(&b, LOG_LINE_MAX)) {
			rc = err_set(e, ERR_USAGE, "%s: entry %zu is too long", l->path, l->n);
			break;
		}
		while ((n = read(l->fd, b.p + b.n, LOG_LINE_MAX)) < 0 && errno == EINTR)
			;
		if (n < 0)
			rc = err_sys(e, "%s", l->path);
		if (n <= 0)
			break;
		b.n += (size_t)n;
		for (rest = buf_span(&b); rc == OK && (end = span_find_byte(rest, '\n')) < rest.n; rest = span_from(rest, end + 1)) {
			rc = add_line(l, span_first(rest, end), at + (uint64_t)(rest.p - b.p), e);
			l->end = at + (uint64_t)(rest.p - b.p) + end + 1;
		}
		at += b.n - rest.n;
		if (rest.n != 0)
			memmove(b.p, rest.p, rest.n);
		b.n = rest.n;
	}
	buf_free(&b);
	return rc;
}

static enum errc open_append(struct merkle_log *l, struct err *e)
{
	struct stat sb;
	enum errc rc;

	if (flock(l->fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? err_set(e, ERR_LOCKED, "%s: another process appends to it", l->path)
					    : err_sys(e, "%s", l->path);
	if ((rc = read_all(l, e)) != OK)
		return rc;
	if (fstat(l->fd, &sb) != 0)
		return err_sys(e, "%s", l->path);
	if ((uint64_t)sb.st_size > l->end && (ftruncate(l->fd, (off_t)l->end) != 0 || fsync(l->fd) != 0))
		return err_sys(e, "%s", l->path);
	return io_sync_name(l->path, e);
}

enum errc merkle_log_open(struct merkle_log **out, const char *path, enum merkle_log_mode mode, struct err *e)
{
	struct merkle_log *l = calloc(1, sizeof *l);
	enum errc rc;

	*out = NULL;
	if (l == NULL || (l->path = strdup(path)) == NULL) {
		free(l);
		return err_memory(e);
	}
	if (sodium_init() < 0) {
		rc = err_set(e, ERR_WORLD, "libsodium could not be started");
		l->fd = -1;
	} else if ((l->fd = mode == LOG_APPEND ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
					       : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0) {
		rc = err_sys(e, "%s", path);
	} else {
		l->append = mode == LOG_APPEND;
		rc = l->append ? open_append(l, e) : read_all(l, e);
	}
	if (rc == OK)
		*out = l;
	else
		merkle_log_close(l);
	return rc;
}

void merkle_log_close(struct merkle_log *l)
{
	if (l == NULL)
		return;
	if (l->fd >= 0)
		(void)close(l->fd);
	for (size_t k = 0; k < MERKLE_LEVELS; k++)
		free(l->level[k]);
	free(l->places);
	free(l->path);
	free(l);
}

enum errc merkle_log_append(struct merkle_log *l, span line, const unsigned char salt[LOG_SALT], uint64_t *index,
    struct err *e)
{
	unsigned char own[LOG_SALT];
	char hex[2 * LOG_SALT + 1];
	struct digest leaf;
	struct buf b;
	enum errc rc;

	assert(l->append);
	if (l->broken)
		return err_set(e, ERR_WORLD, "%s: not written to since an earlier error", l->path);
	if (line.n < 2 || line.n > LOG_LINE_MAX - AT_LINE - 1 || line.p[0] != '{' || line.p[line.n - 1] != '}' ||
	    span_find_byte(line, '\n') < line.n)
		return err_set(e, ERR_USAGE, "an entry of a log is one JSON object on one line");
	if (salt == NULL) {
		randombytes_buf(own, sizeof own);
		salt = own;
	}
	hex_write(hex, span_of(salt, LOG_SALT));
	buf_init(&b, LOG_LINE_MAX + 1);
	buf_printf(&b, "%s%s%s", head, hex, middle);
	buf_put(&b, line);
	buf_str(&b, "}\n");
	merkle_log_leaf(salt, line, &leaf);
	if ((rc = buf_check(&b, e)) == OK) {
		*index = l->n;
		if (lseek(l->fd, (off_t)l->end, SEEK_SET) < 0)
			rc = err_sys(e, "%s", l->path);
		else if ((rc = io_write(l->fd, buf_span(&b), e)) == OK)
			rc = add_leaf(l, &leaf, (struct place){l->end, (uint32_t)(b.n - 1)}, e);
		if (rc == OK)
			l->end += b.n;
		else
			l->broken = true;
	}
	buf_free(&b);
	return rc;
}

enum errc merkle_log_sync(struct merkle_log *l, struct err *e)
{
	if (l->broken)
		return err_set(e, ERR_WORLD, "%s: not written to since an earlier error", l->path);
	if (fsync(l->fd) == 0)
		return OK;
	l->broken = true; /* what reached the disk is not known any more, and a second fsync would not say */
	return err_sys(e, "%s", l->path);
}

uint64_t merkle_log_size(const struct merkle_log *l) { return l->n; }
const struct digest *merkle_log_leaves(const struct merkle_log *l) { return l->level[0]; }

void merkle_log_tree(const struct merkle_log *l, struct merkle_tree *out)
{
	out->n = l->n;
	for (size_t k = 0; k < MERKLE_LEVELS; k++)
		out->level[k] = l->level[k];
}

void merkle_log_root(const struct merkle_log *l, struct digest *out)
{
	struct merkle_tree t;

	merkle_log_tree(l, &t);
	merkle_tree_root(&t, l->n, out);
}

enum errc merkle_log_entry(struct merkle_log *l, struct arena *a, uint64_t index, span *line, unsigned char salt[LOG_SALT],
    struct err *e)
{
	struct digest leaf;
	unsigned char *p;
	size_t have = 0;

	if (index >= l->n)
		return err_set(e, ERR_USAGE, "%s: no entry %llu", l->path, (unsigned long long)index);
	if ((p = arena_alloc(a, l->places[index].n)) == NULL)
		return err_memory(e);
	while (have < l->places[index].n) {
		ssize_t n = pread(l->fd, p + have, l->places[index].n - have, (off_t)(l->places[index].at + have));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? err_sys(e, "%s", l->path) : err_set(e, ERR_USAGE, "%s: has become shorter", l->path);
		have += (size_t)n;
	}
	if (split_entry(span_of(p, have), salt, line)) {
		merkle_log_leaf(salt, *line, &leaf);
		if (memcmp(&leaf, &l->level[0][index], sizeof leaf) == 0)
			return OK;
	}
	return err_set(e, ERR_USAGE, "%s: entry %llu is not what it was", l->path, (unsigned long long)index);
}
