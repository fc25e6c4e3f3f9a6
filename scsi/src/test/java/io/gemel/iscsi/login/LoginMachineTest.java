package io.gemel.iscsi.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.iscsi.wire.LoginRequestFlyweight;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginMachineTest {
    private static final String NAMES =
            "InitiatorName=iqn.2026-11.test:Host|SessionType=Normal|TargetName=iqn.2026-11.io.gemel:T";

    private DigestPolicy digests = DigestPolicy.OFFERED;
    private final LoginPolicy policy =
            new LoginPolicy() {
                @Override
                public TargetPolicy target(final String iqn) {
                    return !iqn.equals("iqn.2026-11.io.gemel:t")
                            ? null
                            : new TargetPolicy() {
                                @Override
                                public String alias() {
                                    return "a disk";
                                }

                                @Override
                                public boolean admits(final String initiatorName) {
                                    return !initiatorName.contains("stranger");
                                }

                                @Override
                                public DigestPolicy digests() {
                                    return digests;
                                }
                            };
                }

                @Override
                public boolean sessionExists(final int tsih) {
                    return tsih == 7;
                }
            };
    private final LoginMachine login = new LoginMachine(policy, LoginLimits.defaults(), 3);
    private final LoginRequestFlyweight request =
            new LoginRequestFlyweight().wrapAndClear(new UnsafeBuffer(new byte[48]), 0);

    private static byte[] text(final String pairs) {
        return pairs.isEmpty()
                ? new byte[0]
                : (pairs.replace('|', '\0') + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** nsg &lt; 0: no T. */
    private LoginAnswer say(final int csg, final int nsg, final String pairs) {
        request.currentStage(csg).isTransit(nsg >= 0).nextStage(Math.max(0, nsg));
        return login.onRequest(request, text(pairs));
    }

    private static List<String> pairs(final LoginAnswer answer) {
        final List<String> pairs = new ArrayList<>();
        for (final TextPairs.Pair pair : TextPairs.parse(answer.text())) {
            pairs.add(pair.key() + "=" + pair.value());
        }
        return pairs;
    }

    @Test
    void shouldReachFullFeaturePhaseWhenAllThreeStagesAreWalked() {
        final LoginAnswer security = say(0, 1, NAMES + "|AuthMethod=CHAP,None");
        assertThat(security.status()).isEqualTo(LoginStatus.SUCCESS);
        assertThat(security.transit()).isTrue();
        assertThat(security.complete()).isFalse();
        assertThat(pairs(security))
                .containsExactly("TargetAlias=a disk", "TargetPortalGroupTag=3", "AuthMethod=None");
        final LoginAnswer operational =
                say(
                        1,
                        3,
                        "HeaderDigest=None,CRC32C|DataDigest=CRC32C|MaxRecvDataSegmentLength=65536"
                                + "|InitialR2T=No|ImmediateData=Yes|FirstBurstLength=16777215"
                                + "|MaxBurstLength=16776192|MaxOutstandingR2T=1|MaxConnections=8"
                                + "|DefaultTime2Wait=0|DefaultTime2Retain=20|ErrorRecoveryLevel=2"
                                + "|DataPDUInOrder=No|DataSequenceInOrder=No|IFMarker=Yes|OFMarkInt=2048"
                                + "|X-com.acme.thing=1|TaskReporting=RFC3720,FastAbort");
        assertThat(pairs(operational))
                .containsExactlyInAnyOrder(
                        "HeaderDigest=None",
                        "DataDigest=CRC32C",
                        "MaxRecvDataSegmentLength=262144",
                        "InitialR2T=No",
                        "ImmediateData=Yes",
                        "FirstBurstLength=262144",
                        "MaxBurstLength=1048576",
                        "MaxOutstandingR2T=1",
                        "MaxConnections=1",
                        "DefaultTime2Wait=2",
                        "DefaultTime2Retain=0",
                        "ErrorRecoveryLevel=0",
                        "DataPDUInOrder=Yes",
                        "DataSequenceInOrder=Yes",
                        "IFMarker=No",
                        "OFMarkInt=Reject",
                        "X-com.acme.thing=NotUnderstood",
                        "TaskReporting=RFC3720");
        assertThat(operational.complete()).isTrue();
        final SessionParameters parameters = login.parameters();
        assertThat(parameters.initiatorName()).isEqualTo("iqn.2026-11.test:host");
        assertThat(parameters.targetName()).isEqualTo("iqn.2026-11.io.gemel:t");
        assertThat(parameters.headerDigest()).isFalse();
        assertThat(parameters.dataDigest()).isTrue();
        assertThat(parameters.initiatorMaxRecvDataSegmentLength()).isEqualTo(65_536);
        assertThat(parameters.targetMaxRecvDataSegmentLength()).isEqualTo(262_144);
        assertThat(parameters.maxBurstLength()).isEqualTo(1_048_576);
    }

    @Test
    void shouldUseTheDefaultsWhenNothingIsNegotiated() {
        assertThat(say(0, 3, NAMES).complete()).isTrue();
        assertThat(login.parameters().initialR2t()).isTrue();
        assertThat(login.parameters().immediateData()).isTrue();
        assertThat(login.parameters().targetMaxRecvDataSegmentLength()).isEqualTo(8192);
        assertThat(login.parameters().maxBurstLength()).isEqualTo(262_144);
        assertThat(login.parameters().firstBurstLength()).isEqualTo(65_536);
    }

    @Test
    void shouldKeepFirstBurstBelowMaxBurstWhenItComesFirst() {
        final LoginAnswer answer =
                say(1, 3, NAMES + "|FirstBurstLength=262144|MaxBurstLength=4096");
        assertThat(pairs(answer)).contains("FirstBurstLength=4096", "MaxBurstLength=4096");
    }

    @Test
    void shouldJoinTheTextWhenItIsContinued() {
        final byte[] whole = text(NAMES);
        request.currentStage(1).isContinue(true);
        for (int i = 0; i < whole.length - 1; i++) {
            final LoginAnswer answer = login.onRequest(request, new byte[] {whole[i]});
            assertThat(answer.status()).isEqualTo(LoginStatus.SUCCESS);
            assertThat(answer.text()).isEmpty();
            assertThat(answer.transit()).isFalse();
        }
        request.isContinue(false).isTransit(true).nextStage(3);
        assertThat(login.onRequest(request, new byte[] {whole[whole.length - 1]}).complete())
                .isTrue();
    }

    @Test
    void shouldDeclareOurSegmentLengthOnceWhenTheStageTakesSeveralExchanges() {
        assertThat(pairs(say(1, -1, NAMES))).contains("MaxRecvDataSegmentLength=262144");
        assertThat(pairs(say(1, -1, "HeaderDigest=None"))).containsExactly("HeaderDigest=None");
        assertThat(say(1, 3, "").complete()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SessionType=Normal|TargetName=iqn.2026-11.io.gemel:t; MISSING_PARAMETER",
                "InitiatorName=iqn.2026-11.test:h; MISSING_PARAMETER",
                "InitiatorName=iqn.2026-11.test:h|TargetName=iqn.2026-11.io.gemel:other; NOT_FOUND",
                "InitiatorName=iqn.x:stranger|TargetName=iqn.2026-11.io.gemel:t; AUTHORIZATION_FAILURE",
                "InitiatorName=iqn.x:h|SessionType=Odd; SESSION_TYPE_NOT_SUPPORTED",
                "InitiatorName=me|TargetName=iqn.2026-11.io.gemel:t; INITIATOR_ERROR",
                "InitiatorName=iqn.x:h|SessionType=Discovery|AuthMethod=CHAP; AUTHENTICATION_FAILURE",
                "InitiatorName=iqn.x:h|SessionType=Discovery|InitialR2T=No; INITIATOR_ERROR",
                "InitiatorName=iqn.x:h|SessionType=Discovery|AuthMethod=None|AuthMethod=None; INITIATOR_ERROR",
                "no pair at all; INITIATOR_ERROR"
            })
    void shouldFailWithTheRightStatusWhenTheFirstExchangeIsWrong(
            final String pairs, final LoginStatus status) {
        final LoginAnswer answer = say(0, 1, pairs);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.transit()).isFalse();
        assertThat(answer.complete()).isFalse();
        assertThat(login.state()).isEqualTo(LoginMachine.State.FAILED);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,2", "1,1", "1,2", "2,3", "3,3"})
    void shouldFailWhenTheStagesMakeNoSense(final int csg, final int nsg) {
        assertThat(say(csg, nsg, NAMES).status()).isEqualTo(LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void shouldFailWhenTheLoginGoesBackAStage() {
        assertThat(say(0, 1, NAMES).status()).isEqualTo(LoginStatus.SUCCESS);
        assertThat(say(0, 1, "").status()).isEqualTo(LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void shouldFailWhenTransitAndContinueComeTogether() {
        request.isContinue(true);
        assertThat(say(0, 1, NAMES).status()).isEqualTo(LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void shouldFailWhenTheVersionIsNewer() {
        request.versionMin(1);
        assertThat(say(0, 1, NAMES).status()).isEqualTo(LoginStatus.UNSUPPORTED_VERSION);
    }

    @Test
    void shouldFailWhenASessionIsJoined() {
        request.tsih(7);
        assertThat(say(0, 1, NAMES).status()).isEqualTo(LoginStatus.TOO_MANY_CONNECTIONS);
    }

    @Test
    void shouldFailWhenTheSessionToJoinIsUnknown() {
        request.tsih(8);
        assertThat(say(0, 1, NAMES).status()).isEqualTo(LoginStatus.SESSION_DOES_NOT_EXIST);
    }

    @Test
    void shouldFailWhenTheTagChanges() {
        say(0, -1, NAMES);
        request.initiatorTaskTag(9);
        assertThat(say(0, 1, "").status()).isEqualTo(LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void shouldFailWhenAKeyComesTwice() {
        say(1, -1, NAMES + "|HeaderDigest=None");
        assertThat(say(1, 3, "HeaderDigest=CRC32C").status())
                .isEqualTo(LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void shouldFailWhenTheTextNeverEnds() {
        request.isContinue(true);
        LoginAnswer answer = say(1, -1, NAMES);
        for (int i = 0; i < 20 && answer.status() == LoginStatus.SUCCESS; i++) {
            answer = login.onRequest(request, new byte[1024]);
        }
        assertThat(answer.status()).isEqualTo(LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void shouldRejectTheValueWhenItIsOutsideItsRange() {
        final LoginAnswer answer =
                say(
                        1,
                        3,
                        NAMES
                                + "|MaxBurstLength=511|FirstBurstLength=0x1000|InitialR2T=yes"
                                + "|MaxOutstandingR2T=0|ErrorRecoveryLevel=3|HeaderDigest=MD5");
        assertThat(pairs(answer))
                .contains(
                        "MaxBurstLength=Reject",
                        "FirstBurstLength=4096",
                        "InitialR2T=Reject",
                        "MaxOutstandingR2T=Reject",
                        "ErrorRecoveryLevel=Reject",
                        "HeaderDigest=Reject");
        assertThat(login.parameters().maxBurstLength()).isEqualTo(262_144);
        assertThat(login.parameters().initialR2t()).isTrue();
    }

    @Test
    void shouldInsistOnDigestsWhenTheyAreRequired() {
        digests = DigestPolicy.REQUIRED;
        assertThat(say(1, 3, NAMES + "|HeaderDigest=CRC32C|DataDigest=None").status())
                .isEqualTo(LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void shouldTakeNoneOnlyWhenDigestsAreRefused() {
        digests = DigestPolicy.REFUSED;
        assertThat(pairs(say(1, 3, NAMES + "|HeaderDigest=CRC32C,None|DataDigest=CRC32C")))
                .contains("HeaderDigest=None", "DataDigest=Reject");
    }

    @Test
    void shouldCallKeysIrrelevantWhenTheSessionIsForDiscovery() {
        final LoginAnswer answer =
                say(
                        1,
                        3,
                        "InitiatorName=iqn.x:h|SessionType=Discovery|MaxBurstLength=4096"
                                + "|InitialR2T=No|DefaultTime2Wait=3");
        assertThat(answer.complete()).isTrue();
        assertThat(pairs(answer))
                .containsExactlyInAnyOrder(
                        "MaxBurstLength=Irrelevant",
                        "InitialR2T=Irrelevant",
                        "DefaultTime2Wait=3",
                        "MaxRecvDataSegmentLength=262144");
    }

    @Property(tries = 300)
    void shouldAnswerOrFailWhenTheTextIsRandom(
            @ForAll @Size(max = 300) final byte[] bytes, @ForAll final byte flags) {
        final UnsafeBuffer bhs = new UnsafeBuffer(new byte[48]);
        final LoginRequestFlyweight pdu = new LoginRequestFlyweight().wrapAndClear(bhs, 0);
        bhs.putByte(1, flags);
        final LoginMachine machine = new LoginMachine(policy, LoginLimits.defaults(), 1);
        final LoginAnswer answer = machine.onRequest(pdu, bytes);
        assertThat(answer.status() == LoginStatus.SUCCESS)
                .isEqualTo(machine.state() != LoginMachine.State.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0x", "12a", "-1", "4294967296", "99999999999", "0xg"})
    void shouldRefuseANumberWhenItIsNone(final String value) {
        assertThat(TextPairs.parseNumber(value)).isEqualTo(-1);
    }
}
