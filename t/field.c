/*
 * field NAME...: of JSON lines on stdin, the values of these fields, tab-separated; a string as its text, anything else as Python's json
 * writes it, and null where there is none. The tests ask this hundreds of times: an interpreter takes longer to start than what it asks of.
 * It is not tocsin's own reader of JSON, so that one does not vouch for the other.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static const char *line;
static const char *at;

static _Noreturn void bad(const char *what)
{
	fprintf(stderr, "field: %s at byte %td of: %s", what, at - line, line);
	exit(1);
}

static void space(void)
{
	while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
		at++;
}

static unsigned hex4(void)
{
	unsigned n = 0;
	for (int i = 0; i < 4; i++, at++) {
		int c = *at | 0x20;
		if (c >= '0' && c <= '9')
			n = n * 16 + (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			n = n * 16 + (unsigned)(c - 'a') + 10;
		else
			bad("not four hexadecimal digits");
	}
	return n;
}

static char *put_utf8(char *to, unsigned c)
{
	static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
	if (c < 0x80) {
		*to++ = (char)c;
	} else {
		int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
		*to++ = (char)(lead[more] | c >> 6 * more);
		while (more-- > 0)
			*to++ = (char)(0x80 | (c >> 6 * more & 0x3f));
	}
	return to;
}

/* The string that begins at the quotation mark: its text to TO, which has room for all of the line. Where it ends. */
static char *text(char *to)
{
	static const char letters[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	for (at++; *at != '"'; at++) {
		if (*at == 0)
			bad("a string without its end");
		if (*at != '\\') {
			*to++ = *at;
			continue;
		}
		if (*++at == 'u') {
			at++;
			unsigned c = hex4();
			if (c >= 0xd800 && c < 0xdc00 && at[0] == '\\' && at[1] == 'u') {
				at += 2;
				c = 0x10000 + ((c & 0x3ff) << 10) + (hex4() & 0x3ff);
			}
			to = put_utf8(to, c);
			at--;
			continue;
		}
		const char *letter = letters;
		while (*letter != 0 && *letter != *at)
			letter += 2;
		if (*at == 0 || *letter == 0)
			bad("an escape that JSON has not");
		*to++ = letter[1];
	}
	at++;
	return to;
}

/* Anything but a string, as it stands, with a space behind each comma and colon. Where it ends. */
static char *raw(char *to)
{
	int depth = 0;
	bool quoted = false;
	for (; *at != 0 && *at != '\n'; at++) {
		if (quoted) {
			*to++ = *at;
			if (*at == '\\' && at[1] != 0)
				*to++ = *++at;
			else if (*at == '"')
				quoted = false;
			continue;
		}
		if (depth == 0 && (*at == ',' || *at == '}'))
			return to;
		if (*at == ' ' || *at == '\t')
			continue;
		*to++ = *at;
		quoted = *at == '"';
		depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
		if (*at == ',' || *at == ':')
			*to++ = ' ';
	}
	bad("a value without its end");
}

int main(int n, char **names)
{
	char *buf = NULL;
	size_t room = 0;
	ssize_t got;
	char **values = calloc((size_t)n, sizeof *values);
	while (values != NULL && (got = getline(&buf, &room, stdin)) > 0) {
		line = at = buf;
		char *name = malloc((size_t)got + 1);
		char *value = malloc(2 * (size_t)got + 1);
		if (name == NULL || value == NULL || strlen(buf) != (size_t)got)
			bad("no memory, or a NUL");
		for (int i = 1; i < n; i++) {
			free(values[i]);
			values[i] = strdup("null");
		}
		space();
		if (*at++ != '{')
			bad("not an object");
		for (space(); *at != '}'; space()) {
			if (*at != '"')
				bad("not the name of a field");
			*text(name) = 0;
			space();
			if (*at++ != ':')
				bad("no colon");
			space();
			*(*at == '"' ? text(value) : raw(value)) = 0;
			for (int i = 1; i < n; i++)
				if (strcmp(names[i], name) == 0) {
					free(values[i]);
					values[i] = strdup(value);
				}
			space();
			if (*at == ',')
				at++;
			else if (*at != '}')
				bad("neither a comma nor the end");
		}
		for (int i = 1; i < n; i++)
			printf("%s%c", values[i], i + 1 < n ? '\t' : '\n');
		free(name);
		free(value);
	}
	return ferror(stdin) || fflush(stdout) != 0;
}
