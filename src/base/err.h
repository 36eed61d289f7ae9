/*
 * Why something failed, carried by the caller. A fallible function returns enum errc (OK is zero) and takes
 * struct err * last; there is no global. Below cmd/ nothing prints.
 */
#ifndef TOCSIN_BASE_ERR_H
#define TOCSIN_BASE_ERR_H

enum errc {
	OK = 0,
	ERR_USAGE,    /* the caller's words or our own files (case, rules, configuration) are off */
	ERR_EVIDENCE, /* the bytes in evidence are not what they should be: recorded, the stage goes on */
	ERR_LIMIT,    /* a bound of base/limits.h was hit: recorded, the stage goes on */
	ERR_WORLD,    /* disk, network, permission: returned upward */
	ERR_MEMORY,
	ERR_LOCKED,   /* another tocsin writes to this case, or reads it as it stands */
	ERR_REFUSED,  /* tocsin will not do this: walls missing, approval missing */
	ERR_STOPPED,  /* asked to stop (Ctrl-C): what was committed stays */
};

struct err {
	enum errc code;
	char text[400];
};

#define MUST_CHECK __attribute__((warn_unused_result))
/* An array on the stack that is written before it is read, in a function so hot that filling it first (as the build asks) costs. */
#define UNFILLED __attribute__((uninitialized))

/* Sets code and text and returns code, so that `return err_set(e, ...)` reads as one sentence. e may be NULL. */
enum errc err_set(struct err *e, enum errc code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same with ": " and the text of errno behind it; errno stays. */
enum errc err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Says where: puts "<where>: " before the text that is there. */
void err_in(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "out of memory", always ERR_MEMORY. */
enum errc err_memory(struct err *e);

/* Exit status of the program for a code (DESIGN section 5): 2 usage, 3 refused, 4 failed. */
int err_exit_status(enum errc code);

#endif
