import { type Call, CelError, type Entry, type Item, type Node, type StructField } from "./ast.ts";
import { lex, type Token } from "./lex.ts";
import { readNumber } from "./literals.ts";
import { expand } from "./macros.ts";

/** How deep an expression may nest. */
const deepest = 250;

/** Words that name nothing, so that the language can grow. */
const reserved = new Set(
  "as break const continue else for function if import let loop package namespace return var void while".split(" "),
);

/**
 * Reads an expression.
 *
 * @throws CelError when it is not well formed.
 */
export function parse(source: string): Node {
  const parser = new Parser(lex(source));
  const node = parser.expression();
  parser.expectEnd();
  return node;
}

/** The operators between two operands, those that bind most loosely first. */
const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">=", "in"],
  ["+", "-"],
  ["*", "/", "%"],
];

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expression(): Node {
    if (++this.#depth > deepest) throw new CelError(`the expression is nested deeper than ${deepest} levels`, this.#at);
    const condition = this.#binary(0);
    const at = this.#at;
    let node = condition;
    if (this.#take("?")) {
      const yes = this.#binary(0);
      this.#expect(":");
      node = call("_?_:_", [condition, yes, this.expression()], at);
    }
    this.#depth--;
    return node;
  }

  expectEnd(): void {
    if (this.#token.kind !== "end") throw this.#unexpected();
  }

  #binary(level: number): Node {
    const operators = levels[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (operators.includes(this.#token.text) && this.#token.kind !== "literal") {
      const { text, at } = this.#advance();
      left = call(text === "in" ? "@in" : `_${text}_`, [left, this.#binary(level + 1)], at);
    }
    return left;
  }

  #unary(): Node {
    const { text, kind, at } = this.#token;
    if (kind !== "symbol" || (text !== "!" && text !== "-")) return this.#member(false);
    let count = 0;
    while (this.#take(text)) count++;
    // A sign right before a number is part of it.
    if (text === "-" && count === 1 && isNumber(this.#token)) return this.#member(true);
    const operand = this.#member(false);
    return count % 2 === 0 ? operand : call(`${text}_`, [operand], at);
  }

  /** A primary expression and what is selected from it. With `negative`, the sign before a number belongs to it. */
  #member(negative: boolean): Node {
    let node = this.#primary(negative);
    for (;;) {
      const { at } = this.#token;
      if (this.#take(".")) node = this.#selection(node, at);
      else if (this.#take("[")) {
        const optional = this.#take("?");
        node = call(optional ? "_[?_]" : "_[_]", [node, this.expression()], at);
        this.#expect("]");
      } else return node;
    }
  }

  #selection(of: Node, at: number): Node {
    const optional = this.#take("?");
    const field = this.#name();
    if (optional || !this.#take("(")) return { is: "select", of, field: field.text, optional, at };
    const made: Call = { is: "call", name: field.text, target: of, args: this.#arguments(), at };
    return expand(made);
  }

  #primary(negative: boolean): Node {
    const token = this.#token;
    if (token.kind === "literal") return this.#literal(negative);
    if (token.kind === "name" || token.text === ".") return this.#named();
    const { at } = this.#advance();
    if (token.text === "(") {
      const inner = this.expression();
      this.#expect(")");
      return inner;
    }
    if (token.text === "[") return { is: "list", items: this.#items(), at };
    if (token.text === "{") return { is: "map", entries: this.#entries(), at };
    throw unexpected(token);
  }

  #literal(negative: boolean): Node {
    const { text, at, value = null } = this.#advance();
    if (negative) return { is: "literal", value: readNumber(text, at, true), at };
    if (value === 2n ** 63n) throw new CelError(`${text} is no number of 64 bits`, at);
    return { is: "literal", value, at };
  }

  /** A name, a call, or the fields of a message: `Object{…}`, `Object.spec{…}`. */
  #named(): Node {
    const { at } = this.#token;
    const isRooted = this.#take(".");
    const { text } = this.#name();
    const name = isRooted ? `.${text}` : text;
    const length = this.#typeNameLength();
    if (length !== undefined) return this.#struct(name, length, at);
    if (reserved.has(text)) throw new CelError(`${text} is a reserved word`, at);
    if (this.#take("(")) return expand({ is: "call", name, target: undefined, args: this.#arguments(), at });
    return { is: "name", name, at };
  }

  /** How many tokens follow a name up to the brace that makes it a type's; undefined when there is none. */
  #typeNameLength(): number | undefined {
    let length = 0;
    const ahead = (offset: number) => this.#tokens[this.#next + offset];
    while (ahead(length)?.text === "." && ahead(length + 1)?.kind === "name") length += 2;
    const brace = ahead(length);
    return brace?.kind === "symbol" && brace.text === "{" ? length : undefined;
  }

  #struct(first: string, length: number, at: number): Node {
    let type = first;
    for (let count = 0; count < length; count++) type += this.#advance().text;
    this.#expect("{");
    const fields = this.#until("}", (): StructField => {
      const optional = this.#take("?");
      const name = this.#name();
      this.#expect(":");
      return { name: name.text, value: this.expression(), optional, at: name.at };
    });
    return { is: "struct", type, fields, at };
  }

  #items(): Item[] {
    return this.#until("]", () => {
      const optional = this.#take("?");
      return { value: this.expression(), optional };
    });
  }

  #entries(): Entry[] {
    return this.#until("}", () => {
      const optional = this.#take("?");
      const key = this.expression();
      this.#expect(":");
      return { key, value: this.expression(), optional };
    });
  }

  /** Elements between commas, the last of which may be followed by one. */
  #until<T>(end: string, element: () => T): T[] {
    const elements: T[] = [];
    // `[,]` is empty.
    if (this.#take(",")) this.#expect(end, true);
    while (!this.#take(end)) {
      elements.push(element());
      if (this.#take(",")) continue;
      this.#expect(end);
      break;
    }
    return elements;
  }

  #arguments(): Node[] {
    const args: Node[] = [];
    if (this.#take(")")) return args;
    do args.push(this.expression());
    while (this.#take(","));
    this.#expect(")");
    return args;
  }

  #name(): Token {
    const token = this.#advance();
    if (token.kind !== "name" || token.text === "in") throw unexpected(token);
    return token;
  }

  get #token(): Token {
    return this.#tokens[this.#next] as Token;
  }

  get #at(): number {
    return this.#token.at;
  }

  #advance(): Token {
    const token = this.#token;
    if (token.kind !== "end") this.#next++;
    return token;
  }

  #take(text: string): boolean {
    const isIt = this.#token.kind === "symbol" && this.#token.text === text;
    if (isIt) this.#next++;
    return isIt;
  }

  #expect(text: string, ahead = false): void {
    if (ahead ? this.#token.text !== text : !this.#take(text))
      throw new CelError(`${describe(this.#token)} stands where ${text} is expected`, this.#at);
  }

  #unexpected(): CelError {
    return unexpected(this.#token);
  }
}

function call(name: string, args: readonly Node[], at: number): Node {
  return { is: "call", name, target: undefined, args, at };
}

function isNumber({ kind, text }: Token): boolean {
  return kind === "literal" && /^[.\d]/.test(text);
}

function unexpected(token: Token): CelError {
  return new CelError(`${describe(token)} stands where nothing such can`, token.at);
}

function describe({ kind, text }: Token): string {
  return kind === "end" ? "the end" : text;
}
