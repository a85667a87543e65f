// Which of a tool's reports scripts/sanitize.mjs takes for mistakes of the addon.
import { describe, expect, it } from 'vitest';
import { importSanitizeReports, importSanitizeTools } from './scripts-interface.ts';

const RACE_IN_NODE = `WARNING: ThreadSanitizer: data race (pid=7)
  Write of size 8 at 0x7b0 by main thread:
    #0 free ../tsan_interceptors_posix.cpp:706 (libtsan.so+0x47e82)
    #1 v8::Something() <null> (node+0x1)
    #2 Guard native/src/addon.cc:122 (pawl.node+0xcf38)

  Location is heap block of size 192 allocated by thread T11:
    #0 malloc ../tsan_interceptors_posix.cpp:647 (libtsan.so+0x3ebb8)
    #1 Allocate native/src/no_exceptions.cc:20 (pawl.node+0x1)
`;
const RACE_IN_ADDON = RACE_IN_NODE.replace('    #1 v8::Something() <null> (node+0x1)\n', '');
const SEPARATOR = '==================';

const LEAK_OF = (inner: string) => `
==7== 16 bytes in 1 blocks are definitely lost in loss record 3 of 9
==7==    at 0x484: operator new(unsigned long) (in vgpreload_memcheck-amd64-linux.so)
==7==    by 0xb3: ${inner}
==7==    by 0xb4: v8::internal::Builtin (in /usr/bin/node)
==7==    by 0xb5: v8::internal::Builtin (in /usr/bin/node)
==7==    by 0xb6: v8::internal::Builtin (in /usr/bin/node)
==7==    by 0xb7: v8::internal::Execution::Call (in /usr/bin/node)
==7==    by 0xb8: pawl::Guard (/somewhere/native/src/interrupt.cc:140)
==7== `;

describe('the reports of a tool', () => {
  it('are counted one by one, without what the tool says around them', async () => {
    const { split } = await importSanitizeReports();
    const text = [
      SEPARATOR,
      RACE_IN_NODE,
      SEPARATOR,
      RACE_IN_ADDON,
      SEPARATOR,
      'ThreadSanitizer: reported 2',
    ];
    expect(split(text.join('\n'))).toHaveLength(2);
    expect(split(`${LEAK_OF('a')}\n${LEAK_OF('b')}\n==7== All heap blocks were freed`)).toHaveLength(2);
    expect(split('native/src/fd_io.cc:9:3: runtime error: signed integer overflow: 1 + 2')).toHaveLength(1);
  });

  it('are the addon’s where it did what is wrong, not where it called the code that did', async () => {
    const { TOOLS } = await importSanitizeTools();
    expect([RACE_IN_NODE, RACE_IN_ADDON].map((text) => TOOLS.thread.isOurs(text))).toEqual([false, true]);
    const leaks = [
      LEAK_OF('uv_spawn (in /usr/bin/node)'),
      LEAK_OF('pawl::Redirect (/somewhere/native/src/addon.cc:27)'),
    ];
    expect(leaks.map((text) => TOOLS.valgrind.isOurs(text))).toEqual([false, true]);
  });

  it('are all the addon’s under tools that only look at it', async () => {
    const { TOOLS } = await importSanitizeTools();
    expect([TOOLS.address, TOOLS.undefined].map((tool) => tool.isOurs('anything'))).toEqual([true, true]);
  });
});
