#include "base/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/curl.h"
#include "net/dns.h"
#include "net/http.h"
#include "net/smtp.h"

/* ---- records -------------------------------------------------------------------------------------------------- */

static enum errc read_record(struct arena *a, enum dns_type type, const char *bytes, size_t n, struct dns_record *out)
{
	return dns_record_read(a, type, span_of(bytes, n), out, NULL);
}
#define READ(type, bytes, r) read_record(a, type, "" bytes, sizeof bytes - 1, r)

static void records_are_read(void **state)
{
	struct arena *a = test_arena();
	struct dns_record r;

	(void)state;
	assert_int_equal(READ(DNS_A, "\xc0\x00\x02\x01", &r), OK);
	assert_string_equal(r.text, "192.0.2.1");
	assert_int_equal(READ(DNS_MX, "\x00\x0a\x04Mail\x07" "example\x00", &r), OK);
	assert_string_equal(r.text, "mail.example");
	assert_int_equal(r.number, 10);
	assert_int_equal(READ(DNS_TXT, "\x07v=spf1 \x04-all", &r), OK);
	assert_string_equal(r.text, "v=spf1 -all");
	assert_int_equal(READ(DNS_CAA, "\x00\x05issueca.example", &r), OK);
	assert_string_equal(r.tag, "issue");
	assert_string_equal(r.text, "ca.example");
	assert_int_equal(READ(DNS_MX, "\x00\x00\x00", &r), OK); /* RFC 7505: no mail here */
	assert_string_equal(r.text, "");
	assert_string_equal(dns_reverse_name(a, "192.0.2.1"), "1.2.0.192.in-addr.arpa");
	assert_string_equal(dns_reverse_name(a, "2001:db8::1"),
	    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
	assert_null(dns_reverse_name(a, "no address"));
	arena_free(a);
}

static void records_that_are_none_are_refused(void **state)
{
	static const char mx[] = "\x00\x0a\x04mail\x07" "example\x00";
	struct arena *a = test_arena();
	struct dns_record r;

	(void)state;
	for (size_t n = 0; n < sizeof mx - 1; n++)
		assert_int_equal(read_record(a, DNS_MX, mx, n, &r), ERR_EVIDENCE);
	assert_int_equal(READ(DNS_A, "\x01\x02\x03", &r), ERR_EVIDENCE);
	assert_int_equal(READ(DNS_TXT, "\x09short", &r), ERR_EVIDENCE);
	assert_int_equal(READ(DNS_TXT, "\x03" "a\x00b", &r), ERR_EVIDENCE);
	assert_int_equal(READ(DNS_PTR, "\xc0\x0c", &r), ERR_EVIDENCE);                /* a pointer */
	assert_int_equal(READ(DNS_PTR, "\x03" "a.b\x00", &r), ERR_EVIDENCE);          /* a dot within a label */
	assert_int_equal(READ(DNS_PTR, "\x03" "a\nb\x00", &r), ERR_EVIDENCE);
	assert_int_equal(READ(DNS_PTR, "\x01" "a\x00more", &r), ERR_EVIDENCE);
	assert_int_equal(READ(DNS_CAA, "\x00\x09issue", &r), ERR_EVIDENCE);
	arena_free(a);
}

/* ---- a server that says one thing ----------------------------------------------------------------------------- */

struct server { pid_t pid; char at[32]; };

/* To each caller the replies, one for each line read (the first before any, when greets). */
static void serve(struct server *s, bool greets, const char *const *replies, size_t n)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof in;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	(void)snprintf(s->at, sizeof s->at, "127.0.0.1:%u", ntohs(in.sin_port));
	if ((s->pid = fork()) == 0) {
		for (;;) {
			int c = accept(fd, NULL, NULL);
			char line[4096];

			for (size_t i = 0; i < n; i++) {
				if ((i > 0 || !greets) && read(c, line, sizeof line) <= 0)
					break;
				if (write(c, replies[i], strlen(replies[i])) < 0)
					break;
			}
			close(c);
		}
	}
	close(fd);
}

static void stop(struct server *s)
{
	kill(s->pid, SIGKILL);
	(void)waitpid(s->pid, NULL, 0);
}

static struct http_answer fetch(struct arena *a, struct server *s, const char *reply, const char *url, struct http_options o)
{
	static const char *const hosts[] = {"here.example"};
	struct http_answer got;

	o.hosts = hosts;
	o.n_hosts = 1;
	o.plain = true;
	o.connect_to = s->at;
	o.timeout_ms = 60000;
	serve(s, false, &reply, 1);
	assert_ok(http_get(a, &o, url, &got, &e));
	stop(s);
	return got;
}

static void a_page_is_fetched_within_its_limits(void **state)
{
	static const char page[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
	struct arena *a = test_arena();
	struct server s;
	struct http_answer r;

	(void)state;
	r = fetch(a, &s, page, "http://here.example/x", (struct http_options){.local = true});
	assert_int_equal(r.status, 200);
	assert_span(r.body, "hello");
	assert_string_equal(r.type, "text/plain");
	r = fetch(a, &s, page, "http://here.example/x", (struct http_options){.local = true, .max = 4});
	assert_true(r.cut);
	assert_int_equal(r.body.n, 0);
	r = fetch(a, &s, page, "http://here.example/x", (struct http_options){.local = false});
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.why, "private network"));
	r = fetch(a, &s, "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
	    "http://here.example/x", (struct http_options){.local = true});
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.why, "leads elsewhere"));
	arena_free(a);
}

/* A redirect that one connection answers, and what stands behind it. */
static struct http_answer fetch_behind(struct arena *a, const char *first, const char *second, size_t max)
{
	static const char *const hosts[] = {"here.example"};
	const char *const replies[] = {first, second};
	struct http_options o = {.hosts = hosts, .n_hosts = 1, .plain = true, .local = true, .max = max, .timeout_ms = 60000};
	struct http_answer got;
	struct server s;

	serve(&s, false, replies, 2);
	o.connect_to = s.at;
	assert_ok(http_get(a, &o, "http://here.example/x", &got, &e));
	stop(&s);
	return got;
}

static void nothing_of_a_redirect_is_in_the_answer_behind_it(void **state)
{
	static const char on[] = "HTTP/1.1 302 Found\r\nLocation: http://here.example/y\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nmoved";
	struct arena *a = test_arena();
	struct http_answer r;

	(void)state;
	r = fetch_behind(a, on, "no HTTP\r\n\r\n", 0);
	assert_int_equal(r.status, 0);
	assert_string_not_equal(r.why, "");
	assert_string_equal(r.url, "http://here.example/y");
	assert_string_equal(r.type, "");
	assert_int_equal(r.body.n, 0);
	r = fetch_behind(a, on, on, 0);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.body.n, 0);
	r = fetch_behind(a, arena_printf(a, "HTTP/1.1 302 Found\r\nLocation: http://here.example/%02000d\r\nContent-Length: 0\r\n\r\n", 0),
	    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.why, "leads elsewhere"));
	/* However much a server says of the way. */
	r = fetch_behind(a, on, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 4);
	assert_int_equal(r.status, 200);
	assert_false(r.cut);
	assert_span(r.body, "ok");
	arena_free(a);
}

static void those_held_back_are_asked_though_all_others_have_ended(void **state)
{
	static const char *const hosts[] = {"here.example"};
	const struct http_options o = {.hosts = hosts, .n_hosts = 1, .plain = true, .local = true, .connect_to = "127.0.0.1:1", .timeout_ms = 60000};
	struct http_request v[5];
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < 5; i++)
		v[i] = (struct http_request){.url = "http://here.example/x", .host = "here.example", .options = &o};
	assert_ok(http_get_many(a, v, 5, &e));
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(v[i].answer.status, 0);
		assert_string_not_equal(v[i].answer.why, "");
	}
	arena_free(a);
}

static void only_allowed_hosts_are_asked(void **state)
{
	static const char *const hosts[] = {"here.example"};
	struct http_options o = {.hosts = hosts, .n_hosts = 1};
	struct arena *a = test_arena();
	struct http_answer r;
	struct err e;

	(void)state;
	assert_int_equal(http_get(a, &o, arena_printf(a, "https://here.example/%02000d", 0), &r, &e), ERR_REFUSED);
	assert_int_equal(http_get(a, &o, "https://there.example/", &r, &e), ERR_REFUSED);
	assert_int_equal(http_get(a, &o, "http://here.example/", &r, &e), ERR_REFUSED);
	assert_int_equal(http_get(a, &o, "file:///etc/passwd", &r, &e), ERR_REFUSED);
	assert_int_equal(http_get(a, &o, "https://here.example@there.example/", &r, &e), ERR_REFUSED);
	assert_int_equal(http_get(a, &o, "https://there.example#here.example", &r, &e), ERR_REFUSED);
	arena_free(a);
}

static bool is_public(const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return net_is_public((struct sockaddr *)&in);
	assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	return net_is_public((struct sockaddr *)&in6);
}

static void addresses_of_our_own_networks_are_not_public(void **state)
{
	static const char *const ours[] = {"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255",
	    "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
	    "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1"};
	static const char *const theirs[] = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2a00:1450::1",
	    "::ffff:8.8.8.8"};

	(void)state;
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		if (is_public(ours[i]))
			fail_msg("%s", ours[i]);
	for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++)
		if (!is_public(theirs[i]))
			fail_msg("%s", theirs[i]);
}

static void mail_is_not_sent_without_tls(void **state)
{
	static const char *const replies[] = {"220 mx ESMTP\r\n", "250-mx\r\n250 SIZE 1000000\r\n", "250 ok\r\n", "250 ok\r\n",
	    "354 go on\r\n", "250 taken\r\n"};
	struct smtp_result r;
	struct server s;
	struct smtp *smtp;

	(void)state;
	serve(&s, true, replies, sizeof replies / sizeof replies[0]);
	assert_ok(smtp_open(&smtp, &(struct smtp_options){.host = "mx.example", .connect_to = s.at, .timeout_ms = 60000}, &e));
	smtp_send(smtp, "a@b.example", "c@d.example", SPAN_LIT("Subject: x\r\n\r\ny\r\n"), &r);
	smtp_close(smtp);
	stop(&s);
	assert_int_equal(r.outcome, SMTP_UNUSABLE);
}

static void a_server_that_is_not_there_is_no_fault_of_the_mail(void **state)
{
	struct smtp_result r;
	struct smtp *smtp;

	(void)state;
	assert_ok(smtp_open(&smtp, &(struct smtp_options){.host = "mx.example", .connect_to = "127.0.0.1:1", .timeout_ms = 60000}, &e));
	smtp_send(smtp, "a@b.example", "c@d.example", SPAN_LIT("Subject: x\r\n\r\ny\r\n"), &r);
	smtp_close(smtp);
	assert_int_equal(r.outcome, SMTP_UNUSABLE);
	assert_int_equal(r.code, 0);
	assert_true(r.text[0] != '\0');
}

/* libcurl as it is when memory fails: for the recipient, or behind DATA and before or after the first byte of the message. */
static struct { curl_debug_callback sent; curl_read_callback read; curl_write_callback reply; void *ctx; bool goes_out; } failing;

static struct curl_slist *fails_to_append(struct curl_slist *list, const char *text)
{
	(void)list;
	(void)text;
	return NULL;
}

static CURLcode notes_options(CURL *c, CURLoption option, ...)
{
	va_list v;

	(void)c;
	va_start(v, option);
	if (option == CURLOPT_DEBUGFUNCTION)
		failing.sent = va_arg(v, curl_debug_callback);
	else if (option == CURLOPT_READFUNCTION)
		failing.read = va_arg(v, curl_read_callback);
	else if (option == CURLOPT_HEADERFUNCTION)
		failing.reply = va_arg(v, curl_write_callback);
	else if (option == CURLOPT_READDATA)
		failing.ctx = va_arg(v, void *);
	va_end(v);
	return CURLE_OK;
}

static CURLcode fails_behind_data(CURL *c)
{
	char rcpt[] = "RCPT TO:<c@d.example>\r\n", go_on[] = "354 go on\r\n", block[64];
	size_t n;

	(void)failing.sent(c, CURLINFO_HEADER_OUT, rcpt, sizeof rcpt - 1, failing.ctx);
	(void)failing.reply(go_on, 1, sizeof go_on - 1, failing.ctx);
	while ((n = failing.read(block, 1, sizeof block, failing.ctx)) > 0)
		if (failing.goes_out)
			(void)failing.sent(c, CURLINFO_DATA_OUT, block, n, failing.ctx);
	return CURLE_OUT_OF_MEMORY;
}

static void a_mail_of_which_no_byte_left_is_surely_not_taken(void **state)
{
	struct curl_calls all;
	struct smtp_result r[3];
	struct smtp *smtp;

	(void)state;
	assert_ok(net_ready(&e));
	all = curl;
	curl.easy_setopt = notes_options;
	assert_ok(smtp_open(&smtp, &(struct smtp_options){.host = "mx.example"}, &e));
	curl.easy_perform = fails_behind_data;
	for (unsigned i = 0; i < 2; i++) {
		failing.goes_out = i == 1;
		smtp_send(smtp, "a@b.example", "c@d.example", SPAN_LIT("Subject: x\r\n\r\ny\r\n"), &r[i]);
	}
	curl.slist_append = fails_to_append;
	smtp_send(smtp, "a@b.example", "c@d.example", SPAN_LIT("Subject: x\r\n\r\ny\r\n"), &r[2]);
	curl = all;
	smtp_close(smtp);
	assert_int_equal(r[0].outcome, SMTP_LATER);
	assert_int_equal(r[1].outcome, SMTP_UNKNOWN);
	assert_int_equal(r[2].outcome, SMTP_UNUSABLE);
	assert_string_equal(r[2].text, "out of memory");
}

static void a_lookup_ends_in_its_time(void **state)
{
	struct arena *a = test_arena();
	struct dns_question many[40] = {{0}};
	struct dns_answer r;
	struct dns *d;

	(void)state;
	/* Nobody answers at that port; whichever way that shows, it says nothing about the name. */
	assert_ok(dns_open(&d, &(struct dns_options){.server = "127.0.0.1@1", .timeout_ms = 300}, &e));
	assert_ok(dns_ask(d, a, "name.example", DNS_A, &r, &e));
	assert_int_equal(r.outcome, DNS_FAILED);
	/* Further ones do not wait, and end as it did. */
	for (size_t i = 0; i < sizeof many / sizeof many[0]; i++)
		many[i] = (struct dns_question){.name = "other.example", .type = DNS_MX};
	assert_ok(dns_ask_many(d, a, many, sizeof many / sizeof many[0], &e));
	for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
		assert_int_equal(many[i].answer.outcome, DNS_FAILED);
		assert_string_equal(many[i].answer.why, "no answer in time");
	}
	assert_ok(dns_ask(d, a, "no name", DNS_A, &r, &e));
	assert_int_equal(r.outcome, DNS_NO_NAME);
	assert_ok(dns_ask(d, a, "two..dots.example", DNS_A, &r, &e));
	assert_int_equal(r.outcome, DNS_NO_NAME);
	dns_close(d);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_are_read),
	    cmocka_unit_test(records_that_are_none_are_refused),
	    cmocka_unit_test(a_page_is_fetched_within_its_limits),
	    cmocka_unit_test(nothing_of_a_redirect_is_in_the_answer_behind_it),
	    cmocka_unit_test(those_held_back_are_asked_though_all_others_have_ended),
	    cmocka_unit_test(only_allowed_hosts_are_asked),
	    cmocka_unit_test(addresses_of_our_own_networks_are_not_public),
	    cmocka_unit_test(mail_is_not_sent_without_tls),
	    cmocka_unit_test(a_server_that_is_not_there_is_no_fault_of_the_mail),
	    cmocka_unit_test(a_mail_of_which_no_byte_left_is_surely_not_taken),
	    cmocka_unit_test(a_lookup_ends_in_its_time),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
