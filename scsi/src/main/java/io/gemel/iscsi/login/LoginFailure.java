package io.gemel.iscsi.login;

/**
 * Ends a login with a status other than success. Thrown and caught inside this package; login is
 * control plane.
 */
final class LoginFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final LoginStatus status;

    LoginFailure(final LoginStatus status, final String why) {
        super(why, null, false, false);
        this.status = status;
    }

    LoginStatus status() {
        return status;
    }
}
