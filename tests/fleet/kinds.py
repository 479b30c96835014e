# SPDX-License-Identifier: Apache-2.0
"""Kubernetes's own types, as its Python client has them from the OpenAPI document: says what of a manifest is no field of them,
of another type, or missing. Knows nothing of wedged."""

import re

from kubernetes import client

SCALARS = {"str": (str,), "int": (int,), "bool": (bool,), "float": (int, float), "object": (object,), "datetime": (str,)}
# Kinds by apiVersion; the client's classes are named by version and kind.
CLASSES = {("apps/v1", "DaemonSet"): client.V1DaemonSet, ("v1", "Namespace"): client.V1Namespace,
           ("v1", "ServiceAccount"): client.V1ServiceAccount, ("networking.k8s.io/v1", "NetworkPolicy"): client.V1NetworkPolicy}
# Fields younger than the client of Debian 12, which is of Kubernetes 1.22: {(class, field): type}.
YOUNGER = {(client.V1SecurityContext, "appArmorProfile"): "dict(str, str)"}  # 1.30


def problems(manifest):
    """One line each; none of a good one."""
    of = CLASSES.get((manifest.get("apiVersion"), manifest.get("kind")))
    if of is None:
        return [f"unknown: {manifest.get('apiVersion')} {manifest.get('kind')}"]
    return list(in_object(manifest, of, manifest["kind"]))


def in_object(value, of, place):
    if not isinstance(value, dict):
        yield f"{place}: not a map"
        return
    fields = {field: name for name, field in of.attribute_map.items()}
    for field, inner in value.items():
        if (of, field) in YOUNGER:
            yield from in_value(inner, YOUNGER[of, field], f"{place}.{field}")
        elif field not in fields:
            yield f"{place}.{field}: no such field"
        else:
            yield from in_value(inner, of.openapi_types[fields[field]], f"{place}.{field}")
    try:
        of(**{fields[field]: inner for field, inner in value.items() if field in fields})  # refuses what is missing
    except ValueError as error:
        yield f"{place}: {error}"


def in_value(value, kind, place):
    many = re.fullmatch(r"list\[(.+)\]", kind)
    keyed = re.fullmatch(r"dict\(str, (.+)\)", kind)
    if many or keyed:
        if not isinstance(value, list if many else dict):
            yield f"{place}: not a {'list' if many else 'map'}"
            return
        for at, inner in enumerate(value) if many else value.items():
            yield from in_value(inner, (many or keyed)[1], f"{place}[{at}]")
    elif kind in SCALARS:
        if not isinstance(value, SCALARS[kind]) or (kind != "bool" and kind != "object" and isinstance(value, bool)):
            yield f"{place}: {value!r} is no {kind}"
    else:
        yield from in_object(value, getattr(client, kind), place)
