#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/test.h"
#include "seal/sanitize.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = test_arena();
	assert_ok(html_load(&e));
	return 0;
}
static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static span safe(span in)
{
	struct html_pieces p;
	struct err e;
	span out;

	assert_int_equal(html_safe(arena, in, &p, &e), OK);
	assert_int_equal(html_write(arena, &p, &out, &e), OK);
	return out;
}

static void becomes(const char *in, const char *want)
{
	span got = safe(span_str(in));

	if (!span_eq(got, span_str(want)))
		fail_msg("%s\nbecame %.*s\n  want %s", in, (int)got.n, got.p, want);
}

/* Every "<" begins a tag of the list, without attributes but a number of columns or rows; every "&" one of three. */
static void only_what_is_listed(span s)
{
	static const char *const tags[] = {"p", "div", "span", "b", "strong", "i", "em", "u", "s", "sub", "sup", "code", "pre",
	    "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "table", "caption", "thead",
	    "tbody", "tfoot", "tr", "th", "td", "br", "hr"};

	for (size_t i = 0; i < s.n; i++) {
		span rest = span_from(s, i + 1), name;
		size_t n;
		bool known = false;

		if (s.p[i] == '&')
			assert_true(span_starts(rest, SPAN_LIT("amp;")) || span_starts(rest, SPAN_LIT("lt;")) || span_starts(rest, SPAN_LIT("gt;")));
		if (s.p[i] != '<')
			continue;
		n = span_find_byte(rest, '>');
		assert_true(n < rest.n);
		name = span_first(rest, n);
		if (name.p[0] == '/')
			name = span_from(name, 1);
		n = span_find_byte(name, ' ');
		for (size_t k = 0; k < sizeof tags / sizeof tags[0]; k++)
			known = known || span_eq(span_first(name, n), span_str(tags[k]));
		assert_true(known);
		for (; n < name.n; n++)
			assert_true(ascii_is_alnum(name.p[n]) || strchr(" =\"", name.p[n]) != NULL);
		assert_false(span_has(name, SPAN_LIT(" on")));
	}
}

static void plain_markup_stays(void **state)
{
	(void)state;
	becomes("<p>Hello <b>world</b> &amp; all</p>", "<p>Hello <b>world</b> &amp; all</p>");
	becomes("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>");
	becomes("<table><tr><td colspan=2 rowspan='x' style=a>c</table>", "<table><tbody><tr><td colspan=\"2\">c</td></tr></tbody></table>");
	becomes("a<br>b<hr>", "a<br>b<hr>");
	becomes("<pre>\n\n  x</pre>", "<pre>\n\n  x</pre>");
	becomes("<font color=red><center>t</center></font>", "t");
}

static void links_and_images_become_text(void **state)
{
	(void)state;
	becomes("<a href=\"https://a.example/?q=1&amp;r=2\" onclick=x>here</a>", "here [https://a.example/?q=1&amp;r=2]");
	becomes("<a href=javascript:alert(1)>x</a>", "x [javascript:alert(1)]");
	becomes("<img src=https://a.example/pixel.gif alt=\"a <b>\">", "[image: a &lt;b&gt;]");
	becomes("<img src=x onerror=alert(1)>", "[image]");
}

/* Invented after the classes that are known: handlers, foreign content, raw text, breakouts, clobbering, remote loads. */
static const char *const hostile[] = {
	"kept<script>alert(1)</script>", "kept<svg><script>alert(1)</script></svg>", "kept<svg/onload=alert(1)>",
	"kept<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
	"kept<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
	"kept<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
	"kept<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
	"kept<template><img src=x onerror=alert(1)></template>", "kept<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
	"kept<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\">", "kept<xmp><p title=\"</xmp><svg onload=alert(1)>\">",
	"kept<title><img title=\"</title><img src=1 onerror=alert(1)>\"></title>",
	"kept<!--><img src=x onerror=alert(1)>-->", "kept<!-- --!><img src=x onerror=alert(1)> -->", "kept<![CDATA[<img src=x onerror=a>]]>",
	"kept<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>", "kept<?php <img src=x onerror=a> ?>",
	"kept<base href=https://evil.example/>", "kept<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
	"kept<link rel=prefetch href=https://evil.example>", "kept<style>@import url(https://evil.example/x.css);</style>",
	"kept<div style=\"background:url(https://evil.example/a)\">x</div>", "kept<table background=https://evil.example/a><tr><td>x",
	"kept<img name=body id=cookie>", "kept<form id=x><input name=attributes><input name=parentNode></form>",
	"kept<object data=data:text/html,<script>alert(1)</script>></object>", "kept<embed src=//evil.example/x.swf>",
	"kept<video poster=//evil.example/p><source src=//evil.example/v onerror=alert(1)></video>", "kept<audio src=x onerror=a>",
	"kept<body onload=alert(1)>", "kept<input autofocus onfocus=alert(1)>", "kept<select><option><script>alert(1)</script>",
	"kept<select><template><svg onload=alert(1)></template></select>", "kept<details open ontoggle=alert(1)>x</details>",
	"kept<marquee onstart=alert(1)>x</marquee>", "kept<p is=x-evil>y</p>", "kept<a href=data:text/html;base64,PHNjcmlwdD4=>x</a>",
	"kept<a href=\"vbscript:x\">y</a>", "kept<a xlink:href=javascript:alert(1)>z</a>", "kept<svg><a xlink:href=javascript:alert(1)>q</a></svg>",
	"kept<svg><foreignObject><p><style><!--</style><img src=x onerror=alert(1)>--></style>",
	"kept<math><annotation-xml encoding=text/html><img src=x onerror=alert(1)></annotation-xml></math>",
	"kept<p><button><div>deep<p>er</button></p>", "kept<a><table><a>x</table>", "kept<b><p><b><p><b>x", "kept<table><p>y<tr><b>z",
	"kept<plaintext><img src=x onerror=alert(1)>", "kept<noembed><img title=\"</noembed><img src onerror=a>\"></noembed>",
	"kept<div\0onclick=alert(1)>", "kept&lt;script&gt;alert(1)&lt;/script&gt;", "kept&amp;lt;img src=x onerror=alert(1)&amp;gt;",
	"kept<img src=\"x` `<script>alert(1)</script>\"` `>", "kept<a href=\"\x01javascript:alert(1)\">x</a>",
	"kept<frameset><frame src=javascript:alert(1)></frameset>", "kept<isindex action=javascript:alert(1) type=image>",
	"kept<keygen autofocus onfocus=alert(1)>", "kept<ruby><rt><svg onload=a></rt></ruby>", "kept<!DOCTYPE html [<!ENTITY x '<script>'>]>&x;",
};

static void nothing_hostile_comes_through_and_again_is_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
		span once = safe(span_str(hostile[i])), twice;

		only_what_is_listed(once);
		assert_true(span_has(once, SPAN_LIT("kept")));
		twice = safe(once);
		if (!span_eq(once, twice))
			fail_msg("%s: %.*s, and then %.*s", hostile[i], (int)once.n, once.p, (int)twice.n, twice.p);
	}
}

static void a_vector_cut_anywhere_is_harmless(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
		for (size_t n = 0; n <= strlen(hostile[i]); n++) {
			span once = safe(span_of(hostile[i], n));

			only_what_is_listed(once);
			assert_true(span_eq(once, safe(once)));
			arena_reset(arena);
		}
}

/* All pairs of vectors behind one another, and within a table: what one leaves open meets the other. */
static void vectors_together_are_harmless(void **state)
{
	size_t n = sizeof hostile / sizeof hostile[0];
	struct buf b;

	(void)state;
	buf_init(&b, MIB);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			struct html_pieces p;
			struct err e;
			span once;
			enum errc rc;

			buf_clear(&b);
			buf_printf(&b, "<table><tr>%s<td>%s", hostile[i], hostile[k]);
			rc = html_safe(arena, buf_span(&b), &p, &e);
			assert_true(rc == OK || rc == ERR_EVIDENCE);
			if (rc == OK) {
				assert_int_equal(html_write(arena, &p, &once, &e), OK);
				only_what_is_listed(once);
				assert_true(span_eq(once, safe(once)));
			}
			arena_reset(arena);
		}
	buf_free(&b);
}

static void depth_costs_only_markup(void **state)
{
	struct buf b;
	size_t n = 0;
	span out;

	(void)state;
	buf_init(&b, 4 * MIB);
	for (int i = 0; i < 5000; i++)
		buf_str(&b, "<div>");
	buf_str(&b, "bottom");
	out = safe(buf_span(&b));
	assert_true(span_has(out, SPAN_LIT("bottom")));
	for (size_t at = 0; at < out.n; at++)
		n += span_starts(span_from(out, at), SPAN_LIT("<div>"));
	assert_int_equal(n, 200);
	buf_free(&b);
}

static void a_tree_that_grows_as_a_square_is_refused(void **state)
{
	struct html_pieces p;
	struct err e;
	struct buf b;
	enum errc rc;

	(void)state;
	buf_init(&b, 4 * MIB);
	buf_str(&b, "<p>");
	for (int i = 0; i < 12000; i++)
		buf_printf(&b, "<font size=%d>", i);
	for (int i = 0; i < 60000; i++)
		buf_str(&b, "<p>x");
	rc = html_safe(arena, buf_span(&b), &p, &e);
	assert_int_equal(rc, ERR_LIMIT);
	buf_free(&b);
	arena_reset(arena);
}

static void text_is_one_across_inline_tags(void **state)
{
	struct html_pieces p;
	struct err e;
	span flat;

	(void)state;
	assert_int_equal(html_safe(arena, SPAN_LIT("<p>Nord<b>wi</b><i>nd</i></p><p>next"), &p, &e), OK);
	assert_int_equal(html_flat(arena, &p, &flat, &e), OK);
	assert_true(span_eq(flat, SPAN_LIT("\nNordwind\n\nnext\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain_markup_stays),
	    cmocka_unit_test(links_and_images_become_text),
	    cmocka_unit_test(nothing_hostile_comes_through_and_again_is_the_same),
	    cmocka_unit_test(a_vector_cut_anywhere_is_harmless),
	    cmocka_unit_test(vectors_together_are_harmless),
	    cmocka_unit_test(depth_costs_only_markup),
	    cmocka_unit_test(a_tree_that_grows_as_a_square_is_refused),
	    cmocka_unit_test(text_is_one_across_inline_tags),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
