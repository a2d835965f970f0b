"""A peer of the benchmark "live": frames to an object store, messages about them over RabbitMQ, a Python consumer.

    live_pipeline.py FOLDER ENDPOINT ACCESS SECRET CELL...        CELL is BYTES:RATE:FRAMES:WARM_UP

A broker of its own is started in FOLDER. For each cell a producer hands over FRAMES objects at RATE a second: a PUT, which the store answers
when it is durable, then a persistent message that the broker confirms. A consumer process takes one message at a time, GETs the object and
publishes its result, persistent and confirmed. Printed, a line a cell: the cell, the seconds that handing over took, and the milliseconds
from when each frame (after WARM_UP) was at hand until its result was confirmed.
"""
import os
import subprocess
import sys
import threading
import time

import boto3
import botocore.config
import pika

from rabbitmq_latency import PERSISTENT, Broker

BUCKET = "frames"


def store(endpoint, access, secret):
    config = botocore.config.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2})
    return boto3.client("s3", endpoint_url=endpoint, aws_access_key_id=access, aws_secret_access_key=secret, region_name="us-east-1",
                        config=config)


def consume(port, endpoint, access, secret, frames):
    """Takes each frame and says when its result was confirmed."""
    channel = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", int(port), heartbeat=0)).channel()
    channel.confirm_delivery()
    channel.basic_qos(prefetch_count=1)
    s3 = store(endpoint, access, secret)
    done = 0
    for method, _, body in channel.consume("frames"):
        size = len(s3.get_object(Bucket=BUCKET, Key=body.decode())["Body"].read())
        channel.basic_publish("", "results", b"%d" % size, PERSISTENT)
        print(int(body), repr(time.monotonic()), flush=True)
        channel.basic_ack(method.delivery_tag)
        done += 1
        if done == int(frames):
            break


def measure(broker, arguments, cell):
    size, rate, frames, warm_up = (int(part) for part in cell.split(":"))
    connection = broker.connect()
    channel = connection.channel()
    for queue in ("frames", "results"):
        channel.queue_declare(queue, durable=True)
        channel.queue_purge(queue)
    channel.confirm_delivery()
    s3 = store(*arguments)
    body = bytearray(os.urandom(size))
    step = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--consume", str(broker.port), *arguments, str(frames)],
                            stdout=subprocess.PIPE, encoding="ascii")
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(step.stdout))
    reader.start()
    time.sleep(2)
    at_hand = {}
    began = time.monotonic()
    for frame in range(frames):
        planned = began + frame / rate
        time.sleep(max(0, planned - time.monotonic()))
        at_hand[frame] = max(planned, began)
        body[:8] = b"%08d" % frame
        s3.put_object(Bucket=BUCKET, Key=f"{frame:08d}", Body=bytes(body))
        channel.basic_publish("", "frames", b"%08d" % frame, PERSISTENT)
    took = time.monotonic() - began
    step.wait(300)
    reader.join()
    connection.close()
    times = [(int(line.split()[0]), float(line.split()[1])) for line in lines]
    latencies = [(when - at_hand[frame]) * 1000 for frame, when in times if frame >= warm_up]
    print(cell, f"{took:.2f}", *(f"{latency:.3f}" for latency in latencies), flush=True)


def main():
    folder, *arguments = sys.argv[1:5]
    broker = Broker(folder)
    try:
        broker.connect().close()
        s3 = store(*arguments)
        s3.create_bucket(Bucket=BUCKET)
        for cell in sys.argv[5:]:
            measure(broker, arguments, cell)
    finally:
        broker.stop()


if __name__ == "__main__":
    if sys.argv[1] == "--consume":
        consume(*sys.argv[2:])
    else:
        main()
