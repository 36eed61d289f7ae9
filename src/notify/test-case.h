/* A case folder with its store for the tests of notify, and the four verbs, each of which must do. */
#ifndef TOCSIN_NOTIFY_TEST_CASE_H
#define TOCSIN_NOTIFY_TEST_CASE_H

#include "base/test.h"

#include "notify/private.h"
#include "store/test-rows.h"

extern const char *templates; /* folder of notice templates: the tests' first argument */

struct fixture {
	char dir[64];
	struct arena *a;
	struct case_config config;
	struct notify n;
};

struct fixture *fixture_new(void);
void fixture_free(struct fixture *f);
void open_store(struct fixture *f);
/* One customer, with a password in a message it sent, and ourselves. */
void small_case(struct fixture *f);

struct notify_planned plan(struct fixture *f);
struct notify_approved approve(struct fixture *f, const char *by);
struct notify_written write_wave(struct fixture *f);
void both_approve(struct fixture *f);
void approve_write(struct fixture *f);
void plan_approve_write(struct fixture *f);
/* What show prints of one organisation. */
const char *text_of(struct fixture *f, const char *org);

#endif
