import { CelError, type Entry, type Item, type Node, type StructField } from "./ast.ts";
import { lex, type Token } from "./lex.ts";
import { readNumber } from "./literals.ts";
import { expand } from "./macros.ts";

/**
 * The maximum nesting depth of an expression, both of grammar rules while parsing, and of operators and selections in
 * the result (`recursionListener` and `parser.Visit` in github.com/google/cel-go/parser/parser.go).
 */
const deepest = 250;

/** The rules that can contain themselves without parentheses, or that contain all others. */
type Rule = "expression" | "relation" | "calculation";

/** Words that cannot be names, as they are reserved for future use. */
const reserved = new Set(
  "as break const continue else for function if import let loop package namespace return var void while".split(" "),
);

/**
 * Parses an expression.
 *
 * @throws CelError if its syntax is invalid.
 */
export function parse(source: string): Node {
  const parser = new Parser(lex(source));
  const node = parser.expression();
  parser.expectEnd();
  return node;
}

/** Binary operators of the same precedence. */
interface Level {
  readonly operators: readonly string[];
  /** The rule of the operands on the right, which nest, unlike the operands of `&&` and `||`. */
  readonly rule?: Rule;
  /** Whether the rule starts at this level. */
  readonly begins?: boolean;
}

/** From the lowest precedence to the highest. */
const levels: readonly Level[] = [
  { operators: ["||"] },
  { operators: ["&&"] },
  { operators: ["==", "!=", "<", "<=", ">", ">=", "in"], rule: "relation", begins: true },
  { operators: ["+", "-"], rule: "calculation", begins: true },
  { operators: ["*", "/", "%"], rule: "calculation" },
];

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  readonly #depths: Record<Rule, number> = { expression: 0, relation: 0, calculation: 0 };
  /** The nesting depth of operators and selections in a node; 0 if it is not listed. */
  readonly #heights = new Map<Node, number>();

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expression(): Node {
    return this.#within("expression", () => {
      const condition = this.#binary(0);
      const at = this.#at;
      if (!this.#take("?")) return condition;
      const yes = this.#binary(0);
      this.#expect(":");
      return this.#call("_?_:_", [condition, yes, this.expression()], at, 1);
    });
  }

  #within(rule: Rule, read: () => Node): Node {
    if (++this.#depths[rule] > deepest) throw this.#tooDeep(this.#at);
    const node = read();
    this.#depths[rule]--;
    return node;
  }

  #tooDeep(at: number): CelError {
    return new CelError(`the expression is nested deeper than ${deepest} levels`, at);
  }

  /** Records the depth of a node: that of its parts, plus the levels that it adds. */
  #built<N extends Node>(node: N, parts: readonly Node[], levels = 0): N {
    const height = parts.reduce((most, part) => Math.max(most, this.#heights.get(part) ?? 0), 0) + levels;
    if (height > deepest) throw this.#tooDeep(node.at);
    if (height > 0) this.#heights.set(node, height);
    return node;
  }

  #call(name: string, args: readonly Node[], at: number, levels = 0): Node {
    return this.#built({ is: "call", name, target: undefined, args, at }, args, levels);
  }

  expectEnd(): void {
    if (this.#token.kind !== "end") throw this.#unexpected();
  }

  #binary(index: number): Node {
    const level = levels[index];
    if (level === undefined) return this.#unary();
    const read = () => this.#chain(level, () => this.#binary(index + 1));
    return level.rule !== undefined && level.begins ? this.#within(level.rule, read) : read();
  }

  #chain({ operators, rule }: Level, operand: () => Node): Node {
    if (rule === undefined) return this.#balanced(operators, operand);
    let left = operand();
    while (this.#isAtOneOf(operators)) {
      const { text, at } = this.#advance();
      const right = this.#within(rule, operand);
      left = this.#call(text === "in" ? "@in" : `_${text}_`, [left, right], at, 1);
    }
    return left;
  }

  /** A chain of `&&` or `||` becomes a balanced tree, so that a long one does not nest deeply (`balancer` of cel-go). */
  #balanced(operators: readonly string[], operand: () => Node): Node {
    const operands = [operand()];
    const between: Token[] = [];
    while (this.#isAtOneOf(operators)) {
      between.push(this.#advance());
      operands.push(operand());
    }
    /** The operands from `from` to below `to`. */
    const tree = (from: number, to: number): Node => {
      if (to - from === 1) return operands[from] as Node;
      const middle = from + Math.ceil((to - from) / 2);
      const { text, at } = between[middle - 1] as Token;
      return this.#call(`_${text}_`, [tree(from, middle), tree(middle, to)], at);
    };
    return tree(0, operands.length);
  }

  #isAtOneOf(operators: readonly string[]): boolean {
    return operators.includes(this.#token.text) && this.#token.kind !== "literal";
  }

  #unary(): Node {
    const { text, kind, at } = this.#token;
    if (kind !== "symbol" || (text !== "!" && text !== "-")) return this.#member(false);
    let count = 0;
    while (this.#take(text)) count++;
    // A sign directly before a number is part of it.
    if (text === "-" && count === 1 && isNumber(this.#token)) return this.#member(true);
    const operand = this.#member(false);
    return count % 2 === 0 ? operand : this.#call(`${text}_`, [operand], at);
  }

  /**
   * A primary expression with selections, calls and indexes. With `negative`, it is a number whose sign was already
   * read.
   */
  #member(negative: boolean): Node {
    let node = this.#primary(negative);
    for (;;) {
      const { at } = this.#token;
      if (this.#take(".")) node = this.#selection(node, at);
      else if (this.#take("[")) {
        const optional = this.#take("?");
        node = this.#call(optional ? "_[?_]" : "_[_]", [node, this.expression()], at, 1);
        this.#expect("]");
      } else return node;
    }
  }

  #selection(of: Node, at: number): Node {
    const optional = this.#take("?");
    const field = this.#name();
    if (optional || !this.#take("("))
      return this.#built({ is: "select", of, field: field.text, optional, at }, [of], 1);
    const args = this.#arguments();
    return this.#built(expand({ is: "call", name: field.text, target: of, args, at }), [of, ...args], 1);
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
    if (token.text === "[") return this.#list(at);
    if (token.text === "{") return this.#map(at);
    throw unexpected(token);
  }

  #literal(negative: boolean): Node {
    const { text, at, value = null } = this.#advance();
    if (negative) return { is: "literal", value: readNumber(text, at, true), at };
    if (value === 2n ** 63n) throw new CelError(`${text} is not a 64-bit integer`, at);
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
    if (!this.#take("(")) return { is: "name", name, at };
    const args = this.#arguments();
    return this.#built(expand({ is: "call", name, target: undefined, args, at }), args);
  }

  /** The number of tokens between a name and the brace that makes it a type name; undefined if there is none. */
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
    const values = fields.map(({ value }) => value);
    return this.#built({ is: "struct", type, fields, at }, values);
  }

  #list(at: number): Node {
    const items = this.#until("]", (): Item => {
      const optional = this.#take("?");
      return { value: this.expression(), optional };
    });
    const values = items.map(({ value }) => value);
    return this.#built({ is: "list", items, at }, values);
  }

  #map(at: number): Node {
    const entries = this.#until("}", (): Entry => {
      const optional = this.#take("?");
      const key = this.expression();
      this.#expect(":");
      return { key, value: this.expression(), optional };
    });
    const parts = entries.flatMap(({ key, value }) => [key, value]);
    return this.#built({ is: "map", entries, at }, parts);
  }

  /** Elements separated by commas, with an optional trailing comma. */
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
      throw new CelError(`expected ${text}, found ${describe(this.#token)}`, this.#at);
  }

  #unexpected(): CelError {
    return unexpected(this.#token);
  }
}

function isNumber({ kind, text }: Token): boolean {
  return kind === "literal" && /^[.\d]/.test(text);
}

function unexpected(token: Token): CelError {
  return new CelError(`unexpected ${describe(token)}`, token.at);
}

function describe({ kind, text }: Token): string {
  return kind === "end" ? "end of the expression" : text;
}
