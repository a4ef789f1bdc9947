// What the desk does beyond plain pages and forms. Everything works without it.
"use strict";
