package io.gemel.iscsi.login;

/**
 * What is to be said in the Login Response.
 *
 * @param transit T bit
 * @param continued C bit: always false, our answers fit into one PDU
 * @param currentStage CSG
 * @param nextStage NSG, with T only
 * @param complete the login has succeeded with this answer: full feature phase follows
 * @param why for the log, empty on success; never goes to the peer
 */
public record LoginAnswer(
        LoginStatus status,
        boolean transit,
        boolean continued,
        int currentStage,
        int nextStage,
        byte[] text,
        boolean complete,
        String why) {}
