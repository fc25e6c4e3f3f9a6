/* Ties the functions to io.gemel.core.uring.Natives; the only symbol that the library shows is JNI_OnLoad. */
#include "gemel.h"

#define METHOD(name, signature, function) \
    { (char *)(intptr_t)(name), (char *)(intptr_t)(signature), (void *)(intptr_t)(function) }

static const JNINativeMethod METHODS[] = {
    METHOD("abiVersion", "()I", gemel_abi_version),
    METHOD("constant", "(J)J", gemel_constant_at),
    METHOD("uringProbe", "(J)I", gemel_uring_probe),
    METHOD("uringSetup", "(IIIJ)I", gemel_uring_setup),
    METHOD("uringEnter", "(IIII)I", gemel_uring_enter),
    METHOD("uringRegister", "(IIJI)I", gemel_uring_register),
    METHOD("uringTeardown", "(J)I", gemel_uring_teardown),
    METHOD("fileOpen", "(JII)I", gemel_file_open),
    METHOD("fileClose", "(I)I", gemel_file_close),
    METHOD("fileStat", "(IJ)I", gemel_file_stat),
    METHOD("fileTruncate", "(IJ)I", gemel_file_truncate),
    METHOD("fileAllocate", "(IIJJ)I", gemel_file_allocate),
    METHOD("fileLock", "(II)I", gemel_file_lock),
    METHOD("fileSync", "(I)I", gemel_file_sync),
    METHOD("fileRead", "(IJJJ)J", gemel_file_read),
    METHOD("fileWrite", "(IJJJ)J", gemel_file_write),
    METHOD("eventCreate", "()I", gemel_event_create),
    METHOD("eventSignal", "(I)I", gemel_event_signal),
    METHOD("eventTake", "(I)J", gemel_event_take),
    METHOD("blockSize", "(I)J", gemel_block_size),
    METHOD("blockLogicalSize", "(I)I", gemel_block_logical_size),
    METHOD("blockPhysicalSize", "(I)I", gemel_block_physical_size),
    METHOD("blockReadOnly", "(I)I", gemel_block_read_only),
    METHOD("blockDiscard", "(IJJ)I", gemel_block_discard),
    METHOD("blockZeroOut", "(IJJ)I", gemel_block_zero_out),
    METHOD("memoryMap", "(JJ)J", gemel_memory_map),
    METHOD("memoryUnmap", "(JJ)I", gemel_memory_unmap),
    METHOD("memoryAdvise", "(JJI)I", gemel_memory_advise),
    METHOD("memoryPageSize", "()I", gemel_memory_page_size),
    METHOD("threadId", "()I", gemel_thread_id),
    METHOD("threadPin", "(I)I", gemel_thread_pin),
    METHOD("threadAllowedCpus", "(JI)I", gemel_thread_allowed_cpus),
};

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
    (void)reserved;
    JNIEnv *env = NULL;
    if (JNI_OK != (*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_8))
        return JNI_ERR;
    jclass natives = (*env)->FindClass(env, "io/gemel/core/uring/Natives");
    if (NULL == natives)
        return JNI_ERR;
    const jint count = (jint)(sizeof METHODS / sizeof *METHODS);
    if (JNI_OK != (*env)->RegisterNatives(env, natives, METHODS, count))
        return JNI_ERR;
    (*env)->DeleteLocalRef(env, natives);
    return JNI_VERSION_1_8;
}
