// What the machine is judged for: the part of the configuration that needs something of it.

export interface DoctorPlan {
  readonly workers: number;
  /** Per worker. */
  readonly slots: number;
  readonly workDir: string;
  readonly inputFileBytesMax: number;
}
