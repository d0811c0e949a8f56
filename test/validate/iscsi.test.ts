import { expect, test } from "vitest";
import { iscsiName } from "../../tools/validate/demands/volume.ts";

// iscsiInitiatorIqnRegex and its neighbours in k8s.io/kubernetes/pkg/apis/core/validation: letters of both cases, and not
// only hexadecimal digits.
test.each([
  ["iqn.2001-04.com.example:storage.disk1", true],
  ["iqn.2001-04.COM.Example:disk", true],
  ["iqn.2001-04.com.example", false],
  ["iqn.2001-4.com.example:disk", false],
  ["iqn.2001-04.com_example:disk", false],
  ["iqn.2001-04.com.example:a disk", false],
  ["xiqn.2001-04.com.example:disk", false],
  ["eui.0123456789ABCDEF", true],
  ["eui.0123456789abcdxy", true],
  ["eui.0123456789abcde", false],
  ["naa.0123456789abcdef0123456789abcdez", true],
  ["naa.0123456789abcdef", false],
])("%s: %s", (name, isValid) => {
  expect(iscsiName.fits(name)).toBe(isValid);
});
