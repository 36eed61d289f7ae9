#!/bin/sh
# notify: cases of several waves, and who is told of how much in each (waves.py has the table).
. "$(dirname "$0")/lib.sh"
TOCSIN_NOW=2025-07-01T00:00:00Z; export TOCSIN_NOW
mkdir "$T/cases"
python3 "$SRC/t/waves.py" "$TOCSIN" "$T/cases" "$SRC/rules"
