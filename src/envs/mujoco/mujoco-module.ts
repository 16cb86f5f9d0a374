// What of the package @mujoco/mujoco is used here, as types of our own: the package is optional, and whoever has not
// installed it must be able to compile against our types.

/** Views of mjData, row-major, named as in MuJoCo: https://mujoco.readthedocs.io/en/stable/APIreference/APItypes.html */
export interface PhysicsState {
  /** [nq] joint positions: m, rad, quaternions */
  readonly qpos: Float64Array;
  /** [nv] joint velocities */
  readonly qvel: Float64Array;
  /** [nu] what the actuators are told */
  readonly ctrl: Float64Array;
  /** [nbody, 3] origins of the bodies */
  readonly xpos: Float64Array;
  /** [nbody, 3] centres of mass of the bodies */
  readonly xipos: Float64Array;
  /** [nbody, 10] inertias about the tree's centre of mass */
  readonly cinert: Float64Array;
  /** [nbody, 6] angular and linear velocities about the tree's centre of mass */
  readonly cvel: Float64Array;
  /** [nbody, 6] external torques and forces; only after `computeContactForces` */
  readonly cfrc_ext: Float64Array;
  /** [nv] */
  readonly qfrc_actuator: Float64Array;
  /** [nv] */
  readonly qfrc_constraint: Float64Array;
  /** [nsite, 3] */
  readonly site_xpos: Float64Array;
  /** [ntendon] */
  readonly ten_length: Float64Array;
  /** [ntendon] */
  readonly ten_velocity: Float64Array;
  /** [ngeom, 3] */
  readonly geom_xpos: Float64Array;
  /** [ngeom, 9] rotation matrices */
  readonly geom_xmat: Float64Array;
}

/** What lives in MuJoCo's own memory until `delete`. */
export interface Native {
  delete(): void;
}

export interface MjModel extends Native {
  readonly nv: number;
  readonly qpos0: Float64Array;
  readonly body_mass: Float64Array;
  readonly geom_type: Int32Array;
  readonly geom_bodyid: Int32Array;
  readonly geom_size: Float64Array;
}

export interface MjData extends Native, PhysicsState {}

export interface DoubleBuffer extends Native {
  GetView(): Float64Array;
}

/** Of MuJoCo's API: https://mujoco.readthedocs.io/en/stable/APIreference/APIfunctions.html */
export interface Mujoco {
  readonly MjModel: { from_xml_string(xml: string): MjModel };
  readonly MjData: new (model: MjModel) => MjData;
  readonly DoubleBuffer: new (size: number) => DoubleBuffer;
  readonly mjtState: { readonly mjSTATE_INTEGRATION: { readonly value: number } };
  mj_stateSize(model: MjModel, parts: number): number;
  mj_getState(model: MjModel, data: MjData, state: DoubleBuffer, parts: number): void;
  mj_setState(model: MjModel, data: MjData, state: readonly number[], parts: number): void;
  mj_resetData(model: MjModel, data: MjData): void;
  mj_forward(model: MjModel, data: MjData): void;
  mj_step(model: MjModel, data: MjData): void;
  mj_rnePostConstraint(model: MjModel, data: MjData): void;
}
