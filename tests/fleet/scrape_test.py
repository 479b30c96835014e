# SPDX-License-Identifier: Apache-2.0
"""packaging/prometheus as a real promtool takes it: each file is valid, and the targets come out as docs/fleet.md says."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

import yaml

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
from needs import need  # noqa: E402

FOLDER = SOURCE / "packaging/prometheus"
FLAGS = {"agent.yml": ["--agent"]}
POD = {"__address__": "10.0.0.7", "__meta_kubernetes_pod_annotation_prometheus_io_scrape": "true",
       "__meta_kubernetes_pod_annotation_prometheus_io_port": "9974", "__meta_kubernetes_pod_annotation_prometheus_io_path": "/metrics",
       "__meta_kubernetes_pod_container_init": "false", "__meta_kubernetes_pod_container_port_name": "metrics",
       "__meta_kubernetes_pod_phase": "Running", "__meta_kubernetes_pod_ip": "10.0.0.7", "__meta_kubernetes_pod_node_name": "node-1"}


def setUpModule():
    need("promtool", shutil.which("promtool"))


def laid_out(folder):
    """As an operator would lay it out: the rules beside the configuration."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    rules = folder / "rules"
    rules.mkdir()
    for path in (SOURCE / "dashboards/rules").glob("*.yml"):
        shutil.copy(path, rules)


def promtool(*words):
    return subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True, check=False, timeout=60)


def discovered(folder, name, number):
    """The labels of those that are left, of so many targets. promtool always takes all of its time, so it gets more by and by."""
    for seconds in (1, 2, 4, 8, 16):
        done = promtool("check", "service-discovery", f"--timeout={seconds}s", folder / name, "wedged")
        if done.returncode != 0:
            raise AssertionError(done)
        found = json.loads(done.stdout)
        if len(found) == number:
            return [one["labels"] for one in found if one["labels"]]
    raise AssertionError(f"{len(found)} targets of {number}")


def with_pods(folder, *pods, **changes):
    """kubernetes.yml, its pods from a file in place of an API server: Debian's Prometheus is built without Kubernetes."""
    whole = yaml.safe_load((FOLDER / "kubernetes.yml").read_text(encoding="utf-8"))
    [scrape] = whole["scrape_configs"]
    del scrape["kubernetes_sd_configs"]
    scrape["file_sd_configs"] = [{"files": ["pods.json"]}]
    for rule in scrape["relabel_configs"]:
        rule.update({key: value for key, value in changes.items() if key in rule})
    (folder / "kubernetes.yml").write_text(json.dumps(whole), encoding="utf-8")
    groups = [{"targets": [pod["__address__"]], "labels": {key: value for key, value in pod.items() if key != "__address__"}} for pod in pods]
    (folder / "pods.json").write_text(json.dumps(groups), encoding="utf-8")


class Scrape(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="wedged-fleet-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        laid_out(self.folder)

    def targets(self, *pods, **changes):
        with_pods(self.folder, *pods, **changes)
        return discovered(self.folder, "kubernetes.yml", len(pods))

    def test_prometheus_takes_every_file(self):
        with_pods(self.folder, POD)
        files = sorted(path.name for path in self.folder.glob("*.yml"))
        self.assertEqual(files, ["agent.yml", "global.yml", "hosts.yml", "kubernetes.yml"])
        for name in files:
            with self.subTest(name):
                done = promtool("check", "config", *FLAGS.get(name, []), self.folder / name)
                self.assertEqual(done.returncode, 0, done)
                self.assertIn("SUCCESS", done.stdout)

    def test_a_daemon_is_found_under_its_nodes_name(self):
        [labels] = self.targets(POD)
        self.assertEqual((labels["instance"], labels["__address__"], labels["__metrics_path__"], labels["job"]),
                         ("node-1", "10.0.0.7:9974", "/metrics", "wedged"))

    def test_an_address_of_ipv6_is_put_in_brackets(self):
        [labels] = self.targets({**POD, "__address__": "fd00::7", "__meta_kubernetes_pod_ip": "fd00::7"})
        self.assertEqual(labels["__address__"], "[fd00::7]:9974")

    def test_other_pods_and_ports_are_not_scraped(self):
        changes = ({"pod_annotation_prometheus_io_scrape": ""}, {"pod_container_port_name": "debug"}, {"pod_phase": "Failed"},
                   {"pod_container_init": "true"}, {})
        pods = [{**POD, "__meta_kubernetes_pod_node_name": f"node-{number}",
                 **{"__meta_kubernetes_" + key: value for key, value in change.items()}} for number, change in enumerate(changes)]
        self.assertEqual([labels["instance"] for labels in self.targets(*pods)], [f"node-{len(changes) - 1}"])

    def test_a_node_without_a_pod_is_told_by_the_rule_in_the_docs(self):
        """As kube-state-metrics counts: two of the nodes from the fifth minute on; another DaemonSet's for ever. A rollout is shorter."""
        page = (SOURCE / "docs/fleet.md").read_text(encoding="utf-8")
        [rules] = re.findall(r"^    groups:\n(?:(?: {4}.*)?\n)+", page, re.MULTILINE)
        (self.folder / "nodes.yml").write_text(textwrap.dedent(rules), encoding="utf-8")
        series = {"wedged": "0x4 2x40 0x20", "rolled-out": "0x4 3x25 0x60", "other": "1x90"}
        whole = {"rule_files": ["nodes.yml"], "evaluation_interval": "1m", "tests": [
            {"interval": "1m",
             "input_series": [{"series": 'kube_daemonset_status_number_unavailable{daemonset="%s",cluster="%s"}' % (
                 "other" if name == "other" else "wedged", name), "values": values} for name, values in series.items()],
             "promql_expr_test": [{"expr": 'ALERTS{alertstate="firing"}', "eval_time": at, "exp_samples": [
                 {"labels": 'ALERTS{alertname="WedgedNodesWithoutPod",alertstate="firing",severity="warning",daemonset="wedged",'
                            'cluster="wedged"}', "value": 1}] if fires else []}
                 for at, fires in (("34m", False), ("36m", True), ("45m", True), ("47m", False))]}]}
        (self.folder / "nodes_test.yml").write_text(json.dumps(whole), encoding="utf-8")
        done = promtool("test", "rules", self.folder / "nodes_test.yml")
        self.assertEqual(done.returncode, 0, done)

    def test_shards_share_the_nodes_without_gap_or_overlap(self):
        pods = [{**POD, "__address__": f"10.0.0.{number}", "__meta_kubernetes_pod_ip": f"10.0.0.{number}",
                 "__meta_kubernetes_pod_node_name": f"node-{number}"} for number in range(40)]
        shares = []
        for shard in range(3):
            whole = yaml.safe_load((FOLDER / "kubernetes.yml").read_text(encoding="utf-8"))
            [keep] = [rule for rule in whole["scrape_configs"][0]["relabel_configs"] if rule.get("source_labels") == ["__tmp_shard"]]
            self.assertEqual((keep["regex"], keep["action"]), ("0", "keep"))
            shares.append({labels["instance"] for labels in self.sharded(pods, shard)})
        self.assertEqual(sorted(sum(map(list, shares), [])), sorted(pod["__meta_kubernetes_pod_node_name"] for pod in pods))
        self.assertTrue(all(shares))

    def sharded(self, pods, shard):
        with_pods(self.folder, *pods, modulus=3)
        path = self.folder / "kubernetes.yml"
        whole = json.loads(path.read_text(encoding="utf-8"))
        for rule in whole["scrape_configs"][0]["relabel_configs"]:
            if rule.get("source_labels") == ["__tmp_shard"]:
                rule["regex"] = str(shard)
        path.write_text(json.dumps(whole), encoding="utf-8")
        return discovered(self.folder, "kubernetes.yml", len(pods))

    def test_plain_hosts_are_found_in_files(self):
        found = discovered(self.folder, "hosts.yml", 3)
        self.assertEqual({labels["instance"]: labels["__address__"] for labels in found},
                         {"db1.example": "db1.example:9974", "db2.example": "db2.example:9974", "web1.example": "web1.example:9974"})

    def test_what_is_sent_on_is_what_the_rules_record_for_the_fleet(self):
        rules = yaml.safe_load((SOURCE / "dashboards/rules/fleet.yml").read_text(encoding="utf-8"))
        recorded = [rule["record"] for group in rules["groups"] for rule in group["rules"] if "record" in rule]
        self.assertTrue(recorded)
        hosts = yaml.safe_load((FOLDER / "hosts.yml").read_text(encoding="utf-8"))
        [keep] = hosts["remote_write"][0]["write_relabel_configs"]
        for name in recorded:
            self.assertRegex(name, rf"^(?:{keep['regex']})$")
        self.assertNotRegex("wedged_syscall_errors_total", rf"^(?:{keep['regex']})$")
        [scrape] = yaml.safe_load((FOLDER / "global.yml").read_text(encoding="utf-8"))["scrape_configs"]
        self.assertIn('{__name__=~"cluster_job.*:wedged_.*"}', scrape["params"]["match[]"])
        self.assertIs(scrape["honor_labels"], True)


if __name__ == "__main__":
    unittest.main()
