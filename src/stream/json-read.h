/*
 * Reads JSON (RFC 8259) as logs and other programs write it: one value at a time out of a file of any size, into a small tree in an arena.
 * Strings without escapes are borrowed from the text. What is not quite JSON is read as it was meant and noted: NaN and
 * Infinity, trailing commas, raw control characters in strings, single values out of range, unknown escapes, lone
 * surrogates and bad UTF-8 (both become U+FFFD), a BOM. Of members that stand twice both are in the tree, in their order.
 */
#ifndef TOCSIN_STREAM_JSON_READ_H
#define TOCSIN_STREAM_JSON_READ_H

#include "base/arena.h"

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

enum json_problem {
	JSON_BAD_UTF8 = 1u << 0,
	JSON_LENIENT = 1u << 1,
	JSON_LEFT_OUT = 1u << 2, /* deeper than LIMIT_JSON_DEPTH: such a value is null */
};

struct json_node {
	enum json_type type;
	uint32_t n;                /* members or elements */
	span key;                  /* of a member: decoded */
	span text;                 /* strings: decoded; numbers: as written; others empty */
	struct json_node *child;   /* the first */
	struct json_node *next;    /* in the same object or array */
};

/*
 * One value at the beginning of s, white space before it allowed. *used: how many bytes it and that white space took.
 * ERR_EVIDENCE: not JSON; e says why and where, *used how far it was looked at, and *out has what stood before that (NULL: nothing). ERR_LIMIT: more
 * than LIMIT_JSON_NODES. problems gets bits or'ed in.
 */
MUST_CHECK enum errc json_read(struct arena *a, span s, struct json_node **out, size_t *used, unsigned *problems,
    struct err *e);

/* The same with so many values at most. */
MUST_CHECK enum errc json_read_most(struct arena *a, span s, size_t most, struct json_node **out, size_t *used,
    unsigned *problems, struct err *e);

/*
 * How many bytes the value at the beginning of s takes, by its brackets and quotes alone: for passing over values
 * without reading them, at memory speed and in no memory. 0 when s ends before the value does, or none begins here.
 */
size_t json_extent(span s);

/* The string at s.p[0] == '"', with its quotes; 0 when it does not end. */
size_t json_string_extent(span s);

/*
 * The other way to read: what programs write for each other. The whole of s is one value and JSON to the letter, UTF-8,
 * no member stands twice, none is deeper than LIMIT_JSON_STRICT_DEPTH and no object has more than LIMIT_JSON_STRICT_MEMBERS. Anything
 * else is ERR_EVIDENCE, so that two readers cannot see two things in the same bytes.
 */
MUST_CHECK enum errc json_read_strict(struct arena *a, span s, struct json_node **out, struct err *e);
/* The member of exactly that name; NULL when there is none or n is no object. n may be NULL. */
const struct json_node *json_member(const struct json_node *n, const char *name);
/* Only members of the NULL-terminated list, and n is an object. */
bool json_only(const struct json_node *n, const char *const names[]);

/* The last member of that name without regard to case; NULL when there is none or n is no object. n may be NULL. */
const struct json_node *json_get(const struct json_node *n, const char *name);
/* Its text where it is a string or a number, "true" or "false", else empty. n may be NULL. */
span json_text(const struct json_node *n);
static inline span json_get_text(const struct json_node *n, const char *name) { return json_text(json_get(n, name)); }

#endif
