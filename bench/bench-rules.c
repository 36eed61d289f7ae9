/*
 * The detectors alone, without mail around them. Over the files given as text:
 *   bench-rules RULES FILE...          how long the set takes to load, and each rule's speed alone (GB/s)
 *   bench-rules --all RULES FILE...    the whole set's speed
 *   bench-rules --hits RULES FILE...   what is found, with its value: for looking at detectors, never at evidence
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "scan/private.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct texts { span *v; size_t n, bytes; };

static enum errc texts_read(struct arena *a, char **paths, int n, struct texts *out, struct err *e)
{
	if ((out->v = arena_zero(a, (size_t)n, sizeof *out->v)) == NULL)
		return err_memory(e);
	for (int i = 0; i < n; i++) {
		span raw;
		enum errc rc = io_read_file(a, paths[i], GIB, &raw, e);

		if (rc != OK)
			return rc;
		if ((out->v[i] = utf8_clean(a, raw)).p == NULL && raw.n > 0)
			return err_memory(e);
		out->bytes += out->v[i].n;
	}
	out->n = (size_t)n;
	return OK;
}

static enum errc timed(const struct rule_set *set, const struct texts *t, double *seconds, size_t *found, struct err *e)
{
	struct buf packed;
	struct digest d;
	struct engine *en = NULL;
	struct hits hits;
	enum errc rc;
	double start;

	buf_init(&packed, 64 * MIB);
	if ((rc = rules_pack(set, &packed, &d, e)) == OK && (rc = engine_open(&en, buf_span(&packed), e)) == OK) {
		start = now();
		*found = 0;
		for (size_t i = 0; i < t->n && rc == OK; i++) {
			rc = engine_detect(en, t->v[i], &hits, e);
			*found += hits.n;
		}
		*seconds = now() - start;
	}
	engine_close(en);
	buf_free(&packed);
	return rc;
}

static enum errc each_alone(const struct rule_set *set, const struct texts *t, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < set->n_rules && rc == OK; i++) {
		struct rule_set one = *set;
		struct anchor anchors[128];
		struct rule alone;
		double seconds;
		size_t found;

		alone = set->rules[i];
		alone.needs_rule = NO_RULE;
		one.rules = &alone;
		one.n_rules = 1;
		one.anchors = anchors;
		one.n_anchors = 0;
		for (size_t k = 0; k < set->n_anchors && one.n_anchors < 128; k++)
			if (set->anchors[k].rule == i) {
				anchors[one.n_anchors] = set->anchors[k];
				anchors[one.n_anchors].first = true;
				anchors[one.n_anchors++].rule = 0;
			}
		if ((rc = timed(&one, t, &seconds, &found, e)) == OK)
			printf("%8.4f GB/s %8zu  %.*s\n", (double)t->bytes / seconds / 1e9, found, (int)set->rules[i].id.n,
			    (const char *)set->rules[i].id.p);
	}
	return rc;
}

static void show(struct buf *b, span s)
{
	span one = s;

	buf_clear(b);
	utf8_show(b, one);
	printf("%s", buf_cstr(b));
}

static enum errc hits_show(struct engine *en, const struct texts *t, char **paths, struct err *e)
{
	struct buf b;

	buf_init(&b, MIB);
	for (size_t i = 0; i < t->n; i++) {
		struct hits hits;
		enum errc rc = engine_detect(en, t->v[i], &hits, e);

		if (rc != OK)
			return rc;
		for (size_t k = 0; k < hits.n; k++) {
			const struct hit *h = &hits.v[k];
			const struct rule *r = engine_rule(en, h->rule);
			size_t from = h->at > 60 ? h->at - 60 : 0;

			printf("%.*s/%d\t", (int)r->id.n, (const char *)r->id.p, h->certainty);
			show(&b, span_sub(t->v[i], h->at, h->n > 80 ? 80 : h->n));
			printf("\t[");
			show(&b, span_sub(t->v[i], h->host_at, h->host_n));
			printf("]\t");
			show(&b, span_sub(t->v[i], from, h->at - from));
			printf("\xc2\xab");
			show(&b, span_sub(t->v[i], h->at, h->n > 80 ? 80 : h->n));
			printf("\xc2\xbb");
			show(&b, span_sub(t->v[i], h->at + h->n, 40));
			printf("\t%s:%zu\n", paths[i], h->at);
		}
	}
	buf_free(&b);
	return OK;
}

int main(int argc, char **argv)
{
	bool hits = argc > 1 && strcmp(argv[1], "--hits") == 0, all = argc > 1 && strcmp(argv[1], "--all") == 0;
	int first = hits || all ? 2 : 1;
	struct arena *a = NULL;
	struct rule_set *set;
	struct engine *en = NULL;
	struct texts t = {0};
	struct buf packed, wrong;
	struct digest d;
	struct err e = {0};
	enum errc rc;
	double t0 = now(), t1, t2, t3, t4, seconds;
	size_t n_examples, found;

	buf_init(&packed, 64 * MIB);
	if (argc < first + 1) {
		fprintf(stderr, "usage: bench-rules [--hits|--all] RULES FILE...\n");
		return 2;
	}
	if ((rc = arena_new(&a, 4 * GIB, &e)) != OK || (rc = rules_read_dir(a, argv[first], &set, &e)) != OK)
		goto out;
	t1 = now();
	if ((rc = rules_pack(set, &packed, &d, &e)) != OK)
		goto out;
	t2 = now();
	if ((rc = engine_open(&en, buf_span(&packed), &e)) != OK)
		goto out;
	t3 = now();
	buf_init(&wrong, MIB);
	rc = rules_test(set, buf_span(&packed), &n_examples, &wrong, &e);
	t4 = now();
	if (rc != OK)
		fprintf(stderr, "%s", buf_cstr(&wrong));
	buf_free(&wrong);
	fprintf(stderr, "%zu rules, %zu anchors, %zu examples; read %.1f ms, packed %.1f ms (%zu bytes), opened %.1f ms, "
	    "tested %.1f ms\n", set->n_rules, set->n_anchors, n_examples, (t1 - t0) * 1e3, (t2 - t1) * 1e3, packed.n,
	    (t3 - t2) * 1e3, (t4 - t3) * 1e3);
	if ((rc = texts_read(a, argv + first + 1, argc - first - 1, &t, &e)) != OK || t.n == 0)
		goto out;
	if (hits) {
		rc = hits_show(en, &t, argv + first + 1, &e);
	} else if ((rc = timed(set, &t, &seconds, &found, &e)) == OK) {
		printf("%8.4f GB/s %8zu  all\n", (double)t.bytes / seconds / 1e9, found);
		if (!all)
			rc = each_alone(set, &t, &e);
	}
out:
	if (rc != OK)
		fprintf(stderr, "bench-rules: %s\n", e.text);
	engine_close(en);
	buf_free(&packed);
	arena_free(a);
	return rc == OK ? 0 : 1;
}
