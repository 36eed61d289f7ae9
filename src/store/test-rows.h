/* For tests of stages: a case's rows put in by hand, as the stages before would have. Aborts where a row is refused. */
#ifndef TOCSIN_STORE_TEST_ROWS_H
#define TOCSIN_STORE_TEST_ROWS_H

#include "case/names.h"
#include "store/store.h"

/* A new case in a folder of its own, open for writing; dir: a template of mkdtemp. */
struct store *rows_case(char *dir);
/* Closes it (NULL is fine) and removes the folder; what a tear-down returns. */
int rows_case_end(struct store *st, const char *dir);

void rows_message(struct store *st, int64_t id, int64_t when_utc, enum verdict verdict);
void rows_written(struct store *st, int64_t message, const char *subject, int64_t from); /* under that subject, by an address of that id */
void rows_verdict(struct store *st, int64_t id, enum verdict verdict);
void rows_unread(struct store *st, int64_t message);
void rows_sent(struct store *st, int64_t message, bool by_intruder); /* a record of sending it; certainly the intruder's, or perhaps */
void rows_org(struct store *st, int64_t id, const char *key, enum org_origin origin, const char *country,
    const char *language);
void rows_contact(struct store *st, int64_t org, int64_t seq, const char *address);
void rows_link(struct store *st, int64_t message, int64_t org, enum link_role role, bool counts);
void rows_unlink(struct store *st, int64_t message, int64_t org);
void rows_exposure(struct store *st, int64_t id, const char *class, enum severity severity, const char *masked);
/* Only messages and exposures whose ids these divide; 0: none. */
void rows_withheld(struct store *st, int64_t messages, int64_t exposures);
void rows_finding(struct store *st, int64_t message, int64_t exposure);
void rows_owner(struct store *st, int64_t exposure, int64_t org);
void rows_conflict(struct store *st, const char *domain, const char *first, const char *second);
int64_t rows_count(struct store *st, const char *sql);

#endif
