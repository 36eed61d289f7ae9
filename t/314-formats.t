#!/bin/sh
# Of each kind of document that people send the text is read, or the row says what it is and how far it was read; none is passed over.
. "$(dirname "$0")/lib.sh"
CASE=$T/c
mkdir "$T/files" "$T/mail"
python3 "$SRC/t/make-formats.py" "$T/files"
python3 "$SRC/t/make-held.py" "$T/mail/1.eml" "$T"/files/*
new_case "$CASE"
ingest "$T/mail"; scan
is "each gives the password in it" "$(list findings --reveal | field value | grep -o 'Kind-Reef-.*' | sort)" "$(ls "$T/files" | tr . - | sed 's/^/Kind-Reef-/' | sort)"
like "also in Cyrillic, where only letters are read" "$(list findings --reveal)" '"value":"Риф-Кит-77"'
is "and says what it is where it is read for its letters alone" "$(list coverage | field filename outcome reason)" "$(printf '%s\tpartial\t%s\n' \
	mpp.mpp 'Project plan (.mpp): the letters in it were read, not their order' \
	other.sld 'a file of a program that is not known (in the form of old Office documents): the letters in it were read' \
	pub.pub 'Publisher document (.pub): the letters in it were read, not their order' \
	vsd.vsd 'Visio drawing (.vsd): the letters in it were read, but for what it compresses' \
	wps.wps 'Works document (.wps): the letters in it were read, not their order')"
exits "each part has its outcome" 0 "$TOCSIN" report --check --case "$CASE"
done_testing
