/* What shapes, charts and pages of binary Office files say beside cells and slides; PowerPoint 95. */
#include "base/test.h"

#include "base/limits.h"
#include "document/biff.h"
#include "document/legacy.h"
#include "stream/test-charsets.h"

static void u16(struct buf *b, unsigned v)
{
	buf_u8(b, (uint8_t)v);
	buf_u8(b, (uint8_t)(v >> 8));
}

static void wide(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		u16(b, (unsigned char)*s);
}

/* A shape: WordArt "Siel 77" with a line of its own, a number that is no text, a name of the program's and what is written about it. */
static void shape(struct buf *b)
{
	u16(b, 0xf); /* a container */
	u16(b, 0xf004);
	buf_u32(b, 200);
	u16(b, 4 << 4 | 3);
	u16(b, 0xf00b);
	buf_u32(b, 4 * 6 + 16 + 18 + 24);
	u16(b, 0xc0c0);
	buf_u32(b, 16);
	u16(b, 0x181);
	buf_u32(b, 0x800);
	u16(b, 0xc380);
	buf_u32(b, 18);
	u16(b, 0xc381);
	buf_u32(b, 24);
	wide(b, "Siel\r77");
	u16(b, 0);
	wide(b, "Picture 4");
	wide(b, "Code Reef-88");
}

static void test_shapes_say_what_was_written_on_and_about_them(void **state)
{
	struct buf b, out;

	(void)state;
	buf_init(&b, KIB);
	buf_init(&out, KIB);
	shape(&b);
	drawn_read(buf_span(&b), &out);
	assert_span(buf_span(&out), "Siel 77\nCode Reef-88\n");
	for (size_t n = 0; n < b.n; n++) { /* cut anywhere */
		unsigned char *copy = malloc(n + 1);

		assert_non_null(copy);
		memcpy(copy, b.p, n);
		buf_clear(&out);
		drawn_read(span_of(copy, n), &out);
		free(copy);
	}
	buf_free(&out);
	buf_free(&b);
}

/* A picture's description, in which half a character stands alone. */
static void test_half_a_character_takes_none_of_its_neighbours_along(void **state)
{
	struct buf b, out;

	(void)state;
	buf_init(&b, KIB);
	buf_init(&out, KIB);
	u16(&b, 0xc381);
	buf_u32(&b, 14);
	u16(&b, 0xd83d);
	u16(&b, 'K');
	u16(&b, 0xdd11);
	u16(&b, 0xd83d);
	u16(&b, 0xdd11);
	wide(&b, "ey");
	drawn_put(buf_span(&b), 1, &out);
	assert_span(buf_span(&out), "K\xef\xbf\xbd\xf0\x9f\x94\x91" "ey\n");
	buf_free(&out);
	buf_free(&b);
}

static void record(struct buf *b, unsigned type, span content)
{
	u16(b, type);
	u16(b, (unsigned)content.n);
	buf_put(b, content);
}

static void says(struct layout *l, struct arena *a, const char *word, const char *where)
{
	struct document d;
	size_t at;

	assert_ok(layout_done(l, a, &d, &e));
	at = span_find(d.text, span_str(word));
	if (at == d.text.n)
		fail_msg("\"%s\" is not in \"%.*s\"", word, (int)d.text.n, (const char *)d.text.p);
	assert_string_equal(document_where(a, &d, at), where);
}

static void workbook(struct buf *b)
{
	struct buf drawing;

	buf_init(b, 4 * KIB);
	buf_init(&drawing, KIB);
	shape(&drawing);
	record(b, 0x809, span_of("\0\6\5\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
	record(b, 0x85, span_of("\x29\0\0\0\0\0\1\0A", 9));
	record(b, 0x0a, SPAN_EMPTY);
	assert_int_equal(b->n, 0x25);
	record(b, 0x1b6, SPAN_EMPTY);
	record(b, 0x809, span_of("\0\6\x10\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
	record(b, 0xec, buf_span(&drawing));
	record(b, 0x100d, SPAN_LIT("\0\0\x0c\0Title Siel-9"));
	record(b, 0x89c, SPAN_LIT("\x9c\x08\0\0\0\0\0\0\0\0\0\0________________\0\0\0\0\x0a\0\x0b\0\0\0\x0a\0\0&CEven Ebb\x0b\0\0&LFirst Ebb"));
	record(b, 0x0a, SPAN_EMPTY);
	buf_free(&drawing);
}

static void test_sheets_say_what_shapes_charts_and_further_headers_do(void **state)
{
	static const char *const words[] = {"Siel 77", "Code Reef-88", "Title Siel-9", "Even Ebb", "First Ebb"};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct arena *a = test_arena();
		struct layout l;
		struct buf b;

		workbook(&b);
		layout_init(&l, a);
		assert_ok(xls_read(&l, buf_span(&b), &e));
		says(&l, a, words[i], "comments, boxes and links of sheet A");
		buf_free(&b);
		arena_free(a);
	}
}

static void record_95(struct buf *b, uint32_t type, uint32_t instance, span content)
{
	buf_u32(b, type);
	buf_u32(b, instance);
	buf_u32(b, (uint32_t)content.n);
	buf_u32(b, 0x35);
	buf_put(b, content);
}

static void test_slides_of_powerpoint_95_are_read(void **state)
{
	struct arena *a = test_arena();
	struct buf in, out;
	struct layout l;

	(void)state;
	buf_init(&in, KIB);
	buf_init(&out, KIB);
	record_95(&in, 0xfc1, 0, SPAN_LIT("a picture, no words"));
	record_95(&in, 0x7ee, 0, SPAN_LIT("Stra\xdf" "e\rCode: Ebbe-95"));
	record_95(&out, 3, 0xffff, buf_span(&in));
	layout_init(&l, a);
	assert_ok(ppt_read(&l, buf_span(&out), SPAN_EMPTY, &e));
	assert_span(buf_span(&l.text), "Straße\nCode: Ebbe-95\n");
	assert_null(l.problem);
	says(&l, a, "Code", "text, paragraph 2");
	layout_init(&l, a);
	assert_ok(ppt_read(&l, span_first(buf_span(&out), out.n - 1), SPAN_EMPTY, &e));
	assert_string_equal(l.problem, "damaged");
	(void)!layout_done(&l, a, &(struct document){0}, &(struct err){0});
	buf_free(&in);
	buf_free(&out);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes_say_what_was_written_on_and_about_them),
		cmocka_unit_test(test_half_a_character_takes_none_of_its_neighbours_along),
		cmocka_unit_test(test_sheets_say_what_shapes_charts_and_further_headers_do),
		cmocka_unit_test(test_slides_of_powerpoint_95_are_read),
	};

	return cmocka_run_group_tests(tests, open_charsets, NULL);
}
