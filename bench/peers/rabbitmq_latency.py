"""The peer of the benchmark "live-latency": RabbitMQ, and a step in the way of python-workflows.

    rabbitmq_latency.py FOLDER FRAMES WARM_UP

A broker of its own is started in FOLDER, on free ports of the loopback. A producer publishes FRAMES persistent messages to a durable
queue, 200 a second; a consumer process takes one at a time, publishes its result, persistent and confirmed, and only then acknowledges.
Printed, one a line: milliseconds from handing a frame over until its result is confirmed. (The broker delivers a frame before it has
confirmed it, so that there is no time between the two.)
"""
import os
import socket
import subprocess
import sys
import time

import pika


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """rabbitmq-server with nothing of it outside one folder."""

    def __init__(self, folder):
        self.port, epmd, distribution = free_port(), free_port(), free_port()
        plugins = os.path.join(folder, "plugins")
        with open(plugins, "w", encoding="ascii") as file:
            file.write("[].\n")
        settings = {
            "HOME": folder,
            "RABBITMQ_NODENAME": f"bench{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": self.port,
            "RABBITMQ_DIST_PORT": distribution,
            "ERL_EPMD_PORT": epmd,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": os.path.join(folder, "mnesia"),
            "RABBITMQ_LOG_BASE": os.path.join(folder, "log"),
            "RABBITMQ_LOGS": os.path.join(folder, "broker.log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": plugins,
            "RABBITMQ_CONF_ENV_FILE": os.path.join(folder, "none"),
            "RABBITMQ_CONFIG_FILE": os.path.join(folder, "none"),
        }
        self.environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
        # Debian's wrapper changes to a user of its own; the broker itself need not.
        self.program = "/usr/lib/rabbitmq/bin/rabbitmq-server"
        with open(os.path.join(folder, "server.out"), "wb") as out:
            self.process = subprocess.Popen([self.program], env=self.environment, stdout=out, stderr=out, start_new_session=True)
        self.epmd = epmd

    def connect(self):
        parameters = pika.ConnectionParameters("127.0.0.1", self.port, heartbeat=0)
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit("rabbitmq-server ended; see server.out")
            try:
                return pika.BlockingConnection(parameters)
            except pika.exceptions.AMQPError:
                time.sleep(0.2)
        raise SystemExit("rabbitmq-server does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        subprocess.run(["epmd", "-port", str(self.epmd), "-kill"], env=self.environment, capture_output=True, check=False)


PERSISTENT = pika.BasicProperties(delivery_mode=2)


def consume(port, frames):
    """The step: takes a frame, publishes its result, acknowledges. Prints each frame and when its result was confirmed."""
    channel = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, heartbeat=0)).channel()
    channel.confirm_delivery()
    channel.basic_qos(prefetch_count=1)
    confirmed = []
    for method, _, body in channel.consume("frames"):
        channel.basic_publish("", "results", body, PERSISTENT)
        confirmed.append((int(body[:8]), time.monotonic()))
        channel.basic_ack(method.delivery_tag)
        if len(confirmed) == frames:
            break
    print("\n".join(f"{frame} {when!r}" for frame, when in confirmed))


def main():
    folder, frames, warm_up = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    broker = Broker(folder)
    try:
        connection = broker.connect()
        channel = connection.channel()
        for queue in ("frames", "results"):
            channel.queue_declare(queue, durable=True)
        channel.confirm_delivery()
        arguments = [sys.executable, os.path.abspath(__file__), "--consume", str(broker.port), str(frames)]
        step = subprocess.Popen(arguments, stdout=subprocess.PIPE, encoding="ascii")
        time.sleep(2)
        sent = {}
        for frame in range(frames):
            sent[frame] = time.monotonic()
            channel.basic_publish("", "frames", b"%08d" % frame + bytes(1016), PERSISTENT)
            time.sleep(0.005)
        printed, _ = step.communicate(timeout=120)
        connection.close()
        for line in printed.splitlines():
            frame, when = line.split()
            if int(frame) >= warm_up:
                print(f"{(float(when) - sent[int(frame)]) * 1000:.4f}")
    finally:
        broker.stop()


if __name__ == "__main__":
    if sys.argv[1] == "--consume":
        consume(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
