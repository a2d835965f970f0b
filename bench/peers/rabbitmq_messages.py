"""The peer of the benchmark "live-bus": messages through a quorum queue of RabbitMQ, in Python.

    rabbitmq_messages.py PORT MESSAGES BYTES WINDOW PREFETCH

A publisher (confirmed, persistent, at most WINDOW messages not confirmed) and a consumer process (PREFETCH messages handed out, each
acknowledged by itself), both with pika's asynchronous connection. Printed: seconds from the first message published to the last one
acknowledged.
"""
import os
import subprocess
import sys
import time

import pika

QUEUE = "bench.peer"
PERSISTENT = pika.BasicProperties(delivery_mode=2)


def on_channel(port, work):
    """Runs until the work closes the connection."""
    connection = pika.SelectConnection(
        pika.ConnectionParameters("127.0.0.1", port, heartbeat=0),
        on_open_callback=lambda opened: opened.channel(on_open_callback=work),
        on_close_callback=lambda closed, _: closed.ioloop.stop())
    connection.ioloop.start()


def publish(port, messages, size, window):
    state = {"sent": 0, "all_until": 0}
    waiting = set()
    body = b"x" * size

    def fill(channel):
        while state["sent"] < messages and len(waiting) < window:
            channel.basic_publish("", QUEUE, body, PERSISTENT)
            state["sent"] += 1
            waiting.add(state["sent"])

    def begin(channel):
        def confirmed(frame):
            # The broker confirms many at once: all up to a tag, or one.
            method = frame.method
            if not isinstance(method, pika.spec.Basic.Ack):
                raise SystemExit("the broker refused a message")
            if method.multiple:
                waiting.difference_update(range(state["all_until"] + 1, method.delivery_tag + 1))
                state["all_until"] = method.delivery_tag
            else:
                waiting.discard(method.delivery_tag)
            fill(channel)
            if not waiting:
                channel.connection.close()

        channel.confirm_delivery(confirmed, callback=lambda _: fill(channel))

    on_channel(port, begin)


def consume(port, messages, prefetch):
    state = {"left": messages}

    def handle(channel, method, _, body):
        channel.basic_ack(method.delivery_tag)
        state["left"] -= 1
        if state["left"] == 0:
            channel.connection.close()

    def begin(channel):
        channel.basic_qos(prefetch_count=prefetch)
        channel.basic_consume(QUEUE, handle)
        print("ready", flush=True)

    on_channel(port, begin)


def main():
    port, messages, size, window, prefetch = map(int, sys.argv[1:])
    connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port))
    connection.channel().queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    connection.close()
    arguments = [sys.executable, os.path.abspath(__file__), "--consume", str(port), str(messages), str(prefetch)]
    consumer = subprocess.Popen(arguments, stdout=subprocess.PIPE, encoding="ascii")
    consumer.stdout.readline()
    began = time.monotonic()
    publish(port, messages, size, window)
    consumer.wait()
    print(time.monotonic() - began)


if __name__ == "__main__":
    if sys.argv[1] == "--consume":
        consume(*map(int, sys.argv[2:]))
    else:
        main()
