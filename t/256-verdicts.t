#!/bin/sh
# scope: records of many kinds, each on a case of its own, and what each of them makes of the mail (records.py has the table).
. "$(dirname "$0")/lib.sh"
TOCSIN_NOW=2025-07-01T00:00:00Z; export TOCSIN_NOW
python3 "$SRC/t/records.py" "$TOCSIN" "$T"
