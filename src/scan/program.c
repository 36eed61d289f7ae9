/* What stands behind "password =" in a program and is no password: an expression. */
#include "case/names.h"
#include "scan/private.h"

/* Digits and the brackets behind them */
static bool digits_only(span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!ascii_is_digit(v.p[i]) && v.p[i] != ')')
			return false;
	return true;
}

/* "base64.b32encode(os.urandom(20))", "utf8_to_utf16_dup(v)" */
static bool is_call_of_member(span v, size_t paren)
{
	for (size_t i = 0; i < v.n; i++)
		if (!ascii_is_alnum(v.p[i]) && !ascii_is_one_of(v.p[i], "_.()[]:"))
			return false;
	return paren > 0 && paren < v.n && ascii_is_alpha(v.p[0]) && v.p[v.n - 1] == ')' &&
	    (span_find_byte(span_first(v, paren), '.') < paren || (v.p[0] >= 'a' && span_find_byte(span_first(v, paren), '_') < paren));
}

/* "models.CharField(max_length=128)": a member is called with an argument by its name. */
static bool is_call_by_name(span v, size_t paren)
{
	size_t dot = span_find_byte(span_first(v, paren), '.'), i = paren + 1;

	if (paren >= v.n || dot == 0 || dot >= paren || !names_only(span_first(v, dot)) || !names_only(span_sub(v, dot + 1, paren - dot - 1)))
		return false;
	while (i < v.n && (ascii_is_alpha(v.p[i]) || v.p[i] == '_'))
		i++;
	return i > paren + 1 && i + 1 < v.n && v.p[i] == '=';
}

bool is_code(span v)
{
	struct looks l = looks_of(v);
	size_t paren = span_find_byte(v, '('), bracket = span_find_byte(v, '['), colons = 0, dot;
	bool marks = false;

	for (size_t i = 0; i < v.n; i++) {
		colons += v.p[i] == ':';
		marks |= ascii_is_one_of(v.p[i], ">:([=&}");
	}
	if (marks && (span_has(v, SPAN_LIT("->")) || span_has(v, SPAN_LIT("::")) || span_has(v, SPAN_LIT("()")) ||
	    span_has(v, SPAN_LIT("[\"")) || span_has(v, SPAN_LIT("['")) || span_has(v, SPAN_LIT("=\"")) ||
	    span_find(v, SPAN_LIT("==")) + 2 < v.n || span_has(v, SPAN_LIT("&&"))))
		return true;
	if (paren > 0 && paren < v.n && ascii_is_alpha(v.p[paren - 1]) &&
	    (l.digits == 0 || (paren + 1 < v.n && ascii_is_one_of(v.p[paren + 1], "\"'$"))))
		return true;
	/* the end of a block in a program whose blanks were taken out */
	if (marks && (span_has(v, SPAN_LIT("})")) || span_has(v, SPAN_LIT("};"))))
		return true;
	/* "UID:GID:GECOS:shell", "0x0100", "CVE-2026-27855" */
	if (colons >= 3 || (v.n <= 10 && span_starts_nocase(v, SPAN_LIT("0x"))) || span_starts(v, SPAN_LIT("CVE-")))
		return true;
	/* "argv[1]", "Dict[str" */
	if (bracket > 0 && bracket < v.n && (v.p[v.n - 1] == ']' || l.digits == 0) && ascii_is_alpha(v.p[bracket - 1]) && l.digits <= 2)
		return true;
	if (span_starts(v, SPAN_LIT("process.env")) || span_starts(v, SPAN_LIT("os.environ")) || span_starts_nocase(v, SPAN_LIT("system.getenv")) ||
	    is_call_of_member(v, paren) || is_call_by_name(v, paren))
		return true;
	/* "VARCHAR(255)", "random_string(16)", "secrets.token_hex(32)", "generatePassword(12)" */
	dot = span_find_byte(span_first(v, paren), '.');
	dot = dot < paren ? dot + 1 : 0;
	if (paren > 3 && paren < v.n && l.digits > 0 && (dot == 0 || names_only(span_first(v, dot - 1))) &&
	    names_only(span_sub(v, dot, paren - dot)) && digits_only(span_from(v, paren + 1)) &&
	    (l.lowers == 0 || span_find_byte(v, '_') < paren || span_ends_nocase(span_first(v, paren), SPAN_LIT("char")) ||
	    span_ends_nocase(span_first(v, paren), SPAN_LIT("password"))))
		return true;
	if ((v.p[0] == '&' || v.p[0] == '*') && v.n > 1 && (ascii_is_alpha(v.p[1]) || v.p[1] == '_') && l.digits == 0)
		return true;
	return l.digits == 0 && (span_has(v, SPAN_LIT("self.")) || span_starts(v, SPAN_LIT("var.")) || span_starts(v, SPAN_LIT("local.")) || span_has(v, SPAN_LIT("this.")) ||
	    span_has(v, SPAN_LIT("env.")) || span_has(v, SPAN_LIT("args.")) || span_ends_nocase(v, SPAN_LIT(".null")));
}

bool is_path_of_names(span v, unsigned char behind)
{
	size_t dots = 0, dot = span_find_byte(v, '.');

	for (size_t i = 0; i < v.n; i++) {
		dots += v.p[i] == '.';
		if (!ascii_is_alnum(v.p[i]) && v.p[i] != '.' && v.p[i] != '_')
			return false;
	}
	return !has_digit(v) && (dots >= 2 || (dots == 1 && dot > 0 && dot + 1 < v.n && kind_of(v.p[0]) == 2 &&
	    kind_of(v.p[dot + 1]) == 2 && (behind == ',' || behind == ')' || behind == ';')));
}
