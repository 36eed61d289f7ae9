/* One line on stderr for long work, rewritten about ten times a second; for a terminal only. */
#ifndef TOCSIN_BASE_PROGRESS_H
#define TOCSIN_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;
	const char *what;       /* "ingest" */
	const char *unit;       /* "messages" */
	uint64_t done_items, done_bytes, all_bytes; /* all_bytes 0: not known */
	uint64_t began_ms;
};

void progress_begin(struct progress *p, bool on, const char *what, const char *unit, uint64_t all_bytes);
void progress_show(const struct progress *p);
void progress_end(const struct progress *p); /* clears the line */

#endif
