// Which Pawl this is, and whose API it speaks.
import { PACKAGE_VERSION } from './base/package-place.ts';

/** The version of coglet whose HTTP API Pawl speaks. */
export const COGLET_VERSION = '0.23.1';

export const PAWL_VERSION = PACKAGE_VERSION;
