#include <iconv.h>
#include <stdio.h>

#include "base/test.h"
#include "base/utf8.h"
#include "stream/test-charsets.h"

static void check(const char *charset, const char *in, size_t n, const char *want, size_t want_bad)
{
	struct arena *a = test_arena();
	const struct charset *c = charset_find(span_str(charset));
	size_t bad = 99;
	span out;

	if (c == NULL)
		fail_msg("%s is not known", charset);
	assert_ok(charset_to_utf8(a, c, span_of(in, n), &out, &bad, &e));
	assert_span(out, want);
	assert_int_equal(bad, want_bad);
	arena_free(a);
}
#define CHECK(charset, in, want, bad) check(charset, in, sizeof(in) - 1, want, bad)

static void test_single_byte_charsets_become_utf8(void **state)
{
	(void)state;
	CHECK("iso-8859-1", "caf\xe9 \x80 5", "café € 5", 0);
	CHECK("windows-1252", "a\x93" "b\x94", "a“b”", 0);
	CHECK("iso-8859-15", "\xa4", "€", 0);
	CHECK("koi8-r", "\xf0\xc1\xd2\xcf\xcc\xd8", "Пароль", 0);
	CHECK("windows-1251", "\xcf\xe0\xf0\xee\xeb\xfc", "Пароль", 0);
	CHECK("iso-8859-2", "has\xb3o", "hasło", 0);
	CHECK("ibm850", "\x82t\x82", "été", 0);
	CHECK("macintosh", "caf\x8e", "café", 0);
	CHECK("windows-1253", "\xaa", "\xef\xbf\xbd", 1);
	CHECK("windows-1255", "\xf9\xec\xe5\xed", "שלום", 0);
	CHECK("windows-1258", "\xd0", "Đ", 0);
	CHECK("x-mac-greek", "\xa6\xe1\xf3\xf3\xf7\xef\xf2\xe4", "Πασσςορδ", 0);
	CHECK("x-mac-turkish", "\xdd\xdb", "ığ", 0);
}

static void test_text_that_is_already_utf8_is_not_copied(void **state)
{
	static const char *const names[] = {"utf-8", "us-ascii", "iso-8859-1", "iso-2022-jp", "big5", "utf-7", ""};
	struct arena *a = test_arena();
	span in = SPAN_LIT("nothing but ASCII in here"), out;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct charset *c = charset_find(span_str(names[i]));

		assert_non_null(c);
		assert_ok(charset_to_utf8(a, c, in, &out, NULL, &e));
		assert_ptr_equal(out.p, in.p);
		assert_int_equal(out.n, in.n);
	}
	arena_free(a);
}

static void test_utf8_loses_its_mark_and_bad_bytes(void **state)
{
	(void)state;
	CHECK("utf-8", "\xef\xbb\xbfpassé", "passé", 0);
	CHECK("utf-8", "\xff\xfe" "a", "\xef\xbf\xbd\xef\xbf\xbd" "a", 2);
	CHECK("utf-8", "a\xff" "b\xc3", "a\xef\xbf\xbd" "b\xef\xbf\xbd", 2);
	CHECK("utf-8", "\xef\xbf\xbd\xff", "\xef\xbf\xbd\xef\xbf\xbd", 1);
}

static void test_utf16_and_utf32_in_both_byte_orders(void **state)
{
	(void)state;
	CHECK("utf-16le", "p\0\xe9\0\x3d\xd8\x11\xdd", "pé🔑", 0);
	CHECK("utf-16be", "\0p\0\xe9\xd8\x3d\xdd\x11", "pé🔑", 0);
	CHECK("utf-16", "\xff\xfep\0\xe9\0", "pé", 0);
	CHECK("utf-16", "\xfe\xff\0p\0\xe9", "pé", 0);
	CHECK("utf-16", "\0p\0w", "pw", 0);
	CHECK("utf-16", "p\0w\0", "pw", 0);
	CHECK("utf-16le", "p\0\x3d\xd8w\0", "p\xef\xbf\xbdw", 1);
	CHECK("utf-16le", "p\0w", "p\xef\xbf\xbd", 1);
	CHECK("utf-32le", "p\0\0\0\x11\xf5\x01\0", "p🔑", 0);
	CHECK("utf-32", "\0\0\xfe\xff\0\0\0p", "p", 0);
	CHECK("utf-32be", "\0\0\0p\x7f\0\0\0\0", "p\xef\xbf\xbd\xef\xbf\xbd", 2);
}

static void test_utf7(void **state)
{
	(void)state;
	CHECK("utf-7", "caf+AOk- 1 +- 1", "café 1 + 1", 0);
	CHECK("utf-7", "+2D3dEQ-!", "🔑!", 0);
	CHECK("unicode-1-1-utf-7", "+AOk.", "é.", 0);
	CHECK("utf-7", "\xe9", "\xef\xbf\xbd", 1);
	CHECK("utf-7", "+2D0-x", "\xef\xbf\xbdx", 1);
}

static void test_east_asian_charsets(void **state)
{
	(void)state;
	CHECK("gb2312", "\xc3\xdc\xc2\xeb", "密码", 0);
	CHECK("gbk", "\xc3\xdc\xc2\xeb: a", "密码: a", 0);
	CHECK("big5", "\xb1\x4b\xbd\x58", "密碼", 0);
	CHECK("shift_jis", "\x83\x70\x83\x58", "パス", 0);
	CHECK("euc-jp", "\xa5\xd1\xa5\xb9", "パス", 0);
	CHECK("iso-2022-jp", "\x1b$B%Q%9\x1b(B ok", "パス ok", 0);
	CHECK("iso-2022-jp", "\x1b$B-!%Q\x1b(I1\x1b(B; \x1b$B-!\n-!", "①パｱ; ①\n-!", 0);
	CHECK("hz-gb-2312", "~~ ~{VPND~} end\n~{C\\BkVP", "~ 中文 end\n密码中", 0);
	CHECK("hz-gb-2312", "~{VP~}~\r\n~{ND~}~\n.", "中文.", 0);
	CHECK("iso-2022-jp-2", "\x1b$B%Q\x1b$AVP\x1b$(CGQ\x1b(B.\n\x1b.A\x1bNi\x1b.F\x1bNa\n", "パ中한.\néα\n", 0);
	CHECK("iso-2022-jp-2", "\x1b.A\n\x1bNi", "\n\xef\xbf\xbd", 1);
	CHECK("iso-2022-jp", "\x1b$B|b66\x1b(B y\x1b$B|q", "髙橋 yⅰ", 0);
	CHECK("euc-jp", "\xfc\xe2\xb6\xb6 \xf9\xa1\xfc\xfe", "髙橋 纊＂", 0);
	CHECK("iso-2022-jp-2004", "\x1b$(Q-!,!$w\x1b$(P!!\x1b(B.", "①❶か゚𠂉.", 0);
	CHECK("euc-jisx0213", "a\xac\xa1\xa4\xf7\x8f\xa1\xa1\x8e\xb1\xff", "a❶か゚𠂉ｱ\xef\xbf\xbd", 1);
	CHECK("shift_jis-2004", "\\\x86\x9f\x82\xf5\xf0\x40\xb1\xf0\x7f\xfc\xf4", "\\❶か゚𠂉ｱ\xef\xbf\xbd𪚲", 1);
	CHECK("gbk", "\xbc\xdb\x80 5", "价€ 5", 0);
	CHECK("johab", "\xd0\x65\x8a\x82", "한국", 0);
	CHECK("euc-jp", "\xad\xa1\x8e\xb1", "①ｱ", 0);
	CHECK("ks_c_5601-1987", "\xbe\xcf\xc8\xa3", "암호", 0);
	CHECK("gbk", "a\xff\xff" "b", "a\xef\xbf\xbd\xef\xbf\xbd" "b", 2);
	CHECK("gbk", "a\xc3", "a\xef\xbf\xbd", 1);
}

static void test_charsets_are_found_as_mail_spells_them(void **state)
{
	static const struct { const char *name, *want; } known[] = {
		{"\"utf8\"", "utf-8"}, {" UTF-8 ", "utf-8"}, {"Latin1", "windows-1252"}, {"ISO_8859-1", "windows-1252"},
		{"US-ASCII", "windows-1252"}, {"ANSI_X3.4-1968", "windows-1252"}, {"x-cp1251", "windows-1251"},
		{"cswindows1251", "windows-1251"}, {"iso8859_15", "iso-8859-15"}, {"x-sjis", "shift_jis"},
		{"csISO2022JP", "iso-2022-jp"}, {"x-mac-roman", "macintosh"}, {"x-gbk", "gb18030"}, {"KOI8-RU", "koi8-u"},
		{"x-unknown", "unknown"}, {"", "unknown"}, {"unknown-8bit", "unknown"}, {"iso-8859-8-i", "iso-8859-8"},
		{"utf-8; format=flowed", "utf-8"}, {"CP-850", "ibm850"}, {"windows-1252 ", "windows-1252"},
		{"646", "windows-1252"}, {"csISO58GB231280", "gb18030"}, {"x-x-big5", "big5"}, {"ISO-8859-7:1987", "iso-8859-7"},
		{"cp50221", "iso-2022-jp"}, {"hz-gb-2312", "hz-gb-2312"}, {"DOS-862", "ibm862"}, {"Thai", "windows-874"},
		{"ansix341968", "windows-1252"},
		{"binary", "unknown"},
		{"cp1255", "windows-1255"},
		{"cp850", "ibm850"},
		{"cp932", "shift_jis"},
		{"dos437", "ibm437"},
		{"eucgb2312cn", "gb18030"},
		{"greek", "iso-8859-7"},
		{"iso2022jp1", "iso-2022-jp"},
		{"iso885915fixed", "iso-8859-15"},
		{"isolatin2", "iso-8859-2"},
		{"korean", "euc-kr"},
		{"l2", "iso-8859-2"},
		{"latin4", "iso-8859-4"},
		{"macroman", "macintosh"},
		{"none", "unknown"},
		{"uhc", "euc-kr"},
		{"unknown8bit", "unknown"},
		{"win1250", "windows-1250"},
		{"win1256", "windows-1256"},
		{"windows949", "euc-kr"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const struct charset *c = charset_find(span_str(known[i].name));

		if (c == NULL)
			fail_msg("%s is not known", known[i].name);
		assert_string_equal(charset_name(c), known[i].want);
	}
	assert_null(charset_find(SPAN_LIT("klingon")));
	assert_null(charset_find(SPAN_LIT("a-name-that-is-longer-than-any-charset-has-ever-had")));
}

static void test_a_charset_that_nobody_named_is_guessed(void **state)
{
	(void)state;
	CHECK("", "\xff\xfep\0", "p", 0);
	CHECK("", "p\0a\0s\0s\0", "pass", 0);
	CHECK("", "\0p\0a\0s\0s", "pass", 0);
	CHECK("", "passé", "passé", 0);
	CHECK("", "pass\xe9", "passé", 0);
	CHECK("", "\x1b$B%Q%9\x1b(B", "パス", 0);
}

static span converted(const char *charset, char *text, char bytes[200])
{
	char *to = bytes;
	size_t left = strlen(text), room = 200;
	iconv_t cd = iconv_open(charset, "UTF-8");

	assert_true(cd != (iconv_t)-1);
	assert_int_equal(iconv(cd, &text, &left, &to, &room), 0);
	assert_int_equal(iconv_close(cd), 0);
	return span_of(bytes, 200 - room);
}

/* A text of a few words in each charset that is guessed, and among ASCII. */
static void guessed(const char *charset, const char *before, const char *text, const char *behind)
{
	struct arena *a = test_arena();
	char said[200], bytes[200];
	span in, out;

	(void)snprintf(said, sizeof said, "%s%s%s", before, text, behind);
	in = converted(charset, said, bytes);
	assert_ok(charset_to_utf8(a, charset_guess(in), in, &out, NULL, &e));
	if (!span_eq(out, span_str(said)))
		fail_msg("\"%s\" in %s is read as %s", said, charset, charset_name(charset_guess(in)));
	if (charset_instead(charset_find(span_str(charset)), in) != NULL)
		fail_msg("\"%s\" in %s is said to be in %s", said, charset, charset_name(charset_instead(charset_find(span_str(charset)), in)));
	arena_free(a);
}

static void test_what_is_declared_as_another_charset_and_clearly_is_not_is_told(void **state)
{
	static const struct { const char *declared, *charset, *text, *clear; } texts[] = {
		{"windows-1252", "UTF-8", "café", "utf-8"}, {"windows-1252", "UTF-8", "“yes”", "utf-8"},
		{"windows-1252", "UTF-8", "Hello, für Sie: Пароль", "utf-8"}, {"windows-1252", "KOI8-R", "Пароль для входа: x", "koi8-r"},
		{"windows-1252", "WINDOWS-1251", "Имя пользователя и пароль", "windows-1251"},
		{"windows-1252", "CP932", "初期パスワードは次のとおりです", "shift_jis"}, {"windows-1252", "GB18030", "请查收，初始密码如下", "gb18030"},
		{"koi8-r", "WINDOWS-1251", "Пароль для входа, спасибо", "windows-1251"}, {"koi8-r", "UTF-8", "Пароль", "utf-8"},
		{"euc-jp", "CP932", "初期パスワードは次のとおりです", "shift_jis"}, {"shift_jis", "EUC-JP", "初期パスワードは次のとおりです", "euc-jp"},
		{"iso-2022-jp", "CP932", "初期パスワードは次のとおりです", "shift_jis"}, {"iso-2022-jp", "UTF-8", "パスワード", "utf-8"},
		{"big5", "GB18030", "请查收，初始密码如下，谢谢", "gb18030"}, {"gb2312", "UTF-8", "初始密码", "utf-8"},
		{"gb2312", "BIG5", "請查收附件中的合約與客戶名單", "big5"}, {"big5", "GB18030", "请查收附件中的合同和客户名单", "gb18030"},
		{"gb2312", "GB18030", "龘靐齉爩鱻麤龖厵灪籱", NULL}, {"gb2312", "GB18030", "黼黻缱绻氤氲醍醐饕餮魑魅魍魉", NULL},
		{"big5", "BIG5", "黼黻繾綣氤氳醍醐饕餮魑魅魍魎", NULL}, {"euc-kr", "EUC-KR", "大韓民國憲法前文", NULL},
		/* Too little to say. */
		{"windows-1252", "WINDOWS-1252", "CAFÉ®", NULL}, {"windows-1252", "KOI8-R", "a Я b", NULL}, {"windows-1252", "WINDOWS-1252", "ÀÉ", NULL},
		{"koi8-r", "WINDOWS-1251", "Яна", NULL},
		/* Lines that are drawn. */
		{"koi8-r", "KOI8-R", "see below\n────────────────────────────────\nhere", NULL},
		{"koi8-r", "KOI8-R", "Привет\n────────────────────────────────\nЯна", NULL},
		{"shift_jis", "CP932", "予約\n━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n", NULL},
		/* Languages that the table of letters has not, in the charset of their neighbours; no text at all. */
		{"iso-8859-2", "ISO-8859-2", "Nëse TRUE, shtypja e butonit të djathtë të mouse mbi fletore", NULL},
		{"iso-2022-jp", "ISO-2022-JP", "初期パスワードは次のとおりです", NULL},
		{"macintosh", "MACINTOSH", "schöne Grüße aus München, für später", NULL},
	};
	char text[200], bytes[200];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const struct charset *c;

		(void)snprintf(text, sizeof text, "%s", texts[i].text);
		c = charset_instead(charset_find(span_str(texts[i].declared)), converted(texts[i].charset, text, bytes));
		if (c == NULL || texts[i].clear == NULL ? c != NULL || texts[i].clear != NULL : strcasecmp(charset_name(c), texts[i].clear) != 0)
			fail_msg("\"%s\" in %s, declared as %s, is said to be in %s", text, texts[i].charset, texts[i].declared,
			    c != NULL ? charset_name(c) : "what it says");
	}
}

static void test_the_charset_of_a_few_words_is_guessed(void **state)
{
	static const struct { const char *charset, *texts[8]; } known[] = {
		{"KOI8-R", {"Пароль", "пароль", "ПАРОЛЬ", "Логин", "Код доступа"}},
		{"WINDOWS-1251", {"Пароль", "пароль", "Имя пользователя", "Ваш пароль", "Парола", "Потребител", "Логін"}},
		{"KOI8-U", {"Логін", "Ваш пароль"}},
		{"ISO-8859-5", {"Пароль", "Логин", "Пользователь"}},
		{"IBM866", {"Пароль", "Логин", "Администратор"}},
		{"WINDOWS-1250", {"Hasło", "Użytkownik", "Twoje hasło", "Přístupové heslo", "Uživatel", "Jelszó", "Parolă", "Šifra"}},
		{"ISO-8859-2", {"Hasło", "Użytkownik", "Přihlašovací jméno", "Felhasználónév", "Jelszó"}},
		{"WINDOWS-1253", {"Κωδικός", "κωδικός", "Κωδικός πρόσβασης", "Χρήστης"}},
		{"ISO-8859-7", {"Κωδικός", "Συνθηματικό"}},
		{"WINDOWS-1254", {"Şifre", "şifre", "Şifreniz", "Kullanıcı adı"}},
		{"WINDOWS-1255", {"סיסמה", "סיסמא", "שם משתמש"}},
		{"WINDOWS-1256", {"كلمة المرور", "كلمة السر", "اسم المستخدم"}},
		{"WINDOWS-874", {"รหัสผ่าน"}},
		{"CP932", {"パスワード", "暗証番号", "初期パスワードは次のとおりです"}},
		{"EUC-JP", {"パスワード", "暗証番号", "ユーザー名"}},
		{"GB18030", {"密码", "用户名", "初始密码", "口令"}},
		{"BIG5", {"密碼", "使用者名稱", "登入密碼"}},
		{"CP949", {"비밀번호", "암호", "아이디"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		for (size_t k = 0; k < sizeof known[i].texts / sizeof *known[i].texts && known[i].texts[k] != NULL; k++) {
			guessed(known[i].charset, "", known[i].texts[k], ": Zima2024!");
			guessed(known[i].charset, "Hello all,\n\nthe new box is up since Monday.\n", known[i].texts[k],
			    ": kx82-Truck\n\nRegards, Bob\n");
		}
}

static void test_western_text_is_not_taken_for_another(void **state)
{
	static const char *const texts[] = {"Passwort für das Portal", "Schlüssel", "Grüße", "daß", "ÖFFNEN", "ÅÄÖ", "mot de passe réinitialisé",
		"à bientôt", "où", "l’été", "l´heure", "Société", "Contraseña", "CONTRASEÑA", "¿qué?", "número", "Não", "código", "perché",
		"è", "één", "Lösenord är", "Adgangskode på", "Løsen", "æøå", "Käyttäjä", "Þú", "Lykilorð", "això", "“quoted” – don’t", "5 °C",
		"m²", "½ cup", "2×3", "© 2001", "£ 5", "10 ± 2", "n° 7", "NT®", "« voilà »", "résumé", "naïve",
		"STRAßE", "MÜLLER & SÖHNE", "DÉGÂTS DES EAUX", "lunedì, martedì o mercoledì", "amanhã de manhã", "5 ó 6 veces"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		guessed("WINDOWS-1252", "", texts[i], "");
		guessed("WINDOWS-1252", "Hello all,\n\nas said on Monday: ", texts[i], "\nRegards, Bob\n");
	}
}

static void test_what_is_no_text_of_people_is_not_guessed_at(void **state)
{
	(void)state;
	/* yEnc */
	CHECK("", "=ybegin line=128 size=22\r\nz\x8b\x9d\x9d\xa1\x99\x9c\x8e" "dJ\x83\x8f\x98\x8dW|\x8f\x8f\x90W\\4",
	    "=ybegin line=128 size=22\r\nz‹\xc2\x9d\xc2\x9d¡™œŽdJƒ\xc2\x8f˜\xc2\x8dW|\xc2\x8f\xc2\x8f\xc2\x90W\\4", 0);
}

static void test_utf_8_with_some_damage_stays_utf_8(void **state)
{
	(void)state;
	CHECK("", "\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c: \xff", "Пароль: \xef\xbf\xbd", 1);
	CHECK("", "caf\xc3\xa9 na\xc3\xafve \xc3", "café naïve \xef\xbf\xbd", 1);
}

/* Every character's place, held against the conversion of what stands before it. */
static void places(const char *charset, const char *in, size_t n)
{
	struct arena *a = test_arena();
	const struct charset *c = charset_find(span_str(charset));
	span text = span_of(in, n), out, head;
	struct charset_places *p;

	assert_non_null(c);
	assert_ok(charset_places_new(a, c, text, &p, &e));
	assert_ok(charset_to_utf8(a, c, text, &out, NULL, &e));
	for (size_t at = 0; at < out.n; at++) {
		size_t place = charset_place(p, at);

		if ((out.p[at] & 0xc0) == 0x80)
			continue;
		assert_true(place <= n);
		assert_ok(charset_to_utf8(a, c, span_first(text, place), &head, NULL, &e));
		assert_int_equal(head.n, at);
		assert_int_equal(charset_text_at(p, place), at);
	}
	assert_int_equal(charset_place(p, out.n), n);
	assert_int_equal(charset_text_at(p, n), out.n);
	arena_free(a);
}

static void test_a_place_in_the_text_is_found_again_in_the_bytes(void **state)
{
	static const char long_latin[] = "0123456789abc\xe9 and so on 0123456789";

	(void)state;
	places("iso-8859-1", long_latin, sizeof long_latin - 1);
	places("utf-8", "\xef\xbb\xbf" "a\xff\xc3\xa9z", 7);
	places("utf-16le", "p\0\xe9\0\x3d\xd8\x11\xddz\0", 10);
	places("utf-7", "caf+AOkA6Q- 1 +- 1", 18);
	places("utf-7", "caf+AOk-", 8);
	places("gbk", "a\xc3\xdc\xc2\xeb\xff" "b", 7);
	places("big5", "a\xb1\x4b\xbd\x58", 5);
	places("iso-2022-jp", "a\x1b$B%Q%9\x1b(B b", 13);
	places("hz", "a~{VPND~} b", 11);
}

/* A long text of nothing but `unit`: who goes on from the last place says what one says who begins anew. */
static void goes_on(const char *charset, span unit)
{
	struct arena *a = test_arena();
	const struct charset *c = charset_find(span_str(charset));
	struct charset_places *p, *anew;
	unsigned char bytes[30000];
	span out, text = span_of(bytes, sizeof bytes / unit.n * unit.n);

	assert_non_null(c);
	for (size_t i = 0; i < text.n; i++)
		bytes[i] = unit.p[i % unit.n];
	assert_ok(charset_places_new(a, c, text, &p, &e));
	assert_ok(charset_to_utf8(a, c, text, &out, NULL, &e));
	for (size_t at = 0; at < out.n; at += 61) {
		assert_ok(charset_places_new(a, c, text, &anew, &e));
		assert_int_equal(charset_place(p, at), charset_place(anew, at));
	}
	for (size_t at = 0; at < text.n; at += 61) {
		assert_ok(charset_places_new(a, c, text, &anew, &e));
		assert_int_equal(charset_text_at(p, at), charset_text_at(anew, at));
	}
	arena_free(a);
}

static void test_places_in_long_texts_whose_charset_has_a_state(void **state)
{
	(void)state;
	goes_on("big5", SPAN_LIT("\x88\x62"));
	goes_on("big5", SPAN_LIT("a\x88\xa5\x88\x64 \xb1\x4b\n"));
	goes_on("iso-2022-kr", SPAN_LIT("\x1b$)Cab \x0e>HGO\x0f: \x0e1"));
	goes_on("iso-2022-kr", SPAN_LIT("\x0e>H\nGO\x0f>HGO"));
	goes_on("iso-2022-jp", SPAN_LIT("a\x1b$B%Q%9\x1b(B b"));
}

static void test_places_asked_in_any_order_are_the_same(void **state)
{
	struct arena *a = test_arena();
	const struct charset *c = charset_find(SPAN_LIT("iso-8859-1"));
	struct charset_places *p;
	unsigned char text[20000];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = i % 3 == 0 ? 0xe9 : 'a';
	assert_non_null(c);
	assert_ok(charset_places_new(a, c, span_of(text, sizeof text), &p, &e));
	for (size_t i = 0; i < sizeof text; i += i < 10000 ? 999 : 9999)
		assert_int_equal(charset_place(p, i + (i + 2) / 3), i);
	assert_int_equal(charset_place(p, 4000 + 1334), 4000);
	assert_int_equal(charset_place(p, 0), 0);
	for (size_t i = 0; i < sizeof text; i += i < 10000 ? 999 : 4999)
		assert_int_equal(charset_text_at(p, i), i + (i + 2) / 3);
	assert_int_equal(charset_text_at(p, 4000), 4000 + 1334);
	assert_int_equal(charset_place(p, 15000 + 5000), 15000);
	arena_free(a);
}

/* A cut within a character is no place to go on from; that of a charset with state is none at all. */
static void test_places_asked_from_both_sides_are_the_same(void **state)
{
	static const char *const names[] = {"utf-8", "utf-16le", "utf-7", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "iso-2022-jp", "iso-2022-kr", "hz"};
	struct arena *a = test_arena();
	unsigned char bytes[30000];

	(void)state;
	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		const struct charset *c = charset_find(span_str(names[k]));
		struct charset_places *both, *one;
		span in = span_of(bytes, sizeof bytes);

		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (unsigned char)(i * i * 7 + i / 3 % 64 * 2);
		assert_ok(charset_places_new(a, c, in, &both, &e));
		for (size_t at = 0; at < sizeof bytes; at += 1777) {
			size_t text;

			assert_ok(charset_places_new(a, c, in, &one, &e));
			text = charset_text_at(one, at);
			assert_int_equal(charset_text_at(both, at), text);
			assert_ok(charset_places_new(a, c, in, &one, &e));
			assert_int_equal(charset_place(both, text + 50), charset_place(one, text + 50));
		}
	}
	arena_free(a);
}

static void test_bytes_cut_anywhere_become_valid_utf8(void **state)
{
	static const char *const names[] = {"utf-8", "utf-16", "utf-16be", "utf-32", "utf-7", "gb18030", "big5", "shift_jis",
		"euc-jp", "iso-2022-jp", "hz", "euc-kr", "iso-2022-kr", "windows-1252", "windows-1255", "euc-jisx0213", "shift_jis-2004", ""};
	unsigned char bytes[200];
	uint32_t random = 3;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		for (size_t i = 0; i < sizeof bytes; i++) {
			random = random * 1664525u + 1013904223u;
			bytes[i] = (unsigned char)(random >> 24);
		}
		memcpy(bytes + 20, "\x1b$B%Q%9\x1b(B\x1b$)C\x0e+AOk-", 21);
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			for (size_t n = 0; n <= sizeof bytes; n += 1 + round) {
				struct arena *a = test_arena();
				const struct charset *c = charset_find(span_str(names[i]));
				unsigned char *exact = malloc(n != 0 ? n : 1);
				struct charset_places *p;
				span out;

				assert_true(c != NULL && exact != NULL);
				memcpy(exact, bytes, n);
				assert_ok(charset_to_utf8(a, c, span_of(exact, n), &out, NULL, &e));
				assert_int_equal(utf8_valid(out), out.n);
				assert_ok(charset_places_new(a, c, span_of(exact, n), &p, &e));
				assert_true(charset_place(p, out.n / 2) <= n);
				assert_int_equal(charset_place(p, out.n), n);
				free(exact);
				arena_free(a);
			}
	}
}

static void test_ebcdic(void **state)
{
	static const char text[] = "\x97\x81\xa2\xa2\xa6\x96\x99\x84z@\xc5\x82\x83\x84\x89\x83`\xf7\xf7\x25\x51\x15";
	static const char *const names[] = {"IBM037", "cp037", "ebcdic-cp-us", "cp1047", "IBM01140", "CCSID 37", "1140", "csIBM500"};
	struct arena *a = test_arena();
	struct charset_places *places;
	span out;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct charset *c = charset_find(span_str(names[i]));

		assert_non_null(c);
		assert_ok(charset_to_utf8(a, c, span_str(text), &out, NULL, &e));
		assert_span(out, "password: Ebcdic-77\n\xc3\xa9\n"); /* both of its line ends are one */
		assert_ok(charset_places_new(a, c, span_str(text), &places, &e));
		assert_int_equal(charset_place(places, 10), 10);
		assert_int_equal(charset_text_at(places, 21), 22);
	}
	assert_null(charset_find(SPAN_LIT("cp39999")));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single_byte_charsets_become_utf8),
		cmocka_unit_test(test_text_that_is_already_utf8_is_not_copied),
		cmocka_unit_test(test_utf8_loses_its_mark_and_bad_bytes),
		cmocka_unit_test(test_utf16_and_utf32_in_both_byte_orders),
		cmocka_unit_test(test_utf7),
		cmocka_unit_test(test_ebcdic),
		cmocka_unit_test(test_east_asian_charsets),
		cmocka_unit_test(test_charsets_are_found_as_mail_spells_them),
		cmocka_unit_test(test_a_charset_that_nobody_named_is_guessed),
		cmocka_unit_test(test_the_charset_of_a_few_words_is_guessed),
		cmocka_unit_test(test_what_is_declared_as_another_charset_and_clearly_is_not_is_told),
		cmocka_unit_test(test_western_text_is_not_taken_for_another),
		cmocka_unit_test(test_what_is_no_text_of_people_is_not_guessed_at),
		cmocka_unit_test(test_utf_8_with_some_damage_stays_utf_8),
		cmocka_unit_test(test_a_place_in_the_text_is_found_again_in_the_bytes),
		cmocka_unit_test(test_places_in_long_texts_whose_charset_has_a_state),
		cmocka_unit_test(test_places_asked_in_any_order_are_the_same), cmocka_unit_test(test_places_asked_from_both_sides_are_the_same),
		cmocka_unit_test(test_bytes_cut_anywhere_become_valid_utf8),
	};
	return cmocka_run_group_tests_name("charset", tests, open_charsets, NULL);
}
