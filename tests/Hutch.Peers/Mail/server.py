"""A real mail server (Debian's aiosmtpd) on a free port: says its port, then each mail it takes, as JSON lines.

usage: server.py [CERTIFICATE KEY]   with both it offers STARTTLS, and takes nothing without
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP


class Teller:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("nobody@"):
            return "550 There is no such mailbox"
        if address.startswith("later@"):
            return "451 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "data": envelope.original_content.decode("ascii")}), flush=True)
        return "250 Taken"


async def main():
    context = None
    if len(sys.argv) == 3:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Teller(), hostname="localhost", tls_context=context, require_starttls=context is not None), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
