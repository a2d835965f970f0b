"""A repository with the routes of InvenioRDM that a deposit uses (invenio-rdm-records 1f23bb9), in memory. The real one needs a search cluster.

  invenio.py PORT LOG: LOG gets a line for each file that begins or arrives; a file named slow.dat arrives slowly.
"""
import hashlib
import http.server
import json
import sys
import time
import urllib.parse

records = {}


def written(record):
    return {**record["body"], "id": record["id"], "is_published": record["published"], "errors": [],
            "links": {"self_html": f"http://127.0.0.1:{sys.argv[1]}/{record['id']}"},
            **({"pids": {"doi": {"identifier": "10.5281/zenodo." + record["id"]}}} if record["published"] else {})}


class Repository(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, code, document):
        body = json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def pieces(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left > 0 and (piece := self.rfile.read(min(left, 1 << 16))):
            left -= len(piece)
            yield piece
        if left > 0:
            raise ConnectionError

    def note(self, *words):
        with open(sys.argv[2], "a") as log:
            print(*words, file=log)

    def handle_request(self):
        if self.headers.get("Authorization") != "Bearer zenodo-token":
            return self.answer(403, {"status": 403, "message": "Permission denied."})
        path, _, query = self.path.partition("?")
        parts = [urllib.parse.unquote(part) for part in path.split("/")[2:]]
        record = records.get(parts[1]) if len(parts) > 1 else None
        if parts[-1] == "content":
            return self.receive(record, "/".join(parts[4:-1]))
        body = b"".join(self.pieces())
        match self.command, parts:
            case "GET", ["user", "records"]:
                wanted = urllib.parse.parse_qs(query)["q"][0].split('"')[1]
                found = [written(one) for one in records.values() if wanted in json.dumps(one["body"])]
                return self.answer(200, {"hits": {"hits": found[-1:]}})
            case ("POST", ["records"]) | ("POST", ["records", _, "versions"]):
                record = {"id": f"r{len(records) + 1}", "body": json.loads(body) if body else {}, "published": False, "files": {}}
                records[record["id"]] = record
                return self.answer(201, written(record))
            case "GET", ["records", _] if record and record["published"]:
                return self.answer(200, written(record))
            case _, ["records", _, "draft", *_] if record is None or record["published"]:
                return self.answer(404, {"status": 404, "message": "No draft."})
            case "GET", ["records", _, "draft"]:
                return self.answer(200, written(record))
            case "PUT", ["records", _, "draft"]:
                record["body"] = json.loads(body)
                return self.answer(200, written(record))
            case "GET", ["records", _, "draft", "files"]:
                return self.answer(200, {"entries": list(record["files"].values())})
            case "POST", ["records", _, "draft", "files"]:
                for asked in json.loads(body):
                    record["files"][asked["key"]] = {"key": asked["key"], "status": "pending"}
                return self.answer(201, {})
            case "POST", ["records", _, "draft", "files", *key, "commit"]:
                record["files"]["/".join(key)]["status"] = "completed"
                return self.answer(200, record["files"]["/".join(key)])
            case "DELETE", ["records", _, "draft", "files", *key]:
                del record["files"]["/".join(key)]
                return self.answer(204, {})
            case "POST", ["records", _, "draft", "actions", "publish"]:
                record["published"] = True
                return self.answer(202, written(record))
        self.answer(404, {"status": 404, "message": "The persistent identifier does not exist."})

    def receive(self, record, key):
        self.note("begins", key)
        sum, size = hashlib.md5(), 0
        try:
            for piece in self.pieces():
                sum.update(piece)
                size += len(piece)
                if key == "slow.dat":
                    time.sleep(0.02)
        except ConnectionError:
            self.close_connection = True
            return
        record["files"][key] |= {"size": size, "checksum": "md5:" + sum.hexdigest()}
        self.note("arrived", key)
        self.answer(200, record["files"][key])

    do_GET = do_POST = do_PUT = do_DELETE = handle_request


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Repository).serve_forever()
