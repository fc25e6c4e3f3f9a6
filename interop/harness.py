"""What every interop lane stands on: its folder, its checks, its daemon.

A lane is a module in interop/lanes with
  EXPECTED  the fewest checks that a whole run makes; fewer is a failure, so that a lane cannot pass by not running
  QUICK     whether it belongs to "verify --quick"
  run(lane) the checks
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GEMEL = os.path.join(ROOT, "bin", "gemel")
IQN = "iqn.2026-11.io.gemel:interop"
NQN = "nqn.2026-11.io.gemel:interop"
MIB = 1 << 20
READY = re.compile(r"(^|\s)ready(\s|$)")


class LaneError(Exception):
    """The lane cannot go on: a tool is missing, or the daemon did not come up."""


class Lane:
    """One lane's run: a folder of its own, counted checks. Owner: the lane's thread."""

    def __init__(self, name, quick):
        self.name = name
        self.quick = quick
        self.folder = tempfile.mkdtemp(prefix="gemel-%s-" % name)
        self.results = []  # (kind, name, detail); kind: passed, failed, skipped
        self.report = []  # lines worth reading even when all is well
        self.started = time.monotonic()
        self.daemons = []
        self.processes = []

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def check(self, name, ok, detail=""):
        """Counts one check; returns ok. The detail is shown when it fails."""
        self.results.append(("passed" if ok else "failed", name, "" if ok else str(detail)))
        say("  %-6s %s%s" % ("ok" if ok else "FAILED", name, "" if ok or not detail else ": %s" % detail))
        return ok

    def skip(self, name, reason):
        self.results.append(("skipped", name, reason))
        say("  skip   %s: %s" % (name, reason))

    def tell(self, line):
        self.report.append(line)
        say("  " + line)

    def count(self, kind):
        return sum(1 for result in self.results if result[0] == kind)

    def need(self, *commands):
        """Raises LaneError naming the commands that this machine lacks."""
        lacking = [c for c in commands if which(c) is None]
        if lacking:
            raise LaneError("not on this machine: %s (run bin/setup test guest)" % ", ".join(lacking))

    def run(self, command, timeout, log=None, env=None):
        """Runs a client to its end; returns (exit status, output). Status 124: it took longer than timeout seconds."""
        merged = dict(os.environ, **(env or {}))
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=merged,
            cwd=self.folder, start_new_session=True)
        try:
            output, _ = process.communicate(timeout=timeout)
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            status = 124
        text = output.decode("utf-8", "replace")
        if log:
            with open(self.path(log), "w") as file:
                file.write(text)
        return status, text

    def spawn(self, command, log, **options):
        """Starts a helper process that the lane's end stops, if it still runs then."""
        with open(self.path(log), "wb") as file:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                       cwd=self.folder, **options)
        self.processes.append(process)
        return process

    def daemon(self, volumes, **options):
        daemon = Daemon(self, volumes, **options)
        self.daemons.append(daemon)
        return daemon

    def close(self, keep):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        for daemon in self.daemons:
            daemon.kill()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class Daemon:
    """A Gemel daemon of one lane, on ports of its own.

    volumes: list of dicts as in the configuration's "volumes"; volume i is LUN i of IQN and namespace i + 1 of NQN.
    """

    def __init__(self, lane, volumes, name="gemel", digests="offered", prefix=(), data_path=None, java_options=""):
        self.lane = lane
        self.name = name
        self.prefix = list(prefix)
        self.java_options = java_options
        self.iscsi_port, self.nvme_port, self.discovery_port, self.http_port = free_ports(4)
        self.config_file = lane.path(name + ".yaml")
        self.log_file = lane.path(name + ".log")
        self.admin_socket = lane.path(name + ".sock")
        self.process = None
        self.ready_seconds = None
        self.config = {
            "node": {"stateDir": lane.path(name + ".state")},
            "volumes": volumes,
            "iscsi": {
                "portals": [{"address": "127.0.0.1", "port": self.iscsi_port}],
                "targets": [{
                    "iqn": IQN,
                    "luns": [{"lun": i, "volume": v["name"]} for i, v in enumerate(volumes)],
                    "initiators": "any",
                    "digests": digests,
                }],
            },
            "nvme": {
                "portals": [{"address": "127.0.0.1", "port": self.nvme_port}],
                "discovery": {"port": self.discovery_port},
                "subsystems": [{
                    "nqn": NQN,
                    "namespaces": [{"nsid": i + 1, "volume": v["name"]} for i, v in enumerate(volumes)],
                    "hosts": "any",
                }],
            },
            "admin": {"socket": self.admin_socket, "http": "127.0.0.1:%d" % self.http_port},
        }
        if data_path:
            self.config["dataPath"] = data_path

    def start(self, deadline=30):
        """Starts the daemon and returns when it says that it is ready; raises LaneError when it does not in time."""
        with open(self.config_file, "w") as file:  # JSON is YAML, too
            json.dump(self.config, file, indent=1)
        begin = time.monotonic()
        env = dict(os.environ)
        env["GEMEL_JAVA_OPTS"] = (env.get("GEMEL_JAVA_OPTS", "") + " " + self.java_options).strip()
        self.process = subprocess.Popen(
            self.prefix + [GEMEL, "serve", self.config_file], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=env, start_new_session=True)
        ready = threading.Event()
        process = self.process

        def follow():
            with open(self.log_file, "ab") as log:
                for line in process.stdout:
                    log.write(line)
                    log.flush()
                    if not ready.is_set() and READY.search(line.decode("utf-8", "replace")):
                        self.ready_seconds = time.monotonic() - begin
                        ready.set()

        self.follower = threading.Thread(target=follow, daemon=True)
        self.follower.start()
        while not ready.wait(0.05):
            if process.poll() is not None:
                raise LaneError("the daemon ended with status %d:\n%s" % (process.returncode, self.log_tail()))
            if time.monotonic() - begin > deadline:
                raise LaneError("the daemon was not ready after %d s:\n%s" % (deadline, self.log_tail()))
        return self

    def stop(self, deadline=20):
        """SIGTERM; returns the exit status, None when it had to be killed."""
        if self.process is None:
            return None
        status = None
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.kill()
        self.follower.join(5)
        return status

    def kill(self):
        """SIGKILL, as by a crash."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def check_stop(self):
        """Two checks that every lane ends with: the daemon still lives, and stops cleanly."""
        self.lane.check("%s: still running at the end" % self.name, self.alive(), self.log_tail())
        status = self.stop()
        self.lane.check("%s: clean stop on SIGTERM" % self.name, status == 0,
                        "exit status %s\n%s" % (status, self.log_tail()))

    def log_tail(self, lines=25):
        try:
            with open(self.log_file, errors="replace") as file:
                return "".join(file.readlines()[-lines:])
        except OSError:
            return "(no log)"

    def command(self, *arguments, timeout=30):
        """Runs bin/gemel with this daemon's admin socket; returns (exit status, output)."""
        return self.lane.run([GEMEL] + list(arguments) + ["--socket", self.admin_socket], timeout)

    def iscsi_url(self, lun=0):
        return "iscsi://127.0.0.1:%d/%s/%d" % (self.iscsi_port, IQN, lun)


def file_volume(lane, name, size, **more):
    """A sparse file volume in the lane's folder; size as in the configuration, for instance 256MiB."""
    backend = {"type": "file", "path": lane.path(name + ".img"), "size": size, "sparse": True}
    return dict({"name": name, "backend": backend}, **more)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def which(command):
    return shutil.which(command, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def as_root():
    """What to put before a command that needs root; raises LaneError where this machine does not let us."""
    if os.geteuid() == 0:
        return []
    if which("sudo") and subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return ["sudo", "-n"]
    raise LaneError("this needs root, or sudo that asks for no password")


def say(line):
    print(line, flush=True)
