declare module "*?validate" {
  import type { ValidateFunction } from "ajv";

  const validate: ValidateFunction;
  export default validate;
}
