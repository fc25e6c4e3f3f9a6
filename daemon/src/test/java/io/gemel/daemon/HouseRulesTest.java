package io.gemel.daemon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.gemel.iscsi.session.IscsiTargetNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may import whom, and what engines may not touch: the rules of the house, held. */
class HouseRulesTest {
    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("io.gemel");

    /** A room, and the rooms that it may import from besides itself. */
    private static final Map<String, Set<String>> ROOMS =
            Map.of(
                    "core", Set.of(),
                    "config", Set.of(),
                    "reservations", Set.of("core"),
                    "scsi", Set.of("core", "reservations"),
                    "nvme", Set.of("core", "reservations"),
                    "bench", Set.of("core", "reservations", "scsi", "nvme"),
                    "daemon", Set.of("core", "config", "reservations", "scsi", "nvme", "bench"));

    /** Packages of the room of SCSI have two stems: the device server and its front end. */
    private static String room(final JavaClass type) {
        final String[] words = type.getPackageName().split("\\.");
        final String word = words.length > 2 ? words[2] : "";
        return "iscsi".equals(word) ? "scsi" : word;
    }

    private static DescribedPredicate<JavaClass> inRoom(final String room) {
        return DescribedPredicate.describe(
                "in the room " + room,
                type -> type.getPackageName().startsWith("io.gemel.") && room.equals(room(type)));
    }

    private static final DescribedPredicate<JavaClass> ENGINE =
            DescribedPredicate.describe(
                    "an engine or what it stands on",
                    type ->
                            Set.of("core", "reservations", "scsi", "nvme").contains(room(type))
                                    && !isTransport(type));

    private static boolean isTransport(final JavaClass type) {
        return Arrays.asList(type.getPackageName().split("\\.")).contains("netty");
    }

    @TestFactory
    Stream<DynamicTest> shouldImportOnlyAllowedRooms() {
        return ROOMS.entrySet().stream()
                .map(
                        room ->
                                DynamicTest.dynamicTest(
                                        room.getKey(),
                                        () ->
                                                check(
                                                        noClasses()
                                                                .that(inRoom(room.getKey()))
                                                                .should()
                                                                .dependOnClassesThat(
                                                                        notAllowed(
                                                                                room.getKey(),
                                                                                room
                                                                                        .getValue())))));
    }

    private static DescribedPredicate<JavaClass> notAllowed(
            final String own, final Set<String> allowed) {
        return DescribedPredicate.describe(
                "in a room other than " + own + " and " + allowed,
                type ->
                        type.getPackageName().startsWith("io.gemel.")
                                && !own.equals(room(type))
                                && !allowed.contains(room(type)));
    }

    @Test
    void shouldKnowEveryRoomThatThereIs() {
        assertThat(PRODUCT.stream().map(HouseRulesTest::room).distinct())
                .containsExactlyInAnyOrderElementsOf(ROOMS.keySet());
    }

    @Test
    void shouldKeepNettyInTheTransport() {
        check(
                noClasses()
                        .that(ENGINE)
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.netty.."));
    }

    @Test
    void shouldNeitherSleepNorPrintInEngines() {
        check(noClasses().that(ENGINE).should().callMethod(Thread.class, "sleep", long.class));
        check(
                noClasses()
                        .that(ENGINE)
                        .should()
                        .callMethod(Thread.class, "sleep", long.class, int.class));
        check(noClasses().that(ENGINE).should().accessField(System.class, "out"));
        check(noClasses().that(ENGINE).should().accessField(System.class, "err"));
    }

    /**
     * H6: the lane reads the clock once a cycle and passes it on. (The target node waits for
     * initiators to log out, on the thread that stops the daemon.)
     */
    @Test
    void shouldReadNoClockInProtocolEngines() {
        final DescribedPredicate<JavaClass> protocol =
                DescribedPredicate.describe(
                        "a protocol engine",
                        type ->
                                Set.of("scsi", "nvme").contains(room(type))
                                        && !type.isEquivalentTo(IscsiTargetNode.class));
        check(noClasses().that(protocol).should().callMethod(System.class, "nanoTime"));
        check(noClasses().that(protocol).should().callMethod(System.class, "currentTimeMillis"));
    }

    @Test
    void shouldLookLayoutUpNowhereElse() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("io.gemel..wire..")
                        .should()
                        .dependOnClassesThat(
                                DescribedPredicate.describe(
                                        "engines",
                                        type ->
                                                type.getPackageName().startsWith("io.gemel.")
                                                        && !"core".equals(room(type))
                                                        && !Arrays.asList(
                                                                        type.getPackageName()
                                                                                .split("\\."))
                                                                .contains("wire"))));
    }

    @Test
    void shouldNameNoPackageAfterNothing() {
        assertThat(PRODUCT.stream().map(JavaClass::getPackageName).distinct())
                .noneMatch(
                        name ->
                                Arrays.stream(name.split("\\."))
                                        .anyMatch(
                                                List.of("util", "common", "helper", "manager")
                                                        ::contains));
    }

    @Test
    void shouldHaveNoCyclesBetweenPackagesOfTheDaemon() {
        check(slices().matching("io.gemel.daemon.(*)..").should().beFreeOfCycles());
    }

    private static void check(final ArchRule rule) {
        rule.check(PRODUCT);
    }
}
