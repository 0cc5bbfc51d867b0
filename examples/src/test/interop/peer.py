"""A WebSocket peer made of Python's "websockets" that does what its standard input says, a command a
line, and tells on standard output what happens. The same as peer.js.
  python3 peer.py client URL SUBPROTOCOLS    python3 peer.py server SUBPROTOCOLS
"""

import asyncio
import hashlib
import os
import sys

import websockets

LIMIT = 32 << 20


def say(*words):
    print(" ".join(map(str, words)).rstrip(), flush=True)


def names(arguments):
    return arguments[0].split(",") if arguments and arguments[0] else None


def pattern(size, seed):
    period = bytes((i * 31 + seed) & 255 for i in range(256))
    return (period * (size // 256 + 1))[:size]


class Peer:
    def __init__(self, socket):
        self.socket = socket
        self.counting = 0

    async def text(self, rest):
        await self.socket.send(rest)

    async def binary(self, rest):
        await self.socket.send(pattern(*map(int, rest.split())))

    async def fragments(self, rest):
        await self.socket.send(rest.split(" "))

    async def many(self, rest):
        for i in range(int(rest)):
            await self.socket.send(str(i))

    async def count(self, rest):
        self.counting = int(rest)

    async def ping(self, rest):
        await (await self.socket.ping(rest))
        say("pong", rest)

    async def close(self, rest):
        code, _, reason = rest.partition(" ")
        await self.socket.close(int(code), reason)

    def arrived(self, data):
        if self.counting > 0:
            self.counting -= 1
            if self.counting == 0:
                say("counted", data if isinstance(data, str) else data.decode())
        elif isinstance(data, bytes):
            say("binary", len(data), hashlib.sha256(data).hexdigest())
        else:
            say("text", data)

    async def obey(self):
        loop = asyncio.get_running_loop()
        while True:
            line = await loop.run_in_executor(None, sys.stdin.readline)
            if not line:
                return
            command, _, rest = line.rstrip("\n").partition(" ")
            await getattr(self, command)(rest)

    async def run(self, path, header):
        say("open", self.socket.subprotocol or "-", path, header)
        obeying = asyncio.ensure_future(self.obey())
        try:
            async for message in self.socket:
                self.arrived(message)
        except websockets.ConnectionClosedError:
            pass  # told below, by its code
        say("close", self.socket.close_code, self.socket.close_reason or "")
        obeying.cancel()
        os._exit(0)  # without waiting for the thread that reads


async def client(url, *subprotocols):
    headers = {"X-Earshot": "from python"}
    async with websockets.connect(
        url, subprotocols=names(subprotocols), extra_headers=headers, max_size=LIMIT
    ) as socket:
        await Peer(socket).run("", "")


async def server(*subprotocols):
    async def connected(socket):
        await Peer(socket).run(socket.path, socket.request_headers.get("X-Earshot", ""))

    async with websockets.serve(
        connected, "127.0.0.1", 0, subprotocols=names(subprotocols), max_size=LIMIT
    ) as listening:
        say("listening", listening.sockets[0].getsockname()[1])
        await asyncio.get_running_loop().create_future()


async def main(role, *rest):
    await (client if role == "client" else server)(*rest)


asyncio.run(main(*sys.argv[1:]))
