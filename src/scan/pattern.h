/*
 * The patterns of a rule, compiled when its first anchor is met: a small mailbox meets those of few rules. What they are made of
 * was checked by engine_compile before any mail is read; here only memory can be missing.
 */
#ifndef TOCSIN_SCAN_PATTERN_H
#define TOCSIN_SCAN_PATTERN_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "scan/private.h"
#include "scan/sieve.h"

struct pattern {
	struct sieve sieve, next_sieve;
	pcre2_code *code, *next; /* the pattern and needs: next; NULL: not yet, or the rule has none */
	uint8_t value[RULE_GROUPS], whole[RULE_GROUPS], host[RULE_GROUPS]; /* numbers of the groups "v", "whole", "host"; 0 ends */
};

/* Compiles what is not yet. ERR_USAGE names the rule. */
MUST_CHECK enum errc pattern_ready(struct pattern *p, const struct rule *r, struct err *e);
void pattern_done(struct pattern *p);

/* The first group of the list that took part, as a place in the text. */
bool pattern_group(const PCRE2_SIZE *ov, const uint8_t *groups, size_t base, size_t *at, size_t *n);

#endif
