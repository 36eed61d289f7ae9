#include "net/smtp.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "net/curl.h"
#include "net/http.h"

enum { DEFAULT_TIMEOUT_MS = 120000, CONNECT_TIMEOUT_MS = 30000, SUBMISSION = 587, SUBMISSIONS = 465 };

struct smtp {
	CURL *c;
	struct curl_slist *connect_to;
	struct smtp_options o;
	char url[300];
	char why[CURL_ERROR_SIZE];
	/* of the message under way */
	span rest;
	bool named;      /* its recipient was named: what is refused from then on is this mail, not every one */
	bool given;      /* libcurl was told that this was all */
	size_t n_out;    /* bytes of it that libcurl has sent */
	bool after;      /* a reply came after that */
	int code;
	struct smtp_result *result;
};

static size_t on_read(char *p, size_t size, size_t n, void *ctx)
{
	struct smtp *s = ctx;
	span now = span_first(s->rest, size * n);

	if (now.n != 0)
		memcpy(p, now.p, now.n);
	s->rest = span_from(s->rest, now.n);
	s->given = s->rest.n == 0;
	return now.n;
}

static void set_text(struct smtp_result *r, span text)
{
	size_t n = 0;

	text = span_trim(text);
	for (; n < text.n && n + 1 < sizeof r->text; n++)
		r->text[n] = text.p[n] >= 0x20 && text.p[n] < 0x7f ? (char)text.p[n] : '?';
	r->text[n] = '\0';
}

/* libcurl gives every line of a reply here: "250-SIZE 1000", "354 go on". */
static size_t on_reply(char *p, size_t size, size_t n, void *ctx)
{
	struct smtp *s = ctx;
	span line = span_of(p, size * n);

	if (line.n >= 3 && ascii_is_digit(line.p[0]) && ascii_is_digit(line.p[1]) && ascii_is_digit(line.p[2]) && s->result != NULL) {
		int code = (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + line.p[2] - '0';

		/* libcurl says QUIT by itself behind a refusal: the answer to that (RFC 5321 4.2.2) is not about the message. */
		if (code == 221)
			return size * n;
		s->code = code;
		s->after = s->given;
		set_text(s->result, line);
	}
	return size * n;
}

/* What is said to the server: a command at a time, and what was sent of the message. */
static int on_sent(CURL *c, curl_infotype type, char *p, size_t n, void *ctx)
{
	struct smtp *s = ctx;

	(void)c;
	s->named |= type == CURLINFO_HEADER_OUT && span_starts(span_of(p, n), SPAN_LIT("RCPT "));
	if (type == CURLINFO_DATA_OUT)
		s->n_out += n;
	return 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	(void)p;
	(void)ctx;
	return size * n;
}

static enum errc configure(struct smtp *s, struct err *e)
{
	const struct smtp_options *o = &s->o;
	CURLcode rc = CURLE_OK;

#define SET(option, value) (rc = rc != CURLE_OK ? rc : curl.easy_setopt(s->c, option, value))
	SET(CURLOPT_URL, s->url);
	SET(CURLOPT_ERRORBUFFER, s->why);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_TIMEOUT_MS, (long)(o->timeout_ms != 0 ? o->timeout_ms : DEFAULT_TIMEOUT_MS));
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, on_read);
	SET(CURLOPT_READDATA, s);
	SET(CURLOPT_HEADERFUNCTION, on_reply);
	SET(CURLOPT_HEADERDATA, s);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_DEBUGFUNCTION, on_sent);
	SET(CURLOPT_DEBUGDATA, s);
	if (o->user != NULL) {
		SET(CURLOPT_USERNAME, o->user);
		SET(CURLOPT_PASSWORD, o->password != NULL ? o->password : "");
	}
	if (o->ca_file != NULL)
		SET(CURLOPT_CAINFO, o->ca_file);
	if (s->connect_to != NULL)
		SET(CURLOPT_CONNECT_TO, s->connect_to);
#undef SET
	return rc == CURLE_OK ? OK : err_set(e, ERR_WORLD, "libcurl: %s", curl.easy_strerror(rc));
}

enum errc smtp_open(struct smtp **out, const struct smtp_options *o, struct err *e)
{
	unsigned port = o->port != 0 ? o->port : SUBMISSION;
	struct smtp *s;
	int n;
	enum errc rc;

	*out = NULL;
	if ((rc = net_ready(e)) != OK)
		return rc;
	if ((s = calloc(1, sizeof *s)) == NULL)
		return err_memory(e);
	s->o = *o;
	n = snprintf(s->url, sizeof s->url, "%s://%s:%u/%s", port == SUBMISSIONS ? "smtps" : "smtp", o->host, port,
	    o->helo != NULL ? o->helo : "");
	if (n < 0 || (size_t)n >= sizeof s->url)
		rc = err_set(e, ERR_USAGE, "the name of the mail server is too long");
	else if ((s->c = curl.easy_init()) == NULL)
		rc = err_memory(e);
	if (rc == OK && o->connect_to != NULL) {
		char line[300];

		(void)snprintf(line, sizeof line, "::%s", o->connect_to);
		if ((s->connect_to = curl.slist_append(NULL, line)) == NULL)
			rc = err_memory(e);
	}
	if (rc == OK)
		rc = configure(s, e);
	if (rc != OK)
		smtp_close(s);
	else
		*out = s;
	return rc;
}

void smtp_close(struct smtp *s)
{
	if (s == NULL)
		return;
	s->result = NULL; /* the reply to QUIT is nobody's */
	if (s->c != NULL)
		curl.easy_cleanup(s->c);
	curl.slist_free_all(s->connect_to);
	free(s);
}

/* What came of it, by libcurl's word and the last reply. A reply counts for the message only behind its last byte. */
static enum smtp_outcome outcome_of(const struct smtp *s, CURLcode got)
{
	if (got == CURLE_OK)
		return SMTP_TAKEN;
	if (got == CURLE_USE_SSL_FAILED || got == CURLE_PEER_FAILED_VERIFICATION || got == CURLE_SSL_CONNECT_ERROR ||
	    got == CURLE_LOGIN_DENIED || got == CURLE_SSL_CACERT_BADFILE)
		return SMTP_UNUSABLE;
	/* Where libcurl came to have no memory for the first block, or the connection broke before it, the server has none of it. */
	if (s->given && !s->after && s->n_out > 0)
		return SMTP_UNKNOWN;
	if (s->code >= 400 && s->code < 500)
		return SMTP_LATER;
	/* Of a server that is down for a weekend each mail would be tried until it has failed. */
	if (!s->named)
		return SMTP_UNUSABLE;
	return s->code >= 500 ? SMTP_REFUSED : SMTP_LATER;
}

void smtp_send(struct smtp *s, const char *from, const char *to, span message, struct smtp_result *out)
{
	struct curl_slist *rcpt = curl.slist_append(NULL, to);
	CURLcode got;

	*out = (struct smtp_result){.outcome = SMTP_UNUSABLE};
	if (rcpt == NULL) {
		set_text(out, SPAN_LIT("out of memory"));
		return;
	}
	s->rest = message;
	s->named = s->given = s->after = false;
	s->n_out = 0;
	s->code = 0;
	s->why[0] = '\0';
	s->result = out;
	if ((got = curl.easy_setopt(s->c, CURLOPT_MAIL_FROM, from)) == CURLE_OK &&
	    (got = curl.easy_setopt(s->c, CURLOPT_MAIL_RCPT, rcpt)) == CURLE_OK &&
	    (got = curl.easy_setopt(s->c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.n)) == CURLE_OK)
		got = curl.easy_perform(s->c);
	out->outcome = outcome_of(s, got);
	out->code = s->code;
	/* The server's word where it refused; else what broke. */
	if ((got != CURLE_OK && s->code < 400) || out->text[0] == '\0')
		set_text(out, span_str(s->why[0] != '\0' ? s->why : curl.easy_strerror(got)));
	s->result = NULL;
	(void)curl.easy_setopt(s->c, CURLOPT_MAIL_RCPT, NULL);
	curl.slist_free_all(rcpt);
}
