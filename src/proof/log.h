/*
 * An append-only file with a Merkle tree over it. Each line of the file is
 *
 *     {"salt":"<32 hexadecimal digits>","entry":<line>}
 *
 * where <line> is a JSON object as it was given, without a line end. Its leaf hash is
 *
 *     SHA-256(0x00 || salt (16 bytes) || line (the bytes between "entry": and the last brace))
 *
 * that is, RFC 9162's leaf over salt and line. The salt keeps whoever has only leaves and proofs from trying out lines.
 *
 * What merkle_log_sync returned OK for is on disk and stays. A last line that a crash cut off is taken away by the next
 * writer and not seen by readers; any other damage is an error: the file never says less than it did. One writer
 * at a time (flock). The nodes of the tree are held in memory, 64 bytes an entry: an entry costs one more hash on average, a root or
 * a proof as many as the tree is high.
 */
#ifndef TOCSIN_PROOF_LOG_H
#define TOCSIN_PROOF_LOG_H

#include "proof/merkle.h"

enum { LOG_SALT = 16, LOG_LINE_MAX = 1 << 20 };

struct merkle_log;
enum merkle_log_mode { LOG_READ, LOG_APPEND };

/* LOG_APPEND makes the file (mode 0600) where there is none. ERR_LOCKED when another process appends. */
MUST_CHECK enum errc merkle_log_open(struct merkle_log **out, const char *path, enum merkle_log_mode mode, struct err *e);
void merkle_log_close(struct merkle_log *l); /* NULL is fine */

/* *index is the entry's number from 0. salt NULL: a random one. After an error the log takes no more. */
MUST_CHECK enum errc merkle_log_append(struct merkle_log *l, span line, const unsigned char salt[LOG_SALT], uint64_t *index,
    struct err *e);
MUST_CHECK enum errc merkle_log_sync(struct merkle_log *l, struct err *e);

uint64_t merkle_log_size(const struct merkle_log *l);
const struct digest *merkle_log_leaves(const struct merkle_log *l);
void merkle_log_root(const struct merkle_log *l, struct digest *out);
/* Entry `index`, read again and checked against its leaf. */
MUST_CHECK enum errc merkle_log_entry(struct merkle_log *l, struct arena *a, uint64_t index, span *line,
    unsigned char salt[LOG_SALT], struct err *e);
/* For proofs: merkle_prove, merkle_prove_growth. The log's own nodes: good until the next append. */
void merkle_log_tree(const struct merkle_log *l, struct merkle_tree *out);

void merkle_log_leaf(const unsigned char salt[LOG_SALT], span line, struct digest *out);

#endif
