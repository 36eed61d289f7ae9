/* Tasks and results of re-reading, for both sides. */
#ifndef TOCSIN_EVIDENCE_PRIVATE_H
#define TOCSIN_EVIDENCE_PRIVATE_H

#include "base/digest.h"
#include "evidence/evidence.h"
#include "evidence/unit.h"
#include "jail/jail.h"

/*
 * A task: u32 first (the message to go on with after a crash), u32 number of sources; for each source u8 archive, u8 touched,
 * u64 bytes, and it has the next descriptor (an archive UNIT_SPOOLS more); u32 number of messages; for each u32
 * n_pieces (0: it lies in one piece), for each (or the one) a spot: u32 number, u32 source, u64 member, u64 at, u64 n, u8 from_quoted,
 * bytes nest, digest of the outermost message; then bytes nest within what the pieces come to, bytes input.
 *
 * A result, for each message in the order of the task: u32 index, u8 ok, bytes (what the stage's function wrote, or
 * why it could not be done).
 */

/* A message of a task, as the worker reads it, or a piece of one: where it lies. */
struct spot {
	uint32_t number, source;
	int64_t member;
	uint64_t at, n;
	bool from_quoted;
	span nest;
	struct digest outer;
};
struct wanted {
	uint32_t n_pieces; /* 0: it lies whole at one spot */
	span spots;
	span nest, input;
};

#endif
