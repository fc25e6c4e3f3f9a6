/** Admin Queues: Identify, log pages, features, asynchronous events, Abort, keep alive. */
package io.gemel.nvme.admin;
