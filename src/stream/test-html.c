#include "base/limits.h"
#include "base/test.h"
#include "base/utf8.h"
#include "stream/html-private.h"
#include "stream/html.h"

static void check(const char *in, const char *want)
{
	struct arena *a = test_arena();
	span out;

	assert_ok(html_text(a, span_str(in), &out, &e));
	assert_span(out, want);
	arena_free(a);
}

static void test_tags_and_entities_within_a_word_do_not_hide_it(void **state)
{
	(void)state;
	check("pass<b>word</b>: hun&#116;er2", "password: hunter2");
	check("p&#97;ss<!-- no -->wo<span style=\"color:red\">rd</span>&colon;&nbsp;h<wbr>un&shy;ter&zwnj;2", "password: hunter2");
	check("pass\xe2\x80\x8bword: hun\xc2\xadter2\xef\xbb\xbf", "password: hunter2");
	check("\xe2\x81\xa8pass&#x202d;word&#8236;: \xe2\x80\xaahun\xef\xb8\x8fter&#x2066;2", "password: hunter2");
	check("<FONT face='a>b'>x</FONT>y", "xy");
}

static void test_blocks_are_lines_and_cells_are_apart(void **state)
{
	(void)state;
	check("<p>one</p><p>two<br>three</p>four", "one\ntwo\nthree\nfour");
	check("<table><tr><td>user</td><td>password</td></tr><tr><td>al</td><td></td><td>x</td></tr></table>",
	    "user\tpassword\nal\t\tx");
	check("<tr><td><p>user</p></td>\n<td><p>password</p></td></tr>\n<tr><td></td><td><div>x</div><div>y</div></td></tr>",
	    "user\tpassword\n\tx\ny");
	check("<table><tr><th>at<th>user<th>word</tr><tr><td rowspan=\"2\">Kiel<td>al<td>x</tr><tr><td>bo<td>y</tr><tr><td>Lyon<td>cy<td>z</table>",
	    "at\tuser\tword\nKiel\tal\tx\n\tbo\ty\nLyon\tcy\tz");
	check("<table><tr><th rowspan=2>at<th colspan=2>login</tr><tr><th>user<th>word</tr><tr><td>Kiel<td>al<td>x</table>",
	    "at\tlogin\n\tuser\tword\nKiel\tal\tx");
	check("<table><tr><td colspan=2>a<td>b</tr><tr><td rowspan=3>c</table><table><tr><td>d<td>e</table>", "a\t\tb\nc\nd\te");
	check("<tr><td colspan=99999 rowspan='0'>a<td colspan=x rowspan=99999999999>b<tr><td>c<td>d", "a\t\t\t\t\t\t\t\tb\nc\td");
	check("<tr><td>a</td><td></td></tr>\n<tr><td>b</td><td>c</td></tr>", "a\nb\tc");
	check("<tr><td><table><tr><td>a</td></tr></table></td><td>b</td></tr><tr><td>c", "a\tb\nc");
	check("a<blockquote>b<p>c</p></blockquote><div>d</div>", "a\n\nb\nc\n\nd"); /* another mail */
	check("<tr><td>a</td><td><blockquote>b</blockquote></td></tr>", "a\tb");
	check("<ul><li>one<li>two</ul>", "one\ntwo");
	check("a<div>b</div>c", "a\nb\nc");
	check("<details><summary>user</summary>password</details><menu><li>a</menu>b<noframes>c</noframes>d", "user\npassword\na\nb\nc\nd");
}

static void test_white_space_is_collapsed_but_in_pre(void **state)
{
	(void)state;
	check("  a \r\n\t b  <b> c</b> d", "a b c d");
	check("a&nbsp;&nbsp;&nbsp;&nbsp;b\xc2\xa0 c &nbsp; d&nbsp;e", "a  b  c  d e");
	check("<pre>a  b\r\n\tc</pre> d  e", "a  b\n\tc\nd e");
	check("<listing>a  b</listing><xmp>c  d</xmp>e  f", "a  b\nc  d\ne f");
	check("sixteen bytes and more of plain text, then  two blanks", "sixteen bytes and more of plain text, then two blanks");
}

static void test_scripts_styles_and_comments_are_left_out(void **state)
{
	(void)state;
	check("a<script>var x = '<b>'</script>b<style type=x>p > a {}</STYLE >c<!-- d > e -->f<!DOCTYPE html>g<?xml ?>h", "abcfgh");
	check("<title>T</title>x", "T\nx");
	check("<![CDATA[a < b]]>c", "a < bc");
	check("<!--><b>a<!--->b<![if !mso]>c<![endif]>", "abc");
}

static void test_what_is_no_markup_is_text(void **state)
{
	(void)state;
	check("1 < 2 && 3 > 2 <", "1 < 2 && 3 > 2 <");
	check("a <b", "a <b");
	check("a <b c=\"d", "a <b c=\"d");
	check("a <!-- b", "a <!-- b");
	check("a <!-- b > c", "a c");
	check("<script>password: hunter2", "password: hunter2");
	check("Alice <alice@example.org> <https://example.org/>", "Alice <alice@example.org> <https://example.org/>");
	check("<p title=it's>x</p>", "x");
	check("<a b='<c d=\"e'>f</c>", "f");
	check("<a<b>c", "<ac");
	check("a <!b", "a <!b");
	check("a&b &unknown; &#; &#x; &", "a&b &unknown; &#; &#x; &");
}

static void test_characters_by_name_and_number(void **state)
{
	(void)state;
	check("&lt;&gt;&amp;&quot;&apos;&eacute;&euro;&lsqb;", "<>&\"'é€[");
	check("&#233;&#xE9;&#x1F511;&#128;&#150;", "éé🔑€–");
	check("&copy 1 &eacutex &#65 &#65x &#0; &#x110000;", "© 1 éx A Ax \xef\xbf\xbd \xef\xbf\xbd");
	check("&euro 5", "&euro 5");
	check("?a=1&num=5&sol=6&period 7 &half", "?a=1&num=5&sol=6&period 7 &half");
	check("Passwort:&nbsphunter2 M&uumlller &notit; &notin; &ampamp; &sup2x &thornd", "Passwort: hunter2 Müller ¬it; ∉ &amp; ²x þd");
}

static void test_names_of_characters_from_all_over_the_table(void **state)
{
	static const struct { const char *name; uint32_t c; } known[] = {
		{"AElig", 0xc6},
		{"Delta", 0x394},
		{"Kappa", 0x39a},
		{"Ouml", 0xd6},
		{"Ugrave", 0xd9},
		{"alefsym", 0x2135},
		{"bull", 0x2022},
		{"cross", 0x2717},
		{"emacr", 0x113},
		{"frac13", 0x2153},
		{"icirc", 0xee},
		{"larr", 0x2190},
		{"lt", 0x3c},
		{"ntilde", 0xf1},
		{"oslash", 0xf8},
		{"prime", 0x2032},
		{"real", 0x211c},
		{"sigma", 0x3c3},
		{"there4", 0x2234},
		{"upsilon", 0x3c5},
		{"zwnj", 0x200c},
		{"Abreve", 0x102},
		{"Rcaron", 0x158},
		{"VerticalLine", 0x7c},
		{"bullet", 0x2022},
		{"numsp", 0x2007},
		{"uogon", 0x173},
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_int_equal(html_entity(span_str(known[i].name)), known[i].c);
	assert_int_equal(html_entity(SPAN_LIT("zzz")), 0);
	assert_int_equal(html_entity(SPAN_LIT("A")), 0);
	assert_int_equal(html_entity(SPAN_LIT("")), 0);
}

static void test_attributes_that_may_hold_a_secret_come_behind_their_element(void **state)
{
	(void)state;
	check("<a href=\"https://u:p&#64;h/?a=1&amp;b=2&copy=3&regcode=4&section=5&reg\">click</a> it", "click <https://u:p@h/?a=1&b=2&copy=3&regcode=4&section=5®> it");
	check("<a href='mailto:a@example.org'>a@example.org</a>", "a@example.org");
	check("<a href=https://example.org/>https://example.org/</a>", "https://example.org/");
	check("<a href='#top'>top</a>", "top");
	check("<input name=pw value=hunter2><input value=''>", "hunter2");
	check("Code: <input type=\"text\" value=\"Boje-771\">x", "Code: Boje-771 x");
	check("Code:<input type=hidden value=a><input type=submit value=Go><input type=password value=b>", "Code: <a> <Go> <b>");
	check("x<img src=\"https://u:p@h/i.png\" alt=\"Key: 4711\">", "x <https://u:p@h/i.png> <Key: 4711>");
	check("<img src='cid:1'><img src='https://h/logo.png'>x", "x");
	check("<meta name=a content='b'>", "<b>");
	check("<meta content='Scribe 15' name=\"Generator\">x", "x");
	check("<a href=one>a<a href=two>b", "a <one> b <two>");
	check("<img src=x alt='pin 4711'>end<b>s</b>", "<pin 4711> ends");
}

/* The answer of html_place for the first occurrence of `text` in the output, as text of the input. */
static void place(const char *in, const char *text, const char *want)
{
	struct arena *a = test_arena();
	span out, source = span_str(in);
	struct html_places *places;
	size_t at, n, from, to;

	assert_ok(html_text(a, source, &out, &e));
	at = span_find(out, span_str(text));
	assert_true(at < out.n);
	assert_ok(html_places_new(a, source, &places, &e));
	html_place(places, at, strlen(text), &from, &to);
	assert_span(span_sub(source, from, to - from), want);
	html_find(places, from, to, &at, &n);
	assert_span(span_sub(out, at, n), text);
	arena_free(a);
}

static void test_a_place_in_the_text_is_found_again_in_the_html(void **state)
{
	(void)state;
	place("<p>pass<b>word</b>: hun&#116;er2</p>", "hunter2", "hun&#116;er2");
	place("<p>pass<b>word</b>: hun&#116;er2</p>", "password", "pass<b>word");
	place("<p>x</p>\n<p>key <i>abc</i></p>", "abc", "abc");
	place("<a href=\"https://u:p&#64;h/\">click</a>", "p@h", "p&#64;h");
	place("<input value=hunter2>", "hunter2", "hunter2");
	place("&eacute;", "é", "&eacute;");
	place("<td>a</td>  <td>b", "b", "b");
	place("<td>a</td>  <td>b", "\tb", "<td>b");
	place("<p>key</p><p>abc</p>", "key\nabc", "key</p><p>abc");
}

static void test_places_asked_in_any_order_are_the_same(void **state)
{
	struct arena *a = test_arena();
	struct html_places *one, *each;
	size_t n = 0, from, to, want_from, want_to;
	char *text = malloc(200000);
	span in, out;

	(void)state;
	assert_non_null(text);
	while (n < 199000)
		n += (size_t)snprintf(text + n, 200000 - n, "<p>line <b>%zu</b> of <a href='https://example.org/%zu'>it &amp; so</a></p>\n", n, n);
	in = span_of(text, n);
	assert_ok(html_text(a, in, &out, &e));
	assert_ok(html_places_new(a, in, &one, &e));
	for (size_t i = 0; i < 60; i++) {
		size_t at = (i < 30 ? i * 997 : i * 7919) % (out.n - 5);

		html_place(one, at, 5, &from, &to);
		assert_ok(html_places_new(a, in, &each, &e));
		html_place(each, at, 5, &want_from, &want_to);
		assert_int_equal(from, want_from);
		assert_int_equal(to, want_to);
	}
	free(text);
	arena_free(a);
}

/* Random sequences of these make trouble that nobody thought of. */
static const char *const pieces[] = {"<", ">", "&", "\"", "'", "=", "<a href=", "</a>", "<!--", "-->", "<script>",
	"</script>", "<td>", "<p>", "&#1", "16;", "&amp", ";", " ", "\n", "word", "\xc3\xa9", "\xe2\x80\x8b", "\xc2\xa0", "<pre>",
	"</pre>", "<![CDATA[", "]]>", "<tr>", "<td rowspan=9>", "<td colspan=9 rowspan=2>", "<table>", "<input value=", "/", "long text that fills a vector ", "<br/>", "&nbsp;", "\xff", "<img alt='x'>"};

static void test_any_bytes_give_text_whose_places_lie_within(void **state)
{
	uint32_t random = 11;

	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		struct arena *a = test_arena();
		unsigned char text[256];
		size_t n = 0, from, to, at, found;
		struct html_places *places;
		span in, out;

		for (;;) {
			random = random * 1664525u + 1013904223u;
			const char *piece = pieces[(random >> 16) % (sizeof pieces / sizeof *pieces)];

			if (strlen(piece) > sizeof text - n || (random >> 8) % 64 == 0)
				break;
			memcpy(text + n, piece, strlen(piece));
			n += strlen(piece);
		}
		in = utf8_clean(a, span_of(text, n));
		assert_ok(html_text(a, in, &out, &e));
		assert_ok(html_places_new(a, in, &places, &e));
		assert_true(out.n <= in.n);
		assert_int_equal(utf8_valid(out), out.n);
		for (size_t i = 0; i < out.n; i += 7) {
			html_place(places, i, 1, &from, &to);
			assert_true(from <= to && to <= in.n);
			html_find(places, from, to, &at, &found);
			assert_true(to == from || (at <= i && i < at + found));
		}
		arena_free(a);
	}
}

static span hidden(struct arena *a, const char *page)
{
	span out;
	bool cut;

	assert_ok(html_hidden(a, span_str(page), &out, &cut, &e));
	assert_false(cut);
	return out;
}

static void test_what_fields_hold_and_attributes_say_is_given_when_asked_for(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_span(hidden(a, "<input type=password value='Reef-31'>"), "password: Reef-31\n");
	assert_span(hidden(a, "<input type=hidden name=pwd value=Reef-32>"), "pwd: Reef-32\n");
	assert_span(hidden(a, "<b title='say Reef-33' class='x y'>x</b><img title='shown already' src=x>"), "say Reef-33\n");
	assert_span(hidden(a, "<iframe srcdoc='&lt;p&gt;pin &lt;b&gt;4821&lt;/b&gt;'>"), "pin 4821\n");
	assert_span(hidden(a, "<a download=a.txt href='data:text/plain;base64,cGluIDQ4MjM='>x</a><iframe src='data:text/html,%3Cb%3Epi%3C/b%3En%204824'>"), "pin 4823\npin 4824\n");
	assert_span(hidden(a, "<img src='data:image/gif;base64,R0lGODlh'><a href='data:text/plain'>y</a>"), "");
	assert_span(hidden(a, "<!-- <p>pass<b>word</b>: Reef-34</p> <input name=q value=1> -->"), "password: Reef-34\n1\nq: 1\n");
	assert_span(hidden(a, "<!--[if mso]><p>pin 4822</p><![endif]-->"), "pin 4822\n");
	assert_span(hidden(a, "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></xml><![endif]-->"), "");
	arena_free(a);
}

/* A page of nothing but beginnings is looked at once. */
static void test_comments_that_do_not_end_are_one(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_span(hidden(a, "<!--one<!--two<!--three"), "one<!--two<!--three\n");
	arena_free(a);
}

static void test_html_cut_anywhere_is_read_as_far_as_it_goes(void **state)
{
	static const char whole[] = "<html><p title=\"a>b\">pass<b>word</b>: hun&#116;er2<!-- c --><script>x</script><a href='u'>t</a>"
	                            "<td><![CDATA[d]]><input value=\"v\"></html>";

	(void)state;
	for (size_t n = 0; n < sizeof whole; n++) {
		struct arena *a = test_arena();
		unsigned char *exact = malloc(n != 0 ? n : 1);
		span out;

		assert_non_null(exact);
		memcpy(exact, whole, n);
		assert_ok(html_text(a, span_of(exact, n), &out, &e));
		if (n > 60)
			assert_true(span_starts(out, SPAN_LIT("password: hunter2")));
		free(exact);
		arena_free(a);
	}
}

static void test_comments_and_scripts_are_given_when_asked_for(void **state)
{
	static const char whole[] = "<p>x</p><!-- pin 4821 --><SCRIPT type=a>\nvar p = 'hunter2';</script ><!----><b><!-- open";

	(void)state;
	for (size_t n = 0; n < sizeof whole; n++) {
		struct arena *a = test_arena();
		unsigned char *exact = malloc(n != 0 ? n : 1);
		span out;
		bool cut;

		assert_non_null(exact);
		memcpy(exact, whole, n);
		assert_ok(html_hidden(a, span_of(exact, n), &out, &cut, &e));
		if (n == sizeof whole - 1)
			assert_span(out, "pin 4821\nvar p = 'hunter2';\nopen\n");
		free(exact);
		arena_free(a);
	}
}

/* 8 MiB of each: by the square of its length any of them takes minutes. */
static void test_elements_without_end_are_looked_through_once(void **state)
{
	static const struct { const char *one, *last; } pages[] = {
	    {"<script", ""}, {"<script", ">"}, {"<script", "> "}, {"<script>", ""}, {"<script> ", "<!---->"}, {"<script></script ", ""},
	    {"<!--", ""}, {"<!-- -->", ""}, {"<script><!--", "-->"}, {"<!--<script", "</script>"}, {"<!--[if ", "<![endif]-->"},
	    {"<style>", ""}, {"<textarea>", ""}, {"<a b=\"", ""}, {"<a b='", "'>"}, {"<a b=<", ">"}, {"<a b=\"<a c='", ""}, {"<![CDATA[", ""}, {"<?", ""},
	    {"<a", ""}, {"<a ", ">"}, {" value=a", ">"}, {"<input srcdoc='<", ""}, {"&#", ""}, {"<a/", ""}};
	struct buf b;

	(void)state;
	buf_init(&b, 3 << 20);
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct arena *a = test_arena();
		span out;
		bool cut;

		buf_clear(&b);
		buf_str(&b, pages[i].one[0] == ' ' ? "<input" : "");
		while (b.n < 2 << 20)
			buf_str(&b, pages[i].one);
		buf_str(&b, pages[i].last);
		assert_false(b.failed);
		assert_ok(html_hidden(a, buf_span(&b), &out, &cut, &e));
		assert_ok(html_text(a, buf_span(&b), &out, &e));
		arena_free(a);
	}
	buf_free(&b);
}

/* A field in a comment is given with it and again: 40 MiB of page hold more than is read as text. */
static void test_more_than_is_read_as_text_is_cut_between_two_characters_and_said(void **state)
{
	struct buf b;
	struct arena *a;
	span out;
	bool cut;

	(void)state;
	assert_ok(arena_new(&a, 1 << 30, &e));
	buf_init(&b, 41 << 20);
	buf_str(&b, "<!--<input name=n value='");
	while (b.n < 40 << 20)
		buf_str(&b, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");
	buf_str(&b, "'>--><input name=q value=last>");
	assert_false(b.failed);
	assert_ok(html_hidden(a, buf_span(&b), &out, &cut, &e));
	assert_true(cut);
	assert_true(out.n <= LIMIT_TEXT_BYTES && out.n > LIMIT_TEXT_BYTES - 4);
	assert_int_equal(utf8_valid(out), out.n);
	buf_free(&b);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements_without_end_are_looked_through_once),
		cmocka_unit_test(test_tags_and_entities_within_a_word_do_not_hide_it),
		cmocka_unit_test(test_blocks_are_lines_and_cells_are_apart),
		cmocka_unit_test(test_white_space_is_collapsed_but_in_pre),
		cmocka_unit_test(test_scripts_styles_and_comments_are_left_out),
		cmocka_unit_test(test_what_is_no_markup_is_text),
		cmocka_unit_test(test_characters_by_name_and_number),
		cmocka_unit_test(test_names_of_characters_from_all_over_the_table),
		cmocka_unit_test(test_attributes_that_may_hold_a_secret_come_behind_their_element),
		cmocka_unit_test(test_a_place_in_the_text_is_found_again_in_the_html),
		cmocka_unit_test(test_places_asked_in_any_order_are_the_same),
		cmocka_unit_test(test_any_bytes_give_text_whose_places_lie_within),
		cmocka_unit_test(test_comments_and_scripts_are_given_when_asked_for),
		cmocka_unit_test(test_what_fields_hold_and_attributes_say_is_given_when_asked_for),
		cmocka_unit_test(test_comments_that_do_not_end_are_one),
		cmocka_unit_test(test_more_than_is_read_as_text_is_cut_between_two_characters_and_said),
		cmocka_unit_test(test_html_cut_anywhere_is_read_as_far_as_it_goes),
	};
	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
