// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them. What is not defined is a dash.

export type Maybe = number | null | undefined;

const NARROW = "\u202f";
const DASH = "\u2013";

/** A finite number, or null. */
export function finite(x: unknown): number | null {
  return typeof x === "number" && Number.isFinite(x) ? x : null;
}

function signed(text: string): string {
  return text.replace("-", "\u2212");
}

/** Fixed decimals with groups of three. */
export function fixed(x: Maybe, decimals: number): string {
  const value = finite(x);
  if (value === null) return DASH;
  const zero = Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : value; // no "-0.00"
  return signed(zero.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
}

/** A share as a percentage. */
export function percent(x: Maybe, decimals = 1): string {
  const value = finite(x);
  return value === null ? DASH : `${fixed(value * 100, decimals)}${NARROW}%`;
}

/** About three significant digits. */
export function brief(x: Maybe): string {
  const value = finite(x);
  if (value === null) return DASH;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e15 || size < 1e-4) return signed(value.toExponential(2));
  if (size >= 1e6) return amount(value);
  if (size >= 100 || Number.isInteger(value)) return fixed(value, 0);
  return fixed(value, Math.min(5, Math.max(0, 2 - Math.floor(Math.log10(size)))));
}

/** Whole numbers. */
export function count(x: Maybe): string {
  return fixed(x, 0);
}

/** Money or volume: 1.23 M. */
export function amount(x: Maybe): string {
  const value = finite(x);
  if (value === null) return DASH;
  for (const [unit, name] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]] as const)
    if (Math.abs(value) >= unit) return `${fixed(value / unit, Math.abs(value) >= 100 * unit ? 0 : Math.abs(value) >= 10 * unit ? 1 : 2)}${NARROW}${name}`;
  return fixed(value, Math.abs(value) >= 100 ? 0 : 2);
}

/** A p value or probability. */
export function probability(x: Maybe): string {
  const value = finite(x);
  if (value === null) return DASH;
  if (value > 0 && value < 0.001) return "< 0.001";
  if (value < 1 && value > 0.999) return "> 0.999";
  return fixed(value, 3);
}

/** Seconds. */
export function duration(x: Maybe): string {
  const value = finite(x);
  if (value === null) return DASH;
  if (value < 1) return `${fixed(value * 1000, value < 0.01 ? 1 : 0)}${NARROW}ms`;
  return value < 100 ? `${fixed(value, value < 10 ? 2 : 1)}${NARROW}s` : `${Math.floor(value / 60)}${NARROW}min ${fixed(value % 60, 0)}${NARROW}s`;
}

/** Day of a time: nanoseconds since 1970, or ISO text. */
export function day(time: number | string | null | undefined): string {
  if (typeof time === "string") return time.slice(0, 10);
  const value = finite(time);
  return value === null ? DASH : new Date(value / 1e6).toISOString().slice(0, 10);
}

/** Milliseconds since 1970 of such a time, or null. */
export function millis(time: number | string | null | undefined): number | null {
  const value = typeof time === "string" ? Date.parse(time) : finite(time) === null ? NaN : (time as number) / 1e6;
  return Number.isFinite(value) ? value : null;
}

/** "annual_return" as words. */
export function words(name: string): string {
  if (name === "ohlc") return "OHLC";
  const text = name.replace(/_/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
