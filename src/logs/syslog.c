/*
 * What stands before and around the lines of a syslog: the headers of RFC 3164 and RFC 5424, of files with ISO dates and of journalctl; the
 * journal's own export format; and records of JSON that came over a syslog, each behind such a header.
 */
#include "base/utf8.h"
#include "logs/private.h"

static size_t digits(span s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n;
}

/* "147 <22>": how far the message is from s, and *length as it says. 0: no count stands there. */
static size_t count_at(span s, size_t *length)
{
	uint64_t said;
	size_t n = span_digits(s, 9, &said), priority = digits(span_sub(s, n + 2, 4));

	*length = 0;
	if (n == 0 || n + 2 + priority >= s.n || s.p[n] != ' ' || s.p[n + 1] != '<' || priority == 0 || priority > 3 || s.p[n + 2 + priority] != '>')
		return 0;
	*length = (size_t)said;
	return n + 1;
}

/*
 * Over TCP a syslog says how long each message is, and nothing need stand between two (RFC 6587, 3.4.1). What s begins with, without the count;
 * *behind: where it ends. A count that does not fit is none, and then the line goes to its end.
 */
static span counted(span s, size_t *behind)
{
	size_t length, ignored, from = count_at(s, &length);
	span next = span_from(s, from + length);

	*behind = from + length;
	if (length == 0 || length > s.n - from || (next.n != 0 && next.p[0] != '\n' && next.p[0] != '\r' && count_at(next, &ignored) == 0))
		*behind = span_find_byte(s, '\n');
	return span_sub(s, from, *behind - from);
}

bool lines_next(struct lines *l, struct raw *raw, span *line)
{
	span rest = span_from(l->file, l->at);
	size_t behind;

	*raw = (struct raw){0};
	if (rest.n == 0)
		return false;
	raw->at = l->at;
	raw->line = l->line++;
	*line = span_trim(counted(rest, &behind));
	raw->n = behind;
	l->at += behind;
	if (l->at < l->file.n && l->file.p[l->at] == '\r')
		l->at++;
	l->at += l->at < l->file.n && l->file.p[l->at] == '\n';
	return true;
}

bool span_take(span *s, const char *word)
{
	if (!span_starts(*s, span_str(word)))
		return false;
	*s = span_from(*s, strlen(word));
	return true;
}

/* ---- headers ---- */

static span take_field(span *s)
{
	span f = span_first(*s, span_find_byte(*s, ' '));

	*s = span_from(*s, f.n + 1);
	return f;
}

/* "-", or [id name="value" ...] one behind the other; in values a backslash stands before ", ] and itself (RFC 5424, 6.3). */
static void pass_structured_data(span *s)
{
	bool quoted = false;
	size_t i = 0;

	while (s->n > 0 && s->p[0] == '[') {
		for (i = 1; i < s->n && (quoted || s->p[i] != ']'); i++) {
			if (quoted && s->p[i] == '\\')
				i++;
			else
				quoted ^= s->p[i] == '"';
		}
		*s = span_from(*s, i + 1);
	}
	(void)span_take(s, "-");
}

/* RFC 5424 behind "<22>1 ": date, host, program, process, kind, data, and what was said. */
static span rfc5424(span s, const char *program, span *date)
{
	span name;

	*date = take_field(&s);
	(void)take_field(&s);
	name = take_field(&s);
	(void)take_field(&s);
	(void)take_field(&s);
	pass_structured_data(&s);
	(void)span_take(&s, " ");
	(void)span_take(&s, UTF8_MARK);
	return span_starts(name, span_str(program)) ? s : SPAN_EMPTY;
}

/*
 * The date that s begins with: "2025-06-11T10:00:00.1+02:00", "2025-06-11 10:00:00", "Jun 11 10:00:00", and of `journalctl -o short-full`
 * "Wed 2025-06-11 10:00:00 UTC". *end: behind it. Empty when there is none.
 */
static span date_of(span s, size_t *end)
{
	size_t from = s.n > 24 && s.p[3] == ' ' && ascii_is_digit(s.p[4]) && s.p[8] == '-' ? 4 : 0, n = 0;
	span zone;

	s = span_from(s, from);
	if (s.n > 19 && ascii_is_digit(s.p[0]) && s.p[4] == '-' && s.p[13] == ':') {
		for (n = 11; n < s.n && !ascii_is_space(s.p[n]);)
			n++;
		*end = from + n;
		if (from != 0) {
			zone = span_from(s, n + 1);
			zone = span_first(zone, span_find_byte(zone, ' '));
			*end += zone.n + 1;
			n += span_eq(zone, SPAN_LIT("UTC")) ? 4 : 0;
		}
		return span_first(s, n);
	}
	*end = 15;
	return s.n > 15 && s.p[3] == ' ' && s.p[6] == ' ' && s.p[9] == ':' && s.p[12] == ':' ? span_first(s, 15) : SPAN_EMPTY;
}

span syslog_said(span line, const char *program, span *date)
{
	size_t n = line.n > 0 && line.p[0] == '<' ? digits(span_from(line, 1)) : 0, at, end;
	span rest, name = span_str(program);

	if (n > 0 && n <= 3 && n + 1 < line.n && line.p[n + 1] == '>') {
		line = span_from(line, n + 2);
		if (span_take(&line, "1 "))
			return rfc5424(line, program, date);
	}
	/* Dovecot 1 wrote its name before the date. */
	if (span_starts(line, name) && span_starts(span_from(line, name.n), SPAN_LIT(": ")))
		line = span_from(line, name.n + 2);
	*date = date_of(line, &end);
	if (date->n == 0)
		return SPAN_EMPTY;
	rest = span_trim(span_from(line, end));
	at = span_find(span_first(rest, 200), name);
	if (at < rest.n && (at == 0 || rest.p[at - 1] == ' ') && span_find(span_first(rest, at), SPAN_LIT(": ")) == at) {
		rest = span_from(rest, at + name.n);
		if (rest.n > 0 && rest.p[0] == '[')
			rest = span_from(rest, span_find_byte(rest, ']') + 1);
		if (!span_take(&rest, ": "))
			return SPAN_EMPTY;
	}
	return rest;
}

/* ---- turns of the year ---- */

enum { DAY_NONE = -1, DAY_WITH_YEAR = -2, HALF_YEAR = 183, ALMOST_YEAR = 350, LOOKS = 4096 };

/* The day of the year that the line at s has in RFC 3164's form, about; DAY_NONE: no date. *when: the date, in the year NO_YEAR. */
static int day_of(span s, int64_t *when)
{
	uint32_t nanos;
	enum when_zone zone;
	bool ambiguous;
	struct civil c;
	span date = SPAN_EMPTY;
	size_t behind;

	s = counted(span_first(s, 256), &behind);
	(void)syslog_said(span_first(s, span_find_byte(s, '\n')), "dovecot", &date);
	if (date.n == 0 || !when_parse(date, 0, when, &nanos, &zone, &ambiguous))
		return DAY_NONE;
	c = time_to_civil(*when);
	return c.year == NO_YEAR ? c.month * 31 + c.day : DAY_WITH_YEAR;
}

/* Of the first line that begins behind *at and has a date; *at is where it stands, or `end`. */
static int day_behind(span s, size_t *at, size_t end, int64_t *when)
{
	int day = DAY_NONE;

	while (*at < end && day == DAY_NONE) {
		*at += span_find_byte(span_from(s, *at), '\n') + 1;
		if (*at < end)
			day = day_of(span_from(s, *at), when);
	}
	*at = *at < end ? *at : end;
	return day;
}

/* Where the first line of the new year stands, between one of the old, which is of `day`, and one of the new. */
static size_t turn_between(span s, size_t old, size_t new, int day)
{
	size_t end = new;
	int64_t when;

	while (old < end) {
		size_t middle = old + (end - old) / 2, at = middle;
		int d = day_behind(s, &at, new, &when);

		if (d != DAY_NONE && day - d <= HALF_YEAR) {
			old = at;
			continue;
		}
		new = d != DAY_NONE ? at : new;
		end = middle;
	}
	return new;
}

void lines_find_turns(struct lines *l)
{
	span s = l->file;
	size_t step = s.n / LOOKS, at = 0, before = 0;
	int last = day_of(s, &l->last_utc), day;
	int64_t when;

	while (last != DAY_WITH_YEAR && (day = day_behind(s, &at, s.n, &when)) != DAY_NONE) {
		bool turns = last != DAY_NONE && last - day > HALF_YEAR, odd = last != DAY_NONE && (day - last > ALMOST_YEAR || (!turns && last - day > 1));

		/* Put together in another order, or of several hosts about New Year: no turn can be told from that. */
		if (day == DAY_WITH_YEAR || odd || (turns && l->n_turns == LINES_TURNS)) {
			l->n_turns = 0;
			return;
		}
		if (turns)
			l->turns[l->n_turns++] = turn_between(s, before, at, last);
		l->last_utc = when;
		last = day;
		before = at;
		at += s.n - at > step ? step : 0; /* the last line is one of those looked at */
	}
}

/* ---- JSON behind a header ---- */

/* The next line, or what is left of one, whose end is not looked for again. */
static bool headed_line(struct lines *l, struct raw *raw, span *line)
{
	if (l->list_end == 0)
		return lines_next(l, raw, line);
	*raw = (struct raw){.at = l->at, .n = l->list_end - l->at, .line = l->line++};
	*line = span_trim(span_sub(l->file, l->at, raw->n));
	l->at = l->list_end;
	l->list_end = 0;
	return true;
}

enum errc headed_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e)
{
	struct json_node *node;
	struct err why = {0};
	unsigned problems = 0;
	size_t at, used;
	enum errc rc;
	span line;

	do {
		if (!headed_line(l, raw, &line))
			return OK;
		at = span_find(line, SPAN_LIT("{\""));
	} while (at == line.n);
	line = span_from(line, at);
	rc = line.n > LIMIT_LOG_RECORD_BYTES ? err_set(&why, ERR_LIMIT, "a record of more than %zu MiB", LIMIT_LOG_RECORD_BYTES / MIB)
	                                     : json_read(a, line, &node, &used, &problems, &why);
	if (rc == ERR_MEMORY)
		return err_memory(e);
	raw->problems = walk_problems(problems);
	if (rc == OK || (rc == ERR_EVIDENCE && node != NULL && node->type == JSON_OBJECT && node->child != NULL))
		raw->node = node;
	if (rc == OK) {
		span behind = span_trim(span_from(line, used));

		/* "[{...}, {...}]": what is left of the list comes next, with the number of its line. */
		if (behind.n > 1 && behind.p[0] == ',' && span_starts(span_trim(span_from(behind, 1)), SPAN_LIT("{\""))) {
			l->list_end = l->at;
			l->at = (size_t)(behind.p + 1 - l->file.p);
			l->line--;
			raw->n = l->at - raw->at;
		}
		return OK;
	}
	/* A syslog cuts what is long for it (RFC 5424, 6.1): what came before is there. */
	raw->problems |= rc == ERR_LIMIT ? LOG_LIMITED : LOG_TRUNCATED;
	return (raw->reason = arena_cstr(a, span_str(why.text))) == NULL ? err_memory(e) : OK;
}

/* ---- journalctl -o export ---- */

bool journal_sniff(span s) { return span_starts(s, SPAN_LIT("__CURSOR=")); }

/*
 * A field at s: "NAME=value\n", or "NAME\n", eight bytes that count, the value and "\n" (systemd, "Journal Export Format"). How many bytes it
 * takes; 0 at the end of an entry.
 */
static size_t journal_field(span s, span *name, span *value)
{
	size_t end = span_find_byte(s, '\n'), is;
	uint64_t n = 0;

	if (end == 0 || s.n == 0)
		return 0;
	is = span_find_byte(span_first(s, end), '=');
	*name = span_first(s, is);
	*value = span_sub(s, is + 1, end - is - (is < end));
	if (is < end || s.n - end < 9)
		return end + (end < s.n);
	for (size_t i = 8; i > 0; i--)
		n = n << 8 | s.p[end + i];
	*value = span_sub(s, end + 9, n < s.n ? (size_t)n : s.n);
	end += 9 + value->n;
	return end + (end < s.n);
}

enum errc journal_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e)
{
	struct json_node *nodes, *last;
	span name, value;
	size_t n;

	while (l->at < l->file.n && l->file.p[l->at] == '\n')
		l->at++;
	*raw = (struct raw){.at = l->at};
	if (l->at == l->file.n)
		return OK;
	if ((nodes = last = arena_zero(a, 1, sizeof *nodes)) == NULL)
		return err_memory(e);
	nodes->type = JSON_OBJECT;
	while ((n = journal_field(span_from(l->file, l->at), &name, &value)) != 0) {
		l->at += n;
		if (nodes->n == LIMIT_LOG_COLUMNS || value.n > MIB)
			continue;
		if ((value = utf8_clean(a, value)).p == NULL || (name = utf8_clean(a, name)).p == NULL || (last->next = arena_zero(a, 1, sizeof *last)) == NULL)
			return err_memory(e);
		last = last->next;
		*last = (struct json_node){.type = JSON_STRING, .key = name, .text = value};
		nodes->n++;
	}
	nodes->child = nodes->next;
	nodes->next = NULL;
	raw->node = nodes;
	raw->n = l->at - raw->at;
	return OK;
}
