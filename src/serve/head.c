#include "serve/head.h"

#include <string.h>

#include "base/limits.h"

/* Few enough that libmicrohttpd has room for whatever it takes them apart into, and answers nothing of its own. */
enum { TARGET_MAX = 8192, VALUES_MAX = 32, FIELDS_MAX = 64, COOKIE_MAX = 4096, LENGTH_DIGITS = 9 };

const struct head_line head_always[] = {
    {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src"
    " 'self'; frame-ancestors 'none'; "
     "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types mail; report-uri"
     " /api/csp-report"},
    {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(),"
    " magnetometer=(), microphone=(), midi=(), payment=(), "
     "serial=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"},
    {"Cache-Control", "no-store"},
    /* One request a connection: where one ends decides nothing about another. */
    {"Connection", "close"},
};
const size_t head_n_always = sizeof head_always / sizeof head_always[0];

/* The fields that decide something may stand once only: two readers must not see two values. */
enum { HOST, LENGTH, PIECES };
static const char *const once[] = {"Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Cookie", "Origin",
    "Sec-Fetch-Site", "X-Tocsin-Client"};
enum { N_ONCE = sizeof once / sizeof once[0] };
struct fields { unsigned n, of[N_ONCE], refused; };

/* RFC 9110 5.6.2 */
static bool is_token(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && memchr("!#$%&'*+-.^_`|~", s.p[i], 15) == NULL)
			return false;
	return s.n != 0;
}

static size_t how_many(span s, unsigned char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

/* Up to CR LF, without it. A line feed alone ends a line to one reader and none to another; zeros and the like have no place in one. */
static unsigned next_line(span *rest, span *line)
{
	size_t n = 0;

	while (n < rest->n && (rest->p[n] >= ' ' || rest->p[n] == '\t') && rest->p[n] != 0x7f)
		n++;
	if (n == rest->n || (n + 1 == rest->n && rest->p[n] == '\r'))
		return HEAD_MORE;
	if (rest->p[n] != '\r' || rest->p[n + 1] != '\n')
		return 400;
	*line = span_first(*rest, n);
	*rest = span_from(*rest, n + 2);
	return HEAD_GOOD;
}

/* RFC 9112 3, with one blank between two words. */
static unsigned first_line(span line)
{
	size_t method = span_find_byte(line, ' ');
	span rest = span_from(line, method < line.n ? method + 1 : line.n), target = span_first(rest, span_find_byte(rest, ' '));
	span version = span_from(rest, target.n < rest.n ? target.n + 1 : rest.n);

	if (!is_token(span_first(line, method)) || (!span_eq(version, SPAN_LIT("HTTP/1.1")) && !span_eq(version, SPAN_LIT("HTTP/1.0"))))
		return 400;
	if (target.n > TARGET_MAX || how_many(target, '&') > VALUES_MAX)
		return 414;
	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] >= 0x7f || target.p[i] <= ' ')
			return 400;
	return target.n != 0 && target.p[0] == '/' ? HEAD_GOOD : 400;
}

static unsigned length_of(span value)
{
	uint32_t n = 0;

	if (value.n == 0)
		return 400;
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < '0' || value.p[i] > '9')
			return 400;
	if (value.n > LENGTH_DIGITS)
		return 413;
	for (size_t i = 0; i < value.n; i++)
		n = 10 * n + (uint32_t)(value.p[i] - '0');
	return n > LIMIT_REQUEST_BYTES ? 413 : HEAD_GOOD;
}

/* "Content-Length :" is a length to one reader and none to another; a line that begins with a blank goes on with the one before, or is its own. */
static unsigned field_line(span line, span host, struct fields *f)
{
	size_t colon = span_find_byte(line, ':');
	span name = span_first(line, colon), value = span_trim(span_from(line, colon < line.n ? colon + 1 : line.n));

	if (colon == line.n || !is_token(name))
		return 400;
	for (size_t i = 0; i < N_ONCE; i++)
		if (span_eq_nocase(name, span_str(once[i])) && ++f->of[i] > 1)
			return 400;
	if (span_eq_nocase(name, span_str(once[HOST])) && !span_eq_nocase(value, host))
		return 400;
	if (span_eq_nocase(name, SPAN_LIT("Cookie")) && (value.n > COOKIE_MAX || how_many(value, ';') > VALUES_MAX))
		return 431;
	if (span_eq_nocase(name, span_str(once[LENGTH])) && f->refused == HEAD_GOOD)
		f->refused = length_of(value);
	return ++f->n > FIELDS_MAX ? 431 : HEAD_GOOD;
}

unsigned head_check(span s, span host)
{
	struct fields f = {.refused = HEAD_GOOD};
	span rest = span_first(s, LIMIT_REQUEST_HEAD_BYTES), line;
	unsigned status = next_line(&rest, &line);

	if (status == HEAD_GOOD)
		status = first_line(line);
	while (status == HEAD_GOOD && (status = next_line(&rest, &line)) == HEAD_GOOD && line.n != 0)
		status = field_line(line, host, &f);
	if (status == HEAD_MORE)
		return s.n < LIMIT_REQUEST_HEAD_BYTES ? HEAD_MORE : 431;
	if (status != HEAD_GOOD)
		return status;
	/* RFC 9112 6.3: both lengths at once is how requests are smuggled. Nobody sends us pieces: a body of the page's has a length. */
	if (f.of[HOST] == 0 || (f.of[LENGTH] != 0 && f.of[PIECES] != 0))
		return 400;
	return f.of[PIECES] != 0 ? 411 : f.refused;
}

const char *head_code(unsigned status)
{
	switch (status) {
	case 403:
		return "refused";
	case 404:
		return "not_found";
	case 405:
		return "method";
	case 411:
		return "length";
	case 413:
	case 414:
	case 431:
		return "too_large";
	case 503:
		return "unavailable";
	default:
		return "bad_request";
	}
}

void head_refusal(struct buf *b, unsigned status, span to)
{
	const char *code = head_code(status);

	buf_printf(b, "HTTP/1.1 %u Refused\r\n", status);
	for (size_t i = 0; i < head_n_always; i++)
		buf_printf(b, "%s: %s\r\n", head_always[i].name, head_always[i].value);
	buf_printf(b, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", strlen(code) + 12);
	if (!span_starts(to, SPAN_LIT("HEAD ")))
		buf_printf(b, "{\"error\":\"%s\"}", code);
}
