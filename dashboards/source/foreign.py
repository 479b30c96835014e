# SPDX-License-Identifier: Apache-2.0
"""Metrics that every program has that Prometheus scrapes, of wedged alone: with all jobs chosen, `job` selects others' as well.

By job and over a day where a host may be down: it has no series of its own then, nor have others if all are. Over all of the time
that is shown as well: it may be the only one that is chosen, and down for longer.
"""

OF_JOBS = "and on (job) (last_over_time(wedged_build_info{<S>}[1d]) or last_over_time(wedged_build_info{<S>}[$__range]))"
OF_HOSTS = "and on (job, instance) wedged_build_info{<S>}"

DOWN = f"up{{<S>}} == 0 {OF_JOBS}"


def of_daemons(name):
    """What a daemon says of its own process."""
    return f"{name}{{<S>}} {OF_HOSTS}"


def of_scrapes(name):
    """What Prometheus says of a scrape, also of one that fails."""
    return f"{name}{{<S>}} {OF_JOBS}"
