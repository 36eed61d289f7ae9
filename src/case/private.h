/* Values of case.yaml, each with an error that names file and line: what case.c and delivery.c share. */
#ifndef TOCSIN_CASE_PRIVATE_H
#define TOCSIN_CASE_PRIVATE_H

#include "base/yaml.h"
#include "case/case.h"

/* The value of that key in a map; without one "", TIME_NONE or `none`. */
MUST_CHECK enum errc conf_text(struct arena *a, const struct yaml *map, const char *key, const char **out, struct err *e);
MUST_CHECK enum errc conf_bool(const struct yaml *map, const char *key, bool none, bool *out, struct err *e);
/* A whole number within bounds. */
MUST_CHECK enum errc conf_number(const struct yaml *map, const char *key, unsigned none, unsigned min, unsigned max,
    unsigned *out, struct err *e);

/* A map has no other names than these; one that is not there, or with nothing behind its name, is fine. */
MUST_CHECK enum errc conf_only(const struct yaml *y, const char *const *only, struct err *e);

/* delivery.c: the maps "delivery" and "network" */
MUST_CHECK enum errc conf_delivery(struct arena *a, const struct yaml *root, struct case_config *out, struct err *e);

#endif
