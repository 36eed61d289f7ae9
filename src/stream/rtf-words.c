#include "stream/rtf-words.h"

static const struct { const char *name; enum destination to; } destinations[] = {
	{"annotation", REMARK}, {"atnauthor", REMARK}, {"author", LINES}, {"background", SKIP}, {"blipuid", SKIP}, {"bkmkend", SKIP},
	{"bkmkstart", SKIP}, {"category", LINES}, {"colorschememapping", SKIP}, {"colortbl", SKIP}, {"comment", LINES},
	{"company", LINES}, {"datafield", SKIP}, {"datastore", SKIP}, {"do", TEXT}, {"doccomm", LINES}, {"docvar", LINES},
	{"filetbl", SKIP}, {"fldinst", LINK}, {"fldrslt", TEXT}, {"fonttbl", FONTS}, {"footer", ASIDE}, {"footerf", ASIDE},
	{"footerl", ASIDE}, {"footerr", ASIDE}, {"footnote", NOTE}, {"formfield", TEXT}, {"ffdeftext", LINES}, {"ffhelptext", LINES},
	{"ffl", LINES}, {"ffstattext", LINES}, {"fchars", SKIP}, {"generator", SKIP}, {"header", ASIDE}, {"headerf", ASIDE},
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
