#include "scan/ocr.h"

#include <dlfcn.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"

enum { SILENT = 6 /* L_SEVERITY_NONE */, RESOLUTION = 200, WARM = 64 };

/* Of tesseract's capi.h and leptonica's allheaders.h, both stable for as long as their major version. */
struct pix;
struct monitor;
struct ocr {
	void *tesseract, *leptonica, *base;
	void *(*create)(void);
	int (*init)(void *, const char *, const char *);
	void (*destroy)(void *);
	int (*variable)(void *, const char *, const char *);
	void (*set_image)(void *, struct pix *);
	void (*set_resolution)(void *, int);
	int (*recognize)(void *, struct monitor *);
	char *(*text)(void *);
	void (*text_free)(const char *);
	void (*clear)(void *);
	struct monitor *(*monitor_new)(void);
	void (*monitor_free)(struct monitor *);
	void (*monitor_deadline)(struct monitor *, int);
	int (*severity)(int);
	int (*header)(const unsigned char *, size_t, int *, int *, int *, int *, int *, int *);
	struct pix *(*decode)(const unsigned char *, size_t);
	struct pix *(*blank)(int, int, int);
	void (*pix_free)(struct pix **);
};

const char *const ocr_too_small = "a picture too small for text";

static bool symbols(struct ocr *o)
{
	const struct { void *lib; const char *name; void **to; } all[] = {
		{o->tesseract, "TessBaseAPICreate", (void **)&o->create}, {o->tesseract, "TessBaseAPIInit3", (void **)&o->init},
		{o->tesseract, "TessBaseAPIDelete", (void **)&o->destroy}, {o->tesseract, "TessBaseAPISetVariable", (void **)&o->variable},
		{o->tesseract, "TessBaseAPISetImage2", (void **)&o->set_image},
		{o->tesseract, "TessBaseAPISetSourceResolution", (void **)&o->set_resolution},
		{o->tesseract, "TessBaseAPIRecognize", (void **)&o->recognize}, {o->tesseract, "TessBaseAPIGetUTF8Text", (void **)&o->text},
		{o->tesseract, "TessDeleteText", (void **)&o->text_free}, {o->tesseract, "TessBaseAPIClear", (void **)&o->clear},
		{o->tesseract, "TessMonitorCreate", (void **)&o->monitor_new}, {o->tesseract, "TessMonitorDelete", (void **)&o->monitor_free},
		{o->tesseract, "TessMonitorSetDeadlineMSecs", (void **)&o->monitor_deadline},
		{o->leptonica, "setMsgSeverity", (void **)&o->severity}, {o->leptonica, "pixReadHeaderMem", (void **)&o->header},
		{o->leptonica, "pixReadMem", (void **)&o->decode}, {o->leptonica, "pixCreate", (void **)&o->blank},
		{o->leptonica, "pixDestroy", (void **)&o->pix_free}};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if ((*all[i].to = dlsym(all[i].lib, all[i].name)) == NULL)
			return false;
	return true;
}

/* What it reads of the disk, and asks of the system, it does at its first picture: an empty one. */
static void warm(struct ocr *o)
{
	struct pix *p = o->blank(WARM, WARM, 8);

	if (p == NULL)
		return;
	o->set_image(o->base, p);
	(void)o->recognize(o->base, NULL);
	o->clear(o->base);
	o->pix_free(&p);
}

enum errc ocr_open(struct ocr **out, const char *languages, struct err *e)
{
	/* The one that tesseract has loaded: Debian 13's, and Debian 12's. */
	static const char *const leptonicas[] = {"libleptonica.so.6", "liblept.so.5"};
	struct ocr *o = calloc(1, sizeof *o);

	*out = NULL;
	if (o == NULL)
		return err_memory(e);
	/* A worker has one thread; read when the library is loaded. */
	(void)setenv("OMP_THREAD_LIMIT", "1", 1);
	o->tesseract = dlopen("libtesseract.so.5", RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; i < sizeof leptonicas / sizeof *leptonicas && o->leptonica == NULL && o->tesseract != NULL; i++)
		o->leptonica = dlopen(leptonicas[i], RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
	if (o->leptonica == NULL || o->tesseract == NULL || !symbols(o) || (o->base = o->create()) == NULL) {
		ocr_close(o);
		return err_set(e, ERR_REFUSED, "--ocr needs tesseract 5 (Debian: tesseract-ocr), which is not here");
	}
	(void)o->severity(SILENT);
	(void)o->variable(o->base, "debug_file", "/dev/null");
	if (o->init(o->base, NULL, languages) != 0) {
		ocr_close(o);
		return err_set(e, ERR_REFUSED, "--ocr-language %s: tesseract has no such language here (Debian: tesseract-ocr-...)", languages);
	}
	warm(o);
	*out = o;
	return OK;
}

void ocr_close(struct ocr *o)
{
	if (o == NULL)
		return;
	if (o->base != NULL)
		o->destroy(o->base);
	if (o->tesseract != NULL)
		(void)dlclose(o->tesseract);
	if (o->leptonica != NULL)
		(void)dlclose(o->leptonica);
	free(o);
}

/* Decoded, when it is of a size that has text and can be read. */
static struct pix *picture_of(struct ocr *o, span picture, const char **why)
{
	int format = 0, width = 0, height = 0, bits = 0, samples = 0, map = 0;
	struct pix *p = NULL;

	if (o->header(picture.p, picture.n, &format, &width, &height, &bits, &samples, &map) != 0)
		*why = "a picture that cannot be decoded";
	else if (width < LIMIT_OCR_LEAST || height < LIMIT_OCR_LEAST)
		*why = ocr_too_small;
	else if ((uint64_t)width * (uint64_t)height > LIMIT_OCR_PIXELS)
		*why = "a picture larger than is read";
	else if ((p = o->decode(picture.p, picture.n)) == NULL)
		*why = "a picture that cannot be decoded";
	return p;
}

enum errc ocr_read(struct ocr *o, struct arena *a, span picture, span *text, const char **why, struct err *e)
{
	struct monitor *m = o->monitor_new();
	struct pix *p;
	char *read = NULL;
	enum errc rc = OK;

	*text = SPAN_EMPTY;
	*why = NULL;
	if (m == NULL)
		return err_memory(e);
	if ((p = picture_of(o, picture, why)) == NULL)
		goto out;
	o->monitor_deadline(m, LIMIT_OCR_SECONDS * 1000);
	o->set_image(o->base, p);
	o->set_resolution(o->base, RESOLUTION);
	if (o->recognize(o->base, m) != 0 || (read = o->text(o->base)) == NULL) {
		*why = "a picture whose text could not be read in time";
	} else {
		*text = utf8_clean(a, span_str(read));
		/* Not of the text that is freed. */
		if (text->p == (const unsigned char *)read)
			*text = arena_copy(a, *text);
		if (text->p == NULL)
			rc = err_memory(e);
	}
	if (read != NULL)
		o->text_free(read);
	o->clear(o->base);
	o->pix_free(&p);
out:
	o->monitor_free(m);
	return rc;
}
