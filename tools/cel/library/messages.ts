import {
  bool,
  bytes,
  double,
  duration,
  dyn,
  int,
  listOf,
  mapOf,
  string,
  type Type,
  timestamp,
  uint,
} from "../types.ts";

/** A message that an expression can construct. */
export interface Message {
  readonly field: (name: string) => Type | undefined;
  /** The type of the constructed value. */
  readonly type: Type;
}

function message(fields: Readonly<Record<string, Type>>, type: Type): Message {
  return { field: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined), type };
}

/** A value that may be missing, and can thus be compared with null. */
const wrapper = (type: Type) => message({ value: type }, { ...type, isNullable: true });
const object = mapOf(string, dyn);

/** The protobuf messages in the language, by their names after `google.protobuf.`. They are not evaluated. */
const messages: Readonly<Record<string, Message>> = {
  BoolValue: wrapper(bool),
  BytesValue: wrapper(bytes),
  DoubleValue: wrapper(double),
  FloatValue: wrapper(double),
  Int32Value: wrapper(int),
  Int64Value: wrapper(int),
  StringValue: wrapper(string),
  UInt32Value: wrapper(uint),
  UInt64Value: wrapper(uint),
  Any: message({ type_url: string, value: bytes }, { ...dyn, name: "google.protobuf.Any" }),
  Duration: message({ seconds: int, nanos: int }, duration),
  Timestamp: message({ seconds: int, nanos: int }, timestamp),
  Struct: message({ fields: object }, object),
  ListValue: message({ values: listOf(dyn) }, listOf(dyn)),
  Value: message(
    {
      null_value: int,
      number_value: double,
      string_value: string,
      bool_value: bool,
      struct_value: object,
      list_value: listOf(dyn),
    },
    dyn,
  ),
};

/** A protobuf message by its full name; undefined if the language does not have it. */
export function messageOfProtobuf(name: string): Message | undefined {
  const [, own = ""] = /^google\.protobuf\.(\w+)$/.exec(name) ?? [];
  return Object.hasOwn(messages, own) ? messages[own] : undefined;
}
