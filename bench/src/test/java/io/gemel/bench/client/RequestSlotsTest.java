package io.gemel.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RequestSlotsTest {
    @Test
    void shouldGiveEachSlotOnceAndCountItsGenerations() {
        final RequestSlots slots = new RequestSlots(2);
        final IoRequest first = new IoRequest();
        final IoRequest second = new IoRequest();
        assertThat(slots.claim(first)).isZero();
        assertThat(slots.claim(second)).isEqualTo(1);
        assertThat(slots.claim(new IoRequest())).isEqualTo(-1);
        assertThat(slots.inUse()).isEqualTo(2);
        final int before = slots.generation(0);
        assertThat(slots.release(0)).isSameAs(first);
        assertThat(slots.get(0)).isNull();
        assertThat(slots.claim(first)).isZero();
        assertThat(slots.generation(0)).isEqualTo(before + 1);
        slots.release(1);
        assertThatThrownBy(() -> slots.claim(first)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldKnowNoRequestOutOfRange() {
        final RequestSlots slots = new RequestSlots(1);
        assertThat(slots.get(-1)).isNull();
        assertThat(slots.get(1)).isNull();
    }

    @Test
    void shouldQueueSlotsFirstInFirstOutAroundTheEnd() {
        final SlotQueue queue = new SlotQueue(2);
        for (int round = 0; round < 3; round++) {
            queue.add(round);
            queue.add(round + 10);
            assertThat(queue.peek()).isEqualTo(round);
            assertThat(queue.remove()).isEqualTo(round);
            assertThat(queue.remove()).isEqualTo(round + 10);
            assertThat(queue.isEmpty()).isTrue();
        }
        queue.add(1);
        queue.add(2);
        assertThatThrownBy(() -> queue.add(3)).isInstanceOf(IllegalStateException.class);
    }
}
