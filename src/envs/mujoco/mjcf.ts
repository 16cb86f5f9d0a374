// A MuJoCo model as typed data, and its text in MJCF, the XML that MuJoCo compiles. Keys are MJCF's own attribute
// names, so that its reference explains every one of them; only what the tasks here use is typed. Numbers are written
// with the digits that read back to the same double.
// https://mujoco.readthedocs.io/en/stable/XMLreference.html

export type Vector3 = readonly [number, number, number];
export type Quaternion = readonly [w: number, x: number, y: number, z: number];

export interface Joint {
  readonly name?: string;
  readonly type?: "free" | "slide" | "hinge";
  readonly pos?: Vector3;
  readonly axis?: Vector3;
  /** Limits in the compiler's unit of angle (hinge) or metres (slide). */
  readonly range?: readonly [number, number];
  readonly limited?: boolean;
  readonly ref?: number;
  readonly armature?: number;
  readonly damping?: number;
  readonly stiffness?: number;
  readonly margin?: number;
  readonly solimplimit?: readonly number[];
  readonly solreflimit?: readonly number[];
}

export interface Geom {
  readonly name?: string;
  readonly type?: "plane" | "sphere" | "capsule";
  /** Sphere: radius. Capsule: radius, and half-length unless `fromto` is given. Plane: half-sizes and grid spacing. */
  readonly size?: readonly number[];
  readonly pos?: Vector3;
  readonly quat?: Quaternion;
  /** Axis (x, y, z) and angle in the compiler's unit. */
  readonly axisangle?: readonly [number, number, number, number];
  /** The two ends of a capsule's axis. */
  readonly fromto?: readonly [number, number, number, number, number, number];
  readonly contype?: number;
  readonly conaffinity?: number;
  readonly condim?: number;
  readonly density?: number;
  readonly friction?: number | Vector3;
  readonly margin?: number;
  readonly solimp?: readonly number[];
  readonly solref?: readonly number[];
}

export interface Site {
  readonly name: string;
  readonly pos: Vector3;
  readonly size: readonly number[];
}

export interface Body {
  readonly name?: string;
  readonly pos?: Vector3;
  readonly quat?: Quaternion;
  readonly joints?: readonly Joint[];
  readonly geoms?: readonly Geom[];
  readonly sites?: readonly Site[];
  readonly bodies?: readonly Body[];
}

export interface Motor {
  readonly joint: string;
  readonly gear: number;
  readonly ctrlrange: readonly [number, number];
}

/** A fixed tendon: a weighted sum of joint positions. */
export interface FixedTendon {
  readonly name: string;
  readonly joints: readonly { readonly joint: string; readonly coef: number }[];
}

export interface Mjcf {
  readonly name: string;
  readonly compiler: {
    readonly angle: "radian" | "degree";
    readonly inertiafromgeom?: boolean;
    readonly settotalmass?: number;
  };
  readonly option: {
    readonly timestep: number;
    readonly integrator?: "Euler" | "RK4";
    readonly solver?: "PGS" | "Newton";
    readonly iterations?: number;
    readonly gravity?: Vector3;
  };
  /** Room for contacts and the solver, such as "6M"; default: MuJoCo's guess. */
  readonly size?: { readonly memory: string };
  readonly defaults: { readonly joint: Joint; readonly geom: Geom };
  readonly world: Body;
  readonly tendons?: readonly FixedTendon[];
  readonly motors: readonly Motor[];
}

/** The model as MJCF text. */
export function mjcfText(model: Mjcf): string {
  return element("mujoco", { model: model.name }, [
    element("compiler", model.compiler),
    element("option", model.option),
    ...(model.size ? [element("size", model.size)] : []),
    element("default", {}, [element("joint", model.defaults.joint), element("geom", model.defaults.geom)]),
    element("worldbody", {}, contents(model.world)),
    ...(model.tendons ? [element("tendon", {}, model.tendons.map(fixedTendon))] : []),
    element(
      "actuator",
      {},
      model.motors.map((motor) => element("motor", { ...motor, ctrllimited: true })),
    ),
  ]);
}

function body({ joints, geoms, sites, bodies, ...attributes }: Body): string {
  return element("body", attributes, contents({ joints, geoms, sites, bodies } as Body));
}

function contents({ joints = [], geoms = [], sites = [], bodies = [] }: Body): string[] {
  return [
    ...joints.map((joint) => element("joint", joint)),
    ...geoms.map((geom) => element("geom", geom)),
    ...sites.map((site) => element("site", site)),
    ...bodies.map(body),
  ];
}

function fixedTendon({ name, joints }: FixedTendon): string {
  return element(
    "fixed",
    { name },
    joints.map((joint) => element("joint", joint)),
  );
}

function element(tag: string, attributes: object, children: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${Array.isArray(value) ? value.join(" ") : value}"`)
    .join("");
  if (children.length === 0) return `<${tag}${written}/>`;
  return `<${tag}${written}>\n${indent(children.join("\n"))}\n</${tag}>`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
