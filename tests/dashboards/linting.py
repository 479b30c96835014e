# SPDX-License-Identifier: Apache-2.0
"""The rules of Grafana's dashboard-linter, by their names there, and a few of our own. Says what breaks them.

Each rule is a function of a dashboard that yields complaints. Whether an expression is valid is asked of Prometheus elsewhere.
"""

import re

from boards import columns_of, foreign_metrics_in, panels, queries

UNITS = {"short", "none", "s", "ops", "percentunit", "bytes", "dateTimeFromNow"}  # of those that Grafana knows, the ones used here
CURRENT_SCHEMA = 42
COUNTER = re.compile(r"(?<![\w:])(?:\w+_total|\w+_seconds_(?:count|sum|bucket))(?![\w:])")
# No queries by host: what is recorded over hosts has no label of them. The tables of the worst hosts do select.
AGGREGATED = re.compile(r"^cluster_job")


def variable(dashboard, name):
    return next((one for one in dashboard["templating"]["list"] if one["name"] == name), {})


def template_datasource_rule(dashboard):
    sources = [one for one in dashboard["templating"]["list"] if one["type"] == "datasource"]
    if [(one["name"], one["label"], one["query"]) for one in sources] != [("datasource", "Data source", "prometheus")]:
        yield "not exactly one variable of a data source, named datasource"


def _is_multiple(dashboard, name):
    one = variable(dashboard, name)
    if (one.get("type"), one.get("datasource", {}).get("uid"), one.get("multi"), one.get("includeAll"), one.get("allValue")) != (
            "query", "${datasource}", True, True, ".+"):
        yield f"variable {name} is not multiple with all as .+ from $datasource"
    if one.get("label") != name.title():
        yield f"variable {name} is labelled {one.get('label')}, not {name.title()}"


def template_job_rule(dashboard):
    yield from _is_multiple(dashboard, "job")


def template_instance_rule(dashboard):
    yield from _is_multiple(dashboard, "instance")


def template_label_promql_rule(dashboard):
    for one in dashboard["templating"]["list"]:
        if one["type"] == "query" and not re.fullmatch(r"label_values\([a-z_:]+(\{[^{}]+\})?, \w+\)", one["query"]):
            yield f"variable {one['name']} is no query of label_values"


def template_on_time_change_reload_rule(dashboard):
    for one in dashboard["templating"]["list"]:
        if one["type"] == "query" and one["refresh"] != 2:
            yield f"variable {one['name']} is not asked for again when the time range changes"


def panel_datasource_rule(dashboard):
    for panel in panels(dashboard):
        for place in (panel, *panel["targets"]):
            if place["datasource"] != {"type": "prometheus", "uid": "${datasource}"}:
                yield f"{panel['title']} has a data source of its own"


def panel_title_description_rule(dashboard):
    for panel in panels(dashboard):
        if not panel["title"] or not panel.get("description", "").endswith("."):
            yield f"{panel['title']} lacks a title or a description in sentences"


def panel_units_rule(dashboard):
    for panel in panels(dashboard):
        units = [panel["fieldConfig"]["defaults"].get("unit")]
        units += [each["value"] for one in panel["fieldConfig"]["overrides"] for each in one["properties"] if each["id"] == "unit"]
        if set(units) - UNITS:
            yield f"{panel['title']} has a unit that is none: {units}"


def panel_no_targets_rule(dashboard):
    for panel in panels(dashboard):
        if not panel["targets"]:
            yield f"{panel['title']} asks nothing"


def target_rate_interval_rule(dashboard):
    """$__range is for what is said of the whole time that is shown. As in Grafana's, what only looks back is no rate."""
    for asked in queries(dashboard):
        for window in re.findall(r"\[([^\]]*)\]", re.sub(r"\blast_over_time\([^()]*\)", "", asked.expr)):
            if window not in ("$__rate_interval", "$__range") or (window == "$__range" and asked.kind not in ("stat", "table")):
                yield f"{asked} has the window {window}"


def target_counter_agg_rule(dashboard):
    """A counter says nothing unless its increase is asked for; the kernel's counts and reports, and reloads, are shown as they are."""
    for asked in queries(dashboard):
        for name in COUNTER.findall(asked.expr):
            shown_as_it_is = name.startswith("wedged_kernel_") or name == "wedged_config_reloads_total"
            if not shown_as_it_is and not re.search(rf"\b(?:rate|irate|increase)\({name}", asked.expr):
                yield f"{asked}: {name} without a rate"


def _selects(dashboard, label):
    for asked in queries(dashboard):
        for name, selector in re.findall(r"([a-zA-Z_:][\w:]*)(\{[^{}]*\})", asked.expr):
            if label == "instance" and AGGREGATED.match(name):
                continue
            if f'{label}=~"${label}"' not in selector:
                yield f"{asked}: {name} of every {label}"
        for name in re.findall(r"(?<![\w:])(?:wedged|process|scrape|cluster|instance)_?[\w:]*[_:][\w:]*(?![\w:{])", asked.expr):
            yield f"{asked}: {name} of every {label}"


def target_job_rule(dashboard):
    yield from _selects(dashboard, "job")


def target_instance_rule(dashboard):
    yield from _selects(dashboard, "instance")


def foreign_rule(dashboard):
    """Ours: what other programs have, too, is joined with what only wedged has: all jobs are all that Prometheus scrapes."""
    for asked in queries(dashboard):
        for name in sorted(foreign_metrics_in(asked.expr)):
            there = re.findall(rf"(?<![\w:]){name}(?![\w:])", asked.expr)
            joined = re.findall(rf"(?<![\w:]){name}\{{[^{{}}]*\}}(?:\[[^\]]*\]\))?(?: == 0)? and on \(job(?:, instance)?\) "
                                r"(?:\(last_over_time\()?wedged_build_info\{", asked.expr)
            if len(there) != len(joined):
                yield f"{asked}: {name} of other programs"


def uneditable_dashboard_rule(dashboard):
    if dashboard["editable"]:
        yield "it can be edited where it is provisioned"


def ids_rule(dashboard):
    """Ours: stable ids, each once, and the current schema."""
    ids = [panel["id"] for panel in dashboard["panels"]]
    if len(ids) != len(set(ids)) or dashboard["id"] is not None:
        yield "ids are not unique, or the dashboard has one of somebody's Grafana"
    if not re.fullmatch(r"wedged-[a-z]{1,33}", dashboard["uid"]) or dashboard["schemaVersion"] != CURRENT_SCHEMA:
        yield "no stable uid, or an old schema"
    titles = [panel["title"] for panel in panels(dashboard) if panel["type"] != "stat"]
    if len(titles) != len(set(titles)):
        yield f"two panels with one title: {titles}"


def layout_rule(dashboard):
    """Ours: panels within 24 columns, none over another, no gap in a row; what is urgent, a number, at the top left."""
    taken = {}
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        if at["x"] < 0 or at["x"] + at["w"] > 24 or at["w"] < 3 or at["h"] < 1:
            yield f"{panel['title']} is outside or too narrow"
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                if (x, y) in taken:
                    yield f"{panel['title']} lies over {taken[x, y]}"
                taken[x, y] = panel["title"]
    first = min(panels(dashboard), key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))
    if first["type"] != "stat":
        yield f"at the top left is {first['title']}, no number"
    for y in range(max(y for _, y in taken) + 1):
        if {x for x in range(24) if (x, y) in taken} != set(range(24)):
            yield f"a gap in line {y}"


def legend_rule(dashboard):
    """Ours: each series has a name that people read."""
    for asked in queries(dashboard):
        if asked.kind in ("timeseries", "state-timeline", "bargauge", "heatmap") and asked.legend == "__auto":
            yield f"{asked} has no legend"


def present_rule(dashboard):
    """Ours: a number that may have no series (a comparison filters) is asked for now alone, or it shows what was long ago."""
    for asked in queries(dashboard):
        filtered = re.search(r"(?:[<>=]=|[<>]) \S+$|[<>=] \S+\)$", asked.expr)
        if asked.kind == "stat" and filtered and not asked.instant and not asked.expr.endswith("vector(0)"):
            yield f"{asked} shows the last number though it is gone"


def table_rule(dashboard):
    """Ours: columns have names, and what overrides one exists."""
    for panel in panels(dashboard):
        if panel["type"] == "table":
            names = panel["transformations"][-1]["options"]["renameByName"]
            for override in panel["fieldConfig"]["overrides"]:
                if override["matcher"]["options"] not in names.values():
                    yield f"{panel['title']} has no column {override['matcher']['options']}"
            if not list(columns_of(panel)):
                yield f"{panel['title']} has no label"


def link_rule(dashboard):
    """Ours: from each dashboard to the others."""
    if [(one["type"], one["tags"], one["includeVars"], one["keepTime"]) for one in dashboard["links"]] != [
            ("dashboards", ["wedged"], True, True)] or "wedged" not in dashboard["tags"]:
        yield "no links to the other dashboards"


ALL = (template_datasource_rule, template_job_rule, template_instance_rule, template_label_promql_rule,
       template_on_time_change_reload_rule, panel_datasource_rule, panel_title_description_rule, panel_units_rule, panel_no_targets_rule,
       target_rate_interval_rule, target_counter_agg_rule, target_job_rule, target_instance_rule, foreign_rule, uneditable_dashboard_rule,
       ids_rule, layout_rule, legend_rule, present_rule, table_rule, link_rule)
