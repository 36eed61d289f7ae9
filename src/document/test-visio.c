/* Drawings of Visio: streams that are packed, found by pointers in others. */
#include "base/test.h"

#include "base/limits.h"
#include "document/legacy.h"

static void u16(struct buf *b, unsigned v)
{
	buf_u8(b, (uint8_t)v);
	buf_u8(b, (uint8_t)(v >> 8));
}

static void pointer(struct buf *b, bool five, unsigned type, unsigned format, uint32_t offset, uint32_t length)
{
	if (five) {
		u16(b, type);
		u16(b, format);
	} else {
		buf_u32(b, type);
	}
	buf_u32(b, 0);
	buf_u32(b, offset);
	buf_u32(b, length);
	if (!five)
		u16(b, format);
}

/* The stream, from which a trailer at byte 64 leads to two streams: "Password: Siel-Siel-4410" packed, and "plain words" as they lie. */
static void drawing(struct buf *b, bool five, uint32_t second_at)
{
	/* Byte 14 on, five of them, is written as 14 - 18. */
	static const unsigned char packed[] = "\xff\0\0\0\0Pass\xffword: Si\xf7" "el-\xfc\xf2" "4410";
	uint32_t pointers = five ? 64 + 132 : 64 + 12, words = pointers + (five ? 32 : 36), n = sizeof packed - 1;

	buf_init(b, KIB);
	buf_put(b, SPAN_LIT("Visio (TM) Drawing\r\n\0\0\0\0\0"));
	while (b->n < 26)
		buf_u8(b, 0);
	buf_u8(b, five ? 5 : 11);
	while (b->n < 36)
		buf_u8(b, 0);
	pointer(b, five, 20, five ? 0 : 0x50, 64, words - 64);
	while (b->n < (five ? 64 + 130 : 64))
		buf_u8(b, 0);
	if (five) {
		u16(b, 2);
	} else {
		buf_u32(b, 4); /* where the number of pointers stands */
		buf_u32(b, 2);
		buf_u32(b, 0);
	}
	pointer(b, five, 21, 0xd2, words, n);
	pointer(b, five, second_at == 0 ? 21 : 20, second_at == 0 ? 0xd0 : 0x50, second_at == 0 ? words + n : second_at, second_at == 0 ? 11 : words - 64);
	assert_int_equal(b->n, words);
	buf_put(b, span_of(packed, n));
	buf_put(b, SPAN_LIT("plain words\1"));
}

static void reads(bool five, uint32_t second_at, size_t n, const char *text)
{
	struct arena *a = test_arena();
	struct document d;
	struct layout l;
	struct buf b;
	bool done;

	drawing(&b, five, second_at);
	layout_init(&l, a);
	assert_ok(visio_read(&l, span_first(buf_span(&b), n), &done, &e));
	assert_int_equal(done, text != NULL);
	assert_int_equal(l.text.n > 0, text != NULL);
	if (text != NULL)
		assert_span(buf_span(&l.text), text);
	(void)!layout_done(&l, a, &d, &(struct err){0});
	buf_free(&b);
	arena_free(a);
}

static void test_streams_of_a_drawing_are_unpacked(void **state)
{
	(void)state;
	reads(false, 0, KIB, "Password: Siel-Siel-4410\nplain words\n");
	reads(true, 0, KIB, "Password: Siel-Siel-4410\nplain words\n");
}

static void test_a_drawing_whose_pointers_lead_in_circles_ends(void **state)
{
	(void)state;
	reads(false, 64, KIB, "Password: Siel-Siel-4410\nPassword: Siel-Siel-4410\n"); /* as often as their bytes fit in the file */
	reads(true, 64, KIB, "Password: Siel-Siel-4410\n");
}

static void test_a_drawing_cut_at_any_length_is_none_or_ends(void **state)
{
	struct buf b;

	(void)state;
	drawing(&b, false, 0);
	for (size_t n = 0; n < b.n; n++) {
		struct arena *a = test_arena();
		unsigned char *copy = malloc(n + 1); /* of its own: what is read behind its end is seen */
		struct document d;
		struct layout l;
		bool done;

		assert_non_null(copy);
		memcpy(copy, b.p, n);
		layout_init(&l, a);
		assert_ok(visio_read(&l, span_of(copy, n), &done, &e));
		(void)!layout_done(&l, a, &d, &(struct err){0});
		free(copy);
		arena_free(a);
	}
	reads(false, 0, 40, NULL);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams_of_a_drawing_are_unpacked),
		cmocka_unit_test(test_a_drawing_whose_pointers_lead_in_circles_ends),
		cmocka_unit_test(test_a_drawing_cut_at_any_length_is_none_or_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
