// One physics state of one model: MuJoCo's mjModel and mjData with what the tasks read of them as typed arrays.
// Reading a property of mjData makes a new view of WebAssembly memory, so the views are made once and kept; when that
// memory grows (another env was made) they all drop to length 0 and are made anew.

import { MujocoError } from "./errors.ts";
import { type Mjcf, mjcfText } from "./mjcf.ts";
import type { MjData, MjModel, Mujoco, PhysicsState } from "./mujoco-module.ts";

/** Native memory: call `close` when done. */
export class Simulation {
  /** [nq] the position every reset starts from */
  readonly restPosition: Float64Array;
  readonly velocitySize: number;
  /** [nbody] kg */
  readonly bodyMass: Float64Array;
  /** [ngeom] mjtGeom */
  readonly geomType: Int32Array;
  /** [ngeom] the body it belongs to */
  readonly geomBody: Int32Array;
  /** [ngeom, 3] */
  readonly geomSize: Float64Array;
  readonly #mujoco: Mujoco;
  readonly #model: MjModel;
  readonly #data: MjData;
  /** Which parts of the state `mj_getState` is asked for, and how many numbers they are. */
  readonly #integration: number;
  readonly #integrationSize: number;
  #state: PhysicsState;
  #closed = false;

  /** @throws MuJoCo's own error when the model does not compile */
  constructor(mujoco: Mujoco, description: Mjcf) {
    this.#mujoco = mujoco;
    this.#model = mujoco.MjModel.from_xml_string(mjcfText(description));
    this.#data = new mujoco.MjData(this.#model);
    this.restPosition = this.#model.qpos0.slice();
    this.velocitySize = this.#model.nv;
    this.bodyMass = this.#model.body_mass.slice();
    this.geomType = this.#model.geom_type.slice();
    this.geomBody = this.#model.geom_bodyid.slice();
    this.geomSize = this.#model.geom_size.slice();
    this.#integration = mujoco.mjtState.mjSTATE_INTEGRATION.value;
    this.#integrationSize = mujoco.mj_stateSize(this.#model, this.#integration);
    this.#state = viewsOf(this.#data);
  }

  /** Valid until the next call into any simulation: fetch it again, it costs nothing. */
  get state(): PhysicsState {
    if (this.#state.qpos.length === 0) {
      this.#assertOpen();
      this.#state = viewsOf(this.#data);
    }
    return this.#state;
  }

  /** Forgets everything, the solver's warm start included, and computes the state that follows from the arguments. */
  restart(qpos: ArrayLike<number>, qvel: ArrayLike<number>): void {
    this.#assertOpen();
    this.#mujoco.mj_resetData(this.#model, this.#data);
    const { state } = this;
    state.qpos.set(qpos);
    state.qvel.set(qvel);
    this.#mujoco.mj_forward(this.#model, this.#data);
  }

  /** Advances by `count` physics steps under the present `ctrl`. */
  step(count: number): void {
    this.#assertOpen();
    for (let i = 0; i < count; i++) this.#mujoco.mj_step(this.#model, this.#data);
  }

  /** Fills `cfrc_ext`; `step` alone leaves it as it was. */
  computeContactForces(): void {
    this.#assertOpen();
    this.#mujoco.mj_rnePostConstraint(this.#model, this.#data);
  }

  /**
   * Everything that decides the future, and what a task reads of the present: MuJoCo's integration state with the solver's
   * warm start, then all views. The views are those of the last physics step, which nothing computes again from the rest.
   */
  fullState(): Float64Array {
    this.#assertOpen();
    const buffer = new this.#mujoco.DoubleBuffer(this.#integrationSize);
    try {
      this.#mujoco.mj_getState(this.#model, this.#data, buffer, this.#integration);
      return Float64Array.of(...buffer.GetView(), ...Object.values(this.state).flatMap((view) => [...view]));
    } finally {
      buffer.delete();
    }
  }

  /** @param values of a simulation of the same model */
  restoreFullState(values: Float64Array): void {
    this.#assertOpen();
    this.#mujoco.mj_resetData(this.#model, this.#data);
    const integration = Array.from(values.subarray(0, this.#integrationSize));
    this.#mujoco.mj_setState(this.#model, this.#data, integration, this.#integration);
    let at = this.#integrationSize;
    for (const view of Object.values(this.state) as Float64Array[]) {
      view.set(values.subarray(at, at + view.length));
      at += view.length;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#data.delete();
    this.#model.delete();
    this.#state = CLOSED;
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new MujocoError(
      "ENV_CLOSED",
      "Expected an open MuJoCo env, but this one was closed. Make a new one with makeEnv.",
    );
  }
}

const EMPTY = new Float64Array(0);
/** The state of a closed simulation: like views of memory that has moved, so that the next read is refused. */
const CLOSED: PhysicsState = {
  qpos: EMPTY,
  qvel: EMPTY,
  ctrl: EMPTY,
  xpos: EMPTY,
  xipos: EMPTY,
  cinert: EMPTY,
  cvel: EMPTY,
  cfrc_ext: EMPTY,
  qfrc_actuator: EMPTY,
  qfrc_constraint: EMPTY,
  site_xpos: EMPTY,
  ten_length: EMPTY,
  ten_velocity: EMPTY,
  geom_xpos: EMPTY,
  geom_xmat: EMPTY,
};

function viewsOf(data: MjData): PhysicsState {
  const views: Record<keyof PhysicsState, Float64Array> = { ...CLOSED };
  for (const name of Object.keys(CLOSED) as (keyof PhysicsState)[]) views[name] = data[name];
  return views;
}
