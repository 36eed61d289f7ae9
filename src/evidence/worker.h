/* What the table of jobs needs to make a stage's evidence_job one that workers run: its ctx is the evidence_job. */
#ifndef TOCSIN_EVIDENCE_WORKER_H
#define TOCSIN_EVIDENCE_WORKER_H

#include "evidence/evidence.h"
#include "jail/jail.h"

enum errc evidence_start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e);
enum errc evidence_task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e);

#define EVIDENCE_JOB(name, job) {name, job, evidence_start, evidence_task}

#endif
