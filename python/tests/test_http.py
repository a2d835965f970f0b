"""Requests to a small server that misbehaves on purpose."""

import http.server
import json
import threading
import unittest
from unittest import mock

from hutch import Dataset, _http, connect, errors
from hutch._display import dataset_html
from hutch._http import Body

INFO = {
    "id": "cee3f251-c355-488c-b58a-e0555d3cb6c3", "name": "ada/x", "owner": "<b>ada</b>", "title": "<script>alert(1)</script>",
    "state": "open", "bytes": 12, "files": 1, "created": "2026-11-26T23:22:47.07+00:00",
}


class Server(http.server.ThreadingHTTPServer):
    """Answers each request with the next function of a script; keeps what it was asked."""

    daemon_threads = True

    def __init__(self, *script):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = list(script)
        self.asked = []
        self.connections = set()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        self.server.connections.add(self.client_address)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        step = self.server.script.pop(0) if len(self.server.script) > 1 else self.server.script[0]
        step(self)

    do_GET = do_POST = do_PUT = do_HEAD = handle_any

    def log_message(self, *_):
        pass


def answer(status=200, body=b"{}", content_type="application/json", length=None, close=False, **headers):
    def step(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
        if close:
            handler.close_connection = True

    return step


def hang_up(handler):
    handler.close_connection = True


def problem(status, code, **members):
    document = {"status": status, "code": code, "title": "Title", "detail": "Detail of it.", "advice": "Do this.", **members}
    return answer(status, json.dumps(document).encode(), "application/problem+json")


class Http(unittest.TestCase):
    def setUp(self):
        sleep = mock.patch("time.sleep")
        self.slept = sleep.start()
        self.addCleanup(sleep.stop)

    def serve(self, *script):
        server = Server(*script)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server, connect(server.url, "secret-token").transport

    def test_connections_are_kept(self):
        server, transport = self.serve(answer())
        for _ in range(5):
            transport.json("GET", "me")
        self.assertEqual(1, len(server.connections))
        self.assertEqual("Bearer secret-token", server.asked[0][2]["Authorization"])

    def test_a_note_about_a_list_is_a_warning(self):
        server, _ = self.serve(answer(body=b'{"items": [1], "notes": ["This site only."]}'))
        with self.assertWarnsRegex(UserWarning, "This site only"):
            self.assertEqual([1], list(connect(server.url, "secret-token").pages("search")))

    def test_a_kept_connection_that_was_closed_is_replaced(self):
        server, transport = self.serve(answer(close=True), answer())
        transport.json("GET", "me")
        transport.json("GET", "me")
        self.assertEqual(2, len(server.connections))

    def test_hints_name_methods_and_no_commands_N15(self):
        derive = "Derive a new dataset from it and write to that: `hutch derive NAME --name NEW`."
        _, transport = self.serve(
            problem(409, "dataset-closed", advice=derive),
            problem(404, "not-found", detail="There is no snapshot @9. `hutch log` lists them.", advice="`hutch tag` names one."),
        )
        with self.assertRaises(errors.ClosedError) as closed:
            transport.json("PUT", "me")
        with self.assertRaises(errors.NotFoundError) as missing:
            transport.json("GET", "me")
        self.assertIn('`ds.derive("NEW")`', closed.exception.advice)
        self.assertEqual("There is no snapshot @9. `ds.versions()` lists them.", str(missing.exception))

    def test_a_redirect_is_not_followed_and_gets_no_token(self):
        other, _ = self.serve(answer())
        server, transport = self.serve(answer(302, Location=other.url + "/api/v1/me"))
        with self.assertRaisesRegex(errors.ServerError, "redirects"):
            transport.json("GET", "me")
        self.assertEqual([], other.asked)

    def test_what_may_be_repeated_is_repeated(self):
        for method, repeatable in (("GET", None), ("PUT", None), ("POST", True)):
            server, transport = self.serve(hang_up, problem(503, "unavailable"), answer(body=b'{"a": 1}'))
            self.assertEqual({"a": 1}, transport.json(method, "x", repeatable=repeatable))
            self.assertEqual(3, len(server.asked))

    def test_what_may_not_be_repeated_is_sent_once(self):
        for step, error in ((hang_up, errors.UnreachableError), (problem(503, "outcome-unknown"), errors.UnavailableError)):
            server, transport = self.serve(step)
            with self.assertRaises(error):
                transport.json("POST", "datasets", body={})
            self.assertEqual(1, len(server.asked))

    def test_retries_end_and_damage_is_not_retried(self):
        server, transport = self.serve(problem(503, "unavailable"))
        with self.assertRaises(errors.UnavailableError):
            transport.json("GET", "x")
        self.assertEqual(_http.MAX_ATTEMPTS, len(server.asked))
        server, transport = self.serve(problem(503, "quarantined"))
        with self.assertRaises(errors.UnavailableError):
            transport.json("GET", "x")
        self.assertEqual(1, len(server.asked))

    def test_the_server_is_given_the_time_that_it_asks_for(self):
        server, transport = self.serve(answer(429, Retry_After="7"), answer())
        transport.json("GET", "x")
        self.assertEqual(7, self.slept.call_args[0][0])
        server, transport = self.serve(answer(429, Retry_After="3600"), answer())
        with self.assertRaises(errors.UnavailableError):
            transport.json("GET", "x")

    def test_each_family_of_problems_has_a_class_with_the_sentences_of_the_server(self):
        cases = {
            (400, "invalid-name"): errors.InvalidRequestError, (401, "unauthenticated"): errors.UnauthenticatedError,
            (403, "forbidden"): errors.ForbiddenError, (404, "not-found"): errors.NotFoundError,
            (409, "conflict"): errors.ConflictError, (409, "dataset-closed"): errors.ClosedError, (410, "gone"): errors.GoneError,
            (412, "precondition-failed"): errors.PreconditionFailedError, (413, "too-large"): errors.InvalidRequestError,
            (422, "unprocessable"): errors.InvalidRequestError, (500, "internal"): errors.ServerError,
            (507, "insufficient-storage"): errors.QuotaError,
        }
        for (status, code), family in cases.items():
            _, transport = self.serve(problem(status, code, requestId="r1", missingRight="write"))
            with self.subTest(code), self.assertRaises(family) as caught:
                transport.json("POST", "x")
            error = caught.exception
            self.assertIs(family, type(error))
            self.assertEqual("Detail of it. Do this.", str(error))
            self.assertEqual((code, status, "r1", "write"), (error.code, error.status, error.request_id, error.facts["missingRight"]))
            self.assertNotIn("secret-token", repr(error))

    def test_an_error_of_a_proxy_names_the_request(self):
        _, transport = self.serve(answer(403, b"<html>no</html>", "text/html"))
        with self.assertRaisesRegex(errors.ForbiddenError, "GET me failed with status 403"):
            transport.json("GET", "me")

    def test_a_body_that_is_cut_off_is_an_error(self):
        _, transport = self.serve(answer(body=b"{", length=10, close=True))
        with self.assertRaises(errors.UnreachableError):
            transport.json("GET", "me")

    def test_a_stream_without_its_last_line_is_an_error(self):
        _, transport = self.serve(answer(body=b'{"a":1}\n'))
        with self.assertRaises(errors.UnreachableError), transport.send("GET", "x") as response:
            list(response.lines())
        _, transport = self.serve(answer(body=b'{"a":1}\n{"end":false,"problem":{"status":503,"detail":"Later."}}\n'))
        with self.assertRaisesRegex(errors.UnavailableError, "Later"), transport.send("GET", "x") as response:
            list(response.lines())

    def test_a_server_that_is_not_there_is_unreachable(self):
        server = Server(answer())
        server.shutdown()
        server.server_close()
        with self.assertRaises(ConnectionError) as caught:
            connect(server.url, "secret-token").transport.json("POST", "x")
        self.assertIsInstance(caught.exception, errors.UnreachableError)

    def test_bodies_are_sent_anew_for_each_attempt(self):
        server, transport = self.serve(problem(503, "unavailable"), answer())
        transport.send("PUT", "x", body=Body(6, lambda: iter((b"abc", b"def")))).close()
        self.assertEqual([b"abcdef", b"abcdef"], [asked[3] for asked in server.asked])

    def test_the_display_of_a_notebook_escapes_everything(self):
        tree = {"items": [{"path": "<img src=x>", "kind": "file", "size": 12}], "prefixes": ["<i>/"]}

        def step(handler):
            facts = tree if "/tree" in handler.path else {**INFO, "bytes": 34} if handler.path.endswith(INFO["id"]) else None
            picture = answer(body=b"<svg onload=x>", content_type="image/svg+xml")
            shown = answer(body=json.dumps(facts).encode()) if facts else picture
            shown(handler)

        server, _ = self.serve(step)
        dataset = Dataset(connect(server.url, "secret-token"), INFO)
        self.assertNotIn("12 B", repr(dataset))  # it may have been written to since
        html = dataset_html(dataset)
        for text in ("<script", "<img", "<b>", "<i>", "<svg", "secret-token"):
            self.assertNotIn(text, html)
        self.assertIn("&lt;img src=x&gt;", html)
        self.assertIn("34 B", html)

    def test_what_is_no_content_is_refused_by_its_type(self):
        with self.assertRaisesRegex(TypeError, "not int"):
            Dataset(connect("http://127.0.0.1:1", "secret-token"), INFO).write("a", 5)

    def test_a_time_of_creation_with_any_number_of_digits_is_read(self):
        cases = {"47.07+00:00": 70_000, "47Z": 0, "47.1234567Z": 123_456}
        for seconds, microsecond in cases.items():
            text = f"2026-11-26T23:22:{seconds}"
            self.assertEqual(microsecond, Dataset(connect("http://127.0.0.1:1"), {**INFO, "created": text}).created.microsecond)


if __name__ == "__main__":
    unittest.main()
