package io.gemel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of mistake: its line, its column, its key, what was found, what is allowed. */
class ConfigRefusalTest {
    private static final Path FILE = Path.of("gemel.yaml");
    private static final String VOLUME =
            "volumes: [{name: v, backend: {type: memory, size: 1MiB}}]\n";
    private static final String TARGET = "iqn.2026-11.io.gemel:t";
    private static final String SUBSYSTEM = "nqn.2026-11.io.gemel:s";

    private static List<ConfigProblem> problems(final String text) {
        final ConfigRefusedException refusal =
                catchThrowableOfType(
                        ConfigRefusedException.class,
                        () ->
                                new ConfigLoader(path -> !path.endsWith("new"), () -> "host")
                                        .load(FILE, text));
        return refusal == null ? List.of() : refusal.problems();
    }

    private static Arguments of(
            final String name,
            final String text,
            final String place,
            final String found,
            final String allowed,
            final String hint) {
        return Arguments.of(name, text, place, found, allowed, hint);
    }

    private static String target(final String rest) {
        return VOLUME + "iscsi: {targets: [{iqn: \"" + TARGET + "\", " + rest + "}]}";
    }

    private static String subsystem(final String rest) {
        return VOLUME + "nvme: {subsystems: [{nqn: \"" + SUBSYSTEM + "\", " + rest + "}]}";
    }

    private static String volume(final String rest) {
        return "volumes: [{name: v, " + rest + "}]";
    }

    /** Name, text, "line:column key", found, allowed contains, hint contains. */
    static Stream<Arguments> mistakes() {
        return Stream.of(
                of("empty file", "", "1:1 ", "nothing", "one YAML mapping", ""),
                of("comment only", "# none\n", "1:1 ", "nothing", "one YAML mapping", ""),
                of("not a mapping", "- 1\n", "1:1 ", "a list", "a configuration {", ""),
                of("two documents", VOLUME + "---\na: 1\n", "3:1 ", "a second document", "one", ""),
                of("broken YAML", "volumes: [\n", "2:1 ", "broken YAML", "YAML 1.2", "flow"),
                of("tab", "volumes:\n\t- a\n", "2:1 ", "broken YAML", "YAML 1.2", "while scanning"),
                of(
                        "control character",
                        "a: \u0007",
                        "1:4 ",
                        "the character U+0007",
                        "printable",
                        ""),
                of(
                        "unknown key",
                        VOLUME + "iscis: {}\n",
                        "2:1 iscis",
                        "unknown key \"iscis\"",
                        "node, dataPath, volumes, iscsi",
                        "did you mean \"iscsi\"?"),
                of(
                        "key in another spelling",
                        VOLUME + "data_path: {}\n",
                        "2:1 data_path",
                        "unknown key",
                        "dataPath",
                        "did you mean \"dataPath\"?"),
                of(
                        "unknown key far from all",
                        VOLUME + "xyzzy: {}\n",
                        "2:1 xyzzy",
                        "unknown key \"xyzzy\"",
                        "volumes",
                        ""),
                of(
                        "key twice",
                        VOLUME + "log: {level: info}\nlog: {}\n",
                        "3:1 log",
                        "this key a second time",
                        "each key once",
                        "line 2"),
                of(
                        "key that is a list",
                        VOLUME + "[a]: 1\n",
                        "2:1 ",
                        "a list as a key",
                        "node",
                        ""),
                of(
                        "required key",
                        "log: {}\n",
                        "1:1 volumes",
                        "nothing",
                        "a list of 1",
                        "required"),
                of("null", VOLUME + "log:\n", "2:5 log", "nothing", "logging {level, format}", ""),
                of("empty list", "volumes: []", "1:10 volumes", "an empty list", "1 to 1024", ""),
                of("not a list", "volumes: {}", "1:10 volumes", "a mapping", "a list", ""),
                of(
                        "word",
                        VOLUME + "log: {level: inof}",
                        "2:14 log.level",
                        "\"inof\"",
                        "trace | debug | info | warn | error",
                        "did you mean \"info\"?"),
                of("number", VOLUME + "node: {id: one}", "2:12 node.id", "\"one\"", "1 to 127", ""),
                of("too small", VOLUME + "node: {id: 0}", "2:12 node.id", "\"0\"", "1 to 127", ""),
                of(
                        "too large",
                        VOLUME + "node: {id: 128}",
                        "2:12 node.id",
                        "\"128\"",
                        "1 to 127",
                        ""),
                of(
                        "beyond long",
                        VOLUME + "node: {id: 99999999999999999999}",
                        "2:12 node.id",
                        "\"99999999999999999999\"",
                        "1 to 127",
                        ""),
                of("fraction", VOLUME + "node: {id: 1.0}", "2:12 node.id", "\"1.0\"", "whole", ""),
                of(
                        "truth value",
                        volume("readOnly: yes, backend: {type: memory, size: 1MiB}"),
                        "1:31 volumes[0].readOnly",
                        "\"yes\"",
                        "true or false",
                        ""),
                of(
                        "number for text",
                        "volumes: [{name: 7, backend: {type: memory, size: 1MiB}}]",
                        "1:18 volumes[0].name",
                        "\"7\"",
                        "a name",
                        "quotes"),
                of(
                        "bad name",
                        "volumes: [{name: a/b, backend: {type: memory, size: 1MiB}}]",
                        "1:18 volumes[0].name",
                        "\"a/b\"",
                        "letters, digits",
                        ""),
                of(
                        "relative path",
                        VOLUME + "node: {stateDir: var}",
                        "2:18 node.stateDir",
                        "\"var\"",
                        "an absolute path",
                        ""),
                of(
                        "socket path too long",
                        VOLUME + "admin: {socket: /" + "s".repeat(107) + "}",
                        "2:17 admin.socket",
                        "\"/sss",
                        "at most 107 bytes",
                        ""),
                of(
                        "lanes",
                        VOLUME + "dataPath: {lanes: atuo}",
                        "2:19 dataPath.lanes",
                        "\"atuo\"",
                        "auto | a whole number from 1 to 64",
                        "did you mean \"auto\"?"),
                of(
                        "lanes out of range",
                        VOLUME + "dataPath: {lanes: 65}",
                        "2:19 dataPath.lanes",
                        "\"65\"",
                        "1 to 64",
                        ""),
                of(
                        "queue depth",
                        VOLUME + "dataPath: {queueDepth: 1000}",
                        "2:24 dataPath.queueDepth",
                        "\"1000\"",
                        "a power of two from 16 to 16384",
                        ""),
                of(
                        "cpus",
                        VOLUME + "dataPath: {cpus: 3}",
                        "2:18 dataPath.cpus",
                        "\"3\"",
                        "none | auto | a list of 1 to 64 processor numbers",
                        ""),
                of(
                        "cpu in list",
                        VOLUME + "dataPath: {cpus: [3, x]}",
                        "2:22 dataPath.cpus[1]",
                        "\"x\"",
                        "0 to 1023",
                        ""),
                of(
                        "cpu twice",
                        VOLUME + "dataPath: {cpus: [3, 3]}",
                        "2:22 dataPath.cpus[1]",
                        "\"3\" a second time",
                        "each processor once",
                        "dataPath.cpus[0]"),
                of(
                        "fewer cpus than lanes",
                        VOLUME + "dataPath: {lanes: 2, cpus: [3]}",
                        "2:28 dataPath.cpus",
                        "a list of 1",
                        "as lanes, 2",
                        ""),
                of(
                        "size in decimal units",
                        volume("backend: {type: memory, size: 1GB}"),
                        "1:51 volumes[0].backend.size",
                        "\"1GB\"",
                        "a size such as",
                        "did you mean \"1GiB\"?"),
                of(
                        "size 0",
                        volume("backend: {type: memory, size: 0}"),
                        "1:51 volumes[0].backend.size",
                        "\"0\"",
                        "a size",
                        ""),
                of(
                        "size beyond 8 EiB",
                        volume("backend: {type: memory, size: 9000PiB}"),
                        "1:51 volumes[0].backend.size",
                        "\"9000PiB\"",
                        "a size",
                        "more than 8 EiB"),
                of(
                        "size not a multiple",
                        volume("blockSize: 4096, backend: {type: memory, size: 4608}"),
                        "1:68 volumes[0].backend.size",
                        "4608 bytes",
                        "a multiple of the block size, 4096",
                        ""),
                of(
                        "block size",
                        volume("blockSize: 1024, backend: {type: memory, size: 1MiB}"),
                        "1:32 volumes[0].blockSize",
                        "\"1024\"",
                        "512 | 4096",
                        ""),
                of(
                        "UUID",
                        volume("uuid: 0f8f, backend: {type: memory, size: 1MiB}"),
                        "1:27 volumes[0].uuid",
                        "\"0f8f\"",
                        "a UUID",
                        ""),
                of(
                        "UUID of zeroes",
                        volume(
                                "uuid: 00000000-0000-0000-0000-000000000000,"
                                        + " backend: {type: memory, size: 1MiB}"),
                        "1:27 volumes[0].uuid",
                        "\"00000000-",
                        "not all zeroes",
                        ""),
                of(
                        "new file without size",
                        volume("backend: {type: file, path: /new}"),
                        "1:30 volumes[0].backend.size",
                        "nothing",
                        "a size",
                        "/new does not exist"),
                of(
                        "file without path",
                        volume("backend: {type: file}"),
                        "1:30 volumes[0].backend.path",
                        "nothing",
                        "an absolute path",
                        "type is file"),
                of(
                        "block with size",
                        volume("backend: {type: block, path: /dev/x, size: 1MiB}"),
                        "1:64 volumes[0].backend.size",
                        "this key",
                        "to leave it out",
                        "block device"),
                of(
                        "memory with path",
                        volume("backend: {type: memory, size: 1MiB, path: /x}"),
                        "1:63 volumes[0].backend.path",
                        "this key",
                        "to leave it out",
                        "memory"),
                of(
                        "backend of a later version",
                        volume("backend: {type: scsi, path: /dev/sg0}"),
                        "1:37 volumes[0].backend.type",
                        "\"scsi\"",
                        "file | block | memory",
                        "not supported by this version"),
                of(
                        "shared",
                        volume("shared: true, backend: {type: memory, size: 1MiB}"),
                        "1:29 volumes[0].shared",
                        "\"true\"",
                        "false",
                        "not supported by this version"),
                of(
                        "reservations by the device",
                        volume(
                                "reservations: {offload: kernel}, backend: {type: memory, size: 1MiB}"),
                        "1:45 volumes[0].reservations.offload",
                        "\"kernel\"",
                        "none",
                        "not supported by this version"),
                of(
                        "compareAndWrite",
                        volume("compareAndWrite: {}, backend: {type: memory, size: 1MiB}"),
                        "1:21 volumes[0].compareAndWrite",
                        "key \"compareAndWrite\"",
                        "blockSize",
                        "not supported by this version"),
                of(
                        "volume name twice",
                        "volumes: [{name: v, backend: {type: memory, size: 1MiB}},\n"
                                + "  {name: v, backend: {type: memory, size: 1MiB}}]",
                        "2:10 volumes[1].name",
                        "\"v\" a second time",
                        "each volume name once",
                        "volumes[0].name in line 1"),
                of(
                        "path twice",
                        "volumes: [{name: a, backend: {type: file, path: /d/x}},\n"
                                + "  {name: b, backend: {type: file, path: /d/./x}}]",
                        "2:41 volumes[1].backend.path",
                        "\"/d/x\" a second time",
                        "each path once",
                        "line 1"),
                of(
                        "UUID twice",
                        "volumes:\n"
                                + "- {name: a, uuid: 0f8fad5b-d9cb-469f-a165-70867728950e,"
                                + " backend: {type: memory, size: 1MiB}}\n"
                                + "- {name: b, uuid: 0F8FAD5B-d9cb-469f-a165-70867728950e,"
                                + " backend: {type: memory, size: 1MiB}}\n",
                        "3:19 volumes[1].uuid",
                        "\"0f8fad5b-",
                        "each UUID once",
                        "line 2"),
                of(
                        "volume that is not there",
                        target("luns: [{lun: 0, volume: w}], initiators: any"),
                        "2:75 iscsi.targets[0].luns[0].volume",
                        "\"w\"",
                        "the name of a volume: v",
                        ""),
                of(
                        "LUN twice",
                        target("luns: [{lun: 0, volume: v}, {lun: 0, volume: v}], initiators: any"),
                        "2:85 iscsi.targets[0].luns[1].lun",
                        "\"0\" a second time",
                        "each LUN once",
                        "luns[0].lun"),
                of(
                        "LUN out of range",
                        target("luns: [{lun: 16384, volume: v}], initiators: any"),
                        "2:64 iscsi.targets[0].luns[0].lun",
                        "\"16384\"",
                        "0 to 16383",
                        ""),
                of(
                        "initiators left out",
                        target("luns: [{lun: 0, volume: v}]"),
                        "2:19 iscsi.targets[0].initiators",
                        "nothing",
                        "any | a list",
                        "required"),
                of(
                        "initiators by a word",
                        target("luns: [{lun: 0, volume: v}], initiators: all"),
                        "2:92 iscsi.targets[0].initiators",
                        "\"all\"",
                        "any | a list",
                        "did you mean \"any\"?"),
                of(
                        "initiator twice",
                        target(
                                "luns: [{lun: 0, volume: v}],\n initiators:"
                                        + " [{iqn: \"iqn.2001-04.a:b\"}, {iqn: \"iqn.2001-04.a:b\"}]"),
                        "3:47 iscsi.targets[0].initiators[1].iqn",
                        "\"iqn.2001-04.a:b\" a second time",
                        "each initiator once",
                        "initiators[0].iqn in line 3"),
                of(
                        "LUN of an initiator that the target has not",
                        target(
                                "luns: [{lun: 0, volume: v}],\n initiators:"
                                        + " [{iqn: \"iqn.2001-04.a:b\", luns: [0, 5]}]"),
                        "3:50 iscsi.targets[0].initiators[0].luns[1]",
                        "5",
                        "a LUN of the target: [0]",
                        ""),
                of(
                        "CHAP",
                        target(
                                "luns: [{lun: 0, volume: v}],\n initiators:"
                                        + " [{iqn: \"iqn.2001-04.a:b\", chap: {user: x}}]"),
                        "3:40 iscsi.targets[0].initiators[0].chap",
                        "key \"chap\"",
                        "iqn, luns",
                        "not supported by this version"),
                of(
                        "target name in capitals",
                        VOLUME
                                + "iscsi: {targets: [{iqn: \"iqn.2026-11.io.gemel:Disk\","
                                + " luns: [{lun: 0, volume: v}], initiators: any}]}",
                        "2:25 iscsi.targets[0].iqn",
                        "\"iqn.2026-11.io.gemel:Disk\"",
                        "an iSCSI name",
                        "lower case: \"iqn.2026-11.io.gemel:disk\""),
                of(
                        "target name with a bad month",
                        VOLUME
                                + "iscsi: {targets: [{iqn: \"iqn.2026-13.io.gemel:d\","
                                + " luns: [{lun: 0, volume: v}], initiators: any}]}",
                        "2:25 iscsi.targets[0].iqn",
                        "\"iqn.2026-13.io.gemel:d\"",
                        "an iSCSI name",
                        ""),
                of(
                        "target name too long",
                        VOLUME
                                + "iscsi: {targets: [{iqn: \"iqn.2026-11.io.gemel:"
                                + "d".repeat(203)
                                + "\", luns: [{lun: 0, volume: v}], initiators: any}]}",
                        "2:25 iscsi.targets[0].iqn",
                        "\"iqn.2026-11.io.gemel:ddd",
                        "at most 223 bytes",
                        "224 bytes"),
                of(
                        "target twice",
                        VOLUME
                                + "iscsi:\n targets:\n"
                                + "  - {iqn: \"iqn.2026-11.a:b\", luns: [{lun: 0, volume: v}],"
                                + " initiators: any}\n"
                                + "  - {iqn: \"iqn.2026-11.a:b\", luns: [{lun: 0, volume: v}],"
                                + " initiators: any}\n",
                        "5:11 iscsi.targets[1].iqn",
                        "\"iqn.2026-11.a:b\" a second time",
                        "each target name once",
                        "line 4"),
                of(
                        "digests",
                        target("luns: [{lun: 0, volume: v}], initiators: any, digests: on"),
                        "2:106 iscsi.targets[0].digests",
                        "\"on\"",
                        "offered | required | refused",
                        ""),
                of(
                        "host name as an address",
                        target("luns: [{lun: 0, volume: v}], initiators: any")
                                .replace(
                                        "iscsi: {", "iscsi: {portals: [{address: localhost}],\n  "),
                        "2:29 iscsi.portals[0].address",
                        "\"localhost\"",
                        "an IPv4 or IPv6 address",
                        "names are not looked up"),
                of(
                        "address out of range",
                        target("luns: [{lun: 0, volume: v}], initiators: any")
                                .replace(
                                        "iscsi: {", "iscsi: {portals: [{address: 1.2.3.256}],\n  "),
                        "2:29 iscsi.portals[0].address",
                        "\"1.2.3.256\"",
                        "an IPv4 or IPv6 address",
                        ""),
                of(
                        "port",
                        target("luns: [{lun: 0, volume: v}], initiators: any")
                                .replace("iscsi: {", "iscsi: {portals: [{port: 65536}],\n  "),
                        "2:26 iscsi.portals[0].port",
                        "\"65536\"",
                        "0 to 65535",
                        ""),
                of(
                        "portal twice",
                        target("luns: [{lun: 0, volume: v}], initiators: any")
                                .replace(
                                        "iscsi: {",
                                        "iscsi: {portals: [{port: 5}, {address: 0.0.0.0, port: 5}],\n"
                                                + "  "),
                        "2:30 iscsi.portals[1]",
                        "0.0.0.0:5 for iSCSI portal",
                        "nothing else listens on",
                        "line 2 has 127.0.0.1:5 for iSCSI portal"),
                of(
                        "NVMe namespace twice",
                        subsystem(
                                "namespaces: [{nsid: 1, volume: v}, {nsid: 1, volume: v}], hosts: any"),
                        "2:95 nvme.subsystems[0].namespaces[1].nsid",
                        "\"1\" a second time",
                        "each namespace once",
                        "namespaces[0].nsid in line 2"),
                of(
                        "nsid 0",
                        subsystem("namespaces: [{nsid: 0, volume: v}], hosts: any"),
                        "2:73 nvme.subsystems[0].namespaces[0].nsid",
                        "\"0\"",
                        "1 to 65535",
                        ""),
                of(
                        "discovery name for a subsystem",
                        VOLUME
                                + "nvme: {subsystems: [{nqn: \"nqn.2014-08.org.nvmexpress.discovery\","
                                + " namespaces: [{nsid: 1, volume: v}], hosts: any}]}",
                        "2:27 nvme.subsystems[0].nqn",
                        "\"nqn.2014-08.org.nvmexpress.discovery\"",
                        "an NQN",
                        "discovery service"),
                of(
                        "NQN with a broken UUID",
                        VOLUME
                                + "nvme: {subsystems: [{nqn: \"nqn.2014-08.org.nvmexpress:uuid:1\","
                                + " namespaces: [{nsid: 1, volume: v}], hosts: any}]}",
                        "2:27 nvme.subsystems[0].nqn",
                        "\"nqn.2014-08.org.nvmexpress:uuid:1\"",
                        "an NQN",
                        "not a UUID"),
                of(
                        "an IQN for an NQN",
                        subsystem(
                                "namespaces: [{nsid: 1, volume: v}], hosts: [{nqn: iqn.2001-04.a}]"),
                        "2:103 nvme.subsystems[0].hosts[0].nqn",
                        "\"iqn.2001-04.a\"",
                        "an NQN",
                        ""),
                of(
                        "namespace of a host that the subsystem has not",
                        subsystem(
                                "namespaces: [{nsid: 1, volume: v}],\n"
                                        + " hosts: [{nqn: \"nqn.2001-04.a:b\", namespaces: [2]}]"),
                        "3:48 nvme.subsystems[0].hosts[0].namespaces[0]",
                        "2",
                        "a namespace of the subsystem: [1]",
                        ""),
                of(
                        "serial",
                        subsystem(
                                "serial: 123456789012345678901,"
                                        + " namespaces: [{nsid: 1, volume: v}], hosts: any"),
                        "2:61 nvme.subsystems[0].serial",
                        "\"123456789012345678901\"",
                        "1 to 20 printable",
                        ""),
                of(
                        "TLS",
                        subsystem("namespaces: [{nsid: 1, volume: v}], hosts: any")
                                .replace("nvme: {", "nvme: {portals: [{tls: required}],\n  "),
                        "2:24 nvme.portals[0].tls",
                        "\"required\"",
                        "none",
                        "not supported by this version"),
                of(
                        "discovery on a port that is taken",
                        subsystem("namespaces: [{nsid: 1, volume: v}], hosts: any")
                                + "\nadmin: {http: 127.0.0.1:8009}",
                        "3:15 admin.http",
                        "127.0.0.1:8009 for admin HTTP",
                        "nothing else listens on",
                        "line 2 has 127.0.0.1:8009 for NVMe discovery"),
                of(
                        "cluster provider",
                        VOLUME + "cluster: {provider: corosync}",
                        "2:21 cluster.provider",
                        "\"corosync\"",
                        "local",
                        "not supported by this version"),
                of(
                        "lease",
                        VOLUME + "cluster: {lease: 2s}",
                        "2:11 cluster.lease",
                        "key \"lease\"",
                        "provider, name",
                        "not supported by this version"),
                of(
                        "admin address without port",
                        VOLUME + "admin: {http: 127.0.0.1}",
                        "2:15 admin.http",
                        "\"127.0.0.1\"",
                        "none | ADDRESS:PORT",
                        ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void shouldNamePlaceAndRemedyWhenThereIsAMistake(
            final String name,
            final String text,
            final String place,
            final String found,
            final String allowed,
            final String hint) {
        final List<ConfigProblem> problems = problems(text);

        assertThat(problems).as(name).isNotEmpty();
        final ConfigProblem problem = problems.get(0);
        assertThat(problem.line() + ":" + problem.column() + " " + problem.key())
                .as("%s: %s", name, problem)
                .isEqualTo(place);
        if (problem.found().matches("\"[^\\\\…]+\"")) {
            final String line = text.lines().toList().get(problem.line() - 1);
            assertThat(line.substring(problem.column() - 1).replaceFirst("^\"", ""))
                    .as("%s: what stands at the place", name)
                    .startsWith(problem.found().replace("\"", ""));
        }
        assertThat(problem.found()).startsWith(found);
        assertThat(problem.allowed()).contains(allowed);
        assertThat(problem.hint()).contains(hint);
        assertThat(hint.isEmpty() && !problem.hint().isEmpty())
                .as("%s: a hint that was not expected: %s", name, problem.hint())
                .isFalse();
    }

    @Test
    void shouldReportEveryMistakeWhenThereAreMany() {
        final List<ConfigProblem> problems =
                problems(
                        """
                        node: {id: 0}
                        volumes:
                          - {name: a, backend: {type: memory}}
                          - {name: a, bakend: {type: memory, size: 1MiB}}
                        iscsi:
                          targets: [{iqn: x, luns: [{lun: 0, volume: zzz}], initiators: any}]
                        """);
        assertThat(problems.stream().map(ConfigProblem::key))
                .containsExactly(
                        "node.id",
                        "volumes[0].backend.size",
                        "volumes[1].name",
                        "volumes[1].bakend",
                        "iscsi.targets[0].iqn",
                        "iscsi.targets[0].luns[0].volume");
    }

    @Test
    void shouldNotBlameAReferenceWhenTheVolumeItselfIsRefused() {
        assertThat(
                        problems(
                                        """
                                        volumes: [{name: "v!", backend: {type: memory, size: 1MiB}}]
                                        iscsi:
                                          targets: [{iqn: "iqn.2026-11.a:b", luns: [{lun: 0, volume: w}], initiators: any}]
                                        """)
                                .stream()
                                .map(ConfigProblem::key))
                .containsExactly("volumes[0].name");
    }

    @Test
    void shouldAllowDiscoveryOnThePortOfAPortal() {
        assertThat(
                        problems(
                                subsystem("namespaces: [{nsid: 1, volume: v}], hosts: any")
                                        .replace("nvme: {", "nvme: {discovery: {port: 4420},\n  ")))
                .isEmpty();
    }

    @Test
    void shouldFitOnOneLineWhenPrinted() {
        assertThat(problems(VOLUME + "node: {id: \"1\\n2\"}").get(0).toString())
                .isEqualTo(
                        "gemel.yaml:2:12: node.id: found \"1\\u000a2\"; allowed: a whole number from"
                                + " 1 to 127");
    }
}
