/* What a file that is no log looks like, in words for a row of the case. */
#include "base/utf8.h"
#include "logs/private.h"
#include "stream/csv.h"

#define TRACE "a message trace, which says what was delivered and not who read it"
#define RULES "rules of mailboxes as they are now: whether one forwarded, and since when, the audit log says (New-InboxRule, UpdateInboxRules)"

static const struct { const char *magic; size_t n; const char *text; } magics[] = {
	{"PK\x03\x04", 4, "a ZIP archive"}, {"\x1f\x8b", 2, "a gzip file"}, {"\x28\xb5\x2f\xfd", 4, "a Zstandard file"},
	{"7z\xbc\xaf\x27\x1c", 6, "a 7z archive"}, {"BZh", 3, "a bzip2 file"}, {"\xfd" "7zXZ", 5, "an xz file"},
	{"%PDF", 4, "a PDF"}, {"\xd0\xcf\x11\xe0", 4, "an old Office document"}, {"!BDN", 4, "an Outlook data file"},
	{"SQLite format 3", 15, "an SQLite database"}, {"ElfFile", 7, "a Windows event log"}, {"From ", 5, "mail"},
	{"Received:", 9, "mail"}, {"Return-Path:", 12, "mail"}, {"Delivered-To:", 13, "mail"}, {"From: ", 6, "mail"}, {"<?xml", 5, "XML"},
	{"<!DOCTYPE html", 14, "HTML"}, {"<html", 5, "HTML"},
	{"Obj\x01", 4, "Avro: make JSON of it, as by exporting the table from BigQuery as JSON (newline delimited)"},
	{"PAR1", 4, "Parquet: make JSON of it, as by exporting the table from BigQuery as JSON (newline delimited)"}, {"ORC", 3, "ORC: make JSON or CSV of it"},
	{"\x7f" "ELF", 4, "a program"}, {"MZ", 2, "a program"},
};

/* Tables that come with logs and are none of who read what: three of their columns, and what to do. */
static const struct { const char *columns[3], *text; } tables[] = {
	{{"User", "Action", "OperationCount"}, "a list of sessions (Get-Sessions of the Microsoft Extractor Suite), which names no message: give the audit log itself, as of Get-UAL"},
	{{"SenderAddress", "RecipientAddress", "MessageTraceId"}, TRACE},
	{{"sender_address", "recipient_status", "message_id"}, TRACE},
	{{"NetworkMessageId", "RecipientEmailAddress", "EmailDirection"}, "EmailEvents of Defender, which says what was delivered and not who read it: give CloudAppEvents with RawEventData"},
	{{"RuleName", "ForwardTo", "RedirectTo"}, RULES},
	{{"RuleIdentity", "ForwardTo", "RedirectTo"}, RULES},
	{{"Gaia ID", "Activity Timestamp", "Product Name"}, "a list of an account's activities (Google Takeout), which names no message: write the intruder's as a list of accesses, see tocsin-scope(1)"},
};

/* A letter of one stands for that letter of the other, whatever case; what is no letter and no digit does not count. */
static bool same_letters(span a, span b)
{
	size_t i = 0, k = 0;

	for (;; i++, k++) {
		while (i < a.n && !ascii_is_alnum(a.p[i]))
			i++;
		while (k < b.n && !ascii_is_alnum(b.p[k]))
			k++;
		if (i >= a.n || k >= b.n)
			return i >= a.n && k >= b.n;
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[k]))
			return false;
	}
}

static const char *table_known(const span *names, size_t n)
{
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		unsigned found = 0;

		for (unsigned k = 0; k < 3; k++)
			for (size_t i = 0; i < n && found == k; i++)
				found += same_letters(names[i], span_str(tables[t].columns[k]));
		if (found == 3)
			return tables[t].text;
	}
	return NULL;
}

/* "- Operation: MailItemsAccessed", or "---" and such lines: YAML as programs write it. */
static bool is_yaml(span s)
{
	size_t n = span_find_byte(s, '\n'), at = 0;
	span line = span_trim(span_first(s, n));

	if (span_eq(line, SPAN_LIT("---")))
		return is_yaml(span_trim(span_from(s, n)));
	line = span_starts(line, SPAN_LIT("- ")) ? span_trim(span_from(line, 2)) : line;
	while (at < line.n && (ascii_is_alnum(line.p[at]) || line.p[at] == '_' || line.p[at] == '.'))
		at++;
	if (at == 0 || at >= line.n || line.p[at] != ':' || (at + 1 < line.n && line.p[at + 1] != ' '))
		return false;
	return span_starts(s, SPAN_LIT("- ")) || span_has(s, SPAN_LIT("\n  ")) || span_has(s, SPAN_LIT("\n- "));
}

static const char *names_of(struct arena *a, const char *what, const span *names, size_t n)
{
	struct buf b;
	const char *s;

	buf_init(&b, 4 * KIB);
	for (size_t i = 0; i < n && i < 8; i++) {
		buf_str(&b, i != 0 ? ", " : "");
		utf8_show(&b, span_first(names[i], 40));
	}
	if (n > 8)
		buf_str(&b, " ...");
	s = arena_printf(a, "%s %s", what, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static const struct json_node *first_of(const struct json_node *n, const char *name)
{
	const struct json_node *v = json_get(n, name);

	return v != NULL && v->type == JSON_ARRAY ? v->child : v;
}

/* An event of Google Security Operations: its names are made anew, and what the record named is left out. Nested in what exports put around. */
static bool is_udm(const struct json_node *n)
{
	static const char *const around[] = {"events", "event", "udm"};
	const struct json_node *meta;

	for (size_t i = 0; i < sizeof around / sizeof *around; i++)
		if (first_of(n, around[i]) != NULL && first_of(n, around[i])->type == JSON_OBJECT)
			n = first_of(n, around[i]);
	meta = json_get(n, "metadata");
	return meta != NULL && (json_get(meta, "eventType") != NULL || json_get(meta, "event_type") != NULL) &&
	    (json_get(n, "principal") != NULL || json_get(n, "target") != NULL);
}

static const char *object_known(const struct json_node *n)
{
	const struct json_node *row = first_of(n, "rows");

	row = row != NULL && row->type == JSON_OBJECT ? row : n;
	if (json_get(n, "jobReference") != NULL || (json_get(row, "f") != NULL && json_get(row, "f")->type == JSON_ARRAY))
		return "what BigQuery answered, without rows and their schema: save the result as JSON, as with bq query --format=prettyjson";
	if (is_udm(n))
		return "events of Google Security Operations (UDM), which leave out what the records named: give the logs as they came, as its raw log search downloads them";
	return NULL;
}

static const char *json_members(struct arena *a, span s)
{
	struct walk w = {.file = s, .a = a};
	struct raw raw;
	span names[9];
	const char *known;
	size_t n = 0;
	enum errc rc = walk_next(&w, a, &raw, NULL);

	walk_close(&w);
	if (rc != OK || raw.n == 0)
		return "JSON without a record";
	if (raw.node == NULL)
		return "damaged JSON";
	if (raw.node->type != JSON_OBJECT)
		return "JSON that holds no objects";
	if ((known = object_known(raw.node)) != NULL)
		return known;
	for (const struct json_node *c = raw.node->child; c != NULL && n < 9; c = c->next)
		names[n++] = c->key;
	return names_of(a, "JSON with members", names, n);
}

/* "Jun 11 10:00:00 mx dovecot: ...": RFC 3164, 4.1. */
static bool is_syslog(span s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	size_t at = s.n > 15 ? span_find(span_str(months), span_first(s, 3)) : 1;

	return at < sizeof months - 1 && at % 3 == 0 && s.p[3] == ' ' && ascii_is_digit(s.p[5]) && s.p[6] == ' ' && s.p[9] == ':' && s.p[12] == ':' && s.p[15] == ' ';
}

/* Lines that begin with a date, in brackets or not, as most servers write them. */
static bool is_server_log(span s)
{
	s = span_from(s, s.p[0] == '[');
	return is_syslog(s) || (s.n > 19 && ascii_is_digit(s.p[0]) && ascii_is_digit(s.p[1]) &&
	    ((s.p[4] == '-' && s.p[7] == '-' && s.p[13] == ':') || (s.p[2] == '-' && s.p[6] == '-' && s.p[14] == ':')));
}

/* What servers of Microsoft say of their logs: "#Software: Microsoft Internet Information Services 10.0", "#Log-type: Message Tracking Log" (W3C, Extended Log File Format). */
static const char *w3c_log(struct arena *a, span s)
{
	span who = SPAN_EMPTY, what = SPAN_EMPTY, line;

	for (unsigned i = 0; i < 8 && s.n != 0 && s.p[0] == '#'; i++) {
		line = span_trim(span_first(s, span_find_byte(s, '\n')));
		s = span_from(s, span_find_byte(s, '\n') + 1);
		if (span_take(&line, "#Software:"))
			who = span_first(span_trim(line), 100);
		else if (span_take(&line, "#Log-type:"))
			what = span_first(span_trim(line), 100);
	}
	if (who.n == 0)
		return NULL;
	return arena_printf(a, "a log of %.*s%s%.*s, which is not read: write what it shows as a list of accesses, see tocsin-scope(1)", (int)who.n,
	    (const char *)who.p, what.n != 0 ? ", " : "", (int)what.n, (const char *)what.p);
}

static bool is_text(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 && !ascii_is_space(s.p[i]))
			return false;
	return true;
}

bool logs_hides_names(span file)
{
	/* Google Takeout's list of activities has the account by its number. */
	if (span_has(span_first(file, KIB), SPAN_LIT("Gaia ID")) && span_has(span_first(file, KIB), SPAN_LIT("Activity Timestamp")))
		return true;
	return span_starts(file, span_of("Obj\x01", 4)) || span_starts(file, SPAN_LIT("PAR1")) || span_starts(file, SPAN_LIT("ORC"));
}

const char *logs_looks_like(struct arena *a, span file)
{
	span s = span_first(file, 64 * KIB), t, *names;
	const char *text;
	struct csv c;
	size_t n;

	if (file.n == 0)
		return "empty";
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (span_starts(s, span_of(magics[i].magic, magics[i].n)))
			return magics[i].text;
	if (csv_text(a, s, &s, NULL) != OK || (t = span_trim(s)).n == 0)
		return "only white space";
	if (!is_text(t))
		return "binary";
	if ((text = w3c_log(a, t)) != NULL)
		return text;
	if (is_server_log(t)) {
		text = "lines of a server's log, as of a syslog, of which only Dovecot's are read: write what they show as a list of accesses, see tocsin-scope(1)";
	} else if (t.p[0] == '{' || t.p[0] == '[') {
		text = json_members(a, t);
	} else {
		csv_open(&c, s);
		if (is_yaml(t))
			return "YAML: make JSON of it, as with yq -o json";
		if (csv_next(&c, a, &names, &n, NULL) != OK || n < 2)
			return "text";
		if ((text = table_known(names, n)) == NULL)
			text = names_of(a, "CSV with columns", names, n);
	}
	return text != NULL ? text : "text";
}
