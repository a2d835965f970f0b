"""The peer of the benchmark "live-latency": RabbitMQ, and a step in the way of python-workflows.

    rabbitmq_latency.py FOLDER FRAMES WARM_UP

A broker of its own is started in FOLDER, on free ports of the loopback. A producer publishes FRAMES persistent messages to a durable
queue, 200 a second; a consumer process takes one at a time, publishes its result, persistent and confirmed, and only then acknowledges; the
producer process receives the results. Printed, one a line: milliseconds from the confirmed frame to its result.
"""
import os
import socket
import subprocess
import sys
import threading
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
    """The step: takes a frame, publishes its result, acknowledges."""
    channel = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, heartbeat=0)).channel()
    channel.confirm_delivery()
    channel.basic_qos(prefetch_count=1)
    for method, _, body in channel.consume("frames"):
        channel.basic_publish("", "results", body, PERSISTENT)
        channel.basic_ack(method.delivery_tag)
        frames -= 1
        if frames == 0:
            return


def main():
    folder, frames, warm_up = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    broker = Broker(folder)
    try:
        connection = broker.connect()
        channel = connection.channel()
        for queue in ("frames", "results"):
            channel.queue_declare(queue, durable=True)
        channel.confirm_delivery()
        step = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--consume", str(broker.port), str(frames)])
        confirmed, arrived = {}, {}

        def receive():
            receiving = broker.connect().channel()
            for method, _, body in receiving.consume("results"):
                arrived[int(body[:8])] = time.perf_counter()
                receiving.basic_ack(method.delivery_tag)
                if len(arrived) == frames:
                    return

        receiver = threading.Thread(target=receive)
        receiver.start()
        time.sleep(2)
        for frame in range(frames):
            channel.basic_publish("", "frames", b"%08d" % frame + bytes(1016), PERSISTENT)
            confirmed[frame] = time.perf_counter()
            time.sleep(0.005)
        receiver.join(120)
        step.wait(60)
        connection.close()
        for frame in range(warm_up, frames):
            print(f"{max(0.0, (arrived[frame] - confirmed[frame]) * 1000):.4f}")
    finally:
        broker.stop()


if __name__ == "__main__":
    if sys.argv[1] == "--consume":
        consume(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
