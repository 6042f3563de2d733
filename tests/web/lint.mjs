// Rules for the page and its tests.

import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const folder = path.dirname(fileURLToPath(import.meta.url));

export const config = defineConfig([
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: [path.join(folder, 'tsconfig.json'), path.join(folder, '..', '..', 'server', 'web', 'tsconfig.json')] } },
    rules: {
      // Arrays of voxels are indexed all over; bounds are what the loops are about.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [{ from: 'package', name: ['test', 'before', 'after'], package: 'node:test' }] }],
      // Elements of arrays may be missing, which their types do not say.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
]);
