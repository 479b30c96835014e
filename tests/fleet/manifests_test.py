# SPDX-License-Identifier: Apache-2.0
"""packaging/kubernetes: what Kubernetes would refuse, and the promises that docs/fleet.md makes of privileges."""

import copy
import os
import pathlib
import re
import subprocess
import sys
import unittest

import manifests
from manifests import FOLDER, SOURCE

sys.path.insert(0, str(SOURCE / "tests/support"))
from needs import need  # noqa: E402

try:
    import kinds
except ImportError:
    kinds = None

BINARY = os.environ.get("WEDGED_BINARY", str(SOURCE / "build/release/userspace/wedged"))
# Listed among the node's own: what may not be given for observing alone.
TOO_MUCH = {"SYS_ADMIN", "SYS_MODULE", "NET_ADMIN", "SYS_RAWIO", "DAC_OVERRIDE", "KILL", "SYS_BOOT", "SYS_RESOURCE", "SYSLOG"}


class Kinds(unittest.TestCase):
    def setUp(self):
        need("python3-kubernetes", kinds)

    def test_kubernetes_knows_every_field(self):
        for name in manifests.read("kustomization.yaml")["resources"]:
            with self.subTest(name):
                self.assertEqual(kinds.problems(manifests.read(name)), [])

    def test_it_does_not_know_what_is_mistyped_wrong_or_missing(self):
        for place, value, said in ((("spec", "template", "spec", "hostPid"), True, "no such field"),
                                   (("spec", "template", "spec", "hostPID"), "true", "is no bool"),
                                   (("spec", "minReadySeconds"), "30", "is no int"),
                                   (("spec", "selector"), None, "")):
            with self.subTest(place):
                broken = copy.deepcopy(manifests.read("daemon-set.yaml"))
                inner = broken
                for key in place[:-1]:
                    inner = inner[key]
                inner[place[-1]] = value
                [problem, *_] = kinds.problems(broken)
                self.assertIn(said, problem)


class DaemonSet(unittest.TestCase):
    def test_it_selects_its_own_pods(self):
        of_set = manifests.read("daemon-set.yaml")["spec"]
        labels = of_set["template"]["metadata"]["labels"]
        for selector in (of_set["selector"], manifests.read("network-policy.yaml")["spec"]["podSelector"],
                         manifests.read("pod-monitor.yaml")["spec"]["selector"]):
            self.assertEqual(selector["matchLabels"], labels)

    def test_it_has_the_hosts_processes_and_nothing_else_of_the_host(self):
        pod = manifests.pod()
        self.assertIs(pod["hostPID"], True)
        self.assertEqual({key for key in pod if key.startswith("host")}, {"hostPID"})
        self.assertEqual([volume["hostPath"]["path"] for volume in pod["volumes"] if "hostPath" in volume], ["/run/wedged"])

    def test_its_privileges_are_those_named_and_no_others(self):
        context = manifests.container()["securityContext"]
        self.assertEqual((context["privileged"], context["allowPrivilegeEscalation"], context["readOnlyRootFilesystem"]), (False, False, True))
        self.assertEqual(context["capabilities"]["drop"], ["ALL"])
        self.assertEqual(set(manifests.capabilities()) & TOO_MUCH, set())
        self.assertEqual(context["seccompProfile"], {"type": "RuntimeDefault"})
        self.assertEqual(context["appArmorProfile"], {"type": "Unconfined"})

    def test_the_packaged_unit_has_all_of_its_capabilities(self):
        unit = (SOURCE / "packaging/wedged.service").read_text(encoding="utf-8")
        [names] = re.findall(r"^CapabilityBoundingSet=(.+)$", unit, re.M)
        self.assertLessEqual({"CAP_" + name for name in manifests.capabilities()}, set(names.split()))

    def test_no_token_of_the_cluster_reaches_it(self):
        self.assertIs(manifests.pod()["automountServiceAccountToken"], False)
        self.assertIs(manifests.read("service-account.yaml")["automountServiceAccountToken"], False)
        self.assertEqual(manifests.pod()["serviceAccountName"], manifests.read("service-account.yaml")["metadata"]["name"])

    def test_probes_and_monitor_name_the_port_that_it_listens_on(self):
        one = manifests.container()
        [port] = one["ports"]
        self.assertTrue(one["args"][one["args"].index("--web.listen-address") + 1].endswith(f":{port['containerPort']}"))
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            self.assertEqual(one[probe]["httpGet"], {"path": "/healthz", "port": port["name"]})
        [endpoint] = manifests.read("pod-monitor.yaml")["spec"]["podMetricsEndpoints"]
        self.assertEqual(endpoint["port"], port["name"])
        [rule] = manifests.read("network-policy.yaml")["spec"]["ingress"]
        self.assertEqual([one["port"] for one in rule["ports"]], [port["name"]])
        annotations = manifests.read("daemon-set.yaml")["spec"]["template"]["metadata"]["annotations"]
        self.assertEqual(annotations["prometheus.io/port"], str(port["containerPort"]))

    def test_every_mount_has_its_volume(self):
        pod = manifests.pod()
        self.assertEqual({mount["name"] for mount in manifests.container()["volumeMounts"]}, {volume["name"] for volume in pod["volumes"]})


class Kustomization(unittest.TestCase):
    def test_what_it_names_is_there(self):
        whole = manifests.read("kustomization.yaml")
        [generated] = whole["configMapGenerator"]
        for name in (*whole["resources"], *generated["files"]):
            self.assertTrue((FOLDER / name).is_file(), name)
        [config] = [volume["configMap"]["name"] for volume in manifests.pod()["volumes"] if "configMap" in volume]
        self.assertEqual(config, generated["name"])
        self.assertEqual([image["name"] for image in whole["images"]], [manifests.container()["image"]])
        self.assertEqual(whole["namespace"], manifests.read("namespace.yaml")["metadata"]["name"])

    def test_the_image_has_the_projects_version(self):
        [image] = manifests.read("kustomization.yaml")["images"]
        self.assertIn(f"VERSION {image['newTag']} ", (SOURCE / "CMakeLists.txt").read_text(encoding="utf-8"))

    def test_the_daemon_takes_its_configuration_which_enforces_nothing(self):
        done = subprocess.run([BINARY, "config", "show", "--config", FOLDER / "wedged.yaml"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"enforce: false")

    def test_the_ledger_lies_in_the_volume_that_outlives_the_pod(self):
        [mount] = [mount for mount in manifests.container()["volumeMounts"] if mount["name"] == "ledger"]
        ledger = pathlib.PurePath(manifests.read("wedged.yaml")["policy"]["ledger"])
        self.assertEqual(str(ledger.parent), mount["mountPath"])


class Image(unittest.TestCase):
    """The list of libraries of packaging/Containerfile against what the program is linked with, by Debian's packages."""

    def listed(self):
        text = (SOURCE / "packaging/Containerfile").read_text(encoding="utf-8")
        [names] = re.findall(r"install -y --no-install-recommends \\\n(.+?)\s+\\\n", text, re.S)
        return set(names.split())

    def needed(self):
        """{package: library} of the libraries that it is linked with directly."""
        direct = re.findall(r"NEEDED.*\[(.+)\]", subprocess.run(["readelf", "-d", BINARY], capture_output=True, text=True, check=True).stdout)
        places = dict(re.findall(r"(\S+) => (/\S+)", subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout))
        return {package_of(places[name]): name for name in direct if name in places}

    def test_it_lists_what_the_program_needs_and_nothing_else(self):
        essential = {"libc6", "libgcc-s1", "zlib1g", "libcrypt1"}  # Debian does not run without them
        self.assertEqual(self.listed() - essential, set(self.needed()) - essential, self.needed())


def package_of(path):
    real = os.path.realpath(path)
    for place in (path, real, "/usr" + path, real.removeprefix("/usr")):
        done = subprocess.run(["dpkg-query", "-S", place], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    raise AssertionError(f"{path} is of no package")


if __name__ == "__main__":
    unittest.main()
