package io.gemel.iscsi.session;

import java.util.Locale;
import java.util.Set;

/**
 * An initiator that may use a target.
 *
 * @param iqn its name, kept in lower case
 * @param luns the LUNs it sees; empty: all of the target
 */
public record IscsiInitiator(String iqn, Set<Integer> luns) {
    public IscsiInitiator {
        iqn = iqn.toLowerCase(Locale.ROOT);
        luns = Set.copyOf(luns);
    }
}
