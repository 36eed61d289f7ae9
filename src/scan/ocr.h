/*
 * The text in pictures by tesseract, where somebody asked for it. The library is loaded when a worker starts and its language data
 * read then, before the walls go up; pictures are decoded and read behind them, like all else that is hostile. tocsin is
 * not linked with it: a machine without it has no OCR and lacks nothing else.
 */
#ifndef TOCSIN_SCAN_OCR_H
#define TOCSIN_SCAN_OCR_H

#include "base/arena.h"

struct ocr;
/* languages as tesseract(1) has them, "eng+deu". ERR_REFUSED, with what to install, when they cannot be had. */
MUST_CHECK enum errc ocr_open(struct ocr **out, const char *languages, struct err *e);
void ocr_close(struct ocr *o); /* NULL is fine */
/* The reason of what is a dot, a line, a bullet. */
extern const char *const ocr_too_small;
/* *text is valid UTF-8 in the arena. Nothing of it was read where *why (static) is not NULL. */
MUST_CHECK enum errc ocr_read(struct ocr *o, struct arena *a, span picture, span *text, const char **why, struct err *e);

#endif
