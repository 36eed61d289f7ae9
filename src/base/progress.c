#include "base/progress.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

void progress_begin(struct progress *p, bool on, const char *what, const char *unit, uint64_t all_bytes)
{
	*p = (struct progress){.on = on, .what = what, .unit = unit, .all_bytes = all_bytes, .began_ms = time_monotonic_ms()};
}

void progress_show(const struct progress *p)
{
	uint64_t ms = time_monotonic_ms() - p->began_ms;
	double mb = (double)p->done_bytes / 1e6, rate = ms != 0 ? mb * 1000 / (double)ms : 0;

	if (!p->on)
		return;
	(void)fprintf(stderr, "\r\033[K%s: %" PRIu64 " %s, %.1f MB, %.0f MB/s", p->what, p->done_items, p->unit, mb, rate);
	if (p->all_bytes != 0 && p->done_bytes != 0) {
		/* What is met twice, in what carries it and by itself, may be counted twice. */
		uint64_t done = p->done_bytes < p->all_bytes ? p->done_bytes : p->all_bytes;
		uint64_t left = (uint64_t)((double)ms * (double)(p->all_bytes - done) / (double)done / 1000);

		(void)fprintf(stderr, ", %.0f %%, %" PRIu64 ":%02" PRIu64 " left",
		    100 * (double)done / (double)p->all_bytes, left / 60, left % 60);
	}
	(void)fflush(stderr);
}

void progress_end(const struct progress *p)
{
	if (p->on) {
		(void)fputs("\r\033[K", stderr);
		(void)fflush(stderr);
	}
}
