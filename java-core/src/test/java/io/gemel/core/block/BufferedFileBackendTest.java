package io.gemel.core.block;

/** The file backend through the page cache. */
class BufferedFileBackendTest extends FileBackendTest {
    @Override
    boolean direct() {
        return false;
    }
}
