#include "verify/portal.h"

#include "base/io.h"
#include "base/limits.h"
#include "net/http.h"
#include "proof/keys.h"

const char *const portal_file_names[PORTAL_FILES] = {"index.html", "app.js", "app.css"};
static const char *const paths[PORTAL_FILES] = {"/", "/app.js", "/app.css"};

enum errc portal_files_of(struct arena *a, const char *dir, struct portal_files *out, struct err *e)
{
	enum errc rc = OK;

	*out = (struct portal_files){0};
	for (size_t i = 0; i < PORTAL_FILES && rc == OK; i++) {
		const char *path = arena_printf(a, "%s/%s", dir, portal_file_names[i]);
		span file;

		if (path == NULL)
			return err_memory(e);
		if ((rc = io_read_file(a, path, 4 * MIB, &file, e)) == OK) {
			sha256_of(file, &out->want[i]);
			out->known[i] = true;
		}
	}
	return rc;
}

/* "<64 digits>  name", or with an asterisk before the name. */
static void line_take(span line, struct portal_files *out)
{
	span name = span_from(line, DIGEST_SIZE * 2 + 2);

	for (size_t i = 0; i < PORTAL_FILES; i++)
		if (span_eq(name, span_str(portal_file_names[i])))
			out->known[i] = hex_read(span_first(line, DIGEST_SIZE * 2), out->want[i].b, DIGEST_SIZE);
}

enum errc portal_files_read(span list, span signature, span key, struct portal_files *out, struct err *e)
{
	struct verify_key k;
	span line;
	enum errc rc;

	*out = (struct portal_files){0};
	if ((rc = verify_key_read(key, &k, e)) != OK || (rc = minisign_verify(&k, list, signature, NULL, NULL, e)) != OK)
		return rc;
	while (span_line(&list, &line))
		line_take(line, out);
	for (size_t i = 0; i < PORTAL_FILES; i++)
		if (!out->known[i])
			return err_set(e, ERR_EVIDENCE, "the list has no %s", portal_file_names[i]);
	return OK;
}

static const char *wrong(struct arena *a, const struct http_answer *h, const struct digest *want)
{
	char is[DIGEST_HEX], should[DIGEST_HEX];
	struct digest d;

	if (h->status == 0)
		return arena_printf(a, "no answer: %s", h->why);
	if (h->status != 200)
		return arena_printf(a, "answered with status %d", h->status);
	if (h->cut)
		return "larger than it can be";
	sha256_of(h->body, &d);
	if (memcmp(d.b, want->b, sizeof d.b) == 0)
		return NULL;
	return arena_printf(a, "OTHER BYTES: SHA-256 %s, not %s", digest_hex(&d, is), digest_hex(want, should));
}

enum errc portal_look(struct arena *a, const struct portal_look *l, const struct portal_files *want,
    struct portal_seen *out, struct err *e)
{
	span url = span_str(l->url), host;
	const char *name;
	enum errc rc = OK;

	*out = (struct portal_seen){0};
	if (!span_starts(url, SPAN_LIT("https://")))
		return err_set(e, ERR_REFUSED, "%.200s: a reading room is https://HOST", l->url);
	while (url.n != 0 && url.p[url.n - 1] == '/')
		url.n--;
	host = span_from(url, strlen("https://"));
	if (span_find_byte(host, '/') != host.n || (name = arena_cstr(a,
	    span_first(host, span_find_byte(host, ':')))) == NULL)
		return err_set(e, ERR_REFUSED, "%.200s: a reading room is https://HOST, without a path", l->url);
	for (size_t i = 0; i < PORTAL_FILES && rc == OK; i++) {
		const struct http_options o = {.hosts = &name, .n_hosts = 1, .max = 4 * MIB, .ca_file = l->ca_file,
		    .local = l->local};
		const char *at = arena_printf(a, "%.*s%s", (int)url.n, (const char *)url.p, paths[i]);
		struct http_answer h;

		if (at == NULL)
			return err_memory(e);
		if ((rc = http_get(a, &o, at, &h, e)) == OK)
			out->wrong[i] = wrong(a, &h, &want->want[i]);
	}
	return rc;
}
