/* S/MIME signed-data as the test writes it: of known length (DER), and as programs write it that sign while they send (BER). */
#include <openssl/evp.h>
#include <zlib.h>

#include "base/test.h"
#include "mail/mime.h"
#include "mail/signed.h"
#include "mail/text.h"

#define OID_SIGNED "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define OID_AUTHENTICATED "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x02" /* RFC 5652 9.1 */
#define OID_AUTH_ENVELOPED "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17" /* RFC 5083 2.1 */
#define OID_DATA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
/* SEQUENCE, OID, [0], SEQUENCE, version, algorithms, SEQUENCE, OID, [0], OCTET STRING "signed text" */
#define DER "\x30\x32" OID_SIGNED "\xa0\x25\x30\x23\x02\x01\x01\x31\x00\x30\x1c" OID_DATA "\xa0\x0f\x04\x0dsigned\n\ntext\n"
#define BER_HEAD "\x30\x80" OID_SIGNED "\xa0\x80\x30\x80\x02\x01\x01\x31\x80\x30\x80\x05\x00\0\0\0\0\x30\x80" OID_DATA "\xa0\x80\x24\x80"
#define BER BER_HEAD "\x04\x07signed\n" "\x04\x06\ntext\n" "\0\0\0\0\0\0\0\0"

static void test_what_was_signed_is_taken_out(void **state)
{
	static const span forms[] = {SPAN_LIT(DER), SPAN_LIT(BER)};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct arena *a = test_arena();
		span content;
		bool cut;
	enum cms kind;

		assert_ok(cms_content(a, forms[i], &content, &kind, &cut, &e));
		assert_span(content, "signed\n\ntext\n");
		assert_false(cut);
		arena_free(a);
	}
}

static void test_cut_anywhere_it_gives_what_is_there_and_says_so(void **state)
{
	static const span forms[] = {SPAN_LIT(DER), SPAN_LIT(BER)};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t n = 0; n < forms[i].n; n++) {
			struct arena *a = test_arena();
			span content, all;
			bool cut;
	enum cms kind;

			assert_ok(cms_content(a, forms[i], &all, &kind, &cut, &e));
			assert_ok(cms_content(a, span_first(forms[i], n), &content, &kind, &cut, &e));
			assert_true(span_starts(all, content));
			assert_true(content.n == 0 || content.n == all.n || cut);
			arena_free(a);
		}
}

/* Behind BER_HEAD, or [0] of known length: the pieces, and how they end. */
static void test_pieces_within_pieces_are_read_and_none_is_lost_without_a_word(void **state)
{
	static const struct { span cms; const char *content; bool cut; } forms[] = {
	    {SPAN_LIT(BER_HEAD "\x04\x07signed\n" "\x24\x80\x04\x06secret\0\0" "\x04\x06\ntext\n" "\0\0\0\0\0\0\0\0"), "signed\nsecret\ntext\n", false},
	    {SPAN_LIT(BER_HEAD "\x24\x09\x04\x07signed\n" "\x24\x0a\x24\x80\x04\x04text\0\0" "\0\0\0\0\0\0\0\0"), "signed\ntext", false},
	    {SPAN_LIT("\x30\x3a" OID_SIGNED "\xa0\x2d\x30\x2b\x02\x01\x01\x31\x00\x30\x24" OID_DATA "\xa0\x17\x24\x15"
	        "\x04\x07signed\n" "\x24\x0a\x04\x08secret 1"), "signed\nsecret 1", false},
	    /* digested-data: one algorithm, and a digest behind */
	    {SPAN_LIT("\x30\x41" "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05" "\xa0\x34\x30\x32\x02\x01\x00\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00"
	        "\x30\x1c" OID_DATA "\xa0\x0f\x04\x0dsigned\n\ntext\n" "\x04\x04\1\2\3\4"), "signed\n\ntext\n", false},
	    /* data, around which is nothing; authenticated-data: no originator, who can check it, a MAC, a digest; and the MAC behind */
	    {SPAN_LIT("\x30\x1c" OID_DATA "\xa0\x0f\x04\x0dsigned\n\ntext\n"), "signed\n\ntext\n", false},
	    {SPAN_LIT("\x30\x80" OID_AUTHENTICATED "\xa0\x80\x30\x80\x02\x01\x00\x31\x80\xa2\x02\x05\x00\0\0" "\x30\x02\x05\x00" "\xa1\x02\x05\x00"
	        "\x30\x1c" OID_DATA "\xa0\x0f\x04\x0dsigned\n\ntext\n" "\x04\x04\1\2\3\4" "\0\0\0\0\0\0"), "signed\n\ntext\n", false},
	    {SPAN_LIT("\x30\x80" OID_AUTHENTICATED "\xa0\x80\x30\x80\x02\x01\x00\xa0\x00\x31\x00\x30\x02\x05\x00" "\x30\x1c" OID_DATA "\xa0\x0f\x04\x0dsigned\n\ntext\n"),
	        "signed\n\ntext\n", false},
	    /* Something else between the pieces, behind them, and an end that is another's. */
	    {SPAN_LIT(BER_HEAD "\x04\x07signed\n" "\x05\x00" "\x04\x06secret" "\0\0\0\0\0\0\0\0"), "signed\n", true},
	    {SPAN_LIT("\x30\x3a" OID_SIGNED "\xa0\x2d\x30\x2b\x02\x01\x01\x31\x00\x30\x24" OID_DATA "\xa0\x17\x24\x15"
	        "\x04\x07signed\n" "\x05\x0asecret 123"), "signed\n", true},
	    {SPAN_LIT(BER_HEAD "\x04\x07signed\n" "\x24\x80\x04\x06secret" "\0\0"), "signed\nsecret", true},
	};
	unsigned char deep[400];
	struct arena *a = test_arena();
	span content;
	bool cut;
	enum cms kind;

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		assert_ok(cms_content(a, forms[i].cms, &content, &kind, &cut, &e));
		assert_span(content, forms[i].content);
		assert_int_equal(cut, forms[i].cut);
	}
	/* Pieces within pieces without end. */
	memcpy(deep, BER_HEAD "\x04\x07signed\n", sizeof BER_HEAD + 8);
	for (size_t i = sizeof BER_HEAD + 8; i < sizeof deep; i++)
		deep[i] = (i - sizeof BER_HEAD) % 2 == 0 ? 0x24 : 0x80;
	assert_ok(cms_content(a, span_of(deep, sizeof deep), &content, &kind, &cut, &e));
	assert_span(content, "signed\n");
	assert_true(cut);
	arena_free(a);
}

#define OID_COMPRESSED "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"
#define ZLIB "\x30\x0d\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08"

/* RFC 3274: SEQUENCE, OID, [0], SEQUENCE, version, algorithm, SEQUENCE, OID, [0], OCTET STRING; no more of it than there is room. */
static void test_what_was_compressed_is_unpacked_within_its_room(void **state)
{
	static const char head[] = "\x30\x80" OID_COMPRESSED "\xa0\x80\x30\x80\x02\x01\x00" ZLIB "\x30\x80" OID_DATA "\xa0\x80\x24\x80\x04\x82";
	static const size_t rooms[] = {4096, 20000, 100000, 1000000};
	static unsigned char plain[100000], cms[4096];

	(void)state;
	for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
		struct arena *a = test_arena();
		size_t room = rooms[i];
		uLongf n = sizeof cms - sizeof head - 1;
		span packed, out;
		bool cut;
		enum cms kind;

		memcpy(cms, head, sizeof head - 1);
		assert_int_equal(compress(cms + sizeof head + 1, &n, plain, sizeof plain), Z_OK);
		cms[sizeof head - 1] = (unsigned char)(n >> 8);
		cms[sizeof head] = (unsigned char)n;
		memset(cms + sizeof head + 1 + n, 0, 12);
		assert_ok(cms_content(a, span_of(cms, sizeof head + 1 + n + 12), &packed, &kind, &cut, &e));
		assert_int_equal(kind, CMS_PACKED);
		assert_false(cut);
		assert_int_equal(packed.n, n);
		assert_ok(compressed_content(a, packed, &room, &out, &cut, &e));
		assert_true(out.n <= rooms[i] && room == rooms[i] - out.n);
		assert_int_equal(cut, rooms[i] < 120000 && out.n < sizeof plain);
		assert_true(cut || out.n == sizeof plain);
		room = rooms[i];
		assert_ok(compressed_content(a, span_first(packed, n / 2), &room, &out, &cut, &e));
		assert_true(cut);
		arena_free(a);
	}
}

static void test_anything_else_holds_nothing(void **state)
{
	static const span others[] = {SPAN_LIT(""), SPAN_LIT("0"), SPAN_LIT("\x30\x80"), SPAN_LIT("\x30\x89" OID_SIGNED),
		SPAN_LIT("\x30\x1d" "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x10\x30\x0e\x02\x01\x01\x31\x00\x30\x07\x06\x00\xa0\x03\x04\x01x"),
		SPAN_LIT("\x30\x27" OID_SIGNED "\xa0\x1a\x30\x18\x02\x01\x01\x31\x00\x30\x0b" OID_DATA "\x31\x00")}; /* detached */
	unsigned char deep[400];
	struct arena *a = test_arena();
	span content;
	bool cut;
	enum cms kind;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		assert_ok(cms_content(a, others[i], &content, &kind, &cut, &e));
		assert_int_equal(content.n, 0);
	}
	/* Sets within sets without end. */
	memcpy(deep, "\x30\x80" OID_SIGNED "\xa0\x80\x30\x80\x02\x01\x01", 20);
	for (size_t i = 20; i < sizeof deep; i += 2)
		memcpy(deep + i, "\x31\x80", 2);
	assert_ok(cms_content(a, span_of(deep, sizeof deep), &content, &kind, &cut, &e));
	assert_int_equal(content.n, 0);
	arena_free(a);
}

static void test_a_mail_that_is_signed_as_a_whole_has_its_parts(void **state)
{
	const span mail = SPAN_LIT("From: a@a.example\nContent-Type: application/octet-stream; name=smime.p7m\n\n"
	    "\x30\x4f" OID_SIGNED "\xa0\x42\x30\x40\x02\x01\x01\x31\x00\x30\x39" OID_DATA "\xa0\x2c\x04\x2a"
	    "Content-Type: text/plain\n\nPassword: Cms-41");
	struct arena *a = test_arena();
	struct message *m;
	unsigned problems = 0;
	span content;

	(void)state;
	assert_ok(mime_parse(a, mail, false, &m, &e));
	assert_int_equal(m->n_parts, 2);
	assert_true(m->parts[0].opened);
	assert_null(part_sealed(&m->parts[0]));
	assert_span(m->parts[1].type, "text/plain");
	assert_ok(part_content(a, m, &m->parts[1], &content, &problems, &e));
	assert_span(content, "Password: Cms-41");
	/* Nothing of it can be read, but there should be something. */
	assert_ok(mime_parse(a, SPAN_LIT("Content-Type: application/pkcs7-mime\n\n" BER_HEAD "\x05\x00" "\x04\x06secret"), false, &m, &e));
	assert_int_equal(m->n_parts, 1);
	assert_true((m->problems & MIME_TRUNCATED) != 0);
	arena_free(a);
}

/* "Password: Cms-43", as text that is signed. */
#define SIGNED_TEXT "\x30\x4f" OID_SIGNED "\xa0\x42\x30\x40\x02\x01\x01\x31\x00\x30\x39" OID_DATA "\xa0\x2c\x04\x2a" "Content-Type: text/plain\n\nPassword: Cms-43"

static void has_text_within(const char *header, span body, const char *path)
{
	struct arena *a = test_arena();
	struct message *m;
	unsigned problems = 0;
	size_t i = 0;
	span content;

	assert_ok(mime_parse(a, span_str(arena_printf(a, "%s\n%.*s", header, (int)body.n, body.p)), false, &m, &e));
	while (i < m->n_parts && strcmp(m->parts[i].path, path) != 0)
		i++;
	assert_true(i < m->n_parts);
	assert_null(part_sealed(&m->parts[0]));
	assert_ok(part_content(a, m, &m->parts[i], &content, &problems, &e));
	assert_span(content, "Password: Cms-43");
	arena_free(a);
}

static void test_so_has_one_that_does_not_say_what_it_is(void **state)
{
	const span file = SPAN_LIT(SIGNED_TEXT);
	char base64[200] = "";
	struct arena *a = test_arena();

	(void)state;
	(void)EVP_EncodeBlock((unsigned char *)base64, file.p, (int)file.n);
	has_text_within("Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n", span_str(base64), "1.t1");
	has_text_within("Content-Type: application/pkcs7-mime; smime-type=signed-data\n", span_str(base64), "1.u1.t1");
	has_text_within("Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: 7bit\n", span_str(base64), "1.u1.t1");
	has_text_within("Content-Type: application/octet-stream; name=smime.p7m\n",
	    span_str(arena_printf(a, "-----BEGIN PKCS7-----\n%s\n-----END PKCS7-----\n", base64)), "1.u1.t1");
	has_text_within("Content-Type: text/plain\n", span_str(arena_printf(a, "see\n\n-----BEGIN CMS-----\n%s\n-----END CMS-----\n", base64)), "1.u1.t1");
	arena_free(a);
}

static void test_what_is_encrypted_is_called_that_whatever_its_header_says(void **state)
{
	static const span forms[] = {SPAN_LIT("\x30\x80" OID_AUTH_ENVELOPED "\xa0\x80\x30\x80\x02\x01\x00"),
	    SPAN_LIT("\x30\x80" "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03" "\xa0\x80\x30\x80\x02\x01\x00"),
	    SPAN_LIT("\x30\x80" "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06" "\xa0\x80\x30\x80\x02\x01\x00")};
	static const char *const headers[] = {"Content-Type: application/pkcs7-mime; smime-type=signed-data\n", "Content-Type: application/octet-stream\n"};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		for (size_t k = 0; k < 2; k++) {
			struct arena *a = test_arena();
			struct message *m;
			char base64[200] = "";

			(void)EVP_EncodeBlock((unsigned char *)base64, forms[i].p, (int)forms[i].n);
			assert_ok(mime_parse(a, span_str(arena_printf(a, "%sContent-Transfer-Encoding: base64\n\n%s\n", headers[k], base64)), false, &m, &e));
			assert_string_equal(part_sealed(&m->parts[0]), "S/MIME encrypted");
			arena_free(a);
		}
}

/* RFC 9788 2: the fields of the message that was signed stand in the header of what was. */
static void test_so_has_one_that_is_signed_with_its_attachments(void **state)
{
	const span mail = SPAN_LIT("Subject: s\nContent-Type: application/pkcs7-mime\n\n" BER_HEAD "\x04\x67"
	    "Content-Type: multipart/mixed; boundary=b\nSubject: s\nSubject: t\nX-Note: password: Cms-42\n\n--b\n\nx\n--b--\n" "\0\0\0\0\0\0\0\0");
	struct arena *a = test_arena();
	struct message *m;
	struct part_text t;

	(void)state;
	assert_ok(mime_parse(a, mail, false, &m, &e));
	assert_int_equal(m->n_parts, 2);
	assert_ok(loose_text(a, m, SPAN_LIT("fields"), &t, &e));
	assert_span(t.utf8, "Subject: t\nX-Note: password: Cms-42\n");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_signed_is_taken_out),
		cmocka_unit_test(test_cut_anywhere_it_gives_what_is_there_and_says_so),
		cmocka_unit_test(test_pieces_within_pieces_are_read_and_none_is_lost_without_a_word),
		cmocka_unit_test(test_what_was_compressed_is_unpacked_within_its_room),
		cmocka_unit_test(test_anything_else_holds_nothing),
		cmocka_unit_test(test_a_mail_that_is_signed_as_a_whole_has_its_parts),
		cmocka_unit_test(test_so_has_one_that_does_not_say_what_it_is),
		cmocka_unit_test(test_what_is_encrypted_is_called_that_whatever_its_header_says),
		cmocka_unit_test(test_so_has_one_that_is_signed_with_its_attachments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
