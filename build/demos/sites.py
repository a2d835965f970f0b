"""What ./run demo sites does in a browser, with a key that is revoked, and as a thief.

sites.py browse FOLDER LOGIN_LINK CODE DATASET HOSTILE HOSTILE_ID ZONE SITE…
sites.py watch FOLDER S3…
sites.py steal FOLDER DATASET DOOR ZONE ARCHIVE COMMUNITY S3_OF_ZONE S3_OF_ARCHIVE S3_OF_COMMUNITY
"""

import asyncio
import base64
import datetime
import glob
import hashlib
import hmac
import json
import os
import shutil
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

CHROMIUM = "/usr/lib/chromium/chromium-headless-shell"
NOTE = "The beam stop shades"
MOST_WAIT_S = 300
CHOSEN = "document.querySelector('input:checked').labels[0].innerText"


class Chromium:
    """One page of a browser, by the DevTools protocol."""

    def __init__(self, folder):
        self.folder = folder
        self.number = 0

    async def __aenter__(self):
        import aiohttp

        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0"]
        self.process = subprocess.Popen(
            [CHROMIUM, *flags, f"--user-data-dir={self.folder}", "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port = os.path.join(self.folder, "DevToolsActivePort")
        await until(lambda: os.path.exists(port) and len(open(port, encoding="ascii").read().split()) == 2)
        place = "http://127.0.0.1:" + open(port, encoding="ascii").read().split()[0]
        self.session = aiohttp.ClientSession()
        async with self.session.get(place + "/json/list") as pages:
            address = next(page for page in await pages.json() if page["type"] == "page")["webSocketDebuggerUrl"]
        self.socket = await self.session.ws_connect(address, max_msg_size=0)
        return self

    async def __aexit__(self, *_):
        # This ends its children, too.
        await self.call("Browser.close")
        await self.session.close()
        self.process.wait()

    async def call(self, method, **parameters):
        self.number += 1
        await self.socket.send_json({"id": self.number, "method": method, "params": parameters})
        while True:
            answer = await self.socket.receive()
            if answer.data is None or not isinstance(answer.data, str):
                return {}
            answer = json.loads(answer.data)
            if answer.get("id") == self.number:
                return answer.get("result", {})

    async def holds(self, expression):
        return (await self.call("Runtime.evaluate", expression=expression)).get("result", {}).get("value")

    async def wait(self, expression):
        await until(lambda: self.holds(expression), expression)

    async def open(self, address):
        await self.call("Page.navigate", url=address)

    async def click(self, kind, words):
        """Clicks an element with these words, once it is there and may be clicked."""
        await self.wait(
            f"(() => {{ const one = [...document.querySelectorAll('{kind}')].find(e => e.innerText.trim().startsWith({json.dumps(words)})"
            " && !e.disabled); one?.click(); return one !== undefined; })()")

    async def type(self, words):
        await self.call("Input.insertText", text=words)

    async def cookies(self, address):
        return (await self.call("Network.getCookies", urls=[address]))["cookies"]


async def until(holds, what=""):
    end = time.monotonic() + MOST_WAIT_S
    while True:
        answer = holds()
        if (await answer) if asyncio.iscoroutine(answer) else answer:
            return
        if time.monotonic() > end:
            raise SystemExit(f"it did not happen in {MOST_WAIT_S} s: {what}")
        await asyncio.sleep(0.02)


def lure(zone, hostile, identifier):
    """The link of a hostile site, with a challenge for which it has the verifier."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"a verifier of mallory").digest()).decode().rstrip("=")
    return f"{zone}/api/v1/login/authorize?" + urllib.parse.urlencode({
        "response_type": "code", "client_id": identifier, "redirect_uri": hostile + "/api/v1/login/zone/callback", "state": "x",
        "code_challenge": challenge, "code_challenge_method": "S256",
    })


async def browse(folder, link, code, dataset, hostile, identifier, zone, *sites):
    async with Chromium(os.path.join(folder, "chromium")) as page:
        await page.open(link)
        await page.click("button", "Log in")
        await page.wait("location.pathname !== '/login'")
        print(f"  logged in at the zone, {zone}", flush=True)
        file = f"/datasets/{dataset}/files/notes.txt"
        await page.open(zone + file)
        await page.wait(f"document.body.innerText.includes({json.dumps(NOTE)})")
        print("  the zone shows the file", flush=True)
        await page.open(lure(zone, hostile, identifier))
        await page.wait("location.pathname === '/consent' && document.body.innerText.includes('It is run by mallory')")
        await page.click("button", "Do not allow")
        await page.wait("document.body.innerText.includes('Nothing was allowed')")
        print(f"  a link of the hostile site {hostile} leads to a page of the zone that asks, and gave no code", flush=True)
        for site in sites:
            await page.open(site + file)
            await page.wait("document.body.innerText.includes('Log in with')")
            start = time.monotonic()
            await page.click("a", "Log in with")
            await page.wait("location.pathname === '/consent' && document.querySelector('input:checked') !== null")
            print(f"  the zone asks, with '{await page.holds(CHOSEN)}' selected", flush=True)
            await page.click("button", "Allow")
            await page.wait(f"location.origin === {json.dumps(site)} && document.body.innerText.includes({json.dumps(NOTE)})")
            print(f"  {time.monotonic() - start:.1f} s from the click until {site} shows the file", flush=True)
        await page.open(zone + "/device")
        await page.wait("document.querySelector('input') !== null")
        await page.holds("document.querySelector('input').focus()")
        await page.type(code)
        await page.click("button[type=submit]", "")
        await page.click("button", "Approve")
        await page.wait("document.body.innerText.includes('The command line is logged in')")
        print(f"  approved the command line at {zone}/device", flush=True)
        with open(os.path.join(folder, "cookies.json"), "w", encoding="utf-8") as file:
            json.dump({one["name"]: one["value"] for one in await page.cookies(sites[-1])}, file)


def watch(folder, *places):
    """Reads with the key at each place until it is refused there."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError

    reading, refused = set(), {}

    # Sessions of boto3 are not made for several threads, clients are.
    clients = {
        place: boto3.client(
            "s3", endpoint_url="http://" + place, region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}))
        for place in places
    }

    def read(place):
        while True:
            try:
                clients[place].get_object(Bucket="ada.scan", Key="notes.txt")["Body"].read()
                reading.add(place)
                if len(reading) == len(places):
                    with open(os.path.join(folder, "reading"), "w", encoding="utf-8") as file:
                        file.write("all\n")
            except ClientError as e:
                if e.response["Error"]["Code"] in ("SlowDown", "ServiceUnavailable", "InternalError"):
                    continue
                refused[place] = time.time() * 1000
                print(f"  {place}: {e.response['Error']['Code']}", flush=True)
                return

    threads = [threading.Thread(target=read, args=[place]) for place in places]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with open(os.path.join(folder, "refused.json"), "w", encoding="utf-8") as file:
        json.dump(refused, file)


def ask(address, headers, body=None, certificate=None):
    """The status and the body of an answer. The door between sites speaks HTTP/2, as curl does."""
    if certificate is None:
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers, data=body)) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as e:
            return e.code, e.read()
    command = ["curl", "--silent", "--http2", "--insecure", "--cert", certificate[0], "--key", certificate[1], "--write-out", "\n%{http_code}"]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    if body is not None:
        command += ["--data-binary", body.decode()]
    out = subprocess.run([*command, address], stdout=subprocess.PIPE, check=False).stdout
    return int(out.rpartition(b"\n")[2] or 0), out.rpartition(b"\n")[0]


class Thief:
    """What is on the disk of a site."""

    # Of the requests between sites (src/Hutch.Federation/Wire/SiteProtocol.cs).
    protocol = 9

    def __init__(self, folder):
        self.folder = folder
        lines = open(os.path.join(folder, "community", "s3-signing.keys"), encoding="ascii").read().split("\n")
        self.region = lines[0].split(" ")[2]
        self.token, self.key, first, days = lines[1].split(" ")
        self.signing = base64.b64decode(days)
        self.first = datetime.datetime.strptime(first, "%Y%m%d").date()
        self.access = json.load(open(os.path.join(folder, "key.json"), encoding="utf-8"))["accessKey"]
        os.mkdir(os.path.join(folder, "stolen"))
        for file in glob.glob(os.path.join(folder, "community", "zone.db*")):
            shutil.copy(file, os.path.join(folder, "stolen"))
        site_key = os.path.join(folder, "community", "keys", "site.key")
        self.certificate = (os.path.join(folder, "stolen.pem"), site_key)
        subprocess.run(
            ["openssl", "req", "-x509", "-new", "-key", site_key, "-subj", "/CN=hutch-site", "-days", "2", "-out", self.certificate[0]],
            check=True, stderr=subprocess.DEVNULL)

    def rows(self, query):
        with sqlite3.connect(os.path.join(self.folder, "stolen", "zone.db")) as records:
            return records.execute(query).fetchall()

    def tokens(self, site):
        """The public parts of ada's tokens for a site."""
        return [one for one, in self.rows(f"SELECT t.id FROM tokens t JOIN sites s ON t.scope LIKE '%site:' || s.id WHERE s.name = '{site}'")]

    def credentials(self):
        """What could be made of the records of sessions and tokens: their numbers, with the hashes of secrets for the secrets."""
        zone, = self.rows("SELECT id FROM zone_identity")[0]
        found = []
        for table in ("sessions", "tokens"):
            for number, stored in self.rows(f"SELECT id, secret_hash FROM {table}"):
                secret = base64.urlsafe_b64encode(stored).decode().rstrip("=")
                found.append({"Cookie": f"hutch_session=hutchsession_{number}_{secret}"})
                found.append({"Authorization": f"Bearer hutch_{zone}_{number}_{secret}"})
        return found

    def sign(self, place, region):
        """A read, signed with the stolen signing key of today (AWS Signature Version 4)."""
        now = datetime.datetime.now(datetime.timezone.utc)
        day = now.strftime("%Y%m%d")
        at = (now.date() - self.first).days * 32
        key = self.signing[at : at + 32]
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        empty = hashlib.sha256(b"").hexdigest()
        names = "host;x-amz-content-sha256;x-amz-date"
        canonical = f"GET\n/ada.scan/notes.txt\n\nhost:{place}\nx-amz-content-sha256:{empty}\nx-amz-date:{stamp}\n\n{names}\n{empty}"
        scope = f"{day}/{region}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return {
            "Host": place, "x-amz-content-sha256": empty, "x-amz-date": stamp,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.access}/{scope}, SignedHeaders={names}, Signature={signature}",
        }


def steal(folder, dataset, door, zone, archive, community, *places):
    thief = Thief(folder)
    wrong = []

    def report(words, opens, is_open, status):
        print(f"  {'opens  ' if is_open else 'refused'} {status}  {words}", flush=True)
        if is_open != opens:
            wrong.append(words)

    def tried(words, opens, *answers):
        opened = [status for status, body in answers if status == 200 and NOTE.encode() in body]
        report(words, opens, len(opened) > 0, (opened or [answers[0][0]])[0])

    regions = {"facility": "us-east-1", "archive": "archive", "community": thief.region}
    for site, place in zip(regions, places):
        for region in sorted({thief.region, regions[site]}):
            tried(f"the signing key, for the region {region}, at {site}", site == "community",
                  ask(f"http://{place}/ada.scan/notes.txt", thief.sign(place, region)))

    entry = f"/api/v1/datasets/{dataset}/entries/notes.txt"
    cookies = json.load(open(os.path.join(folder, "cookies.json"), encoding="utf-8"))
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    for name, address in (("facility", zone), ("archive", archive), ("community", community)):
        tried(f"the cookie of ada's session, at {name}", name == "community", ask(address + entry, {"Cookie": cookie}))
    credentials = thief.credentials()
    for address, name in ((zone, "facility"), (archive, "archive")):
        tried(f"{len(credentials)} cookies and tokens made of its records, at {name}", False,
              *(ask(address + entry, headers) for headers in credentials))

    # The zone's door takes its key as that of the community site: it may act for ada with her tokens for that site alone, and as far as she consented:
    # she lets it read what it holds, and links are for those who share.
    def ask_zone(what, **asked):
        headers = {"Content-Type": "application/json", "Hutch-Protocol": str(thief.protocol), "Hutch-Release": "0.1.0"}
        return ask(f"https://{door}/sites/v1/{what}", headers, json.dumps(asked).encode(), thief.certificate)

    own, other = thief.tokens("community"), thief.tokens("archive")
    for tokens, site in ((own, "its own site"), (other, "the archive")):
        answers = [ask_zone("links", token=token, dataset=dataset)[0] for token in tokens]
        report(f"the site's key lists ada's share links, by her tokens for {site}", False, 200 in answers, min(answers))
    status, body = ask_zone("signing-keys", tokens=other)
    keys = json.loads(body)["keys"] if status == 200 else None
    report("the site's key asks for the archive's signing keys, and gets none", False, keys != [], status)
    if wrong:
        raise SystemExit("not as it should be: " + "; ".join(wrong))


def main():
    command, *rest = sys.argv[1:]
    if command == "browse":
        asyncio.run(browse(*rest))
    elif command == "watch":
        watch(*rest)
    else:
        steal(*rest)


if __name__ == "__main__":
    main()
