package io.gemel.iscsi.login;

/** What a target says to HeaderDigest and DataDigest. */
public enum DigestPolicy {
    /** CRC32C or None, as the initiator prefers. */
    OFFERED,
    /** CRC32C only: a login that does not end with both digests fails. */
    REQUIRED,
    /** None only. */
    REFUSED
}
