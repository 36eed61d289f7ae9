/*
 * Any text goes through all detectors, as a mail's below its first line as the subject where that begins with "Subject: ": what is found
 * lies within it, in order, and its masked form tells nothing.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "scan/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct engine *opened(void)
{
	static struct engine *en;
	struct rule_set *set;
	struct arena *a;
	static struct buf packed;
	struct digest d;
	struct err e;

	if (en != NULL)
		return en;
	buf_init(&packed, 64 * MIB);
	if (arena_new(&a, GIB, &e) != OK || rules_read_dir(a, RULES_DIR, &set, &e) != OK ||
	    rules_pack(set, &packed, &d, &e) != OK || engine_open(&en, buf_span(&packed), &e) != OK)
		abort();
	arena_free(a);
	return en;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct engine *en = opened();
	struct arena *a;
	struct hits hits;
	struct err e;
	size_t end = 0;
	span text, subject = SPAN_EMPTY;

	if (arena_new(&a, GIB, &e) != OK)
		return 0;
	if ((text = utf8_clean(a, span_of(data, size))).p == NULL && size > 0)
		abort();
	if (span_starts(text, SPAN_LIT("Subject: ")) && !span_line(&text, &subject))
		abort();
	if (opening_detect(en, a, span_from(subject, 9), text, &hits, &e) != OK)
		abort();
	for (size_t i = 0; i < hits.n; i++) {
		const struct hit *h = &hits.v[i];
		char masked[MASK_TEXT];

		if (h->n == 0 || h->at < end || h->at > text.n || h->n > text.n - h->at || h->key_at < h->at ||
		    h->key_at + h->key_n > h->at + h->n || h->host_at > text.n || h->host_n > text.n - h->host_at)
			abort();
		end = h->at + h->n;
		mask_value((enum mask)engine_rule(en, h->rule)->mask, span_sub(text, h->key_at, h->key_n), masked);
		if (utf8_valid(span_str(masked)) != strlen(masked))
			abort();
	}
	arena_free(a);
	return 0;
}
