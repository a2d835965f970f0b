"""Passes connections on to another port, and holds what comes back when it is as much as the demo allows: what is held stays on its way.

relay.py PORT TARGET FOLDER

FOLDER/passed has the number of bytes that have come back so far. While FOLDER/limit exists, no more than the number in it go on.
"""

import asyncio
import os
import sys

port, target, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
passed = 0
shown = os.open(folder + "/passed", os.O_CREAT | os.O_WRONLY)
os.pwrite(shown, b"%020d\n" % passed, 0)


def is_held():
    try:
        with open(folder + "/limit") as file:
            return passed > int(file.read())
    except (FileNotFoundError, ValueError):  # none, or one that is being written
        return os.path.exists(folder + "/limit")


async def pump(reader, writer, comes_back):
    global passed
    try:
        while data := await reader.read(1 << 16):
            if comes_back:
                passed += len(data)
                os.pwrite(shown, b"%020d\n" % passed, 0)
                while is_held():
                    await asyncio.sleep(0.02)
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def relay(reader, writer):
    try:
        back, forth = await asyncio.open_connection("127.0.0.1", target)
    except ConnectionError:
        writer.close()
        return
    await asyncio.gather(pump(reader, forth, False), pump(back, writer, True))


async def main():
    async with await asyncio.start_server(relay, "127.0.0.1", port) as server:
        await server.serve_forever()


asyncio.run(main())
