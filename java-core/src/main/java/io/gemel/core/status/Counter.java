package io.gemel.core.status;

/**
 * Everything that is counted on a lane. Ids are stable: they appear in metrics and in {@code gemel
 * counters}; new ones go to the end of their group, none is ever reused.
 */
public enum Counter {
    CONNECTIONS_ACCEPTED(
            1, "connections_accepted", "connections", "Connections that were accepted"),
    CONNECTIONS_CLOSED(
            2, "connections_closed", "connections", "Connections that ended, for whatever reason"),
    CONNECTIONS_REFUSED(
            3,
            "connections_refused",
            "connections",
            "Connections closed at once because a limit was reached"),
    BYTES_RECEIVED(4, "bytes_received", "bytes", "Bytes taken from sockets"),
    BYTES_SENT(5, "bytes_sent", "bytes", "Bytes given to sockets"),
    RECEIVE_PAUSED(
            6, "receive_paused", "times", "A connection's reading was stopped for lack of room"),
    TRANSMIT_FULL(7, "transmit_full", "times", "A connection's sending side had no room"),
    ENGINE_FAILURES(8, "engine_failures", "connections", "Connections ended by a bug of ours"),
    TASKS_STARTED(20, "tasks_started", "tasks", "Commands that got a task"),
    TASKS_EXHAUSTED(21, "tasks_exhausted", "times", "A command found no free task"),
    BUFFERS_EXHAUSTED(22, "buffers_exhausted", "times", "A command found no free buffer"),
    TASKS_ABORTED(23, "tasks_aborted", "tasks", "Commands that were aborted"),
    BLOCK_READS(40, "block_reads", "commands", "Block reads that ended well"),
    BLOCK_WRITES(41, "block_writes", "commands", "Block writes that ended well"),
    BLOCK_FLUSHES(42, "block_flushes", "commands", "Flushes that ended well"),
    BLOCK_OTHERS(43, "block_others", "commands", "Other block commands that ended well"),
    BYTES_READ(44, "bytes_read", "bytes", "Bytes read from volumes"),
    BYTES_WRITTEN(45, "bytes_written", "bytes", "Bytes written to volumes"),
    BLOCK_REFUSED(
            46,
            "block_refused",
            "commands",
            "Block commands refused before the backend: range, protection"),
    BLOCK_FAILED(47, "block_failed", "commands", "Block commands that the backend failed"),
    BLOCK_MISCOMPARES(48, "block_miscompares", "commands", "Compares that found a difference"),
    BACKEND_FULL(49, "backend_full", "times", "A backend queue had no room; the operation waited"),
    SCRATCH_EXHAUSTED(
            50, "scratch_exhausted", "times", "A compare or write-same waited for scratch memory"),
    COMPLETIONS_STALE(
            51, "completions_stale", "completions", "Completions of an operation that is over"),
    RANGE_WAITS(
            52,
            "range_waits",
            "times",
            "A command waited for a compare-and-write on the same blocks"),
    DUTY_CYCLES(60, "duty_cycles", "cycles", "Duty cycles of the lane that did work"),
    LANE_SLEEPS(61, "lane_sleeps", "times", "The lane went to sleep in epoll"),
    URING_ENTERS(70, "uring_enters", "calls", "System calls that gave operations to the kernel"),
    URING_OPERATIONS(71, "uring_operations", "operations", "Operations that the kernel took"),
    URING_SQ_FULL(72, "uring_sq_full", "times", "An operation found the submission queue full"),
    URING_SUBMIT_SHORT(
            73, "uring_submit_short", "times", "The kernel took fewer operations than offered"),
    URING_SUBMIT_BUSY(74, "uring_submit_busy", "times", "The kernel took none: EAGAIN, EBUSY"),
    URING_CQ_OVERFLOW(
            75, "uring_cq_overflow", "times", "Completions waited in the kernel for room"),
    URING_TRANSFERS_SHORT(
            76, "uring_transfers_short", "transfers", "Transfers that were done in pieces"),
    URING_RETRIES(
            77, "uring_retries", "operations", "Operations tried again after EAGAIN or EINTR"),
    ISCSI_LOGINS(200, "iscsi_logins", "sessions", "iSCSI logins that succeeded"),
    ISCSI_LOGINS_REFUSED(
            201, "iscsi_logins_refused", "logins", "iSCSI logins answered with a failure status"),
    ISCSI_LOGIN_TIMEOUTS(
            202,
            "iscsi_login_timeouts",
            "connections",
            "iSCSI connections that did not log in in time"),
    ISCSI_SESSIONS_REFUSED(
            203,
            "iscsi_sessions_refused",
            "logins",
            "iSCSI logins refused at the limit of sessions"),
    ISCSI_SESSIONS_REINSTATED(
            204,
            "iscsi_sessions_reinstated",
            "sessions",
            "iSCSI sessions ended by a new login of the same name"),
    ISCSI_PROTOCOL_ERRORS(
            205,
            "iscsi_protocol_errors",
            "connections",
            "iSCSI connections ended because the peer broke the protocol"),
    ISCSI_REJECTS(206, "iscsi_rejects", "PDUs", "iSCSI PDUs answered by Reject"),
    ISCSI_HEADER_DIGEST_ERRORS(
            207, "iscsi_header_digest_errors", "PDUs", "iSCSI PDUs with a wrong header digest"),
    ISCSI_DATA_DIGEST_ERRORS(
            208, "iscsi_data_digest_errors", "PDUs", "iSCSI PDUs with a wrong data digest"),
    ISCSI_CMD_SN_IGNORED(
            209, "iscsi_cmd_sn_ignored", "PDUs", "iSCSI PDUs with a CmdSN outside the window"),
    ISCSI_DATA_OUT_DROPPED(
            210, "iscsi_data_out_dropped", "PDUs", "iSCSI Data-Out PDUs whose command is over"),
    ISCSI_UNSOLICITED_DATA_DROPPED(
            211,
            "iscsi_unsolicited_data_dropped",
            "commands",
            "iSCSI commands whose unsolicited data found no buffer and was asked for again"),
    ISCSI_TASK_SET_FULL(
            212,
            "iscsi_task_set_full",
            "commands",
            "iSCSI commands answered TASK SET FULL for want of a task slot"),
    ISCSI_IMMEDIATE_LIMIT(
            213, "iscsi_immediate_limit", "commands", "iSCSI immediate commands beyond the limit"),
    ISCSI_NOP_TIMEOUTS(
            214,
            "iscsi_nop_timeouts",
            "connections",
            "iSCSI connections ended because the initiator was silent"),
    ISCSI_DATA_SEQUENCE_ERRORS(
            215,
            "iscsi_data_sequence_errors",
            "commands",
            "iSCSI commands ended because their data came out of order or in the wrong amount"),
    SCSI_CHECK_CONDITIONS(
            220,
            "scsi_check_conditions",
            "commands",
            "SCSI commands that ended in CHECK CONDITION"),
    SCSI_TASK_MANAGEMENT(
            221, "scsi_task_management", "functions", "SCSI task management functions received"),
    NVME_CONTROLLERS_CREATED(
            300,
            "nvme_controllers_connected",
            "controllers",
            "NVMe controllers that hosts made by Connect"),
    NVME_CONNECT_REFUSED(301, "nvme_connect_refused", "commands", "NVMe Connect commands refused"),
    NVME_CONNECT_TIMEOUTS(
            302,
            "nvme_connect_timeouts",
            "connections",
            "NVMe connections closed because no Connect came in time"),
    NVME_CONNECTIONS_FULL(
            303,
            "nvme_connections_full",
            "connections",
            "NVMe connections closed at once because the lane has too many"),
    NVME_CONTROLLERS_FULL(
            304,
            "nvme_controllers_full",
            "commands",
            "NVMe Connect commands refused because the subsystem has no controller left"),
    NVME_TERM_REQ_SENT(
            305, "nvme_term_req_sent", "connections", "NVMe/TCP connections ended by C2HTermReq"),
    NVME_TERM_REQ_RECEIVED(
            306,
            "nvme_term_req_received",
            "connections",
            "NVMe/TCP connections ended by H2CTermReq"),
    NVME_HEADER_DIGEST_ERRORS(
            307,
            "nvme_header_digest_errors",
            "PDUs",
            "NVMe/TCP PDUs whose header digest did not match"),
    NVME_DATA_DIGEST_ERRORS(
            308,
            "nvme_data_digest_errors",
            "PDUs",
            "NVMe/TCP PDUs whose data digest did not match"),
    NVME_QUEUE_OVERRUNS(
            309,
            "nvme_queue_overruns",
            "connections",
            "NVMe hosts that sent more commands than their queue holds"),
    NVME_COMMANDS_REFUSED(
            310,
            "nvme_commands_refused",
            "commands",
            "NVMe commands that ended with an error before they were executed"),
    NVME_COMMAND_ID_CONFLICTS(
            311,
            "nvme_command_id_conflicts",
            "commands",
            "NVMe commands with the identifier of one still under way"),
    NVME_KEEP_ALIVE_EXPIRED(
            312,
            "nvme_keep_alive_expired",
            "controllers",
            "NVMe controllers ended because their host was silent"),
    NVME_ASSOCIATION_TIMEOUTS(
            313,
            "nvme_association_timeouts",
            "controllers",
            "NVMe controllers ended because they stayed disabled for too long"),
    NVME_AER_LIMIT(
            314, "nvme_aer_limit", "commands", "NVMe Asynchronous Event Requests beyond the limit"),
    NVME_ABORT_LIMIT(315, "nvme_abort_limit", "commands", "NVMe Abort commands beyond the limit"),
    NVME_TRANSFERS_ORPHANED(
            316,
            "nvme_transfers_orphaned",
            "transfers",
            "NVMe/TCP transfers whose command ended before its data came"),
    NVME_ADMIN_COMMANDS(317, "nvme_admin_commands", "commands", "NVMe admin and Fabrics commands"),
    NVME_IO_QUEUES_CONNECTED(
            318, "nvme_io_queues_connected", "queues", "NVMe I/O queues that hosts connected"),
    NVME_TRANSMIT_WAITS(
            319,
            "nvme_transmit_waits",
            "times",
            "An NVMe response or R2T waited for room on the sending side");

    private final int id;
    private final String label;
    private final String unit;
    private final String meaning;

    Counter(final int id, final String label, final String unit, final String meaning) {
        this.id = id;
        this.label = label;
        this.unit = unit;
        this.meaning = meaning;
    }

    public int id() {
        return id;
    }

    public String label() {
        return label;
    }

    public String unit() {
        return unit;
    }

    public String meaning() {
        return meaning;
    }
}
