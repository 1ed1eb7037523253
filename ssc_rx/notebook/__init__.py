"""How a pool is seen in a notebook: rich objects, live views, and where output goes."""
