#include "mail/volumes.h"

#include "base/limits.h"

/* Digits of a number, and one more than the highest: in the oldest names of RAR it stands two behind the one that is written. */
enum { DIGITS = 4, LIMIT_VOLUMES = 10002 };

/* The number at the end of s, of at least `least` digits; s is without it then. */
static bool number_end(span *s, unsigned least, unsigned *number)
{
	size_t n = 0;

	*number = 0;
	while (n < DIGITS && n < s->n && ascii_is_digit(s->p[s->n - 1 - n]))
		n++;
	for (size_t i = s->n - n; i < s->n; i++)
		*number = *number * 10 + (unsigned)(s->p[i] - '0');
	*s = span_first(*s, s->n - n);
	return n >= least;
}

/* Takes the ending off; false: it has another one. */
static bool ending_off(span *s, const char *ending)
{
	span end = span_str(ending);

	if (s->n <= end.n || !span_ends_nocase(*s, end))
		return false;
	*s = span_first(*s, s->n - end.n);
	return true;
}

static bool by_name(span name, struct volume *v)
{
	span s = name;

	if (name.n > LIMIT_VOLUME_NAME)
		return false;
	*v = (struct volume){.form = VOLUME_RAR, .base = name};
	if (ending_off(&s, ".rar")) {
		v->base = s;
		if (number_end(&s, 1, &v->number) && ending_off(&s, ".part")) {
			v->base = s;
			return v->number > 0;
		}
		v->form = VOLUME_RAR_OLD;
		v->number = 1;
		return true;
	}
	v->form = VOLUME_ZIP;
	if (ending_off(&v->base, ".zip"))
		return true;
	s = name;
	if (!number_end(&s, 2, &v->number) || s.n == name.n)
		return false;
	v->base = s;
	if (ending_off(&v->base, ".z"))
		return v->number > 0;
	v->form = VOLUME_RAR_OLD;
	if (ending_off(&v->base, ".r")) {
		v->number += 2;
		return true;
	}
	v->form = VOLUME_CUT;
	return v->number > 0 && name.n - s.n == 3 && ending_off(&v->base, ".");
}

const struct part *volume_find(const struct message *m, const struct volume *v, unsigned number)
{
	struct volume other;

	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].kind == PART_LEAF && by_name(m->parts[i].filename, &other) && other.form == v->form && other.number == number &&
		    span_eq_nocase(other.base, v->base))
			return &m->parts[i];
	return NULL;
}

bool volume_of(const struct message *m, const struct part *p, struct volume *out)
{
	if (p->kind != PART_LEAF || !by_name(p->filename, out))
		return false;
	if (out->form == VOLUME_ZIP && out->number == 0)
		return volume_find(m, out, 1) != NULL;
	return out->form != VOLUME_RAR_OLD || out->number != 1 || volume_find(m, out, 2) != NULL;
}

unsigned volume_count(const struct message *m, const struct volume *v)
{
	bool seen[LIMIT_VOLUMES] = {false};
	struct volume other;
	unsigned n = 0;

	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].kind == PART_LEAF && by_name(m->parts[i].filename, &other) && other.form == v->form && span_eq_nocase(other.base, v->base)) {
			n += !seen[other.number];
			seen[other.number] = true;
		}
	return n;
}

bool volume_is_rar(const struct volume *v) { return v->form == VOLUME_RAR || v->form == VOLUME_RAR_OLD; }

unsigned volume_leading(const struct volume *v) { return v->form == VOLUME_ZIP ? 0 : 1; }

const char *volume_says(struct arena *a, const struct message *m, const struct volume *v, bool sealed)
{
	unsigned n = volume_count(m, v);
	bool rar = volume_is_rar(v), last = v->form == VOLUME_ZIP && v->number == 0;
	const char *which = last ? arena_cstr(a, SPAN_LIT("the last volume")) : arena_printf(a, "volume %u", v->number);
	const char *ending = rar ? ".rar" : v->form == VOLUME_ZIP ? ".zip" : "", *then = "others are missing";

	if (which == NULL)
		return NULL;
	if (rar && sealed)
		then = "encrypted RAR archives in several files are not put together here, unpack them with unrar(1)";
	else if (n > 1 && v->number != volume_leading(v) && volume_find(m, v, volume_leading(v)) != NULL)
		then = "read with the others, as far as they are here";
	if (n == 0)
		return arena_printf(a, "%s of %.*s%s, within an archive: volumes are put together only where they are attached themselves", which,
		    (int)v->base.n, (const char *)v->base.p, ending);
	return arena_printf(a, "%s of %.*s%s, of which %u %s attached: %s", which, (int)v->base.n, (const char *)v->base.p, ending, n,
	    n == 1 ? "is" : "are", then);
}

static enum errc put(const struct message *m, const struct part *p, struct buf *out, struct err *e)
{
	unsigned ignored = 0;
	struct arena *a;
	span content;
	enum errc rc = arena_new(&a, 2 * p->body.n + MIB, e);

	if (rc != OK)
		return rc;
	if ((rc = part_content(a, m, p, &content, &ignored, e)) == OK)
		buf_put(out, content);
	arena_free(a);
	if (rc == OK && out->failed)
		return err_set(e, ERR_LIMIT, "larger than what is read of an attachment");
	return rc;
}

enum errc volumes_join(const struct message *m, const struct volume *v, struct buf *out, bool *whole, struct err *e)
{
	const struct part *p;
	unsigned n = 0;
	enum errc rc = OK;

	while (rc == OK && (p = volume_find(m, v, n + 1)) != NULL) {
		n++;
		rc = put(m, p, out, e);
	}
	if (rc == OK && v->form == VOLUME_ZIP && (p = volume_find(m, v, 0)) != NULL) {
		n++;
		rc = put(m, p, out, e);
	}
	*whole = n > 1 && n == volume_count(m, v);
	return rc;
}
