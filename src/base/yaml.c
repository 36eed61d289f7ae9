#include "base/yaml.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/near.h"
#include "base/utf8.h"

struct reader {
	struct arena *a;
	const char *file;
	struct fy_parser *parser;
	unsigned nodes;
};

static unsigned line_of(struct fy_token *t)
{
	const struct fy_mark *m = t != NULL ? fy_token_start_mark(t) : NULL;

	return m != NULL && m->line >= 0 ? (unsigned)m->line + 1 : 1;
}

static enum errc node_new(struct reader *r, enum yaml_kind kind, struct fy_token *t, struct yaml **out, struct err *e)
{
	struct yaml *y;

	if (++r->nodes > LIMIT_YAML_NODES)
		return err_set(e, ERR_USAGE, "%s: more than %d values", r->file, LIMIT_YAML_NODES);
	if ((y = arena_zero(r->a, 1, sizeof *y)) == NULL)
		return err_memory(e);
	y->kind = kind;
	y->file = r->file;
	y->line = line_of(t);
	*out = y;
	return OK;
}

static enum errc syntax(struct reader *r, struct err *e)
{
	struct fy_diag *d = fy_parser_get_diag(r->parser);
	void *prev = NULL;
	struct fy_diag_error *de = d != NULL ? fy_diag_errors_iterate(d, &prev) : NULL;
	enum errc rc = de != NULL ? err_set(e, ERR_USAGE, "%s:%d: %s", r->file, de->line, de->msg)
				  : err_set(e, ERR_MEMORY, "%s: out of memory while it was read", r->file);

	fy_diag_unref(d);
	return rc;
}

static enum errc scalar(struct reader *r, struct fy_token *t, span *out, struct err *e)
{
	size_t n = 0;
	const char *p = t != NULL ? fy_token_get_text(t, &n) : "";

	if (p == NULL)
		return err_memory(e);
	*out = arena_copy(r->a, span_of(p, n));
	return out->p == NULL ? err_memory(e) : OK;
}

/* libfyaml writes its diagnostics to stderr unless it is given somewhere else. */
static void say_nothing(struct fy_diag *d, void *user, const char *text, size_t n)
{
	(void)d;
	(void)user;
	(void)text;
	(void)n;
}

/* Reads the value that begins with event ev (which it releases). */
static enum errc value(struct reader *r, struct fy_event *ev, unsigned depth, struct yaml **out, struct err *e)
{
	struct yaml **tail = NULL, *child;
	struct fy_event *next;
	enum errc rc = OK;
	size_t n = 0;
	span key;

	if (depth > LIMIT_YAML_DEPTH) {
		rc = err_set(e, ERR_USAGE, "%s: nested deeper than %d", r->file, LIMIT_YAML_DEPTH);
		goto out;
	}
	if (ev->type == FYET_SCALAR) {
		if ((rc = node_new(r, YAML_SCALAR, ev->scalar.value, out, e)) == OK)
			rc = scalar(r, ev->scalar.value, &(*out)->text, e);
		goto out;
	}
	if (ev->type == FYET_SEQUENCE_START)
		rc = node_new(r, YAML_LIST, ev->sequence_start.sequence_start, out, e);
	else if (ev->type == FYET_MAPPING_START)
		rc = node_new(r, YAML_MAP, ev->mapping_start.mapping_start, out, e);
	else
		rc = err_set(e, ERR_USAGE, "%s: anchors and aliases are not used here", r->file);
	if (rc != OK)
		goto out;
	tail = &(*out)->first;
	while (rc == OK) {
		key = SPAN_EMPTY;
		if ((next = fy_parser_parse(r->parser)) == NULL) {
			rc = syntax(r, e);
			break;
		}
		if (next->type == FYET_SEQUENCE_END || next->type == FYET_MAPPING_END) {
			fy_parser_event_free(r->parser, next);
			break;
		}
		if ((*out)->kind == YAML_MAP) {
			if (n++ == LIMIT_YAML_MEMBERS) {
				rc = err_set(e, ERR_USAGE, "%s:%u: more than %d names in one map", r->file, (*out)->line, LIMIT_YAML_MEMBERS);
			} else if (next->type != FYET_SCALAR) {
				rc = err_set(e, ERR_USAGE, "%s:%u: a name must stand before the colon", r->file, (*out)->line);
			} else if ((rc = scalar(r, next->scalar.value, &key, e)) == OK) {
				char name[128];

				(void)snprintf(name, sizeof name, "%.*s", key.n < 127 ? (int)key.n : 127, (const char *)key.p);
				if (yaml_get(*out, name) != NULL)
					rc = err_set(e, ERR_USAGE, "%s:%u: \"%s\" stands twice", r->file,
					    line_of(next->scalar.value), name);
			}
			fy_parser_event_free(r->parser, next);
			if (rc != OK)
				break;
			if ((next = fy_parser_parse(r->parser)) == NULL) {
				rc = syntax(r, e);
				break;
			}
		}
		if ((rc = value(r, next, depth + 1, &child, e)) == OK) {
			child->key = key;
			*tail = child;
			tail = &child->next;
		}
	}
out:
	fy_parser_event_free(r->parser, ev);
	return rc;
}

/* YAML 1.2.2, 5.1: what may not stand in it at all. libfyaml is not sure to survive a NUL (0.7.12 reads behind it). */
static enum errc no_control(span text, const char *file, struct err *e)
{
	unsigned line = 1;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = text.p[i];

		line += c == '\n';
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return err_set(e, ERR_USAGE, "%s:%u: a control character (0x%02x), which may not stand here", file, line, c);
	}
	return OK;
}

enum errc yaml_read(struct arena *a, span text, const char *file, struct yaml **out, struct err *e)
{
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG};
	struct reader r = {.a = a, .file = file};
	struct fy_event *ev;
	enum errc rc = OK;

	*out = NULL;
	if (utf8_valid(text) != text.n)
		return err_set(e, ERR_USAGE, "%s: not UTF-8 at byte %zu", file, utf8_valid(text));
	if ((rc = no_control(text, file, e)) != OK)
		return rc;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL; /* else it is written there, and output_fn not asked */
	diag_cfg.output_fn = say_nothing;
	if ((cfg.diag = fy_diag_create(&diag_cfg)) == NULL)
		return err_memory(e);
	fy_diag_set_collect_errors(cfg.diag, true);
	if ((r.parser = fy_parser_create(&cfg)) == NULL ||
	    fy_parser_set_string(r.parser, (const char *)text.p, text.n) != 0) {
		rc = err_memory(e);
		goto out;
	}
	while (rc == OK && (ev = fy_parser_parse(r.parser)) != NULL) {
		switch (ev->type) {
		case FYET_SCALAR:
		case FYET_SEQUENCE_START:
		case FYET_MAPPING_START:
		case FYET_ALIAS:
			if (*out != NULL) {
				fy_parser_event_free(r.parser, ev);
				rc = err_set(e, ERR_USAGE, "%s: more than one document", file);
			} else {
				rc = value(&r, ev, 0, out, e);
			}
			break;
		case FYET_NONE:
		case FYET_STREAM_START:
		case FYET_STREAM_END:
		case FYET_DOCUMENT_START:
		case FYET_DOCUMENT_END:
		case FYET_MAPPING_END:
		case FYET_SEQUENCE_END:
			fy_parser_event_free(r.parser, ev);
			break;
		}
	}
	if (rc == OK && fy_parser_get_stream_error(r.parser))
		rc = syntax(&r, e);
	if (rc == OK && *out == NULL)
		rc = node_new(&r, YAML_MAP, NULL, out, e);
out:
	if (r.parser != NULL)
		fy_parser_destroy(r.parser);
	/* Not unref: that would leave the errors that were collected. */
	fy_diag_destroy(cfg.diag);
	return rc;
}

enum errc yaml_read_file(struct arena *a, const char *path, struct yaml **out, struct err *e)
{
	char *name = arena_cstr(a, span_str(path));
	span text;
	enum errc rc;

	if (name == NULL)
		return err_memory(e);
	if ((rc = io_read_file(a, path, LIMIT_YAML_BYTES, &text, e)) != OK)
		return rc;
	return yaml_read(a, text, name, out, e);
}

const struct yaml *yaml_get(const struct yaml *y, const char *key)
{
	if (y == NULL || y->kind != YAML_MAP)
		return NULL;
	for (const struct yaml *c = y->first; c != NULL; c = c->next)
		if (span_eq(c->key, span_str(key)))
			return c;
	return NULL;
}

span yaml_text(const struct yaml *y, const char *key)
{
	const struct yaml *c = yaml_get(y, key);

	return c != NULL && c->kind == YAML_SCALAR ? c->text : SPAN_EMPTY;
}

enum errc yaml_err(const struct yaml *y, struct err *e, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return err_set(e, ERR_USAGE, "%s:%u: %s", y->file, y->line, text);
}

enum errc yaml_time(const struct yaml *map, const char *key, bool (*parse)(span, int64_t *), int64_t *out, struct err *e)
{
	const struct yaml *y = yaml_get(map, key);

	*out = TIME_NONE;
	if (y == NULL || (y->kind == YAML_SCALAR && y->text.n == 0))
		return OK;
	if (y->kind != YAML_SCALAR || !parse(y->text, out))
		return yaml_err(y, e, "%s wants a date: 2024-03-01 or 2024-03-01T09:30:00Z", key);
	if (!time_has_zone(y->text))
		return yaml_err(y, e, "%s: %.*s is in no time zone: write 2024-03-01T09:30:00Z for UTC, or the offset of yours, 2024-03-01T09:30:00+02:00", key,
		    (int)(y->text.n < 40 ? y->text.n : 40), (const char *)y->text.p);
	return OK;
}

enum errc yaml_only(const struct yaml *y, const char *const keys[], struct err *e)
{
	if (y->kind != YAML_MAP)
		return yaml_err(y, e, "a map of names and values is wanted here");
	for (const struct yaml *c = y->first; c != NULL; c = c->next)
		if (!span_is_one_of(c->key, keys)) {
			struct near near = near_among(c->key, keys);

			return yaml_err(c, e, "unknown setting \"%.*s\"%s", (int)(c->key.n < 64 ? c->key.n : 64), c->key.p, near_says(&near));
		}
	return OK;
}
