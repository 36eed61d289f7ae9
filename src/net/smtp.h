/*
 * Mail submission (RFC 6409) over libcurl: TLS and authentication, or nothing is sent. One connection is kept
 * for the messages of a run. What matters most is told apart: a message that surely was not taken, one that was,
 * and one of which nobody knows (all of it left and the connection broke before the reply).
 */
#ifndef TOCSIN_NET_SMTP_H
#define TOCSIN_NET_SMTP_H

#include "base/arena.h"

struct smtp_options {
	const char *host;
	unsigned port;            /* 0: 587 with STARTTLS; 465 is TLS from the first byte */
	const char *user;         /* NULL: no authentication (a relay that knows us by our certificate or address) */
	const char *password;     /* never copied anywhere but to libcurl */
	const char *ca_file;      /* NULL: the system's */
	const char *helo;         /* our name for EHLO; NULL: libcurl's choice */
	const char *connect_to;   /* "127.0.0.1:2587" for tests; the certificate must still be host's */
	unsigned timeout_ms;      /* of one message; 0: two minutes (RFC 5321 4.5.3.2 allows ten for the last reply) */
};

struct smtp;
MUST_CHECK enum errc smtp_open(struct smtp **out, const struct smtp_options *o, struct err *e);
void smtp_close(struct smtp *s); /* QUIT; NULL is fine */

enum smtp_outcome {
	SMTP_TAKEN = 1,      /* 2yz behind the last byte: the server has it */
	SMTP_REFUSED = 2,    /* 5yz to this recipient, or to the message: never */
	SMTP_LATER = 3,      /* 4yz, or the connection broke on the way: not taken, try again */
	SMTP_UNKNOWN = 4,    /* all of it left and no reply came: taken or not, nobody knows */
	SMTP_UNUSABLE = 5,   /* no server, no TLS, wrong certificate, wrong password, 5yz to us or to the sender: nothing can be sent this way */
};
struct smtp_result {
	enum smtp_outcome outcome;
	int code;            /* of the last reply; 0 when there was none */
	char text[300];      /* it, or what broke; printable */
};
/* message: a whole mail with CRLF line ends. from is the envelope's. A lack of memory is an outcome too. */
void smtp_send(struct smtp *s, const char *from, const char *to, span message, struct smtp_result *out);

#endif
