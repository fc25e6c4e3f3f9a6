package io.gemel.iscsi.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextExchangeTest {
    private final SessionParameters parameters = new SessionParameters();
    private final TextExchange exchange =
            new TextExchange(
                    parameters,
                    LoginLimits.defaults(),
                    new TextExchange.Directory() {
                        @Override
                        public void listAll(final TextPairs answers) {
                            answers.add("TargetName", "iqn.a:1").add("TargetName", "iqn.a:2");
                        }

                        @Override
                        public void listOne(final String targetName, final TextPairs answers) {
                            if (targetName.startsWith("iqn.a:")) {
                                answers.add("TargetName", targetName);
                            }
                        }
                    });

    private String ask(final String text) {
        assertThat(exchange.onRequest((text + "\0").getBytes(StandardCharsets.UTF_8), false))
                .isTrue();
        return new String(exchange.nextPiece(8192), StandardCharsets.UTF_8).replace('\0', '|');
    }

    @ParameterizedTest
    @CsvSource({
        "SendTargets=All, TargetName=iqn.a:1|TargetName=iqn.a:2|",
        "SendTargets=iqn.A:2, TargetName=iqn.a:2|",
        "SendTargets=iqn.b:1, ''",
        "SendTargets=, TargetName=iqn.a:mine|",
        "SendTargets=Alle, SendTargets=Reject|",
        "sENDtARGETS=aLL, sENDtARGETS=NotUnderstood|",
        "SendTargetsPlease=All, SendTargetsPlease=NotUnderstood|",
        "HeaderDigest=CRC32C, HeaderDigest=Reject|",
        "MaxRecvDataSegmentLength=12, MaxRecvDataSegmentLength=Reject|"
    })
    void shouldAnswerByTheKeyWhenAsked(final String asked, final String answered) {
        parameters.targetName = "iqn.a:mine";
        assertThat(ask(asked)).isEqualTo(answered);
    }

    @Test
    void shouldTakeTheNewSegmentLengthWhenDeclared() {
        assertThat(ask("MaxRecvDataSegmentLength=4096")).isEmpty();
        assertThat(parameters.initiatorMaxRecvDataSegmentLength()).isEqualTo(4096);
    }

    @Test
    void shouldSendTheAnswerInPiecesWhenItIsLong() {
        assertThat(exchange.onRequest("SendTargets=A".getBytes(StandardCharsets.UTF_8), true))
                .isTrue();
        assertThat(exchange.nextPiece(100)).isEmpty();
        assertThat(exchange.onRequest("ll\0".getBytes(StandardCharsets.UTF_8), false)).isTrue();
        final StringBuilder joined = new StringBuilder();
        while (exchange.hasMore()) {
            joined.append(new String(exchange.nextPiece(7), StandardCharsets.UTF_8));
        }
        assertThat(joined.toString()).isEqualTo("TargetName=iqn.a:1\0TargetName=iqn.a:2\0");
    }

    @Test
    void shouldRefuseTheTextWhenItIsTooLong() {
        boolean taken = true;
        for (int i = 0; i < 20 && taken; i++) {
            taken = exchange.onRequest(new byte[1024], true);
        }
        assertThat(taken).isFalse();
    }
}
