package io.gemel.bench.client;

/**
 * A first-in first-out queue of slot numbers with room for every slot. Owner: the loop's thread.
 */
public final class SlotQueue {
    private final int[] slots;
    private int head;
    private int size;

    /** With room for capacity slots. */
    public SlotQueue(final int capacity) {
        slots = new int[capacity];
    }

    public boolean isEmpty() {
        return 0 == size;
    }

    public void add(final int slot) {
        if (size == slots.length) {
            throw new IllegalStateException("slot " + slot + " queued twice");
        }
        final int end = head + size;
        slots[end < slots.length ? end : end - slots.length] = slot;
        size++;
    }

    /** The oldest; only when it is not empty. */
    public int peek() {
        return slots[head];
    }

    /** Takes the oldest off; only when it is not empty. */
    public int remove() {
        final int slot = slots[head];
        head = head + 1 == slots.length ? 0 : head + 1;
        size--;
        return slot;
    }

    public void clear() {
        size = 0;
    }
}
