package io.gemel.reservations;

/**
 * Owner: the lane of one session or controller. Remembers what the last snapshot said of one
 * registrant, so that a check on the data path is two comparisons. Not for sharing between threads.
 */
public final class AdmissionHandle {
    private final Registrant registrant;
    private Admission last = Admission.OPEN;
    private int mask = Admission.OPEN.maskOf(null);

    public AdmissionHandle(final Registrant registrant) {
        this.registrant = registrant;
    }

    public Registrant registrant() {
        return registrant;
    }

    /** As {@link Admission#verdict}, for this registrant. */
    public Verdict verdict(final Admission current, final AccessClass access) {
        if (current != last) {
            mask = current.maskOf(registrant);
            last = current;
        }
        return current.verdict(mask, access);
    }
}
