/*
 * Sealing, for its own files: what keeper and worker tell one another of a message.
 *
 * To the worker: u8 full (1: sent or received it), bytes token key; u32 n, for each needle u8 kind, u8 reason, bytes
 * token, bytes text; u32 n, for each free name u8 kind, bytes text; u32 n, for each finding bytes path, u64 at, u64 n, u8
 * theirs, u8 reason, bytes token, bytes where, bytes beside; u32 n, for each part not wholly read bytes path; the same of
 * parts that ended a worker.
 *
 * Back: u32 n headers (bytes name, bytes value); u32 n parts (bytes path, bytes type, u8 cut, bytes text, u8 has html, bytes html, u32 n
 * marks (u64 at, u64 n, u8 reason)); one entry a finding (u8 known, bytes value, u32 part, u64 at, bytes where, bytes beside): part is the index
 * of the part that shows it, or UINT32_MAX; u32 n attachments (bytes path, bytes name, bytes type, u64 bytes, 32 bytes
 * digest, u8 enum withheld, bytes content); u32 n withheld (bytes path, u8 what, u8 enum withheld); u32 a mask reason.
 */
#ifndef TOCSIN_NOTIFY_SEAL_H
#define TOCSIN_NOTIFY_SEAL_H

#include "seal/redact.h"

enum withheld { WITHHELD_NOT = 0, WITHHELD_NOT_CHECKED, WITHHELD_NAMES_OTHERS, WITHHELD_LEAK, WITHHELD_TOO_LARGE,
	WITHHELD_NOT_THEIRS, WITHHELD_UNREADABLE, WITHHELD_REASONS };
const char *withheld_name(int v); /* "not_checked" */

/* What of a part is withheld. */
enum { WHAT_TEXT, WHAT_HTML };

#endif
