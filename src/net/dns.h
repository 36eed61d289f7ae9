/*
 * DNS with DNSSEC over libunbound: one question, one answer, within a time. An answer that fails validation is forged:
 * the library returns its data all the same, and we never look at them (DNS_FORGED, no records). What the other side
 * says is untrusted: records are bounded in number and size, and one that is not what its type says is left out
 * and counted. A lookup that finds nothing is an answer, not an error; ERR_WORLD is for our own library's faults.
 */
#ifndef TOCSIN_NET_DNS_H
#define TOCSIN_NET_DNS_H

#include "base/arena.h"

enum dns_type {
	DNS_A = 1, DNS_NS = 2, DNS_CNAME = 5, DNS_PTR = 12, DNS_MX = 15, DNS_TXT = 16, DNS_AAAA = 28, DNS_DS = 43,
	DNS_DNSKEY = 48, DNS_CAA = 257,
};

struct dns_options {
	const char *server;       /* "192.0.2.1" or "127.0.0.1@5353": all questions go there; NULL: what resolv.conf names */
	const char *trust_anchor; /* file of DS or DNSKEY records; NULL: that of $TOCSIN_TRUST_ANCHOR, or the system's root key, where there is one */
	const char *stub_zone, *stub_server; /* split horizon: this zone is asked there; or NULL */
	unsigned timeout_ms;      /* of one lookup in all; 0: 10 seconds */
};

/* Loads libunbound. dns_open does so too, but behind walls nothing can be loaded. */
MUST_CHECK enum errc dns_ready(struct err *e);

struct dns;
MUST_CHECK enum errc dns_open(struct dns **out, const struct dns_options *o, struct err *e);
void dns_close(struct dns *d); /* NULL is fine */

enum dns_outcome {
	DNS_FOUND = 0,
	DNS_NO_DATA,   /* the name is there, without records of this type */
	DNS_NO_NAME,   /* NXDOMAIN */
	DNS_FAILED,    /* no answer in time, servers that fail, or records that cannot be taken: says nothing about the name */
	DNS_FORGED,    /* DNSSEC validation failed */
};

struct dns_record {
	uint16_t number;  /* MX: preference; CAA: flags; DS: key tag; DNSKEY: flags; else 0 */
	const char *text; /* address, name in lower case without a final dot, or text (NULL for DS and DNSKEY) */
	const char *tag;  /* CAA: "issue" */
	span data;        /* as it came; TXT: its strings joined */
};

struct dns_answer {
	enum dns_outcome outcome;
	bool secure;      /* validated with DNSSEC up to a trust anchor */
	const char *why;  /* DNS_FAILED and DNS_FORGED: in words; else "" */
	struct dns_record *v;
	size_t n;
	int64_t ttl;
};
/* name: ASCII, with or without a final dot. Records are in the order of their bytes: servers rotate them. ERR_STOPPED when asked to stop. */
MUST_CHECK enum errc dns_ask(struct dns *d, struct arena *a, const char *name, enum dns_type type, struct dns_answer *out,
    struct err *e);

/* Several, at most sixteen at a time, each with the time that one has. */
struct dns_question { const char *name; enum dns_type type; struct dns_answer answer; };
MUST_CHECK enum errc dns_ask_many(struct dns *d, struct arena *a, struct dns_question *v, size_t n, struct err *e);

/* "4.3.2.1.in-addr.arpa" of an IPv4 or IPv6 address; NULL when it is none (or out of memory). */
const char *dns_reverse_name(struct arena *a, const char *address);

/* Record data of one type, uncompressed (RFC 1035 3.3). ERR_EVIDENCE when it is not that. */
MUST_CHECK enum errc dns_record_read(struct arena *a, enum dns_type type, span data, struct dns_record *out, struct err *e);

#endif
