// How ajv compiles the schemas of policies: the same when the toolchain is built as when it runs. Strict, so that a keyword
// that ajv does not know is an error. `strictRequired` and `strictTypes` would refuse what policies do all the time: require
// a field in one branch, and describe it in another. A schema is held to the meta-schema before, by a validator that was
// compiled with the toolchain: ajv would take longer for that than for all policies together.
export const policyOptions = {
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allErrors: true,
  verbose: true,
  meta: false,
  validateSchema: false,
};
