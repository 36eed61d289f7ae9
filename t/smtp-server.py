"""smtp-server.py CERT KEY MODE-FILE PORT-FILE LOG: a submission server that fails as the mode file says, read anew for each
connection: ok, notls, password, grey (4yz to MAIL), sender (5yz to MAIL), user (5yz to RCPT), full (4yz behind the message), drop (no answer behind it)."""
import os, socket, ssl, sys, threading

cert, key, mode_file, port_file, log = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)


def serve(c):
    mode = open(mode_file).read().strip()
    f = c.makefile('rwb', 0)
    tls = False
    say = lambda text: f.write(text.encode() + b'\r\n')
    rcpt = ''
    say('220 mx.example')
    while line := f.readline():
        verb = line.strip().upper()
        if verb.startswith(b'EHLO'):
            say('250-mx.example')
            say('250-AUTH PLAIN' if tls else '250-PIPELINING' if mode == 'notls' else '250-STARTTLS')
            say('250 SIZE 1000000')
        elif verb == b'STARTTLS':
            say('220 go')
            c = context.wrap_socket(c, server_side=True)
            f = c.makefile('rwb', 0)
            tls = True
        elif verb.startswith(b'AUTH'):
            if verb == b'AUTH PLAIN':
                say('334 ')
                f.readline()
            say('535 5.7.8 no' if mode == 'password' else '235 2.7.0 in')
        elif verb.startswith(b'MAIL'):
            say('451 4.7.1 greylisted' if mode == 'grey' else '550 5.7.1 not your sender' if mode == 'sender' else '250 ok')
        elif verb.startswith(b'RCPT'):
            rcpt = line.decode().strip()
            say('550 5.1.1 no such user' if mode == 'user' else '250 ok')
        elif verb == b'DATA':
            say('354 go')
            while (line := f.readline()) != b'.\r\n':
                if not line:
                    return
            if mode == 'drop':
                return
            if mode == 'full':
                say('452 4.2.2 full')
            else:
                with open(log, 'a') as out:
                    out.write(rcpt + '\n')
                say('250 2.0.0 Ok: queued as ABC123')
        elif verb == b'QUIT':
            say('221 2.0.0 bye')
            return


def one(c):
    try:
        serve(c)
    except OSError:
        pass
    finally:
        c.close()


s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen(16)
open(port_file + '.new', 'w').write(str(s.getsockname()[1]))
os.rename(port_file + '.new', port_file)
while True:
    threading.Thread(target=one, args=(s.accept()[0],), daemon=True).start()
