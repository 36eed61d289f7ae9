# peers.sh: a mail server and mailboxes of the test's own, all below $T and on loopback: Postfix, with Dovecot behind it for
# passwords (SASL) and mailboxes (LMTP into Maildirs). Sourced behind lib.sh. What is on the machine is not touched: each has
# its own configuration, queue and sockets.
#
#   $PORT_SUBMIT   submission: STARTTLS and a password wanted
#   $PORT_PLAIN    the same without TLS
#   $PORT_REMOTE   "elsewhere": takes mail or not, as remote_says, by address: "ann@far.example 450 4.7.1 greylisted"
#   $PORT_BROKEN   submission over a line that breaks in the middle of a message, when the file $T/break is there
# Domains of mailboxes are those of the addresses in $T/users ("name@domain", a line each; password: secret-word-1). Those of
# $LDA_DOMAINS are delivered by dovecot-lda, of which Postfix can say "delivered"; of LMTP it knows only "relayed". Mail for
# $REMOTE_DOMAINS goes elsewhere.

PATH=$PATH:/usr/sbin
peers_need() {
	[ "$(id -u)" = 0 ] || skip_all "Postfix and Dovecot change users: this test wants to be run as root"
	for t_tool in postfix postmap postqueue dovecot openssl; do
		command -v $t_tool >/dev/null || skip_all "$t_tool is not installed: tools/install-needs test"
	done
	[ -x /usr/lib/postfix/sbin/lmtp ] && [ -x /usr/lib/dovecot/lmtp ] || skip_all "no LMTP: tools/install-needs test"
}

peers_ports() {
	set -- $(free_ports 4)
	PORT_SUBMIT=$1 PORT_PLAIN=$2 PORT_REMOTE=$3 PORT_BROKEN=$4
}

peers_dovecot() {
	mkdir -p "$T/dovecot" "$T/mail"
	chown nobody "$T/mail"
	sed 's/.*/&:{PLAIN}secret-word-1:65534:65534::\/nonexistent::/' "$T/users" >"$T/dovecot/users"
	case $(dovecot --version) in
	2.[0-3].*) t_head="" t_mail="mail_location = maildir:$T/mail/%u" t_db="{
  driver = passwd-file
  args = username_format=%u $T/dovecot/users
}" ;;
	*) t_head="dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0" t_mail="mail_driver = maildir
mail_path = $T/mail/%{user}" t_db="passwd-file {
  passwd_file_path = $T/dovecot/users
}" ;;
	esac
	cat >"$T/dovecot/dovecot.conf" <<CONF
$t_head
base_dir = $T/dovecot/run
state_dir = $T/dovecot/run
log_path = $T/dovecot/log
protocols = lmtp
ssl = no
first_valid_uid = 1
$t_mail
recipient_delimiter = +
auth_mechanisms = plain login
passdb $t_db
userdb $t_db
service lmtp {
  unix_listener $T/lmtp {
    mode = 0666
  }
}
service auth {
  unix_listener $T/auth {
    mode = 0666
  }
}
CONF
	dovecot -c "$T/dovecot/dovecot.conf"
}

# What the server elsewhere says to whom; read anew by its next process, and its processes take one connection each.
remote_says() { cat >"$T/postfix/remote"; }

peers_postfix() {
	mkdir -p "$T/postfix" "$T/queue" "$T/data"
	chown postfix "$T/data"
	sed 's/.*@//' "$T/users" | sort -u | sed 's/$/ x/' >"$T/postfix/domains"
	{
		for t_domain in $REMOTE_DOMAINS; do echo "$t_domain smtp:[127.0.0.1]:$PORT_REMOTE"; done
		for t_domain in $LDA_DOMAINS; do echo "$t_domain lda:"; done
	} >"$T/postfix/transport"
	: >"$T/postfix/remote"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/postfix/key" -out "$T/cert" -days 2 -subj /CN=mx.kestrelgate.example \
	    -addext subjectAltName=DNS:mx.kestrelgate.example 2>/dev/null
	cat >"$T/postfix/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $T/queue
data_directory = $T/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = $T
maillog_file = $T/maillog
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.kestrelgate.example
myorigin = kestrelgate.example
mydestination =
local_recipient_maps =
alias_maps =
recipient_delimiter = +
virtual_mailbox_domains = texthash:$T/postfix/domains
virtual_transport = lmtp:unix:$T/lmtp
transport_maps = texthash:$T/postfix/transport
smtp_host_lookup = native
smtpd_tls_cert_file = $T/cert
smtpd_tls_key_file = $T/postfix/key
smtpd_sasl_type = dovecot
smtpd_sasl_path = $T/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions =
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
delay_warning_time = 1s
in_flow_delay = 0
smtpd_error_sleep_time = 0
lmtp_dns_support_level = disabled
smtp_dns_support_level = disabled
CONF
	cat >"$T/postfix/master.cf" <<CONF
127.0.0.1:$PORT_SUBMIT inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
  -o smtpd_recipient_restrictions=check_recipient_access,texthash:$T/postfix/submit,permit_sasl_authenticated,reject -o smtpd_delay_reject=yes
  -o max_use=1
127.0.0.1:$PORT_PLAIN inet n - n - - smtpd -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=yes
127.0.0.1:$PORT_REMOTE inet n - n - - smtpd -o smtpd_tls_security_level=none -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o smtpd_recipient_restrictions=check_recipient_access,texthash:$T/postfix/remote,permit -o max_use=1
  -o smtpd_discard_ehlo_keywords=dsn -o content_filter=discard:
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
lda unix - n n - - pipe flags=DRXhu user=nobody argv=/usr/lib/dovecot/dovecot-lda -c $T/dovecot/dovecot.conf -o log_path=/dev/stderr -o stats_writer_socket_path= -f \${sender} -d \${recipient}
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
CONF
	: >"$T/postfix/submit"
	postfix -c "$T/postfix" start >"$T/postfix.start" 2>&1 || { sed 's/^/# /' "$T/postfix.start"; return 1; }
}

peers_stop() {
	[ -z "${PEERS_LINE:-}" ] || kill "$PEERS_LINE" 2>/dev/null || :
	postfix -c "$T/postfix" abort >/dev/null 2>&1 || :
	[ ! -f "$T/dovecot/run/master.pid" ] || kill "$(cat "$T/dovecot/run/master.pid")" 2>/dev/null || :
}

peers_start() {
	chmod 711 "$T"
	peers_ports
	trap 'peers_stop; chmod -R u+rwX "$T"; rm -rf "$T"' EXIT
	peers_dovecot && peers_postfix && peers_broken_line
}

# The line that breaks: bytes go through, until a client has sent more than a handshake and a mail's beginning take.
peers_broken_line() {
	python3 - "$PORT_BROKEN" "$PORT_SUBMIT" "$T/break" <<'PY' &
import os, socket, sys, threading
listen, to, breaks = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

def pump(a, b, most):
    n = 0
    try:
        while data := a.recv(4096):
            n += len(data)
            if n > most and os.path.exists(breaks):
                break
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', listen))
s.listen(8)
while True:
    c = s.accept()[0]
    u = socket.create_connection(('127.0.0.1', to))
    threading.Thread(target=pump, args=(c, u, 4000), daemon=True).start()
    threading.Thread(target=pump, args=(u, c, 1 << 40), daemon=True).start()
PY
	PEERS_LINE=$!
}

# until_ok COMMAND...: it succeeds within two minutes.
until_ok() {
	for t_i in $(seq 1200); do
		if "$@" >/dev/null 2>&1; then return 0; fi
		sleep 0.1
	done
	return 1
}
