"""Compares Kubernetes objects on standard input with the types of the API, and prints the options for Hutch in them: NAME=VALUE, a line each."""

import sys

import yaml
from kubernetes import client


def typed(item):
    """Reads an object as its type, and writes it again: a field that the type does not have is lost."""
    api = client.ApiClient()
    name = item['apiVersion'].split('/')[-1].capitalize() + item['kind']
    return api.sanitize_for_serialization(api._ApiClient__deserialize(item, getattr(client, name)))


def lost(before, after, path=''):
    """The paths of what is in the first only, or is something else in the second."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [found for key in before for found in lost(before[key], after.get(key), f'{path}.{key}')]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [found for at, (one, other) in enumerate(zip(before, after)) for found in lost(one, other, f'{path}[{at}]')]
    return [] if before == after and type(before) is type(after) else [f'{path}: {before!r} became {after!r}']


def check(items):
    by_kind = {}
    for item in items:
        try:
            yield from (item['kind'] + path for path in lost(item, typed(item)))
        except ValueError as error:
            yield f"{item['kind']}: {error}"
        by_kind.setdefault(item['kind'], []).append(item)

    [servers], [service], [ingress] = by_kind['StatefulSet'], by_kind['Service'], by_kind['Ingress']
    pod = servers['spec']['template']
    [container] = pod['spec']['containers']
    selectors = [servers['spec']['selector']['matchLabels'], service['spec']['selector']]
    selectors += [budget['spec']['selector']['matchLabels'] for budget in by_kind.get('PodDisruptionBudget', [])]
    selectors += [spread['labelSelector']['matchLabels'] for spread in pod['spec'].get('topologySpreadConstraints', [])]
    if any(selector != pod['metadata']['labels'] for selector in selectors):
        yield 'a selector does not select the pods'
    volumes = {volume['name'] for volume in pod['spec']['volumes']}
    volumes |= {claim['metadata']['name'] for claim in servers['spec']['volumeClaimTemplates']}
    if volumes != {mount['name'] for mount in container['volumeMounts']}:
        yield 'a volume is not mounted, or a mount has no volume'
    maps = {item['metadata']['name'] for item in by_kind['ConfigMap']}
    if maps != {source['configMapRef']['name'] for source in container['envFrom'] if 'configMapRef' in source}:
        yield 'the options are not those of the container'
    ports = {port['name'] for port in container['ports']}
    probes = [container[probe]['httpGet']['port'] for probe in ('startupProbe', 'livenessProbe', 'readinessProbe')]
    if not ports >= {*probes, *(port['targetPort'] for port in service['spec']['ports'])}:
        yield 'a probe or the service wants a port that the container does not have'
    [backend] = [path['backend']['service'] for rule in ingress['spec']['rules'] for path in rule['http']['paths']]
    if backend != {'name': service['metadata']['name'], 'port': {'name': service['spec']['ports'][0]['name']}}:
        yield 'the ingress leads to no service'


objects = [item for item in yaml.safe_load_all(sys.stdin) if item]
problems = list(check(objects))
if problems:
    sys.exit('\n'.join(problems))
for item in objects:
    for name, value in item.get('data', {}).items() if item['kind'] == 'ConfigMap' else ():
        print(f'{name}={value}')
