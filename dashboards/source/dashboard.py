# SPDX-License-Identifier: Apache-2.0
"""A dashboard around its panels: variables, links, annotations, and where each panel stands."""

from source.panels import DATASOURCE, SELECTOR

SCHEMA_VERSION = 42  # of Grafana's model; Grafana migrates older ones when it loads them
WIDTH = 24
HOST = "/d/wedged-host/?${datasource:queryparam}&${job:queryparam}&var-instance=${__data.fields.Host}&${__url_time_range}"
TO_HOST = {"targetBlank": False, "title": "This host", "url": HOST}


def variable(name, label, query, everything=".+", description=""):
    return {
        "allValue": everything,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "datasource": DATASOURCE,
        "description": description,
        "includeAll": True,
        "label": label,
        "multi": True,
        "name": name,
        "query": query,
        "refresh": 2,  # when the time range changes
        "regex": "",
        "sort": 1,
        "type": "query",
    }


def variables(more=()):
    source = {"current": {"selected": True, "text": "default", "value": "default"}, "includeAll": False, "label": "Data source",
              "multi": False, "name": "datasource", "query": "prometheus", "refresh": 1, "regex": "", "type": "datasource"}
    return [source,
            variable("job", "Job", "label_values(wedged_build_info, job)", description="Scrape job"),
            variable("instance", "Instance", 'label_values(wedged_build_info{job=~"$job"}, instance)',
                     description="The host, as it is scraped"),
            *more]


def annotation(name, colour, expr, title, text, enable=True):
    return {"datasource": DATASOURCE, "enable": enable, "hide": False, "iconColor": colour, "name": name,
            "target": {"expr": expr.replace("<S>", SELECTOR), "refId": "Anno"}, "textFormat": text, "titleFormat": title}


CONFIGURATION = annotation(
    "Configuration loaded or monitor started", "blue",
    "changes(wedged_config_last_reload_success_timestamp_seconds{<S>}[$__rate_interval]) > 0",
    "Configuration loaded, or monitor started", "{{instance}}")
ALERTS = annotation(
    "Alerts", "red", 'ALERTS{<S>, alertname=~"Wedged.*", alertstate="firing", severity=~"critical|warning"}',
    "{{alertname}}", "{{instance}} {{cause}} ({{severity}})", enable=False)


def link(tag):
    return {"asDropdown": True, "icon": "external link", "includeVars": True, "keepTime": True, "tags": [tag],
            "targetBlank": False, "title": "wedged", "tooltip": "The other dashboards of wedged", "type": "dashboards", "url": ""}


def place(rows):
    """Panels beside each other fill a row of the grid from the left; a text begins a titled row."""
    y, number, placed = 0, 0, []
    for row in rows:
        number += 1
        if isinstance(row, str):
            placed.append({"collapsed": False, "gridPos": {"h": 1, "w": WIDTH, "x": 0, "y": y}, "id": number, "panels": [],
                           "title": row, "type": "row"})
            y += 1
            continue
        x = 0
        for each in row:
            each = {**each, "id": number, "gridPos": {**each["gridPos"], "x": x, "y": y}}
            placed.append(each)
            x, number = x + each["gridPos"]["w"], number + 1
        if x != WIDTH:
            raise ValueError(f"a row of {row[0]['title']} is {x} wide")
        y += max(each["gridPos"]["h"] for each in row)
    return placed


def dashboard(uid, title, description, rows, more_variables=(), annotations=(CONFIGURATION, ALERTS), since="now-6h", refresh="30s"):
    return {
        "annotations": {"list": list(annotations)},
        "description": description,
        "editable": False,
        "graphTooltip": 1,
        "id": None,
        "links": [link("wedged")],
        "panels": place(rows),
        "refresh": refresh,
        "schemaVersion": SCHEMA_VERSION,
        "tags": ["wedged"],
        "templating": {"list": variables(more_variables)},
        "time": {"from": since, "to": "now"},
        "timezone": "browser",
        "title": title,
        "uid": uid,
        "version": 1,
    }
