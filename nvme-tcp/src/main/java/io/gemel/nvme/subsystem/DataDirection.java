package io.gemel.nvme.subsystem;

/** Which way the data of a command goes. */
public enum DataDirection {
    NONE,
    FROM_HOST,
    TO_HOST
}
