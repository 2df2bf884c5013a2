// Everybody can use every page of the administrator's console, in whatever state.
import { everybodyCanUse } from './lib/accessible.js';
import { consoles } from './lib/console.js';
import { suite } from './lib/scenario.js';

everybodyCanUse(suite(), consoles);
