#include "notify/test-case.h"

static struct languages all;
static struct arena *a;

static const struct language *in(const char *code)
{
	for (size_t i = 0; i < all.n; i++)
		if (strcmp(all.v[i].code, code) == 0)
			return &all.v[i];
	fail_msg("no language %s", code);
	return NULL;
}

static void says(const char *code, const char *place, const char *want)
{
	span out;

	assert_ok(say_place(a, in(code), span_str(place), &out, &e));
	assert_string_equal(arena_cstr(a, out), want);
}

/* One name each, in the notice ("1 password") and in the lists of an export. */
static void a_kind_has_the_same_name_in_a_notice_and_in_a_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < all.v[i].n_classes; k++) {
			const struct class_words *w = &all.v[i].classes[k];
			span said;

			assert_ok(say_count(a, &all.v[i], &w->count, 1, &said, &e));
			if (!span_starts(said, SPAN_LIT("1")) || !span_eq(span_trim(span_from(said, 1)), w->name))
				fail_msg("%s: %s: %.*s, and %.*s", all.v[i].code, w->class, (int)said.n, said.p, (int)w->name.n, w->name.p);
		}
}

static void a_place_is_said_in_the_language_of_its_reader(void **state)
{
	(void)state;
	says("de", "line 2 of users.csv", "Zeile 2 von users.csv");
	says("fr", "sheet Hosts, cell D14 of inventory.xlsx", "feuille Hosts, cellule D14 de inventory.xlsx");
	says("es", "page 3", "página 3");
	says("de", "page footer 2, paragraph 1 of a.docx", "Fußzeile 2, Absatz 1 von a.docx");
	says("fr", "hidden sheet Old, cell B8 in a hidden row and column of an attachment",
	    "feuille masquée Old, cellule B8 dans une ligne et une colonne masquées d’une pièce jointe");
	says("es", "hidden sheet Old, row 3 in a hidden row", "hoja oculta Old, fila 3 en una fila oculta");
	says("de", "text, paragraph 7 of notes.docx in archive.zip", "Text, Absatz 7 von notes.docx in archive.zip");
	says("de", "beside sheet Hosts, cell D14 of a.xlsx", "neben Tabellenblatt Hosts, Zelle D14 von a.xlsx");
	says("fr", "beside sheet Hosts, cell D14 of a.xlsx", "à côté : feuille Hosts, cellule D14 de a.xlsx");
	says("es", "before changes of text, paragraph 3", "antes de los cambios: texto, párrafo 3");
	says("fr", "beside the pages of a.pdf", "hors des pages de a.pdf");
	says("fr", "letters of embedded file x.bin of a.doc", "caractères lisibles du fichier incorporé x.bin de a.doc");
	says("en", "sheet Hosts, cell D14 of inventory.xlsx", "sheet Hosts, cell D14 of inventory.xlsx");
}

static void names_are_not_translated(void **state)
{
	(void)state;
	says("de", "sheet List of hosts, cell A1 of list of hosts.xlsx", "Tabellenblatt List of hosts, Zelle A1 von list of hosts.xlsx");
	says("de", "sheet a, line 3, cell A1 of x, cell B2 of y.ods", "Tabellenblatt a, line 3, Zelle A1 von x, cell B2 of y.ods");
	says("fr", "line 4 of page 3 of 7.txt", "ligne 4 de page 3 of 7.txt");
	says("de", "lines", "lines");
	says("de", "tracks of a tape, row 3 of x.db", "tracks of a tape, row 3 of x.db");
	says("de", "", "");
}

static void each_beginning_of_a_place_is_said(void **state)
{
	static const char place[] = "hidden sheet Hosts, cell D14 in a hidden row and column of an attachment";
	span out;

	(void)state;
	for (size_t n = 0; n < sizeof place; n++)
		for (size_t i = 0; i < all.n; i++)
			assert_ok(say_place(a, &all.v[i], span_first(span_str(place), n), &out, &e));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_kind_has_the_same_name_in_a_notice_and_in_a_list),
	    cmocka_unit_test(a_place_is_said_in_the_language_of_its_reader),
	    cmocka_unit_test(names_are_not_translated),
	    cmocka_unit_test(each_beginning_of_a_place_is_said),
	};
	int rc;

	a = test_arena();
	assert_ok(languages_load(a, argc > 1 ? argv[1] : "templates", &all, &e));
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return rc;
}
