#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/test.h"
#include "seal/age.h"

static const struct seal_key secret = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32}};
static const struct age_fresh fresh = {{1}, {2}, {3}};

static enum errc sink(void *ctx, span s, struct err *e)
{
	buf_put(ctx, s);
	return buf_check(ctx, e);
}

/* Bytes that do not repeat with the chunks. */
static void plain(struct buf *b, size_t n)
{
	buf_init(b, 8 * MIB);
	for (size_t i = 0; i < n; i++)
		buf_byte(b, (unsigned char)(i * 31 + i / 977));
}

static void encrypted(span in, size_t step, struct buf *out)
{
	struct age_writer w;

	buf_init(out, 8 * MIB);
	assert_ok(age_begin(&w, &secret, &fresh, sink, out, &e));
	for (size_t at = 0; at < in.n; at += step)
		assert_ok(age_put(&w, span_sub(in, at, step), &e));
	assert_ok(age_end(&w, &e));
	age_close(&w);
}

static enum errc decrypted(span file, const struct seal_key *k, struct buf *out)
{
	struct age_reader *r = malloc(sizeof *r);
	struct err e;
	span s;
	enum errc rc;

	assert_non_null(r);
	buf_init(out, 8 * MIB);
	rc = age_open(r, file, k, &e);
	while (rc == OK && (rc = age_next(r, &s, &e)) == OK && s.n != 0)
		buf_put(out, s);
	age_read_close(r);
	free(r);
	return rc;
}

static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 1000000};

static void what_is_written_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct buf in, file, again, out;

		plain(&in, sizes[i]);
		encrypted(buf_span(&in), 1000, &file);
		encrypted(buf_span(&in), 65536, &again);
		assert_true(span_eq(buf_span(&file), buf_span(&again)));
		assert_int_equal(decrypted(buf_span(&file), &secret, &out), OK);
		assert_true(span_eq(buf_span(&in), buf_span(&out)));
		buf_free(&in);
		buf_free(&file);
		buf_free(&again);
		buf_free(&out);
	}
}

static void a_changed_or_cut_file_is_refused(void **state)
{
	struct buf in, file, out;
	struct seal_key other = secret;

	(void)state;
	plain(&in, 70000);
	encrypted(buf_span(&in), 4096, &file);
	for (size_t i = 0; i < file.n; i += i < 300 ? 1 : 997) {
		file.p[i] ^= 1;
		assert_int_equal(decrypted(buf_span(&file), &secret, &out), ERR_EVIDENCE);
		file.p[i] ^= 1;
		buf_free(&out);
		assert_int_equal(decrypted(span_of(file.p, i), &secret, &out), ERR_EVIDENCE);
		buf_free(&out);
	}
	/* Cut exactly behind the first chunk. */
	assert_int_equal(decrypted(span_of(file.p, file.n - (70000 - AGE_CHUNK) - 16), &secret, &out), ERR_EVIDENCE);
	buf_free(&out);
	other.b[5] ^= 1;
	assert_int_equal(decrypted(buf_span(&file), &other, &out), ERR_EVIDENCE);
	buf_free(&out);
	buf_free(&in);
	buf_free(&file);
}

static void a_secret_is_text_with_a_check(void **state)
{
	char text[AGE_SECRET_TEXT];
	struct seal_key got;

	(void)state;
	age_secret_text(&secret, text);
	assert_int_equal(strlen(text), AGE_SECRET_TEXT - 1);
	assert_true(age_secret_read(span_str(text), &got));
	assert_memory_equal(&got, &secret, sizeof got);
	for (size_t i = 0; text[i] != '\0'; i++) {
		char was = text[i];

		text[i] = was == 'Q' ? 'P' : 'Q';
		assert_false(age_secret_read(span_str(text), &got));
		text[i] = was;
		assert_false(age_secret_read(span_of(text, i), &got));
	}
}

static void put_file(const char *path, span s)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_true(s.n == 0 || fwrite(s.p, 1, s.n, f) == s.n);
	assert_int_equal(fclose(f), 0);
}

/* Debian's age opens what we write, and we what it writes. */
static void the_age_program_understands_us_and_we_it(void **state)
{
	char dir[] = "/tmp/tocsin-age-XXXXXX", cmd[400], key[100], in_path[100], file_path[100], text[AGE_SECRET_TEXT];

	(void)state;
	if (system("age --version >/dev/null 2>&1") != 0) {
		print_message("age(1) is not installed: not compared with it\n");
		skip();
	}
	assert_non_null(mkdtemp(dir));
	(void)snprintf(key, sizeof key, "%s/key", dir);
	(void)snprintf(in_path, sizeof in_path, "%s/in", dir);
	(void)snprintf(file_path, sizeof file_path, "%s/in.age", dir);
	age_secret_text(&secret, text);
	put_file(key, span_str(text));
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct buf in, file, out;
		FILE *f;
		int c;

		plain(&in, sizes[i]);
		encrypted(buf_span(&in), 5000, &file);
		put_file(in_path, buf_span(&in));
		put_file(file_path, buf_span(&file));
		(void)snprintf(cmd, sizeof cmd, "age -d -i %s %s | cmp - %s", key, file_path, in_path);
		assert_int_equal(system(cmd), 0);
		(void)snprintf(cmd, sizeof cmd, "age -e -r \"$(age-keygen -y %s)\" -o %s %s", key, file_path, in_path);
		assert_int_equal(system(cmd), 0);
		buf_clear(&file);
		assert_non_null(f = fopen(file_path, "rb"));
		while ((c = getc(f)) != EOF)
			buf_byte(&file, (unsigned char)c);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(decrypted(buf_span(&file), &secret, &out), OK);
		assert_true(span_eq(buf_span(&in), buf_span(&out)));
		buf_free(&in);
		buf_free(&file);
		buf_free(&out);
	}
	(void)snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	assert_int_equal(system(cmd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(a_changed_or_cut_file_is_refused),
	    cmocka_unit_test(a_secret_is_text_with_a_check),
	    cmocka_unit_test(the_age_program_understands_us_and_we_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
