/*
 * Our own YAML files (case.yaml, rules, policies) as a small tree. libfyaml reads them; they are untrusted all
 * the same: size, depth and node count are bounded, anchors and aliases are refused, and every node knows its
 * line so that an error can say where.
 */
#ifndef TOCSIN_BASE_YAML_H
#define TOCSIN_BASE_YAML_H

#include "base/arena.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_kind kind;
	unsigned line;           /* from 1 */
	span key;                /* within a map: its key */
	span text;               /* of a scalar; UTF-8 */
	struct yaml *first, *next; /* children in the order of the file; the sibling */
	const char *file;        /* as given to yaml_read */
};

/* text is parsed and copied into the arena; file is for messages and must live as long. */
MUST_CHECK enum errc yaml_read(struct arena *a, span text, const char *file, struct yaml **out, struct err *e);
MUST_CHECK enum errc yaml_read_file(struct arena *a, const char *path, struct yaml **out, struct err *e);

/* The child of that name, or NULL; also NULL when y is NULL or no map. */
const struct yaml *yaml_get(const struct yaml *y, const char *key);
/* The scalar below, or SPAN_EMPTY. */
span yaml_text(const struct yaml *y, const char *key);
/*
 * The time below, as time_parse or time_parse_end reads it; TIME_NONE where there is none. ERR_USAGE where it is none, or a time in no zone:
 * whoever writes the clock's time means his own, and taken for UTC it moves every day and hour that rests on it.
 */
MUST_CHECK enum errc yaml_time(const struct yaml *map, const char *key, bool (*parse)(span, int64_t *), int64_t *out, struct err *e);
/* ERR_USAGE with "file:line: ..." */
enum errc yaml_err(const struct yaml *y, struct err *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Refuses keys that are not in the NULL-terminated list: a misspelt setting is never ignored. */
MUST_CHECK enum errc yaml_only(const struct yaml *y, const char *const keys[], struct err *e);

#endif
