/*
 * mime-dump: reads file names, a line each, and writes a line of JSON for each: header fields as the case reads them, and the
 * leaves with their decoded bytes' digest; messages within a message as part of it. For t/mime-real.py.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "case/names.h"
#include "mail/foreign.h"
#include "mail/mbox.h"
#include "mail/summary.h"
#include "mail/text.h"
#include "stream/charset.h"

static enum errc put_message(struct arena *a, struct json *j, span raw, const char *nest, struct err *e);

static enum errc put_part(struct arena *a, struct json *j, const struct message *m, const struct part *p, const char *nest,
    struct err *e)
{
	char *path = arena_printf(a, "%s%s%s", nest, nest[0] != '\0' ? "/" : "", p->path[0] != '\0' ? p->path : "1");
	struct part_text t;
	unsigned problems = 0;
	struct digest d;
	span content, inner;
	enum errc rc;

	if (path == NULL)
		return err_memory(e);
	if ((rc = part_content(a, m, p, &content, &problems, e)) != OK || (rc = part_text(a, m, p, NULL, &t, e)) != OK)
		return rc;
	sha256_of(content, &d);
	json_open(j, NULL, '{');
	json_str(j, "path", path);
	json_span(j, "type", p->type);
	json_span(j, "charset", p->charset);
	json_span(j, "name", p->filename);
	json_span(j, "disposition", p->disposition);
	json_span(j, "id", p->content_id);
	json_bool(j, "message", p->kind == PART_MESSAGE);
	json_bool(j, "found", p->uuencoded || p->made);
	json_u64(j, "n", content.n);
	json_digest(j, "sha256", &d);
	if (t.outcome != TEXT_NOT)
		json_span(j, "text", t.source);
	json_close(j, '}');
	if (p->kind != PART_MESSAGE)
		return OK;
	inner = part_message(p, content);
	return strlen(nest) < 100 ? put_message(a, j, inner, path, e) : OK;
}

static enum errc put_message(struct arena *a, struct json *j, span raw, const char *nest, struct err *e)
{
	struct message *m;
	enum errc rc = mime_parse(a, raw, false, &m, e);

	for (size_t i = 0; rc == OK && i < m->n_parts; i++)
		if (m->parts[i].kind != PART_MULTIPART)
			rc = put_part(a, j, m, &m->parts[i], nest, e);
	return rc;
}

static void put_people(struct json *j, const char *key, const struct summary *s, int role)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < s->n_parties; i++)
		if (s->parties[i].role == role) {
			json_open(j, NULL, '[');
			json_span(j, NULL, s->parties[i].name);
			json_span(j, NULL, s->parties[i].address);
			json_close(j, ']');
		}
	json_close(j, ']');
}

static enum errc put_file(struct arena *a, struct json *j, const char *path, span raw, struct err *e)
{
	struct summary s;
	struct message *m;
	enum errc rc;

	if ((rc = mime_parse(a, raw, false, &m, e)) != OK || (rc = summary_read(a, m, NULL, 0, &s, e)) != OK)
		return rc;
	json_open(j, NULL, '{');
	json_str(j, "file", path);
	json_span(j, "subject", s.subject);
	json_i64(j, "date", s.when_utc);
	json_span(j, "message_id", s.rfc822_id);
	put_people(j, "from", &s, PARTY_FROM);
	put_people(j, "to", &s, PARTY_TO);
	put_people(j, "cc", &s, PARTY_CC);
	json_u64(j, "fields", m->headers.n);
	json_open(j, "leaves", '[');
	rc = put_message(a, j, raw, "", e);
	json_close(j, ']');
	json_close(j, '}');
	json_end_line(j);
	return rc;
}

static enum errc one(struct arena *a, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf in, out;
	struct json j;
	enum errc rc;

	if (fd < 0)
		return err_sys(e, "%s", path);
	buf_init(&in, GIB);
	buf_init(&out, GIB);
	j = json_to(&out);
	if ((rc = io_read_fd(fd, &in, e)) == OK && (rc = put_file(a, &j, path, buf_span(&in), e)) == OK)
		(void)fwrite(out.p, 1, out.n, stdout);
	(void)close(fd);
	buf_free(&in);
	buf_free(&out);
	return rc;
}

int main(void)
{
	char *line = NULL;
	size_t cap = 0;
	struct arena *a = NULL;
	struct err e = {0};
	enum errc rc;

	if ((rc = charset_open(&e)) == OK)
		rc = arena_new(&a, 2 * GIB, &e);
	while (rc == OK && getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		arena_reset(a);
		rc = one(a, line, &e);
	}
	if (rc != OK)
		(void)fprintf(stderr, "%s\n", e.text);
	free(line);
	arena_free(a);
	return rc != OK;
}
