"""
A stand-in for the nodes of a Kubernetes cluster: runs the commands of its pods as processes of this machine, and reports their phases. It has no
images, volumes or limits. Control plane, jobs and pods are real. Argument: the kubeconfig.
"""

import os
import signal
import subprocess
import sys
import time

from kubernetes import client, config

GRACE_SECONDS = 5


def report(api, pod, phase):
    try:
        api.patch_namespaced_pod_status(pod.metadata.name, pod.metadata.namespace, {'status': {'phase': phase}})
    except client.ApiException as error:
        if error.status != 404:
            raise


def start(api, pod):
    [container] = pod.spec.containers
    process = subprocess.Popen(container.command + (container.args or []), start_new_session=True)
    report(api, pod, 'Running')
    return process


def end(api, pod, process):
    """Ends a deleted pod as a node does: first kindly, then by force."""
    if process and process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    api.delete_namespaced_pod(pod.metadata.name, pod.metadata.namespace, grace_period_seconds=0)


def step(api, processes):
    for pod in api.list_pod_for_all_namespaces(label_selector='app=hutch-program').items:
        process = processes.get(pod.metadata.uid)
        if pod.metadata.deletion_timestamp:
            end(api, pod, process)
        elif process is None and pod.status.phase == 'Pending':
            processes[pod.metadata.uid] = start(api, pod)
        elif process and process.poll() is not None and pod.status.phase == 'Running':
            report(api, pod, 'Succeeded' if process.returncode == 0 else 'Failed')


config.load_kube_config(sys.argv[1])
running = {}
while True:
    step(client.CoreV1Api(), running)
    time.sleep(0.2)
