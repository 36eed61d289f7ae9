#!/bin/sh
# Pictures: recorded, and read where somebody asks for it.
. "$(dirname "$0")/lib.sh"
command -v tesseract >/dev/null 2>&1 || skip_all "tesseract is not installed (tesseract-ocr)"
mkdir "$T/mail"
python3 "$SRC/t/make-picture.py" "$T"
printf 'GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377!\371\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;' >"$T/dot.gif"
head -c 300 "$T/shot.png" >"$T/cut.png"
(cd "$T" && zip -q s.zip shot.png && python3 "$SRC/t/make-held.py" "$T/mail/1.eml" shot.png s.zip dot.gif cut.png letter.docx grey.pdf fax.pdf)
CASE=$T/c; new_case "$CASE"
ingest "$T/mail"
scan
is "nothing is found in a picture by itself" "$(count findings)" 0
like "it is recorded that it was not looked for" "$(list coverage)" '"part":"2",.*"outcome":"not_read","reason":"PNG image; text in it was not looked for \(scan --ocr\)"'
run "$TOCSIN" scan --rules "$SRC/rules" --ocr --case "$CASE" --quiet --json
like "with --ocr the same mail is read again" "$out" '"messages":1,'
is "and the text in pictures found, in archives and documents too" "$(list findings | field part place | sort | tr '\t\n' '  ')" "2 picture, line 1 3!/shot.png picture, line 1 6!/picture 1 text, line 1 7!/picture 1 text, line 1 8!/picture 1 text, line 1 "
coverage=$(list coverage)
like "it is said that it may be wrong" "$coverage" '"part":"2",.*"outcome":"partial","reason":"the text of a picture, as tesseract reads it'
like "a dot is too small for text" "$coverage" '"part":"4",.*"reason":"a picture too small for text"'
like "a damaged one has a reason" "$coverage" '"part":"5",.*"reason":"(a picture that cannot be decoded|a picture in which no text was found)"'
exits "each part has its outcome" 0 "$TOCSIN" report --check --case "$CASE"
exits "a language that is not there is refused" 3 "$TOCSIN" scan --rules "$SRC/rules" --ocr-language xyz --case "$CASE"
like "and says what to install" "$err" 'ocr-language xyz: .*tesseract-ocr'
exits "what is no language is a mistake" 2 "$TOCSIN" scan --rules "$SRC/rules" --ocr-language ../x --case "$CASE"
done_testing
