import type { DeliveryDesk } from './desk.ts';
import { findLostAgain } from './lost.ts';
import { setOrphansAside } from './orphans.ts';

/** What was at odds between rows and objects. */
export interface Reconciled {
  /** Bundles that were lost, and are there again. */
  readonly foundAgain: number;
  /** Objects without a row, set aside. */
  readonly setAside: number;
}

/** Brings a tenant's rows and stored objects together again after either was restored. Throws OUTPUT_FAILED and DATABASE_FAILED. */
export async function reconcileStorage(desk: DeliveryDesk, tenantId: string): Promise<Reconciled> {
  return { foundAgain: await findLostAgain(desk, tenantId), setAside: await setOrphansAside(desk, tenantId) };
}
