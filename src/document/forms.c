/*
 * Text in a form that hides its words from a search: calendars and cards (calendar.c); exports of the Windows registry, whose strings may
 * be bytes; settings of Remote Desktop, with a password that is kept. Of the last two only what is UTF-8 or UTF-16 is taken: in another
 * charset it is left to who knows that.
 */
#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "document/legacy.h"
#include "stream/decode.h"

#define BOM SPAN_LIT(UTF8_MARK)
#define RDP_PASSWORD SPAN_LIT("password 51:b:")

enum form { FORM_NONE, FORM_CALENDAR, FORM_REGISTRY, FORM_RDP };

/* The first bytes as ASCII, of UTF-16 too. */
static span head_of(span s, unsigned char out[64])
{
	size_t n = 0, step = 1, at = 0;

	if (span_starts(s, SPAN_LIT("\xff\xfe")) || span_starts(s, SPAN_LIT("\xfe\xff"))) {
		step = 2;
		at = s.p[0] == 0xff ? 2 : 3;
	} else if (span_starts(s, BOM)) {
		at = 3;
	}
	while (at < s.n && ascii_is_space(s.p[at]))
		at += step;
	for (; at < s.n && n < 64; at += step)
		out[n++] = s.p[at];
	return span_of(out, n);
}

/* "full address:s:host", "use multimon:i:0": the first line of what Remote Desktop writes. */
static bool is_setting(span line)
{
	size_t n = 0;

	while (n < line.n && (ascii_is_alpha(line.p[n]) || ascii_is_digit(line.p[n]) || line.p[n] == ' '))
		n++;
	line = n > 3 ? span_from(line, n) : SPAN_EMPTY;
	return line.n >= 3 && line.p[0] == ':' && line.p[2] == ':' && (line.p[1] == 's' || line.p[1] == 'i' || line.p[1] == 'b');
}

static enum form form_of(span s)
{
	unsigned char bytes[64];
	span head = head_of(s, bytes), rest = head, line = SPAN_EMPTY;

	(void)span_line(&rest, &line);
	line = span_first(line, span_find_byte(line, '\r')); /* which alone ends lines on old Macintoshes */
	if (span_starts_nocase(line, SPAN_LIT("BEGIN:V")) &&
	    span_is_one_of_nocase(span_trim(span_from(line, 6)), SPAN_WORDS("VCALENDAR", "VCARD", "VEVENT", "VTODO", "VJOURNAL")))
		return FORM_CALENDAR;
	if (span_starts(head, SPAN_LIT("Windows Registry Editor Version 5")) || span_starts(head, SPAN_LIT("REGEDIT4")))
		return FORM_REGISTRY;
	return is_setting(line) ? FORM_RDP : FORM_NONE;
}

bool form_is(span s)
{
	span text = span_starts(s, BOM) ? span_from(s, 3) : s;
	enum form form = form_of(s);

	if (form == FORM_NONE || form == FORM_CALENDAR)
		return form == FORM_CALENDAR;
	/* The first bytes of a file may end within a character. */
	return span_starts(s, SPAN_LIT("\xff\xfe")) || text.n - utf8_valid(text) < 4;
}

/* ---- the registry ---- */

/* "48,00,69,00": bytes, appended. */
static void hex_bytes(span s, struct buf *out)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		unsigned char b;

		if (!hex_read(span_sub(s, i, 2), &b, 1))
			continue;
		buf_byte(out, b);
		i++;
	}
}

/* hex(1), hex(2) and hex(7) are strings in UTF-16; other bytes may be. */
static enum errc put_bytes(struct layout *l, span value, struct err *e)
{
	struct buf b;
	span text;
	size_t bad = 0;
	enum errc rc;

	buf_init(&b, LIMIT_TEXT_BYTES);
	hex_bytes(span_from(value, span_find_byte(value, ':')), &b);
	rc = charset_to_utf8(l->a, charset_find(SPAN_LIT("utf-16le")), buf_span(&b), &text, &bad, e);
	for (size_t i = 0; rc == OK && i < text.n; i++)
		bad += text.p[i] < 0x20 && text.p[i] != 0 && !ascii_is_space(text.p[i]);
	if (rc == OK && bad == 0 && b.n > 3 && b.n % 2 == 0 && (span_starts(value, SPAN_LIT("hex(")) || letters_wide(buf_span(&b))) && !l->text.failed) {
		layout_byte(l, '"');
		layout_text(l, text); /* NULs between the strings of hex(7) become blanks */
		layout_byte(l, '"');
	} else if (rc == OK) {
		layout_text(l, value);
	}
	buf_wipe(&b);
	return rc;
}

static enum errc registry_read(struct layout *l, span text, struct err *e)
{
	uint32_t number = 0;
	struct buf joined, plain;
	enum errc rc = OK;
	span line;

	buf_init(&joined, LIMIT_TEXT_BYTES);
	buf_init(&plain, LIMIT_TEXT_BYTES);
	while (rc == OK && !l->text.failed && span_line(&text, &line)) {
		size_t equal;

		number++;
		buf_clear(&joined);
		layout_at(l, number, 0);
		/* Long bytes go on behind a backslash. */
		while (span_ends_nocase(line, SPAN_LIT("\\")) && text.n > 0) {
			buf_put(&joined, span_first(line, line.n - 1));
			(void)span_line(&text, &line);
			line = span_trim(line);
			number++;
		}
		buf_put(&joined, line);
		line = buf_span(&joined);
		if (line.n > 2 && line.p[0] == '[' && line.p[line.n - 1] == ']') {
			layout_lines(l, "key", span_sub(line, 1, line.n - 2));
			layout_at(l, number, 0);
		}
		equal = span_find(line, SPAN_LIT("=hex"));
		if (equal < line.n) {
			layout_text(l, span_first(line, equal + 1));
			rc = put_bytes(l, span_from(line, equal + 1), e);
		} else if (line.n > 0 && (line.p[0] == '"' || line.p[0] == '@')) {
			buf_clear(&plain);
			backslash_unescape(&plain, line, false); /* of backslashes and quotes */
			layout_text(l, buf_span(&plain));
		} else {
			layout_text(l, line);
		}
		layout_line(l);
	}
	buf_free(&joined);
	buf_free(&plain);
	return rc;
}

/* ---- Remote Desktop ---- */

static void rdp_read(struct layout *l, span text)
{
	char hex[DIGEST_HEX];
	struct digest d;
	span line;

	layout_lines(l, "Remote Desktop settings", SPAN_EMPTY);
	for (uint32_t number = 1; span_line(&text, &line); number++) {
		layout_at(l, number, 0);
		if (!span_starts_nocase(line, RDP_PASSWORD) || span_trim(line).n <= RDP_PASSWORD.n) {
			layout_text(l, line);
			layout_line(l);
			continue;
		}
		/* Encrypted for the account that saved it, which an intruder in that account opens: a vault. See vault.c for the line. */
		sha256_of(span_trim(span_from(line, RDP_PASSWORD.n)), &d);
		layout_text(l, SPAN_LIT("vault: password of a Remote Desktop connection, SHA-256 "));
		layout_text(l, span_str(digest_hex(&d, hex)));
		layout_line(l);
	}
}

enum errc form_read(struct layout *l, span content, struct err *e)
{
	enum form form = form_of(content);
	span text;
	enum errc rc;

	if (form == FORM_CALENDAR)
		return calendar_read(l, content, e);
	if ((rc = charset_to_utf8(l->a, charset_guess(content), content, &text, NULL, e)) != OK)
		return rc;
	if (form == FORM_REGISTRY)
		return registry_read(l, text, e);
	rdp_read(l, text);
	return OK;
}
