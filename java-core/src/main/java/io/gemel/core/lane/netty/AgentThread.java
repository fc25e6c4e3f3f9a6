package io.gemel.core.lane.netty;

import io.gemel.core.lane.IoAgent;
import io.gemel.core.lane.WaitMode;
import io.gemel.core.volume.Volume;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the I/O agent of one lane on a thread of its own. */
final class AgentThread implements Runnable {
    private static final long SPIN_NS = 50_000;

    /** While operations are out, completions are looked for so often. */
    private static final long BUSY_PARK_NS = 20_000;

    private static final long IDLE_PARK_NS = 10_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(AgentThread.class);

    private final IoAgent agent;
    private final WaitMode waitMode;
    private final Runnable wakeLane;
    private final Thread thread;
    private volatile boolean running = true;

    // Written by this thread, read by the lane after it has published: each side writes, fences,
    // then reads the other's.
    private volatile boolean sleeping;

    private final CountDownLatch attached = new CountDownLatch(1);
    private List<Volume> toAttach;
    private IOException attachFailure;

    AgentThread(
            final int index,
            final IoAgent agent,
            final WaitMode waitMode,
            final Runnable wakeLane) {
        this.agent = agent;
        this.waitMode = waitMode;
        this.wakeLane = wakeLane;
        this.thread = new Thread(this, "gemel-agent-" + index);
        thread.setDaemon(true);
    }

    /** Opens the volumes on the agent's thread, then lets it run. */
    void attachAndStart(final List<Volume> volumes) throws IOException {
        toAttach = volumes;
        thread.start();
        try {
            attached.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an agent was starting", e);
        }
        if (null != attachFailure) {
            throw attachFailure;
        }
    }

    /** From the lane, after it has published. */
    void wake() {
        if (sleeping) {
            LockSupport.unpark(thread);
        }
    }

    void stop() throws InterruptedException {
        running = false;
        LockSupport.unpark(thread);
        thread.join();
    }

    @Override
    public void run() {
        try {
            for (final Volume volume : toAttach) {
                agent.attach(volume);
            }
        } catch (final IOException e) {
            attachFailure = e;
            running = false;
        }
        attached.countDown();
        duty();
        agent.close();
    }

    private void duty() {
        long lastWorkNs = System.nanoTime();
        while (running) {
            final int work;
            try {
                work = agent.doWork();
            } catch (final RuntimeException e) {
                LOG.error("the agent goes on after an internal failure", e);
                continue;
            }
            if (work > 0) {
                wakeLane.run();
                lastWorkNs = System.nanoTime();
            } else if (waitMode == WaitMode.BUSY_POLL
                    || (waitMode == WaitMode.ADAPTIVE
                            && System.nanoTime() - lastWorkNs < SPIN_NS)) {
                Thread.onSpinWait();
            } else {
                sleep();
            }
        }
    }

    private void sleep() {
        sleeping = true;
        if (!agent.hasWork()) {
            LockSupport.parkNanos(agent.active() > 0 ? BUSY_PARK_NS : IDLE_PARK_NS);
        }
        sleeping = false;
    }
}
