package io.gemel.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimerQueueTest {
    private static final long START_NS = 7_000_000_123L;
    private final TimerQueue timers = new TimerQueue(START_NS);
    private final List<String> expired = new ArrayList<>();

    @Test
    void shouldExpireInOnePollAfterALongSleep() {
        timers.schedule(START_NS + TimeUnit.SECONDS.toNanos(10), () -> expired.add("a"));
        timers.schedule(START_NS + TimeUnit.SECONDS.toNanos(12), () -> expired.add("b"));
        assertThat(timers.poll(START_NS + TimeUnit.SECONDS.toNanos(9))).isZero();
        assertThat(timers.poll(START_NS + TimeUnit.SECONDS.toNanos(11))).isOne();
        assertThat(expired).containsExactly("a");
        assertThat(timers.poll(START_NS + TimeUnit.SECONDS.toNanos(3600))).isOne();
        assertThat(expired).containsExactly("a", "b");
        assertThat(timers.size()).isZero();
    }

    @Test
    void shouldNotExpireWhatWasCancelled() {
        final long id = timers.schedule(START_NS + 5_000_000, () -> expired.add("a"));
        assertThat(timers.cancel(id)).isTrue();
        assertThat(timers.cancel(id)).isFalse();
        assertThat(timers.poll(START_NS + TimeUnit.SECONDS.toNanos(1))).isZero();
        assertThat(expired).isEmpty();
    }

    @Test
    void shouldKeepWhatIsBeyondTheLimitOfOnePoll() {
        for (int i = 0; i < 100; i++) {
            timers.schedule(START_NS + 5_000_000, () -> expired.add("x"));
        }
        int polls = 0;
        while (timers.size() > 0 && polls++ < 10) {
            assertThat(timers.poll(START_NS + TimeUnit.SECONDS.toNanos(1))).isPositive();
        }
        assertThat(expired).hasSize(100);
    }
}
