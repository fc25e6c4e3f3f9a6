package io.gemel.iscsi.wire;

/**
 * The opcodes of RFC 7143 section 11.2.1.2, for a switch. Six bits, bit 5 set in PDUs of the
 * target.
 */
public final class IscsiOpcode {
    public static final int NOP_OUT = NopOutFlyweight.OPCODE;
    public static final int SCSI_COMMAND = ScsiCommandFlyweight.OPCODE;
    public static final int TASK_MANAGEMENT_REQUEST = TaskManagementRequestFlyweight.OPCODE;
    public static final int LOGIN_REQUEST = LoginRequestFlyweight.OPCODE;
    public static final int TEXT_REQUEST = TextRequestFlyweight.OPCODE;
    public static final int DATA_OUT = DataOutFlyweight.OPCODE;
    public static final int LOGOUT_REQUEST = LogoutRequestFlyweight.OPCODE;
    public static final int SNACK = SnackFlyweight.OPCODE;
    public static final int NOP_IN = NopInFlyweight.OPCODE;
    public static final int SCSI_RESPONSE = ScsiResponseFlyweight.OPCODE;
    public static final int TASK_MANAGEMENT_RESPONSE = TaskManagementResponseFlyweight.OPCODE;
    public static final int LOGIN_RESPONSE = LoginResponseFlyweight.OPCODE;
    public static final int TEXT_RESPONSE = TextResponseFlyweight.OPCODE;
    public static final int DATA_IN = DataInFlyweight.OPCODE;
    public static final int LOGOUT_RESPONSE = LogoutResponseFlyweight.OPCODE;
    public static final int READY_TO_TRANSFER = ReadyToTransferFlyweight.OPCODE;
    public static final int ASYNC_MESSAGE = AsyncMessageFlyweight.OPCODE;
    public static final int REJECT = RejectFlyweight.OPCODE;

    private IscsiOpcode() {}
}
