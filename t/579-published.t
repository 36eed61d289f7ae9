#!/bin/sh
# notify publish, killed in front of and behind each of its steps, into an empty folder and into one of an earlier day: who looks at the folder in between
# sees whole files, of before or of after, and a log that holds; the next run ends what was begun.
. "$(dirname "$0")/lib.sh"
[ -f "$FAULT_LIB" ] || skip_all "no $FAULT_LIB"
export TOCSIN_NOW=2026-03-01T12:00:00Z
CASE=$T/c
new_case "$CASE"
ingest "$SAMPLES/mailboxes/wrona"; scan; attribute
notify keys >/dev/null
ok "a first wave is written" plan_write
mkdir "$T/none"
exits "and published" 0 notify publish --out "$T/first"
one=$(ls "$CASE"/out/wave-1/*.eml | head -1)
cp "$one" "$T/notice.eml"
ingest "$SAMPLES/mailboxes"; scan; attribute
ok "a second wave is written" plan_write
id=$(list notices | jq -r 'select(.wave == 2 and .state == "written") | .notice' | head -1)
notify withdraw --notice "$id" --by A --why x >/dev/null; notify withdraw --notice "$id" --by B --why x >/dev/null
export TOCSIN_NOW=2026-03-02T12:00:00Z
cp -r "$T/first" "$T/second"
exits "and published" 0 notify publish --out "$T/second"
exits "into an empty folder, too" 0 notify publish --out "$T/alone"
ok "the log has grown" test "$(wc -l <"$T/second/leaves")" -gt "$(wc -l <"$T/first/leaves")"

# Others read the tiles (c2sp.org/tlog-tiles): the root that they give is the checkpoint's, and so it was on the first day.
root_of() {
	python3 - "$1" "$2" <<'PY'
import base64, hashlib, pathlib, sys
at, tiles = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
_, size, root = (at / "checkpoint").read_text().split("\n")[:3]
size, have = int(size), []
for n in range((size + 255) // 256):
    width = min(256, size - 256 * n)
    name = f"tile/0/{n:03}" + (f".p/{width}" if width < 256 else "")
    data = (tiles / name).read_bytes()
    assert len(data) == 32 * width, name
    have += [data[i:i + 32] for i in range(0, len(data), 32)]
def mth(v):
    if len(v) == 1:
        return v[0]
    k = 1 << (len(v) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + mth(v[:k]) + mth(v[k:])).digest()
print("the same" if mth(have) == base64.b64decode(root) else "another")
PY
}
is "the root of the tiles is the checkpoint's" "$(root_of "$T/second" "$T/second")" 'the same'
is "the tiles of the first day's are still there" "$(root_of "$T/first" "$T/second")" 'the same'
is "no bundle of entries names anybody" "$(find "$T/second/tile" -path '*entries*')" ''

# Each file of a folder with its digest; what is still being written has a name of its own.
files() { (cd "$1" && find . -type f ! -name '*.new' -exec sha256sum {} + | sort); }
# whole: those of the folder that are neither as they were nor as they will be.
whole() { files "$T/pub" | comm -23 - "$T/either" | sed 's/.* //' | tr '\n' ' '; }
# killed_at_each STEP SENTENCE BEFORE AFTER
killed_at_each() {
	t_step=$1; shift
	step=0 killed=0 half='' open='' rest=''
	(files "$2"; files "$3") | sort -u >"$T/either"
	while :; do
		step=$((step + 1)) t_rc=0
		rm -rf "$T/pub"; cp -r "$2" "$T/pub"
		FAULT=$t_step:$step LD_PRELOAD=$FAULT_LIB "$TOCSIN" notify publish --out "$T/pub" --case "$CASE" --quiet >/dev/null 2>"$T/.err" </dev/null || t_rc=$?
		[ $t_rc -eq 137 ] || break
		killed=$((killed + 1))
		t_half=$(whole)
		[ -z "$t_half" ] || half="$half $step:$t_half"
		[ ! -e "$T/pub/checkpoint" ] || "$TOCSIN" verify "$T/notice.eml" --key "$CASE/keys/notice.pub" --proof "$T/pub" >"$T/.out" 2>&1 ||
			open="$open $step:$(head -1 "$T/.out")"
		notify publish --out "$T/pub" >/dev/null 2>&1 || rest="$rest $step:again"
		diff -r "$T/pub" "$3" >"$T/.diff" 2>&1 || rest="$rest $step:$(head -1 "$T/.diff")"
		[ $step -lt 400 ] || break
	done
	echo "# $killed runs killed"
	is "$1: the last run came to its end" "$t_rc" 0
	ok "  many were killed" test $killed -ge 15
	is "  no file was ever half" "$half" ""
	is "  a notice of the first wave was genuine throughout" "$open" ""
	is "  and the next run left what an undisturbed one leaves" "$rest" ""
}
killed_at_each step "into an empty folder" "$T/none" "$T/alone"
killed_at_each step "onto an earlier log" "$T/first" "$T/second"
killed_at_each before "in front of each write" "$T/first" "$T/second"
done_testing
