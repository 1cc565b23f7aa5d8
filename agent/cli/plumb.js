#!/usr/bin/env node
// Node 24 runs TypeScript as it is; the image carries a bundle instead.
import "./plumb.ts";
