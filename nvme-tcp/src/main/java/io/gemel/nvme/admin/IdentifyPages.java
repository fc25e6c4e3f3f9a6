package io.gemel.nvme.admin;

import io.gemel.core.volume.Volume;
import io.gemel.nvme.subsystem.Namespace;
import io.gemel.nvme.subsystem.NamespaceMap;
import io.gemel.nvme.subsystem.NvmeController;
import io.gemel.nvme.subsystem.NvmeLimits;
import io.gemel.nvme.subsystem.NvmeSubsystem;
import io.gemel.nvme.wire.AsynchronousEvent;
import io.gemel.nvme.wire.Cns;
import io.gemel.nvme.wire.IdentifyController;
import io.gemel.nvme.wire.IdentifyControllerNvm;
import io.gemel.nvme.wire.IdentifyNamespace;
import io.gemel.nvme.wire.IdentifyNamespaceIndependent;
import io.gemel.nvme.wire.NvmeCqe;
import io.gemel.nvme.wire.NvmeSqe;
import io.gemel.nvme.wire.NvmeStatus;
import io.gemel.nvme.wire.NvmeStructure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Fills the Identify data structures. Stateless; data is 4096 zeroed bytes. */
public final class IdentifyPages {
    /** The ANA group that every namespace is in; its state is optimized. */
    public static final int ANA_GROUP = 1;

    /** Feature 0Bh and OAES of an I/O controller. */
    public static final int IO_EVENTS =
            AsynchronousEvent.NAMESPACE_ATTRIBUTE_CHANGED.mask()
                    | AsynchronousEvent.ANA_CHANGE.mask();

    /** Model number of every controller. */
    public static final String MODEL = "Gemel volume";

    /** Firmware revision, at most eight characters. */
    public static final String FIRMWARE = "0.1";

    private static final int CMIC_PORTS_CONTROLLERS_ANA = 0x0B;
    private static final int CTRATT_HOST_ID_128 = 1;
    private static final int CTRATT_TBKAS = 1 << 6;
    private static final int CNTRLTYPE_IO = 1;
    private static final int CNTRLTYPE_DISCOVERY = 2;
    private static final int LPA_EFFECTS_AND_EXTENDED_DATA = 0x06;
    private static final int FRMW_ONE_READ_ONLY_SLOT = 0x03;
    private static final int ONCS_COMPARE_DSM_ZEROES_SELECT_VERIFY = 0x9D;
    private static final int ONCS_RESERVATIONS = 0x20;
    private static final int FUSES_COMPARE_AND_WRITE = 1;
    private static final int VWC_PRESENT = 0x01;
    private static final int VWC_NO_BROADCAST_FLUSH = 0x04;
    private static final int SGLS_SUPPORTED_LONGER_OFFSET_TRANSPORT =
            1 | 1 << 18 | 1 << 20 | 1 << 21;
    private static final int ANACAP_OPTIMIZED = 0x01;
    private static final int ANATT_SECONDS = 10;
    private static final int OFCS_DISCONNECT = 1;
    private static final int NMIC_SHARED = 1;
    private static final int WARNING_TEMPERATURE_K = 343;
    private static final int CRITICAL_TEMPERATURE_K = 353;
    private static final int NSFEAT_THIN = 0x01;

    /**
     * NAWUN, NAWUPF and NACWU are the namespace's own; 0 of the first two means as AWUN and AWUPF
     * say.
     */
    private static final int NSFEAT_ATOMIC_UNITS = 0x02;

    private static final int NSFEAT_NEVER_REUSED = 0x08;
    private static final int NSFEAT_OPTIMAL_PERFORMANCE = 0x10;
    private static final int DLFEAT_ZEROES_AND_DEAC = 0x09;
    private static final int NSATTR_WRITE_PROTECTED = 1;
    private static final int NSTAT_READY = 1;
    private static final int NAMESPACE_LIST_ENTRIES = 1024;
    private static final int SHUTDOWN_MICROSECONDS = 5_000_000;

    private IdentifyPages() {}

    /** CNS 01h of an I/O or a discovery controller. */
    public static void controller(
            final NvmeController controller,
            final int events,
            final boolean reservations,
            final MutableDirectBuffer data) {
        final NvmeSubsystem subsystem = controller.subsystem();
        final NvmeLimits limits = subsystem.limits();
        final boolean discovery = subsystem.isDiscovery();
        final IdentifyController id =
                new IdentifyController()
                        .encode(data, 0)
                        .sn(subsystem.serial())
                        .mn(MODEL)
                        .fr(FIRMWARE)
                        .mdts(NvmeLimits.MDTS)
                        .cntlid(controller.cntlid())
                        .ver(NvmeController.VERSION)
                        .oaes(events)
                        .ctratt(CTRATT_HOST_ID_128 | CTRATT_TBKAS)
                        .cntrltype(discovery ? CNTRLTYPE_DISCOVERY : CNTRLTYPE_IO)
                        .aerl(limits.asynchronousEventRequests() - 1)
                        .lpa(LPA_EFFECTS_AND_EXTENDED_DATA)
                        .elpe(ErrorLog.ENTRIES - 1)
                        .kas(NvmeLimits.KEEP_ALIVE_GRANULARITY)
                        .maxcmd(limits.queueEntries())
                        .fuses(discovery ? 0 : FUSES_COMPARE_AND_WRITE)
                        .acwu(discovery ? 0 : Volume.COMPARE_AND_WRITE_BLOCKS - 1)
                        .sgls(SGLS_SUPPORTED_LONGER_OFFSET_TRANSPORT)
                        .subnqn(subsystem.nqn());
        if (discovery) {
            return;
        }
        id.cmic(CMIC_PORTS_CONTROLLERS_ANA)
                .rtd3e(SHUTDOWN_MICROSECONDS)
                .acl(limits.aborts() - 1)
                .frmw(FRMW_ONE_READ_ONLY_SLOT)
                .wctemp(WARNING_TEMPERATURE_K)
                .cctemp(CRITICAL_TEMPERATURE_K)
                .anatt(ANATT_SECONDS)
                .anacap(ANACAP_OPTIMIZED)
                .anagrpmax(ANA_GROUP)
                .nanagrpid(1)
                .sqes(0x66)
                .cqes(0x44)
                .nn(subsystem.largestNsid())
                .mnan(subsystem.largestNsid())
                .oncs(
                        ONCS_COMPARE_DSM_ZEROES_SELECT_VERIFY
                                | (reservations ? ONCS_RESERVATIONS : 0))
                .vwc(
                        VWC_NO_BROADCAST_FLUSH
                                | (hasWriteCache(controller.namespaces()) ? VWC_PRESENT : 0))
                .ioccsz((NvmeSqe.LENGTH + NvmeLimits.IN_CAPSULE_DATA_BYTES) / 16)
                .iorcsz(NvmeCqe.LENGTH / 16)
                .msdbd(1)
                .ofcs(OFCS_DISCONNECT);
    }

    static boolean hasWriteCache(final NamespaceMap namespaces) {
        for (final Namespace namespace : namespaces.ascending()) {
            if (namespace.volume().writeCache()) {
                return true;
            }
        }
        return false;
    }

    /** CNS 00h. */
    static void namespace(
            final Namespace namespace, final int rescap, final MutableDirectBuffer data) {
        final Volume volume = namespace.volume();
        final byte[] nguid = new byte[16];
        volume.identity().nguid(new UnsafeBuffer(nguid), 0);
        final int optimal = volume.optimalBlocks() - 1;
        new IdentifyNamespace()
                .encode(data, 0)
                .nsze(volume.blockCount())
                .ncap(volume.blockCount())
                .nuse(volume.blockCount())
                .nsfeat(nsfeat(volume) | NSFEAT_OPTIMAL_PERFORMANCE)
                .nmic(NMIC_SHARED)
                .rescap(rescap)
                .nacwu(Volume.COMPARE_AND_WRITE_BLOCKS - 1)
                .dlfeat(volume.thin() ? DLFEAT_ZEROES_AND_DEAC : 0)
                .npwg(optimal)
                .npwa(optimal)
                .npdg(optimal)
                .npda(optimal)
                .nows(optimal)
                .anagrpid(ANA_GROUP)
                .nsattr(volume.readOnly() ? NSATTR_WRITE_PROTECTED : 0)
                .nguid(nguid)
                .eui64(eui64(volume))
                .lbaf0(NvmeStructure.withBits(0, 23, 16, volume.blockShift()));
    }

    /** CNS 08h. */
    static void namespaceIndependent(
            final Namespace namespace, final int rescap, final MutableDirectBuffer data) {
        final Volume volume = namespace.volume();
        new IdentifyNamespaceIndependent()
                .encode(data, 0)
                .nsfeat(NSFEAT_NEVER_REUSED)
                .nmic(NMIC_SHARED)
                .rescap(rescap)
                .anagrpid(ANA_GROUP)
                .nsattr(volume.readOnly() ? NSATTR_WRITE_PROTECTED : 0)
                .nstat(NSTAT_READY);
    }

    private static int nsfeat(final Volume volume) {
        return NSFEAT_NEVER_REUSED | NSFEAT_ATOMIC_UNITS | (volume.thin() ? NSFEAT_THIN : 0);
    }

    private static byte[] eui64(final Volume volume) {
        return ByteBuffer.allocate(8).putLong(volume.identity().eui64()).array();
    }

    /** CNS 06h, CSI 0. */
    static void controllerNvm(final MutableDirectBuffer data) {
        new IdentifyControllerNvm().encode(data, 0).vsl(NvmeLimits.MDTS);
    }

    /** CNS 02h and 07h: NSIDs greater than the given one, ascending. */
    static void namespaceList(
            final NamespaceMap namespaces, final int after, final MutableDirectBuffer data) {
        int count = 0;
        for (final Namespace namespace : namespaces.ascending()) {
            if (Integer.compareUnsigned(namespace.nsid(), after) > 0
                    && count < NAMESPACE_LIST_ENTRIES) {
                data.putInt(4 * count++, namespace.nsid(), ByteOrder.LITTLE_ENDIAN);
            }
        }
    }

    /** CNS 03h: EUI-64, NGUID, UUID, command set. Each: type, length, two reserved bytes, value. */
    static void descriptors(final Namespace namespace, final MutableDirectBuffer data) {
        final Volume volume = namespace.volume();
        int at = descriptor(data, 0, Cns.NIDT_EUI64, 8);
        data.putLong(at - 8, volume.identity().eui64(), ByteOrder.BIG_ENDIAN);
        at = descriptor(data, at, Cns.NIDT_NGUID, 16);
        volume.identity().nguid(data, at - 16);
        at = descriptor(data, at, Cns.NIDT_UUID, 16);
        data.putLong(at - 16, volume.uuid().getMostSignificantBits(), ByteOrder.BIG_ENDIAN);
        data.putLong(at - 8, volume.uuid().getLeastSignificantBits(), ByteOrder.BIG_ENDIAN);
        descriptor(data, at, Cns.NIDT_CSI, 1); // its value, 0, is the NVM command set
    }

    private static int descriptor(
            final MutableDirectBuffer data, final int at, final int type, final int lengthBytes) {
        data.putByte(at, (byte) type);
        data.putByte(at + 1, (byte) lengthBytes);
        return at + 4 + lengthBytes;
    }

    /** CNS 1Ch: one combination, the NVM command set. */
    static NvmeStatus ioCommandSets(
            final NvmeController controller, final int cntid, final MutableDirectBuffer data) {
        if (ANY_CONTROLLER != cntid && controller.cntlid() != cntid) {
            return NvmeStatus.INVALID_FIELD_IN_COMMAND;
        }
        data.putLong(0, 1, ByteOrder.LITTLE_ENDIAN);
        return NvmeStatus.SUCCESS;
    }

    private static final int ANY_CONTROLLER = 0xFFFF;
}
