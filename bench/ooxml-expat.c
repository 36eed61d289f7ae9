/*
 * ooxml-expat [--all] FILE...: the peer of bench/documents. What a straightforward reader of Office Open XML does: libarchive over the file, expat
 * over each member in which text stands (not styles, themes, relations), with --all over each part, as tocsin does, the character data
 * written out. It knows neither sheets nor places, nor what is embedded.
 */
#include <archive.h>
#include <archive_entry.h>
#include <expat.h>
#include <stdio.h>
#include <string.h>

static void XMLCALL text(void *ctx, const XML_Char *s, int n)
{
	(void)fwrite(s, 1, (size_t)n, ctx);
}

static void member(struct archive *a)
{
	XML_Parser p = XML_ParserCreate(NULL);
	char block[65536];
	la_ssize_t n;

	XML_SetUserData(p, stdout);
	XML_SetCharacterDataHandler(p, text);
	while ((n = archive_read_data(a, block, sizeof block)) > 0)
		if (XML_Parse(p, block, (int)n, 0) == XML_STATUS_ERROR)
			break;
	(void)XML_Parse(p, "", 0, 1);
	XML_ParserFree(p);
}

static int has_text(const char *name)
{
	static const char *const parts[] = {"word/document", "word/comments", "word/footnotes", "word/endnotes", "word/header", "word/footer",
	    "xl/sharedStrings", "xl/workbook.xml", "xl/worksheets/sheet", "xl/comments", "ppt/slides/slide", "ppt/notesSlides/notes", "ppt/comments",
	    "docProps/core", "docProps/custom"};

	for (size_t i = 0; name != NULL && i < sizeof parts / sizeof *parts; i++)
		if (strncmp(name, parts[i], strlen(parts[i])) == 0)
			return strstr(name, ".xml") != NULL;
	return 0;
}

static int has_anything(const char *name)
{
	return name != NULL && (strstr(name, ".xml") != NULL || strstr(name, ".rels") != NULL || strstr(name, ".vml") != NULL);
}

int main(int argc, char **argv)
{
	int all = argc > 1 && strcmp(argv[1], "--all") == 0;

	for (int i = 1 + all; i < argc; i++) {
		struct archive *a = archive_read_new();
		struct archive_entry *entry;

		archive_read_support_format_zip(a);
		if (archive_read_open_filename(a, argv[i], 65536) == ARCHIVE_OK)
			while (archive_read_next_header(a, &entry) == ARCHIVE_OK)
				if ((all ? has_anything : has_text)(archive_entry_pathname(entry)))
					member(a);
		archive_read_free(a);
	}
	return 0;
}
