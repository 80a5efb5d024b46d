-- Advisories of distributions name source packages; and which kinds of package there are at all.
CREATE INDEX component_source ON component (type, ns, source);
