#!/bin/sh
# serve: the units for systemd(1), users and drop folder as they are shipped, looked at by systemd's own tools; the portal is not started by it here.
. "$(dirname "$0")/lib.sh"
command -v systemd-analyze >/dev/null 2>&1 || skip_all "no systemd-analyze"
mkdir "$T/units" "$T/root"
ln -s "$TOCSIN" "$T/tocsin" # by a path without a space
for u in "$SRC"/share/serve/*.service "$SRC"/share/serve/*.path "$SRC"/share/serve/*.timer; do
	sed "s|@bindir@/tocsin |$T/tocsin |; s|/usr/sbin/sendmail|/bin/cat|" "$u" >"$T/units/${u##*/}"
done
cd "$T/units" || exit 1
for u in *; do
	rc=0
	said=$(systemd-analyze verify --man=no --recursive-errors=no "./$u" 2>&1) || rc=$?
	is "$u: nothing for systemd to say" "$rc|$said" "0|"
done
exposed() { systemd-analyze security --offline=true --no-pager --threshold="$2" "./$1" >"$T/said" 2>&1; }
ok "around the portal stands what systemd calls little exposed" exposed tocsin-serve.service 28
ok "around what hands over its alerts, too" exposed tocsin-serve-mail.service 35
like "the portal's own walls can be built within: seccomp, Landlock, its users" "$(cat tocsin-serve.service)" 'seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self'

# Users and drop folder.
said=$(systemd-sysusers --root="$T/root" --dry-run - <"$SRC/share/serve/tocsin-serve.sysusers" 2>&1) || true
is "five users are made" "$(printf '%s\n' "$said" | grep -c 'Would create user\|Creating user')" 5
unlike "and no line is wrong" "$said" 'not a valid|ignoring'
for who in web app auth net log; do
	like "tocsin-$who is one that the configuration names" "$(cat "$SRC/share/serve/serve.yaml")" "tocsin-$who"
done

# The manual's commands put each file where it belongs (tools/boot-room runs them on a system that boots).
cd "$SRC/share/serve"
# shellcheck disable=SC2046 # words, and patterns of names
is "the manual says where each file goes" "$(ls -d $(sed -n '/^\.Sh SETTING UP/,/^\.Sh EXIT/s/^install .*-m 644 \(.*\) .etc.*/\1/p' "$SRC/man/tocsin-serve.1") | sort)" "$(ls | grep -vx meson.build | sort)"

# Alerts: taken ones go, one that is refused stays, and the rest goes all the same.
mkdir "$T/outbox" "$T/sent"
for m in 1 2 3; do printf 'To: c%s@acme.example\n\nalert %s\n' $m $m >"$T/outbox/$m.eml"; done
printf '#!/bin/sh\ncat >"$0.now"; grep -q "alert 2" "$0.now" && exit 75; cp "$0.now" "%s/sent/$(grep -o "alert .*" "$0.now" | tr " " -)"\n' "$T" >"$T/sendmail"; chmod +x "$T/sendmail"
line=$(sed -n "s/^ExecStart=.bin.sh -c '\(.*\)'$/\1/p" "$SRC/share/serve/tocsin-serve-mail.service" | sed "s|/var/lib/tocsin-serve/outbox|$T/outbox|; s|/usr/sbin/sendmail|$T/sendmail|")
rc=0
sh -c "$line" || rc=$?
is "alerts are handed over; one that is refused stays, the others go" "$rc|$(ls "$T/outbox" | tr '\n' ' ')|$(ls "$T/sent" | tr '\n' ' ')" "0|2.eml |alert-1 alert-3 "
done_testing
