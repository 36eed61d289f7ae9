/*
 * Libraries that are loaded when something first needs them, and stay. Some bring others with them: libcurl, libunbound,
 * libmicrohttpd and librnp forty (TLS of their own, Kerberos, LDAP), libarchive and libpsl XML and Unicode.
 * Bound at the start they took two thirds of it, of every tocsin, and stood in the memory of every worker that parses
 * hostile mail; no worker of mail speaks to a network.
 *
 * What a library is called for is an X list of names without their prefix:
 *
 *	#define UB_CALLS(X) X(ctx_create) X(ctx_delete)
 *	#define UB_CALL(name) __typeof__(ub_##name) *name;
 *	static struct { UB_CALLS(UB_CALL) } ub;
 *	#define UB_NAME(name) {"ub_" #name, &ub.name},
 *	static const struct library_name ub_names[] = {UB_CALLS(UB_NAME)};
 *	static struct library ub_library = LIBRARY(SONAME_UNBOUND, ub_names);
 *
 * and ub.ctx_create() is a call, once library_load(&ub_library) has said OK. Before the walls: behind them nothing can be opened.
 */
#ifndef TOCSIN_BASE_LIBRARY_H
#define TOCSIN_BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "sonames.h"

struct library_name { const char *name; void *to; /* of the pointer to the function, or to the object */ };

struct library { const char *soname; const struct library_name *names; size_t n; bool loaded; };
#define LIBRARY(soname, names) {(soname), (names), sizeof (names) / sizeof *(names), false}

/* Nothing when it was loaded before. ERR_WORLD: it is not there, or has no function of that name; pointers may then be half set. */
MUST_CHECK enum errc library_load(struct library *l, struct err *e);

#endif
