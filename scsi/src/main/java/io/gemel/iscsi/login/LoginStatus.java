package io.gemel.iscsi.login;

/** Status-Class and Status-Detail of a Login Response: RFC 7143 section 11.13.5. */
public enum LoginStatus {
    SUCCESS(0x00, 0x00),
    /** The request breaks a rule of the protocol. */
    INITIATOR_ERROR(0x02, 0x00),
    /** No authentication method in common, or the proof failed. */
    AUTHENTICATION_FAILURE(0x02, 0x01),
    /** The initiator is known, or not, but may not use this target. */
    AUTHORIZATION_FAILURE(0x02, 0x02),
    NOT_FOUND(0x02, 0x03),
    UNSUPPORTED_VERSION(0x02, 0x05),
    TOO_MANY_CONNECTIONS(0x02, 0x06),
    MISSING_PARAMETER(0x02, 0x07),
    CANNOT_INCLUDE_IN_SESSION(0x02, 0x08),
    SESSION_TYPE_NOT_SUPPORTED(0x02, 0x09),
    SESSION_DOES_NOT_EXIST(0x02, 0x0A),
    INVALID_DURING_LOGIN(0x02, 0x0B),
    TARGET_ERROR(0x03, 0x00),
    /** The target is going down, or not up yet: the initiator may try again later. */
    SERVICE_UNAVAILABLE(0x03, 0x01),
    /** A limit of ours is reached: the initiator may try again later. */
    OUT_OF_RESOURCES(0x03, 0x02);

    private final int statusClass;
    private final int statusDetail;

    LoginStatus(final int statusClass, final int statusDetail) {
        this.statusClass = statusClass;
        this.statusDetail = statusDetail;
    }

    public int statusClass() {
        return statusClass;
    }

    public int statusDetail() {
        return statusDetail;
    }
}
