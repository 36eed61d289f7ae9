#include "case/folder.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/utf8.h"

/* In the order of their bytes. */
static const struct named { const char *name; enum folder_kind kind; } known[] = {
    {"archief", FOLDER_ARCHIVE}, {"archiv", FOLDER_ARCHIVE}, {"archive", FOLDER_ARCHIVE},
    {"archives", FOLDER_ARCHIVE}, {"archivio", FOLDER_ARCHIVE}, {"archivo", FOLDER_ARCHIVE},
    {"archiwum", FOLDER_ARCHIVE}, {"arkisto", FOLDER_ARCHIVE}, {"arkiv", FOLDER_ARCHIVE},
    {"arquivo", FOLDER_ARCHIVE}, {"bandeja de entrada", FOLDER_INBOX}, {"boite de reception", FOLDER_INBOX},
    {"borradores", FOLDER_DRAFTS}, {"borttaget", FOLDER_TRASH}, {"borttagna objekt", FOLDER_TRASH},
    {"bozze", FOLDER_DRAFTS}, {"brouillons", FOLDER_DRAFTS}, {"bulk mail", FOLDER_JUNK},
    {"caixa de entrada", FOLDER_INBOX}, {"cestino", FOLDER_TRASH}, {"concepten", FOLDER_DRAFTS},
    {"corbeille", FOLDER_TRASH}, {"correo basura", FOLDER_JUNK}, {"correo enviado", FOLDER_SENT},
    {"correo no deseado", FOLDER_JUNK}, {"courrier envoye", FOLDER_SENT}, {"courrier indesirable", FOLDER_JUNK},
    {"deleted", FOLDER_TRASH}, {"deleted items", FOLDER_TRASH}, {"deleted messages", FOLDER_TRASH},
    {"dorucena posta", FOLDER_INBOX}, {"drafts", FOLDER_DRAFTS}, {"e mails enviados", FOLDER_SENT},
    {"elementos eliminados", FOLDER_TRASH}, {"elementos enviados", FOLDER_SENT},
    {"elements envoyes", FOLDER_SENT}, {"elements supprimes", FOLDER_TRASH},
    {"elementy usuniete", FOLDER_TRASH}, {"elementy wyslane", FOLDER_SENT}, {"eliminados", FOLDER_TRASH},
    {"entwurfe", FOLDER_DRAFTS}, {"enviadas", FOLDER_SENT}, {"enviados", FOLDER_SENT}, {"envoyes", FOLDER_SENT},
    {"gelen kutusu", FOLDER_INBOX}, {"geloscht", FOLDER_TRASH}, {"geloschte elemente", FOLDER_TRASH},
    {"geloschte objekte", FOLDER_TRASH}, {"gesendet", FOLDER_SENT}, {"gesendete elemente", FOLDER_SENT},
    {"gesendete nachrichten", FOLDER_SENT}, {"gesendete objekte", FOLDER_SENT},
    {"gonderilmis ogeler", FOLDER_SENT}, {"inbox", FOLDER_INBOX}, {"indbakke", FOLDER_INBOX},
    {"indesirables", FOLDER_JUNK}, {"inkorg", FOLDER_INBOX}, {"inkorgen", FOLDER_INBOX},
    {"innboks", FOLDER_INBOX}, {"inviata", FOLDER_SENT}, {"inviati", FOLDER_SENT},
    {"istenmeyen e posta", FOLDER_JUNK}, {"itens eliminados", FOLDER_TRASH}, {"itens enviados", FOLDER_SENT},
    {"itens excluidos", FOLDER_TRASH}, {"junk", FOLDER_JUNK}, {"junk e mail", FOLDER_JUNK},
    {"junk email", FOLDER_JUNK}, {"junk mail", FOLDER_JUNK}, {"kladder", FOLDER_DRAFTS},
    {"koncepty", FOLDER_DRAFTS}, {"kopie robocze", FOLDER_DRAFTS}, {"kosz", FOLDER_TRASH},
    {"lahetetyt", FOLDER_SENT}, {"lixeira", FOLDER_TRASH}, {"lixo eletronico", FOLDER_JUNK},
    {"luonnokset", FOLDER_DRAFTS}, {"mensagens enviadas", FOLDER_SENT}, {"mensajes enviados", FOLDER_SENT},
    {"messages envoyes", FOLDER_SENT}, {"messages supprimes", FOLDER_TRASH}, {"messaggi inviati", FOLDER_SENT},
    {"nevyzadana posta", FOLDER_JUNK}, {"niechciane", FOLDER_JUNK}, {"notes inbox", FOLDER_INBOX},
    {"odebrane", FOLDER_INBOX}, {"odeslana posta", FOLDER_SENT}, {"odeslane", FOLDER_SENT},
    {"odstranena posta", FOLDER_TRASH}, {"ongewenste e mail", FOLDER_JUNK}, {"ongewenste reclame", FOLDER_JUNK},
    {"papelera", FOLDER_TRASH}, {"papelera de reciclaje", FOLDER_TRASH}, {"papierkorb", FOLDER_TRASH},
    {"papperskorgen", FOLDER_TRASH}, {"poistetut", FOLDER_TRASH}, {"posta eliminata", FOLDER_TRASH},
    {"posta in arrivo", FOLDER_INBOX}, {"posta indesiderata", FOLDER_JUNK}, {"posta inviata", FOLDER_SENT},
    {"posteingang", FOLDER_INBOX}, {"postvak in", FOLDER_INBOX}, {"prullenbak", FOLDER_TRASH},
    {"rascunhos", FOLDER_DRAFTS}, {"roskaposti", FOLDER_JUNK}, {"rozepsane", FOLDER_DRAFTS},
    {"saapuneet", FOLDER_INBOX}, {"sendt", FOLDER_SENT}, {"sendt post", FOLDER_SENT}, {"sendte", FOLDER_SENT},
    {"sendte elementer", FOLDER_SENT}, {"sent", FOLDER_SENT}, {"sent items", FOLDER_SENT},
    {"sent mail", FOLDER_SENT}, {"sent messages", FOLDER_SENT}, {"silinmis ogeler", FOLDER_TRASH},
    {"skickade", FOLDER_SENT}, {"skickade objekt", FOLDER_SENT}, {"skickat", FOLDER_SENT},
    {"skrappost", FOLDER_JUNK}, {"skrzynka odbiorcza", FOLDER_INBOX}, {"slettede elementer", FOLDER_TRASH},
    {"slettet", FOLDER_TRASH}, {"slettet post", FOLDER_TRASH}, {"soppelpost", FOLDER_JUNK},
    {"spam", FOLDER_JUNK}, {"spamverdacht", FOLDER_JUNK}, {"supprimes", FOLDER_TRASH},
    {"szkice", FOLDER_DRAFTS}, {"taslaklar", FOLDER_DRAFTS}, {"trash", FOLDER_TRASH},
    {"unerwunscht", FOLDER_JUNK}, {"uonsket e post", FOLDER_JUNK}, {"uonsket mail", FOLDER_JUNK},
    {"usuniete", FOLDER_TRASH}, {"utkast", FOLDER_DRAFTS}, {"verwijderde items", FOLDER_TRASH},
    {"verzonden", FOLDER_SENT}, {"verzonden berichten", FOLDER_SENT}, {"verzonden items", FOLDER_SENT},
    {"wersje robocze", FOLDER_DRAFTS}, {"wiadomosci smieci", FOLDER_JUNK}, {"wyslane", FOLDER_SENT},
    {"входящие", FOLDER_INBOX}, {"корзина", FOLDER_TRASH},
    {"нежелательная почта", FOLDER_JUNK}, {"отправленные", FOLDER_SENT},
    {"спам", FOLDER_JUNK}, {"удаленные", FOLDER_TRASH}, {"черновики", FOLDER_DRAFTS},
    {"ゴミ箱", FOLDER_TRASH}, {"下書き", FOLDER_DRAFTS}, {"削除済みアイテム", FOLDER_TRASH},
    {"受信トレイ", FOLDER_INBOX}, {"受信箱", FOLDER_INBOX}, {"垃圾邮件", FOLDER_JUNK},
    {"垃圾郵件", FOLDER_JUNK}, {"寄件備份", FOLDER_SENT}, {"已删除", FOLDER_TRASH},
    {"已删除的邮件", FOLDER_TRASH}, {"已删除邮件", FOLDER_TRASH}, {"已发送", FOLDER_SENT},
    {"已发送的邮件", FOLDER_SENT}, {"已发送邮件", FOLDER_SENT}, {"收件匣", FOLDER_INBOX},
    {"收件箱", FOLDER_INBOX}, {"草稿", FOLDER_DRAFTS}, {"草稿箱", FOLDER_DRAFTS},
    {"迷惑メール", FOLDER_JUNK}, {"送信済み", FOLDER_SENT}, {"送信済みアイテム", FOLDER_SENT},
    {"送信済みトレイ", FOLDER_SENT}, {"送信済みメール", FOLDER_SENT},
    {"받은 편지함", FOLDER_INBOX}, {"보낸 편지함", FOLDER_SENT}, {"스팸", FOLDER_JUNK},
    {"임시 보관함", FOLDER_DRAFTS}, {"정크 메일", FOLDER_JUNK}, {"지운 편지함", FOLDER_TRASH},
};

static int digit_of(unsigned char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* "&AMk-", behind its '&': its characters, and how many bytes it takes; 0 when it is none, and the '&' stands for itself. */
static size_t shifted(span s, uint32_t *c, size_t max, size_t *n)
{
	size_t at = 0;
	uint32_t bits = 0, high = 0;
	unsigned n_bits = 0;

	*n = 0;
	for (; at < s.n && s.p[at] != '-'; at++) {
		int d = digit_of(s.p[at]);
		uint32_t unit;

		if (d < 0)
			return 0;
		bits = bits << 6 | (uint32_t)d;
		if ((n_bits += 6) < 16)
			continue;
		n_bits -= 16;
		unit = bits >> n_bits & 0xffff;
		bits &= ((uint32_t)1 << n_bits) - 1;
		if (unit >= 0xd800 && unit < 0xdc00) {
			high = unit;
			continue;
		}
		if ((high != 0) != (unit >= 0xdc00 && unit < 0xe000) || *n == max)
			return 0;
		c[(*n)++] = high != 0 ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : unit;
		high = 0;
	}
	if (at == s.n || high != 0 || bits != 0)
		return 0;
	if (at == 0)
		c[(*n)++] = '&';
	return *n != 0 ? at + 1 : 0;
}

/* A combining accent: how names are stored where files are named so (NFD). */
static bool is_accent(uint32_t c) { return c >= 0x300 && c < 0x370; }

static size_t letter_put(uint32_t c, unsigned char *out, size_t n)
{
	if (n + 4 > FOLDER_NAME_SIZE || is_accent(c))
		return n;
	if (c < 0x80) {
		out[n] = c == '_' || c == '-' ? ' ' : ascii_lower((unsigned char)c);
		return n + 1;
	}
	return n + utf8_base(c, out + n);
}

span folder_plain(span name, unsigned char out[FOLDER_NAME_SIZE])
{
	static const char *const endings[] = {".gz", ".zst", ".xz", ".mbox", ".mbx", ".sbd"};
	size_t n = 0, len;

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (name.n > strlen(endings[i]) && span_ends_nocase(name, span_str(endings[i])))
			name.n -= strlen(endings[i]);
	while (name.n != 0 && (name.p[0] == '_' || name.p[0] == '.' || name.p[0] == '['))
		name = span_from(name, 1);
	for (size_t at = 0; at < name.n; at += len) {
		UNFILLED uint32_t c[64];
		size_t n_c;

		if (name.p[at] == '&' && (len = shifted(span_from(name, at + 1), c, 64, &n_c)) != 0) {
			len++;
			for (size_t i = 0; i < n_c; i++)
				n = letter_put(c[i], out, n);
			continue;
		}
		len = 1;
		n = name.p[at] < 0x80 ? letter_put(name.p[at], out, n) : letter_put(utf8_get(span_from(name, at), &len), out, n);
	}
	return span_of(out, n);
}

static int by_name(const void *key, const void *one)
{
	return span_cmp(*(const span *)key, span_str(((const struct named *)one)->name));
}

enum folder_kind folder_plain_kind(span plain)
{
	const struct named *found = bsearch(&plain, known, sizeof known / sizeof *known, sizeof *known, by_name);

	return found != NULL ? found->kind : FOLDER_OTHER;
}

enum folder_kind folder_kind(span name)
{
	UNFILLED unsigned char out[FOLDER_NAME_SIZE];

	return folder_plain_kind(folder_plain(name, out));
}
