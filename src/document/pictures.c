/*
 * The pictures in documents, for who can read them: files in the media folders of office packages; in a PDF, JPEG and fax pages
 * as they lie, and plain samples. What is in another form (JBIG2, palettes, more than eight bits) is passed over.
 */
#include "base/limits.h"
#include "document/legacy.h"
#include "document/pdf.h"

struct giving { document_picture_fn *fn; void *ctx; size_t n; };

static enum errc give(struct giving *g, span picture, struct err *e)
{
	return g->n < LIMIT_DOCUMENT_PICTURES ? g->fn(g->ctx, ++g->n, picture, e) : OK;
}

/* ---- packages ---- */

static bool is_media(span name)
{
	return span_has(name, SPAN_LIT("/media/")) || span_starts(name, SPAN_LIT("Pictures/"));
}

static enum errc package_pictures(struct arena *a, span content, struct giving *g, struct err *e)
{
	struct zip z;
	enum errc rc = zip_open(a, content, LIMIT_DOCUMENT_MEMBERS, LIMIT_DOCUMENT_BYTES, &z, e);

	for (size_t i = 0; rc == OK && i < z.n_members; i++) {
		const char *why;
		span bytes;

		if (!is_media(z.members[i].name) || (rc = zip_read(a, &z, &z.members[i], LIMIT_TEXT_BYTES, &bytes, &why, e)) != OK)
			continue;
		if (is_picture(bytes))
			rc = give(g, bytes, e);
	}
	return rc;
}

/* ---- PDF ---- */

static void tag(struct buf *b, unsigned id, unsigned type, uint32_t value)
{
	buf_byte(b, (unsigned char)id);
	buf_byte(b, (unsigned char)(id >> 8));
	buf_byte(b, (unsigned char)type);
	buf_byte(b, 0);
	buf_u32(b, 1);
	buf_u32(b, value);
}

/* A fax page (ISO 32000-1 7.4.6), two-dimensional, as the one strip of a TIFF file (TIFF 6.0, section 11). */
static void put_fax(struct buf *b, span parameters, uint32_t width, uint32_t height, span data)
{
	enum { LONG = 4, TAGS = 8, STRIP_AT = 8 + 2 + TAGS * 12 + 4 };
	bool black_is_1 = span_eq(pdf_key(parameters, "BlackIs1"), SPAN_LIT("true"));

	buf_put(b, SPAN_LIT("II*\0\10\0\0\0"));
	buf_byte(b, TAGS);
	buf_byte(b, 0);
	tag(b, 256, LONG, width);
	tag(b, 257, LONG, height);
	tag(b, 258, LONG, 1);
	tag(b, 259, LONG, 4);
	tag(b, 262, LONG, black_is_1 ? 1 : 0);
	tag(b, 273, LONG, STRIP_AT);
	tag(b, 278, LONG, height);
	tag(b, 279, LONG, (uint32_t)data.n);
	buf_u32(b, 0);
	buf_put(b, data);
}

/* Samples of one or eight bits, grey or red, green and blue, as a PNM file. */
static void put_samples(struct buf *b, const struct pdf *f, span d, uint32_t width, uint32_t height, span data)
{
	span space = pdf_get(f, d, "ColorSpace");
	double bits = pdf_number(pdf_get(f, d, "BitsPerComponent"), 1);
	bool rgb = pdf_is_name(space, "DeviceRGB"), grey = pdf_is_name(space, "DeviceGray") || space.n == 0;
	uint64_t row = bits == 1 && grey ? ((uint64_t)width + 7) / 8 : bits == 8 && (rgb || grey) ? (uint64_t)width * (rgb ? 3 : 1) : 0;

	if (row == 0 || row * height > data.n)
		return;
	buf_printf(b, "P%c\n%u %u\n%s", bits == 1 ? '4' : rgb ? '6' : '5', width, height, bits == 1 ? "" : "255\n");
	/* In a PBM file a one is black, in a PDF white. */
	for (size_t i = 0; bits == 1 && i < row * height; i++)
		buf_byte(b, (unsigned char)~data.p[i]);
	if (bits == 8)
		buf_put(b, span_first(data, (size_t)(row * height)));
}

/* The stream as far as its filters are ours; *last is the one that is not: of pictures. */
static enum errc picture_stream(struct pdf *f, const struct pdf_object *o, span *out, span *last, span *parameters, struct err *e)
{
	span filters = pdf_get(f, o->value, "Filter"), with = pdf_get(f, o->value, "DecodeParms"), name;
	bool many = filters.n > 1 && filters.p[0] == '[';
	span rest = many ? span_from(filters, 1) : filters, each = with.n > 1 && with.p[0] == '[' ? span_from(with, 1) : SPAN_EMPTY;
	const char *why = NULL;
	enum errc rc = OK;

	*out = o->stream;
	*last = *parameters = SPAN_EMPTY;
	if (f->crypt != NULL && (rc = pdf_decrypt(f, o, true, *out, out, e)) != OK)
		return rc;
	while (rc == OK && why == NULL && (name = pdf_next(&rest)).n > 1 && name.p[0] == '/') {
		*parameters = each.p != NULL ? pdf_resolve(f, pdf_next_value(&each), NULL) : with;
		if (pdf_is_name(name, "DCTDecode") || pdf_is_name(name, "JPXDecode") || pdf_is_name(name, "CCITTFaxDecode") ||
		    pdf_is_name(name, "JBIG2Decode")) {
			*last = name;
			return OK;
		}
		rc = pdf_unfilter(f, name, *parameters, *out, out, &why, e);
	}
	if (why != NULL)
		*out = SPAN_EMPTY;
	return rc;
}

static enum errc pdf_picture(struct pdf *f, const struct pdf_object *o, struct giving *g, struct err *e)
{
	double width = pdf_number(pdf_get(f, o->value, "Width"), 0), height = pdf_number(pdf_get(f, o->value, "Height"), 0);
	span data, last, parameters;
	struct buf b;
	enum errc rc = picture_stream(f, o, &data, &last, &parameters, e);

	if (rc != OK || data.n == 0 || width < 1 || height < 1 || width > 100000 || height > 100000)
		return rc;
	if (pdf_is_name(last, "DCTDecode") || pdf_is_name(last, "JPXDecode"))
		return give(g, data, e);
	buf_init(&b, LIMIT_DOCUMENT_BYTES);
	if (pdf_is_name(last, "CCITTFaxDecode") && pdf_number(pdf_key(parameters, "K"), 0) < 0)
		put_fax(&b, parameters, (uint32_t)width, (uint32_t)height, data);
	else if (last.n == 0)
		put_samples(&b, f, o->value, (uint32_t)width, (uint32_t)height, data);
	if (b.n != 0 && !b.failed)
		rc = give(g, buf_span(&b), e);
	buf_free(&b);
	return rc;
}

static enum errc pdf_pictures(struct arena *a, span content, struct giving *g, struct err *e)
{
	struct layout l; /* for problems, which are not asked for here */
	struct pdf f = {.a = a, .l = &l, .bytes = content, .budget = LIMIT_PDF_BYTES};
	enum errc rc;

	layout_init(&l, a);
	rc = pdf_objects(&f, e);
	for (size_t i = 0; rc == OK && i < f.n_objects; i++)
		if (f.objects[i].stream.p != NULL && pdf_is_name(pdf_key(f.objects[i].value, "Subtype"), "Image"))
			rc = pdf_picture(&f, &f.objects[i], g, e);
	buf_wipe(&l.text);
	buf_free(&l.places);
	buf_free(&l.groups);
	return rc;
}

enum errc document_pictures(struct arena *a, span content, document_picture_fn *fn, void *ctx, struct err *e)
{
	struct giving g = {.fn = fn, .ctx = ctx};
	enum document_kind kind = document_kind(content);
	enum errc rc = OK;

	if (kind == DOCUMENT_OOXML || kind == DOCUMENT_ODF)
		rc = package_pictures(a, content, &g, e);
	else if (kind == DOCUMENT_PDF)
		rc = pdf_pictures(a, content, &g, e);
	/* What cannot be read of a document was said when its text was read. */
	return rc == ERR_EVIDENCE ? OK : rc;
}
