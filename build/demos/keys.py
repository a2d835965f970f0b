"""The programs of a collaborator for the demo of keys: REST, WebDAV and S3 at each site, and a partner's login service.

    keys.py try PLAN                what a key opens, as a table; PLAN is a JSON file. Exits with 1 after a wrong answer.
    keys.py watch PLAN OUT          reads with it at each site and door until each refuses; writes the times.
    keys.py partner FOLDER          shows a public key at http://127.0.0.1:PORT/keys; writes the port to FOLDER/port.
    keys.py token FOLDER SCOPE      a token that the partner signed.
"""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import boto3
import botocore.config
import botocore.exceptions

from hutch import Key, _p256

REFUSED = "refused"
AUDIENCE = "https://hutch.demo"


def main() -> int:
    command, *arguments = sys.argv[1:]
    return {"try": run_tries, "watch": run_watch, "partner": run_partner, "token": print_token}[command](*arguments)


class Site:
    """A site, as the holder of a key or a token reaches it."""

    def __init__(self, plan: dict, name: str) -> None:
        self.plan, self.name = plan, name
        self.web, self.s3 = plan["sites"][name]["web"], plan["sites"][name]["s3"]
        self.text = pathlib.Path(plan["key"]).read_text().strip()
        self.key = Key(self.text) if self.text.startswith("hutchkey_") else None

    def doors(self) -> dict:
        doors = {"REST": self.rest, "WebDAV": self.webdav}
        return doors if self.key is None else {**doors, "boto3": self.boto3, "rclone": self.rclone}

    def rest(self, dataset: str, path: str) -> bytes:
        return self.http(f"/api/v1/datasets/{self.plan['datasets'][dataset]}/entries/{path}", "Bearer " + self.text)

    def webdav(self, dataset: str, path: str) -> bytes:
        pair = base64.b64encode(f"any:{self.text}".encode()).decode()
        return self.http(f"/dav/{dataset}/{path}", "Basic " + pair)

    def http(self, path: str, authorization: str) -> bytes:
        request = urllib.request.Request(self.web + path, headers={"Authorization": authorization})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code not in (400, 401, 403, 404):
                raise
            return REFUSED.encode()

    def boto3(self, dataset: str, path: str) -> bytes:
        # A session of its own: the module's default one is not for several threads.
        client = boto3.session.Session().client(
            "s3", endpoint_url="http://" + self.s3, region_name=self.plan["sites"][self.name]["region"],
            aws_access_key_id=self.key.s3_access_key, aws_secret_access_key=self.key.s3_secret_key, aws_session_token=self.text,
            config=botocore.config.Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}))
        try:
            return client.get_object(Bucket=dataset.replace("/", "."), Key=path)["Body"].read()
        except botocore.exceptions.ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (400, 401, 403, 404):
                raise
            return REFUSED.encode()

    def rclone(self, dataset: str, path: str) -> bytes:
        environment = {
            **os.environ, "RCLONE_CONFIG": os.path.abspath("rclone.conf"), "RCLONE_CONFIG_H_TYPE": "s3", "RCLONE_CONFIG_H_PROVIDER": "Other",
            "RCLONE_CONFIG_H_ENDPOINT": "http://" + self.s3, "RCLONE_CONFIG_H_REGION": self.plan["sites"][self.name]["region"],
            "RCLONE_CONFIG_H_ENV_AUTH": "true", "AWS_ACCESS_KEY_ID": self.key.s3_access_key,
            "AWS_SECRET_ACCESS_KEY": self.key.s3_secret_key, "AWS_SESSION_TOKEN": self.text,
            "RCLONE_RETRIES": "1", "RCLONE_LOW_LEVEL_RETRIES": "1"}
        # rclone cannot use its own way to a server with another bundle of certificates.
        environment.pop("AWS_CA_BUNDLE", None)
        done = subprocess.run(
            ["rclone", "cat", f"h:{dataset.replace('/', '.')}/{path}"], env=environment, capture_output=True, timeout=60, check=False)
        return done.stdout if done.returncode == 0 and done.stdout else REFUSED.encode()


def run_tries(plan_file: str) -> int:
    plan = json.loads(pathlib.Path(plan_file).read_text())
    wrong = 0
    print(f"{'site':10} {'door':8} {'reads':>6} {'refused':>8}")
    for name in plan["sites"]:
        site = Site(plan, name)
        for door, read in site.doors().items():
            reads = refused = 0
            for dataset, path in plan["inside"]:
                reads += hashlib.sha256(read(dataset, path)).hexdigest() == plan["hashes"][f"{dataset}/{path}"]
            for dataset, path in plan["outside"]:
                refused += read(dataset, path) == REFUSED.encode()
            right = reads == len(plan["inside"]) and refused == len(plan["outside"])
            wrong += not right
            print(f"{name:10} {door:8} {reads:3} of {len(plan['inside'])} {refused:3} of {len(plan['outside'])}{'' if right else '   WRONG'}")
            if not right:
                for dataset, path in plan["inside"] + plan["outside"]:
                    print(f"    {dataset}/{path}: {len(read(dataset, path))} bytes")
    return 1 if wrong else 0


def run_watch(plan_file: str, out: str) -> int:
    plan = json.loads(pathlib.Path(plan_file).read_text())
    dataset, path = plan["inside"][0]
    ends, reading = {}, set()

    def watch(name: str, door: str, read: object) -> None:
        while True:
            refused = read(dataset, path) == REFUSED.encode()
            if refused:
                ends[f"{name} {door}"] = round(time.time() * 1000)
                return
            reading.add((name, door))
            time.sleep(0.05)

    doors = [(name, door, read) for name in plan["sites"] for door, read in Site(plan, name).doors().items()]
    threads = [threading.Thread(target=watch, args=one) for one in doors]
    for thread in threads:
        thread.start()
    while len(reading) < len(doors) and not ends:
        time.sleep(0.05)
    pathlib.Path(out + ".reading").write_text("yes")
    for thread in threads:
        thread.join(timeout=120)
    pathlib.Path(out).write_text(json.dumps(ends))
    return 0 if len(ends) == len(doors) else 1


def run_partner(folder: str) -> int:
    private = _p256.make_private()
    pathlib.Path(folder, "private").write_bytes(private)
    public = _p256.find_public(private)
    key = {"kty": "EC", "crv": "P-256", "kid": "demo", "x": encode(public[:32]), "y": encode(public[32:])}
    keys = json.dumps({"keys": [key]}).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(keys)))
            self.end_headers()
            self.wfile.write(keys)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pathlib.Path(folder, "port.new").write_text(str(server.server_port))
    pathlib.Path(folder, "port.new").rename(pathlib.Path(folder, "port"))
    server.serve_forever()
    return 0


def print_token(folder: str, scope: str) -> int:
    now = int(time.time())
    port = pathlib.Path(folder, "port").read_text()
    claims = {
        "iss": f"http://127.0.0.1:{port}", "sub": "robot-7", "aud": AUDIENCE, "iat": now, "exp": now + 3000, "wlcg.ver": "1.0",
        "scope": scope, "jti": str(now)}
    signed = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "ES256", "kid": "demo"}, claims))
    # ES256 of a token wants r and s (RFC 7518, section 3.4), which is the form of the signatures of keys.
    print(signed + "." + encode(_p256.sign(pathlib.Path(folder, "private").read_bytes(), signed.encode())))
    return 0


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


if __name__ == "__main__":
    sys.exit(main())
