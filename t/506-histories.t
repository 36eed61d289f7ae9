#!/bin/sh
# notify: random histories of three waves, beside a model of who must be told what (histories.py; more: FIRST COUNT behind its arguments).
. "$(dirname "$0")/lib.sh"
TOCSIN_NOW=2025-07-01T00:00:00Z; export TOCSIN_NOW
mkdir "$T/cases"
python3 "$SRC/t/histories.py" "$TOCSIN" "$T/cases" "$SRC/rules"
