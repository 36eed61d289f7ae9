#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/test.h"
#include "seal/bundle-write.h"

static struct arena *arena;
static struct seal_signer signer;
static struct seal_key ck = {{5}};
static const struct case_id id = {{1, 2, 3}};
static span file;
static char dir[] = "/tmp/tocsin-bundle-XXXXXX";

static void add(struct seal_writer *w, const char *record, uint64_t order, const char *json)
{
	struct buf b;

	buf_init(&b, MIB);
	assert_ok(seal_put_record(&ck, &id, record, span_str(json), &b, &e));
	assert_ok(seal_writer_add(w, record, order, buf_span(&b), &e));
	buf_free(&b);
}

/* A bundle of an index, a list and two messages, added out of order. */
static int setup(void **state)
{
	struct bundle_notice notice = {.id = "TN-7Q4K-2M9D"};
	struct bundle_earlier earlier = {.version = 1};
	struct seal_bundle head = {.id = id, .round = {1, 2}, .wave = 3, .created_utc = 1700000000, .share_b = {{7}}, .notices = &notice,
	    .n_notices = 1, .earlier = &earlier, .n_earlier = 1};
	struct seal_key auth = {{9}};
	struct seal_writer *w;
	struct digest sha;
	struct buf identity;
	char path[100], spool[100];
	uint64_t n;
	int fd;

	(void)state;
	arena = test_arena();
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/b", dir);
	(void)snprintf(spool, sizeof spool, "%s/spool", dir);
	fd = open(spool, O_RDWR | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_ok(sign_derive(SPAN_LIT("0123456789abcdef0123456789abcdef"), &signer, &e));
	buf_init(&identity, MIB);
	assert_ok(seal_put_identity(&auth, &id, notice.id, SPAN_LIT("{\"v\":1}"), &identity, &e));
	notice.identity = buf_span(&identity);
	assert_ok(seal_writer_new(&w, fd, &e));
	add(w, "00000000000000ff", 1, "{\"second\":1}");
	add(w, "list-0", 0, "{}");
	add(w, "00000000000000aa", 0, "{\"first\":1}");
	add(w, "index", 0, "{\"v\":1}");
	assert_ok(seal_writer_export(w, SPAN_LIT("age-"), &e));
	assert_ok(seal_writer_export(w, SPAN_LIT("file"), &e));
	assert_ok(seal_writer_write(w, &head, &signer, path, &sha, &n, &e));
	seal_writer_free(w);
	(void)close(fd);
	assert_ok(io_read_file(arena, path, MIB, &file, &e));
	assert_int_equal(n, file.n);
	buf_free(&identity);
	(void)unlink(path);
	(void)unlink(spool);
	(void)rmdir(dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static enum errc read_it(span s, struct seal_bundle *b)
{
	struct err e;

	return seal_bundle_read(arena, s, &signer.public, b, &e);
}

static void what_is_written_is_read(void **state)
{
	static const char *const order[] = {"index", "list-0", "00000000000000aa", "00000000000000ff"};
	struct seal_bundle b;
	uint64_t at = 0;
	struct buf plain;
	span s;

	(void)state;
	assert_ok(seal_bundle_read(arena, file, &signer.public, &b, &e));
	assert_int_equal(b.round.version, 2);
	assert_int_equal(b.wave, 3);
	assert_int_equal(b.created_utc, 1700000000);
	assert_memory_equal(&b.id, &id, sizeof id);
	assert_int_equal(b.n_notices, 1);
	assert_string_equal(b.notices[0].id, "TN-7Q4K-2M9D");
	assert_int_equal(b.n_records, 4);
	for (size_t i = 0; i < 4; i++) { /* they lie in the order of the format */
		const struct bundle_blob *blob = seal_bundle_find(&b, span_str(order[i]));

		assert_non_null(blob);
		assert_int_equal(blob->offset, at);
		at += blob->length;
	}
	assert_ok(seal_bundle_check(&b, &e));
	assert_ok(seal_bundle_get(&b, &b.export, &s, &e));
	assert_span(s, "age-file");
	buf_init(&plain, MIB);
	assert_ok(seal_bundle_get(&b, seal_bundle_find(&b, SPAN_LIT("00000000000000aa")), &s, &e));
	assert_ok(seal_open_record(&ck, &id, "00000000000000aa", s, &plain, &e));
	assert_span(span_trim(buf_span(&plain)), "{\"first\":1}");
	buf_free(&plain);
	assert_null(seal_bundle_find(&b, SPAN_LIT("00000000000000ab")));
	assert_null(seal_bundle_find(&b, SPAN_LIT("../etc/passwd")));
}

static void any_cut_and_any_change_is_seen(void **state)
{
	unsigned char *copy = malloc(file.n);
	struct seal_bundle b;
	struct err e;

	(void)state;
	assert_non_null(copy);
	for (size_t n = 0; n < file.n; n++)
		assert_int_not_equal(read_it(span_first(file, n), &b), OK);
	for (size_t i = 0; i < file.n; i += i < 4000 ? 1 : 101) {
		memcpy(copy, file.p, file.n);
		copy[i] ^= 4;
		if (read_it(span_of(copy, file.n), &b) == OK)
			/* Only the untrusted comment of the signature is nobody's word. */
			assert_true(seal_bundle_check(&b, &e) != OK || span_find(file, SPAN_LIT("untrusted comment")) + 60 > i);
	}
	free(copy);
}

static void another_signer_is_refused(void **state)
{
	struct seal_signer other;
	struct seal_bundle b;
	struct err why;

	(void)state;
	assert_ok(sign_derive(SPAN_LIT("another key"), &other, &e));
	assert_int_equal(seal_bundle_read(arena, file, &other.public, &b, &why), ERR_REFUSED);
}

/* Signed, and yet against a rule: each of these is no bundle. */
static void a_signed_manifest_must_keep_the_rules(void **state)
{
	static const struct { const char *from, *to; } changes[] = {
	    {"\"v\":1", "\"v\":2"}, {"\"case\":", "\"Case\":"}, {"\"generation\":1", "\"generation\":0"}, {"\"generation\":1", "\"generation\":01"},
	    {"\"version\":2", "\"version\":1"}, {"\"wave\":3", "\"wave\":-3"}, {"TN-7Q4K-2M9D", "TN-7Q4K-2M9U"}, {"\"index\"", "\"list-9\""},
	    {"00000000000000ff", "00000000000000aa"}, {"00000000000000ff", "../../../../etc/"}, {"00000000000000ff", "00000000000000FF"},
	    {"\"offset\":0", "\"offset\":1"}, {"\"export\":{", "\"export\":{\"more\":1,"}, {"{\"format\"", "{\"format\":\"x\",\"format\""},
	    {"\"share_b\":\"", "\"share_b\":\"A"}, {"\"notice\":", "\"x\":1,\"notice\":"}};
	struct seal_bundle b;

	(void)state;
	assert_ok(seal_bundle_read(arena, file, &signer.public, &b, &e));
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		span m = b.manifest, from = span_str(changes[i].from);
		size_t at = span_find(m, from);
		struct seal_bundle c;
		struct buf manifest, signature, all;

		assert_true(at < m.n);
		buf_init(&manifest, MIB);
		buf_init(&signature, MIB);
		buf_init(&all, MIB);
		buf_put(&manifest, span_first(m, at));
		buf_str(&manifest, changes[i].to);
		buf_put(&manifest, span_from(m, at + from.n));
		assert_ok(sign_put(&signer, buf_span(&manifest), "x", &signature, &e));
		buf_str(&all, BUNDLE_MAGIC);
		buf_bytes(&all, buf_span(&manifest));
		buf_bytes(&all, buf_span(&signature));
		buf_put(&all, b.data);
		if (read_it(buf_span(&all), &c) != ERR_EVIDENCE)
			fail_msg("%s became %s, and it is taken", changes[i].from, changes[i].to);
		buf_free(&manifest);
		buf_free(&signature);
		buf_free(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(any_cut_and_any_change_is_seen),
	    cmocka_unit_test(another_signer_is_refused),
	    cmocka_unit_test(a_signed_manifest_must_keep_the_rules),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
