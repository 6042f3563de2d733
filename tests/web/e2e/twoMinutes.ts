// A new user follows the README's five sentences on the page, from starting the server to a saved mask.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import type { Vec3 } from '../../../server/web/src/volume/grid.ts';
import { Reader, dice, missed, newContext, nifti, target } from './browser.ts';
import { root } from './places.ts';
import { Server } from './server.ts';

/** A volume and its truth, as files; null for the phantom that the page offers. */
export type Case = { readonly image: string; readonly label: string } | null;

export interface Walk {
  readonly sentences: readonly { readonly text: string; readonly milliseconds: number }[];
  readonly corrections: number;
  /** Of the saved file against the truth. */
  readonly dice: number;
}

// Of the voxels missed or too many, in the longest row: a person would not see less.
const LEAST_ROW = 4;

/** The sentences of the README's section on browsers that say what to do. */
export function sentences(): string[] {
  const section = readFileSync(path.join(root, 'README.md'), 'utf8').split('\n## In a browser\n')[1].split('\n## ')[0];
  const paragraph = section.split('\n\n').find((part) => part.startsWith('Start `./segbridge serve`'))!;
  return paragraph.replaceAll('\n', ' ').split(/(?<=\.) (?=[A-Z])/);
}

/** @param most Corrections, at most; a person stops when nothing of note is wrong. */
export async function twoMinutes(browser: Browser, example: Case, most: number): Promise<Walk> {
  const texts = sentences();
  assert.equal(texts.length, 5, 'the README says it in five sentences');
  const done: { text: string; milliseconds: number }[] = [];
  const name = example ? 'real' : 'phantom';
  const server = new Server();
  let reader!: Reader;
  let corrections = 0;
  let saved!: Buffer;
  const follow = async (asks: RegExp, action: () => Promise<unknown>): Promise<void> => {
    const text = texts[done.length];
    assert.match(text, asks);
    const start = performance.now();
    await action();
    done.push({ text, milliseconds: performance.now() - start });
    await reader.shoot(`two-minutes-${name}-${done.length}`);
  };

  try {
    await follow(/`\.\/segbridge serve`.* open /, async () => {
      await server.start();
      reader = await Reader.at(await newContext(browser), server.address);
      await reader.page.waitForSelector('#open-phantom');
    });
    const { page } = reader;
    await follow(/\*Try the phantom\*, or drop/, async () => {
      if (example) await reader.drop(example.image);
      else await page.click('button:text-is("Try the phantom")');
      await reader.ready();
    });
    const truth = example ? nifti(readFileSync(example.label)) : await reader.sample('phantom-truth.nii.gz');
    const { lower, upper, centre, reach } = target(truth);
    await follow(/box around the tumour; \*Box depth\*/, async () => {
      await page.fill('#box-depth', String(reach));
      await reader.drag([lower[0] - 1, lower[1] - 1, centre[2]], [upper[0] + 1, upper[1] + 1, centre[2]]);
      await reader.atStep(1);
    });
    await follow(/Scribble \(S\) or click \(P\) .* X where/, async () => {
      for (; corrections < most; corrections++) {
        const mask = await reader.shownMask(truth);
        const [less, more] = [missed(mask, truth), missed(truth, mask)];
        const length = ([from, to]: readonly [Vec3, Vec3]): number => to[0] - from[0];
        if (Math.max(length(less), length(more)) < LEAST_ROW) break;
        const isMissing = length(less) >= length(more);
        await page.keyboard.press('s');
        if (!isMissing) await page.keyboard.press('x');
        await reader.drag(...(isMissing ? less : more));
        if (!isMissing) await page.keyboard.press('x');
        await reader.atStep(corrections + 2);
      }
    });
    await follow(/\*Save NIfTI\*/, async () => {
      saved = (await reader.save('#save-nifti')).bytes;
    });
    reader.assertWellBehaved();
    return { sentences: done, corrections, dice: dice(nifti(saved), truth) };
  } finally {
    await reader?.close();
    await server.stop();
  }
}
