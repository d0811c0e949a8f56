// How ajv compiles the schemas of policies, both when the toolchain is built and when it runs. Strict, so that an unknown
// keyword is an error. `strictRequired` and `strictTypes` would reject what policies often do: require a field in one branch
// and describe it in another. A precompiled validator checks a schema against the meta-schema before: ajv would take longer
// for that than for all policies together.
export const policyOptions = {
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allErrors: true,
  verbose: true,
  meta: false,
  validateSchema: false,
};
