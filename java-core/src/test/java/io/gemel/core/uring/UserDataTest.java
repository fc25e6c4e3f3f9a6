package io.gemel.core.uring;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class UserDataTest {
    @Property
    void shouldPackUserData(
            @ForAll @IntRange(max = UserData.MAX_TASK_INDEX) final int index,
            @ForAll final int generation,
            @ForAll @IntRange(max = UserData.MAX_OP) final int op) {
        final long userData = UserData.pack(index, generation, op);
        assertThat(UserData.taskIndex(userData)).isEqualTo(index);
        assertThat(UserData.generation(userData)).isEqualTo(generation);
        assertThat(UserData.op(userData)).isEqualTo(op);
    }
}
