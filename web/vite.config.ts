import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.PATCHBOARD_URL ?? "http://127.0.0.1:8080";
const passedOn = ["/v1", "/event-bridge", "/signal", "/health", "/docs"];

export default defineConfig({
  plugins: [react(), tailwind()],
  server: { proxy: Object.fromEntries(passedOn.map((path) => [path, { target: server, ws: true }])) },
  test: { include: ["src/**/*.test.ts"] },
});
