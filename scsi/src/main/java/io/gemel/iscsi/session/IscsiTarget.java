package io.gemel.iscsi.session;

import io.gemel.core.volume.Volume;
import io.gemel.iscsi.login.DigestPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One iSCSI target as configured.
 *
 * @param iqn its name, kept in lower case
 * @param alias TargetAlias, or empty
 * @param luns LUN to volume
 * @param anyInitiator whether every initiator may log in and sees every LUN
 * @param initiators those that may, when not any
 */
public record IscsiTarget(
        String iqn,
        String alias,
        Map<Integer, Volume> luns,
        boolean anyInitiator,
        List<IscsiInitiator> initiators,
        DigestPolicy digests) {
    public IscsiTarget {
        iqn = iqn.toLowerCase(Locale.ROOT);
        luns = Map.copyOf(luns);
        initiators = List.copyOf(initiators);
    }

    /** A target for every initiator. */
    public static IscsiTarget open(final String iqn, final Map<Integer, Volume> luns) {
        return new IscsiTarget(iqn, "", luns, true, List.of(), DigestPolicy.OFFERED);
    }
}
