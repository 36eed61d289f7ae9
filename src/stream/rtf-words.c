#include "stream/rtf-words.h"

static const struct { const char *name; enum destination to; } destinations[] = {
	{"annotation", REMARK}, {"atnauthor", REMARK}, {"author", LINES}, {"background", SKIP}, {"blipuid", SKIP}, {"bkmkend", SKIP},
	{"bkmkstart", SKIP}, {"category", LINES}, {"colorschememapping", SKIP}, {"colortbl", SKIP}, {"comment", LINES},
	{"company", LINES}, {"datafield", SKIP}, {"datastore", SKIP}, {"do", TEXT}, {"doccomm", LINES}, {"docvar", LINES},
	{"filetbl", SKIP}, {"fldinst", LINK}, {"fldrslt", TEXT}, {"fonttbl", FONTS}, {"footer", ASIDE}, {"footerf", ASIDE},
	{"footerl", ASIDE}, {"footerr", ASIDE}, {"footnote", NOTE}, {"formfield", TEXT}, {"ffdeftext", FILLED}, {"ffhelptext", LINES},
	{"ffl", FILLED}, {"ffstattext", LINES}, {"fchars", SKIP}, {"generator", SKIP}, {"header", ASIDE}, {"headerf", ASIDE},
	{"headerl", ASIDE}, {"headerr", ASIDE}, {"hl", TEXT}, {"hlfr", LINES}, {"hlinkbase", LINES}, {"hlloc", LINES}, {"hlsrc", LINES},
	{"htmltag", HTML_TAG}, {"info", TEXT}, {"keywords", LINES}, {"latentstyles", SKIP}, {"lchars", SKIP}, {"listoverridetable", SKIP},
	{"listtable", SKIP}, {"mailmerge", TEXT}, {"manager", LINES}, {"mhtmltag", SKIP}, {"mmathPr", SKIP}, {"mmconnectstr", LINES},
	{"mmquery", LINES}, {"nonshppict", SKIP}, {"objalias", SKIP}, {"objclass", SKIP},
	{"objdata", SKIP}, {"objname", SKIP}, {"objsect", SKIP}, {"operator", LINES}, {"pgdsctbl", SKIP}, {"pict", SKIP}, {"picprop", TEXT},
	{"pntext", TEXT}, {"propname", LINES}, {"revtbl", LINES}, {"rsidtbl", SKIP}, {"shpinst", TEXT}, {"shppict", SKIP},
	{"shprslt", SKIP}, {"shptxt", NOTE}, {"sn", NAME}, {"staticval", LINES}, {"stylesheet", SKIP}, {"subject", LINES},
	{"sv", SKIP}, {"svb", SKIP}, {"template", SKIP}, {"themedata", SKIP}, {"title", LINES}, {"ud", TEXT}, {"upr", TWICE},
	{"userprops", TEXT}, {"wgrffmtfilter", SKIP}, {"xmlnstbl", SKIP},
};

static const struct { const char *name; uint32_t c; } characters[] = {
	{"par", '\n'}, {"line", '\n'}, {"sect", '\n'}, {"page", '\n'}, {"column", '\n'}, {"softline", '\n'}, {"row", '\n'},
	{"nestrow", '\n'}, {"tab", '\t'}, {"cell", '\t'}, {"nestcell", '\t'}, {"emdash", 0x2014}, {"endash", 0x2013},
	{"bullet", 0x2022}, {"lquote", 0x2018}, {"rquote", 0x2019}, {"ldblquote", 0x201c}, {"rdblquote", 0x201d},
	{"emspace", ' '}, {"enspace", ' '}, {"qmspace", ' '},
};

bool rtf_destination(span word, enum destination *to)
{
	for (size_t i = 0; i < sizeof destinations / sizeof *destinations; i++)
		if (rtf_is(word, destinations[i].name)) {
			*to = destinations[i].to;
			return true;
		}
	return false;
}

uint32_t rtf_character(span word)
{
	for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
		if (rtf_is(word, characters[i].name))
			return characters[i].c;
	return 0;
}

span rtf_field_says(span text)
{
	span target = SPAN_EMPTY;
	size_t quote;

	if (span_starts_nocase(text, SPAN_LIT("HYPERLINK"))) {
		target = span_trim(span_from(text, 9));
		quote = span_find_byte(target, '"');
		if (quote < target.n) {
			target = span_from(target, quote + 1);
			target = span_first(target, span_find_byte(target, '"'));
		}
	} else if (span_starts_nocase(text, SPAN_LIT("FORM"))) {
		while (text.n > 0 && ascii_is_alpha(text.p[0]))
			text = span_from(text, 1);
		target = span_trim(text);
	} else if (span_find_byte(text, '"') < text.n || span_find_byte(text, ':') < text.n || span_find_byte(text, '=') < text.n) {
		target = text;
	}
	return target;
}

void rtf_word_read(span *rest, struct word *w)
{
	size_t n = 0, digits;
	bool minus;

	while (n < rest->n && n < 32 && ascii_is_alpha(rest->p[n]))
		n++;
	*w = (struct word){.name = span_first(*rest, n)};
	*rest = span_from(*rest, n);
	minus = rest->n > 1 && rest->p[0] == '-' && ascii_is_digit(rest->p[1]);
	for (digits = minus; digits < rest->n && digits < 11 && ascii_is_digit(rest->p[digits]); digits++) {
		w->value = w->value * 10 + (rest->p[digits] - '0');
		w->has_value = true;
	}
	if (minus)
		w->value = -w->value;
	*rest = span_from(*rest, digits);
	if (rest->n != 0 && rest->p[0] == ' ')
		*rest = span_from(*rest, 1);
}
