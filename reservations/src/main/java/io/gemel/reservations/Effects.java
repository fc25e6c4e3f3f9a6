package io.gemel.reservations;

import java.util.List;

/**
 * What a command did to others, as data. The views turn it into unit attentions, log pages and
 * aborts; nothing here has happened yet.
 *
 * @param notices who hears what; never the issuer. A registrant without session is listed, too:
 *     whoever delivers leaves it out
 * @param unregistered every registrant that lost its registration, the issuer included where it
 *     gave up its own; in the registrants' order
 * @param abort whose commands must not reach the medium any more once the command is answered
 *     (PREEMPT AND ABORT, operator fencing): the fence barrier's victims; in the registrants' order
 */
public record Effects(List<Notice> notices, List<Registrant> unregistered, List<Registrant> abort) {
    public static final Effects NONE = new Effects(List.of(), List.of(), List.of());

    /** One registrant, one notice. */
    public record Notice(Registrant to, ReservationNotice notice) {}

    public Effects {
        notices = List.copyOf(notices);
        unregistered = List.copyOf(unregistered);
        abort = List.copyOf(abort);
    }
}
