package io.gemel.nvme.subsystem;

/** Told once how an Abort command's victim ended. Control plane. */
@FunctionalInterface
public interface AbortObserver {
    /**
     * @param aborted false when the victim was not found or ended by itself
     */
    void onAbort(boolean aborted);
}
