/**
 * Reservations at run time: one command of a volume after the other is applied, stored, put in
 * force on all lanes and then answered.
 */
package io.gemel.reservations.agreement;
