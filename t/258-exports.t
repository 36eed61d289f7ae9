#!/bin/sh
# scope: logs as people export them, whole and damaged (exports.py has the table).
. "$(dirname "$0")/lib.sh"
TOCSIN_NOW=2025-07-01T00:00:00Z; export TOCSIN_NOW
python3 "$SRC/t/exports.py" "$TOCSIN" "$T"
