// Everybody can use every page, in whatever state it is.
import { everybodyCanUse } from './lib/accessible.js';
import { suite } from './lib/scenario.js';
import { states } from './lib/states.js';

everybodyCanUse(suite(), states);
