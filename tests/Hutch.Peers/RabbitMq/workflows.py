"""A peer that speaks the envelope of python-workflows over RabbitMQ, written from what was seen on the wire, with Debian's pika.

workflows.py PORT declare QUEUE...            makes queues as Diamond does: quorum, with the dead letters of each in dlq.QUEUE
workflows.py PORT send QUEUE                  sends each line of standard input, {"recipe": ..., "pointer": N, "payload": ...}; a line that is
                                              no such object goes as it is
workflows.py PORT take QUEUE N                prints N messages: a line of JSON each, with headers and body
workflows.py PORT purge QUEUE                 drops what is in a queue
workflows.py PORT service QUEUE               a service: says a line, then answers {"doubled": 2 * file-number, "parameters": ...} to the
                                              next nodes, until standard input ends
workflows.py PORT fetch QUEUE                 the same, but reads the frame at the address in the message, and answers {"file-number": ...,
                                              "sha256": ..., "address": ...}
workflows.py PORT hold QUEUE                  the same, but takes messages and does nothing with them
"""
import hashlib
import json
import sys
import threading
import urllib.request

import pika

connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", int(sys.argv[1])))
channel = connection.channel()


def declare(queues):
    for queue in queues:
        channel.queue_declare("dlq." + queue, durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_declare(queue, durable=True, arguments={
            "x-queue-type": "quorum", "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dlq." + queue})


def publish(on, queue, body, headers):
    on.basic_publish("", queue, body, pika.BasicProperties(headers=headers, delivery_mode=2), mandatory=True)


def send(queue):
    channel.confirm_delivery()
    for line in sys.stdin:
        try:
            message = json.loads(line)
            body = {"environment": {"ID": "5c4a0b1e"}, "payload": message["payload"], "recipe": message["recipe"],
                    "recipe-path": [], "recipe-pointer": message["pointer"]}
            publish(channel, queue, json.dumps(body), {"workflows-recipe": True})
        except ValueError:
            publish(channel, queue, line.strip(), {"workflows-recipe": True})


def take(queue, count):
    for method, properties, body in channel.consume(queue):
        print(json.dumps({"headers": {k: v for k, v in (properties.headers or {}).items() if isinstance(v, (str, int, bool))},
                          "body": body.decode()}), flush=True)
        channel.basic_ack(method.delivery_tag)
        count -= 1
        if count == 0:
            break


def doubled(node, payload):
    return {"doubled": 2 * payload["file-number"], "parameters": node.get("parameters"), "n_spots_total": payload["n_spots_total"]}


def fetched(node, payload):
    with urllib.request.urlopen(payload["address"]) as frame:
        data = frame.read()
    return {"file-number": payload["file-number"], "sha256": hashlib.sha256(data).hexdigest(), "address": payload["address"]}


def serve(queue, answer):
    # A transaction on the channel of the subscription: the answers and the acknowledgement together, or neither.
    channel.tx_select()
    channel.basic_qos(prefetch_count=1)

    def handle(on, method, properties, body):
        if properties.headers.get("workflows-recipe") not in (True, "True", "true", 1):
            on.basic_nack(method.delivery_tag)
            on.tx_commit()
            return
        message = json.loads(body)
        node = message["recipe"][str(message["recipe-pointer"])]
        if answer is None:
            return
        payload = answer(node, message["payload"])
        for following in node.get("output", []):
            publish(on, message["recipe"][str(following)]["queue"], json.dumps({
                "environment": message["environment"],
                "payload": payload,
                "recipe": message["recipe"],
                "recipe-path": message["recipe-path"] + [message["recipe-pointer"]],
                "recipe-pointer": following}), {"workflows-recipe": True})
        on.basic_ack(method.delivery_tag)
        on.tx_commit()

    channel.basic_consume(queue, handle)
    print("ready", flush=True)

    def end():
        sys.stdin.read()
        connection.add_callback_threadsafe(channel.stop_consuming)

    threading.Thread(target=end, daemon=True).start()
    channel.start_consuming()


role = sys.argv[2]
if role == "declare":
    declare(sys.argv[3:])
elif role == "send":
    send(sys.argv[3])
elif role == "take":
    take(sys.argv[3], int(sys.argv[4]))
elif role == "purge":
    channel.queue_purge(sys.argv[3])
else:
    serve(sys.argv[3], {"service": doubled, "fetch": fetched, "hold": None}[role])
connection.close()
