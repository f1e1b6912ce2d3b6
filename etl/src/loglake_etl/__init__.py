"""The load of a day: from the files of a run to the catalog, and from there to the warehouse."""
