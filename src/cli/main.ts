#!/usr/bin/env node
// What `pawl` starts: run.ts, compiled to one script. Loads nothing else, for whatever it loads delays the start.
import { loadCompiled } from '../base/compiled.ts';

loadCompiled('cli');
