package io.gemel.core.lane;

/**
 * Makes the engine of a connection that a lane has just taken over. Called on the lane's thread.
 */
@FunctionalInterface
public interface ConnectionEngineFactory {
    ConnectionEngine onConnected(Lane lane, Connection connection);
}
