"""Looks at reports as a reader does: in Chromium, on a phone, a tablet, a desk, in the dark and printed.

    python3 testdata/report/look.py page.html… [--shots FOLDER]

Fails if anything is wider than the page, if texts of a picture overlap, are cut or smaller than 10 pixels, if a picture is
empty or says nothing to those who do not see it, if headings jump, if an address is missing or used twice, if a table has
no caption, if text has too little contrast, if anything is fetched or run, or if the file is larger than 1 MB. With
--shots it leaves pictures of what it saw. Needs nothing but Python and Chromium, which it drives through a pipe.
"""

import argparse
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

WIDTHS = [360, 800, 1400]
LARGEST = 1_000_000

LOOK = r"""
inner => {
  const problems = [], page = document.documentElement;
  const say = (what, e) => problems.push(what + (e ? ': ' + (e.textContent || e.tagName).trim().slice(0, 60) : ''));
  if (page.scrollWidth > inner) say(`the page is ${page.scrollWidth} wide on ${inner}`);
  for (const e of document.body.querySelectorAll('*')) {
    if (e.closest('.table') && !e.matches('.table') || e.closest('svg') && !e.matches('svg')) continue;
    if (e.matches('.skip, script')) continue;
    const r = e.getBoundingClientRect();
    if (r.width && (r.right > inner + 0.5 || r.left < -0.5)) say(`<${e.tagName}> sticks out (${r.left} to ${r.right})`, e);
  }
  for (const box of document.querySelectorAll('.table')) {
    if (box.scrollWidth > box.clientWidth + 1 && box.tabIndex < 0) say('a table scrolls without the keyboard', box);
  }
  for (const svg of document.querySelectorAll('figure > svg')) {
    const id = svg.closest('figure').id, all = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll('text')].map(t => [t.getBoundingClientRect(), t]);
    for (const [r, t] of boxes) {
      if (r.left < all.left - 0.5 || r.right > all.right + 0.5 || r.top < all.top - 1 || r.bottom > all.bottom + 1)
        say(`${id}: cut`, t);
      const size = parseFloat(t.getAttribute('font-size')) * all.width / svg.viewBox.baseVal.width;
      if (size < 10) say(`${id}: text of ${size.toFixed(1)} px`, t);
    }
    // Lines of letters: what is above and below the letters may touch.
    const tight = r => { const d = Math.min(r.width, r.height) * 0.18; return r.width > r.height
      ? { l: r.left, r: r.right, t: r.top + d, b: r.bottom - d } : { l: r.left + d, r: r.right - d, t: r.top, b: r.bottom }; };
    for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++) {
      const a = tight(boxes[i][0]), b = tight(boxes[j][0]);
      if (a.l < b.r && b.l < a.r && a.t < b.b && b.t < a.b)
        say(`${id}: "${boxes[i][1].textContent}" over "${boxes[j][1].textContent}"`);
    }
    for (const field of svg.querySelectorAll(':scope svg')) {
      const drawn = [...field.querySelectorAll('path, rect')].filter(e => {
        const r = e.getBoundingClientRect(); return r.width > 0 || r.height > 0; });
      if (!drawn.length) say(`${id}: nothing is drawn`);
    }
    if (/NaN|Infinity/.test(svg.outerHTML)) say(`${id}: a number is not finite`);
    const named = (svg.getAttribute('aria-labelledby') || '').split(' ').map(n => document.getElementById(n));
    if (svg.getAttribute('role') !== 'img' || named.length < 2 || named.some(n => !n || !n.textContent.trim()))
      say(`${id}: says nothing to those who do not see it`);
  }
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => say(`the address ${id} is used twice`));
  for (const a of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(a.getAttribute('href').slice(1))) say('leads nowhere', a);
  let level = 0;
  for (const h of document.querySelectorAll('h1, h2, h3, h4')) {
    const own = +h.tagName[1];
    if (own > level + 1) say(`a heading jumps from ${level} to ${own}`, h);
    level = own;
  }
  if (document.querySelectorAll('h1').length !== 1) say('not one first heading');
  for (const t of document.querySelectorAll('table')) {
    if (!t.caption || !t.caption.textContent.trim()) say('a table without caption', t);
    for (const th of t.querySelectorAll('th')) if (!th.scope) say('a head without scope', th);
  }
  for (const tag of ['header', 'nav', 'main', 'footer']) if (!document.querySelector(tag)) say(`no <${tag}>`);
  // Contrast, by the web's accessibility guidelines.
  const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const colour = (layers) => { canvas.clearRect(0, 0, 1, 1);
    for (const c of layers) { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(x => x / 255); };
  const paper = getComputedStyle(document.body).backgroundColor;
  const seen = new Set();
  for (const e of document.querySelectorAll('p, li, dt, dd, th, td, a, caption, figcaption, code, h1, h2, footer p, svg text')) {
    const layers = [];
    for (let at = e; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
    const own = getComputedStyle(e), ink = e.closest('svg') ? own.fill : own.color;
    const key = [paper, ...layers, ink].join();
    if (seen.has(key)) continue;
    seen.add(key);
    const a = light(colour([paper, ...layers, ink])), b = light(colour([paper, ...layers]));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) say(`contrast of ${ratio.toFixed(2)}`, e);
  }
  return JSON.stringify({ problems, height: page.scrollHeight, pictures: document.querySelectorAll('figure > svg').length });
}"""


class Browser:
    """Chromium behind two pipes: JSON messages, each ended by a zero byte."""

    def __init__(self, program, folder):
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()

        def wire():
            # First out of the way of each other, then where Chromium looks for them.
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(a, 3)
            os.dup2(b, 4)

        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
                 f"--user-data-dir={folder}", "--no-first-run", "--disable-extensions", "--disable-dev-shm-usage"]
        self.process = subprocess.Popen([program, *flags], close_fds=False,
                                        preexec_fn=wire, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.ours_in, self.ours_out = ours_in, ours_out
        self.rest, self.number, self.events = b"", 0, []

    def receive(self):
        while b"\0" not in self.rest:
            got = os.read(self.ours_in, 1 << 20)
            if not got:
                sys.exit("Chromium ended")
            self.rest += got
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.ours_out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method, session):
        for i, e in enumerate(self.events):
            if e.get("method") == method and e.get("sessionId") == session:
                return self.events.pop(i)
        while True:
            e = self.receive()
            if e.get("method") == method and e.get("sessionId") == session:
                return e
            self.events.append(e)


def look(browser, path, shots):
    problems = []
    if path.stat().st_size > LARGEST:
        problems.append(f"{path.stat().st_size:,} bytes")
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    do = lambda method, **params: browser.call(method, session, **params)
    for domain in ["Page", "Runtime", "Network", "Log"]:
        do(f"{domain}.enable")
    for width in WIDTHS:
        for scheme in ["light", "dark"]:
            browser.events.clear()
            do("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
            do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            do("Page.navigate", url=path.resolve().as_uri())
            browser.wait("Page.loadEventFired", session)
            found = json.loads(do("Runtime.evaluate", expression=f"({LOOK.strip()})({width})", returnByValue=True)["result"]["value"])
            problems += [f"{width} {scheme}: {p}" for p in found["problems"]]
            for e in browser.events:
                if e.get("method") == "Network.requestWillBeSent":
                    url = e["params"]["request"]["url"]
                    if url != path.resolve().as_uri():
                        problems.append(f"fetches {url[:80]}")
                if e.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                    problems.append(f"{e['method']}: {json.dumps(e['params'])[:200]}")
            if shots:
                do("Emulation.setDeviceMetricsOverride", width=width, height=min(found["height"], 16000),
                   deviceScaleFactor=1, mobile=width < 500)
                image = do("Page.captureScreenshot", format="png")["data"]
                (shots / f"{path.stem}-{width}-{scheme}.png").write_bytes(base64.b64decode(image))
    do("Emulation.clearDeviceMetricsOverride")
    printed = base64.b64decode(do("Page.printToPDF", printBackground=False)["data"])
    if shots:
        (shots / f"{path.stem}.pdf").write_bytes(printed)
    browser.call("Target.closeTarget", targetId=target)
    print(f"{path.name}: {path.stat().st_size:,} bytes, {found['pictures']} pictures, {len(problems)} problems")
    for p in sorted(set(problems)):
        print(f"  {p}")
    return not problems


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("pages", nargs="+", type=pathlib.Path)
    ask.add_argument("--shots", type=pathlib.Path)
    asked = ask.parse_args()
    program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if program is None:
        sys.exit("look.py: there is no Chromium here")
    if asked.shots:
        asked.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(program, folder)
        try:
            fine = [look(browser, page, asked.shots) for page in asked.pages]
        finally:
            browser.process.kill()
            browser.process.wait()
    sys.exit(not all(fine))


if __name__ == "__main__":
    main()
