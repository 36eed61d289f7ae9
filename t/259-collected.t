#!/bin/sh
# scope: logs as other products keep and answer them (collected.py has the table).
. "$(dirname "$0")/lib.sh"
TOCSIN_NOW=2025-07-01T00:00:00Z; export TOCSIN_NOW
python3 "$SRC/t/collected.py" "$TOCSIN" "$T"
