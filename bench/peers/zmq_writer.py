"""Receives a detector's stream and writes each message to a file of its own, durable before the next is read.

zmq_writer.py ADDRESS FOLDER: prints a line for each series that has ended.
"""

import os
import sys

import zmq

socket = zmq.Context().socket(zmq.PULL)
socket.set(zmq.RCVHWM, 16)
socket.connect(sys.argv[1])
number = 0
while True:
    message = socket.recv(copy=False).buffer
    number += 1
    handle = os.open(os.path.join(sys.argv[2], str(number)), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(handle, message)
    os.fsync(handle)
    os.close(handle)
    if b"\x63end" in bytes(message[:64]):
        print(number, flush=True)
        number = 0
