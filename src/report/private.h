/* What the files of report/ share: a file that is written as it comes, and cells as text. */
#ifndef TOCSIN_REPORT_PRIVATE_H
#define TOCSIN_REPORT_PRIVATE_H

#include "base/json.h"
#include "report/report.h"
#include "store/checks.h"
#include "store/rows.h"

/*
 * Bytes on their way into a file or descriptor, by way of buf b. A file is written beside its place and put there
 * by out_close, so that a crash or an error leaves the old one.
 */
struct out {
	struct buf b;
	int fd;
	char path[4096]; /* "" for a descriptor */
};
/* path "-": standard output; also a whole page at once. */
MUST_CHECK enum errc out_open(struct out *o, const char *path, struct err *e);
MUST_CHECK enum errc out_page(const char *path, span page, struct err *e);
void out_to(struct out *o, int fd);
/* Writes b when it has grown; call once a row. */
MUST_CHECK enum errc out_row(struct out *o, struct err *e);
/* rc is how it went so far: OK finishes the file, else it is thrown away. Returns rc, or what then went wrong. */
MUST_CHECK enum errc out_close(struct out *o, enum errc rc, struct err *e);

void cell_json(struct json *j, const char *key, const struct column *col, const struct cell *c);
/* One line: digests in hexadecimal, times in RFC 3339, lists joined by "; ". Not yet escaped for anything. */
void cell_text(struct buf *b, const struct column *col, const struct cell *c);

/* One cell of a CSV row (RFC 4180), without the comma; what a spreadsheet might take for a formula gets a "'". */
void csv_cell(struct buf *b, span s);
bool may_be_formula(span s);

/* s as text of an HTML element or quoted attribute: shown as by utf8_show, escaped. */
void html_text_of(struct buf *b, span s);

static inline struct check_policy policy_of(const struct case_config *c)
{
	return (struct check_policy){c->approvals, c->notify_mentioned};
}

MUST_CHECK enum errc report_html(const struct report_run *run, struct err *e);

/* clocks.c: "end of 3 March 2026", "without undue delay", "when its date is known". NULL: memory. */
struct clock;
const char *clock_due_text(struct arena *a, const struct clock *k);

#endif
