/* A key that a mail program cut at the width of its lines: the rest stands below, behind the same marks of quoting. */
#ifndef TOCSIN_SCAN_WRAPPED_H
#define TOCSIN_SCAN_WRAPPED_H

#include "scan/pattern.h"

/* Does what stands at `at` run, without a blank, to the end of a line as wide as those that mail programs cut? */
bool wrapped_at(span text, size_t at);

/*
 * Tries the pattern, whose match begins at `at`, as if the lines there were not cut. True when its value goes on behind a cut:
 * then *from and *n are the place of it in the text, cuts included. `match` and `limits` are the caller's, as for any match.
 */
bool wrapped_value(const struct pattern *k, span text, size_t at, pcre2_match_data *match, pcre2_match_context *limits, size_t *from, size_t *n);

#endif
