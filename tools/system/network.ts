import { connect, createServer } from "node:net";

/** Whether an address accepts TCP connections. @param timeout milliseconds */
export function answers(host: string, port: number, timeout: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host, port, timeout });
    const end = (answered: boolean) => {
      socket.destroy();
      settle(answered);
    };
    socket.on("connect", () => end(true));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
  });
}

/** Whether a port is free on 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.on("error", () => settle(false));
    server.listen(port, "127.0.0.1", () => server.close(() => settle(true)));
  });
}
