#include <stdlib.h>

#include "base/bisect.h"
#include "base/limits.h"
#include "document/pdf.h"

struct found { struct pdf_object o; size_t at; }; /* at: where in the file, for which is later */
struct finder { struct pdf *f; struct found *v; size_t n, cap; };

static enum errc found_add(struct finder *k, const struct pdf_object *o, size_t at, struct err *e)
{
	struct found *v;

	if (k->n == LIMIT_PDF_OBJECTS) {
		layout_limit(k->f->l, "more objects than are read of a PDF");
		return OK;
	}
	if ((v = arena_grow(k->f->a, k->v, k->n, &k->cap, sizeof *v, 256)) == NULL)
		return err_memory(e);
	k->v = v;
	k->v[k->n++] = (struct found){*o, at};
	return OK;
}

static bool is_white(unsigned char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

/* The number that ends before byte `at`, blanks passed over; *at is where it begins. */
static bool number_before(span s, size_t *at, uint32_t *out)
{
	size_t end = *at, start;
	uint64_t n = 0;

	while (end > 0 && is_white(s.p[end - 1]))
		end--;
	for (start = end; start > 0 && end - start < 10 && ascii_is_digit(s.p[start - 1]);)
		start--;
	if (start == end)
		return false;
	for (size_t i = start; i < end; i++)
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	*at = start;
	*out = (uint32_t)n;
	return n <= UINT32_MAX;
}

/* The bytes behind "stream": as many as /Length says where "endstream" follows, else up to it. */
static span stream_bytes(span body, span rest)
{
	span length = pdf_key(body, "Length");
	double n = span_find_byte(length, ' ') < length.n ? -1 : pdf_number(length, -1);

	rest = span_from(rest, 6);
	if (span_starts(rest, SPAN_LIT("\r\n")))
		rest = span_from(rest, 2);
	else if (rest.n > 0 && (rest.p[0] == '\n' || rest.p[0] == '\r'))
		rest = span_from(rest, 1);
	if (n >= 0 && n <= (double)rest.n) {
		span behind = span_sub(rest, (size_t)n, 16);

		if (span_find(behind, SPAN_LIT("endstream")) <= 2)
			return span_first(rest, (size_t)n);
	}
	rest = span_first(rest, span_find(rest, SPAN_LIT("endstream")));
	/* The line end before the word is not the stream's. */
	if (rest.n > 0 && rest.p[rest.n - 1] == '\n')
		rest.n--;
	if (rest.n > 0 && rest.p[rest.n - 1] == '\r')
		rest.n--;
	return rest;
}

/* "12 0 obj" ends at `at`; the object follows. Returns where to go on. */
static enum errc object_at(struct finder *k, size_t at, size_t *next, struct err *e)
{
	span s = k->f->bytes, rest, ahead;
	struct pdf_object o = {0};
	size_t start = at - 3;

	*next = at;
	if (!number_before(s, &start, &o.generation) || !number_before(s, &start, &o.number))
		return OK;
	rest = span_from(s, at);
	o.value = pdf_next(&rest);
	ahead = rest;
	while (ahead.n > 0 && is_white(ahead.p[0]))
		ahead = span_from(ahead, 1);
	if (span_starts(ahead, SPAN_LIT("stream")) && span_starts(o.value, SPAN_LIT("<<"))) {
		o.stream = stream_bytes(o.value, ahead);
		rest = span_from(s, (size_t)(o.stream.p - s.p) + o.stream.n);
	}
	*next = (size_t)(rest.p - s.p);
	return found_add(k, &o, start, e);
}

static int by_number_and_place(const void *va, const void *vb)
{
	const struct found *a = va, *b = vb;

	if (a->o.number != b->o.number)
		return a->o.number < b->o.number ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* Sorted, the last of each number. */
static enum errc settle(struct finder *k, struct err *e)
{
	struct pdf *f = k->f;

	if (k->n != 0)
		qsort(k->v, k->n, sizeof *k->v, by_number_and_place);
	if ((f->objects = arena_zero(f->a, k->n + 1, sizeof *f->objects)) == NULL)
		return err_memory(e);
	f->n_objects = 0;
	for (size_t i = 0; i < k->n; i++)
		if (i + 1 == k->n || k->v[i + 1].o.number != k->v[i].o.number)
			f->objects[f->n_objects++] = k->v[i].o;
	return OK;
}

/* Objects within an object stream (7.5.7). */
static enum errc unpack(struct finder *k, const struct pdf_object *o, size_t at, struct err *e)
{
	span bytes, head;
	double n = pdf_number(pdf_get(k->f, o->value, "N"), 0), first = pdf_number(pdf_get(k->f, o->value, "First"), 0);
	enum errc rc = pdf_stream(k->f, o, &bytes, e);
	size_t left = bytes.n; /* one stands behind the other, and so they come to no more */

	head = bytes;
	for (double i = 0; i < n && rc == OK; i++) {
		span number = pdf_next(&head), offset = pdf_next(&head), rest;
		struct pdf_object in = {.number = (uint32_t)pdf_number(number, 0), .in_stream = true};
		double from = first + pdf_number(offset, 0);

		if (number.n == 0 || from < 0 || from >= (double)bytes.n)
			break;
		rest = span_from(bytes, (size_t)from);
		in.value = pdf_next(&rest);
		if (in.value.n > left) {
			layout_problem(k->f->l, "damaged: objects of a stream that lie within each other");
			break;
		}
		left -= in.value.n;
		rc = found_add(k, &in, at, e);
	}
	return rc;
}

/* The trailer, or the cross-reference stream's dictionary, that names the root; the last one counts. */
static void trailer_find(struct pdf *f)
{
	span rest = f->bytes;
	size_t at;

	while ((at = span_find(rest, SPAN_LIT("trailer"))) < rest.n) {
		span v;

		rest = span_from(rest, at + 7);
		v = pdf_next(&rest);
		if (pdf_key(v, "Root").p != NULL)
			f->trailer = v;
	}
	for (size_t i = 0; i < f->n_objects; i++)
		if (pdf_is_name(pdf_key(f->objects[i].value, "Type"), "XRef") && pdf_key(f->objects[i].value, "Root").p != NULL &&
		    (f->trailer.p == NULL || f->objects[i].value.p > f->trailer.p))
			f->trailer = f->objects[i].value;
}

enum errc pdf_objects(struct pdf *f, struct err *e)
{
	struct finder k = {.f = f};
	size_t at = 0, n;
	enum errc rc = OK;

	while (rc == OK && at < f->bytes.n && (n = span_find(span_from(f->bytes, at), SPAN_LIT("obj"))) < f->bytes.n - at) {
		size_t end = at + n + 3;

		if (at + n >= 3 && span_eq(span_sub(f->bytes, at + n - 3, 3), SPAN_LIT("end"))) {
			at = end;
			continue;
		}
		rc = object_at(&k, end, &at, e);
		if (at < end)
			at = end;
	}
	if (rc != OK || (rc = settle(&k, e)) != OK)
		return rc;
	trailer_find(f);
	if (f->trailer.p != NULL && pdf_key(f->trailer, "Encrypt").p != NULL && (rc = pdf_crypt_open(f, e)) != OK)
		return rc;
	n = k.n;
	for (size_t i = 0; i < n && rc == OK; i++)
		if (k.v[i].o.stream.p != NULL && pdf_is_name(pdf_key(k.v[i].o.value, "Type"), "ObjStm")) {
			struct found stream = k.v[i];

			rc = unpack(&k, &stream.o, stream.at, e);
		}
	return rc == OK && k.n > n ? settle(&k, e) : rc;
}

static const struct pdf_object *pdf_find(const struct pdf *f, uint32_t number)
{
	size_t i;

	BISECT(i, f->n_objects, f->objects[i].number < number);
	return i < f->n_objects && f->objects[i].number == number ? &f->objects[i] : NULL;
}

span pdf_resolve(const struct pdf *f, span value, const struct pdf_object **object)
{
	if (object != NULL)
		*object = NULL;
	for (unsigned hops = 0; hops < 16; hops++) {
		span rest = value;
		const struct pdf_object *o;

		/* Looked at before it is taken apart: it may be a large object, and named often. */
		if (value.n < 5 || value.p[value.n - 1] != 'R' || !ascii_is_digit(value.p[0]))
			return value;
		if ((o = pdf_find(f, (uint32_t)pdf_number(pdf_next(&rest), 0))) == NULL)
			return SPAN_EMPTY;
		if (object != NULL)
			*object = o;
		value = o->value;
	}
	return SPAN_EMPTY;
}

span pdf_get(const struct pdf *f, span dictionary, const char *key)
{
	return pdf_resolve(f, pdf_key(dictionary, key), NULL);
}

bool pdf_spend(struct pdf *f, size_t n)
{
	if (f->budget == 0)
		layout_limit(f->l, "larger than what is read of a PDF");
	f->budget -= n < f->budget ? n : f->budget;
	return f->budget != 0;
}

enum errc pdf_stream(struct pdf *f, const struct pdf_object *o, span *out, struct err *e)
{
	span filters = pdf_get(f, o->value, "Filter"), parameters = pdf_get(f, o->value, "DecodeParms"), rest;
	const char *why = NULL;
	enum errc rc = OK;

	*out = SPAN_EMPTY;
	if (f->budget == 0 && !pdf_spend(f, 0))
		return OK;
	*out = o->stream;
	if (filters.n == 0)
		(void)pdf_spend(f, out->n);
	if (f->crypt != NULL && !pdf_is_name(pdf_key(o->value, "Type"), "XRef") && (rc = pdf_decrypt(f, o, true, *out, out, e)) != OK)
		return rc;
	if (filters.n > 0 && filters.p[0] == '/')
		rc = pdf_unfilter(f, filters, parameters.n > 0 && parameters.p[0] == '[' ? SPAN_EMPTY : parameters, *out, out, &why, e);
	else if (filters.n > 1 && filters.p[0] == '[') {
		span each = parameters.n > 1 && parameters.p[0] == '[' ? span_from(parameters, 1) : SPAN_EMPTY, name;

		for (rest = span_from(filters, 1); rc == OK && why == NULL && (name = pdf_next(&rest)).n > 1 && name.p[0] == '/';)
			rc = pdf_unfilter(f, name, each.p != NULL ? pdf_resolve(f, pdf_next_value(&each), NULL) : parameters, *out, out, &why, e);
	}
	if (why != NULL)
		layout_problem(f->l, why);
	return rc;
}
