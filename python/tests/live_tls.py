"""HTTPS: nothing is sent before the certificate is trusted, against a small server with a certificate of its own."""

import hashlib
import http.server
import ssl
import subprocess
import threading

import hutch
from hutch import _profile
from live_support import Live


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with an account, and keeps the tokens that it received."""

    def do_GET(self):
        self.server.received.append(self.headers.get("Authorization"))
        body = b'{"user": "ada"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Tls(Live):
    def setUp(self):
        folder = self.folder()
        self.certificate, key = str(folder / "crt"), str(folder / "key")
        arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost".split()
        names = ("-addext", "subjectAltName=DNS:localhost")
        subprocess.run(["openssl", *arguments, *names, "-keyout", key, "-out", self.certificate], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # a client that trusts nothing hangs up
        server.received = self.received = []
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.port = server.server_address[1]

    def connect(self, host="localhost", ca=None, fingerprint=None):
        return hutch.Client(_profile.Profile(f"https://{host}:{self.port}", _profile.Secret("a-token"), ca, fingerprint))

    def test_a_given_authority_or_fingerprint_is_trusted(self):
        with open(self.certificate) as file:
            digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest().upper()
        for client in (self.connect(ca=self.certificate), self.connect("127.0.0.1", fingerprint=f"SHA256:{digest}")):
            self.assertEqual("ada", client.whoami())
        self.assertEqual(["Bearer a-token"] * 2, self.received)

    def test_no_other_certificate_gets_a_token(self):
        cases = (
            self.connect(),
            self.connect("127.0.0.1", ca=self.certificate),  # of another host
            self.connect(fingerprint="SHA256:" + "0" * 64),
            self.connect(ca=self.certificate, fingerprint="SHA256:" + "0" * 64),
        )
        for client in cases:
            with self.assertRaisesRegex(hutch.InvalidRequestError, "nothing was sent"):
                client.whoami()
        self.assertEqual([], self.received)
