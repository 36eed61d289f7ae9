/*
 * Text files in which programs keep passwords for themselves. Some only turn them into other letters: those are put as they were typed.
 * Others encrypt them for the account or with a password of their own: then the file is a vault (vault.c), beside its text.
 */
#include "base/digest.h"
#include "document/legacy.h"
#include "stream/decode.h"

enum { KEEP_HEAD = 4096 };

struct keep {
	const char *marks[3];
	const char *vault; /* "" when its passwords can be read */
	const char *only;  /* a vault only when this stands in it, too; NULL: always */
};

static const struct keep keeps[] = {
    {{"<FileZilla3", NULL}, "", NULL},
    {{"[Sessions\\", "HostName=", NULL}, "", NULL}, /* WinSCP */
    {{"unattend", "<PlainText>", NULL}, "", NULL},
    {{"clsid=\"{", NULL}, "", NULL},           /* preferences of a Group Policy */
    {{"[main]", "Host=", NULL}, "", NULL},    /* VPN client of Cisco */
    {{"<RDCMan", NULL}, "vault: passwords kept by Remote Desktop Connection Manager", NULL},
    {{"ConfVersion=\"", "Protected=\"", NULL}, "vault: connections kept by mRemoteNG", NULL},
    {{"[Bookmarks", "SubRep=", NULL}, "vault: passwords kept by MobaXterm", "\n[Passwords]"},
    {{"encKeyValidation_DO_NOT_EDIT", NULL}, "vault: Bitwarden export (encrypted)", NULL},
    {{"\"encryptedPassword\":", "\"encryptedUsername\":", NULL}, "vault: passwords kept by a browser (Firefox)", NULL},
    {{"\"os_crypt\":", "\"encrypted_key\":", NULL}, "vault: key of passwords kept by a browser (Chromium)", NULL},
    {{"\"overviewKey\":", "\"masterKey\":", NULL}, "vault: 1Password vault", NULL},
    {{"PuTTY-User-Key-File-", "Encryption: aes", NULL}, "key: PuTTY private key (encrypted)", NULL},
};

static const struct keep *keep_of(span s)
{
	unsigned char bytes[KEEP_HEAD];
	size_t n = 0;
	span head;

	if (s.n == 0 || !ascii_is_one_of(s.p[0], "<[{vP\xff\xef"))
		return NULL;
	head = span_first(s, KEEP_HEAD);
	if (span_find_byte(head, 0) < head.n) { /* UTF-16 */
		for (size_t i = 0; i < s.n && i < 2 * KEEP_HEAD && n < KEEP_HEAD; i++)
			if (s.p[i] != 0)
				bytes[n++] = s.p[i];
		head = span_of(bytes, n);
	}
	for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++) {
		bool all = true;

		for (size_t k = 0; all && keeps[i].marks[k] != NULL; k++)
			all = span_has(head, span_str(keeps[i].marks[k]));
		if (all)
			return &keeps[i];
	}
	return NULL;
}

bool keeps_is(span content) { return keep_of(content) != NULL; }

/* ---- what is only turned into other letters ---- */

/* Enough of it that it is not UTF-16 by chance. */
static bool is_wide(span bytes)
{
	return bytes.n >= 8 && bytes.n % 2 == 0 && letters_wide(bytes);
}

/* Base64 as what it stands for; false when it is none. */
static enum errc put_base64(struct layout *l, span written, bool wide, bool *done, struct err *e)
{
	static const char *const elements[] = {"OfflineAdministratorPassword", "AdministratorPassword", "Password"};
	unsigned problems = 0;
	span bytes, text;
	size_t bad = 0;
	enum errc rc;

	*done = false;
	if (span_trim(written).n < 4)
		return OK;
	if ((rc = decode(l->a, ENCODING_BASE64, written, &bytes, &problems, e)) != OK || problems != 0 || (wide && !is_wide(bytes)))
		return rc;
	if ((rc = charset_to_utf8(l->a, charset_find(wide ? SPAN_LIT("utf-16le") : SPAN_LIT("utf-8")), bytes, &text, &bad, e)) != OK || bad > 0)
		return rc;
	/* The name of the element is put behind it, against tables (unattended setup of Windows). */
	for (size_t i = 0; wide && i < sizeof elements / sizeof *elements; i++)
		if (span_ends_nocase(text, span_str(elements[i]))) {
			text = span_first(text, text.n - strlen(elements[i]));
			break;
		}
	layout_text(l, text);
	*done = true;
	return OK;
}

/* Where a password is written: from `open` to `end`, and in which letters. */
struct tag { span open; unsigned char end; enum { LETTERS_UTF8, LETTERS_WIDE, LETTERS_GROUP_POLICY } letters; };

/* A line with what stands so in it as what it was. */
static enum errc put_tags(struct layout *l, span line, const struct tag *t, struct err *e)
{
	enum errc rc = OK;

	while (rc == OK && line.n > 0) {
		size_t n = span_find(line, t->open);
		bool done;
		span written;

		n = n == line.n ? n : n + t->open.n;
		layout_text(l, span_first(line, n));
		line = span_from(line, n);
		written = span_first(line, span_find_byte(line, t->end));
		rc = t->letters == LETTERS_GROUP_POLICY ? group_policy_password(l, written, &done, e)
		                                        : put_base64(l, written, t->letters == LETTERS_WIDE, &done, e);
		if (rc == OK && done)
			line = span_from(line, written.n);
	}
	return rc;
}

/* The next byte of WinSCP's letters; 0 at their end. */
static unsigned winscp_next(span *s)
{
	unsigned char b;
	bool written = hex_read(span_first(*s, 2), &b, 1);

	*s = span_from(*s, 2);
	return written ? ~(b ^ 0xa3u) & 0xffu : 0;
}

struct session { span user, host; };

/* WinSCP (Security.cpp, DecryptPassword): a length, some bytes to pass over, then user, host and password as one. */
static void put_winscp(struct layout *l, span written, const struct session *s)
{
	span rest = written, text;
	unsigned flag = winscp_next(&rest), n = flag;
	struct buf b;

	if (flag == 0xff) {
		(void)winscp_next(&rest);
		n = winscp_next(&rest);
	}
	rest = span_from(rest, 2 * (size_t)winscp_next(&rest));
	buf_init(&b, 1024);
	for (unsigned i = 0; i < n && rest.n >= 2; i++)
		buf_byte(&b, (unsigned char)winscp_next(&rest));
	text = buf_span(&b);
	if (flag == 0xff && span_starts(text, s->user) && span_starts(span_from(text, s->user.n), s->host))
		text = span_from(text, s->user.n + s->host.n);
	layout_text(l, text.n > 0 ? text : written);
	buf_wipe(&b);
}

/* "enc_GroupPwd=6D0A...": as "GroupPwd=" and the password, where it can be read. */
static void put_cisco(struct layout *l, span line)
{
	size_t equal = span_find_byte(line, '=');

	layout_text(l, span_sub(line, 4, equal - 3));
	if (!cisco_vpn_password(l, span_from(line, equal + 1)))
		layout_text(l, span_from(line, equal + 1));
}

static enum errc put_line(struct layout *l, struct session *s, span line, struct err *e)
{
	static const struct tag tags[] = {{{(const unsigned char *)"cpassword=\"", 11}, '"', LETTERS_GROUP_POLICY},
	    {{(const unsigned char *)"<Pass encoding=\"base64\">", 24}, '<', LETTERS_UTF8}, {{(const unsigned char *)"<Value>", 7}, '<', LETTERS_WIDE}};
	const struct tag *t = tags;

	if (line.n > 0 && line.p[0] == '[')
		*s = (struct session){0};
	if (span_starts(line, SPAN_LIT("HostName=")))
		s->host = span_from(line, 9);
	if (span_starts(line, SPAN_LIT("UserName=")))
		s->user = span_from(line, 9);
	if (span_starts(line, SPAN_LIT("Password="))) {
		layout_text(l, SPAN_LIT("Password="));
		put_winscp(l, span_from(line, 9), s);
		return OK;
	}
	if (span_starts(line, SPAN_LIT("enc_")) && span_find_byte(line, '=') < line.n) {
		put_cisco(l, line);
		return OK;
	}
	while (t < tags + sizeof tags / sizeof *tags - 1 && !span_has(line, t->open))
		t++;
	return put_tags(l, line, t, e);
}

/* A database in which a browser, or the key store of a system, keeps passwords. */
void database_vault(struct layout *l, span file)
{
	static const struct { const char *table, *column, *kind; } known[] = {
	    {"logins", "password_value", "vault: passwords kept by a browser (Chromium)"},
	    {"nssPrivate", "metaData", "vault: keys of kept passwords (Firefox)"},
	    {"genp", "inet", "vault: Apple keychain"}};
	span schema = span_first(file, 64 * 1024);

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_has(schema, span_str(known[i].table)) && span_has(schema, span_str(known[i].column)) &&
		    span_has_nocase(schema, SPAN_LIT("CREATE TABLE"))) {
			vault_put(l, known[i].kind, file);
			return;
		}
}

enum errc keeps_read(struct layout *l, span content, struct err *e)
{
	const struct keep *keep = keep_of(content);
	struct session session = {0};
	span text, line;
	enum errc rc;

	if (keep == NULL || (rc = charset_to_utf8(l->a, charset_guess(content), content, &text, NULL, e)) != OK)
		return keep == NULL ? OK : rc;
	layout_lines(l, "text", SPAN_EMPTY);
	for (uint32_t number = 1; rc == OK && !l->text.failed && span_line(&text, &line); number++) {
		layout_at(l, number, 0);
		if (keep->vault[0] == '\0')
			rc = put_line(l, &session, line, e);
		else
			layout_text(l, line);
		layout_byte(l, '\n');
	}
	if (rc == OK && keep->vault[0] != '\0' && (keep->only == NULL || span_has(content, span_str(keep->only))))
		vault_put(l, keep->vault, content);
	return rc;
}
