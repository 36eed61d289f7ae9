#!/bin/sh
# The reading room in a real browser, over TLS, with passkeys (t/browser.mjs). SHOTS=DIR leaves pictures.
. "$(dirname "$0")/lib.sh"
command -v node >/dev/null 2>&1 || skip_all "no node"
modules=$(dirname "$TOCSIN")/node/node_modules
[ -d "$modules/playwright-core" ] || skip_all "no playwright-core: make check installs it (npm)"
CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}; export CHROMIUM
[ -n "$CHROMIUM" ] || skip_all "no chromium"
mkdir "$T/sealed" "$T/portal" "$T/mail"
# What a marketing department sends: tables in tables, style, remote pictures, a form, a drawing; and what an intruder would.
python3 - "$T/mail/newsletter.eml" <<'PY'
import sys
from email.message import EmailMessage
m = EmailMessage()
m["From"], m["To"], m["Subject"] = "Priya Raman <priya.raman@quaylight.example>", "tomasz.wrona@kestrelgate.example", "Berth news, September"
m["Date"], m["Message-ID"] = "Mon, 1 Sep 2025 08:00:00 +0000", "<news-9@quaylight.example>"
m.set_content("Berth news. The crane is back. Pay \u202e0021\u202c EUR.\n")
m.add_alternative("""<!DOCTYPE html><html><head><title>News</title><meta http-equiv="refresh" content="0;url=https://canary.example/meta">
<base href="https://canary.example/"><link rel="stylesheet" href="https://canary.example/s.css">
<style>@import url(https://canary.example/i.css); @font-face { font-family: x; src: url(https://canary.example/f) } .big { font: 40px x; background: url(https://canary.example/bg) }</style>
<script src="https://canary.example/x.js"></script></head>
<body background="https://canary.example/body.png" style="background:url(https://canary.example/b2.png)" onload="top.canary=1">
<table width="600" align="center" bgcolor="#eeeeee"><tr><td><table><tr><td><table><tbody>
<tr><th colspan="2" class="big">Berth news</th></tr>
<tr><td><img src="https://canary.example/logo.png" alt="Quaylight logo" width="120"></td><td style="color:red">The crane is <b>back</b>.</td></tr>
<tr><td colspan="2"><ul><li>Gate 3 opens at six</li><li>Gate 4 stays shut</li></ul></td></tr>
</tbody></table></td></tr></table></td></tr></table>
<p>Read more at <a href="https://www.quaylight.example/more?id=7" onclick="top.canary=1" target="_top">our site</a>. Pay &#x202e;0021 EUR.</p>
<form action="https://canary.example/form" method="post"><input name="email" value="Your address"><button>Subscribe</button></form>
<svg width="10" height="10"><image href="https://canary.example/svg.png"/><script>top.canary=1</script><text>drawn</text></svg>
<picture><source srcset="https://canary.example/p.webp"><img srcset="https://canary.example/p2.png 2x" src="cid:logo"></picture>
<video src="https://canary.example/v.mp4" poster="https://canary.example/v.png" autoplay></video>
<iframe src="https://canary.example/frame"></iframe><object data="https://canary.example/o"></object>
<img src="https://canary.example/pixel.gif" width="1" height="1" alt="">
</body></html>""", subtype="html")
m.add_attachment("Gate 3 opens at six.\n", filename="gates\u202efdp.txt")
open(sys.argv[1], "wb").write(m.as_bytes())
PY
sealed_case "$T/c" "$T/sealed" "$T/mail"
node "$SRC/t/browser.mjs" "$TOCSIN" "$T/c" "$T/sealed" "$(dirname "$TOCSIN")/web" "$T/portal" "$modules"
