/* A worker of scan and the message that it is on: worker.c asks for the parts, worker-part.c reads one. */
#ifndef TOCSIN_SCAN_WORKER_PRIVATE_H
#define TOCSIN_SCAN_WORKER_PRIVATE_H

#include "case/case.h"
#include "mail/text.h"
#include "scan/alternative.h"
#include "scan/ocr.h"
#include "scan/private.h"
#include "scan/scan.h"
#include "scan/starred.h"
#include "scan/task.h"

/* How much there is of what a block says; of parts, those that have an outcome. */
struct counts { uint64_t text; uint32_t findings, covered, parts, members, opened; };

struct worker {
	struct engine *engine;
	struct ocr *ocr;      /* NULL: pictures are not read */
	unsigned char key[CASE_KEY_SIZE];
	struct buf form;      /* the value on its way into the digest; wiped after each */
	/* of the message under way */
	const struct message *message;
	struct arena *scratch;
	struct bare_text *bare; /* beside the parts */
	span subject;         /* empty when no secret is told around what it says */
	struct starred names; /* secrets in names: those of the message's files, n_names of them, and of what lies in the part under way */
	size_t n_names;
	struct starred said;  /* and those that may stand in what the case keeps of the message */
	span *shown;          /* of the part under way: names of members that have no stars */
	size_t n_shown, cap_shown;
	struct buf findings;  /* of the block under way */
	struct counts count;  /* of it */
	span *given;          /* passwords to try on whatever asks for one */
	uint32_t n_given;
	struct passwords passwords;
	struct buf opened;    /* what a password opened: path, number of the password */
	bool told;            /* the part under way has an outcome */
	enum ask ask;         /* with ASK_VALUES nothing else is wanted */
	struct cursor paths;  /* with ASK_PARTS: of the parts that are wanted */
	uint32_t n_paths;
	struct buf *out;
};

/* One text of a part, or what is read as one: what is found in it goes to the findings, what was not read into the answer. */
MUST_CHECK enum errc scan_text(struct worker *w, const struct part *p, const struct part_text *t, struct err *e);
/* One text of a part: its own, or that of a member of the archive that it is (part_texts). */
MUST_CHECK enum errc scan_part(void *ctx, const struct part *p, const struct part_text *t, struct err *e);
MUST_CHECK enum errc scan_member_name(void *ctx, const char *holder, span name, uint64_t index, span *shown, struct err *e);

#endif
