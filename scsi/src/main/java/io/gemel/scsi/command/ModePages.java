package io.gemel.scsi.command;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.gemel.scsi.LogicalUnit;
import org.agrona.MutableDirectBuffer;

/**
 * The mode pages of a logical unit: SPC-4 section 7.5, SBC-3 section 6.4. Big-endian. Three bits
 * can be changed: WCE in Caching, D_SENSE and SWP in Control; nothing is saved.
 */
final class ModePages {
    static final int CURRENT = 0;
    static final int CHANGEABLE = 1;
    static final int DEFAULT = 2;
    static final int SAVED = 3;

    static final int ALL_PAGES = 0x3F;
    static final int ALL_SUBPAGES = 0xFF;

    static final int READ_WRITE_ERROR_RECOVERY = 0x01;
    static final int DISCONNECT_RECONNECT = 0x02;
    static final int CACHING = 0x08;
    static final int CONTROL = 0x0A;
    static final int INFORMATIONAL_EXCEPTIONS = 0x1C;
    static final int CONTROL_EXTENSION_SUBPAGE = 0x01;

    static final int WCE = 0x04;
    static final int D_SENSE = 0x04;
    static final int SWP = 0x08;
    static final int TAS = 0x40;

    /** Page and subpage codes, in the order they are reported. */
    static final int[][] PAGES = {
        {READ_WRITE_ERROR_RECOVERY, 0},
        {DISCONNECT_RECONNECT, 0},
        {CACHING, 0},
        {CONTROL, 0},
        {CONTROL, CONTROL_EXTENSION_SUBPAGE},
        {INFORMATIONAL_EXCEPTIONS, 0}
    };

    private static final int SPF = 0x40;

    private ModePages() {}

    /** Whether a page is among those asked for. */
    static boolean isAsked(
            final int page, final int subpage, final int askedPage, final int askedSubpage) {
        return (askedPage == ALL_PAGES || askedPage == page)
                && (askedSubpage == ALL_SUBPAGES || askedSubpage == subpage);
    }

    /**
     * Writes one page.
     *
     * @param control {@link #CURRENT}, {@link #CHANGEABLE} or {@link #DEFAULT}
     * @return its length with its header, 0 when there is no such page
     */
    static int encode(
            final MutableDirectBuffer data,
            final int at,
            final LogicalUnit unit,
            final int page,
            final int subpage,
            final int control) {
        final int length = lengthOf(page, subpage);
        if (length == 0) {
            return 0;
        }
        data.setMemory(at, length, (byte) 0);
        if (subpage == 0) {
            data.putByte(at, (byte) page);
            data.putByte(at + 1, (byte) (length - 2));
        } else {
            data.putByte(at, (byte) (SPF | page));
            data.putByte(at + 1, (byte) subpage);
            data.putShort(at + 2, (short) (length - 4), BIG_ENDIAN);
        }
        if (page == CACHING) {
            final boolean wce = control != CURRENT || unit.volume().writeCache();
            data.putByte(at + 2, (byte) (wce ? WCE : 0));
        } else if (page == CONTROL && subpage == 0) {
            final boolean dSense =
                    control == CHANGEABLE || control == CURRENT && unit.descriptorSense();
            final boolean swp =
                    control == CHANGEABLE || control == CURRENT && unit.softwareWriteProtect();
            data.putByte(at + 2, (byte) (dSense ? D_SENSE : 0));
            final boolean tas =
                    control == CHANGEABLE || control == CURRENT && unit.taskAbortedStatus();
            data.putByte(at + 4, (byte) (swp ? SWP : 0));
            data.putByte(at + 5, (byte) (tas ? TAS : 0));
            if (control != CHANGEABLE) {
                data.putByte(
                        at + 3, (byte) 0x10); // QUEUE ALGORITHM MODIFIER 1: unrestricted reordering
                data.putShort(at + 8, (short) 0xFFFF, BIG_ENDIAN); // BUSY TIMEOUT PERIOD: unlimited
            }
        }
        return length;
    }

    private static int lengthOf(final int page, final int subpage) {
        if (subpage != 0) {
            return page == CONTROL && subpage == CONTROL_EXTENSION_SUBPAGE ? 32 : 0;
        }
        return switch (page) {
            case READ_WRITE_ERROR_RECOVERY, CONTROL, INFORMATIONAL_EXCEPTIONS -> 12;
            case DISCONNECT_RECONNECT -> 16;
            case CACHING -> 20;
            default -> 0;
        };
    }
}
