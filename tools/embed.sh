#!/bin/sh
# embed.sh NAME FILE: the file as a C string constant, for what the program carries within itself.
set -eu
printf 'static const char %s[] =\n' "$1"
sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/\t"/' -e 's/$/\\n"/' "$2"
printf ';\n'
