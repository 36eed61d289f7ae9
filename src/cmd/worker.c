#include "cmd/verbs.h"

#include <stdio.h>
#include <string.h>

#include "attribute/attribute.h"
#include "contacts/contacts.h"
#include "deliver/deliver.h"
#include "evidence/worker.h"
#include "ingest/ingest.h"
#include "jail/jail.h"
#include "notify/notify.h"
#include "report/report.h"
#include "scan/scan.h"
#include "scope/scope.h"
#include "verify/stamp.h"
#include "verify/verify.h"

static const struct jail_job scan_worker = EVIDENCE_JOB("scan", &scan_job);
static const struct jail_job pieces_worker = EVIDENCE_JOB("pieces", &pieces_job);
static const struct jail_job seal_worker = EVIDENCE_JOB("seal", &seal_job);
static const struct jail_job attribute_worker = EVIDENCE_JOB("attribute", &attribute_job);

/* The jobs that the stages have for workers. */
static const struct jail_job *const jobs[] = {
    &ingest_job,
    &pieces_worker,
    &scope_job,
    &scan_worker,
    &attribute_worker,
    &seal_worker,
    &collect_job,
    &contacts_job,
    &recipient_job,
    &received_job,
    &returned_job,
    &reveal_job,
    &verify_job,
    &stamp_job,
    NULL,
};

int cmd_worker(int argc, char **argv)
{
	for (size_t i = 0; argc > 0 && jobs[i] != NULL; i++)
		if (strcmp(jobs[i]->name, argv[0]) == 0)
			return jail_serve(jobs[i], argc > 1 && strcmp(argv[1], "--without-jail") == 0);
	(void)fprintf(stderr, "tocsin worker: no such job; workers are started by tocsin itself\n");
	return 2;
}
