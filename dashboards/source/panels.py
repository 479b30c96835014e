# SPDX-License-Identifier: Apache-2.0
"""Panels as Grafana's JSON has them. Knows how a panel looks and nothing about what is shown.

In an expression `<S>` stands for what selects the hosts, which every query needs.
"""

SELECTOR = 'job=~"$job", instance=~"$instance"'
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
GREEN, YELLOW, RED, BLUE = "green", "yellow", "red", "blue"
BAD_FROM_ONE = ((None, GREEN), (1, RED))
WARN_FROM_ONE = ((None, GREEN), (1, YELLOW))
NEUTRAL = ((None, BLUE),)
YES_IS_BAD = {"0": ("no", GREEN), "1": ("yes", RED)}


class Query:
    """An expression with its legend. instant: the last value alone; table: as rows; heatmap: as buckets."""

    def __init__(self, expr, legend="", kind="range"):
        self.expr, self.legend, self.kind = expr.replace("<S>", SELECTOR), legend, kind

    def json(self, at):
        instant = self.kind in ("instant", "table")
        return {
            "datasource": DATASOURCE,
            "editorMode": "code",
            "expr": self.expr,
            "format": {"table": "table", "heatmap": "heatmap"}.get(self.kind, "time_series"),
            "instant": instant,
            "legendFormat": self.legend or "__auto",
            "range": not instant,
            "refId": chr(ord("A") + at),
        }


def value_map(texts):
    """{value: (text, colour)}"""
    options = {value: {"color": colour, "index": at, "text": text} for at, (value, (text, colour)) in enumerate(texts.items())}
    return [{"options": options, "type": "value"}]


def panel(kind, title, description, queries, size, unit, options, defaults=(), overrides=(), **more):
    """size: width (of 24) and height; the place comes from the layout."""
    queries = [query if isinstance(query, Query) else Query(*query) for query in queries]
    return {
        "datasource": DATASOURCE,
        "description": description,
        "fieldConfig": {"defaults": {"unit": unit, **dict(defaults)}, "overrides": list(overrides)},
        "gridPos": {"h": size[1], "w": size[0], "x": 0, "y": 0},
        "options": options,
        "targets": [query.json(at) for at, query in enumerate(queries)],
        "title": title,
        "type": kind,
        **more,
    }


def thresholds(steps):
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for value, colour in steps]}


def reduced(calc="lastNotNull"):
    return {"calcs": [calc], "fields": "", "values": False}


def stat(title, description, expr, unit="short", steps=BAD_FROM_ONE, size=(4, 4), texts=None, none=None, graph="area", legend=""):
    """One number of now, coloured by its thresholds or by what it means. Without a graph it is asked for now alone: of what has no
    series while all is well, the last one of the time that is shown would be a lie."""
    defaults = {"color": {"mode": "thresholds"}, "thresholds": thresholds(steps)}
    if texts:
        defaults["mappings"] = value_map(texts)
    if none is not None:
        defaults["noValue"] = none
    options = {"colorMode": "background", "graphMode": graph, "justifyMode": "auto", "orientation": "auto",
               "percentChangeColorMode": "standard", "reduceOptions": reduced(), "showPercentChange": False,
               "textMode": "auto", "wideLayout": True}
    kind = "instant" if graph == "none" else "range"
    return panel("stat", title, description, [Query(expr, legend, kind)], size, unit, options, defaults)


def tooltip():
    return {"hideZeros": True, "mode": "multi", "sort": "desc"}


def graph(title, description, queries, unit, size=(12, 8), stack=False, bars=False, log=False, minimum=0, overrides=(), legend="list"):
    custom = {"axisPlacement": "auto", "drawStyle": "bars" if bars else "line", "fillOpacity": 60 if bars or stack else 8,
              "lineInterpolation": "linear", "lineWidth": 1, "showPoints": "auto" if not bars else "never", "spanNulls": False}
    if stack or bars:
        custom["stacking"] = {"group": "A", "mode": "normal"}
    if log:
        custom["scaleDistribution"] = {"log": 10, "type": "log"}
    defaults = {"color": {"mode": "palette-classic-by-name"}, "custom": custom}
    if minimum is not None and not log:
        defaults["min"] = minimum
    options = {"legend": {"calcs": ["lastNotNull", "max"] if legend == "table" else [], "displayMode": legend,
                          "placement": "right" if legend == "table" else "bottom", "showLegend": True},
               "tooltip": tooltip()}
    return panel("timeseries", title, description, queries, size, unit, options, defaults, overrides)


def states(title, description, queries, mappings, size=(24, 8), unit="none"):
    """What was the state of what, over time."""
    defaults = {"color": {"mode": "thresholds"}, "custom": {"fillOpacity": 80, "lineWidth": 0}, "mappings": mappings,
                "thresholds": thresholds(BAD_FROM_ONE)}
    options = {"alignValue": "left", "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
               "mergeValues": True, "rowHeight": 0.85, "showValue": "auto", "tooltip": {"mode": "single", "sort": "none"}}
    return panel("state-timeline", title, description, queries, size, unit, options, defaults)


def column(name, unit=None, width=None, links=(), steps=None, texts=None):
    """How one column of a table looks."""
    properties = []
    if unit:
        properties.append({"id": "unit", "value": unit})
    if width:
        properties.append({"id": "custom.width", "value": width})
    if links:
        properties.append({"id": "links", "value": list(links)})
    if steps:
        properties += [{"id": "thresholds", "value": thresholds(steps)},
                       {"id": "custom.cellOptions", "value": {"mode": "basic", "type": "color-background"}}]
    if texts:
        properties += [{"id": "mappings", "value": value_map(texts)},
                       {"id": "custom.cellOptions", "value": {"mode": "basic", "type": "color-background"}}]
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


def table(title, description, queries, names, columns=(), size=(12, 8), sort=None, unit="short"):
    """Queries of the same labels, joined. names: labels and `Value #A`, ... in their order, with what stands above them."""
    options = {"cellHeight": "sm", "frameIndex": 0, "showHeader": True}
    if sort:
        options["sortBy"] = [{"desc": True, "displayName": sort}]
    defaults = {"color": {"mode": "thresholds"}, "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True, "inspect": False},
                "thresholds": thresholds(((None, "transparent"),))}
    organize = {"excludeByName": {"Time": True}, "indexByName": {name: at for at, name in enumerate(names)}, "renameByName": names}
    transformations = [{"id": "merge", "options": {}}] if len(queries) > 1 else []
    transformations.append({"id": "organize", "options": organize})
    if len(queries) == 1 and "Value #A" in names:
        raise ValueError(f"{title}: the only query's column is called Value")
    queries = [Query(expr, kind="table") for expr in queries]
    return panel("table", title, description, queries, size, unit, options, defaults, columns, transformations=transformations)


def bars(title, description, expr, legend, unit="short", size=(8, 8), steps=NEUTRAL):
    """The largest few, of now."""
    options = {"displayMode": "basic", "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
               "maxVizHeight": 40, "minVizHeight": 16, "minVizWidth": 8, "namePlacement": "left", "orientation": "horizontal",
               "reduceOptions": reduced(), "showUnfilled": True, "sizing": "manual", "valueMode": "color"}
    defaults = {"color": {"mode": "thresholds"}, "min": 0, "noValue": "none", "thresholds": thresholds(steps)}
    return panel("bargauge", title, description, [Query(expr, legend, "instant")], size, unit, options, defaults)


def heatmap(title, description, expr, unit="s", size=(12, 9)):
    options = {"calculate": False, "cellGap": 1,
               "color": {"exponent": 0.5, "fill": "dark-orange", "mode": "scheme", "reverse": False, "scale": "exponential",
                         "scheme": "Oranges", "steps": 64},
               "exemplars": {"color": "rgba(255,0,255,0.7)"}, "filterValues": {"le": 1e-9}, "legend": {"show": True},
               "rowsFrame": {"layout": "auto"}, "showValue": "never", "tooltip": {"mode": "single", "yHistogram": True},
               "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit}}
    return panel("heatmap", title, description, [Query(expr, "{{le}}", "heatmap")], size, unit, options,
                 {"custom": {"scaleDistribution": {"type": "linear"}}})
