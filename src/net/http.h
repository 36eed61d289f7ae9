/*
 * HTTP over libcurl for a handful of known hosts: security.txt, RDAP, WKD, issuers of identities. The caller names the hosts that may be
 * asked; https only, no proxy, no cookies, no credentials, no compression. A redirect is followed only to an allowed
 * host. The address that a name leads to is looked at when the socket is made: this machine, private and link-local
 * networks are refused, so that a name in somebody else's zone does not reach our own servers (SSRF, DNS rebinding).
 * Time and size are bounded. A page that is not there is an answer, not an error.
 */
#ifndef TOCSIN_NET_HTTP_H
#define TOCSIN_NET_HTTP_H

#include "base/arena.h"

struct http_options {
	const char *const *hosts; /* that may be asked, lower case, without port */
	size_t n_hosts;
	size_t max;               /* bytes of a body; 0: 1 MiB */
	unsigned timeout_ms;      /* of one GET in all; 0: 15 seconds */
	const char *ca_file;      /* NULL, or "" as a setting that is not there: the system's */
	const char *accept;       /* NULL: any type */
	const char *form;         /* a POST of this form; NULL: a GET */
	const char *form_type;    /* Content-Type, where form is none */
	const char *user, *password; /* RFC 7617; user NULL: none */
	const char *resolved;     /* "HOST:PORT:ADDRESS,ADDRESS": where a name leads; NULL: the system's resolver says */
	bool stay;                /* a redirect is an answer like others, and not followed */
	/* For tests, with servers on this machine. */
	bool plain;               /* http:// too */
	bool local;               /* no look at addresses */
	const char *connect_to;   /* "127.0.0.1:8080": every connection goes there, whatever the name; NULL or "": as the name says */
};

struct http_answer {
	int status;               /* 0: no answer, of the last one asked, and why says why */
	const char *why, *url;    /* url: where it came from at last, behind redirects */
	const char *type;         /* Content-Type, or "" */
	span body;
	bool cut;                 /* larger than max: no body is given (of a redirect that is followed none is either) */
};
/* ERR_REFUSED when the URL is not one that may be asked. */
MUST_CHECK enum errc http_get(struct arena *a, const struct http_options *o, const char *url, struct http_answer *out,
    struct err *e);

/* Several, at most eight at a time and two of one host: slow servers cost each other nothing. */
struct http_request {
	const char *url;
	const char *host;         /* whom it goes to, for the bound; NULL: no bound */
	const struct http_options *options;
	struct http_answer answer;
	bool refused;             /* not one that may be asked; answer.why says why */
};
MUST_CHECK enum errc http_get_many(struct arena *a, struct http_request *v, size_t n, struct err *e);

/* Loads what asks, libcurl: also for who goes behind walls before he asks. It is done by whoever asks first else. */
MUST_CHECK enum errc net_ready(struct err *e);

/* An address (struct sockaddr) on the public Internet? */
struct sockaddr;
bool net_is_public(const struct sockaddr *address);

#endif
