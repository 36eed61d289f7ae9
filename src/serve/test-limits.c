/* Who is signed in and goes on and on: each of these is a line in a log that is everybody's and kept for good, or a mail to many. */
#include "serve/test-logic.h"

#include <poll.h>

#define ANN "AAAAAAAAAAAAAAAAAAAAAA"
#define CASE "11111111111111111111111111111111"

static struct buf answer;

/* Ann, who may do everything, signed in a moment ago with the cookie of zeros. */
static int ann_comes(void **state)
{
	struct err e = {0};

	buf_init(&answer, WIRE_MAX);
	return set_up(state) != 0 ? -1 : sql_script(l->db, "INSERT INTO account (id, room, name, roles, status, since) VALUES ('" ANN "', '" CASE "',"
	    " 'Ann', 7, 'active', 1); INSERT INTO session (hash, kind, room, subject, account, name, made, used, fresh) VALUES"
	    " (x'66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925', 'account', '" CASE "', '', '" ANN "', '', 1700000000, 1700000000,"
	    " 1700000000); INSERT INTO exposure VALUES ('" CASE "', '00000000000000aa'), ('" CASE "', '00000000000000bb'), ('other', '00000000000000cc');"
	    " UPDATE room SET state = 7, identity = '{\"organisation\":{\"domains\":[\"a.example\"]}}'", &e) == OK ? 0 : -1;
}

static int ann_goes(void **state)
{
	buf_free(&answer);
	return tear_down(state);
}

static unsigned post(const char *path, const char *json)
{
	span body;

	return ask(&answer, path, json, ZEROS, &body);
}

/* What the log was told since the last look, by how many events of that name. */
static unsigned told(const char *event)
{
	struct pollfd p = {others[0], POLLIN, 0};
	enum wire_kind kind;
	unsigned n = 0;
	struct buf b;

	buf_init(&b, WIRE_MAX);
	while (poll(&p, 1, 0) == 1) {
		assert_ok(wire_receive(others[0], &kind, &b, &e));
		for (span s = buf_span(&b); span_has(s, span_str(event)); n++)
			s = span_from(s, span_find(s, span_str(event)) + 1);
	}
	buf_free(&b);
	return n;
}

static void credentials_and_tasks_are_marked_so_often_an_hour_and_no_more(void **state)
{
	static const char mark[] = "{\"marks\":[{\"exposure\":\"00000000000000aa\",\"mark\":\"rotated\",\"note\":\"\",\"application\":\"\"}]}",
	    task[] = "{\"task\":\"logs\",\"done\":true,\"note\":\"\"}";
	unsigned marks = 0, tasks = 0, n = 0;

	(void)state;
	for (; n < 2000; n++) {
		answer_log();
		if (post(n % 2 == 0 ? "/api/marks" : "/api/tasks", n % 2 == 0 ? mark : task) == 429)
			break;
		if (n % 2 == 0)
			marks += told("\"event\":\"mark\"");
		else
			tasks += told("\"event\":\"task\"");
	}
	assert_int_equal(n, 1000);
	assert_int_equal(marks, 500);
	assert_int_equal(tasks, 500);
	/* Both are refused, nothing more is logged, and an hour later it goes on (the answer that was left over is for that). */
	assert_int_equal(post("/api/tasks", task), 429);
	assert_int_equal(told("event"), 0);
	l->now += HOUR;
	assert_ok(sql_script(l->db, "UPDATE session SET used = 1700003600", &e));
	assert_int_equal(post("/api/marks", mark), 200);
}

/* Two hundred fit in one request, also of the same credential: each is a line all the same. */
static void marks_in_bulk_are_counted_each_by_each(void **state)
{
	static const char one[] = "{\"exposure\":\"00000000000000aa\",\"mark\":\"rotated\",\"note\":\"x\",\"application\":\"\"}";
	unsigned lines = 0, n = 0;
	struct buf b;

	(void)state;
	buf_init(&b, 64 * KIB);
	for (unsigned i = 0; i < 200; i++)
		buf_printf(&b, "%s%s", i == 0 ? "{\"marks\":[" : ",", one);
	buf_str(&b, "]}");
	/* A case of two credentials: what two hundred of them are marked with in an hour is no work of anybody's. */
	for (unsigned status = 200; n < 10 && status == 200; n += status == 200) {
		for (unsigned i = 0; i < 7; i++)
			answer_log();
		status = post("/api/marks", buf_cstr(&b));
		lines += told("\"event\":\"mark\"");
	}
	assert_int_equal(n, 5);
	assert_int_equal(lines, 1000);
	/* Who has much to mark may: twice all of it, in the same hour. */
	assert_ok(sql_script(l->db, "UPDATE room SET messages = 400", &e));
	assert_int_equal(post("/api/marks", buf_cstr(&b)), 200);
	buf_free(&b);
}

/* Registered at once and removed again, one behind the other: two mails each to all whom the case names. */
static unsigned passkey(unsigned i, char cookie[64])
{
	char json[200];
	struct answer a;
	unsigned status;
	struct buf b;
	span body;

	assert_int_equal(ask(&answer, "/api/passkey/options", "{}", cookie, &body), 200);
	buf_init(&b, KIB);
	buf_u8(&b, 1);
	buf_bytes(&b, span_of(&(unsigned char){(unsigned char)i}, 1));
	buf_u64(&b, (uint64_t)-7);
	buf_bytes(&b, SPAN_LIT("key"));
	buf_u32(&b, 0);
	assert_ok(wire_send(others[1], WIRE_ANSWER, buf_span(&b), &e));
	buf_free(&b);
	answer_log();
	(void)snprintf(json, sizeof json, "{\"id\":\"%s\",\"clientDataJSON\":\"e30\",\"attestationObject\":\"AA\"}",
	    b64_text(l->kept, span_of(&(unsigned char){(unsigned char)i}, 1)));
	status = ask(&answer, "/api/passkey", json, cookie, &body);
	assert_true(answer_read(buf_span(&answer), &a));
	if (a.set_cookie)
		(void)snprintf(cookie, 64, "%.*s", (int)a.cookie.n, (const char *)a.cookie.p);
	return status;
}

static void passkeys_are_made_so_often_a_day_and_no_more(void **state)
{
	char cookie[64] = ZEROS, json[64];
	unsigned made = 0;
	span body;

	(void)state;
	while (made < 200 && passkey(made, cookie) == 200) {
		(void)told("event");
		if (made++ == 0)
			continue;
		answer_log();
		(void)snprintf(json, sizeof json, "{\"credential\":\"%s\"}", b64_text(l->kept, span_of(&(unsigned char){(unsigned char)(made - 2)}, 1)));
		assert_int_equal(ask(&answer, "/api/passkey/remove", json, cookie, &body), 200);
		(void)told("event");
	}
	assert_int_equal(made, 50);
	assert_int_equal(number("SELECT count(*) FROM passkey"), 1);
}

/* Each is refused as what is nobody's is; of what is others' the evidence side is told, and told enough. */
static void who_asks_for_what_is_others_is_logged_so_often_an_hour_and_no_more(void **state)
{
	static const char others_own[] = "{\"marks\":[{\"exposure\":\"00000000000000cc\",\"mark\":\"rotated\",\"note\":\"\",\"application\":\"\"}]}",
	    nobodys[] = "{\"marks\":[{\"exposure\":\"00000000000000dd\",\"mark\":\"rotated\",\"note\":\"\",\"application\":\"\"}]}";
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		answer_log();
		assert_int_equal(post("/api/marks", others_own), 404);
		n += told("\"event\":\"foreign\"");
	}
	assert_int_equal(n, 1000);
	/* From here on nobody answers logic, and it asks nobody. */
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(post("/api/marks", i % 2 == 0 ? others_own : nobodys), 404);
	assert_false(l->lost);
	assert_int_equal(number("SELECT count(*) FROM mark"), 0);
}

/* From ever other networks, as with IPv6 anybody can: all together fill no disk, and nobody who has the right code is left out. */
static void refusals_are_logged_so_often_an_hour_and_no_more_from_however_many_networks(void **state)
{
	static const char sign_in[] = "{\"id\":\"AQ\",\"clientDataJSON\":\"e30\",\"authenticatorData\":\"AA\",\"signature\":\"AA\",\"userHandle\":null}",
	    wrong[] = "{\"notice\":\"TN-0000-0009\",\"auth_a\":\"" ZEROS "\"}";
	static const unsigned char no[5] = {0};
	char client[32];
	span body;

	(void)state;
	assert_ok(sql_script(l->db, "INSERT INTO tally VALUES ('refusals', 1700000000 / 3600, 3600, 4990)", &e));
	for (unsigned i = 0; i < 40; i++) {
		const struct request q = {.method = METHOD_POST, .form_ok = true, .path = span_str(i % 2 == 0 ? "/api/sign-in" : "/api/claim"),
		    .origin = span_str(config.origin), .client = span_str(client), .body = span_str(i % 2 == 0 ? sign_in : wrong)};

		(void)snprintf(client, sizeof client, "2001:db8:%x::1", i);
		if (i % 2 == 0)
			assert_ok(wire_send(others[1], WIRE_ANSWER, span_of(no, sizeof no), &e));
		/* The eleventh is an alarm; behind it nobody answers logic, and it asks nobody. */
		if (i <= 10)
			answer_log();
		assert_int_equal(answered(&answer, &q, &body), 403);
		assert_int_equal(told("\"event\":\"alarm\""), i == 10);
	}
	assert_false(l->lost);
	/* The right code is of the case, and in the log. */
	assert_ok(sql_script(l->db, "UPDATE notice SET auth = x'66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925' WHERE id <> ''", &e));
	answer_log();
	(void)ask(&answer, "/api/claim", "{\"notice\":\"TN-0000-0001\",\"auth_a\":\"" ZEROS "\"}", "", &body);
	assert_int_equal(told("\"result\":\"right\""), 1);
}

static void who_is_impatient_can_prove_a_domain_the_same_day(void **state)
{
	(void)state;
	assert_ok(sql_script(l->db, "UPDATE room SET state = 3; INSERT INTO claim (id, room, notice, made, network, value, expires, account) VALUES"
	    " ('k', '" CASE "', 'TN-0000-0001', 1, '', 'v', 1800000000, '" ANN "')", &e));
	assert_int_equal(post("/api/proof/dns", "{\"domain\":\"a.example\"}"), 202);
	for (unsigned i = 0; i < 60; i++)
		assert_int_equal(post("/api/proof/dns", "{\"domain\":\"a.example\"}"), 429);
	l->now += MINUTE;
	assert_int_equal(post("/api/proof/dns", "{\"domain\":\"a.example\"}"), 202);
}

/* Anybody may ask for a challenge, and from ten thousand networks as many as there is room for: one that is too old to answer is no session. */
static void who_asked_to_sign_in_and_did_not_is_forgotten_with_the_challenge(void **state)
{
	span body;

	(void)state;
	assert_int_equal(ask(&answer, "/api/sign-in/options", "{}", "", &body), 200);
	assert_int_equal(number("SELECT count(*) FROM session"), 2);
	l->now += CHALLENGE_SECONDS - 1;
	assert_ok(sessions_expire(l, &e));
	assert_int_equal(number("SELECT count(*) FROM session"), 2);
	l->now++;
	assert_ok(sessions_expire(l, &e));
	/* Ann is signed in as long as ever. */
	assert_int_equal(number("SELECT count(*) FROM session WHERE kind = 'account'"), 1);
	assert_int_equal(number("SELECT count(*) FROM session"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(credentials_and_tasks_are_marked_so_often_an_hour_and_no_more, ann_comes, ann_goes),
	    cmocka_unit_test_setup_teardown(marks_in_bulk_are_counted_each_by_each, ann_comes, ann_goes),
	    cmocka_unit_test_setup_teardown(passkeys_are_made_so_often_a_day_and_no_more, ann_comes, ann_goes),
	    cmocka_unit_test_setup_teardown(who_asks_for_what_is_others_is_logged_so_often_an_hour_and_no_more, ann_comes, ann_goes),
	    cmocka_unit_test_setup_teardown(refusals_are_logged_so_often_an_hour_and_no_more_from_however_many_networks, ann_comes, ann_goes),
	    cmocka_unit_test_setup_teardown(who_asked_to_sign_in_and_did_not_is_forgotten_with_the_challenge, ann_comes, ann_goes),
	    cmocka_unit_test_setup_teardown(who_is_impatient_can_prove_a_domain_the_same_day, ann_comes, ann_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
