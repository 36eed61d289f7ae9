#include "mail/text-kind.h"

#include "base/utf8.h"
#include "mail/postfix.h"
#include "mail/signed.h"
#include "stream/charset.h"
#include "stream/openpgp.h"

#define COMPOUND "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#define S(s) {(const unsigned char *)(s), sizeof(s) - 1}

static bool is_one_of(span s, const span *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(s, list[i]))
			return true;
	return false;
}

static enum declared by_type(span type)
{
	static const span html[] = {
		S("text/html"), S("application/xhtml+xml"), S("text/enriched"), S("text/richtext"),
	};
	static const span text[] = {
		S("application/json"), S("application/xml"), S("application/javascript"),
		S("application/x-javascript"), S("application/sql"), S("application/x-sql"),
		S("application/yaml"), S("application/x-yaml"), S("application/toml"),
		S("application/csv"), S("application/x-csv"), S("application/x-sh"),
		S("application/x-shellscript"), S("application/x-perl"), S("application/x-python"),
		S("application/x-httpd-php"), S("application/x-powershell"), S("application/x-pem-file"),
		S("application/pgp-keys"), S("application/pgp-signature"), S("application/ics"),
		S("application/x-tex"), S("application/x-latex"), S("application/x-patch"),
		S("application/x-diff"), S("application/x-ndjson"), S("application/rtf"),
		S("application/x-rtf"), S("application/x-config"), S("image/svg+xml"),
	};
	static const span nothing[] = {
		S("application/octet-stream"), S("application/x-octet-stream"),
		S("application/octetstream"), S("application/unknown"), S("application/download"),
		S("application/force-download"), S("application/x-download"), S("binary/octet-stream"),
		S("application/x-unknown"),
	};

	if (is_one_of(type, html, sizeof html / sizeof *html))
		return DECLARED_HTML;
	if (span_starts(type, SPAN_LIT("text/")) || span_starts(type, SPAN_LIT("message/")) ||
	    span_ends_nocase(type, SPAN_LIT("+xml")) || span_ends_nocase(type, SPAN_LIT("+json")) ||
	    is_one_of(type, text, sizeof text / sizeof *text))
		return DECLARED_TEXT;
	if (span_find_byte(type, '/') == type.n || is_one_of(type, nothing, sizeof nothing / sizeof *nothing))
		return DECLARED_NOTHING;
	return DECLARED_OTHER;
}

static enum declared by_name(span filename)
{
	static const span text[] = {
		S("txt"), S("text"), S("csv"), S("tsv"), S("json"), S("xml"), S("env"), S("ini"), S("cfg"),
		S("conf"), S("config"), S("cnf"), S("log"), S("sql"), S("ps1"), S("psm1"), S("bat"),
		S("cmd"), S("sh"), S("bash"), S("py"), S("pl"), S("rb"), S("php"), S("js"), S("ts"),
		S("java"), S("cs"), S("c"), S("h"), S("cpp"), S("go"), S("vbs"), S("ics"), S("vcf"),
		S("ldif"), S("yml"), S("yaml"), S("toml"), S("md"), S("rst"), S("tex"), S("pem"), S("key"),
		S("pub"), S("asc"), S("ovpn"), S("rdp"), S("reg"), S("properties"), S("plist"), S("tf"),
		S("tfvars"), S("diff"), S("patch"), S("eml"), S("mht"), S("rtf"), S("gitconfig"), S("netrc"),
		S("npmrc"), S("htpasswd"), S("pgpass"), S("crt"), S("ppk"), S("jsonl"), S("svg"),
	};
	static const span html[] = {
		S("html"), S("htm"), S("xhtml"),
	};
	size_t dot = filename.n;
	span extension;

	while (dot > 0 && filename.p[dot - 1] != '.')
		dot--;
	if (dot == 0)
		return DECLARED_NOTHING;
	extension = span_from(filename, dot);
	if (is_one_of(extension, html, sizeof html / sizeof *html))
		return DECLARED_HTML;
	return is_one_of(extension, text, sizeof text / sizeof *text) ? DECLARED_TEXT : DECLARED_NOTHING;
}

enum declared text_declared(span type, span filename)
{
	enum declared by = by_type(type), name;

	if (by != DECLARED_NOTHING && by != DECLARED_OTHER)
		return by;
	name = by_name(filename);
	return name != DECLARED_NOTHING ? name : by;
}

bool text_is_json(span type, span filename)
{
	static const span ends[] = {S(".json"), S(".jsonl"), S(".ndjson"), S(".ipynb"), S(".geojson"), S(".har")};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_ends_nocase(filename, ends[i]))
			return true;
	return span_eq(type, SPAN_LIT("application/json")) || span_eq(type, SPAN_LIT("application/x-ndjson")) || span_ends_nocase(type, SPAN_LIT("+json"));
}

bool text_looks(span head)
{
	const struct charset *told = charset_told(head);
	const char *name = told != NULL ? charset_name(told) : "";
	size_t controls = 0, valid;

	if (strncmp(name, "utf-16", 6) == 0 || strncmp(name, "utf-32", 6) == 0)
		return true;
	for (size_t i = 0; i < head.n; i++) {
		unsigned char c = head.p[i];

		if (c == 0)
			return false;
		controls += (c < 0x20 && !ascii_is_space(c) && c != 0x1b) || c == 0x7f;
	}
	valid = utf8_valid(head);
	/* The head may end within a character. */
	return head.n - valid < 4 ? controls <= head.n / 100 : controls == 0;
}

bool text_is_html(span head)
{
	head = span_trim(span_starts(head, SPAN_LIT(UTF8_MARK)) ? span_from(head, 3) : head);
	return span_starts_nocase(head, SPAN_LIT("<!doctype html")) || span_starts_nocase(head, SPAN_LIT("<html"));
}

static const char *zip_kind(span head)
{
	span name = span_from(head, 30);

	if (head.n > 6 && (head.p[6] & 1) != 0)
		return "encrypted ZIP archive";
	if (span_starts(name, SPAN_LIT("[Content_Types].xml")) || span_starts(name, SPAN_LIT("_rels/")) ||
	    span_starts(name, SPAN_LIT("word/")) || span_starts(name, SPAN_LIT("xl/")) ||
	    span_starts(name, SPAN_LIT("ppt/")) || span_starts(name, SPAN_LIT("docProps/")))
		return "Office Open XML document";
	if (span_starts(name, SPAN_LIT("mimetypeapplication/vnd.oasis")))
		return "OpenDocument document";
	if (span_starts(name, SPAN_LIT("mimetypeapplication/epub")))
		return "EPUB book";
	return "ZIP archive";
}

/* ContentInfo (RFC 5652 3): the object identifier 1.2.840.113549.1.7.n of PKCS #7 near the beginning, or one that S/MIME has besides. */
static const char *pkcs7_kind(span head)
{
	static const unsigned char oid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07};
	size_t at = span_find(span_first(head, 32), span_of(oid, sizeof oid));

	if (head.n == 0 || head.p[0] != 0x30)
		return NULL;
	if (head.n <= at + sizeof oid || at > 20)
		return cms_kind(head) == CMS_NONE ? NULL : cms_kind(head) == CMS_ENCRYPTED ? "S/MIME encrypted" : "S/MIME, not encrypted";
	switch (head.p[at + sizeof oid]) {
	case 2:
		return "S/MIME signature";
	case 3:
		return "S/MIME encrypted";
	default:
		return "PKCS #7 object";
	}
}

/* Of what has no type, or one by which nobody counts, the declared type is said. */
static const struct known { size_t at; span magic; const char *kind; bool certain; const char *type; } known_kinds[] = {
	{0, S("%PDF-"), "PDF document", true, "application/pdf"},
	{0, S(COMPOUND), "Microsoft Office document (binary)", true, NULL},
	{0, S("\xcf\xad\x12\xfe"), "Outlook Express mailbox (.dbx): export it as .eml or mbox", true, NULL},
	{0, S("JMF6"), "Outlook Express 4 mailbox (.mbx): export it as .eml or mbox", true, NULL},
	{0, S("*mbx*\r\n"), "c-client mailbox (.mbx): convert it to mbox with mailutil(1)", true, NULL},
	{0, S("BABYL OPTIONS:"), "mailbox of Emacs Rmail (Babyl): convert it to mbox, by opening it in Emacs 23 or later or with b2m(1)", false, NULL},
	{0, S("#! rnews "), "batch of news (rnews): split it into one article a file", false, NULL},
	{0, S("\x1a\0\0\4\0\0"), "Lotus Notes database (.nsf): export it as mbox or .eml", true, NULL},
	{4, S("\xef\xcd\xab\x89"), "database of Exchange or Windows (.edb): export its mailboxes as PST", true, NULL},
	{0, S("\x21\x09\x70\x19"), "mailbox of The Bat! (.tbb): export it as mbox or .eml", true, NULL},
	{0, S("// <!-- <mdb:mork"), "index of Thunderbird (.msf): the mail lies in the file of the same name without .msf", true, NULL},
	{0, S("\x0d\xf0\xad\xba"), "Outlook's list of past recipients (.nk2): no mail", true, NULL},
	{0, S("\x89PNG\r\n\x1a\n"), "PNG image", true, "image/png"},
	{0, S("\xff\xd8\xff"), "JPEG image", true, "image/jpeg"},
	{0, S("GIF87a"), "GIF image", true, "image/gif"},
	{0, S("GIF89a"), "GIF image", true, "image/gif"},
	{0, S("II*\0"), "TIFF image", true, "image/tiff"},
	{0, S("MM\0*"), "TIFF image", true, "image/tiff"},
	{8, S("WEBP"), "WebP image", false, "image/webp"},
	{0, S("BM"), "BMP image", false, "image/bmp"},
	{0, S("\0\0\1\0"), "icon", false, "image/vnd.microsoft.icon"},
	{40, S(" EMF"), "EMF image", false, "image/emf"},
	{0, S("\xd7\xcd\xc6\x9a"), "WMF image", true, "image/wmf"},
	{0, S("\x1f\x8b"), "gzip-compressed data", true, "application/gzip"},
	{0, S("BZh"), "bzip2-compressed data", false, "application/x-bzip2"},
	{0, S("\xfd" "7zXZ\0"), "xz-compressed data", true, "application/x-xz"},
	{0, S("\x28\xb5\x2f\xfd"), "zstd-compressed data", true, "application/zstd"},
	{0, S("7z\xbc\xaf\x27\x1c"), "7z archive", true, "application/x-7z-compressed"},
	{0, S("Rar!\x1a\7"), "RAR archive", true, "application/vnd.rar"},
	{0, S("MSCF\0\0\0\0"), "CAB archive", true, "application/vnd.ms-cab-compressed"},
	{257, S("ustar"), "tar archive", false, "application/x-tar"},
	{0, S("MZ"), "Windows program", false, "application/vnd.microsoft.portable-executable"},
	{0, S("\x7f" "ELF"), "ELF program", true, "application/x-elf"},
	{0, S("\xca\xfe\xba\xbe"), "Java class or Mach-O program", true, NULL},
	/* ISO 14496-12 4.3: the brand says which. */
	{4, S("ftypheic"), "HEIF image (.heic)", false, "image/heic"},
	{4, S("ftypheix"), "HEIF image (.heic)", false, "image/heic"},
	{4, S("ftypheim"), "HEIF image (.heic)", false, "image/heic"},
	{4, S("ftypheis"), "HEIF image (.heic)", false, "image/heic"},
	{4, S("ftyphevc"), "HEIF image (.heics)", false, "image/heic-sequence"},
	{4, S("ftyphevx"), "HEIF image (.heics)", false, "image/heic-sequence"},
	{4, S("ftypavif"), "AVIF image", false, "image/avif"},
	{4, S("ftypavis"), "AVIF image", false, "image/avif"},
	{4, S("ftypmif1"), "HEIF image", false, "image/heif"},
	{4, S("ftypmsf1"), "HEIF image", false, "image/heif"},
	{4, S("ftypcrx "), "Canon raw image (.cr3)", false, "image/x-canon-cr3"},
	{4, S("ftypM4A "), "MPEG-4 audio", false, "audio/mp4"},
	{4, S("ftypM4B "), "MPEG-4 audio", false, "audio/mp4"},
	{4, S("ftypqt  "), "QuickTime movie", false, "video/quicktime"},
	{4, S("ftyp3g"), "3GPP movie", false, "video/3gpp"},
	{4, S("ftyp"), "MPEG-4 movie", false, "video/mp4"},
	{0, S("ID3"), "MP3 audio", false, "audio/mpeg"},
	{0, S("OggS"), "Ogg media", false, "application/ogg"},
	{0, S("fLaC"), "FLAC audio", false, "audio/flac"},
	{0, S("RIFF"), "RIFF media", false, NULL},
	{0, S("SQLite format 3\0"), "SQLite database", true, "application/vnd.sqlite3"},
	{0, S("\x78\x9f\x3e\x22"), "TNEF (winmail.dat)", true, "application/vnd.ms-tnef"},
	{0, S("!BDN"), "Outlook data file", false, "application/vnd.ms-outlook-pst"},
	{0, S("\0\5\x16\7"), "AppleDouble file", true, "application/applefile"},
	{0, S("\0\5\x16\0"), "AppleSingle file: unpack it on a Mac", true, NULL},
	{0, S("SIT!"), "StuffIt archive: unpack it with unar(1)", false, NULL},
	{0, S("StuffIt"), "StuffIt archive: unpack it with unar(1)", true, NULL},
	{0, S("\x60\xea"), "ARJ archive: unpack it with arj(1)", false, NULL},
	{7, S("**ACE**"), "ACE archive: unpack it with unar(1)", true, NULL},
	{0, S("xar!"), "xar archive (installer of macOS): unpack it with xar(1)", true, NULL},
	{0, S("(This file must be converted with BinHex"), "BinHex file: what it holds, where it is whole, is a part of its own", true, NULL},
	{0, S("%!PS"), "PostScript document", false, "application/postscript"},
	{0, S("PAR1"), "Parquet table", false, "application/vnd.apache.parquet"},
	{0, S("conectix"), "disc of a virtual machine (.vhd): open it with 7z(1) and ingest what is in it", false, NULL},
	{0, S("vhdxfile"), "disc of a virtual machine (.vhdx): open it with 7z(1) and ingest what is in it", false, NULL},
	{0, S("KDMV"), "disc of a virtual machine (.vmdk): open it with 7z(1) and ingest what is in it", true, NULL},
	{0, S("QFI\xfb"), "disc of a virtual machine (.qcow2): open it with 7z(1) and ingest what is in it", true, NULL},
	{0, S("ITSF"), "CHM help file", false, "application/vnd.ms-htmlhelp"},
};

static const struct known *known_at(span head)
{
	for (size_t i = 0; i < sizeof known_kinds / sizeof *known_kinds; i++)
		if (head.n > known_kinds[i].at && head.p[known_kinds[i].at] == known_kinds[i].magic.p[0] &&
		    span_starts(span_from(head, known_kinds[i].at), known_kinds[i].magic))
			return &known_kinds[i];
	return NULL;
}

static bool is_zip(span head) { return span_starts(head, SPAN_LIT("PK\3\4")) || span_starts(head, SPAN_LIT("PK\5\6")); }

enum openpgp_kind text_openpgp(span head, span filename)
{
	bool named = span_ends_nocase(filename, SPAN_LIT(".gpg")) || span_ends_nocase(filename, SPAN_LIT(".pgp")) ||
	             span_ends_nocase(filename, SPAN_LIT(".sig"));

	/* Packets begin like many other things. */
	return named || openpgp_armoured(head) ? openpgp_kind(head) : OPENPGP_NONE;
}

const char *text_openpgp_says(enum openpgp_kind kind)
{
	switch (kind) {
	case OPENPGP_NONE: break;
	case OPENPGP_ENCRYPTED: return "OpenPGP encrypted";
	case OPENPGP_HOLDS: return "OpenPGP, not encrypted: what it holds is a part of its own";
	case OPENPGP_SIGNATURE: return "OpenPGP signature: what it signs lies elsewhere";
	case OPENPGP_KEYS: return "OpenPGP keys";
	}
	return NULL;
}

/* "1r0abc-000xyz-1A", or longer ones since Exim 4.97, and what the file is: 'H' or 'D'; 0 for another line. */
static unsigned char exim_line(span line)
{
	span id = line.n > 2 ? span_first(line, line.n - 2) : SPAN_EMPTY;

	if ((id.n != 16 && id.n != 23) || line.p[id.n] != '-' || id.p[6] != '-' || id.p[id.n == 16 ? 13 : 18] != '-')
		return 0;
	for (size_t i = 0; i < id.n; i++)
		if (!ascii_is_alnum(id.p[i]) && id.p[i] != '-')
			return 0;
	return line.p[line.n - 1] == 'H' || line.p[line.n - 1] == 'D' ? line.p[line.n - 1] : 0;
}

/* Files of a mail server's queue, in which a message lies in records, or its header and its body apart. */
static const char *queue_kind(span head)
{
	span rest = head, line = SPAN_EMPTY;
	unsigned char exim;

	if (postfix_sniff(head))
		return "file in the queue of Postfix, without a message";
	(void)span_line(&rest, &line);
	if ((exim = exim_line(line)) == 'H')
		return "header of a message in the queue of Exim, its body is in the file that ends in -D: have exim -Mvc write both as mail";
	if (exim == 'D')
		return "body of a message in the queue of Exim, its header is in the file that ends in -H: have exim -Mvc write both as mail";
	if (line.n > 1 && line.p[0] == 'V' && ascii_is_digit(line.p[1]) && span_starts(rest, SPAN_LIT("T")) && span_has(rest, SPAN_LIT("\nH?")))
		return "header of a message in the queue of Sendmail, its body is in the file whose name begins with df: put both together as mail";
	if ((span_starts_nocase(line, SPAN_LIT("HELO ")) || span_starts_nocase(line, SPAN_LIT("EHLO ")) ||
	     span_starts_nocase(line, SPAN_LIT("MAIL FROM:"))) && span_has_nocase(rest, SPAN_LIT("\nRCPT TO:")))
		return "mail in a batch of SMTP commands: what stands between DATA and a line of one dot is a message, write each as mail";
	return NULL;
}

const char *text_kind(span head, bool *certain)
{
	const struct known *known;
	const char *queue;

	*certain = true;
	if (openpgp_armoured(head)) {
		const char *says = text_openpgp_says(openpgp_kind(head));

		return says != NULL ? says : "OpenPGP message, so damaged that it cannot be said whether it is encrypted";
	}
	if (is_zip(head))
		return zip_kind(head);
	if ((known = known_at(head)) != NULL) {
		*certain = known->certain;
		return known->kind;
	}
	*certain = false;
	if ((queue = queue_kind(head)) != NULL)
		return queue;
	*certain = true;
	return pkcs7_kind(head);
}

const char *text_kind_by_type(span type, span filename)
{
	static const struct { const char *ending, *kind; } named[] = {
		{".hc", "by its name an encrypted volume (VeraCrypt), of which the bytes say nothing"},
		{".tc", "by its name an encrypted volume (TrueCrypt), of which the bytes say nothing"},
		{".psafe", "by its name a password safe (Password Safe 1 or 2), of which the bytes say nothing"},
		{".dmg", "by its name an image of a disc (macOS): open it with 7z(1) or on a Mac and ingest what is in it"},
		{".gpg", "by its name OpenPGP, of which the bytes say nothing"},
		{".pgp", "by its name OpenPGP, of which the bytes say nothing"},
		{".psafe2", "by its name a password safe (Password Safe 1 or 2), of which the bytes say nothing"},
	};

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (span_ends_nocase(filename, span_str(named[i].ending)))
			return named[i].kind;
	if (span_starts(type, SPAN_LIT("image/")))
		return "image";
	if (span_starts(type, SPAN_LIT("audio/")))
		return "audio";
	if (span_starts(type, SPAN_LIT("video/")))
		return "video";
	return "binary data of an unknown kind";
}

/* Of packed and compound documents: what stands in the first bytes of a package, and how the files are called. */
static const struct { const char *within, *ending, *type; } packages[] = {
	{NULL, ".xlsb", "application/vnd.ms-excel.sheet.binary.macroenabled.12"},
	{"word/", ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"xl/", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"ppt/", ".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{"mimetypeapplication/vnd.oasis.opendocument.text", ".odt", "application/vnd.oasis.opendocument.text"},
	{"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", ".ods", "application/vnd.oasis.opendocument.spreadsheet"},
	{"mimetypeapplication/vnd.oasis.opendocument.presentation", ".odp", "application/vnd.oasis.opendocument.presentation"},
	{"mimetypeapplication/epub+zip", ".epub", "application/epub+zip"},
	{NULL, ".docm", "application/vnd.ms-word.document.macroenabled.12"},
	{NULL, ".dotm", "application/vnd.ms-word.template.macroenabled.12"},
	{NULL, ".dotx", "application/vnd.openxmlformats-officedocument.wordprocessingml.template"},
	{NULL, ".xlsm", "application/vnd.ms-excel.sheet.macroenabled.12"},
	{NULL, ".xltm", "application/vnd.ms-excel.template.macroenabled.12"},
	{NULL, ".xltx", "application/vnd.openxmlformats-officedocument.spreadsheetml.template"},
	{NULL, ".xlam", "application/vnd.ms-excel.addin.macroenabled.12"},
	{NULL, ".pptm", "application/vnd.ms-powerpoint.presentation.macroenabled.12"},
	{NULL, ".potm", "application/vnd.ms-powerpoint.template.macroenabled.12"},
	{NULL, ".potx", "application/vnd.openxmlformats-officedocument.presentationml.template"},
	{NULL, ".ppsm", "application/vnd.ms-powerpoint.slideshow.macroenabled.12"},
	{NULL, ".ppsx", "application/vnd.openxmlformats-officedocument.presentationml.slideshow"},
	{NULL, ".vsdx", "application/vnd.ms-visio.drawing"},
	{NULL, ".odg", "application/vnd.oasis.opendocument.graphics"},
	{NULL, ".odb", "application/vnd.oasis.opendocument.base"},
	{NULL, ".vsd", "application/vnd.visio"},
	{NULL, ".mpp", "application/vnd.ms-project"},
	{NULL, ".pub", "application/x-mspublisher"},
	{NULL, ".doc", "application/msword"},
	{NULL, ".xls", "application/vnd.ms-excel"},
	{NULL, ".ppt", "application/vnd.ms-powerpoint"},
	{NULL, ".msg", "application/vnd.ms-outlook"},
};

static const char *package_type(span head, span filename)
{
	bool zip = is_zip(head), plain = zip && strcmp(zip_kind(head), "ZIP archive") == 0;

	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
		if (span_ends_nocase(filename, span_str(packages[i].ending)))
			return packages[i].type;
	for (size_t i = 0; zip && !plain && i < sizeof packages / sizeof *packages; i++)
		if (packages[i].within != NULL && span_has(head, span_str(packages[i].within)))
			return packages[i].type;
	return zip ? "application/zip" : "application/x-ole-storage";
}

const char *text_kind_type(span head, span type, span filename)
{
	const struct known *known = known_at(head);

	/* Which of them it is may be declared, and is not in the first bytes. */
	if (is_zip(head) || span_starts(head, SPAN_LIT(COMPOUND)))
		return by_type(type) == DECLARED_OTHER && span_starts(type, SPAN_LIT("application/")) && !span_eq(type, SPAN_LIT("application/pdf"))
		    ? "" : package_type(head, filename);
	if (span_starts(head, SPAN_LIT("{\\rtf")))
		return "application/rtf";
	if (known != NULL && (known->certain || !text_looks(head)))
		return known->type != NULL ? known->type : "";
	if (by_type(type) != DECLARED_NOTHING || head.n == 0 || !text_looks(head))
		return "";
	if (text_declared(type, filename) == DECLARED_HTML || text_is_html(head))
		return "text/html";
	return span_ends_nocase(filename, SPAN_LIT(".csv")) ? "text/csv" : "text/plain";
}
